"""Coefficients against closed forms of scalar and planar normal forms, in rotated and stretched coordinates, and against orbits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from richardson.arrays import FloatArray
from richardson.continuation import normal_forms

numbers = st.floats(-2, 2)
PLANE = st.tuples(arrays(float, (2, 2, 2), elements=numbers), arrays(float, (2, 2, 2, 2), elements=numbers))


def symmetric(second: FloatArray, third: FloatArray) -> tuple[FloatArray, FloatArray]:
    both = (second + second.swapaxes(1, 2)) / 2
    orders = [(0, 1, 2, 3), (0, 1, 3, 2), (0, 2, 1, 3), (0, 2, 3, 1), (0, 3, 1, 2), (0, 3, 2, 1)]
    return both, np.mean([third.transpose(order) for order in orders], axis=0)


def planar_third_order_amplitude(b: FloatArray, c: FloatArray, omega: float) -> float:
    """a of ṙ = a r³ for ẋ = −ωy + f, ẏ = ωx + g: Guckenheimer & Holmes (1983), (3.4.11) (quoted from memory)."""
    f, g = b
    cubes = c[0, 0, 0, 0] + c[0, 0, 1, 1] + c[1, 0, 0, 1] + c[1, 1, 1, 1]
    squares = f[0, 1] * (f[0, 0] + f[1, 1]) - g[0, 1] * (g[0, 0] + g[1, 1]) - f[0, 0] * g[0, 0] + f[1, 1] * g[1, 1]
    return float(cubes / 16 + squares / (16 * omega))


@given(forms=PLANE, omega=st.floats(0.5, 3))
def test_the_first_lyapunov_coefficient_is_the_planar_formula(forms: tuple[FloatArray, FloatArray], omega: float) -> None:
    second, third = symmetric(*forms)
    real, scaled = normal_forms.first_lyapunov(np.array([[0.0, -omega], [omega, 0.0]]), second, third, omega)
    assert real == pytest.approx(2 * planar_third_order_amplitude(second, third, omega), abs=1e-11)  # r² = 2|z|² for ‖q‖ = 1
    assert scaled == real / omega


@given(mix=arrays(float, (3, 3), elements=numbers), rate=st.floats(0.5, 2))
def test_the_first_lyapunov_coefficient_follows_the_length_of_q(mix: FloatArray, rate: float) -> None:
    # ż = iz + c z|z|², ẇ = −rate w + |z|² + …, seen through coordinates x = T (Re z, Im z, w)
    change = np.eye(3) + 0.2 * mix
    linear = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -rate]])
    second, third = np.zeros((3, 3, 3)), np.zeros((3, 3, 3, 3))
    second[2, 0, 0] = second[2, 1, 1] = 2.0  # ẇ = −rate w + x² + y²
    second[0, 0, 2] = second[0, 2, 0] = second[1, 1, 2] = second[1, 2, 1] = 1.0  # ẋ = … + x w: on w = r²/rate, ṙ = r³/rate
    inverse = np.linalg.inv(change)
    moved = np.einsum("ia,abc,bj,ck->ijk", change, second, inverse, inverse)
    real, _ = normal_forms.first_lyapunov(change @ linear @ inverse, moved, third, 1.0)
    q = change @ np.array([1.0, -1j, 0.0])  # z = 2ζ here, so r² = 4|ζ|², and ζ = |q|⁻¹ …
    assert real == pytest.approx(4.0 / rate / np.linalg.norm(q) ** 2, rel=1e-9)


@given(angle=st.floats(0, 3), stretch=st.floats(0.5, 2), a=numbers, rate=st.floats(0.5, 2))
def test_a_fold_coefficient_is_that_of_the_scalar_it_hides(angle: float, stretch: float, a: float, rate: float) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1.0, stretch])
    inverse = np.linalg.inv(turn)
    second = np.zeros((2, 2, 2))
    second[0, 0, 0], second[1, 0, 1], second[1, 1, 0] = 2 * a, 1.0, 1.0
    moved = np.einsum("ia,abc,bj,ck->ijk", turn, second, inverse, inverse)
    q, p = normal_forms.null_vectors(turn @ np.diag([0.0, -rate]) @ inverse)
    sign = 1.0 if q @ turn[:, 0] > 0 else -1.0  # the largest component of q is positive
    assert normal_forms.fold_coefficient(moved, q, p) == pytest.approx(sign * a, abs=1e-12)
    assert (np.linalg.norm(q), p @ q) == pytest.approx((1.0, 1.0), rel=1e-12)


@given(c=numbers, pull=numbers, push=numbers, rate=st.floats(0.5, 2))
def test_a_cubic_coefficient_counts_what_the_fast_direction_adds(c: float, pull: float, push: float, rate: float) -> None:
    # ẋ = c x³ + pull x w, ẇ = −rate w + push x²: on w = push x²/rate, ẋ = (c + pull push/rate) x³
    second, third = np.zeros((2, 2, 2)), np.zeros((2, 2, 2, 2))
    second[0, 0, 1] = second[0, 1, 0] = pull
    second[1, 0, 0], third[0, 0, 0, 0] = 2 * push, 6 * c
    jacobian = np.diag([0.0, -rate])
    q, p = normal_forms.null_vectors(jacobian)
    found = normal_forms.cubic_coefficient(jacobian, second, third, q, p)
    assert found == pytest.approx(c + pull * push / rate, abs=1e-12)


@pytest.mark.parametrize(("a", "c"), [(1.0, 0.5), (-0.7, -2.0), (0.3, 0.0)])
def test_a_flip_coefficient_is_that_of_the_twice_iterated_map(a: float, c: float) -> None:
    # y ↦ −y + a y² + c y³ twice is y − 2(a² + c) y³ + …, so b = a² + c: expanded by hand
    found = normal_forms.flip_coefficient(np.array([[-1.0]]), np.array([[[2 * a]]]), np.array([[[[6 * c]]]]))
    assert found == pytest.approx(a * a + c, rel=1e-13)


def test_a_neimark_sacker_coefficient_is_that_of_the_delayed_logistic_map() -> None:
    # x ↦ r x (1 − y), y ↦ x at r = 2: θ = π/3, d = −2 in coordinates with x = z + z̄: Kuznetsov (2004), example 4.2 (from memory);
    # here checked by the radius of an orbit that decays to the fixed point as |z|⁻² grows by −2 Re d a step
    second = np.zeros((2, 2, 2))
    second[0, 0, 1] = second[0, 1, 0] = -2.0
    jacobian = np.array([[1.0, -1.0], [1.0, 0.0]])
    found = normal_forms.neimark_sacker_coefficient(jacobian, second, np.zeros((2, 2, 2, 2)), np.pi / 3)
    _, p = normal_forms.eigenvectors_near(jacobian, complex(np.exp(1j * np.pi / 3)))
    place, sizes = np.array([0.501, 0.5]), []
    for step in range(1, 240_001):
        place = np.array([2 * place[0] * (1 - place[1]), place[0]])
        if step in (120_000, 240_000):
            sizes.append(abs(np.vdot(p, place - 0.5)) ** -2)
    assert (sizes[1] - sizes[0]) / 120_000 == pytest.approx(-2 * found, rel=0.01)  # the next order shrinks as |z|², here 1e-4 … 1e-5
