"""One search for boxes, by either method, and the same search again in random halves of the members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.study.discovery_boxes import Cases, Ends, chosen, is_open, shares
from richardson.study.discovery_cart import leaves_of
from richardson.study.discovery_prim import check_peeling, peeled
from richardson.study.discovery_result import Peeling, Reproduction

DEFAULTS: dict[str, dict[str, float]] = {"prim": {"boxes": 1, "level": 0.05, "peel": 0.05, "paste": 0.05}, "cart": {"leaves": 8}}
HALF = 10_000  # members at most: half a second of ema-workbench, and a share known to half a per cent


class Path(NamedTuple):
    """Boxes through which PRIM went, and which of them was taken."""

    boxes: list[Ends]
    chosen: int


class Found(NamedTuple):
    """Boxes as dense as asked, each with the members among which it was sought; their paths; every box seen (the last path, the leaves)."""

    taken: list[tuple[Cases, Ends]]
    paths: list[Path]
    seen: list[Ends]


@dataclass(frozen=True)
class Search:
    """A search for boxes.

    Attributes
    ----------
    method : str
    options : dict of str to float
        Of that method.
    density, least_mass : float
        The least of both that a box may have.
    """

    method: str
    options: Mapping[str, float]
    density: float
    least_mass: float

    def run(self, cases: Cases) -> Found:
        """What is found among some members."""
        return self._by_prim(cases) if self.method == "prim" else self._by_cart(cases)

    def _by_prim(self, cases: Cases) -> Found:
        found = Found([], [], [])
        while len(found.taken) < self.options["boxes"] and (cases.is_left & cases.is_of_interest).any():
            path = peeled(cases, peel=self.options["peel"], paste=self.options["paste"], least_mass=self.least_mass)
            found = found._replace(seen=path)
            best = chosen(cases, path, self.density, self.options["level"])
            if best is None or is_open(best[1]):
                break
            found.taken.append((cases, best[1]))
            found.paths.append(Path(path, best[0]))
            cases = cases._replace(is_left=cases.is_left & ~best[1].contain(cases.samples))
        return found

    def _by_cart(self, cases: Cases) -> Found:
        leaves = leaves_of(cases, leaves=int(self.options["leaves"]), least_mass=self.least_mass, density=self.density)
        known = [(shares(cases, leaf), leaf) for leaf in leaves]
        dense = sorted((entry for entry in known if entry[0][1] >= self.density), key=lambda entry: -entry[0][0])
        return Found([(cases, leaf) for _, leaf in dense if not is_open(leaf)], [], leaves)


def search_of(method: Any, given: Mapping[str, Any], density: float, least_mass: float) -> Search:
    """The search that is asked for.

    Raises
    ------
    UnknownNameError
        If there is no such method.
    InvalidInputError
        If an option is of the other method, or out of its range.
    """
    if method not in DEFAULTS:
        raise UnknownNameError(f"There is no method {method!r} of scenario discovery. {nearest(str(method), DEFAULTS)}")
    own = DEFAULTS[method]
    for name, value in given.items():
        if value is not None and name not in own:
            raise InvalidInputError(f"{name}= is no option of method='{method}', which has {', '.join(own)}. Leave it out.")
    options = own | {name: value for name, value in given.items() if value is not None}
    if method == "prim":
        check_share(options["level"], "level")
        check_peeling(options["peel"], options["paste"], least_mass)
    for name, least in (("boxes", 1), ("leaves", 2)):
        if name in options:
            options[name] = whole(options[name], name, least)
    return Search(method, options, float(density), float(least_mass))


def check_share(share: Any, name: str) -> None:
    """Refuse what is no share of something.

    Raises
    ------
    InvalidInputError
        If it does not lie between 0 and 1.
    """
    if isinstance(share, bool) or not isinstance(share, int | float | np.number) or not 0.0 < share < 1.0:
        raise InvalidInputError(f"{name}= is a share between 0 and 1, both excluded; got {share!r}. Write for example {name}=0.05.")


def whole(number: Any, name: str, least: int) -> int:
    """A whole number.

    Raises
    ------
    InvalidInputError
        If it is none, or below ``least``.
    """
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise InvalidInputError(f"{name}= is a whole number, {least} or more; got {number!r}. Write for example {name}={max(least, 1)}.")
    return int(number)


def peeling_of(cases: Cases, path: Path) -> Peeling:
    """What the boxes of a path hold."""
    known = np.array([shares(cases, ends) for ends in path.boxes])
    return Peeling(
        names=cases.names,
        coverage=known[:, 0].copy(),
        density=known[:, 1].copy(),
        mass=known[:, 2].copy(),
        restricted=np.array([np.count_nonzero(ends.restricted) for ends in path.boxes], dtype=np.int64),
        lower=np.array([ends.lower for ends in path.boxes]),
        upper=np.array([ends.upper for ends in path.boxes]),
        chosen=path.chosen,
    )


def reproduced(cases: Cases, search: Search, halves: int, generator: np.random.Generator) -> Reproduction:
    """The same search in random halves, each judged on as many members of the other half."""
    count, size = len(cases.samples), min(len(cases.samples) // 2, HALF)
    shape = (halves, len(cases.names))
    lower, upper, known = np.full(shape, np.nan), np.full(shape, np.nan), np.full((halves, 2), np.nan)
    for row in range(halves):
        order = generator.permutation(count)[: 2 * size]
        half, other = cases.part(order[:size]), cases.part(order[size:])
        if not half.is_of_interest.any():
            continue
        taken = search.run(half).taken
        if not taken:
            continue
        lower[row], upper[row] = taken[0][1]
        within = np.logical_or.reduce([ends.contain(other.samples) for _, ends in taken])
        hits = np.count_nonzero(within & other.is_of_interest)
        known[row] = (
            hits / within.sum() if within.any() else np.nan,
            hits / other.is_of_interest.sum() if other.is_of_interest.any() else np.nan,
        )
    return Reproduction(cases.names, lower, upper, known[:, 0].copy(), known[:, 1].copy(), size)
