"""What the lanes of a block need after a step besides going on."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.domain import leaves
from richardson.compiled.kernels.layout import CALLING, COUNT, LANES, STEP, TIME, size_of
from richardson.compiled.kernels.lookout import SIDE, STEPS_SPENT, UNDER_WAY, WHEN, WHICH, close, save, standing
from richardson.compiled.kernels.pieces import BEST, row_of
from richardson.compiled.kernels.queue import FREE, idle
from richardson.compiled.kernels.records import is_too_rough, observe
from richardson.compiled.kernels.scheme import ROWS


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
            code = standing(b, d, lane, settings, stop)
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
