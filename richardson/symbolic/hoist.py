"""Work that depends on parameters only, taken out of expressions that are evaluated at many states.

An ensemble computes ``exposure·exp(balance − terrain)`` once a member and not once a stage of every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sympy

from richardson.symbolic.functions import hill


class hill_unit(sympy.Function):  # noqa: N801 -- named as the compiled function that it stands for
    """``hill_unit(h)``: a power of two near 1/h."""

    nargs = 1


class hill_raised(sympy.Function):  # noqa: N801 -- named as the compiled function that it stands for
    """``hill_raised(h, m)``: (h · hill_unit(h))^m."""

    nargs = 2


class hill_scaled(sympy.Function):  # noqa: N801 -- named as the compiled function that it stands for
    """``hill_scaled(u, unit, raised, m, n)``: nth derivative of hill, n ≤ 1, from the parts above; for m in {1, 2, 3, 4} only."""

    nargs = 5


class whole_flag(sympy.Function):  # noqa: N801 -- named as the compiled function that it stands for
    """``whole_flag(m)``: 1 for m in {1, 2, 3, 4}, else 0."""

    nargs = 1


PARTS = {hill_unit: "hill_unit", hill_raised: "hill_raised", hill_scaled: "hill_scaled", whole_flag: "whole_flag"}
SMALL_WHOLE = (1, 2, 3, 4)
HIGHEST_SCALED = 1  # derivatives of hill_scaled


def split(expression: sympy.Expr) -> sympy.Expr:
    """The expression with each ``hill`` of which the exponent is a small whole number in the form that costs least."""

    def parted(u: sympy.Expr, h: sympy.Expr, m: sympy.Expr, n: sympy.Expr = sympy.S.Zero) -> sympy.Expr:
        if n > HIGHEST_SCALED or m not in SMALL_WHOLE:
            return hill(u, h, m) if n == 0 else hill(u, h, m, n)
        return hill_scaled(u, hill_unit(h), hill_raised(h, m), m, n)

    return expression.replace(hill, parted)


def exponents(expression: sympy.Expr) -> set[sympy.Symbol]:
    """Symbols that stand alone as exponents, of powers or of ``hill``."""
    raised = [power.exp for power in expression.atoms(sympy.Pow)] + [call.args[2] for call in expression.atoms(hill)]
    return {exponent for exponent in raised if exponent.is_Symbol}


class Hoist:
    """Expressions with their parameter-only parts replaced by symbols.

    Sums and products are split into what depends on the fixed symbols only and the rest. A fixed factor is taken into a sum where
    that saves a multiplication; products of moving sums are never expanded, so that no cancellation is brought in.

    Parameters
    ----------
    fixed : iterable of sympy.Symbol
        What does not change along a run.

    Attributes
    ----------
    constants : dict of sympy.Expr to sympy.Symbol
        Each part that was taken out, with the symbol that stands for it, in order of discovery.
    """

    def __init__(self, fixed: Iterable[sympy.Symbol]) -> None:
        self._fixed = frozenset(fixed)
        self._done: dict[sympy.Expr, sympy.Expr] = {}
        self.constants: dict[sympy.Expr, sympy.Symbol] = {}

    def reduce(self, expressions: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """The expressions over moving symbols and symbols of ``constants``."""
        return [self._reduced(expression) for expression in expressions]

    def _reduced(self, expression: sympy.Expr) -> sympy.Expr:
        if expression not in self._done:
            self._done[expression] = self._parted(expression)
        return self._done[expression]

    def _parted(self, expression: sympy.Expr) -> sympy.Expr:
        if self._is_fixed(expression):
            return self._constant(expression)
        if not expression.args:
            return expression
        if isinstance(expression, sympy.Add | sympy.Mul):
            fixed = [part for part in expression.args if self._is_fixed(part)]
            moving = [part for part in expression.args if not self._is_fixed(part)]
            if isinstance(expression, sympy.Mul) and fixed:
                fixed, moving = self._distributed(fixed, moving)
            known = [self._constant(expression.func(*fixed))] if fixed else []
            return expression.func(*known, *(self._reduced(part) for part in moving))
        return expression.func(*(self._reduced(part) for part in expression.args))

    def _distributed(self, fixed: list[sympy.Expr], moving: list[sympy.Expr]) -> tuple[list[sympy.Expr], list[sympy.Expr]]:
        """A product's factors, the fixed ones multiplied into a sum of which each term has a fixed factor, if there is one."""
        for place, part in enumerate(moving):
            if isinstance(part, sympy.Add) and all(self._has_fixed_factor(term) for term in part.args):
                factor = sympy.Mul(*fixed)
                if factor.free_symbols:
                    return [], [*moving[:place], sympy.Add(*(factor * term for term in part.args)), *moving[place + 1 :]]
        return fixed, moving

    def _has_fixed_factor(self, term: sympy.Expr) -> bool:
        return any(self._is_fixed(factor) and factor not in {1, -1} for factor in sympy.Mul.make_args(term)) or self._is_fixed(term)

    def _constant(self, expression: sympy.Expr) -> sympy.Expr:
        """The number itself, or the symbol that stands for the part; a part and its negative share one."""
        if not expression.free_symbols:
            return expression
        if expression.could_extract_minus_sign() and not expression.is_Symbol:
            return -self._constant(-expression)
        return self.constants.setdefault(expression, sympy.Dummy(f"q{len(self.constants)}", real=True))

    def _is_fixed(self, expression: sympy.Expr) -> bool:
        return bool(expression.free_symbols <= self._fixed)
