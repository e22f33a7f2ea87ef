"""The equilibrium to which Newton's method leads from a given state."""

from collections.abc import Mapping, Sequence

import numpy as np

from richardson.errors import ComputationError
from richardson.provenance import record
from richardson.stability.closed_points import place_of
from richardson.stability.equilibria import Equilibrium, equilibrium_at
from richardson.stability.newton import root_from
from richardson.stability.rest import RestEquations, refuse_time
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values


def equilibrium_near(model: Model, start: Mapping[str, float] | Sequence[float]) -> Equilibrium:
    """The equilibrium of ``model`` that Newton's method reaches from a state; nothing is said of others.

    Parameters
    ----------
    model : Model
        Autonomous; of a map, a fixed point is found.
    start : mapping or sequence
        A state by name or in state order, such as zero arms, or the end of a run.

    Returns
    -------
    Equilibrium
        Without certificate; its ``residual`` is at rounding.

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If ``start`` is not a state of the model.
    ComputationError
        If the steps come to no equilibrium within the states' bounds.

    Notes
    -----
    It need not be the nearest one, nor the one to which a path from there leads: for that, integrate and start at the end of the run.

    Examples
    --------
    >>> race = Model.from_equations({"x": "0.15*y - 0.2*x + 20", "y": "0.1*x - 0.2*y + 40"})
    >>> equilibrium_near(race, {"x": 0, "y": 0})
    <stable node at x = 400, y = 400>
    """
    refuse_time(model, "An equilibrium")
    point = start_values(model, start)
    room = np.maximum(np.abs(point), 1.0)
    root = root_from(RestEquations.of(model, point - room, point + room), point)
    if root is None:
        raise ComputationError(
            f"From {place_of(model, point)} Newton's method comes to no equilibrium of '{model.name}'. Start nearer to one, for example at "
            "the end of a long run."
        )
    room = np.maximum(np.abs(root), 1.0)
    equations = RestEquations.of(model, root - room, root + room)
    errors, directions = equations.position_error(root)
    slack = errors @ np.abs(directions)
    inside = np.clip(root, equations.field.lower, equations.field.upper)
    if (np.abs(root - inside) > slack).any():
        raise ComputationError(
            f"From {place_of(model, point)} Newton's method leads to {place_of(model, root)}, outside of the bounds of '{model.name}'. "
            "Start elsewhere, for example at the end of a long run."
        )
    return equilibrium_at(equations, inside, None, record(model, verb="equilibrium_near", start=point.tolist()))
