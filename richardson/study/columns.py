"""What a design is asked for, read into columns, ranges and counts, or refused."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError

Ranges = Mapping[str, tuple[float, float]]


class Table(Protocol):
    """Columns by name, such as a dict or a pandas DataFrame."""

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Pairs of name and column."""


def read_columns(given: Table, what: str, example: str) -> dict[str, FloatArray]:
    """Columns of finite numbers by name, shape (n,) each, n at least 1.

    Parameters
    ----------
    given : mapping of str to array_like
        As a user wrote it.
    what, example : str
        What it is and how one is written, for the refusal.

    Raises
    ------
    InvalidInputError
        If it is no such mapping.
    """
    columns = {name: as_floats(values, f"Values of '{name}'") for name, values in _entries(given, what, example)}
    for name, column in columns.items():
        if column.ndim != 1 or not column.size:
            raise InvalidInputError(
                f"Values of '{name}' must be a sequence of at least one number; got shape {column.shape}. "
                f"{what} is written for example {example}."
            )
        check_finite(name, column)
    return columns


def read_table(table: Table) -> dict[str, FloatArray]:
    """Columns of equal length by name, shape (m,) each.

    Parameters
    ----------
    table : mapping of str to array_like, or pandas.DataFrame
        As a user wrote it.

    Raises
    ------
    InvalidInputError
        If it is no such mapping, or columns differ in length.
    """
    columns = read_columns(table, "A table", '{"balance": [-0.5, 0.5], "x": [0, 1]}')
    lengths = {name: column.size for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"'{name}' {length}" for name, length in lengths.items())
        raise InvalidInputError(f"The columns of a table must be equally long; got {told}. Give every member a value of each name.")
    return columns


def read_samples(names: Sequence[Any], samples: Any) -> FloatArray:
    """A copy of the members of a design, shape (m, p), a row a member and a column a name.

    Parameters
    ----------
    names : sequence of str
    samples : array_like

    Raises
    ------
    InvalidInputError
        If a name is none, the shape is another, there is no member, or a number is not finite.
    """
    check_names(names)
    rows = as_floats(samples, "Samples of a design")
    if rows.ndim != 2 or rows.shape[1] != len(names) or not rows.size:
        raise InvalidInputError(
            f"A design needs at least one member, and one value a name; got samples of shape {rows.shape} "
            f"for {len(names)} names. Give a row for each member and a column for each name."
        )
    for name, column in zip(names, rows.T, strict=True):
        check_finite(name, column)
    return rows


def read_ranges(ranges: Ranges) -> dict[str, tuple[float, float]]:
    """Low and high by name, low below high.

    Parameters
    ----------
    ranges : mapping of str to pair of float
        As a user wrote it.

    Raises
    ------
    InvalidInputError
        If it is no such mapping.
    """
    return {name: _span(name, value) for name, value in _entries(ranges, "The ranges of a design", '{"balance": (-1, 1), "x": (0, 5)}')}


def read_size(size: Any) -> int:
    """A number of members, at least 1.

    Parameters
    ----------
    size : int
        As a user wrote it.

    Raises
    ------
    InvalidInputError
        If it is not one.
    """
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
        raise InvalidInputError(f"The size of a design must be a whole number, at least 1; got {size!r}. Write for example size=1024.")
    return int(size)


def check_names(names: Sequence[Any]) -> None:
    """Refuse names that no parameter, concept or state could have, or that occur twice.

    Parameters
    ----------
    names : sequence of str
        One a column.

    Raises
    ------
    InvalidInputError
        If one is no ASCII identifier, or repeats another.
    """
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str) or not name.isascii() or not name.isidentifier():
            raise InvalidInputError(
                f"A design cannot name a column {name!r}: it names parameters, concepts or states, whose names are ASCII letters, "
                "digits and '_', and start with no digit. Rename the column."
            )
        if name in seen:
            raise InvalidInputError(f"A design names '{name}' twice, but a member has one value of it. Leave one of them out.")
        seen.add(name)


def check_finite(name: str, column: FloatArray) -> None:
    """Refuse a column with values that are missing or infinite.

    Parameters
    ----------
    name : str
        For the message.
    column : FloatArray
        Shape (m,).

    Raises
    ------
    InvalidInputError
        If there are any.
    """
    amiss = np.flatnonzero(~np.isfinite(column))
    if amiss.size:
        raise InvalidInputError(
            f"{amiss.size} of the {column.size} values of '{name}' are missing or infinite, the first at position {amiss[0]} "
            f"({column[amiss[0]]}); every member needs a number. Fill them in or leave them out."
        )


def combined(blocks: Sequence[FloatArray]) -> FloatArray:
    """Every combination of one row a block, the rows of the last block running fastest.

    Parameters
    ----------
    blocks : sequence of FloatArray
        Shapes (n, k), one or more; n and k may differ.

    Returns
    -------
    FloatArray
        Shape (product of all n, sum of all k).

    Raises
    ------
    InvalidInputError
        If that does not fit into memory.
    """
    count, width = math.prod(len(block) for block in blocks), sum(block.shape[1] for block in blocks)
    try:
        rows = np.empty((count, width))
    except (MemoryError, ValueError) as error:
        raise InvalidInputError(
            f"{' × '.join(str(len(block)) for block in blocks)} combinations are {count} members, more than memory holds. "
            "Give fewer values, or draw some of them with Design.sobol."
        ) from error
    slower, left = 1, 0
    for block in blocks:
        faster = count // (slower * len(block))
        shaped = rows.reshape(slower, len(block), faster, width)
        shaped[..., left : left + block.shape[1]] = block[:, np.newaxis, :]
        slower, left = slower * len(block), left + block.shape[1]
    return rows


def _entries(given: Any, what: str, example: str) -> list[tuple[str, Any]]:
    """Pairs of name and what is given for it, the names checked."""
    entries = list(given.items()) if callable(getattr(given, "items", None)) else []
    if not entries:
        raise InvalidInputError(f"{what} must be a mapping of at least one name; got {given!r}. Write for example {example}.")
    check_names([name for name, _ in entries])
    return entries


def _span(name: str, value: Any) -> tuple[float, float]:
    try:
        span = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        span = np.empty(0)
    if span.shape != (2,) or not np.isfinite(span).all():
        raise InvalidInputError(
            f"The range of '{name}' must be a pair (low, high) of finite numbers; got {value!r}. Write for example {{'{name}': (0, 1)}}."
        )
    low, high = span.tolist()
    if not math.isfinite(high - low):
        raise InvalidInputError(f"The range of '{name}', ({low:g}, {high:g}), is wider than numbers go. Narrow it.")
    if low >= high:
        hint = f"Fix '{name}' in the model or the start" if low == high else f"Did you mean ({high:g}, {low:g})?"
        raise InvalidInputError(f"The range of '{name}' must run from low to high; got ({low:g}, {high:g}). {hint}")
    return low, high
