"""Chebyshev series: nodes, coefficients, values; the language of dense output and events.

References
----------
.. [1] Trefethen, L. N., "Approximation Theory and Approximation Practice", SIAM, 2013, chapters 3 and 18.
"""

from functools import cache
from math import comb

import numpy as np
from numpy.polynomial import chebyshev

from richardson.arrays import FloatArray

NEGLIGIBLE = 1e-14  # a leading coefficient below this, relative to the largest, is rounding, not degree
REAL_ENOUGH = 1e-6  # a double root splits into a pair this far off the axis; an extra probe does no harm


@cache
def nodes(degree: int) -> FloatArray:
    """Points of the second kind on [−1, 1], ends included, increasing, shape (degree + 1,)."""
    return np.asarray(-np.cos(np.pi * np.arange(degree + 1) / max(degree, 1)), dtype=np.float64)


@cache
def to_coefficients(degree: int) -> FloatArray:
    """Matrix (degree + 1, degree + 1) from values at `nodes` to Chebyshev coefficients."""
    return np.asarray(np.linalg.inv(basis(nodes(degree), degree)), dtype=np.float64)


def basis(points: FloatArray, degree: int) -> FloatArray:
    """Chebyshev polynomials at ``points``: shape ``points.shape + (degree + 1,)``."""
    table = np.empty((*points.shape, degree + 1))
    table[..., 0] = 1.0
    if degree > 0:
        table[..., 1] = points
    for order in range(2, degree + 1):
        table[..., order] = 2.0 * points * table[..., order - 1] - table[..., order - 2]
    return table


@cache
def at_ends(degree: int) -> FloatArray:
    """Chebyshev polynomials at −1 and 1, shape (2, degree + 1)."""
    return basis(np.array([-1.0, 1.0]), degree)


@cache
def to_bernstein(degree: int) -> FloatArray:
    """Matrix (degree + 1, degree + 1) from Chebyshev to Bernstein coefficients on [−1, 1], each entry rounded once."""
    table = [
        [sum((-1) ** (k - j) * comb(2 * k, 2 * j) * comb(degree - k, i - j) for j in range(min(i, k) + 1)) for k in range(degree + 1)]
        for i in range(degree + 1)
    ]
    return np.array([[entry / comb(degree, i) for entry in row] for i, row in enumerate(table)])


def bounds(series: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Numbers (n,) below and above which no series of (n, degree + 1) goes on [−1, 1].

    A polynomial stays between the least and the greatest of its Bernstein coefficients; at an end they are its values, so that one that
    touches its lowest value there is bounded by it. Rounding is added.
    """
    matrix = to_bernstein(series.shape[1] - 1)
    values, sizes = series @ matrix.T, np.abs(series) @ np.abs(matrix).T
    rounding = (series.shape[1] + 2) * np.finfo(np.float64).eps * sizes.max(axis=1)
    return values.min(axis=1) - rounding, values.max(axis=1) + rounding


def critical_points(coefficients: FloatArray) -> FloatArray:
    """Points of (−1, 1) where the series (degree + 1,) may turn, increasing; some may be spurious, none is missing."""
    slope = chebyshev.chebder(coefficients)
    size = np.abs(slope).max(initial=0.0)
    if size == 0.0 or slope.size < 2:
        return np.empty(0)
    roots = chebyshev.chebroots(chebyshev.chebtrim(slope, NEGLIGIBLE * size))
    real = roots.real[np.abs(roots.imag) <= REAL_ENOUGH]
    return np.sort(real[np.abs(real) < 1.0])
