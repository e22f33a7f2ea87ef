"""`Model`: building, refusing, equality, time, text."""

import os
import pickle
import subprocess
import sys
from typing import Any

import pytest
import sympy

from richardson import errors
from richardson.models import linear, security_dilemma
from richardson.symbolic.functions import TIME, hill
from richardson.symbolic.model import Model
from richardson.symbolic.parse import parse
from richardson.symbolic.write import to_text

RACE = {"x": "k*y - a*x + g", "y": "k*x - a*y + g"}
VALUES = {"k": 0.5, "a": 1, "g": 0.5}


def test_text_and_sympy_give_the_same_model() -> None:
    x, y, k, a, g = sympy.symbols("x y k a g")
    assert Model.from_equations({"x": k * y - a * x + g, "y": k * x - a * y + g}, VALUES) == Model.from_equations(RACE, VALUES)


def test_names_that_sympy_reserves_are_free() -> None:
    names = ("e", "E", "I", "S", "N", "beta", "Q", "O", "C", "lam")
    model = Model.from_equations({"x": "+".join(names) + " - x"}, dict.fromkeys(names, 1.0))
    assert model.rates[0].free_symbols == {*model.parameter_symbols, *model.state_symbols}


def test_the_fingerprint_ignores_values_and_sees_equations() -> None:
    race = Model.from_equations(RACE, VALUES)
    assert race.fingerprint == race.with_values(k=0.1).fingerprint != race.with_term("x", "x**2").fingerprint


def test_equality_sees_values() -> None:
    race = Model.from_equations(RACE, VALUES)
    assert race != race.with_values(k=0.1)
    assert hash(race) == hash(pickle.loads(pickle.dumps(race)))


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_fingerprint_is_the_same_in_every_process(seed: str) -> None:
    code = "from richardson.models import security_dilemma; print(security_dilemma(3, fear='state').fingerprint)"
    environment = os.environ | {"PYTHONHASHSEED": seed}
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout
    assert printed.strip() == security_dilemma(3, fear="state").fingerprint


def test_time_in_an_equation_is_seen() -> None:
    model = Model.from_equations({"x": "sin(2*t) - x"})
    assert (model.is_autonomous, linear().is_autonomous, TIME in model.rates[0].free_symbols) == (False, True, True)


def test_a_term_adds_to_one_rate() -> None:
    race = linear().with_term("x", "-c*x**2", {"c": 0.1})
    assert sympy.expand(race.rates[0] - linear().rates[0] + race.symbol("c") * race.symbol("x") ** 2) == 0


def test_an_equation_is_replaced_whole() -> None:
    assert linear().with_equation("y", "-y").rates[1] == -linear().symbol("y")


@pytest.mark.parametrize("model", [linear(), security_dilemma(3), security_dilemma(fear="state")], ids=lambda m: m.name)
def test_written_equations_are_read_back(model: Model) -> None:
    known = {symbol.name: symbol for symbol in (*model.state_symbols, *model.parameter_symbols)}
    assert all(sympy.expand(parse(to_text(rate), known) - rate) == 0 for rate in model.rates)


@pytest.mark.parametrize(
    "text",
    ["-x**2", "(-x)**2", "x/(a*k)", "-(x - y)/2", "2**x", "x**(-y)", "(x*y)**0.5", "1/(x + 1)", "x - (y - a)", "-3/7*x", "exp(-x)/x**2"],
)
def test_text_survives_writing_and_reading(text: str) -> None:
    known = {name: sympy.Symbol(name, real=True) for name in ("x", "y", "a", "k")}
    expression = parse(text, known)
    assert parse(to_text(expression), known) == expression


def test_latex_uses_the_letters_of_the_quantities() -> None:
    assert linear().to_latex() == (r"\begin{aligned}\dot{x} &= k y - a x + g \\ \dot{y} &= l x - b y + h\end{aligned}")


def test_the_jacobian_is_written_with_the_letters_of_the_quantities() -> None:
    assert linear().jacobian_to_latex() == r"\left[\begin{matrix}- a & k\\l & - b\end{matrix}\right]"


def test_latex_names_the_hill_function() -> None:
    assert r"H_{h_{x},m}\left(f_{x}\right)" in security_dilemma(fear="state").to_latex()


@pytest.mark.parametrize(
    ("equations", "values", "message"),
    [
        ({"x": "k*z"}, {"k": 1}, "'z'"),
        ({"x": "kk*x"}, {"k": 1}, "Did you mean 'k'"),
        ({"x": "x", "k": "k"}, {"k": 1}, "both a state and a parameter"),
        ({}, {}, "at least one equation"),
        ("x", {}, "mapping"),
        ({"x": "x"}, [("k", 1)], "mapping"),
        ({"exp": "1"}, {}, "exp"),
        ({"t": "1"}, {}, "t"),
        ({"x": "__import__(x)"}, {}, "import"),
        ({"x": "'x'"}, {}, "Quotes"),
        ({"x": "x"}, {"k": float("nan")}, "finite"),
        ({"x": "x"}, {"k": "many"}, "number"),
        ({"x": None}, {}, "None"),
        ({"x": "x" + "+x" * 5000}, {}, "10001|10,001|10 001"),
    ],
)
def test_equations_that_are_no_model_are_refused(equations: object, values: object, message: str) -> None:
    with pytest.raises(errors.RichardsonError, match=message) as refusal:
        Model.from_equations(equations, values)  # type: ignore[arg-type] # wrong on purpose
    assert isinstance(refusal.value, ValueError)


def test_a_bound_for_an_unknown_name_is_refused() -> None:
    with pytest.raises(errors.UnknownNameError, match="no state or parameter"):
        Model.from_equations(RACE, VALUES, lower={"z": 0})


def test_bounds_upside_down_are_refused() -> None:
    with pytest.raises(errors.ModelError, match="lower ≤ upper"):
        Model.from_equations(RACE, VALUES, lower={"x": 1}, upper={"x": 0})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(errors.UnknownNameError, match="'flow' or a 'map'"):
        Model.from_equations(RACE, VALUES, kind="flux")


def test_sympy_that_is_no_equation_is_refused() -> None:
    x = sympy.Symbol("x")
    with pytest.raises(errors.RichardsonError):
        Model.from_equations({"x": sympy.Integral(x, x)})


def test_the_hill_function_of_a_model_has_exact_third_derivatives() -> None:
    u = sympy.Symbol("u", real=True)
    assert sympy.diff(hill(u, 4, 2), u, 3) == hill(u, 4, 2, 3)


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ({"lower": {"x": "a"}}, "lower bound of 'x' must be a number"),
        ({"upper": {"x": None}}, "upper bound of 'x' must be a number"),
        ({"units": {"x": 3}}, "unit of 'x' must be text"),
        ({"meanings": {"x": 3}}, "meaning of 'x' must be text"),
        ({"symbols": {"x": sympy.Symbol("x")}}, "symbol of 'x' must be text"),
        ({"parameters": {"a": 10**400}}, "must be a number"),
    ],
)
def test_descriptions_of_the_wrong_kind_are_refused(described: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.RichardsonError, match=message):
        Model.from_equations({"x": "-x"}, **described)


def test_a_model_without_states_or_with_text_for_rates_is_refused() -> None:
    with pytest.raises(errors.ModelError, match="no states"):
        Model("empty", (), (), (), ())
    with pytest.raises(errors.ModelError, match="from_equations"):
        Model("text", linear().states[:1], (), ("-x",), ())  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(errors.UnknownNameError, match="no state"):
        linear().with_term(None, "x")  # type: ignore[arg-type] # wrong on purpose
