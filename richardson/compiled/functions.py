"""The functions that generated modules call, on single float64 numbers.

Plain Python on numpy scalars, so that they run the same with and without numba.
"""

from numba import njit
from numpy import exp, log, log1p

compiled = njit(error_model="numpy", nogil=True)


@compiled
def heaviside(z: float) -> float:
    """Step function, ½ at zero."""
    if z > 0.0:
        return 1.0
    if z < 0.0:
        return 0.0
    return 0.5 + 0.0 * z  # NaN stays NaN


@compiled
def sigmoid(z: float) -> float:
    """1/(1 + e^−z), without overflow for either sign."""
    small: float = exp(-abs(z))
    return 1.0 / (1.0 + small) if z >= 0.0 else small / (1.0 + small)


@compiled
def softplus(z: float) -> float:
    """ln(1 + e^z), without overflow."""
    positive: float = z if z > 0.0 else 0.0
    remainder: float = log1p(exp(-abs(z)))
    return positive + remainder


@compiled
def hill0(u: float, h: float, m: float) -> float:
    """max(u, 0)^m / (h^m + max(u, 0)^m), without overflow."""
    if u <= 0.0:
        return 0.0
    if u > h:
        return 1.0 / (1.0 + float((h / u) ** m))
    ratio = float((u / h) ** m)
    return ratio / (1.0 + ratio)


@compiled
def hill_spread(u: float, h: float, m: float) -> float:
    """H(1 − H) without cancellation, for u > 0."""
    ratio = float((h / u) ** m) if u > h else float((u / h) ** m)
    return ratio / ((1.0 + ratio) * (1.0 + ratio))


@compiled
def hill1(u: float, h: float, m: float) -> float:
    """First derivative in u; from u H' = m H(1 − H)."""
    if u <= 0.0:
        return 0.0
    return m * hill_spread(u, h, m) / u


@compiled
def hill2(u: float, h: float, m: float) -> float:
    """Second derivative in u."""
    if u <= 0.0:
        return 0.0
    calm = 1.0 - 2.0 * hill0(u, h, m)
    return m * hill_spread(u, h, m) * (m * calm - 1.0) / (u * u)


@compiled
def hill3(u: float, h: float, m: float) -> float:
    """Third derivative in u."""
    if u <= 0.0:
        return 0.0
    whole = hill0(u, h, m)
    bracket = m * m * (1.0 - 6.0 * whole + 6.0 * whole * whole) - 3.0 * m * (1.0 - 2.0 * whole) + 2.0
    return m * hill_spread(u, h, m) * bracket / (u * u * u)


@compiled
def positive_log0(u: float) -> float:
    """Logarithm where u > 0, else zero."""
    if u <= 0.0:
        return 0.0
    value: float = log(u)
    return value


@compiled
def positive_log1(u: float) -> float:
    """First derivative of `positive_log0`."""
    return 1.0 / u if u > 0.0 else 0.0


@compiled
def positive_log2(u: float) -> float:
    """Second derivative of `positive_log0`."""
    return -1.0 / (u * u) if u > 0.0 else 0.0
