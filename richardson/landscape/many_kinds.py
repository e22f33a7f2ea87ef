"""Eigenvalues, kinds and spiral numbers of many equilibria at once, and where formula and eigenvalues differ."""

from functools import reduce

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, ComplexArray, FloatArray
from richardson.symbolic.conditions import spiral_numbers_of

KINDS = ("stable node", "unstable node", "stable focus", "unstable focus", "saddle", "saddle focus", "centre", "degenerate")
NODE, SADDLE, SADDLE_FOCUS, CENTRE, DEGENERATE = 0, 4, 5, 6, 7  # a focus is two after a node, what is unstable one after what is stable
CLEAR = 1e-6  # of the Jacobian's size: eigenvalues so far from the axis and from turning need no error bound to be named
ZERO = 1e-12  # likewise: a real part so small is none
MARGIN = 1e-9  # relative: R nearer to 1, or an eigenvalue nearer to the axis, contradicts nothing


def eigenvalues_of(jacobians: FloatArray) -> ComplexArray:
    """Eigenvalues of each matrix, shape (n, d) from (n, d, d), of two states from trace and determinant."""
    if jacobians.shape[-1] != 2:
        many: ComplexArray = np.linalg.eigvals(jacobians).astype(np.complex128)
        return many
    a, b, c, d = jacobians[:, 0, 0], jacobians[:, 0, 1], jacobians[:, 1, 0], jacobians[:, 1, 1]
    middle, spread = 0.5 * (a + d), (0.5 * (a - d)) ** 2 + b * c
    root = np.sqrt(spread.astype(np.complex128))
    eigenvalues: ComplexArray = np.stack((middle + root, middle - root), axis=-1)
    return eigenvalues


def spirals_of(jacobians: FloatArray, followers: BoolArray) -> FloatArray:
    """Spiral numbers, shape (n,), NaN where undefined; of two nations without followers in closed form."""
    if jacobians.shape[-1] != 2 or followers.any():
        return spiral_numbers_of(jacobians, followers)
    own = -jacobians[:, 0, 0], -jacobians[:, 1, 1]
    cross = jacobians[:, 0, 1], jacobians[:, 1, 0]
    splits = (own[0] > 0.0) & (own[1] > 0.0) & (cross[0] >= 0.0) & (cross[1] >= 0.0)
    ratio = np.divide(cross[0] * cross[1], own[0] * own[1], where=splits, out=np.full(len(jacobians), np.nan))
    spirals: FloatArray = np.sqrt(ratio)
    return spirals


def kind_codes(eigenvalues: ComplexArray, jacobians: FloatArray) -> npt.NDArray[np.int8]:
    """Position of each kind in `KINDS`, shape (n,); a real part within rounding of zero counts as zero."""
    size = sizes_of(jacobians)[:, np.newaxis]
    turns = _any(np.abs(eigenvalues.imag) > ZERO * size)
    level = np.abs(eigenvalues.real) <= ZERO * size
    grows, falls, flat = _any(eigenvalues.real > 0.0), _any(~(eigenvalues.real > 0.0)), _any(level)
    codes = np.where(grows & falls, np.where(turns, SADDLE_FOCUS, SADDLE), NODE + 2 * turns + grows)
    is_centre = flat & ~_any(~level) & turns & (eigenvalues.shape[1] == 2)
    return np.where(flat, np.where(is_centre, CENTRE, DEGENERATE), codes).astype(np.int8)


def sizes_of(matrices: FloatArray) -> FloatArray:
    """Largest entry of each matrix without its sign, shape (n,) from (n, d, d)."""
    sizes: FloatArray = reduce(np.maximum, np.abs(matrices).reshape(len(matrices), matrices.shape[1] * matrices.shape[2]).T)
    return sizes


def leading_of(eigenvalues: ComplexArray) -> FloatArray:
    """Largest real part in each row, shape (n,) from (n, d)."""
    leading: FloatArray = reduce(np.maximum, eigenvalues.real.T)
    return leading


def _any(rows: BoolArray) -> BoolArray:
    """Whether one holds in each row: faster, for few columns, than numpy's own."""
    some: BoolArray = reduce(np.logical_or, rows.T)
    return some


def are_clear(eigenvalues: ComplexArray, jacobians: FloatArray) -> BoolArray:
    """Whether a kind needs no error bound to be named, shape (n,)."""
    margin = CLEAR * sizes_of(jacobians)[:, None]
    off_axis = (np.abs(eigenvalues.real) > margin).all(axis=1)
    real_or_turning = ((eigenvalues.imag == 0.0) | (np.abs(eigenvalues.imag) > margin)).all(axis=1)
    clear: BoolArray = off_axis & real_or_turning
    return clear


def formulas_differ(jacobians: FloatArray, eigenvalues: ComplexArray, spirals: FloatArray) -> BoolArray:
    """Where R < 1, or the determinants of Routh and Hurwitz, say otherwise than the eigenvalues, shape (n,).

    Nothing is said within rounding of the border.
    """
    size, leading = sizes_of(jacobians), leading_of(eigenvalues)
    is_clear = np.abs(leading) > MARGIN * size
    by_number = np.isfinite(spirals) & (np.abs(spirals - 1.0) > MARGIN) & ((spirals < 1.0) != (leading < 0.0))
    if not 3 <= jacobians.shape[-1] <= 4:
        return np.asarray(is_clear & by_number)
    conditions = hurwitz_numbers(jacobians / np.where(size > 0.0, size, 1.0)[:, np.newaxis, np.newaxis])
    is_known = (np.abs(conditions) > MARGIN).all(axis=1)
    by_determinants = is_known & ((conditions > 0.0).all(axis=1) != (leading < 0.0))
    return np.asarray(is_clear & (by_number | by_determinants))


def hurwitz_numbers(jacobians: FloatArray) -> FloatArray:
    """Numbers that are all positive where three or four states are stable, as `hurwitz_conditions` has them as symbols, shape (n, c).

    The characteristic coefficients come from traces of powers (Newton's identities), not from eigenvalues.
    """
    d = jacobians.shape[-1]
    power, coefficients, traces = np.broadcast_to(np.eye(d), jacobians.shape), [np.ones(len(jacobians))], []
    for order in range(1, d + 1):
        power = power @ jacobians
        traces.append(np.trace(power, axis1=1, axis2=2))
        coefficients.append(-sum(coefficients[order - i] * traces[i - 1] for i in range(1, order + 1)) / order)
    c = coefficients[1:]
    if d == 3:
        return np.stack((c[0], c[2], c[0] * c[1] - c[2]), axis=-1)
    return np.stack((c[0], c[1], c[3], c[0] * c[1] * c[2] - c[2] ** 2 - c[0] ** 2 * c[3]), axis=-1)
