"""Loaders of the shipped series; ``provenance.toml`` beside the files says where each comes from and on what terms."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from richardson.errors import UnknownNameError, nearest
from richardson.estimation.observations import Observations

FOLDER = Path(__file__).parent
THOUSANDS_PER_BILLION = 1e6

COW_SOURCE = (
    "Correlates of War, National Material Capabilities 7.0, milex, nominal (Singer, Bremer and Stuckey 1972; Singer 1987). "
    "Citation is asked; the terms of redistribution were not read."
)
RICHARDSON_SOURCE = (
    "L. F. Richardson, Generalized Foreign Politics (1939) and Arms and Insecurity (1960). "
    "UNVERIFIED TRANSCRIPTION: not one value has been compared with a printed copy."
)
WARHEADS_SOURCE = (
    "H. M. Kristensen, M. Korda, R. S. Norris, E. Reynolds, Federation of American Scientists, Estimated Global Nuclear Warhead "
    "Inventories (2023); processed by Our World in Data; CC BY 4.0."
)


@dataclass(frozen=True)
class Rivalry:
    """A pair of states whose military expenditure is shipped.

    Attributes
    ----------
    states : pair of str
        Names of the two states.
    years : pair of int
        First and last year; every year between is there for both.
    file : str
        Name of the shipped file.
    note : str
        Known breaks of the series.
    """

    states: tuple[str, str]
    years: tuple[int, int]
    file: str
    note: str = ""

    @property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Other names under which each state is found."""
        return {state: ALIASES[state] for state in self.states}


RUSSIAN_BREAKS = (
    "Russia falls from 317.9 to 119.4 bn USD between 1988 and 1989 and jumps in 1993–95 and 2004–05, most likely by changes of accounting."
)

RIVALRIES = (
    Rivalry(("Greece", "Turkey"), (1950, 2022), "milex_greece_turkey.csv"),
    Rivalry(("India", "Pakistan"), (1948, 2022), "milex_india_pakistan.csv"),
    Rivalry(("United States", "Russia"), (1946, 2022), "milex_united_states_russia.csv", RUSSIAN_BREAKS),
)

ALIASES: dict[str, tuple[str, ...]] = {
    "Greece": ("GRC", "GR"),
    "Turkey": ("Türkiye", "Turkiye", "TUR", "TR"),
    "India": ("IND", "IN"),
    "Pakistan": ("PAK", "PK"),
    "United States": ("United States of America", "US", "USA", "U.S.", "U.S.A.", "America"),
    "Russia": ("USSR", "Soviet Union", "Russian Federation", "RUS", "RU", "SU"),
}


def rivalries() -> tuple[Rivalry, ...]:
    """The pairs that `rivalry` knows, with their years, other names and known breaks.

    Examples
    --------
    >>> from richardson.data import rivalries
    >>> [pair.states for pair in rivalries()]
    [('Greece', 'Turkey'), ('India', 'Pakistan'), ('United States', 'Russia')]
    """
    return RIVALRIES


def rivalry(first: str, second: str) -> Observations:
    """Military expenditure of two rivals, billion current US dollars, yearly.

    Parameters
    ----------
    first, second : str
        The two states in the order wanted for the columns; upper and lower case alike, and other
        names of a state ("USSR", "US", "Türkiye") stand for its own.

    Returns
    -------
    Observations
        Two series under the states' own names ("Russia" for the Soviet Union too), without gaps.

    Raises
    ------
    UnknownNameError
        If a name or the pair is not shipped.

    References
    ----------
    .. [1] J. D. Singer, S. Bremer, J. Stuckey, Capability Distribution, Uncertainty, and Major Power War,
       1820–1965, in B. Russett (ed.), Peace, War, and Numbers, 1972, 19–48.

    Examples
    --------
    >>> race = rivalry("Greece", "Turkey")
    >>> race.names, race.unit, len(race)
    (('Greece', 'Turkey'), 'bn current USD', 73)
    >>> race.select(years=(1974, 1999))
    <Observations Greece, Turkey: 1974–1999, 26 times, bn current USD>
    >>> race.sum().names
    ('total',)
    """
    pair = (_state(first), _state(second))
    found = next((entry for entry in RIVALRIES if set(entry.states) == set(pair)), None)
    if found is None:
        raise UnknownNameError(f"The rivalry of {pair[0]} and {pair[1]} is not shipped. {_listed()}")
    source = f"{COW_SOURCE} {found.note}".strip()
    table = Observations.from_csv(FOLDER / found.file, unit="thousand current USD", names=pair)
    return Observations(table.times, table.values / THOUSANDS_PER_BILLION, unit="bn current USD", names=pair, source=source)


def richardson_1909() -> Observations:
    """Richardson's table of defence budgets 1909–1913, four states, million pounds sterling.

    UNVERIFIED TRANSCRIPTION: the values were entered from memory of the printed table, and not one
    has been compared with a printed or online copy. Do not call them read from the book.

    Returns
    -------
    Observations
        France, Russia, Germany, Austria-Hungary; five years.

    References
    ----------
    .. [1] L. F. Richardson, Generalized Foreign Politics, British Journal of Psychology Monograph
       Supplement 23, 1939.

    Examples
    --------
    >>> richardson_1909().sum()["total"].round(1).tolist()
    [199.2, 204.8, 214.9, 238.7, 289.0]
    """
    return _pivot("richardson_1909_1913.csv", "country", "budget_million_gbp", "million GBP", RICHARDSON_SOURCE)


def warheads() -> Observations:
    """Nuclear warheads in the stockpiles of ten states, 1945–2023, estimates.

    The file's "World" is left out: it also counts retired warheads, so it is not the sum of the states.

    Returns
    -------
    Observations
        One series a state, in the file's order; NaN where a year is missing. "Russia" includes the Soviet Union.

    References
    ----------
    .. [1] H. M. Kristensen, M. Korda, R. S. Norris, E. Reynolds, Federation of American Scientists, Estimated
       Global Nuclear Warhead Inventories, 2023; processed by Our World in Data; CC BY 4.0.

    Examples
    --------
    >>> stock = warheads().select(years=(1985, 1986), names=["United States", "Russia"])
    >>> stock.values.tolist()
    [[23368.0, 38582.0], [23317.0, 40159.0]]
    """
    whole = _pivot("nuclear_stockpiles.csv", "entity", "warheads", "warheads", WARHEADS_SOURCE)
    return whole.select(names=[name for name in whole.names if name != "World"])


def _state(name: str) -> str:
    wanted = str(name).strip().casefold()
    for state, others in ALIASES.items():
        if wanted in {other.casefold() for other in (state, *others)}:
            return state
    known = [*ALIASES, *(other for others in ALIASES.values() for other in others if len(other) > 3)]
    raise UnknownNameError(f"There is no series of '{name}' here. {nearest(str(name), known)} {_listed()}")


def _listed() -> str:
    return f"Shipped rivalries: {', '.join('–'.join(entry.states) for entry in RIVALRIES)}."


def _pivot(file: str, series: str, value: str, unit: str, source: str) -> Observations:
    """Rows of (year, series, value) as one column a series, in order of first appearance."""
    with (FOLDER / file).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = list(dict.fromkeys(row[series] for row in rows))
    years = sorted({int(row["year"]) for row in rows})
    values = np.full((len(years), len(names)), np.nan)
    for row in rows:
        if row[value]:
            values[years.index(int(row["year"])), names.index(row[series])] = float(row[value])
    return Observations(years, values, unit=unit, names=names, source=source)
