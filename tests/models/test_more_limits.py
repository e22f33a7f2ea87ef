"""Limits of the flagship for any number of nations, and what makes one equilibrium the only one."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from richardson.arrays import FloatArray
from richardson.models import nations, security_dilemma
from richardson.symbolic.model import Model

CALM = ("balance", "terrain", "distinguishability", "alarm", "strain")


def fixed(model: Model, **values: float) -> list[sympy.Expr]:
    """Rates with parameters replaced by numbers, bare names for all members."""
    numbers = {model.symbol(member): value for name, value in values.items() for member in model.resolve(name)}
    return [sympy.expand(rate.subs(numbers)) for rate in model.rates]


def test_calm_and_content_three_nations_run_richardsons_race_of_nations() -> None:
    """kᵢⱼ = kᵢ for every j: the flagship answers fear, which adds up over rivals."""
    race, model = nations(3), security_dilemma(3)
    same = {race.symbol(f"defence_{i}_{j}"): model.symbol(f"defence_{i}") for i in "xyz" for j in "xyz" if i != j}
    expected = [sympy.expand(rate.subs(same)) for rate in race.rates]
    assert fixed(model, **dict.fromkeys(CALM, 0), exposure=1, ambition=0, reassurance=0) == expected


def test_calm_but_greedy_three_nations_hide_greed_in_defence_and_fatigue() -> None:
    race, model = nations(3), security_dilemma(3)
    hidden = {}
    for i in "xyz":
        ambition, target = model.symbol(f"ambition_{i}"), model.symbol(f"target_{i}")
        hidden[race.symbol(f"fatigue_{i}")] = race.symbol(f"fatigue_{i}") + ambition
        hidden |= {race.symbol(f"defence_{i}_{j}"): model.symbol(f"defence_{i}") + ambition * target for j in "xyz" if i != j}
    expected = [sympy.expand(rate.subs(hidden, simultaneous=True)) for rate in race.rates]
    assert fixed(model, **dict.fromkeys(CALM, 0), exposure=1, reassurance=0) == expected


@pytest.mark.parametrize("count", [2, 3])
def test_without_alarm_rates_rise_with_rivals_and_bend_down_in_own_arms_alone(count: int) -> None:
    """φ = ρ = μ = 0: cooperative (∂ẋᵢ/∂xⱼ = kᵢ wᵢⱼ e^(β−γ)(1 − δs) ≥ 0) and concave (−2aq at (i, i), nothing else), symbolically."""
    model = security_dilemma(count)
    for own, rate in zip(model.state_symbols, fixed(model, alarm=0, reassurance=0, ambition=0), strict=True):
        bends = sympy.hessian(rate, model.state_symbols)
        at = model.state_symbols.index(own)
        expected = sympy.zeros(count, count)
        expected[at, at] = -2 * model.symbol(f"fatigue_{own}") * model.symbol(f"strain_{own}")
        assert sympy.simplify(bends - expected) == sympy.zeros(count, count)
        for other in set(model.state_symbols) - {own}:
            first, second = sorted((own, other), key=model.state_symbols.index)
            exposure = model.symbol(f"exposure_{own}" if count == 2 else f"exposure_{own}_{other}")
            terrain = model.symbol("terrain" if count == 2 else f"terrain_{first}_{second}")
            offensive = 1 - model.symbol("distinguishability") * model.symbol(f"defensive_share_{other}")
            gain = model.symbol(f"defence_{own}") * exposure * sympy.exp(model.symbol("balance") - terrain) * offensive
            assert sympy.expand(sympy.diff(rate, other) - gain) == 0


def strained(rng: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """P without alarm, a, q and g of a random race."""
    gains = rng.uniform(0.05, 3, (count, count)) * (1 - np.eye(count))
    return gains, rng.uniform(0.2, 2, count), rng.uniform(0.02, 1, count), rng.uniform(0.05, 2, count)


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 6))
@settings(max_examples=40)
def test_without_alarm_the_equilibrium_with_arms_is_one_and_its_spiral_number_below_one(seed: int, count: int) -> None:
    """q > 0, g > 0, w > 0, any N: from below and from above Newton finds one place, where R < 1 though R at zero arms may be above."""
    rng = np.random.default_rng(seed)
    gains, fatigue, strain, grievance = strained(rng, count)

    def rates(arms: FloatArray) -> FloatArray:
        return gains @ arms - fatigue * arms * (1 + strain * arms) + grievance

    far = gains.sum(axis=1).max() / (fatigue * strain).min() + 10 + grievance.max()
    assert (rates(np.full(count, far)) < 0).all()  # all paths come down from there, and up from zero: rates(0) = g > 0
    ends = [root(rates, start, tol=1e-13).x for start in (np.full(count, far), np.full(count, far / 2))]
    assert ends[0] == pytest.approx(ends[1], rel=1e-8)
    assert (ends[0] > 0).all()
    round_of_reactions = gains / (fatigue * (1 + 2 * strain * ends[0]))[:, np.newaxis]
    assert np.abs(np.linalg.eigvals(round_of_reactions)).max() < 1


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 6))
@settings(max_examples=60)
def test_without_strain_the_equilibrium_has_arms_exactly_when_the_spiral_number_is_below_one(seed: int, count: int) -> None:
    """q = 0: (D − P)x = g > 0 has a solution x > 0 iff D − P is an M-matrix iff R < 1."""
    rng = np.random.default_rng(seed)
    gains, fatigue, _, grievance = strained(rng, count)
    number = np.abs(np.linalg.eigvals(gains / fatigue[:, np.newaxis])).max()
    gains *= rng.uniform(0.7, 1.3) / number  # both sides of one, never nearer than rounding decides
    number = np.abs(np.linalg.eigvals(gains / fatigue[:, np.newaxis])).max()
    arms = np.linalg.solve(np.diag(fatigue) - gains, grievance)
    assert (arms > 0).all() == (number < 1)
