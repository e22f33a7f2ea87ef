"""One run, a block of steps at a call: every step with its polynomial, and the next call goes on where the last one stopped.

Kernels of this module are made with ``LANES`` = 1, so that rows and numbers of the buffer are the same.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import isfinite

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.control import SHRINK, advance, judge, judge_between
from richardson.compiled.kernels.layout import (
    ACCEPTED,
    COMMON,
    END,
    LOST,
    NEXT_STEP,
    POINT,
    RELATIVE,
    RESOLUTION,
    STEP,
    STEP_LIMIT,
    TIME,
    constant_rows,
    size_of,
)
from richardson.compiled.kernels.lookout import NOT_FINITE, REACHED_END, STEP_TOO_SMALL, STEPS_SPENT, UNDER_WAY, is_finite
from richardson.compiled.kernels.queue import choose_step, load, prepare
from richardson.compiled.kernels.scheme import COEFFICIENTS, DEGREE, ROWS, attempt, interpolate
from richardson.compiled.memory import unmanaged

ENTRIES = ("walk",)
RESOLVED = 8.881784197001252e-16  # four roundings of a time: shorter steps hardly move it


def walk(
    derive: Any,
    rates: Any,
    slopes: Any,
    samples: FloatArray,
    parameters: FloatArray,
    start: FloatArray,
    sources: IntArray,
    absolute: FloatArray,
    limits: FloatArray,
    settings: FloatArray,
    constants: int,
    room: FloatArray,
    progress: IntArray,
    breakpoints: FloatArray,
    pieces: FloatArray,
) -> int:
    """Take steps until ``breakpoints`` (n + 1) are full or the run is over; a code of `kernels.lookout` says which.

    ``progress`` holds the number of steps taken since the start, −1 before it; ``room`` (a block and the parameters) the run between
    calls. ``pieces`` (n, DEGREE + 1, d) are filled with the state at the start of each step and the coefficients of its polynomial.
    The end of a run too close to its start for times to tell them apart is reached in one step. ``samples`` (1, 0) and ``sources``,
    all −1 and as long as parameters and start, say that nothing comes from a sample.
    """
    d = size_of(start.size)
    block = d * ROWS + COMMON + constant_rows(d) + constants
    b, raw = unmanaged(room[:block]), unmanaged(room[block:])
    absolute, limits, settings = unmanaged(absolute), unmanaged(limits), unmanaged(settings)
    if progress[0] < 0:
        load(0, samples, parameters, sources, start, sources, raw, b)
        prepare(derive, rates, raw, b, d, absolute, settings)
        choose_step(rates, b, d, absolute, settings)
        progress[0] = 0
    common = d * ROWS
    breakpoints[0] = b[common + TIME]
    place = 0
    while place < breakpoints.size - 1:
        if progress[0] >= settings[STEP_LIMIT]:
            return STEPS_SPENT
        step, reached = b[common + STEP], b[common + TIME] + b[common + STEP]
        settings[RESOLUTION] = RESOLVED * max(abs(b[common + TIME]), abs(reached))
        attempt(rates, slopes, b, d, absolute, settings[RELATIVE], limits)
        judge(b, d, settings)
        if b[common + ACCEPTED] > 0.0:
            interpolate(rates, b, d)
            judge_between(b, d, absolute, settings, breakpoints, True)
            keep_if_finite(b, d)
        is_last = b[common + ACCEPTED] > 0.0 and reached >= settings[END] - settings[RESOLUTION]
        if not (step > settings[RESOLUTION] or is_last):
            return STEP_TOO_SMALL if is_finite(b, d, 0) and b[common + LOST] == 0.0 else NOT_FINITE
        if b[common + ACCEPTED] > 0.0:
            record(b, d, place, pieces)
        advance(b, d, settings)
        if b[common + ACCEPTED] > 0.0:
            place += 1
            progress[0] += 1
            breakpoints[place] = b[common + TIME]
            if is_last:
                return REACHED_END
    return UNDER_WAY


def keep_if_finite(b: FloatArray, dimension: int) -> None:
    """Take back the step, and try one much shorter, if its polynomial or the rates at its end are not numbers."""
    d = size_of(dimension)
    common = d * ROWS
    is_kept = is_finite(b, d, 0)
    for i in range(d):
        for place in range(DEGREE):
            is_kept = is_kept and isfinite(b[i * ROWS + COEFFICIENTS + place])
    if not is_kept:
        b[common + ACCEPTED] = 0.0
        b[common + LOST] = 1.0
        b[common + NEXT_STEP] = SHRINK * b[common + STEP]


def record(b: FloatArray, dimension: int, place: int, pieces: FloatArray) -> None:
    """Keep the step's polynomial."""
    for i in range(size_of(dimension)):
        pieces[place, 0, i] = b[i * ROWS + POINT]
        for order in range(DEGREE):
            pieces[place, 1 + order, i] = b[i * ROWS + COEFFICIENTS + order]
