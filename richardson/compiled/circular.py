"""Sine, cosine, tangent and arctangent of single float64 numbers, within an ulp.

Quarter turns are taken off with π/2 in three parts (Cody and Waite), which keeps full precision up to `FURTHEST`;
beyond it the result is NaN, never a wrong number. The coefficients are minimax (Remez's exchange in 40 digits, then rounded).
"""

import numpy as np

from richardson.compiled.floating import ROUNDING, bits, compiled, fma, fraction, from_bits, inner, polynomial, quick_sum, with_sign

FURTHEST = 1e9  # radians
NAN = np.nan
PER_QUARTER = 0.6366197723675814  # 2/π
QUARTER, QUARTER_LOW, QUARTER_LOWEST = 1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33
EIGHTH, EIGHTH_LOW = 0.7853981633974483, 3.061616997868383e-17
FLAT = 1e17  # from here on arctan is π/2 to all digits
TANGENT_16TH = 0.41421356237309503  # tan π/8


@compiled
def sin(x: float) -> float:
    """Sine; NaN beyond 1e9."""
    sine, _, cosine, _, quarters = _quarter(x)
    value = sine if quarters & 1 == 0 else cosine
    return from_bits(bits(value) ^ ((quarters & 2) << 62))


@compiled
def cos(x: float) -> float:
    """Cosine; NaN beyond 1e9."""
    sine, _, cosine, _, quarters = _quarter(x)
    value = cosine if quarters & 1 == 0 else sine
    return from_bits(bits(value) ^ (((quarters + 1) & 2) << 62))


@compiled
def tan(x: float) -> float:
    """Tangent; NaN beyond 1e9."""
    sine, sine_low, cosine, cosine_low, quarters = _quarter(x)
    is_even = quarters & 1 == 0
    top, top_low = (sine if is_even else -cosine), (sine_low if is_even else -cosine_low)
    bottom, bottom_low = (cosine if is_even else sine), (cosine_low if is_even else sine_low)
    return fraction(top, top_low, bottom, bottom_low)


@compiled
def arctan(x: float) -> float:
    """Arctangent, from the nearest of 0, π/4 and π/2, with one division."""
    size = abs(x)
    size = FLAT if size > FLAT else size
    is_middle = size > TANGENT_16TH
    is_large = size > 1.0 / TANGENT_16TH
    below, below_low = quick_sum(-1.0, size)
    above = size + 1.0
    above_low = (size - (above - 1.0)) if size < 1.0 else 1.0 - (above - size)
    top = -1.0 if is_large else (below if is_middle else size)
    bottom = size if is_large else (above if is_middle else 1.0)
    base = QUARTER if is_large else (EIGHTH if is_middle else 0.0)
    base_low = QUARTER_LOW if is_large else (EIGHTH_LOW if is_middle else 0.0)
    inverse = 1.0 / bottom
    t = top * inverse
    is_split = is_middle and not is_large
    remainder = fma(-t, bottom, top) + (below_low - t * above_low if is_split else 0.0)
    z = t * t
    low = fma(t * z, _arctan_tail(z), fma(remainder, inverse, base_low))
    return with_sign(base + (t + low), x)


@inner
def _quarter(x: float) -> tuple[float, float, float, float, int]:
    """Sine and cosine of x less whole quarter turns, both as high and low, and a number with the turns in its last bits."""
    x = x if abs(x) <= FURTHEST else NAN
    shifted = fma(x, PER_QUARTER, ROUNDING)
    rest, rest_low = _remainder(x, shifted - ROUNDING)
    z = rest * rest
    half = 0.5 * z
    near = 1.0 - half
    sine, sine_low = quick_sum(rest, fma(rest * z, _sine_tail(z), rest_low * near))
    cosine, cosine_low = quick_sum(near, ((1.0 - near) - half) + fma(z * z, _cosine_tail(z), -(rest * rest_low)))
    return sine, sine_low, cosine, cosine_low, bits(shifted)


@inner
def _remainder(x: float, turns: float) -> tuple[float, float]:
    """The rest x − turns·π/2 as high and low; the first step is exact, and the others lose nothing when x is near a whole turn."""
    first = fma(-turns, QUARTER, x)
    step = turns * QUARTER_LOW
    step_low = fma(turns, QUARTER_LOW, -step)
    rest = first - step
    taken = rest - first
    lost = (first - (rest - taken)) - (step + taken)
    return quick_sum(rest, lost - fma(turns, QUARTER_LOWEST, step_low))


@polynomial
def _sine_tail(z: float) -> float:
    """(sin(r) − r)/r³ in z = r², degree 5 on |r| ≤ 0.79, 2^−57 of r."""
    high = -0.000198412698293513 + z * (2.7557313527596983e-06 + z * (-2.5050731533092855e-08 + z * 1.5895209118443034e-10))
    return -0.1666666666666663 + z * (0.008333333333321867 + z * high)


@polynomial
def _cosine_tail(z: float) -> float:
    """(cos(r) − 1 + r²/2)/r⁴ in z = r², degree 5 on |r| ≤ 0.79, 2^−62."""
    high = 2.480158728900059e-05 + z * (-2.755731420774161e-07 + z * (2.087570293442732e-09 + z * -1.1358561840961722e-11))
    return 0.041666666666666595 + z * (-0.0013888888888873385 + z * high)


@polynomial
def _arctan_tail(z: float) -> float:
    """(arctan(t) − t)/t³ in z = t², degree 10 on |t| ≤ 0.4147, 2^−57 of t."""
    high = 0.05847786375940068 + z * (-0.05038819081281471 + z * (0.038051679971660084 + z * -0.01789252618203022))
    middle = -0.09090897697779453 + z * (0.07692059089245108 + z * (-0.06663090577867742 + z * high))
    return -0.333333333333332 + z * (0.1999999999995324 + z * (-0.1428571428015948 + z * (0.1111111078149082 + z * middle)))
