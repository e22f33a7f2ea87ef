"""Saperstein's map and the scalar balance: their known fixed points and folds."""

from math import log

import mpmath
import numpy as np
import pytest

from richardson.continuation.diagram import equilibrium_diagram
from richardson.dynamics.iterate import iterate
from richardson.models import saperstein, scalar_balance
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window

UNIT = Window(x=(0, 1), y=(0, 1))


def test_saperstein_rests_where_the_logistic_map_does_until_its_doubling() -> None:
    """r = 4a: fixed points 0 and 1 − 1/r, multipliers ±(2 − r) there: stable for a < 0.75 (MODELS.md section 1)."""
    for reaction, is_stable in ((0.7, True), (0.74, True), (0.76, False)):
        found = equilibria(saperstein(reaction=reaction), UNIT)
        assert found.is_complete
        symmetric = [one for one in found if one["x"] == pytest.approx(one["y"])]
        np.testing.assert_allclose([one["x"] for one in symmetric], [0, 1 - 0.25 / reaction], atol=1e-15)
        np.testing.assert_allclose(np.abs(symmetric[1].eigenvalues), 4 * reaction - 2, rtol=1e-12)
        assert symmetric[1].is_stable == is_stable


def test_saperstein_approaches_its_fixed_point_at_the_published_rate() -> None:
    """ACCEPTANCE C6: Lyapunov exponent −0.22314 = ln 0.8 a step at a = b = 0.70."""
    run = iterate(saperstein(reaction=0.7), {"x": 0.64, "y": 0.6401}, 60)
    distances = np.linalg.norm(run.states - (1 - 1 / 2.8), axis=1)
    assert log(distances[60] / distances[20]) / 40 == pytest.approx(-0.22314, abs=5e-3)


def test_saperstein_has_two_more_fixed_points_once_the_nations_may_differ() -> None:
    """At a = b a pair x ≠ y with x = f(y), y = f(x) is the cycle of period two of the logistic map, from a = 0.75 on."""
    found = equilibria(saperstein(reaction=0.85), UNIT)
    r = 3.4
    cycle = sorted(((r + 1) + sign * np.sqrt((r - 3) * (r + 1))) / (2 * r) for sign in (-1, 1))
    apart = [one.state.tolist() for one in found if abs(one["x"] - one["y"]) > 1e-6]
    np.testing.assert_allclose(apart, [cycle, cycle[::-1]], rtol=1e-12)


def test_the_scalar_balance_folds_where_its_equations_do() -> None:
    """ACCEPTANCE B9 and MODELS.md section 1; here also mpmath on f = 0, f' = 0."""

    def at(guess: tuple[float, float]) -> list[float]:
        def rate(alpha: mpmath.mpf, x: mpmath.mpf) -> mpmath.mpf:
            return 6 * mpmath.tanh(alpha * x**2 / 6) - mpmath.mpf("0.5") * (x - mpmath.mpf("1.6"))

        def slope(alpha: mpmath.mpf, x: mpmath.mpf) -> mpmath.mpf:
            return 2 * alpha * x / mpmath.cosh(alpha * x**2 / 6) ** 2 - mpmath.mpf("0.5")

        return [float(part) for part in mpmath.findroot([rate, slope], guess)]

    diagram = equilibrium_diagram(scalar_balance(), "drive", (0.02, 0.12), Window(balance_eigenvalue=(0, 20)))
    folds = sorted((point.value, float(point.state[0])) for branch in diagram for point in branch.points if point.kind == "fold")
    np.testing.assert_allclose(folds, [at((0.052, 10.4)), at((0.0786, 3.24))], rtol=1e-10)
    np.testing.assert_allclose(folds, [(0.0519175031426, 10.3898122116), (0.0786049507553, 3.24107689191)], rtol=1e-11)


def test_between_the_folds_peace_and_tension_are_both_stable_and_proved() -> None:
    found = equilibria(scalar_balance(drive=0.06), Window(balance_eigenvalue=(0, 20)))
    assert found.is_complete
    assert [one.is_stable for one in found] == [True, False, True]
