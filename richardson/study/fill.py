"""The rows of a study, computed by whatever engine into memory and a store, without those that the store has."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from richardson.study.bar import Bar
from richardson.study.behind import behind
from richardson.study.collect import CODES, Collector
from richardson.study.engine import compute
from richardson.study.jobs import Arrays, Job
from richardson.study.keeping import StudyStore
from richardson.study.pools import Pool
from richardson.study.shares import Pace, Shares


def fill(start: Callable[[], Pool], job: Job, rows: Arrays, store: StudyStore | None, bar: Bar, *, pace: Pace | None = None) -> None:
    """Compute the members that a store does not have into their rows, and read those that it has.

    Parameters
    ----------
    start : callable
        Starts the workers, where there is anything to compute.
    job : Job
        What they compute.
    rows : dict of str to ndarray
        Room for all members.
    store : StudyStore or None
        Gets what is computed.
    bar : Bar
    pace : Pace, optional
        What sizes of blocks suit; the engine's by default.
    """
    count = len(rows[CODES])
    parts = [slice(0, count)] if store is None else store.missing
    with ExitStack() as stack:
        sink = None if store is None else stack.enter_context(behind(store))
        collector = Collector(rows, count, sink=sink, grain=1 if store is None else store.grain)
        for finished, arrays in () if store is None else store.finished():
            collector.keep(finished, arrays)
        if not parts:
            return
        bar.set_description("starting workers")
        pool = start()
        shares = Shares(parts, pace or pool.pace, pool.workers, row_bytes=job.row_bytes, grain=None if store is None else store.grain)
        bar.set_description("running")
        bar.begin(sum(part.stop - part.start for part in parts))
        compute(pool, shares, collector, bar)
