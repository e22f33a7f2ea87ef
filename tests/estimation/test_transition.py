import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import solve_ivp

from richardson.errors import NotIdentifiableError
from richardson.estimation.transition import continuous_system, transition, transition_derivatives

A6 = np.array([[-0.2, 0.15, 20.0], [0.1, -0.2, 40.0]])
entries = st.floats(-0.7, 0.7)  # spectral radius below π for two states, so that the principal logarithm is the system


def test_the_transition_is_the_flow_of_the_equations():
    reached = solve_ivp(lambda t, x: A6[:, :2] @ x + A6[:, 2], (0, 1.5), [3.0, 7.0], method="DOP853", rtol=1e-12, atol=1e-12).y[:, -1]
    step = transition(A6, 1.5)
    assert step[:, :2] @ [3.0, 7.0] + step[:, 2] == pytest.approx(reached, rel=1e-10)


def test_one_state_has_the_closed_form():
    a, g, spacing = 0.3, 2.0, 2.5
    decay = np.exp(-a * spacing)
    assert transition(np.array([[-a, g]]), spacing)[0] == pytest.approx([decay, g * (1 - decay) / a], rel=1e-14)


def test_without_mutual_influence_or_fatigue_the_constant_adds_up():
    assert transition(np.array([[0.0, 2.0]]), 3.0)[0] == pytest.approx([1.0, 6.0], rel=1e-14)


@given(system=arrays(float, (2, 3), elements=entries), spacing=st.floats(0.2, 2.0))
def test_the_logarithm_undoes_the_transition(system, spacing):
    eigenvalues = np.linalg.eigvals(system[:, :2])
    back = continuous_system(transition(system, spacing), spacing)
    nearly_double = abs(np.subtract(*eigenvalues)) < 1e-3  # half the digits go where two rates nearly agree
    assert back == pytest.approx(system, abs=1e-6 if nearly_double else 1e-10)


def test_derivatives_agree_with_differences():
    directions = np.random.default_rng(1).normal(size=(3, 2, 3))
    step = 1e-5
    for direction, derivative in zip(directions, transition_derivatives(A6, directions, 1.0), strict=True):
        slope = (transition(A6 + step * direction, 1.0) - transition(A6 - step * direction, 1.0)) / (2 * step)
        assert derivative == pytest.approx(slope, rel=1e-7, abs=1e-8)  # central differences of size 1e-5


@pytest.mark.parametrize("eigenvalues", [(-0.3, 0.5), (0.0, 0.5), (-0.4, -0.4)])
def test_a_negative_or_vanishing_eigenvalue_has_no_logarithm(eigenvalues):
    turn = np.array([[2.0, 1.0], [1.0, 1.0]])
    matrix = turn @ np.diag(eigenvalues) @ np.linalg.inv(turn)
    with pytest.raises(NotIdentifiableError, match="no unique real logarithm"):
        continuous_system(np.column_stack((matrix, [1.0, 1.0])), 1.0)


def test_a_rotation_comes_back_as_its_slowest_form():
    spin = np.array([[0.0, -2.0, 0.0], [2.0, 0.0, 0.0]])
    assert continuous_system(transition(spin, 1.0), 1.0) == pytest.approx(spin, abs=1e-12)
    aliased = np.array([[0.0, -(2.0 + 2 * np.pi), 0.0], [2.0 + 2 * np.pi, 0.0, 0.0]])
    assert continuous_system(transition(aliased, 1.0), 1.0) == pytest.approx(spin, abs=1e-10)


def test_a_unit_eigenvalue_is_no_obstacle():
    drift = np.array([[0.0, 0.0, 1.0], [0.0, -0.5, 2.0]])
    assert continuous_system(transition(drift, 1.0), 1.0) == pytest.approx(drift, abs=1e-7)
