"""Members waiting for a lane: a second block in which the next ones are made ready, all lanes at once.

Making ready means the constants of the member's parameters, the rates at its start, and a first step [1]_.

References
----------
.. [1] E. Hairer, S. P. Nørsett, G. Wanner (1993), Solving Ordinary Differential Equations I, section II.4 (from memory).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import sqrt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.layout import (
    AGAIN,
    AIM,
    BEGIN,
    COMMON,
    COUNT,
    END,
    ERROR,
    HISTORY,
    LANES,
    LIVE,
    LONGEST,
    LOST,
    POINT,
    RATE,
    RELATIVE,
    RESOLUTION,
    STEP,
    TIME,
    constant_rows,
    flag_row,
    size_of,
)
from richardson.compiled.kernels.scheme import ORDER, ROWS

FREE = -1  # member of a lane that has none
FETCHED, COLUMN, READY, ENTERED, LANDED, HELD, QUEUE = 0, 1, 2, 3, 4, 5, 6
"""In a queue: members fetched, next column, columns, members entered, members about to land, members to come back; its size."""
SMALL_STEP = 1e-6  # of the run, where neither the start nor its rates say how fast things change


def load(
    first: int,
    samples: FloatArray,
    parameters: FloatArray,
    parameter_source: IntArray,
    start: FloatArray,
    start_source: IntArray,
    raw: FloatArray,
    b: FloatArray,
) -> None:
    """Write parameters (to ``raw``) and starts of the members from ``first`` on; lanes beyond the last repeat it.

    A source is the column of ``samples`` that a parameter or state comes from, or −1 for the value that all share.
    """
    base = (start.size * ROWS + COMMON) * LANES
    for j in range(parameters.size):
        for lane in range(LANES):
            member = min(first + lane, samples.shape[0] - 1)
            raw[j * LANES + lane] = parameters[j] if parameter_source[j] < 0 else samples[member, parameter_source[j]]
    for i in range(start.size):
        for lane in range(LANES):
            member = min(first + lane, samples.shape[0] - 1)
            value = start[i] if start_source[i] < 0 else samples[member, start_source[i]]
            b[(i * ROWS + POINT) * LANES + lane] = value
            b[base + (1 + i) * LANES + lane] = value


def prepare(derive: Any, rates: Any, raw: FloatArray, b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> None:
    """Constants and rates at the start of the members that `load` has written."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for lane in range(LANES):
        b[base + lane] = settings[BEGIN]
        b[common + TIME * LANES + lane] = settings[BEGIN]
        b[common + LIVE * LANES + lane] = 1.0
        b[common + COUNT * LANES + lane] = 0.0
        b[common + HISTORY * LANES + lane] = 0.0
        b[common + LOST * LANES + lane] = 0.0
        b[common + AIM * LANES + lane] = 0.0
        b[common + AGAIN * LANES + lane] = 0.0
    derive(raw, b[base:])
    raise_flag(b, d)
    rates(b[base:])


def raise_flag(b: FloatArray, dimension: int) -> None:
    """Note whether the exponents of all lanes are small whole numbers, for which rates have a faster loop with the same bits."""
    d = size_of(dimension)
    base, lowest = d * ROWS + COMMON, 1.0
    for lane in range(LANES):
        lowest = min(lowest, b[(base + constant_rows(d)) * LANES + lane])
    b[(base + flag_row(d)) * LANES] = lowest


def choose_step(rates: Any, b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> None:
    """First steps of the members that are prepared."""
    base = (size_of(dimension) * ROWS + COMMON) * LANES
    first_guess(b, dimension, absolute, settings)
    rates(b[base:])
    first_step(b, dimension, absolute, settings)


def first_guess(b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> None:
    """A step by which a hundredth of the state's size is moved, and the point that Euler's method reaches by it."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for lane in range(LANES):
        size = speed = 0.0
        for i in range(d):
            o = i * ROWS * LANES + lane
            rate = b[base + (1 + d + i) * LANES + lane]
            scale = absolute[i] + settings[RELATIVE] * abs(b[o + POINT * LANES])
            size += (b[o + POINT * LANES] / scale) ** 2
            speed += (rate / scale) ** 2
            b[o + RATE * LANES] = rate
        span = settings[END] - settings[BEGIN]
        step = 0.01 * sqrt(size / speed) if size > 1e-10 and speed > 1e-10 else SMALL_STEP * (span if span < 1e6 else 1.0)
        step = min(step, span)
        b[common + STEP * LANES + lane] = step
        b[common + ERROR * LANES + lane] = speed
        b[base + lane] = settings[BEGIN] + step
        for i in range(d):
            b[base + (1 + i) * LANES + lane] += step * b[(i * ROWS + RATE) * LANES + lane]


def first_step(b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> None:
    """The first step, from how fast the rates change over the guess."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for lane in range(LANES):
        change = 0.0
        for i in range(d):
            o = i * ROWS * LANES + lane
            scale = absolute[i] + settings[RELATIVE] * abs(b[o + POINT * LANES])
            change += ((b[base + (1 + d + i) * LANES + lane] - b[o + RATE * LANES]) / scale) ** 2
        guess, speed = b[common + STEP * LANES + lane], b[common + ERROR * LANES + lane]
        fastest = sqrt(max(speed, change / (guess * guess)) / d)
        step = (0.01 / fastest) ** (1.0 / ORDER) if fastest > 1e-15 else 100.0 * guess
        step = max(min(step, 100.0 * guess), 2.0 * settings[RESOLUTION])  # a state next to nothing is no reason to stand still
        step = min(step, settings[LONGEST], settings[END] - settings[BEGIN])
        b[common + STEP * LANES + lane] = step if step > 0.0 else guess  # a rate that is not a number shows itself in the first step


def enter(source: FloatArray, b: FloatArray, dimension: int, constants: int) -> None:
    """Copy one member from a column of a block to one of another; both begin where the column does, so that no place is negative."""
    d = size_of(dimension)
    common, first = d * ROWS, d * ROWS + COMMON + constant_rows(d)
    for i in range(d):
        for row in (POINT, RATE):
            b[(i * ROWS + row) * LANES] = source[(i * ROWS + row) * LANES]
    for row in (TIME, STEP, LIVE, COUNT, HISTORY, LOST, AIM, AGAIN):
        b[(common + row) * LANES] = source[(common + row) * LANES]
    for row in range(constants):
        b[(first + row) * LANES] = source[(first + row) * LANES]


def idle(b: FloatArray, dimension: int, lane: int) -> None:
    """Let a lane stand still."""
    common = size_of(dimension) * ROWS
    b[(common + LIVE) * LANES + lane] = 0.0
    b[(common + STEP) * LANES + lane] = 0.0
