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
    bases = [_basis(rate) for rate in flow]
    turned = [bases[(i + 1) % len(bases)].T @ step @ bases[i] for i, step in enumerate(transfer)]
    along = float(np.prod([step[0, 0] for step in turned]))
    return Multipliers(along, _product_eigenvalues([step[1:, 1:] for step in turned]))


def _basis(rate: FloatArray) -> FloatArray:
    """Orthogonal matrix whose first column is the direction of ``rate``."""
    unit = rate / np.linalg.norm(rate)
    mirror = unit.copy()
    mirror[0] += 1.0 if unit[0] >= 0.0 else -1.0
    reflected: FloatArray = np.eye(len(rate)) - 2.0 * np.outer(mirror, mirror) / (mirror @ mirror)
    reflected[:, 0] = unit  # the reflection gives it up to its sign
    return reflected


def _product_eigenvalues(factors: list[FloatArray]) -> ComplexArray:
    """Eigenvalues of the product …F₂F₁F₀, each to its own relative accuracy, largest modulus first."""
    start = np.eye(len(factors[0]))
    for _ in range(SWEEPS):
        end, triangles = _swept(factors, start)
        closing = start.T @ end
        if np.abs(np.tril(closing, -1)).max() <= PARTED:
            break
        start = end
    edges = [k for k in range(1, len(start)) if np.abs(closing[k:, :k]).max() <= PARTED]
    found = []
    for low, high in zip([0, *edges], [*edges, len(start)], strict=True):
        part, logarithm = closing[low:high, low:high], 0.0
        product = np.eye(high - low)
        for triangle in triangles:
            product = triangle[low:high, low:high] @ product
            size = float(np.abs(product).max())
            if size == 0.0:
                break
            product, logarithm = product / size, logarithm + np.log(size)
        with np.errstate(over="ignore", under="ignore"):
            found.append(np.linalg.eigvals(part @ product).astype(np.complex128) * np.exp(logarithm))
    values = np.concatenate(found)
    return values[np.lexsort((-values.imag, -np.abs(values)))]


def _swept(factors: list[FloatArray], start: FloatArray) -> tuple[FloatArray, list[FloatArray]]:
    """The basis after one round, and the triangular factors on the way."""
    basis, triangles = start, []
    for factor in factors:
        basis, triangle = np.linalg.qr(factor @ basis)
        triangles.append(triangle)
    return basis, triangles
