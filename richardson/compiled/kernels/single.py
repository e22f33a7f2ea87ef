"""One run after the other in a thread of a card: the parts of `kernels.ensemble` with one lane, and one queue for all threads.

A thread that has ended a run takes the next one while its neighbours go on with theirs: a card lets 32 threads wait for the slowest.
The step within the loop is that of `kernels.ensemble.run`, written out in both: called once a step, with its thirty arrays, it
makes ensembles on threads slower by a fifth.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.attend import attend
from richardson.compiled.kernels.control import advance, judge, judge_between
from richardson.compiled.kernels.layout import COMMON, RELATIVE, size_of
from richardson.compiled.kernels.lookout import begin, due
from richardson.compiled.kernels.queue import FREE, choose_step, load, prepare
from richardson.compiled.kernels.records import first_values
from richardson.compiled.kernels.scheme import ROWS, attempt, interpolate


def follow(
    derive: Any,
    rates: Any,
    slopes: Any,
    values: Any,
    fetch: Any,
    queue: IntArray,
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
    b: FloatArray,
    raw: FloatArray,
    inside: FloatArray,
    best: FloatArray,
    search: FloatArray,
    stop: FloatArray,
    next_time: FloatArray,
    until: FloatArray,
    limit: FloatArray,
    member: IntArray,
    following: IntArray,
    states: FloatArray,
    records: FloatArray,
    codes: IntArray,
    stops: FloatArray,
    counts: IntArray,
) -> None:
    """Run members of ``samples`` (n, columns), each as ``fetch(queue)`` gives its number, until it gives n or more.

    What comes out of a member is written to its row of the last five arrays. Those from ``b`` to ``following`` are room to work in, as
    `kernels.ensemble` divides it for one lane.
    """
    d, recorded = size_of(start.size), kinds.size
    member[0], until[0] = FREE, 1.0
    while True:
        if member[0] == FREE:
            own = fetch(queue)
            if own >= samples.shape[0]:
                return
            member[0] = own
            load(own, samples, parameters, parameter_source, start, start_source, raw, b)
            prepare(derive, rates, raw, b, d, absolute, settings)
            if recorded > 0:
                first_values(values, b[(d * ROWS + COMMON) :], best, kinds)
            choose_step(rates, b, d, absolute, settings)
            begin(b, d, 0, times, settings, inside, following, next_time, states, own)
        near = attempt(rates, slopes, b, d, absolute, settings[RELATIVE], limits)
        calls = judge(b, d, settings)
        wanted = due(b, d, next_time, settings) if times.size > 0 else 0
        if near + wanted + recorded > 0:
            interpolate(rates, b, d)
            judge_between(b, d, absolute, settings, next_time, recorded > 0)
        if calls + near + wanted + recorded > 0:
            attend(
                values, near, wanted, calls, b, best, search, until, limit, d, times, absolute, limits, slack, barriers, kinds, settings,
                inside, stop, member, following, next_time, states, records, codes, stops, counts
            )  # fmt: skip
        advance(b, d, settings)
