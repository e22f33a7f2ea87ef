"""Exact yearly transition of ẋ = A x + c, and the way back.

A linear system is one array, shape (n, n + 1): the columns of A [1/yr], then c [arms/yr].
So is a transition x(t + Δ) = Φ x(t) + κ: the columns of Φ, then κ.
"""

import warnings

import numpy as np
from scipy.linalg import expm, logm

from richardson.arrays import FloatArray
from richardson.errors import ComputationError, NotIdentifiableError

ROUND_TRIP = 1e-6  # relative; the logarithm of a nearly defective matrix loses half the digits


def transition(system: FloatArray, spacing: float) -> FloatArray:
    """Exact transition over ``spacing`` years: Φ = e^{AΔ}, κ = ∫₀^Δ e^{As} ds · c.

    Parameters
    ----------
    system : ndarray, shape (n, n + 1)
    spacing : float
        Δ in years.

    Returns
    -------
    ndarray, shape (n, n + 1)

    References
    ----------
    .. [1] C. F. Van Loan, Computing Integrals Involving the Matrix Exponential, IEEE Transactions on
       Automatic Control 23(3), 1978 (the block matrix; quoted from memory).

    Examples
    --------
    >>> transition(np.array([[-1.0, 2.0]]), 1.0).round(6).tolist()
    [[0.367879, 1.264241]]
    """
    size = _size(system)
    exponential: FloatArray = expm(_bordered(system, size) * spacing)
    return _unbordered(exponential, size)


def transition_derivatives(system: FloatArray, directions: FloatArray, spacing: float) -> FloatArray:
    """Derivatives of the transition along k directions of the system.

    Parameters
    ----------
    system : ndarray, shape (n, n + 1)
    directions : ndarray, shape (k, n, n + 1)
        Derivative of the system in each parameter.
    spacing : float
        Δ in years.

    Returns
    -------
    ndarray, shape (k, n, n + 1)

    Notes
    -----
    The exponential of a block matrix with M on its diagonal and the directions in its first row has their
    derivatives in that row: one exponential for all.
    """
    size = _size(system)
    matrix = _bordered(system, size) * spacing
    moves = [_bordered(part, size) * spacing for part in directions]
    width, count = len(matrix), len(moves)
    block = np.kron(np.eye(count + 1), matrix)
    block[:width, width:] = np.hstack(moves)
    first: FloatArray = expm(block)[:width, width:]
    return np.stack([_unbordered(part, size) for part in np.hsplit(first, count)])


def continuous_system(step: FloatArray, spacing: float) -> FloatArray:
    """The system whose exact transition is ``step``: the principal real logarithm.

    Parameters
    ----------
    step : ndarray, shape (n, n + 1)
    spacing : float
        Δ in years.

    Returns
    -------
    ndarray, shape (n, n + 1)

    Raises
    ------
    NotIdentifiableError
        If an eigenvalue of Φ is negative or zero, so that no linear system in continuous time, or
        none that is unique, has this transition.

    Notes
    -----
    Where Φ has complex eigenvalues, faster rotations have the same transition; the slowest is
    returned, whose period is at least 2Δ.
    """
    eigenvalues = np.linalg.eigvals(step[:, :-1])
    real = eigenvalues[np.abs(eigenvalues.imag) <= 1e-12 * np.abs(eigenvalues)].real
    if (real <= 0).any() or not np.abs(eigenvalues).all():
        raise NotIdentifiableError(
            f"The fitted matrix over {spacing:g} years has the eigenvalue {real.min():.4g}, so it has no unique real logarithm: "
            "no linear model in continuous time moves like this. "
            "Take method='differences', which fits the steps themselves, longer series, or a model with fewer free parameters."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its accuracy is checked below
        matrix = np.real(logm(step[:, :-1])) / spacing
    miss = np.abs(expm(matrix * spacing) - step[:, :-1])
    if not (miss <= ROUND_TRIP * np.abs(step[:, :-1]).max()).all():
        raise ComputationError(
            f"The logarithm of the fitted matrix could not be computed: its exponential misses by up to {miss.max():.2g}. "
            "Rescale the series to comparable units."
        )
    return np.column_stack((matrix, np.linalg.solve(_integral(matrix, spacing), step[:, -1])))


def _integral(matrix: FloatArray, spacing: float) -> FloatArray:
    """∫₀^Δ e^{As} ds, shape (n, n); regular on the principal branch."""
    count = len(matrix)
    block = np.zeros((2 * count, 2 * count))
    block[:count, :count], block[:count, count:] = matrix, np.eye(count)
    exponential: FloatArray = expm(block * spacing)
    return exponential[:count, count:]


def _size(system: FloatArray) -> float:
    """Size of the constant, which is taken out so that money in small units does not spoil the exponential."""
    return float(np.abs(system[:, -1]).max()) or 1.0


def _bordered(part: FloatArray, size: float) -> FloatArray:
    """The square matrix that moves (x/size, 1)."""
    count = part.shape[0]
    matrix = np.zeros((count + 1, count + 1))
    matrix[:-1] = part
    matrix[:-1, -1] /= size
    return matrix


def _unbordered(matrix: FloatArray, size: float) -> FloatArray:
    part = matrix[:-1].copy()
    part[:, -1] *= size
    return part
