from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.landscape.stability_map import stability_map
from richardson.models import linear, nations, security_dilemma, submissive
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

FOLD = 0.109752115988938  # balance at which the default détente ends (25-digit arithmetic)


def brute_force(model: Model, horizon: float) -> np.ndarray:
    """State after a long time from zero, by another method on the symbolic rates."""
    values = dict(zip(model.parameter_symbols, model.numbers, strict=True))
    rates = [str(rate.subs(values).xreplace({})) for rate in model.rates]
    names = {"hill": lambda u, h, m: max(u, 0.0) ** m / (h**m + max(u, 0.0) ** m), "exp": np.exp}
    code = compile(f"[{', '.join(rates)}]", "rates", "eval")
    run = solve_ivp(
        lambda _, x: eval(code, names, dict(zip(model.state_names, x, strict=True))),
        (0.0, horizon),
        np.zeros(len(model.states)),
        method="DOP853",
        rtol=1e-11,
        atol=1e-13,
    )
    return run.y[:, -1]


def test_a_race_escapes_from_zero_in_every_cell_where_defence_outweighs_fatigue() -> None:
    # its one equilibrium then lies below zero, though bounds on it for many cells at once reach above
    defence, fatigue = np.linspace(0.1, 2.0, 40), np.linspace(0.21, 2.03, 45)
    chart = stability_map(linear(), {"defence": defence, "fatigue": fatigue})
    np.testing.assert_array_equal(chart.kind == "escaped", defence[:, np.newaxis] > fatigue)


def test_the_equilibrium_reached_is_the_one_that_another_integrator_reaches() -> None:
    rng = np.random.default_rng(5)
    balances, shares = np.sort(rng.uniform(-0.8, 0.8, 3)), np.sort(rng.uniform(0.0, 1.0, 2))
    model = security_dilemma(grievance_y=0.3, exposure_x=0.9, reassurance_x=0.05, ambition_y=0.02)
    chart = stability_map(model, {"balance": balances, "distinguishability": shares})
    for i, balance in enumerate(balances):
        for j, share in enumerate(shares):
            end = brute_force(model.with_values(balance=balance, distinguishability=share), 600.0)
            np.testing.assert_allclose(chart.reached[i, j], end, rtol=1e-8)  # the integrator's own tolerance, over 600 yr


def test_the_calm_equilibrium_is_reached_exactly_until_its_fold() -> None:
    margins = np.array([-1e-3, -1e-6, 1e-6, 1e-3])
    chart = stability_map(security_dilemma(), {"balance": FOLD + margins, "defence": [0.45]})
    assert (chart.reached[:, 0, 0] < 1.6).tolist() == [True, True, False, False]
    assert (chart.spiral_number[:2, 0] > 0.96).all()  # R reaches 1 at the fold


def test_types_and_numbers_agree_with_the_search_for_equilibria() -> None:
    model = security_dilemma(fear="state")
    window = Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60))
    chart = stability_map(model, {"balance": [0.0], "distinguishability": [0.0]})
    calm = equilibria(model, window, method="newton")[0]
    np.testing.assert_allclose(chart.reached[0, 0], calm.state, rtol=1e-12)
    assert chart.kind[0, 0] == calm.kind
    assert chart.spiral_number[0, 0] == pytest.approx(0.619890066131, rel=1e-10)
    assert chart.leading_eigenvalue[0, 0] == pytest.approx(calm.eigenvalues[0].real, rel=1e-10)


def test_instant_fear_has_the_published_eigenvalue() -> None:
    chart = stability_map(security_dilemma(), {"distinguishability": [0.0], "balance": [-0.1, 0.0]})
    assert chart.leading_eigenvalue[0, 1] == pytest.approx(-0.409724571, abs=1e-9)  # nine digits of 25
    assert chart.reached[0, 1] == pytest.approx(0.973883964480013, rel=1e-13)


def test_a_linear_race_has_its_closed_form_and_its_number_without_an_equilibrium() -> None:
    race = linear(fatigue=0.2, grievance_x=20, grievance_y=40)
    chart = stability_map(race, {"defence_x": [0.15, 0.5], "defence_y": [0.1, 0.3]})
    np.testing.assert_allclose(chart.spiral_number, np.sqrt(np.outer([0.15, 0.5], [0.1, 0.3])) / 0.2, rtol=1e-13)
    np.testing.assert_allclose(chart.reached[0, 0], (400.0, 400.0), rtol=1e-12)
    assert chart.kind.tolist() == [["stable node", "escaped"], ["escaped", "escaped"]]
    assert np.isnan(chart.reached[1, 1]).all()


def test_a_race_that_runs_away_in_finite_time_reaches_nothing() -> None:
    race = Model.from_equations({"x": "1 + x**2 - b*x"}, {"b": 1.0, "c": 1.0})
    chart = stability_map(race, {"b": [1.0, 1.99999, 2.00001, 3.0], "c": [1.0]})
    assert chart.kind[:, 0].tolist() == ["escaped", "escaped", "stable node", "stable node"]
    assert np.isnan(chart.spiral_number[:2]).all()
    assert chart.reached[3, 0, 0] == pytest.approx((3 - 5**0.5) / 2, rel=1e-13)


def test_leaving_the_domain_is_said() -> None:
    chart = stability_map(security_dilemma(), {"grievance": [-0.5, 0.5], "balance": [0.0]})
    assert chart.kind[:, 0].tolist() == ["left domain", "stable node"]


def test_a_race_that_outgrows_its_domain_has_left_it_and_not_escaped() -> None:
    # no state slows another's growth, so that without its upper bounds the race is proved to escape
    terms: dict[str, Any] = {"equations": {"x": "a + b*y - x", "y": "a + b*x - y"}, "parameters": {"a": 1.0, "b": 0.5}}
    grids = {"a": [1.0, 2.0], "b": [0.5, 0.85, 1.5]}
    ends = [stability_map(Model.from_equations(**terms, upper=upper), grids).kind[1].tolist() for upper in ({}, {"y": 10}, {"y": 1e9})]
    assert ends == [["stable node", "stable node", "escaped"], ["stable node", "left domain", "left domain"], ends[0]]


def test_a_cycle_is_undecided() -> None:
    oscillator = Model.from_equations({"x": "y", "y": "m*(1 - (x - 2)**2)*y - (x - 1)"}, {"m": 1.0, "w": 1.0})
    assert stability_map(oscillator, {"m": [1.0], "w": [1.0]}).kind[0, 0] == "undecided"


def test_an_end_of_a_line_of_equilibria_on_a_kink_is_no_stable_node() -> None:
    """1 − x + max(x − 1, 0) is zero for all x ≥ 1; beside that line the slope is −1, on it none."""
    model = Model.from_equations({"x": "m - x + k*max(x - 1, 0)"}, {"m": 1.0, "k": 1.0})
    chart = stability_map(model, {"m": [0.5, 1.0], "k": [0.5, 1.0]})
    assert chart.kind.tolist() == [["stable node", "stable node"], ["stable node", "degenerate"]]


def test_rates_without_a_derivative_at_the_start_are_undecided() -> None:
    root = Model.from_equations({"x": "1 + a*sqrt(x) - b*x"}, {"a": 1.0, "b": 1.0}, lower={"x": 0})
    chart = stability_map(root, {"a": [0.5, 1.0], "b": [1.0]})
    assert (chart.kind == "undecided").all() and np.isnan(chart.reached).all()


def test_nations_that_are_alike_stay_alike_even_where_a_difference_would_grow() -> None:
    chart = stability_map(submissive(defence=0.1, fatigue=0.2, grievance=1.0), {"submission": [0.1, 0.149, 0.151, 0.3], "fatigue": [0.2]})
    assert chart.kind[:, 0].tolist() == ["stable node", "stable node", "saddle", "saddle"]  # pitchfork at 0.15
    np.testing.assert_allclose(chart.reached[:, 0], 10.0, rtol=1e-12)


def test_nations_that_differ_leave_the_saddle() -> None:
    model = submissive(defence=0.1, fatigue=0.2, grievance_x=1.0, grievance_y=1.001, submission=0.3)
    chart = stability_map(model, {"submission": [0.3], "defence": [0.1]})
    assert chart.kind[0, 0] == "stable focus"
    np.testing.assert_allclose(chart.reached[0, 0], brute_force(model, 2000.0), rtol=1e-7)


@settings(max_examples=10)
@given(scale=st.floats(1e-6, 1e6), pace=st.floats(1e-3, 1e3))
def test_units_of_arms_and_time_do_not_matter(scale: float, pace: float) -> None:
    def race(arms: float, time: float) -> Model:
        terms = {"defence": 0.45 / time, "fatigue": 1 / time, "grievance": 0.5 * arms / time, "threshold": 4 * arms, "strain": 0.04 / arms}
        return security_dilemma(**terms)

    grids = {"balance": np.array([-0.2, 0.1, 0.12]), "distinguishability": np.array([0.0, 0.02])}
    plain, scaled = stability_map(race(1.0, 1.0), grids), stability_map(race(scale, pace), grids)
    np.testing.assert_allclose(scaled.reached / scale, plain.reached, rtol=1e-9)
    assert (scaled.kind == plain.kind).all()


def test_three_nations_are_stable_in_pairs_and_unstable_together() -> None:
    chart = stability_map(nations(3, fatigue=0.2), {"defence": [0.09, 0.12], "grievance": [1.0]})
    assert chart.kind[:, 0].tolist() == ["stable node", "escaped"]
    np.testing.assert_allclose(chart.leading_eigenvalue[:, 0], (-0.02, 0.04), rtol=1e-12)


def test_an_equilibrium_outside_the_window_counts_as_none() -> None:
    chart = stability_map(security_dilemma(), {"balance": [0.0, 0.2], "defence": [0.45]}, window=Window(x=(0, 10), y=(0, 10)))
    assert chart.kind[:, 0].tolist() == ["stable node", "outside window"]
    assert np.isnan(chart.reached[1]).all() and np.isnan(chart.spiral_number[1, 0])


def test_the_first_parameter_is_on_axis_0_and_columns_say_the_same() -> None:
    chart = stability_map(security_dilemma(), {"distinguishability": [0.0, 0.5, 1.0], "balance": [-0.1, 0.1]})
    assert chart.kind.shape == (3, 2) and chart.reached.shape == (3, 2, 2)
    table = chart.to_table()
    assert table["balance"] == [-0.1, 0.1] * 3
    assert table["x"][3] == chart.reached[1, 1, 0]
    assert "3 × 2" in repr(chart)


@pytest.mark.parametrize(
    ("grids", "error", "words"),
    [
        ({"balance": [0, 1]}, InvalidInputError, "two parameters"),
        ({"balance": [0, 1], "balanse": [0, 1]}, UnknownNameError, "balance"),
        ({"balance": [1, 0], "alarm": [0, 1]}, InvalidInputError, "increasing"),
        ({"balance": [0, np.nan], "alarm": [0, 1]}, InvalidInputError, "increasing"),
        ({"balance": [0, 1], "distinguishability": [0, 1.5]}, OutOfBoundsError, "distinguishab"),
        ({"alarm": [0, 1], "alarm_x": [0, 1]}, InvalidInputError, "alarm_x"),
    ],
)
def test_bad_grids_are_refused(grids: dict[str, list[float]], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        stability_map(security_dilemma(), grids)


@pytest.mark.parametrize("bound", [None, "far", [1, 2], np.nan, -1.0, np.inf])
def test_a_bound_that_is_none_is_refused(bound: Any) -> None:
    with pytest.raises(InvalidInputError, match="[Bb]ound"):
        stability_map(linear(), {"defence": [0.5], "fatigue": [1.0]}, bound=bound)


def test_models_without_a_path_from_zero_are_refused() -> None:
    grids = {"a": [1.0], "b": [1.0]}
    with pytest.raises(NotAutonomousError):
        stability_map(Model.from_equations({"x": "a*t - b*x"}, {"a": 1, "b": 1}), grids)
    with pytest.raises(InvalidInputError, match="map"):
        stability_map(Model.from_equations({"x": "a - b*x"}, {"a": 1, "b": 1}, kind="map"), grids)
    with pytest.raises(OutOfBoundsError, match="zero"):
        stability_map(Model.from_equations({"x": "a - b*x"}, {"a": 1, "b": 1}, lower={"x": 1}), grids)


@pytest.mark.parametrize(
    ("equations", "rest"),
    [
        ({"x": "y - x", "y": "a - y", "z": "b*x*y - z"}, (1.0, 1.0, 1.0)),  # z begins as t⁴
        ({"x": "y - x", "y": "a - y", "z": "x**2 - z", "w": "b*x*z - w"}, (1.0, 1.0, 1.0, 1.0)),  # and w as t⁸
        ({"x": "1e6*y - x", "y": "a - y", "z": "1e-9*b*x*y - z"}, (1e6, 1.0, 1e-3)),  # in other units
    ],
)
def test_states_that_begin_as_high_powers_of_time_come_to_rest_in_time(equations: dict[str, str], rest: tuple[float, ...]) -> None:
    model = Model.from_equations(equations, {"a": 1.0, "b": 1.0}, name="driven")
    found = stability_map(model, {"a": [0.5, 1.0], "b": [0.5, 1.0]})
    np.testing.assert_allclose(found.reached[1, 1], rest, rtol=1e-9)
