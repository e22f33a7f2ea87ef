"""The engine "dask": the workers of a cluster, through the concurrent.futures interface of dask.distributed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any

import numpy as np

from richardson import extras, provenance
from richardson.arrays import FloatArray
from richardson.compiled.threads import thread_count
from richardson.errors import ComputationError, InvalidInputError
from richardson.study.jobs import Found, Job, run_sent
from richardson.study.layout import members_of
from richardson.study.pools import REMOTE_PACE, Pool, check_workers, leave_interruptions

EXTRA = "scale"
SCHEMES = ("tcp://", "tls://", "ws://", "wss://", "ucx://", "inproc://")  # how addresses of schedulers begin
CONNECTING = 10  # seconds to wait for a scheduler
PATIENCE = 60.0  # seconds to wait for a worker where there is none: a batch system takes about as long to start one again
LOOKING = 1.0  # seconds without an answer after which the workers are counted
SHOWN = 4  # workers, or parts of a study, in a refusal
QUIET: dict[str, Any] = {  # no pages about the cluster, at no fixed port, to this machine alone; failures come as answers
    "threads_per_worker": 1,
    "dashboard_address": "127.0.0.1:0",
    "scheduler_kwargs": {"dashboard": False},
    "silence_logs": logging.CRITICAL,
}
SAME = ("richardson", "numpy", "numba")  # versions of which workers must have the same, since others may round otherwise


@dataclass(frozen=True, eq=False)
class Dask:
    """The engine "dask" with its cluster.

    Attributes
    ----------
    cluster : str, distributed.Client or None
        Address of a scheduler, such as "tcp://10.0.0.1:8786"; a client that is connected to one, which stays so; or None, for a
        cluster of processes on this machine that lives as long as the call.
    workers : int, optional
        Processes of the cluster on this machine; by default as many as processors that may be used (``RICHARDSON_THREADS``).
    patience : float
        Seconds without any worker, at the beginning or after all were lost, before a study is given up; may be infinite. Blocks that are
        finished stay in the study's store.

    Raises
    ------
    InvalidInputError
        If the cluster is none of these, the number of workers is no whole number above 0 or given for a cluster that exists, or the
        patience is no number above 0.

    Examples
    --------
    >>> Dask("tcp://10.0.0.1:8786")
    Dask(cluster='tcp://10.0.0.1:8786', workers=None, patience=60.0)
    """

    cluster: Any = None
    workers: int | None = None
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        """Refuse what is no cluster."""
        check_workers(self.workers)
        if isinstance(self.patience, bool) or not isinstance(self.patience, int | float | np.number) or not self.patience > 0.0:
            raise InvalidInputError(
                f"patience= is the number of seconds to wait for a worker where there is none, above 0; got {self.patience!r}. Leave it "
                f"out for {PATIENCE:g}, or give inf to wait for ever."
            )
        if self.cluster is None:
            return
        if not is_client(self.cluster) and not (isinstance(self.cluster, str) and self.cluster.startswith(SCHEMES)):
            raise InvalidInputError(
                f'A cluster is named by the address of its scheduler, such as "tcp://10.0.0.1:8786", or a distributed.Client; got '
                f"{self.cluster!r}. Leave it out for a cluster on this machine."
            )
        if self.workers is not None:
            raise InvalidInputError("workers= is for a cluster that is started here; one that exists has its own. Leave it out.")


def is_client(thing: Any) -> bool:
    """Whether that is a client of dask.distributed, which is not imported for the question."""
    distributed = sys.modules.get("distributed")
    return distributed is not None and isinstance(thing, distributed.Client)


def as_dask(engine: Any) -> Dask | None:
    """The engine that a name, an address or a client stands for; None if it is none of them."""
    if isinstance(engine, Dask):
        return engine
    if engine == "dask":
        return Dask()
    return Dask(engine) if is_client(engine) or (isinstance(engine, str) and engine.startswith(SCHEMES)) else None


class DaskPool(Pool):
    """The workers of a cluster.

    A block whose worker is lost is handed to another one by the scheduler, until that has happened as often as its setting
    ``distributed.scheduler.allowed-failures`` allows. Where there is no other, it waits for one to come; so does this pool, but not
    for ever.
    """

    pace = REMOTE_PACE

    def __init__(self, engine: Dask, job: Job, samples: FloatArray) -> None:
        self._job, self._samples, self._patience = job, samples, engine.patience
        self._met: tuple[str, ...] = ()  # the workers when they were last looked at
        self._deserted: float | None = None  # since when there is none
        self._stack = ExitStack()
        try:
            self._client = self._connected(engine)
            self.workers = self._counted()
            self._check_versions()
        except BaseException:
            self._stack.close()
            raise
        self._pool = self._client.get_executor(pure=False)

    def submit(self, rows: slice) -> Future[Found]:
        """Have some members computed."""
        found: Future[Found] = self._pool.submit(run_sent, self._job.maker, self._job.text, self._samples[rows], rows.start)
        return found

    def first_done(self, waiting: Mapping[Future[Found], slice]) -> set[Future[Found]]:
        """Those blocks under way that are done, one at least, for which is waited while there are workers.

        Raises
        ------
        ComputationError
            If there has been no worker, or no answer of the scheduler, for longer than the patience.
        """
        while not (done := wait(waiting, timeout=LOOKING, return_when=FIRST_COMPLETED).done):
            self._check_workers(waiting.values())
        self._deserted = None  # an answer comes from a worker
        return done

    def _check_workers(self, rows: Iterable[slice]) -> None:
        """Give up on members when there has been no worker, or no scheduler that could tell, for too long."""
        try:
            here = self._client.sync(self._client.scheduler.ncores, callback_timeout=CONNECTING)
            fault = f"The cluster has lost all its workers ({_listed(self._met)}), and none has come for {self._patience:g} s"
        except OSError:  # also where time is up
            here, fault = {}, f"The scheduler of the cluster has not answered for {self._patience:g} s"
        if here:
            self._met, self._deserted = tuple(here), None
            return
        self._deserted = monotonic() if self._deserted is None else self._deserted
        if monotonic() - self._deserted > self._patience:
            members = _listed([members_of(each) for each in sorted(rows, key=lambda each: each.start)])
            raise ComputationError(
                f"{fault}; {members} had not come back. Finished blocks stay in the study's store: mend the cluster, and go on with "
                "resume=True."
            )

    def close(self, *, now: bool = False) -> None:
        """Forget the blocks under way, and stop a cluster or a client that was started for them."""
        self._pool.shutdown(wait=not now)
        self._stack.close()

    def _connected(self, engine: Dask) -> Any:
        distributed: Any = extras.require("distributed", EXTRA)
        if is_client(engine.cluster):
            return engine.cluster
        try:
            if engine.cluster is None:
                count = engine.workers or thread_count()
                local = distributed.LocalCluster(n_workers=count, **QUIET)
                client = self._stack.enter_context(distributed.Client(self._stack.enter_context(local), set_as_default=False))
                client.run(leave_interruptions)
                return client
            return self._stack.enter_context(distributed.Client(engine.cluster, timeout=CONNECTING, set_as_default=False))
        except (OSError, RuntimeError, ValueError) as error:
            where = "on this machine" if engine.cluster is None else f"at {engine.cluster}"
            raise ComputationError(
                f"There is no cluster {where}: {error}. Start one with `dask scheduler` and `dask worker`, and give its address; in a "
                'script, a cluster on this machine needs the call to be under `if __name__ == "__main__":`.'
            ) from error

    def _counted(self) -> int:
        """Threads of the workers, at least one of which is waited for.

        Raises
        ------
        ComputationError
            If none comes within the patience.
        """
        try:
            self._client.wait_for_workers(1, timeout=None if self._patience == inf else float(self._patience))
        except TimeoutError as error:
            raise ComputationError(
                f"The cluster has no workers, and none came within {self._patience:g} s. Start some with `dask worker ADDRESS`."
            ) from error
        threads = self._client.nthreads()
        self._met = tuple(threads)
        return int(sum(threads.values()))

    def _check_versions(self) -> None:
        """Refuse workers that would compute with other versions than this process.

        Raises
        ------
        ComputationError
            If there are any, or they lack this library.
        """
        here = versions()
        try:
            found = self._client.run(versions)
        except OSError as error:
            raise ComputationError(f"A worker of the cluster was lost while its versions were asked for: {error}. Run it again.") from error
        except Exception as error:  # whatever a worker raises where the library is missing or damaged
            raise ComputationError(
                f"The workers of the cluster cannot import this library: {error}. Install it where they run, in the same version."
            ) from error
        for address, there in found.items():
            for package in SAME:
                if there[package] != here[package]:
                    raise ComputationError(
                        f"The worker {address} has {package} {there[package]}, and here it is {here[package]}, so that its rows could "
                        "differ in their last bits. Install the same version there."
                    )


def _listed(things: Sequence[str]) -> str:
    """The first of them."""
    return ", ".join((*things[:SHOWN], "…") if len(things) > SHOWN else things)


def versions() -> dict[str, str]:
    """What this process computes with."""
    return dict(provenance.record(None).versions)
