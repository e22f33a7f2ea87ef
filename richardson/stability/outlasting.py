"""Stability that outlasts all that is not known of a matrix, whatever its eigenvectors: Lyapunov's equation with room to spare.

Where eigenvalues come in clusters, as those of many alike nations do, computed eigenvectors are so nearly parallel that bounds on single
eigenvalues say nothing. One symmetric X > 0 with AX + XAᵀ < 0 (of a map AXAᵀ − X < 0) shows that all eigenvalues of A have negative real
parts (moduli below one) [1]_; where the inequality keeps room for EX + XEᵀ, it shows so of A + E for every E within the bounds.

References
----------
.. [1] H. K. Khalil (2002), Nonlinear Systems, third edition, section 4.3 (quoted from memory).
"""

import warnings
from typing import Any

import numpy as np
import scipy.linalg

from richardson.arrays import FloatArray

ROUNDING = float(np.finfo(np.float64).eps)


def outlasts(matrix: FloatArray, uncertainty: FloatArray, *, is_map: bool = False) -> bool:
    """Whether every matrix within the uncertainty is shown to be stable; False where that is not shown.

    Parameters
    ----------
    matrix, uncertainty : FloatArray
        Shape (d, d): a Jacobian, and how far each entry may be off.
    is_map : bool
        Whether moduli below one are meant, and not negative real parts.
    """
    if not (np.isfinite(matrix).all() and np.isfinite(uncertainty).all()):
        return False
    balanced, (units, _) = scipy.linalg.matrix_balance(matrix, permute=False, separate=True)
    size = len(balanced)
    doubt = uncertainty * units / units[:, np.newaxis] + 4 * size * ROUNDING * np.abs(balanced)  # and the rounding of the products below
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what a bad solution leaves over is looked at
        shape = _solution(balanced, is_map)
        return shape is not None and bool(_left_over(balanced, doubt, shape, is_map) < 1.0)


def _left_over(matrix: Any, doubt: FloatArray, shape: FloatArray, is_map: bool) -> float:
    """Bound on the eigenvalues of AX + XAᵀ + I, of a map AXAᵀ − X + I, over all A within the doubt: row sums of a symmetric matrix."""
    moved = doubt @ np.abs(shape)
    if is_map:
        rest = matrix @ shape @ matrix.T - shape + np.eye(len(matrix))
        moved = moved @ np.abs(matrix).T + 0.5 * (moved @ doubt.T + 4 * ROUNDING * np.abs(shape))
    else:
        rest = matrix @ shape + shape @ matrix.T + np.eye(len(matrix))
    return float((np.abs(rest) + moved + moved.T).sum(axis=1).max())


def _solution(matrix: Any, is_map: bool) -> FloatArray | None:
    """X of Lyapunov's equation with −I on its right, symmetric and above zero beyond its rounding; None where there is none."""
    right = np.eye(len(matrix))
    try:
        solve = scipy.linalg.solve_discrete_lyapunov(matrix, right) if is_map else scipy.linalg.solve_continuous_lyapunov(matrix, -right)
        found = np.asarray(solve, dtype=np.float64)
        found = 0.5 * (found + found.T)
        np.linalg.cholesky(found - 4 * len(matrix) * ROUNDING * np.linalg.norm(found) * right)
    except np.linalg.LinAlgError:
        return None
    return found if np.isfinite(found).all() else None
