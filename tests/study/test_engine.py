"""The local engine: the same bits however the work is divided, and what is left after an interruption."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.models import linear, security_dilemma
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.pools import Threads
from richardson.study.recording import FirstCrossing, Maximum
from richardson.study.run import run_ensemble
from richardson.study.shares import Pace

pytestmark = pytest.mark.slow  # its kernels take half a minute to compile

RACE, DILEMMA = linear(), security_dilemma()
TIMES = np.linspace(0, 12, 5)
MEMBERS = 200
RECORD = [Maximum("x"), FirstCrossing("x - y"), "x + y"]


def mixed(size: int = MEMBERS) -> Design:
    """Members of every kind: whole and other steepness side by side, some that settle, some that do not."""
    drawn = Design.latin_hypercube({"x": (0, 60), "y": (0, 60), "balance": (-1, 1)}, size=size, rng=1).to_table()
    steepness = np.random.default_rng(2).choice([1.0, 2.0, 2.5, 3.0, 4.0, 4.5], size)
    return Design.from_table({**drawn, "steepness": steepness})


def run(design: Design) -> Ensemble:
    return run_ensemble(DILEMMA, design, None, TIMES, settle=True, record=RECORD, audit=0)


def picked(design: Design, rows: Any) -> Design:
    return Design.from_table({name: column[rows] for name, column in design.to_table().items()})


def bits(runs: Ensemble, rows: Any = slice(None)) -> list[bytes]:
    """All that comes out of some members."""
    return [np.ascontiguousarray(part[rows]).tobytes() for part in (runs.states, runs.records, runs.stopped_at, runs.codes)]


@pytest.fixture(scope="module")
def whole() -> Ensemble:
    return run(mixed())


def test_the_members_end_in_more_than_one_way(whole: Ensemble) -> None:
    """Else the tests below would show little."""
    assert {Outcome.SETTLED, Outcome.REACHED_END} <= set(whole.count())


@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_results_do_not_depend_on_the_number_of_threads(threads: str, whole: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICHARDSON_THREADS", threads)
    assert bits(run(mixed())) == bits(whole)


@pytest.mark.parametrize("size", [1, 32, 64, 100_000])
def test_results_do_not_depend_on_the_size_of_blocks(size: int, whole: Ensemble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Threads, "pace", Pace(size, 0.0, 1.0, 2**30, size))
    assert bits(run(mixed())) == bits(whole)


def test_results_do_not_depend_on_the_order_of_members(whole: Ensemble) -> None:
    order = np.random.default_rng(3).permutation(MEMBERS)
    assert bits(run(picked(mixed(), order))) == bits(whole, order)


@pytest.mark.parametrize("rows", [[0], [199, 3], range(0, MEMBERS, 7)], ids=["one", "two", "every seventh"])
def test_results_do_not_depend_on_the_other_members(rows: Any, whole: Ensemble) -> None:
    assert bits(run(picked(mixed(), list(rows)))) == bits(whole, list(rows))


def with_whole_steepness(design: Design) -> Any:
    """Members whose exponents are raised by multiplications where a block has no others."""
    return np.flatnonzero(design["steepness"] == np.round(design["steepness"]))


def test_whole_steepness_gives_the_same_bits_beside_other_steepness(whole: Ensemble) -> None:
    rows = with_whole_steepness(mixed())
    assert bits(run(picked(mixed(), rows))) == bits(whole, rows)


@pytest.mark.parametrize("method", ["Tsit5", "Rodas5P", pytest.param("DOP853", marks=pytest.mark.slow)])
def test_plain_runs_of_every_method_depend_on_nothing_else_either(method: str) -> None:
    design = mixed(70)
    whole = run_ensemble(DILEMMA, design, None, 12.0, method=method, audit=0)
    rows = with_whole_steepness(design)[::-1]
    part = run_ensemble(DILEMMA, picked(design, rows), None, 12.0, method=method, audit=0)
    assert bits(part) == bits(whole, rows)


SIGNALLED = """
import _thread
from richardson.compiled.lanes import Task
from richardson.models import linear
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.run import run_ensemble

run, calls = Task.run, []

def counted(self, *arguments):
    run(self, *arguments)
    calls.append(1)
    if len(calls) == 3:
        _thread.interrupt_main()  # what Ctrl-C does

Task.run = counted
runs = run_ensemble(linear(), Design.sobol({"x": (0, 4), "y": (0, 4)}, size=2**17, rng=1), None, 500.0, audit=4)
counts = runs.count()
print(counts[Outcome.REACHED_END] > 0, counts[Outcome.INTERRUPTED] > 0, len(counts), runs.audit.disagreements if runs.audit else 0)
"""


@pytest.mark.slow
def test_a_real_interruption_comes_back_with_what_is_done() -> None:
    printed = subprocess.run([sys.executable, "-c", SIGNALLED], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["True", "True", "2", "0"]


@pytest.mark.parametrize("times", [TIMES, 12.0], ids=["times", "end"])
def test_what_does_not_fit_into_memory_is_refused_before_it_is_computed(times: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sysconf", lambda name: {"SC_AVPHYS_PAGES": 4, "SC_PAGE_SIZE": 4096}[name])
    design = Design.latin_hypercube({"x": (0, 4), "y": (0, 4)}, size=1000, rng=1)
    with pytest.raises(InvalidInputError, match="1000 members at [15] times? need .* GiB.*fewer members"):
        run_ensemble(RACE, design, None, times)


MILLION = """
import resource

import numpy as np

from richardson.models import linear
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.run import run_ensemble

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

race, start = linear(), {"y": 1}
run_ensemble(race, Design.grid({"defence": [0.25], "x": np.linspace(0, 4, 10_000)}), start, 20.0)
design = Design.grid({"defence": np.linspace(0.1, 0.9, 1000), "x": np.linspace(0, 4, 1000)})
before = peak()
runs = run_ensemble(race, design, start, 20.0)
rise = peak() - before
result = runs.states.nbytes + runs.codes.nbytes + runs.stopped_at.nbytes
again = run_ensemble(race, design, start, 20.0)
is_same = np.array_equal(runs.states, again.states) and np.array_equal(runs.codes, again.codes)
print(runs.count() == {Outcome.REACHED_END: 10**6}, is_same, rise / result)
"""


@pytest.mark.slow
def test_a_million_members_give_the_same_twice_in_less_than_three_times_the_memory_of_the_result() -> None:
    printed = subprocess.run([sys.executable, "-c", MILLION], capture_output=True, text=True, check=True).stdout
    all_reached, is_same, share = printed.split()
    assert (all_reached, is_same, float(share) <= 3.0) == ("True", "True", True), printed


def test_the_bar_counts_members_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    design = Design.latin_hypercube({"x": (0, 4), "y": (0, 4)}, size=320, rng=1)
    run_ensemble(RACE, design, None, TIMES, audit=0, progress=True)
    shown = capfd.readouterr()
    assert ("320/320" in shown.err, shown.out) == (True, "")


def test_nothing_is_shown_by_default_where_no_one_watches(capfd: pytest.CaptureFixture[str]) -> None:
    run_ensemble(RACE, Design.grid({"x": np.linspace(0, 4, 25_000)}), {"y": 0}, 1.0, audit=0)
    assert capfd.readouterr() == ("", "")
