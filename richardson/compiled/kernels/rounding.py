"""Outward rounding of the ends of intervals. Underflow is left aside."""

from __future__ import annotations

BROKEN, NOWHERE = 1, 2  # of a function on an interval: undefined or with a jump in a part; undefined everywhere
MORE, LESS = 1.0 + 2.0**-52, 1.0 - 2.0**-52  # a unit in the last place or two: twice what an operation of arithmetic may lose

LARGEST = 1.7976931348623157e308  # a float: so that no end of an interval ever is the wrong infinity


def up(x: float) -> float:
    """A number above ``x`` by more than its rounding; zero stays zero, and what is too small for a float is above the least one."""
    return max(x * MORE if x > 0.0 else x * LESS, -LARGEST)


def down(x: float) -> float:
    """A number below ``x`` by more than its rounding; zero stays zero, and what is too large for a float is below infinity."""
    return min(x * LESS if x > 0.0 else x * MORE, LARGEST)


def times(a: float, b: float) -> float:
    """Product of ends, zero times infinity being zero: an infinite end is a bound, not a value."""
    return 0.0 if a == 0.0 or b == 0.0 else a * b
