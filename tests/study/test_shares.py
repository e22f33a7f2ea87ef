"""How members are divided: every one is handed out once, in blocks that fit the pace, and a store's blocks are completed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from richardson.study.shares import Pace, Shares

PACE = Pace(first=256, least=1.0, most=15.0, bytes=2**24, members=2**31)
sizes = some.integers(1, 5000)


def handed(shares: Shares, seconds: float) -> list[slice]:
    """All shares, each of which takes so many seconds a member."""
    found = []
    while (rows := shares.next()) is not None:
        shares.measured(rows.stop - rows.start, seconds * (rows.stop - rows.start))
        found.append(rows)
    return found


def covered(parts: list[slice]) -> list[int]:
    return [member for part in parts for member in range(part.start, part.stop)]


@given(count=sizes, grain=some.none() | some.integers(1, 700), workers=some.integers(1, 5), seconds=some.floats(1e-7, 10.0))
def test_every_member_is_handed_out_once_and_in_order(count: int, grain: int | None, workers: int, seconds: float) -> None:
    shares = Shares([slice(0, count)], PACE, workers, row_bytes=80, grain=grain)
    assert covered(handed(shares, seconds)) == list(range(count))


@given(bounds=some.lists(some.integers(0, 3000), min_size=2, max_size=12, unique=True), seconds=some.floats(1e-7, 10.0))
def test_what_is_there_already_is_left_out(bounds: list[int], seconds: float) -> None:
    ends = sorted(bounds)[: len(bounds) // 2 * 2]
    parts = [slice(low, high) for low, high in zip(ends[::2], ends[1::2], strict=True)]
    assert covered(handed(Shares(parts, PACE, 2, row_bytes=80), seconds)) == covered(parts)


@given(count=sizes, grain=some.integers(1, 700), after=some.integers(0, 6), seconds=some.floats(1e-5, 1.0))
def test_after_an_interruption_the_block_of_the_store_that_was_begun_is_completed_and_no_other_begun(
    count: int, grain: int, after: int, seconds: float
) -> None:
    shares, found = Shares([slice(0, count)], PACE, 2, row_bytes=80, grain=grain), []
    for _ in range(after):
        if (rows := shares.next()) is not None:
            shares.measured(rows.stop - rows.start, seconds * (rows.stop - rows.start))
            found.append(rows)
    begun = max((rows.stop for rows in found), default=0)
    shares.stop()
    members = covered(found + handed(shares, seconds))
    assert len(members) == min(count, -(-begun // grain) * grain)


def test_members_whose_worker_was_lost_are_handed_out_again_next() -> None:
    shares = Shares([slice(0, 1000)], PACE, 2, row_bytes=80)
    first, second = shares.next(), shares.next()
    assert first is not None
    assert second is not None
    shares.give_back(first)
    again = shares.next()
    assert (again, second.start) == (first, first.stop)


def test_blocks_take_the_seconds_that_suit_the_engine_and_shrink_towards_the_end() -> None:
    seconds, shares = 1e-3, Shares([slice(0, 10**6)], PACE, 2, row_bytes=80)
    lengths = np.array([seconds * (rows.stop - rows.start) for rows in handed(shares, seconds)])
    middle = lengths[3:-1]
    assert middle.max() <= PACE.most
    assert middle.min() >= 0.9 * PACE.least  # blocks are whole lanes
    assert lengths[-3:].max() < PACE.most / 2


def test_blocks_fit_into_the_memory_that_one_may_take() -> None:
    shares = Shares([slice(0, 10**5)], PACE, 2, row_bytes=2**20)
    assert max(rows.stop - rows.start for rows in handed(shares, 1e-9)) == 2**24 // 2**20


def test_after_an_interruption_nothing_reaches_into_the_next_block_of_the_store() -> None:
    shares = Shares([slice(0, 10_000)], Pace(32, 1.0, 15.0, 2**40, 2**40), 1, row_bytes=8, grain=992)
    shares.next()
    shares.measured(32, 1e-6)
    shares.stop()
    ends = []
    while (rows := shares.next()) is not None:
        ends.append(rows.stop)
        shares.measured(rows.stop - rows.start, 1e-6)
    assert ends[-1] == 992
