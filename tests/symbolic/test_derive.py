"""What derivatives say of a model: affine or not, cooperative or not, defined at zero."""

import numpy as np
import pytest
import sympy

from richardson import errors
from richardson.models import nations, security_dilemma
from richardson.symbolic import conditions
from richardson.symbolic.derive import derivative, has_kinks, is_cooperative, linear_part
from richardson.symbolic.model import Model


@pytest.mark.parametrize("step", ["heaviside(y)", "sign(y)", "max(y, 1)", "sign(x)*x", "hill(y, 1, 2)"])
def test_a_model_with_a_step_or_a_kink_is_not_affine(step: str) -> None:
    """The slope of a step is zero almost everywhere, and yet it depends on the state."""
    assert linear_part(Model.from_equations({"x": f"-x + {step}", "y": "x - y"})) is None


def test_the_linear_part_of_affine_rates_is_theirs_however_they_are_written() -> None:
    model = Model.from_equations({"x": "(x**2 - a*x)/x + t", "y": "(x + y)**2 - (x - y)**2 - 4*x*y + a*y"}, {"a": 2})
    parts = linear_part(model)
    a, time = model.symbol("a"), sympy.Symbol("t", real=True)
    assert parts == (sympy.Matrix([[1, 0], [0, a]]), sympy.Matrix([time - a, 0]))


def test_cooperation_is_not_claimed_for_a_reaction_that_falls() -> None:
    """With m < 0 the function falls with its argument."""
    rates = {"x": "hill(y, h, m) - x", "y": "x - y"}
    assert is_cooperative(Model.from_equations(rates, {"h": 1, "m": 2}, lower={"x": 0, "y": 0})) is True
    assert is_cooperative(Model.from_equations(rates, {"h": 1, "m": -2}, lower={"x": 0, "y": 0})) is not True
    assert is_cooperative(security_dilemma()) is True
    assert is_cooperative(nations(3, defence=-0.1)) is False


def test_slopes_of_powers_are_defined_at_zero() -> None:
    x, p = sympy.symbols("x p", real=True)
    first = derivative(3 * x**p, x)
    assert first.subs(p, 2).subs(x, 0) == first.subs({x: 0}).subs(p, 2) == 0
    assert derivative(first, x).subs({x: 0, p: 2}) == 6


def test_a_spiral_number_without_fatigue_is_refused() -> None:
    combat = Model.from_equations({"x": "-b*y", "y": "-a*x"}, {"a": 1, "b": 1})
    with pytest.raises(errors.InvalidInputError, match="does not depend on itself"):
        conditions.spiral_number(combat)


def test_a_spiral_number_needs_followers_that_settle() -> None:
    """Fear that feeds itself follows nothing: eliminating it gives 2/3, while the Jacobian's own eigenvalue is +1."""
    jacobian = np.array([[-3.0, 2.0, 0.0], [1.0, -1.0, 1.0], [0.0, 0.0, 1.0]])
    assert conditions.spiral_number_of(jacobian, np.array([False, False, True])) is None
    jacobian[2, 2] = -1.0
    assert conditions.spiral_number_of(jacobian, np.array([False, False, True])) == pytest.approx(np.sqrt(2 / 3))


@pytest.mark.parametrize(
    ("rate", "lower", "expected"),
    [
        ("max(0, x - 1)", 0, True),
        ("max(0, x) - x", 0, False),
        ("max(0, x) - x", -np.inf, True),
        ("abs(m)*x", 0, False),
        ("sign(x - m)", 0, True),
        ("tanh(x - 1)", 0, False),
        ("hill(x, 1, 1)", 0, False),
        ("hill(x - 1, 1, 1)", 0, True),
        ("hill(x - 1, 1, 2)", 0, False),
        ("hill(x - 1, 1, m)", 0, True),
    ],
)
def test_kinks_are_those_that_a_state_can_come_to(rate: str, lower: float, expected: bool) -> None:
    model = Model.from_equations({"x": rate}, {"m": 2} if "m)" in rate else {}, lower={"x": lower})
    assert has_kinks(model) is expected


def test_a_hill_function_whose_exponent_is_at_least_one_is_no_kink() -> None:
    """The fear of `security_dilemma` may change sign; its steepness is 1 or more, and it is multiplied by the fear."""
    assert not has_kinks(security_dilemma())
