"""Pieces of steps, in which records are followed: where they are looked at, how wide they are, and what cannot happen in them.

A second buffer holds what the model's functions write at each look, and then rows of each record's own. In a piece a record is
compared with the cubic through its ends. What keeps clear of a turn, of zero or of the best so far by far more than the cubic misses
needs no more care, and that is nearly everything; the rest is judged in `kernels.records`.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import inf

from richardson.arrays import FloatArray
from richardson.compiled.kernels.layout import COMMON, DETAIL, LANES, POINT, RELATIVE, STEP, TIMELESS, size_of
from richardson.compiled.kernels.scheme import COEFFICIENTS, DEGREE, ROWS
from richardson.compiled.kernels.search import BEGINNING, FROM, LENGTH, RESOLVED, ROUGH, SPAN, WIDEST, WIDTH, is_accepted, place_at

AT_END, WITHIN = 1, 2  # views, after the one that searches use: at the end of a piece, and at each of `CHECKS` within
VIEWS = 4  # values and slopes of all records each, as the model's functions write them
GAP, NOISE, CARE, OLD_VALUE, OLD_SLOPE, LAST_SIDE, BEST, OWN_ROWS = 0, 1, 2, 3, 4, 5, 6, 7  # rows of each record, and how many
KINDS_OF_ROWS = 2 * VIEWS + OWN_ROWS
QUIET, SHOWN, DOUBTFUL = 0.0, 1.0, 2.0  # care that a record needs in a piece: none, a search, or a judgement first
CHECKS = (0.3127, 0.7234)  # where a piece is looked at within, at no shares that a period could have
FIRST_WIDTH = 0.25  # of a step: a piece at the most, so that what is short has a dozen looks
SMALLEST = 1.0 / 4096.0  # of a step: a kink or jump is bracketed within it
MARGIN_SHARE = 0.125  # of what parts a piece from zero or from the best so far: a gap below it cannot matter
TILT_SHARE = 0.125  # of the least slope of a cubic: a disagreement below it turns nothing
STEEPEST = 4.0  # slope of what a cubic misses in a piece, of its size where it is looked at
STRAYS = 4.0 / 27.0  # the most that a cubic strays from the line between its ends, of how far its slopes there do
LEAST_SHARE = 0.5  # of its tolerance: what a state strays
WHOLE = 6755399441055744.0  # 3·2⁵¹: what is added to it and taken off again has lost what is not whole
MOMENT = 64 * 2.220446049250313e-16  # relative change of a time under which rounding shows itself


def row_of(kind: int, count: int, j: int) -> int:
    """Where a row of record ``j`` of ``count`` begins: they stand together, at distances that the compiler knows."""
    return (2 * VIEWS * count + j * OWN_ROWS + kind) * LANES


def begin_pieces(b: FloatArray, search: FloatArray, until: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> int:
    """Set every lane that has made a step before its first piece; how many there are."""
    o, count = size_of(dimension) * ROWS * LANES, 0
    for lane in range(LANES):
        is_moving = is_accepted(b, dimension, lane) and until[lane] > 0.0
        width, length = FIRST_WIDTH, until[lane] * b[o + STEP * LANES + lane]
        if is_moving and width * length > settings[DETAIL]:
            while width * length > settings[DETAIL] and width > SMALLEST:
                width *= 0.5
            width = FIRST_WIDTH if settings[TIMELESS] > 0.0 and is_still(b, dimension, lane, absolute, settings) else width
        search[FROM * LANES + lane] = 0.0 if is_moving else 1.0
        search[WIDEST * LANES + lane] = search[WIDTH * LANES + lane] = width
        search[LENGTH * LANES + lane] = width * length
        search[BEGINNING * LANES + lane], search[SPAN * LANES + lane] = 0.0, until[lane] * width
        search[RESOLVED * LANES + lane] = 1.0 if is_moving else 0.0
        search[ROUGH * LANES + lane] = 0.0
        count += 1 if is_moving else 0
    return count


def is_still(b: FloatArray, dimension: int, lane: int, absolute: FloatArray, settings: FloatArray) -> bool:
    """Whether between looks no state moves by more than it may stray, so that a record of states changes by no more than is not known."""
    still, farthest = True, 0.5 * (CHECKS[1] - CHECKS[0]) * FIRST_WIDTH  # from the nearest look
    for i in range(size_of(dimension)):
        o, fastest = i * ROWS * LANES + lane, 0.0
        for place in range(DEGREE):
            fastest += (place + 1) * abs(b[o + (COEFFICIENTS + place) * LANES])
        still = still and farthest * fastest <= LEAST_SHARE * (absolute[i] + settings[RELATIVE] * abs(b[o + POINT * LANES]))
    return bool(still)


def look_at_pieces(values: Any, b: FloatArray, v: FloatArray, search: FloatArray, dimension: int, count: int) -> None:
    """Records at the ends of pieces and within."""
    base = (size_of(dimension) * ROWS + COMMON) * LANES
    place_at(b, search[BEGINNING * LANES :], dimension, 1.0)
    values(b[base:], v[2 * AT_END * count * LANES :])
    for look in range(len(CHECKS)):
        place_at(b, search[BEGINNING * LANES :], dimension, CHECKS[look])
        values(b[base:], v[2 * (WITHIN + look) * count * LANES :])


def weigh(v: FloatArray, search: FloatArray, count: int, j: int, is_extreme: bool) -> int:
    """Note how much care a record needs in each piece, judged by values and by slopes; how many need some.

    Nothing turns where the cubic's slope keeps clear of zero by far more than it misses, and nothing is reached where its value does.
    """
    own = v[row_of(0, count, j) :]
    value, slope = v[(2 * AT_END * count + j) * LANES :], v[((2 * AT_END + 1) * count + j) * LANES :]
    value_1, slope_1 = v[(2 * WITHIN * count + j) * LANES :], v[((2 * WITHIN + 1) * count + j) * LANES :]
    value_2, slope_2 = v[((2 * WITHIN + 2) * count + j) * LANES :], v[((2 * WITHIN + 3) * count + j) * LANES :]
    s, r, t, q = CHECKS[0], 1.0 - CHECKS[0], CHECKS[1], 1.0 - CHECKS[1]
    cares = 0
    for lane in range(LANES):
        length, old, new, best = search[LENGTH * LANES + lane], own[OLD_VALUE * LANES + lane], value[lane], own[BEST * LANES + lane]
        rise, first, last = new - old, length * own[OLD_SLOPE * LANES + lane], length * slope[lane]
        begin, end, middle = first - rise, last - rise, 3.0 * rise - first - last
        gap = abs(old + s * (rise + r * (begin * r - end * s)) - value_1[lane])
        gap = max(gap, abs(old + t * (rise + q * (begin * q - end * t)) - value_2[lane]))
        tilt = abs(rise + begin * (r * (r - 2.0 * s)) + end * (s * (s - 2.0 * r)) - length * slope_1[lane])
        tilt = max(tilt, abs(rise + begin * (q * (q - 2.0 * t)) + end * (t * (t - 2.0 * q)) - length * slope_2[lane]))
        is_steady = tilt + STEEPEST * gap <= TILT_SHARE * max(min(first, middle, last), -max(first, middle, last))
        reach, is_open = STRAYS * (abs(begin) + abs(end)), search[RESOLVED * LANES + lane] > 0.0
        lowest = min(old, new) - best if is_extreme else min(abs(old), abs(new))
        is_quiet = is_steady | (gap <= MARGIN_SHARE * (lowest - reach))
        if not is_extreme:
            is_quiet = (best == best) | (is_quiet & (old * new > 0.0))  # noqa: PLR0124 -- not NaN: it is found already
        care = (QUIET if is_quiet else (SHOWN if is_steady else DOUBTFUL)) if is_open else QUIET
        own[GAP * LANES + lane] = gap
        own[CARE * LANES + lane] = care
        cares += 1 if care > QUIET else 0
    return cares


def look_astray(
    values: Any,
    b: FloatArray,
    v: FloatArray,
    search: FloatArray,
    dimension: int,
    absolute: FloatArray,
    settings: FloatArray,
    count: int,
) -> None:
    """How much records change within pieces as the states stray, at the least."""
    base = (size_of(dimension) * ROWS + COMMON) * LANES
    for look in range(len(CHECKS)):
        place_at(b, search[BEGINNING * LANES :], dimension, CHECKS[look])
        stray(b, dimension, absolute, settings)
        values(b[base:], v)
        for j in range(count):
            compare_astray(v[row_of(0, count, j) :], v[j * LANES :], v[(2 * (WITHIN + look) * count + j) * LANES :], look)


def compare_astray(own: FloatArray, value: FloatArray, within: FloatArray, look: int) -> None:
    """Note how much one record changes as the states stray, at the least."""
    for lane in range(LANES):
        least = own[NOISE * LANES + lane] if look > 0 else inf
        own[NOISE * LANES + lane] = min(least, abs(value[lane] - within[lane]))


def stray(b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray) -> None:
    """Move states by about their tolerances, each by another share and neighbours against each other, and time by some roundings."""
    d = size_of(dimension)
    base = (d * ROWS + COMMON) * LANES
    for i in range(d):
        share = (LEAST_SHARE + 0.618 * i % 1.0) * (1.0 if i % 2 == 0 else -1.0)
        for o in range(base + (1 + i) * LANES, base + (2 + i) * LANES):
            b[o] += share * (absolute[i] + settings[RELATIVE] * abs(b[o]))
    for o in range(base, base + LANES):
        b[o] *= 1.0 + MOMENT


def move_on(search: FloatArray, until: FloatArray, step: FloatArray) -> int:
    """Set pieces before the next, as wide as the place where they begin allows; how many lanes have one."""
    unseen = 0
    for lane in range(LANES):
        place, width, is_done = search[FROM * LANES + lane], search[WIDTH * LANES + lane], search[RESOLVED * LANES + lane] > 0.0
        place = place + width if is_done else place
        wider = 2.0 * width
        is_aligned = ((place / wider + WHOLE) - WHOLE == place / wider) & (wider <= search[WIDEST * LANES + lane])
        next_width = wider if is_aligned else width
        width = next_width if is_done else 0.5 * width
        search[FROM * LANES + lane], search[WIDTH * LANES + lane] = place, width
        search[BEGINNING * LANES + lane], search[SPAN * LANES + lane] = until[lane] * place, until[lane] * width
        search[RESOLVED * LANES + lane] = 1.0 if place < 1.0 else 0.0
        search[LENGTH * LANES + lane] = until[lane] * width * step[lane]
        unseen += 1 if place < 1.0 else 0
    return unseen
