"""Two rivalries of the Correlates of War data, National Material Capabilities 7.0 (Singer, Bremer and Stuckey 1972).

Expected numbers: ordinary least squares of the yearly change on lagged levels, computed independently of this library
from the same rows (milex, bn current USD).
"""

import numpy as np
import pytest

from richardson.data import rivalry
from richardson.estimation.estimate import estimate
from richardson.models import linear


@pytest.fixture(scope="module")
def subcontinent():
    return estimate(linear(), rivalry("India", "Pakistan"), method="differences", rng=1)


@pytest.fixture(scope="module")
def aegean():
    return estimate(linear(), rivalry("Greece", "Turkey"), method="differences", rng=1)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("fatigue_x", 0.03134, 0.0449),
        ("defence_x", 0.61922, 0.2836),
        ("fatigue_y", 0.22891, 0.0710),
        ("defence_y", 0.040964, 0.0112),
    ],
)
def test_india_and_pakistan_by_yearly_changes(subcontinent, name, value, error):
    assert subcontinent[name].value == pytest.approx(value, rel=2e-4)  # as many digits as were recorded
    assert subcontinent[name].standard_error == pytest.approx(error, abs=5e-5)


def test_india_and_pakistan_explain_little(subcontinent):
    assert subcontinent.r_squared == pytest.approx([0.2858, 0.1664], abs=5e-5)


def test_india_and_pakistan_form_a_saddle(subcontinent):
    row = subcontinent.model.values
    assert row["fatigue_x"] * row["fatigue_y"] < row["defence_x"] * row["defence_y"]
    assert subcontinent.derived["max_real_eigenvalue"].value > 0


@pytest.mark.parametrize(
    ("name", "value"), [("fatigue_x", 0.33782), ("fatigue_y", 0.47787), ("defence_x", 0.20199), ("defence_y", 0.71764)]
)
def test_greece_and_turkey_by_yearly_changes(aegean, name, value):
    assert aegean[name].value == pytest.approx(value, abs=5e-6)


def test_greece_and_turkey_settle_at_a_stable_point(aegean):
    assert aegean.derived["max_real_eigenvalue"].value < 0
    assert aegean.derived["equilibrium x"].value == pytest.approx(7.28, abs=5e-3)
    assert aegean.derived["equilibrium y"].value == pytest.approx(11.12, abs=5e-3)


@pytest.mark.parametrize("pair", [("Greece", "Turkey"), ("India", "Pakistan"), ("US", "USSR")])
def test_the_exact_transition_has_the_equilibrium_of_the_yearly_changes_and_the_logarithm_of_their_matrix(pair):
    exact = estimate(linear(), rivalry(*pair), rng=1)
    changes = estimate(linear(), rivalry(*pair), method="differences", rng=1)
    for state in "xy":
        name = f"equilibrium {state}"
        assert exact.derived[name].value == pytest.approx(changes.derived[name].value, rel=1e-8)
    rate = changes.derived["max_real_eigenvalue"].value
    assert exact.derived["max_real_eigenvalue"].value == pytest.approx(np.log1p(rate), rel=1e-8)


def test_the_stability_of_the_aegean_race_is_likely_and_not_certain():
    fit = estimate(linear(), rivalry("Greece", "Turkey"), rng=1)
    row = fit.derived["max_real_eigenvalue"]
    assert row.value < 0 < row.upper
    assert 0.6 < fit.stable_probability < 0.9


def test_the_midpoint_rule_finds_the_aegean_race_unstable_from_the_same_numbers():
    """The contrast that docs/explanation/fitting.md draws: 0.12 against 0.77; shares of 10 000 draws, so ± 0.01."""
    pair = rivalry("Greece", "Turkey")
    shares = [estimate(linear(), pair, method=method, rng=1).stable_probability for method in ("midpoint", "transition")]
    assert shares == pytest.approx([0.12, 0.77], abs=0.01)


@pytest.mark.parametrize(("pair", "share"), [(("India", "Pakistan"), 0.20), (("US", "USSR"), 1.0)])
def test_where_the_spiral_number_is_often_undefined_it_is_not_the_headline(pair, share):
    """The shares that docs/explanation/fitting.md gives, of 10 000 draws, so ± 0.01."""
    fit = estimate(linear(), rivalry(*pair), rng=1)
    assert fit.derived["spiral_number"].undefined_share == pytest.approx(share, abs=0.01)
    assert fit.headline.name == "max_real_eigenvalue"
