"""Processes and clusters: the same bits as threads, what becomes of lost workers and of interruptions, and what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.errors import ComputationError, InvalidInputError, MissingExtraError, UnknownNameError
from richardson.models import linear, nations, security_dilemma
from richardson.study import cluster, engine
from richardson.study.collect import Collector
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.jobs import BlockFunction
from richardson.study.plan import Study
from richardson.study.pools import ProcessPool
from richardson.study.run import run_study
from richardson.study.shares import Pace
from richardson.symbolic.series import Series
from tests.study.doubling import doubled

DILEMMA = security_dilemma()
RECORD = [rn.Maximum("x"), rn.FirstCrossing("x - y", -1), "x + y", rn.Minimum("x*y")]
SMALL = Pace(32, 0.0, 0.05, 2**24, 512)  # many blocks of few members


def dilemma(size: int = 2000) -> Study:
    """Members of every kind, all that can be recorded, a third of them repeats."""
    ranges = {"x": (0, 60), "y": (0, 60), "balance": (-1, 1), "steepness": (1, 4)}
    return Study(DILEMMA, Design.latin_hypercube(ranges, size=size, rng=1), None, np.linspace(0, 12, 5), record=RECORD, repeats=3, audit=0)


def raced() -> Study:
    """A race driven by a series and a text, to its end, with an integral."""
    model = linear().with_drive(grievance_x=Series([0, 4, 9], [0.1, 0.3, 0.2], interpolation="linear", beyond="hold"))
    model = model.with_drive(grievance_y="0.1 + 0.05*sin(t)")
    return Study(
        model, Design.sobol({"y": (0, 4), "defence": (0.1, 0.3)}, size=256, rng=2), {"x": 1}, 9.0, record=rn.Integral("x"), audit=0
    )


def many() -> Study:
    """Seven nations, whose equations are kept over nations; until they settle."""
    design = Design.latin_hypercube({"n1": (0, 4), "defence_n1_n2": (0, 0.05)}, size=100, rng=3)
    return Study(nations(7), design, {f"n{place}": 1.0 for place in range(2, 8)}, None, settle=True, audit=0)


STUDIES = {"dilemma": dilemma, "driven race": raced, "seven nations": many}


def bits(runs: Ensemble, rows: Any = slice(None)) -> list[bytes]:
    """All that comes out of some members."""
    return [np.ascontiguousarray(part[rows]).tobytes() for part in (runs.states, runs.records, runs.stopped_at, runs.codes)]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client of a cluster of two workers."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, **cluster.QUIET) as local,
        distributed.Client(local, set_as_default=False) as found,
    ):
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("pace", [SMALL, Pace(10_000, 0.0, 9.0, 2**30, 10_000)], ids=["small blocks", "one block"])
def test_processes_give_the_bits_of_threads(name: str, pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    study = STUDIES[name]()
    monkeypatch.setattr(ProcessPool, "pace", pace)
    assert bits(run_study(study, engine=rn.Processes(2))) == bits(run_study(study))


@pytest.mark.slow
@pytest.mark.extra
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("size", [32, 512])
def test_a_cluster_gives_the_bits_of_threads(name: str, size: int, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    study = STUDIES[name]()
    monkeypatch.setattr(cluster.DaskPool, "pace", Pace(32, 0.0, 0.05, 2**24, size))
    assert bits(run_study(study, engine=client)) == bits(run_study(study))


@pytest.mark.slow
@pytest.mark.extra
def test_an_address_and_a_cluster_of_the_call_are_engines_too(client: Any) -> None:
    study = raced()
    address = client.scheduler_info()["address"]
    expected = bits(run_study(study))
    assert bits(run_study(study, engine=address)) == expected
    assert bits(run_study(study, engine=rn.Dask(address))) == expected
    assert bits(run_study(study, engine=rn.Dask(workers=1))) == expected


def test_blocks_of_a_store_are_put_together_from_rows_that_come_in_any_order_and_division() -> None:
    count = 1000
    rows, blocks = {"codes": np.zeros(count, dtype=np.int8), "states": np.zeros((count, 1, 1))}, Keeping()
    collector = Collector(rows, count, sink=blocks, grain=96)
    order = np.random.default_rng(1).permutation(40)
    for part in order:
        members = slice(25 * part, 25 * (part + 1))
        numbers = np.arange(members.start, members.stop)
        collector.add(members, {"codes": (numbers % 7).astype(np.int8), "states": 1.0 * numbers[:, None, None]})
    assert np.array_equal(rows["states"][:, 0, 0], np.arange(count))
    assert np.array_equal(np.concatenate([blocks.found[index]["codes"] for index in sorted(blocks.found)]), np.arange(count) % 7)
    assert blocks.rows == {index: slice(96 * index, min(96 * (index + 1), count)) for index in range(11)}


class Keeping:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.found: dict[int, Mapping[str, Any]] = {}
        self.rows: dict[int, slice] = {}

    def write(self, index: int, rows: slice, arrays: Mapping[str, Any]) -> None:
        self.found[index], self.rows[index] = {name: array.copy() for name, array in arrays.items()}, rows


def deadly(spec: Mapping[str, Any]) -> BlockFunction:
    """A block function of which the process dies once at member 40, or always."""
    marker = Path(spec["marker"])

    def run(samples: Any, first: int) -> dict[str, Any]:
        if first <= 40 < first + len(samples) and (spec["always"] or not marker.exists()):
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return {"twice": 2.0 * samples[:, 0]}

    return run


def failing(spec: Mapping[str, Any]) -> BlockFunction:
    """A block function that cannot compute member 40."""

    def run(samples: Any, first: int) -> dict[str, Any]:
        if first <= 40 < first + len(samples):
            raise ZeroDivisionError("by nought")
        return {"twice": 2.0 * samples[:, 0]}

    return run


@pytest.mark.slow
def test_the_blocks_of_a_process_that_is_killed_are_computed_by_others(tmp_path: Path) -> None:
    found = doubled(partial(ProcessPool, workers=2), deadly, {"marker": str(tmp_path / "dead"), "always": False})
    assert (tmp_path / "dead").exists()
    assert np.array_equal(found, 2 * np.arange(100.0))


@pytest.mark.slow
def test_a_block_that_kills_every_process_is_named(tmp_path: Path) -> None:
    with pytest.raises(ComputationError, match=r"worker of members \d+ to \d+ was lost 4 times .*may lack memory"):
        doubled(partial(ProcessPool, workers=2), deadly, {"marker": str(tmp_path / "dead"), "always": True})


@pytest.mark.slow
def test_a_block_that_fails_is_named() -> None:
    with pytest.raises(ComputationError, match="Members 40 to 49 could not be computed: ZeroDivisionError: by nought"):
        doubled(partial(ProcessPool, workers=1), failing, {})


@pytest.mark.slow
@pytest.mark.extra
def test_the_blocks_of_a_worker_of_a_cluster_that_is_killed_are_computed_by_others(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    start = partial(cluster.DaskPool, engine.read_engine(rn.Dask(workers=2)))
    found = doubled(start, deadly, {"marker": str(tmp_path / "dead"), "always": False})
    assert (tmp_path / "dead").exists()
    assert np.array_equal(found, 2 * np.arange(100.0))


INTERRUPTED = """
import json, sys
import richardson as rn
from richardson.study.run import run_study
from richardson.study.plan import Study

if __name__ == "__main__":
    design = rn.Design.sobol({"x": (0, 4), "y": (0, 4)}, size=2**18, rng=1)
    study = Study(rn.models.linear(), design, None, 5000.0, relative=1e-10, audit=0)
    runs = run_study(study, engine=sys.argv[2], store=sys.argv[1], progress=True, resume=len(sys.argv) > 3)
    print(json.dumps({outcome.name: number for outcome, number in runs.count().items()}))
"""


@pytest.mark.slow
@pytest.mark.extra
@pytest.mark.parametrize("name", ["local", "processes", "dask"])
def test_an_interruption_finishes_what_was_begun_and_leaves_a_study_to_go_on_with(name: str, tmp_path: Path) -> None:
    """The signal goes to all processes, as a terminal sends it."""
    pytest.importorskip("h5netcdf")
    if name == "dask":
        pytest.importorskip("distributed")
    script = tmp_path / "study.py"
    script.write_text(INTERRUPTED)
    command = [sys.executable, str(script), str(tmp_path / "store"), name]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert first.stderr is not None
    while "0 failed" not in first.stderr.readline(4096):  # the first blocks are done
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGINT)
    output, _ = first.communicate(timeout=300)
    counts = json.loads(output)
    assert (set(counts), sum(counts.values())) == ({"INTERRUPTED", "REACHED_END"}, 2**18)
    again = subprocess.run([*command, "resume"], capture_output=True, text=True, check=True)
    assert json.loads(again.stdout) == {"REACHED_END": 2**18}


@pytest.mark.parametrize("wrong", ["locl", "dsak", "10.0.0.1:8786", 3, None])
def test_an_engine_that_is_none_is_refused_with_those_there_are(wrong: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"There is no engine .*tcp://"):
        engine.read_engine(wrong)


def test_a_cluster_without_dask_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"richardson\[scale\]"):
        doubled(partial(cluster.DaskPool, rn.Dask()), failing, {})


@pytest.mark.slow
@pytest.mark.extra
def test_an_address_where_no_cluster_is_is_refused() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ComputationError, match="no cluster at tcp://127.0.0.1:9"):
        doubled(partial(cluster.DaskPool, rn.Dask("tcp://127.0.0.1:9")), failing, {})


@pytest.mark.slow
@pytest.mark.extra
def test_workers_with_other_versions_are_refused(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here = cluster.versions()
    monkeypatch.setattr(client, "run", lambda function: {"tcp://a": {**here, "numba": "0.1"}})
    with pytest.raises(ComputationError, match=r"worker tcp://a has numba 0.1, and here it is .*Install the same"):
        doubled(partial(cluster.DaskPool, rn.Dask(client)), failing, {})


def test_the_patience_with_a_cluster_begins_anew_after_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, now = [Future[Any]() for _ in range(4)], [0.0]
    waiting = {answer: slice(place, place + 1) for place, answer in enumerate(answers)}

    def nobody_there(*_: Any, **__: Any) -> dict[str, int]:
        now[0] += 40.0
        answers[sum(answer.done() for answer in answers)].set_result(None)
        return {}

    monkeypatch.setattr(cluster, "LOOKING", 0.0)
    monkeypatch.setattr(cluster, "monotonic", lambda: now[0])
    pool = object.__new__(cluster.DaskPool)
    pool._patience, pool._met, pool._deserted = 60.0, (), None
    pool._client = SimpleNamespace(sync=nobody_there, scheduler=SimpleNamespace(ncores=None))
    for place, answer in enumerate(answers):
        assert pool.first_done(dict(list(waiting.items())[place:])) == {answer}


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: rn.Processes(0), "whole number, 1 or more"),
        (lambda: rn.Dask(workers=True), "whole number, 1 or more"),
        (lambda: rn.Dask("10.0.0.1"), "address of its scheduler"),
        (lambda: rn.Dask("tcp://10.0.0.1:8786", workers=2), "has its own"),
        (lambda: rn.Dask(patience=0), "seconds to wait for a worker"),
        (lambda: rn.Dask(patience=float("nan")), "seconds to wait for a worker"),
        (lambda: rn.Dask(patience="long"), "seconds to wait for a worker"),  # type: ignore[arg-type]
        (lambda: rn.Dask(patience=None), "seconds to wait for a worker"),  # type: ignore[arg-type]
        (lambda: rn.Dask(patience=True), "seconds to wait for a worker"),
    ],
)
def test_engines_with_settings_that_fit_nothing_are_refused(make: Any, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        make()
