"""Ordinary least squares of several series on the same regressors."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from richardson.arrays import FloatArray
from richardson.errors import DataError
from richardson.estimation.rules import RULES, Transitions

COLLINEAR = 1e-9  # smallest over largest singular value of the scaled regressors


@dataclass(frozen=True, eq=False, repr=False)
class Regression:
    """Several series regressed on the same regressors, the last of them the constant.

    Attributes
    ----------
    names : tuple of str
        The series, n of them; the regressors are these and ``"constant"``.
    coefficients : ndarray, shape (n, n + 1)
        Row = series explained; the own coefficient of a race's fatigue a is −a.
    standard_errors : ndarray, shape (n, n + 1)
        With m − n − 1 degrees of freedom.
    r_squared : ndarray, shape (n,)
        Share of the explained series' variance.
    residuals : ndarray, shape (m, n)
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    standard_errors: FloatArray
    r_squared: FloatArray
    residuals: FloatArray

    def to_table(self) -> dict[str, list[str] | list[float]]:
        """Columns: series, regressor, coefficient, standard_error; one row an entry."""
        regressors = (*self.names, "constant")
        return {
            "series": [name for name in self.names for _ in regressors],
            "regressor": [regressor for _ in self.names for regressor in regressors],
            "coefficient": self.coefficients.ravel().tolist(),
            "standard_error": self.standard_errors.ravel().tolist(),
        }

    def __repr__(self) -> str:
        """Series, length and R² in one line."""
        shares = ", ".join(f"{name} R² {share:.4g}" for name, share in zip(self.names, self.r_squared, strict=True))
        return f"<Regression on {self.residuals.shape[0]} changes: {shares}>"


def least_squares(regressors: FloatArray, regressand: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coefficients and the inverse cross product of the regressors.

    Parameters
    ----------
    regressors : ndarray, shape (m, r)
    regressand : ndarray, shape (m, n)

    Returns
    -------
    coefficients : ndarray, shape (n, r)
    inverse : ndarray, shape (r, r)
        (ZᵀZ)⁻¹.

    Raises
    ------
    DataError
        If the regressors are collinear: a constant series, or two that move as one.
    """
    scale = np.linalg.norm(regressors, axis=0)
    if not scale.all():
        raise DataError("A series is zero throughout, so its effect cannot be seen. Leave it out.")
    singular = np.linalg.svd(regressors / scale, compute_uv=False)
    if singular[-1] <= COLLINEAR * singular[0]:
        raise DataError(
            "The series (with the constant) are collinear: one is constant or a combination of the others, so their effects cannot "
            "be told apart. Leave one out, or take a window in which they vary."
        )
    q, r = np.linalg.qr(regressors / scale)
    half = solve_triangular(r, np.eye(r.shape[0])) / scale[:, None]
    return np.ascontiguousarray((half @ (q.T @ regressand)).T), half @ half.T


def yearly_changes(pairs: Transitions, names: tuple[str, ...]) -> Regression:
    """Change per year regressed on lagged levels: the classical fit of Richardson's equations.

    Parameters
    ----------
    pairs : Transitions
    names : tuple of str
        The series.

    Notes
    -----
    Yearly changes are not derivatives: the coefficients estimate (e^{AΔ} − I)/Δ, not A.
    """
    regressors = RULES["differences"].regressors(pairs)
    change = pairs.change / pairs.spacing
    coefficients, inverse = least_squares(regressors, change)
    residuals = change - regressors @ coefficients.T
    variances = (residuals**2).sum(axis=0) / (change.shape[0] - regressors.shape[1])
    errors = np.sqrt(np.outer(variances, np.diag(inverse)))
    return Regression(names, coefficients, errors, explained_share(residuals, change), residuals)


def explained_share(residuals: FloatArray, explained: FloatArray) -> FloatArray:
    """R² of each column: one minus residual over total sum of squares about the mean, shape (n,)."""
    total = ((explained - explained.mean(axis=0)) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share: FloatArray = 1.0 - (residuals**2).sum(axis=0) / total
    return share
