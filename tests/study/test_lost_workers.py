"""A cluster that loses all its workers: waited for as long as was asked, then given up with every finished block kept."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.errors import ComputationError
from richardson.study import cluster, dynamics_run, layout
from richardson.study.shares import Pace

pytestmark = [pytest.mark.slow, pytest.mark.extra]

STUDY = rn.Study(
    rn.models.linear(),
    rn.Design.sobol({"x": (0, 4), "y": (0, 4)}, size=2**16, rng=1),
    None,
    5000.0,
    relative=1e-10,
    audit=0,
)  # some seconds


class Machines:
    """A scheduler, and workers that nobody starts again, each a process."""

    def __init__(self) -> None:
        self.distributed: Any = pytest.importorskip("distributed")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.begun("dask_scheduler", "--host", "127.0.0.1", "--port", port)

    def begun(self, tool: str, *options: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{tool}", *map(str, options), "--no-dashboard"]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self, count: int) -> None:
        self.workers = [self.begun("dask_worker", self.address, "--no-nanny", "--nthreads", 1) for _ in range(count)]
        with self.distributed.Client(self.address, timeout=120, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=120)

    def kill(self, count: int | None = None) -> None:
        for worker in self.workers[:count]:
            worker.kill()
            worker.wait()

    def stop(self) -> None:
        self.kill()
        self.scheduler.kill()
        self.scheduler.wait()


def after_the_first_block(folder: Path, strike: Callable[[], None]) -> threading.Thread:
    """A thread that strikes then."""

    def wait_and_strike() -> None:
        while not list(folder.rglob("block-*.nc")):
            time.sleep(0.01)
        strike()

    striking = threading.Thread(target=wait_and_strike, daemon=True)
    striking.start()
    return striking


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    """Which are handed, and keep, many small blocks."""
    pytest.importorskip("h5netcdf")
    monkeypatch.setattr(layout, "BLOCK_BYTES", 2**17)
    monkeypatch.setattr(cluster.DaskPool, "pace", Pace(32, 0.0, 0.05, 2**24, 4096))
    found = Machines()
    yield found
    found.stop()


def bits(runs: Any) -> list[bytes]:
    return [np.ascontiguousarray(part).tobytes() for part in (runs.states, runs.stopped_at, runs.codes)]


def test_all_lost_are_named_and_the_store_goes_on_with_no_block_computed_again(machines: Machines, tmp_path: Path) -> None:
    machines.start(2)
    striking = after_the_first_block(tmp_path, machines.kill)
    with pytest.raises(ComputationError, match=r"lost all its workers \(tcp://.*, tcp://.*for 2 s; members \d+ to .*resume=True"):
        rn.run_study(STUDY, engine=rn.Dask(machines.address, patience=2), store=tmp_path / "store")
    striking.join()
    finished = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("block-*.nc")}
    assert 0 < len(rn.open_study(tmp_path / "store")) < len(STUDY)
    runs = rn.run_study(STUDY, store=tmp_path / "store", resume=True)
    assert bits(runs) == bits(rn.run_study(STUDY))
    assert {path: path.stat().st_mtime_ns for path in finished} == finished


def test_a_study_that_loses_one_of_two_workers_ends_with_the_same_bits(machines: Machines, tmp_path: Path) -> None:
    machines.start(2)
    striking = after_the_first_block(tmp_path, lambda: machines.kill(1))
    runs = rn.run_study(STUDY, engine=rn.Dask(machines.address, patience=30), store=tmp_path / "store")
    striking.join()
    assert [worker.poll() is None for worker in machines.workers] == [False, True]
    expected = bits(rn.run_study(STUDY))
    assert bits(runs) == expected
    assert bits(rn.open_study(tmp_path / "store").to_ensemble()) == expected


def test_dynamics_that_lose_one_of_two_workers_end_with_the_same_bits(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dynamics_run, "LOST", 0.05)
    bead = rn.Model.from_equations({"x": "m + x - x**3"}, {"m": 0}, name="bead")
    design = rn.Design.sobol({"m": (-0.6, 0.6), "x": (-1, 1)}, size=2**8, rng=1)
    plan = rn.DynamicsPlan(bead, design, rn.Window(x=(-2, 2)), measure=("kinds", "shares"), half_width=0.2, rng=2)
    machines.start(2)
    striking = after_the_first_block(tmp_path, lambda: machines.kill(1))
    found = rn.run_study(plan, engine=rn.Dask(machines.address, patience=30), store=tmp_path / "store")
    striking.join()
    assert [worker.poll() is None for worker in machines.workers] == [False, True]
    whole = rn.run_study(plan)
    assert found.codes.tobytes() == whole.codes.tobytes()
    assert {name: column.tobytes() for name, column in found.columns.items()} == {n: c.tobytes() for n, c in whole.columns.items()}


def test_workers_that_come_within_the_patience_go_on(machines: Machines, tmp_path: Path) -> None:
    machines.start(1)

    def replace() -> None:
        machines.kill()
        machines.start(1)

    striking = after_the_first_block(tmp_path, replace)
    runs = rn.run_study(STUDY, engine=rn.Dask(machines.address, patience=120), store=tmp_path / "store")
    striking.join()
    assert bits(runs) == bits(rn.run_study(STUDY))


def test_a_scheduler_that_answers_no_more_is_given_up_too(machines: Machines, tmp_path: Path) -> None:
    machines.start(1)
    striking = after_the_first_block(tmp_path, lambda: machines.scheduler.send_signal(signal.SIGSTOP))
    with pytest.raises(ComputationError, match=r"scheduler of the cluster has not answered for 2 s; members \d+ to .*resume=True"):
        rn.run_study(STUDY, engine=rn.Dask(machines.address, patience=2), store=tmp_path / "store")
    striking.join()
    assert 0 < len(rn.open_study(tmp_path / "store")) < len(STUDY)


def test_a_scheduler_that_is_killed_is_told_and_the_store_goes_on(machines: Machines, tmp_path: Path) -> None:
    machines.start(1)
    striking = after_the_first_block(tmp_path, machines.scheduler.kill)
    with pytest.raises(ComputationError, match=r"members? \d+ .*resume=True"):
        rn.run_study(STUDY, engine=rn.Dask(machines.address, patience=2), store=tmp_path / "store")
    striking.join()
    assert 0 < len(rn.open_study(tmp_path / "store")) < len(STUDY)
    assert bits(rn.run_study(STUDY, store=tmp_path / "store", resume=True)) == bits(rn.run_study(STUDY))


def test_a_cluster_that_never_had_a_worker_is_not_waited_for_beyond_the_patience(machines: Machines) -> None:
    with pytest.raises(ComputationError, match=r"has no workers, and none came within 0\.5 s"):
        rn.run_study(STUDY, engine=rn.Dask(machines.address, patience=0.5))
