"""Scales as a caller names them, read and refused."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import inf
from numbers import Real
from typing import TYPE_CHECKING, Any

import sympy

from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.symbolic.dimensions import Powers, powers_of, product, raised, unit_text
from richardson.symbolic.groups import Scale

if TYPE_CHECKING:
    from richardson.symbolic.model import Model


def given_scales(
    model: Model, clock: str, arms: str | float | None, time: str | float | None, others: Mapping[str, str | float] | None
) -> dict[str, str | float]:
    """Scales by base unit, as the caller gave them."""
    if others is not None and not isinstance(others, Mapping):
        raise InvalidInputError(f'Scales of other units are a mapping, such as {{"lives": 1000}}; got {others!r}.')
    if time is not None and not clock:
        raise InvalidInputError(f"'{model.name}' is a map, whose time is counted in steps and has no scale. Leave time= out.")
    found = {"arms": arms, clock: time} | dict(others or {})
    return {base: scale for base, scale in found.items() if scale is not None}


def named_scale(model: Model, base: str, given: Any, bases: tuple[str, ...]) -> Scale:
    """A named scale, checked: above zero, and in the unit that it measures."""
    if base not in bases:
        raise UnknownNameError(f"'{model.name}' measures nothing in '{base}', so it takes no scale of it. {nearest(str(base), bases)}")
    if not isinstance(given, str):
        if isinstance(given, bool) or not isinstance(given, Real) or not 0.0 < float(given) < inf:
            raise InvalidInputError(f"The scale of {base} must be a product of parameters, as text, or a number above zero; got {given!r}.")
        return Scale({}, sympy.Rational(repr(float(given))))
    powers = _powers(model, base, given)
    units = {parameter.name: powers_of(parameter.unit) for parameter in model.parameters}
    unit = product(raised(units[name], power) for name, power in powers.items())
    if unit != powers_of(base):
        raise InvalidInputError(
            f"The scale {given} has the unit {unit_text(unit)} and cannot measure {base}. "
            f"Multiply it by powers of parameters until only {base} is left."
        )
    low = [name for name in powers if not model.values[name] > 0]
    if low:
        raise InvalidInputError(
            f"The scale {given} of {base} needs {low[0]} above zero; it is {model.values[low[0]]:g}. Name another scale or value."
        )
    return Scale(powers)


def _powers(model: Model, base: str, given: str) -> Powers:
    """Powers of parameters that a text multiplies."""
    expression = model.expression(given)
    positive = {symbol: sympy.Symbol(symbol.name, positive=True) for symbol in model.parameter_symbols}
    plain = sympy.expand_power_base(expression.xreplace(positive)).as_powers_dict()
    names = {symbol: symbol.name for symbol in positive.values()}
    if any(part not in names or not power.is_Rational for part, power in plain.items() if part != 1):
        raise InvalidInputError(
            f"The scale of {base} must be a product of powers of parameters of '{model.name}', such as 1/fatigue_x; got {given}."
        )
    return product({names[part]: Fraction(int(power.p), int(power.q))} for part, power in plain.items() if part != 1)
