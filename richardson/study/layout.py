"""What the arrays of a study are called, over which dimensions they lie, and what their numbers mean: in memory and in files alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from richardson.errors import InvalidInputError

MEMBER, MEMBER_MEANING = "member", "number of the member"  # the dimension that blocks divide
OUTCOME = "outcome"  # the variable whose codes are counted
LONGEST_ATTRIBUTE = 60_000  # bytes of text; HDF5 takes 64 KiB
BLOCK_BYTES = 2**23  # of a block: fewer would cost more in headers than in numbers, more would be lost when a machine stops
WHOLE_LANES = 32  # blocks hold a multiple of it, so that the kernels' lanes are full

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]
Attributes: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Variable:
    """One array of a study.

    Attributes
    ----------
    name : str
        Letters, digits and underscores, so that every program can read it.
    axes : tuple of str
        Dimensions, ``"member"`` first.
    kind : str
        Type of its numbers as numpy writes it, for example ``"<f8"``.
    attributes : mapping
        Text, numbers and lists of them: ``long_name``, ``units`` and others.
    """

    name: str
    axes: tuple[str, ...]
    kind: str
    attributes: Attributes


@dataclass(frozen=True, eq=False)
class Coordinate:
    """Where the entries of a dimension other than ``member`` lie.

    Attributes
    ----------
    name : str
        Of the dimension.
    values : ndarray, shape (n,)
    attributes : mapping
    """

    name: str
    values: npt.NDArray[Any]
    attributes: Attributes


@dataclass(frozen=True, eq=False)
class Layout:
    """The arrays of a study and the blocks of members in which they are kept.

    Attributes
    ----------
    count : int
        Members of the study.
    block : int
        Members of a block; the last may hold fewer.
    variables : tuple of Variable
    coordinates : tuple of Coordinate
    attributes : mapping
        Of the whole: title, equations, provenance.
    """

    count: int
    block: int
    variables: tuple[Variable, ...]
    coordinates: tuple[Coordinate, ...]
    attributes: Attributes

    @property
    def block_count(self) -> int:
        """Number of blocks."""
        return -(-self.count // self.block)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(variable.name for variable in self.variables)

    @property
    def member_bytes(self) -> int:
        """What the numbers of one member take."""
        return sum(np.dtype(variable.kind).itemsize * math.prod(self.shape(variable, 1)) for variable in self.variables)

    @property
    def described(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Attributes of the whole, and those that are too long for one and become variables without dimensions."""
        texts = {name: value for name, value in self.attributes.items() if isinstance(value, str)}
        long = {name: text for name, text in texts.items() if len(text.encode()) > LONGEST_ATTRIBUTE}
        return {name: value for name, value in self.attributes.items() if name not in long}, long

    def rows(self, index: int) -> slice:
        """Members of a block.

        Raises
        ------
        InvalidInputError
            If there is no such block.
        """
        if not 0 <= index < self.block_count:
            raise InvalidInputError(
                f"There is no block {index}: a study of {self.count} members in blocks of {self.block} has 0 to "
                f"{self.block_count - 1}. Ask for one of these."
            )
        return slice(index * self.block, min((index + 1) * self.block, self.count))

    def place(self, member: Any) -> tuple[int, int]:
        """The block of a member, and its row there.

        Raises
        ------
        InvalidInputError
            If there is no such member.
        """
        return divmod(read_member(member, self.count), self.block)

    def shape(self, variable: Variable, members: int) -> tuple[int, ...]:
        """Shape of a variable over so many members."""
        sizes = {coordinate.name: coordinate.values.size for coordinate in self.coordinates} | {MEMBER: members}
        return tuple(sizes[axis] for axis in variable.axes)

    def checked(self, arrays: Mapping[str, npt.NDArray[Any]], members: int) -> Arrays:
        """The arrays in the order and of the types of the layout.

        Raises
        ------
        InvalidInputError
            If one is missing, too many, or of another shape.
        """
        if set(arrays) != set(self.names):
            amiss = ", ".join(sorted(set(arrays) ^ set(self.names)))
            raise InvalidInputError(f"A block of this study holds {', '.join(self.names)}; missing, or too many: {amiss}. Give just these.")
        found = {}
        for variable in self.variables:
            array, shape = np.asarray(arrays[variable.name]), self.shape(variable, members)
            if array.shape != shape:
                raise InvalidInputError(
                    f"'{variable.name}' of {members} members has shape {shape}; got {array.shape}. Give one row a member."
                )
            found[variable.name] = np.ascontiguousarray(array, dtype=variable.kind)
        return found

    def in_blocks(self, block: int | None = None) -> Layout:
        """The same in blocks of that many members, or of some megabytes.

        Parameters
        ----------
        block : int, optional
            At least 1.
        """
        lanes = max(1, BLOCK_BYTES // max(1, self.member_bytes) // WHOLE_LANES)
        return replace(self, block=max(1, min(self.count, WHOLE_LANES * lanes if block is None else block)))

    def to_plain(self) -> dict[str, Any]:
        """The layout as JSON can hold it; `from_plain` reads it back."""
        return {
            "members": self.count,
            "members a block": self.block,
            "variables": [[each.name, list(each.axes), each.kind, dict(each.attributes)] for each in self.variables],
            "coordinates": [[each.name, each.values.tolist(), dict(each.attributes)] for each in self.coordinates],
            "attributes": dict(self.attributes),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Layout:
        """The layout that `to_plain` gave."""
        return cls(
            count=int(plain["members"]),
            block=int(plain["members a block"]),
            variables=tuple(Variable(name, tuple(axes), str(np.dtype(kind).str), held) for name, axes, kind, held in plain["variables"]),
            coordinates=tuple(Coordinate(name, np.array(values), held) for name, values, held in plain["coordinates"]),
            attributes=dict(plain["attributes"]),
        )


def members_of(rows: slice) -> str:
    """Consecutive members in a sentence, by their numbers."""
    return f"member {rows.start}" if rows.stop - rows.start == 1 else f"members {rows.start} to {rows.stop - 1}"


def read_member(member: Any, count: int) -> int:
    """The number of one of so many members.

    Raises
    ------
    InvalidInputError
        If it is none.
    """
    if isinstance(member, bool) or not isinstance(member, int | np.integer) or not 0 <= member < count:
        raise InvalidInputError(f"There is no member {member!r}. Give a whole number from 0 to {count - 1}.")
    return int(member)


def native(attributes: Attributes) -> dict[str, Any]:
    """Attributes as files hold them: the values of flags in the type of the codes, as the CF conventions ask."""
    return {name: np.array(value, dtype=np.int8) if name == "flag_values" else value for name, value in attributes.items()}


def outcome_counts(layout: Layout, arrays: Arrays) -> dict[str, int]:
    """How many members ended how; nothing where that is not among the variables.

    Parameters
    ----------
    layout : Layout
    arrays : dict of str to ndarray
        Of these members.
    """
    flags = next((variable.attributes for variable in layout.variables if variable.name == OUTCOME), None)
    if flags is None:
        return {}
    codes = np.bincount(arrays[OUTCOME])
    return {meaning: int(number) for meaning, number in zip(flags["flag_meanings"].split(), codes, strict=False) if number}
