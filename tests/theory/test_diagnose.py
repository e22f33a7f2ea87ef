"""Diagnoses of the model of fear and the offence–defence balance; numbers from closed forms and second computations."""

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq, root

from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.errors import InvalidInputError, NotStableError, OutOfBoundsError, UnknownNameError
from richardson.models import linear, security_dilemma
from richardson.stability.equilibria import Equilibrium, equilibria
from richardson.stability.window import Window
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model
from richardson.theory.border import nearest_change
from richardson.theory.diagnose import Diagnosis, diagnose
from richardson.theory.flagship import Flagship
from richardson.theory.margins import REGULATORS, security_gains, semi_elasticities
from richardson.theory.spiral import outcomes
from richardson.theory.unintended import unintended

DILEMMA = security_dilemma()
WINDOW = Window(x=(0, 60), y=(0, 60))
DETENTE_ENDS, COLD_WAR_ENDS = 0.109752115988938, -0.150475309989545  # folds over the balance
SIGN_CHANGE = 0.10319736181342


def near(model: Model, arms: list[float]) -> np.ndarray:
    """Arms at the equilibrium beside a start, by scipy on the compiled rates."""
    found = root(lambda point: Field.of(model).rates(0.0, point), arms, tol=1e-13)
    assert found.success
    return np.asarray(found.x)


def gain_of_alike(balance: mpmath.mpf) -> mpmath.mpf:
    """dS₁/dg₁ of two alike nations at détente, (D − O P)/(D² − P²) with the default numbers written out, in 30 digits."""
    with mpmath.workdps(30):
        o = mpmath.e**balance

        def reaction(fear: mpmath.mpf) -> mpmath.mpf:
            power = (fear / 4) ** 2
            return mpmath.mpf("0.45") * fear * (1 + 3 * power / (1 + power))

        def rate(arms: mpmath.mpf) -> mpmath.mpf:
            return reaction(o * arms) - arms * (1 + mpmath.mpf("0.04") * arms) + mpmath.mpf("0.5")

        arms = mpmath.findroot(rate, (mpmath.mpf("0.9"), mpmath.mpf("1.0")), solver="anderson", tol=1e-40)
        own, other = 1 + mpmath.mpf("0.08") * arms, o * mpmath.diff(reaction, o * arms)
        return (own - o * other) / (own**2 - other**2)


@pytest.fixture(scope="module")
def places() -> tuple[Equilibrium, ...]:
    return tuple(equilibria(DILEMMA, WINDOW))


@pytest.fixture(scope="module")
def detente() -> Diagnosis:
    return diagnose(DILEMMA)


@pytest.fixture(scope="module")
def cold_war(places: tuple[Equilibrium, ...]) -> Diagnosis:
    return diagnose(DILEMMA, places[2])


def test_default_detente_is_a_latent_dilemma_that_grievance_keeps(detente: Diagnosis) -> None:
    answers = {question: tick.answer for question, tick in detente.ticks.items()}
    assert detente.verdict == "dilemma"
    assert answers == {
        "uncertainty over intentions": "yes",
        "mutual fear": "no",
        "no malign intent": "yes",
        "competition": "yes",
        "spiral": "latent",
        "unintended result": "not decidable",
        "self-defeating": "no",
        "regulators": "both",
    }


def test_numbers_of_detente_are_those_of_the_model(detente: Diagnosis) -> None:
    numbers = {question: tick.number for question, tick in detente.ticks.items()}
    assert numbers["competition"] == pytest.approx(0.619890066131, abs=1e-12)
    assert numbers["spiral"] == pytest.approx(DETENTE_ENDS, abs=1e-10)
    assert numbers["self-defeating"] == pytest.approx(0.572705914, abs=1e-9)
    assert numbers["mutual fear"] == pytest.approx(0.24175145 / 0.973883964480013, abs=1e-8)
    assert numbers["uncertainty over intentions"] == 1.0
    assert detente.ticks["mutual fear"].details["f/h of x"] == pytest.approx(0.973883964480013 / 4, abs=1e-12)


def test_the_border_of_the_dilemma_is_where_the_cold_war_ends(detente: Diagnosis, cold_war: Diagnosis) -> None:
    for found in (detente, cold_war):
        assert found.border.border == pytest.approx(COLD_WAR_ENDS, abs=1e-10)
        assert found.border.distance == pytest.approx(-COLD_WAR_ENDS, abs=1e-10)


def test_the_cold_war_is_a_dilemma_that_fear_keeps(cold_war: Diagnosis) -> None:
    assert (cold_war.verdict, cold_war.ticks["mutual fear"].answer) == ("dilemma", "yes")
    assert cold_war.ticks["spiral"].number == pytest.approx(COLD_WAR_ENDS, abs=1e-10)
    assert cold_war.ticks["competition"].number == pytest.approx(0.7287720912797, abs=1e-12)


def test_self_defeating_changes_sign_just_before_the_fold() -> None:
    with mpmath.workdps(30):
        assert float(gain_of_alike(mpmath.mpf(0))) == pytest.approx(0.572705914, abs=5e-10)
        exact = mpmath.findroot(gain_of_alike, (mpmath.mpf("0.10"), mpmath.mpf("0.105")), solver="anderson", tol=1e-30)
    assert float(exact) == pytest.approx(SIGN_CHANGE, abs=1e-13)

    def gain(balance: float) -> float:
        model = security_dilemma(balance=balance)
        return float(security_gains(Flagship.of(model, "This"), near(model, [1.2, 1.2]))[0])

    assert brentq(gain, 0.09, 0.107, xtol=1e-13) == pytest.approx(SIGN_CHANGE, abs=1e-10)


def test_security_gains_are_slopes_of_security_in_grievance() -> None:
    values = {"balance": -0.2, "terrain_x_y": 0.1, "reassurance_y": 0.2, "distinguishability": 0.5, "exposure_x_z": 0.7}
    model = security_dilemma(3, **values)
    arms, race = near(model, [1.0] * 3), Flagship.of(model, "This")

    def security(grievance: float) -> float:
        moved = near(model.with_values(grievance_y=grievance), list(arms))
        return float(((np.eye(3) - race.offence) @ moved)[1])

    slope = (security(0.5 + 1e-5) - security(0.5 - 1e-5)) / 2e-5
    assert security_gains(race, arms)[1] == pytest.approx(slope, rel=1e-7)  # error of the difference: 1e-10 of curvature, 1e-8 of rounding


@pytest.mark.parametrize("nations", [2, 3, pytest.param(4, marks=pytest.mark.slow)])
def test_alike_nations_defeat_themselves_exactly_where_the_criterion_says(nations: int) -> None:
    answers = set()
    for balance in (-1.0, -0.35, -0.3, -0.05, 0.05, 0.1075, 0.3):
        model = security_dilemma(nations, balance=balance, distinguishability=0.3)
        arms = near(model, integrate(model, [0.0] * nations, [0.0, 300.0]).states[-1].tolist())
        number = spiral_number_of(Field.of(model).jacobian(0.0, arms))
        if number is None or number >= 1.0:
            continue  # no stable equilibrium
        criterion = np.exp(balance) * number + number * (nations - 2) / (nations - 1) > 1.0
        assert (security_gains(Flagship.of(model, "This"), arms) < 0.0).all() == criterion
        answers.add(bool(criterion))
    assert answers == {True, False}


def test_regulators_are_total_slopes_of_ln_r() -> None:
    model = security_dilemma(
        balance=0.02, terrain=0.1, distinguishability=0.2, defensive_share_x=0.7, reassurance=0.05, alarm_y=2.5, threshold_x=3.5
    )
    arms = near(model, [1.0, 1.0])
    found = semi_elasticities(Flagship.of(model, "This"), arms)
    assert found is not None
    assert tuple(found) == REGULATORS

    def log_number(name: str, change: float) -> float:
        members = {member: model.values[member] + change for member in model.resolve(name)}
        moved = model.with_values(**members)
        number = spiral_number_of(Field.of(moved).jacobian(0.0, near(moved, list(arms))))
        assert number is not None
        return float(np.log(number))

    for name in REGULATORS:
        slope = (log_number(name, 1e-5) - log_number(name, -1e-5)) / 2e-5
        assert found[name] == pytest.approx(slope, rel=1e-6, abs=1e-8)  # the difference's own error


def test_regulators_of_a_linear_pair_have_their_closed_form() -> None:
    """R = k W/(a + k ρ) with W = e^(β − γ)(1 − δ s): d ln R/dβ = 1, /dγ = −1, /dδ = −s/(1 − δs), /ds = −δ/(1 − δs), /dρ = −k/(a + kρ)."""
    race = Flagship.of(security_dilemma(alarm=0, strain=0, distinguishability=0.5, reassurance=0.1), "This")
    found = semi_elasticities(race, near(race.model, [0.5, 0.5]))
    assert found is not None
    expected = {"balance": 1, "terrain": -1, "distinguishability": -0.6 / 0.7, "defensive_share": -0.5 / 0.7, "reassurance": -0.45 / 1.045}
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_strongest_regulator_does_not_depend_on_the_unit_of_arms(detente: Diagnosis, unit: float) -> None:
    found = diagnose(security_dilemma(threshold=4 * unit, strain=0.04 / unit, grievance=0.5 * unit)).ticks["regulators"]
    assert found.meaning == detente.ticks["regulators"].meaning
    assert found.number == pytest.approx(detente.ticks["regulators"].number, rel=1e-8)


def test_terms_of_the_model_add_up_to_its_rates() -> None:
    for fear in ("instant", "state"):
        model = security_dilemma(3, fear=fear, balance=0.2, reassurance_x=0.3, ambition_z=0.4, distinguishability=0.4, terrain_y_z=0.2)
        state = np.array([1.0, 2.5, 0.3, 0.7, 4.0, 1.0][: len(model.states)])
        terms = Flagship.of(model, "This").terms(state)
        total = terms.fear + terms.grievance + terms.ambition - terms.wear * state[:3]
        np.testing.assert_allclose(total, Field.of(model).rates(0.0, state)[:3], atol=1e-14)


def test_no_equilibrium_has_more_arms_than_the_parameters_allow() -> None:
    for values in ({}, {"balance": 0.4, "ambition_x": 1.0}, {"reassurance": 0.2, "grievance_x": 2.0}, {"alarm": 0, "strain": 0}):
        race = Flagship.of(security_dilemma(**values), "This")
        found = equilibria(race.model, Window(x=(0, 500), y=(0, 500)))
        assert found.is_complete
        assert max(one.state.max() for one in found) <= race.largest() * (1 + 1e-12)
    assert Flagship.of(security_dilemma(strain=0, balance=1), "This").largest() == np.inf


def test_a_linear_race_is_secure_up_to_where_fear_passes_its_threshold() -> None:
    """x = g/(a − k e^β), f = e^β x = h at e^β = a h/(g + k h)."""
    found = diagnose(security_dilemma(alarm=0, strain=0))
    assert found.verdict == "security"
    assert found.border.border == pytest.approx(np.log(4.0 / (0.5 + 0.45 * 4.0)), abs=1e-9)
    assert found.ticks["spiral"].number is None


def test_a_spiral_is_active_latent_or_none_between_the_folds() -> None:
    answers = {
        balance: outcomes(Flagship.of(security_dilemma(balance=balance), "This"), 20.0).spiral
        for balance in (-0.3, COLD_WAR_ENDS - 1e-4, COLD_WAR_ENDS + 1e-4, 0.0, DETENTE_ENDS - 1e-4, DETENTE_ENDS + 1e-4, 0.3)
    }
    assert list(answers.values()) == ["none", "none", "latent", "latent", "latent", "active", "active"]


def test_the_aggressor_is_told_by_ambitions_share_in_the_origin() -> None:
    found = diagnose(security_dilemma(ambition_x=1.0))
    assert found.verdict == "aggressor"
    assert found.border.value == pytest.approx(0.321, abs=5e-4)  # printed to a tenth of a percent
    assert found.border.border == 0.25
    assert (found.ticks["no malign intent"].answer, found.ticks["no malign intent"].number) == ("in part", 1.0)


@pytest.mark.slow
def test_ambition_short_of_its_fold_leaves_a_dilemma_whose_border_is_the_fold() -> None:
    found = diagnose(security_dilemma(ambition=0.2))
    assert found.verdict == "dilemma"
    assert found.border.border == pytest.approx(found.ticks["spiral"].number or 0.0, abs=1e-9)
    assert diagnose(security_dilemma(ambition=0.23489)).verdict == "dilemma"
    assert diagnose(security_dilemma(ambition=0.23491)).verdict == "aggressor"


@pytest.mark.slow
def test_a_diagnosis_does_not_depend_on_whether_fear_takes_time() -> None:
    instant, state = (diagnose(security_dilemma(fear=fear, balance=0.05)) for fear in ("instant", "state"))
    assert state.verdict == instant.verdict
    assert state.border.border == pytest.approx(instant.border.border, abs=1e-9)
    for question, tick in instant.ticks.items():
        assert state.ticks[question].answer == tick.answer
        assert state.ticks[question].number == pytest.approx(tick.number, abs=1e-9)


@pytest.mark.slow
def test_three_nations_are_diagnosed_like_two() -> None:
    found = diagnose(security_dilemma(3, balance=-0.4))
    assert (found.verdict, found.ticks["spiral"].answer) == ("security", "none")
    assert len(found.ticks["competition"].details) == 6


def folds_of_alike(nations: int) -> list[float]:
    """Balances of the folds of alike nations with the default numbers, of one equation written out, by scipy."""

    def rest(point: np.ndarray) -> list[float]:
        x, balance = point
        fear = (nations - 1) * np.exp(balance) * x
        power = (fear / 4) ** 2
        gain = 0.45 / (nations - 1)
        slope = (nations - 1) * np.exp(balance) * gain * (1 + 3 * power / (1 + power) + 6 * power / (1 + power) ** 2)
        return [gain * fear * (1 + 3 * power / (1 + power)) - x * (1 + 0.04 * x) + 0.5, slope - 1 - 0.08 * x]

    return [float(root(rest, guess, tol=1e-13).x[1]) for guess in ((1.3, -0.42), (3.0, -0.46))]


@pytest.mark.slow
def test_five_alike_nations_have_the_folds_of_one_equation() -> None:
    detente_ends, cold_war_ends = folds_of_alike(5)
    found = diagnose(security_dilemma(5, balance=-0.44))
    assert (found.verdict, found.ticks["spiral"].answer) == ("dilemma", "latent")
    assert found.ticks["spiral"].number == pytest.approx(detente_ends + 0.44, abs=1e-9)
    assert found.border.border == pytest.approx(cold_war_ends, abs=1e-9)  # the nearer one, but not beside détente on its branch


@pytest.mark.slow
def test_seven_nations_are_diagnosed_without_a_proof_that_all_equilibria_are_known() -> None:
    found = diagnose(security_dilemma(7))
    assert (found.verdict, found.ticks["spiral"].answer) == ("not decidable", "not decidable")
    assert found.ticks["regulators"].details["balance"] == pytest.approx(-found.ticks["regulators"].details["terrain"], rel=1e-9)


@pytest.mark.parametrize(("concern", "price"), [(0.1, 2.0), (0.15, 4 / 3), (0.19, 1 / 0.95)])
def test_an_unintended_result_has_the_price_of_the_quadratic_game(concern: float, price: float) -> None:
    race = Flagship.of(security_dilemma(alarm=0, strain=0, fatigue=0.2, defence=0.1, grievance=10), "This")
    answer, number, _, details = unintended(race, concern)
    assert answer == "yes"
    assert number == pytest.approx(price, rel=1e-12)
    assert details["alone x"] == pytest.approx(100.0, rel=1e-12)


def test_whether_a_result_is_unintended_is_not_decided_without_costs() -> None:
    strained, linear_race = (Flagship.of(security_dilemma(**values), "This") for values in ({}, {"alarm": 0, "strain": 0}))
    answer, number, meaning, _ = unintended(strained, 0.5)
    assert (answer, number) == ("not decidable", None)
    assert "the concern is not used" in meaning
    assert "alarm, φ > 0 and strain, q > 0" in meaning
    assert unintended(linear_race, None)[:2] == ("not decidable", None)
    with pytest.raises(OutOfBoundsError):
        unintended(linear_race, 2.0)


WRONG = ((2.0, OutOfBoundsError), (float("nan"), OutOfBoundsError), ("much", InvalidInputError), ({"x": 0.1, "z": 0.1}, UnknownNameError))


@pytest.mark.parametrize(("concern", "error"), WRONG)
def test_a_wrong_concern_is_refused_at_once_even_where_it_decides_nothing(concern: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"[Cc]oncern"):
        diagnose(DILEMMA, concern=concern)  # type: ignore[arg-type]


def test_what_lacks_a_number_says_so() -> None:
    found = diagnose(security_dilemma(defence=0))
    assert found.ticks["competition"].answer == "no"
    assert (found.ticks["regulators"].answer, found.ticks["regulators"].number) == ("not decidable", None)
    assert found.ticks["mutual fear"].number == 0.0


def test_answers_are_not_asked_where_there_is_nothing_that_lasts(places: tuple[Equilibrium, ...]) -> None:
    with pytest.raises(NotStableError, match="does not"):
        diagnose(DILEMMA, places[1])
    with pytest.raises(InvalidInputError, match="no balance"):
        diagnose(linear())
    with pytest.raises(InvalidInputError, match="arms grow without limit"):
        diagnose(security_dilemma(alarm=0, strain=0, balance=1))
    with pytest.raises(InvalidInputError, match="below zero"):
        diagnose(security_dilemma(grievance_x=-0.1))


def test_tables_hold_every_question(detente: Diagnosis) -> None:
    table = detente.to_table()
    assert table["question"] == list(detente.ticks)
    assert len(table["number"]) == len(table["meaning"]) == 8
    assert "latent" in repr(detente)


@pytest.mark.parametrize(("places", "expected"), [((0.5, -0.2), -0.2), ((), -0.2), ((0.5,), -0.2), ((-0.2, -0.7), -0.2)])
def test_the_nearest_change_is_a_known_place_or_bisected(places: tuple[float, ...], expected: float) -> None:
    found = nearest_change(lambda value: "in" if -0.2 < value < 0.5 else "out", 0.1, 2.0, places)
    assert found == pytest.approx(expected, abs=1e-8)


def test_a_change_beyond_what_is_not_known_is_not_claimed() -> None:
    assert np.isnan(nearest_change(lambda value: None if value > 0.1 else "in" if value > -5 else "out", 0.0, 1.0, ()))
    assert nearest_change(lambda value: "in", 0.0, 1.0, ()) == np.inf
    assert np.isnan(nearest_change(lambda value: None, 0.0, 1.0, ()))
