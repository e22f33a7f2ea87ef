"""An orthonormal basis carried through a chain of matrices."""

from __future__ import annotations

from numpy import empty, hypot

from richardson.arrays import FloatArray


def carried(factors: FloatArray, basis: FloatArray, triangles: FloatArray) -> None:
    """Replace ``basis`` (k, k) by Q of each factorisation F Q₀ = Q R in turn; the R come out as ``triangles``, shape (n, k, k)."""
    size = basis.shape[0]
    turned = empty((size, size))
    for step in range(factors.shape[0]):
        triangle = triangles[step]
        for i in range(size):
            for j in range(size):
                total = 0.0
                for k in range(size):
                    total += factors[step, i, k] * basis[k, j]
                triangle[i, j] = total
                turned[i, j] = 1.0 if i == j else 0.0
        for j in range(size):
            for i in range(size - 1, j, -1):
                rotate(triangle, turned, i, j)
        for i in range(size):
            for j in range(size):
                basis[i, j] = turned[i, j]


def rotate(triangle: FloatArray, turned: FloatArray, row: int, column: int) -> None:
    """Remove an entry of ``triangle`` by turning its row and the one above; ``turned`` times ``triangle`` stays the same."""
    upper, lower = triangle[row - 1, column], triangle[row, column]
    length = hypot(upper, lower)
    if length == 0.0:
        return
    cosine, sine = upper / length, lower / length
    for k in range(triangle.shape[0]):
        upper, lower = triangle[row - 1, k], triangle[row, k]
        triangle[row - 1, k], triangle[row, k] = cosine * upper + sine * lower, cosine * lower - sine * upper
        upper, lower = turned[k, row - 1], turned[k, row]
        turned[k, row - 1], turned[k, row] = cosine * upper + sine * lower, cosine * lower - sine * upper
    triangle[row, column] = 0.0
