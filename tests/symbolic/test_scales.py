"""Nondimensional forms: by hand where it can be done, and the same runs after mapping back."""

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp

import richardson as rn
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import unit_exponents
from tests.properties.rates import FLOWS, rates, somewhere

RACE = rn.models.linear(defence_x=0.3, defence_y=0.4, fatigue_x=0.8, fatigue_y=1.6, grievance_x=5, grievance_y=2)
LOGISTIC_UNITS = {"x": "arms", "r": "1", "c": "arms"}


def scaled(model: Model) -> rn.Nondimensional:
    """In its own scales, or in numbers where equations know none: Lanchester's laws of arms, structural balance of time."""
    try:
        return rn.nondimensional(model)
    except rn.errors.InvalidInputError as refusal:
        return rn.nondimensional(model, arms=7.0) if "arms=100" in str(refusal) else rn.nondimensional(model, time=2.0)


SCALABLE = {name: scaled(model) for name, model in FLOWS.items()}


def symbols(names: str) -> list[sympy.Symbol]:
    return [sympy.Symbol(name, real=True) for name in names.split()]


def test_the_linear_race_keeps_four_of_six_parameters_as_by_hand() -> None:
    """x = (g/a) X, t = T/a: X' = (k/a) Y − X + 1, Y' = (l/a) X − (b/a) Y + h/g."""
    form = rn.nondimensional(RACE)
    x, y, k, m, b, h = symbols("x y defence_x defence_y fatigue_y grievance_y")
    assert form.dimensionless.rates == (k * y - x + 1, m * x - b * y + h)
    assert form.dimensionless.values == pytest.approx({"defence_x": 0.375, "defence_y": 0.5, "fatigue_y": 2.0, "grievance_y": 0.4})
    assert form.scales == {"yr": "1/fatigue_x", "arms": "grievance_x/fatigue_x"}
    assert form.sizes == pytest.approx({"yr": 1.25, "arms": 6.25})
    assert form.groups["grievance_y"] == "grievance_y/grievance_x"
    assert form.groups["fatigue_x"] == form.groups["grievance_x"] == "1"


def test_the_security_dilemma_is_measured_in_its_alarm_threshold_and_fatigue() -> None:
    form = rn.nondimensional(rn.models.security_dilemma())
    assert form.scales == {"yr": "1/fatigue_x", "arms": "threshold_x"}
    assert (form.groups["strain_y"], form.groups["grievance_x"]) == ("strain_y*threshold_x", "grievance_x/fatigue_x/threshold_x")


def test_scales_can_be_named() -> None:
    form = rn.nondimensional(RACE, arms="grievance_y/fatigue_y", time="1/defence_x")
    assert form.sizes == pytest.approx({"yr": 1 / 0.3, "arms": 1.25})
    assert form.groups["defence_x"] == "1"
    assert form.groups["grievance_y"] == "grievance_y/grievance_y" or form.groups["grievance_y"] == "fatigue_y/defence_x"


def test_a_composite_scale_leaves_as_few_groups_as_a_plain_one() -> None:
    """Buckingham: n − r, and the group that is eliminated follows from the free ones."""
    form = rn.nondimensional(RACE, arms="sqrt(grievance_x*grievance_y)/fatigue_x", time="1/fatigue_x")
    assert len(form.dimensionless.parameters) == 4
    state = np.array([0.7, 1.9])
    here = rates(RACE, state * form.sizes["arms"], np.array(RACE.numbers)) * form.sizes["yr"] / form.sizes["arms"]
    np.testing.assert_allclose(rates(form.dimensionless, state, np.array(form.dimensionless.numbers)), here, rtol=1e-12)


def test_numbers_can_be_scales_and_absorb_no_parameter() -> None:
    form = rn.nondimensional(RACE, arms=100, time=2.0)
    assert form.dimensionless.parameter_names == RACE.parameter_names
    assert form.dimensionless.values["grievance_x"] == pytest.approx(5 * 2 / 100)


@pytest.mark.parametrize("name", SCALABLE)
def test_as_many_groups_are_left_as_buckingham_says(name: str) -> None:
    form = SCALABLE[name]
    units = [unit_exponents(one.unit) for one in form.model.parameters]
    matrix = sympy.Matrix([[unit.get(base, 0) for base in form.scales] for unit in units])
    assert len(form.dimensionless.parameters) == len(units) - matrix.rank()
    assert {one.unit for one in (*form.dimensionless.states, *form.dimensionless.parameters)} == {"1"}


@pytest.mark.parametrize("name", SCALABLE)
def test_the_dimensionless_rates_are_the_rates_in_the_scales(name: str) -> None:
    form = SCALABLE[name]
    rng = np.random.default_rng(2)
    for _ in range(5):
        state = somewhere(form.model, rng)[0]
        sizes = np.array([form.size(one) for one in form.model.state_names])
        here = rates(form.model, state, np.array(form.model.numbers)) / sizes * form.size("t")
        there = rates(form.dimensionless, state / sizes, np.array(form.dimensionless.numbers))
        np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-9 * np.abs(here).max())  # rounding


@pytest.mark.parametrize("name", ["linear", "security_dilemma", "security_dilemma, fear=state"])
def test_a_run_mapped_back_is_the_run(name: str) -> None:
    form = SCALABLE[name]
    times = np.linspace(0, 4, 9)
    start = np.arange(1.0, 1.0 + len(form.model.states))
    run, other = solved(form.model, start, times), None
    sizes = np.array([form.size(one) for one in form.model.state_names])
    other = solved(form.dimensionless, start / sizes, form.to_dimensionless({"t": times})["t"])
    back = form.to_dimensional(dict(zip(form.model.state_names, other, strict=True)))
    np.testing.assert_allclose(np.array(list(back.values())), run, rtol=1e-7)  # errors of both runs


def solved(model: Model, start: np.ndarray, times: np.ndarray) -> np.ndarray:
    """States, shape (state, time), by scipy alone."""
    numbers = np.array(model.numbers)
    return solve_ivp(lambda _, state: rates(model, state, numbers), times[[0, -1]], start, t_eval=times, rtol=1e-10, atol=1e-12).y


def test_values_go_there_and_back() -> None:
    form = rn.nondimensional(RACE)
    values = RACE.values | {"x": 3.0, "t": 2.0}
    assert form.to_dimensional(form.to_dimensionless(values)) == pytest.approx(values, rel=1e-14)
    assert form.to_dimensional(form.dimensionless.values)["grievance_y"] == pytest.approx(2.0)
    assert form.to_table()["value"] == pytest.approx([0.375, 0.5, 1, 2, 1, 0.4])


def test_bounds_and_letters_follow_their_scale() -> None:
    form = rn.nondimensional(rn.models.security_dilemma(fear="state"))
    fear, x = form.dimensionless.states[2], form.dimensionless.states[0]
    assert (fear.is_follower, x.lower, x.symbol, x.unit) == (True, 0.0, r"\tilde{x}", "1")
    assert x.label == r"arms of x in units of threshold_x, $\tilde{x}$"
    capped = rn.Model.from_equations({"x": "-a*x"}, {"a": 2}, units={"x": "arms", "a": "1/yr"}, upper={"x": 10})
    assert rn.nondimensional(capped, arms=4).dimensionless.states[0].upper == 2.5


def test_time_in_the_equations_is_scaled_too() -> None:
    """x' = g sin(w t) in T = w t and X = x w/g is X' = sin T."""
    wave = rn.Model.from_equations({"x": "g*sin(w*t)"}, {"g": 3, "w": 2}, units={"x": "arms", "g": "arms/month", "w": "1/month"})
    form = rn.nondimensional(wave)
    assert form.dimensionless.rates == (sympy.sin(sympy.Symbol("t", real=True)),)
    assert (form.clock, form.size("x"), form.size("t")) == ("month", 1.5, 0.5)


def test_a_map_is_scaled_in_its_states_alone() -> None:
    logistic = rn.Model.from_equations({"x": "r*x*(1 - x/c)"}, {"r": 3, "c": 7}, units=LOGISTIC_UNITS, kind="map")
    form = rn.nondimensional(logistic)
    x, r = symbols("x r")
    assert form.dimensionless.rates == (r * x * (1 - x),)
    assert form.dimensionless.kind == "map"
    with pytest.raises(rn.errors.UnknownNameError, match="no state or parameter 't'"):
        form.size("t")
    with pytest.raises(rn.errors.InvalidInputError, match="is a map, whose time is counted in steps"):
        rn.nondimensional(logistic, time=2.0)


@pytest.mark.parametrize(
    ("model", "scales", "kind", "words"),
    [
        (rn.models.saperstein(), {}, rn.errors.UnitsError, "declares a unit, so there is nothing to scale"),
        (rn.Model.from_equations({"x": "-a*x"}, {"a": 1}), {}, rn.errors.UnitsError, "declares a unit"),
        (
            rn.Model.from_equations({"x": "g - a*x"}, {"a": 1, "g": 1}, units={"x": "arms", "a": "1/yr", "g": "arms"}),
            {},
            rn.errors.UnitsError,
            "g has the unit arms, where arms/yr is due",
        ),
        (RACE, {"arms": "grievance_x"}, rn.errors.InvalidInputError, "has the unit arms/yr and cannot measure arms"),
        (RACE, {"time": "1/fatige_x"}, rn.errors.ParseError, "Did you mean 'fatigue_x'"),
        (RACE, {"time": "x/fatigue_x"}, rn.errors.InvalidInputError, "must be a product of powers of parameters"),
        (RACE, {"time": "2/fatigue_x"}, rn.errors.InvalidInputError, "must be a product of powers of parameters"),
        (RACE, {"time": "1/(fatigue_x + fatigue_y)"}, rn.errors.InvalidInputError, "must be a product of powers of parameters"),
        (RACE, {"time": -1.0}, rn.errors.InvalidInputError, "a number above zero"),
        (RACE, {"time": float("nan")}, rn.errors.InvalidInputError, "a number above zero"),
        (RACE, {"arms": True}, rn.errors.InvalidInputError, "a number above zero"),
        (RACE, {"others": {"lives": 3}}, rn.errors.UnknownNameError, "measures nothing in 'lives'"),
        (RACE, {"others": 3}, rn.errors.InvalidInputError, "are a mapping"),
        (rn.models.linear(grievance=0), {}, rn.errors.InvalidInputError, "do not span 'arms'"),
        (rn.models.linear(grievance=0), {"arms": "grievance_x/fatigue_x"}, rn.errors.InvalidInputError, "needs grievance_x above zero"),
        (rn.models.linear(fatigue_x=-1), {"time": "1/fatigue_x"}, rn.errors.InvalidInputError, "above zero; it is -1"),
        (RACE.with_drive(grievance_x="5 + t"), {}, rn.errors.InvalidInputError, "Scale it before with_drive"),
    ],
)
def test_what_cannot_be_scaled_is_refused(model: Model, scales: dict[str, object], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        rn.nondimensional(model, **scales)  # type: ignore[arg-type]
