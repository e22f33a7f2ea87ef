"""Scales made of parameters, and the dimensionless groups that they leave: Buckingham's theorem by exact algebra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from richardson.errors import InvalidInputError
from richardson.symbolic.dimensions import YEAR, Powers, powers_of, product, raised

if TYPE_CHECKING:
    from richardson.symbolic.model import Model


@dataclass(frozen=True)
class Scale:
    """A product of powers of parameters, or a number, that serves as the unit of something.

    Attributes
    ----------
    powers : dict of str to Fraction
        Of parameters, by name.
    factor : sympy.Rational
        Number before them.
    """

    powers: Powers
    factor: sympy.Rational = sympy.S.One

    @property
    def expression(self) -> sympy.Expr:
        """As symbols."""
        return self.factor * monomial(self.powers)

    def value(self, values: Mapping[str, float]) -> float:
        """At the values of the parameters."""
        size = float(self.factor)
        for name, power in self.powers.items():
            size *= values[name] ** float(power)
        return size


def scales_of(model: Model, bases: tuple[str, ...], named: Mapping[str, Scale]) -> dict[str, Scale]:
    """A scale for each base unit: those named, the rest from the simplest parameters that are above zero.

    Parameters
    ----------
    model : Model
    bases : tuple of str
        Base units of the model.
    named : mapping of str to Scale
        Scales that are given, each of its base unit.

    Raises
    ------
    InvalidInputError
        If some base unit cannot be made of the parameters.
    """
    chosen = [(scale, {base: Fraction(1)}) for base, scale in named.items()]
    matrix = _rows([unit for _, unit in chosen], bases)
    for name in _candidates(model):
        if len(chosen) == len(bases):
            break
        unit = powers_of(model.parameters[model.parameter_names.index(name)].unit)
        wider = matrix.col_join(_rows([unit], bases))
        if wider.rank() > len(chosen):
            matrix, chosen = wider, [*chosen, (Scale({name: Fraction(1)}), unit)]
    _refuse_unspanned(model, bases, matrix)
    inverse = matrix.inv()
    made = {}
    for row, base in enumerate(bases):
        exponents = [Fraction(int(entry.p), int(entry.q)) for entry in inverse.row(row)]
        parts = [(scale, exponent) for (scale, _), exponent in zip(chosen, exponents, strict=True)]
        powers = product(raised(scale.powers, exponent) for scale, exponent in parts)
        factors = [scale.factor ** sympy.Rational(exponent) for scale, exponent in parts]
        made[base] = Scale(powers, sympy.Mul(*factors))
    return made


def eliminated(model: Model, scales: Mapping[str, Scale]) -> dict[str, Powers]:
    """Parameters whose group the scales fix, each as powers of the groups that stay free; empty powers for 1.

    Parameters
    ----------
    model : Model
    scales : mapping of str to Scale
        As from `scales_of`.
    """
    rows = [[sympy.Rational(scale.powers.get(name, 0)) for name in model.parameter_names] for scale in scales.values()]
    reduced, pivots = sympy.Matrix(rows).rref()
    fixed = {}
    for row, pivot in enumerate(pivots):
        rest = {
            name: Fraction(int(-entry.p), int(entry.q))
            for place, (name, entry) in enumerate(zip(model.parameter_names, reduced.row(row), strict=True))
            if place != pivot and entry != 0
        }
        fixed[model.parameter_names[pivot]] = rest
    return fixed


def monomial(powers: Powers) -> sympy.Expr:
    """A product of powers of named symbols."""
    return sympy.Mul(*(sympy.Symbol(name, real=True) ** sympy.Rational(power) for name, power in powers.items()))


def _rows(units: list[Powers], bases: tuple[str, ...]) -> sympy.Matrix:
    return sympy.Matrix(len(units), len(bases), [sympy.Rational(unit.get(base, 0)) for unit in units for base in bases])


def _candidates(model: Model) -> list[str]:
    """Parameters above zero, those of the simplest units first, then what wears a state down, then what can never be zero."""
    ranked = []
    for place, (parameter, number) in enumerate(zip(model.parameters, model.numbers, strict=True)):
        unit = powers_of(parameter.unit)
        if number > 0 and unit:
            weight = len(unit) + sum(abs(power) for power in unit.values())
            ranked.append((weight, not _wears(model, parameter.name), parameter.lower <= 0, place, parameter.name))
    return [name for *_, name in sorted(ranked)]


def _wears(model: Model, name: str) -> bool:
    """Whether a parameter p stands in the rate of some state x as −p x."""
    symbol, rest = model.symbol(name), dict.fromkeys(model.state_symbols, 0)
    pairs = zip(model.state_symbols, model.rates, strict=True)
    return model.kind == "flow" and any(rate.has(symbol) and rate.diff(symbol).diff(state).subs(rest) == -1 for state, rate in pairs)


def _refuse_unspanned(model: Model, bases: tuple[str, ...], matrix: sympy.Matrix) -> None:
    rank = matrix.rows  # rows were added only where they raised it
    if rank == len(bases):
        return
    missing = [base for base in bases if matrix.col_join(_rows([{base: Fraction(1)}], bases)).rank() > rank]
    words = " and ".join(f"'{base}'" for base in missing)
    example = {"arms": "arms=100", YEAR: "time=2"}.get(missing[0], f"others={{'{missing[0]}': 1000}}")
    raise InvalidInputError(
        f"The parameters of '{model.name}' that are above zero do not span {words}, so they make no scale of it. "
        f"Name a number, for example {example}, or give the parameters values above zero."
    )
