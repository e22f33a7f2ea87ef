"""What an equilibrium is called, from its eigenvalues and how well they are known."""

from typing import Any

import numpy as np
import scipy.linalg

from richardson.arrays import ComplexArray, FloatArray
from richardson.stability.outlasting import outlasts

ROUNDING = float(np.finfo(np.float64).eps)
VAGUE = 1e-3  # of an imaginary part: an error beyond rounding, and beyond what a root is off


def eigenvalues_with_errors(jacobian: FloatArray, uncertainty: FloatArray) -> tuple[ComplexArray, ComplexArray, FloatArray]:
    """Eigenvalues, eigenvectors and bounds on the eigenvalues' errors.

    Parameters
    ----------
    jacobian : FloatArray
        Shape (d, d), in 1/yr (multipliers of a map: pure numbers).
    uncertainty : FloatArray
        Shape (d, d): how far each entry may be off.

    Returns
    -------
    eigenvalues : ComplexArray
        Shape (d,), largest real part first, of a pair the positive imaginary part first.
    eigenvectors : ComplexArray
        Shape (d, d); column i belongs to eigenvalue i and has Euclidean norm 1.
    errors : FloatArray
        Shape (d,), in the unit of the eigenvalues.

    Notes
    -----
    The error of a simple eigenvalue is |w|ᵀ|E||v| / |wᴴv|, w and v its left and right vectors; where that is large, near a
    defective one, Elsner's bound (‖A‖ + ‖A + E‖)^(1 − 1/d) ‖E‖^(1/d) takes over. Both are of the matrix balanced by powers of two, as
    LAPACK has it, so that they do not depend on the units of the states.
    """
    balanced, (units, _) = scipy.linalg.matrix_balance(jacobian, permute=False, separate=True)
    solution: Any = scipy.linalg.eig(balanced, left=True, right=True)
    values, left, right = solution
    size = len(values)
    total = uncertainty * units / units[:, np.newaxis] + size * ROUNDING * np.linalg.norm(balanced, 2)
    overlap = np.abs(np.einsum("ij,ij->j", left.conj(), right))
    forward = np.einsum("ij,ik,kj->j", np.abs(left), total, np.abs(right))
    norm = float(np.linalg.norm(total))
    elsner = (2 * np.linalg.norm(balanced) + norm) ** (1 - 1 / size) * norm ** (1 / size)
    errors = np.minimum(forward / np.maximum(overlap, np.finfo(np.float64).tiny), elsner)
    order = np.lexsort((-values.imag, -values.real))
    right = right * units[:, np.newaxis]
    right /= np.linalg.norm(right, axis=0)
    return values[order].astype(np.complex128), right[:, order].astype(np.complex128), errors[order]


def kind_of(eigenvalues: ComplexArray, errors: FloatArray, *, is_map: bool = False, is_stable: bool = False) -> str:
    """Name of an equilibrium with these eigenvalues.

    Parameters
    ----------
    eigenvalues : ComplexArray
        Shape (d,); of a map, its multipliers.
    errors : FloatArray
        Shape (d,): a real part (of a map, a modulus less one) below its error is taken for zero, an imaginary part for none.
    is_map : bool
        Whether these are multipliers.
    is_stable : bool
        Whether it is known by `attracts`, whatever the errors, that all disturbances shrink.

    Returns
    -------
    str
        "stable node", "unstable node", "stable focus", "unstable focus", "saddle", "saddle focus", "centre" or "degenerate".

    Notes
    -----
    A centre has two states and one pair on the imaginary axis; that is the linear part's verdict, which terms of higher order
    may overturn. Any other eigenvalue on the axis makes the equilibrium degenerate, and so does a pair of which hardly more is known than
    that it turns, as at a kink, where the Jacobian jumps.
    """
    growth = np.abs(eigenvalues) - 1.0 if is_map else eigenvalues.real
    turns = np.abs(eigenvalues.imag) > errors
    undecided = (np.abs(growth) <= errors) & (not is_stable)
    if undecided.any():
        is_known = bool((turns & (errors <= VAGUE * np.abs(eigenvalues.imag))).all())
        return "centre" if len(eigenvalues) == 2 and undecided.all() and is_known else "degenerate"
    shape = "focus" if turns.any() else "node"
    if (growth < 0).all():
        return f"stable {shape}"
    if (growth > 0).all():
        return f"unstable {shape}"
    return "saddle focus" if turns.any() else "saddle"


def attracts(eigenvalues: ComplexArray, errors: FloatArray, jacobian: FloatArray, uncertainty: FloatArray, *, is_map: bool = False) -> bool:
    """Whether every small disturbance shrinks, by the eigenvalues' errors or, where these say nothing, by Lyapunov's equation.

    Parameters as in `kind_of` and `eigenvalues_with_errors`.
    """
    if is_attracting(eigenvalues, errors, is_map=is_map):
        return True
    growth = np.abs(eigenvalues) - 1.0 if is_map else eigenvalues.real
    return bool((growth < 0.0).all()) and outlasts(jacobian, uncertainty, is_map=is_map)


def is_attracting(eigenvalues: ComplexArray, errors: FloatArray, *, is_map: bool = False) -> bool:
    """Whether every small disturbance shrinks, beyond the eigenvalues' errors.

    A centre does not attract, and a degenerate equilibrium is not claimed to. Parameters as in `kind_of`.
    """
    growth = np.abs(eigenvalues) - 1.0 if is_map else eigenvalues.real
    return bool((growth < -errors).all())
