"""Steps of Newton's method on the equations of rest, and what counts as arrived.

References
----------
.. [1] P. Deuflhard (2004), Newton Methods for Nonlinear Problems, Springer, section 3.3: the natural monotonicity test (quoted from
   memory).
"""

import numpy as np

from richardson.arrays import FloatArray
from richardson.stability.rest import RestEquations
from richardson.stability.system import Equations

CLOSE = 1e-3  # of the width: farther apart, two roots are never one
POLISH_LIMIT = 8  # undamped steps once converged; the residual stops falling at rounding
CURVE_STEP = 1e-2  # of the width: far beyond the spread of a multiple root
CURVE_POINTS = 3
CURVE_TOLERANCE = 1e-6  # relative: singular for this purpose; a regular root is not suspected
CURVE_NEWTON = 12
ALONE_LIMIT = 60  # damped steps of an iteration that nothing else watches
HALVINGS = 12  # of a step: a shorter one says that the path of the damped iteration ends at a singular derivative
SETTLED = 1e-12  # widths: plain steps finish what is so near


def root_from(equations: RestEquations, start: FloatArray) -> FloatArray | None:
    """The root that damped Newton steps reach from a start, wherever it lies; None if they reach none.

    Parameters
    ----------
    equations : RestEquations
        Its widths measure distances.
    start : FloatArray
        Shape (k,).

    Notes
    -----
    A step is halved until the next one, with the old derivative, is shorter [1]_: that does not depend on the units of the rates.
    """
    point = start
    for _ in range(ALONE_LIMIT):
        value, jacobian = equations.values_and_jacobian(point)
        if not value.any():
            return point
        step = _solved(jacobian, value)
        if step is None:
            return None
        length = float(np.linalg.norm(step / equations.width))
        if length <= SETTLED:
            break
        candidate = _shortened(equations, point, step, (jacobian, length))
        if candidate is None:
            return None
        point = candidate
    point = polished(equations, point)
    return point if np.isfinite(point).all() and equations.is_zero(point) else None


def _shortened(equations: RestEquations, point: FloatArray, step: FloatArray, old: tuple[FloatArray, float]) -> FloatArray | None:
    """The point after the longest halved step that is followed by a shorter one."""
    jacobian, length = old
    share = 1.0
    for _ in range(HALVINGS):
        candidate = point + share * step
        following = _solved(jacobian, equations.values(candidate))
        if following is not None and float(np.linalg.norm(following / equations.width)) <= (1.0 - 0.25 * share) * length:
            return candidate
        share *= 0.5
    return None


def _solved(jacobian: FloatArray, value: FloatArray) -> FloatArray | None:
    """Newton's step; None where it is not defined."""
    try:
        step = np.asarray(np.linalg.solve(jacobian, -value), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return step if np.isfinite(step).all() else None


def accepted(equations: RestEquations, point: FloatArray) -> FloatArray | None:
    """The point, put into the box where rounding alone kept it out, if it is a root there."""
    if not np.isfinite(point).all():
        return None
    near = np.clip(point, equations.lower - CLOSE * equations.width, equations.upper + CLOSE * equations.width)
    if not np.array_equal(near, point) or not equations.is_zero(point):
        return None
    inside = np.clip(point, equations.lower, equations.upper)
    if np.array_equal(inside, point):
        return point
    return inside if not equations.beyond(point).any() and equations.is_zero(inside) else None


def polished(equations: RestEquations, point: FloatArray) -> FloatArray:
    """The point after plain Newton steps, as long as the residual falls."""
    value, jacobian = equations.values_and_jacobian(point)
    for _ in range(POLISH_LIMIT):
        if not (np.isfinite(value).all() and np.isfinite(jacobian).all()) or not value.any():
            return point
        candidate = point + newton_step(value, jacobian, equations)
        after, slope = equations.values_and_jacobian(candidate)
        if not np.abs(after).max() < np.abs(value).max():
            return point
        point, value, jacobian = candidate, after, slope
    return point


def newton_step(value: FloatArray, jacobian: FloatArray, equations: Equations) -> FloatArray:
    """Newton's step, the shortest one in widths where the derivative is singular."""
    matrix = jacobian * equations.width
    try:
        step = np.linalg.solve(matrix, -value)
        if not np.isfinite(step).all():
            raise np.linalg.LinAlgError
    except np.linalg.LinAlgError:
        step = np.linalg.lstsq(matrix, -value, rcond=1e-12)[0]
    scaled: FloatArray = step * equations.width
    return scaled


def is_on_curve(equations: RestEquations, root: FloatArray) -> bool:
    """Whether other roots continue from ``root`` along the direction in which its derivative is singular.

    `CURVE_POINTS` steps of `CURVE_STEP` of the width along that direction, each corrected back to a root, must all arrive.
    """
    return any(_follows(equations, root, sign) for sign in (1.0, -1.0))


def _follows(equations: RestEquations, root: FloatArray, sign: float) -> bool:
    point = root
    heading: FloatArray | None = None
    for _ in range(CURVE_POINTS):
        _, jacobian = equations.values_and_jacobian(point)
        if not np.isfinite(jacobian).all():
            return False
        _, singular, right = np.linalg.svd(jacobian * equations.width)
        if singular[-1] > CURVE_TOLERANCE * (singular[0] if len(singular) > 1 else 0.0):
            return False
        along = right[-1]
        heading = sign * along if heading is None else along * (1.0 if along @ heading >= 0 else -1.0)
        target = corrected_root(equations, point + CURVE_STEP * heading * equations.width)
        if target is None or np.max(np.abs(target - point) / equations.width) < 0.3 * CURVE_STEP:
            return False
        point = target
    return True


def corrected_root(equations: RestEquations, point: FloatArray) -> FloatArray | None:
    """The root that least-change Newton steps reach from beside a curve of roots."""
    for _ in range(CURVE_NEWTON):
        value, jacobian = equations.values_and_jacobian(point)
        if not (np.isfinite(value).all() and np.isfinite(jacobian).all()):
            return None
        point = point + equations.width * np.linalg.lstsq(jacobian * equations.width, -value, rcond=1e-6)[0]
    return point if np.isfinite(point).all() and equations.is_zero(point) else None
