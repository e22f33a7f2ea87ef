"""Floquet multipliers: from chains of matrices whose product is known, and against the variational equations."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.compiled.field import Field
from richardson.continuation.cycles import LimitCycle, limit_cycle
from richardson.continuation.floquet import multipliers
from richardson.symbolic.model import Model

LENGTH = 40


def chain(logarithm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Transfer matrices, in bases that change from one to the next, and the flow's directions.

    The first direction of every basis is the flow's, with multiplier 1; ``logarithm`` is that of the rest of the product.
    """
    rng = np.random.default_rng(5)
    d = len(logarithm) + 1
    generator = np.zeros((d, d))
    generator[1:, 1:] = logarithm / LENGTH
    step = expm_of(generator)
    bases = [np.linalg.qr(rng.normal(size=(d, d)))[0] @ np.diag(rng.uniform(0.5, 2.0, d)) for _ in range(LENGTH)]
    transfer = np.array([bases[(i + 1) % LENGTH] @ step @ np.linalg.inv(bases[i]) for i in range(LENGTH)])
    return transfer, np.array([basis[:, 0] for basis in bases])


def expm_of(matrix: np.ndarray) -> np.ndarray:
    from scipy.linalg import expm

    return expm(matrix)


def test_tiny_and_huge_multipliers_keep_their_relative_accuracy() -> None:
    expected = np.array([25.0, np.log(0.5), -60.0])  # 7·10¹⁰, ½ and 9·10⁻²⁷: their product's entries hold only the first
    found = multipliers(*chain(np.diag(expected)))
    np.testing.assert_allclose(np.log(found.across.real), expected, atol=1e-10)
    assert found.along == pytest.approx(1.0, abs=1e-12)


def test_a_complex_pair_stays_a_pair_beside_a_strong_contraction() -> None:
    logarithm = np.array([[0.1, -0.7, 0.0], [0.7, 0.1, 0.0], [0.0, 0.0, -40.0]])
    found = multipliers(*chain(logarithm)).across
    np.testing.assert_allclose(found[:2], np.exp(0.1) * np.exp([0.7j, -0.7j]), rtol=1e-11)
    assert np.log(found[2].real) == pytest.approx(-40.0, abs=1e-10)


def test_a_second_multiplier_at_one_is_not_blurred() -> None:
    # the eigenvalues of the whole product would be off by the square root of rounding, 1e-8
    logarithm = np.array([[1e-12]])
    assert multipliers(*chain(logarithm)).across[0].real - 1.0 == pytest.approx(1e-12, abs=2e-13)


@pytest.fixture(scope="module")
def rossler() -> Model:
    equations = {"x": "-y - z", "y": "x + a*y", "z": "b + z*(x - c)"}
    return Model.from_equations(equations, {"a": 0.2, "b": 0.2, "c": 2.5}, name="Rössler")


@pytest.fixture(scope="module")
def cycle(rossler: Model) -> LimitCycle:
    return limit_cycle(rossler, [1.0, 1.0, 1.0])


def test_the_multipliers_are_those_of_the_variational_equations(rossler: Model, cycle: LimitCycle) -> None:
    field = Field.of(rossler)

    def variation(time: float, state: np.ndarray) -> np.ndarray:
        rates, jacobian = field.rates_and_jacobian(time, np.ascontiguousarray(state[:3]))
        return np.concatenate((rates, (jacobian @ state[3:].reshape(3, 3)).ravel()))

    start = np.concatenate((cycle.states[0], np.eye(3).ravel()))
    end = solve_ivp(variation, (0.0, cycle.period), start, method="DOP853", rtol=1e-12, atol=1e-14).y[:, -1]
    np.testing.assert_allclose(end[:3], cycle.states[0], rtol=1e-9)  # error of the cycle, multiplied by its return
    monodromy = np.linalg.eigvals(end[3:].reshape(3, 3))
    np.testing.assert_allclose(cycle.multipliers, monodromy[np.argsort(-np.abs(monodromy))], rtol=1e-8, atol=1e-11)


def test_the_product_of_the_multipliers_is_liouvilles(cycle: LimitCycle) -> None:
    # trace of the Jacobian: a + x − c; the mean of x over the cycle by Simpson's rule on the nodes, of fifth order
    from scipy.integrate import simpson

    exponent = simpson(0.2 + cycle["x"] - 2.5, x=cycle.times)
    assert np.log(abs(np.prod(cycle.multipliers))) == pytest.approx(exponent, rel=1e-6)
