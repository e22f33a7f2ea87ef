import pickle

import numpy as np
import pytest

from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError
from richardson.stability.window import Window
from richardson.symbolic.model import Model

RACE = Model.from_equations({"arms": "fear - arms", "fear": "arms - 2*fear"}, lower={"arms": 0})


def test_a_window_keeps_the_order_of_its_keywords_and_tells_spans_from_fixed() -> None:
    window = Window(y=(1, 2), x=(0, 60), fear_x=2)
    assert window.names == ("y", "x", "fear_x")
    assert window.spans == {"y": (1.0, 2.0), "x": (0.0, 60.0)}
    assert window.fixed == {"fear_x": 2.0}
    assert repr(window) == "Window(y=(1, 2), x=(0, 60), fear_x=2)"


def test_equal_windows_are_one_key_and_survive_pickling() -> None:
    window = Window(x=(0, 1), self=2)
    assert {window: 1}[pickle.loads(pickle.dumps(window))] == 1
    assert window == Window(x=[0, 1], self=2.0)
    assert window != Window(self=2, x=(0, 1))  # the order is the order of axes


@pytest.mark.parametrize(
    ("axis", "reason"),
    [
        ((60, 0), r"from low to high; got \(60, 0\); did you mean \(0, 60\)"),
        ((1, 1), "number 1 alone"),
        ((0, float("nan")), "finite"),
        ((0, float("inf")), "finite"),
        (float("nan"), "finite"),
        ((0, 1, 2), "pair"),
        ("wide", "pair"),
        (None, "pair"),
    ],
)
def test_an_axis_that_is_no_interval_and_no_number_is_refused_with_the_reason(axis: object, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        Window(x=axis)


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="at least one state"):
        Window()


def test_a_window_must_name_every_state_and_no_other() -> None:
    with pytest.raises(UnknownNameError, match="'armz'.*Did you mean 'arms'"):
        Window(armz=(0, 1), fear=(0, 1)).check(RACE)
    with pytest.raises(InvalidInputError, match="says nothing about fear"):
        Window(arms=(0, 1)).check(RACE)
    with pytest.raises(InvalidInputError, match="Exactly 2 states"):
        Window(arms=(0, 1), fear=1).check(RACE, spanned=2)


def test_a_window_outside_the_states_bounds_is_refused() -> None:
    with pytest.raises(OutOfBoundsError, match="holds no value that arms may have"):
        Window(arms=(-2, -1), fear=(0, 1)).check(RACE)


def test_contains_means_the_closed_window_and_the_bounds_in_the_models_order() -> None:
    window = Window(fear=(-1, 5), arms=(-1, 2))
    states = np.array([[0, -1], [2, 5], [-0.5, 0], [3, 0], [1e-14, 5 + 1e-13]])
    assert window.contains(RACE, states).tolist() == [True, True, False, False, True]
