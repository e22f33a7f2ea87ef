"""The workers of engines: threads of this process, processes of this machine, or this thread itself for a card."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from typing import Any, Protocol

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.lanes import LANES
from richardson.errors import InvalidInputError
from richardson.study.jobs import Found, Job, run_here, run_sent
from richardson.study.shares import Pace

IN_FLIGHT = 3  # blocks a worker: one is computed, others wait, so that none idles while rows are kept
THREADS_PACE = Pace(8 * LANES, 0.0, 0.05, 2**23, 2**14)  # an interruption is felt at once
REMOTE_PACE = Pace(8 * LANES, 1.0, 15.0, 2**24, 2**31)  # to hand a block to another process takes milliseconds


class Pool(Protocol):
    """Workers that compute blocks; unless a pool says otherwise, none of them is ever lost.

    Attributes
    ----------
    workers : int
    pace : Pace
    """

    workers: int
    pace: Pace

    def submit(self, rows: slice) -> Future[Found]:
        """Have some members computed."""

    def first_done(self, waiting: Mapping[Future[Found], slice]) -> set[Future[Found]]:
        """Those blocks under way that are done, one at least, for which is waited."""
        return wait(waiting, return_when=FIRST_COMPLETED).done

    def recover(self, error: BaseException) -> bool:
        """Whether that says that workers were lost, which have been replaced now, and not that a block cannot be computed."""
        return False

    def close(self, *, now: bool = False) -> None:
        """Let the workers go, at once or when they are done."""


class Threads(Pool):
    """Threads of this process."""

    pace = THREADS_PACE

    def __init__(self, job: Job, samples: FloatArray, workers: int) -> None:
        self._job, self._samples, self.workers = job, samples, workers
        self._pool = ThreadPoolExecutor(workers)

    def submit(self, rows: slice) -> Future[Found]:
        """Have some members computed."""
        return self._pool.submit(run_here, self._job, self._samples[rows], rows.start)

    def close(self, *, now: bool = False) -> None:
        """Let the threads go."""
        self._pool.shutdown(cancel_futures=now)


class ProcessPool(Pool):
    """Processes of this machine, each of which compiles what it runs once; the compiled kernels they share are on disk."""

    pace = REMOTE_PACE

    def __init__(self, job: Job, samples: FloatArray, workers: int) -> None:
        self._job, self._samples, self.workers = job, samples, workers
        self._pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, mp_context=multiprocessing.get_context("spawn"), initializer=leave_interruptions)

    def submit(self, rows: slice) -> Future[Found]:
        """Have some members computed."""
        try:
            return self._pool.submit(run_sent, self._job.maker, self._job.text, self._samples[rows], rows.start)
        except BrokenExecutor as error:  # a worker was lost since the last block was waited for
            broken: Future[Found] = Future()
            broken.set_exception(error)
            return broken

    def recover(self, error: BaseException) -> bool:
        """Whether a process ended without an answer, which ends all of the pool: then there are new ones."""
        if not isinstance(error, BrokenExecutor):
            return False
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._started()
        return True

    def close(self, *, now: bool = False) -> None:
        """Let the processes go; ``now`` ends them in the middle of their blocks."""
        running: Any = dict(self._pool._processes or {}) if now else {}
        self._pool.shutdown(wait=not now, cancel_futures=now)
        for process in running.values():
            process.terminate()


class Alone(Pool):
    """The calling thread: a block is computed when it is handed in."""

    workers, pace = 1, Pace(2**20, 0.0, 1.0, 2**62, 2**20)

    def __init__(self, job: Job, samples: FloatArray) -> None:
        self._job, self._samples = job, samples

    def submit(self, rows: slice) -> Future[Found]:
        """Compute some members."""
        done: Future[Found] = Future()
        done.set_result(run_here(self._job, self._samples[rows], rows.start))
        return done

    def close(self, *, now: bool = False) -> None:
        """Nothing is left to let go."""


def leave_interruptions() -> None:
    """Leave Ctrl-C, which a terminal sends to all processes, to the one that hands out the blocks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def check_workers(workers: Any) -> None:
    """Refuse what is no number of workers.

    Raises
    ------
    InvalidInputError
        If it is not a whole number above 0, nor None.
    """
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int | np.integer) or workers < 1):
        raise InvalidInputError(f"workers= must be a whole number, 1 or more; got {workers!r}. Leave it out to use all processors.")
