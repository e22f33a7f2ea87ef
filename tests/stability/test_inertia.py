"""Signs of eigenvalues' real parts without eigenvalues: against numpy's eigenvalues, and exact borders."""

import numpy as np
import pytest
from flint import arb, arb_mat
from hypothesis import assume, given
from hypothesis import strategies as st

from richardson.compiled import balls
from richardson.stability.inertia import growing_count, is_attracting_for_all

matrices = st.integers(1, 6).flatmap(
    lambda size: st.lists(st.floats(-3, 3).map(lambda entry: round(entry, 2)), min_size=size**2, max_size=size**2).map(
        lambda entries: np.array(entries).reshape(size, size)
    )
)


@given(matrices)
def test_flows_and_maps_attract_exactly_when_the_eigenvalues_say_so(matrix: np.ndarray) -> None:
    eigenvalues = np.linalg.eigvals(matrix)
    assume(np.abs(eigenvalues.real).min() > 1e-4 and np.abs(np.abs(eigenvalues) - 1).min() > 1e-4)  # else rounding decides
    flow = is_attracting_for_all(arb_mat(matrix.tolist()))
    mapping = is_attracting_for_all(arb_mat((matrix - np.eye(len(matrix))).tolist()), is_map=True)
    assert flow in (None, bool((eigenvalues.real < 0).all()))
    assert mapping in (None, bool((np.abs(eigenvalues) < 1).all()))
    assert flow is not None or not (eigenvalues.real < 0).all()  # of an attracting one the first column never vanishes


@given(matrices)
def test_as_many_roots_grow_as_eigenvalues_have_positive_real_part(matrix: np.ndarray) -> None:
    eigenvalues = np.linalg.eigvals(matrix)
    assume(np.abs(eigenvalues.real).min() > 1e-4)
    count = growing_count(arb_mat(matrix.tolist()).charpoly(), len(matrix))
    assert count in (None, int((eigenvalues.real > 0).sum()))


@pytest.mark.parametrize("matrix", [[[0, 1], [-1, 0]], [[1, 0], [0, -1]], [[0]]])
def test_a_centre_a_saddle_and_a_standstill_do_not_attract(matrix: list[list[float]]) -> None:
    assert is_attracting_for_all(arb_mat(matrix)) is False


def test_over_a_range_that_crosses_the_border_nothing_is_said() -> None:
    def of(low: float, high: float) -> bool | None:
        return is_attracting_for_all(arb_mat(2, 2, [arb(-1), balls.over(low, high), balls.over(low, high), arb(-1)]))

    assert of(0, 0.999) is True
    assert of(1.3, 2) is False
    assert of(0.9, 1.1) is None
