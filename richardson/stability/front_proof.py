"""Proof that a function falls along all paths in triangles, and that paths cross a closed front inwards.

On a triangle the function is linear, so that its derivative along paths is w · f with a constant w. With m in the triangle and J(B) the
Jacobian on a box B around it, w · f(x) lies in w · f(m) + (w J(B)) · (x − m), which is largest at a corner. So does the flow across an
edge, a triangle without width. Each is checked on intervals. Functions that are linear on triangles are used to the same end by
Giesl and Hafstein [1]_; that the front itself is grown by the flow is our own.

If the function falls in all triangles, which stand on each other counter-clockwise around a captured polygon, and paths cross the front
inwards, then a path from within can only leave into the captured polygon, after a finite time: there is no other way out, and the
function cannot fall for ever. Triangles may overlap: a path is followed from one to the next through the side that they share.

References
----------
.. [1] P. Giesl, S. Hafstein (2015), Review on computational methods for Lyapunov functions, Discrete and Continuous Dynamical Systems B
   20(8), 2291–2331 (quoted from memory).
"""

from collections.abc import Callable

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled.bounds import Bounds
from richardson.compiled.intervals import Intervals
from richardson.stability.domain import Domain

WIDER = 1e-14  # relative: boxes hold what rounding has moved beyond the corners
HALVINGS = 5  # times that triangles and edges are cut where nothing is seen
PIECES = 1_500  # that are looked at again, at most


def falls(bounds: Bounds, domain: Domain, corners: FloatArray, values: FloatArray) -> BoolArray:
    """Whether triangles (n, 3, 2) are counter-clockwise, and the function with values (n, 3) falls on their part in the domain, (n,)."""
    points = [[_exact(corners[:, k, i]) for i in range(2)] for k in range(3)]
    first, second = ([far - near for far, near in zip(points[k], points[0], strict=True)] for k in (1, 2))
    rise, other = (_exact(values[:, k]) - _exact(values[:, 0]) for k in (1, 2))
    area = first[0] * second[1] - first[1] * second[0]
    slope = [rise * second[1] - other * first[1], other * first[0] - rise * second[0]]
    return np.asarray((area.low > 0) & _is_negative(bounds, domain, corners, slope, _quarters))


def is_crossed(bounds: Bounds, domain: Domain, starts: FloatArray, ends: FloatArray) -> BoolArray:
    """Whether all paths in the domain cross edges from ``starts`` to ``ends``, each (n, 2), from their right to their left, shape (n,)."""
    outwards = [_exact(ends[:, 1]) - _exact(starts[:, 1]), _exact(starts[:, 0]) - _exact(ends[:, 0])]
    return _is_negative(bounds, domain, np.stack([starts, ends], axis=1), outwards, _halves)


def _exact(numbers: FloatArray) -> Intervals:
    return Intervals(numbers, numbers)


def _is_negative(
    bounds: Bounds, domain: Domain, corners: FloatArray, slope: list[Intervals], parts: Callable[[FloatArray], FloatArray]
) -> BoolArray:
    """Whether slope · f is negative on the part in the domain of the convex hulls of corners (n, k, 2), shape (n,)."""
    owners, negative = np.arange(len(corners)), np.ones(len(corners), dtype=bool)
    for halving in range(HALVINGS + 1):
        failed = ~(_highest(bounds, domain, corners, [Intervals(one.low[owners], one.high[owners]) for one in slope]) < 0)
        if not failed.any():
            return negative
        if halving == HALVINGS or failed.sum() > PIECES:
            negative[owners[failed]] = False
            return negative
        pieces = parts(corners[failed])
        owners, corners = np.repeat(owners[failed], pieces.shape[1]), pieces.reshape(-1, *corners.shape[1:])
    return negative


def _quarters(corners: FloatArray) -> FloatArray:
    """Triangles (n, 3, 2) in four each, shape (n, 4, 3, 2), which cover them to rounding."""
    halfway = 0.5 * (corners + np.roll(corners, -1, axis=1))
    first, second, third = (corners[:, k] for k in range(3))
    one, two, three = (halfway[:, k] for k in range(3))
    parts = [(first, one, three), (one, second, two), (three, two, third), (one, two, three)]
    return np.stack([np.stack(part, axis=1) for part in parts], axis=1)


def _halves(corners: FloatArray) -> FloatArray:
    """Edges (n, 2, 2) in two each, shape (n, 2, 2, 2)."""
    middle = 0.5 * (corners[:, 0] + corners[:, 1])
    return np.stack([np.stack([corners[:, 0], middle], axis=1), np.stack([middle, corners[:, 1]], axis=1)], axis=1)


def _highest(bounds: Bounds, domain: Domain, corners: FloatArray, slope: list[Intervals]) -> FloatArray:
    """Upper bound of slope · f there, shape (n,); minus infinity outside the domain, not a number where there is none."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    reach = WIDER * np.maximum(np.abs(low), np.abs(high))
    low, high = low - reach, high + reach
    outside = ((high < domain.lower) | (low > domain.upper)).any(axis=1)
    middle = np.clip(corners.mean(axis=1), domain.lower, domain.upper)
    low, high = np.clip(low, domain.lower, domain.upper), np.clip(high, domain.lower, domain.upper)
    at_middle = bounds.rates(middle, middle)
    slopes = bounds.jacobian(low, high)
    pull = [slope[0] * slopes[0][i] + slope[1] * slopes[1][i] for i in range(2)]
    spread = []
    for k in range(corners.shape[1]):
        around = [Intervals(corners[:, k, i] - reach[:, i], corners[:, k, i] + reach[:, i]) for i in range(2)]
        away = [part - _exact(middle[:, i]) for i, part in enumerate(around)]
        spread.append((pull[0] * away[0] + pull[1] * away[1]).high)
    found = slope[0] * at_middle[0] + slope[1] * at_middle[1] + _exact(np.max(spread, axis=0))
    known = np.isfinite(sum(rate.low for rate in bounds.rates(low, high)))  # a cancelled derivative may not see a pole or a jump
    return np.where(outside, -np.inf, np.where(known, found.high, np.nan))
