"""Maps step by step: against closed forms and a plain loop, and how their runs end."""

import numpy as np
import pytest

from richardson.dynamics.iterate import iterate
from richardson.errors import IntegrationError, InvalidInputError, OutOfBoundsError, UnknownNameError
from richardson.models import linear, saperstein
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

HENON = Model.from_equations({"x": "1 - a*x**2 + y", "y": "b*x"}, {"a": 1.4, "b": 0.3}, kind="map", name="henon")


def test_the_logistic_map_at_its_end_follows_its_closed_form() -> None:
    """x_n = sin²(2ⁿ arcsin √x₀) at r = 4; twelve steps, in which rounding grows by 2¹²."""
    run = iterate(saperstein(reaction=1.0), {"x": 0.3, "y": 0.3}, 12)
    expected = np.sin(2.0 ** np.arange(13) * np.arcsin(np.sqrt(0.3))) ** 2
    np.testing.assert_allclose(run["x"], expected, atol=1e-11)
    np.testing.assert_array_equal(run.times, np.arange(13))
    assert run.outcome is Outcome.REACHED_END
    assert run.stopped_at is None


def test_a_run_is_that_of_a_plain_loop() -> None:
    run = iterate(HENON, [0.1, 0.2], 30)
    state, expected = (0.1, 0.2), [(0.1, 0.2)]
    for _ in range(30):
        state = (1 - 1.4 * state[0] ** 2 + state[1], 0.3 * state[0])
        expected.append(state)
    np.testing.assert_allclose(run.states, expected, atol=1e-9)  # contraction rounds otherwise, and chaos magnifies that


def test_the_step_is_the_time() -> None:
    counting = Model.from_equations({"x": "x + t"}, kind="map")
    assert iterate(counting, {"x": 0}, 5)["x"].tolist() == [0, 0, 1, 3, 6, 10]


def test_a_map_that_runs_away_leaves_its_bounds_or_breaks_says_so() -> None:
    away = iterate(HENON, {"x": 3, "y": 0}, 100)
    assert away.outcome is Outcome.ESCAPED
    assert away.stopped_at == len(away) - 1
    assert np.abs(away.states[-1]).max() > 1e9 > np.abs(away.states[-2]).max()
    falling = Model.from_equations({"x": "x - 1"}, kind="map", lower={"x": 0})
    left = iterate(falling, {"x": 2.5}, 10)
    assert (left.outcome, left.stopped_at, left["x"].tolist()) == (Outcome.LEFT_DOMAIN, 3, [2.5, 1.5, 0.5, -0.5])
    with pytest.raises(IntegrationError, match="step 2.*not a finite number") as caught:
        iterate(Model.from_equations({"x": "log(x)"}, kind="map"), {"x": 0.5}, 10)
    assert caught.value.trajectory.states.shape == (3, 1)


def test_a_start_on_the_upper_bound_is_not_outside_by_rounding() -> None:
    run = iterate(saperstein(reaction=1.0), {"x": 0.5, "y": 0.5}, 3)
    assert run["x"].tolist() == [0.5, 1, 0, 0]


def test_bad_questions_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="Use integrate for a flow"):
        iterate(linear(), {"x": 0, "y": 0}, 5)
    for steps in (0, 2.5, True, "many"):
        with pytest.raises(InvalidInputError, match="whole number"):
            iterate(HENON, [0, 0], steps)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="no state 'z'"):
        iterate(HENON, {"x": 0, "z": 0}, 5)
    with pytest.raises(OutOfBoundsError, match="must lie in"):
        iterate(saperstein(), {"x": 2, "y": 0}, 5)
    with pytest.raises(InvalidInputError, match="between its steps"):
        iterate(HENON, [0, 0], 5).at(0.5)
