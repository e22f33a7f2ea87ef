"""Gaussian maximum likelihood of a linear system whose entries are functions of free parameters.

Innovations have an unrestricted covariance Σ, which is concentrated out: the fit minimises half the log determinant
of the mean square of the residuals, by a quasi-Newton method within bounds and Newton steps at the end.
"""

from contextlib import suppress

import numpy as np
from scipy.optimize import Bounds, least_squares, minimize

from richardson.arrays import FloatArray
from richardson.errors import ComputationError, NotIdentifiableError
from richardson.estimation import regression
from richardson.estimation.information import Maximum, described
from richardson.estimation.problem import OVERFLOW, Point, Problem
from richardson.estimation.rules import RULES

TOLERANCE = 1e-14  # of the search for the nearest system: rounding
QUASI_NEWTON_LIMIT = 500  # steps; most fits need fewer than 50
NEWTON_LIMIT = 12  # quadratic but for the curvature of the residuals; more means that the search has not come near
NEWTON_DONE = 1e-9  # step, relative to the curvature of one transition
ROUNDING = 1e-13  # relative change of the height that is none
REACHED = 1e-8  # relative distance at which a system counts as reached
MARGIN = 1e-3  # of the width between bounds, kept free around a start


def maximise(problem: Problem) -> Maximum:
    """Best free parameters, their covariance, and the likelihood there.

    Raises
    ------
    DataError
        If the regressors are collinear.
    NotIdentifiableError
        If the likelihood has no maximum inside, or is flat at it.
    ComputationError
        If no start leads to a maximum.
    """
    regressors = problem.rule.regressors(problem.pairs)
    step, _ = regression.least_squares(regressors, problem.rule.regressand(problem.pairs))
    free = _without_restriction(problem, step)
    if free is None:
        free = _best_of(problem, _starts(problem, step))
    return described(problem, free)


def _without_restriction(problem: Problem, step: FloatArray) -> FloatArray | None:
    """The parameters that reach the unrestricted least-squares system exactly, if they are as many and can."""
    if problem.lower.size != step.size:
        return None
    try:
        target = problem.rule.system(step, problem.pairs.spacing)
    except NotIdentifiableError:
        if np.isfinite(problem.lower).any() or np.isfinite(problem.upper).any():
            return None
        raise
    found = _nearest(problem, target)
    miss = np.abs(problem.in_units(problem.system.at(found) - target))
    return found if (miss <= REACHED * np.abs(problem.in_units(target)).max()).all() else None


def _starts(problem: Problem, step: FloatArray) -> list[FloatArray]:
    """Parameters nearest to the unrestricted fit, to the plain differences, and the model's own."""
    spacing = problem.pairs.spacing
    targets = []
    with suppress(NotIdentifiableError, ComputationError):
        targets.append(problem.rule.system(step, spacing))
    lagged = RULES["differences"].regressors(problem.pairs)
    targets.append(regression.least_squares(lagged, problem.pairs.change / spacing)[0])
    return [*(_nearest(problem, target) for target in targets), _inside(problem, problem.system.start)]


def _best_of(problem: Problem, starts: list[FloatArray]) -> FloatArray:
    ends = []
    for start in starts:
        with suppress(ComputationError):
            ends.append(_climb(Point(problem, start)))
    if not ends:
        raise ComputationError(
            "The likelihood could not be maximised from any start. Free fewer parameters, or give bounds= near plausible values."
        )
    return min(ends, key=lambda end: end.height).free


def _climb(start: Point) -> Point:
    """Best point within the bounds from ``start``, with parameters in units of their standard errors there."""
    problem = start.problem
    size = np.linalg.norm(start.slopes, axis=0)
    unit = 1.0 / np.where(size > 0, size, 1.0)

    def height(moved: FloatArray) -> tuple[float, FloatArray]:
        point = Point(problem, start.free + moved * unit)
        try:
            return point.height, point.slopes.T @ point.whitened / len(point.residuals) * unit
        except ComputationError:
            return OVERFLOW, np.zeros_like(moved)  # so that a line search turns back

    found = minimize(
        height,
        np.zeros_like(unit),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds((problem.lower - start.free) / unit, (problem.upper - start.free) / unit),
        options={"maxiter": QUASI_NEWTON_LIMIT, "maxcor": 20, "ftol": 1e-15, "gtol": 1e-10},
    )
    return _polished(Point(problem, np.clip(start.free + found.x * unit, problem.lower, problem.upper)))


def _polished(point: Point) -> Point:
    """Newton steps within the bounds, none of which may go uphill."""
    lower, upper = point.problem.lower, point.problem.upper
    for _ in range(NEWTON_LIMIT):
        slope, curvature = _curvature(point)
        blocked = ((point.free <= lower) & (slope > 0)) | ((point.free >= upper) & (slope < 0))
        inside = np.flatnonzero(~blocked)
        block = curvature[np.ix_(inside, inside)]
        if inside.size == 0 or not (np.diag(block) > 0).all():
            break
        unit = 1.0 / np.sqrt(np.diag(block))
        step = -np.linalg.lstsq(block * np.outer(unit, unit), slope[inside] * unit)[0]
        free = point.free.copy()
        free[inside] = np.clip(free[inside] + step * unit, lower[inside], upper[inside])
        trial = Point(point.problem, free)
        if not trial.height <= point.height + ROUNDING * (1 + abs(point.height)):
            break
        point = trial
        if np.abs(step).max() <= NEWTON_DONE:
            break
    return point


def _curvature(point: Point) -> tuple[FloatArray, FloatArray]:
    """Slope and curvature of the height, but for the residuals' own curvature."""
    transitions, count = point.residuals.shape
    moved = point.slopes.reshape(transitions, count, -1)
    cross = np.einsum("ti,tja->ija", point.whitened.reshape(transitions, count), moved) / transitions
    turned = (cross + cross.transpose(1, 0, 2)).reshape(count * count, -1)
    slope = point.slopes.T @ point.whitened / transitions
    return slope, point.slopes.T @ point.slopes / transitions - turned.T @ turned / 2


def _nearest(problem: Problem, target: FloatArray) -> FloatArray:
    """Free parameters, within bounds, whose system is nearest to ``target``."""

    def distance(free: FloatArray) -> FloatArray:
        return problem.in_units(problem.system.at(free) - target).ravel()

    def slopes(free: FloatArray) -> FloatArray:
        return problem.in_units(problem.system.derivatives(free)).reshape(free.size, -1).T

    found = least_squares(
        distance,
        _inside(problem, problem.system.start),
        jac=slopes,
        bounds=(problem.lower, problem.upper),
        x_scale="jac",
        xtol=TOLERANCE,
        ftol=TOLERANCE,
        gtol=TOLERANCE,
    )
    return np.asarray(found.x, dtype=np.float64)


def _inside(problem: Problem, free: FloatArray) -> FloatArray:
    """Strictly within bounds, as the optimiser wants its start."""
    width = problem.upper - problem.lower
    margin = MARGIN * np.where(np.isfinite(width), width, 1.0)
    return np.minimum(np.maximum(free, problem.lower + margin), problem.upper - margin)
