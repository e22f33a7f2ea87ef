from math import sqrt

import numpy as np
import pytest

from richardson.errors import InvalidInputError, NotAutonomousError, NotStableError, OutOfBoundsError, UnknownNameError
from richardson.stability.equilibria import equilibria
from richardson.stability.spectrum import relaxation_time, spectrum
from richardson.stability.window import Window
from richardson.symbolic.model import Model

RACE = Model.from_equations({"x": "0.15*y - 0.2*x + 20", "y": "0.1*x - 0.2*y + 40"}, name="race")
SPECIES = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})


def test_a_state_by_name_in_order_or_as_equilibrium_gives_one_spectrum() -> None:
    found = equilibria(RACE, Window(x=(0, 1000), y=(0, 1000)))[0]
    ways = [spectrum(RACE, at) for at in (found, {"y": 400, "x": 400}, [400, 400])]
    for way in ways:
        np.testing.assert_allclose(way.eigenvalues, [-0.2 + sqrt(0.015), -0.2 - sqrt(0.015)], rtol=1e-12)
        assert way.kind == "stable node"
        assert way.spiral_number == pytest.approx(sqrt(0.015 / 0.04), rel=1e-12)
        assert way.relaxation_time == pytest.approx(relaxation_time(found), rel=1e-12)


def test_eigenvectors_are_those_of_the_jacobian() -> None:
    at = spectrum(RACE, [400, 400])
    matrix = np.array([[-0.2, 0.15], [0.1, -0.2]])
    np.testing.assert_allclose(matrix @ at.eigenvectors, at.eigenvectors * at.eigenvalues, atol=1e-14)


def test_only_a_stable_equilibrium_relaxes() -> None:
    assert spectrum(SPECIES, [1, 1]).relaxation_time is None
    saddle = equilibria(SPECIES, Window(x=(0.5, 4), y=(0.5, 4)))[0]
    with pytest.raises(NotStableError, match="saddle.*only a stable equilibrium relaxes"):
        relaxation_time(saddle)


def test_relaxation_of_a_map_is_counted_in_steps() -> None:
    halving = Model.from_equations({"x": "0.5*x"}, kind="map")
    assert spectrum(halving, [0.0]).relaxation_time == pytest.approx(1 / np.log(2))


def test_a_point_that_moves_is_refused_with_its_rates() -> None:
    with pytest.raises(InvalidInputError, match="not at rest at x = 400, y = 401: x has the rate 0.15; y has the rate -0.2"):
        spectrum(RACE, {"x": 400, "y": 401})


def test_eight_digits_typed_by_hand_are_at_rest() -> None:
    assert spectrum(SPECIES, [1.00000001, 0.99999999]).kind == "saddle"


def test_a_singular_point_is_degenerate_and_nearby_it_is_not_decided() -> None:
    fold = Model.from_equations({"x": "m - 1 + 2*x - x**2", "y": "-y"}, {"m": 0})
    assert spectrum(fold, [1, 0]).kind == "degenerate"
    assert spectrum(fold, [1 + 1e-9, 0]).kind == "degenerate"
    assert spectrum(fold.with_values(m=1e-4), [1.01, 0]).kind == "stable node"


def test_bad_places_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="no state 'z'"):
        spectrum(RACE, {"x": 1, "z": 2})
    with pytest.raises(InvalidInputError, match="2 states"):
        spectrum(RACE, [1, 2, 3])
    with pytest.raises(OutOfBoundsError, match="finite"):
        spectrum(RACE, [float("nan"), 1])
    with pytest.raises(NotAutonomousError):
        spectrum(Model.from_equations({"x": "t - x"}), [0])
