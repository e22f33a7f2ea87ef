"""How far a run strays from a point, and from when on it stays near: from the polynomials of its steps, without samples to miss by."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from richardson.arrays import FloatArray
from richardson.dynamics.chebyshev import at_ends, basis, bounds, critical_points
from richardson.dynamics.dense import DenseOutput


def largest_distances(run: DenseOutput, point: FloatArray) -> FloatArray:
    """Largest distance of each state from its value at a point, shape (d,).

    Parameters
    ----------
    run : DenseOutput
    point : ndarray, shape (d,)
    """
    series = _from(run, point)
    ends = np.abs(np.einsum("ek,nkd->ned", at_ends(series.shape[1] - 1), series)).max(axis=(0, 1))
    largest: FloatArray = ends
    for state in range(point.size):
        for step in np.flatnonzero(_reach(series[:, :, state]) > ends[state]):
            inner = critical_points(series[step, :, state])
            largest[state] = max(largest[state], np.abs(_values(series[step, :, state], inner)).max(initial=0.0))
    return largest


def last_outside(run: DenseOutput, point: FloatArray, widths: FloatArray) -> float:
    """When some state is for the last time farther from its value at a point than its width; the begin if that is never.

    Parameters
    ----------
    run : DenseOutput
    point : ndarray, shape (d,)
    widths : ndarray, shape (d,)
        Above zero.
    """
    series = _from(run, point)
    return max(_last_of_one(run, series[:, :, state], float(width)) for state, width in enumerate(widths))


def _last_of_one(run: DenseOutput, series: FloatArray, width: float) -> float:
    """The same of one state, whose distances have the series (n, k)."""
    for step in np.flatnonzero(_reach(series) > width)[::-1]:
        points = np.concatenate([[-1.0], critical_points(series[step]), [1.0]])
        outside = np.flatnonzero(np.abs(_values(series[step], points)) > width)
        if outside.size:
            last = int(outside[-1])
            place = points[last] if last == points.size - 1 else _crossing(series[step], width, points[last], points[last + 1])
            return float(run.times_of(np.array([step]), np.array([place]))[0])
    return float(run.breakpoints[0])


def _crossing(series: FloatArray, width: float, outside: float, inside: float) -> float:
    """Where a state comes within its width, between two points of [−1, 1] between which it does not turn."""
    return float(brentq(lambda place: abs(float(_values(series, np.array([place]))[0])) - width, outside, inside))


def _from(run: DenseOutput, point: FloatArray) -> FloatArray:
    """Chebyshev coefficients (n, k, d) of the distances from a point, with their signs."""
    series = run.coefficients.copy()
    series[:, 0] -= point
    return series


def _reach(series: FloatArray) -> FloatArray:
    """Sizes (n,) that no series (n, k) exceeds on its step."""
    low, high = bounds(series)
    return np.maximum(-low, high)


def _values(series: FloatArray, points: FloatArray) -> FloatArray:
    """Values (j,) of a series (k,) at points (j,)."""
    return np.asarray(basis(points, series.size - 1) @ series, dtype=np.float64)
