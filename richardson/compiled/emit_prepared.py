"""What equations over nations need of their parameters only, such as e^(β − γᵢⱼ) of every pair: computed once, not at every state.

Each such part is kept behind the parameters: one number for the system, one for each nation, or one for each pair, laid out like a
family of pairs, so that the loops over partners read them as they read parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sympy

from richardson.symbolic import indexed
from richardson.symbolic.hoist import Hoist
from richardson.symbolic.indexed import EACH, MUTUAL, PAIR, SHARED, Family, OverNations

OWN, BEFORE, AFTER = "own", "before", "after"  # where symbols stand: in the loop over nations i, or that over partners j on a side of i
OTHER = "other"  # whose a quantity is: nation j's


@dataclass(frozen=True)
class Part:
    """An expression in parameters, and where its values begin among the prepared numbers.

    Attributes
    ----------
    expression : sympy.Expr
        In nation i's own quantities, or those of the pair of i and j.
    index : str
        `SHARED`, `EACH` or `PAIR`.
    first : int
    """

    expression: sympy.Expr
    index: str
    first: int


class Prepared:
    """Parts that expressions over nations share, gathered while these are written.

    Parameters
    ----------
    equations : OverNations
    first : int
        Where the values of the first part are to lie.
    """

    def __init__(self, equations: OverNations, first: int) -> None:
        self._families = {symbol: kind for family in equations.families for symbol, kind in _symbols(family)}
        self._families |= {symbol: kind for name, _ in equations.marks for symbol, kind in _of_nations(name)}
        self._hoist = Hoist(self._families)
        self._count = len(equations.nations)
        self._parts: dict[sympy.Expr, Part] = {}
        self._end = first
        self._at: dict[sympy.Symbol, tuple[Part, str]] = {}

    @property
    def end(self) -> int:
        """Number of prepared numbers, those before the first part included."""
        return self._end

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts, in the order of their values."""
        return tuple(self._parts.values())

    def reduce(self, expressions: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """The expressions with symbols in the place of what depends on parameters only; single parameters stay themselves."""
        reduced = self._hoist.reduce(expressions)
        plain = {symbol: expression for expression, symbol in self._hoist.constants.items() if expression.is_Symbol}
        for expression, symbol in self._hoist.constants.items():
            if symbol not in plain and symbol not in self._at:
                self._at[symbol] = self._placed(expression)
        return [expression.xreplace(plain) for expression in reduced]

    def indices(self, where: str) -> Iterator[tuple[sympy.Symbol, str]]:
        """Each symbol of a part with the index of its value: of nation i's own, or of partners j before or after i."""
        for symbol, (part, whose) in self._at.items():
            if part.index == SHARED:
                yield symbol, f"{part.first}"
            elif part.index == EACH:
                yield symbol, f"{part.first} + {'j' if whose == OTHER else 'i'}"
            elif where != OWN:
                yield symbol, pair_index(part.first, self._count, where)

    def _placed(self, expression: sympy.Expr) -> tuple[Part, str]:
        """The part of an expression, a new one if need be, and whose quantity it is where it is used."""
        kinds = {self._families[symbol] for symbol in expression.free_symbols} - {SHARED}
        whose = PAIR if PAIR in kinds or len(kinds) > 1 else kinds.pop() if kinds else SHARED
        if whose == OTHER:  # the same number as nation j's own
            expression = expression.xreplace({symbol: _as_own(symbol) for symbol in expression.free_symbols})
        if expression not in self._parts:
            index = EACH if whose in {OWN, OTHER} else whose
            self._parts[expression] = Part(expression, index, self._end)
            self._end += {SHARED: 1, EACH: self._count, PAIR: self._count * (self._count - 1)}[index]
        return self._parts[expression], whose


def pair_index(first: int, count: int, where: str) -> str:
    """Index of the value of nation i and a partner j before or after it, of values of all pairs that begin at ``first``."""
    return f"{first}{'' if where == BEFORE else ' - 1'} + i*{count - 1} + j"


def _symbols(family: Family) -> list[tuple[sympy.Symbol, str]]:
    """Symbols of a family, each with whose value it is: of the system, nation i, its partner j, or the pair."""
    name = family.name
    if family.index == SHARED:
        return [(indexed.shared(name), SHARED)]
    if family.index == EACH:
        return _of_nations(name)
    return [(indexed.mutual(name) if family.index == MUTUAL else indexed.pair(name), PAIR)]


def _of_nations(name: str) -> list[tuple[sympy.Symbol, str]]:
    return [(indexed.own(name), OWN), (indexed.other(name), OTHER)]


def _as_own(symbol: sympy.Symbol) -> sympy.Symbol:
    name, bracket, _ = symbol.name.partition("[j]")
    return indexed.own(name) if bracket else symbol
