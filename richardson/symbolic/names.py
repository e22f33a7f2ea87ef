"""What a name of a model stands for: a symbol, a parameter, or all members of a concept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.symbolic import concepts

if TYPE_CHECKING:
    from richardson.symbolic.model import Model


def symbol_of(model: Model, name: str) -> sympy.Symbol:
    """Symbol of the state or parameter of that name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    for symbol in (*model.state_symbols, *model.parameter_symbols, *model.driven_symbols):
        if symbol.name == name:
            return symbol
    known = (*model.state_names, *model.parameter_names)
    raise UnknownNameError(f"'{model.name}' has no state or parameter '{name}'. {nearest(str(name), known)}")


def movable_members(model: Model, name: str) -> tuple[str, ...]:
    """Parameters that a name stands for, where moving them leaves every state's bounds as they are: `Model.resolve`.

    Raises
    ------
    UnknownNameError
        As `members_of`.
    InvalidInputError
        If one of them is the upper bound of a state, which methods that move parameters take as fixed.
    """
    members = members_of(model, name)
    for state in model.states:
        if state.ceiling in members:
            raise InvalidInputError(
                f"'{state.ceiling}' of '{model.name}' is the upper bound of the state {state.name}, so it cannot be moved as one parameter "
                f"among others. Make one model for each value, with_values({state.ceiling}=…), and compare them."
            )
    return members


def members_of(model: Model, name: str) -> tuple[str, ...]:
    """Parameters that a name stands for: itself, or all members of a bare concept.

    Raises
    ------
    UnknownNameError
        If it is neither, or a drive moves it, or one of its members.
    """
    moved = tuple(symbol.name for symbol in model.driven_symbols)
    driven = concepts.members(name, moved, model.state_names)
    if driven:
        raise UnknownNameError(
            f"'{driven[0]}' of '{model.name}' is driven along a path in time and has no value to change. Use the model before with_drive."
        )
    members = concepts.members(name, model.parameter_names, model.state_names)
    if not members:
        known = (*model.parameter_names, *concepts.concepts(model.parameter_names, model.state_names))
        raise UnknownNameError(f"'{model.name}' has no parameter '{name}'. {nearest(str(name), known)}")
    return members
