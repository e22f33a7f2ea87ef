"""Our own functions: their derivatives against numerical differentiation of the closed forms."""

import itertools
from collections.abc import Callable
from functools import cache

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from richardson.symbolic.functions import FUNCTIONS, RESERVED, heaviside, hill, positive_log, sigmoid, softplus

U, H, M, Z = sympy.symbols("u h m z", real=True)
PLACES = 30  # working digits of the reference; numerical differentiation loses about half
CLOSE = 1e-10
ORDERS = [orders for orders in itertools.product(range(4), repeat=3) if 1 <= sum(orders) <= 3]

positive = st.floats(0.2, 5.0)


def closed(expression: sympy.Expr) -> sympy.Expr:
    """``expression`` with our functions written out, valid for u > 0."""
    return (
        expression.replace(lambda node: isinstance(node, hill), lambda node: node.as_rational())
        .replace(lambda node: isinstance(node, positive_log), lambda node: logarithm(*node.args))
        .replace(sigmoid, lambda z: 1 / (1 + sympy.exp(-z)))
        .replace(softplus, lambda z: sympy.log(1 + sympy.exp(z)))
    )


def logarithm(u: sympy.Expr, order: sympy.Expr) -> sympy.Expr:
    inner = sympy.Dummy(positive=True)
    return sympy.diff(sympy.log(inner), inner, int(order)).subs(inner, u)


@cache
def compiled(expression: sympy.Expr) -> Callable[..., mpmath.mpf]:
    """``expression`` as a function of u, h, m, z in working digits."""
    return sympy.lambdify((U, H, M, Z), closed(expression), "mpmath")


def at(expression: sympy.Expr, values: dict[sympy.Symbol, float]) -> float:
    """Number of ``expression`` where the symbols have ``values``."""
    with mpmath.workdps(PLACES):
        return float(compiled(expression)(*(mpmath.mpf(values.get(symbol, 1.0)) for symbol in (U, H, M, Z))))


def hill_number(u: mpmath.mpf, h: mpmath.mpf, m: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + (h / u) ** m)


@pytest.mark.parametrize("orders", ORDERS, ids=str)
@pytest.mark.parametrize("point", [(0.7, 1.3, 2.0), (3.1, 1.3, 2.5), (1.9, 4.0, 1.0), (2.0, 2.0, 4.0)])
def test_every_derivative_of_hill_is_that_of_its_closed_form(orders: tuple[int, int, int], point: tuple[float, float, float]) -> None:
    found = at(sympy.diff(hill(U, H, M), *itertools.chain(*zip((U, H, M), orders, strict=True))), dict(zip((U, H, M), point, strict=True)))
    with mpmath.workdps(PLACES):
        expected = float(mpmath.diff(hill_number, point, orders))
    assert found == pytest.approx(expected, rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("order", [1, 2, 3])
@given(u=positive, h=positive, m=st.floats(1.0, 6.0))
def test_the_fourth_argument_of_hill_is_the_order_of_a_derivative_in_u(order: int, u: float, h: float, m: float) -> None:
    found = at(hill(U, H, M, order), {U: u, H: h, M: m})
    with mpmath.workdps(PLACES):
        expected = float(mpmath.diff(lambda v: hill_number(v, mpmath.mpf(h), mpmath.mpf(m)), u, order))
    assert found == pytest.approx(expected, rel=CLOSE, abs=CLOSE * u**-order)


def test_derivatives_of_hill_do_not_depend_on_their_order() -> None:
    values = {U: 0.9, H: 1.4, M: 2.5}
    numbers = {at(sympy.diff(hill(U, H, M), *path), values) for path in itertools.permutations((U, H, M))}
    assert max(numbers) - min(numbers) < CLOSE


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("z", [-3.0, -0.4, 0.0, 0.4, 3.0])
def test_derivatives_of_sigmoid_and_softplus_are_those_of_their_closed_forms(order: int, z: float) -> None:
    with mpmath.workdps(PLACES):
        steep = float(mpmath.diff(lambda v: 1 / (1 + mpmath.exp(-v)), z, order))
        soft = float(mpmath.diff(lambda v: mpmath.log(1 + mpmath.exp(v)), z, order))
    assert at(sympy.diff(sigmoid(Z), Z, order), {Z: z}) == pytest.approx(steep, abs=CLOSE)
    assert at(sympy.diff(softplus(Z), Z, order), {Z: z}) == pytest.approx(soft, abs=CLOSE)


def test_chain_rule_reaches_through_hill() -> None:
    inner = U**2 - H * U
    found = at(sympy.diff(hill(inner, H, 2), U), {U: 3.0, H: 1.5})
    with mpmath.workdps(PLACES):
        expected = float(mpmath.diff(lambda u: hill_number(u**2 - 1.5 * u, mpmath.mpf(1.5), 2), 3.0))
    assert found == pytest.approx(expected, rel=CLOSE)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("u", [0, -1, sympy.Rational(-1, 3)])
def test_hill_and_its_derivatives_vanish_without_threat(order: int, u: sympy.Expr) -> None:
    assert (hill(u, H, M, order) if order else hill(u, H, M)) == 0


def test_hill_of_numbers_is_exact() -> None:
    assert hill(2, 4, 2) == sympy.Rational(1, 5)
    assert hill(4, 4, 7) == sympy.Rational(1, 2)


def test_our_functions_are_real() -> None:
    assert all(expression.is_real for expression in (hill(U, H, M), hill(U, H, M, 2), sigmoid(Z), softplus(Z), positive_log(U, 0)))


def test_heaviside_is_one_half_at_zero() -> None:
    assert [heaviside(sympy.Integer(z)) for z in (-1, 0, 1)] == [0, sympy.S.Half, 1]


@given(z=st.floats(-20.0, 20.0))
def test_sigmoid_is_the_slope_of_softplus(z: float) -> None:
    assert at(sympy.diff(softplus(Z), Z), {Z: z}) == pytest.approx(at(sigmoid(Z), {Z: z}), rel=1e-14)


def test_the_table_holds_the_documented_functions_and_reserves_them() -> None:
    documented = [
        "exp",
        "log",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sinh",
        "cosh",
        "atan",
        "abs",
        "min",
        "max",
        "sign",
        "heaviside",
        "sigmoid",
        "softplus",
        "hill",
    ]
    assert sorted(FUNCTIONS) == sorted(documented)
    assert {*documented, "t", "pi"} == RESERVED
