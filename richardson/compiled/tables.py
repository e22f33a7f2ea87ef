"""Series that drive a parameter, as functions of time: piecewise polynomials read off tables."""

from __future__ import annotations

from richardson.arrays import FloatArray
from richardson.compiled.floating import inner


@inner
def path0(t: float, knots: FloatArray, pieces: FloatArray) -> float:
    """Value at time t of the series with ``knots`` (n,) and ``pieces`` (4, n), held beyond the ends; from a knot on its own piece."""
    place = _piece(t, knots)
    gone = _gone(t, knots, place)
    value: float = pieces[0, place] + gone * (pieces[1, place] + gone * (pieces[2, place] + gone * pieces[3, place]))
    return value


@inner
def path1(t: float, knots: FloatArray, pieces: FloatArray) -> float:
    """Its derivative in time, zero beyond the ends."""
    place = _piece(t, knots)
    gone = _gone(t, knots, place)
    slope = pieces[1, place] + gone * (2.0 * pieces[2, place] + gone * 3.0 * pieces[3, place])
    return 0.0 if t < knots[0] else slope


@inner
def _piece(t: float, knots: FloatArray) -> int:
    """Index of the last knot at or before t, 0 where there is none."""
    low, high = 0, knots.size
    while high - low > 1:
        middle = (low + high) // 2
        if knots[middle] <= t:
            low = middle
        else:
            high = middle
    return low


@inner
def _gone(t: float, knots: FloatArray, place: int) -> float:
    """Time gone since the knot."""
    return 0.0 if t < knots[0] else t - knots[place]
