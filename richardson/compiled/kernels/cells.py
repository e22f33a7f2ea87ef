"""The zeros of a block, one cell after another by Newton's iteration, and which of them the path from zero reaches."""
# ruff: noqa: PLR0912, PLR0917 -- kernels take bare arrays by position, and a call costs more than a branch

from __future__ import annotations

from typing import Any

from numpy import inf

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.prove import CENTRE, POINT, SLOPES, TRIAL_HIGH, TRIAL_LOW, bound, newton

LOWER, UPPER, SLACK, FLOOR = 0, 1, 2, 3  # rows of the window
HOLDS_ALL, CUTS, CUTS_ALONE, LOOKS = range(4)  # positions in limits
CELL_LIMIT = 8  # steps of Newton's iteration from the neighbour's zero
UNKNOWN, ESCAPES = -1, -2
UNDECIDED = 1000  # is taken from the count of a cell in which not all is decided


def reached_first(
    run: Any,
    operations: IntArray,
    counts: IntArray,
    places: IntArray,
    v: FloatArray,
    window: FloatArray,
    limits: IntArray,
    near: FloatArray,
    roots: int,
    w: FloatArray,
) -> int:
    """The zero that the path from zero states reaches in every cell of a block, `ESCAPES`, or `UNKNOWN` where monotony does not tell.

    Where no state slows another's growth and no rate is negative at the start, no state ever falls, and none passes the least
    zero above the start.
    """
    d = near.shape[2]
    for i in range(d):
        w[TRIAL_LOW, i], w[TRIAL_HIGH, i] = 0.0, 0.0
        if not window[LOWER, i] <= 0.0 <= window[UPPER, i]:
            return UNKNOWN
    if bound(run, operations, counts, v, w[TRIAL_LOW], w[TRIAL_HIGH], counts[SLOPES]) != 0:
        return UNKNOWN
    for i in range(d):
        if not v[places[i], 0] >= 0.0:
            return UNKNOWN
    least = least_above(near, roots)
    if least < 0 and limits[HOLDS_ALL] == 0:
        return UNKNOWN
    for i in range(d):
        w[TRIAL_HIGH, i] = window[UPPER, i] if least < 0 else near[least, 1, i]
        if not w[TRIAL_HIGH, i] <= window[UPPER, i] or (least >= 0 and w[TRIAL_HIGH, i] < 0.0):
            return UNKNOWN
    if bound(run, operations, counts, v, w[TRIAL_LOW], w[TRIAL_HIGH], counts[SLOPES]) != 0:
        return UNKNOWN
    for i in range(d):
        for j in range(d):
            slot = places[d + i * d + j]
            if (i != j and not v[slot, 0] >= 0.0) or not -inf < v[slot, 0]:
                return UNKNOWN
    for other in range(roots):
        if other != least and is_below(near[other], w[TRIAL_HIGH]):
            return UNKNOWN
    return ESCAPES if least < 0 else least


def least_above(near: FloatArray, roots: int) -> int:
    """The zero with the least sum of states among those that may lie above the start; −1 if there is none."""
    least, smallest = -1, inf
    for root in range(roots):
        total, above = 0.0, True
        for i in range(near.shape[2]):
            total += near[root, 1, i]
            above = above and near[root, 1, i] >= 0.0
        if above and total < smallest:
            least, smallest = root, total
    return least


def is_below(box: FloatArray, top: FloatArray) -> bool:
    """Whether a zero in a box may lie between the start and ``top``."""
    between = True
    for i in range(top.size):
        between = between and box[0, i] <= top[i] and box[1, i] >= 0.0
    return between


def fill(
    rule: Any,
    p: FloatArray,
    first_members: IntArray,
    second_members: IntArray,
    first_grid: FloatArray,
    second_grid: FloatArray,
    block: IntArray,
    window: FloatArray,
    alone: FloatArray,
    points: FloatArray,
    roots: int,
    first: int,
    w: FloatArray,
    q: FloatArray,
    states: FloatArray,
    jacobians: FloatArray,
    found: IntArray,
    reached: IntArray,
) -> None:
    """Zeros and Jacobians of a block's cells, those in the window, in order of states; how many, and which is reached."""
    d = points.shape[2]
    for i in range(block[0], block[1]):
        for member in first_members:
            p[member] = first_grid[i]
        for step in range(block[3] - block[2]):
            j = block[2] + step if (i - block[0]) % 2 == 0 else block[3] - 1 - step  # back and forth, from neighbour to neighbour
            for member in second_members:
                p[member] = second_grid[j]
            count = lost = 0
            reached[i, j] = first if first == ESCAPES else UNKNOWN
            for root in range(roots):
                predict(points, root, step, w)
                if not locate(rule, p, alone[root], window, w, q):
                    lost = UNDECIDED
                    continue
                for k in range(d):
                    points[2, root, k], points[1, root, k], points[0, root, k] = points[1, root, k], points[0, root, k], w[POINT, k]
                if is_inside(w[POINT], window):
                    place = insert(w, q, states[i, j], jacobians[i, j], count)
                    count += 1
                    if root == first:
                        reached[i, j] = place
                    elif reached[i, j] >= place:
                        reached[i, j] += 1
            found[i, j] = count - lost


def predict(points: FloatArray, root: int, step: int, w: FloatArray) -> None:
    """Where a zero should be, into the row `POINT`: on the parabola through it in up to three cells before, in the order of ``points``."""
    for k in range(points.shape[2]):
        last, before, first = points[0, root, k], points[1, root, k], points[2, root, k]
        w[POINT, k] = last if step < 2 else 2.0 * last - before if step == 2 else 3.0 * (last - before) + first


def locate(rule: Any, p: FloatArray, alone: FloatArray, window: FloatArray, w: FloatArray, q: FloatArray) -> bool:
    """Whether the only zero in a box was computed, from the row `POINT` or else from the middle of the box or near its corners."""
    d = alone.shape[1]
    for attempt in range(2 + 2**d):
        if attempt > 0:
            for k in range(d):
                share = 0.5 if attempt == 1 else 0.2 + 0.6 * ((attempt - 2) >> k & 1)
                w[POINT, k] = alone[0, k] + share * (alone[1, k] - alone[0, k])
        if newton(rule, p, window[FLOOR], w, q, CELL_LIMIT):
            inside = True
            for k in range(d):
                inside = inside and alone[0, k] <= w[POINT, k] <= alone[1, k]
            if inside:
                return True
    return False


def is_inside(point: FloatArray, window: FloatArray) -> bool:
    """Whether a point lies in the window, to rounding; it is moved into it."""
    inside = True
    for k in range(point.size):
        inside = inside and window[LOWER, k] - window[SLACK, k] <= point[k] <= window[UPPER, k] + window[SLACK, k]
        point[k] = min(max(point[k], window[LOWER, k]), window[UPPER, k]) if inside else point[k]
    return inside


def insert(w: FloatArray, q: FloatArray, states: FloatArray, jacobians: FloatArray, count: int) -> int:
    """Put the zero and its Jacobian among a cell's, first state first; where."""
    d = states.shape[1]
    place = count
    while place > 0 and comes_before(w[POINT], states[place - 1]):
        for i in range(d):
            states[place, i] = states[place - 1, i]
            for j in range(d):
                jacobians[place, i, j] = jacobians[place - 1, i, j]
        place -= 1
    for i in range(d):
        states[place, i] = w[POINT, i]
        for j in range(d):
            jacobians[place, i, j] = q[CENTRE, i, j]
    return place


def comes_before(one: FloatArray, other: FloatArray) -> bool:
    """Whether a state comes first in order of the first state, then of the second and so on."""
    for i in range(one.size):
        if one[i] != other[i]:
            return bool(one[i] < other[i])
    return False
