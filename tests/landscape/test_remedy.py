"""The least change that makes a race calmer: closed forms of the linear race, folds of the dilemma, and what is refused."""

from math import inf, sqrt

import numpy as np
import pytest

from richardson.continuation.follow import continue_equilibrium
from richardson.continuation.loci import continue_point
from richardson.dynamics.integrate import integrate
from richardson.errors import ComputationError, InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.landscape.remedy import remedy
from richardson.models import linear, saperstein, security_dilemma, submissive
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

CALM_FOLD, COLD_FOLD = 0.109752115988938, -0.150475309989545  # balances at which détente and cold war end (25-digit arithmetic)
WINDOW = Window(x=(0, 60), y=(0, 60))
SOLVED = 1e-9  # relative: solved for by Newton's method, to rounding of the scaled coordinates
FOUR = ("defence_x", "defence_y", "fatigue_x", "fatigue_y")


def test_one_coefficient_of_a_linear_race_has_to_come_down_to_where_defence_and_fatigue_balance() -> None:
    found = remedy(linear(defence_x=2.0, defence_y=3.0, fatigue_x=1.5, fatigue_y=0.5), "defence_x")
    assert found.changes["defence_x"] == pytest.approx((2.0, 1.5 * 0.5 / 3.0), rel=SOLVED)  # kl = ab


def test_two_coefficients_with_equal_scales_share_the_change() -> None:
    found = remedy(linear(defence=2.0), ["defence_x", "defence_y"], scales={"defence_x": 1.0, "defence_y": 1.0})
    assert [found.changes[name][1] for name in found.scales] == pytest.approx([1.0, 1.0], rel=SOLVED)  # kl = 1, nearest to (2, 2)
    assert found.distance == pytest.approx(sqrt(2.0), rel=SOLVED)


def test_all_four_coefficients_share_the_change_of_a_symmetric_race() -> None:
    found = remedy(linear(defence=2.0), FOUR, scales=dict.fromkeys(FOUR, 1.0))
    assert [found.changes[name][1] for name in FOUR] == pytest.approx([1.5] * 4, rel=SOLVED)  # k = a = 3/2: halfway, all of them


def test_scales_weigh_the_parameters() -> None:
    found = remedy(linear(defence=2.0), ["defence_x", "fatigue_x"])  # 2 k = a with k = 2 (1 + s), a = 1 + t: 4 s − t + 3 = 0
    steps = [(found.changes[name][1] - found.changes[name][0]) / found.scales[name] for name in found.scales]
    assert steps == pytest.approx([-12 / 17, 3 / 17], rel=SOLVED)  # foot of the perpendicular


def test_a_bound_that_is_met_is_named_and_the_rest_takes_over() -> None:
    found = remedy(linear(defence=2.0), ["defence_x", "fatigue_x"], bounds={"defence_x": (1.8, 2.0)})
    assert found.changes == {"defence_x": (2.0, 1.8), "fatigue_x": pytest.approx((1.0, 3.6), rel=SOLVED)}
    assert found.active_bounds == ("defence_x",)


def test_the_spiral_number_falls_from_above_one_to_below() -> None:
    found = remedy(linear(defence=2.0), "defence")
    assert found.spiral_number_before == pytest.approx(2.0)
    assert found.spiral_number_after == pytest.approx(1.0 - 1e-3, rel=1e-9)  # a thousandth beyond the border, where k falls by 1.001


def test_the_run_just_beyond_settles_and_the_run_just_short_of_it_escapes() -> None:
    race = linear(defence=2.0)
    found = remedy(race, "defence_x")
    ends = [found.changes["defence_x"][1] + shift for shift in (-1e-3, 1e-3)]
    runs = [integrate(race.with_values(defence_x=end), [0.0, 0.0], [0.0, 2e5], bound=1e7) for end in ends]
    assert [run.outcome.name for run in runs] == ["REACHED_END", "ESCAPED"]


def test_parameters_that_do_not_move_the_border_do_not_help() -> None:
    found = remedy(linear(defence=2.0), "grievance")
    assert (found.verdict, found.distance, found.changes) == ("no change within reach suffices", inf, {})


def test_a_change_beyond_the_farthest_is_not_found() -> None:
    assert remedy(linear(defence=2.0), "defence_x", farthest=0.7).distance == inf  # 0.75 scales are needed


def test_a_calm_race_needs_nothing() -> None:
    found = remedy(linear(), "defence")
    assert (found.verdict, found.distance, found.is_found) == ("calm as it is", 0.0, False)


@pytest.mark.slow
def test_to_prevent_the_cold_war_takes_less_than_to_take_it_back() -> None:
    dilemma = security_dilemma(balance=0.2)
    cold = equilibria(dilemma, WINDOW)[-1]
    ends = [remedy(dilemma, "balance", start=start).changes["balance"][1] for start in (None, cold)]
    assert ends == pytest.approx([CALM_FOLD, COLD_FOLD], abs=1e-12)  # folds, solved for to rounding


@pytest.mark.slow
def test_what_is_reached_and_what_is_critical_are_told_apart() -> None:
    dilemma = security_dilemma(balance=0.2)
    found = remedy(dilemma, "balance", start=equilibria(dilemma, WINDOW)[-1])
    assert found.critical_state == pytest.approx([8.65191896718218] * 2, rel=1e-7)  # of a fold: root of the rounding of its value
    assert found.state_after[0] < 1.0  # détente
    assert found.state_before[0] > 29.0  # cold war
    assert found.bracket[0] <= found.distance * (1 + 1e-9)
    assert found.distance <= found.bracket[1] * (1 + 1e-9)


@pytest.mark.slow
def test_several_instruments_meet_the_curve_of_folds_at_its_nearest_point() -> None:
    dilemma = security_dilemma(balance=0.2)
    found = remedy(dilemma, ["balance", "alarm"])
    calm = security_dilemma()
    fold = continue_equilibrium(calm, equilibria(calm, WINDOW)[0], "balance", (-0.5, 0.5), window=WINDOW).points[0]
    curve = continue_point(calm, fold, ("balance", "alarm"), ((-1, 1), (0.5, 5)))
    steps = (curve.values - [0.2, 3.0]) / [0.2, 3.0]
    near = np.linalg.norm(steps, axis=1).min()
    assert near * (1 - 1e-2) <= found.distance <= near * (1 + 1e-12)  # no point of the curve is nearer; its points are some steps apart


@pytest.mark.slow
def test_limits_ask_for_more_than_the_fold() -> None:
    dilemma = security_dilemma(balance=0.2)
    found = remedy(dilemma, "balance", limits={"x": 1.0, "y": 1.0})
    gain = np.exp(found.changes["balance"][1])
    rest = 0.45 * gain * (1 + 3 * gain**2 / (16 + gain**2)) - 1.04 + 0.5  # the symmetric rate at x = 1
    assert found.kind == "limit"
    assert rest == pytest.approx(0.0, abs=1e-10)


def test_a_race_within_its_limits_is_calm() -> None:
    assert remedy(linear(), "defence", limits={"x": 1.5}).verdict == "calm as it is"  # rests at 1


@pytest.mark.slow
def test_a_pitchfork_is_found_though_no_newton_iteration_tells_its_branches_apart() -> None:
    found = remedy(submissive(defence=0.1, fatigue=0.2, grievance=1.0, submission=0.2), "submission")
    assert (found.kind, found.changes["submission"][1]) == ("branch point", pytest.approx(0.15, rel=1e-6))  # ACCEPTANCE A8


@pytest.mark.slow
def test_an_oscillation_is_calmed_at_its_hopf_point_however_slowly_it_dies_out_there() -> None:
    oscillator = Model.from_equations({"x": "y", "y": "mu*(1 - x**2)*y - x + c"}, {"mu": 1.0, "c": 0.1})
    found = remedy(oscillator, "mu")
    assert (found.kind, found.changes["mu"][1]) == ("hopf", pytest.approx(0.0, abs=1e-10))  # the trace at rest is µ (1 − c²)


@pytest.mark.slow
def test_a_change_cut_off_by_a_bound_is_that_of_the_other_parameter_alone() -> None:
    both = remedy(security_dilemma(balance=0.2), ["balance", "alarm"], bounds={"balance": (0.18, 0.2)})
    alone = remedy(security_dilemma(balance=0.18), "alarm")
    assert both.active_bounds == ("balance",)
    assert both.changes["alarm"][1] == pytest.approx(alone.changes["alarm"][1], rel=SOLVED)


@pytest.mark.slow
def test_a_race_of_three_nations_is_calmed_by_the_one_coefficient_that_counts() -> None:
    model = Model.from_equations(
        {"x": "k*y + k*z - a*x + 1", "y": "k*x + k*z - a*y + 1", "z": "k*x + k*y - a*z + 1"}, {"k": 0.12, "a": 0.2}
    )
    assert remedy(model, "k").changes["k"][1] == pytest.approx(0.1, rel=SOLVED)  # 2 k = a


SLOPE = Model.from_equations({"x": "g - x - x**3"}, {"g": 1.0})  # one equilibrium, whatever g, which goes through zero with it


def test_an_equilibrium_that_slides_through_zero_has_not_jumped() -> None:
    assert remedy(SLOPE, "g").verdict == "stable as it is, and nothing calmer is within reach"


def test_a_cusp_where_the_jump_has_no_size_is_refused() -> None:
    cusp = Model.from_equations({"x": "m + b*(x - 5) - (x - 5)**3"}, {"m": 0.3, "b": -0.1})  # the nearest fold is the cusp m = b = 0
    with pytest.raises(ComputationError, match="limits="):
        remedy(cusp, ["m", "b"], start=[6.0], scales={"m": 1.0, "b": 1.0})


@pytest.mark.parametrize("others", [{}, {"y": "3 - y"}], ids=["alone", "beside another state"])
def test_a_start_that_changes_basin_before_its_equilibrium_folds_does_so_there(others: dict[str, str]) -> None:
    found = remedy(Model.from_equations({"x": "m + x - x**3"} | others, {"m": 0.2}), "m")
    assert (found.kind, found.changes["m"][1]) == ("basin", pytest.approx(0.0, abs=1e-12))  # zero is the saddle at m = 0


def test_the_end_of_a_race_at_zero_is_confirmed() -> None:
    model = Model.from_equations({"x": "a*x - x**2"}, {"a": 1.0})
    assert remedy(model, "a", start=[1.0], limits={"x": 0.0}).changes["a"][1] == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize(
    ("model", "parameters", "options", "error"),
    [
        (linear(), None, {}, InvalidInputError),
        (linear(), [1], {}, InvalidInputError),
        (linear(), "defence", {"limits": [1.0]}, InvalidInputError),
        (linear(), "defence", {"limits": {"x": True}}, InvalidInputError),
        (linear(), "defence", {"scales": 1.0}, InvalidInputError),
        (linear(), "defence", {"bounds": (0.0, 1.0)}, InvalidInputError),
        (linear(), "defence", {"bounds": {"defence": "low"}}, InvalidInputError),
        (linear(), "defence", {"farthest": inf}, InvalidInputError),
        (linear(), "no_such", {}, UnknownNameError),
        (linear(), [], {}, InvalidInputError),
        (linear(), ["defence", "defence_x"], {}, InvalidInputError),
        (linear(defence_x=1.0), "defence", {}, InvalidInputError),
        (linear(), "defence", {"scales": {"defence": 0.0}}, InvalidInputError),
        (linear(), "defence", {"scales": {"fatigue": 1.0}}, UnknownNameError),
        (linear(), "defence", {"bounds": {"defence": (1.0, 2.0)}}, OutOfBoundsError),
        (linear(), "defence", {"bounds": {"defence": (2.0, 1.0)}}, InvalidInputError),
        (linear(), "defence", {"limits": {"z": 1.0}}, UnknownNameError),
        (linear(), "defence", {"limits": {"x": inf}}, InvalidInputError),
        (linear(), "defence", {"farthest": 0.0}, InvalidInputError),
        (linear(), "defence", {"start": [1.0]}, InvalidInputError),
        (saperstein(), "reaction", {}, InvalidInputError),
        (Model.from_equations({"x": "t - a*x"}, {"a": 1.0}), "a", {}, NotAutonomousError),
        (Model.from_equations({"x": "1 - a*x"}, {"a": 1.0}, lower={"x": 0.5}), "a", {}, OutOfBoundsError),
    ],
)
def test_what_cannot_be_asked_is_refused(model: Model, parameters: object, options: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        remedy(model, parameters, **options)  # type: ignore[arg-type]


def test_an_equilibrium_of_other_values_is_no_start() -> None:
    with pytest.raises(InvalidInputError, match="present values"):
        remedy(linear(defence=0.6), "defence", start=equilibria(linear(), WINDOW)[0])


def test_the_table_has_one_row_a_parameter() -> None:
    table = remedy(linear(defence=2.0), ["defence_x", "fatigue_x"]).to_table()
    assert table["parameter"] == ["defence_x", "fatigue_x"]
    assert {len(column) for column in table.values()} == {2}


def test_the_answer_says_itself_in_one_line() -> None:
    assert repr(remedy(linear(defence=2.0), "defence_x")) == "<remedy: defence_x from 2 to 0.5 (runaway, distance 0.75)>"
    assert repr(remedy(linear(), "defence")) == "<remedy by defence in 'linear': calm as it is>"
