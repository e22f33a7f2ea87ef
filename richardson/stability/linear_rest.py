"""The one equilibrium of linear equations over nations, and whether it is stable, by proof for any number of nations.

Existence and uniqueness: the matrix is solved on balls, which succeeds only if every matrix in them is regular. Stability: for C, A
with |·| of every entry off its diagonal, a vector v > 0 with C v < 0 shows that −C is an M-matrix; no eigenvalue of A has a larger
real part than the leading one of C, so all are negative. For off-diagonal entries ≥ 0, a v > 0 with B v > 0, B the part of A of
some of the nations, shows that the leading eigenvalue of B is positive, and that of A is no smaller [1]_.

References
----------
.. [1] A. Berman, R. J. Plemmons (1979), Nonnegative Matrices in the Mathematical Sciences, chapter 6 (quoted from memory).
"""

from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat, ctx

from richardson.arrays import FloatArray
from richardson.compiled import balls
from richardson.compiled.linear_part import linear_part
from richardson.symbolic.indexed_model import IndexedModel

FAINT = 1e-12  # of the largest entry of a leading vector: what is below may be rounding, and the proof leaves it out
PRECISIONS = (106, 424)  # bits: the second for matrices near singular ones; parameters are printed to 53


@dataclass(frozen=True, eq=False)
class LinearRest:
    """The equilibrium that is proved.

    Attributes
    ----------
    point, lower, upper : FloatArray
        Shape (d,): the equilibrium, rounded, and its enclosure.
    is_stable : bool or None
        What is proved of its eigenvalues; None for nothing.
    """

    point: FloatArray
    lower: FloatArray
    upper: FloatArray
    is_stable: bool | None


def linear_rest(model: IndexedModel) -> LinearRest | None:
    """The one equilibrium of linear equations; None where their matrix may be singular."""
    before = ctx.prec
    try:
        for bits in PRECISIONS:
            ctx.prec = bits
            matrix, constants = linear_part(model)
            try:
                solution = matrix.solve(-constants)
            except ZeroDivisionError:
                continue
            found = [arb(entry) for entry in solution.entries()]
            if all(entry.is_finite() for entry in found):
                lower, upper = (np.array(side) for side in zip(*map(balls.ends, found), strict=True))
                point = np.array([float(entry.mid()) for entry in found])
                return LinearRest(point, lower, upper, is_stable_matrix(matrix))
        return None
    finally:
        ctx.prec = before


def is_stable_matrix(matrix: arb_mat) -> bool | None:
    """Whether all eigenvalues of every matrix in the balls have negative real parts; None where nothing is shown."""
    size = matrix.nrows()
    bounded = [[_compared(matrix[i, j], i == j) for j in range(size)] for i in range(size)]
    ends = np.array([[balls.ends(entry) for entry in row] for row in bounded])
    if not np.isfinite(ends).all():
        return None  # a pole lies in the balls
    least, greatest = ends[..., 0], ends[..., 1]
    direction = _positive(_solved(-greatest))
    if direction is not None and _signs(bounded, direction) == -1:
        return True
    is_metzler = all(arb(matrix[i, j]) >= 0 for i in range(size) for j in range(size) if i != j)
    return False if is_metzler and _grows(bounded, _leading_vector(least)) else None


def _grows(rows: list[list[arb]], leading: FloatArray) -> bool:
    """Whether the nations that take part in a vector ≥ 0 are shown to run away together."""
    taking_part = np.flatnonzero(leading > FAINT * leading.max())
    part = [[rows[i][j] for j in taking_part] for i in taking_part]
    return _signs(part, leading[taking_part]) == 1


def _compared(entry: arb, is_own: bool) -> arb:
    return arb(entry) if is_own else abs(arb(entry))


def _solved(matrix: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.solve(matrix, np.ones(len(matrix))))
    except np.linalg.LinAlgError:
        return np.full(len(matrix), np.nan)


def _leading_vector(matrix: FloatArray) -> FloatArray:
    """Eigenvector of the eigenvalue of largest real part, every entry taken positive: A|v| ≥ λ|v| where A is ≥ 0 off its diagonal."""
    values, vectors = np.linalg.eig(matrix)
    return np.asarray(np.abs(vectors[:, int(np.argmax(values.real))].real))


def _positive(vector: FloatArray) -> FloatArray | None:
    return vector if np.isfinite(vector).all() and (vector > 0).all() else None


def _signs(rows: list[list[arb]], direction: FloatArray) -> int:
    """1 or −1 if the product has that sign in every entry, for all matrices in the balls; 0 if not."""
    vector = arb_mat(len(rows), 1, direction.tolist())
    product = [arb(entry) for entry in (arb_mat(rows) * vector).entries()]
    return -1 if all(entry < 0 for entry in product) else 1 if all(entry > 0 for entry in product) else 0
