"""What is fitted to what: residuals, their derivatives and their covariance, as functions of the free parameters."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import ComputationError
from richardson.estimation.rules import Rule, Transitions
from richardson.estimation.system import LinearSystem

OVERFLOW = 1e5  # residuals in natural units beyond which trial parameters are given up, before their covariance turns singular
EXACT = 1e-9  # residuals below this share of a year's change are rounding, not innovations


@dataclass(frozen=True, eq=False)
class Problem:
    """A linear system to be fitted to transitions by a rule.

    Attributes
    ----------
    system : LinearSystem
    pairs : Transitions
    rule : Rule
    lower, upper : ndarray, shape (k,)
        Bounds of the free parameters.
    """

    system: LinearSystem
    pairs: Transitions
    rule: Rule
    lower: FloatArray
    upper: FloatArray

    @property
    def units(self) -> FloatArray:
        """Root mean square change of each series, shape (n,): its natural unit."""
        size: FloatArray = np.sqrt((self.pairs.change**2).mean(axis=0))
        return np.where(size > 0, size, 1.0)

    def coefficients(self, free: FloatArray) -> FloatArray:
        """Coefficients of the rule's regression, shape (n, n + 1)."""
        return self.rule.coefficients(self.system.at(free), self.pairs.spacing)

    def slopes(self, free: FloatArray) -> FloatArray:
        """Derivatives of the coefficients, shape (k, n, n + 1)."""
        return self.rule.derivatives(self.system.at(free), self.system.derivatives(free), self.pairs.spacing)

    def residuals(self, free: FloatArray) -> FloatArray:
        """Residuals of the rule's regression, shape (m, n)."""
        return self.rule.regressand(self.pairs) - self.rule.regressors(self.pairs) @ self.coefficients(free).T

    def in_units(self, system: FloatArray) -> FloatArray:
        """Systems, shape (…, n, n + 1), with every series in its natural unit, so that distances do not depend on the money."""
        scaled: FloatArray = system * np.append(self.units, 1.0) / self.units[:, None]
        return scaled


@dataclass(frozen=True, eq=False)
class Point:
    """The regression at one set of free parameters; every part is computed once, when it is first asked for."""

    problem: Problem
    free: FloatArray

    @cached_property
    def residuals(self) -> FloatArray:
        """Residuals of the rule's regression, shape (m, n).

        Raises
        ------
        ComputationError
            If the transition overflows.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            residuals = self.problem.residuals(self.free)
        if not np.abs(residuals / self.problem.units).max() < OVERFLOW:
            raise ComputationError("The transition overflows at trial parameters.")
        return residuals

    @cached_property
    def mean_square(self) -> FloatArray:
        """Mean square of the residuals in natural units, shape (n, n), with a floor where they are rounding."""
        residuals = self.residuals / self.problem.units
        square: FloatArray = (residuals.T @ residuals) / residuals.shape[0] + EXACT**2 * np.eye(residuals.shape[1])
        return square

    @cached_property
    def height(self) -> float:
        """Half the log determinant of `mean_square`: what a fit minimises."""
        return float(np.linalg.slogdet(self.mean_square)[1]) / 2

    @cached_property
    def weights(self) -> FloatArray:
        """W with W Wᵀ = Σ⁻¹ of the residuals, shape (n, n)."""
        half = np.linalg.cholesky(self.mean_square)
        inverse: FloatArray = np.linalg.inv(half).T / self.problem.units[:, None]
        return inverse

    @cached_property
    def whitened(self) -> FloatArray:
        """Residuals times weights, shape (m n,)."""
        return (self.residuals @ self.weights).ravel()

    @cached_property
    def slopes(self) -> FloatArray:
        """Derivatives of the residuals times weights, shape (m n, k)."""
        regressors = self.problem.rule.regressors(self.problem.pairs)
        return np.stack([-(regressors @ slope.T @ self.weights).ravel() for slope in self.problem.slopes(self.free)], axis=1)
