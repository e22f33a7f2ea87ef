"""Richardson's models: equations, limits, conditions, names."""

import pickle

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from richardson import errors, models
from richardson.models import collective_security, linear, nations, rivalry, security_dilemma, submissive
from richardson.symbolic import conditions, derive
from richardson.symbolic.model import Model

CATALOGUE = models.catalogue() | {
    "nations, many": nations(7),
    "collective security of some": collective_security(3, pact=("x", "z")),
    "security dilemma, three": security_dilemma(3),
    "security dilemma, fear as state": security_dilemma(fear="state"),
}


@pytest.fixture(params=CATALOGUE, scope="module")
def model(request: pytest.FixtureRequest) -> Model:
    return CATALOGUE[request.param]


def test_every_quantity_has_letter_meaning_and_unit(model: Model) -> None:
    assert all(quantity.symbol and quantity.meaning and quantity.unit for quantity in (*model.states, *model.parameters))


def test_every_model_names_its_sources(model: Model) -> None:
    assert model.references


def test_letters_are_not_shared_within_a_model(model: Model) -> None:
    letters = [quantity.symbol for quantity in (*model.states, *model.parameters)]
    assert len(set(letters)) == len(letters)


def test_a_model_survives_pickling(model: Model) -> None:
    assert pickle.loads(pickle.dumps(model)) == model


def test_rivalry_is_the_linear_race_with_defence_added_to_fatigue() -> None:
    race, compared = linear(), rivalry()
    k, other, a, b = (race.symbol(name) for name in ("defence_x", "defence_y", "fatigue_x", "fatigue_y"))
    shifted = [rate.subs({a: a + k, b: b + other}, simultaneous=True) for rate in race.rates]
    assert all(sympy.expand(one - other) == 0 for one, other in zip(shifted, compared.rates, strict=True))


def test_without_submission_the_submissive_race_is_linear() -> None:
    model = submissive()
    plain = [rate.subs(model.symbol("submission"), 0) for rate in model.rates]
    assert all(sympy.expand(one - other) == 0 for one, other in zip(plain, linear().rates, strict=True))


def test_two_nations_written_out_are_the_linear_race() -> None:
    race, pair = linear(), nations(2)
    renamed = {pair.symbol("defence_x_y"): race.symbol("defence_x"), pair.symbol("defence_y_x"): race.symbol("defence_y")}
    assert all(sympy.expand(one.subs(renamed) - other) == 0 for one, other in zip(pair.rates, race.rates, strict=True))


def test_the_submissive_pitchfork_lies_where_the_closed_form_says() -> None:
    """At σ* = (a² − k²)/(2kg) the symmetric equilibrium g/(a − k) has a zero eigenvalue."""
    model = submissive(defence=0.1, fatigue=0.2, grievance=1, submission=0.15)
    at = {model.symbol("x"): 10, model.symbol("y"): 10}
    values = {symbol: sympy.Rational(repr(number)) for symbol, number in zip(model.parameter_symbols, model.numbers, strict=True)}
    assert model.jacobian.subs(values).subs(at).det() == 0


def test_routh_hurwitz_of_the_linear_race_is_the_textbook_condition() -> None:
    race = linear()
    k, other, a, b = (race.symbol(name) for name in ("defence_x", "defence_y", "fatigue_x", "fatigue_y"))
    found = conditions.routh_hurwitz(race).conditions
    assert [sympy.expand(condition) for condition in found] == [a + b, sympy.expand(a * b - k * other)]


def test_hurwitz_of_a_cubic_is_the_textbook_condition() -> None:
    """Routh 1877, Hurwitz 1895, as every textbook has it: s³ + a s² + b s + c."""
    a, b, c = sympy.symbols("a b c")
    assert conditions.hurwitz_conditions((a, b, c)).conditions == (a, c, a * b - c)


@pytest.mark.parametrize("count", [3, 4])
@given(seed=st.integers(0, 2**32 - 1))
def test_routh_hurwitz_agrees_with_eigenvalues(count: int, seed: int) -> None:
    """Numeric evaluation of the conditions against numpy's eigenvalues, for random races."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(count, count))
    coefficients = tuple(sympy.Float(value) for value in np.poly(matrix)[1:])
    largest = max(np.linalg.eigvals(matrix).real)
    expected = largest < 0
    if abs(largest) > 1e-6:  # on the boundary rounding decides
        assert all(condition > 0 for condition in conditions.hurwitz_conditions(coefficients).conditions) == expected


@pytest.mark.parametrize("model", [nations(3), nations(4), security_dilemma(3), security_dilemma(fear="state")], ids=lambda m: m.name)
def test_routh_hurwitz_is_written_for_three_and_four_states(model: Model) -> None:
    assert len(conditions.routh_hurwitz(model).conditions) == len(model.states)


def test_the_identical_triple_race_is_stable_up_to_half_the_fatigue() -> None:
    """λ = (N − 1)k − a: the Hurwitz conditions of three nations at k = a/2 ∓ 1 %."""
    model = nations(3)
    found = conditions.routh_hurwitz(model).conditions

    def holds(defence: float) -> bool:
        numbers = dict(zip(model.parameter_symbols, model.with_values(defence=defence, fatigue=1).numbers, strict=True))
        return all(condition.subs(numbers) > 0 for condition in found)

    assert (holds(0.495), holds(0.505)) == (True, False)


def test_the_spiral_number_of_the_linear_race_is_a_ratio_of_products() -> None:
    race = linear()
    k, other, a, b = (race.symbol(name) for name in ("defence_x", "defence_y", "fatigue_x", "fatigue_y"))
    assert conditions.spiral_number(race) == sympy.sqrt(k * other / (a * b))


def test_a_race_with_positive_defence_is_cooperative() -> None:
    assert (derive.is_cooperative(linear()), derive.is_cooperative(linear(defence_x=-1))) == (True, False)


def test_the_flagship_without_reassurance_is_cooperative() -> None:
    assert derive.is_cooperative(security_dilemma()) is True


def test_reassurance_as_a_state_breaks_cooperation() -> None:
    assert derive.is_cooperative(security_dilemma(fear="state", reassurance=0.5)) is False


def test_a_bare_name_moves_every_member() -> None:
    assert {name: value for name, value in linear(defence=0.9).values.items() if name.startswith("defence")} == {
        "defence_x": 0.9,
        "defence_y": 0.9,
    }


def test_an_exact_name_wins_over_a_bare_one() -> None:
    assert linear(defence=0.9, defence_x=0.1).values["defence_x"] == 0.1


def test_a_misspelt_parameter_is_refused_with_the_nearest() -> None:
    with pytest.raises(errors.UnknownNameError, match="Did you mean 'fatigue"):
        linear(fatige_x=1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None])
def test_a_value_that_is_no_finite_number_is_refused(value: float) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="defence"):
        linear(defence_x=value)


def test_a_value_out_of_bounds_is_refused_with_its_bounds() -> None:
    with pytest.raises(errors.OutOfBoundsError, match=r"\[0, 1\]; got 1\.5"):
        security_dilemma(distinguishability=1.5)


def test_a_zero_fatigue_of_the_flagship_is_refused() -> None:
    with pytest.raises(errors.OutOfBoundsError, match=r"\(0, inf\)"):
        security_dilemma(fatigue_x=0)


@pytest.mark.parametrize("names", [1, 0, ("x",), ("x", "x"), "xy", ("x", "2"), ("x", "lambda"), ("x", "exp")])
def test_nations_that_are_no_race_are_refused(names: object) -> None:
    with pytest.raises(errors.RichardsonError):
        security_dilemma(names)  # type: ignore[arg-type] # wrong on purpose
