"""Richardson's fit of the four-nation race of 1909–1913 (Generalized Foreign Politics, 1939).

The data are the shipped transcription, which has not been compared with a printed copy: these tests say what follows
from those twenty numbers. Only the slope 0.73 per year is quoted from the literature. Expected numbers: computed independently
of this library, by ordinary least squares and by the closed forms below.
"""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from richardson.data import richardson_1909
from richardson.estimation.estimate import estimate
from richardson.symbolic.model import Model


@pytest.fixture(scope="module")
def total():
    return richardson_1909().sum()


@pytest.fixture(scope="module")
def race():
    return Model.from_equations({"total": "growth*total + base"}, {"growth": 0.5, "base": 0.0}, name="total of all nations")


def test_the_midpoint_rule_gives_richardsons_slope(race, total):
    fit = estimate(race, total, method="midpoint", rng=1)
    assert fit["growth"].value == pytest.approx(0.731015, abs=5e-7)
    assert fit["growth"].standard_error == pytest.approx(0.01554, abs=5e-6)
    assert fit["base"].value == pytest.approx(-142.485, abs=5e-4)
    assert fit.derived["equilibrium total"].value == pytest.approx(194.914276, abs=5e-7)
    assert fit.r_squared[0] == pytest.approx(0.9990972, abs=5e-8)


def test_the_midpoint_slope_is_the_one_usually_quoted(race, total):
    assert round(estimate(race, total, method="midpoint", rng=1)["growth"].value, 2) == 0.73


def test_the_same_data_in_continuous_time_grow_faster(race, total):
    fit = estimate(race, total, rng=1)
    assert fit["growth"].value == pytest.approx(0.76602, abs=5e-6)


def test_the_exact_recursion_is_the_regression_of_the_next_level_on_the_last(race, total):
    series = total["total"]
    slope, constant = np.polyfit(series[:-1], series[1:], 1)
    fit = estimate(race, total, rng=1)
    assert fit["growth"].value == pytest.approx(np.log(slope), rel=1e-10)
    assert fit["base"].value == pytest.approx(constant * np.log(slope) / (slope - 1), rel=1e-10)


def test_least_squares_on_the_solution_agrees_within_the_uncertainty(race, total):
    def solution(t, rest, start, growth):
        return rest + (start - rest) * np.exp(growth * t)

    (_, _, growth), _ = curve_fit(solution, total.times - 1909, total["total"], p0=(195.0, 199.0, 0.75), xtol=1e-14, ftol=1e-14)
    assert growth == pytest.approx(0.76915, abs=5e-6)
    row = estimate(race, total, rng=1)["growth"]
    assert row.lower < growth < row.upper


def test_the_race_runs_away_beyond_doubt(race, total):
    fit = estimate(race, total, rng=1)
    assert fit.stable_probability == 0.0 and fit.derived["max_real_eigenvalue"].lower > 0
    assert fit.headline.name == "max_real_eigenvalue" and fit.derived["spiral_number"].undefined_share == 1.0
