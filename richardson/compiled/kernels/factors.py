"""Linear systems by LU factors in place."""

from __future__ import annotations

from numpy import isfinite

from richardson.arrays import FloatArray


def factor(matrix: FloatArray, pivots: FloatArray) -> bool:
    """LU factors in place, rows exchanged for the largest pivot; false if the matrix is singular."""
    size = matrix.shape[0]
    for k in range(size):
        best = k
        for i in range(k + 1, size):
            if abs(matrix[i, k]) > abs(matrix[best, k]):
                best = i
        pivots[k] = best
        if matrix[best, k] == 0.0 or not isfinite(matrix[best, k]):
            return False
        for j in range(size):
            matrix[k, j], matrix[best, j] = matrix[best, j], matrix[k, j]
        for i in range(k + 1, size):
            matrix[i, k] /= matrix[k, k]
            for j in range(k + 1, size):
                matrix[i, j] -= matrix[i, k] * matrix[k, j]
    return True


def solve(matrix: FloatArray, pivots: FloatArray, vector: FloatArray) -> None:
    """Solution in place of the right-hand side, from `factor`."""
    size = vector.size
    for k in range(size):
        best = int(pivots[k])
        vector[k], vector[best] = vector[best], vector[k]
    for i in range(size):
        for j in range(i):
            vector[i] -= matrix[i, j] * vector[j]
    for i in range(size - 1, -1, -1):
        for j in range(i + 1, size):
            vector[i] -= matrix[i, j] * vector[j]
        vector[i] /= matrix[i, i]
