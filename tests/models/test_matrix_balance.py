"""Structural balance of a matrix of relations: closed forms, factions, the scalar form that the bounded one contains."""

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson import errors
from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.models import (
    balance_path,
    blow_up_time,
    bounded_balance,
    factions,
    hostility,
    linear,
    relations,
    scalar_balance,
    structural_balance,
)
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

UPPER = np.triu_indices(3)


def symmetric(seed: int, size: int = 3) -> np.ndarray:
    matrix = np.random.default_rng(seed).normal(size=(size, size))
    return np.asarray(matrix + matrix.T)


# -- Ẋ = X² --------------------------------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_the_rates_are_the_square_of_the_matrix(seed: int) -> None:
    matrix = symmetric(seed)
    rates = Field.of(structural_balance()).rates(0.0, matrix[UPPER])
    np.testing.assert_allclose(rates, (matrix @ matrix)[UPPER], rtol=1e-13, atol=1e-13)  # rounding of sums of three products


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 0.95))
@settings(max_examples=30)
def test_relations_follow_their_closed_form_until_they_reach_infinity(seed: int, share: float) -> None:
    """X₀ (I − X₀ t)⁻¹ by numpy's inverse, and its derivative is its square."""
    matrix, model = symmetric(seed), structural_balance()
    end = blow_up_time(model, relations(matrix))
    largest = np.linalg.eigvalsh(matrix)[-1]
    assert end == (pytest.approx(1 / largest, rel=1e-10) if largest > 0 else np.inf)
    time = share * min(end, 10.0)
    path = balance_path(model, relations(matrix), [time])[0]
    exact = matrix @ np.linalg.inv(np.eye(3) - matrix * time)
    np.testing.assert_allclose(path, exact[UPPER], rtol=1e-8, atol=1e-8 * np.abs(exact).max())  # condition of the inverse near its pole


def test_a_run_takes_the_closed_path_and_escapes_when_it_says() -> None:
    start, model = relations(symmetric(3)), structural_balance()
    end = blow_up_time(model, start)
    times = np.linspace(0, 0.9 * end, 5)
    np.testing.assert_allclose(integrate(model, start, times).states, balance_path(model, start, times), rtol=1e-5, atol=1e-6)
    run = integrate(model, start, [0, 2 * end])
    assert run.outcome is Outcome.ESCAPED
    assert run.stopped_at == pytest.approx(end, rel=1e-5)  # at 1e9, with the integrator's error before


@pytest.mark.parametrize("seed", range(6))
def test_relations_without_a_positive_eigenvalue_fade_whatever_rounding_says(seed: int) -> None:
    """−V Vᵀ of four members and three columns: its largest eigenvalue is 0, and eigvalsh's is some 1e-15."""
    columns = np.random.default_rng(seed).integers(-3, 4, (4, 3)).astype(float)
    model, start = structural_balance(4), relations(-(columns @ columns.T))
    assert blow_up_time(model, start) == np.inf
    with pytest.raises(errors.InvalidInputError, match="fade without factions"):
        factions(model, start)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_near_the_end_the_signs_of_the_relations_are_those_of_the_factions(seed: int) -> None:
    """Friends within, enemies between, whatever the start: the path in 40 digits, at 1 − 10⁻²⁰ of the time, over all pairs."""
    matrix, model = symmetric(seed, 4), structural_balance(4)
    values, vectors = np.linalg.eigh(matrix)
    if values[-1] < 1e-3 or values[-1] - values[-2] < 1e-3 or np.abs(vectors[:, -1]).min() < 1e-3:
        return  # no factions, or only at times that rounding of the start decides
    camps = factions(model, relations(matrix))
    with mpmath.workdps(40):
        exact = mpmath.matrix(matrix.tolist())
        largest = max(mpmath.eigsy(exact, eigvals_only=True))
        path = exact * mpmath.inverse(mpmath.eye(4) - exact * ((1 - mpmath.mpf(10) ** -20) / largest))
        signs = [[int(mpmath.sign(path[i, j])) for j in range(4)] for i in range(4)]
    assert signs == np.outer(camps, camps).tolist()
    assert camps[0] == 1


def test_two_hostile_pairs_of_friends_become_two_factions_and_friends_all_one() -> None:
    camps = np.outer([1, 1, -1, -1], [1, 1, -1, -1]) * 0.3
    assert factions(structural_balance(4), relations(camps)).tolist() == [1, 1, -1, -1]
    assert factions(structural_balance(3), relations(np.full((3, 3), 0.2))).tolist() == [1, 1, 1]


def test_camps_of_equal_feeling_are_hostility_with_the_number_of_members() -> None:
    """X = c s sᵀ has X² = N c² s sᵀ: ċ = N c², hostility without growth."""
    start = relations(0.5 * np.outer([1, -1, 1], [1, -1, 1]))
    assert blow_up_time(structural_balance(3), start) == pytest.approx(blow_up_time(hostility(growth=0, acceleration=3), [0.5]), rel=1e-14)


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (-np.eye(3), "fade without factions"),
        (np.zeros((3, 3)), "fade without factions"),
        (np.eye(3), "not simple"),
        (np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.1]]), "Member 3 joins no faction"),
    ],
)
def test_factions_that_are_open_are_not_told(start: np.ndarray, reason: str) -> None:
    with pytest.raises(errors.InvalidInputError, match=reason):
        factions(structural_balance(), relations(start))


def test_a_time_beyond_the_end_is_refused() -> None:
    for times in ([0.0, 2.0], [-0.1], [np.nan], [[0.1]]):
        with pytest.raises(errors.InvalidInputError, match="from 0 to before 1 years"):
            balance_path(structural_balance(2), relations(np.diag([1.0, 0.5])), times)


@pytest.mark.parametrize("model", [linear(), bounded_balance(2), structural_balance(2).with_term("relation_x_x", "1")])
def test_the_closed_forms_of_other_equations_are_refused(model: Model) -> None:
    for closed in (lambda: balance_path(model, [1, 0, 1], [0]), lambda: factions(model, [1, 0, 1]), lambda: blow_up_time(model, [1, 0, 1])):
        with pytest.raises(errors.InvalidInputError, match=r"closed form .* Use integrate"):
            closed()


@pytest.mark.parametrize("matrix", [[[1, 2], [3, 4]], [1, 2], [[1, 2]], [[1.0]], "x", [[np.nan, 0], [0, 1]]])
def test_what_is_no_matrix_of_relations_is_refused(matrix: object) -> None:
    with pytest.raises(errors.InvalidInputError):
        relations(matrix)  # type: ignore[arg-type] # wrong on purpose


def test_members_have_their_names() -> None:
    named = structural_balance(("Red", "Blue"))
    assert named.state_names == ("relation_Red_Red", "relation_Red_Blue", "relation_Blue_Blue")
    start = relations([[0.1, -1], [-1, 0.1]], ("Red", "Blue"))
    assert factions(named, start).tolist() == [1, -1]
    with pytest.raises(errors.InvalidInputError, match="3 members and 2 rows"):
        relations([[0, 1], [1, 0]], ("a", "b", "c"))


@pytest.mark.parametrize("make", [structural_balance, bounded_balance])
def test_members_that_are_too_few_or_too_many_are_refused(make: type) -> None:
    for members in (1, 7, ("x", "x")):
        with pytest.raises(errors.InvalidInputError):
            make(members)


def test_structural_balance_has_no_parameters_to_give() -> None:
    with pytest.raises(errors.UnknownNameError, match="drive"):
        structural_balance(3, drive=1)


# -- bounded -------------------------------------------------------------------------------------------------------------------------


def test_the_bounded_rates_are_the_matrix_formula() -> None:
    matrix, baseline, values = symmetric(1, 2), symmetric(2, 2), {"drive": 0.3, "saturation": 2.0, "decay": 0.7}
    model = bounded_balance(2, **values, **{name.replace("relation", "baseline"): number for name, number in relations(baseline).items()})
    expected = -0.7 * (matrix - baseline) + 2 * np.tanh(0.3 * (matrix @ matrix) / 2)
    rates = Field.of(model).rates(0.0, matrix[np.triu_indices(2)])
    np.testing.assert_allclose(rates, expected[np.triu_indices(2)], rtol=1e-13, atol=1e-14)


def test_without_limit_and_baseline_it_is_structural_balance() -> None:
    bounded, free = bounded_balance(2), structural_balance(2)
    for rate, plain in zip(bounded.rates, free.rates, strict=True):
        unbounded = sympy.limit(rate.subs({bounded.symbol("decay"): 0, bounded.symbol("drive"): 1}), bounded.symbol("saturation"), sympy.oo)
        assert sympy.expand(unbounded - plain) == 0


@pytest.mark.parametrize("members", [2, 3, 5])
def test_two_camps_of_equal_feeling_are_the_scalar_balance_exactly(members: int) -> None:
    """X = (λ/N) s sᵀ: every rate of the matrix is that of λ, over N, with saturation N L; symbolically."""
    model, scalar = bounded_balance(members), scalar_balance()
    size = scalar.symbol("balance_eigenvalue")
    camps = {name: (1 if model.values[f"baseline_{name[9:]}"] > 0 else -1) for name in model.state_names}
    put = {model.symbol(name): sign * size / members for name, sign in camps.items()}
    put |= {model.symbol(f"baseline_{name[9:]}"): sign * scalar.symbol("baseline") / members for name, sign in camps.items()}
    put |= {model.symbol("saturation"): scalar.symbol("saturation") / members}
    for name, rate in zip(model.state_names, model.rates, strict=True):
        assert sympy.simplify(rate.subs(put) - camps[name] * scalar.rates[0] / members) == 0


def test_the_default_matrix_has_the_folds_of_the_default_scalar_balance() -> None:
    """MODELS.md section 1: α = 0.0786049507553 at λ = 3.24107689191; there the matrix has a zero eigenvalue along its camps."""
    model = bounded_balance(2, drive=0.0786049507553)
    camps = np.sign([model.values[f"baseline_{name[9:]}"] for name in model.state_names])
    rates, jacobian = Field.of(model).rates_and_jacobian(0.0, camps * 3.24107689191 / 2)
    np.testing.assert_allclose(rates, 0, atol=1e-11)  # the digits given
    np.testing.assert_allclose(jacobian @ camps, 0, atol=1e-10)


def test_without_camps_the_scalar_form_is_a_reduction_only() -> None:
    """From a baseline of unequal feelings the leading eigenvalue does not rest where the scalar form says."""
    start = np.array([[2.0, -0.5], [-0.5, 0.2]])
    baseline = {name.replace("relation", "baseline"): value for name, value in relations(start).items()}
    rest = integrate(bounded_balance(2, **baseline), relations(start), [0, 200]).states[-1]
    tension = np.linalg.eigvalsh([rest[:2], rest[1:]])[-1]
    leading = np.linalg.eigvalsh(start)[-1]
    scalar = integrate(scalar_balance(baseline=leading), [leading], [0, 200]).states[-1, 0]
    assert abs(tension - scalar) > 1


@pytest.mark.parametrize("value", [{"saturation": 0}, {"drive": -1}, {"decay": -0.1}])
def test_a_value_out_of_bounds_is_refused(value: dict[str, float]) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="must lie in"):
        bounded_balance(3, **value)
