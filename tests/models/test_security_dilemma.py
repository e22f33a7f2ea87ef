"""The flagship's limits (docs/explanation/security-dilemma.md), symbolically and numerically."""

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson import errors
from richardson.compiled.field import Field
from richardson.models import linear, rivalry, security_dilemma
from richardson.symbolic import conditions
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import unit_exponents

CALM = {"balance": 0, "terrain": 0, "distinguishability": 0, "alarm_x": 0, "alarm_y": 0, "strain_x": 0, "strain_y": 0}
SEEN = {"exposure_x": 1, "exposure_y": 1}
CONTENT = {"ambition_x": 0, "ambition_y": 0}
UNREASSURED = {"reassurance_x": 0, "reassurance_y": 0}


def fixed(model: Model, values: dict[str, float]) -> list[sympy.Expr]:
    return [sympy.expand(rate.subs({model.symbol(name): value for name, value in values.items()})) for rate in model.rates]


def test_calm_and_content_it_is_the_linear_race() -> None:
    assert fixed(security_dilemma(), CALM | SEEN | CONTENT | UNREASSURED) == [sympy.expand(rate) for rate in linear().rates]


def test_calm_but_greedy_it_is_still_linear_with_greed_hidden_in_defence_and_fatigue() -> None:
    model, race = security_dilemma(), linear()
    hidden = {}
    for nation in "xy":
        ambition, target = model.symbol(f"ambition_{nation}"), model.symbol(f"target_{nation}")
        hidden[race.symbol(f"defence_{nation}")] = race.symbol(f"defence_{nation}") + ambition * target
        hidden[race.symbol(f"fatigue_{nation}")] = race.symbol(f"fatigue_{nation}") + ambition
    expected = [sympy.expand(rate.subs(hidden, simultaneous=True)) for rate in race.rates]
    assert fixed(model, CALM | SEEN | UNREASSURED) == expected


def test_fully_reassured_by_own_arms_it_is_the_rivalry() -> None:
    reassured = {"reassurance_x": 1, "reassurance_y": 1}
    assert fixed(security_dilemma(), CALM | SEEN | CONTENT | reassured) == [sympy.expand(rate) for rate in rivalry().rates]


def test_fear_that_follows_at_once_is_instant_fear() -> None:
    """τ → 0: where fear rests, the arming rates are those of the instant form, symbolically."""
    slow, instant = security_dilemma(fear="state"), security_dilemma()
    rest = {fear: sympy.solve(rate, fear)[0] for fear, rate in zip(slow.state_symbols[2:], slow.rates[2:], strict=True)}
    assert all(sympy.expand(one.subs(rest) - other) == 0 for one, other in zip(slow.rates[:2], instant.rates, strict=True))


def test_the_symbolic_spiral_number_is_the_same_for_instant_fear_and_fear_as_state() -> None:
    """Compared as numbers at a random point: R eliminates fear (docs/explanation/security-dilemma.md)."""
    point = {"x": 2.0, "y": 3.0, "fear_x": 3.0, "fear_y": 2.0}
    numbers = []
    for model in (security_dilemma(balance=0.0), security_dilemma(fear="state")):
        values = {symbol: point[symbol.name] for symbol in model.state_symbols} | dict(
            zip(model.parameter_symbols, model.numbers, strict=True)
        )
        numbers.append(_number(conditions.spiral_number(model), values))
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-12)  # rounding only


def test_a_ring_of_three_can_be_unstable_with_a_spiral_number_below_one() -> None:
    """The counter-example to keep: effective K = 5, own slope 0.1, ρ = 1, w = 0.9 in a ring."""
    seen = 0.9 * np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    leading = {}
    for time in (1.0, 0.01):
        jacobian = np.block([[-0.1 * np.eye(3), 5 * np.eye(3)], [(seen - np.eye(3)) / time, -np.eye(3) / time]])
        leading[time] = max(np.linalg.eigvals(jacobian), key=lambda value: (value.real, value.imag))
        number = conditions.spiral_number_of(jacobian, np.array([False] * 3 + [True] * 3))
        assert number == pytest.approx(0.882352941, abs=1e-9)
    assert leading[1.0] == pytest.approx(0.159135063 + 2.747794122j, abs=1e-9)
    assert leading[0.01].real == pytest.approx(-0.603033460, abs=1e-9)


def test_the_spiral_number_is_undefined_where_arms_reassure_the_rival() -> None:
    assert conditions.spiral_number_of(np.array([[-1.0, -0.5], [0.5, -1.0]])) is None


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_spiral_numbers_of_many_jacobians_are_those_of_each_by_another_way(seed: int) -> None:
    """For two nations R is the geometric mean of how strongly each answers the other, fear eliminated by hand."""
    rng = np.random.default_rng(seed)
    jacobians = rng.uniform(0, 1, (6, 4, 4)) * np.array([[-2, 0, 1, 0], [0, -2, 0, 1], [0, 1, -1, 0], [1, 0, 0, -1]])
    jacobians[0, 0, 0] = 0.5  # arms that feed themselves
    jacobians[1, 0, 2] *= -1  # arms that answer fear by disarming
    jacobians[2, 2, 2] = np.nan
    found = conditions.spiral_numbers_of(jacobians, np.array([False, False, True, True]))
    assert np.isnan(found[:3]).all()
    for jacobian, number in zip(jacobians[3:], found[3:], strict=True):
        answers = [
            jacobian[own, 2 + own] * jacobian[2 + own, 1 - own] / (-jacobian[2 + own, 2 + own] * -jacobian[own, own]) for own in (0, 1)
        ]
        assert number == pytest.approx(np.sqrt(answers[0] * answers[1]), rel=1e-9)  # rounding


POSITIVE = st.floats(0.2, 3.0)


@settings(max_examples=25)
@given(arms=POSITIVE, time=POSITIVE, seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("kind", [{"fear": "instant"}, {"fear": "state"}, {"fear": "state", "beliefs": True, "balance_scaling": True}])
def test_changing_the_units_of_arms_and_time_changes_only_the_numbers(kind: dict[str, Any], arms: float, time: float, seed: int) -> None:
    """Units are scaled, not physics: every unit is declared right."""
    model = security_dilemma(**kind, reassurance=0.3, ambition=0.1, terrain=0.2, distinguishability=0.3)
    factors = {"arms": arms, "yr": time}

    def rescaled(unit: str) -> float:
        return float(np.prod([factors[base] ** power for base, power in unit_exponents(unit).items()]))

    scaled = model.with_values(
        **{term.name: value * rescaled(term.unit) for term, value in zip(model.parameters, model.numbers, strict=True)}
    )
    state = np.random.default_rng(seed).uniform(0.1, 20, len(model.states))
    sizes = np.array([rescaled(one.unit) for one in model.states])  # distrust is a pure number
    there = Field.of(scaled).rates(0.0, state * sizes)
    assert there == pytest.approx(Field.of(model).rates(0.0, state) * sizes / time, rel=1e-11, abs=1e-12)  # rounding


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_renaming_the_nations_renames_the_rates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = security_dilemma(3)
    values = {
        term.name: rng.uniform(0.1, 0.9) if term.upper == 1 else rng.uniform(0.1, 2) + (1 if term.name == "steepness" else 0)
        for term in model.parameters
    }
    swap = {"x": "y", "y": "x", "z": "z"}
    state = rng.uniform(0, 10, 3)
    one = Field.of(model.with_values(**values)).rates(0.0, state)
    renamed = {_renamed(name, swap): value for name, value in values.items()}
    other = Field.of(model.with_values(**renamed)).rates(0.0, state[[1, 0, 2]])
    assert other[[1, 0, 2]] == pytest.approx(one, rel=1e-12)  # rounding


@pytest.mark.parametrize("switch", ["beliefs", "balance_scaling"])
@pytest.mark.parametrize("value", ["no", 0, None])
def test_a_switch_that_is_neither_on_nor_off_is_refused(switch: str, value: object) -> None:
    with pytest.raises(errors.InvalidInputError, match=f"{switch}= is True or False"):
        security_dilemma(**{switch: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["0.5", True, np.True_, b"1"])
def test_words_and_switches_are_no_numbers(value: object) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="must be a number"):
        security_dilemma(alarm=value)  # type: ignore[arg-type]


def test_a_count_may_come_from_numpy_and_names_must_have_an_order() -> None:
    assert security_dilemma(np.int64(3)) == security_dilemma(3)
    with pytest.raises(errors.InvalidInputError, match="at least two nations"):
        security_dilemma({"x", "y"})  # type: ignore[arg-type]


def test_an_unknown_kind_of_fear_is_refused() -> None:
    with pytest.raises(errors.UnknownNameError, match="'instant' or a 'state'"):
        security_dilemma(fear="stat")


@pytest.mark.parametrize("nations", [None, 2.5, 1, "xy", ["x"], ["x", "x"], ["x", 5], ["x", "t"]])
def test_what_names_no_two_nations_is_refused(nations: object) -> None:
    with pytest.raises(errors.RichardsonError):
        security_dilemma(nations)  # type: ignore[arg-type] # wrong on purpose


def _renamed(name: str, swap: dict[str, str]) -> str:
    parts = [swap.get(part, part) for part in name.split("_")]
    if parts[0] == "terrain" and "z" not in parts:
        return "terrain_x_y"
    return "_".join(parts)


def _number(expression: sympy.Expr, values: dict[sympy.Symbol, float]) -> float:
    plain = expression.subs(values)
    hills = {call: call.as_rational() for call in plain.atoms(sympy.Function) if hasattr(call, "as_rational")}
    return float(plain.subs(hills))
