"""What is recorded of a run while it goes on: smallest values, first crossings of zero, last values of expressions.

A second buffer of rows holds, for each record, value and slope (its derivative along the run) where it is looked at, at the start and
at the end of a piece of the step, what is not known of it, and the best so far. A piece is halved until the cubic through its ends
agrees with the record in between and turns at most once on the way, as far as the run's tolerances let it be known; a zero of its
slope or value is then shown by a change of sign between the ends, and looked for on the step's polynomial (`kernels.search`).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import floor, inf, nan, sqrt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.layout import COMMON, DETAIL, LANES, RELATIVE, STEP, TIME, size_of
from richardson.compiled.kernels.scheme import ROWS
from richardson.compiled.kernels.search import (
    FROM,
    LENGTH,
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
    look_at,
    place_at,
    restore,
)

MINIMUM, LAST, CROSSING, RISING, FALLING = 0, 1, 2, 3, 4  # kinds of records
NEW_VALUE, NEW_SLOPE, GAP, TILT, WITHIN, NOISE, CARE = 0, 1, 2, 3, 4, 6, 7  # rows of each record that belong to a piece; two of WITHIN
OLD_VALUE, OLD_SLOPE, LAST_SIDE, BEST, OWN_ROWS = 8, 9, 10, 11, 12  # those that belong to a member, and how many in all
KINDS_OF_ROWS = 2 + OWN_ROWS  # the first two rows of each record are written by the model's functions
QUIET, KNOWN, DOUBTFUL = 0.0, 1.0, 2.0  # care that a record needs in a piece: none, a search, or a judgement first
CHECKS = (0.3127, 0.7234)  # where a piece is looked at within, at no shares that a period could have
FIRST_WIDTH = 0.25  # of a step: a piece at the most, so that what is short has a dozen looks
SMALLEST = 1.0 / 4096.0  # of a step: a kink or jump is bracketed within it
ROUGH_SHARE = 0.02  # of what changes in a piece: a gap beyond it hides more than one turning point
ROUGHEST = 64.0  # more such pieces of the smallest width in one step are not isolated kinks
MARGIN_SHARE = 0.125  # of what parts a piece from zero or from the best so far: a gap below it cannot matter
TILT_SHARE = 0.125  # of the least slope of a cubic: a disagreement below it turns nothing
STEEPEST = 4.0  # slope of what a cubic misses in a piece, of its size where it is looked at
STRAYS = 4.0 / 27.0  # the most that a cubic strays from the line between its ends, of how far its slopes there do
NO_GAIN = 0.1  # of what is not known: a turning point that betters an extreme by less is not looked for, as where a run has come to rest
ROUNDING = 1e-12  # relative gap that is no disagreement
MOMENT = 64 * 2.220446049250313e-16  # relative change of a time under which rounding shows itself


def row_of(kind: int, count: int, j: int) -> int:
    """Where a row of record ``j`` of ``count`` begins: all rows of a record stand together, at distances that the compiler knows."""
    return (2 * count + j * OWN_ROWS + kind) * LANES


def first_values(values: Any, region: FloatArray, v: FloatArray, kinds: IntArray) -> None:
    """Values and slopes of members that wait, from which they set out."""
    count = kinds.size
    values(region, v)
    for j in range(count):
        o = row_of(0, count, j)
        for lane in range(LANES):
            now = v[j * LANES + lane]
            v[o + OLD_VALUE * LANES + lane] = now
            v[o + LAST_SIDE * LANES + lane] = now
            v[o + OLD_SLOPE * LANES + lane] = v[(count + j) * LANES + lane]
            v[o + BEST * LANES + lane] = now if kinds[j] <= LAST else nan


def enter_records(source: FloatArray, column: int, v: FloatArray, lane: int, count: int) -> None:
    """Copy the records of one member from those that wait to a lane."""
    for j in range(count):
        for kind in range(OLD_VALUE, OWN_ROWS):
            o = row_of(kind, count, j)
            v[o + lane] = source[o + column]


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
        look_at_pieces(values, b, v, search, until, d, count)
        cares = 0
        for j in range(count):
            if kinds[j] == MINIMUM:
                cares += weigh_extremes(v[row_of(0, count, j) :], search)
            elif kinds[j] != LAST:
                cares += weigh_crossings(v[row_of(0, count, j) :], search)
        if cares > 0:
            look_astray(values, b, v, search, until, d, absolute, settings, count)
            judge_pieces(v, search, kinds)
            for j in range(count):
                if kinds[j] != LAST:
                    search_piece(values, b, v, search, until, d, kinds, j)
        unseen = advance_pieces(b, v, search, until, d, kinds)
    restore(b, search, d, kept)
    values(b[(d * ROWS + COMMON) * LANES :], v)
    for j in range(count):
        for lane in range(LANES):
            if kinds[j] == LAST and until[lane] == 1.0 and is_accepted(b, d, lane):  # for a lane that has settled, at its equilibrium
                v[row_of(BEST, count, j) + lane] = v[j * LANES + lane]


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
        search[LENGTH * LANES + lane] = width * length
        search[RESOLVED * LANES + lane] = 1.0 if is_moving else 0.0
        search[ROUGH * LANES + lane] = 0.0
        count += 1 if is_moving else 0
    return count


def look_at_pieces(values: Any, b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int, count: int) -> None:
    """Records at the ends of pieces, and how far the cubics and their slopes miss them within."""
    set_shares(search, until, 1.0)
    look_at(values, b, v, search, dimension)
    for j in range(count):
        keep_ends(v[row_of(0, count, j) :], v[j * LANES :], v[(count + j) * LANES :])
    for look in range(len(CHECKS)):
        set_shares(search, until, CHECKS[look])
        look_at(values, b, v, search, dimension)
        for j in range(count):
            compare(v[row_of(0, count, j) :], v[j * LANES :], v[(count + j) * LANES :], search, look)


def set_shares(search: FloatArray, until: FloatArray, check: float) -> None:
    """Ask for a place in every lane's piece."""
    for lane in range(LANES):
        search[SHARE * LANES + lane] = until[lane] * (search[FROM * LANES + lane] + check * search[WIDTH * LANES + lane])


def keep_ends(own: FloatArray, value: FloatArray, slope: FloatArray) -> None:
    """Put aside what one record is at the ends of pieces."""
    for lane in range(LANES):
        own[NEW_VALUE * LANES + lane], own[NEW_SLOPE * LANES + lane] = value[lane], slope[lane]
        own[GAP * LANES + lane] = own[TILT * LANES + lane] = 0.0


def compare(own: FloatArray, value: FloatArray, slope: FloatArray, search: FloatArray, look: int) -> None:
    """Note how far one record and its slope are from the cubic within pieces."""
    check = CHECKS[look]
    rest, within = 1.0 - check, own[(WITHIN + look) * LANES :]
    for lane in range(LANES):
        length, old, now = search[LENGTH * LANES + lane], own[OLD_VALUE * LANES + lane], value[lane]
        rise = own[NEW_VALUE * LANES + lane] - old
        first, last = length * own[OLD_SLOPE * LANES + lane] - rise, length * own[NEW_SLOPE * LANES + lane] - rise
        gap = abs(old + check * (rise + rest * (first * rest - last * check)) - now)
        tilt = abs(rise + first * rest * (rest - 2.0 * check) + last * check * (check - 2.0 * rest) - length * slope[lane])
        within[lane] = now
        own[GAP * LANES + lane] = max(own[GAP * LANES + lane], gap)
        own[TILT * LANES + lane] = max(own[TILT * LANES + lane], tilt)


def compare_astray(own: FloatArray, value: FloatArray, look: int) -> None:
    """Note how much one record changes as the states stray, at the least."""
    within = own[(WITHIN + look) * LANES :]
    for lane in range(LANES):
        least = own[NOISE * LANES + lane] if look > 0 else inf
        own[NOISE * LANES + lane] = min(least, abs(value[lane] - within[lane]))


def weigh_extremes(own: FloatArray, search: FloatArray) -> int:
    """Mark the pieces in which a smallest value may lie before the end, by values or by slopes; how many there are."""
    cares = 0
    for lane in range(LANES):
        length, old, new = search[LENGTH * LANES + lane], own[OLD_VALUE * LANES + lane], own[NEW_VALUE * LANES + lane]
        gap, rise = own[GAP * LANES + lane], new - old
        first, last = length * own[OLD_SLOPE * LANES + lane], length * own[NEW_SLOPE * LANES + lane]
        middle, reach = 3.0 * rise - first - last, STRAYS * (abs(first - rise) + abs(last - rise))
        clear = max(min(first, middle, last), -max(first, middle, last))
        is_steady = own[TILT * LANES + lane] + STEEPEST * gap <= TILT_SHARE * clear
        is_far = gap <= MARGIN_SHARE * (min(old, new) - own[BEST * LANES + lane] - reach)
        care = DOUBTFUL if (not (is_steady | is_far)) & (search[RESOLVED * LANES + lane] > 0.0) else QUIET
        own[CARE * LANES + lane] = care
        cares += 1 if care > QUIET else 0
    return cares


def weigh_crossings(own: FloatArray, search: FloatArray) -> int:
    """Mark the pieces in which a first crossing may lie, and those that need a judgement first; how many there are."""
    cares = 0
    for lane in range(LANES):
        length, old, new = search[LENGTH * LANES + lane], own[OLD_VALUE * LANES + lane], own[NEW_VALUE * LANES + lane]
        gap, rise, best = own[GAP * LANES + lane], new - old, own[BEST * LANES + lane]
        first, last = length * own[OLD_SLOPE * LANES + lane], length * own[NEW_SLOPE * LANES + lane]
        middle, reach = 3.0 * rise - first - last, STRAYS * (abs(first - rise) + abs(last - rise))
        clear = max(min(first, middle, last), -max(first, middle, last))
        is_steady = own[TILT * LANES + lane] + STEEPEST * gap <= TILT_SHARE * clear
        is_clear = is_steady | (gap <= MARGIN_SHARE * (min(abs(old), abs(new)) - reach))
        is_over = (best == best) | (search[RESOLVED * LANES + lane] == 0.0) | (is_clear & (old * new > 0.0))  # noqa: PLR0124 -- not NaN
        care = QUIET if is_over else (KNOWN if is_steady else DOUBTFUL)
        own[CARE * LANES + lane] = care
        cares += 1 if care > QUIET else 0
    return cares


def look_astray(
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
    """How much records change within pieces as the states stray, at the least."""
    base = (size_of(dimension) * ROWS + COMMON) * LANES
    for look in range(len(CHECKS)):
        set_shares(search, until, CHECKS[look])
        place_at(b, search, dimension)
        stray(b, dimension, absolute, settings)
        values(b[base:], v)
        for j in range(count):
            compare_astray(v[row_of(0, count, j) :], v[j * LANES :], look)


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


def judge_pieces(v: FloatArray, search: FloatArray, kinds: IntArray) -> None:
    """Halve the pieces that are not resolved, unless they are as narrow as they get."""
    for lane in range(LANES):
        worst = 0.0
        for j in range(kinds.size):
            if kinds[j] != LAST and v[row_of(CARE, kinds.size, j) + lane] == DOUBTFUL:
                worst = max(worst, doubt(v, lane, row_of(0, kinds.size, j), kinds[j], search[LENGTH * LANES + lane]))
        if worst > 0.0:
            if search[WIDTH * LANES + lane] > SMALLEST:
                search[RESOLVED * LANES + lane] = 0.0
            else:
                search[ROUGH * LANES + lane] += 1.0 if worst > ROUGH_SHARE else 0.0


def doubt(v: FloatArray, lane: int, row: int, kind: int, length: float) -> float:
    """How unlike its cubic a record may be in a piece, as a share of what changes; 0 if no more than what is not known or matters."""
    o = row + lane
    old, new, best = v[o + OLD_VALUE * LANES], v[o + NEW_VALUE * LANES], v[o + BEST * LANES]
    first, last, rise, gap = length * v[o + OLD_SLOPE * LANES], length * v[o + NEW_SLOPE * LANES], new - old, v[o + GAP * LANES]
    change, unknown = abs(rise) + abs(first) + abs(last), v[o + NOISE * LANES] + ROUNDING * max(abs(old), abs(new))
    lowest = min(old, new) - best if kind == MINIMUM else (min(abs(old), abs(new)) if old * new > 0.0 else 0.0)
    margin = lowest - STRAYS * (abs(first - rise) + abs(last - rise))
    if gap <= MARGIN_SHARE * margin:
        return 0.0
    if gap > unknown:
        return float(gap / change) if change > 0.0 else 1.0
    if kind != MINIMUM and old == 0.0 and new != 0.0:  # a crossing that waits: on which side it goes on is seen near by
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
    row, value, slope = row_of(0, count, j), j * LANES, (count + j) * LANES
    for lane in range(LANES):
        o = row + lane
        search[WANTED * LANES + lane] = 0.0
        if not (v[o + CARE * LANES] > QUIET and search[RESOLVED * LANES + lane] > 0.0):
            continue
        old, new, first, last = v[o + OLD_VALUE * LANES], v[o + NEW_VALUE * LANES], v[o + OLD_SLOPE * LANES], v[o + NEW_SLOPE * LANES]
        best, rise, low, length = v[o + BEST * LANES], new - old, search[FROM * LANES + lane], search[LENGTH * LANES + lane]
        reach = STRAYS * (abs(length * first - rise) + abs(length * last - rise))
        turns = first < 0.0 < last and best - min(old, new) + reach - NO_GAIN * v[o + NOISE * LANES] > 0.0
        if kinds[j] != MINIMUM:
            turns = first * old < 0.0 and last * new > 0.0 and old * new > 0.0 and reach >= min(abs(old), abs(new))
        high = until[lane] * (low + search[WIDTH * LANES + lane])
        wanted += bracket(search, lane, turns, until[lane] * low, high, first, last)
    if wanted > 0:
        find_roots(values, b, v, search, d, slope)
    if kinds[j] == MINIMUM:
        for lane in range(LANES):
            o = row + BEST * LANES + lane
            if search[WANTED * LANES + lane] > 0.0:
                v[o] = min(v[o], v[value + lane])
    elif bracket_crossings(b, v, search, until, d, kinds, j) > 0:
        find_roots(values, b, v, search, d, value)
        for lane in range(LANES):
            o = d * ROWS * LANES + lane
            if search[WANTED * LANES + lane] > 0.0:
                v[row + BEST * LANES + lane] = b[o + TIME * LANES] + search[SHARE * LANES + lane] * b[o + STEP * LANES]


def bracket_crossings(b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int, kinds: IntArray, j: int) -> int:
    """Set out to look for the first crossing in pieces that show one, before or after the turning point that was found; how many do."""
    d, row, wanted = size_of(dimension), row_of(0, kinds.size, j), 0
    for lane in range(LANES):
        o, at = row + lane, d * ROWS * LANES + lane
        if not (v[o + CARE * LANES] > QUIET and search[RESOLVED * LANES + lane] > 0.0):
            continue
        old, new, side = v[o + OLD_VALUE * LANES], v[o + NEW_VALUE * LANES], v[o + LAST_SIDE * LANES]
        is_asked = kinds[j] == CROSSING or (kinds[j] == RISING) == (side < 0.0)
        low, is_turning = until[lane] * search[FROM * LANES + lane], search[WANTED * LANES + lane] > 0.0
        high = until[lane] * (search[FROM * LANES + lane] + search[WIDTH * LANES + lane])
        share, middle = search[SHARE * LANES + lane] if is_turning else high, v[j * LANES + lane] if is_turning else new
        if old == 0.0 and side * new < 0.0 and is_asked:  # it was zero exactly where two pieces meet
            v[o + BEST * LANES] = b[at + TIME * LANES] + low * b[at + STEP * LANES]
        if is_turning and not is_asked:  # the way back is what is asked for
            wanted += bracket(search, lane, old * middle < 0.0, share, high, middle, new)
        else:
            wanted += bracket(search, lane, is_asked and old * middle < 0.0, low, share, old, middle)
    return wanted


def advance_pieces(b: FloatArray, v: FloatArray, search: FloatArray, until: FloatArray, dimension: int, kinds: IntArray) -> int:
    """Go on to the next piece in the lanes that have done with theirs, to half a piece in the others; how many have one."""
    step, unseen = (size_of(dimension) * ROWS + STEP) * LANES, 0
    for j in range(kinds.size):
        take_ends(v[row_of(0, kinds.size, j) :], search, kinds[j])
    for lane in range(LANES):
        place, width, is_done = search[FROM * LANES + lane], search[WIDTH * LANES + lane], search[RESOLVED * LANES + lane] > 0.0
        place += width if is_done else 0.0
        wider = 2.0 * width
        is_aligned = (floor(place / wider) * wider == place) & (wider <= search[WIDEST * LANES + lane])
        width = (wider if is_aligned else width) if is_done else 0.5 * width
        search[FROM * LANES + lane], search[WIDTH * LANES + lane] = place, width
        search[RESOLVED * LANES + lane] = 1.0 if place < 1.0 else 0.0
        search[LENGTH * LANES + lane] = until[lane] * width * b[step + lane]
        unseen += 1 if place < 1.0 else 0
    return unseen


def take_ends(own: FloatArray, search: FloatArray, kind: int) -> None:
    """Let the ends of the pieces that are done be the starts of the next, and better what is best."""
    for lane in range(LANES):
        is_done = search[RESOLVED * LANES + lane] > 0.0
        new, best, side = own[NEW_VALUE * LANES + lane], own[BEST * LANES + lane], own[LAST_SIDE * LANES + lane]
        old, slope = own[OLD_VALUE * LANES + lane], own[OLD_SLOPE * LANES + lane]
        is_better = is_done & ((kind == LAST) | ((kind == MINIMUM) & ((new < best) | (new != new))))  # noqa: PLR0124 -- NaN
        own[BEST * LANES + lane] = new if is_better else best
        own[LAST_SIDE * LANES + lane] = new if is_done & (new != 0.0) else side
        own[OLD_VALUE * LANES + lane] = new if is_done else old
        own[OLD_SLOPE * LANES + lane] = own[NEW_SLOPE * LANES + lane] if is_done else slope
