"""Where a state stands on the state axis, by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from richardson.errors import UnknownNameError, nearest

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
