"""Equations as a user writes them, read into states, parameters and expressions."""

from collections.abc import Mapping, Sized
from typing import Any

import sympy

from richardson.errors import ModelError, UnknownNameError, nearest
from richardson.symbolic.order import check_values
from richardson.symbolic.parse import check_name, parse
from richardson.symbolic.quantity import Parameter, Quantity, State

KINDS = ("flow", "map")

Descriptions = Mapping[str, Mapping[str, Any] | None]


def read_equations(
    equations: Mapping[str, Any], parameters: Mapping[str, Any], described: Descriptions
) -> tuple[tuple[State, ...], tuple[Parameter, ...], tuple[sympy.Expr, ...]]:
    """States, parameters and rates of equations given as text or sympy.

    Parameters
    ----------
    equations : mapping of str to str or sympy.Expr
        Right-hand side by state name.
    parameters : mapping of str to float
        Value by parameter name.
    described : mapping
        Attribute of a quantity ("lower", "unit", …) to a mapping of names to its values.

    Raises
    ------
    ParseError
        If a text is not an expression.
    ModelError, UnknownNameError, OutOfBoundsError
        If names clash or are unknown, or a value lies outside its bounds.
    """
    for what, given in {"equations": equations, "parameters": parameters, **described}.items():
        if given is not None and not isinstance(given, Mapping):
            raise ModelError(f'The {what} must be a mapping by name, such as {{"x": …}}; got {given!r}.')
    if not equations:
        raise ModelError('A model needs at least one equation. Give a mapping such as {"x": "k*y - a*x"}.')
    _refuse_clash(equations, parameters)
    _check_order(described.get("at_most") or {}, tuple(parameters))
    _check_descriptions(described, (*equations, *parameters))
    states = tuple(State(check_name(name, "state"), **_of(described, name)) for name in equations)
    declared = tuple(Parameter(check_name(name, "parameter"), **_of(described, name), default=value) for name, value in parameters.items())
    known = {name: sympy.Symbol(name, real=True) for name in (*equations, *parameters)}
    return states, declared, tuple(parse(equation, known) for equation in equations.values())


def check_kind(kind: str) -> None:
    """Refuse a kind of model that there is not."""
    if kind not in KINDS:
        raise UnknownNameError(f"A model is a 'flow' or a 'map'; got kind {kind!r}. {nearest(str(kind), KINDS)}")


def check_names(quantities: tuple[Quantity, ...]) -> None:
    """Refuse names that equations cannot use, or that occur twice."""
    seen: set[str] = set()
    for quantity in quantities:
        check_name(quantity.name, "name")
        if quantity.name in seen:
            raise ModelError(f"The name '{quantity.name}' occurs twice. Give every state and parameter a name of its own.")
        seen.add(quantity.name)


def check_counts(name: str, states: Sized, rates: Sized, parameters: Sized, numbers: Sized) -> None:
    """Refuse other than one equation a state, at least one, and one number a parameter."""
    if not len(states):
        raise ModelError(f"'{name}' has no states. Give at least one, with its equation.")
    if len(rates) != len(states) or len(numbers) != len(parameters):
        raise ModelError(
            f"'{name}' has {len(states)} states with {len(rates)} equations and {len(parameters)} parameters "
            f"with {len(numbers)} numbers. Give one equation a state and one number a parameter."
        )


def check_symbols(states: tuple[State, ...], rates: tuple[sympy.Expr, ...], known: set[sympy.Symbol]) -> None:
    """Refuse equations in symbols that are not declared."""
    for state, rate in zip(states, rates, strict=True):
        if not isinstance(rate, sympy.Expr):
            raise ModelError(f"The equation of '{state.name}' is a {type(rate).__name__}. Use Model.from_equations for equations as text.")
        unknown = sorted(symbol.name for symbol in rate.free_symbols - known)
        if unknown:
            names = [symbol.name for symbol in known]
            raise ModelError(f"The equation of '{state.name}' uses '{unknown[0]}', which is not declared. {nearest(unknown[0], names)}")


def checked_numbers(parameters: tuple[Parameter, ...], numbers: tuple[float, ...]) -> tuple[float, ...]:
    """The numbers as floats, each within the bounds of its parameter and none above one that it must not exceed.

    Raises
    ------
    OutOfBoundsError
        If one is not.
    """
    kept = tuple(parameter.check(number) for parameter, number in zip(parameters, numbers, strict=True))
    check_values(parameters, {parameter.name: number for parameter, number in zip(parameters, kept, strict=True)})
    return kept


def _refuse_clash(equations: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    both = [name for name in equations if name in parameters]
    if both:
        raise ModelError(f"'{both[0]}' is both a state and a parameter. Rename one of them.")


def _check_descriptions(described: Descriptions, names: tuple[str, ...]) -> None:
    for what, given in described.items():
        for name in given or {}:
            if name not in names:
                raise UnknownNameError(f"A {what} is given for '{name}', which is no state or parameter. {nearest(str(name), names)}")


def _check_order(at_most: Mapping[str, Any], parameters: tuple[str, ...]) -> None:
    """Refuse an order of what are no two parameters."""
    for low, high in at_most.items():
        for name in (low, high):
            if name not in parameters:
                raise UnknownNameError(f"at_most= sets parameters in order; '{name}' is none. {nearest(str(name), parameters)}")
        if low == high:
            raise ModelError(f"at_most= sets '{low}' below itself. Name another parameter that it must not exceed.")


def _of(described: Descriptions, name: str) -> dict[str, Any]:
    return {what: given[name] for what, given in described.items() if given and name in given}
