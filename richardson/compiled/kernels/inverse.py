"""Inverse of a small matrix in every lane, for the stages of Rosenbrock methods.

The matrix I/(hγ) − J is inverted once a step by Gauss–Jordan elimination; rows are exchanged lane by lane, by selection, so that the
loops stay free of branches. A singular matrix gives infinities, which the error estimate turns into a shorter step.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from richardson.arrays import FloatArray
from richardson.compiled.kernels.layout import LANES, MASK, STEP, inverse_rows, jacobian_rows, size_of


def invert_matrix(b: FloatArray, dimension: int, shift: float, common: int, base: int) -> None:
    """Write the inverse of shift · I/h − J to its rows of the model's region; the Jacobian is lost.

    ``common`` and ``base`` are the places of the common rows and of the model's region.
    """
    d = size_of(dimension)
    matrix, inverse = base + jacobian_rows(d) * LANES, base + inverse_rows(d) * LANES
    for i in range(d):
        for j in range(d):
            unit = 1.0 if i == j else 0.0
            for lane in range(LANES):
                o = (i * d + j) * LANES + lane
                diagonal = unit * shift / b[common + STEP * LANES + lane] if shift > 0.0 else 0.0
                b[matrix + o] = diagonal - b[matrix + o]
                b[inverse + o] = unit
    for k in range(d):
        for i in range(k + 1, d):
            larger_first(b, d, matrix, inverse, common + MASK * LANES, k, i)
        eliminate(b, d, matrix, inverse, k)


def larger_first(b: FloatArray, dimension: int, matrix: int, inverse: int, mask: int, k: int, i: int) -> None:
    """Exchange rows k and i of both matrices in the lanes where row i has the larger entry in column k."""
    d = size_of(dimension)
    for lane in range(LANES):
        above, below = b[matrix + (k * d + k) * LANES + lane], b[matrix + (i * d + k) * LANES + lane]
        b[mask + lane] = 1.0 if abs(below) > abs(above) else 0.0
    for start in (matrix, inverse):
        for j in range(d):
            for lane in range(LANES):
                upper, lower = start + (k * d + j) * LANES + lane, start + (i * d + j) * LANES + lane
                above, below, is_exchanged = b[upper], b[lower], b[mask + lane] > 0.0
                b[upper] = below if is_exchanged else above
                b[lower] = above if is_exchanged else below


def eliminate(b: FloatArray, dimension: int, matrix: int, inverse: int, k: int) -> None:
    """Make column k of the matrix a unit vector, with the same operations on the inverse."""
    d = size_of(dimension)
    pivot = matrix + (k * d + k) * LANES
    for lane in range(LANES):
        b[pivot + lane] = 1.0 / b[pivot + lane]
    for start, first in ((matrix, k + 1), (inverse, 0)):
        for j in range(first, d):
            for lane in range(LANES):
                b[start + (k * d + j) * LANES + lane] *= b[pivot + lane]
            for i in range(d):
                if i != k:
                    for lane in range(LANES):
                        factor = b[matrix + (i * d + k) * LANES + lane]
                        b[start + (i * d + j) * LANES + lane] -= factor * b[start + (k * d + j) * LANES + lane]


def apply_inverse(b: FloatArray, dimension: int, base: int, target: int, stride: int) -> None:
    """Multiply the model's state rows by the inverse, into rows ``target`` that lie ``stride`` apart from state to state."""
    d = size_of(dimension)
    inverse = base + inverse_rows(d) * LANES
    for i in range(d):
        for lane in range(LANES):
            total = 0.0
            for j in range(d):
                total += b[inverse + (i * d + j) * LANES + lane] * b[base + (1 + j) * LANES + lane]
            b[target + i * stride + lane] = total
