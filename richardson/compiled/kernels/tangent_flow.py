"""An orbit of a flow with its tangent vectors, all under one control of errors.

A step is DOP853's, of the state and of every tangent vector; the largest of their errors decides. So a stable equilibrium, beside which
the state alone would allow steps of any length, is passed at the pace of its fastest direction, and shows its true exponents.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from math import inf, isfinite, sqrt
from typing import Any

from numpy import empty

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.basis import (
    ABSOLUTE,
    BOUND,
    CODE,
    DONE,
    LONGEST,
    LOWER,
    NEXT_STEP,
    NOT_FINITE,
    REACHED_END,
    RELATIVE,
    STEP_LIMIT,
    STEP_TOO_SMALL,
    STEPS_LEFT,
    UPPER,
    carry,
    copy,
    orthonormalise,
    pack,
    standing,
    unpack,
)

ENTRIES = ("along_flow",)

SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0
ORDER = 8.0  # a step's error estimate shrinks with this power of the step
SECOND_SHARE = 0.01  # Hairer's mixture of the two estimates, as in scipy
SMALLEST_ERROR, TINY = 1e-12, 1e-300
FIRST_STEP = 0.01  # of the time in which the largest slope acts
RESOLVED = 8.881784197001252e-16  # four roundings of a time: shorter steps hardly move it
STRETCH = 1.0001  # a last step may be this much longer than the controller's
BULGE = 0.25  # of |h f − Δ| at both ends: a cubic strays from its chord by at most 4/27 of them


def along_flow(
    rule: Any,
    parameters: FloatArray,
    points: FloatArray,
    times: FloatArray,
    errors: FloatArray,
    limits: FloatArray,
    scale: FloatArray,
    settings: FloatArray,
    counts: IntArray,
    state: FloatArray,
    basis: FloatArray,
    moments: FloatArray,
    growth: FloatArray,
    states: FloatArray,
) -> None:
    """Follow ``state`` (d,) and ``basis`` (d, d) over the stretches between ``moments`` (n + 1,), by the pair in the tableau.

    ``growth`` (n, d) becomes the logarithm of what each stretch multiplied each direction by, ``states`` (n, d) where it ended;
    ``counts[DONE]`` how many stretches were finished, ``counts[CODE]`` why not all.
    """
    d, stages = state.size, times.size
    size = d + d * d
    now, after, slope = empty(size), empty(size), empty((stages, size))
    jacobian, rate = empty((d, d)), empty(d)
    counts[DONE], counts[CODE] = 0, REACHED_END
    pack(state, basis, now)
    derive(rule, moments[0], now, parameters, scale, rate, jacobian, slope[0])
    if not settings[NEXT_STEP] > 0.0:
        settings[NEXT_STEP] = FIRST_STEP / max(largest(jacobian, scale), TINY)
    for stretch in range(moments.size - 1):
        time, end = moments[stretch], moments[stretch + 1]
        for i in range(d):
            growth[stretch, i] = 0.0
        while time < end:
            if counts[STEPS_LEFT] <= 0:
                counts[CODE] = STEP_LIMIT
                return
            counts[STEPS_LEFT] -= 1
            wanted = min(settings[NEXT_STEP], settings[LONGEST])
            is_last = time + STRETCH * wanted >= end
            step = end - time if is_last else wanted
            error = attempt(rule, time, step, now, parameters, points, times, errors, scale, settings, rate, jacobian, slope, after)
            is_kept = error <= 1.0
            if is_kept and strays(now, after, slope[0], slope[stages - 1], step, limits, d):
                is_kept, error = False, inf
            if not is_kept and step <= RESOLVED * max(abs(time), abs(end)):
                counts[CODE] = STEP_TOO_SMALL if isfinite(error) else NOT_FINITE
                return
            factor = SAFETY * max(error, SMALLEST_ERROR) ** (-1.0 / ORDER) if error < inf else SHRINK
            grown = step * min(GROW if is_kept else 1.0, max(SHRINK, factor))
            settings[NEXT_STEP] = max(grown, wanted) if is_kept and is_last and step < wanted else grown
            if not is_kept:
                continue
            time = end if is_last else time + step
            copy(after, now, size)
            orthonormalise(now, d, growth[stretch])
            copy(rate, slope[0], d)  # the last stage has them, and the Jacobian, at the new state
            carry(jacobian, scale, now, slope[0], d)
            counts[CODE] = standing(now, limits, settings[BOUND], d)
            if counts[CODE] != REACHED_END:
                unpack(now, state, basis)
                return
        unpack(now, state, basis)
        copy(state, states[stretch], d)
        counts[DONE] += 1


def attempt(
    rule: Any,
    time: float,
    step: float,
    now: FloatArray,
    parameters: FloatArray,
    points: FloatArray,
    times: FloatArray,
    errors: FloatArray,
    scale: FloatArray,
    settings: FloatArray,
    rate: FloatArray,
    jacobian: FloatArray,
    slope: FloatArray,
    after: FloatArray,
) -> float:
    """Error of a step over what is allowed, the largest among the state and every tangent vector; its end is in ``after``."""
    size, stages = now.size, times.size
    for stage in range(1, stages):
        copy(now, after, size)
        for earlier in range(stage):
            weight = step * points[stage, earlier]
            if weight != 0.0:
                for i in range(size):
                    after[i] += weight * slope[earlier, i]
        derive(rule, time + times[stage] * step, after, parameters, scale, rate, jacobian, slope[stage])
    d = rate.size
    worst = 0.0
    for column in range(-1, d):
        first, second = 0.0, 0.0
        extent = 1.0
        for i in range(d):
            extent = max(extent, abs(after[place(i, column, d)]))
        for i in range(d):
            o = place(i, column, d)
            allowed = settings[RELATIVE] * extent
            if column < 0:
                allowed = settings[ABSOLUTE] + settings[RELATIVE] * max(abs(now[o]), abs(after[o]))
            one, other = 0.0, 0.0
            for stage in range(stages):
                one += errors[0, stage] * slope[stage, o]
                other += errors[1, stage] * slope[stage, o]
            first += (step * one / allowed) ** 2
            second += (step * other / allowed) ** 2
        mixed = first + SECOND_SHARE * second
        if not isfinite(mixed):
            return inf
        worst = max(worst, first / sqrt(mixed * d) if mixed > 0.0 else 0.0)
    return worst


def place(row: int, column: int, d: int) -> int:
    """Where a component of the state (column −1) or of a tangent vector stands."""
    return row if column < 0 else d + row * d + column


def derive(
    rule: Any,
    time: float,
    point: FloatArray,
    parameters: FloatArray,
    scale: FloatArray,
    rate: FloatArray,
    jacobian: FloatArray,
    slope: FloatArray,
) -> None:
    """Rates of the state and of the tangent vectors."""
    d = rate.size
    rule(time, point[:d], parameters, rate, jacobian)
    copy(rate, slope, d)
    carry(jacobian, scale, point, slope, d)


def strays(before: FloatArray, after: FloatArray, old: FloatArray, new: FloatArray, step: float, limits: FloatArray, d: int) -> bool:
    """Whether a state may have passed a limit within a step at the end of which it keeps it: a shorter one will tell."""
    for i in range(d):
        low, high = limits[LOWER, i], limits[UPPER, i]
        if low <= after[i] <= high and not (low == -inf and high == inf):
            rise = after[i] - before[i]
            bulge = BULGE * (abs(step * old[i] - rise) + abs(step * new[i] - rise))
            if min(before[i], after[i]) - bulge < low or max(before[i], after[i]) + bulge > high:
                return True
    return False


def largest(matrix: FloatArray, scale: FloatArray) -> float:
    """Largest absolute row sum of the Jacobian of scaled states."""
    worst = 0.0
    for i in range(matrix.shape[0]):
        total = 0.0
        for j in range(matrix.shape[1]):
            total += abs(matrix[i, j]) * scale[j] / scale[i]
        worst = max(worst, total)
    return worst
