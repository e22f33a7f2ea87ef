"""Blocs of which some are high and some low, in races in which nobody is calmed by another's arms."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import fsolve

from richardson.models import security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.mixed import mixed
from richardson.stability.ordered import extremes
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.model import Model

TOP = 60.0
DETENTE, COLD_WAR = 0.973883964480013, 19.252707940545456  # of a pair, MODELS, section 2
STEPS = 40  # of the continuation: each moves a state by less than a thousandth


def joined(sizes: tuple[int, ...], between: float, seed: int | None = None) -> tuple[Model, np.ndarray]:
    """Blocs of nations that see each other as a pair does, and nations of other blocs a little; and who sees whom."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    within = (of[:, None] == of) & ~np.eye(len(of), dtype=bool)
    exposure = within / within.sum(axis=1, keepdims=True) + between * (of[:, None] != of)
    if seed is not None:
        exposure *= np.random.default_rng(seed).uniform(0.9, 1.0, exposure.shape)
        order = np.random.default_rng(seed).permutation(len(of))
        exposure, of = exposure[np.ix_(order, order)], of[order]
    return security_dilemma(len(of), exposure=exposure, defence=0.45), of


def rates(arms: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """The equations at the defaults of the model, written a second time."""
    fear = exposure @ arms
    alarm = np.maximum(fear, 0) ** 2 / (16 + np.maximum(fear, 0) ** 2)
    return 0.45 * fear * (1 + 3 * alarm) - arms * (1 + 0.04 * arms) + 0.5


def continued(model: Model, of: np.ndarray, which: tuple[bool, ...]) -> np.ndarray:
    """The state with these blocs high, by scipy from that of blocs that do not see each other."""
    exposure = model.values["exposure"]
    apart = np.where(of[:, None] == of, exposure, 0.0)
    arms = np.where(np.array(which)[of], COLD_WAR, DETENTE)
    for share in np.linspace(0.0, 1.0, STEPS + 1):
        arms = fsolve(rates, arms, args=(apart + share * (exposure - apart),), xtol=1e-13)
    return arms


def box_of(model: Model) -> RestEquations:
    size = len(model.states)
    return RestEquations.of(model, np.zeros(size), np.full(size, TOP))


@pytest.mark.parametrize(("sizes", "seed"), [((4, 4), None), pytest.param((5, 3), 3, marks=pytest.mark.slow)])
def test_all_four_stable_states_of_two_weakly_joined_blocs_are_found(sizes: tuple[int, ...], seed: int | None) -> None:
    model, of = joined(sizes, 2e-4, seed)
    found = equilibria(model, Window(**dict.fromkeys(model.state_names, (0.0, TOP))))
    stable = [one.state for one in found if one.is_stable]
    assert len(stable) == 4
    for which in product((False, True), repeat=2):
        expected = continued(model, of, which)
        assert min(np.abs(state - expected).max() for state in stable) < 1e-8
    assert not found.is_complete


@pytest.mark.slow
def test_every_choice_among_four_blocs_is_found_without_a_start_for_each() -> None:
    model, of = joined((3, 2, 2, 2), 1e-4)
    equations = box_of(model)
    least, greatest = extremes(equations)
    states = np.array([least, greatest, *mixed(equations, least, greatest)])
    for which in product((False, True), repeat=4):
        assert np.abs(states - continued(model, of, which)).max(axis=1).min() < 1e-8


def test_blocs_that_see_each_other_well_are_high_or_low_together() -> None:
    equations = box_of(joined((4, 4), 0.1)[0])
    assert mixed(equations, *extremes(equations)) == []


def test_what_is_found_is_at_rest_between_the_least_and_the_greatest() -> None:
    equations = box_of(joined((4, 4), 2e-4)[0])
    least, greatest = extremes(equations)
    found = mixed(equations, least, greatest)
    assert len(found) == 2
    for one in found:
        assert equations.is_zero(one)
        assert (least <= one).all() and (one <= greatest).all()
