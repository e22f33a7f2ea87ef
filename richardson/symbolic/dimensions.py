"""Units of expressions: whether equations add only what is alike, and in which words they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import isclose
from typing import TYPE_CHECKING

import sympy

from richardson.symbolic.functions import NAMES, TIME, hill
from richardson.symbolic.quantity import unit_exponents
from richardson.symbolic.write import to_text

if TYPE_CHECKING:
    from richardson.symbolic.model import Model

Powers = dict[str, Fraction]  # of each base unit; empty for a pure number
Roots = Callable[[str], tuple[float, Powers]]  # a base unit in units that cannot be taken apart, with its factor

YEAR = "yr"  # the unit of time of the catalogue
FACTOR_ERROR = 1e-9  # relative; above the rounding of factors multiplied, far below any factor between units
_ALIKE = {"min", "max"}  # of one unit, whichever it is
_ANY = {"abs", "sign", "heaviside"}  # take what has a unit


def unit_faults(model: Model, *, time: str = YEAR, roots: Roots | None = None) -> tuple[str, ...]:
    """What is wrong with the units of a model's equations, one sentence a fault; empty where they hold together.

    Parameters
    ----------
    model : Model
    time : str
        Unit of time of a flow; steps of a map have none.
    roots : callable, optional
        What a base unit is made of; by default each is a unit of its own.
    """
    walk = _Walk(units_of(model, time), roots or (lambda name: (1.0, {name: Fraction(1)})))
    for state, rate in zip(model.states, model.rates, strict=True):
        expected = powers_of(state.unit)
        what = f"the rate of {state.name}" if model.kind == "flow" else f"the next {state.name}"
        walk.check(rate, divided(expected, powers_of(time)) if model.kind == "flow" else expected, what)
    for drive in model.drives:
        for parameter in drive.parameters if drive.formula is not None else ():
            walk.check(drive.formula, powers_of(parameter.unit), f"the path of {parameter.name}")
    return tuple(dict.fromkeys(walk.faults))


def units_of(model: Model, time: str) -> dict[sympy.Symbol, Powers]:
    """Unit of every symbol of a model, that of time included."""
    moved = [parameter for drive in model.drives for parameter in drive.parameters]
    units = {sympy.Symbol(one.name, real=True): powers_of(one.unit) for one in (*model.states, *model.parameters, *moved)}
    return units | {TIME: powers_of(time)}


def powers_of(unit: str) -> Powers:
    """Powers of each base unit of a text, exact."""
    return {base: Fraction(power) for base, power in unit_exponents(unit).items()}


def product(units: Iterable[Powers]) -> Powers:
    """Unit of a product."""
    total: Powers = {}
    for unit in units:
        for base, power in unit.items():
            total[base] = total.get(base, Fraction(0)) + power
    return {base: power for base, power in total.items() if power}


def raised(unit: Powers, exponent: Fraction) -> Powers:
    """Unit of a power."""
    return {base: power * exponent for base, power in unit.items() if exponent}


def divided(above: Powers, below: Powers) -> Powers:
    """Unit of a quotient."""
    return product((above, raised(below, Fraction(-1))))


def unit_text(unit: Powers) -> str:
    """A unit as it is declared, for example ``arms/yr``."""
    above = "*".join(_factor(base, power) for base, power in unit.items() if power > 0)
    below = "".join(f"/{_factor(base, -power)}" for base, power in unit.items() if power < 0)
    return f"{above or '1'}{below}"


def _factor(base: str, power: Fraction) -> str:
    if power == 1:
        return base
    return f"{base}**{power}" if power.denominator == 1 else f"{base}**({power})"


class _Walk:
    """One pass over the equations of a model, which collects the faults."""

    def __init__(self, units: Mapping[sympy.Symbol, Powers], roots: Roots) -> None:
        self.units = units
        self.roots = roots
        self.faults: list[str] = []
        self.where = ""
        self.known: dict[sympy.Expr, Powers | None] = {}

    def check(self, expression: sympy.Expr, expected: Powers, where: str) -> None:
        """Note every fault within an equation, and every term of it that has not the unit expected."""
        self.where = where
        for term in sympy.Add.make_args(expression):
            found = self.unit(term)
            if found is not None and (why := self._difference(found, expected)):
                self._fault(f"{_said(term, found)}, where {unit_text(expected)} is due{why}")

    def unit(self, expression: sympy.Expr) -> Powers | None:
        """Unit of an expression; None for zero, which has any, and where a fault within is noted already."""
        if expression not in self.known:
            self.known[expression] = self._found(expression)
        return self.known[expression]

    def _found(self, expression: sympy.Expr) -> Powers | None:
        if expression.is_Symbol:
            return self.units[expression]
        if expression.is_number:
            return None if expression.is_zero else {}
        if isinstance(expression, sympy.Mul):
            parts = [self.unit(factor) for factor in expression.args]
            return product(part for part in parts if part is not None) if None not in parts else None
        if isinstance(expression, sympy.Pow):
            return self._power(expression)
        if isinstance(expression, sympy.Add):
            return self._alike(_lasting(expression.args), "added")
        return self._call(expression)

    def _power(self, expression: sympy.Pow) -> Powers | None:
        base, exponent = expression.args
        if exponent.is_Rational or exponent.is_Float:
            unit = self.unit(base)
            return None if unit is None else raised(unit, Fraction(str(exponent)).limit_denominator(1000))
        self._pure(base, f"the base {to_text(base)} of {to_text(expression)}, whose exponent is no fixed number,")
        self._pure(exponent, f"the exponent {to_text(exponent)} of {to_text(expression)}")
        return {}

    def _call(self, expression: sympy.Expr) -> Powers | None:
        name = NAMES.get(expression.func, "")
        if name in _ALIKE:
            return self._alike(expression.args, "compared")
        if name in _ANY:
            unit = self.unit(expression.args[0])
            return unit if name == "abs" else {}
        if isinstance(expression, hill):
            return self._hill(expression)
        if not name:
            self._fault(f"{expression} is no function whose unit is known")
            return None
        for argument in expression.args:
            self._pure(argument, f"{name} takes {to_text(argument)}, which")
        return {}

    def _hill(self, expression: sympy.Expr) -> Powers | None:
        u, h, m = expression.args[:3]
        self._pure(m, f"the steepness {to_text(m)} of {to_text(expression)}")
        unit = self._alike((u, h), "compared by hill")
        order = int(expression.args[3]) if len(expression.args) > 3 else 0
        return {} if unit is None else raised(unit, Fraction(-order))

    def _alike(self, terms: Iterable[sympy.Expr], how: str) -> Powers | None:
        """Unit that all terms share; the first that differs from the first with a unit is a fault."""
        known: tuple[sympy.Expr, Powers] | None = None
        for term in sorted(terms, key=lambda one: (not one.free_symbols, sympy.default_sort_key(one))):
            found = self.unit(term)
            if found is None:
                continue
            known = known or (term, found)
            if why := self._difference(found, known[1]):
                self._fault(f"{_said(known[0], known[1])}, and {_said(term, found)}, yet they are {how}{why}")
                return None
        return None if known is None else known[1]

    def _pure(self, expression: sympy.Expr, words: str) -> None:
        found = self.unit(expression)
        if found is not None and (why := self._difference(found, {})):
            self._fault(f"{words} has the unit {unit_text(found)}, where a pure number is due{why}")

    def _difference(self, one: Powers, other: Powers) -> str:
        """Words that end a fault where two units differ: a full stop, or the factor between two of one kind; else nothing."""
        (first, first_root), (second, second_root) = self._root(one), self._root(other)
        if first_root != second_root:
            return "."
        if not isclose(first, second, rel_tol=FACTOR_ERROR):
            return f": they measure the same, but differ by a factor {first / second:g}."
        return ""

    def _root(self, unit: Powers) -> tuple[float, Powers]:
        parts = [(self.roots(base), power) for base, power in unit.items()]
        factor = 1.0
        for (size, _), power in parts:
            factor *= size ** float(power)
        return factor, product(raised(root, power) for (_, root), power in parts)

    def _fault(self, words: str) -> None:
        self.faults.append(f"In {self.where}, {words}")


def _lasting(terms: tuple[sympy.Expr, ...]) -> tuple[sympy.Expr, ...]:
    """Terms of a sum without c − c sign(u)², which guards a quotient where u = 0, and is nothing in any unit everywhere else."""
    guards = [term for term in terms if all(factor.is_number or _is_square_of_sign(factor) for factor in sympy.Mul.make_args(term))]
    total = sympy.Add(*guards).replace(_is_square_of_sign, lambda _: sympy.S.One)
    is_guarded = total == 0 and any(not guard.is_number for guard in guards)
    return tuple(term for term in terms if term not in guards) or terms if is_guarded else terms


def _is_square_of_sign(expression: sympy.Expr) -> bool:
    return bool(isinstance(expression, sympy.Pow) and isinstance(expression.base, sympy.sign) and expression.exp == 2)


def _said(term: sympy.Expr, unit: Powers) -> str:
    return f"{to_text(term)} is a bare number" if term.is_number else f"{to_text(term)} has the unit {unit_text(unit)}"
