"""The rows of an ensemble, of analysed dynamics or of a stored study, some members at a time, under the names that files give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from richardson.errors import InvalidInputError
from richardson.study.dataset import TIME, laid_out
from richardson.study.dynamics_layout import PLACE, as_told, laid_out_dynamics, meanings_of
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble
from richardson.study.layout import MEMBER, MEMBER_MEANING, Arrays, Layout
from richardson.study.store.opened import StoredStudy

ROWS_AT_ONCE = 2**16

TEXT = "U"  # the kind of a column of texts

Runs: TypeAlias = Ensemble | DynamicsStudy | StoredStudy
Columns: TypeAlias = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Column:
    """What a column of a table holds.

    Attributes
    ----------
    name : str
    meaning : str
    unit : str
        ``"1"`` of a number without one.
    kind : str
        Type of its numbers as numpy writes it, or ``"U"`` of texts: lists of words.
    meanings : tuple of str
        Of codes, by their number; else empty.
    """

    name: str
    meaning: str
    unit: str
    kind: str
    meanings: tuple[str, ...] = ()


def check_runs(runs: Any) -> Runs:
    """The runs, if they are some.

    Raises
    ------
    InvalidInputError
        If they are no ensemble, dynamics or stored study, or there is no member.
    """
    if not isinstance(runs, Ensemble | DynamicsStudy | StoredStudy):
        raise InvalidInputError(
            f"An ensemble, analysed dynamics or an opened study is exported; got {type(runs).__name__}. Keep other results with "
            "richardson.save, or write what their to_table() or to_xarray() gives."
        )
    if not len(runs):
        raise InvalidInputError("No member of this study is finished yet, so there is nothing to export. Go on with it by resume=True.")
    return runs


def layout_of_runs(runs: Runs) -> Layout:
    """Names, dimensions and meanings of their arrays.

    Parameters
    ----------
    runs : Ensemble, DynamicsStudy or StoredStudy
    """
    return runs.layout if isinstance(runs, StoredStudy) else _laid_out(runs)[0]


def columns_of(layout: Layout) -> tuple[Column, ...]:
    """Columns of the table of a layout: the member, the time where times were kept, and every variable, lists of words as texts."""
    first = [Column(MEMBER, MEMBER_MEANING, "1", "<i8")]
    kept = (each for each in layout.coordinates if each.name == TIME)
    first += [Column(each.name, each.attributes["long_name"], each.attributes["units"], "<f8") for each in kept]
    rest = [
        Column(
            name=each.name,
            meaning=each.attributes["long_name"],
            unit=each.attributes.get("units", "1"),
            kind=TEXT if PLACE in each.axes else each.kind,
            meanings=() if PLACE in each.axes else meanings_of(each),
        )
        for each in layout.variables
    ]
    return (*first, *rest)


def batches(runs: Runs) -> Iterator[Columns]:
    """Tables of some members each, all of them in order: a row a member, or where times were kept a row a member and time.

    Raises
    ------
    DataError
        If a block of a stored study was changed since it was written.
    """
    layout = layout_of_runs(runs)
    times = next((coordinate.values for coordinate in layout.coordinates if coordinate.name == TIME), None)
    count = 1 if times is None else times.size
    for members, arrays in _parts(runs, max(1, ROWS_AT_ONCE // count)):
        table: Columns = {MEMBER: np.repeat(members, count)}
        if times is not None:
            table[TIME] = np.tile(times, members.size)
        for variable in layout.variables:
            array = arrays[variable.name]
            array = as_told(variable, array) if PLACE in variable.axes else array
            table[variable.name] = array.reshape(-1) if TIME in variable.axes else np.repeat(array, count)
        yield table


def _parts(runs: Runs, size: int) -> Iterator[tuple[npt.NDArray[np.int64], Arrays]]:
    """Members and their arrays, so many at a time."""
    if isinstance(runs, StoredStudy):
        for members, arrays in runs.parts():
            for low in range(0, members.size, size):
                yield members[low : low + size], {name: array[low : low + size] for name, array in arrays.items()}
    else:
        arrays = _laid_out(runs)[1]
        for low in range(0, len(runs), size):
            yield np.arange(low, min(low + size, len(runs))), {name: array[low : low + size] for name, array in arrays.items()}


def _laid_out(runs: Ensemble | DynamicsStudy) -> tuple[Layout, Arrays]:
    return laid_out(runs) if isinstance(runs, Ensemble) else laid_out_dynamics(runs)


def named(column: Column, codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Codes as the names that they stand for; numbers and texts as they are."""
    return np.array(column.meanings)[codes] if column.meanings else codes
