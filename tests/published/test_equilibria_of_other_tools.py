"""Standard problems of other tools, with refined values."""

from math import sqrt

import numpy as np
import pytest

from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

METHODS = pytest.mark.parametrize("method", ["auto", "newton"])


@METHODS
def test_competing_species_rest_at_four_points_of_the_known_types(method: str) -> None:
    """The competition of S. Strogatz, Nonlinear Dynamics and Chaos, section 6.4; eigenvalues in closed form."""
    species = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})
    found = equilibria(species, Window(x=(-1, 4), y=(-1, 4)), method=method)
    np.testing.assert_allclose([one.state for one in found], [[0, 0], [0, 2], [1, 1], [3, 0]], atol=1e-12)
    assert [one.kind for one in found] == ["unstable node", "stable node", "saddle", "stable node"]
    eigenvalues = [[3, 2], [-1, -2], [-1 + sqrt(2), -1 - sqrt(2)], [-1, -3]]
    np.testing.assert_allclose([one.eigenvalues for one in found], eigenvalues, rtol=1e-8)


@METHODS
def test_lorenz_equations_rest_at_three_points_two_of_them_stable(method: str) -> None:
    """E. Lorenz, Deterministic nonperiodic flow (1963), at r = 22, before its Hopf point 24.74."""
    lorenz = Model.from_equations({"x": "s*(y - x)", "y": "x*(r - z) - y", "z": "x*y - b*z"}, {"s": 10, "r": 22, "b": 8 / 3})
    found = equilibria(lorenz, Window(x=(-20, 20), y=(-20, 20), z=(0, 40)), method=method)
    root = sqrt(56)
    np.testing.assert_allclose([one.state for one in found], [[-root, -root, 21], [0, 0, 0], [root, root, 21]], rtol=1e-8, atol=1e-12)
    assert [one.is_stable for one in found] == [True, False, True]
    assert [one.kind for one in found] == ["stable focus", "saddle", "stable focus"]
    assert found.is_complete == (method == "auto")


@METHODS
def test_fitzhugh_like_system_rests_at_its_closed_form(method: str) -> None:
    system = Model.from_equations({"x": "10*(x - x**3 - y)", "y": "x - 3*y"})
    found = equilibria(system, Window(x=(-2, 2), y=(-2, 2)), method=method)
    state = np.array([sqrt(2 / 3), sqrt(2 / 27)])
    np.testing.assert_allclose([one.state for one in found], [-state, [0, 0], state], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found[0].eigenvalues, [-5, -8], rtol=1e-8)
    np.testing.assert_allclose(found[1].eigenvalues, [9.178908, -2.178908], rtol=1e-6)  # printed to seven digits
    np.testing.assert_allclose(found[1].eigenvalues, [3.5 + sqrt(32.25), 3.5 - sqrt(32.25)], rtol=1e-8)
    assert [one.kind for one in found] == ["stable node", "saddle", "stable node"]


@METHODS
def test_henon_map_has_two_unstable_fixed_points(method: str) -> None:
    """M. Hénon, A two-dimensional mapping with a strange attractor (1976)."""
    a, b = 1.4, 0.3
    henon = Model.from_equations({"x": "1 - a*x**2 + y", "y": "b*x"}, {"a": a, "b": b}, kind="map")
    found = equilibria(henon, Window(x=(-2, 2), y=(-2, 2)), method=method)
    expected = [(-(1 - b) + sign * sqrt((1 - b) ** 2 + 4 * a)) / (2 * a) for sign in (-1, 1)]
    np.testing.assert_allclose([one["x"] for one in found], expected, rtol=1e-8)
    assert [one.is_stable for one in found] == [False, False]
    assert [one.spiral_number for one in found] == [None, None]


@METHODS
def test_oxidation_rests_at_both_sides_of_its_fold(method: str) -> None:
    """Bykov, Yablonskii and Kim's CO oxidation: two equilibria are born at q2 = 1.04204850538, two end at 1.05220028787."""
    oxidation = Model.from_equations(
        {
            "x": "2*q1*(1 - x - y - s)**2 - 2*q5*x**2 - q3*x*y",
            "y": "q2*(1 - x - y - s) - q6*y - q3*x*y",
            "s": "q4*(1 - x - y - s - k*s)",
        },
        {"q1": 2.5, "q2": 1.047, "q3": 10, "q4": 0.0675, "q5": 1, "q6": 0.1, "k": 0.4},
    )
    window = Window(x=(0, 1), y=(0, 1), s=(0, 1))
    counts = [len(equilibria(oxidation.with_values(q2=q2), window, method=method)) for q2 in (1.0420, 1.0421, 1.0521, 1.0523)]
    assert counts == [1, 3, 3, 1]
