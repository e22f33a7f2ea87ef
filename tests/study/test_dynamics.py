"""Dynamics as what a study records: closed forms of the linear race, the verbs one by one, and rows that know of no other."""

from typing import Any

import numpy as np
import pytest

from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.landscape.resilience import resilience
from richardson.landscape.shares import basin_shares
from richardson.models import linear, security_dilemma
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.study.design import Design
from richardson.study.discovery import discover
from richardson.study.dynamics import run_dynamics
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.robustness import robustness
from richardson.study.sensitivity import sensitivity
from richardson.symbolic.model import Model
from tests.study.recorded import dynamics_by_hand

WINDOW = Window(x=(0, 60), y=(0, 60))
BEAD = Model.from_equations({"x": "m + x - x**3"}, {"m": 0}, name="bead")


@pytest.mark.slow
def test_the_linear_race_has_its_closed_forms() -> None:
    design = Design.sobol({"defence_x": (0, 2), "defence_y": (0, 2), "fatigue": (0.5, 2)}, size=64, rng=1)
    found = run_dynamics(linear(grievance=1.0), design)
    kx, ky, fatigue = design["defence_x"], design["defence_y"], design["fatigue"]
    spiral = np.sqrt(kx * ky) / fatigue
    assert found["spiral_number"] == pytest.approx(spiral, rel=1e-12)
    assert found["max_real_eigenvalue"] == pytest.approx(np.sqrt(kx * ky) - fatigue, rel=1e-9, abs=1e-12)
    settled = spiral < 1
    assert (found.outcomes == np.where(settled, Outcome.SETTLED, Outcome.ESCAPED)).all()
    assert np.isnan(found["relaxation_time"][~settled]).all()
    assert found["relaxation_time"][settled] == pytest.approx(1 / (fatigue - np.sqrt(kx * ky))[settled], rel=1e-9)
    rest = (fatigue + kx) / (fatigue**2 - kx * ky)
    assert found["equilibrium x"][settled] == pytest.approx(rest[settled], rel=1e-7)
    assert set(found["kind"][~settled]) == {""}


@pytest.mark.slow
def test_equilibria_of_a_member_are_those_of_the_verb() -> None:
    design = Design.grid({"balance": [-0.3, 0.0, 0.3]})
    found = run_dynamics(security_dilemma(), design, WINDOW, measure=("kinds", "count", "stable_count", "is_complete"))
    for member in range(3):
        listed = equilibria(found.model_at(member), WINDOW)
        assert found["kinds"][member] == "; ".join(one.kind for one in listed)
        assert (found["count"][member], found["stable_count"][member]) == (len(listed), sum(one.is_stable for one in listed))
        assert found["is_complete"][member]


@pytest.mark.slow
def test_the_distance_of_the_bead_is_that_to_its_fold() -> None:
    design = Design.from_table({"m": [-0.2, 0.0, 0.3], "x": [1.0, 1.0, 1.0]})
    found = run_dynamics(BEAD, design, Window(x=(-2, 2)), measure="distance", parameters="m", parameter_scales={"m": 1.0})
    assert found["distance"] == pytest.approx(np.array([-0.2, 0.0, 0.3]) + 2 / (3 * np.sqrt(3)), rel=1e-8)
    at = found.model_at(2)
    right = equilibria(at, Window(x=(-2, 2)))[-1]
    margin = resilience(at, right, Window(x=(-2, 2)), parameters="m", parameter_scales={"m": 1.0}).margin
    assert margin is not None
    assert found["distance"][2] == pytest.approx(margin.distance, rel=1e-12)


@pytest.mark.slow
def test_distances_of_all_members_are_in_one_scale() -> None:
    design = Design.from_table({"m": [-0.2, 0.01, 0.3], "x": [1.0, 1.0, 1.0]})  # in scales of its own |m| the second fold lies 39 away
    found = run_dynamics(BEAD, design, Window(x=(-2, 2)), measure="distance", parameters="m")
    assert found["distance"] == pytest.approx(design["m"] + 2 / (3 * np.sqrt(3)), rel=1e-8)


def test_scales_that_are_not_named_are_those_of_the_model() -> None:
    design = Design.grid({"balance": [-0.2, 0.1], "threshold": [2.0, 3.0]})
    plan = DynamicsPlan(
        security_dilemma(), design, measure="distance", parameters=("balance", "threshold", "fatigue"), parameter_scales={"fatigue": 0.5}
    )
    assert plan.parameter_scales == {"balance": 1.0, "threshold": 4.0, "fatigue": 0.5}
    assert plan.configuration()["parameter_scales"] == plan.parameter_scales


def test_a_horizon_is_a_number_of_any_type() -> None:
    horizons, design = (50, 50.0, np.int64(50), np.float32(50)), Design.grid({"defence": [0.5]})
    plans = [DynamicsPlan(linear(), design, horizon=horizon) for horizon in horizons]
    assert len({plan.fingerprint for plan in plans}) == 1


@pytest.mark.slow
def test_shares_are_found_beside_an_equilibrium_of_infinite_slope() -> None:
    model = Model.from_equations({"x": "sqrt(x) - x"}, {}, name="root")
    found = run_dynamics(model, Design.from_table({"x": [0.5, 2.0]}), Window(x=(-3, 3)), measure=("kind", "shares"), half_width=0.1)
    assert found["kind"].tolist() == ["stable node", "stable node"]
    assert found["share_reached"] == pytest.approx([0.5, 0.5], abs=0.1)  # below zero there is no root to go on by


def test_a_member_whose_numbers_fail_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def singular(model: Model, *_: Any, **__: Any) -> Any:
        if model.values["defence_x"] > 0.4:
            raise np.linalg.LinAlgError("Singular matrix")
        return equilibria(model, WINDOW)

    monkeypatch.setattr("richardson.study.dynamics_block.equilibria", singular)
    found = run_dynamics(linear(), Design.grid({"defence": [0.2, 0.5]}), WINDOW, measure="count")
    assert [outcome.name for outcome in found.outcomes] == ["SETTLED", "NOT_ANALYSED"]
    assert found["count"][0] == 1.0


@pytest.mark.slow
def test_shares_of_the_bead_are_those_of_its_closed_form() -> None:
    design = Design.from_table({"m": [0.0, 0.2], "x": [1.0, 1.0]})
    found = run_dynamics(BEAD, design, Window(x=(-2, 2)), measure="shares", half_width=0.02)
    edge = [np.sort(np.roots([-1, 0, 1, m]).real)[1] for m in (0.0, 0.2)]  # the threshold between the two basins
    for member in range(2):
        share = (2 - edge[member]) / 4
        assert found["share_reached_low"][member] - 0.005 <= share <= found["share_reached_high"][member] + 0.005
        assert found["share_reached"][member] == pytest.approx(share, abs=0.005)
    assert found["attractor_count"].tolist() == [2, 2]


@pytest.mark.slow
def test_attractors_are_told_by_kind_and_number_in_one_order() -> None:
    ring = Model.from_equations(
        {"x": "x*(x**2 + y**2 - c)*(4 - x**2 - y**2) - y", "y": "y*(x**2 + y**2 - c)*(4 - x**2 - y**2) + x"}, {"c": 1}
    )
    window, asked = Window(x=(-3, 3), y=(-3, 3)), ("attractor_count", "attractors", "share_reached")
    found = run_dynamics(ring, Design.grid({"c": [-1.0, 1.0, 2.0]}), window, {"x": 0.1}, measure=asked, half_width=0.02)
    assert found["attractors"].tolist() == ["cycle", "cycle; stable focus", "cycle; stable focus"]  # of radius 2, around zero
    assert found["attractor_count"].tolist() == [1, 2, 2]
    assert found["share_reached"][1:] == pytest.approx(np.pi * np.array([1, 2]) / 36, abs=0.02)  # within the unstable cycle, r² = c
    for stream in range(4):
        again = run_dynamics(BEAD, Design.grid({"m": [0.0, 0.5]}), Window(x=(-2, 2)), measure="attractors", half_width=0.1, rng=stream)
        assert again["attractors"].tolist() == ["stable node; stable node", "stable node"]


@pytest.mark.slow
def test_attractors_of_a_member_are_those_of_the_verb() -> None:
    design = Design.grid({"balance": [-0.3, 0.0, 0.3]})
    found = run_dynamics(security_dilemma(), design, WINDOW, measure=("attractors", "attractor_count"), half_width=0.1)
    for member in range(3):
        shares = basin_shares(found.model_at(member), WINDOW, half_width=0.1)
        kinds = [
            one.equilibrium.kind if one.equilibrium else one.kind for one in sorted(shares.attractors, key=lambda one: one.states[0, 0])
        ]
        assert (found["attractors"][member], found["attractor_count"][member]) == ("; ".join(kinds), len(kinds))


@pytest.mark.slow
def test_a_row_is_the_same_in_any_order_and_alone() -> None:
    asked: Any = {"measure": ("spiral_number", "kind", "count", "stable_count")}
    design = Design.sobol({"balance": (-0.3, 0.3), "alarm": (0, 6)}, size=8, rng=1)
    whole = run_dynamics(security_dilemma(), design, WINDOW, **asked)
    order = np.random.default_rng(1).permutation(8)
    turned = run_dynamics(security_dilemma(), part_of(design, order), WINDOW, **asked)
    alone = run_dynamics(security_dilemma(), part_of(design, [5]), WINDOW, **asked)
    for name in whole.columns:
        assert (whole[name][order] == turned[name]).all()
        assert whole[name][5] == alone[name][0]


@pytest.mark.slow
def test_every_engine_gives_the_same_rows() -> None:
    asked: Any = {"measure": ("kind", "kinds", "shares"), "half_width": 0.1, "rng": 3}
    design = Design.from_table({"m": [-0.2, 0.0, 0.3, 0.5], "x": [1.0, 1.0, -1.0, 1.0]})
    here, there = (run_dynamics(BEAD, design, Window(x=(-2, 2)), engine=engine, **asked) for engine in ("local", "processes"))
    assert here["kinds"].tolist() == ["stable node; unstable node; stable node"] * 3 + ["stable node"]
    for name in here.columns:
        assert here[name].tobytes() == there[name].tobytes()


def part_of(design: Design, rows: Any) -> Design:
    return Design.from_table({name: column[rows] for name, column in design.to_table().items()})


@pytest.mark.slow
def test_a_member_whose_analysis_is_refused_is_a_row_and_no_other_is_lost() -> None:
    ridge = Model.from_equations({"x": "a*(y - x)", "y": "b*(x - y)"}, {"a": 1.0, "b": 1.0}, name="ridge")
    design = Design.from_table({"a": [1.0, 1.0], "b": [1.0, -2.0]})
    found = run_dynamics(ridge, design, Window(x=(0, 1), y=(0, 1)), {"x": 1.0, "y": 1.0}, measure="count", horizon=10.0)
    assert found.outcomes[0] is Outcome.NOT_ANALYSED  # its equilibria form a line
    assert not found.is_answer[0]
    assert np.isnan(found["count"][0])


@pytest.mark.slow
def test_discovery_and_robustness_take_dynamics_as_they_take_runs() -> None:
    design = Design.grid({"defence": np.linspace(0.1, 2, 20)}) * Design.grid({"fatigue": np.linspace(0.5, 2, 20)})
    found = run_dynamics(linear(), design)
    ranked = robustness(found, "defence", "max_real_eigenvalue", satisfies="spiral_number < 1", rule="satisficing")
    assert ranked.best == {"defence": 0.1}
    assert ranked.satisficing[0] == 1.0
    pytest.importorskip("sklearn")
    box = discover(found, "outcome == ESCAPED", method="cart", density=0.9, resamples=0).boxes[0]
    assert {limit.name for limit in box.limits} == {"defence", "fatigue"}


@pytest.mark.slow
def test_sensitivity_explains_what_was_analysed() -> None:
    design = Design.for_sensitivity({"defence_x": (0.2, 0.8), "fatigue_x": (1.0, 2.0), "grievance_x": (0.0, 1.0)}, size=2**8, rng=1)
    found = sensitivity(run_dynamics(linear(), design), outcome="spiral_number", resamples=20, rng=1)
    whole = sensitivity(lambda members: np.sqrt(0.5 * members[:, 0] / members[:, 1]), design, outcome="R", resamples=20, rng=1)
    assert found["total"] == pytest.approx(whole["total"], abs=1e-9)
    with pytest.raises(UnknownNameError, match="spiral_number"):
        sensitivity(run_dynamics(linear(), design), outcome="spiral")


GRID = Design.grid({"defence": [0.5, 1.5]})


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"measure": "spiral_numbers"}, UnknownNameError, "spiral_number"),
        ({"measure": ()}, InvalidInputError, "Nothing is asked for"),
        ({"measure": ("kind", "kind")}, InvalidInputError, "twice"),
        ({"measure": "count"}, InvalidInputError, "measured in a window"),
        ({"measure": "count", "window": Window(x=(0, 1), y=2.0)}, InvalidInputError, "free to move"),
        ({"measure": "distance"}, InvalidInputError, "Name them"),
        ({"parameters": "defence"}, InvalidInputError, "Ask for 'distance'"),
        ({"measure": "distance", "parameters": "defense"}, UnknownNameError, "defence"),
        ({"measure": "distance", "parameters": "defence", "farthest": np.inf}, InvalidInputError, "farthest"),
        ({"measure": 5}, InvalidInputError, "measure= is a name"),
        ({"half_width": "a", "measure": "shares", "window": WINDOW}, InvalidInputError, "half-width"),
        ({"half_width": 0.7, "measure": "share_escaped", "window": WINDOW}, InvalidInputError, "half-width"),
        ({"half_width": 0.1}, InvalidInputError, "half_width= is for the measure 'shares', which is not asked for"),
        ({"farthest": 5.0}, InvalidInputError, "farthest= is for the measure 'distance', which is not asked for"),
        ({"settled_within": 0.1}, InvalidInputError, "settled_within= is for the measure 'settling_time', which is not asked for"),
        ({"settled_within": 0.0, "measure": "settling_time"}, InvalidInputError, "settled_within= is a share of the largest distance"),
        ({"settled_within": 1.0, "measure": "settling_time"}, InvalidInputError, "below 1; got 1.0"),
        ({"settled_within": np.nan, "measure": "settling_time"}, InvalidInputError, "got nan"),
        ({"settled_within": "2 %", "measure": "settling_time"}, InvalidInputError, "got '2 %'"),
        ({"settled_within": True, "measure": "settling_time"}, InvalidInputError, "got True"),
        ({"start": [1, 2]}, InvalidInputError, "mapping by state"),
        ({"start": {"z": 1}}, UnknownNameError, "z"),
    ],
)
def test_what_cannot_be_analysed_is_refused_before_anything_runs(options: dict[str, Any], error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        run_dynamics(linear(), GRID, **options)


def test_members_out_of_bounds_and_moving_models_are_refused() -> None:
    with pytest.raises(OutOfBoundsError, match="distinguishability"):
        run_dynamics(security_dilemma(), Design.grid({"distinguishability": [2.0]}))
    with pytest.raises(NotAutonomousError):
        run_dynamics(linear().with_drive(defence_x="0.5 + 0.1*t"), Design.grid({"fatigue": [1.0]}))


def test_columns_are_asked_for_by_name() -> None:
    found = dynamics_by_hand()
    assert found["spiral_number"].tolist() == found["defence"].tolist() == [0.5, 1.5]
    assert list(found.to_table()) == ["defence", "outcome", "spiral_number", "kind", "equilibrium x"]
    assert found.count() == {Outcome.SETTLED: 1, Outcome.ESCAPED: 1}
    with pytest.raises(UnknownNameError, match="spiral_number"):
        found["spiral"]


@pytest.mark.parametrize("member", [0, 1, -1])
def test_the_model_of_a_member_has_its_parameters(member: int) -> None:
    model = dynamics_by_hand().model_at(member)
    assert model.values["defence_x"] == model.values["defence_y"] == GRID["defence"][member]


@pytest.mark.parametrize("member", [2, -3, "a", 1.0])
def test_a_member_that_is_not_there_has_no_model(member: Any) -> None:
    with pytest.raises(InvalidInputError, match="numbered from 0 to 1"):
        dynamics_by_hand().model_at(member)


@pytest.mark.slow
def test_a_generator_in_use_does_not_give_the_same_streams_again() -> None:
    used = np.random.default_rng(1)
    design, window = Design.grid({"balance": [0.02, 0.05]}), Window(x=(0, 5), y=(0, 6))
    first, second = (run_dynamics(security_dilemma(), design, window, rng=used, measure=("shares",), half_width=0.1) for _ in range(2))
    assert not np.array_equal(first["share_reached"], second["share_reached"])
