"""What a study would take, from a few of its members: a dry run."""

from __future__ import annotations

from dataclasses import dataclass
from time import thread_time
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.lanes import LANES
from richardson.compiled.threads import thread_count
from richardson.errors import InvalidInputError, counted
from richardson.study.collect import CODES
from richardson.study.dynamics_block import dynamics_job
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.ensemble import IS_ANSWER
from richardson.study.jobs import Job
from richardson.study.keeping import seconds_of_one
from richardson.study.plan import Study
from richardson.study.planned import Planned
from richardson.study.pools import check_workers
from richardson.study.shelves import shelf_of
from richardson.study.store.size import store_size
from richardson.study.work import job_of

PARTS = 8  # of the sample, whose spread tells how sure the time is
ENOUGH = 5.0  # seconds after which no further part of the sample is run


@dataclass(frozen=True, repr=False)
class Cost:
    """What a study would take.

    Attributes
    ----------
    members : int
    sampled : int
        Members that were run to tell.
    failed : int
        How many of those gave no answer.
    work : float
        Seconds of one processor that all members take.
    work_error : float
        Standard error of that, from the spread among the sampled members.
    workers : int
        Threads, processes or workers of a cluster.
    seconds : float
        Time on them, when they are all of the speed of this machine and do nothing else; kernels that are not compiled yet and the
        start of workers come on top.
    memory : int
        Bytes of the design and the result.
    disk : int
        Bytes of a store of netCDF files, all that is in its folder.
    blocks : int
        Of it, a file each.
    """

    members: int
    sampled: int
    failed: int
    work: float
    work_error: float
    workers: int
    seconds: float
    memory: int
    disk: int
    blocks: int

    def to_table(self) -> dict[str, float]:
        """The numbers by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __repr__(self) -> str:
        """Time, memory and disk in one line."""
        failed = f", {self.failed} of {self.sampled} sampled members failed" if self.failed else ""
        work = f"{_duration(self.work)} ± {_duration(self.work_error)} of work"
        return (
            f"Cost({counted(self.members, 'member')}: about {_duration(self.seconds)} on {counted(self.workers, 'worker')} ({work}), "
            f"{_size(self.memory)} of memory, {_size(self.disk)} on disk{failed})"
        )


def cost(study: Planned[Any], *, workers: int | None = None, sample: int = 4096) -> Cost:
    """What a study would take, from running a few of its members spread over the design.

    Parameters
    ----------
    study : Study or DynamicsPlan
    workers : int, optional
        Threads, processes or workers that it would have; by default as many as processors that may be used, of dynamics one, since the
        engine "local" analyses members one after the other.
    sample : int
        Members to run, at least 8; all, where there are fewer, and not all where they take long.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        If that is no study, or a number is none.

    Examples
    --------
    >>> from richardson.models import linear
    >>> from richardson.study.design import Design
    >>> dry = cost(Study(linear(), Design.sobol({"x": (0, 4), "y": (0, 4)}, size=2**20, rng=1), None, 50.0))
    >>> dry.members, dry.sampled, dry.blocks, dry.failed
    (1048576, 4096, 6, 0)
    """
    if not isinstance(study, Study | DynamicsPlan):
        raise InvalidInputError(f"A study was expected; got {study!r}. Write Study(model, design, start, times), or a DynamicsPlan.")
    check_workers(workers)
    if isinstance(sample, bool) or not isinstance(sample, int | np.integer) or sample < PARTS:
        raise InvalidInputError(f"sample= must be a whole number, {PARTS} or more; got {sample!r}.")
    count, threads = len(study), workers or (thread_count() if isinstance(study, Study) else 1)
    job, shelf = job_of(study) if isinstance(study, Study) else dynamics_job(study), shelf_of(study)
    least = LANES if isinstance(study, Study) else 1  # members that are computed side by side
    most = max(PARTS * least, int(ENOUGH / seconds_of_one(job, study.members.samples)))
    chosen = np.unique(np.linspace(0, count - 1, min(int(sample), count, most)).astype(np.int64))
    seconds, sizes, failed = _measured(job, study.members.samples, chosen, least)
    work = count * seconds.sum() / sizes.sum()
    spread = float(np.std(seconds / sizes, ddof=1)) / np.sqrt(len(seconds)) if len(seconds) > 1 else 0.0
    layout = shelf.divided(work / count)
    return Cost(
        members=count,
        sampled=int(sizes.sum()),
        failed=failed,
        work=float(work),
        work_error=float(count * spread),
        workers=threads,
        seconds=float(work / min(threads, count)),
        memory=count * study.row_bytes,
        disk=store_size(study.configuration(), layout),
        blocks=layout.block_count,
    )


def _measured(job: Job, samples: FloatArray, chosen: IntArray, least: int) -> tuple[FloatArray, IntArray, int]:
    """Processor seconds and members of each part of the sample, and how many members gave no answer."""
    mixed = np.random.default_rng(0).permutation(chosen)  # neighbours are alike, and a part should be like the whole
    seconds, sizes, failed = list[float](), list[int](), 0
    for part in np.array_split(mixed, max(1, min(PARTS, chosen.size // least))):
        begin = thread_time()
        found = job.here(samples[part], 0)
        seconds.append(thread_time() - begin)
        sizes.append(part.size)
        failed += int(np.count_nonzero(~IS_ANSWER[found[CODES]]))
        if sum(seconds) > ENOUGH:
            break
    return np.array(seconds), np.array(sizes), failed


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.2g} s" if seconds >= 0.01 else f"{1e3 * seconds:.2g} ms"


def _size(count: float) -> str:
    for unit, power in (("TB", 12), ("GB", 9), ("MB", 6)):
        if count >= 10**power:
            return f"{count / 10**power:.3g} {unit}"
    return f"{count / 1e3:.3g} kB"
