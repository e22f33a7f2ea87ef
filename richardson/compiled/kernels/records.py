"""What is recorded of a run while it goes on: smallest values, first crossings of zero, last values of expressions.

A second buffer of rows holds, for each record, value and slope (its derivative along the run) where it is looked at, at the start and
at the end of a piece of the step, what is not known of it, and the best so far. A piece is halved until the cubic through its ends
agrees with the record in between and turns at most once on the way, as far as the run's tolerances let it be known; a zero of its
slope or value is then shown by a change of sign between the ends, and looked for on the step's polynomial (`kernels.search`).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import floor, inf, isnan, nan, sqrt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.layout import COMMON, DETAIL, LANES, RELATIVE, STEP, TIME, size_of
from richardson.compiled.kernels.scheme import ROWS
from richardson.compiled.kernels.search import (
    FROM,
    RESOLVED,
    ROUGH,
    SEARCH,
    SHARE,
    WANTED,
    WIDEST,
    WIDTH,
    bracket,
    find_roots,
    is_accepted,
    keep,
    place_at,
    restore,
)

MINIMUM, LAST, CROSSING, RISING, FALLING = 0, 1, 2, 3, 4  # kinds of records
VALUE, SLOPE, NEW_VALUE, NEW_SLOPE, WITHIN, GAP, NOISE = 0, 1, 2, 3, 4, 5, 6  # rows of each record that belong to a piece
OLD_VALUE, OLD_SLOPE, LAST_SIDE, BEST, KINDS_OF_ROWS = 7, 8, 9, 10, 11  # those that belong to a member, and how many in all
CHECKS = (1.0, 0.3127, 0.3127, 0.7234, 0.7234)  # where a piece is looked at: its end, and within, at no shares that a period could have
FIRST_WIDTH = 0.25  # of a step: a piece at the most, so that what is short has a dozen looks
SMALLEST = 1.0 / 4096.0  # of a step: a kink or jump is bracketed within it
ROUGH_SHARE = 0.02  # of what changes in a piece: a gap beyond it hides more than one turning point
ROUGHEST = 64.0  # more such pieces of the smallest width in one step are not isolated kinks
MARGIN_SHARE = 0.125  # of what parts a piece from zero or from the best so far: a gap below it cannot matter
STRAYS = 4.0 / 27.0  # the most that a cubic strays from the line between its ends, of how far its slopes there do
NO_GAIN = 0.1  # of what is not known: a turning point that betters an extreme by less is not looked for, as where a run has come to rest
ROUNDING = 1e-12  # relative gap that is no disagreement
MOMENT = 64 * 2.220446049250313e-16  # relative change of a time under which rounding shows itself


def first_values(values: Any, region: FloatArray, v: FloatArray, kinds: IntArray) -> None:
    """Values and slopes of members that wait, from which they set out."""
    count = kinds.size
    values(region, v)
    for j in range(count):
        for lane in range(LANES):
            now = v[(VALUE * count + j) * LANES + lane]
            v[(OLD_VALUE * count + j) * LANES + lane] = now
            v[(LAST_SIDE * count + j) * LANES + lane] = now
            v[(OLD_SLOPE * count + j) * LANES + lane] = v[(SLOPE * count + j) * LANES + lane]
            v[(BEST * count + j) * LANES + lane] = now if kinds[j] <= LAST else nan


def enter_records(source: FloatArray, column: int, v: FloatArray, lane: int, count: int) -> None:
    """Copy the records of one member from those that wait to a lane."""
    for row in range(OLD_VALUE * count, KINDS_OF_ROWS * count):
        v[row * LANES + lane] = source[row * LANES + column]


def observe(
    values: Any,
    b: FloatArray,
    v: FloatArray,
    search: FloatArray,
    until: FloatArray,
    dimension: int,
    absolute: FloatArray,
    settings: FloatArray,
    kinds: IntArray,
) -> None:
    """Take every lane's accepted step into its records, up to the share ``until`` of it."""
    d, count = size_of(dimension), kinds.size
    kept = SEARCH * LANES
    keep(b, search, d, kept)
    unseen = begin_pieces(b, search, until, d, settings)
    while unseen > 0:
        look_at_pieces(values, b, v, search, until, d, absolute, settings, count)
        judge_pieces(b, v, search, until, d, kinds)
        for j in range(count):
            if kinds[j] != LAST:
                search_piece(values, b, v, search, until, d, kinds, j)
        unseen = advance_pieces(v, search, kinds)
    restore(b, search, d, kept)
    values(b[(d * ROWS + COMMON) * LANES :], v)
    for j in range(count):
        for lane in range(LANES):
            if kinds[j] == LAST and until[lane] == 1.0 and is_accepted(b, d, lane):  # for a lane that has settled, at its equilibrium
                v[(BEST * count + j) * LANES + lane] = v[(VALUE * count + j) * LANES + lane]


def is_too_rough(search: FloatArray, lane: int) -> bool:
    """Whether a record changed too fast in the last step to be followed."""
    return bool(search[ROUGH * LANES + lane] > ROUGHEST)


def begin_pieces(b: FloatArray, search: FloatArray, until: FloatArray, dimension: int, settings: FloatArray) -> int:
    """Set every lane that has made a step before its first piece; how many there are."""
    o, count = size_of(dimension) * ROWS * LANES, 0
    for lane in range(LANES):
        is_moving = is_accepted(b, dimension, lane) and until[lane] > 0.0
        width, length = FIRST_WIDTH, until[lane] * b[o + STEP * LANES + lane]
        while width * length > settings[DETAIL] and width > SMALLEST:
            width *= 0.5
        search[FROM * LANES + lane] = 0.0 if is_moving else 1.0
        search[WIDEST * LANES + lane] = search[WIDTH * LANES + lane] = width
        search[ROUGH * LANES + lane] = 0.0
        count += 1 if is_moving else 0
    return count


def look_at_pieces(
    values: Any,
    b: FloatArray,
    v: FloatArray,
    search: FloatArray,
    until: FloatArray,
    dimension: int,
    absolute: FloatArray,
    settings: FloatArray,
    count: int,
) -> None:
    """Records at the ends of pieces, how far the cubics miss them within, and how much they change there as the states stray."""
    d, rows = size_of(dimension), count * LANES
    base = (d * ROWS + COMMON) * LANES
    for look in range(len(CHECKS)):
        check, strays = CHECKS[look], look > 0 and look % 2 == 0
        for lane in range(LANES):
            search[SHARE * LANES + lane] = until[lane] * (search[FROM * LANES + lane] + check * search[WIDTH * LANES + lane])
        place_at(b, search, d)
        if strays:
            stray(b, d, absolute, settings)
        values(b[base:], v)
        for o in range(rows):
            now = v[VALUE * rows + o]
            if look == 0:
                v[NEW_VALUE * rows + o], v[NEW_SLOPE * rows + o] = now, v[SLOPE * rows + o]
                v[GAP * rows + o], v[NOISE * rows + o] = 0.0, inf
            elif strays:
                v[NOISE * rows + o] = min(v[NOISE * rows + o], abs(now - v[WITHIN * rows + o]))
            else:
                lane = o % LANES
                length, rest = until[lane] * search[WIDTH * LANES + lane] * b[(d * ROWS + STEP) * LANES + lane], 1.0 - check
                old, rise = v[OLD_VALUE * rows + o], v[NEW_VALUE * rows + o] - v[OLD_VALUE * rows + o]
                first, last = length * v[OLD_SLOPE * rows + o] - rise, length * v[NEW_SLOPE * rows + o] - rise
                v[WITHIN * rows + o] = now
                v[GAP * rows + o] = max(v[GAP * rows + o], abs(old + check * (rise + rest * (first * rest - last * check)) - now))


def stray(b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> None:
    """Move states by about their tolerances, each by another share and neighbours against each other, and time by some roundings."""
    d = size_of(dimension)
    base = (d * ROWS + COMMON) * LANES
    for i in range(d):
        share = (0.5 + 0.618 * i % 1.0) * (1.0 if i % 2 == 0 else -1.0)
        for o in range(base + (1 + i) * LANES, base + (2 + i) * LANES):
            b[o] += share * (absolute[i] + settings[RELATIVE] * abs(b[o]))
    for o in range(base, base + LANES):
        b[o] *= 1.0 + MOMENT


def judge_pieces(b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int, kinds: IntArray) -> None:
    """Mark the pieces that are `RESOLVED`, or as narrow as they get; halve the others."""
    d = size_of(dimension)
    for lane in range(LANES):
        is_over, is_wide = search[FROM * LANES + lane] >= 1.0, search[WIDTH * LANES + lane] > SMALLEST
        length = until[lane] * search[WIDTH * LANES + lane] * b[(d * ROWS + STEP) * LANES + lane]
        worst = 0.0
        for j in range(kinds.size):
            if kinds[j] != LAST and not is_over:
                worst = max(worst, doubt(v, lane, kinds, j, length))
        search[RESOLVED * LANES + lane] = 0.0 if is_over or (is_wide and worst > 0.0) else 1.0
        search[ROUGH * LANES + lane] += 1.0 if not is_wide and worst > ROUGH_SHARE else 0.0
        search[WIDTH * LANES + lane] *= 0.5 if is_wide and worst > 0.0 else 1.0


def doubt(v: FloatArray, lane: int, kinds: IntArray, j: int, length: float) -> float:
    """How unlike its cubic a record may be in a piece, as a share of what changes; 0 if no more than what is not known or matters."""
    o, rows = j * LANES + lane, kinds.size * LANES
    old, new, best = v[OLD_VALUE * rows + o], v[NEW_VALUE * rows + o], v[BEST * rows + o]
    first, last, rise, gap = length * v[OLD_SLOPE * rows + o], length * v[NEW_SLOPE * rows + o], new - old, v[GAP * rows + o]
    change, unknown = abs(rise) + abs(first) + abs(last), v[NOISE * rows + o] + ROUNDING * max(abs(old), abs(new))
    lowest = min(old, new) - best if kinds[j] == MINIMUM else (min(abs(old), abs(new)) if old * new > 0.0 else 0.0)
    margin = lowest - STRAYS * (abs(first - rise) + abs(last - rise))
    if gap <= MARGIN_SHARE * margin or (kinds[j] != MINIMUM and not isnan(best)):
        return 0.0
    if gap > unknown:
        return float(gap / change) if change > 0.0 else 1.0
    if kinds[j] != MINIMUM and old == 0.0 and new != 0.0:  # a crossing that waits: on which side it goes on is seen near by
        return 0.5 * ROUGH_SHARE
    square, linear = 3.0 * (first + last - 2.0 * rise), 6.0 * rise - 4.0 * first - 2.0 * last  # of the cubic's slope
    if not (first * last >= 0.0 and 0.0 < -linear * square < 2.0 * square * square):
        return 0.0
    extreme = first - 0.25 * linear * linear / square
    turns_twice = extreme * (first + last) < 0.0 and 4.0 / 3.0 * abs(extreme) * sqrt(abs(extreme / square)) > unknown
    return 0.5 * ROUGH_SHARE if turns_twice else 0.0


def search_piece(
    values: Any, b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int, kinds: IntArray, j: int
) -> None:
    """Look for a smallest value, or a first crossing, in the lanes whose piece is resolved."""
    d, count, wanted = size_of(dimension), kinds.size, 0
    value, slope = (VALUE * count + j) * LANES, (SLOPE * count + j) * LANES
    for lane in range(LANES):
        old, new = v[(OLD_VALUE * count + j) * LANES + lane], v[(NEW_VALUE * count + j) * LANES + lane]
        first, last = v[(OLD_SLOPE * count + j) * LANES + lane], v[(NEW_SLOPE * count + j) * LANES + lane]
        best, rise = v[(BEST * count + j) * LANES + lane], new - old
        low, length = search[FROM * LANES + lane], until[lane] * search[WIDTH * LANES + lane] * b[(d * ROWS + STEP) * LANES + lane]
        reach = STRAYS * (abs(length * first - rise) + abs(length * last - rise))
        gain = best - min(old, new) + reach - NO_GAIN * v[(NOISE * count + j) * LANES + lane]
        turns = first < 0.0 < last and gain > 0.0
        if kinds[j] != MINIMUM:
            turns = isnan(best) and first * old < 0.0 and last * new > 0.0 and old * new > 0.0 and reach >= min(abs(old), abs(new))
        high = until[lane] * (low + search[WIDTH * LANES + lane])
        wanted += bracket(search, lane, search[RESOLVED * LANES + lane] > 0.0 and turns, until[lane] * low, high, first, last)
    if wanted > 0:
        find_roots(values, b, v, search, d, slope)
    if kinds[j] == MINIMUM:
        for lane in range(LANES):
            o = (BEST * count + j) * LANES + lane
            if search[WANTED * LANES + lane] > 0.0:
                v[o] = min(v[o], v[value + lane])
    elif bracket_crossings(b, v, search, until, d, kinds, j) > 0:
        find_roots(values, b, v, search, d, value)
        for lane in range(LANES):
            o = d * ROWS * LANES + lane
            if search[WANTED * LANES + lane] > 0.0:
                v[(BEST * count + j) * LANES + lane] = b[o + TIME * LANES] + search[SHARE * LANES + lane] * b[o + STEP * LANES]


def bracket_crossings(b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int, kinds: IntArray, j: int) -> int:
    """Set out to look for the first crossing in pieces that show one, before or after the turning point that was found; how many do."""
    d, rows, wanted = size_of(dimension), kinds.size * LANES, 0
    for lane in range(LANES):
        o, at = j * LANES + lane, d * ROWS * LANES + lane
        old, new, side = v[OLD_VALUE * rows + o], v[NEW_VALUE * rows + o], v[LAST_SIDE * rows + o]
        is_open = search[RESOLVED * LANES + lane] > 0.0 and isnan(v[BEST * rows + o])
        is_asked = kinds[j] == CROSSING or (kinds[j] == RISING) == (side < 0.0)
        low, is_turning = until[lane] * search[FROM * LANES + lane], search[WANTED * LANES + lane] > 0.0
        high = until[lane] * (search[FROM * LANES + lane] + search[WIDTH * LANES + lane])
        share, middle = search[SHARE * LANES + lane] if is_turning else high, v[VALUE * rows + o] if is_turning else new
        if is_open and old == 0.0 and side * new < 0.0 and is_asked:  # it was zero exactly where two pieces meet
            v[BEST * rows + o] = b[at + TIME * LANES] + low * b[at + STEP * LANES]
        if is_turning and not is_asked:  # the way back is what is asked for
            wanted += bracket(search, lane, is_open and old * middle < 0.0, share, high, middle, new)
        else:
            wanted += bracket(search, lane, is_open and is_asked and old * middle < 0.0, low, share, old, middle)
    return wanted


def advance_pieces(v: FloatArray, search: FloatArray, kinds: IntArray) -> int:
    """Go on to the next piece in the lanes that have done with theirs; how many have one."""
    count, unseen = kinds.size, 0
    for lane in range(LANES):
        if search[RESOLVED * LANES + lane] > 0.0:
            for j in range(count):
                o, rows = j * LANES + lane, count * LANES
                new, best = v[NEW_VALUE * rows + o], v[BEST * rows + o]
                if kinds[j] == LAST or (kinds[j] == MINIMUM and (new < best or isnan(new))):
                    v[BEST * rows + o] = new
                v[LAST_SIDE * rows + o] = new if new != 0.0 else v[LAST_SIDE * rows + o]
                v[OLD_VALUE * rows + o], v[OLD_SLOPE * rows + o] = new, v[NEW_SLOPE * rows + o]
            place, wider = search[FROM * LANES + lane] + search[WIDTH * LANES + lane], 2.0 * search[WIDTH * LANES + lane]
            search[FROM * LANES + lane] = place
            is_aligned = place / wider == floor(place / wider) and wider <= search[WIDEST * LANES + lane]
            search[WIDTH * LANES + lane] = wider if is_aligned else search[WIDTH * LANES + lane]
        unseen += 1 if search[FROM * LANES + lane] < 1.0 else 0
    return unseen
