"""Small linear systems by elimination with pivots."""

from __future__ import annotations

from numpy import isfinite

from richardson.arrays import FloatArray


def invert(matrix: FloatArray, inverse: FloatArray) -> bool:
    """Inverse by elimination with pivots; the matrix is lost."""
    d = matrix.shape[0]
    for i in range(d):
        for j in range(d):
            inverse[i, j] = 1.0 if i == j else 0.0
    for k in range(d):
        best = k
        for i in range(k + 1, d):
            best = i if abs(matrix[i, k]) > abs(matrix[best, k]) else best
        pivot = matrix[best, k]
        if pivot == 0.0 or not isfinite(pivot):
            return False
        for j in range(d):
            matrix[k, j], matrix[best, j] = matrix[best, j], matrix[k, j]
            inverse[k, j], inverse[best, j] = inverse[best, j], inverse[k, j]
        for j in range(d):
            matrix[k, j] /= pivot
            inverse[k, j] /= pivot
        for i in range(d):
            factor = matrix[i, k]
            if i != k and factor != 0.0:
                for j in range(d):
                    matrix[i, j] -= factor * matrix[k, j]
                    inverse[i, j] -= factor * inverse[k, j]
    return True


def solve_in_place(matrix: FloatArray, vector: FloatArray, room: FloatArray) -> bool:
    """Solution in the place of the right-hand side; the matrix stays."""
    d = vector.size
    for i in range(d):
        for j in range(d):
            room[i, j] = matrix[i, j]
    for k in range(d):
        best = k
        for i in range(k + 1, d):
            best = i if abs(room[i, k]) > abs(room[best, k]) else best
        if room[best, k] == 0.0 or not isfinite(room[best, k]):
            return False
        for j in range(d):
            room[k, j], room[best, j] = room[best, j], room[k, j]
        vector[k], vector[best] = vector[best], vector[k]
        for i in range(k + 1, d):
            factor = room[i, k] / room[k, k]
            vector[i] -= factor * vector[k]
            for j in range(k + 1, d):
                room[i, j] -= factor * room[k, j]
    for k in range(d - 1, -1, -1):
        for j in range(k + 1, d):
            vector[k] -= room[k, j] * vector[j]
        vector[k] /= room[k, k]
    return True
