"""Rows as they come from an engine: into memory, and block by block into a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from richardson.study.jobs import Arrays

CODES = "codes"  # the array that says whether a row is there: copied last


class Sink(Protocol):
    """What keeps whole blocks, as `study.store.block_store.BlockStore` does."""

    def write(self, index: int, rows: slice, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep a block for good."""


class Collector:
    """Puts rows where they belong, in any order and division.

    Parameters
    ----------
    into : mapping of str to ndarray
        Room for all members; of an array with fewer times than come, the last are kept. What is not in it is not kept here.
    sink : Sink, optional
        Gets each block as soon as all of its rows are there.
    grain : int
        Members of a block of the sink.
    """

    def __init__(self, into: Arrays, count: int, *, sink: Sink | None = None, grain: int = 1) -> None:
        self._into, self._count, self._sink, self._grain = into, count, sink, grain
        self._begun: dict[int, tuple[int, dict[str, npt.NDArray[Any]]]] = {}  # members that are missing, and room for the block

    def add(self, rows: slice, arrays: Arrays) -> None:
        """Rows that have been computed."""
        self.keep(rows, arrays)
        if self._sink is None:
            return
        for index in range(rows.start // self._grain, (rows.stop - 1) // self._grain + 1):
            block = slice(index * self._grain, min((index + 1) * self._grain, self._count))
            part = slice(max(rows.start, block.start), min(rows.stop, block.stop))
            within = slice(part.start - rows.start, part.stop - rows.start)
            self._fill(self._sink, index, block, part, {name: array[within] for name, array in arrays.items()})

    def keep(self, rows: slice, arrays: Arrays) -> None:
        """Copy rows into memory; their codes last, since without its code a row counts as not reached."""
        for name in sorted(self._into, key=CODES.__eq__):
            room, found = self._into[name][rows], arrays[name]
            room[...] = found if found.shape == room.shape else found[:, -room.shape[1] :]

    def _fill(self, sink: Sink, index: int, block: slice, part: slice, arrays: Arrays) -> None:
        """Put rows into a block, and hand it on when it is whole."""
        size = block.stop - block.start
        if part == block:
            sink.write(index, block, arrays)
            return
        missing, room = self._begun.get(index) or (size, {n: np.empty((size, *a.shape[1:]), a.dtype) for n, a in arrays.items()})
        for name, array in arrays.items():
            room[name][part.start - block.start : part.stop - block.start] = array
        missing -= part.stop - part.start
        self._begun[index] = missing, room
        if not missing:
            del self._begun[index]
            sink.write(index, block, room)
