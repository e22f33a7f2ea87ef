"""Many runs of one model: lanes step side by side, each on its own, and take the next member as soon as they are free."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.control import advance, judge
from richardson.compiled.kernels.domain import leaves
from richardson.compiled.kernels.layout import (
    CALLING,
    COMMON,
    COUNT,
    LANES,
    RELATIVE,
    REST,
    STEP,
    TIME,
    constant_rows,
    size_of,
)
from richardson.compiled.kernels.lookout import SIDE, STEPS_SPENT, UNDER_WAY, WHEN, WHICH, begin, close, due, save, standing
from richardson.compiled.kernels.pieces import BEST, KINDS_OF_ROWS, row_of
from richardson.compiled.kernels.queue import COLUMN, ENTERED, FETCHED, FREE, READY, choose_step, enter, idle, load, prepare, raise_flag
from richardson.compiled.kernels.records import enter_records, first_values, is_too_rough, observe
from richardson.compiled.kernels.rest import rest_room, resting, settle
from richardson.compiled.kernels.scheme import ROWS, attempt, interpolate
from richardson.compiled.kernels.search import SEARCH
from richardson.compiled.memory import unmanaged

ENTRIES = ("run",)


def float_room(rows: int, dimension: int, parameters: int, constants: int, records: int) -> int:
    """How many floats `run` works in, with ``rows`` rows of each state."""
    d = size_of(dimension)
    block = d * rows + COMMON + constant_rows(d) + constants
    recording = 2 * KINDS_OF_ROWS * records + SEARCH + 1 + 2 * d
    return LANES * (2 * block + parameters + 4 + 2 * d + recording) + rest_room(d) + 3


def run(
    derive: Any,
    rates: Any,
    slopes: Any,
    values: Any,
    samples: FloatArray,
    parameters: FloatArray,
    parameter_source: IntArray,
    start: FloatArray,
    start_source: IntArray,
    times: FloatArray,
    absolute: FloatArray,
    limits: FloatArray,
    slack: FloatArray,
    barriers: IntArray,
    kinds: IntArray,
    settings: FloatArray,
    constants: int,
    room: FloatArray,
    numbers: IntArray,
    states: FloatArray,
    records: FloatArray,
    codes: IntArray,
    stops: FloatArray,
    counts: IntArray,
) -> None:
    """Run every member of ``samples`` (n, columns).

    States (n, t, d), records (n, r) of ``kinds``, outcome codes, stopping times and step counts come out. With no ``times`` the one
    state kept is that at which a member ended. ``room`` (`float_room`) and ``numbers`` (3 LANES + `QUEUE`) are room to work in.
    """
    d, recorded = size_of(start.size), kinds.size
    block = (d * ROWS + COMMON + constant_rows(d) + constants) * LANES
    b, waiting, raw, next_time, rest, until, limit, inside, best, best_waiting, search, work, stop = divided(
        room, d, block, parameters.size * LANES, recorded
    )
    member, following, queue = unmanaged(numbers[:LANES]), unmanaged(numbers[LANES : 3 * LANES]), unmanaged(numbers[3 * LANES :])
    samples, parameters, parameter_source = unmanaged(samples), unmanaged(parameters), unmanaged(parameter_source)
    start, start_source, times, absolute = unmanaged(start), unmanaged(start_source), unmanaged(times), unmanaged(absolute)
    limits, slack, barriers, settings, kinds = (
        unmanaged(limits),
        unmanaged(slack),
        unmanaged(barriers),
        unmanaged(settings),
        unmanaged(kinds),
    )
    states, records = unmanaged(states), unmanaged(records)
    codes, stops, counts = unmanaged(codes), unmanaged(stops), unmanaged(counts)
    member[:] = FREE
    queue[:] = 0
    until[:] = 1.0
    active = 0
    while True:
        if active < LANES and queue[ENTERED] < samples.shape[0]:
            active += fill(
                derive, rates, values, samples, parameters, parameter_source, start, start_source, times, absolute, settings, constants,
                kinds, raw, waiting, best_waiting, b, best, member, following, queue, next_time, inside, states
            )  # fmt: skip
        if active == 0:
            return
        near = attempt(rates, slopes, b, d, absolute, settings[RELATIVE], limits)
        calls = judge(b, d, settings)
        wanted = due(b, d, next_time, settings) if times.size > 0 else 0
        if near + wanted + recorded > 0:
            interpolate(rates, b, d)
        if settings[REST] > 0.0 and resting(b, d, settings, absolute, rest) > 0:
            calls += settle(rates, slopes, b, d, times, following, settings, absolute, rest, work)
        if calls + near + wanted + recorded > 0:
            active -= attend(
                values, near, wanted, calls, b, best, search, until, limit, d, times, absolute, limits, slack, barriers, kinds, settings,
                inside, rest, stop, member, following, next_time, states, records, codes, stops, counts
            )  # fmt: skip
        advance(b, d, settings)


def divided(room: FloatArray, dimension: int, block: int, raw: int, records: int) -> tuple[FloatArray, ...]:
    """The parts of the room, in order of their places."""
    d = dimension
    rows = unmanaged(room[2 * block + raw :])
    recording, inside = KINDS_OF_ROWS * records * LANES, 2 * d * LANES
    o = 4 * LANES
    p = o + inside + 2 * recording
    q = p + (SEARCH + 1 + 2 * d) * LANES
    return (
        unmanaged(room[:block]),
        unmanaged(room[block : 2 * block]),
        unmanaged(room[2 * block : 2 * block + raw]),
        rows[:LANES],
        rows[LANES : 2 * LANES],
        rows[2 * LANES : 3 * LANES],
        rows[3 * LANES : o],
        rows[o : o + inside],
        rows[o + inside : o + inside + recording],
        rows[o + inside + recording : p],
        rows[p:q],
        rows[q : q + rest_room(d)],
        rows[q + rest_room(d) :],
    )


def attend(
    values: Any,
    near: int,
    wanted: int,
    calls: int,
    b: FloatArray,
    best: FloatArray,
    search: FloatArray,
    until: FloatArray,
    limit: FloatArray,
    dimension: int,
    times: FloatArray,
    absolute: FloatArray,
    limits: FloatArray,
    slack: FloatArray,
    barriers: IntArray,
    kinds: IntArray,
    settings: FloatArray,
    inside: FloatArray,
    rest: FloatArray,
    stop: FloatArray,
    member: IntArray,
    following: IntArray,
    next_time: FloatArray,
    states: FloatArray,
    records: FloatArray,
    codes: IntArray,
    stops: FloatArray,
    counts: IntArray,
) -> int:
    """Do what the lanes of a block need after a step besides going on; how many members have ended."""
    d, ended = size_of(dimension), 0
    if calls + near > 0:
        for lane in range(LANES):
            own, o = member[lane], d * ROWS * LANES + lane
            if own == FREE or not (b[o + CALLING * LANES] > 0.0 or near > 0):
                continue
            code = standing(b, d, lane, settings, rest, stop)
            if near > 0 and leaves(b, d, lane, limits, slack, inside, stop):
                code = barriers[int(stop[SIDE]), int(stop[WHICH])]
                until[lane] = max(0.0, (stop[WHEN] - b[o + TIME * LANES]) / b[o + STEP * LANES])
                limit[lane] = limits[int(stop[SIDE]), int(stop[WHICH])]
                following[LANES + lane] = int(stop[WHICH])
            if code != UNDER_WAY:
                codes[own], stops[own], counts[own] = code, stop[WHEN], int(b[o + COUNT * LANES])
                ended += 1
                member[lane] = FREE - 1 - own  # until what it leaves behind is written
    if wanted > 0:
        save(b, d, times, settings, until, following, next_time, states, member, search)
    if kinds.size > 0:
        observe(values, b, best, search, until, d, absolute, settings, kinds)
        ended += give_up(b, d, search, until, member, codes, stops, counts)
    if ended > 0:
        for lane in range(LANES):
            if member[lane] < FREE:
                own = FREE - 1 - member[lane]
                close(b, d, lane, times, codes[own], until, limit, following, states, own)
                for j in range(kinds.size):
                    records[own, j] = best[row_of(BEST, kinds.size, j) + lane]
                member[lane] = FREE
                until[lane] = 1.0
                idle(b, d, lane)
    return ended


def give_up(
    b: FloatArray,
    dimension: int,
    search: FloatArray,
    until: FloatArray,
    member: IntArray,
    codes: IntArray,
    stops: FloatArray,
    counts: IntArray,
) -> int:
    """End the members of which a record changed too fast in their last step to be followed; how many had not ended by it."""
    o, ended = size_of(dimension) * ROWS * LANES, 0
    for lane in range(LANES):
        if member[lane] != FREE and is_too_rough(search, lane):
            own = member[lane] if member[lane] >= 0 else FREE - 1 - member[lane]
            codes[own], counts[own] = STEPS_SPENT, int(b[o + COUNT * LANES + lane])
            stops[own] = b[o + TIME * LANES + lane] + until[lane] * b[o + STEP * LANES + lane]
            ended += 1 if member[lane] >= 0 else 0
            member[lane] = FREE - 1 - own
    return ended


def fill(
    derive: Any,
    rates: Any,
    values: Any,
    samples: FloatArray,
    parameters: FloatArray,
    parameter_source: IntArray,
    start: FloatArray,
    start_source: IntArray,
    times: FloatArray,
    absolute: FloatArray,
    settings: FloatArray,
    constants: int,
    kinds: IntArray,
    raw: FloatArray,
    waiting: FloatArray,
    best_waiting: FloatArray,
    b: FloatArray,
    best: FloatArray,
    member: IntArray,
    following: IntArray,
    queue: IntArray,
    next_time: FloatArray,
    inside: FloatArray,
    states: FloatArray,
) -> int:
    """Give every free lane its next member, as long as there are any; how many set out."""
    d = size_of(start.size)
    base = (d * ROWS + COMMON) * LANES
    count, is_first = 0, queue[FETCHED] == 0
    for lane in range(LANES):
        if member[lane] != FREE:
            continue
        if queue[COLUMN] == queue[READY] and queue[FETCHED] < samples.shape[0]:
            load(queue[FETCHED], samples, parameters, parameter_source, start, start_source, raw, waiting)
            prepare(derive, rates, raw, waiting, d, absolute, settings)
            if kinds.size > 0:
                first_values(values, waiting[base:], best_waiting, kinds)
            choose_step(rates, waiting, d, absolute, settings)
            queue[READY] = min(LANES, samples.shape[0] - queue[FETCHED])
            queue[FETCHED] += queue[READY]
            queue[COLUMN] = 0
        is_there = queue[COLUMN] < queue[READY]
        if is_there or is_first:
            enter(waiting, queue[COLUMN] if is_there else 0, b, lane, d, constants)
            enter_records(best_waiting, queue[COLUMN] if is_there else 0, best, lane, kinds.size)
        if is_there:
            member[lane] = queue[ENTERED]
            queue[COLUMN] += 1
            queue[ENTERED] += 1
            count += 1
            begin(b, d, lane, times, settings, inside, following, next_time, states, member[lane])
        else:
            idle(b, d, lane)
    raise_flag(b, d)
    return count
