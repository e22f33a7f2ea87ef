"""Exact derivatives of a model's rates, and what their signs say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import sympy

from richardson.symbolic.functions import TIME, hill

if TYPE_CHECKING:
    from richardson.symbolic.model import Model

_KINKED = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside, sympy.tan, hill)


def jacobian(model: Model) -> sympy.ImmutableMatrix:
    """Derivatives of the rates in the states, shape (d, d), row = rate."""
    return derivatives(model.rates, model.state_symbols)


def derivatives(expressions: Sequence[sympy.Expr], symbols: Sequence[sympy.Symbol]) -> sympy.ImmutableMatrix:
    """Derivative of every expression in every symbol, almost everywhere."""
    return sympy.ImmutableMatrix(len(expressions), len(symbols), lambda i, j: derivative(expressions[i], symbols[j]))


def derivative(expression: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """Derivative almost everywhere: at the kinks of ``max``, ``abs``, ``sign`` the mean of both sides."""
    exact = sympy.diff(expression, symbol)
    if exact.has(sympy.DiracDelta):
        exact = exact.replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)
    if any(not power.exp.is_number for power in exact.atoms(sympy.Pow)):
        return sympy.powsimp(exact, combine="exp")  # p x^p/x is undefined at zero, p x^(p − 1) is not
    return exact


def parameter_derivatives(model: Model, names: Sequence[str], expressions: Sequence[sympy.Expr]) -> sympy.ImmutableMatrix:
    """Derivatives of expressions in parameters moved one concept at a time, shape (n, k).

    Parameters
    ----------
    model : Model
    names : sequence of str
        Parameter names or bare concept names; a concept's members move as one.
    expressions : sequence of sympy.Expr
        Over the model's states and parameters, such as its rates.
    """
    columns = []
    for name in names:
        symbols = [model.symbol(member) for member in model.resolve(name)]
        columns.append([sympy.Add(*(derivative(expression, symbol) for symbol in symbols)) for expression in expressions])
    return sympy.ImmutableMatrix(len(expressions), len(columns), lambda i, j: columns[j][i])


def second_derivatives(model: Model) -> sympy.ImmutableDenseNDimArray:
    """Second derivatives of the rates in the states, shape (d, d, d): [i, j, k] = ∂²fᵢ/∂xⱼ∂xₖ."""
    return _differentiate(model, sympy.ImmutableDenseNDimArray(jacobian(model)))


def third_derivatives(model: Model) -> sympy.ImmutableDenseNDimArray:
    """Third derivatives of the rates in the states, shape (d, d, d, d)."""
    return _differentiate(model, second_derivatives(model))


def _differentiate(model: Model, array: sympy.ImmutableDenseNDimArray) -> sympy.ImmutableDenseNDimArray:
    """Derivatives of an array [rate, state, …] in every state; one is taken for each set of states, in whatever order."""
    symbols, shape = model.state_symbols, (*array.shape, len(model.states))
    taken: dict[tuple[int, ...], sympy.Expr] = {}
    for rate, *states in product(*map(range, shape)):
        if states == sorted(states):
            *before, last = states
            taken[(rate, *states)] = derivative(array[(rate, *before)], symbols[last])
    entries = [taken[(rate, *sorted(states))] for rate, *states in product(*map(range, shape))]
    return sympy.ImmutableDenseNDimArray(entries, shape)


def sign_structure(model: Model) -> tuple[tuple[int | None, ...], ...]:
    """Sign of each Jacobian entry over all states within their bounds, at the model's parameter values.

    Returns
    -------
    tuple of tuple
        1, 0, −1 where the entry is ≥ 0, identically 0, ≤ 0 everywhere; None where the sign depends on the state or is not seen.
    """
    known = {
        symbol: bounded_symbol(state.name, state.lower, state.upper)
        for symbol, state in zip(model.state_symbols, model.states, strict=True)
    }
    known |= {symbol: sympy.Rational(repr(number)) for symbol, number in zip(model.parameter_symbols, model.numbers, strict=True)}
    return tuple(tuple(_sign(entry.xreplace(known)) for entry in row) for row in jacobian(model).tolist())


def has_moving_jumps(model: Model) -> bool:
    """Whether a rate jumps where a state, or a time that depends on parameters, says so: there derivatives along a run jump too."""
    rates = [*model.rates, *(drive.formula for drive in model.drives if drive.formula is not None)]
    jumps = {node for rate in rates for node in rate.atoms(sympy.sign, sympy.Heaviside)}
    return any(node.args[0].free_symbols - {TIME} for node in jumps)


def has_kinks(model: Model) -> bool:
    """Whether a rate may jump or have a kink where a state says so, as far as the bounds of states and parameters tell.

    ``hill`` has one where its argument changes sign unless its exponent is more than 1; of a parameter it is enough that it is no less.
    """
    symbols, quantities = (*model.state_symbols, *model.parameter_symbols), (*model.states, *model.parameters)
    bounds = tuple((symbol, each.name, each.lower, each.upper) for symbol, each in zip(symbols, quantities, strict=True))
    return _has_kinks(tuple(model.rates), bounds, len(model.states))


@lru_cache(maxsize=256)  # every study asks, of the same equations
def _has_kinks(rates: tuple[sympy.Expr, ...], bounds: tuple[tuple[sympy.Symbol, str, float, float], ...], states: int) -> bool:
    """The same of rates, and of symbols with their names and bounds, those of states first."""
    known = {symbol: bounded_symbol(name, lower, upper) for symbol, name, lower, upper in bounds}
    least = {known[symbol]: lower for symbol, _, lower, _ in bounds}
    moving = {known[symbol] for symbol, *_ in bounds[:states]}

    def is_smooth(node: sympy.Expr) -> bool:
        if not node.free_symbols & moving:
            return True
        if not isinstance(node, hill):
            return False
        argument, _, exponent = node.args[:3]
        return bool(argument.is_nonnegative or (exponent > 1 if exponent.is_number else least.get(exponent, 0.0) >= 1.0))

    return not all(is_smooth(node) for rate in rates for node in rate.xreplace(known).atoms(*_KINKED))


def is_cooperative(model: Model) -> bool | None:
    """Whether no state ever lowers the rate of another (off-diagonal Jacobian ≥ 0).

    Returns
    -------
    bool or None
        None where the signs depend on values or are not seen symbolically.
    """
    signs = [sign for i, row in enumerate(sign_structure(model)) for j, sign in enumerate(row) if i != j]
    if any(sign == -1 for sign in signs):
        return False
    return True if all(sign is not None for sign in signs) else None


def linear_part(model: Model) -> tuple[sympy.ImmutableMatrix, sympy.ImmutableMatrix] | None:
    """Matrix A and vector c of ẋ = A x + c, or None if the rates are not affine in the states.

    Returns
    -------
    tuple of Matrix, or None
        A of shape (d, d) and c of shape (d, 1), in parameters (and time) only.
    """
    matrix = _without(jacobian(model), model)
    if matrix is None:
        return None
    # a step has the slope zero too, so c is what A leaves of the rates
    rest = sympy.ImmutableMatrix(model.rates) - matrix * sympy.ImmutableMatrix(model.state_symbols)
    constant = _without(rest.applyfunc(sympy.expand), model)
    return None if constant is None else (matrix, constant)


def _without(matrix: sympy.Matrix, model: Model) -> sympy.ImmutableMatrix | None:
    """The matrix, simplified if need be, if no states are in it."""
    states = set(model.state_symbols)
    if not states.isdisjoint(matrix.free_symbols):
        matrix = matrix.applyfunc(sympy.simplify)
    return sympy.ImmutableMatrix(matrix) if states.isdisjoint(matrix.free_symbols) else None


def bounded_symbol(name: str, lower: float, upper: float) -> sympy.Symbol:
    """A fresh symbol that knows the sign its bounds give it."""
    if lower >= 0:
        return sympy.Dummy(name, nonnegative=True) if lower == 0 else sympy.Dummy(name, positive=True)
    return sympy.Dummy(name, nonpositive=True) if upper <= 0 else sympy.Dummy(name, real=True)


def _sign(entry: sympy.Expr) -> int | None:
    if entry.is_zero:
        return 0
    if entry.is_nonnegative:
        return 1
    return -1 if entry.is_nonpositive else None
