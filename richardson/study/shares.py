"""How the members of a study are divided among workers while it runs: by the time that blocks take, as it is measured."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from richardson.compiled.lanes import LANES

GROWTH = 8  # times the largest block so far: a few members say little of the others
BLOCKS_LEFT_A_WORKER = 2  # blocks shrink to that towards the end, so that workers end together


@dataclass(frozen=True)
class Pace:
    """What sizes of blocks suit an engine.

    Attributes
    ----------
    first : int
        Members of the first blocks, which are measured.
    least, most : float
        Seconds that a block is to take.
    bytes : int
        Most that it may take, samples and results.
    members : int
        Most members.
    """

    first: int
    least: float
    most: float
    bytes: int
    members: int


class Shares:
    """Hands out members in their order, block by block; what is there already is left out.

    Parameters
    ----------
    parts : iterable of slice
        Members to compute, increasing.
    pace : Pace
    workers : int
    row_bytes : int
        What a member takes.
    grain : int or None
        Members of a block of the store: a share ends with one, or within one.
    """

    def __init__(self, parts: Iterable[slice], pace: Pace, workers: int, *, row_bytes: int, grain: int | None = None) -> None:
        self._parts = deque(parts)
        self._pace, self._workers, self._grain = pace, workers, grain
        self._largest = max(1, min(pace.members, pace.bytes // max(1, row_bytes)))
        self._left = sum(part.stop - part.start for part in self._parts)
        self._seconds, self._members, self._widest = 0.0, 0, 0
        self._end: int | None = None  # where to stop after an interruption
        self._place = 0

    def measured(self, members: int, seconds: float) -> None:
        """Learn how long a block has taken."""
        self._seconds, self._members, self._widest = self._seconds + seconds, self._members + members, max(self._widest, members)

    def stop(self) -> None:
        """Hand out no more than what completes the block of the store that was begun."""
        grain = self._grain or 1
        self._end = -(-self._place // grain) * grain

    def give_back(self, rows: slice) -> None:
        """Take back members whose worker was lost; they are handed out next."""
        self._parts.appendleft(rows)
        self._left += rows.stop - rows.start

    def next(self) -> slice | None:
        """The next members to compute; None when there are no more."""
        if not self._parts or (self._end is not None and self._parts[0].start >= self._end):
            return None
        part = self._parts.popleft()
        stop = min(part.stop, self._cut(part.start, self._size()))
        stop = stop if self._end is None else min(stop, self._end)
        if stop < part.stop:
            self._parts.appendleft(slice(stop, part.stop))
        self._left -= stop - part.start
        self._place = max(self._place, stop)
        return slice(part.start, stop)

    def _size(self) -> int:
        """Members of the next block."""
        if not self._members:
            size = float(self._pace.first)
        else:
            pace = max(self._seconds, 1e-9) / self._members
            fair = self._left / (BLOCKS_LEFT_A_WORKER * self._workers)
            size = min(max(min(self._pace.most / pace, fair), self._pace.least / pace), float(GROWTH * self._widest))
        whole = max(1, min(int(size), self._largest))
        return whole if whole < LANES else whole // LANES * LANES

    def _cut(self, start: int, size: int) -> int:
        """Where a block ends that begins at ``start``: with a block of the store, or before its end."""
        end = start + size
        if self._grain is None or end <= (start // self._grain + 1) * self._grain:
            return end
        return end // self._grain * self._grain
