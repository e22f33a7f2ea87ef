"""What is fitted to what: residuals, their derivatives and their covariance, as functions of the free parameters."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import ComputationError
from richardson.estimation.rules import Rule, Transitions
from richardson.estimation.system import LinearSystem

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

    def mean_square(self, free: FloatArray) -> FloatArray:
        """Mean square of the residuals in natural units, shape (n, n), with a floor where they are rounding."""
        residuals = self.residuals(free) / self.units
        square: FloatArray = (residuals.T @ residuals) / residuals.shape[0] + EXACT**2 * np.eye(residuals.shape[1])
        return square

    def log_determinant(self, free: FloatArray) -> float:
        """Logarithm of the determinant of `mean_square`: what a fit minimises."""
        return float(np.linalg.slogdet(self.mean_square(free))[1])

    def weights(self, free: FloatArray) -> FloatArray:
        """W with W Wᵀ = Σ⁻¹ of the residuals there, shape (n, n)."""
        half = np.linalg.cholesky(self.mean_square(free))
        inverse: FloatArray = np.linalg.inv(half).T / self.units[:, None]
        return inverse

    def whitened(self, free: FloatArray, weights: FloatArray) -> FloatArray:
        """Residuals times weights, shape (m n,)."""
        residuals: FloatArray = (self.residuals(free) @ weights).ravel()
        if not np.isfinite(residuals).all():
            raise ComputationError("The transition is not finite at trial parameters.")
        return residuals

    def whitened_slopes(self, free: FloatArray, weights: FloatArray) -> FloatArray:
        """Derivatives of `whitened`, shape (m n, k)."""
        regressors = self.rule.regressors(self.pairs)
        return np.stack([-(regressors @ slope.T @ weights).ravel() for slope in self.slopes(free)], axis=1)

    def in_units(self, system: FloatArray) -> FloatArray:
        """Systems, shape (…, n, n + 1), with every series in its natural unit, so that distances do not depend on the money."""
        scaled: FloatArray = system * np.append(self.units, 1.0) / self.units[:, None]
        return scaled
