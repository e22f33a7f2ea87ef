"""Units of equations: what agrees passes, and what does not is named in words."""

import pickle
import re
from collections.abc import Mapping

import pytest

import richardson as rn
from richardson.symbolic.dimensions import powers_of, unit_faults, unit_text
from tests.properties.rates import FORMS

UNITS = {"x": "arms", "a": "1/yr", "g": "arms/yr", "h": "arms", "m": "1"}
VALUES = {"a": 1, "g": 1, "h": 2, "m": 2}
WITH_UNITS = {name: model for name, model in FORMS.items() if any(one.unit != "1" for one in (*model.states, *model.parameters))}


def own(equation: str, units: Mapping[str, str] = UNITS, kind: str = "flow") -> rn.Model:
    return rn.Model.from_equations({"x": equation}, VALUES, units=units, kind=kind)


@pytest.mark.extra
@pytest.mark.parametrize("name", WITH_UNITS)
def test_the_equations_of_every_catalogue_model_agree_with_their_units(name: str) -> None:
    pytest.importorskip("pint")
    rn.check_units(WITH_UNITS[name])


@pytest.mark.parametrize("name", FORMS)
def test_the_same_holds_without_pint(name: str) -> None:
    assert unit_faults(FORMS[name]) == ()


@pytest.mark.parametrize(
    "equation",
    [
        "g - a*x",
        "g*hill(x, h, m) - a*x",
        "a*h*tanh(x/h) + g*exp(-a*t)",
        "a*sqrt(x*h) + a*max(x, h, 0)",
        "g*(x/h)**m - a*abs(x)",
        "g*heaviside(x - h) + g*sigmoid(log(x/h)) + g*sign(x)",
        "a**2*h*t - a*x**3/(h**2 + x**2)",
        "g*(x + (1 - sign(x + h)**2)/2)/(x + h + 1 - sign(x + h)**2)",  # a half where x + h = 0
    ],
)
def test_what_agrees_passes(equation: str) -> None:
    assert unit_faults(own(equation)) == ()


@pytest.mark.parametrize(
    ("equation", "sentence"),
    [
        ("h - a*x", "In the rate of x, h has the unit arms, where arms/yr is due."),
        ("20 - a*x", "In the rate of x, 20 is a bare number, where arms/yr is due."),
        ("x", "In the rate of x, x has the unit arms, where arms/yr is due."),
        ("g*tanh(x)", "In the rate of x, tanh takes x, which has the unit arms, where a pure number is due."),
        ("g*exp(-t)", "In the rate of x, exp takes -t, which has the unit yr, where a pure number is due."),
        ("g*hill(x, g, m)", "In the rate of x, g has the unit arms/yr, and x has the unit arms, yet they are compared by hill."),
        ("g*hill(x, h, a)", "In the rate of x, the steepness a of hill(x, h, a) has the unit 1/yr, where a pure number is due."),
        ("a*(x + g)", "In the rate of x, g has the unit arms/yr, and x has the unit arms, yet they are added."),
        ("a*(x + 1)", "In the rate of x, x has the unit arms, and 1 is a bare number, yet they are added."),
        ("a*(x + 2 - sign(x)**2)", "In the rate of x, x has the unit arms, and -sign(x)**2 has the unit 1, yet they are added."),
        ("a*max(x, a)", "In the rate of x, a has the unit 1/yr, and x has the unit arms, yet they are compared."),
        ("g*(x/h)**a", "In the rate of x, the exponent a of (x/h)**a has the unit 1/yr, where a pure number is due."),
        (
            "g*x**m",
            "In the rate of x, the base x of x**m, whose exponent is no fixed number, has the unit arms, where a pure number is due.",
        ),
        ("a*sqrt(x)", "In the rate of x, a*sqrt(x) has the unit arms**(1/2)/yr, where arms/yr is due."),
    ],
)
def test_what_does_not_agree_is_named_in_words(equation: str, sentence: str) -> None:
    assert unit_faults(own(equation)) == (sentence,)


def test_every_fault_is_named_once() -> None:
    assert len(unit_faults(own("h + g*tanh(x) + a*h*tanh(x)"))) == 2


def test_a_map_steps_to_its_own_unit() -> None:
    assert unit_faults(own("x + h*m*x/(x + h)", kind="map")) == ()
    assert unit_faults(own("x + g", kind="map")) == ("In the next x, g has the unit arms/yr, where arms is due.",)


def test_a_path_of_a_driven_parameter_must_have_its_unit() -> None:
    race = rn.Model.from_equations(
        {"x": "g - a*x"}, {"a": 1, "g": 1, "r": 2}, units={"x": "arms", "a": "1/yr", "g": "arms/yr", "r": "arms/yr"}
    )
    assert unit_faults(race.with_drive(g="r*exp(-a*t)")) == ()
    assert unit_faults(race.with_drive(g="r*t")) == ("In the path of g, r*t has the unit arms, where arms/yr is due.",)


def test_powers_are_written_as_they_are_declared() -> None:
    assert [unit_text(powers_of(unit)) for unit in ("arms/yr", "1/arms/yr", "arms**2*yr", "1")] == [
        "arms/yr",
        "1/arms/yr",
        "arms**2*yr",
        "1",
    ]


@pytest.mark.extra
def test_units_that_pint_knows_are_compared_by_what_they_are() -> None:
    pytest.importorskip("pint")
    rn.check_units(own("g - a*x", UNITS | {"a": "1/year"}))
    with pytest.raises(rn.errors.UnitsError, match=re.escape("-a*x has the unit arms/month, where arms/yr is due")) as refusal:
        rn.check_units(own("g - a*x", UNITS | {"a": "1/month"}))
    assert "differ by a factor 12." in str(refusal.value)
    rn.check_units(own("g - a*x", UNITS | {"a": "1/month", "g": "arms/month"}), time="month")
    with pytest.raises(rn.errors.InvalidInputError, match="zero of its own"):
        rn.check_units(own("a*x", UNITS | {"x": "degC"}))


@pytest.mark.extra
def test_a_model_without_units_is_refused_and_told_how_to_declare_them() -> None:
    pytest.importorskip("pint")
    with pytest.raises(rn.errors.UnitsError, match="declares a unit, so there is nothing to check"):
        rn.check_units(own("g - a*x", {}))


def test_a_refusal_keeps_its_faults_through_pickling() -> None:
    refusal = pickle.loads(pickle.dumps(rn.errors.UnitsError("asked", ("one", "two"))))
    assert (str(refusal), refusal.faults) == ("asked", ("one", "two"))
