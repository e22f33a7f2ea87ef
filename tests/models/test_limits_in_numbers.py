"""The limits between models (docs/explanation/security-dilemma.md) as numbers: rates, trajectories, and what is left standing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.models import linear, rivalry, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window

RATE = st.floats(0.05, 2.0)
CALM = {"alarm": 0.0, "strain": 0.0}
RACE = ("defence_x", "defence_y", "fatigue_x", "fatigue_y", "grievance_x", "grievance_y")


def race_values(numbers: list[float]) -> dict[str, float]:
    return dict(zip(RACE, numbers, strict=True))


@given(numbers=st.lists(RATE, min_size=6, max_size=6), ambition=st.floats(0, 1), x=RATE, y=RATE)
@settings(max_examples=30)
def test_calm_it_moves_as_the_linear_race_with_greed_hidden(numbers: list[float], ambition: float, x: float, y: float) -> None:
    values = race_values(numbers)
    target = 1.5
    hidden = values | {f"defence_{i}": values[f"defence_{i}"] + ambition * target for i in "xy"}
    hidden |= {f"fatigue_{i}": values[f"fatigue_{i}"] + ambition for i in "xy"}
    greedy = security_dilemma(**CALM, **values, ambition=ambition, target=target)
    at = np.array([x, y])
    assert Field.of(greedy).rates(0.0, at) == pytest.approx(Field.of(linear(**hidden)).rates(0.0, at), rel=1e-12, abs=1e-13)  # rounding


@given(numbers=st.lists(RATE, min_size=6, max_size=6), x=RATE, y=RATE)
@settings(max_examples=30)
def test_calm_and_reassured_it_moves_as_the_rivalry(numbers: list[float], x: float, y: float) -> None:
    values, at = race_values(numbers), np.array([x, y])
    reassured = security_dilemma(**CALM, **values, reassurance=1)
    assert Field.of(reassured).rates(0.0, at) == pytest.approx(Field.of(rivalry(**values)).rates(0.0, at), rel=1e-12, abs=1e-13)  # rounding


def test_fear_that_follows_at_once_gives_the_path_of_instant_fear() -> None:
    """The distance shrinks in proportion to τ (singular perturbation), from a start where fear equals threat."""
    times, arms = np.linspace(0, 20, 41), np.array([1.5, 0.5])  # well inside one basin: near the separatrix any distance grows
    instant = integrate(security_dilemma(), arms, times).states
    gaps = []
    for time in (1e-2, 1e-3):
        slow = integrate(security_dilemma(fear="state", fear_time=time), [*arms, *arms[::-1]], times)
        gaps.append(np.abs(slow.states[:, :2] - instant).max())
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.1)  # first order in τ
    assert gaps[1] < 2e-3  # τ times a rate of about one


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_without_alarm_exactly_one_equilibrium_with_arms_stands_and_attracts(seed: int) -> None:
    """φ = ρ = 0, q > 0, g > 0, w > 0 (docs/explanation/security-dilemma.md): existence, uniqueness, attraction of the positive quadrant."""
    rng = np.random.default_rng(seed)
    model = security_dilemma(
        alarm=0,
        **{
            f"{what}_{i}": rng.uniform(low, 1)
            for what, low in (("defence", 0), ("fatigue", 0.2), ("strain", 0.05), ("grievance", 0.1), ("exposure", 0.1))
            for i in "xy"
        },
    )
    found = equilibria(model, Window(x=(0, 200), y=(0, 200)))
    assert len(found) == 1
    assert found[0].is_stable
    for start in rng.uniform(0, 150, (3, 2)):
        end = integrate(model, start, [0, 600]).states[-1]
        assert end == pytest.approx(found[0].state, rel=1e-6)  # within the integration's tolerance


@pytest.mark.parametrize(("defence", "stands"), [(0.9, True), (1.1, False)])
def test_without_alarm_and_strain_an_equilibrium_with_arms_stands_below_a_spiral_number_of_one(defence: float, stands: bool) -> None:
    """q = 0: x* = g/(a − k) exists with x > 0 iff R = k/a < 1."""
    found = equilibria(security_dilemma(alarm=0, strain=0, defence=defence), Window(x=(0, 1000), y=(0, 1000)))
    assert (len(found) == 1, [tuple(one.state) for one in found]) == (stands, [pytest.approx((5, 5), rel=1e-9)] if stands else [])
