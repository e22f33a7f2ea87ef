"""Where a stable equilibrium goes as its parameter moves slowly, and where it ceases to be stable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.follow import continue_equilibrium
from richardson.errors import ComputationError, InvalidInputError, NotStableError, OutOfBoundsError
from richardson.provenance import Provenance
from richardson.stability.equilibria import Equilibrium, equilibrium_at
from richardson.stability.newton import polished
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.model import Model

HARMLESS = "neutral saddle"  # the one kind of point at which nothing changes


@dataclass(frozen=True, eq=False)
class QuasiStatic:
    """A branch seen from the stable equilibrium at which a parameter sets out.

    Attributes
    ----------
    branch : Branch
        Between the two values.
    start : FloatArray
        Shape (d,): the equilibrium at the first value.
    rate : float
        How fast it relaxes in its slowest direction, in 1/yr.
    point : SpecialPoint or None
        Where stability is first lost on the way; None if never.
    target : FloatArray or None
        Shape (d,): the state of the branch at the last value, if it gets there without turning back and is stable there.
    target_rate : float or None
        How fast that relaxes.
    """

    branch: Branch
    start: FloatArray
    rate: float
    point: SpecialPoint | None
    target: FloatArray | None
    target_rate: float | None


def quasi_static(
    model: Model, start: Equilibrium | Mapping[str, float] | Sequence[float], parameter: str, to: float, window: Window | None
) -> QuasiStatic:
    """The branch of a stable equilibrium from the model's own value of a parameter to another.

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError, ComputationError
        As `continue_equilibrium`, or if the value is the model's own, or the branch ends before it for another reason than a
        change of stability, or changes stability just there.
    NotStableError
        If the start is not stable.
    """
    if model.kind != "flow":
        raise InvalidInputError(f"'{model.name}' is a {model.kind}, whose steps know no time. Give a flow.")
    own = model.values[model.resolve(parameter)[0]]
    value = _number(to, parameter)
    if value == own:
        raise InvalidInputError(f"'{parameter}' is {own:g} already. Name another value for it to go to.")
    branch = continue_equilibrium(model, start, parameter, (min(own, value), max(own, value)), window=window)
    order = np.arange(len(branch)) if branch.values[0] == own else np.arange(len(branch))[::-1]
    if branch.values[0] == own == branch.values[-1]:
        near = np.linalg.norm(branch.states[[0, -1]] - _state(model, start), axis=1)
        order = order if near[0] <= near[1] else order[::-1]
    first = int(order[0])
    if not branch.is_stable[first]:
        raise NotStableError(f"The equilibrium at {parameter} = {own:g} is not stable: no path stays at it. Start from a stable one.")
    forwards = order[0] <= order[-1]
    points = [point for point in (branch.points if forwards else branch.points[::-1]) if point.kind != HARMLESS]
    ahead = np.diff(branch.values[order]) * np.sign(value - own) >= 0.0
    last = int(order[-1])
    arrives = bool(ahead.all()) and branch.values[last] == value
    if not arrives and not points:
        raise ComputationError(
            f"The equilibrium can be followed to {parameter} = {branch.values[last]:g} only ({branch.outcome}), not to {value:g}. "
            "Choose a nearer value, or a wider window."
        )
    is_there = arrives and bool(branch.is_stable[last])
    if _holds(points[0], value) if points else not is_there:
        raise ComputationError(
            f"The equilibrium loses its stability just at {parameter} = {value:g}, where a path neither stays at it nor surely leaves it. "
            "End on one side of that value."
        )
    return QuasiStatic(
        branch,
        branch.states[first].copy(),
        -float(branch.eigenvalues[first].real.max()),
        points[0] if points else None,
        branch.states[last].copy() if is_there else None,
        -float(branch.eigenvalues[last].real.max()) if is_there else None,
    )


def check_room(slow: QuasiStatic, bound: float) -> None:
    """Refuse a bound that the equilibrium itself passes: a path that follows it would be taken to run away.

    Raises
    ------
    OutOfBoundsError
    """
    for state, verb in ((slow.start, "begins"), (slow.target, "ends")):
        if state is not None and (np.abs(state) > bound).any():
            place = int(np.argmax(np.abs(state)))
            where = f"{slow.branch.model.state_names[place]} = {state[place]:g}"
            raise OutOfBoundsError(
                f"The equilibrium {verb} at {where}, beyond bound = {bound:g}, so that what follows it would seem to run away. Raise bound."
            )


def equilibrium_beside(model: Model, state: FloatArray, provenance: Provenance) -> Equilibrium:
    """The equilibrium at which a path or a branch has been found to be, shape (d,), to rounding."""
    room = np.maximum(np.abs(state), max(float(np.abs(state).max()), 1e-300)) if state.any() else np.ones(len(state))
    equations = RestEquations.of(model, state - room, state + room)
    return equilibrium_at(equations, polished(equations, state), None, provenance)


def _holds(point: SpecialPoint, value: float) -> bool:
    """Whether the bracket of a point on a branch holds a value of its parameter."""
    low, high = np.asarray(point.bracket, dtype=np.float64)
    return bool(low <= value <= high)


def _number(value: float, parameter: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"The value of '{parameter}' must be a number; got {value!r}.") from error
    if not isfinite(number):
        raise InvalidInputError(f"The value of '{parameter}' must be finite; got {number!r}. Name where it is to end.")
    return number


def _state(model: Model, start: Equilibrium | Mapping[str, float] | Sequence[float]) -> FloatArray:
    """The start as a state."""
    if isinstance(start, Equilibrium):
        return start.state
    return np.array([start[name] for name in model.state_names] if isinstance(start, Mapping) else list(start), dtype=np.float64)
