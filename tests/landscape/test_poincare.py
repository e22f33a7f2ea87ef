"""Poincaré sections: closed forms, an independent integrator, and every way in which an orbit ends."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.errors import IntegrationError, InvalidInputError, NotAutonomousError, ParseError, UnknownNameError
from richardson.landscape.poincare import poincare_section
from richardson.models import saperstein
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

CIRCLE = Model.from_equations({"x": "y", "y": "-x"}, name="circle")
LORENZ = Model.from_equations({"x": "s*(y - x)", "y": "x*(r - z) - y", "z": "x*y - b*z"}, {"s": 10, "r": 28, "b": 8 / 3}, name="Lorenz")
DRIVEN = Model.from_equations({"x": "y", "y": "-x - 0.2*y + cos(1.5*t)"}, name="driven")


@pytest.mark.parametrize(("direction", "first", "step"), [(1, 1.5, 2), (-1, 0.5, 2), (0, 0.5, 1)], ids=["rising", "falling", "both"])
def test_a_circle_passes_its_axis_at_multiples_of_half_a_turn(direction: int, first: float, step: float) -> None:
    found = poincare_section(CIRCLE, [0, 1], "y", direction=direction, count=40)
    np.testing.assert_allclose(found.times, np.pi * (first + step * np.arange(40)), atol=1e-8)  # forty turns at 1e-10 a step
    np.testing.assert_allclose(found.states, np.column_stack((np.cos(np.pi / 2 - found.times), np.zeros(40))), atol=1e-8)


def test_crossings_before_the_transients_end_are_left_out() -> None:
    assert poincare_section(CIRCLE, [0, 1], "y", count=1, transient=10).times == pytest.approx([3.5 * np.pi], rel=1e-10)


def test_crossings_agree_with_those_of_scipys_integrator() -> None:
    found = poincare_section(LORENZ, [1, 2, 20], "z - 27", count=8)

    def height(_: float, state: Any) -> float:
        return float(state[2] - 27)

    height.direction = 1  # type: ignore[attr-defined]  # as scipy asks
    run = solve_ivp(
        lambda _, s: (10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]),
        (0, found.times[-1] + 0.1),
        (1, 2, 20),
        method="DOP853",
        rtol=1e-13,
        atol=1e-13,
        max_step=0.02,  # it looks for crossings at the ends of steps only
        events=height,
    )
    np.testing.assert_allclose(found.times, run.t_events[0], atol=1e-6)  # 1e-10 has grown by exp(0.9·6)
    np.testing.assert_allclose(found.states, run.y_events[0], atol=1e-4)


def test_states_lie_on_the_section_to_rounding() -> None:
    found = poincare_section(LORENZ, [1, 1, 1], "x*y - 10*z + 5", count=50, direction=0)
    assert np.abs(found["x"] * found["y"] - 10 * found["z"] + 5).max() < 1e-9  # rounding of times near 30 at rates of 1000


def test_a_driven_model_is_seen_once_a_period() -> None:
    # the linear response to cos(1.5 t): X = 1/((1 − ω²) + 0.2 iω), at whole periods Re X and −ω Im X
    found = poincare_section(DRIVEN, [0, 0], "sin(0.75*t)", direction=0, count=5, transient=300, longest=0.5)
    response = 1 / (1 - 1.5**2 + 0.3j)
    np.testing.assert_allclose(found.states, np.tile([response.real, -1.5 * response.imag], (5, 1)), atol=1e-8)
    np.testing.assert_allclose(np.diff(found.times), 2 * np.pi / 1.5, rtol=1e-10)


def test_an_orbit_that_comes_to_rest_says_so() -> None:
    found = poincare_section(LORENZ.with_values(r=20), [10, 10, 10], "z - 25", count=500)
    assert found.outcome is Outcome.SETTLED
    assert 0 < len(found) < 500


def test_a_horizon_ends_the_search() -> None:
    found = poincare_section(CIRCLE, [0, 1], "y", horizon=20)
    assert (len(found), found.outcome, found.stopped_at) == (3, Outcome.REACHED_END, 20.0)


@pytest.mark.parametrize(
    ("upper", "outcome", "stop"),
    [({}, Outcome.ESCAPED, np.log(1e9)), ({"x": 50}, Outcome.LEFT_DOMAIN, np.log(50))],
    ids=["escape", "bound"],
)
def test_an_orbit_that_ends_keeps_the_crossings_that_it_made(upper: Any, outcome: Outcome, stop: float) -> None:
    found = poincare_section(Model.from_equations({"x": "x", "y": "1"}, upper=upper), [1, -1], "y", count=5)
    assert (found.outcome, found.times.tolist()) == (outcome, pytest.approx([1.0]))
    assert found.stopped_at == pytest.approx(stop, rel=1e-8)


def test_a_surface_that_is_never_met_is_a_failure_that_says_how_often_it_was() -> None:
    with pytest.raises(IntegrationError, match="only 0 times of 1000.*Move the section"):
        poincare_section(CIRCLE, [0, 1], "y - 3", step_limit=2000)


@pytest.mark.parametrize(
    ("model", "options", "error"),
    [
        (saperstein(), {}, InvalidInputError),
        (DRIVEN, {}, NotAutonomousError),
        (CIRCLE, {"count": 0}, InvalidInputError),
        (CIRCLE, {"direction": 2}, InvalidInputError),
        (CIRCLE, {"horizon": -1}, InvalidInputError),
        (CIRCLE, {"transient": "long"}, InvalidInputError),
        (CIRCLE, {"section": "y +"}, ParseError),
        (CIRCLE, {"start": {"x": 1, "w": 1}}, UnknownNameError),
    ],
    ids=["map", "driven", "count", "direction", "horizon", "transient", "section", "state"],
)
def test_what_makes_no_sense_is_refused(model: Model, options: dict[str, Any], error: type[Exception]) -> None:
    arguments = {"start": [0.1, 0.1], "section": "y"} | options
    with pytest.raises(error):
        poincare_section(model, arguments.pop("start"), arguments.pop("section"), **arguments)


def test_a_result_reads_as_a_table() -> None:
    found = poincare_section(CIRCLE, [0, 1], "y", count=2)
    assert found.to_table()["x"] == found["x"].tolist()
    assert repr(found) == "<2 crossings of y = 0 (rising) by 'circle', t = 4.71239 … 10.9956; REACHED_END>"
