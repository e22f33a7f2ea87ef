"""Work that depends on parameters only is taken out, and what is left is the same expression."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.models import linear, nations, security_dilemma
from richardson.symbolic.functions import hill
from richardson.symbolic.hoist import Hoist, exponents, hill_raised, hill_scaled, hill_unit, split

x, y = sympy.symbols("x y", real=True)
a, b, c = FIXED = sympy.symbols("a b c", real=True)
NUMBERS = {x: 0.7, y: 1.9, a: 0.3, b: -1.3, c: 2.5}

leaves = st.sampled_from([x, y, a, b, c, sympy.Integer(2), sympy.Rational(-1, 3)])
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] - pair[1]),
        inner.map(sympy.exp),
        inner.map(sympy.tanh),
        inner.map(lambda part: part**2),
        inner.map(lambda part: 1 / (2 + part**2)),
    ),
    max_leaves=12,
)


def value(expression: sympy.Expr) -> sympy.Expr:
    return expression.subs({symbol: sympy.Float(number, 40) for symbol, number in NUMBERS.items()}).evalf(30)


def reduced(*parts: sympy.Expr) -> tuple[list[sympy.Expr], Hoist]:
    hoist = Hoist(FIXED)
    return hoist.reduce(parts), hoist


def restored(expression: sympy.Expr, hoist: Hoist) -> sympy.Expr:
    return expression.subs({symbol: part for part, symbol in hoist.constants.items()})


@settings(max_examples=60)
@given(parts=st.lists(expressions, min_size=1, max_size=3))
def test_with_its_constants_put_back_an_expression_has_its_value(parts: list[sympy.Expr]) -> None:
    left, hoist = reduced(*parts)
    for part, over in zip(parts, left, strict=True):
        expected = value(part)
        assert abs(value(restored(over, hoist)) - expected) <= 1e-20 * (1 + abs(expected))  # of 30 digits


@settings(max_examples=60)
@given(parts=st.lists(expressions, min_size=1, max_size=3))
def test_nothing_that_moves_is_a_constant_and_no_parameter_is_left(parts: list[sympy.Expr]) -> None:
    left, hoist = reduced(*parts)
    assert set().union(*(part.free_symbols for part in hoist.constants)) <= set(FIXED)
    assert set().union(*(over.free_symbols for over in left)) <= {x, y, *hoist.constants.values()}


@pytest.mark.parametrize("model", [linear(), nations(3), security_dilemma(), security_dilemma(fear="state")], ids=lambda model: model.name)
def test_rates_of_the_models_come_back_from_their_constants(model: object) -> None:
    hoist = Hoist(model.parameter_symbols)  # type: ignore[attr-defined] # a Model
    left = hoist.reduce(model.rates)  # type: ignore[attr-defined] # a Model
    back = {symbol: part for part, symbol in hoist.constants.items()}
    assert [sympy.simplify(over.subs(back) - rate) for over, rate in zip(left, model.rates, strict=True)] == [0] * len(left)  # type: ignore[attr-defined]


def test_a_part_that_depends_on_parameters_only_is_one_constant() -> None:
    (left,), hoist = reduced(sympy.exp(a - b) * c * x)
    assert list(hoist.constants) == [sympy.exp(a - b) * c]
    assert left == x * hoist.constants[sympy.exp(a - b) * c]


def test_the_same_part_in_two_expressions_is_one_constant() -> None:
    assert len(reduced(a * b * x, sympy.sin(y) + a * b)[1].constants) == 1


def test_a_part_and_its_negative_share_a_constant() -> None:
    left, hoist = reduced((a - b) * x, (b - a) * y)
    assert len(hoist.constants) == 1
    assert [sympy.expand(restored(over, hoist)) for over in left] == [a * x - b * x, b * y - a * y]


def test_a_factor_goes_into_a_sum_whose_terms_have_constants_anyway() -> None:
    """c (a x + b y) costs three multiplications a stage, (c a) x + (c b) y two."""
    (left,), hoist = reduced(c * (a * x + b * y))
    assert set(hoist.constants) == {a * c, b * c}
    assert left.count_ops() == 3


def test_products_of_moving_sums_are_not_expanded() -> None:
    """1 − 2x + x² would cancel where (1 − x)² does not."""
    assert reduced(a * (1 - x) * (1 - y))[0][0].is_Mul


def test_numbers_are_no_constants() -> None:
    assert reduced(2 * x + 3)[1].constants == {}


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("exponent", [1, 2, 3, 4])
def test_hill_with_a_small_whole_exponent_is_written_in_parts(order: int, exponent: int) -> None:
    call = hill(x, a, exponent, order) if order else hill(x, a, exponent)
    assert split(call) == hill_scaled(x, hill_unit(a), hill_raised(a, exponent), exponent, order)


@pytest.mark.parametrize("call", [hill(x, a, 5), hill(x, a, c), hill(x, a, y), hill(x, a, -c), hill(x, a, 2, 2)], ids=str)
def test_other_hills_are_left_alone(call: sympy.Expr) -> None:
    assert split(call) == call


def test_exponents_are_the_symbols_that_stand_alone_as_such() -> None:
    assert exponents(x**a + hill(y, b, c) + y ** (2 * b) + x**3) == {a, c}
