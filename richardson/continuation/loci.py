"""Curves of folds and of Hopf points over two parameters, and the points on them where a second condition holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.continuation.arclength import Walk, walk
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.codimension_two import located, special_points
from richardson.continuation.codimension_two_conditions import FoldConditions, HopfConditions
from richardson.continuation.ends import outcome_of_both
from richardson.continuation.loci_plane import Plane
from richardson.continuation.loci_start import System, start_of
from richardson.continuation.loci_systems import HopfSystem
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.stability.rest import refuse_time
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

KINDS = ("fold", "hopf")


@dataclass(frozen=True, eq=False, repr=False)
class Locus:
    """Fold or Hopf points joined over two parameters: where in their plane what a model does changes.

    Attributes
    ----------
    kind : str
        "fold" or "hopf".
    parameters : pair of str
        Names of the parameters, or of concepts whose members move as one.
    values : FloatArray
        Shape (n, 2): parameter values, in order of arclength from the end that is reached by lowering the first parameter.
    states : FloatArray
        Shape (n, d), in the states' units.
    frequencies : FloatArray or None
        Shape (n,), of the oscillations that begin along a Hopf curve, in rad/yr; None on a fold curve.
    points : tuple of SpecialPoint
        Points of codimension two, in the same order; each lies on the curve.
    outcome : Outcome
        CLOSED; else what kept either end from reaching the end of a span (STEP_TOO_SMALL, STEP_LIMIT, RAN_AWAY, REACHED_BOUND of a
        state); else REACHED_END. A Bogdanov–Takens point, in which a Hopf curve ends, is such an end.
    model : Model
    provenance : Provenance
    """

    kind: str
    parameters: tuple[str, str]
    values: FloatArray
    states: FloatArray
    frequencies: FloatArray | None
    points: tuple[SpecialPoint, ...]
    outcome: Outcome
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> FloatArray:
        """Values (n,) of one state by name, or of one of the two parameters.

        Raises
        ------
        UnknownNameError
            If it is neither.
        """
        if name in self.parameters:
            return np.ascontiguousarray(self.values[:, self.parameters.index(name)])
        return np.ascontiguousarray(self.states[:, state_position(self.model, name, also=self.parameters)])

    def __len__(self) -> int:
        """Number of points computed along the curve."""
        return len(self.values)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a point of the curve: parameters, states, and the frequency on a Hopf curve."""
        columns: dict[str, Sequence[Any]] = {name: self[name].tolist() for name in (*self.parameters, *self.model.state_names)}
        if self.frequencies is not None:
            columns["frequency"] = self.frequencies.tolist()
        return columns

    def to_xarray(self) -> Any:
        """Dataset along the curve (dimension ``point``): parameters, states, and the frequency on a Hopf curve.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        columns: dict[str, Any] = {name: ("point", self[name]) for name in self.parameters}
        for state in self.model.states:
            columns[state.name] = ("point", self[state.name], {"long_name": state.meaning, "units": state.unit})
        if self.frequencies is not None:
            columns["frequency"] = ("point", self.frequencies, {"units": "rad/yr"})
        attributes = {"kind": self.kind, "model": self.model.name, "fingerprint": self.model.fingerprint, "outcome": self.outcome.name}
        return xarray.Dataset(columns, attrs=attributes)

    def __repr__(self) -> str:
        """Kind, parameters, number of points, special points and outcome."""
        kinds = ", ".join(point.kind for point in self.points) or "no special point"
        return f"<{self.kind} curve over {' and '.join(self.parameters)}: {len(self)} points, {kinds}, {self.outcome.name}>"


def continue_point(model: Model, point: SpecialPoint, parameters: tuple[str, str], spans: Any) -> Locus:
    """The curve of folds or Hopf points through one of them, over two parameters.

    Parameters
    ----------
    model : Model
        Autonomous flow in which ``point`` was found; all but the parameter that was moved then are at its values.
    point : SpecialPoint
        A fold or Hopf point of a branch.
    parameters : pair of str
        Names; a bare concept name moves all its members as one. One of them is that along which ``point`` was found, unless the
        model is at that value.
    spans : pair of pairs of float
        Lowest and highest value of each parameter, in its unit. The curve is followed within them and within the states' bounds.

    Returns
    -------
    Locus

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError
        If the rates contain time, the model is a map, the point is of another kind or not one of the model, the parameters are
        unknown or not two that can move, or the spans do not fit.
    ComputationError
        If Newton's method does not reach the curve.

    Notes
    -----
    The curve solves a minimally augmented system [1]_ with exact derivatives. Along a fold curve cusps, Bogdanov–Takens and
    zero–Hopf points are located; along a Hopf curve generalised Hopf, zero–Hopf and Hopf–Hopf points, and the Bogdanov–Takens
    point in which it ends. Each is where a number changes sign between two points of the curve, refined by Newton's method. Two
    points of one kind much closer together than neighbouring points of the curve may be missed.

    References
    ----------
    .. [1] W. J. F. Govaerts (2000), Numerical Methods for Bifurcations of Dynamical Equilibria, SIAM (quoted from memory).

    Examples
    --------
    >>> bead = Model.from_equations({"x": "m + l*x - x**3"}, {"m": 0.0, "l": 3.0})
    >>> fold = SpecialPoint("fold", 2.0, np.array([-1.0]), (2.0, 2.0), 0.0)
    >>> continue_point(bead, fold, ("m", "l"), ((-3, 3), (-1, 4))).points
    (<cusp at 0, 0: 0>,)
    """
    refuse_time(model, "Curves over two parameters")
    if not isinstance(point, SpecialPoint):
        raise InvalidInputError(f"A special point of a branch is needed; got {point!r}. Give for example path.points[0].")
    if model.kind != "flow":
        raise InvalidInputError(f"'{model.name}' is a map; curves over two parameters are computed for flows only.")
    if point.kind not in KINDS:
        raise InvalidInputError(f"A {point.kind} cannot be continued in two parameters; give a fold or a Hopf point of a branch.")
    plane = Plane.of(model, parameters, spans)
    system, start = start_of(plane, point)
    provenance = record(model, verb="continue_point", parameters=plane.names, spans=plane.spans, kind=point.kind, value=point.value)
    curve, outcome = _curve_through(system, start)
    rows, points = _with_points(system, curve)
    states, values = system.plane.natural(rows)
    return Locus(
        kind=point.kind,
        parameters=(plane.names[0], plane.names[1]),
        values=np.ascontiguousarray(values),
        states=np.ascontiguousarray(states),
        frequencies=system.pace * np.sqrt(rows[:, plane.dimension]) if isinstance(system, HopfSystem) else None,
        points=points,
        outcome=outcome,
        model=model,
        provenance=provenance,
    )


def _curve_through(system: System, start: FloatArray) -> tuple[FloatArray, Outcome]:
    """Points (n, …) of the whole curve within the box, from the end that is reached by lowering the first parameter."""
    back = walk(system, start, -np.eye(len(start))[-2])
    if back.outcome is Outcome.CLOSED:
        return back.points, Outcome.CLOSED
    ahead = walk(system, start, -back.tangents[0])
    points = np.concatenate((back.points[:0:-1], ahead.points))
    return points, outcome_of_both(_ending(system, back), _ending(system, ahead))


def _ending(system: System, side: Walk) -> Outcome:
    """How one side ended; at ω = 0 as planned."""
    is_double_zero = isinstance(system, HopfSystem) and side.points[-1][system.plane.dimension] == 0.0
    return Outcome.REACHED_END if is_double_zero else side.outcome


def _with_points(system: System, curve: FloatArray) -> tuple[FloatArray, tuple[SpecialPoint, ...]]:
    """The points of a curve with its special points among them, and these."""
    conditions = HopfConditions(system) if isinstance(system, HopfSystem) else FoldConditions(system)
    found = list(special_points(conditions, curve))
    rows = list(curve)
    for step, place, _ in reversed(found):
        rows.insert(step + 1, place.point)
    points = [point for _, _, point in found]
    return np.array(rows), (*_double_zero(system, curve[0]), *points, *_double_zero(system, curve[-1]))


def _double_zero(system: System, end: FloatArray) -> tuple[SpecialPoint, ...]:
    """The Bogdanov–Takens point in which a Hopf curve ends, if it does."""
    if not isinstance(system, HopfSystem) or end[system.plane.dimension] != 0.0:
        return ()
    conditions = HopfConditions(system)
    place = located(conditions, "bogdanov-takens", end, conditions.frame(end, None))
    point = None if place is None else conditions.named(place)
    return () if point is None else (point,)
