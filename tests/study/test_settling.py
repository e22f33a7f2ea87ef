"""Runs that end when they have settled: at stable equilibria, and at nothing that only looks like one."""

from typing import Any

import numpy as np
import pytest

from richardson.models import security_dilemma
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.recording import FirstCrossing, Maximum
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model

pytestmark = pytest.mark.slow  # its kernels take half a minute to compile

DILEMMA = security_dilemma()
WINDOW = Window(x=(0, 60), y=(0, 60))
RECORD = [Maximum("x"), FirstCrossing("x - y")]  # so that all tests share one kernel
POL = Model.from_equations({"x": "y", "y": "m*(1 - x**2)*y - x"}, {"m": 1}, name="van der Pol")
FOLD = 0.10975  # balance at which calm meets the saddle, from below


def settled(model: Model, design: Design, start: dict[str, float] | None = None, times: object = None) -> Ensemble:
    return run_ensemble(model, design, start, times, settle=True, record=RECORD)


def test_settled_states_are_the_stable_equilibria() -> None:
    design = Design.latin_hypercube({"x": (0, 60), "y": (0, 60)}, size=200, rng=1) * Design.grid(
        {"steepness": [2, 2.5], "balance": [-0.5, 0]}
    )
    runs = settled(DILEMMA, design)
    assert set(runs.outcomes) == {Outcome.SETTLED}
    for steepness, balance in ((2, -0.5), (2.5, 0)):
        rows = (design["steepness"] == steepness) & (design["balance"] == balance)
        found = equilibria(DILEMMA.with_values(steepness=steepness, balance=balance), WINDOW)
        stable = np.array([each.state for each in found if each.is_stable])
        apart = np.abs(runs.states[rows, 0, None] - stable).max(axis=-1).min(axis=-1)
        assert apart.max() < 1e-10  # both are Newton's roots


def test_both_sides_of_the_separatrix_settle_where_they_should() -> None:
    """Calm lies at 0.9739, the arms race at 19.2527 (the explanation of the model)."""
    runs = settled(DILEMMA, Design.from_table({"x": [0.0, 3.1, 3.2, 60.0], "y": [0.0, 3.1, 3.2, 60.0]}))
    assert runs["x"][:, 0].round(4).tolist() == [0.9739, 0.9739, 19.2527, 19.2527]


def test_an_audit_counts_the_members_that_end_otherwise() -> None:
    """Rest is seen at thirty tolerances, so that a run at a hundredth of them still moves when the first has settled, after 8 years.

    The other run is within thirty tolerances after 14 years, but would not be within one by the end.
    """
    design, start = Design.from_table({"balance": [0.0, -0.5]}), {"x": 0.0, "y": 0.0}
    wide: dict[str, Any] = {"relative": 1e-4, "absolute": 1e-6, "settle": True, "record": RECORD}
    runs = run_ensemble(DILEMMA, design, start, 15.0, audit=2, **wide)
    assert runs.audit is not None
    assert runs.outcomes.tolist() == [Outcome.REACHED_END, Outcome.SETTLED]
    assert (runs.audit.disagreements, runs.audit.unfinished, np.isnan(runs.audit.errors).any()) == (1, 0, True)


def test_what_steps_keep_from_rest_along_a_fast_direction_settles_all_the_same() -> None:
    """Rates 3.9 and 0.012: the method trembles by a quarter of a tolerance along the fast one; the slow one asks for a hundredth of it."""
    table = {
        "balance": [-0.0005754282713934522, 0.22576447681240877],
        "distinguishability": [0.6186765750303602, 0.8688588247684272],
        "alarm": [5.28448667819549, 5.674076577283371],
        "grievance": [0.37179708867482963, 0.46896807881666314],
        "x": [2.151039021993703, 20.80799668828838],
        "y": [24.417160498380262, 9.62532657816969],
    }
    runs = settled(DILEMMA, Design.from_table(table))
    assert set(runs.outcomes) == {Outcome.SETTLED}
    assert (runs.stopped_at < 5000).all()


def test_nothing_settles_on_a_saddle() -> None:
    """From the saddle itself, and from its stable direction x + y = const, which passes close by."""
    saddle = next(each for each in equilibria(DILEMMA, WINDOW) if "saddle" in each.kind).state
    starts = saddle + np.array([[0, 0], [1e-12, 0], [1, -1], [1e-3, -1e-3]]) * 1.0
    runs = settled(DILEMMA, Design.from_table({"x": starts[:, 0], "y": starts[:, 1]}), times=30.0)
    assert np.abs(runs.states[:, 0] - saddle).max(axis=1)[[0, 1, 3]] == pytest.approx(0, abs=1e-2)  # there they still are
    assert set(runs.outcomes) == {Outcome.REACHED_END}


def test_the_ghost_of_a_fold_holds_nothing() -> None:
    """Just above the fold runs linger by 1.52 for centuries and then go on to the arms race."""
    runs = settled(DILEMMA, Design.from_table({"balance": [FOLD + 3e-5, FOLD + 1e-4, FOLD + 1e-3]}), {"x": 0, "y": 0})
    assert set(runs.outcomes) == {Outcome.SETTLED}
    assert (runs["x"][:, 0] > 20).all()


def test_a_limit_cycle_never_settles_and_a_stable_focus_does() -> None:
    design = Design.from_table({"m": [1.0, 5.0, 0.1, -0.5]})
    runs = settled(POL, design, {"x": 1, "y": 0}, 200.0)
    assert [each.name for each in runs.outcomes] == ["REACHED_END"] * 3 + ["SETTLED"]
    assert runs.states[3, 0] == pytest.approx([0, 0], abs=1e-12)


def test_an_unstable_focus_holds_nothing_even_from_its_own_place() -> None:
    runs = settled(POL, Design.from_table({"m": [1.0, 5.0, 0.0]}), {"x": 0, "y": 0}, 20.0)
    assert set(runs.outcomes) == {Outcome.REACHED_END}  # at m = 0 it is a centre


def test_a_start_at_a_stable_equilibrium_settles_at_once() -> None:
    calm = equilibria(DILEMMA, WINDOW)[0].state
    runs = settled(DILEMMA, Design.from_table({"x": [calm[0]], "y": [calm[1]]}))
    assert runs.outcomes[0] is Outcome.SETTLED
    assert runs.states[0, 0] == pytest.approx(calm, rel=1e-12)  # rounding


def test_times_after_settling_hold_the_equilibrium() -> None:
    times = np.array([0, 1, 10, 1000, 2000])
    runs = settled(DILEMMA, Design.from_table({"x": [0.0, 59.0], "y": [3.0, 3.0]}), times=times)
    after = times >= runs.stopped_at[:, None]
    assert after.sum() == 4
    calm, _, race = (each.state for each in equilibria(DILEMMA, WINDOW))
    assert runs.states[0][after[0]] == pytest.approx(np.tile(calm, (2, 1)), abs=1e-10)
    assert runs.states[1][after[1]] == pytest.approx(np.tile(race, (2, 1)), abs=1e-10)
    assert np.isfinite(runs.states).all()


@pytest.mark.parametrize("times", [100.0, np.linspace(0, 100, 101)], ids=["end", "saved"])
def test_settling_adds_no_more_than_a_tolerance_where_states_are_asked_for(times: Any) -> None:
    """Also below the fold, where calm attracts slowly: taken to it thirty tolerances away, runs would be off by as much for years."""
    design = Design.from_table({"balance": FOLD - np.geomspace(1e-3, 1, 200)})
    options: dict[str, Any] = {"relative": 1e-5, "absolute": 1e-7, "record": RECORD, "audit": 0}
    start = {"x": 0.0, "y": 4.0}
    with_rest, without = (run_ensemble(DILEMMA, design, start, times, settle=settle, **options) for settle in (True, False))
    assert set(with_rest.outcomes) == {Outcome.SETTLED}
    apart = np.abs(with_rest.states - without.states) / (1e-7 + 1e-5 * np.abs(without.states))
    assert apart.max() < 4  # without rest an explicit method is held at its limit of stability, where it strays by a tolerance or two


def test_settling_changes_nothing_before_it() -> None:
    design, times = Design.from_table({"x": [0.0, 59.0], "y": [3.0, 3.0]}), [0, 1, 5]
    without = run_ensemble(DILEMMA, design, None, times)
    assert np.abs(settled(DILEMMA, design, times=times).states - without.states).max() == pytest.approx(0, abs=1e-7)  # tolerances


def test_a_run_that_cannot_settle_ends_at_its_bound() -> None:
    """An unstable focus without a cycle spirals out: m > 0 in x'' = m x' − x."""
    spiral = Model.from_equations({"x": "y", "y": "m*y - x"}, {"m": 0.1}, name="spiral")
    runs = settled(spiral, Design.from_table({"m": [0.1, 0.5]}), {"x": 1, "y": 0})
    assert set(runs.outcomes) == {Outcome.ESCAPED}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["Tsit5", "Rodas5P"])
def test_four_states_settle_at_their_equilibria(method: str) -> None:
    """The exponential of a four by four matrix has to die out."""
    slow = security_dilemma(fear="state")
    design = Design.latin_hypercube(dict.fromkeys(("x", "y", "fear_x", "fear_y"), (0, 30)), size=100, rng=1)
    runs = run_ensemble(slow, design, settle=True, method=method)
    window = Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60))
    stable = np.array([each.state for each in equilibria(slow, window) if each.is_stable])
    assert set(runs.outcomes) == {Outcome.SETTLED}
    assert np.abs(runs.states[:, 0, None] - stable).max(axis=-1).min(axis=-1).max() < 1e-10  # both are Newton's roots
