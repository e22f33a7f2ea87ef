"""Members that near an equilibrium leave their lanes for a block of their own, where the rest of their runs is found at once.

A member leaves once its rates are small: so small that an error of the linear solution, which is quadratic in the distance, may be no
more than a tolerance. If it proves to be more, the member goes back to a lane, and learns from it how small its rates have to be. None
of this depends on which members share a block.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import inf, sqrt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.approach import ALLOWED, comes_to_rest, find_zero, follow, is_known, time_to_rest
from richardson.compiled.kernels.landed import write_ends, write_states
from richardson.compiled.kernels.layout import (
    ACCEPTED,
    AGAIN,
    AIM,
    BEGIN,
    COMMON,
    COUNT,
    END,
    HIGH,
    LANDS,
    LANES,
    LIVE,
    LOW,
    POINT,
    RATE,
    RELATIVE,
    REST,
    STEP,
    TIME,
    size_of,
)
from richardson.compiled.kernels.lookout import AT_REST, REACHED_END
from richardson.compiled.kernels.places import AWAY, SCALE, WORST, ZERO, scalar_row, vector_row
from richardson.compiled.kernels.queue import ENTERED, FREE, HELD, LANDED, enter, idle, raise_flag
from richardson.compiled.kernels.records import enter_records, write_records
from richardson.compiled.kernels.scheme import ROWS

GROWN = 3.0  # steps after which a member's step tells how fast it changes
FARTHEST = 10.0  # distance that may be gone at once, in roots of a tolerance: what happens within it is smooth, or seen from its ends
LEAST_FALL, MOST_FALL, UNLIKE = 0.7, 0.05, 0.3  # how much smaller its rates are to be next time: at most, at least, and where nothing says


def departing(b: FloatArray, dimension: int, absolute: FloatArray, settings: FloatArray, mark: FloatArray) -> int:
    """Mark the lanes whose rates are small enough; how many there are.

    How small is in `AIM`, in tolerances a time, zero before a member's first landing; then, and whenever it has taken twice as many steps
    as at its last one (`AGAIN`), its step says how long a time is: a method held at its limit of stability never comes to rest, so
    that its rates need not become as small as they would have to be in a direction that is slow.
    """
    d = size_of(dimension)
    common = d * ROWS * LANES
    first = 1.0 / sqrt(settings[RELATIVE]) if settings[LANDS] > 0.0 else settings[REST]
    for lane in range(LANES):
        o = common + lane
        aim, step = b[o + AIM * LANES], b[o + STEP * LANES]
        is_time = b[o + COUNT * LANES] >= GROWN and b[o + COUNT * LANES] >= b[o + AGAIN * LANES]
        near = first / step if is_time else -1.0
        aim = near if near > aim or aim == 0.0 else aim
        mark[lane] = aim if b[o + LIVE * LANES] * b[o + ACCEPTED * LANES] > 0.0 else -1.0
    for i in range(d):
        floor, share = absolute[i], settings[RELATIVE]
        for lane in range(LANES):
            o = i * ROWS * LANES + lane
            is_small = abs(b[o + RATE * LANES]) <= mark[lane] * (floor + share * abs(b[o + POINT * LANES]))
            mark[lane] = mark[lane] if is_small else -1.0
    count = 0
    for lane in range(LANES):
        count += 1 if mark[lane] >= 0.0 else 0
    return count


def leave(
    leaving: int, active: int, members: int, rates: Any, slopes: Any, values: Any, b: FloatArray, best: FloatArray, mark: FloatArray,
    member: IntArray, following: IntArray, landing: FloatArray, best_landing: FloatArray, landed: IntArray, held: FloatArray,
    best_held: FloatArray, waiting: IntArray, queue: IntArray, w: FloatArray, dimension: int, constants: int, times: FloatArray,
    absolute: FloatArray, limits: FloatArray, slack: FloatArray, kinds: IntArray, settings: FloatArray, states: FloatArray,
    records: FloatArray, codes: IntArray, stops: FloatArray, counts: IntArray,
) -> int:  # fmt: skip
    """Take marked members out of their lanes, and land whenever a block is full or nobody else is under way; how many left."""
    gone = 0
    while True:
        gone += depart(b, best, mark, dimension, constants, kinds.size, member, following, landing, best_landing, landed, queue)
        are_last = active == gone and queue[HELD] == 0 and queue[ENTERED] == members
        if queue[LANDED] == LANES or (are_last and queue[LANDED] > 0):
            land(
                rates, slopes, values, landing, best_landing, landed, held, best_held, waiting, queue, w, dimension, constants, times,
                absolute, limits, slack, kinds, settings, states, records, codes, stops, counts
            )  # fmt: skip
        if gone == leaving:
            return gone


def depart(
    b: FloatArray, best: FloatArray, mark: FloatArray, dimension: int, constants: int, records: int, member: IntArray,
    following: IntArray, landing: FloatArray, best_landing: FloatArray, landed: IntArray, queue: IntArray,
) -> int:  # fmt: skip
    """Move marked members from their lanes to the landing block, as long as it has room; how many moved."""
    d, count = size_of(dimension), 0
    for lane in range(LANES):
        if mark[lane] < 0.0 or queue[LANDED] == LANES:
            continue
        column = queue[LANDED]
        enter(b[lane:], landing[column:], d, constants)
        enter_records(best, lane, best_landing, column, records)
        landed[column], landed[LANES + column] = member[lane], following[lane]
        member[lane], mark[lane] = FREE, -1.0
        idle(b, d, lane)
        queue[LANDED] += 1
        count += 1
    return count


def come_back(
    held: FloatArray, best_held: FloatArray, waiting: IntArray, queue: IntArray, block: int, records: int, constants: int, b: FloatArray,
    best: FloatArray, dimension: int, times: FloatArray, settings: FloatArray, inside: FloatArray, member: IntArray, following: IntArray,
    next_time: FloatArray,
) -> int:  # fmt: skip
    """Give free lanes the members that could not land; how many went back. They are within all limits, as when they left."""
    d, count = size_of(dimension), 0
    rows = best_held.size // 2
    for lane in range(LANES):
        if member[lane] != FREE or queue[HELD] == 0:
            continue
        queue[HELD] -= 1
        half, column = queue[HELD] // LANES, queue[HELD] % LANES
        enter(held[half * block + column :], b[lane:], d, constants)
        enter_records(best_held[half * rows :], column, best, lane, records)
        member[lane], following[lane] = waiting[queue[HELD]], waiting[2 * LANES + queue[HELD]]
        next_time[lane] = times[following[lane]] if following[lane] < times.size else inf
        for i in range(d):
            inside[(LOW * d + i) * LANES + lane] = inside[(HIGH * d + i) * LANES + lane] = settings[BEGIN]
        count += 1
    if count > 0:
        raise_flag(b, d)
    return count


def land(
    rates: Any, slopes: Any, values: Any, landing: FloatArray, best_landing: FloatArray, landed: IntArray, held: FloatArray,
    best_held: FloatArray, waiting: IntArray, queue: IntArray, w: FloatArray, dimension: int, constants: int, times: FloatArray,
    absolute: FloatArray, limits: FloatArray, slack: FloatArray, kinds: IntArray, settings: FloatArray, states: FloatArray,
    records: FloatArray, codes: IntArray, stops: FloatArray, counts: IntArray,
) -> None:  # fmt: skip
    """End the runs of the landing block whose rest is known, and hold the others for a lane."""
    d = size_of(dimension)
    common, block = d * ROWS * LANES, landing.size
    raise_flag(landing, d)
    find_zero(rates, slopes, landing, w, d, absolute, settings)
    follow(rates, landing, w, d, settings)
    rows = best_held.size // 2
    ended = 0
    for column in range(queue[LANDED]):
        code, own = verdict(w, d, column, limits, slack, settings), landed[column]
        if code < 0:
            landing[common + AIM * LANES + column] = next_aim(landing, w, d, column, absolute, settings)
            landing[common + AGAIN * LANES + column] = 2.0 * landing[common + COUNT * LANES + column]
            half, place = queue[HELD] // LANES, queue[HELD] % LANES
            enter(landing[column:], held[half * block + place :], d, constants)
            enter_records(best_landing, column, best_held[half * rows :], place, kinds.size)
            waiting[queue[HELD]], waiting[2 * LANES + queue[HELD]] = own, landed[LANES + column]
            queue[HELD] += 1
            landed[column] = FREE
            continue
        codes[own], counts[own], stops[own] = code, int(landing[common + COUNT * LANES + column]) + 1, settings[END]
        if code == AT_REST:
            stops[own] = landing[common + TIME * LANES + column] + time_to_rest(w, d, column)
        ended += 1
    if ended > 0 and times.size == 0:
        write_ends(w, d, queue[LANDED], landed, codes, states)
    elif ended > 0:
        write_states(landing, w, d, queue[LANDED], landed, codes, stops, times, states)
    if ended > 0 and kinds.size > 0:
        base = (d * ROWS + COMMON) * LANES
        for i in range(d):
            for lane in range(LANES):
                landing[base + (1 + i) * LANES + lane] = w[vector_row(ZERO, d) + i * LANES + lane]
        write_records(values, landing[base:], best_landing, landed, queue[LANDED], kinds, records)
    queue[LANDED] = 0


def verdict(w: FloatArray, dimension: int, lane: int, limits: FloatArray, slack: FloatArray, settings: FloatArray) -> int:
    """The code that a member ends with, or −1 where it has to go on."""
    d = size_of(dimension)
    if not (start_distance(w, d, lane) <= farthest(settings) and is_known(w, d, lane, limits, slack)):
        return -1
    if settings[REST] > 0.0 and comes_to_rest(w, d, lane):
        return AT_REST
    return REACHED_END if settings[LANDS] > 0.0 and settings[END] < inf else -1


def farthest(settings: FloatArray) -> float:
    """The largest distance, in tolerances, that may be gone at once.

    Where what is recorded, or a kink, says that a run's way is not to be told from its ends, it is the one at which a run may be taken
    to have come.
    """
    return FARTHEST / sqrt(settings[RELATIVE]) if settings[LANDS] > 0.0 else float(settings[REST])


def start_distance(w: FloatArray, dimension: int, lane: int) -> float:
    """How far from the equilibrium a member left its lane, in tolerances."""
    d, largest = size_of(dimension), 0.0
    for i in range(d):
        largest = max(largest, abs(w[vector_row(AWAY, d) + i * LANES + lane]) / w[vector_row(SCALE, d) + i * LANES + lane])
    return largest


def next_aim(b: FloatArray, w: FloatArray, dimension: int, lane: int, absolute: FloatArray, settings: FloatArray) -> float:
    """How small the rates of a member have to be before it tries again: its error goes with their square."""
    d, largest = size_of(dimension), 0.0
    for i in range(d):
        o = i * ROWS * LANES + lane
        largest = max(largest, abs(b[o + RATE * LANES]) / (absolute[i] + settings[RELATIVE] * abs(b[o + POINT * LANES])))
    error = w[scalar_row(WORST, d) + lane]
    most, distance = farthest(settings), start_distance(w, d, lane)
    if most < distance < inf:
        return float(largest * max(MOST_FALL, min(LEAST_FALL, most / distance)))
    if not ALLOWED < error < inf:
        return UNLIKE * largest
    return float(largest * max(MOST_FALL, min(LEAST_FALL, sqrt(0.5 * ALLOWED / error))))
