"""Intervals that hold every value of a list of operations: outward rounding, one interpreter for all models.

An interval is a row (low, high) of slots. Each result is widened by more than what rounding may have lost; a product, sum or
quotient of what is not negative stays so. Underflow is left aside.
"""
# ruff: noqa: PLR0912, PLR1714, SIM109 -- comparisons are compiled, a tuple would be made, and a call costs more than a branch

from __future__ import annotations

from typing import Any

from numpy import arctan, cos, cosh, exp, floor, inf, log, log1p, pi, sin, sinh, sqrt, tan, tanh

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.rounding import BROKEN, LARGEST, LESS, MORE, NOWHERE, down, times, up

ENTRIES = ("run",)

(ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, WHOLE_POWER, SQUARE_ROOT, POWER, EXP, LOG, SIN, COS, TAN) = range(13)
(TANH, SINH, COSH, ARCTAN, ABSOLUTE, MAXIMUM, MINIMUM, SIGN, HEAVISIDE, SIGMOID, SOFTPLUS, HILL0, HILL1) = range(13, 26)

LOOSE = 2.0**-49  # relative: what elementary functions may lose
LOOSER = 1e-12  # the same of powers, hill and tangents


def run(operations: IntArray, v: FloatArray, place: int, first: int, last: int) -> int:
    """Run operations ``first`` … ``last``, the results into slots from ``place + first`` on; `BROKEN` and `NOWHERE` say what failed."""
    flags = 0
    for row in range(first, last):
        code = operations[row, 0]
        a, b, result = operations[row, 1], operations[row, 2], place + row
        if code == MULTIPLY and v[a, 0] >= 0.0 and v[b, 0] >= 0.0:  # the ends of `multiply`, without a call
            v[result, 0], v[result, 1] = down(times(v[a, 0], v[b, 0])), up(times(v[a, 1], v[b, 1]))
        elif code == MULTIPLY:
            multiply(v, a, b, result)
        elif code == ADD:
            v[result, 0], v[result, 1] = down(v[a, 0] + v[b, 0]), up(v[a, 1] + v[b, 1])
        elif code == SUBTRACT:
            v[result, 0], v[result, 1] = down(v[a, 0] - v[b, 1]), up(v[a, 1] - v[b, 0])
        elif code == NEGATE:
            v[result, 0], v[result, 1] = -v[a, 1], -v[a, 0]
        elif code == DIVIDE:
            divide(v, a, b, result)
        elif code == WHOLE_POWER:
            whole_power_of(v, a, b, result)
        elif code == HILL0 or code == HILL1:
            hill_of(v, operations[row], result)
        elif ABSOLUTE <= code <= HEAVISIDE:
            flags |= bent(v, code, a, b, result)
        elif SIN <= code <= TAN:
            flags |= circular(v, code, a, result)
        elif code == POWER:
            flags |= power_of(v, a, b, result)
        else:
            flags |= monotone(v, code, a, result)
    return flags


def multiply(v: FloatArray, a: int, b: int, result: int) -> None:
    """Product."""
    one, two = times(v[a, 0], v[b, 0]), times(v[a, 0], v[b, 1])
    three, four = times(v[a, 1], v[b, 0]), times(v[a, 1], v[b, 1])
    v[result, 0], v[result, 1] = down(min(one, two, three, four)), up(max(one, two, three, four))


def divide(v: FloatArray, a: int, b: int, result: int) -> None:
    """Quotient; everything where the divisor may be zero."""
    if v[b, 0] > 0.0 or v[b, 1] < 0.0:
        one, two, three, four = v[a, 0] / v[b, 0], v[a, 0] / v[b, 1], v[a, 1] / v[b, 0], v[a, 1] / v[b, 1]
        v[result, 0], v[result, 1] = down(min(one, two, three, four)), up(max(one, two, three, four))
    else:
        v[result, 0], v[result, 1] = -inf, inf


def whole_power_of(v: FloatArray, a: int, exponent: int, result: int) -> None:
    """Power by a positive whole number."""
    low, high = v[a, 0], v[a, 1]
    if exponent % 2 == 0:
        low, high = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high))
    v[result, 0] = raised_size(low, exponent, LESS) if low >= 0.0 else -raised_size(-low, exponent, MORE)
    v[result, 1] = raised_size(high, exponent, MORE) if high >= 0.0 else -raised_size(-high, exponent, LESS)


def raised_size(size: float, exponent: int, rounding: float) -> float:
    """Power of a number that is not negative, every product moved by a factor."""
    value = size
    for _ in range(exponent - 1):
        value = value * size * rounding
    return min(value, LARGEST) if rounding < 1.0 else value


def monotone(v: FloatArray, code: int, a: int, result: int) -> int:
    """An increasing function of one number (cosh increases in the size), from its values at the ends."""
    low, high, flags = v[a, 0], v[a, 1], 0
    if code == COSH:
        low, high = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high))
    if (code == SQUARE_ROOT or code == LOG) and low < 0.0:
        flags = BROKEN if high >= 0.0 else NOWHERE
        low, high = 0.0, max(high, 0.0)
    for end in range(2):
        x = low if end == 0 else high
        value = increasing(code, x)
        loss = LOOSE * abs(value) if -inf < value < inf else 0.0
        v[result, end] = min(value - loss, LARGEST) if end == 0 else max(value + loss, -LARGEST)
    if code != TANH and code != SINH and code != ARCTAN and code != LOG:
        v[result, 0] = max(v[result, 0], 1.0 if code == COSH else 0.0)
    return flags


def increasing(code: int, x: float) -> Any:
    """Value of an increasing function."""
    if code == EXP:
        return exp(x)
    if code == LOG:
        return log(x) if x > 0.0 else -inf
    if code == SQUARE_ROOT:
        return sqrt(x)
    if code == TANH:
        return tanh(x)
    if code == SINH:
        return sinh(x)
    if code == COSH:
        return cosh(x)
    if code == ARCTAN:
        return arctan(x)
    if code == SIGMOID:
        return 1.0 / (1.0 + exp(-x))
    return max(x, 0.0) + log1p(exp(-abs(x)))


def power_of(v: FloatArray, a: int, b: int, result: int) -> int:
    """A power by any interval, where its base is not negative."""
    low, high, flags = v[a, 0], v[a, 1], 0
    if low < 0.0:
        flags = BROKEN
        low, high = 0.0, max(high, 0.0)
    if v[a, 1] < 0.0 or (low == 0.0 and v[b, 0] <= 0.0):  # a whole power of a negative number, or no bound at zero
        v[result, 0], v[result, 1] = -inf, inf
        return BROKEN
    bottom, top = inf, 0.0
    for end in range(4):
        value = (low if end % 2 == 0 else high) ** v[b, end // 2]
        bottom, top = min(bottom, value), max(top, value)
    v[result, 0], v[result, 1] = min(bottom * (1.0 - LOOSER), LARGEST), top * (1.0 + LOOSER)
    if flags == BROKEN and floor(v[b, 1]) >= v[b, 0]:  # the exponent may be whole, and then negative bases have values
        v[result, 0], v[result, 1] = -inf, inf
    return flags


def bent(v: FloatArray, code: int, a: int, b: int, result: int) -> int:
    """Functions with a kink or a jump."""
    low, high = v[a, 0], v[a, 1]
    if code == MAXIMUM:
        v[result, 0], v[result, 1] = max(low, v[b, 0]), max(high, v[b, 1])
    elif code == MINIMUM:
        v[result, 0], v[result, 1] = min(low, v[b, 0]), min(high, v[b, 1])
    elif code == ABSOLUTE:
        v[result, 0] = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
        v[result, 1] = max(abs(low), abs(high))
    else:
        bottom = -1.0 if code == SIGN else 0.0
        v[result, 0] = 1.0 if low > 0.0 else bottom
        v[result, 1] = bottom if high < 0.0 else 1.0
        return BROKEN if low <= 0.0 <= high else 0
    return 0


def circular(v: FloatArray, code: int, a: int, result: int) -> int:
    """Sine, cosine and tangent."""
    low, high = v[a, 0], v[a, 1]
    if code == TAN:
        if not (-1e15 < low <= high < 1e15) or floor((high + 1e-9) / pi + 0.5) != floor((low - 1e-9) / pi + 0.5):
            v[result, 0], v[result, 1] = -inf, inf
            return BROKEN
        for end in range(2):
            value = tan(v[a, end])
            v[result, end] = value + (LOOSER if end == 1 else -LOOSER) * (1.0 + abs(value))
        return 0
    top = 0.0 if code == COS else 0.5 * pi  # where the function is one
    if not (-1e6 < low <= high < 1e6):
        v[result, 0], v[result, 1] = -1.0, 1.0
        return 0
    bottom, height = 1.0, -1.0
    for end in range(2):
        value = cos(v[a, end]) if code == COS else sin(v[a, end])
        bottom, height = min(bottom, value), max(height, value)
    has_top = floor((high - top + 1e-9) / (2.0 * pi)) != floor((low - top - 1e-9) / (2.0 * pi))
    has_bottom = floor((high - top - pi + 1e-9) / (2.0 * pi)) != floor((low - top - pi - 1e-9) / (2.0 * pi))
    v[result, 0] = -1.0 if has_bottom else max(-1.0, bottom - LOOSE)
    v[result, 1] = 1.0 if has_top else min(1.0, height + LOOSE)
    return 0


def hill_of(v: FloatArray, operation: IntArray, result: int) -> None:
    """hill(u, h, m) or its derivative in u, for h > 0 and m > 0; everything elsewhere."""
    u, h, m = operation[1], operation[2], operation[3]
    if not (v[h, 0] > 0.0 and v[m, 0] > 0.0):
        v[result, 0], v[result, 1] = -inf, inf
    elif v[u, 1] <= 0.0 and not (operation[0] == HILL1 and v[u, 1] == 0.0):
        v[result, 0], v[result, 1] = 0.0, 0.0
    elif operation[0] == HILL0:
        bottom, top = 1.0, 0.0
        for end in range(2 if v[m, 0] == v[m, 1] else 4):  # increasing in u, decreasing in h, and in m either
            value = hill_value(v[u, end % 2], v[h, 1 - end % 2], v[m, end // 2])
            bottom, top = min(bottom, value), max(top, value)
        v[result, 0], v[result, 1] = bottom * (1.0 - LOOSER), min(1.0, top * (1.0 + LOOSER))
    else:
        hill_slope(v, u, h, m, result)


def hill_slope(v: FloatArray, u: int, h: int, m: int, result: int) -> None:
    """Derivative of hill, whose one peak lies where (u/h)^m = (m − 1)/(m + 1) if m > 1."""
    low, high, half, steepness = v[u, 0], v[u, 1], v[h, 0], v[m, 0]
    if v[h, 1] > half or v[m, 1] > steepness:
        at_onset = v[m, 1] / half if steepness >= 1.0 else inf  # below h it is at most m/h, above at most m/(4u)
        v[result, 0], v[result, 1] = 0.0, up(min(at_onset, v[m, 1] / (4.0 * low) if low > 0.0 else inf))
        return
    onset = 0.0 if steepness > 1.0 else 1.0 / half if steepness == 1.0 else inf  # from above, at u = 0
    peak = half * ((steepness - 1.0) / (steepness + 1.0)) ** (1.0 / steepness) if steepness > 1.0 else low
    holds_peak = low <= peak * (1.0 + LOOSER) and high >= peak * (1.0 - LOOSER)
    bottom, top = 0.0 if low <= 0.0 else inf, 0.0
    for end in range(3 if holds_peak else 2 if low < high else 1):
        at = low if end == 0 else high if end == 1 else peak
        value = onset
        if at > 0.0:
            value = hill_slope_at(at, half, steepness)
        bottom, top = min(bottom, value), max(top, value)
    v[result, 0], v[result, 1] = bottom * (1.0 - LOOSER), top * (1.0 + LOOSER)


def hill_value(u: float, h: float, m: float) -> Any:
    """Value of hill."""
    return 0.0 if u <= 0.0 else 1.0 / (1.0 + raised(h / u, m))


def hill_slope_at(u: float, h: float, m: float) -> Any:
    """Derivative of hill at u > 0: m r/(u (1 + r)²) with r the power of the smaller over the larger, which cannot overflow."""
    part = raised(u / h if u < h else h / u, m)
    return m * part / u / ((1.0 + part) * (1.0 + part))


def raised(x: float, m: float) -> Any:
    """x^m, at once for the exponent that most models have."""
    if m == 2.0:
        return x * x
    return x**m
