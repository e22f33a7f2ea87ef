"""What is recorded of a run while it goes on: smallest values, first crossings of zero, last values of expressions.

A second buffer of rows holds, for each record, value and slope (its derivative along the run) at the end of a step, both at its
start, and the best so far. A step is searched where a slope or a value changes sign in it, by Ridders's method [1]_ on the
step's polynomial, all lanes at once.

References
----------
.. [1] C. F. J. Ridders (1979), A new algorithm for computing a single root of a real continuous function, IEEE Transactions on
   Circuits and Systems 26, 979–980 (from memory).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import isnan, nan, sqrt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.layout import ACCEPTED, COMMON, LANES, LIVE, POINT, STEP, TIME, size_of
from richardson.compiled.kernels.scheme import COEFFICIENTS, DEGREE, ROWS

MINIMUM, LAST, CROSSING, RISING, FALLING = 0, 1, 2, 3, 4  # kinds of records
VALUE, SLOPE, OLD_VALUE, OLD_SLOPE, BEST, KINDS_OF_ROWS = 0, 1, 2, 3, 4, 5  # rows of each record, and how many
SHARE, LEFT, RIGHT, AT_LEFT, AT_RIGHT, AT_MIDDLE, LAST_SHARE, WANTED, SEARCH = 0, 1, 2, 3, 4, 5, 6, 7, 8  # rows of a search, and how many
TRIES = 50  # five or so for what is smooth; each at least halves the bracket
CLOSE = 1e-14  # share of a step within which a root is known


def record_room(dimension: int, records: int) -> int:
    """How many floats recording works in: rows of the records, of those that wait, of a search, and of the step's end."""
    return LANES * (2 * KINDS_OF_ROWS * records + SEARCH + 2 * size_of(dimension) + 1)


def first_values(values: Any, region: FloatArray, v: FloatArray, kinds: IntArray) -> None:
    """Values and slopes of members that wait, from which they set out."""
    count = kinds.size
    values(region, v)
    for j in range(count):
        for lane in range(LANES):
            now = v[(VALUE * count + j) * LANES + lane]
            v[(OLD_VALUE * count + j) * LANES + lane] = now
            v[(OLD_SLOPE * count + j) * LANES + lane] = v[(SLOPE * count + j) * LANES + lane]
            v[(BEST * count + j) * LANES + lane] = now if kinds[j] <= LAST else nan


def enter_records(source: FloatArray, column: int, v: FloatArray, lane: int, count: int) -> None:
    """Copy the records of one member from those that wait to a lane."""
    for row in range(OLD_VALUE * count, KINDS_OF_ROWS * count):
        v[row * LANES + lane] = source[row * LANES + column]


def observe(
    rates: Any, values: Any, b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int, kinds: IntArray
) -> None:
    """Take every lane's accepted step into its records, up to the share ``until`` of it."""
    d, count = size_of(dimension), kinds.size
    kept = SEARCH * LANES
    keep(b, search, d, kept)
    for lane in range(LANES):
        search[SHARE * LANES + lane] = until[lane]
    look_at(rates, values, b, v, search, d)
    for j in range(count):
        if kinds[j] >= CROSSING:
            find_crossing(rates, values, b, v, search, until, d, kinds, j)
        elif kinds[j] == MINIMUM:
            find_minimum(rates, values, b, v, search, until, d, count, j)
    for lane in range(LANES):
        search[SHARE * LANES + lane] = until[lane]
    look_at(rates, values, b, v, search, d)
    for j in range(count):
        for lane in range(LANES):
            now, best = v[(VALUE * count + j) * LANES + lane], v[(BEST * count + j) * LANES + lane]
            is_moving = is_accepted(b, d, lane)
            if is_moving and (kinds[j] == LAST or (kinds[j] == MINIMUM and now < best)):
                v[(BEST * count + j) * LANES + lane] = now
            v[(OLD_VALUE * count + j) * LANES + lane] = now if is_moving else v[(OLD_VALUE * count + j) * LANES + lane]
            slope = v[(SLOPE * count + j) * LANES + lane]
            v[(OLD_SLOPE * count + j) * LANES + lane] = slope if is_moving else v[(OLD_SLOPE * count + j) * LANES + lane]
    restore(b, search, d, kept)
    last_values(values, b, v, until, d, kinds)


def last_values(values: Any, b: FloatArray, v: FloatArray, until: FloatArray, dimension: int, kinds: IntArray) -> None:
    """Values at the very end of whole steps, which for a lane that has settled is its equilibrium."""
    d, count = size_of(dimension), kinds.size
    base = (d * ROWS + COMMON) * LANES
    values(b[base:], v)
    for j in range(count):
        for lane in range(LANES):
            if kinds[j] == LAST and until[lane] == 1.0 and is_accepted(b, d, lane):
                v[(BEST * count + j) * LANES + lane] = v[(VALUE * count + j) * LANES + lane]


def find_minimum(
    rates: Any,
    values: Any,
    b: FloatArray,
    v: FloatArray,
    search: FloatArray,
    until: FloatArray,
    dimension: int,
    count: int,
    j: int,
) -> None:
    """Look for a turning point in the lanes whose record falls at the start of the step and rises at its end."""
    wanted = 0
    for lane in range(LANES):
        before, after = v[(OLD_SLOPE * count + j) * LANES + lane], v[(SLOPE * count + j) * LANES + lane]
        wanted += bracket(search, lane, is_accepted(b, dimension, lane) and before < 0.0 < after, 0.0, until[lane], before, after)
    if wanted > 0:
        find_roots(rates, values, b, v, search, dimension, (SLOPE * count + j) * LANES)
        for lane in range(LANES):
            o = (BEST * count + j) * LANES + lane
            if search[WANTED * LANES + lane] > 0.0:
                v[o] = min(v[o], v[(VALUE * count + j) * LANES + lane])
        back_to_end(rates, values, b, v, search, until, dimension)


def find_crossing(
    rates: Any,
    values: Any,
    b: FloatArray,
    v: FloatArray,
    search: FloatArray,
    until: FloatArray,
    dimension: int,
    kinds: IntArray,
    j: int,
) -> None:
    """Look for the first crossing of zero in the lanes that have none yet; two in one step show themselves by a turning point."""
    d, count = size_of(dimension), kinds.size
    value, slope = (VALUE * count + j) * LANES, (SLOPE * count + j) * LANES
    wanted = 0
    for lane in range(LANES):
        old, now = v[(OLD_VALUE * count + j) * LANES + lane], v[value + lane]
        turns = v[(OLD_SLOPE * count + j) * LANES + lane] * old < 0.0 and v[slope + lane] * now > 0.0 and old * now > 0.0
        is_open = is_accepted(b, d, lane) and v[(BEST * count + j) * LANES + lane] != v[(BEST * count + j) * LANES + lane]
        old_slope = v[(OLD_SLOPE * count + j) * LANES + lane]
        wanted += bracket(search, lane, is_open and turns, 0.0, until[lane], old_slope, v[slope + lane])
    if wanted > 0:
        find_roots(rates, values, b, v, search, d, slope)
        for lane in range(LANES):
            if not search[WANTED * LANES + lane] > 0.0:
                search[SHARE * LANES + lane] = until[lane]
        look_at(rates, values, b, v, search, d)
    found = 0
    for lane in range(LANES):
        old, middle, share = v[(OLD_VALUE * count + j) * LANES + lane], v[value + lane], search[SHARE * LANES + lane]
        is_turning = wanted > 0 and search[WANTED * LANES + lane] > 0.0
        is_open = is_accepted(b, d, lane) and v[(BEST * count + j) * LANES + lane] != v[(BEST * count + j) * LANES + lane]
        crosses = is_open and old != 0.0 and old * middle <= 0.0
        rises = old < 0.0
        is_asked = kinds[j] == CROSSING or (kinds[j] == RISING) == rises
        if crosses and is_turning and not is_asked:  # the way back is what is asked for
            found += bracket(search, lane, True, share, until[lane], middle, old)
        else:
            found += bracket(search, lane, crosses and is_asked, 0.0, share if is_turning else until[lane], old, middle)
    if found > 0:
        find_roots(rates, values, b, v, search, d, value)
        for lane in range(LANES):
            o = d * ROWS * LANES + lane
            if search[WANTED * LANES + lane] > 0.0:
                v[(BEST * count + j) * LANES + lane] = b[o + TIME * LANES] + search[SHARE * LANES + lane] * b[o + STEP * LANES]
    if wanted + found > 0:
        back_to_end(rates, values, b, v, search, until, d)


def bracket(search: FloatArray, lane: int, is_wanted: bool, low: float, high: float, at_left: float, at_right: float) -> int:
    """Set out to look for a root between two shares of a lane's step, or not; 1 or 0."""
    search[WANTED * LANES + lane] = 1.0 if is_wanted else 0.0
    search[LEFT * LANES + lane], search[RIGHT * LANES + lane] = low, high
    search[AT_LEFT * LANES + lane], search[AT_RIGHT * LANES + lane] = at_left, at_right
    return 1 if is_wanted else 0


def find_roots(rates: Any, values: Any, b: FloatArray, v: FloatArray, search: FloatArray, dimension: int, row: int) -> None:
    """Close every wanted lane's bracket on a root of what stands in a row of ``v``; shares, values and slopes are left there."""
    for lane in range(LANES):
        search[LAST_SHARE * LANES + lane] = -1.0
    for _ in range(TRIES):
        for lane in range(LANES):
            search[SHARE * LANES + lane] = 0.5 * (search[LEFT * LANES + lane] + search[RIGHT * LANES + lane])
        look_at(rates, values, b, v, search, dimension)
        for lane in range(LANES):
            search[AT_MIDDLE * LANES + lane] = v[row + lane]
            search[SHARE * LANES + lane] = better_share(search, lane)
        look_at(rates, values, b, v, search, dimension)
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


def back_to_end(rates: Any, values: Any, b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int) -> None:
    """Values and slopes at the end of the step again, for the next record."""
    for lane in range(LANES):
        search[SHARE * LANES + lane] = until[lane]
    look_at(rates, values, b, v, search, dimension)


def look_at(rates: Any, values: Any, b: FloatArray, v: FloatArray, search: FloatArray, dimension: int) -> None:
    """Rates, values and slopes of every lane at its own share of the step."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    region = b[base:]
    for i in range(d):
        o = i * ROWS * LANES
        for lane in range(LANES):
            share = search[SHARE * LANES + lane]
            value = b[o + (COEFFICIENTS + DEGREE - 1) * LANES + lane]
            for place in range(DEGREE - 1, 0, -1):
                value = b[o + (COEFFICIENTS + place - 1) * LANES + lane] + (1.0 - share if place % 2 == 1 else share) * value
            b[base + (1 + i) * LANES + lane] = b[o + POINT * LANES + lane] + share * value
    for lane in range(LANES):
        b[base + lane] = b[common + TIME * LANES + lane] + search[SHARE * LANES + lane] * b[common + STEP * LANES + lane]
    rates(region)
    values(region, v)


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
