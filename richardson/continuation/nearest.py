"""The point of a surface of folds or Hopf points, or of a limit of a state, nearest to where a model stands, over any parameters.

The surface is given by the equations of `richardson.continuation.loci_systems`. On it the squared distance in scaled parameters is
minimised; at the minimum the difference of parameters is normal to the surface [1]_.

References
----------
.. [1] I. Dobson (1993), Computing a closest bifurcation instability in multidimensional parameter space, Journal of Nonlinear
   Science 3, 307–327 (quoted from memory; the method here is another: quadratic programming, then Newton's on the conditions).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.continuation.loci_plane import Plane
from richardson.continuation.loci_systems import FoldSystem, HopfSystem

Equations = Callable[[FloatArray], tuple[FloatArray, FloatArray]]

PROGRAMMING_LIMIT = 200
PROGRAMMED = 1e-13  # of the squared distance: what is left is for Newton's method
NEWTON_LIMIT = 15
CONVERGED = 1e-12  # of coordinates of size about one
ACCEPTED = 1e-9  # likewise, where rounding stops Newton's method earlier
ZERO = 1e-6  # of equations of size about one: where symmetry makes some dependent Newton's method may stop elsewhere
DIFFERENCE = 1e-5  # of a coordinate, for the curvature, which only sets how fast Newton's method converges
ON_BOUND = 1e-9  # of a scale
DEPENDENT = 1e-10  # relative singular value: equations that symmetry makes dependent count once
BENT = -1e-6  # a curvature of the distance along the surface below this is no minimum


@dataclass(frozen=True, eq=False)
class Nearest:
    """A local minimum of the distance.

    Attributes
    ----------
    point : FloatArray
        Shape (n,): in the coordinates of the equations, the last k of which are the parameters' steps.
    residual : float
        Largest of the equations there.
    at_lower, at_upper : BoolArray
        Shape (k,): which bounds are active.
    """

    point: FloatArray
    residual: float
    at_lower: BoolArray
    at_upper: BoolArray


def free_of_state(system: FoldSystem | HopfSystem, state: FloatArray) -> Equations:
    """The equations without those of rest, at a fixed state (d,) in the system's coordinates: for rates linear in the states."""
    size = len(state)

    def equations(point: FloatArray) -> tuple[FloatArray, FloatArray]:
        values, matrix = system.values_and_matrix(np.concatenate((state, point)))
        return values[size:], matrix[size:, size:]

    return equations


def at_limit(plane: Plane, weights: FloatArray, position: int, limit: float) -> Equations:
    """F = 0 and one state equal to its limit, over states and k parameters: a point has shape (d + k,).

    Parameters
    ----------
    plane : Plane
    weights : FloatArray
        Shape (d,): as in `FoldSystem`.
    position : int
        Of the state.
    limit : float
        In its unit.
    """

    def equations(point: FloatArray) -> tuple[FloatArray, FloatArray]:
        state = plane.at(point)
        rates, jacobian = plane.field.rates_and_jacobian(0.0, state)
        slopes = plane.field.parameter_derivatives(state, plane.names) * plane.widths
        upper = weights[:, np.newaxis] * np.hstack((jacobian * plane.scale, slopes))
        return np.append(weights * rates, point[position] - limit / plane.scale[position]), np.vstack((upper, np.eye(len(point))[position]))

    return equations


def nearest_on(equations: Equations, start: FloatArray, lower: FloatArray, upper: FloatArray) -> Nearest | None:
    """The point of the surface nearest to parameter steps of zero, beside ``start``; None where no minimum is reached.

    Parameters
    ----------
    equations : callable
        Residuals (m,) and derivatives (m, n) at a point (n,).
    start : FloatArray
        Shape (n,): near the surface.
    lower, upper : FloatArray
        Shape (k,): bounds of the steps.
    """
    count, size = len(lower), len(start)
    weights = np.append(np.zeros(size - count), np.ones(count))
    surface: Any = {"type": "eq", "fun": lambda y: equations(y)[0], "jac": lambda y: equations(y)[1]}
    options: Any = {"maxiter": PROGRAMMING_LIMIT, "ftol": PROGRAMMED}
    bounds: Any = [(None, None)] * (size - count) + list(zip(lower.tolist(), upper.tolist(), strict=True))

    def half_square(y: FloatArray) -> float:
        return 0.5 * float(weights @ y**2)

    def slope(y: FloatArray) -> FloatArray:
        return np.asarray(weights * y)

    with np.errstate(all="ignore"):
        found: Any = minimize(
            half_square,
            start,
            jac=slope,
            method="SLSQP",
            bounds=bounds,
            constraints=surface,
            options=options,
        )
    point = np.asarray(found.x, dtype=np.float64)
    if not np.isfinite(point).all():
        return None
    at_lower, at_upper = point[-count:] <= lower + ON_BOUND, point[-count:] >= upper - ON_BOUND
    point[-count:] = np.where(at_lower, lower, np.where(at_upper, upper, point[-count:]))
    free = np.append(np.ones(size - count, dtype=np.bool_), ~(at_lower | at_upper))
    refined = _refined(equations, point, weights, free)
    if refined is None or not _is_minimum(equations, refined, weights, (at_lower, at_upper)):
        return None
    if (refined[-count:] < lower).any() or (refined[-count:] > upper).any():
        return None
    residual = float(np.abs(equations(refined)[0]).max())
    return Nearest(refined, residual, at_lower, at_upper) if residual <= ZERO else None


def _refined(equations: Equations, point: FloatArray, weights: FloatArray, free: BoolArray) -> FloatArray | None:
    """Newton's method on: equations = 0, gradient of the distance = combination of the equations' gradients; None if it fails."""
    multipliers = _multipliers(equations(point)[1][:, free], (weights * point)[free])
    columns, last = np.flatnonzero(free), np.inf
    for _ in range(NEWTON_LIMIT):
        values, matrix = equations(point)
        if not (np.isfinite(values).all() and np.isfinite(matrix).all()):
            return None
        slope = (weights * point - matrix.T @ multipliers)[free]
        curvature: FloatArray = np.diag(weights[free]) - _bend(equations, point, multipliers, columns)
        part = matrix[:, free]
        system = np.block([[curvature, -part.T], [part, np.zeros((len(values), len(values)))]])
        change = np.linalg.lstsq(system, -np.append(slope, values), rcond=DEPENDENT)[0]
        point = point.copy()
        point[free] += change[: len(columns)]
        multipliers = multipliers + change[len(columns) :]
        length = float(np.abs(change[: len(columns)]).max(initial=0.0))
        if length <= CONVERGED or (length <= ACCEPTED and length > 0.5 * last):
            return point
        last = length
    return None


def _multipliers(part: FloatArray, gradient: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.lstsq(part.T, gradient, rcond=DEPENDENT)[0])


def _bend(equations: Equations, point: FloatArray, multipliers: FloatArray, columns: IntArray) -> FloatArray:
    """Second derivatives of the equations' combination, shape (f, f) over the free coordinates, by differences of the first.

    Equations made of singular vectors may change sign, or turn into each other, from one point to the next. Turned back they are
    smooth, and on the surface, where they vanish, that leaves the curvature along it as it is.
    """
    here = equations(point)[1]
    bend = np.empty((len(columns), len(columns)))
    for place, column in enumerate(columns):
        ahead, behind = point.copy(), point.copy()
        step = DIFFERENCE * max(1.0, abs(point[column]))
        ahead[column] += step
        behind[column] -= step
        sides = [_turned_back(equations(side)[1], here) for side in (ahead, behind)]
        bend[place] = ((sides[0] - sides[1]).T @ multipliers)[columns] / (2.0 * step)
    return np.asarray(0.5 * (bend + bend.T))


def _turned_back(matrix: FloatArray, to: FloatArray) -> FloatArray:
    """The rows of a matrix (m, n), rotated or mirrored so that they are nearest to those of another."""
    left, _, right = np.linalg.svd(matrix @ to.T)
    return np.asarray((left @ right).T @ matrix)


def _is_minimum(equations: Equations, point: FloatArray, weights: FloatArray, at: tuple[BoolArray, BoolArray]) -> bool:
    """Whether bounds push inwards, and the distance bends upwards along the surface within the bounds that are not active."""
    count = len(at[0])
    free = np.append(np.ones(len(point) - count, dtype=np.bool_), ~(at[0] | at[1]))
    matrix = equations(point)[1]
    multipliers = _multipliers(matrix[:, free], (weights * point)[free])
    slope = (weights * point - matrix.T @ multipliers)[-count:]
    if (slope[at[0] & ~at[1]] < -ACCEPTED).any() or (slope[at[1] & ~at[0]] > ACCEPTED).any():
        return False
    columns = np.flatnonzero(free)
    _, singular, right = np.linalg.svd(matrix[:, free])
    rank = int((singular > DEPENDENT * singular.max(initial=0.0)).sum())
    along = right[rank:]
    if not len(along):
        return True
    curvature = along @ (np.diag(weights[free]) - _bend(equations, point, multipliers, columns)) @ along.T
    return bool(np.linalg.eigvalsh(curvature).min() > BENT)
