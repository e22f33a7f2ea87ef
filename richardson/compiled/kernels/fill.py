"""The zeros of a block's cells, by Newton's iteration over lanes: a lane is a row of cells, in which each zero is followed.

The model's region of a block of lanes is laid out as `kernels.layout` says.
"""
# ruff: noqa: PLR0912, PLR0917 -- kernels take bare arrays by position, and a call costs more than a branch

from __future__ import annotations

from typing import Any

from numpy import inf, isfinite, nan

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.cells import ESCAPES, FLOOR, LOWER, SLACK, UNDECIDED, UNKNOWN, UPPER
from richardson.compiled.kernels.layout import LANES, constant_rows, flag_row, jacobian_rows
from richardson.compiled.kernels.pivots import solve_in_place
from richardson.compiled.kernels.prove import ARRIVED, CENTRE, INVERSE, NEAR, NEARLY, NEXT, POINT, STEP, newton

CELL_LIMIT = 8  # steps of Newton's iteration from where a zero should be
KNOWN = -1.0  # instead of the size of a step: the zero is known


def fill(
    rule: Any,
    derive: Any,
    rates: Any,
    slopes: Any,
    p: FloatArray,
    axes: tuple[IntArray, IntArray, FloatArray, FloatArray],
    block: IntArray,
    window: FloatArray,
    alone: FloatArray,
    points: FloatArray,
    roots: int,
    first: int,
    lanes: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    w: FloatArray,
    q: FloatArray,
    cells: tuple[FloatArray, FloatArray, IntArray, IntArray],
) -> None:
    """Zeros and Jacobians of a block's cells, those in the window, in order of states; how many, and which is reached.

    ``axes`` are the members and the grids of both parameters; ``lanes`` the parameters of each lane, the model's region, the zeros
    in the cells before, and the sizes of steps; ``cells`` is what is filled in.
    """
    first_members, second_members, first_grid, second_grid = axes
    raw, b, track, sizes = lanes
    states, jacobians, found, reached = cells
    for begin in range(block[0], block[1], LANES):
        rows = min(LANES, block[1] - begin)
        for member in first_members:
            for lane in range(LANES):
                raw[member * LANES + lane] = first_grid[begin + min(lane, rows - 1)]
        for j in range(block[2], block[3]):
            for member in second_members:
                p[member] = second_grid[j]
                for lane in range(LANES):
                    raw[member * LANES + lane] = second_grid[j]
            derive(raw, b)
            raise_flag(b, window.shape[1])
            for i in range(begin, begin + rows):
                found[i, j], reached[i, j] = 0, first if first == ESCAPES else UNKNOWN
            for root in range(roots):
                predict(points, track, root, j - block[2], b)
                newton_over_lanes(rates, slopes, b, rows, window[FLOOR], sizes, w, q)
                for lane in range(rows):
                    i = begin + lane
                    take_lane(b, lane, w, q)
                    if not (sizes[lane] == KNOWN and is_within(w[POINT], alone[root])):
                        for member in first_members:
                            p[member] = first_grid[i]
                        if not locate(rule, p, alone[root], window, w, q):
                            found[i, j] -= UNDECIDED if found[i, j] >= 0 else 0
                            continue
                    remember(track, root, lane, w)
                    if is_inside(w[POINT], window):
                        place = insert(w, q, states[i, j], jacobians[i, j], found[i, j] % UNDECIDED)
                        found[i, j] += 1
                        if root == first and is_above(w[POINT]):
                            reached[i, j] = place
                        elif reached[i, j] >= place:
                            reached[i, j] += 1


def raise_flag(b: FloatArray, dimension: int) -> None:
    """Note whether the exponents of all lanes are small whole numbers, for which rates have a faster loop."""
    lowest = 1.0
    for lane in range(LANES):
        lowest = min(lowest, b[constant_rows(dimension) * LANES + lane])
    b[flag_row(dimension) * LANES] = lowest


def predict(points: FloatArray, track: FloatArray, root: int, step: int, b: FloatArray) -> None:
    """Where a zero should be in every lane: on the parabola through it in up to three cells before, at first where it is in the middle."""
    for k in range(points.shape[1]):
        for lane in range(LANES):
            if step == 0:  # in all three, which another block has left, since in the cells to come it may not be found
                for cell in range(3):
                    track[cell, root, k, lane] = points[root, k]
            last, before, first = track[0, root, k, lane], track[1, root, k, lane], track[2, root, k, lane]
            b[(1 + k) * LANES + lane] = last if step <= 1 else 2.0 * last - before if step == 2 else 3.0 * (last - before) + first


def remember(track: FloatArray, root: int, lane: int, w: FloatArray) -> None:
    """Note a zero after those in the cells before."""
    for k in range(track.shape[2]):
        track[2, root, k, lane], track[1, root, k, lane] = track[1, root, k, lane], track[0, root, k, lane]
        track[0, root, k, lane] = w[POINT, k]


def newton_over_lanes(
    rates: Any, slopes: Any, b: FloatArray, rows: int, floors: FloatArray, sizes: FloatArray, w: FloatArray, q: FloatArray
) -> None:
    """Newton's iteration in the first lanes from the states there; ``sizes`` is `KNOWN` where it converges."""
    is_exact = True
    for lane in range(rows):
        sizes[lane] = inf
    for _ in range(CELL_LIMIT):
        rates(b)
        slopes(b)
        under_way, is_exact = 0, True
        for lane in range(rows):
            if sizes[lane] > 0.0:
                before = sizes[lane]
                size = step_in(b, lane, floors, w, q)
                is_exact = is_exact and size <= ARRIVED
                is_known = size <= ARRIVED or (before <= NEAR and size * size * size <= NEXT * before * before)
                sizes[lane] = KNOWN if is_known else size
                under_way += 1 if sizes[lane] > 0.0 else 0
        if under_way == 0:
            break
    for lane in range(rows):
        if 0.0 < sizes[lane] <= NEARLY:
            sizes[lane] = KNOWN
    if not is_exact:
        slopes(b)


def step_in(b: FloatArray, lane: int, floors: FloatArray, w: FloatArray, q: FloatArray) -> float:
    """Take a step of Newton's iteration in a lane; its size relative to the states, NaN if there is none."""
    d = floors.size
    take_lane(b, lane, w, q)
    for i in range(d):
        w[STEP, i] = b[(1 + d + i) * LANES + lane]
    if not solve_in_place(q[CENTRE], w[STEP], q[INVERSE]):
        return nan
    size = 0.0
    for i in range(d):
        moved = w[POINT, i] - w[STEP, i]
        if not isfinite(moved):
            return nan
        b[(1 + i) * LANES + lane] = moved
        size = max(size, abs(w[STEP, i]) / max(abs(moved), floors[i]))
    return size


def take_lane(b: FloatArray, lane: int, w: FloatArray, q: FloatArray) -> None:
    """Copy the states of a lane to the row `POINT`, and its Jacobian to the matrix `CENTRE`."""
    d = w.shape[1]
    for i in range(d):
        w[POINT, i] = b[(1 + i) * LANES + lane]
        for j in range(d):
            q[CENTRE, i, j] = b[(jacobian_rows(d) + i * d + j) * LANES + lane]


def locate(rule: Any, p: FloatArray, alone: FloatArray, window: FloatArray, w: FloatArray, q: FloatArray) -> bool:
    """Whether the only zero in a box was computed, from the middle of the box or near its corners."""
    d = alone.shape[1]
    for attempt in range(1 + 2**d):
        for k in range(d):
            share = 0.5 if attempt == 0 else 0.2 + 0.6 * ((attempt - 1) >> k & 1)
            w[POINT, k] = alone[0, k] + share * (alone[1, k] - alone[0, k])
        if newton(rule, p, window[FLOOR], w, q, CELL_LIMIT) and is_within(w[POINT], alone):
            return True
    return False


def is_within(point: FloatArray, box: FloatArray) -> bool:
    """Whether a point lies in a box."""
    inside = True
    for k in range(point.size):
        inside = inside and box[0, k] <= point[k] <= box[1, k]
    return inside


def is_above(point: FloatArray) -> bool:
    """Whether no state is below the path's start; what is known of all of a block says only that a zero may be above it."""
    above = True
    for k in range(point.size):
        above = above and point[k] >= 0.0
    return above


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
