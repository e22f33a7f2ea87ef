"""Arrays of intervals: what a sum, a product or a quotient may be, of many boxes at once.

Arithmetic is that of doubles, each result moved outwards by more than its rounding, products below `TINY` by that much; zero is exact.
What is not known is not a number, with which every comparison fails.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING = 2.0**-51  # of a result: more than half a unit in the last place, and the rounding of the move itself
TINY = 1e-290  # products below this may have lost digits to underflow


class Intervals:
    """Closed intervals [low, high], elementwise over arrays of one shape; not a number where nothing is known."""

    __slots__ = ("high", "low")

    def __init__(self, low: Any, high: Any) -> None:
        self.low: Floats = np.asarray(low, dtype=np.float64)
        self.high: Floats = np.asarray(high, dtype=np.float64)

    def __neg__(self) -> Intervals:
        """−z."""
        return Intervals(-self.high, -self.low)

    def __add__(self, other: Any) -> Intervals:
        """Sum."""
        other = arb(other)
        return outwards(self.low + other.low, self.high + other.high, ROUNDING)

    def __sub__(self, other: Any) -> Intervals:
        """Difference."""
        other = arb(other)
        return outwards(self.low - other.high, self.high - other.low, ROUNDING)

    def __mul__(self, other: Any) -> Intervals:
        """Product."""
        other = arb(other)
        if other.low.ndim == 0 and self.low.ndim > 0:
            return _scaled(self, float(other.low), float(other.high))
        if self.low.ndim == 0 and other.low.ndim > 0:
            return _scaled(other, float(self.low), float(self.high))
        first, second = self.low * other.low, self.low * other.high
        third, fourth = self.high * other.low, self.high * other.high
        low = np.minimum(np.minimum(first, second), np.minimum(third, fourth))
        high = np.maximum(np.maximum(first, second), np.maximum(third, fourth))
        found = outwards(low, high, ROUNDING)
        return _beyond_underflow(found, self, other) if _has_tiny(low, high) else found

    def __truediv__(self, other: Any) -> Intervals:
        """Quotient, not a number where the divisor may be zero."""
        return self * _inverse(arb(other))

    def __radd__(self, other: Any) -> Intervals:
        """Sum with a number before."""
        return arb(other) + self

    def __rsub__(self, other: Any) -> Intervals:
        """Difference from a number."""
        return arb(other) - self

    def __rmul__(self, other: Any) -> Intervals:
        """Product with a number before."""
        return arb(other) * self

    def __rtruediv__(self, other: Any) -> Intervals:
        """Quotient of a number."""
        return arb(other) / self


def arb(number: Any) -> Intervals:
    """Intervals as they are, a number as the narrowest that is known to hold it."""
    if isinstance(number, Intervals):
        return number
    value = float(number)
    if isinstance(number, int) and abs(number) > 2**53:
        return outwards(np.asarray(value), np.asarray(value), ROUNDING)
    return Intervals(value, value)


def outwards(low: Floats, high: Floats, share: float) -> Intervals:
    """The interval, each end moved outwards by a share of itself; zero is exact."""
    return Intervals(low - share * np.abs(low), high + share * np.abs(high))


def hull(first: Intervals, second: Intervals) -> Intervals:
    """The smallest interval that holds both."""
    return Intervals(np.minimum(first.low, second.low), np.maximum(first.high, second.high))


def _scaled(z: Intervals, least: float, most: float) -> Intervals:
    """Product with one number that lies between two."""
    if least < 0.0 <= most:
        return z * Intervals(np.full(z.low.shape, least), np.full(z.low.shape, most))
    if most < 0.0:
        return _scaled(-z, -most, -least)
    if least == most == 0.0:
        zero = 0.0 * (z.low + z.high)  # not a number where nothing is known
        return Intervals(zero, zero)
    if least == most:
        low, high = least * z.low, least * z.high
    else:
        low, high = np.minimum(least * z.low, most * z.low), np.maximum(least * z.high, most * z.high)
    found = outwards(low, high, ROUNDING)
    return _beyond_underflow(found, z, Intervals(least, most)) if _has_tiny(low, high) else found


def _has_tiny(low: Floats, high: Floats) -> bool:
    return bool((np.abs(low) < TINY).any() or (np.abs(high) < TINY).any())


def _beyond_underflow(product: Intervals, first: Intervals, second: Intervals) -> Intervals:
    """A product, moved outwards where it is so small that digits were lost, but not where a factor is zero."""
    is_zero = ((first.low == 0) & (first.high == 0)) | ((second.low == 0) & (second.high == 0))
    is_same_sign = ((first.low >= 0) | (first.high <= 0)) & ((second.low >= 0) | (second.high <= 0))
    upwards = is_same_sign & ((first.low >= 0) == (second.low >= 0))
    downwards = is_same_sign & ~upwards
    low = np.where(np.abs(product.low) < TINY, np.where(is_zero | upwards, 0.0, -TINY), product.low)
    high = np.where(np.abs(product.high) < TINY, np.where(is_zero | downwards, 0.0, TINY), product.high)
    return Intervals(low, high)


def _inverse(z: Intervals) -> Intervals:
    """1/z, not a number where z may be zero."""
    has_zero = ~((z.low > 0) | (z.high < 0))
    found = outwards(1 / np.where(has_zero, np.nan, z.high), 1 / np.where(has_zero, np.nan, z.low), ROUNDING)
    if not _has_tiny(found.low, found.high):
        return found
    low = np.where(np.abs(found.low) < TINY, np.where(z.low > 0, 0.0, -TINY), found.low)
    return Intervals(low, np.where(np.abs(found.high) < TINY, np.where(z.low > 0, TINY, 0.0), found.high))
