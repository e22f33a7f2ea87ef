"""Floquet multipliers from the transfer matrices of a cycle's intervals.

The product of the transfer matrices has the multipliers as its eigenvalues, but forming it loses all that are much smaller than the
largest. So bases are carried round the cycle by QR factorisations, as in the periodic Schur decomposition [1]_. The first vector of
each basis is the flow's direction, whose multiplier is 1 but for errors of discretisation; the others follow modulo it. So a second
multiplier can pass through 1 without the square-root sensitivity of a double eigenvalue.

References
----------
.. [1] A. W. Bojanczyk, G. Golub, P. Van Dooren (1992), The periodic Schur decomposition: algorithms and applications, Proceedings of
   SPIE 1770, 31–42 (quoted from memory).
"""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled.build import MATRIX, STACK, kernel
from richardson.compiled.kernels import rounds

SWEEPS = 15  # directions whose multipliers differ by a factor of 10 part to rounding
PARTED = 1e-13  # coupling of two groups of directions that is rounding


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Multipliers of a cycle.

    Attributes
    ----------
    along : float
        Of the direction of the flow; 1 without errors of discretisation.
    across : ComplexArray
        Shape (d − 1,): the others, largest modulus first; exactly conjugate where complex.
    """

    along: float
    across: ComplexArray

    @property
    def unstable_count(self) -> int:
        """How many of those across lie outside the unit circle."""
        return int((np.abs(self.across) > 1.0).sum())

    @property
    def all(self) -> ComplexArray:
        """Every multiplier, largest modulus first, shape (d,)."""
        both = np.append(self.across, self.along)
        return both[np.argsort(-np.abs(both), kind="stable")]


def multipliers(transfer: FloatArray, flow: FloatArray) -> Multipliers:
    """Multipliers of a cycle.

    Parameters
    ----------
    transfer : FloatArray
        Shape (n, d, d): from each mesh point to the next.
    flow : FloatArray
        Shape (n, d): rates at the mesh points, none zero.
    """
    bases = _bases(flow)
    turned = np.roll(bases, -1, axis=0).transpose(0, 2, 1) @ transfer @ bases
    return Multipliers(float(np.prod(turned[:, 0, 0])), _product_eigenvalues(np.ascontiguousarray(turned[:, 1:, 1:])))


def _bases(flow: FloatArray) -> FloatArray:
    """Orthogonal matrices (n, d, d) whose first columns are the directions of ``flow``, shape (n, d)."""
    units = flow / np.linalg.norm(flow, axis=1)[:, None]
    mirrors = units.copy()
    mirrors[:, 0] += np.where(units[:, 0] >= 0.0, 1.0, -1.0)
    squares = (mirrors**2).sum(axis=1)[:, None, None]
    bases: FloatArray = np.eye(flow.shape[1]) - 2.0 * mirrors[:, :, None] * mirrors[:, None, :] / squares
    bases[:, :, 0] = units  # the reflections give them up to their signs
    return bases


def _product_eigenvalues(factors: FloatArray) -> ComplexArray:
    """Eigenvalues of the product …F₂F₁F₀ of (n, k, k), each to its own relative accuracy, largest modulus first."""
    carry = kernel(rounds, "carried", f"void({STACK}, {MATRIX}, {STACK})")
    start, triangles = np.eye(factors.shape[1]), np.empty_like(factors)
    for _ in range(SWEEPS):
        end = start.copy()
        carry(factors, end, triangles)
        closing = start.T @ end
        if np.abs(np.tril(closing, -1)).max() <= PARTED:
            break
        start = end
    edges = [k for k in range(1, len(start)) if np.abs(closing[k:, :k]).max() <= PARTED]
    found = [
        _group_eigenvalues(closing[low:high, low:high], triangles[:, low:high, low:high])
        for low, high in zip([0, *edges], [*edges, len(start)], strict=True)
    ]
    values = np.concatenate(found)
    return values[np.lexsort((-values.imag, -np.abs(values)))]


def _group_eigenvalues(closing: FloatArray, triangles: FloatArray) -> ComplexArray:
    """Eigenvalues of closing · …T₂T₁T₀ for (n, k, k) triangles of comparable diagonals, without overflow on the way."""
    product, logarithm = np.eye(len(closing)), 0.0
    with np.errstate(all="ignore"):  # a multiplier may be too small or too large for a float
        if len(closing) == 1:
            diagonal = triangles[:, 0, 0]
            single: ComplexArray = (closing[0] * np.sign(diagonal).prod() * np.exp(np.log(np.abs(diagonal)).sum())).astype(np.complex128)
            return single
        for triangle in triangles:
            product = triangle @ product
            size = float(np.abs(product).max())
            if size == 0.0:
                break
            product, logarithm = product / size, logarithm + np.log(size)
        values: ComplexArray = np.linalg.eigvals(closing @ product).astype(np.complex128) * np.exp(logarithm)
    return values
