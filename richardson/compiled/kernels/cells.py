"""Which of a block's zeros the path from zero reaches."""
# ruff: noqa: PLR0912, PLR0917 -- kernels take bare arrays by position, and a call costs more than a branch

from __future__ import annotations

from typing import Any

from numpy import inf

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.prove import SLOPES, TRIAL_HIGH, TRIAL_LOW, bound

LOWER, UPPER, SLACK, FLOOR = 0, 1, 2, 3  # rows of the window
HOLDS_ALL, CUTS, CUTS_ALONE, LOOKS, TILES = range(5)  # positions in limits
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
