"""Where a state stands on the state axis, by its name, and values of all states in that order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError, nearest

if TYPE_CHECKING:
    from richardson.symbolic.model import Model


def state_position(model: Model, name: str, *, also: Sequence[str] = ()) -> int:
    """Index of the state of that name on the state axis.

    Parameters
    ----------
    model : Model
    name : str
    also : sequence of str
        Other names that the one who asks could have meant.

    Raises
    ------
    UnknownNameError
        If the model has no such state.
    """
    names = model.state_names
    if name not in names:
        raise UnknownNameError(f"'{model.name}' has no state '{name}'. {nearest(str(name), (*names, *also))}")
    return names.index(name)


def start_values(model: Model, start: Mapping[str, float] | Sequence[float] | FloatArray, *, within: bool = True) -> FloatArray:
    """Start values as an array, shape (d,).

    Parameters
    ----------
    model : Model
    start : mapping or sequence
        By state name, every state named, or in state order.
    within : bool
        Whether values must lie within the states' bounds.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError
        For a misspelt or missing state, a wrong length, a value that is not finite or out of bounds.
    """
    values = as_floats(_in_order(model, start) if isinstance(start, Mapping) else start, "Start values")
    if values.shape != (len(model.states),):
        raise InvalidInputError(
            f"'{model.name}' has {len(model.states)} states ({', '.join(model.state_names)}); "
            f"the start has shape {values.shape}. Give one number for each."
        )
    for state, value in zip(model.states, values, strict=True):
        if within:
            state.check(value)
        elif not np.isfinite(value):
            raise OutOfBoundsError(f"{state.meaning} ({state.name}) must be finite; got {value}.")
    return values


def _in_order(model: Model, start: Mapping[str, float]) -> list[float]:
    for name in start:
        state_position(model, name)
    missing = [name for name in model.state_names if name not in start]
    if missing:
        raise InvalidInputError(f"The start gives no value for {', '.join(missing)}. Name every state of '{model.name}'.")
    return [start[name] for name in model.state_names]
