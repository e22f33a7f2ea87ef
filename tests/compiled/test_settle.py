import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.compiled.kernels import factors, settle


def rule(time: float, x: np.ndarray, p: np.ndarray, rates: np.ndarray, jacobian: np.ndarray) -> None:
    """Van der Pol."""
    rates[:] = x[1], (1 - x[0] ** 2) * x[1] - x[0]
    jacobian[:] = (0, 1), (-2 * x[0] * x[1] - 1, 1 - x[0] ** 2)


def error_of(steps: int) -> float:
    work, matrices, pivots = np.empty((settle.WORK, 2)), np.empty((2, 2, 2)), np.empty(2)
    x, rates, jacobian = np.array([2.0, 0.5]), np.empty(2), np.empty((2, 2))
    for _ in range(steps):
        rule(0.0, x, pivots, rates, jacobian)
        settle.attempt(rule, pivots, x, rates, jacobian, 1.0 / steps, work, matrices, pivots)
        x = work[settle.TRIAL].copy()
    return float(np.abs(x - REFERENCE).max())


REFERENCE = solve_ivp(lambda _, x: (x[1], (1 - x[0] ** 2) * x[1] - x[0]), (0, 1), (2.0, 0.5), method="DOP853", rtol=1e-13, atol=1e-14).y[
    :, -1
]


def test_the_method_is_of_order_four() -> None:
    orders = np.log2([error_of(10) / error_of(20), error_of(20) / error_of(40)])
    np.testing.assert_allclose(orders, 4.0, atol=0.3)  # the next order's share at these steps


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_linear_solver_solves(size: int) -> None:
    rng = np.random.default_rng(size)
    matrix, solution, pivots = rng.normal(size=(size, size)), rng.normal(size=size), np.empty(size)
    vector, work = matrix @ solution, matrix.copy()
    assert factors.factor(work, pivots)
    factors.solve(work, pivots, vector)
    np.testing.assert_allclose(vector, solution, rtol=1e-12)


def test_a_singular_matrix_is_seen() -> None:
    assert not factors.factor(np.zeros((2, 2)), np.empty(2))
