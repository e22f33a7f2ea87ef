import numpy as np
import pytest

from richardson.landscape.critical_curve import critical_curve
from richardson.landscape.polylines import polylines
from richardson.landscape.stability_map import stability_map
from richardson.models import linear, security_dilemma
from richardson.symbolic.model import Model


def test_the_default_curve_is_the_fold_in_the_threat_that_both_parameters_make() -> None:
    # both act through e^β (1 − 0.6 δ) alone; the fold at δ = 0 is that of docs/explanation/security-dilemma.md
    chart = stability_map(security_dilemma(), {"balance": np.linspace(-0.4, 0.9, 14), "distinguishability": np.linspace(0, 1, 7)})
    (line,) = critical_curve(chart)
    np.testing.assert_allclose(line[:, 0] + np.log(1 - 0.6 * line[:, 1]), 0.109752115988938, atol=1e-12)
    assert line[:, 0].min() == pytest.approx(0.109752115988938, rel=1e-8)


def test_a_linear_race_has_its_hyperbola() -> None:
    chart = stability_map(linear(), {"defence_x": np.linspace(0.2, 3, 15), "defence_y": np.linspace(0.3, 2, 9)})
    (line,) = critical_curve(chart)
    np.testing.assert_allclose(line[:, 0] * line[:, 1], 1.0, rtol=1e-12)  # k l = a b


def test_where_the_equilibrium_lives_on_the_curve_is_where_the_number_passes_one() -> None:
    # transcritical, seen from its zero equilibrium: R = k/a, whatever grows beyond
    race = Model.from_equations(
        {"x": "k*y*(1 - x) - a*x", "y": "k*x*(1 - y) - a*y"}, {"k": 0.5, "a": 1.0}, lower={"x": 0, "y": 0}, upper={"x": 1, "y": 1}
    )
    (line,) = critical_curve(stability_map(race, {"k": np.linspace(0.3, 2.1, 7), "a": np.linspace(0.5, 1.55, 6)}))
    np.testing.assert_allclose(line[:, 0], line[:, 1], rtol=1e-12)


def test_a_jump_that_is_no_fold_is_not_on_the_curve() -> None:
    # zero lies left or right of the unstable middle state m: the end jumps, and R stays below one on both sides
    race = Model.from_equations({"x": "-c*(x + 1)*(x - m)*(x - 1)", "y": "0.1*x - y"}, {"m": 0.0, "c": 1.0})
    chart = stability_map(race, {"m": np.array([-0.55, -0.25, 0.35, 0.65]), "c": np.array([1.0, 2.0])})
    assert len(np.unique(chart.reached[..., 0].round(9))) == 2
    assert critical_curve(chart) == ()


def test_crossings_are_joined_and_a_circle_closes() -> None:
    ring = {((0, 1), (1, 1)): (0.5, 1.0), ((1, 0), (1, 1)): (1.0, 0.5), ((1, 1), (2, 1)): (1.5, 1.0), ((1, 1), (1, 2)): (1.0, 1.5)}
    (line,) = polylines({edge: np.array(point) for edge, point in ring.items()}, (3, 3))
    assert len(line) == 5
    np.testing.assert_array_equal(line[0], line[-1])
