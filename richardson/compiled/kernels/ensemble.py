"""Many runs of one model: lanes step side by side, each on its own, and take the next member as soon as they are free."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.attend import attend
from richardson.compiled.kernels.control import advance, judge, judge_between
from richardson.compiled.kernels.landing import come_back, departing, leave
from richardson.compiled.kernels.layout import COMMON, LANDS, LANES, RELATIVE, REST, constant_rows, size_of
from richardson.compiled.kernels.lookout import begin, due
from richardson.compiled.kernels.pieces import KINDS_OF_ROWS
from richardson.compiled.kernels.places import approach_room
from richardson.compiled.kernels.queue import (
    COLUMN,
    ENTERED,
    FETCHED,
    FREE,
    HELD,
    LANDED,
    READY,
    choose_step,
    enter,
    idle,
    load,
    prepare,
    raise_flag,
)
from richardson.compiled.kernels.records import enter_records, first_values
from richardson.compiled.kernels.scheme import ROWS, attempt, interpolate
from richardson.compiled.kernels.search import SEARCH
from richardson.compiled.memory import unmanaged

ENTRIES = ("run",)
NUMBERS = 9  # whole numbers of each lane


def float_room(rows: int, dimension: int, parameters: int, constants: int, records: int, *, lands: bool) -> int:
    """How many floats `run` works in, with ``rows`` rows of each state."""
    d = size_of(dimension)
    block, recording = d * rows + COMMON + constant_rows(d) + constants, KINDS_OF_ROWS * records
    floats = LANES * (2 * block + parameters + 3 + 2 * d + 2 * recording + SEARCH + 1 + 2 * d) + 3
    return floats + (LANES * (3 * block + 3 * recording + 1) + approach_room(d) if lands else 0)


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
    state kept is that at which a member ended. ``room`` (`float_room`) and ``numbers`` (`NUMBERS` LANES + `QUEUE`) are room to work in.
    """
    d, recorded, lands = size_of(start.size), kinds.size, settings[LANDS] + settings[REST] > 0.0
    block, recording = (d * ROWS + COMMON + constant_rows(d) + constants) * LANES, KINDS_OF_ROWS * kinds.size * LANES
    room = unmanaged(room)
    b, waiting, raw, next_time, until, limit, inside, best, best_waiting, search, stop, place = divided(
        room, d, block, parameters.size * LANES, recording
    )
    landing, held, best_landing, best_held, mark, work = divided_for_landing(room[place:], d, block, recording, lands)
    member, following, landed, turned, queue = divided_numbers(numbers)
    samples, parameters, parameter_source = unmanaged(samples), unmanaged(parameters), unmanaged(parameter_source)
    start, start_source, times, absolute = unmanaged(start), unmanaged(start_source), unmanaged(times), unmanaged(absolute)
    limits, slack, barriers = unmanaged(limits), unmanaged(slack), unmanaged(barriers)
    settings, kinds = unmanaged(settings), unmanaged(kinds)
    states, records = unmanaged(states), unmanaged(records)
    codes, stops, counts = unmanaged(codes), unmanaged(stops), unmanaged(counts)
    member[:], landed[:] = FREE, FREE
    queue[:], until[:] = 0, 1.0
    active = leaving = 0
    while True:
        if leaving > 0 or (active == 0 and queue[LANDED] > 0):
            active -= leave(
                leaving, active, samples.shape[0], rates, slopes, values, b, best, mark, member, following, landing, best_landing, landed,
                held, best_held, turned, queue, work, d, constants, times, absolute, limits, slack, kinds, settings, states, records,
                codes, stops, counts
            )  # fmt: skip
        if active < LANES and queue[HELD] > 0:
            active += come_back(
                held, best_held, turned, queue, block, recorded, constants, b, best, d, times, settings, inside, member, following,
                next_time
            )  # fmt: skip
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
            judge_between(b, d, absolute, settings, next_time, recorded > 0)
        if calls + near + wanted + recorded > 0:
            active -= attend(
                values, near, wanted, calls, b, best, search, until, limit, d, times, absolute, limits, slack, barriers, kinds, settings,
                inside, stop, member, following, next_time, states, records, codes, stops, counts
            )  # fmt: skip
        advance(b, d, settings)
        if lands:
            leaving = departing(b, d, absolute, settings, mark)


def divided_numbers(numbers: IntArray) -> tuple[IntArray, ...]:
    """Of lanes members and next times, of the landing block and of those that come back the same, and the queue."""
    return (
        unmanaged(numbers[:LANES]),
        unmanaged(numbers[LANES : 3 * LANES]),
        unmanaged(numbers[3 * LANES : 5 * LANES]),
        unmanaged(numbers[5 * LANES : 9 * LANES]),
        unmanaged(numbers[9 * LANES :]),
    )


def divided(room: FloatArray, dimension: int, block: int, raw: int, recording: int) -> tuple[Any, ...]:
    """The parts of the room, in order of their places, and where the next begins."""
    d = dimension
    rows = unmanaged(room[2 * block + raw :])
    inside = 2 * d * LANES
    o = 3 * LANES
    p = o + inside + 2 * recording
    q = p + (SEARCH + 1 + 2 * d) * LANES
    return (
        unmanaged(room[:block]),
        unmanaged(room[block : 2 * block]),
        unmanaged(room[2 * block : 2 * block + raw]),
        rows[:LANES],
        rows[LANES : 2 * LANES],
        rows[2 * LANES : o],
        rows[o : o + inside],
        rows[o + inside : o + inside + recording],
        rows[o + inside + recording : p],
        rows[p:q],
        rows[q : q + 3],
        2 * block + raw + q + 3,
    )


def divided_for_landing(room: FloatArray, dimension: int, block: int, recording: int, lands: bool) -> tuple[FloatArray, ...]:
    """A block for those that land and two for those that come back, their records, marks of lanes, and room to work in."""
    if not lands:
        block = recording = 0
    o = 3 * block
    p = o + 3 * recording
    return (
        unmanaged(room[:block]),
        unmanaged(room[block:o]),
        unmanaged(room[o : o + recording]),
        unmanaged(room[o + recording : p]),
        unmanaged(room[p : p + LANES]),
        unmanaged(room[p + LANES :]),
    )


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
            enter(waiting[queue[COLUMN] if is_there else 0 :], b[lane:], d, constants)
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
