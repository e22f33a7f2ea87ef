"""In the place of `kernels.landing` where runs take steps to their end, so that the kernel compiles sooner."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray


def approach_room(dimension: int) -> int:
    """None."""
    return 0


def departing(b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray, mark: FloatArray) -> int:
    """No lane is looked at."""
    return 0


def come_back(
    held: FloatArray, best_held: FloatArray, waiting: IntArray, queue: IntArray, block: int, records: int, constants: int, b: FloatArray,
    best: FloatArray, dimension: int, times: FloatArray, settings: FloatArray, inside: FloatArray, member: IntArray, following: IntArray,
    next_time: FloatArray,
) -> int:  # fmt: skip
    """Nobody comes back."""
    return 0


def leave(
    leaving: int, active: int, members: int, rates: Any, slopes: Any, values: Any, b: FloatArray, best: FloatArray, mark: FloatArray,
    member: IntArray, following: IntArray, landing: FloatArray, best_landing: FloatArray, landed: IntArray, held: FloatArray,
    best_held: FloatArray, waiting: IntArray, queue: IntArray, w: FloatArray, dimension: int, constants: int, times: FloatArray,
    absolute: FloatArray, limits: FloatArray, slack: FloatArray, kinds: IntArray, settings: FloatArray, states: FloatArray,
    records: FloatArray, codes: IntArray, stops: FloatArray, counts: IntArray,
) -> int:  # fmt: skip
    """Nobody leaves."""
    return 0
