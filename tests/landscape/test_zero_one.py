"""The 0–1 test on series of known kind, and against the sums that define it."""

from typing import Any

import numpy as np
import pytest

from richardson.arrays import FloatArray
from richardson.dynamics.integrate import integrate
from richardson.dynamics.iterate import iterate
from richardson.errors import DataError, InvalidInputError, UnknownNameError
from richardson.landscape.zero_one import decorrelated, zero_one_test
from richardson.models import linear, saperstein
from richardson.symbolic.model import Model

LORENZ = Model.from_equations({"x": "s*(y - x)", "y": "x*(r - z) - y", "z": "x*y - b*z"}, {"s": 10, "r": 28, "b": 8 / 3}, name="Lorenz")


def logistic(rate: float, length: int) -> FloatArray:
    """An orbit of x' = rate·x(1 − x) after a thousand steps."""
    state, found = 0.3, []
    for step in range(length + 1000):
        state = rate * state * (1 - state)
        if step >= 1000:
            found.append(state)
    return np.array(found)


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [(3.2, "regular"), (3.55, "regular"), (3.83, "regular"), (3.6, "chaotic"), (3.97, "chaotic"), (4.0, "chaotic")],
)
def test_logistic_orbits_are_told_apart(rate: float, verdict: str) -> None:
    # two cycles of a doubling cascade and one of a window; exponents 0.18, 0.58 and ln 2
    assert zero_one_test(logistic(rate, 4000)).verdict == verdict


def test_a_torus_is_regular_however_finely_it_is_sampled_and_wherever_it_lies() -> None:
    times = np.arange(0, 2000, 0.05)
    assert zero_one_test(1e6 + np.sin(times) + np.sin(np.sqrt(2) * times)).verdict == "regular"


def test_noise_is_irregular() -> None:
    assert zero_one_test(np.random.default_rng(1).normal(size=1000)).verdict == "chaotic"


def test_a_series_that_stands_still_is_regular_with_no_drift_at_all() -> None:
    assert zero_one_test(np.full(1000, 0.1)).quartiles == (0.0, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("state", ["x", "y", "z"])
def test_a_chaotic_flow_is_thinned_out_and_not_taken_for_regular(state: str) -> None:
    run = integrate(LORENZ, [1, 1, 20], np.arange(0, 400, 0.01), method="DOP853")
    assert zero_one_test(run, state=state).verdict == "chaotic"
    assert zero_one_test(run, state=state, every=1).statistic < 0.1  # the false zero of a series sampled too finely


@pytest.mark.slow
def test_a_limit_cycle_is_regular() -> None:
    oscillator = Model.from_equations({"x": "y", "y": "(1 - x**2)*y - x"}, name="van der Pol")
    assert zero_one_test(integrate(oscillator, [2, 0], np.arange(0, 2000, 0.05), method="DOP853")).verdict == "regular"


def test_correlations_are_those_of_the_sums_that_define_them() -> None:
    # the mean square displacement by its definition, with V_osc taken off as Gottwald and Melbourne do, of a series without a mean
    values = logistic(3.8, 600)
    values -= values.mean()
    found = zero_one_test(values, count=3, every=1)
    moments = np.arange(1, 601)
    for frequency, correlation in zip(found.frequencies, found.correlations, strict=True):
        p, q = np.cumsum(values * np.cos(moments * frequency)), np.cumsum(values * np.sin(moments * frequency))
        squares = [((p[n : 540 + n] - p[:540]) ** 2 + (q[n : 540 + n] - q[:540]) ** 2).mean() for n in range(1, 61)]
        assert correlation == pytest.approx(np.corrcoef(moments[:60], squares)[0, 1], abs=1e-12)


def test_every_value_of_a_map_is_used() -> None:
    found = zero_one_test(iterate(saperstein(reaction=0.95), [0.3, 0.4], 1500))
    assert (found.every, found.length) == (1, 1501)


def test_a_sine_is_thinned_out_to_a_few_values_a_turn() -> None:
    turn = 400.3  # samples
    assert 4 < turn / decorrelated(np.sin(np.arange(20_000) * 2 * np.pi / turn)) < 10.5


def test_the_same_seed_gives_the_same_test() -> None:
    values = logistic(3.9, 500)
    one, other = (zero_one_test(values, rng=7, count=9).correlations for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("series", "options", "error", "words"),
    [
        (np.sin(np.arange(0, 50, 0.01)), {}, DataError, "one in"),
        (np.ones(50), {}, DataError, "300 values"),
        (np.ones((400, 2)), {}, InvalidInputError, "one sequence"),
        ([np.nan] * 400, {}, InvalidInputError, "finite"),
        (np.ones(400), {"state": "x"}, InvalidInputError, "names a state of a run"),
        (np.ones(400), {"every": 0}, InvalidInputError, "1 or more"),
        (np.ones(400), {"count": 2.5}, InvalidInputError, "whole number"),
    ],
    ids=["too fine", "too short", "two at once", "not numbers", "state", "every", "count"],
)
def test_what_no_verdict_can_come_of_is_refused(series: Any, options: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        zero_one_test(series, **options)


def test_a_run_at_uneven_times_and_a_state_that_is_not_there_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="not even"):
        zero_one_test(integrate(linear(), [1, 1], [0, 1, 3]))
    with pytest.raises(UnknownNameError):
        zero_one_test(iterate(saperstein(), [0.3, 0.4], 400), state="z")


def test_a_result_says_its_verdict() -> None:
    assert repr(zero_one_test(logistic(3.2, 400))).startswith("<0–1 test: regular, K = ")


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_the_unit_of_a_series_changes_nothing(unit: float) -> None:
    """Squares of such values are no numbers."""
    assert zero_one_test(unit * logistic(4.0, 400)).verdict == "chaotic"


def test_a_series_that_is_too_short_is_not_called_too_fine() -> None:
    with pytest.raises(DataError, match=r"got 100\. Give a longer series, or use more of it"):
        zero_one_test(logistic(4.0, 100))
