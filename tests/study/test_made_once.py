"""What a worker computes it makes once: a model is compiled by each process of an engine, and not for each block."""

import os
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.study import cluster, jobs
from richardson.study.jobs import BlockFunction
from richardson.study.pools import ProcessPool
from richardson.study.shares import Pace
from tests.study.doubling import doubled

pytestmark = [pytest.mark.slow, pytest.mark.extra]


def counting(spec: Mapping[str, Any]) -> BlockFunction:
    """A block function whose process writes down that it has made it, and every block that it computes."""
    _write(spec, "made")

    def run(samples: Any, first: int) -> dict[str, Any]:
        _write(spec, "ran")
        return {"twice": 2.0 * samples[:, 0]}

    return run


def _write(spec: Mapping[str, Any], what: str) -> None:
    with Path(spec["list"]).open("a") as told:
        told.write(f"{what} {os.getpid()}\n")


def made_here() -> int:
    """How often this process has made a block function of what it was sent."""
    return jobs._made.cache_info().misses


@pytest.mark.parametrize("where", ["processes", "a cluster of two threads a worker"])
def test_a_worker_makes_what_it_runs_once_however_many_blocks_it_computes(where: str, tmp_path: Path) -> None:
    spec = {"list": str(tmp_path / "list")}
    if where == "processes":
        found = doubled(partial(ProcessPool, workers=2), counting, spec)
    else:
        distributed = pytest.importorskip("distributed")
        settings = {**cluster.QUIET, "threads_per_worker": 2}
        with distributed.LocalCluster(n_workers=2, **settings) as local, distributed.Client(local, set_as_default=False) as client:
            found = doubled(partial(cluster.DaskPool, rn.Dask(client)), counting, spec)
    assert np.array_equal(found, 2 * np.arange(100.0))
    here, *lines = (tmp_path / "list").read_text().splitlines()
    assert here == f"made {os.getpid()}"
    made, ran = (Counter(line.split()[1] for line in lines if line.startswith(word)) for word in ("made", "ran"))
    assert set(made.values()) == {1}
    assert made.keys() == ran.keys()
    assert ran.total() >= 10


def test_a_worker_compiles_a_model_once_for_all_blocks_of_a_study(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(cluster.DaskPool, "pace", Pace(32, 0.0, 0.05, 2**24, 64))
    study = rn.Study(rn.models.linear(), rn.Design.sobol({"x": (0, 4), "y": (0, 4)}, size=2**12, rng=1), None, 50.0, audit=0)
    with distributed.LocalCluster(n_workers=2, **cluster.QUIET) as local, distributed.Client(local, set_as_default=False) as client:
        for _ in range(2):  # in 64 blocks; and again, when all is compiled
            rn.run_study(study, engine=client)
            assert list(client.run(made_here).values()) == [1, 1]
