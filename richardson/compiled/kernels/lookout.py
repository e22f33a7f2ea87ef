"""What happens to a lane besides stepping: asked times are passed, limits are met, the run ends."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from numpy import inf, isfinite, nan

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.domain import value_at
from richardson.compiled.kernels.layout import (
    ACCEPTED,
    BEGIN,
    COMMON,
    COUNT,
    END,
    HIGH,
    LANES,
    LIVE,
    LOST,
    LOW,
    POINT,
    RESOLUTION,
    STEP,
    STEP_LIMIT,
    TIME,
    size_of,
)
from richardson.compiled.kernels.scheme import COEFFICIENTS, DEGREE, ROWS

REACHED_END, ESCAPED, LEFT_DOMAIN, STEP_TOO_SMALL, STEPS_SPENT, NOT_FINITE, AT_REST, UNDER_WAY = 0, 1, 2, 3, 4, 5, 6, 7  # codes
WHEN, WHICH, SIDE = 0, 1, 2  # of the last stop: time, state, side of its limit


def begin(
    b: FloatArray,
    dimension: int,
    lane: int,
    times: FloatArray,
    settings: FloatArray,
    inside: FloatArray,
    following: IntArray,
    next_time: FloatArray,
    states: FloatArray,
    own: int,
) -> None:
    """Set out with a member: nothing is saved yet but a start that is asked for."""
    d = size_of(dimension)
    for i in range(d):
        inside[(LOW * d + i) * LANES + lane] = inside[(HIGH * d + i) * LANES + lane] = settings[BEGIN]
    following[lane] = 0
    if times.size > 0 and times[0] == settings[BEGIN]:
        for i in range(d):
            states[own, 0, i] = b[(i * ROWS + POINT) * LANES + lane]
        following[lane] = 1
    next_time[lane] = times[following[lane]] if following[lane] < times.size else inf


def due(b: FloatArray, dimension: int, next_time: FloatArray, settings: FloatArray) -> int:
    """How many lanes have passed a time that is asked for."""
    common = size_of(dimension) * ROWS * LANES
    count = 0
    for lane in range(LANES):
        o = common + lane
        reached = b[o + TIME * LANES] + b[o + STEP * LANES] + settings[RESOLUTION]
        count += 1 if b[o + ACCEPTED * LANES] * b[o + LIVE * LANES] > 0.0 and next_time[lane] <= reached else 0
    return count


def standing(b: FloatArray, dimension: int, lane: int, settings: FloatArray, stop: FloatArray) -> int:
    """How a lane stands after its step, limits apart; ``stop`` then holds the time that it has come to."""
    o = size_of(dimension) * ROWS * LANES + lane
    now, step = b[o + TIME * LANES], b[o + STEP * LANES]
    stop[WHEN] = now
    if b[o + ACCEPTED * LANES] > 0.0:
        stop[WHEN] = now + step
        if stop[WHEN] >= settings[END] - settings[RESOLUTION]:
            stop[WHEN] = settings[END]
            return REACHED_END
    if b[o + COUNT * LANES] >= settings[STEP_LIMIT]:
        return STEPS_SPENT
    if step <= settings[RESOLUTION]:
        return STEP_TOO_SMALL if is_finite(b, dimension, lane) and b[o + LOST * LANES] == 0.0 else NOT_FINITE
    return UNDER_WAY


def save(
    b: FloatArray,
    dimension: int,
    times: FloatArray,
    settings: FloatArray,
    until: FloatArray,
    following: IntArray,
    next_time: FloatArray,
    states: FloatArray,
    member: IntArray,
    room: FloatArray,
) -> None:
    """States of all lanes at the asked times that their steps have passed, from the steps' polynomials; at an end, the end.

    All lanes are looked at together, each at its own next time, until none has passed another. A member that has just ended stands
    in ``member`` as −2 less its number. ``room`` holds d + 1 rows.
    """
    d = size_of(dimension)
    common = d * ROWS * LANES
    for lane in range(LANES):
        now, step = b[common + TIME * LANES + lane], b[common + STEP * LANES + lane]
        reached = now + step + settings[RESOLUTION] if until[lane] == 1.0 else now + until[lane] * step
        is_moving = b[common + ACCEPTED * LANES + lane] * b[common + LIVE * LANES + lane] > 0.0
        room[d * LANES + lane] = reached if is_moving else -inf
    saved = 1
    while saved > 0:
        at_next_times(b, d, next_time, room)
        saved = 0
        for lane in range(LANES):
            if next_time[lane] > room[d * LANES + lane]:
                continue
            own, place = member[lane] if member[lane] >= 0 else -2 - member[lane], following[lane]
            for i in range(d):
                states[own, place, i] = room[i * LANES + lane]
            following[lane] = place + 1
            next_time[lane] = times[place + 1] if place + 1 < times.size else inf
            saved += 1 if next_time[lane] <= room[d * LANES + lane] else 0


def at_next_times(b: FloatArray, dimension: int, next_time: FloatArray, room: FloatArray) -> None:
    """Every lane's states at its next asked time; beyond its step, those at the step's end."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for i in range(d):
        o, p, e = i * ROWS * LANES, (i * ROWS + COEFFICIENTS) * LANES, base + (1 + i) * LANES
        for lane in range(LANES):
            share = (next_time[lane] - b[common + TIME * LANES + lane]) / b[common + STEP * LANES + lane]
            rest = 1.0 - share
            inner = b[p + 3 * LANES + lane] if DEGREE > 2 else 0.0
            if DEGREE > 4:
                inner += share * (b[p + 4 * LANES + lane] + rest * (b[p + 5 * LANES + lane] + share * b[p + 6 * LANES + lane]))
            inner = share * (b[p + 2 * LANES + lane] + rest * inner) if DEGREE > 2 else inner
            value = b[o + lane] + share * (b[p + lane] + rest * (b[p + LANES + lane] + inner))
            room[i * LANES + lane] = value if share < 1.0 else b[e + lane]


def close(
    b: FloatArray,
    dimension: int,
    lane: int,
    times: FloatArray,
    code: int,
    until: FloatArray,
    limit: FloatArray,
    following: IntArray,
    states: FloatArray,
    own: int,
) -> None:
    """Write the state at the end where only that is kept, and NaN for all times not reached.

    ``limit`` and the second half of ``following`` hold the limit that was passed, and its state.
    """
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for place in range(following[lane], times.size):
        for i in range(d):
            states[own, place, i] = nan
    if times.size > 0:
        return
    for i in range(d):
        if code == ESCAPED or code == LEFT_DOMAIN:  # noqa: PLR1714, SIM109 -- the compiler has no sets of constants
            states[own, 0, i] = limit[lane] if i == following[LANES + lane] else value_at(b, i, lane, until[lane])
        elif b[common + ACCEPTED * LANES + lane] > 0.0:
            states[own, 0, i] = b[base + (1 + i) * LANES + lane]
        else:
            states[own, 0, i] = b[(i * ROWS + POINT) * LANES + lane]


def is_finite(b: FloatArray, dimension: int, lane: int) -> bool:
    """Whether the rates at the end of the tried step are numbers."""
    d = size_of(dimension)
    base = (d * ROWS + COMMON) * LANES
    is_known = True
    for i in range(d):
        is_known = is_known and isfinite(b[base + (1 + d + i) * LANES + lane])
    return bool(is_known)
