"""Elasticities against closed forms, differences in many digits, complex steps and what the theory computes otherwise."""

from math import exp, log
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.dynamics.integrate import integrate
from richardson.errors import InvalidInputError, ParseError, UnknownNameError
from richardson.models import linear, saperstein, security_dilemma
from richardson.stability.equilibria import Equilibrium, equilibria
from richardson.stability.near import equilibrium_near
from richardson.stability.window import Window
from richardson.study.elasticities import Elasticities, elasticities
from richardson.study.recording import FirstCrossing, Integral, Maximum, Minimum
from richardson.symbolic.model import Model

LINEAR = ("defence_x", "defence_y", "fatigue_x", "fatigue_y", "grievance_x", "grievance_y")
DECAY = Model.from_equations({"x": "g - a*x"}, {"g": 3.0, "a": 0.5}, name="decay")
GRANDI = Model.from_equations({"x": "p*x*(1 - x)"}, {"p": 2.8}, kind="map", name="logistic")
small, large = st.floats(0.1, 0.8), st.floats(1.0, 3.0)


def closed_linear() -> tuple[Any, Any]:
    """Functions of the six parameters for x*, y*, R and max Re λ of the linear race, and for their derivatives, by symbols."""
    symbols = k, l, a, b, g, h = sympy.symbols("k l a b g h", positive=True)  # noqa: E741 - the letters of the model
    whole = a * b - k * l
    leading = (-(a + b) + sympy.sqrt((a - b) ** 2 + 4 * k * l)) / 2
    outcomes = sympy.Matrix([(g * b + k * h) / whole, (h * a + l * g) / whole, sympy.sqrt(k * l / (a * b)), leading])
    return sympy.lambdify([symbols], list(outcomes)), sympy.lambdify([symbols], outcomes.jacobian(symbols))


CLOSED, CLOSED_SLOPES = closed_linear()


@settings(max_examples=30)
@given(numbers=st.tuples(small, small, large, large, large, large))
def test_the_linear_race_answers_as_its_closed_form(numbers: tuple[float, ...]) -> None:
    values = CLOSED(numbers)
    found = elasticities(linear(**dict(zip(LINEAR, numbers, strict=True))), values[:2])
    assert found.names == LINEAR
    assert found.outcomes == ("x", "y", "spiral_number", "max_real_eigenvalue")
    assert found.values[0] == pytest.approx(values, rel=1e-9)
    assert found.slopes[0] == pytest.approx(CLOSED_SLOPES(numbers), rel=1e-7, abs=1e-9)
    assert list(found["spiral_number"].values()) == pytest.approx([0.5, 0.5, -0.5, -0.5, 0, 0], abs=1e-9)


FLAGSHIP = security_dilemma(distinguishability=0.2, balance=0.05, fatigue_y=1.1)
REGULATORS = ("balance", "alarm_x", "threshold_y", "distinguishability", "fatigue_y")


@pytest.fixture(scope="module")
def calm() -> Equilibrium:
    return equilibria(FLAGSHIP, Window(x=(0, 60), y=(0, 60)))[0]


@pytest.fixture(scope="module")
def answers(calm: Equilibrium) -> Elasticities:
    return elasticities(
        FLAGSHIP, calm, outcome=["x", "y", "max_real_eigenvalue", "spiral_number", "x/(x + y)*spiral_number"], parameters=REGULATORS
    )


def many_digits(calm: Equilibrium, name: str, step: Any) -> list[Any]:
    """The outcomes of `answers` with a parameter moved, in forty digits."""
    model = FLAGSHIP
    hill = next(iter({node.func for rate in model.rates for node in rate.atoms(sympy.Function) if node.func.__name__ == "hill"}))
    numbers = {symbol: sympy.Float(repr(number), 40) for symbol, number in zip(model.parameter_symbols, model.numbers, strict=True)}
    numbers[model.symbol(name)] += sympy.Float(str(step), 40)
    rates = [rate.replace(hill, lambda u, h, m: u**m / (h**m + u**m)) for rate in model.rates]
    rates = [rate.subs(numbers) for rate in rates]
    field = sympy.lambdify(model.state_symbols, rates, "mpmath")
    slope = sympy.lambdify(model.state_symbols, sympy.Matrix(rates).jacobian(model.state_symbols), "mpmath")
    x, y = mpmath.findroot(field, tuple(map(mpmath.mpf, calm.state)), tol=1e-60)
    J = slope(x, y)
    trace, determinant = J[0, 0] + J[1, 1], J[0, 0] * J[1, 1] - J[0, 1] * J[1, 0]
    spiral = mpmath.sqrt(J[0, 1] * J[1, 0] / (J[0, 0] * J[1, 1]))
    return [x, y, (trace + mpmath.sqrt(trace**2 - 4 * determinant)) / 2, spiral, x / (x + y) * spiral]


@pytest.mark.parametrize("name", REGULATORS)
def test_the_flagship_answers_as_differences_in_forty_digits(calm: Equilibrium, answers: Elasticities, name: str) -> None:
    with mpmath.workdps(40):
        step = mpmath.mpf("1e-13")
        ahead, behind = many_digits(calm, name, step), many_digits(calm, name, -step)
        differences = [float((one - other) / (2 * step)) for one, other in zip(ahead, behind, strict=True)]
    assert answers.slopes[0, :, REGULATORS.index(name)] == pytest.approx(differences, rel=1e-8, abs=1e-10)


def test_the_spiral_number_answers_regulators_as_the_diagnosis_says() -> None:
    from richardson.theory.flagship import Flagship
    from richardson.theory.margins import semi_elasticities

    model = security_dilemma()
    calm = equilibria(model, Window(x=(0, 60), y=(0, 60)))[0]
    theirs = semi_elasticities(Flagship.of(model, "here"), calm.state)
    assert theirs is not None
    ours = elasticities(model, calm, outcome="spiral_number", parameters=list(theirs))
    assert ours.semi_elasticities[0, 0] == pytest.approx(list(theirs.values()), rel=1e-8, abs=1e-10)


def test_fear_in_its_own_time_leaves_the_spiral_number_and_its_elasticities_as_they_are() -> None:
    instant, slow = security_dilemma(), security_dilemma(fear="state")
    calm = equilibria(instant, Window(x=(0, 60), y=(0, 60)))[0]
    place = equilibria(slow, Window(x=(0.5, 1.5), y=(0.5, 1.5), fear_x=(0, 3), fear_y=(0, 3)))[0]
    names = ["defence", "alarm", "fatigue", "grievance"]
    one = elasticities(instant, calm, outcome=["spiral_number", "x"], parameters=names)
    other = elasticities(slow, place, outcome=["spiral_number", "x"], parameters=names)
    assert other.elasticities == pytest.approx(one.elasticities, rel=1e-7)


def test_a_fixed_point_of_a_map_answers_too() -> None:
    """x* = 1 − 1/p."""
    found = elasticities(GRANDI, {"x": 1 - 1 / 2.8})
    assert found.outcomes == ("x",)
    assert found.slopes[0, 0, 0] == pytest.approx(1 / 2.8**2, rel=1e-12)
    with pytest.raises(InvalidInputError, match="max_real_eigenvalue of 'logistic' has no derivative.*multipliers"):
        elasticities(GRANDI, {"x": 1 - 1 / 2.8}, outcome="max_real_eigenvalue")


def test_a_concept_moves_its_parameters_as_one() -> None:
    race = linear(defence=0.5, fatigue=2.0, grievance=3.0)
    found = elasticities(race, [2, 2], outcome=["x"], parameters=["defence", "fatigue", "grievance"])
    assert list(found["x"].values()) == pytest.approx([0.5 / 1.5, -2 / 1.5, 1.0], rel=1e-9)  # x* = g/(a − k)
    with pytest.raises(InvalidInputError, match=r"'defence' stands for defence_x = 0.5, defence_y = 0.6, which differ"):
        elasticities(race.with_values(defence_y=0.6), [2, 2], parameters=["defence"])


def test_what_is_zero_has_slopes_and_no_elasticity() -> None:
    race = linear(defence=0.5, grievance_x=0, grievance_y=0)
    found = elasticities(race, [0, 0], outcome="x", parameters=["grievance_x", "defence"])
    assert np.isnan(found.elasticities).all()
    assert np.isnan(found.semi_elasticities).all()
    assert found.slopes[0, 0] == pytest.approx([1 / 0.75, 0.0])
    assert repr(found) == "<elasticities of x of 'linear': none, as a value is zero>"


def test_a_fold_a_shared_eigenvalue_and_an_undefined_spiral_number_are_refused() -> None:
    fold = Model.from_equations({"x": "m - x**2"}, {"m": 0.0}, name="fold")
    with pytest.raises(InvalidInputError, match="lies on a fold"):
        elasticities(fold, [0.0])
    apart = linear(defence=0, fatigue=1, grievance=1)
    with pytest.raises(InvalidInputError, match="max_real_eigenvalue .* two eigenvalues share"):
        elasticities(apart, [1, 1], outcome="max_real_eigenvalue")
    with pytest.raises(InvalidInputError, match="spiral_number .* no derivative at zero"):
        elasticities(apart, [1, 1], outcome="2*spiral_number")
    assert elasticities(apart, [1, 1]).outcomes == ("x", "y")  # by default what has no derivative is left out
    tame = linear(defence_x=-0.5)
    with pytest.raises(InvalidInputError, match="spiral_number .* not defined"):
        elasticities(tame, equilibria(tame, Window(x=(-9, 9), y=(-9, 9)))[0], outcome="spiral_number")


def closed_decay(t: float) -> Any:
    """x, its integral, and its slopes in g, a and x₀ at time t, with x₀ = 1."""
    g, a, start, time = sympy.symbols("g a x0 t", positive=True)
    x = g / a + (start - g / a) * sympy.exp(-a * time)
    s = sympy.Symbol("s")
    whole = sympy.integrate(x.subs(time, s), (s, 0, time))
    at = {g: 3.0, a: 0.5, start: 1.0, time: t}
    return [[float(sympy.diff(each, symbol).subs(at)) for symbol in (g, a, start)] for each in (x, whole)]


def test_a_run_answers_as_its_closed_form_at_every_time() -> None:
    times = [0, 0.5, 2, 7]
    found = elasticities(DECAY, [1.0], times, outcome=["x", Integral("x")], parameters=["g", "a", "x"])
    assert found.slopes.shape == (4, 2, 3)
    assert found.slopes[0, 0].tolist() == [0, 0, 1]
    for place, time in enumerate(times[1:], 1):
        assert found.slopes[place] == pytest.approx(np.array(closed_decay(time)), rel=1e-6, abs=1e-8)  # some tolerances


def test_a_first_crossing_and_extremes_answer_as_their_closed_forms() -> None:
    """From x₀ = 1 to g/a = 6: x passes 4 at t = ln((g − a x₀)/(g − 4 a))/a; 4 x − x² is largest, 4, where x = 2, whatever moves."""
    found = elasticities(
        DECAY, [1.0], 5, outcome=[FirstCrossing("x - 4"), Maximum("4*x - x**2 + g"), Minimum("4*x - x**2")], parameters=["g", "a", "x"]
    )
    g, a, x0 = 3.0, 0.5, 1.0
    passed = log((g - a * x0) / (g - 4 * a)) / a
    slopes = [
        (1 / (g - a * x0) - 1 / (g - 4 * a)) / a,
        (-x0 / (g - a * x0) + 4 / (g - 4 * a)) / a - passed / a,
        -1 / (g - a * x0),
    ]
    assert found.values[0] == pytest.approx([passed, 7.0, 4 * (6 - 5 * exp(-2.5)) - (6 - 5 * exp(-2.5)) ** 2], rel=1e-7)
    assert found.slopes[0, 0] == pytest.approx(slopes, rel=1e-6)
    assert found.slopes[0, 1] == pytest.approx([1, 0, 0], abs=1e-6)
    end = closed_decay(5.0)[0]
    assert found.slopes[0, 2] == pytest.approx((4 - 2 * (6 - 5 * exp(-2.5))) * np.array(end), rel=1e-6)


def test_the_flagship_runs_answer_as_complex_steps_of_another_integrator() -> None:
    """∂x/∂p = Im x(p + ih)/h, exact to rounding, of the formulas written out over complex numbers and scipy's DOP853."""
    from scipy.integrate import solve_ivp

    hill = next(iter({node.func for rate in FLAGSHIP.rates for node in rate.atoms(sympy.Function) if node.func.__name__ == "hill"}))
    rates = [rate.replace(hill, lambda u, h, m: u**m / (h**m + u**m)) for rate in FLAGSHIP.rates]
    field = sympy.lambdify((FLAGSHIP.state_symbols, FLAGSHIP.parameter_symbols), rates, "numpy")
    names = ["balance", "alarm_y", "x"]
    found = elasticities(FLAGSHIP, [0.5, 1.0], [0, 3, 12], parameters=names)
    for place, name in enumerate(names):
        start, numbers = np.array([0.5, 1.0], dtype=complex), np.array(FLAGSHIP.numbers, dtype=complex)
        moved, position = (start, 0) if name == "x" else (numbers, FLAGSHIP.parameter_names.index(name))
        moved[position] += 1e-30j
        run = solve_ivp(
            lambda _, state, p=numbers: np.array(field(state, p)), (0, 12), start, "DOP853", t_eval=[0, 3, 12], rtol=1e-12, atol=1e-12
        )
        assert found.slopes[:, :, place] == pytest.approx(run.y.imag.T / 1e-30, rel=1e-5, abs=1e-7)


def test_driven_runs_answer_too() -> None:
    """ẋ = c t − a x from 0: ∂x/∂c = (a t − 1 + e^(−a t))/a²."""
    model = Model.from_equations({"x": "g - a*x"}, {"g": 0.0, "a": 0.5, "c": 2.0}).with_drive(g="c*t")
    found = elasticities(model, [0.0], 4.0, parameters="c")
    assert found.slopes[0, 0, 0] == pytest.approx((2 - 1 + exp(-2)) / 0.25, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: elasticities(linear(defence=0.5), [2, 3]), InvalidInputError, "not at rest"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], parameters=["defense"]), UnknownNameError, "defense"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], parameters=[]), InvalidInputError, "one input or more"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], parameters="x"), InvalidInputError, "does not depend on the start of x"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], outcome=[]), InvalidInputError, "names nothing"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], outcome=5), InvalidInputError, "got 5"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], outcome=["x", "x"]), InvalidInputError, "'x' is named twice"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], parameters=5), UnknownNameError, "'5'"),  # type: ignore[arg-type]
        (lambda: elasticities(linear(defence=0.5), [1, 1], outcome="z + 1"), ParseError, "z"),
        (lambda: elasticities(linear(defence=0.5), [1, 1], outcome=Maximum("x")), InvalidInputError, "Give times="),
        (lambda: elasticities(linear(defence=2), [1, 1], 1e3), InvalidInputError, "ran away.* before 1000"),
        (lambda: elasticities(linear(), [1, 1], 0), InvalidInputError, "must be above it"),
        (lambda: elasticities(linear(), [1, 1], [0, 1], outcome=Maximum("x")), InvalidInputError, "is one number of a whole run"),
        (lambda: elasticities(linear(), [1, 1], 5, outcome=FirstCrossing("x + 7")), InvalidInputError, "There is no 'first crossing"),
        (lambda: elasticities(linear(), {"x": 1}, 5, parameters="y"), InvalidInputError, "gives no number for y"),
        (
            lambda: elasticities(Model.from_equations({"x": "heaviside(x - c) - x"}, {"c": 0.5}), [1.0], 5),
            InvalidInputError,
            "jumps where a state or a parameter says so",
        ),
        (lambda: elasticities(saperstein(), [0.3, 0.3], 5), InvalidInputError, "map"),
    ],
    ids=range(17),
)
def test_what_has_no_derivative_is_refused(call: Any, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        call()


def test_a_run_may_start_at_an_equilibrium_and_be_asked_for_that_start() -> None:
    race = linear(defence=0.5)
    calm = equilibrium_near(race, [1.0, 1.0])
    found = elasticities(race, calm, 2.0, outcome="x", parameters=["x", "y"])
    assert found.slopes[0, 0] == pytest.approx([exp(-2) * np.cosh(1), exp(-2) * np.sinh(1)], rel=1e-6)


def test_a_result_names_what_it_has() -> None:
    found = elasticities(linear(defence=0.5), [1, 1], outcome=["x", "x + y"], parameters=["defence", "fatigue"])
    assert repr(found) == "<elasticities of x (and 1 more) of 'linear': fatigue -2, defence +1>"
    table = found.to_table()
    assert table["outcome"] == ["x", "x", "x + y", "x + y"]
    assert table["elasticity"] == pytest.approx([1, -2, 1, -2])
    with pytest.raises(UnknownNameError, match="'y' was not asked"):
        _ = found["y"]


@pytest.mark.extra
def test_a_result_lies_over_times_outcomes_and_inputs() -> None:
    pytest.importorskip("xarray")
    found = elasticities(DECAY, [1.0], [0, 1, 2], parameters=["a", "x"]).to_xarray()
    assert dict(found.sizes) == {"time": 3, "outcome": 1, "input": 2}
    assert float(found["elasticity"].sel(time=0, outcome="x", input="x")) == 1.0


def test_the_run_itself_is_that_of_integrate() -> None:
    times = [0, 1, 4]
    found = elasticities(FLAGSHIP, [1, 2], times, parameters=["balance"])
    assert found.values == pytest.approx(integrate(FLAGSHIP, [1, 2], times).states, rel=1e-6)
