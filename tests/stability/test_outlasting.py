"""Stability that outlasts an uncertainty: against chains whose eigenvalues are known in closed form, and against what the bounds allow."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from richardson.models import security_dilemma
from richardson.stability.kinds import attracts, eigenvalues_with_errors, is_attracting, kind_of
from richardson.stability.near import equilibrium_near
from richardson.stability.outlasting import outlasts

seeds = st.integers(0, 2**32 - 1)


def chain(length: int, rate: float) -> np.ndarray:
    """A chain, each driven by the next: one eigenvalue ``rate``, with one eigenvector."""
    return rate * np.eye(length) + np.diag(np.ones(length - 1), 1)


@pytest.mark.parametrize("is_map", [False, True])
@pytest.mark.parametrize("length", [2, 5, 20])
def test_a_chain_outlasts_no_more_than_what_closes_it_to_an_unstable_ring(length: int, is_map: bool) -> None:
    """ε from the first back to the last moves the eigenvalues of a chain to rate + ε^(1/d) times the roots of unity."""
    matrix, last = chain(length, 0.5 if is_map else -0.5), np.zeros((length, length))
    last[-1, 0] = 0.5**length
    for share in (1.001, 1.5, 100.0):
        assert not outlasts(matrix, share * last, is_map=is_map)
    assert outlasts(matrix, 1e-3 * last / length**2, is_map=is_map)
    assert outlasts(matrix, np.zeros_like(matrix), is_map=is_map)


def test_a_long_chain_is_stable_though_no_bound_of_single_eigenvalues_says_so() -> None:
    matrix = chain(20, -0.5)
    doubt = 1e-15 * np.abs(matrix)  # a ring of 20 with 1e-15 has a radius of 0.18
    values, _, errors = eigenvalues_with_errors(matrix, doubt)
    assert not is_attracting(values, errors)
    assert attracts(values, errors, matrix, doubt)
    assert kind_of(values, errors, is_stable=True) == "stable node"
    slow = chain(20, -0.1)
    values, _, errors = eigenvalues_with_errors(slow, doubt)
    assert not attracts(values, errors, slow, np.full_like(slow, 1e-15))  # its ring is unstable


@pytest.mark.parametrize("is_map", [False, True])
@given(seed=seeds, size=st.integers(1, 6))
def test_whatever_lies_within_the_bounds_of_what_outlasts_them_is_stable(seed: int, size: int, is_map: bool) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, size)) * rng.choice([0.1, 1.0, 10.0], (size, size)) - (0 if is_map else 4.0) * np.eye(size)
    matrix *= 0.2 if is_map else 1.0
    doubt = rng.uniform(0, 1, (size, size)) * 10.0 ** rng.uniform(-6, -0.5)
    assume(outlasts(matrix, doubt, is_map=is_map))
    for _ in range(30):
        values = np.linalg.eigvals(matrix + doubt * rng.choice([-1.0, 1.0], (size, size)))
        assert (np.abs(values).max() < 1) if is_map else (values.real.max() < 0)


@given(seed=seeds, size=st.integers(1, 6))
def test_what_is_unstable_outlasts_nothing(seed: int, size: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(size, size))
    assert outlasts(matrix, np.zeros((size, size))) <= (np.linalg.eigvals(matrix).real.max() < 0)
    assert outlasts(matrix, np.zeros((size, size)), is_map=True) <= (np.abs(np.linalg.eigvals(matrix)).max() < 1)


@pytest.mark.parametrize("matrix", [np.zeros((2, 2)), np.diag([-1.0, 0.0]), np.array([[0.0, 1.0], [-1.0, 0.0]]), np.full((2, 2), np.nan)])
def test_on_the_border_and_without_numbers_nothing_is_shown(matrix: np.ndarray) -> None:
    assert not outlasts(matrix, np.zeros((2, 2)))


@pytest.mark.slow  # 900 states
def test_thirty_alike_believing_nations_rest_as_three_do() -> None:
    """Nearly all of 900 eigenvalues are −ν = −0.2, the slowest is that of any number of nations that see each other as one of a pair."""
    found = []
    for count in (3, 30):
        shares = {"exposure_low": 0.2 / (count - 1), "exposure_high": 1 / (count - 1)}
        model = security_dilemma(count, beliefs=True, defence=0.45, balance=-0.1, **shares)
        found.append(equilibrium_near(model, [0.5] * count + [-1.0] * (count * (count - 1))))
    few, many = found
    assert (many.kind, many.is_stable) == (few.kind, few.is_stable) == ("stable node", True)
    assert many.eigenvalues.real.max() == pytest.approx(few.eigenvalues.real.max(), rel=1e-9)
