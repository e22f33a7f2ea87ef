"""Lanes that have come to rest: whether a stable equilibrium lies right beside them.

A lane that hardly moves is at rest if Newton's iteration from its state converges at once, within a few tolerances, to a root at
which the Jacobian is stable. Slow passages (by a saddle, by the ghost of a fold) fail one or the other, and go on. So does a lane that
would still be more than a tolerance away when its state is next asked for.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import log, sqrt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.layout import (
    ACCEPTED,
    CALLING,
    COMMON,
    END,
    LANES,
    LIVE,
    RELATIVE,
    REST,
    STEP,
    TIME,
    jacobian_rows,
    size_of,
)
from richardson.compiled.kernels.scheme import ROWS

CONTRACTION = 0.02  # second Newton step over the first: about the distance to the root over that to the next root
KNOWN = 1e-13  # relative size of a Newton step at which the root is known
FINENESS = 1024.0  # of the map 1 + λ/σ over the largest eigenvalue: damping weaker than 1/2048 of a frequency is not taken for stable
SQUARINGS = 60
CLEAR = 1e-9  # relative: trace and determinant nearer to zero than this show nothing
SMALL, LARGE = 0.5, 1e8  # norms of a power at which it is clear where all powers tend
LN2 = 0.6931471805599453
CAUTION = 1.5  # of two states: how much longer than the slower eigenvalue says a distance may take to halve, if not from the first


def rest_room(dimension: int) -> int:
    """How many floats the search for rest works in: two matrices, and of each lane states, rates and a Newton step."""
    return place_of(dimension, LANES)


def resting(b: FloatArray, dimension: int, settings: FloatArray, absolute: FloatArray, rest: FloatArray) -> int:
    """Mark in ``rest`` the lanes whose states hardly move in a step; how many there are."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for lane in range(LANES):
        rest[lane] = b[common + LIVE * LANES + lane] * b[common + ACCEPTED * LANES + lane]
    for i in range(d):
        floor, share = settings[REST] * absolute[i], settings[REST] * settings[RELATIVE]
        for lane in range(LANES):
            new, rate = b[base + (1 + i) * LANES + lane], b[base + (1 + d + i) * LANES + lane]
            moved = abs(rate) * b[common + STEP * LANES + lane]
            rest[lane] = rest[lane] if moved <= floor + share * abs(new) else 0.0
    count = 0
    for lane in range(LANES):
        count += 1 if rest[lane] > 0.0 else 0
    return count


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
    """Move the marked lanes that are at rest onto their equilibrium, and let them call; unmark the others; how many there are.

    Other lanes are left as they are: their states do not change, nor do the rates that are computed again.
    """
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    region = b[base:]
    slopes(region)
    for lane in range(LANES):
        if rest[lane] > 0.0:
            rest[lane] = halving(b, d, base + jacobian_rows(d) * LANES + lane, work)
        if rest[lane] > 0.0:
            for i in range(2 * d):
                work[place_of(d, lane) + i] = b[base + (1 + i) * LANES + lane]
            newton_step(b, d, lane, base, work)
    rates(region)
    count = 0
    for lane in range(LANES):
        if rest[lane] > 0.0:
            newton_step(b, d, lane, base, work)
            distance = converged(b, d, lane, base, settings, absolute, work)
            if distance >= 0.0 and log(max(distance, 1.0)) * rest[lane] <= LN2 * time_left(b, d, lane, times, following[lane], settings):
                b[common + CALLING * LANES + lane] = 1.0
                count += 1
            else:
                rest[lane] = 0.0
                for i in range(2 * d):
                    b[base + (1 + i) * LANES + lane] = work[place_of(d, lane) + i]
    return count


def place_of(dimension: int, lane: int) -> int:
    """Where a lane's states, rates and first Newton step stand in the work space, behind two matrices."""
    d = size_of(dimension)
    return 2 * d * d + 3 * d * lane


def newton_step(b: FloatArray, dimension: int, lane: int, base: int, work: FloatArray) -> None:
    """Add −J⁻¹ f to a lane's state, by elimination with pivots; the step stays in the work space."""
    d = size_of(dimension)
    jacobian, steps = base + jacobian_rows(d) * LANES + lane, place_of(d, lane) + 2 * d
    for i in range(d):
        work[steps + i] = -b[base + (1 + d + i) * LANES + lane]
        for j in range(d):
            work[i * d + j] = b[jacobian + (i * d + j) * LANES]
    for k in range(d):
        best = k
        for i in range(k + 1, d):
            best = i if abs(work[i * d + k]) > abs(work[best * d + k]) else best
        for j in range(d):
            work[k * d + j], work[best * d + j] = work[best * d + j], work[k * d + j]
        work[steps + k], work[steps + best] = work[steps + best], work[steps + k]
        for i in range(k + 1, d):
            factor = work[i * d + k] / work[k * d + k]
            work[steps + i] -= factor * work[steps + k]
            for j in range(k + 1, d):
                work[i * d + j] -= factor * work[k * d + j]
    for k in range(d - 1, -1, -1):
        for j in range(k + 1, d):
            work[steps + k] -= work[k * d + j] * work[steps + j]
        work[steps + k] /= work[k * d + k]
    for i in range(d):
        b[base + (1 + i) * LANES + lane] += work[steps + i]


def time_left(b: FloatArray, dimension: int, lane: int, times: FloatArray, place: int, settings: FloatArray) -> float:
    """From the end of a lane's step to when its state is next asked for; ``place`` is that of the first time not yet kept."""
    common = size_of(dimension) * ROWS * LANES
    now = b[common + TIME * LANES + lane] + b[common + STEP * LANES + lane]
    for later in range(place, times.size):
        if times[later] > now:
            return float(times[later] - now)
    return float(settings[END] - now)


def converged(b: FloatArray, dimension: int, lane: int, base: int, settings: FloatArray, absolute: FloatArray, work: FloatArray) -> float:
    """The first Newton step in tolerances, if both of a lane were short, the second far shorter than the first; else −1."""
    d = size_of(dimension)
    place = place_of(d, lane)
    first = second = known = 0.0
    for i in range(d):
        old, last = work[place + i], work[place + 2 * d + i]
        moved = b[base + (1 + i) * LANES + lane] - old - last
        scale = absolute[i] + settings[RELATIVE] * abs(old)
        if not abs(moved) <= settings[REST] * scale:
            return -1.0
        first, second, known = max(first, abs(moved) / scale), max(second, abs(last) / scale), max(known, KNOWN * abs(old) / scale)
    return first if second <= CONTRACTION * first or second <= known else -1.0


def halving(b: FloatArray, dimension: int, place: int, work: FloatArray) -> float:
    """Time in which e^(J t) halves a distance, J being the matrix at ``place``; 0 unless all eigenvalues lie clearly left of the axis.

    Of two states trace and determinant say so. Of more, powers of I + J/σ are squared until they are small or large, with σ so
    large that the unit circle about −σ is all but straight; (I + J/σ)^n is then e^(J n/σ), nearly.
    """
    d = size_of(dimension)
    if d == 2:
        first, last = b[place], b[place + 3 * LANES]
        across = b[place + LANES] * b[place + 2 * LANES]
        clear = CLEAR * (abs(first * last) + abs(across))
        mean, bottom = -0.5 * (first + last), first * last - across
        if not (2.0 * mean > CLEAR * (abs(first) + abs(last)) and bottom > clear):
            return 0.0
        slowest = bottom / (mean + sqrt(mean * mean - bottom)) if mean * mean > bottom else mean
        return float(CAUTION * LN2 / slowest)
    size = 0.0
    for i in range(d):
        total = 0.0
        for j in range(d):
            total += abs(b[place + (i * d + j) * LANES])
        size = max(size, total)
    if not 0.0 < size < 1e300:
        return 0.0
    for i in range(d):
        for j in range(d):
            work[i * d + j] = (1.0 if i == j else 0.0) + b[place + (i * d + j) * LANES] / (FINENESS * size)
    steps = 1.0
    for _ in range(SQUARINGS):
        norm, steps = square(work, d), 2.0 * steps
        if norm < SMALL:
            return steps / (FINENESS * size)
        if not norm < LARGE:
            return 0.0
    return 0.0


def square(work: FloatArray, dimension: int) -> float:
    """Replace the first matrix by its square; the largest row sum of it."""
    d = size_of(dimension)
    result = d * d
    norm = 0.0
    for i in range(d):
        total = 0.0
        for j in range(d):
            entry = 0.0
            for k in range(d):
                entry += work[i * d + k] * work[k * d + j]
            work[result + i * d + j] = entry
            total += abs(entry)
        norm = max(norm, total)
    for o in range(d * d):
        work[o] = work[result + o]
    return norm
