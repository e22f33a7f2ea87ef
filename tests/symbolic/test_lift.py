import pytest
import sympy

from richardson.errors import UnknownNameError
from richardson.models import security_dilemma
from richardson.symbolic.lift import lifted
from richardson.symbolic.model import Model

RACE = Model.from_equations({"x": "k*y - a*x + g", "y": "k*x - a*y"}, {"k": 0.1, "a": 0.2, "g": 1})


def test_a_lifted_parameter_is_a_state_at_rest() -> None:
    found = lifted(RACE, "k", "a")
    assert (found.state_names, found.parameter_names, found.numbers) == (("x", "y", "k", "a"), ("g",), (1.0,))
    assert found.rates[2:] == (0, 0)


def test_the_jacobian_of_a_lifted_model_holds_derivatives_in_the_parameter() -> None:
    x, y = RACE.state_symbols
    assert list(lifted(RACE, "k").jacobian[:2, 2]) == [y, x]
    assert lifted(RACE, "k").jacobian[:2, :2] == RACE.jacobian


def test_a_lifted_concept_is_one_state() -> None:
    found = lifted(security_dilemma(), "alarm")
    assert found.state_names == ("x", "y", "alarm")
    assert not {"alarm_x", "alarm_y"} & set(found.parameter_names)
    assert sympy.Symbol("alarm", real=True) in found.rates[0].free_symbols & found.rates[1].free_symbols


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean"):
        lifted(RACE, "kk")
