"""Where many paths of one map end: each is iterated until it is caught by a trap, leaves, or has taken its steps."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import empty, isfinite, zeros

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.traps import stay_of, trap_of
from richardson.compiled.memory import unmanaged

ENTRIES = ("iterate_all",)
CAUGHT, ESCAPED, LEFT_DOMAIN, NOT_FINITE, UNDER_WAY = 6, 1, 2, 5, 4  # codes, as in `kernels.lookout`


def iterate_all(
    rule: Any,
    starts: FloatArray,
    parameters: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    bound: float,
    steps: int,
    centres: FloatArray,
    matrices: FloatArray,
    ball_owners: IntArray,
    boxes: FloatArray,
    box_owners: IntArray,
    grids: FloatArray,
    shapes: IntArray,
    firsts: IntArray,
    table: IntArray,
    stays: FloatArray,
    cell_owners: IntArray,
    ends: FloatArray,
    codes: IntArray,
    owners: IntArray,
    counts: IntArray,
) -> None:
    """Follow the paths from ``starts`` (n, d) for at most so many steps; what comes out is as in `kernels.basins`.

    ``lower`` and ``upper`` (d) are limits with their slack included.
    """
    d = starts.shape[1]
    room = (empty(d), empty(d), zeros((2, 1)), zeros(1).astype(codes.dtype))
    x, image, since, within = unmanaged(room[0]), unmanaged(room[1]), unmanaged(room[2]), unmanaged(room[3])
    starts, parameters, lower, upper = unmanaged(starts), unmanaged(parameters), unmanaged(lower), unmanaged(upper)
    centres, matrices, boxes, grids, stays = unmanaged(centres), unmanaged(matrices), unmanaged(boxes), unmanaged(grids), unmanaged(stays)
    ball_owners, box_owners, cell_owners = unmanaged(ball_owners), unmanaged(box_owners), unmanaged(cell_owners)
    shapes, firsts, table = unmanaged(shapes), unmanaged(firsts), unmanaged(table)
    for row in range(starts.shape[0]):
        for i in range(d):
            x[i] = starts[row, i]
        within[0] = -1
        code, owner, taken = UNDER_WAY, -1, 0
        while code == UNDER_WAY and taken < steps:
            rule(0.0, x, parameters, image)
            taken += 1
            code = standing_of(image, lower, upper, bound)
            for i in range(d):
                x[i] = image[i]
            if code == UNDER_WAY:
                owner = trap_of(x, 0, 1, centres, matrices, ball_owners, boxes, box_owners)
                if owner < 0 and cell_owners.size > 0:
                    owner = stay_of(x, 0, 1, float(taken), 0, grids, shapes, firsts, table, stays, cell_owners, since, within)
                code = CAUGHT if owner >= 0 else UNDER_WAY
        for i in range(d):
            ends[row, i] = x[i]
        codes[row], owners[row], counts[row] = code, owner, taken


def standing_of(x: FloatArray, lower: FloatArray, upper: FloatArray, bound: float) -> int:
    """How a path stands after a step: as `kernels.iterate` judges it."""
    code = UNDER_WAY
    for i in range(x.size):
        if not isfinite(x[i]):
            code = NOT_FINITE
        elif code != NOT_FINITE and abs(x[i]) > bound:
            code = ESCAPED
        elif code == UNDER_WAY and (x[i] < lower[i] or x[i] > upper[i]):
            code = LEFT_DOMAIN
    return code
