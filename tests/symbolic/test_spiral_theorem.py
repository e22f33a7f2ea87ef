"""What the spiral number decides, and what it does not (docs/explanation/security-dilemma.md)."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from richardson.arrays import FloatArray
from richardson.symbolic.conditions import spiral_number_of

SEEDS = st.integers(0, 2**32 - 1)
COUNTS = st.integers(2, 6)
NEAR = 1e-6  # to R = 1, where rounding decides


def of_instant_fear(rng: np.random.Generator, count: int) -> FloatArray:
    """P − D with P ≥ 0, some entries zero, and R on either side of one."""
    cross = rng.uniform(0, 1, (count, count)) * (rng.uniform(size=(count, count)) < 0.8) * (1 - np.eye(count))
    return cross * rng.uniform(0.2, 3) - np.diag(rng.uniform(0.1, 2, count) * count / 2)


def with_fear(own: FloatArray, answer: FloatArray, seen: FloatArray, calming: FloatArray, time: FloatArray) -> FloatArray:
    """Jacobian of arms and fear: ẋ = K f − A x, τ ḟ = W x − ρ x − f."""
    return np.block([[-np.diag(own), np.diag(answer)], [(seen - np.diag(calming)) / time[:, np.newaxis], -np.diag(1 / time)]])


def leading(jacobian: FloatArray) -> float:
    return float(np.linalg.eigvals(jacobian).real.max())


def number_of(jacobian: FloatArray) -> float:
    count = len(jacobian) // 2
    number = spiral_number_of(jacobian, np.array([False] * count + [True] * count))
    assert number is not None
    return number


@given(seed=SEEDS, count=COUNTS)
@settings(max_examples=100)
def test_with_instant_fear_stability_is_a_spiral_number_below_one(seed: int, count: int) -> None:
    jacobian = of_instant_fear(np.random.default_rng(seed), count)
    number = spiral_number_of(jacobian)
    assert number is not None
    assume(abs(number - 1) > NEAR)
    assert (leading(jacobian) < 0) == (number < 1)


@given(seed=SEEDS, count=COUNTS)
@settings(max_examples=100)
def test_with_slow_fear_a_spiral_number_above_one_is_unstable_whatever_reassures(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    own, answer, calming, time = rng.uniform(0.1, 2, (4, count))
    seen = rng.uniform(0, 3, (count, count)) * (1 - np.eye(count))
    jacobian = with_fear(own, answer, seen, calming, time)
    assume(number_of(jacobian) > 1 + NEAR)
    assert leading(jacobian) > 0


@given(seed=SEEDS, count=COUNTS)
@settings(max_examples=100)
def test_without_reassurance_slow_fear_changes_no_verdict(seed: int, count: int) -> None:
    """ρ = 0: no state lowers another's rate, so R < 1 is stable for every τ."""
    rng = np.random.default_rng(seed)
    own, answer = rng.uniform(0.1, 2, (2, count))
    time = 10 ** rng.uniform(-2, 2, count)
    seen = rng.uniform(0, 1.5 / count, (count, count)) * (1 - np.eye(count))
    jacobian = with_fear(own, answer, seen, np.zeros(count), time)
    assume(abs(number_of(jacobian) - 1) > NEAR)
    assert (leading(jacobian) < 0) == (number_of(jacobian) < 1)


@given(seed=SEEDS, count=COUNTS)
@settings(max_examples=100)
def test_among_nations_that_see_each_other_alike_slow_fear_changes_no_verdict(seed: int, count: int) -> None:
    """μ = 0 and P = diag(K) W with W symmetrisable (here S·diag with S symmetric), any ρ, any τ: stable iff R < 1."""
    rng = np.random.default_rng(seed)
    own, answer, calming, sizes = rng.uniform(0.1, 2, (4, count))
    half = rng.uniform(0, 3 / count, (count, count)) * (1 - np.eye(count))
    jacobian = with_fear(own, answer, (half + half.T) * sizes, calming, 10 ** rng.uniform(-2, 2, count))
    assume(abs(number_of(jacobian) - 1) > NEAR)
    assert (leading(jacobian) < 0) == (number_of(jacobian) < 1)


@given(seed=SEEDS)
@settings(max_examples=100)
def test_of_two_nations_without_ambition_slow_fear_changes_no_verdict(seed: int) -> None:
    """Two that see each other are always symmetrisable: any ρ, any τ."""
    rng = np.random.default_rng(seed)
    own, answer, calming = rng.uniform(0.1, 3, (3, 2))
    seen = np.array([[0.0, rng.uniform(0, 3)], [rng.uniform(0, 3), 0.0]])
    jacobian = with_fear(own, answer, seen, calming, 10 ** rng.uniform(-2, 2, 2))
    assume(abs(number_of(jacobian) - 1) > NEAR)
    assert (leading(jacobian) < 0) == (number_of(jacobian) < 1)


@given(seed=SEEDS, count=COUNTS)
@settings(max_examples=60)
def test_the_first_instability_lifts_all_nations_together(seed: int, count: int) -> None:
    """The prediction of the security dilemma that can fail: the leading vector is Perron's, real, and of one sign."""
    jacobian = of_instant_fear(np.random.default_rng(seed), count)
    values, vectors = np.linalg.eig(jacobian)
    first = int(np.argmax(values.real))
    vector = vectors[:, first] / vectors[np.argmax(np.abs(vectors[:, first])), first]
    assert values[first].imag == 0.0
    assert (vector.real > -1e-9).all()  # zero where a nation sees nobody: rounding


@pytest.mark.parametrize(("ring", "swings"), [(True, True), (False, False)])
def test_only_rings_of_fear_swing(ring: bool, swings: bool) -> None:
    """The counter-example's numbers, K = 5, A = 0.1, ρ = 1, τ = 1, R = 0.882: seen one way round, or half each way."""
    one_way = 0.9 * np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
    seen = one_way if ring else (one_way + one_way.T) / 2
    jacobian = with_fear(np.full(3, 0.1), np.full(3, 5.0), seen, np.ones(3), np.ones(3))
    assert number_of(jacobian) == pytest.approx(0.882352941, abs=1e-9)
    assert (leading(jacobian) > 0) == swings
