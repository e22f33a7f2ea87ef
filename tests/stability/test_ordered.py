"""The least and the greatest equilibrium of races in which nobody is calmed by another's arms."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.compiled.field import Field
from richardson.models import security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.ordered import dividing_starts, extremes
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.model import Model

DETENTE, THRESHOLD, COLD_WAR = 0.973883964480013, 3.154663275665848, 19.252707940545456  # MODELS, section 2


def pair_in(low: float, high: float, **values: float) -> RestEquations:
    return RestEquations.of(security_dilemma(**values), np.full(2, low), np.full(2, high))


@pytest.mark.parametrize("high", [60.0, 1e4, 1e7])
def test_from_the_corners_order_leads_to_detente_and_to_the_cold_war(high: float) -> None:
    """Tolerance: of the window's rounding, for zeros in a window a million times as wide."""
    least, greatest = extremes(pair_in(0.0, high))
    np.testing.assert_allclose(least, DETENTE, rtol=1e-12)
    np.testing.assert_allclose(greatest, COLD_WAR, rtol=1e-12)


def test_a_path_that_ends_on_the_border_finds_nothing_there() -> None:
    least, greatest = extremes(pair_in(0.0, 15.0))
    np.testing.assert_allclose(least, DETENTE, rtol=1e-12)
    assert greatest is None
    assert extremes(pair_in(4.0, 15.0)) == (None, None)


def test_where_arms_calm_the_other_side_no_order_is_followed() -> None:
    calmed = Model.from_equations({"x": "1 - x - 0.5*y", "y": "1 - y - 0.5*x"})
    assert extremes(RestEquations.of(calmed, np.zeros(2), np.full(2, 9.0))) == (None, None)


def test_the_line_from_one_to_the_other_turns_at_the_threshold() -> None:
    starts = dividing_starts(pair_in(0.0, 60.0), np.full(2, DETENTE), np.full(2, COLD_WAR))
    np.testing.assert_allclose(starts, THRESHOLD, atol=(COLD_WAR - DETENTE) / 128)
    assert len(starts) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fear", ["instant", "state"])
@pytest.mark.parametrize("top", [60.0, 3000.0])
def test_many_unlike_nations_rest_where_paths_from_the_corners_end_and_at_a_threshold_between(fear: str, top: float) -> None:
    """By scipy's integration from no arms and from many, for 3000 years."""
    exposure = np.random.default_rng(2).uniform(0.3, 1.0, (12, 12)) * ~np.eye(12, dtype=bool)
    model = security_dilemma(12, fear, exposure=exposure / exposure.sum(axis=1).max(), defence=0.5)
    found = equilibria(model, Window(**dict.fromkeys(model.state_names, (0.0, top))))
    assert [one.is_stable for one in found] == [True, False, True]
    field = Field.of(model)
    for start, one in ((0.0, found[0]), (60.0, found[-1])):
        path = solve_ivp(field.rates, (0, 3000), np.full(len(model.states), start), "LSODA", rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(one.state, path.y[:, -1], rtol=1e-7)


@pytest.mark.slow
def test_a_race_of_twelve_states_written_out_has_all_three_too() -> None:
    model = security_dilemma(6, "state", exposure=0.2, defence=0.45)
    found = equilibria(model, Window(**dict.fromkeys(model.state_names, (0.0, 1000.0))))
    for arms in (DETENTE, THRESHOLD, COLD_WAR):
        assert any(np.allclose(one.state, arms, rtol=1e-10) for one in found)
