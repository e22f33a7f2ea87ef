"""Where many paths of one flow end: lanes step side by side until each is caught by a trap, leaves, or has taken its steps."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.control import advance, judge
from richardson.compiled.kernels.domain import leaves
from richardson.compiled.kernels.layout import (
    ACCEPTED,
    BEGIN,
    CALLING,
    COMMON,
    COUNT,
    HIGH,
    LANES,
    LIVE,
    LOW,
    POINT,
    RELATIVE,
    STEP,
    TIME,
    constant_rows,
    size_of,
)
from richardson.compiled.kernels.lookout import AT_REST, REACHED_END, SIDE, UNDER_WAY, WHICH, standing
from richardson.compiled.kernels.queue import COLUMN, ENTERED, FETCHED, FREE, READY, choose_step, enter, idle, load, prepare, raise_flag
from richardson.compiled.kernels.scheme import ROWS, attempt, interpolate
from richardson.compiled.kernels.traps import stay_of
from richardson.compiled.memory import unmanaged

ENTRIES = ("run",)


def float_room(rows: int, dimension: int, parameters: int, constants: int) -> int:
    """How many floats `run` works in, with ``rows`` rows of each state."""
    d = size_of(dimension)
    block = d * rows + COMMON + constant_rows(d) + constants
    return LANES * (2 * block + parameters + 4 + 2 * d) + 3


def run(
    derive: Any,
    rates: Any,
    slopes: Any,
    starts: FloatArray,
    parameters: FloatArray,
    shared: IntArray,
    own: IntArray,
    absolute: FloatArray,
    limits: FloatArray,
    slack: FloatArray,
    barriers: IntArray,
    settings: FloatArray,
    constants: int,
    centres: FloatArray,
    matrices: FloatArray,
    ball_owners: IntArray,
    boxes: FloatArray,
    box_owners: IntArray,
    grids: FloatArray,
    shapes: IntArray,
    firsts: IntArray,
    table: IntArray,
    stays: FloatArray,
    cell_owners: IntArray,
    room: FloatArray,
    numbers: IntArray,
    ends: FloatArray,
    codes: IntArray,
    owners: IntArray,
    counts: IntArray,
) -> None:
    """Follow the paths from ``starts`` (n, d).

    Ends (n, d), codes of `kernels.lookout`, owners of what caught them (−1 for none) and step counts come out. ``shared`` (p) holds −1,
    ``own`` (d) the columns of the starts; traps and cells are as in `kernels.traps`.
    """
    d = size_of(own.size)
    block = (d * ROWS + COMMON + constant_rows(d) + constants) * LANES
    raw = parameters.size * LANES
    b, waiting = unmanaged(room[:block]), unmanaged(room[block : 2 * block])
    rows = unmanaged(room[2 * block + raw :])
    caught, held, since = rows[:LANES], rows[LANES : 2 * LANES], rows[2 * LANES : 4 * LANES].reshape((2, LANES))
    inside, stop = rows[4 * LANES : (4 + 2 * d) * LANES], rows[(4 + 2 * d) * LANES :]
    member, within, queue = unmanaged(numbers[:LANES]), unmanaged(numbers[LANES : 2 * LANES]), unmanaged(numbers[2 * LANES :])
    starts, parameters, shared, own = unmanaged(starts), unmanaged(parameters), unmanaged(shared), unmanaged(own)
    absolute, limits, slack, barriers, settings = (
        unmanaged(absolute),
        unmanaged(limits),
        unmanaged(slack),
        unmanaged(barriers),
        unmanaged(settings),
    )
    centres, matrices, boxes, grids, stays = unmanaged(centres), unmanaged(matrices), unmanaged(boxes), unmanaged(grids), unmanaged(stays)
    ball_owners, box_owners, cell_owners = unmanaged(ball_owners), unmanaged(box_owners), unmanaged(cell_owners)
    shapes, firsts, table = unmanaged(shapes), unmanaged(firsts), unmanaged(table)
    ends, codes, owners, counts = unmanaged(ends), unmanaged(codes), unmanaged(owners), unmanaged(counts)
    member[:] = FREE
    queue[:] = 0
    active = 0
    while True:
        if active < LANES and queue[ENTERED] < starts.shape[0]:
            active += fill(
                derive, rates, starts, parameters, shared, own, absolute, settings, constants, unmanaged(room[2 * block : 2 * block + raw]),
                waiting, b, member, within, queue, inside
            )  # fmt: skip
        if active == 0:
            return
        near = attempt(rates, slopes, b, d, absolute, settings[RELATIVE], limits)
        calls = judge(b, d, settings)
        if near > 0:
            interpolate(rates, b, d)
        calls += trapped(b, d, centres, matrices, ball_owners, boxes, box_owners, caught, held)
        if cell_owners.size > 0:
            calls += settled(b, d, grids, shapes, firsts, table, stays, cell_owners, since, within, caught)
        if calls + near > 0:
            active -= attend(near, b, d, limits, slack, barriers, settings, inside, caught, stop, member, ends, codes, owners, counts)
        advance(b, d, settings)


def trapped(
    b: FloatArray,
    dimension: int,
    centres: FloatArray,
    matrices: FloatArray,
    ball_owners: IntArray,
    boxes: FloatArray,
    box_owners: IntArray,
    caught: FloatArray,
    held: FloatArray,
) -> int:
    """Write to ``caught`` 1 + the owner of a trap that holds the new state of a lane, 0 if none does; how many lanes are held."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for lane in range(LANES):
        caught[lane] = 0.0
    for k in range(box_owners.size):
        in_box(b, d, base, boxes[k], held)
        for lane in range(LANES):
            caught[lane] = 1.0 + box_owners[k] if held[lane] > 0.0 else caught[lane]
    for k in range(ball_owners.size):
        in_ball(b, d, base, centres[k], matrices[k], held)
        for lane in range(LANES):
            caught[lane] = 1.0 + ball_owners[k] if held[lane] <= 1.0 else caught[lane]
    count = 0
    for lane in range(LANES):
        caught[lane] *= b[common + LIVE * LANES + lane] * b[common + ACCEPTED * LANES + lane]
        count += 1 if caught[lane] > 0.0 else 0
    return count


def in_box(b: FloatArray, dimension: int, base: int, box: FloatArray, held: FloatArray) -> None:
    """Write to ``held`` whether each lane's new state lies in a box (2, d)."""
    for lane in range(LANES):
        held[lane] = 1.0
    for i in range(size_of(dimension)):
        low, high = box[0, i], box[1, i]
        for lane in range(LANES):
            value = b[base + (1 + i) * LANES + lane]
            held[lane] = held[lane] if low <= value <= high else 0.0


def in_ball(b: FloatArray, dimension: int, base: int, centre: FloatArray, matrix: FloatArray, held: FloatArray) -> None:
    """Write to ``held`` the quadratic form of each lane's new state."""
    d = size_of(dimension)
    for lane in range(LANES):
        held[lane] = 0.0
    for i in range(d):
        for j in range(d):
            number, one, other = matrix[i, j], centre[i], centre[j]
            for lane in range(LANES):
                held[lane] += number * (b[base + (1 + i) * LANES + lane] - one) * (b[base + (1 + j) * LANES + lane] - other)


def settled(
    b: FloatArray,
    dimension: int,
    grids: FloatArray,
    shapes: IntArray,
    firsts: IntArray,
    table: IntArray,
    stays: FloatArray,
    cell_owners: IntArray,
    since: FloatArray,
    within: IntArray,
    caught: FloatArray,
) -> int:
    """Write to ``caught`` likewise the lanes that have stayed in listed cells for long; how many there are."""
    d = size_of(dimension)
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    count = 0
    for lane in range(LANES):
        if not b[common + LIVE * LANES + lane] * b[common + ACCEPTED * LANES + lane] > 0.0 or caught[lane] > 0.0:
            continue
        now = b[common + TIME * LANES + lane] + b[common + STEP * LANES + lane]
        owner = stay_of(b, base + LANES + lane, LANES, now, lane, grids, shapes, firsts, table, stays, cell_owners, since, within)
        if owner >= 0:
            caught[lane] = 1.0 + owner
            count += 1
    return count


def attend(
    near: int,
    b: FloatArray,
    dimension: int,
    limits: FloatArray,
    slack: FloatArray,
    barriers: IntArray,
    settings: FloatArray,
    inside: FloatArray,
    caught: FloatArray,
    stop: FloatArray,
    member: IntArray,
    ends: FloatArray,
    codes: IntArray,
    owners: IntArray,
    counts: IntArray,
) -> int:
    """End the members that are caught, have left, or can go on no more; how many."""
    d, ended = size_of(dimension), 0
    common, base = d * ROWS * LANES, (d * ROWS + COMMON) * LANES
    for lane in range(LANES):
        place = member[lane]
        if place == FREE or not (b[common + CALLING * LANES + lane] > 0.0 or caught[lane] > 0.0 or near > 0):
            continue
        code, owner = standing(b, d, lane, settings, stop), FREE
        if caught[lane] > 0.0 and code != REACHED_END:
            code = AT_REST
        if near > 0 and leaves(b, d, lane, limits, slack, inside, stop):
            code = barriers[int(stop[SIDE]), int(stop[WHICH])]
        elif caught[lane] > 0.0:
            owner = int(caught[lane]) - 1
        if code == UNDER_WAY:
            continue
        is_new = b[common + ACCEPTED * LANES + lane] > 0.0
        for i in range(d):
            ends[place, i] = b[base + (1 + i) * LANES + lane] if is_new else b[(i * ROWS + POINT) * LANES + lane]
        codes[place], owners[place], counts[place] = code, owner, int(b[common + COUNT * LANES + lane])
        ended += 1
        member[lane] = FREE
        idle(b, d, lane)
    return ended


def fill(
    derive: Any,
    rates: Any,
    starts: FloatArray,
    parameters: FloatArray,
    shared: IntArray,
    own: IntArray,
    absolute: FloatArray,
    settings: FloatArray,
    constants: int,
    raw: FloatArray,
    waiting: FloatArray,
    b: FloatArray,
    member: IntArray,
    within: IntArray,
    queue: IntArray,
    inside: FloatArray,
) -> int:
    """Give every free lane its next member, as long as there are any; how many set out."""
    d = size_of(own.size)
    count, is_first = 0, queue[FETCHED] == 0
    for lane in range(LANES):
        if member[lane] != FREE:
            continue
        if queue[COLUMN] == queue[READY] and queue[FETCHED] < starts.shape[0]:
            load(queue[FETCHED], starts, parameters, shared, starts[0], own, raw, waiting)
            prepare(derive, rates, raw, waiting, d, absolute, settings)
            choose_step(rates, waiting, d, absolute, settings)
            queue[READY] = min(LANES, starts.shape[0] - queue[FETCHED])
            queue[FETCHED] += queue[READY]
            queue[COLUMN] = 0
        is_there = queue[COLUMN] < queue[READY]
        if is_there or is_first:
            enter(waiting[queue[COLUMN] if is_there else 0 :], b[lane:], d, constants)
        if is_there:
            member[lane] = queue[ENTERED]
            within[lane] = FREE
            queue[COLUMN] += 1
            queue[ENTERED] += 1
            count += 1
            for i in range(d):
                inside[(LOW * d + i) * LANES + lane] = inside[(HIGH * d + i) * LANES + lane] = settings[BEGIN]
        else:
            idle(b, d, lane)
    raise_flag(b, d)
    return count
