"""Values of records anywhere within steps, and the places where they or their slopes are zero, all lanes at once.

Roots are closed in on by Ridders's method [1]_.

References
----------
.. [1] C. F. J. Ridders (1979), A new algorithm for computing a single root of a real continuous function, IEEE Transactions on
   Circuits and Systems 26, 979–980 (from memory).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import isnan, sqrt

from richardson.arrays import FloatArray
from richardson.compiled.kernels.layout import ACCEPTED, COMMON, LANES, LIVE, POINT, STEP, TIME, size_of
from richardson.compiled.kernels.scheme import COEFFICIENTS, DEGREE, ROWS

SHARE, LEFT, RIGHT, AT_LEFT, AT_RIGHT, AT_MIDDLE, LAST_SHARE, WANTED = 0, 1, 2, 3, 4, 5, 6, 7  # rows of a search for roots
BEGINNING, SPAN, FROM, WIDTH, WIDEST = 8, 9, 10, 11, 12  # rows of the piece that is looked at: where in the step, before it is cut short
LENGTH, RESOLVED, ROUGH, SEARCH = 13, 14, 15, 16  # and how many rows in all
TRIES = 50  # five or so for what is smooth; each at least halves the bracket
CLOSE = 1e-14  # share of a step within which a root is known


def bracket(search: FloatArray, lane: int, is_wanted: bool, low: float, high: float, at_left: float, at_right: float) -> int:
    """Set out to look for a root between two shares of a lane's step, or not; 1 or 0."""
    search[WANTED * LANES + lane] = 1.0 if is_wanted else 0.0
    search[LEFT * LANES + lane], search[RIGHT * LANES + lane] = low, high
    search[AT_LEFT * LANES + lane], search[AT_RIGHT * LANES + lane] = at_left, at_right
    return 1 if is_wanted else 0


def find_roots(values: Any, b: FloatArray, v: FloatArray, search: FloatArray, dimension: int, row: int) -> None:
    """Close every wanted lane's bracket on a root of what stands in a row of ``v``; shares, values and slopes are left there."""
    for lane in range(LANES):
        search[LAST_SHARE * LANES + lane] = -1.0
    for _ in range(TRIES):
        for is_better in (False, True):
            for lane in range(LANES):
                if search[WANTED * LANES + lane] == 0.0:
                    continue
                middle = 0.5 * (search[LEFT * LANES + lane] + search[RIGHT * LANES + lane])
                search[AT_MIDDLE * LANES + lane] = v[row + lane]
                search[SHARE * LANES + lane] = better_share(search, lane) if is_better else middle
            look_at(values, b, v, search, dimension)
        widest = 0.0
        for lane in range(LANES):
            if search[WANTED * LANES + lane] > 0.0:
                widest = max(widest, narrow(search, lane, v[row + lane]))
        if widest <= CLOSE:
            break


def better_share(search: FloatArray, lane: int) -> float:
    """The root of the exponential through the ends and the middle of a bracket; the middle where there is none."""
    low, high = search[LEFT * LANES + lane], search[RIGHT * LANES + lane]
    at_left, at_right, at_middle = search[AT_LEFT * LANES + lane], search[AT_RIGHT * LANES + lane], search[AT_MIDDLE * LANES + lane]
    middle, square = 0.5 * (low + high), at_middle * at_middle - at_left * at_right
    if not square > 0.0:
        return float(middle)
    side = 1.0 if at_left > at_right else -1.0
    return float(middle + (middle - low) * side * at_middle / sqrt(square))


def narrow(search: FloatArray, lane: int, value: float) -> float:
    """Put the new share, and the middle, in the place of the ends that have their signs; how far the share has moved since the last."""
    low, high, share = search[LEFT * LANES + lane], search[RIGHT * LANES + lane], search[SHARE * LANES + lane]
    middle, at_middle = 0.5 * (low + high), search[AT_MIDDLE * LANES + lane]
    moved = abs(share - search[LAST_SHARE * LANES + lane])
    search[LAST_SHARE * LANES + lane] = share
    if value == 0.0 or isnan(value):
        search[LEFT * LANES + lane], search[RIGHT * LANES + lane] = share, share
        search[AT_LEFT * LANES + lane], search[AT_RIGHT * LANES + lane] = value, value
        return 0.0
    for place, at_place in ((middle, at_middle), (share, value)):
        if search[LEFT * LANES + lane] <= place <= search[RIGHT * LANES + lane]:
            if at_place * search[AT_LEFT * LANES + lane] > 0.0:
                search[LEFT * LANES + lane], search[AT_LEFT * LANES + lane] = place, at_place
            else:
                search[RIGHT * LANES + lane], search[AT_RIGHT * LANES + lane] = place, at_place
    distance = min(moved, search[RIGHT * LANES + lane] - search[LEFT * LANES + lane])
    if distance <= CLOSE:  # stand still from now on, however long the other lanes take
        search[LEFT * LANES + lane] = search[RIGHT * LANES + lane] = share
        search[AT_LEFT * LANES + lane] = search[AT_RIGHT * LANES + lane] = value
    return float(distance)


def look_at(values: Any, b: FloatArray, v: FloatArray, search: FloatArray, dimension: int) -> None:
    """Values and slopes of every lane at its own share of the step, both of the step's polynomial, so that they agree."""
    place_at(b, search[SHARE * LANES :], dimension, 0.0)
    values(b[(size_of(dimension) * ROWS + COMMON) * LANES :], v)


def place_at(b: FloatArray, part: FloatArray, dimension: int, check: float) -> None:
    """Time, states and their slopes of every lane at its own share of the step: where a part begins, and so much of its width."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for lane in range(LANES):
        share, step = part[lane] + check * part[LANES + lane], b[common + STEP * LANES + lane]
        inverse = 1.0 / (step if step > 0.0 else 1.0)
        b[base + lane] = b[common + TIME * LANES + lane] + share * step
        for i in range(d):
            o = i * ROWS * LANES + lane
            value, change = b[o + (COEFFICIENTS + DEGREE - 1) * LANES], 0.0
            for place in range(DEGREE - 1, 0, -1):
                factor = 1.0 - share if place % 2 == 1 else share
                change = factor * change + (-value if place % 2 == 1 else value)
                value = b[o + (COEFFICIENTS + place - 1) * LANES] + factor * value
            b[base + (1 + i) * LANES + lane] = b[o + POINT * LANES] + share * value
            b[base + (1 + d + i) * LANES + lane] = (value + share * change) * inverse


def is_accepted(b: FloatArray, dimension: int, lane: int) -> bool:
    """Whether a lane is at work and has made a step."""
    o = size_of(dimension) * ROWS * LANES + lane
    return bool(b[o + ACCEPTED * LANES] > 0.0 and b[o + LIVE * LANES] > 0.0)


def keep(b: FloatArray, search: FloatArray, dimension: int, place: int) -> None:
    """Set time, states and rates at the end of the step aside."""
    d = size_of(dimension)
    base = (d * ROWS + COMMON) * LANES
    for o in range((1 + 2 * d) * LANES):
        search[place + o] = b[base + o]


def restore(b: FloatArray, search: FloatArray, dimension: int, place: int) -> None:
    """Put them back."""
    d = size_of(dimension)
    base = (d * ROWS + COMMON) * LANES
    for o in range((1 + 2 * d) * LANES):
        b[base + o] = search[place + o]
