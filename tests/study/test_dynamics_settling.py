"""How long members take to settle: closed forms, what never settles, and what sensitivity and discovery make of it."""

from dataclasses import replace
from math import inf, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.compiled.field import Field
from richardson.errors import InvalidInputError, OutputError, RichardsonError
from richardson.models import linear, security_dilemma
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.discovery import discover
from richardson.study.dynamics import run_dynamics
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.dynamics_settling import settling_time
from richardson.study.reproduce import reproduce
from richardson.study.run import run_ensemble
from richardson.study.sensitivity import sensitivity
from richardson.study.store.opened import open_study
from richardson.symbolic.model import Model
from tests.study.recorded import dynamics_by_hand

DECAY = Model.from_equations({"x": "-a*(x - c)"}, {"a": 1.0, "c": 0.0}, lower={"x": -1e4}, name="decay")


@pytest.mark.slow
@pytest.mark.parametrize("within", [1e-4, 0.02, 0.5])
def test_a_decay_settles_after_the_logarithm_of_the_share(within: float) -> None:
    design = Design.grid({"a": [0.1, 1.0, 10.0], "c": [0.0, 100.0], "x": [-3.0, 1e-2, 7.0]})
    found = run_dynamics(DECAY, design, measure=("settling_time", "relaxation_time"), settled_within=within)
    exact = log(1 / within) * found["relaxation_time"]
    assert found["settling_time"] == pytest.approx(exact, rel=1e-5 if within > 0.001 else 1e-3)  # the error of a run, over the share


@pytest.mark.slow
def test_a_run_that_is_at_rest_from_the_start_has_settled() -> None:
    design = Design.from_table({"c": [2.0, 2.0, 0.0], "x": [2.0, 2.0 + 1e-9, 0.0]})
    assert run_dynamics(DECAY, design, measure="settling_time")["settling_time"].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.slow
def test_a_run_that_begins_a_hair_from_rest_settles_as_any_other() -> None:
    design = Design.from_table({"c": [2.0, 2.0], "x": [2.0 + 1e-3, 2.0 - 2e-4]})
    found = run_dynamics(DECAY, design, measure="settling_time")["settling_time"]
    assert found == pytest.approx(log(50), rel=1e-3)


@pytest.mark.slow
def test_what_comes_to_no_rest_never_settles_and_what_failed_is_not_known() -> None:
    model = Model.from_equations({"x": "m*x - x**3 - w*y", "y": "w*x"}, {"m": -1.0, "w": 0.0}, lower={"x": -50, "y": -50}, name="turn")
    design = Design.from_table({"m": [-1.0, 1.0, -1.0], "w": [1.0, 1.0, 1.0], "x": [1.0, 1.0, 1.0]})
    found = run_dynamics(model, design, measure="settling_time", horizon=60.0)
    assert [end.name for end in found.outcomes] == ["SETTLED", "REACHED_END", "SETTLED"]
    assert found["settling_time"][1] == inf
    away = run_dynamics(DECAY, Design.from_table({"a": [-1.0, -1.0], "x": [1.0, -1.0]}), measure="settling_time")
    assert [end.name for end in away.outcomes] == ["ESCAPED", "LEFT_DOMAIN"]
    assert away["settling_time"].tolist() == [inf, inf]
    failing = Model.from_equations({"x": "1 + b + 0.1*sqrt(3 - x)"}, {"b": 0.0}, name="failing")  # has no rates beyond 3
    lost = run_dynamics(failing, Design.grid({"b": [0.0]}), measure="settling_time")
    assert not lost.is_answer[0]
    assert np.isnan(lost["settling_time"][0])


@pytest.mark.slow
def test_the_slowest_state_decides_in_whatever_unit_it_is() -> None:
    for unit in (1e-6, 1.0, 1e6):
        model = Model.from_equations({"x": "-x", "y": f"-y/4 + 0.01*({unit!r})*x"}, {}, lower={"x": -9, "y": -9e6}, name="two")
        found = run_dynamics(model, Design.from_table({"x": [1.0], "y": [3.0 * unit]}), measure="settling_time")
        assert found["settling_time"] == pytest.approx(
            4 * log(50 * (1 + 0.04 / 9)), rel=1e-4
        )  # y = (3 + 0.04/3) e^(-t/4) − (0.04/3) e^(-t)


@pytest.mark.slow
def test_settling_times_are_those_of_samples_of_scipys_runs() -> None:
    design = Design.sobol({"balance": (-0.3, 0.3), "alarm": (0, 6), "x": (0, 30), "y": (0, 30)}, size=16, rng=2)
    found = run_dynamics(security_dilemma(), design, measure="settling_time", settled_within=0.1)
    for member in range(16):
        model, end = found.model_at(member), 2 * found["settling_time"][member] + 50
        rates = Field.of(model).rates
        times = np.linspace(0.0, end, 200_001)
        start = [design["x"][member], design["y"][member]]
        run = solve_ivp(rates, (0.0, end), start, method="LSODA", t_eval=times, rtol=1e-10, atol=1e-12)
        distance = np.abs(run.y - np.array([[found["equilibrium x"][member]], [found["equilibrium y"][member]]]))
        outside = (distance > 0.1 * distance.max(axis=1, keepdims=True)).any(axis=0)
        assert found["settling_time"][member] == pytest.approx(times[np.flatnonzero(outside)[-1]], abs=end / 1e5)


@pytest.mark.slow
def test_a_run_that_goes_elsewhere_than_where_it_came_to_rest_has_no_settling_time() -> None:
    accuracy = DynamicsPlan(DECAY, Design.grid({"a": [1.0]}), measure="settling_time").runs.accuracy
    with pytest.raises(RichardsonError):
        settling_time(DECAY, np.array([1.0]), np.array([3.0]), 10.0, within=0.02, accuracy=accuracy, bound=1e9)


@pytest.mark.slow
def test_sensitivity_explains_the_settling_time_as_its_closed_form() -> None:
    design = Design.for_sensitivity({"defence": (0.2, 0.8), "fatigue": (1.0, 2.0), "grievance": (0.5, 1.0)}, size=64, rng=1)
    study = run_dynamics(linear(), design, measure="settling_time")
    found = sensitivity(study, outcome="settling_time", resamples=20, rng=1)
    exact = sensitivity(lambda rows: log(50) / (rows[:, 1] - rows[:, 0]), design, resamples=20, rng=1)
    assert found.estimates == pytest.approx(exact.estimates, abs=1e-4)
    assert found["total"][0, 2] == pytest.approx(0.0, abs=1e-9)  # of a race from zero that nations run alike


def settling_by_hand(design: Design) -> DynamicsStudy:
    """A study in which every tenth member escapes, and one was not analysed."""
    codes = np.where(np.arange(len(design)) % 10 == 3, list(Outcome).index(Outcome.ESCAPED), list(Outcome).index(Outcome.SETTLED))
    codes[5] = list(Outcome).index(Outcome.NOT_ANALYSED)
    times = np.where(np.arange(len(design)) % 10 == 3, inf, 1.0 + design.samples[:, 0])
    times[5] = np.nan
    return replace(dynamics_by_hand(), design=design, columns={"settling_time": times}, codes=codes.astype(np.int8))


def test_members_that_never_settle_are_refused_by_name_until_something_is_said_of_them() -> None:
    study = settling_by_hand(Design.for_sensitivity({"defence": (0.2, 0.8)}, method="pawn", size=200, rng=1))
    with pytest.raises(InvalidInputError, match=r"21 of the 200 members have no outcome \(20 ESCAPED, 1 NOT_ANALYSED\)"):
        sensitivity(study, outcome="settling_time")
    dropped = sensitivity(study, outcome="settling_time", failed="drop", resamples=20, rng=1)
    assert (dropped.failures, dropped.dropped) == ({"ESCAPED": 20, "NOT_ANALYSED": 1}, 21)
    taken = sensitivity(study, outcome="settling_time", failed=500.0, resamples=20, rng=1)
    assert (taken.failed, taken.dropped) == (21, 0)


def test_what_never_settles_settles_later_than_any_time() -> None:
    pytest.importorskip("sklearn")
    study = settling_by_hand(Design.latin_hypercube({"defence": (0.2, 0.8)}, size=200, rng=1))
    asked: Any = {"method": "cart", "density": 0.5, "resamples": 0, "failed": "drop"}
    found = discover(study, "settling_time > 1.7", **asked)
    late = (study["settling_time"] > 1.7) & study.is_answer
    assert found.is_of_interest.sum() == late.sum()
    assert late.sum() > np.isfinite(study["settling_time"][late]).sum() > 0


@pytest.mark.slow
@pytest.mark.extra
def test_a_folder_keeps_settling_times_and_every_row_can_be_made_again(tmp_path: Path, netcdf: None) -> None:
    design, folder = Design.grid({"defence": [0.2, 0.9, 1.5], "x": [0.0, 30.0]}), tmp_path / "study"
    asked: Any = {"measure": ("kind", "settling_time"), "settled_within": 0.1}
    found = run_dynamics(linear(), design, store=folder, progress=False, **asked)
    kept = open_study(folder).to_dynamics()
    assert kept["settling_time"].tobytes() == found["settling_time"].tobytes()
    assert [reproduce(open_study(folder), member)["settling_time"][0] for member in (1, 4)] == found["settling_time"][[1, 4]].tolist()
    assert run_dynamics(linear(), design, store=folder, resume=True, progress=False, **asked).codes.tolist() == found.codes.tolist()
    with pytest.raises(OutputError, match="settled_within is 0.1 there and 0.02 here"):
        run_dynamics(linear(), design, store=folder, resume=True, progress=False, measure=asked["measure"])


@pytest.mark.slow
def test_when_a_run_was_stopped_is_no_outcome_and_the_refusal_names_the_measure() -> None:
    design = Design.for_sensitivity({"defence": (0.2, 0.8)}, size=16, rng=1)
    runs = run_ensemble(linear(), design, {"x": 0, "y": 0}, settle=True)
    with pytest.raises(InvalidInputError, match='hangs on its tolerances.*measure="settling_time".*FirstCrossing'):
        sensitivity(runs, outcome="stopped_at")
