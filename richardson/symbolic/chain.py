"""Derivatives by the chain rule through what expressions share, so that none is ever written out in full.

Of rates with many parts in common, such as the threat shares of six nations, a derivative that is written out repeats each part in
every entry. Here each shared part has a symbol, and so has its derivative in every state.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from richardson.symbolic.derive import derivative

Shared = list[tuple[sympy.Symbol, sympy.Expr]]
Slopes = dict[sympy.Symbol, sympy.Expr]  # derivative of a part in each state in which it is not zero


def with_slopes(expressions: Sequence[sympy.Expr], symbols: Sequence[sympy.Symbol]) -> tuple[Shared, list[sympy.Expr], list[sympy.Expr]]:
    """Parts with symbols of their own, then the expressions and their derivatives, row by row, in these.

    Parameters
    ----------
    expressions, symbols : sequence

    Returns
    -------
    shared : list of (Symbol, Expr)
        Each over symbols given and those before it.
    values : list of Expr
    slopes : list of Expr
        Of the first expression in every symbol, then of the second.
    """
    parts, values = sympy.cse(list(expressions), symbols=sympy.numbered_symbols("c", cls=sympy.Dummy, real=True))
    known: dict[sympy.Symbol, Slopes] = {symbol: {symbol: sympy.S.One} for symbol in symbols}
    shared: Shared = []
    for symbol, part in parts:
        shared.append((symbol, part))
        known[symbol] = {state: _named(slope, shared) for state, slope in _slopes(part, known, shared).items()}
    rows = [_slopes(value, known, shared) for value in values]
    slopes = [row.get(symbol, sympy.S.Zero) for row in rows for symbol in symbols]
    names = [symbol for symbol, _ in shared]
    again, reduced = sympy.cse(
        [part for _, part in shared] + values + slopes, symbols=sympy.numbered_symbols("d", cls=sympy.Dummy, real=True)
    )
    count, every = len(shared), len(shared) + len(values)
    return _in_order([*again, *zip(names, reduced[:count], strict=True)]), reduced[count:every], reduced[every:]


def _slopes(part: sympy.Expr, known: dict[sympy.Symbol, Slopes], shared: Shared) -> Slopes:
    """Derivatives of a part in the states: through each symbol that it holds."""
    sums: dict[sympy.Symbol, list[sympy.Expr]] = {}
    for inner in sorted(part.free_symbols & set(known), key=sympy.default_sort_key):
        factor = derivative(part, inner)
        if factor == 0:
            continue
        factor = _named(factor, shared)
        for state, slope in known[inner].items():
            sums.setdefault(state, []).append(factor * slope)
    found = {state: sympy.Add(*terms) for state, terms in sums.items()}
    return {state: slope for state, slope in found.items() if slope != 0}


def _named(expression: sympy.Expr, shared: Shared) -> sympy.Expr:
    """The expression if it is a number or a symbol, else a symbol of its own for it."""
    if expression.is_Atom or (expression.is_Mul and len(expression.args) == 2 and all(factor.is_Atom for factor in expression.args)):
        return expression
    symbol = sympy.Dummy("s", real=True)
    shared.append((symbol, expression))
    return symbol


def _in_order(shared: Shared) -> Shared:
    """The parts, each after those that stand in it."""
    left, ordered = dict(shared), {}
    for symbol in list(left):
        above = [symbol]
        while above:
            inner = [name for name in left[above[-1]].free_symbols if name in left and name not in ordered]
            if inner:
                above += sorted(inner, key=sympy.default_sort_key)
            else:
                name = above.pop()
                ordered[name] = left[name]
    return list(ordered.items())
