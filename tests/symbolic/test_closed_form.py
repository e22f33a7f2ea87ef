from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.symbolic.closed_form import real_zeros
from richardson.symbolic.model import Model

EVERYWHERE = (-np.inf, -np.inf)
tenths = st.lists(st.integers(-50, 50).map(lambda value: value / 10), min_size=2, max_size=3, unique=True)


@given(tenths, tenths, st.integers(-3, 3))
@settings(max_examples=20)
def test_a_sheared_grid_of_roots_is_found_whole(first: list[float], second: list[float], shear: int) -> None:
    x, y = f"(x + {shear}*y)", "y"
    model = Model.from_equations({"x": "*".join(f"({x} - ({r}))" for r in first), "y": "*".join(f"({y} - ({r}))" for r in second)})
    closed = real_zeros(model, EVERYWHERE)
    assert closed is not None
    expected = sorted((p - shear * q, q) for p, q in product(first, second))
    np.testing.assert_allclose(sorted(map(tuple, closed.states)), expected, atol=1e-12)


def test_complex_roots_are_left_out_and_double_ones_counted() -> None:
    model = Model.from_equations({"x": "(x - 1)**2*(x**2 + 1)", "y": "y - x"})
    closed = real_zeros(model, EVERYWHERE)
    assert closed is not None
    assert closed.states.tolist() == [[1.0, 1.0]]
    assert closed.multiplicities.tolist() == [2]


def test_a_zero_of_numerator_and_denominator_is_no_equilibrium() -> None:
    model = Model.from_equations({"x": "x*(x - 2)/(x + y)", "y": "y"})
    closed = real_zeros(model, EVERYWHERE)
    assert closed is not None
    assert closed.states.tolist() == [[2.0, 0.0]]


@pytest.mark.parametrize("shift", [-3, 0.5, 3])
def test_hill_functions_are_solved_on_both_sides_of_zero(shift: float) -> None:
    model = Model.from_equations({"x": "s + 4*hill(x, 1, 2) - x"}, {"s": shift})
    closed = real_zeros(model, (-np.inf,))
    assert closed is not None
    scan = np.linspace(-10, 10, 400_002)
    values = shift + 4 * np.where(scan > 0, scan**2 / (1 + scan**2), 0) - scan
    crossings = np.flatnonzero(values[:-1] * values[1:] < 0)
    np.testing.assert_allclose(sorted(closed.states[:, 0]), scan[crossings], atol=1e-4)


@pytest.mark.parametrize("equation", ["sin(x)", "x - hill(x, 1, 2.5)", "abs(x) - 1", "exp(x) - 2"])
def test_what_is_no_quotient_of_polynomials_has_no_closed_form(equation: str) -> None:
    assert real_zeros(Model.from_equations({"x": equation}), (-np.inf,)) is None


def test_large_systems_are_left_to_the_search_at_once() -> None:
    names = [f"x{i}" for i in range(6)]
    model = Model.from_equations({name: f"1 - {name}**3 - 0.1*({' + '.join(names)})" for name in names})
    assert real_zeros(model, [-np.inf] * 6) is None
