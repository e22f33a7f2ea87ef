"""Piecewise polynomials on a closed curve: how fast their error falls, and how meshes follow it."""

import numpy as np
import pytest

from richardson.compiled.field import Field
from richardson.continuation.collocation import DEGREE, GAUSS, SLOPES, VALUES, Profile, adapted, local_errors, phases_of, traced
from richardson.continuation.cycles import limit_cycle
from richardson.continuation.cycles_equations import CycleEquations, Point
from richardson.symbolic.model import Model


@pytest.fixture(scope="module")
def oscillator() -> Model:
    return Model.from_equations({"x": "y", "y": "(1 - x**2)*y - x"}, name="van der Pol")


def turns(phases: np.ndarray) -> np.ndarray:
    """A circle run through at an uneven pace."""
    angle = 2 * np.pi * phases + 0.8 * np.sin(2 * np.pi * phases)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def test_values_and_slopes_at_gauss_points_are_exact_for_polynomials_of_the_degree() -> None:
    nodes = np.linspace(0.0, 1.0, DEGREE + 1)
    np.testing.assert_allclose(VALUES @ nodes**DEGREE, GAUSS**DEGREE, atol=1e-14)
    np.testing.assert_allclose(SLOPES @ nodes**DEGREE, DEGREE * GAUSS ** (DEGREE - 1), atol=1e-13)


def test_the_error_of_the_polynomials_falls_with_the_fifth_power_and_is_estimated() -> None:
    fine = np.linspace(0.0, 1.0, 5001)
    errors, estimates = [], []
    for intervals in (20, 40):
        profile = traced(turns, np.linspace(0.0, 1.0, intervals + 1), 1.0)
        errors.append(np.abs(profile.at(fine) - turns(fine)).max())
        estimates.append(local_errors(profile, np.ones(2)).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(DEGREE + 1, abs=0.5)  # interpolation of degree m
    assert np.log2(estimates[0] / estimates[1]) == pytest.approx(DEGREE + 1, abs=0.5)


def test_the_period_gains_eight_orders(oscillator: Model) -> None:
    # order 2m at mesh points (de Boor and Swartz 1973): 8 with m = 4, on even meshes; the reference is our finest mesh
    exact = limit_cycle(oscillator, [2.0, 0.0])
    mesh = exact.times[::DEGREE] / exact.period
    equations = CycleEquations(Field.of(oscillator), np.ptp(exact.states, axis=0))
    errors = []
    for intervals in (32, 64):
        even = Profile(mesh, exact.states[:-1], exact.period).on(np.linspace(0.0, 1.0, intervals + 1))
        found = equations.corrected(Point(even, np.nan), (equations.phase_row(even),))
        assert found is not None
        errors.append(abs(found[0].profile.period - exact.period))
    assert np.log2(errors[0] / errors[1]) > 7.5


def test_an_adapted_mesh_levels_the_errors() -> None:
    def peak(phases: np.ndarray) -> np.ndarray:
        return np.exp(-(((phases - 0.5) / 0.03) ** 2))[:, None]

    even = traced(peak, np.linspace(0.0, 1.0, 101), 1.0)
    before = local_errors(even, np.ones(1)).max()
    after = traced(peak, adapted(even, np.ones(1), 100), 1.0)
    assert local_errors(after, np.ones(1)).max() < 0.02 * before  # nine tenths of an even mesh lie where nothing happens


def test_phases_run_from_zero_to_one_through_every_interval() -> None:
    mesh = np.array([0.0, 0.2, 1.0])
    np.testing.assert_allclose(phases_of(mesh), [0, 0.05, 0.1, 0.15, 0.2, 0.4, 0.6, 0.8, 1.0], atol=1e-15)
