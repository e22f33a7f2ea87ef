"""Contests for a prize: closed forms against best replies on a grid, and as the drive of ambition."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson import errors, theories
from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.models import security_dilemma
from richardson.symbolic.model import Model

EFFORTS = st.lists(st.floats(0, 50), min_size=2, max_size=5)
GREED_ALONE = {"defence": 0.0, "grievance": 0.0, "strain": 0.0}
FORMS = ["ratio", "difference"]


def payoffs(own: FloatArray, others: FloatArray, decisiveness: float, terms: tuple[float, float], success: str) -> FloatArray:
    """V p − c x of one contestant over its own efforts, written a second time."""
    prize, cost = terms
    mine, theirs = (
        (own**decisiveness, others**decisiveness) if success == "ratio" else (np.exp(decisiveness * own), np.exp(decisiveness * others))
    )
    return prize * mine / (mine + theirs.sum()) - cost * own


@given(efforts=EFFORTS, decisiveness=st.floats(0.2, 4))
@settings(max_examples=50)
@pytest.mark.parametrize("success", FORMS)
def test_successes_are_shares_and_larger_efforts_earn_larger_ones(success: str, efforts: list[float], decisiveness: float) -> None:
    shares = theories.contest_success(efforts, decisiveness=decisiveness, success=success)
    assert shares.sum() == pytest.approx(1.0, rel=1e-12)
    order = np.argsort(efforts)
    assert (np.diff(shares[order]) >= -1e-15).all()


@given(seed=st.integers(0, 2**32 - 1), decisiveness=st.floats(0.2, 3))
@settings(max_examples=30)
def test_the_ratio_minds_no_units_and_the_difference_no_common_addition(seed: int, decisiveness: float) -> None:
    """Hirshleifer's two forms, by the invariance that tells them apart."""
    efforts = np.random.default_rng(seed).uniform(0.1, 10, 3)
    for success, other in (("ratio", 7.0 * efforts), ("difference", 7.0 + efforts)):
        ours = theories.contest_success(efforts, decisiveness=decisiveness, success=success)
        assert theories.contest_success(other, decisiveness=decisiveness, success=success) == pytest.approx(ours, rel=1e-10)


def test_two_contestants_have_the_textbook_shares() -> None:
    assert theories.contest_success([2, 6], decisiveness=2) == pytest.approx([0.1, 0.9], rel=1e-12)  # 4/(4 + 36)
    assert theories.contest_success([2, 6], decisiveness=0.5, success="difference")[0] == pytest.approx(1 / (1 + np.exp(2)), rel=1e-12)
    assert theories.contest_success([0, 0, 0], decisiveness=2).tolist() == [1 / 3] * 3
    assert theories.contest_success([[0, 1], [1e200, 1e200]], decisiveness=3).tolist() == [[0, 1], [0.5, 0.5]]


def test_efforts_of_any_size_have_shares() -> None:
    assert theories.contest_success([1e200, 1], decisiveness=1e200, success="difference").tolist() == [1, 0]
    assert theories.contest_success([1e300, 1e-300], decisiveness=1e306).tolist() == [1, 0]
    assert theories.contest_equilibrium(2, prize=1e-320, decisiveness=1e-10, success="difference") == 0.0


@pytest.mark.parametrize(("contestants", "decisiveness", "effort"), [(2, 1.0, 25.0), (3, 1.5, 100 / 3), (2, 2.0, 50.0), (4, 0.5, 9.375)])
def test_in_the_contest_by_the_ratio_no_reply_is_better_than_the_closed_form(contestants: int, decisiveness: float, effort: float) -> None:
    """m V (N − 1)/(N² c); the reply is looked for on a fine grid with zero on it, leaps and all."""
    assert theories.contest_equilibrium(contestants, prize=100, decisiveness=decisiveness) == pytest.approx(effort, rel=1e-14)
    own = np.concatenate([[0.0], np.linspace(1e-3, 150, 150_001)])
    gained = payoffs(own, np.full(contestants - 1, effort), decisiveness, (100.0, 1.0), "ratio")
    at = payoffs(np.array([effort]), np.full(contestants - 1, effort), decisiveness, (100.0, 1.0), "ratio")[0]
    assert gained.max() <= at + 1e-9  # of a prize of 100: rounding


def test_two_contestants_of_great_decisiveness_have_no_equilibrium() -> None:
    """N = 2, m = 2.5: where both would rest, staying out pays; and one alone would always spend less."""
    with pytest.raises(errors.InvalidInputError, match="at most 2"):
        theories.contest_equilibrium(2, prize=100, decisiveness=2.5)
    rest = np.array([2.5 * 100 / 4])
    assert payoffs(np.zeros(1), rest, 2.5, (100.0, 1.0), "ratio")[0] > payoffs(rest, rest, 2.5, (100.0, 1.0), "ratio")[0]
    with pytest.raises(errors.InvalidInputError, match="some stay out"):
        theories.contest_equilibrium(3, prize=100, decisiveness=1.6)


@pytest.mark.parametrize("contestants", [2, 3, 5])
@pytest.mark.parametrize("decisiveness", np.geomspace(0.005, 0.3, 9))
def test_by_the_difference_peace_is_an_equilibrium_exactly_where_no_reply_is_better(contestants: int, decisiveness: float) -> None:
    own = np.linspace(0, 150, 150_001)
    gained = payoffs(own, np.zeros(contestants - 1), decisiveness, (100.0, 1.0), "difference")
    if gained.max() <= gained[0] + 1e-9:
        assert theories.contest_equilibrium(contestants, prize=100, decisiveness=decisiveness, success="difference") == 0.0
    else:
        with pytest.raises(errors.InvalidInputError, match="tempts out of peace"):
            theories.contest_equilibrium(contestants, prize=100, decisiveness=decisiveness, success="difference")


@pytest.mark.parametrize("common", [1.0, 10.0, 60.0])
@pytest.mark.parametrize("contestants", [2, 3, 5])
def test_by_the_difference_no_common_effort_above_zero_is_an_equilibrium(contestants: int, common: float) -> None:
    own = np.linspace(0, 150, 15_001)
    for decisiveness in np.geomspace(0.005, 1, 24):
        gained = payoffs(own, np.full(contestants - 1, common), decisiveness, (100.0, 1.0), "difference")
        assert (
            gained.max() > payoffs(np.array([common]), np.full(contestants - 1, common), decisiveness, (100.0, 1.0), "difference")[0] + 1e-6
        )


@pytest.mark.parametrize("success", FORMS)
@pytest.mark.parametrize("count", [2, 3])
def test_the_drive_is_arms_times_the_slope_of_the_payoff(success: str, count: int) -> None:
    """By derivatives of the payoff written here, at a place; what is left is the security dilemma without ambition."""
    model = theories.contest(count, success=success)
    names = model.state_names
    m, prize = model.symbol("decisiveness"), model.symbol("prize")
    base = security_dilemma(count)
    for i, (name, rate) in enumerate(zip(names, model.rates, strict=True)):
        own = model.symbol(name)
        powers = [one**m if success == "ratio" else sympy.exp(m * one) for one in model.state_symbols]
        slope = sympy.diff(prize * powers[i] / sum(powers) - model.symbol(f"cost_{name}") * own, own)
        plain = base.rates[i].subs(base.symbol(f"ambition_{name}"), 0)
        left = rate - plain - model.symbol(f"ambition_{name}") * own * slope
        place = {one: 0.7 + 0.4 * k for k, one in enumerate(model.state_symbols)}
        place |= {m: 1.3, prize: 7.0, model.symbol(f"ambition_{name}"): 2.0, model.symbol(f"cost_{name}"): 0.6}
        logistic = {call: 1 / (1 + sympy.exp(-call.args[0])) for call in left.atoms(sympy.Function) if call.func.__name__ == "sigmoid"}
        assert float(left.subs(logistic).subs(place)) == pytest.approx(0.0, abs=1e-13)  # rounding of terms of order one


def without_fear(success: str, **values: float) -> Model:
    return theories.contest(success=success, **GREED_ALONE, **values)


@given(
    fatigue=st.floats(0.1, 2),
    ambition=st.floats(0.5, 5),
    decisiveness=st.floats(0.5, 1.9),
    prize=st.floats(10, 200),
)
@settings(max_examples=25)
def test_by_the_ratio_greed_alone_rests_at_the_closed_form_with_fatigue_as_a_cost(
    fatigue: float, ambition: float, decisiveness: float, prize: float
) -> None:
    model = without_fear("ratio", fatigue=fatigue, ambition=ambition, decisiveness=decisiveness, prize=prize)
    arms = theories.contest_equilibrium(2, prize=prize, decisiveness=decisiveness, cost=1 + fatigue / ambition)
    field = Field.of(model)
    at = np.array([arms, arms])
    assert field.rates(0.0, at) == pytest.approx(0.0, abs=1e-11 * prize * ambition)
    assert np.linalg.eigvals(field.jacobian(0.0, at)) == pytest.approx(-(ambition + fatigue), rel=1e-9)


@pytest.mark.parametrize(("success", "prize", "ends"), [("ratio", 20, "armed"), ("difference", 20, "peace"), ("difference", 100, "armed")])
def test_a_contest_by_the_ratio_never_ends_in_peace_and_one_by_the_difference_may(success: str, prize: float, ends: str) -> None:
    """Hirshleifer's prediction. By the difference with m = 0.1, a = μ = c = 1: peace iff 0.1 V/4 < 2, so V < 80."""
    model = without_fear(success, prize=prize)
    run = integrate(model, [1.0, 1.0], [0, 40])
    last = run.states[-1].max() if run.stopped_at is None else np.inf
    assert ("peace" if last < 1e-6 else "armed") == ends


def test_a_contest_by_the_ratio_has_no_value_where_nobody_is_armed() -> None:
    with pytest.raises(errors.OutOfBoundsError, match="x = 0, y = 0"):
        integrate(without_fear("ratio"), [0.0, 0.0], [0, 1])


def test_targets_give_way_to_prize_decisiveness_and_cost() -> None:
    model = theories.contest(3, "state", success="difference")
    assert not [name for name in model.parameter_names if name.startswith("target")]
    assert {"prize", "decisiveness", "cost_x", "cost_y", "cost_z", "steepness"} <= set(model.parameter_names)
    units = {term.name: term.unit for term in (*model.parameters, *theories.contest().parameters[-4:])}
    assert (units["decisiveness"], model.parameters[model.parameter_names.index("decisiveness")].unit) == ("1", "1/arms")


@pytest.mark.parametrize(
    "wrong",
    [
        {"contestants": 1},
        {"contestants": 2.0},
        {"prize": 0},
        {"prize": np.nan},
        {"decisiveness": -1},
        {"cost": 0},
        {"success": "ration"},
    ],
)
def test_contests_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(errors.RichardsonError):
        theories.contest_equilibrium(**({"contestants": 2, "prize": 100, "decisiveness": 1} | wrong))  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize("efforts", [3.0, [1.0], [1.0, -1.0], [1.0, np.inf], ["a", "b"]])
def test_efforts_that_make_no_sense_are_refused(efforts: object) -> None:
    with pytest.raises(errors.InvalidInputError):
        theories.contest_success(efforts, decisiveness=1)
