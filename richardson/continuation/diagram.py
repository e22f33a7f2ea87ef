"""Every branch of equilibria over one parameter, in a window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.arclength import Walk, corrected
from richardson.continuation.assemble import assembled, curve_along, curve_through
from richardson.continuation.branch import Branch
from richardson.continuation.family import Family
from richardson.continuation.locate import Located, located
from richardson.errors import ComputationError, InvalidInputError
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibria, equilibria
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

VALUES = 16  # parameter values at which equilibria are looked for
OFF_CENTRE = 0.381966  # where in its part of the span each value lies: off the round numbers at which symmetric branches cross
SAME = 1e-6  # of the box: nearer, two equilibria at one value are the same


@dataclass(frozen=True, eq=False, repr=False)
class Diagram(Sequence[Branch]):
    """Branches of equilibria over one parameter, in order of their first value and state.

    Attributes
    ----------
    branches : tuple of Branch
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    span : pair of float
        Lowest and highest parameter value, in its unit.
    window : Window
        Where the states were looked for.
    model : Model
    provenance : Provenance
    """

    branches: tuple[Branch, ...]
    parameter: str
    span: tuple[float, float]
    window: Window
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of branches."""
        return len(self.branches)

    @overload
    def __getitem__(self, index: int) -> Branch: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Branch, ...]: ...

    def __getitem__(self, index: int | slice) -> Branch | tuple[Branch, ...]:
        """One branch, or some as a tuple."""
        return self.branches[index]

    def __iter__(self) -> Iterator[Branch]:
        """Branches in order."""
        return iter(self.branches)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row an equilibrium: the number of its branch, then the columns of `Branch.to_table`."""
        columns: dict[str, list[Any]] = {"branch": []}
        for number, branch in enumerate(self.branches):
            columns["branch"] += [number] * len(branch)
            for name, column in branch.to_table().items():
                columns.setdefault(name, []).extend(column)
        return {**columns}

    def __repr__(self) -> str:
        """Parameter, span and branches."""
        branches = ", ".join(map(repr, self.branches)) or "none"
        noun = "branch" if len(self) == 1 else "branches"
        return f"<{len(self)} {noun} over {self.parameter} in [{self.span[0]:g}, {self.span[1]:g}]: {branches}>"


def equilibrium_diagram(
    model: Model, parameter: str, span: tuple[float, float], window: Window, *, values: int = VALUES, method: str = "auto"
) -> Diagram:
    """Every branch of equilibria over one parameter in a window, with the special points on them.

    Parameters
    ----------
    model : Model
        Autonomous; of a map, fixed points are followed.
    parameter : str
        Name of a parameter, or of a concept whose members are equal and move as one.
    span : pair of float
        Lowest and highest value, in its unit.
    window : Window
        Spans every state; branches are followed within it and within the states' bounds.
    values : int
        Number of values, besides both ends, at which equilibria are looked for to start from.
    method : str
        How, as in `equilibria`: by default none is missed at those values, with up to six states.

    Returns
    -------
    Diagram

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError
        If the rates contain time, the parameter is unknown or its members differ, or the span or the window does not fit.
    ComputationError
        If the equilibria form a continuum at every value.

    Notes
    -----
    From the equilibria found at each value branches are followed in arclength, through folds, and from branch points along the branch
    that crosses there; special points are located as in `continue_equilibrium`. A branch between two neighbouring values of the
    sweep that crosses no other is missed.

    Examples
    --------
    >>> bead = Model.from_equations({"x": "m + x - x**3"}, {"m": 0.0})
    >>> equilibrium_diagram(bead, "m", (-1, 1), Window(x=(-2, 2)))[0].points
    (<fold at 0.3849001795: -0.57735027>, <fold at -0.3849001795: 0.57735027>)
    """
    refuse_time(model, "Branches of equilibria")
    if values < 1:
        raise InvalidInputError(f"Equilibria must be looked for at 1 value of '{parameter}' or more; got {values}.")
    window.check(model)
    family = Family.of(model, parameter, span, window)
    low, high = float(family.origin[-1]), float(family.origin[-1] + family.scale[-1])
    inner = low + (high - low) * (np.arange(values) + OFF_CENTRE) / values
    provenance = record(
        model, verb="equilibrium_diagram", parameter=parameter, span=(low, high), window=repr(window), values=values, method=method
    )
    found = _sweep(model, parameter, window, method, [*inner.tolist(), low, high])
    branches = [assembled(family, curve, points, provenance) for curve, points in _curves(family, found)]
    branches.sort(key=lambda branch: (branch.values[0], *branch.states[0]))
    return Diagram(tuple(branches), parameter, (low, high), window, model, provenance)


def _sweep(model: Model, parameter: str, window: Window, method: str, values: list[float]) -> list[tuple[float, Equilibria]]:
    """Equilibria at each value at which they are isolated."""
    found: list[tuple[float, Equilibria]] = []
    refusal: ComputationError | None = None
    for value in values:
        try:
            found.append((value, equilibria(model.with_values(**{parameter: value}), window, method=method)))
        except ComputationError as error:  # a continuum at this value; branches cross it from others
            refusal = error
    if refusal is not None and not found:
        raise refusal
    return found


def _curves(family: Family, found: list[tuple[float, Equilibria]]) -> list[tuple[Walk, list[Located]]]:
    """A curve through every equilibrium that no other passes through, and those that cross them, with their special points."""
    curves: list[tuple[Walk, list[Located]]] = []

    def add(curve: Walk) -> None:
        points = located(family, curve)
        curves.append((curve, points))
        for each in points:
            if each.crossing is not None:
                other = curve_along(family, each.crossing, each.crossing.other_than(curve.tangents[each.step]))
                if other is not None and not any(_meets(family, known, _off(other, each.crossing.place)) for known, _ in curves):
                    add(other)

    for value, there in found:
        for equilibrium in there:
            point = family.scaled(equilibrium.state, value)
            if not any(_meets(family, curve, point) for curve, _ in curves):
                add(curve_through(family, point))
    return curves


def _off(curve: Walk, place: FloatArray) -> FloatArray:
    """A point of the curve a step or two off the branch point at ``place``."""
    after = int(np.argmin(np.linalg.norm(curve.points - place, axis=1))) + 2
    point: FloatArray = curve.points[min(after, len(curve.points) - 1)]
    return point


def _meets(family: Family, curve: Walk, point: FloatArray) -> bool:
    """Whether the curve passes through ``point``: where it crosses that parameter value, corrected back to an equilibrium."""
    row = np.eye(len(point))[-1]
    gaps = curve.points[:, -1] - point[-1]
    for i in np.flatnonzero(gaps[:-1] * gaps[1:] <= 0.0):
        share = gaps[i] / (gaps[i] - gaps[i + 1]) if gaps[i] != gaps[i + 1] else 0.0
        guess = curve.points[i] + share * (curve.points[i + 1] - curve.points[i])
        guess[-1] = point[-1]
        crossing = corrected(family, guess, row)
        if crossing is not None and np.abs(crossing - point).max() < SAME:
            return True
    return bool((np.abs(curve.points - point).max(axis=1) < SAME).any())
