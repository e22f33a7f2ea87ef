"""Functions of equations on arrays of intervals: every value that a function takes on an interval lies in what is returned.

Many boxes at once, for proofs that need thousands: some thirty times faster a box than `balls`, and exact about signs at zero, where
a midpoint and a radius are not. Library functions are taken to be right to 32 units in the last place, which a test compares with
`balls`. Where a function is undefined, or jumps, on a part of an interval, the answer is not a number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from richardson.compiled.balls import Restricted
from richardson.compiled.intervals import TINY, Floats, Intervals, arb, hull, outwards

ULPS = 2.0**-47  # of a value of a library function: 32 units in the last place
SLACK = 1e-9  # of a turn: how near to an extremum an end of an interval counts as beyond it
TURN = 2 * np.pi


def exp(z: Intervals) -> Intervals:
    """e^z."""
    return _positive(np.exp, z)


def tanh(z: Intervals) -> Intervals:
    """Hyperbolic tangent."""
    return _increasing(np.tanh, z)


def sinh(z: Intervals) -> Intervals:
    """Hyperbolic sine."""
    return _increasing(np.sinh, z)


def arctan(z: Intervals) -> Intervals:
    """Arc tangent."""
    return _increasing(np.arctan, z)


def cosh(z: Intervals) -> Intervals:
    """Hyperbolic cosine, increasing in |z|."""
    return _increasing(np.cosh, absolute(z))


def softplus(z: Intervals) -> Intervals:
    """ln(1 + e^z)."""
    return _positive(lambda end: np.logaddexp(0.0, end), z)


def sigmoid(z: Intervals) -> Intervals:
    """1/(1 + e^−z)."""
    return 1 / (1 + exp(-z))


def cos(z: Intervals) -> Intervals:
    """Cosine."""
    return _wave(np.cos, z, highest_at=0.0)


def sin(z: Intervals) -> Intervals:
    """Sine."""
    return _wave(np.sin, z, highest_at=0.25)


def tan(z: Intervals) -> Intervals:
    """Tangent, not a number where an interval may hold a pole."""
    branch = np.floor(z.low / np.pi + 0.5 - SLACK)
    same = branch == np.floor(z.high / np.pi + 0.5 + SLACK)
    found = _increasing(np.tan, z)
    return Intervals(np.where(same, found.low, np.nan), np.where(same, found.high, np.nan))


def absolute(z: Intervals) -> Intervals:
    """|z|."""
    low = np.maximum(np.maximum(z.low, -z.high), 0.0)
    return Intervals(low, np.maximum(-z.low, z.high))


def maximum(first: Intervals, second: Intervals) -> Intervals:
    """The larger of two."""
    first, second = arb(first), arb(second)
    return Intervals(np.maximum(first.low, second.low), np.maximum(first.high, second.high))


def minimum(first: Intervals, second: Intervals) -> Intervals:
    """The smaller of two."""
    first, second = arb(first), arb(second)
    return Intervals(np.minimum(first.low, second.low), np.minimum(first.high, second.high))


def whole(base: Intervals, exponent: int) -> Intervals:
    """base^exponent for a whole exponent."""
    if exponent < 0:
        return 1 / whole(base, -exponent)
    base = arb(base) if exponent % 2 else absolute(arb(base))
    ends = [_raised_end(end, exponent) for end in (base.low, base.high)]
    return Intervals(ends[0].low, ends[1].high)


def hill0(u: Intervals, h: Intervals, m: Intervals) -> Intervals:
    """Values of hill(u, h, m), increasing in u, for h > 0 and m > 0."""
    u, h, m = arb(u), arb(h), arb(m)
    low, high = (_saturated(Intervals(end, end), h, m) for end in (u.low, u.high))
    return _where_legal(Intervals(low.low, high.high), h, m)


def hill1(u: Intervals, h: Intervals, m: Intervals) -> Intervals:
    """Derivative of hill in u; over its kink (m = 1 at u = 0) all numbers between the derivatives on both sides."""
    u, h, m = arb(u), arb(h), arb(m)
    found = hull(_steepness(Intervals(u.low, u.low), h, m), _steepness(Intervals(u.high, u.high), h, m))
    rise = m - 1
    if (rise.low > 0).all():
        peak = h * exp(_log(rise / (m + 1)) / m)
        top = m / h * exp(_log(rise / (m + 1)) * (rise / m)) * whole((m + 1) / (2 * m), 2)
        over = (u.low <= peak.high) & (u.high >= peak.low)
        found = Intervals(found.low, np.where(over, np.maximum(found.high, top.high), found.high))
    else:
        onset = np.where((m.low == 1) & (m.high == 1), (1 / h).high, np.nan)
        over = (u.low <= 0) & (u.high > 0)
        found = Intervals(
            np.where(over, np.minimum(found.low, 0 * onset), found.low), np.where(over, np.fmax(found.high, onset) + 0 * onset, found.high)
        )
    return _where_legal(found, h, m)


def _log(z: Intervals) -> Intervals:
    low, high = np.where(z.low > 0, z.low, np.nan), np.where(z.low > 0, z.high, np.nan)
    return _increasing(np.log, Intervals(low, high))


def _sqrt(z: Intervals) -> Intervals:
    return _increasing(np.sqrt, Intervals(np.where(z.low >= 0, z.low, np.nan), np.where(z.low >= 0, z.high, np.nan)))


def _power(base: Intervals, exponent: Intervals) -> Intervals:
    base, exponent = arb(base), arb(exponent)
    value = exponent.low.flat[0]
    if (exponent.low == exponent.high).all() and (exponent.low == value).all() and value == np.floor(value) and abs(value) < 64:
        return whole(base, int(value))
    return exp(_log(base) * exponent)


def _hull_of_sign(z: Intervals) -> Intervals:
    known = np.where(np.isnan(z.low + z.high), np.nan, 1.0)
    return Intervals(np.where(z.low > 0, 1.0, -1.0) * known, np.where(z.high < 0, -1.0, 1.0) * known)


def _sign(z: Intervals) -> Intervals:
    side = np.where(z.low > 0, 1.0, np.where(z.high < 0, -1.0, np.nan))
    return Intervals(side, side)


def _smooth_hill1(u: Intervals, h: Intervals, m: Intervals) -> Intervals:
    u, found = arb(u), hill1(u, h, m)
    smooth = (arb(m).low > 1) | (u.low > 0) | (u.high < 0)
    return Intervals(np.where(smooth, found.low, np.nan), np.where(smooth, found.high, np.nan))


def _half(sign: Callable[[Intervals], Intervals]) -> Callable[[Intervals], Intervals]:
    return lambda z: (1 + sign(z)) * 0.5


SLOPES: Any = Restricted(_sqrt, _log, _power, _hull_of_sign, _half(_hull_of_sign), hill1)  # type: ignore[arg-type] # the same on intervals
STRICT: Any = Restricted(_sqrt, _log, _power, _sign, _half(_sign), _smooth_hill1)  # type: ignore[arg-type]


def _positive(function: Callable[[Floats], Floats], z: Intervals) -> Intervals:
    """Values of an increasing function above zero, which may be lost to underflow."""
    found = _increasing(function, z)
    return Intervals(np.where(found.low < TINY, 0.0, found.low), np.maximum(found.high, TINY))


def _increasing(function: Callable[[Floats], Floats], z: Intervals) -> Intervals:
    z = arb(z)
    return outwards(function(z.low), function(z.high), ULPS)


def _raised_end(end: Floats, exponent: int) -> Intervals:
    """A number to a whole power, by squaring."""
    if exponent == 0:
        return Intervals(np.ones_like(end), np.ones_like(end))
    half = _raised_end(end, exponent // 2)
    square = half * half
    return square * Intervals(end, end) if exponent % 2 else square


def _saturated(u: Intervals, h: Intervals, m: Intervals) -> Intervals:
    """Value of hill at a number; 0 where it is none above zero."""
    positive = u.low > 0
    ratio = exp(_log(h / Intervals(np.where(positive, u.low, 1.0), np.where(positive, u.low, 1.0))) * m)
    found = 1 / (1 + ratio)
    unknown = np.isnan(u.low)
    return Intervals(
        np.where(positive, found.low, np.where(unknown, np.nan, 0.0)), np.where(positive, found.high, np.where(unknown, np.nan, 0.0))
    )


def _steepness(u: Intervals, h: Intervals, m: Intervals) -> Intervals:
    """Derivative of hill at a number; 0 where it is none above zero."""
    positive, unknown = u.low > 0, np.isnan(u.low)
    place = np.where(positive, u.low, 1.0)
    at = Intervals(place, place)
    raised = exp(_log(at / h) * m)
    found = m * raised / (whole(1 + raised, 2) * at)
    return Intervals(
        np.where(positive, found.low, np.where(unknown, np.nan, 0.0)), np.where(positive, found.high, np.where(unknown, np.nan, 0.0))
    )


def _where_legal(found: Intervals, h: Intervals, m: Intervals) -> Intervals:
    legal = (h.low > 0) & (m.low > 0)
    return Intervals(np.where(legal, found.low, np.nan), np.where(legal, found.high, np.nan))


def _wave(function: Callable[[Floats], Floats], z: Intervals, highest_at: float) -> Intervals:
    """A wave of period 2π between −1 and 1, its highest point at that part of a turn."""
    z = arb(z)
    ends = function(z.low), function(z.high)
    low, high = z.low / TURN - SLACK * (1 + np.abs(z.low)), z.high / TURN + SLACK * (1 + np.abs(z.high))
    has_top = np.floor(high - highest_at) > np.floor(low - highest_at)
    has_bottom = np.floor(high - highest_at - 0.5) > np.floor(low - highest_at - 0.5)
    top = np.minimum(np.maximum(*ends) + ULPS, 1.0)
    bottom = np.maximum(np.minimum(*ends) - ULPS, -1.0)
    return Intervals(np.where(has_bottom, -1.0, bottom), np.where(has_top, 1.0, top))
