"""States of the members that have landed, at the end or at all asked times that are left."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from numpy import inf

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.algebra import carry, set_path
from richardson.compiled.kernels.exponential import exponentiate
from richardson.compiled.kernels.layout import LANES, TIME, size_of
from richardson.compiled.kernels.lookout import REACHED_END
from richardson.compiled.kernels.places import DOUBLINGS, PATH, SPARE, TO_GO, UNTIL, ZERO, matrix_row, scalar_row, vector_row
from richardson.compiled.kernels.queue import FREE
from richardson.compiled.kernels.scheme import ROWS

SAME_GAP = 1e-12  # relative: times this evenly spaced are taken for evenly spaced


def write_ends(w: FloatArray, dimension: int, count: int, landed: IntArray, codes: IntArray, states: FloatArray) -> None:
    """Write the states at the end, or at rest, of the members that have ended."""
    d = size_of(dimension)
    for column in range(count):
        own = landed[column]
        if own == FREE:
            continue
        for i in range(d):
            away = w[vector_row(PATH, d) + i * LANES + column] if codes[own] == REACHED_END else 0.0
            states[own, 0, i] = w[vector_row(ZERO, d) + i * LANES + column] + away


def write_states(
    b: FloatArray, w: FloatArray, dimension: int, count: int, landed: IntArray, codes: IntArray, stops: FloatArray, times: FloatArray,
    states: FloatArray,
) -> None:  # fmt: skip
    """Write the states at all asked times that are left to the members that have ended."""
    d = size_of(dimension)
    common, span, doublings, until = d * ROWS * LANES, scalar_row(TO_GO, d), scalar_row(DOUBLINGS, d), scalar_row(UNTIL, d)
    first = times.size
    for column in range(LANES):
        w[span + column], w[until + column] = 0.0, inf
        own = landed[column] if column < count else FREE
        if own == FREE or landed[LANES + column] >= times.size:
            landed[LANES + column] = times.size
            continue
        w[span + column] = times[landed[LANES + column]] - b[common + TIME * LANES + column]
        w[until + column] = inf if codes[own] == REACHED_END else stops[own]
        first = min(first, landed[LANES + column])
    exponentiate(w, d)
    set_path(w, d)
    gap = known = 0.0
    for place in range(times.size):
        if place > 0 and abs(times[place] - times[place - 1] - gap) > SAME_GAP * gap:
            gap = times[place] - times[place - 1]
        if place > first:
            if gap != known:
                for lane in range(LANES):
                    w[span + lane] = gap
                exponentiate(w, d)
                known = gap
            for lane in range(LANES):
                w[doublings + lane] = 1.0 if landed[LANES + lane] < place else 0.0
            carry(w, d, 0.0)
        if place >= first:
            write_at(w, d, place, times[place], landed, states)


def write_at(w: FloatArray, dimension: int, place: int, time: float, landed: IntArray, states: FloatArray) -> None:
    """Write the states at one asked time of the members for which it is left; one that has come to rest is at the equilibrium."""
    d = size_of(dimension)
    zero, path, sums, until = vector_row(ZERO, d), vector_row(PATH, d), matrix_row(SPARE, d), scalar_row(UNTIL, d)
    for i in range(d):
        for lane in range(LANES):
            o = i * LANES + lane
            w[sums + o] = w[zero + o] + (w[path + o] if time < w[until + lane] else 0.0)
    for lane in range(LANES):
        if landed[LANES + lane] <= place:
            for i in range(d):
                states[landed[lane], place, i] = w[sums + i * LANES + lane]
