"""Values of a family of parameters, read from a number, an array, a mapping by nation or pair, or a table with named rows and columns."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError, nearest

if TYPE_CHECKING:
    from richardson.symbolic.model import Model

Owner = tuple[str, ...]

NO_NUMBERS = (str, bytes, bool, np.bool_, complex, np.complexfloating, datetime.date, np.datetime64)  # float would take the first four


def is_many(value: Any) -> bool:
    """Whether a value stands for the members of a family one by one, rather than for one number."""
    if isinstance(value, Mapping | list | tuple) or (hasattr(value, "index") and not isinstance(value, str | bytes)):
        return True
    return isinstance(value, np.ndarray) and value.ndim > 0


def spread(model: Model, name: str, members: Sequence[str], value: Any) -> dict[str, Any]:
    """Value of each member of a bare concept name of an ordinary model, from an array, a mapping or a table.

    Raises
    ------
    InvalidInputError, UnknownNameError
        As `values_of`, or if the name stands for one number.
    """
    owners = _owners({member: member[len(name) + 1 :] for member in members}, model.state_names)
    if any(not owner for owner in owners.values()):
        raise InvalidInputError(f"'{name}' of '{model.name}' is one number; got {_kind_of(value)}. Give a number.")
    named = {nation for owner in owners.values() for nation in owner}
    nations = tuple(nation for nation in model.state_names if nation in named)
    found = values_of(name, nations, tuple(owners.values()), value)
    return {member: found[owner] for member, owner in owners.items() if owner in found}


def values_of(name: str, nations: Sequence[str], owners: Sequence[Owner], value: Any) -> dict[Owner, Any]:
    """Value by nation or pair, of those that are given.

    Parameters
    ----------
    name : str
        Of the family.
    nations : sequence of str
        In order.
    owners : sequence of tuple of str
        The nations, or the pairs (i, j), that have a value; pairs are the same both ways if only one order is here.
    value : array_like, mapping or table
        Of shape (N,) or (N, N), in the order of the nations, its diagonal 0 or NaN; by nation, by pair or by nation and nation,
        those that are not named left out; or with ``index`` and ``columns`` that name all nations, in any order.

    Raises
    ------
    InvalidInputError
        For a wrong shape, a diagonal that says something, or one pair with two values.
    UnknownNameError
        For a nation that there is not, or one that a table lacks or has twice.
    """
    rank = len(owners[0])
    if isinstance(value, Mapping) and not hasattr(value, "index"):
        given = dict(_pairs(value) if rank == 2 else (((key,), number) for key, number in value.items()))
    else:
        given = dict(_entries(name, nations, rank, _in_order(name, nations, rank, value)))
    for owner in given:
        for nation in owner:
            if nation not in nations:
                raise UnknownNameError(f"'{name}' is given for '{nation}', which is no nation here. {nearest(str(nation), nations)}")
    return _of_owners(name, set(owners), given, rank)


def _pairs(value: Mapping[Any, Any]) -> Iterator[tuple[Owner, Any]]:
    """Entries of a mapping by pair, or by nation and nation."""
    for key, part in value.items():
        if isinstance(part, Mapping):
            yield from (((key, inner), number) for inner, number in part.items())
        else:
            yield tuple(key) if isinstance(key, tuple | list) else (key,), part


def _in_order(name: str, nations: Sequence[str], rank: int, value: Any) -> np.ndarray[Any, Any]:
    """Rows (and columns) as an array of anything, in the order of the nations."""
    given: list[Any] = [getattr(value, "index", None), getattr(value, "columns", None)]
    axes = [list(axis) for axis in given if axis is not None and not callable(axis)]
    bare = value.to_numpy() if hasattr(value, "to_numpy") else value
    table = np.array(bare, dtype=object)
    if isinstance(bare, np.ma.MaskedArray):
        table[np.ma.getmaskarray(bare)] = None  # numpy would show what the mask hides
    if axes and table.ndim == rank == len(axes):
        for place, (what, labels) in enumerate(zip(("rows", "columns"), axes, strict=False)):
            _check_labels(name, what, labels, nations)
            table = np.take(table, [labels.index(nation) for nation in nations], axis=place)
    if table.shape != (len(nations),) * rank:
        wanted = " × ".join([str(len(nations))] * rank)
        shown = " × ".join(map(str, table.shape)) or "no"
        raise InvalidInputError(f"'{name}' has {wanted} entries, in the order {_listed(nations)}; got {shown}. Give one for each.")
    return table


def _check_labels(name: str, what: str, labels: Sequence[Any], nations: Sequence[str]) -> None:
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise InvalidInputError(f"The {what} of '{name}' name '{twice[0]}' twice. Give every nation one of the {what}.")
    unknown = [label for label in labels if label not in nations]
    if unknown:
        raise UnknownNameError(f"The {what} of '{name}' name '{unknown[0]}', which is no nation here. {nearest(str(unknown[0]), nations)}")
    missing = [nation for nation in nations if nation not in labels]
    if missing:
        raise InvalidInputError(f"The {what} of '{name}' lack {_listed(missing)}. Name every nation once.")


def _entries(name: str, nations: Sequence[str], rank: int, table: np.ndarray[Any, Any]) -> Iterator[tuple[Owner, Any]]:
    if rank == 1:
        yield from (((nation,), number) for nation, number in zip(nations, table, strict=True))
        return
    for row, i in zip(table, nations, strict=True):
        for number, j in zip(row, nations, strict=True):
            if i != j:
                yield (i, j), number
            elif not _is_empty(number):
                if not _is_number(number):
                    raise InvalidInputError(f"'{name}' holds {number!r}, which is no real number. Give numbers, and 0 for {i} and itself.")
                raise InvalidInputError(f"'{name}' has {number!r} for {i} and itself, which stands for nothing here. Give 0 there.")


def _is_empty(number: Any) -> bool:
    """Whether an entry of the diagonal says nothing: 0, NaN, or what a frame has for neither."""
    if isinstance(number, int | float | np.number):
        return bool(number == 0 or np.isnan(number))
    return number is None or type(number).__name__ == "NAType" or (isinstance(number, str) and not number)


def _of_owners(name: str, owners: set[Owner], given: Mapping[Owner, Any], rank: int) -> dict[Owner, Any]:
    found: dict[Owner, Any] = {}
    for owner, number in given.items():
        if owner not in owners and owner[::-1] not in owners:
            whose = "a pair of different nations" if rank == 2 else "a nation"
            raise InvalidInputError(f"'{name}' has one value for {whose}; got one for {_listed(owner)}. Give it for {whose}.")
        key = owner if owner in owners else owner[::-1]
        if key in found and np.isnan(_float_or_nan(found[key])):
            continue  # no number: refused with its own sentence, whatever the other way says
        if key in found and not np.isnan(_float_or_nan(number)) and found[key] != number:
            raise InvalidInputError(
                f"'{name}' is the same for {key[0]} and {key[1]} both ways; got {found[key]!r} and {number!r}. Give one number."
            )
        found[key] = number
    return found


def as_numbers(name: str, given: Mapping[Owner, Any], bounds: tuple[float, float], interval: str) -> FloatArray:
    """Values as floats within bounds, shape (n,).

    Raises
    ------
    OutOfBoundsError
        If one is no finite number within the bounds; the message names whose it is.
    """
    try:
        numbers = np.array([number if type(number) is float else _as_float(number) for number in given.values()])
    except (TypeError, ValueError, OverflowError):
        numbers = np.array([_float_or_nan(number) for number in given.values()])
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= bounds[0]) & (numbers <= bounds[1])))
    if wrong.size:
        owner, number = list(given.items())[wrong[0]]
        whose = " of ".join(("", " to ".join(owner))) if owner else ""
        raise OutOfBoundsError(f"{name}{whose} must be a finite number in {interval}; got {number!r}. Mend that entry.")
    return numbers


def _float_or_nan(number: Any) -> float:
    try:
        return _as_float(number)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _as_float(number: Any) -> float:
    if not _is_number(number):
        raise TypeError
    return float(number)


def _is_number(number: Any) -> bool:
    """Whether an entry may be a number, as `Quantity.check` has it."""
    return not isinstance(number, NO_NUMBERS)


def _owners(tails: Mapping[str, str], nations: Sequence[str]) -> dict[str, Owner]:
    """Nation that ends each name, or of all the pair: beside a and b there may be a nation a_b."""
    if all(tail in nations for tail in tails.values()):
        return {member: (tail,) for member, tail in tails.items()}
    return {member: _pair(tail, nations) for member, tail in tails.items()}


def _pair(tail: str, nations: Sequence[str]) -> Owner:
    return next(((i, tail[len(i) + 1 :]) for i in nations if tail.startswith(f"{i}_") and tail[len(i) + 1 :] in nations), ())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(str, names[:6])) + (", …" if len(names) > 6 else "")


def _kind_of(value: Any) -> str:
    return f"a {type(value).__name__}"
