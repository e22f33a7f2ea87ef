"""Gaussian maximum likelihood of a linear system whose entries are functions of free parameters.

Innovations have an unrestricted covariance Σ, which is concentrated out: the fit minimises log det of the mean
square of the residuals. For given Σ that is a weighted least-squares problem, and Σ follows from its residuals;
the two steps alternate, each of which can only raise the likelihood.
"""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from scipy.optimize import least_squares

from richardson.arrays import FloatArray
from richardson.errors import ComputationError, NotIdentifiableError
from richardson.estimation import regression
from richardson.estimation.information import Maximum, described
from richardson.estimation.problem import Problem
from richardson.estimation.rules import RULES

ROUNDS = 500  # alternations; they converge geometrically, most fits need fewer than 30
SETTLED = 1e-11  # relative change of the log determinant that ends the alternation
TOLERANCE = 1e-14  # of each least-squares problem
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
            ends.append(_climb(problem, start))
    if not ends:
        raise ComputationError(
            "The likelihood could not be maximised from any start. Free fewer parameters, or give bounds= near plausible values."
        )
    return min(ends, key=lambda end: end[1])[0]


def _climb(problem: Problem, start: FloatArray) -> tuple[FloatArray, float]:
    """Alternate least squares and covariance until the log determinant settles."""
    free, height = start, problem.log_determinant(start)
    for _ in range(ROUNDS):
        free = _weighted_fit(problem, free, problem.weights(free))
        before, height = height, problem.log_determinant(free)
        if not np.isfinite(height):
            break
        if before - height <= SETTLED * (1 + abs(height)):
            return free, height
    raise ComputationError("The alternation between parameters and covariance did not settle.")


def _weighted_fit(problem: Problem, start: FloatArray, weights: FloatArray) -> FloatArray:
    def distance(free: FloatArray) -> FloatArray:
        return problem.whitened(free, weights)

    def slopes(free: FloatArray) -> FloatArray:
        return problem.whitened_slopes(free, weights)

    return _least_squares(problem, distance, slopes, start)


def _nearest(problem: Problem, target: FloatArray) -> FloatArray:
    """Free parameters, within bounds, whose system is nearest to ``target``."""

    def distance(free: FloatArray) -> FloatArray:
        return problem.in_units(problem.system.at(free) - target).ravel()

    def slopes(free: FloatArray) -> FloatArray:
        return problem.in_units(problem.system.derivatives(free)).reshape(free.size, -1).T

    return _least_squares(problem, distance, slopes, _inside(problem, problem.system.start))


def _least_squares(
    problem: Problem,
    distance: Callable[[FloatArray], FloatArray],
    slopes: Callable[[FloatArray], FloatArray],
    start: FloatArray,
) -> FloatArray:
    found = least_squares(
        distance,
        start,
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
