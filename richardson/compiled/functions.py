"""The functions that generated modules call, on single float64 numbers.

Every one is ours, so that a loop over lanes that calls them becomes packed instructions, and so that they give the same
with and without numba. Elementary functions come from `elementary` and `circular`; here are those that are made of them.
"""

from math import isnan

from richardson.compiled.circular import arctan, cos, sin, tan
from richardson.compiled.elementary import (
    cosh,
    exp,
    exp_pair,
    is_whole,
    log,
    log1p_scaled,
    log_ratio,
    power,
    sinh,
    sqrt,
    tanh,
    whole_power,
)
from richardson.compiled.floating import EXPONENT, bits, compiled, fma, fraction, from_bits, inner
from richardson.compiled.tables import path0, path1

__all__ = [
    "arctan",
    "compiled",
    "cos",
    "cosh",
    "exp",
    "heaviside",
    "hill0",
    "hill1",
    "hill2",
    "hill3",
    "hill_raised",
    "hill_scaled0",
    "hill_scaled1",
    "hill_unit",
    "hill_whole0",
    "is_whole",
    "log",
    "maximum",
    "minimum",
    "path0",
    "path1",
    "positive_log0",
    "positive_log1",
    "positive_log2",
    "power",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "whole_flag",
    "whole_power",
]

INFINITY = float("inf")
NAN = float("nan")
SATURATED = 1e70  # hill is 1 to all digits there, in units of h, and the fourth power does not overflow
INVERSE_TOP = 0x7FE0000000000000  # less the bits of 2^e: the bits of 2^−e
BRANCH = 0.41421356237309503  # √2 − 1: above it log1p starts from ln 2


@compiled
def heaviside(z: float) -> float:
    """Step function, ½ at zero."""
    return 1.0 if z > 0.0 else (0.0 if z < 0.0 else 0.5 + z)  # NaN stays NaN


@compiled
def sign(z: float) -> float:
    """−1, 0 or 1."""
    return 1.0 if z > 0.0 else (-1.0 if z < 0.0 else z)  # NaN stays NaN


@compiled
def maximum(a: float, b: float) -> float:
    """The larger; NaN if either is."""
    return a if a >= b or isnan(a) else b


@compiled
def minimum(a: float, b: float) -> float:
    """The smaller; NaN if either is."""
    return a if a <= b or isnan(a) else b


@compiled
def sigmoid(z: float) -> float:
    """1/(1 + e^−z), without overflow for either sign."""
    return _logistic(z, 0.0)


@compiled
def softplus(z: float) -> float:
    """ln(1 + e^z), without overflow."""
    small, low = exp_pair(-abs(z), 0.0)
    is_large = small > BRANCH
    remainder = log1p_scaled(0.5 * (small - 1.0) if is_large else small, 1.0 if is_large else 0.0)
    slope = fma(small, 0.5 * small - 1.0, 1.0)  # 1/(1 + small), to the few digits that the low part needs
    return (0.0 if z < 0.0 else z) + fma(low, slope, remainder)


@compiled
def hill0(u: float, h: float, m: float) -> float:
    """max(u, 0)^m / (h^m + max(u, 0)^m), without overflow; for m in {1, 2, 3, 4} exactly `hill_whole0`."""
    high, low = _log_odds(u, h, m)
    value = 0.0 if u <= 0.0 else _logistic(high, low)
    return hill_whole0(u, h, m) if is_whole(m) else value


@compiled
def hill_whole0(u: float, h: float, m: float) -> float:
    """The same for m in {1, 2, 3, 4} only, by multiplications and one division."""
    return hill_scaled0(u, hill_unit(h), hill_raised(h, m), m)


@compiled
def hill_unit(h: float) -> float:
    """A power of two that brings h near 1 and changes no digit of what it multiplies."""
    return from_bits(INVERSE_TOP - (bits(h) & EXPONENT))


@compiled
def hill_raised(h: float, m: float) -> float:
    """h^m in units of `hill_unit`, for m in {1, 2, 3, 4}."""
    return whole_power(h * hill_unit(h), m)


@compiled
def hill_scaled0(u: float, unit: float, raised: float, m: float) -> float:
    """`hill_whole0` from what depends on h and m only: `hill_unit` and `hill_raised`."""
    part = whole_power(_level(u, unit), m)
    return part / (raised + part)


@compiled
def hill_scaled1(u: float, unit: float, raised: float, m: float) -> float:
    """First derivative in u of the same."""
    level = _level(u, unit)
    part = whole_power(level, m)
    total = raised + part
    return 0.0 if u <= 0.0 else m * raised * part * unit / (level * total * total)


@compiled
def whole_flag(m: float) -> float:
    """1 for m in {1, 2, 3, 4}, else 0."""
    return 1.0 if is_whole(m) else 0.0


@compiled
def hill1(u: float, h: float, m: float) -> float:
    """First derivative in u, from u H' = m H(1 − H); for m in {1, 2, 3, 4} exactly `hill_scaled1`."""
    _, spread = _calm_and_spread(u, h, m)
    value = 0.0 if u <= 0.0 else m * spread / u
    return hill_scaled1(u, hill_unit(h), hill_raised(h, m), m) if is_whole(m) else value


@compiled
def hill2(u: float, h: float, m: float) -> float:
    """Second derivative in u."""
    calm, spread = _calm_and_spread(u, h, m)
    return 0.0 if u <= 0.0 else m * spread * (m * calm - 1.0) / (u * u)


@compiled
def hill3(u: float, h: float, m: float) -> float:
    """Third derivative in u."""
    calm, spread = _calm_and_spread(u, h, m)
    bracket = m * m * (1.0 - 6.0 * spread) - 3.0 * m * calm + 2.0
    return 0.0 if u <= 0.0 else m * spread * bracket / (u * u * u)


@compiled
def positive_log0(u: float) -> float:
    """Logarithm where u > 0, else zero."""
    value = log(u)
    return 0.0 if u <= 0.0 else value


@compiled
def positive_log1(u: float) -> float:
    """First derivative of `positive_log0`."""
    slope = 1.0 / u
    return slope if u > 0.0 else 0.0


@compiled
def positive_log2(u: float) -> float:
    """Second derivative of `positive_log0`."""
    curvature = -1.0 / (u * u)
    return curvature if u > 0.0 else 0.0


@inner
def _level(u: float, unit: float) -> float:
    """The positive part of u in units of h, where no fourth power overflows."""
    level = u * unit
    level = 0.0 if level < 0.0 else level
    return SATURATED if level > SATURATED else level


@inner
def _log_odds(u: float, h: float, m: float) -> tuple[float, float]:
    """ln(H/(1 − H)) = m ln(u/h), as high and low."""
    log_high, log_low = log_ratio(u, h)
    log_high = log_high if u < INFINITY else u
    edge = INFINITY if h == 0.0 else NAN
    log_high = log_high if h > 0.0 else edge
    log_high = log_high if h < INFINITY else NAN
    high = m * log_high
    return high, fma(m, log_high, -high) + m * log_low


@inner
def _logistic(high: float, low: float) -> float:
    """1/(1 + e^−(high + low)), within an ulp."""
    is_positive = high >= 0.0
    small, small_low = exp_pair(-abs(high), -low if is_positive else low)
    bottom = 1.0 + small
    bottom_low = (small - (bottom - 1.0)) + small_low
    return fraction(1.0 if is_positive else small, 0.0 if is_positive else small_low, bottom, bottom_low)


@inner
def _calm_and_spread(u: float, h: float, m: float) -> tuple[float, float]:
    """1 − 2H and H(1 − H) without cancellation, for u > 0."""
    odds = m * log(u / h)  # one number is enough here: 1e−13 at odds of e^500
    is_positive = odds >= 0.0
    small = exp(-abs(odds))
    inverse = 1.0 / (1.0 + small)
    calm = (1.0 - small) * inverse
    return -calm if is_positive else calm, small * inverse * inverse
