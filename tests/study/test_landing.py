"""Runs whose last part is found at once, beside the same runs by steps: a record keeps a run to its steps."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.compiled.field import Field
from richardson.compiled.kernels import layout
from richardson.models import linear, security_dilemma
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.plan import Study
from richardson.study.recording import Maximum
from richardson.study.run import run_ensemble
from richardson.study.work import task_of
from richardson.symbolic.model import Model

SPIRAL = Model.from_equations(
    {"x": "-d*(x - 1) - w*(y - 1)", "y": "w*(x - 1) - d*(y - 1)"}, {"d": 0.2, "w": 2}, lower={"x": 0}, name="spiral beside a border"
)
KINK = Model.from_equations({"x": "max(-x, -3*x)*k", "y": "-y"}, {"k": 1}, name="a kink at rest")
RAMP = Model.from_equations(
    {"p": "-pace*(p - 100)", "x": "x - x**3 + 2*exp(-((p - peak)/2)**8)"}, {"pace": 1e-3, "peak": 60}, name="a pressure that passes"
)
CAP = Model.from_equations(
    {"x": "-d*(x - 1) - (y - 1)", "y": "(x - 1) - d*(y - 1) + max(0, x - 1 - edge)"}, {"d": 2e-3, "edge": 0}, name="a kink beside rest"
)
LATE = Model.from_equations({"x": "-a*x", "y": "(s*x - 1)*y - y**3"}, {"a": 4e-3, "s": 900}, name="what grows on the way to rest")
DISARMAMENT = linear(grievance_x=0, grievance_y=0)
DILEMMA = security_dilemma()


def by_steps(model: Model, design: Design, times: Any, **options: Any) -> Ensemble:
    return run_ensemble(model, design, None, times, record=Maximum("x"), audit=0, **options)


def at_once(model: Model, design: Design, times: Any, **options: Any) -> Ensemble:
    return run_ensemble(model, design, None, times, audit=0, **options)


@pytest.mark.slow  # another kernel is compiled
def test_a_spiral_that_would_cross_its_bound_leaves_the_domain_when_it_does() -> None:
    """x is 1 − r e^(−0.2 t) sin(2 t): below 0 for r = 1.5 and 1.2; it would be for 1.05 were it not for the damping."""
    radii = np.array([1.5, 1.2, 1.05, 0.9])
    design = Design.from_table({"x": np.ones(4), "y": 1 + radii})
    found, stepped = at_once(SPIRAL, design, 30.0), by_steps(SPIRAL, design, 30.0)
    assert found.outcomes.tolist() == stepped.outcomes.tolist()
    assert [each.name for each in found.outcomes] == ["LEFT_DOMAIN"] * 2 + ["REACHED_END"] * 2
    assert found.stopped_at == pytest.approx(stepped.stopped_at, rel=1e-7)


def test_decay_to_a_bound_stays_within_it() -> None:
    """Without grievances all arms vanish, from above; the equilibrium lies on the bound."""
    design = Design.latin_hypercube({"x": (0.0, 4.0), "y": (0.0, 4.0)}, size=64, rng=1)
    found = at_once(DISARMAMENT, design, np.linspace(0, 60, 7))
    assert set(found.outcomes) == {Outcome.REACHED_END}
    assert (found.states >= 0).all()
    values = DISARMAMENT.values
    growth = np.sqrt(values["defence_x"] * values["defence_y"]) - values["fatigue_x"]
    assert values["fatigue_x"] == values["fatigue_y"]
    ratio = found["x"][:, -1] / found["x"][:, -2]
    assert ratio == pytest.approx(np.full(64, np.exp(10 * growth)), rel=1e-6)  # the slower eigenvalue alone is left


@pytest.mark.slow  # scipy's loop
@pytest.mark.parametrize("relative", [1e-4, 1e-6, 1e-9])
@pytest.mark.parametrize("fear", ["instant", "state"])
def test_runs_that_come_near_an_equilibrium_are_true_to_a_few_tolerances_at_all_times(fear: str, relative: float) -> None:
    model = security_dilemma(fear=fear)
    rng = np.random.default_rng(3)
    design = Design.from_table({"balance": rng.uniform(-1, 0, 20)} | {name: rng.uniform(0, 5, 20) for name in model.state_names})
    times = np.concatenate([np.linspace(0, 20, 41), [20.5, 31, 77, 100]])
    found = at_once(model, design, times, relative=relative, absolute=relative)
    for number in range(20):
        start = [design[name][number] for name in model.state_names]
        own = Field.of(model.with_values(balance=design["balance"][number]))
        exact = solve_ivp(own.rates, (0, 100), start, method="LSODA", rtol=1e-12, atol=1e-12, t_eval=times)
        apart = np.abs(found.states[number] - exact.y.T) / (relative * (1 + np.abs(exact.y.T)))
        assert apart.max() < 12  # errors of the steps before it add up


@pytest.mark.slow  # another kernel is compiled
def test_a_kink_at_the_equilibrium_is_not_taken_for_a_line() -> None:
    """x' = −x above 0 and −3 x below it, where the Jacobian tells of one side only."""
    design = Design.from_table({"x": [1.0, -1.0, 1e-3, -1e-3], "y": np.ones(4)})
    times = np.array([0.0, 1.0, 2.0, 5.0])
    found = at_once(KINK, design, times)
    rates = np.where(design["x"] > 0, 1.0, 3.0)[:, None]
    assert found["x"] == pytest.approx(design["x"][:, None] * np.exp(-rates * times), rel=1e-6, abs=1e-8)


@pytest.mark.slow  # another model is compiled
def test_what_a_slow_way_passes_through_is_not_jumped_over() -> None:
    """At p = 10 all rates are small, and linear but for a peak that tips x on the way to p = 100: at both ends nothing tells of it."""
    rng = np.random.default_rng(0)
    design = Design.from_table({"peak": rng.uniform(35, 95, 64), "p": np.full(64, 10.0), "x": rng.uniform(-1.3, -0.7, 64)})
    found = at_once(RAMP, design, 1e4, relative=1e-6, absolute=1e-6)
    assert found["x"][:, -1] == pytest.approx(np.ones(64), rel=1e-5)


@pytest.mark.slow  # another kernel is compiled
def test_a_kink_that_a_spiral_touches_between_two_looks_is_seen() -> None:
    """Beyond 0.8 of its radius in one direction: taken for a line, it is missed by 7e-5; steps err by 4e-6 in sixty."""
    angle, radius = np.linspace(0, 2 * np.pi, 60, endpoint=False), 1e-4
    design = Design.from_table({"x": 1 + radius * np.cos(angle), "y": 1 + radius * np.sin(angle), "edge": np.full(60, 0.8 * radius)})
    times = np.linspace(0, 60, 7)
    for settle in (False, True):
        found = at_once(CAP, design, times, relative=1e-8, absolute=1e-8, settle=settle)
        exact = by_steps(CAP, design, times, relative=1e-11, absolute=1e-11)
        assert np.abs(found.states - exact.states).max() < 1e-5


@pytest.mark.slow  # another kernel is compiled
def test_what_is_less_than_a_tolerance_and_grows_on_the_way_is_not_lost() -> None:
    """y grows as long as s x > 1, a hundred thousandfold and more, and then decays: the slopes at the equilibrium say nothing of it."""
    rng = np.random.default_rng(5)
    design = Design.from_table({"x": rng.uniform(1e-3, 3e-3, 200), "y": 10 ** rng.uniform(-12, -8, 200), "a": rng.uniform(3e-3, 2e-2, 200)})
    times = np.linspace(0, 1000, 6)
    found = at_once(LATE, design, times, relative=1e-6, absolute=1e-6)
    exact = by_steps(LATE, design, times, relative=1e-11, absolute=1e-17)
    assert np.abs(found.states - exact.states).max() < 1e-3


def test_a_member_comes_out_the_same_whatever_stands_beside_it() -> None:
    """Bit for bit: backwards, alone, and by the scalar form of the kernel."""
    rng = np.random.default_rng(7)
    table = {"balance": rng.uniform(-1, 1, 150), "x": rng.uniform(0, 5, 150), "y": rng.uniform(0, 5, 150)}
    whole = at_once(DILEMMA, Design.from_table(table), 60.0).states
    backwards = at_once(DILEMMA, Design.from_table({name: column[::-1] for name, column in table.items()}), 60.0).states
    assert np.array_equal(backwards[::-1], whole)
    for number in (0, 31, 149):
        alone = at_once(DILEMMA, Design.from_table({name: column[[number]] for name, column in table.items()}), 60.0).states
        assert np.array_equal(alone[0], whole[number])


def test_only_what_is_smooth_keeps_no_account_of_its_way_and_does_not_change_with_time_may_land() -> None:
    design = Design.from_table({"x": [1.0], "y": [1.0]})
    driven = Model.from_equations({"x": "cos(t) - x", "y": "-y"}, name="driven")
    lands = [
        task_of(Study(model, design, None, 10.0, **options)).settings[layout.LANDS]
        for model, options in ((DILEMMA, {}), (DILEMMA, {"record": Maximum("x")}), (driven, {}), (DILEMMA, {"settle": True}), (KINK, {}))
    ]
    assert lands == [1.0, 0.0, 0.0, 1.0, 0.0]
