"""The fit at its best parameters: covariance from the information matrix, innovations, log likelihood."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import ComputationError, NotIdentifiableError
from richardson.estimation.problem import EXACT, Point, Problem

AT_BOUND = 1e-7  # relative distance at which a parameter counts as at its bound
SCORE = 1e-3  # largest slope left, in log likelihood per standard error
VANISHED = 1e-4  # a mode that shrinks by this much in one step leaves no trace
SINGULAR = 1e-12  # smallest eigenvalue of the scaled information


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the likelihood is largest.

    Attributes
    ----------
    free : ndarray, shape (k,)
    residuals : ndarray, shape (m, n)
    covariance : ndarray, shape (k, k)
        Of the estimates; zero in the rows of parameters at a bound.
    innovations : ndarray, shape (n, n)
        Covariance of the innovations with m − k/n degrees of freedom.
    log_likelihood : float or None
        None for a rule that is no likelihood; infinite for an exact path.
    is_at_bound : ndarray of bool, shape (k,)
    """

    free: FloatArray
    residuals: FloatArray
    covariance: FloatArray
    innovations: FloatArray
    log_likelihood: float | None
    is_at_bound: BoolArray


def described(problem: Problem, free: FloatArray) -> Maximum:
    """The maximum at ``free``, with its uncertainty.

    Raises
    ------
    NotIdentifiableError
        If the likelihood is flat there, or rises without end.
    ComputationError
        If it still rises there.
    """
    at_bound = _at_bound(problem, free)
    nearer = np.where(free - problem.lower < problem.upper - free, problem.lower, problem.upper)
    free = np.where(at_bound, nearer, free)
    point = Point(problem, free)
    residuals = point.residuals
    transitions, count = residuals.shape
    innovations = residuals.T @ residuals / (transitions - free.size / count)
    covariance = _covariance(point, at_bound, innovations)
    likelihood = _log_likelihood(residuals, problem.units) if problem.rule.is_likelihood else None
    return Maximum(free, residuals, covariance, innovations, likelihood, at_bound)


def _at_bound(problem: Problem, free: FloatArray) -> BoolArray:
    size = AT_BOUND * (1 + np.abs(free))
    return np.asarray((free - problem.lower <= size) | (problem.upper - free <= size))


def _covariance(point: Point, at_bound: BoolArray, innovations: FloatArray) -> FloatArray:
    """Inverse information, with Σ at its value with degrees of freedom; zero for parameters at a bound.

    Written as a sandwich: the bread has the weights of the fit, whose Σ has a floor, the filling the innovations.
    """
    covariance = np.zeros((at_bound.size, at_bound.size))
    inside = np.flatnonzero(~at_bound)
    if inside.size == 0:
        return covariance
    slopes = point.slopes[:, inside]
    scale = np.linalg.norm(slopes, axis=0)
    _refuse_vanished(point.problem, point.free)
    _refuse_flat(slopes, scale)
    inverse = np.linalg.inv((slopes / scale).T @ (slopes / scale)) / np.outer(scale, scale)
    _check_score(point.whitened, slopes, inverse)
    blocks = slopes.reshape(len(point.residuals), -1, inside.size)
    filling = np.einsum("tia,ij,tjb->ab", blocks, point.weights.T @ innovations @ point.weights, blocks)
    covariance[np.ix_(inside, inside)] = inverse @ filling @ inverse
    return covariance


def _refuse_vanished(problem: Problem, free: FloatArray) -> None:
    if problem.rule.name != "transition":
        return
    if (np.abs(np.linalg.eigvals(problem.coefficients(free)[:, :-1])) < VANISHED).any():
        raise NotIdentifiableError(
            "The likelihood rises without end as a rate of decay grows: within one step that mode is gone, so its rate cannot be seen. "
            "Take method='differences', a finer spacing, or bounds= on the fatigue."
        )


def _refuse_flat(slopes: FloatArray, scale: FloatArray) -> None:
    if not scale.all() or np.linalg.eigvalsh((slopes / scale).T @ (slopes / scale))[0] <= SINGULAR:
        raise NotIdentifiableError(
            "At the best fit the likelihood is flat along a combination of the free parameters, so the data cannot tell them apart. "
            "Free fewer parameters."
        )


def _check_score(whitened: FloatArray, slopes: FloatArray, inverse: FloatArray) -> None:
    """The gradient along the parameters inside their bounds must vanish where the likelihood is largest."""
    if (whitened**2).mean() < 0.5:  # an exact path: what is left is rounding, and has no direction
        return
    score = np.abs(slopes.T @ whitened) * np.sqrt(np.diag(inverse))
    if (score > SCORE).any():
        raise ComputationError(
            f"The fit stopped where the likelihood still rises (slope {score.max():.2g} per standard error). "
            "Free fewer parameters, or give bounds= near plausible values."
        )


def _log_likelihood(residuals: FloatArray, units: FloatArray) -> float:
    transitions, count = residuals.shape
    square = (residuals / units).T @ (residuals / units) / transitions
    if np.linalg.eigvalsh(square)[0] <= EXACT**2:
        return float("inf")
    determinant = np.linalg.slogdet(square)[1] + 2 * np.log(units).sum()
    return float(-transitions / 2 * (count * np.log(2 * np.pi) + determinant + count))
