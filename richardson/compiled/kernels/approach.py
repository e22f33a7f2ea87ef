"""Whether the rest of a run is known: beside an equilibrium z it is x(t + s) = z + e^(J s) (x(t) − z), J being the Jacobian there.

What is wrong with that solution is its defect, its rates less those of the model. The defect is measured at times each twice the
last, and what it can add up to is bounded by the exponential's own norms: ∫ |e^(J u)| du over a time and its double. Between two looks
the exponential is taken to be at most twice what it is at either, where the product of norms, which is a bound, says more. All is done
for a block of members at once, each with states in units of its tolerances. Nothing is asked of the eigenvalues: where a run is to go on
for ever, the exponential must die out, and so must the distance.

An error adds to itself where the Jacobian is another than at the equilibrium, by its change times ∫ |e^(J u)| du; the change is that
where the way begins, which is the farthest.

The method is ours; what it rests on is the variation of constants, as for the errors of exponential integrators [1]_.

References
----------
.. [1] M. Hochbruck, A. Ostermann (2010), Exponential integrators, Acta Numerica 19, 209–286 (from memory).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import inf, log

from richardson.arrays import FloatArray
from richardson.compiled.kernels.algebra import carry, compare, measure_power, newton_step, set_path, square
from richardson.compiled.kernels.exponential import ENDLESS, short_power, under_way
from richardson.compiled.kernels.layout import COMMON, END, HIGH, LANES, LOW, POINT, RATE, RELATIVE, REST, TIME, size_of
from richardson.compiled.kernels.places import (
    AFTER,
    AWAY,
    BEFORE,
    BOUND,
    CHANGE,
    DAMPING,
    DEFECT,
    DISTANCE,
    DOUBLINGS,
    FAR,
    GROWTH,
    JACOBIAN,
    NEAR,
    NEW_DEFECT,
    NEW_DISTANCE,
    NORM,
    OLD_NORM,
    PATH,
    POWER,
    REACH,
    SCALE,
    TO_GO,
    WORST,
    ZERO,
    matrix_row,
    scalar_row,
    vector_row,
)
from richardson.compiled.kernels.scheme import ROWS

NEWTON_STEPS = 3
ALLOWED = 0.5  # tolerances that may be added
FIRST_GROWTH = 1.6487212707001282  # e^½: bound of |e^(J s)| on the shortest part
SHRUNK = 0.5  # norm of an exponential that dies out


def find_zero(rates: Any, slopes: Any, b: FloatArray, w: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> None:
    """The equilibrium that Newton's iteration leads to, its Jacobian, the distance from it and the tolerances there."""
    d = size_of(dimension)
    base, zero, region = (d * ROWS + COMMON) * LANES, vector_row(ZERO, d), b[(d * ROWS + COMMON) * LANES :]
    for i in range(d):
        for lane in range(LANES):
            w[zero + i * LANES + lane] = b[(i * ROWS + POINT) * LANES + lane]
    jacobian, power = matrix_row(JACOBIAN, d), matrix_row(POWER, d)
    for step in range(NEWTON_STEPS):
        for o in range(d * LANES):
            b[base + LANES + o] = w[zero + o]
        rates(region)
        slopes(region)
        newton_step(b, w, d)
        for o in range(d * d * LANES):
            w[power + o] = w[jacobian + o] if step == 0 else w[power + o]
    away, scale = vector_row(AWAY, d), vector_row(SCALE, d)
    for i in range(d):
        floor, share = absolute[i], settings[RELATIVE]
        for lane in range(LANES):
            o = i * LANES + lane
            now, then = b[(i * ROWS + POINT) * LANES + lane], w[zero + o]
            w[away + o] = now - then
            w[scale + o] = floor + share * min(abs(now), abs(then))
    for o in range(d * d * LANES):
        w[power + o] -= w[jacobian + o]
    measure_power(w, d)
    for lane in range(LANES):
        w[scalar_row(CHANGE, d) + lane] = w[scalar_row(NORM, d) + lane]


def follow(rates: Any, b: FloatArray, w: FloatArray, dimension: int, settings: FloatArray) -> None:
    """Go along the linear solution to the end of the run, or until it rests, and add up what its defect may do."""
    d = size_of(dimension)
    set_out(b, w, d, settings)
    set_path(w, d)
    look(rates, b, w, d)
    add_up(w, d, -1.0)
    done = 0.0
    while under_way(w, d, done) > 0:
        measure_power(w, d)
        grow(w, d, done)
        carry(w, d, done)
        look(rates, b, w, d)
        add_up(w, d, done)
        stop(w, d, settings, done)
        done += 1.0
        square(w, d, done)
    for lane in range(LANES):
        last = w[scalar_row(OLD_NORM, d) + lane]
        w[scalar_row(NORM, d) + lane] = last * (last if last > 1.0 else 1.0) if last > 0.0 else inf  # bound of that at the very end
    grow(w, d, -1.0)
    for lane in range(LANES):
        fed_back, worst = w[scalar_row(CHANGE, d) + lane] * w[scalar_row(DAMPING, d) + lane], w[scalar_row(WORST, d) + lane]
        w[scalar_row(WORST, d) + lane] = worst / (1.0 - fed_back) if fed_back < 1.0 else inf


def set_out(b: FloatArray, w: FloatArray, dimension: int, settings: FloatArray) -> None:
    """Times to go, the first exponential, and defect and distance at the start."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    span, path, away = scalar_row(TO_GO, d), vector_row(PATH, d), vector_row(AWAY, d)
    for lane in range(LANES):
        w[span + lane] = settings[END] - b[common + TIME * LANES + lane]
    short_power(w, d)
    for i in range(d):
        for lane in range(LANES):
            w[path + i * LANES + lane] = w[away + i * LANES + lane]
            b[base + (1 + d + i) * LANES + lane] = b[(i * ROWS + RATE) * LANES + lane]
    compare(b, w, d)
    for lane in range(LANES):
        is_possible = w[scalar_row(NORM, d) + lane] < inf and w[scalar_row(DOUBLINGS, d) + lane] < ENDLESS
        w[scalar_row(WORST, d) + lane] = 0.0 if is_possible else inf
        w[scalar_row(NORM, d) + lane] = inf
        w[scalar_row(OLD_NORM, d) + lane] = 0.0
        w[scalar_row(DEFECT, d) + lane] = w[scalar_row(NEW_DEFECT, d) + lane]
        w[scalar_row(DISTANCE, d) + lane] = w[scalar_row(NEW_DISTANCE, d) + lane]
        w[scalar_row(BOUND, d) + lane] = 0.0
        w[scalar_row(GROWTH, d) + lane] = FIRST_GROWTH
        w[scalar_row(DAMPING, d) + lane] = FIRST_GROWTH * w[scalar_row(REACH, d) + lane]
        w[scalar_row(BEFORE, d) + lane] = w[scalar_row(AFTER, d) + lane] = 0.0
        w[scalar_row(FAR, d) + lane] = w[scalar_row(NEAR, d) + lane] = w[scalar_row(DISTANCE, d) + lane]


def look(rates: Any, b: FloatArray, w: FloatArray, dimension: int) -> None:
    """Defect and distance where the linear solution has come to."""
    d = size_of(dimension)
    base, zero, path = (d * ROWS + COMMON) * LANES, vector_row(ZERO, d), vector_row(PATH, d)
    for o in range(d * LANES):
        b[base + LANES + o] = w[zero + o] + w[path + o]
    rates(b[base:])
    compare(b, w, d)


def add_up(w: FloatArray, dimension: int, done: float) -> None:
    """Take in what the defect may have done since the last look, in the lanes that are under way; −1 stands for the first."""
    d = size_of(dimension)
    bound, worst, length, doublings = scalar_row(BOUND, d), scalar_row(WORST, d), scalar_row(REACH, d), scalar_row(DOUBLINGS, d)
    defect, distance, before, after = scalar_row(DEFECT, d), scalar_row(DISTANCE, d), scalar_row(BEFORE, d), scalar_row(AFTER, d)
    is_first = done < 0.0
    for lane in range(LANES):
        is_running = w[doublings + lane] > done
        old, new = w[defect + lane], w[scalar_row(NEW_DEFECT, d) + lane]
        far, near = w[distance + lane], w[scalar_row(NEW_DISTANCE, d) + lane]
        error, largest, begin = w[bound + lane], w[worst + lane], 0.0 if is_first else w[length + lane]
        piece = w[scalar_row(DAMPING, d) + lane] * (new if new > old else old)
        peak = w[scalar_row(GROWTH, d) + lane] * error + piece
        peak = (peak if peak > largest else largest) if peak < inf else inf
        reached = (0.0 if is_first else w[scalar_row(NORM, d) + lane]) * error + piece
        is_coming = is_running and far > 1.0 and near <= 1.0
        w[worst + lane] = peak if is_running else largest
        w[bound + lane] = reached if is_running else error
        w[defect + lane] = new if is_running else old
        w[distance + lane] = near if is_running else far
        w[before + lane] = begin if is_coming else w[before + lane]
        w[after + lane] = begin + w[length + lane] if is_coming else w[after + lane]
        w[scalar_row(FAR, d) + lane] = far if is_coming else w[scalar_row(FAR, d) + lane]
        w[scalar_row(NEAR, d) + lane] = near if is_coming else w[scalar_row(NEAR, d) + lane]


def grow(w: FloatArray, dimension: int, done: float) -> None:
    """Take in what the exponential may have been between the last look and this, of which its norms at both ends are known now.

    It is no more than its norm at the first times what it was before; where that piles up, as with a Jacobian far from normal, twice the
    larger of both norms stands for it.
    """
    d = size_of(dimension)
    growth, damping, reach, last = scalar_row(GROWTH, d), scalar_row(DAMPING, d), scalar_row(REACH, d), scalar_row(OLD_NORM, d)
    for lane in range(LANES):
        is_running, now, before = w[scalar_row(DOUBLINGS, d) + lane] > done, w[scalar_row(NORM, d) + lane], w[last + lane]
        peak, whole, largest = 2.0 * (now if now > before else before), w[damping + lane], w[growth + lane]
        product, integral = before * largest, before * whole
        product, integral = product if product < peak else peak, integral if integral < peak * w[reach + lane] else peak * w[reach + lane]
        w[growth + lane] = product if is_running and product > largest else largest
        w[damping + lane] = whole + integral if is_running else whole
        w[last + lane] = now if is_running else before
        w[reach + lane] *= 2.0 if is_running and done > 0.0 else 1.0


def stop(w: FloatArray, dimension: int, settings: FloatArray, done: float) -> None:
    """Go no further where the error is too large already, or, if runs may settle, the equilibrium reached and the exponential dying."""
    d = size_of(dimension)
    doublings, least = scalar_row(DOUBLINGS, d), 1.0 if settings[REST] > 0.0 else -1.0
    for lane in range(LANES):
        is_there = w[scalar_row(DISTANCE, d) + lane] <= least and w[scalar_row(NORM, d) + lane] <= SHRUNK
        is_over = (is_there or w[scalar_row(WORST, d) + lane] > ALLOWED) and w[doublings + lane] > done
        w[doublings + lane] = done if is_over else w[doublings + lane]


def is_known(w: FloatArray, dimension: int, lane: int, limits: FloatArray, slack: FloatArray) -> bool:
    """Whether the linear solution of a lane may stand for the run: true to a tolerance, and within all limits on its way."""
    d = size_of(dimension)
    if not w[scalar_row(WORST, d) + lane] <= ALLOWED:
        return False
    up = down = 0.0
    is_ordered = True
    for i in range(d):
        size = w[vector_row(AWAY, d) + i * LANES + lane] / w[vector_row(SCALE, d) + i * LANES + lane]
        up, down = max(up, size), max(down, -size)
        for j in range(d):
            is_ordered = is_ordered and (i == j or w[matrix_row(JACOBIAN, d) + (i * d + j) * LANES + lane] >= 0.0)
    if not is_ordered:  # else nothing that begins above the equilibrium comes below it
        up = down = max(up, down)
    inside, growth = True, w[scalar_row(GROWTH, d) + lane]
    for i in range(d):
        zero, reach = w[vector_row(ZERO, d) + i * LANES + lane], growth * w[vector_row(SCALE, d) + i * LANES + lane]
        inside = inside and zero - reach * down >= limits[LOW, i] - slack[LOW, i]
        inside = inside and zero + reach * up <= limits[HIGH, i] + slack[HIGH, i]
    return inside


def comes_to_rest(w: FloatArray, dimension: int, lane: int) -> bool:
    """Whether the linear solution comes within a tolerance of an equilibrium that attracts, and stays there."""
    d = size_of(dimension)
    return bool(w[scalar_row(DISTANCE, d) + lane] <= 1.0 and w[scalar_row(NORM, d) + lane] <= SHRUNK)


def time_to_rest(w: FloatArray, dimension: int, lane: int) -> float:
    """After what time the distance is a tolerance, if it shrinks at one rate between two looks."""
    d = size_of(dimension)
    far, near = w[scalar_row(FAR, d) + lane], w[scalar_row(NEAR, d) + lane]
    if far <= 1.0:
        return 0.0
    before, after = w[scalar_row(BEFORE, d) + lane], w[scalar_row(AFTER, d) + lane]
    return float(before + (after - before) * log(far) / (log(far) - log(max(near, 1e-300))))
