"""Shapley shares of fear, grievance and ambition, and the ledger of a run.

Numbers: docs/how-to/diagnosis.md; each stands against a second computation here.
"""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from richardson.dynamics.integrate import integrate
from richardson.errors import InvalidInputError, NotAutonomousError, NotStableError
from richardson.models import linear, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.theory.build_up import build_up
from richardson.theory.flagship import FACTORS, Flagship
from richardson.theory.shares import ArmingShares, arming_shares

DILEMMA = security_dilemma()
WINDOW = Window(x=(0, 60), y=(0, 60))
PRINTED = 1e-8  # half a unit of the eighth decimal, twice


def alike(arms: float, k: float, g: float) -> float:
    """ẋ of two alike nations with the default numbers, written out."""
    power = (max(arms, 0.0) / 4.0) ** 2
    return k * arms * (1 + 3 * power / (1 + power)) - arms * (1 + 0.04 * arms) + g


def limit(start: float, k: float, g: float) -> float:
    """Where the path of two alike nations from equal arms ends: the next root in the direction of the rate, by a fine scan and brentq."""
    rate = alike(start, k, g)
    if rate == 0.0:
        return start
    ahead = start + np.sign(rate) * np.linspace(1e-9, 60, 2_001)
    signs = np.sign([alike(arms, k, g) for arms in ahead])
    turn = int(np.argmax(signs != signs[0]))
    return float(brentq(alike, ahead[turn - 1], ahead[turn], args=(k, g), xtol=1e-14))


def by_orders(worth: dict[frozenset[str], float]) -> list[float]:
    """Shapley's value from its definition: the mean over all orders of entering."""
    orders = list(permutations(FACTORS))
    return [
        float(
            np.mean(
                [worth[frozenset(order[: order.index(factor) + 1])] - worth[frozenset(order[: order.index(factor)])] for order in orders]
            )
        )
        for factor in FACTORS
    ]


def worth_of(shares: ArmingShares, limits: np.ndarray) -> dict[frozenset[str], float]:
    return {frozenset(some): float(arms.sum()) for some, arms in zip(shares.coalitions, limits, strict=True)}


@pytest.fixture(scope="module")
def cold_war() -> ArmingShares:
    return arming_shares(DILEMMA, equilibria(DILEMMA, WINDOW)[2])


@pytest.fixture(scope="module")
def aggressor() -> ArmingShares:
    return arming_shares(security_dilemma(ambition_x=1.0, target=1.5))


def test_detente_is_owed_to_grievance_and_fear_alike_in_both_games() -> None:
    shares = arming_shares(DILEMMA)
    expected = np.array([[0.24175145] * 2, [0.73213251] * 2, [0.0] * 2])
    np.testing.assert_allclose(shares.maintenance, expected, atol=PRINTED)
    np.testing.assert_allclose(shares.origin, expected, atol=PRINTED)
    assert shares.history.tolist() == [0.0, 0.0]
    assert shares.is_proved


def test_what_keeps_the_cold_war_is_fear_and_what_made_it_is_history(cold_war: ArmingShares) -> None:
    np.testing.assert_allclose(cold_war.maintenance[:, 0], [18.62682377, 0.62588417, 0.0], atol=PRINTED)
    np.testing.assert_allclose(cold_war.origin[:, 0], [0.24175145, 0.73213251, 0.0], atol=PRINTED)
    np.testing.assert_allclose(cold_war.history, 18.27882398, atol=PRINTED)
    assert cold_war.is_proved


def test_shares_of_alike_nations_agree_with_roots_of_one_equation(cold_war: ArmingShares) -> None:
    k, g, reference = 0.45, 0.5, limit(60.0, 0.45, 0.5)
    kept = {(a, b): limit(reference, k * a, g * b) if (a, b) != (1, 1) else reference for a in (0, 1) for b in (0, 1)}
    made = {(a, b): limit(0.0, k * a, g * b) for a in (0, 1) for b in (0, 1)}
    for worth, parts in ((kept, cold_war.maintenance), (made, cold_war.origin)):
        fear = 0.5 * (worth[1, 0] - worth[0, 0] + worth[1, 1] - worth[0, 1])
        np.testing.assert_allclose(parts[:2, 0], [fear, worth[1, 1] - worth[0, 0] - fear], atol=1e-9)


def test_an_aggressor_is_kept_armed_by_fear_and_made_by_ambition_too(aggressor: ArmingShares) -> None:
    kept = [100 * aggressor.fraction(factor) for factor in FACTORS]
    made = [100 * aggressor.fraction(factor, "origin") for factor in FACTORS]
    np.testing.assert_allclose(kept, [86.7, 2.3, 11.0], atol=0.05)  # printed to a tenth
    np.testing.assert_allclose(made, [32.9, 35.0, 32.1], atol=0.05)


def test_limits_of_the_aggressor_agree_with_integration_by_scipy(aggressor: ArmingShares) -> None:
    race = Flagship.of(aggressor.model, "This")
    for some, kept, made in zip(aggressor.coalitions, aggressor.maintenance_limits, aggressor.origin_limits, strict=True):
        part = race.without([factor for factor in FACTORS if factor not in some])

        def rates(_: float, arms: np.ndarray, part: Flagship = part) -> np.ndarray:
            terms = part.terms(arms)
            return np.asarray(terms.fear + terms.grievance + terms.ambition - terms.wear * arms)

        for start, end in ((aggressor.arms, kept), (np.zeros(2), made)):
            found = solve_ivp(rates, (0, 60), start, method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
            np.testing.assert_allclose(found, end, atol=1e-7)


def test_shares_are_the_mean_over_all_orders_of_entering(aggressor: ArmingShares, cold_war: ArmingShares) -> None:
    for shares in (aggressor, cold_war):
        for parts, limits in ((shares.maintenance, shares.maintenance_limits), (shares.origin, shares.origin_limits)):
            np.testing.assert_allclose(parts.sum(axis=1), by_orders(worth_of(shares, limits)), atol=1e-12)


@given(
    balance=st.floats(-0.6, 0.3),
    alarm=st.floats(0.0, 4.0),
    grievance=st.tuples(st.floats(0.0, 2.0), st.floats(0.01, 2.0)),
    ambition=st.tuples(st.sampled_from([0.0, 0.2, 1.0]), st.sampled_from([0.0, 0.5])),
)
@settings(max_examples=5, deadline=None)
def test_without_reassurance_and_hostile_grievance_shares_are_positive_and_add_up(
    balance: float, alarm: float, grievance: tuple[float, float], ambition: tuple[float, float]
) -> None:
    own = {"grievance_x": grievance[0], "grievance_y": grievance[1], "ambition_x": ambition[0], "ambition_y": ambition[1]}
    shares = arming_shares(security_dilemma(balance=balance, alarm=alarm, **own))
    size = shares.arms.max()
    np.testing.assert_allclose(shares.maintenance.sum(axis=0), shares.arms, atol=1e-9 * size)
    np.testing.assert_allclose(shares.origin.sum(axis=0), shares.arms, atol=1e-7 * size)  # from zero, so there is no history
    assert (shares.maintenance[:2].sum(axis=1) >= -1e-9 * size).all()  # ambition above its target disarms, fear and grievance never do


def test_shares_do_not_depend_on_whether_fear_takes_time() -> None:
    values = {"balance": -0.05, "grievance_y": 0.7}
    instant, state = (arming_shares(security_dilemma(fear=fear, **values)) for fear in ("instant", "state"))
    np.testing.assert_allclose(state.maintenance, instant.maintenance, atol=1e-9)
    np.testing.assert_allclose(state.origin, instant.origin, atol=1e-9)


def test_shares_scale_with_the_unit_of_arms_and_not_with_that_of_time() -> None:
    plain = arming_shares(DILEMMA)
    scaled = {"threshold": 4.0 * 1e6, "strain": 0.04 / 1e6, "grievance": 0.5 * 1e6 * 1e-3, "defence": 0.45e-3, "fatigue": 1e-3}
    np.testing.assert_allclose(arming_shares(security_dilemma(**scaled)).maintenance, 1e6 * plain.maintenance, rtol=1e-9)


def test_a_path_without_a_limit_has_no_shares_and_says_why() -> None:
    race = security_dilemma(balance=1.0, strain=0, alarm=0, reassurance_x=2.0, reassurance_y=2.0, defence=0.9, grievance=0.5)
    shares = arming_shares(race, equilibria(race, WINDOW)[0])
    assert "settled" in shares.origin_outcomes
    runaway = security_dilemma(strain=0, alarm=0, ambition=1.0, target=3.0, reassurance=5.0, defence=3.0)
    kept = arming_shares(runaway, equilibria(runaway, WINDOW)[0])
    assert "arms grow without limit" in kept.maintenance_outcomes
    assert np.isnan(kept.maintenance).any()
    assert not kept.is_proved


def test_wrong_input_is_refused_with_what_is_missing() -> None:
    with pytest.raises(InvalidInputError, match="no balance, no terrain"):
        arming_shares(linear())
    with pytest.raises(InvalidInputError, match="it is a map"):
        arming_shares(replace(DILEMMA, kind="map"))
    with pytest.raises(InvalidInputError, match="other terms"):
        arming_shares(DILEMMA.with_term("x", "-0.01*x**3"))
    with pytest.raises(NotAutonomousError):
        arming_shares(DILEMMA.with_drive(balance="t/100"))
    with pytest.raises(InvalidInputError, match="asked of a model"):
        arming_shares("security_dilemma")  # type: ignore[arg-type]
    found = equilibria(DILEMMA, WINDOW)
    with pytest.raises(NotStableError, match="does not"):
        arming_shares(DILEMMA, found[1])
    with pytest.raises(InvalidInputError, match="another model"):
        arming_shares(security_dilemma(balance=0.01), found[0])
    with pytest.raises(InvalidInputError, match="at an equilibrium"):
        arming_shares(DILEMMA, [1.0, 1.0])  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="arms grow without limit"):
        arming_shares(security_dilemma(alarm=0, strain=0, balance=1))
    with pytest.raises(InvalidInputError, match="Shares are of"):
        arming_shares(DILEMMA).fraction("greed")


def test_the_ledger_of_a_run_adds_up_at_every_time() -> None:
    for fear, start in (("instant", [3.0, 0.5]), ("state", [3.0, 0.5, 0.0, 0.0])):
        run = integrate(security_dilemma(fear=fear, balance=0.12, ambition_x=0.5), start, np.linspace(0, 40, 21), relative=1e-10)
        found = build_up(run)
        np.testing.assert_allclose(found.standing.sum(axis=1), run.states[:, :2], atol=1e-6)
        np.testing.assert_allclose(found.built.sum(axis=1), run.states[:, :2] - run.states[0, :2], atol=1e-6)
        assert found.residual < 1e-6


def test_the_ledger_of_a_race_without_fear_has_its_closed_form() -> None:
    run = integrate(security_dilemma(defence=0, strain=0), [2.0, 0.0], np.linspace(0, 5, 6), relative=1e-11, absolute=1e-13)
    found = build_up(run)
    wear = np.exp(-run.times)
    np.testing.assert_allclose(found.standing[:, 1, 0], 0.5 * (1 - wear), atol=1e-8)
    np.testing.assert_allclose(found.standing[:, 3, 0], 2.0 * wear, atol=1e-8)
    np.testing.assert_allclose(found.built[:, 1, 0], 0.5 * run.times, atol=1e-8)
    assert not found.standing[:, [0, 2]].any()


def test_a_settled_ledger_is_each_term_over_the_wear() -> None:
    run = integrate(DILEMMA, [5.0, 5.0], [0.0, 80.0])
    terms = Flagship.of(DILEMMA, "This").terms(run.states[-1])
    np.testing.assert_allclose(build_up(run).standing[-1, :2], [terms.fear / terms.wear, terms.grievance / terms.wear], atol=1e-6)


def test_a_ledger_needs_a_run_of_this_model() -> None:
    with pytest.raises(InvalidInputError, match="along a run"):
        build_up(DILEMMA)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="no balance"):
        build_up(integrate(linear(), [1, 1], [0, 1]))
