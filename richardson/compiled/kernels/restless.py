"""In the place of `kernels.rest` where runs go to their end, so that the kernel compiles sooner."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.layout import LANES, size_of


def rest_room(dimension: int) -> int:
    """As much as `kernels.rest` works in, so that all kernels divide their room alike."""
    d = size_of(dimension)
    return 2 * d * d + 3 * d * LANES


def resting(b: FloatArray, dimension: int, settings: FloatArray, absolute: FloatArray, rest: FloatArray) -> int:
    """No lane is looked at."""
    return 0


def settle(
    rates: Any,
    slopes: Any,
    b: FloatArray,
    dimension: int,
    times: FloatArray,
    following: IntArray,
    settings: FloatArray,
    absolute: FloatArray,
    rest: FloatArray,
    work: FloatArray,
) -> int:
    """No lane settles."""
    return 0
