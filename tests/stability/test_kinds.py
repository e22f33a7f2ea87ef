import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from richardson.dynamics.integrate import integrate
from richardson.stability.equilibria import equilibria
from richardson.stability.kinds import eigenvalues_with_errors, is_attracting, kind_of
from richardson.stability.window import Window
from richardson.symbolic.model import Model

NONE = np.zeros
parts = st.floats(-10, 10).filter(lambda value: abs(value) > 1e-3)  # off the axes by more than any error here
ROUNDED = 1e-12


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ([-1, -2], "stable node"),
        ([-1, -1], "stable node"),
        ([1, 2], "unstable node"),
        ([-1 + 1j, -1 - 1j], "stable focus"),
        ([1 + 1j, 1 - 1j], "unstable focus"),
        ([1, -1], "saddle"),
        ([1j, -1j], "centre"),
        ([0, -1], "degenerate"),
        ([0, 0], "degenerate"),
        ([1j, -1j, -1], "degenerate"),
        ([1j, -1j, 2j, -2j], "degenerate"),
        ([1, -1 + 1j, -1 - 1j], "saddle focus"),
        ([-3, -1 + 1j, -1 - 1j], "stable focus"),
        ([-1], "stable node"),
        ([0], "degenerate"),
    ],
)
def test_a_flow_is_named_by_signs_and_pairs(eigenvalues: list[complex], kind: str) -> None:
    values = np.array(eigenvalues, dtype=complex)
    assert kind_of(values, NONE(len(values))) == kind
    assert is_attracting(values, NONE(len(values))) == kind.startswith("stable")


@pytest.mark.parametrize(
    ("multipliers", "kind"),
    [
        ([0.5, -0.5], "stable node"),
        ([0, 0], "stable node"),
        ([-2, 0.1], "saddle"),
        ([0.9j, -0.9j], "stable focus"),
        ([1, 0.5], "degenerate"),
        ([-1, 0.5], "degenerate"),
        ([1j, -1j], "centre"),
        ([2, 3], "unstable node"),
    ],
)
def test_a_map_is_named_by_moduli(multipliers: list[complex], kind: str) -> None:
    assert kind_of(np.array(multipliers, dtype=complex), np.full(2, ROUNDED), is_map=True) == kind


@given(parts, parts)
def test_time_reversal_swaps_stable_and_unstable(first: float, second: float) -> None:
    swapped = {"stable": "unstable", "unstable": "stable"}
    for values in (np.array([first, second], dtype=complex), np.array([complex(first, second), complex(first, -second)])):
        words = kind_of(values, NONE(2)).split()
        assert kind_of(-values, NONE(2)).split() == [swapped.get(word, word) for word in words]


@given(st.lists(parts, min_size=2, max_size=5), st.randoms())
def test_the_kind_does_not_depend_on_the_order_of_eigenvalues(values: list[float], random: object) -> None:
    shuffled = values.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    size = len(values)
    assert kind_of(np.array(values, dtype=complex), NONE(size)) == kind_of(np.array(shuffled, dtype=complex), NONE(size))


@given(parts, st.floats(1e-3, 1))
def test_an_eigenvalue_below_its_error_is_never_called_stable(size: float, error: float) -> None:
    values = np.array([0.999 * error * np.sign(size), -10.0], dtype=complex)
    errors = np.array([error, error])
    assert kind_of(values, errors) == "degenerate"
    assert not is_attracting(values, errors)


@given(st.lists(parts, min_size=4, max_size=4), st.lists(parts, min_size=4, max_size=4))
def test_errors_bound_what_a_perturbation_of_the_matrix_does(entries: list[float], moves: list[float]) -> None:
    matrix, move = np.array(entries).reshape(2, 2), 1e-9 * np.array(moves).reshape(2, 2)
    values, _, errors = eigenvalues_with_errors(matrix, np.abs(move))
    assume(np.abs(values[0] - values[1]) > 1e-2)  # first-order bounds hold apart from defective matrices
    moved = eigenvalues_with_errors(matrix + move, np.zeros((2, 2)))[0]
    away = np.array([np.abs(moved - value).min() for value in values])
    assert (away <= 1.01 * errors + 1e-13).all()


def test_a_pair_that_is_hardly_known_is_no_centre() -> None:
    """At rest on the kink of max(x, 0) the Jacobian is one of two; by the one half turn in which it damps, paths come closer."""
    assert kind_of(np.array([-0.075 + 1j, -0.075 - 1j]), np.array([0.15, 0.15])) == "degenerate"
    damped = Model.from_equations({"x": "y - 0.3*max(x, 0)", "y": "-x"})
    assert [one.kind for one in equilibria(damped, Window(x=(-3, 5), y=(-2, 2)))] == ["degenerate"]
    late = integrate(damped, [1.0, 0.0], [0.0, 20.0 * np.pi])
    assert np.abs(late.states[-1]).max() < 0.1


def test_a_defective_node_is_a_node_and_a_defective_zero_is_degenerate() -> None:
    for own, kind in ((-1.0, "stable node"), (0.0, "degenerate")):
        values, _, errors = eigenvalues_with_errors(np.array([[own, 1.0], [0.0, own]]), np.zeros((2, 2)))
        assert kind_of(values, errors) == kind


def test_eigenvectors_belong_to_their_eigenvalues() -> None:
    matrix = np.array([[1.0, 2.0, 0.0], [-2.0, 1.0, 0.5], [0.3, 0.0, -4.0]])
    values, vectors, _ = eigenvalues_with_errors(matrix, np.zeros((3, 3)))
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-13)
    assert (np.diff(values.real) <= 1e-12).all()
    assert values[0].imag > 0
