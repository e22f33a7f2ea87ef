"""Exponential, logarithm, power and hyperbolic functions of single float64 numbers, within two ulps and mostly within one.

Exponentials and logarithms are carried as an unevaluated sum of two numbers, high and low, where one is not enough.
The coefficients are minimax (Remez's exchange in 40 digits, then rounded); each polynomial states its degree, interval
and error relative to the function it serves. The longest are summed in pairs, which waits less than Horner's form.
Subnormal results of `exp` and `power` are flushed to zero.
"""

import math
from math import isnan

import numpy as np

from richardson.compiled.floating import (
    FRACTION,
    FRACTION_BITS,
    ROUNDING,
    as_float,
    bits,
    compiled,
    fma,
    from_bits,
    inner,
    polynomial,
    quick_sum,
    with_sign,
)

INFINITY = np.inf
NAN = np.nan
LARGEST_EXP = 709.782712893384  # above it exp overflows
SMALLEST_EXP = -708.3964185322641  # below it exp is subnormal
LARGEST_COSH = 710.4758600739439  # above it cosh and sinh overflow
PER_LN2 = 1.4426950408889634
LN2_HIGH = 0.6931471805598903  # 42 bits: its product with any exponent is exact
LN2_LOW = 5.497923018708371e-14
ROOT2 = 1.4142135623730951
ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
ONE_BITS = 0x3FF0000000000000
SMALLEST_NORMAL = 2.2250738585072014e-308
TWO_52 = 4503599627370496.0
TWO_54 = 18014398509481984.0
TWO_THIRDS, TWO_THIRDS_LOW = 0.6666666666666666, 3.700743415417188e-17


@compiled
def exp(x: float) -> float:
    """e^x."""
    return exp_pair(x, 0.0)[0]


@compiled
def log(x: float) -> float:
    """Natural logarithm: −∞ at zero, NaN below."""
    mantissa, exponent = _split(x)
    value = log1p_scaled(mantissa - 1.0, exponent)
    value = value if x < INFINITY else x
    return value if x > 0.0 else (-INFINITY if x == 0.0 else NAN + x)


@compiled
def sqrt(x: float) -> float:
    """Square root, NaN below zero."""
    root = math.sqrt(0.0 if x < 0.0 else x)
    return NAN if x < 0.0 else root


@compiled
def power(x: float, y: float) -> float:
    """x^y as in C, but NaN wherever x or y is NaN; for y in {1, 2, 3, 4} exactly `whole_power`."""
    size = abs(x)
    high, low = _log_high_low(size)
    high = high if size > 0.0 else -INFINITY
    high = high if size < INFINITY else INFINITY
    product = y * high
    value = exp_pair(product, fma(y, high, -product) + y * low)[0]
    value = INFINITY if product > 709.0 and not value < INFINITY else value
    value = 1.0 if y == 0.0 or size == 1.0 else value
    half = 0.5 * abs(y)
    is_integer = _rounded(abs(y)) == abs(y)
    value = with_sign(value, x if is_integer and _rounded(half) != half else 1.0)
    value = NAN if x < 0.0 and size < INFINITY and not is_integer and abs(y) < INFINITY else value
    value = whole_power(x, y) if is_whole(y) else value
    return NAN if isnan(x) or isnan(y) else value


@compiled
def whole_power(z: float, m: float) -> float:
    """z^m by multiplications, for m in {1, 2, 3, 4} only."""
    square = z * z
    high = square * z if m == 3.0 else square * square
    return z if m == 1.0 else (square if m == 2.0 else high)


@inner
def is_whole(m: float) -> bool:
    """Whether `whole_power` has the exponent m."""
    return m == 1.0 or m == 2.0 or m == 3.0 or m == 4.0  # noqa: PLR1714 -- the compiler has no sets of constants


@compiled
def tanh(x: float) -> float:
    """Hyperbolic tangent: a rational function up to 0.625, then 1 − 2/(e^2|x| + 1), with one division."""
    size = abs(x)
    is_large = size >= 0.625
    square = size * size
    doubled = exp_pair(40.0 if size > 20.0 else 2.0 * size, 0.0)[0]
    top = -2.0 if is_large else square * _tanh_top(square)
    bottom = doubled + 1.0 if is_large else _tanh_bottom(square)
    scale = 1.0 if is_large else size
    return x if isnan(x) else with_sign(fma(scale, top / bottom, scale), x)


@compiled
def sinh(x: float) -> float:
    """Hyperbolic sine."""
    size = abs(x)
    mantissa, low, inverse, scale = _half_exp(size)
    large = from_bits(bits(mantissa - (inverse - low)) + scale)
    square = size * size
    value = fma(size * square, _sinh_tail(square), size) if size < 1.0 else large
    value = INFINITY if size > LARGEST_COSH else value
    return x if isnan(x) else with_sign(value, x)


@compiled
def cosh(x: float) -> float:
    """Hyperbolic cosine."""
    size = abs(x)
    mantissa, low, inverse, scale = _half_exp(size)
    value = from_bits(bits(mantissa + (inverse + low)) + scale)
    value = INFINITY if size > LARGEST_COSH else value
    return x if isnan(x) else value


@inner
def exp_pair(high: float, low: float) -> tuple[float, float]:
    """exp(high + low) as a value and what its rounding lost; may be NaN for ∞ within 1e−13 of the largest."""
    mantissa, lost, shift = _mantissa(high, low)
    scale = from_bits((shift << FRACTION_BITS) + ONE_BITS)
    value = from_bits(bits(mantissa) + (shift << FRACTION_BITS))
    value = INFINITY if high > LARGEST_EXP else value
    is_normal = high >= SMALLEST_EXP
    return value if is_normal else (0.0 if high < 0.0 else high), lost * scale if is_normal else 0.0


@inner
def _mantissa(high: float, low: float) -> tuple[float, float, int]:
    """exp(high + low) without its power of two, what rounding lost, and a number with that power in its last 12 bits."""
    shifted = fma(high, PER_LN2, ROUNDING)
    whole = shifted - ROUNDING
    rest = fma(-whole, LN2_LOW, fma(-whole, LN2_HIGH, high)) + low
    mantissa, lost = quick_sum(1.0, _exp_tail(rest))
    return mantissa, lost, bits(shifted)


@inner
def _half_exp(size: float) -> tuple[float, float, float, int]:
    """e^size/2 as (first + second)·2^k, e^−size/2 as third·2^k, and k in the place of an exponent."""
    mantissa, lost, shift = _mantissa(size, 0.0)
    squared = from_bits(ONE_BITS - (shift << (FRACTION_BITS + 1)))
    inverse = (squared if size < 300.0 else 0.0) / mantissa
    return mantissa, lost, inverse, (shift << FRACTION_BITS) - (1 << FRACTION_BITS)


@inner
def log1p_scaled(f: float, exponent: float) -> float:
    """ln((1 + f)·2^exponent) for 1 + f in [√½, √2]."""
    half_square = 0.5 * f * f
    s = f / (2.0 + f)
    z = s * s
    rest = fma(s, half_square + z * _log_tail(z), exponent * LN2_LOW)
    return fma(exponent, LN2_HIGH, f - (half_square - rest))


@inner
def log_ratio(a: float, b: float) -> tuple[float, float]:
    """ln(a/b) to 2^−64, for positive finite a and b; the ratio itself is never rounded."""
    top, top_exponent = _split(a)
    bottom, bottom_exponent = _split(b)
    is_high = top > ROOT2 * bottom
    is_low = top * ROOT2 < bottom
    top = top * (0.5 if is_high else (2.0 if is_low else 1.0))
    exponent = top_exponent - bottom_exponent + (1.0 if is_high else (-1.0 if is_low else 0.0))
    total = top + bottom
    taken = total - top
    return _log_quotient(top - bottom, total, (top - (total - taken)) + (bottom - taken), exponent)


@inner
def _log_high_low(a: float) -> tuple[float, float]:
    """ln(a) to 2^−64, for positive finite a."""
    mantissa, exponent = _split(a)
    total, total_low = quick_sum(1.0, mantissa)  # exact even for mantissa > 1, as both are within √2 of one
    return _log_quotient(mantissa - 1.0, total, total_low, exponent)


@inner
def _log_quotient(difference: float, total: float, total_low: float, exponent: float) -> tuple[float, float]:
    """2 artanh(difference/(total + total_low)) + exponent·ln 2; the difference is exact, of numbers within a factor of two."""
    inverse = 1.0 / total
    s = difference * inverse
    s_low = (fma(-s, total, difference) - s * total_low) * inverse
    return _log_sum(s, s_low, exponent)


@inner
def _log_sum(s: float, s_low: float, exponent: float) -> tuple[float, float]:
    """2 artanh(s + s_low) + exponent·ln 2."""
    z = s * s
    z_low = fma(s, s, -z) + 2.0 * s * s_low
    cube = s * z
    cube_low = fma(s, z, -cube) + (s * z_low + s_low * z)
    tail = z * _ratio_tail(z)
    factor, lost = quick_sum(TWO_THIRDS, tail)
    factor_low = lost + TWO_THIRDS_LOW
    term = cube * factor
    term_low = fma(cube, factor, -term) + (cube * factor_low + cube_low * factor)
    high, first = quick_sum(exponent * LN2_HIGH, 2.0 * s)
    high, second = quick_sum(high, term)
    return quick_sum(high, first + (second + (fma(exponent, LN2_LOW, 2.0 * s_low) + term_low)))


@inner
def _split(a: float) -> tuple[float, float]:
    """Mantissa in [√½, √2) and exponent of a positive finite number."""
    is_small = a < SMALLEST_NORMAL
    shifted = bits(a * TWO_54 if is_small else a) + (ONE_BITS - ROOT_HALF_BITS)
    exponent = as_float((shifted >> FRACTION_BITS) & 0x7FF) - (1077.0 if is_small else 1023.0)
    return from_bits((shifted & FRACTION) + ROOT_HALF_BITS), exponent


@inner
def _rounded(size: float) -> float:
    """The whole number nearest to one that is not negative, for whatever the code runs on: a card has no floor of float64."""
    return (size + TWO_52) - TWO_52 if size < TWO_52 else size


@polynomial
def _exp_tail(r: float) -> float:
    """e^r − 1, degree 11 on |r| ≤ 0.347, 2^−57."""
    square = r * r
    low = (0.04166666666660238 + r * 0.008333333333313837) + square * (0.0013888888927452688 + r * 0.00019841269905144861)
    high = (2.480150783943213e-05 + r * 2.7557225834919335e-06) + square * (2.7625527928783894e-07 + r * 2.5115182822614574e-08)
    return r + square * ((0.5 + r * 0.16666666666666685) + square * (low + square * square * high))


@polynomial
def _log_tail(z: float) -> float:
    """(2 artanh(s) − 2s)/s³ in z = s², degree 6 on |s| ≤ 0.1717, 2^−59."""
    high = 0.2222219837799192 + z * (0.18183575188690485 + z * (0.15313755192007486 + z * 0.14799071684193016))
    return 0.6666666666666735 + z * (0.3999999999940746 + z * (0.28571428744146815 + z * high))


@polynomial
def _ratio_tail(z: float) -> float:
    """The same less 2/3 and divided by z, degree 7, 2^−66."""
    square = z * z
    low = (0.39999999999999974 + z * 0.28571428571445334) + square * (0.22222222217482024 + z * 0.18181818877001246)
    high = (0.15384556414358946 + z * 0.1333633500537655) + square * (0.11674461138615062 + z * 0.11991992616812773)
    return low + square * square * high


@polynomial
def _sinh_tail(z: float) -> float:
    """(sinh(x) − x)/x³ in z = x², degree 6 on |x| ≤ 1, 2^−56."""
    high = 2.755731915533766e-06 + z * (2.505212339840952e-08 + z * (1.6057240353181863e-10 + z * 7.759311842391483e-13))
    return 0.16666666666666669 + z * (0.008333333333333139 + z * (0.00019841269841437678 + z * high))


@polynomial
def _tanh_top(z: float) -> float:
    """Top of (tanh(x) − x)/x³ in z = x², degrees 2 and 3 on |x| ≤ 0.625, interpolated at Chebyshev's nodes, 2^−58."""
    return -1613.946525458254 + z * (-99.25183175033365 + z * -0.964385123953109)


@polynomial
def _tanh_bottom(z: float) -> float:
    """Bottom of the same."""
    return 4841.839576374762 + z * (2234.4913258008887 + z * (112.77280189871679 + z))
