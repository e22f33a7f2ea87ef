"""The least and the greatest equilibrium in a box, where no state lowers the rate of another: followed from its corners.

Let x* be any equilibrium in the box. A point that starts below it and moves only states whose rates are positive never passes it: where
it first reached x* in some state, the rate of that state could be no more than at x*, which is zero [1]_. So the point rises to the least
equilibrium, whatever else the box holds, and likewise falls from the other corner to the greatest.

References
----------
.. [1] H. L. Smith (1995), Monotone Dynamical Systems, American Mathematical Society, chapter 3 (quoted from memory).
"""

import numpy as np

from richardson.arrays import FloatArray
from richardson.stability.newton import accepted, polished
from richardson.stability.rest import RestEquations

MOST_STEPS = 600  # some tens are usual; near a fold the steps shrink
LONGEST = 0.05  # widths: a step is looked at in few places
PLACES = np.linspace(0.0, 1.0, 5)[1:]  # of a step, where the rates must not have turned
GROWTH = 3.0  # of the time that the next step takes
SHORTEST_TIME = 1e-12  # of the first step's: one that must be shorter has met a jump
SETTLED = 1e-9  # widths a step at unbounded time: Newton's method finishes
NEAR = 1e-4  # widths: how far from where the path has settled its equilibrium may be
BETWEEN = 256  # places on the line from one equilibrium to the other


def extremes(equations: RestEquations) -> tuple[FloatArray | None, FloatArray | None]:
    """The least and the greatest root in the box, shape (k,) each, as far as the order holds on the way to them.

    Parameters
    ----------
    equations : RestEquations
        Every state spanned.

    Returns
    -------
    least, greatest : FloatArray or None
        None where the path meets a state that lowers another's rate, or comes to rest on the border, where rates push outwards.
    """
    return led(equations, equations.lower, 1), led(equations, equations.upper, -1)


def led(equations: RestEquations, corner: FloatArray, side: int) -> FloatArray | None:
    """The root to which the order leads: upwards with side 1, downwards with −1; None where there is no order on the way.

    Parameters
    ----------
    equations : RestEquations
        At a corner of its box every state is free to move that way or held by the border.
    corner : FloatArray
        Shape (k,): a corner, or a place where no rate points the other way.
    side : int
    """
    point, time = corner, np.nan
    for _ in range(MOST_STEPS):
        value, jacobian = equations.values_and_jacobian(point)
        if not _is_ordered(value, jacobian):
            return None
        free = side * value > 0.0
        if not free.any():
            return _settled(equations, point)
        limit = _step(value, jacobian, free, np.inf)
        if limit is not None and np.abs(limit / equations.width).max() <= SETTLED:
            return _settled(equations, point + limit)
        if np.isnan(time):
            time = first = LONGEST / np.max(np.abs(value) / equations.width)
        while (step := _step(value, jacobian, free, time)) is None or not _keeps_order(equations, point, step, side):
            time /= GROWTH
            if time < SHORTEST_TIME * first:
                return _settled(equations, point)
        point, time = point + step, time * GROWTH
    return _settled(equations, point)


def dividing_starts(equations: RestEquations, low: FloatArray, high: FloatArray) -> FloatArray:
    """Places on the line between two points where the rates turn along it, shape (n, k): what divides the flow there is near."""
    points = low + np.linspace(0.0, 1.0, BETWEEN + 1)[1:-1, np.newaxis] * (high - low)
    drift = equations.values_over(points) @ ((high - low) / equations.width**2)
    turns = np.flatnonzero(np.signbit(drift[1:]) != np.signbit(drift[:-1]))
    return np.asarray(0.5 * (points[turns] + points[turns + 1]))


def _is_ordered(value: FloatArray, jacobian: FloatArray) -> bool:
    """Whether no state lowers the rate of another there."""
    across = jacobian - np.diag(np.diagonal(jacobian))
    return bool(np.isfinite(value).all() and np.isfinite(jacobian).all() and (across >= 0.0).all())


def _step(value: FloatArray, jacobian: FloatArray, free: np.ndarray, time: float) -> FloatArray | None:
    """An implicit step in time of the states that are free, the others held."""
    matrix = np.diag(np.full(int(free.sum()), 1.0 / time)) - jacobian[np.ix_(free, free)]
    step = np.zeros(len(value))
    try:
        step[free] = np.linalg.solve(matrix, value[free])
    except np.linalg.LinAlgError:
        return None
    return step if np.isfinite(step).all() else None


def _keeps_order(equations: RestEquations, point: FloatArray, step: FloatArray, side: int) -> bool:
    """Whether a step moves states that way alone, not far, within the box, and all that move still would at its end."""
    if (side * step < 0.0).any() or np.abs(step / equations.width).max() > LONGEST:
        return False
    passed = point + PLACES[:, np.newaxis] * step
    if (passed[-1] < equations.lower).any() or (passed[-1] > equations.upper).any():
        return False
    return bool((side * equations.values_over(passed)[:, step != 0.0] >= 0.0).all())


def _settled(equations: RestEquations, point: FloatArray) -> FloatArray | None:
    """The root at which a path has come to rest; None if it rests on the border, pushed outwards."""
    root = polished(equations, point)
    if not np.isfinite(root).all() or (np.abs(root - point) > NEAR * equations.width).any():
        return None
    return accepted(equations, root)
