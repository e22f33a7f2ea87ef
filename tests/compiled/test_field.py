"""Compiled rates and derivatives against sympy, and without the compiler."""

import os
import subprocess
import sys

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.compiled.field import Field
from richardson.models import linear, nations, security_dilemma
from richardson.symbolic.functions import hill
from richardson.symbolic.model import Model

EVERYTHING = Model.from_equations(
    {
        "x": "exp(-x) + log(1 + y**2)*sqrt(x) + sin(x)*cos(y) + tan(x/9) + hill(x - y, 2, m)",
        "y": "tanh(x) + sinh(x/5) - cosh(y/5) + atan(x*y) + abs(x - y) + min(x, y, k) + max(x, k) + x**k + 1/(1 + y)**3",
        "z": "sign(x - 2) + heaviside(x - y) + sigmoid(x - z) + softplus(z - x) + pi*t - z/3 + 2**(-x)",
    },
    {"k": 1.5, "m": 2.5},
)
MODELS = {"everything": EVERYTHING, "linear": linear(), "dilemma": security_dilemma(reassurance=0.2), "nations": nations(4)}


def exact(model: Model, state: np.ndarray, time: float, expression: sympy.Expr) -> float:
    values = dict(zip(model.state_symbols, state, strict=True)) | dict(zip(model.parameter_symbols, model.numbers, strict=True))
    values[sympy.Symbol("t", real=True)] = time
    plain = expression.subs(values)
    for call in plain.atoms(sympy.Function):
        if isinstance(call, hill):
            plain = plain.subs(call, call.as_rational())
    shapes = {"sigmoid": lambda z: 1 / (1 + sympy.exp(-z)), "softplus": lambda z: sympy.log(1 + sympy.exp(z))}
    for name, shape in shapes.items():
        plain = plain.replace(lambda e, name=name: e.func.__name__ == name, lambda e, shape=shape: shape(e.args[0]))
    return float(plain)


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=4, deadline=None)  # sympy takes most of a tenth of a second for each
@given(seed=st.integers(0, 2**32 - 1))
def test_compiled_rates_and_jacobian_are_those_of_the_symbols(name: str, seed: int) -> None:
    model = MODELS[name]
    state = np.random.default_rng(seed).uniform(0.1, 5, len(model.states))
    rates, jacobian = Field.of(model).rates_and_jacobian(0.7, state)
    assert rates == pytest.approx([exact(model, state, 0.7, rate) for rate in model.rates], rel=1e-11, abs=1e-12)  # rounding
    expected = np.array([exact(model, state, 0.7, entry) for entry in model.jacobian]).reshape(jacobian.shape)
    assert jacobian == pytest.approx(expected, rel=1e-10, abs=1e-11)  # rounding


def test_many_states_at_once_give_the_rates_of_each() -> None:
    field = Field.of(EVERYTHING)
    states, times = np.random.default_rng(1).uniform(0.1, 5, (7, 3)), np.linspace(0, 1, 7)
    assert np.array_equal(field.rates_over(times, states), [field.rates(t, x) for t, x in zip(times, states, strict=True)])


@pytest.mark.parametrize("order", [2, 3])
def test_higher_derivatives_are_differences_of_lower_ones(order: int) -> None:
    """Central differences, error ~ step² × next derivative."""
    field, state, step = Field.of(security_dilemma(reassurance=0.1)), np.array([3.0, 2.0]), 1e-5
    lower = field.jacobian if order == 2 else (lambda _, x: field.second_derivatives(x))
    found = field.second_derivatives(state) if order == 2 else field.third_derivatives(state)
    for k, direction in enumerate(np.eye(2)):
        difference = (lower(0.0, state + step * direction) - lower(0.0, state - step * direction)) / (2 * step)
        assert found[..., k] == pytest.approx(difference, abs=1e-7)


def test_derivatives_in_a_concept_move_its_members_as_one() -> None:
    model, state, step = security_dilemma(), np.array([3.0, 2.0]), 1e-6
    found = Field.of(model).parameter_derivatives(state, ["balance", "alarm", "steepness"])
    for column, (name, value) in enumerate({"balance": 0.0, "alarm": 3.0, "steepness": 2.0}.items()):
        up, down = (Field.of(model.with_values(**{name: value + sign * step})).rates(0.0, state) for sign in (1, -1))
        assert found[:, column] == pytest.approx((up - down) / (2 * step), abs=1e-8)


def test_mixed_derivatives_are_those_of_the_jacobian_in_parameters() -> None:
    model, state, step = security_dilemma(), np.array([3.0, 2.0]), 1e-6
    found = Field.of(model).mixed_derivatives(state, ["balance", "alarm", "threshold", "steepness"])
    for column, (name, value) in enumerate({"balance": 0.0, "alarm": 3.0, "threshold": 4.0, "steepness": 2.0}.items()):
        up, down = (Field.of(model.with_values(**{name: value + sign * step})).jacobian(0.0, state) for sign in (1, -1))
        assert found[:, :, column] == pytest.approx((up - down) / (2 * step), abs=1e-8)  # of the second order in the step


def test_expressions_are_evaluated_over_many_states() -> None:
    field = Field.of(linear())
    found = field.values_of(["x*y + t", "defence_x"])([0.0, 1.0], np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert found.tolist() == [[2.0, 0.5], [13.0, 0.5]]


def test_a_new_parameter_value_compiles_nothing() -> None:
    model = security_dilemma()
    first = Field.of(model).raw_rates
    second = Field.of(model.with_values(balance=0.3, alarm=1)).raw_rates
    assert first is second
    assert len(first.signatures) == 1


def test_fear_at_zero_arms_is_finite() -> None:
    field = Field.of(security_dilemma(steepness=1.5))
    rates, jacobian = field.rates_and_jacobian(0.0, np.zeros(2))
    assert np.isfinite(rates).all()
    assert np.isfinite(jacobian).all()
    assert np.isfinite(field.second_derivatives(np.zeros(2))).all()


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_the_hill_function_neither_overflows_nor_underflows(size: float) -> None:
    field = Field.of(Model.from_equations({"x": "hill(x, h, 8)"}, {"h": size}))
    assert field.rates(0.0, np.array([size]))[0] == 0.5


def test_division_by_zero_is_infinite_and_raises_nothing() -> None:
    assert np.isinf(Field.of(Model.from_equations({"x": "1/x"})).rates(0.0, np.zeros(1))[0])


NO_JIT = """
import sys
sys.path.insert(0, {folder!r})
from test_field import all_numbers
print(*map(repr, all_numbers()))
"""


def all_numbers() -> list[float]:
    """Rates and Jacobians of all the models at one state each."""
    numbers: list[float] = []
    for model in MODELS.values():
        rates, jacobian = Field.of(model).rates_and_jacobian(0.3, np.linspace(0.5, 4, len(model.states)))
        numbers += [*rates.tolist(), *jacobian.ravel().tolist()]
    return numbers


def test_without_the_compiler_the_numbers_are_the_same() -> None:
    code, plain = NO_JIT.format(folder=os.path.dirname(__file__)), os.environ | {"NUMBA_DISABLE_JIT": "1"}
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=plain).stdout
    assert all_numbers() == pytest.approx([float(number) for number in printed.split()], rel=1e-8)  # the promise


def test_the_jacobian_of_a_power_is_a_number_at_zero() -> None:
    field = Field.of(Model.from_equations({"x": "a*x**m - x"}, {"a": 1.0, "m": 2.0}))
    assert (field.jacobian(0.0, np.zeros(1)).item(), field.second_derivatives(np.zeros(1)).item()) == (-1.0, 2.0)
