"""Small disturbances: growth, spread and memory, against closed forms and brute force."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from richardson.errors import InvalidInputError, UnknownNameError
from richardson.landscape.disturbances import autocorrelation_of, covariance_of, growth_of, noise_of
from richardson.models import linear

A6 = np.array([[-0.2, 0.15], [0.1, -0.2]])
SHEAR = np.array([[-1.0, 5.0], [0.0, -2.0]])


def test_reactivity_is_the_largest_eigenvalue_of_the_symmetric_part() -> None:
    assert growth_of(SHEAR, is_map=False).reactivity == pytest.approx(-1.5 + sqrt(0.25 + 2.5**2), rel=1e-14)


def test_a_normal_system_amplifies_nothing() -> None:
    found = growth_of(np.array([[-1.0, 0.3], [0.3, -2.0]]), is_map=False)
    assert (found.amplification, found.time) == (1.0, 0.0)


@settings(max_examples=20)
@given(shear=st.floats(3.0, 50.0), ratio=st.floats(1.1, 20.0))
def test_amplification_is_the_highest_point_of_the_propagator(shear: float, ratio: float) -> None:
    jacobian = np.array([[-1.0, shear], [0.0, -ratio]])
    found = growth_of(jacobian, is_map=False)
    brute = max(float(np.linalg.norm(expm(t * jacobian), 2)) for t in np.linspace(0.0, 3.0, 61))
    assert found.amplification >= brute * (1 - 1e-9)
    assert float(np.linalg.norm(expm(found.time * jacobian), 2)) == pytest.approx(found.amplification, rel=1e-12)


def test_a_map_grows_by_its_largest_singular_value_at_first() -> None:
    found = growth_of(np.array([[0.5, 3.0], [0.0, 0.5]]), is_map=True)
    powers = [float(np.linalg.norm(np.linalg.matrix_power(np.array([[0.5, 3.0], [0.0, 0.5]]), n), 2)) for n in range(30)]
    assert found.reactivity == pytest.approx(log(powers[1]), rel=1e-13)
    assert (found.amplification, found.time) == (pytest.approx(max(powers), rel=1e-13), float(np.argmax(powers)))


def test_the_stationary_covariance_is_that_of_the_linear_race() -> None:
    covariance = covariance_of(A6, np.array([10.0, 10.0]), is_map=False)
    np.testing.assert_allclose(covariance, [[437.5, 250.0], [250.0, 375.0]], rtol=1e-12)  # ACCEPTANCE D5


def test_the_covariance_of_a_map_is_what_its_powers_add_up_to() -> None:
    jacobian, noise = np.array([[0.5, 0.2], [-0.1, 0.7]]), np.array([1.0, 0.5])
    total = sum(np.linalg.matrix_power(jacobian, n) @ np.diag(noise**2) @ np.linalg.matrix_power(jacobian, n).T for n in range(200))
    np.testing.assert_allclose(covariance_of(jacobian, noise, is_map=True), total, rtol=1e-12)


@given(rate=st.floats(0.01, 10.0), lag=st.floats(0.1, 3.0))
def test_one_state_remembers_exponentially(rate: float, lag: float) -> None:
    jacobian = np.array([[-rate]])
    covariance = covariance_of(jacobian, np.array([2.0]), is_map=False)
    assert covariance[0, 0] == pytest.approx(2.0 / rate, rel=1e-12)  # σ²/(2 rate)
    assert autocorrelation_of(jacobian, covariance, lag, is_map=False)[0] == pytest.approx(exp(-rate * lag), rel=1e-12)


def test_a_state_without_noise_has_no_memory_to_speak_of() -> None:
    jacobian = np.diag([-1.0, -2.0])
    covariance = covariance_of(jacobian, np.array([1.0, 0.0]), is_map=False)
    assert np.isnan(autocorrelation_of(jacobian, covariance, 1.0, is_map=False)[1])


def test_variance_rises_as_the_inverse_root_of_the_distance_to_a_fold() -> None:
    distances = np.array([1e-6, 1e-8])  # of m from the fold of x' = m + x − x³ at −2/(3√3): the slope there is −2√(3√(1/3) d) + …
    variances = []
    for distance in distances:
        state = max(np.roots([-1.0, 0.0, 1.0, -2 / (3 * sqrt(3)) + distance]).real)
        variances.append(covariance_of(np.array([[1 - 3 * state**2]]), np.array([1.0]), is_map=False)[0, 0])
    slope = np.diff(np.log(variances)) / np.diff(np.log(distances))
    assert slope[0] == pytest.approx(-0.5, abs=1e-3)  # the next term of the expansion is √d


def test_noise_is_named_by_state() -> None:
    np.testing.assert_array_equal(noise_of(linear(), {"y": 2.0}), [0.0, 2.0])
    np.testing.assert_array_equal(noise_of(linear(), None), [1.0, 1.0])


@pytest.mark.parametrize(
    ("noise", "error"), [({"z": 1.0}, UnknownNameError), ({"x": -1.0}, InvalidInputError), ({"x": 0.0}, InvalidInputError)]
)
def test_noise_that_is_none_is_refused(noise: dict[str, float], error: type[Exception]) -> None:
    with pytest.raises(error):
        noise_of(linear(), noise)
