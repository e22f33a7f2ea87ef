"""Consecutive parts of a design that is larger than one wants to hold: of a grid, or of one sequence of points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError

Part: TypeAlias = tuple[int, int] | None


def read_part(part: Any, size: int) -> range:
    """Which of so many members a design holds: all, or the consecutive ones of a part.

    Parameters
    ----------
    part : pair of int or None
        As a user wrote it: the part's number, from 0, and how many there are.
    size : int
        Members of the whole.

    Raises
    ------
    InvalidInputError
        If there is no such part.
    """
    if part is None:
        return range(size)
    is_pair = isinstance(part, Sequence) and len(part) == 2 and all(isinstance(each, int | np.integer) for each in part)
    if not is_pair or any(isinstance(each, bool) for each in part) or not 0 <= part[0] < part[1] <= size:
        raise InvalidInputError(
            f"part=(3, 16) is part 3 of 16, counted from 0, each of at least one of the {size} members of the whole; got {part!r}."
        )
    number, parts = map(int, part)
    return range(number * size // parts, (number + 1) * size // parts)


def drawn_part(part: Any, size: int, method: str, rng: Any) -> range:
    """Which members of a sequence a design holds; see `read_part`.

    Raises
    ------
    InvalidInputError
        If there is no such part, it would be one of another sequence each time, or it would not fill the ranges evenly.
    """
    rows = read_part(part, size)
    if rng is None or isinstance(rng, np.random.Generator | np.random.BitGenerator):  # which goes on with every call
        given = "without rng=" if rng is None else f"with a {type(rng).__name__}"
        raise InvalidInputError(
            f"part= is one of the parts of one sequence, and {given} every call draws another. Give the same whole number to all."
        )
    if method == "sobol" and part[1] & (part[1] - 1):
        raise InvalidInputError(f"part={part!r} cuts a Sobol sequence into uneven parts. Take a power of two of them.")
    return rows


def part_setting(part: Part) -> dict[str, Any]:
    """What provenance records of a part that was read; nothing of the whole."""
    return {} if part is None else {"part": tuple(int(each) for each in part)}


def grid_rows(columns: Sequence[FloatArray], rows: range) -> FloatArray:
    """Some of the combinations that `combined` makes of columns of one number each, shape (number of rows, number of columns).

    Raises
    ------
    InvalidInputError
        If they do not fit into memory.
    """
    try:
        places = np.unravel_index(np.arange(rows.start, rows.stop), tuple(column.size for column in columns))
        return np.column_stack([column[place] for column, place in zip(columns, places, strict=True)])
    except (MemoryError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"{len(rows)} combinations are more than memory holds, or a number counts. Take smaller parts.") from error
