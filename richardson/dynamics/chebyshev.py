"""Chebyshev series: nodes, coefficients, values; the language of dense output and events.

References
----------
.. [1] Trefethen, L. N., "Approximation Theory and Approximation Practice", SIAM, 2013, chapters 3 and 18.
"""

from functools import cache

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


def critical_points(coefficients: FloatArray) -> FloatArray:
    """Points of (−1, 1) where the series (degree + 1,) may turn, increasing; some may be spurious, none is missing."""
    slope = chebyshev.chebder(coefficients)
    size = np.abs(slope).max(initial=0.0)
    if size == 0.0 or slope.size < 2:
        return np.empty(0)
    roots = chebyshev.chebroots(chebyshev.chebtrim(slope, NEGLIGIBLE * size))
    real = roots.real[np.abs(roots.imag) <= REAL_ENOUGH]
    return np.sort(real[np.abs(real) < 1.0])
