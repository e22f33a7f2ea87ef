"""Zeros of the rates in boxes of states, for every parameter value of a block: none, or exactly one, proved by Krawczyk's operator.

References
----------
.. [1] R. E. Moore, R. B. Kearfott, M. J. Cloud (2009), Introduction to Interval Analysis, section 8.2 (quoted from memory).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import inf, isfinite

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.pivots import invert, solve_in_place
from richardson.compiled.kernels.rounding import NOWHERE, down, times, up

FIRST, CONSTANT, RATES, SLOPES, PARAMETER = range(5)  # in counts: slot of the first operation, where each part ends, first parameter
VALUE_LOW, VALUE_HIGH, IMAGE_LOW, IMAGE_HIGH, MIDDLE, RADIUS, STEP, POINT, TRIAL_LOW, TRIAL_HIGH = range(10)  # rows of vectors
SLOPE_LOW, SLOPE_HIGH, CENTRE, INVERSE, REST_LOW, REST_HIGH = range(6)  # matrices
VECTORS, MATRICES = 10, 6

OPEN, NONE, FLAT = 0, 1, 2  # of a box: undecided; without a zero; as narrow as the width of the parameters lets it become
NEWTON_LIMIT = 12
ARRIVED = 1e-14  # relative size of a Newton step at which a zero is known
NEAR = 1e-4  # size from which each step is a like share of the square of the one before
NEXT = 1e-16  # size of the step that would follow by that, at which it is known too
NEARLY = 1e-10  # the same where rounding, magnified beside a fold, keeps it from that
INFLATIONS = 4  # attempts to find a box that its image lies within
FIRST_RADIUS = 1e-2  # of a state's size: the first attempt
TRIFLE = 1e-12  # the same: what is added to how far the parameters move a zero
SWELL = 1.6  # times that: the next attempts
GROWTHS = 12  # of a box in which a zero is alone
GROWTH = 2.5  # factor of each
SHRINKS = 0.99  # what rounding of the sum leaves of 1
SHARE = 0.7  # of the whole change across a box: what the parameters alone may make before cutting it stops to help


def bound(run: Any, operations: IntArray, counts: IntArray, v: FloatArray, low: FloatArray, high: FloatArray, last: int) -> int:
    """Run the operations that depend on states, up to ``last``, on a box; what was broken."""
    for i in range(low.size):
        v[i, 0], v[i, 1] = low[i], high[i]
    return int(run(operations, v, counts[FIRST], counts[CONSTANT], last))


def linearise(
    run: Any,
    operations: IntArray,
    counts: IntArray,
    places: IntArray,
    v: FloatArray,
    middle: FloatArray,
    w: FloatArray,
    q: FloatArray,
) -> bool:
    """Slopes on a box, on which the rates were bounded last, and rates in its ``middle``; whether they have bounds."""
    d = middle.size
    run(operations, v, counts[FIRST], counts[RATES], counts[SLOPES])  # a derivative may jump: all between both sides is held
    for i in range(d):
        for j in range(d):
            slot = places[d + i * d + j]
            q[SLOPE_LOW, i, j], q[SLOPE_HIGH, i, j] = v[slot, 0], v[slot, 1]
            q[CENTRE, i, j] = 0.5 * (v[slot, 0] + v[slot, 1])
            if not (v[slot, 0] > -inf and v[slot, 1] < inf):
                return False
    bound(run, operations, counts, v, middle, middle, counts[RATES])
    for i in range(d):
        w[VALUE_LOW, i], w[VALUE_HIGH, i] = v[places[i], 0], v[places[i], 1]
        if not (v[places[i], 0] > -inf and v[places[i], 1] < inf):
            return False
    return True


def krawczyk(middle: FloatArray, low: FloatArray, high: FloatArray, w: FloatArray, q: FloatArray) -> bool:
    """Krawczyk's image of a box about ``middle``, from `linearise`, into the rows `IMAGE_LOW` and `IMAGE_HIGH`; whether there is one."""
    d = low.size
    if not invert(q[CENTRE], q[INVERSE]):
        return False
    for i in range(d):
        bottom = top = 0.0
        for k in range(d):
            y = -q[INVERSE, i, k]
            one, other = y * w[VALUE_LOW, k], y * w[VALUE_HIGH, k]
            bottom, top = down(bottom + down(min(one, other))), up(top + up(max(one, other)))
        w[IMAGE_LOW, i], w[IMAGE_HIGH, i] = down(middle[i] + bottom), up(middle[i] + top)
    add_rest(middle, low, high, w, q)
    return True


def add_rest(middle: FloatArray, low: FloatArray, high: FloatArray, w: FloatArray, q: FloatArray) -> None:
    """Add (I − Y J)(X − m) to the image, the matrix into `REST_LOW` and `REST_HIGH`."""
    d = low.size
    for i in range(d):
        for j in range(d):
            bottom = top = 1.0 if i == j else 0.0
            for k in range(d):
                y = -q[INVERSE, i, k]
                one, other = y * q[SLOPE_LOW, k, j], y * q[SLOPE_HIGH, k, j]
                bottom, top = down(bottom + down(min(one, other))), up(top + up(max(one, other)))
            q[REST_LOW, i, j], q[REST_HIGH, i, j] = bottom, top
            left, right = down(low[j] - middle[j]), up(high[j] - middle[j])
            one, two, three, four = times(bottom, left), times(bottom, right), times(top, left), times(top, right)
            w[IMAGE_LOW, i] = down(w[IMAGE_LOW, i] + down(min(one, two, three, four)))
            w[IMAGE_HIGH, i] = up(w[IMAGE_HIGH, i] + up(max(one, two, three, four)))


def examine(
    run: Any,
    operations: IntArray,
    counts: IntArray,
    places: IntArray,
    v: FloatArray,
    low: FloatArray,
    high: FloatArray,
    w: FloatArray,
    q: FloatArray,
) -> int:
    """`NONE`, `OPEN` or `FLAT` of a box, which is made smaller where its image shows that it can be."""
    d = low.size
    flags = bound(run, operations, counts, v, low, high, counts[RATES])
    if flags & NOWHERE:
        return NONE
    for i in range(d):
        if v[places[i], 0] > 0.0 or v[places[i], 1] < 0.0:
            return NONE
    for i in range(d):
        w[MIDDLE, i] = 0.5 * (low[i] + high[i])
    if flags != 0 or not linearise(run, operations, counts, places, v, w[MIDDLE], w, q):
        return OPEN
    if not squeeze(low, high, w, q):
        return NONE
    if not krawczyk(w[MIDDLE], low, high, w, q):
        return OPEN
    for i in range(d):
        low[i], high[i] = max(low[i], w[IMAGE_LOW, i]), min(high[i], w[IMAGE_HIGH, i])
        if low[i] > high[i]:
            return NONE
    return FLAT if is_flat(low, high, w, q) else OPEN


def squeeze(low: FloatArray, high: FloatArray, w: FloatArray, q: FloatArray) -> bool:
    """Make a box smaller by each rate alone, solved for each state on which it surely depends; false if nothing is left."""
    d = low.size
    for i in range(d):
        for j in range(d):
            if q[SLOPE_LOW, i, j] <= 0.0 <= q[SLOPE_HIGH, i, j]:
                continue
            bottom, top = -w[VALUE_HIGH, i], -w[VALUE_LOW, i]
            for k in range(d):
                if k != j:
                    left, right = w[MIDDLE, k] - high[k], w[MIDDLE, k] - low[k]
                    one, two = q[SLOPE_LOW, i, k] * left, q[SLOPE_LOW, i, k] * right
                    three, four = q[SLOPE_HIGH, i, k] * left, q[SLOPE_HIGH, i, k] * right
                    bottom, top = (
                        down(bottom + down(min(one, two, three, four))),
                        up(top + up(max(one, two, three, four))),
                    )
            one, two = bottom / q[SLOPE_LOW, i, j], bottom / q[SLOPE_HIGH, i, j]
            three, four = top / q[SLOPE_LOW, i, j], top / q[SLOPE_HIGH, i, j]
            low[j] = max(low[j], down(w[MIDDLE, j] + down(min(one, two, three, four))))
            high[j] = min(high[j], up(w[MIDDLE, j] + up(max(one, two, three, four))))
            if low[j] > high[j]:
                return False
    return True


def is_flat(low: FloatArray, high: FloatArray, w: FloatArray, q: FloatArray) -> bool:
    """Whether the parameters alone change every rate about as much as the whole box does."""
    d = low.size
    for i in range(d):
        across = w[VALUE_HIGH, i] - w[VALUE_LOW, i]
        total = across
        for j in range(d):
            total += max(abs(q[SLOPE_LOW, i, j]), abs(q[SLOPE_HIGH, i, j])) * (high[j] - low[j])
        if across < SHARE * total:
            return False
    return True


def newton(rule: Any, p: FloatArray, floors: FloatArray, w: FloatArray, q: FloatArray, limit: int) -> bool:
    """Whether Newton's iteration from the row `POINT` converges; the zero is left there, and the slopes in `CENTRE`."""
    d, size = floors.size, inf
    for _ in range(limit):
        before = size
        rule(0.0, w[POINT], p, w[STEP], q[CENTRE])
        if not solve_in_place(q[CENTRE], w[STEP], q[INVERSE]):
            return False
        size = 0.0
        for i in range(d):
            w[POINT, i] -= w[STEP, i]
            if not isfinite(w[POINT, i]):
                return False
            size = max(size, abs(w[STEP, i]) / max(abs(w[POINT, i]), floors[i]))
        if size <= ARRIVED:
            return True
        if before <= NEAR and size * size * size <= NEXT * before * before:
            rule(0.0, w[POINT], p, w[STEP], q[CENTRE])
            return True
    return size <= NEARLY


def prove(
    run: Any,
    operations: IntArray,
    counts: IntArray,
    places: IntArray,
    v: FloatArray,
    floors: FloatArray,
    w: FloatArray,
    q: FloatArray,
    near: FloatArray,
    alone: FloatArray,
) -> bool:
    """Whether there is exactly one zero about the row `POINT` for all parameters: it lies in ``near``, and is alone in ``alone``.

    Both have shape (2, d): lower and upper corner.
    """
    d = floors.size
    point = w[POINT]
    for i in range(d):
        w[RADIUS, i] = FIRST_RADIUS * max(abs(point[i]), floors[i])
    for attempt in range(INFLATIONS):
        for i in range(d):
            alone[0, i], alone[1, i] = point[i] - w[RADIUS, i], point[i] + w[RADIUS, i]
        flags = bound(run, operations, counts, v, alone[0], alone[1], counts[RATES])
        if flags != 0 or not (linearise(run, operations, counts, places, v, point, w, q) and krawczyk(point, alone[0], alone[1], w, q)):
            return False
        inside = True
        for i in range(d):
            inside = inside and alone[0, i] < w[IMAGE_LOW, i] and w[IMAGE_HIGH, i] < alone[1, i]
        if inside:
            for i in range(d):
                near[0, i], near[1, i] = w[IMAGE_LOW, i], w[IMAGE_HIGH, i]
            enlarge(run, operations, counts, places, v, w, q, alone)
            return True
        for i in range(d):
            w[RADIUS, i] = SWELL * (moved(i, w, q) if attempt == 0 else w[RADIUS, i]) + TRIFLE * max(abs(point[i]), floors[i])
    return False


def moved(i: int, w: FloatArray, q: FloatArray) -> float:
    """How far the parameters, and rounding, move a zero's ith state, by the slopes in its middle."""
    total = 0.0
    for k in range(w.shape[1]):
        total += abs(q[INVERSE, i, k]) * max(abs(w[VALUE_LOW, k]), abs(w[VALUE_HIGH, k]))
    return total


def enlarge(
    run: Any,
    operations: IntArray,
    counts: IntArray,
    places: IntArray,
    v: FloatArray,
    w: FloatArray,
    q: FloatArray,
    alone: FloatArray,
) -> None:
    """Let the box in which a zero is alone grow while the rates are seen to take each value once there."""
    d = alone.shape[1]
    for i in range(d):
        w[RADIUS, i] = max(w[POINT, i] - alone[0, i], alone[1, i] - w[POINT, i])
    for _ in range(GROWTHS):
        for i in range(d):
            w[RADIUS, i] *= GROWTH
            w[TRIAL_LOW, i], w[TRIAL_HIGH, i] = w[POINT, i] - w[RADIUS, i], w[POINT, i] + w[RADIUS, i]
        flags = bound(run, operations, counts, v, w[TRIAL_LOW], w[TRIAL_HIGH], counts[RATES])
        if flags != 0 or not linearise(run, operations, counts, places, v, w[POINT], w, q):
            return
        if not (krawczyk(w[POINT], w[TRIAL_LOW], w[TRIAL_HIGH], w, q) and is_injective(w, q)):
            return
        for i in range(d):
            alone[0, i], alone[1, i] = w[TRIAL_LOW, i], w[TRIAL_HIGH, i]


def is_injective(w: FloatArray, q: FloatArray) -> bool:
    """Whether I − Y J shrinks every vector, measured by the box's radii."""
    d = w.shape[1]
    for i in range(d):
        total = 0.0
        for j in range(d):
            total += max(-q[REST_LOW, i, j], q[REST_HIGH, i, j]) * w[RADIUS, j]
        if not total < SHRINKS * w[RADIUS, i]:
            return False
    return True
