"""Pairs of parameters of which one must not exceed the other, such as the least and the greatest exposure.

A parameter names what it must not exceed (`Parameter.at_most`). A name that is no parameter of the model, since a path in time drives
it or a method has taken it for a state, is left out here; whoever moves it checks its path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from richardson.errors import InvalidInputError, OutOfBoundsError
from richardson.symbolic.quantity import Parameter

if TYPE_CHECKING:
    from richardson.symbolic.model import Model

Range = tuple[float, float]


def ordered_pairs(parameters: Iterable[Parameter]) -> tuple[tuple[Parameter, Parameter], ...]:
    """Those that must not exceed another, each with that other."""
    known = {parameter.name: parameter for parameter in parameters}
    return tuple((low, known[low.at_most]) for low in known.values() if low.at_most in known)


def demand(low: Parameter, high: Parameter) -> str:
    """What is asked of a pair, as the beginning of a sentence."""
    return f"{low.meaning} ({low.name}) must not be above {high.meaning} ({high.name})"


def check_values(parameters: Iterable[Parameter], values: Mapping[str, float]) -> None:
    """Refuse values of parameters of which one exceeds another that it must not exceed.

    Raises
    ------
    OutOfBoundsError
        If a pair has crossed.
    """
    for low, high in ordered_pairs(parameters):
        if values[low.name] > values[high.name]:
            raise OutOfBoundsError(
                f"{demand(low, high)}; got {values[low.name]} and {values[high.name]}. Exchange the two, or set them equal."
            )


def check_ranges(model: Model, ranges: Mapping[str, Range]) -> None:
    """Refuse ranges of values in which parameters would cross.

    Parameters
    ----------
    model : Model
        Whose other parameters keep their values.
    ranges : mapping of str to pair of float
        Lowest and highest value, by parameter or by concept, whose members move as one; those of different names move apart.

    Raises
    ------
    OutOfBoundsError
        If a pair crosses somewhere; the message says where.
    """
    mover = {member: name for name in ranges for member in model.resolve(name)}
    for low, high in ordered_pairs(model.parameters):
        if mover.get(low.name, low) == mover.get(high.name, high):
            continue  # as one
        highest = ranges[mover[low.name]][1] if low.name in mover else model.values[low.name]
        lowest = ranges[mover[high.name]][0] if high.name in mover else model.values[high.name]
        if highest > lowest:
            up = f"goes up to {highest}" if low.name in mover else f"is {highest}"
            down = f"goes down to {lowest}" if high.name in mover else f"is {lowest}"
            raise OutOfBoundsError(
                f"{demand(low, high)}. Here {low.name} {up} and {high.name} {down}, so that they cross between {lowest} and {highest}. "
                f"Give ranges that keep their order."
            )


def order_bounds(model: Model, name: str, moving: Iterable[str]) -> Range:
    """Between which values a parameter keeps its order with those that do not move.

    Parameters
    ----------
    model : Model
    name : str
    moving : iterable of str
        Names of parameters, or concepts, that move; it is one of them.
    """
    members = {member for each in moving for member in model.resolve(each)}
    still = [(low.name, high.name) for low, high in ordered_pairs(model.parameters) if not {low.name, high.name} <= members]
    lower = [model.values[low] for low, high in still if high == name]
    upper = [model.values[high] for low, high in still if low == name]
    return max(lower, default=float("-inf")), min(upper, default=float("inf"))


def refuse_lost_orders(model: Model, fixed: Iterable[str]) -> None:
    """Refuse to make parameters into units where others are held against them.

    Raises
    ------
    InvalidInputError
        If one of a pair is among the ``fixed``.
    """
    gone = set(fixed)
    for low, high in ordered_pairs(model.parameters):
        if gone & {low.name, high.name}:
            raise InvalidInputError(
                f"{demand(low, high)} in '{model.name}', which could not be held any more where these scales make units out of "
                f"{' and '.join(sorted(gone & {low.name, high.name}))}. Choose other scales."
            )
