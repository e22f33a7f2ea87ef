"""Every lane's own step size: which steps are accepted, how long the next ones are, which lanes need a closer look.

Steps follow a proportional–integral controller [1]_; all is arithmetic on rows, without branches.

References
----------
.. [1] E. Hairer, G. Wanner (1996), Solving Ordinary Differential Equations II, section IV.2 (constants from memory).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from numpy import float64, inf, int64, uint64

from richardson.arrays import FloatArray
from richardson.compiled.kernels.layout import (
    ACCEPTED,
    CALLING,
    COMMON,
    COUNT,
    END,
    ERROR,
    HISTORY,
    LANES,
    LIVE,
    LONGEST,
    LOST,
    MASK,
    NEXT_STEP,
    POINT,
    RATE,
    RELATIVE,
    RESOLUTION,
    STEP,
    STEP_LIMIT,
    TIME,
    size_of,
)
from richardson.compiled.kernels.scheme import COEFFICIENTS, DEGREE, ORDER, ROWS

SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0
PRESENT, PAST = 0.35 / ORDER, 0.2 / ORDER  # exponents 0.7/q and 0.4/q of an error, here of its square
SMALLEST_ERROR = -20.0 * ORDER  # logarithm to base 2 of a squared error below which steps grow no faster: the limit is far above it
REMEMBERED = -26.6  # the same of 1e-4: a smaller error in the past says no more about the next step
HIGHEST = (1.0, 0.25, 4.0 / 27.0, 1.0 / 16.0, 0.03456, 1.0 / 64.0, 0.0084)  # of θ, θφ, θ²φ, θ²φ², … on a step
BETWEEN = 2.0  # tolerances that the last term of a step's polynomial may be: what is left out is less
STRETCH = 1.01  # a last step may be this much longer than the controller's


def log_2(x: float) -> float:
    """Logarithm to base 2 of a positive number, to 0.01: enough for a step size."""
    bits = float64(x).view(uint64)
    exponent = uint64((bits >> uint64(52)) | uint64(0x4330000000000000)).view(float64) - 4503599627371519.0  # 2^52 + 1023
    mantissa = uint64((bits & uint64(0x000FFFFFFFFFFFFF)) | uint64(0x3FF0000000000000)).view(float64)
    return float(exponent + (mantissa * (2.0 - 0.3333333333333333 * mantissa) - 1.6666666666666667))


def power_of_2(y: float) -> float:
    """2^y to 0.1 %, for moderate y."""
    shifted = float64(y + 6755399441055744.0)  # 1.5 · 2^52: the last bits hold y, rounded
    rest = y - (shifted - 6755399441055744.0)
    fraction = float64(1.0 + rest * (0.6931 + rest * (0.2402 + rest * 0.0558)))
    return float(int64(fraction.view(int64) + (shifted.view(int64) << 52)).view(float64))


def judge(b: FloatArray, dimension: int, settings: FloatArray) -> int:
    """Mark accepted steps, find the next step of each lane; how many lanes have to be looked at."""
    d = size_of(dimension)
    common = d * ROWS * LANES
    share, end, limit, resolution = 1.0 / d, settings[END], settings[STEP_LIMIT], settings[RESOLUTION]
    count = 0
    for lane in range(LANES):
        o = common + lane
        step, error = b[o + STEP * LANES], b[o + ERROR * LANES] * share
        is_accepted = error <= 1.0
        now = log_2(error if error > 1e-200 else 1e-200)
        now = now if now > SMALLEST_ERROR else SMALLEST_ERROR
        factor = SAFETY * power_of_2(PAST * b[o + HISTORY * LANES] - PRESENT * now)
        factor = factor if factor < GROW else GROW
        factor = factor if factor > SHRINK else SHRINK
        factor = factor if error < 1e200 else SHRINK
        shrunk = factor if factor < SAFETY else SAFETY
        now = now if now > REMEMBERED else REMEMBERED
        b[o + HISTORY * LANES] = now if is_accepted else b[o + HISTORY * LANES]
        b[o + NEXT_STEP * LANES] = step * (factor if is_accepted else shrunk)
        lost = 0.0 if error < inf else 1.0
        b[o + LOST * LANES] = b[o + LOST * LANES] if is_accepted else lost
        b[o + COUNT * LANES] += 1.0
        reached = b[o + TIME * LANES] + step
        is_over = is_accepted and reached >= end - resolution
        is_stuck = b[o + COUNT * LANES] >= limit or step <= resolution
        b[o + ACCEPTED * LANES] = 1.0 if is_accepted else 0.0
        is_calling = (is_over or is_stuck) and b[o + LIVE * LANES] > 0.0
        b[o + CALLING * LANES] = 1.0 if is_calling else 0.0
        count += 1 if is_calling else 0
    return count


def judge_between(b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray, next_time: FloatArray, always: bool) -> None:
    """Take back accepted steps that pass a time asked for (or all of them) though their polynomials may err, and shorten the next ones.

    What the last term of the polynomial adds at most stands for the error between the ends, of which the error at the end says nothing.
    """
    d = size_of(dimension)
    common, base, last = d * ROWS * LANES, (d * ROWS + COMMON) * LANES, (COEFFICIENTS + DEGREE - 1) * LANES
    limit, resolution = settings[STEP_LIMIT], settings[RESOLUTION]
    for lane in range(LANES):
        b[common + MASK * LANES + lane] = 0.0
    for i in range(d):
        floor, share = absolute[i], settings[RELATIVE]
        for lane in range(LANES):
            o = i * ROWS * LANES + lane
            old, new = abs(b[o + POINT * LANES]), abs(b[base + (1 + i) * LANES + lane])
            error = HIGHEST[DEGREE - 1] * abs(b[o + last]) / (floor + share * (old if old > new else new))
            worst = b[common + MASK * LANES + lane]
            b[common + MASK * LANES + lane] = (error if error > worst else worst) if error < inf else inf
    for lane in range(LANES):
        o = common + lane
        error, step, accepted = b[o + MASK * LANES] / BETWEEN, b[o + STEP * LANES], b[o + ACCEPTED * LANES]
        is_passed = always or next_time[lane] <= b[o + TIME * LANES] + step + resolution
        is_due = accepted * b[o + LIVE * LANES] > 0.0 and is_passed
        factor = SAFETY * power_of_2(-log_2(error if error > 1e-100 else 1e-100) / DEGREE)
        factor = (factor if factor > SHRINK else SHRINK) if error < 1e100 else SHRINK
        longest = step * (factor if factor < GROW else GROW)
        next_step, calling = b[o + NEXT_STEP * LANES], b[o + CALLING * LANES]
        is_taken_back = is_due and not error <= 1.0
        is_stuck = b[o + COUNT * LANES] >= limit or step <= resolution
        b[o + NEXT_STEP * LANES] = longest if is_due and longest < next_step else next_step
        b[o + ACCEPTED * LANES] = 0.0 if is_taken_back else accepted
        b[o + CALLING * LANES] = calling if is_stuck or not is_taken_back else 0.0


def advance(b: FloatArray, dimension: int, settings: FloatArray) -> None:
    """Move every lane whose step was accepted to its end, and set the next steps."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    end, longest, resolution = settings[END], settings[LONGEST], settings[RESOLUTION]
    for i in range(d):
        for lane in range(LANES):
            o = i * ROWS * LANES + lane
            is_accepted = b[common + ACCEPTED * LANES + lane] > 0.0
            old, new = b[o + POINT * LANES], b[base + (1 + i) * LANES + lane]  # both read first: else the compiler selects addresses,
            old_rate, new_rate = b[o + RATE * LANES], b[base + (1 + d + i) * LANES + lane]  # and reads lane by lane
            b[o + POINT * LANES] = new if is_accepted else old
            b[o + RATE * LANES] = new_rate if is_accepted else old_rate
    for lane in range(LANES):
        o = common + lane
        time = b[o + TIME * LANES] + b[o + STEP * LANES] * b[o + ACCEPTED * LANES]
        time = time if time < end - resolution else end
        step = b[o + NEXT_STEP * LANES]
        step = step if step < longest else longest
        left = end - time
        b[o + TIME * LANES] = time
        b[o + STEP * LANES] = (left if left < STRETCH * step else step) * b[o + LIVE * LANES]
