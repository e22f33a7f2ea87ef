"""Cycles of maps: counts that are known, each once, proved complete; what stays undecided is said."""

from typing import Any

import numpy as np
import pytest

from richardson.dynamics.iterate import iterate
from richardson.errors import InvalidInputError, NotAutonomousError, UnknownNameError
from richardson.landscape.cycles import cycles
from richardson.models import linear, saperstein
from richardson.stability.window import Window
from richardson.symbolic.model import Model

LOGISTIC = Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 4}, kind="map", name="logistic")
HENON = Model.from_equations({"x": "1 - a*x**2 + y", "y": "b*x"}, {"a": 1.4, "b": 0.3}, kind="map", name="Hénon")
TENT = Model.from_equations({"x": "min(2*x, 2 - 2*x)"}, kind="map", name="tent")
UNIT, PLANE, SQUARE = Window(x=(0, 1)), Window(x=(-2, 2), y=(-1, 1)), Window(x=(0, 1), y=(0, 1))

# Of the full logistic and tent maps 2^p points return after p steps, of which those of divisors are taken off
FULL = ((1, 2), (2, 1), (3, 2), (4, 3), (5, 6), pytest.param(6, 9, marks=pytest.mark.slow))
# Hénon's prime cycles at the classical values, as given with the task
CLASSICAL = ((1, 2), (2, 1), (3, 0), (4, 1), (5, 0), *(pytest.param(*each, marks=pytest.mark.slow) for each in ((6, 2), (7, 4))))


@pytest.mark.parametrize(("period", "count"), FULL)
def test_the_full_logistic_map_has_every_cycle_once_and_no_other(period: int, count: int) -> None:
    found = cycles(LOGISTIC, UNIT, period)
    assert (len(found), found.is_complete) == (count, True)


@pytest.mark.parametrize(("period", "count"), FULL[:4])
def test_a_map_with_a_kink_has_as_many(period: int, count: int) -> None:
    found = cycles(TENT, UNIT, period)
    assert (len(found), found.is_complete) == (count, True)


@pytest.mark.parametrize(("period", "count"), CLASSICAL)
def test_henon_has_its_published_number_of_cycles(period: int, count: int) -> None:
    found = cycles(HENON, PLANE, period)
    assert (len(found), found.is_complete) == (count, True)


def test_the_cycles_of_period_three_are_those_in_closed_form() -> None:
    # x = sin²(πk/7) and sin²(πk/9) under doubling of the angle
    found = cycles(LOGISTIC, UNIT, 3)
    wanted = [sorted(np.sin(np.pi * np.array(turns)) ** 2) for turns in ((1 / 9, 2 / 9, 4 / 9), (1 / 7, 2 / 7, 3 / 7))]
    np.testing.assert_allclose([sorted(cycle["x"]) for cycle in found], sorted(wanted), atol=1e-15)
    np.testing.assert_allclose([abs(cycle.multipliers[0]) for cycle in found], 8, rtol=1e-13)


def test_states_of_a_cycle_follow_one_another() -> None:
    cycle = cycles(HENON, PLANE, 4)[0]
    np.testing.assert_allclose(iterate(HENON, cycle.states[0].tolist(), 4).states[1:], np.roll(cycle.states, -1, axis=0), atol=1e-13)


def test_multipliers_of_a_cycle_multiply_to_the_contraction_of_its_steps() -> None:
    assert np.prod(cycles(HENON, PLANE, 2)[0].multipliers) == pytest.approx(0.3**2, rel=1e-12)  # det J = −b at every step


def test_the_product_of_two_races_has_the_cycles_of_both() -> None:
    # x follows y's logistic rule and y x's: 4² points return after two steps at reaction 0.8, of which 2² are fixed; one is stable
    found = cycles(saperstein(reaction=0.8), SQUARE, 2)
    assert (len(found), found.is_complete, [cycle.is_stable for cycle in found].count(True)) == (6, True, 1)


def test_a_stable_cycle_is_proved_stable_and_has_the_multiplier_of_its_closed_form() -> None:
    rate = 3.3
    cycle = cycles(LOGISTIC.with_values(r=rate), UNIT, 2)[0]
    assert (cycle.is_stable, cycle.is_proved) == (True, True)
    assert cycle.multipliers[0] == pytest.approx(4 + 2 * rate - rate**2, rel=1e-12)


@pytest.mark.parametrize(("low", "count"), [(0.2, 1), (0.4, 0)], ids=["all within", "one outside"])
def test_a_cycle_counts_only_where_all_of_it_lies_in_the_window(low: float, count: int) -> None:
    found = cycles(LOGISTIC, Window(x=(low, 1)), 2)  # its states are (5 ± √5)/8, 0.345 and 0.905
    assert (len(found), found.is_complete) == (count, True)


def test_a_cycle_at_its_birth_is_not_decided() -> None:
    found = cycles(LOGISTIC.with_values(r=1 + np.sqrt(8)), UNIT, 3)  # the window of period three opens there
    assert not found.is_complete
    assert all(box.upper - box.lower < 1e-3 for box in found.undecided)


def test_a_budget_that_is_spent_proves_nothing() -> None:
    found = cycles(LOGISTIC, UNIT, 6, budget=20)
    assert (found.is_complete, "budget" in found.undecided[0].reason) == (False, True)


@pytest.mark.parametrize(
    ("model", "window", "period", "error", "words"),
    [
        (linear(), SQUARE, 2, InvalidInputError, "limit_cycle"),
        (LOGISTIC, UNIT, 0, InvalidInputError, "1 or more"),
        (LOGISTIC, UNIT, 2.0, InvalidInputError, "whole number"),
        (LOGISTIC, Window(x=0.5), 2, InvalidInputError, "free to move"),
        (LOGISTIC, Window(y=(0, 1)), 2, UnknownNameError, "no state"),
        (Model.from_equations({"x": "x/2 + sin(t)"}, kind="map"), UNIT, 2, NotAutonomousError, "time t"),
        (
            Model.from_equations({"x": "y", "y": "z", "z": "w", "w": "x/2"}, kind="map"),
            Window(x=(0, 1), y=(0, 1), z=(0, 1), w=(0, 1)),
            2,
            InvalidInputError,
            "3 at most",
        ),
    ],
    ids=["flow", "no step", "half", "fixed", "name", "time", "four states"],
)
def test_what_has_no_cycles_to_list_is_refused(model: Model, window: Window, period: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        cycles(model, window, period)


def test_a_result_says_how_many_there_are_and_reads_as_a_table() -> None:
    found = cycles(LOGISTIC, UNIT, 3)
    assert repr(found) == "<2 cycles of period 3 of 'logistic' (complete), 0 stable>"
    assert repr(found[0]).startswith("<unstable cycle of period 3 at x = 0.11697")
    assert found.to_table()["cycle"] == [0, 0, 0, 1, 1, 1]
