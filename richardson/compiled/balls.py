"""Functions of equations on balls: every value that the function takes on a ball lies in the ball that is returned.

A ball is a midpoint and a radius, rounded outwards by flint. Arithmetic on balls is rigorous but wide where a ball is wide, so
monotone functions are evaluated at its ends. Where a function is undefined on part of a ball there are two answers, `STRICT`: not
a number, as whoever claims that something exists must know, and `DEFINED`: the values where it is defined, which is enough to
rule a zero out.

References
----------
.. [1] F. Johansson (2017), Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66(8),
   1281–1292 (quoted from memory).
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import inf, nextafter
from typing import NamedTuple

from flint import arb, fmpq

ZERO, ONE = arb(0), arb(1)
NOT_A_NUMBER = arb.nan()


def over(low: float, high: float) -> arb:
    """Ball that holds every number from ``low`` to ``high``."""
    return arb(low).union(arb(high))


def ends(ball: arb) -> tuple[float, float]:
    """Lower and upper end of a ball, rounded outwards to doubles at any precision."""
    lower, upper = ball.lower(), ball.upper()
    low, high = float(lower), float(upper)  # to the nearest, so an end may have moved inwards
    return nextafter(low, -inf) if arb(low) > lower else low, nextafter(high, inf) if arb(high) < upper else high


def printed(number: float) -> arb:
    """Ball that holds a float and the decimal that prints it: what is proved of the ball holds whichever is meant."""
    decimal = Fraction(repr(number))
    exact = arb(number)
    return exact if Fraction(number) == decimal else exact.union(arb(fmpq(decimal.numerator, decimal.denominator)))


def between(ranges: Mapping[str, tuple[float, float]]) -> dict[str, arb]:
    """Balls that hold ranges, by the names of what is anywhere in them."""
    return {name: printed(low).union(printed(high)) for name, (low, high) in ranges.items()}


def exp(z: arb) -> arb:
    """e^z."""
    return _increasing(arb.exp, z)


def tanh(z: arb) -> arb:
    """Hyperbolic tangent."""
    return _increasing(arb.tanh, z)


def sinh(z: arb) -> arb:
    """Hyperbolic sine."""
    return _increasing(arb.sinh, z)


def arctan(z: arb) -> arb:
    """Arc tangent."""
    return _increasing(arb.atan, z)


def cosh(z: arb) -> arb:
    """Hyperbolic cosine, increasing in |z|."""
    return _increasing(arb.cosh, absolute(z))


def sin(z: arb) -> arb:
    """Sine."""
    return z.sin()


def cos(z: arb) -> arb:
    """Cosine."""
    return z.cos()


def tan(z: arb) -> arb:
    """Tangent, not a number on a ball that holds a pole."""
    return z.tan()


def sigmoid(z: arb) -> arb:
    """1/(1 + e^−z)."""
    return _increasing(lambda end: 1 / (1 + (-end).exp()), z)


def softplus(z: arb) -> arb:
    """ln(1 + e^z)."""
    return _increasing(lambda end: end.exp().log1p(), z)


def absolute(z: arb) -> arb:
    """|z|."""
    if z.lower() >= 0:
        return z
    return -z if z.upper() <= 0 else ZERO.union(z.abs_upper())


def maximum(first: arb, second: arb) -> arb:
    """The larger of two."""
    return arb(first).max(second)


def minimum(first: arb, second: arb) -> arb:
    """The smaller of two."""
    return arb(first).min(second)


def whole(base: arb, exponent: int) -> arb:
    """base^exponent for a whole exponent."""
    if exponent < 0:
        return 1 / whole(base, -exponent)
    return _increasing(lambda end: end**exponent, base if exponent % 2 else absolute(base))


def hill0(u: arb, h: arb, m: arb) -> arb:
    """Values of hill(u, h, m), increasing in u, for h > 0 and m > 0."""
    low, high = arb(u).lower(), arb(u).upper()
    if not (h > 0 and m > 0):
        return NOT_A_NUMBER
    if high <= 0:
        return ZERO
    top = _saturated(high, h, m)
    return ZERO.union(top) if low <= 0 else _saturated(low, h, m).union(top)


def hill1(u: arb, h: arb, m: arb) -> arb:
    """Derivative of hill in u: zero for u ≤ 0, then (m/h) r^(m−1)/(1 + r^m)² with r = u/h, which has one peak if m > 1.

    Over a kink (m = 1 at u = 0) the ball holds all numbers between the derivatives on both sides.
    """
    low, high = arb(u).lower(), arb(u).upper()
    if not (h > 0 and m > 0):
        return NOT_A_NUMBER
    if high <= 0:
        return ZERO
    slope = _steepness(high, h, m)
    slope = slope.union(_steepness(low, h, m) if low > 0 else _onset(h, m))
    if m <= 1:
        return slope
    peak = h * (((m - 1) / (m + 1)).log() / m).exp() if m > 1 else ZERO.union(h)
    if peak.upper() < low or peak.lower() > high:
        return slope
    return slope.union(_highest(h, m))


class Restricted(NamedTuple):
    """The functions that are undefined, or jump, somewhere: one answer for each way of asking."""

    sqrt: Callable[[arb], arb]
    log: Callable[[arb], arb]
    power: Callable[[arb, arb], arb]
    sign: Callable[[arb], arb]
    heaviside: Callable[[arb], arb]
    hill1: Callable[[arb, arb, arb], arb]


def _strict_sqrt(z: arb) -> arb:
    return _increasing(arb.sqrt, z)


def _strict_log(z: arb) -> arb:
    return _increasing(arb.log, z) if z > 0 else NOT_A_NUMBER


def _strict_power(base: arb, exponent: arb) -> arb:
    if exponent.is_integer():
        return whole(base, int(float(exponent)))
    if not base > 0:
        return NOT_A_NUMBER
    low, high = (base.lower().log() * exponent).exp(), (base.upper().log() * exponent).exp()
    return low.union(high)


def _defined_power(base: arb, exponent: arb) -> arb:
    if base > 0 or exponent.is_integer():
        return _strict_power(base, exponent)
    if exponent.contains_integer() or not (exponent > 0 and base.upper() > 0):  # whole powers of negative numbers are defined
        return NOT_A_NUMBER
    return ZERO.union((base.upper().log() * exponent).exp())


def _defined_log(z: arb) -> arb:
    if z > 0 or not z.upper() > 0:
        return _strict_log(z)
    return arb.neg_inf().union(z.upper().log())


def _hull_of_sign(z: arb) -> arb:
    if z > 0 or z.is_nan():
        return z if z.is_nan() else ONE
    return -ONE if z < 0 else ZERO if z.is_zero() else (-ONE).union(ONE)


def _smooth_hill1(u: arb, h: arb, m: arb) -> arb:
    """Derivative of hill where it does not jump: for m ≤ 1 it does at u = 0."""
    return hill1(u, h, m) if m > 1 or u > 0 or u < 0 else NOT_A_NUMBER


def _sign(z: arb) -> arb:
    return _hull_of_sign(z) if z > 0 or z < 0 else NOT_A_NUMBER


DEFINED = Restricted(
    sqrt=lambda z: _strict_sqrt(z.nonnegative_part()) if z.upper() >= 0 else NOT_A_NUMBER,
    log=_defined_log,
    power=_defined_power,
    sign=_hull_of_sign,
    heaviside=lambda z: (1 + _hull_of_sign(z)) / 2,
    hill1=hill1,
)
SLOPES = DEFINED._replace(sqrt=_strict_sqrt, log=_strict_log, power=_strict_power)
STRICT = SLOPES._replace(sign=_sign, heaviside=lambda z: (1 + _sign(z)) / 2, hill1=_smooth_hill1)


def _increasing(function: Callable[[arb], arb], z: arb) -> arb:
    return function(z) if z.is_exact() else function(z.lower()).union(function(z.upper()))


def _raised(u: arb, h: arb, m: arb) -> arb:
    """(u/h)^m for u > 0."""
    return ((u / h).log() * m).exp()


def _saturated(u: arb, h: arb, m: arb) -> arb:
    """Value of hill at a number u > 0."""
    return 1 / (1 + _raised(h * ONE, u, m))


def _steepness(u: arb, h: arb, m: arb) -> arb:
    """Derivative of hill at a number u > 0."""
    raised = _raised(u, h, m)
    return m * raised / ((1 + raised) ** 2 * u)


def _onset(h: arb, m: arb) -> arb:
    """Derivatives of hill on both sides of u = 0."""
    if m > 1:
        return ZERO
    return ZERO.union(1 / h) if (m - 1).is_zero() else NOT_A_NUMBER


def _highest(h: arb, m: arb) -> arb:
    """Largest derivative of hill, where r^m = (m − 1)/(m + 1)."""
    raised = (m - 1) / (m + 1)
    power = (raised.log() * ((m - 1) / m)).exp() if m > 1 else ONE.union(ZERO)
    return m / h * power * ((m + 1) / (2 * m)) ** 2
