"""What is recorded of a run while it goes on: smallest values, first crossings of zero, last values of expressions.

A piece of a step (`kernels.pieces`) that needs care is halved until the cubic through its ends agrees with the record in between and
turns at most once on the way, as far as the run's tolerances let it be known; a zero of its slope or value is then shown by a change
of sign between the ends, and looked for on the step's polynomial (`kernels.search`).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import nan, sqrt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.layout import COMMON, LANES, STEP, TIME, size_of
from richardson.compiled.kernels.pieces import (
    AT_END,
    BEST,
    CARE,
    DOUBTFUL,
    GAP,
    LAST_SIDE,
    MARGIN_SHARE,
    NOISE,
    OLD_SLOPE,
    OLD_VALUE,
    OWN_ROWS,
    QUIET,
    SMALLEST,
    STRAYS,
    begin_pieces,
    look_astray,
    look_at_pieces,
    move_on,
    row_of,
    weigh,
)
from richardson.compiled.kernels.scheme import ROWS
from richardson.compiled.kernels.search import (
    FROM,
    LENGTH,
    RESOLVED,
    ROUGH,
    SEARCH,
    SHARE,
    WANTED,
    WIDTH,
    bracket,
    find_roots,
    is_accepted,
    keep,
    restore,
)

MINIMUM, LAST, CROSSING, RISING, FALLING = 0, 1, 2, 3, 4  # kinds of records
ROUGH_SHARE = 0.02  # of what changes in a piece: a gap beyond it hides more than one turning point
ROUGHEST = 64.0  # more such pieces of the smallest width in one step are not isolated kinks
NO_GAIN = 0.1  # of what is not known: a turning point that betters an extreme by less is not looked for, as where a run has come to rest
ROUNDING = 1e-12  # relative gap that is no disagreement


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


def write_records(
    values: Any, region: FloatArray, v: FloatArray, landed: IntArray, count: int, kinds: IntArray, records: FloatArray
) -> None:
    """Write what was recorded of the members that have landed; last values are those at the region's states."""
    values(region, v)
    for column in range(count):
        own = landed[column]
        if own >= 0:
            for j in range(kinds.size):
                records[own, j] = v[(j * LANES if kinds[j] == LAST else row_of(BEST, kinds.size, j)) + column]


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
    unseen = begin_pieces(b, search, until, d, absolute, settings)
    while unseen > 0:
        look_at_pieces(values, b, v, search, d, count)
        cares = 0
        for j in range(count):
            if kinds[j] != LAST:
                cares += weigh(v, search, count, j, kinds[j] == MINIMUM)
        if cares > 0:
            look_astray(values, b, v, search, d, absolute, settings, count)
            judge_pieces(v, search, kinds)
            for j in range(count):
                if kinds[j] != LAST:
                    search_piece(values, b, v, search, until, d, kinds, j)
        unseen = advance_pieces(b, v, search, until, d, kinds)
    restore(b, search, d, kept)
    values(b[(d * ROWS + COMMON) * LANES :], v)
    for j in range(count):
        for lane in range(LANES):
            if kinds[j] == LAST and until[lane] == 1.0 and is_accepted(b, d, lane):
                v[row_of(BEST, count, j) + lane] = v[j * LANES + lane]


def is_too_rough(search: FloatArray, lane: int) -> bool:
    """Whether a record changed too fast in the last step to be followed."""
    return bool(search[ROUGH * LANES + lane] > ROUGHEST)


def judge_pieces(v: FloatArray, search: FloatArray, kinds: IntArray) -> None:
    """Halve the pieces that are not resolved, unless they are as narrow as they get."""
    for lane in range(LANES):
        worst = 0.0
        for j in range(kinds.size):
            if kinds[j] != LAST and v[row_of(CARE, kinds.size, j) + lane] == DOUBTFUL:
                worst = max(worst, doubt(v, lane, kinds, j, search[LENGTH * LANES + lane]))
        if worst > 0.0:
            if search[WIDTH * LANES + lane] > SMALLEST:
                search[RESOLVED * LANES + lane] = 0.0
            else:
                search[ROUGH * LANES + lane] += 1.0 if worst > ROUGH_SHARE else 0.0


def doubt(v: FloatArray, lane: int, kinds: IntArray, j: int, length: float) -> float:
    """How unlike its cubic a record may be in a piece, as a share of what changes; 0 if no more than what is not known or matters."""
    o, e, kind = row_of(0, kinds.size, j) + lane, (2 * AT_END * kinds.size + j) * LANES + lane, kinds[j]
    old, new, best = v[o + OLD_VALUE * LANES], v[e], v[o + BEST * LANES]
    first, last, rise, gap = length * v[o + OLD_SLOPE * LANES], length * v[e + kinds.size * LANES], new - old, v[o + GAP * LANES]
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
        o, e = row + lane, (2 * AT_END * count + j) * LANES + lane
        search[WANTED * LANES + lane] = 0.0
        if not (v[o + CARE * LANES] > QUIET and search[RESOLVED * LANES + lane] > 0.0):
            continue
        old, new, first, last = v[o + OLD_VALUE * LANES], v[e], v[o + OLD_SLOPE * LANES], v[e + count * LANES]
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
        o, e, at = row + lane, (2 * AT_END * kinds.size + j) * LANES + lane, d * ROWS * LANES + lane
        if not (v[o + CARE * LANES] > QUIET and search[RESOLVED * LANES + lane] > 0.0):
            continue
        old, new, side = v[o + OLD_VALUE * LANES], v[e], v[o + LAST_SIDE * LANES]
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
    count = kinds.size
    for j in range(count):
        value, slope = v[(2 * AT_END * count + j) * LANES :], v[((2 * AT_END + 1) * count + j) * LANES :]
        take_ends(v[row_of(0, count, j) :], value, slope, search, kinds[j])
    return move_on(search, until, b[(size_of(dimension) * ROWS + STEP) * LANES :])


def take_ends(own: FloatArray, value: FloatArray, slope: FloatArray, search: FloatArray, kind: int) -> None:
    """Let the ends of the pieces that are done be the starts of the next, and better what is best."""
    for lane in range(LANES):
        is_done = search[RESOLVED * LANES + lane] > 0.0
        new, best, side = value[lane], own[BEST * LANES + lane], own[LAST_SIDE * LANES + lane]
        old, old_slope = own[OLD_VALUE * LANES + lane], own[OLD_SLOPE * LANES + lane]
        is_better = is_done & ((kind == LAST) | ((kind == MINIMUM) & ((new < best) | (new != new))))  # noqa: PLR0124 -- NaN
        own[BEST * LANES + lane] = new if is_better else best
        own[LAST_SIDE * LANES + lane] = new if is_done & (new != 0.0) else side
        own[OLD_VALUE * LANES + lane] = new if is_done else old
        own[OLD_SLOPE * LANES + lane] = slope[lane] if is_done else old_slope
