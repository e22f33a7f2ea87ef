"""In the place of `kernels.records` where nothing is recorded, so that the kernel compiles sooner."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray

BEST, KINDS_OF_ROWS, SEARCH = 0, 1, 1


def row_of(kind: int, count: int, j: int) -> int:
    """Nowhere."""
    return 0


def first_values(values: Any, region: FloatArray, v: FloatArray, kinds: IntArray) -> None:
    """Nothing to set out from."""


def enter_records(source: FloatArray, column: int, v: FloatArray, lane: int, count: int) -> None:
    """Nothing to copy."""


def write_records(
    values: Any, region: FloatArray, v: FloatArray, landed: IntArray, count: int, kinds: IntArray, records: FloatArray
) -> None:
    """Nothing to write."""


def observe(
    values: Any,
    b: FloatArray,
    v: FloatArray,
    search: FloatArray,
    until: FloatArray,
    dimension: int,
    absolute: FloatArray,
    settings: FloatArray,
    kinds: IntArray,
) -> None:
    """Nothing to observe."""


def is_too_rough(search: FloatArray, lane: int) -> bool:
    """Nothing is."""
    return False
