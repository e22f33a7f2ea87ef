"""What runs the blocks of a study, and where: threads, processes, a cluster, a card. Every engine gives the same rows.

Members do not know of each other, and each is computed by the same operations whatever stands beside it, so results depend neither
on the size of blocks nor on who computes them, as long as the processors are alike.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.threads import thread_count
from richardson.errors import ComputationError, RichardsonError, UnknownNameError, nearest
from richardson.study.bar import Bar
from richardson.study.cluster import Dask, DaskPool, as_dask
from richardson.study.collect import CODES, Collector
from richardson.study.ensemble import IS_ANSWER
from richardson.study.interruption import interruptible
from richardson.study.jobs import Found, Job
from richardson.study.layout import members_of
from richardson.study.pools import IN_FLIGHT, Alone, Pool, ProcessPool, Threads, check_workers
from richardson.study.shares import Shares

ENGINES = ("local", "cuda", "processes", "dask")
RETRIES = 3  # times that a block is handed out again when its worker is lost


@dataclass(frozen=True)
class Processes:
    """The engine "processes" with its number of processes.

    Attributes
    ----------
    workers : int, optional
        How many; by default as many as processors that may be used (``RICHARDSON_THREADS``).

    Raises
    ------
    InvalidInputError
        If that is no whole number above 0.
    """

    workers: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no number of workers."""
        check_workers(self.workers)


Engine: TypeAlias = "str | Processes | Dask"


def read_engine(engine: Any) -> Engine:
    """The engine of a call: "local", "cuda", or one with its settings.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    if isinstance(engine, Processes):
        return engine
    if isinstance(engine, str) and engine in ENGINES[:3]:
        return Processes() if engine == "processes" else engine
    found = as_dask(engine)
    if found is None:
        raise UnknownNameError(
            f'There is no engine {engine!r}. {nearest(str(engine), ENGINES)} An address such as "tcp://10.0.0.1:8786", a client of '
            "dask.distributed, and richardson.Dask or richardson.Processes are engines too."
        )
    return found


def pool_of(engine: Engine, job: Job, samples: FloatArray) -> Pool:
    """The workers of an engine, started now.

    Raises
    ------
    MissingExtraError
        If dask is missing.
    InvalidInputError, ComputationError
        If there is no cluster where one should be, or its versions differ from those here.
    """
    if isinstance(engine, Dask):
        return DaskPool(engine, job, samples)
    if isinstance(engine, Processes):
        return ProcessPool(job, samples, engine.workers or thread_count())
    return Alone(job, samples) if engine == "cuda" else Threads(job, samples, thread_count())


def name_of(engine: Engine) -> str:
    """What an engine is called, for the record and on the bar."""
    return "processes" if isinstance(engine, Processes) else "dask" if isinstance(engine, Dask) else engine


def compute(pool: Pool, shares: Shares, collector: Collector, bar: Bar) -> None:
    """Have all shares computed and collected.

    After Ctrl-C the blocks that were begun are finished, and what has not been reached is left out; after a second one they are not
    waited for either.

    Raises
    ------
    ComputationError
        If the worker of a block is lost again and again, or a block fails.
    """
    waiting: dict[Future[Found], slice] = {}
    lost: Counter[int] = Counter()

    def stop() -> None:
        shares.stop()
        bar.set_description("interrupted: finishing what was begun")

    is_done = False
    try:
        with interruptible(stop):
            while _hand_out(pool, shares, waiting):
                for future in pool.first_done(waiting):
                    rows = waiting.pop(future)
                    error = CancelledError() if future.cancelled() else future.exception()
                    if error is None:
                        _take(future.result(), rows, shares, collector, bar)
                    elif pool.recover(error):
                        _again(rows, waiting, lost, shares, error)
                        break
                    else:
                        raise _named(error, rows) from error
        is_done = True
    except KeyboardInterrupt:
        pass  # the second: what has been collected is kept
    finally:
        pool.close(now=not is_done)


def _hand_out(pool: Pool, shares: Shares, waiting: dict[Future[Found], slice]) -> bool:
    """Keep all workers busy; whether anything is under way."""
    while len(waiting) < IN_FLIGHT * pool.workers:
        rows = shares.next()
        if rows is None:
            break
        waiting[pool.submit(rows)] = rows
    return bool(waiting)


def _take(found: Found, rows: slice, shares: Shares, collector: Collector, bar: Bar) -> None:
    """Collect the rows of a block."""
    shares.measured(rows.stop - rows.start, found.seconds)
    collector.add(rows, found.arrays)
    codes = found.arrays.get(CODES)
    if codes is not None:
        bar.failures += int(np.count_nonzero(~IS_ANSWER[codes]))
        bar.set_postfix_str(f"{bar.failures} failed", refresh=False)
    bar.update(rows.stop - rows.start)


def _again(rows: slice, waiting: dict[Future[Found], slice], lost: Counter[int], shares: Shares, error: BaseException) -> None:
    """Hand out again what was under way when workers were lost: all of it, since their pool ends with one of them.

    Raises
    ------
    ComputationError
        If that has happened too often.
    """
    for each in (*waiting.values(), rows):
        lost[each.start] += 1
        shares.give_back(each)
    waiting.clear()
    if lost[rows.start] > RETRIES:
        raise ComputationError(
            f"The worker of {members_of(rows)} was lost {RETRIES + 1} times ({type(error).__name__}). It may lack "
            'memory; or, in a script, the call is not under `if __name__ == "__main__":`, without which new processes run all of the '
            "script again."
        ) from error


def _named(error: BaseException, rows: slice) -> Exception:
    """A failure of a block with the members that it was of."""
    if isinstance(error, RichardsonError):
        return error
    if isinstance(error, CancelledError):
        return ComputationError(
            f"The cluster has let go of {members_of(rows)}: its scheduler ended or began anew, or somebody cancelled them. Finished blocks "
            "stay in the study's store: mend the cluster, and go on with resume=True."
        )
    return ComputationError(f"{members_of(rows).capitalize()} could not be computed: {type(error).__name__}: {error}.")
