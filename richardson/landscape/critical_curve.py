"""Where the spiral number of the equilibrium reached from zero arms and fear is one, over two parameters."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.continuation.family import Family
from richardson.continuation.special_points import fold_near
from richardson.landscape.many_kinds import KINDS
from richardson.landscape.polylines import edges_of, polylines
from richardson.landscape.settling import SETTLED, parameter_rows, reach
from richardson.landscape.stability_map import BOUND, StabilityMap
from richardson.landscape.verdicts import jacobians_at_zero
from richardson.stability.window import Window
from richardson.symbolic.conditions import spiral_numbers_of
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates, synchronous_states

HALVINGS = 48  # an edge of the grid is halved down to rounding
EARLY = 11  # halvings, after which a fold may be solved for between the ends
JUMP = 0.05  # relative: ends of an edge whose states differ by less are not searched for a jump
CHECK = 5  # halvings, after which a slope has shrunk to a thirty-second and a jump has not
SLOPE = 4e-3  # relative: what is left of a slope by then
CONTINUOUS = 1e-6  # relative: states on both sides that differ by less are one equilibrium
NEAR_ONE = 0.02  # a jump beside which R is farther from one is no fold
EARLY_NEAR = 0.2  # the same while the jump is known less well: a fold that lies between its ends explains it
MET = 1e-4  # R so near one, beside a jump that is no generic fold, has reached one
FOLD_BOX = 0.2  # relative half-width of the box in which a fold beside a state is solved for
FOLD_SHARE = 1e-3  # of the edge: a fold farther from where halving ended is another one


Segments = tuple[FloatArray, FloatArray, FloatArray]  # ends (n, 2, 2), and what is found at the one and the other, (n, 2 + d)


@dataclass(frozen=True, eq=False)
class Probe:
    """What is reached from zero at points of a plane of two parameters.

    Attributes
    ----------
    model : Model
    names : pair of str
    field : Field
    groups : IntArray
        Shape (d,): states kept equal by symmetry.
    is_linear : bool
        Whether the spiral number belongs to the equations, so that no path is needed.
    """

    model: Model
    names: tuple[str, str]
    field: Field
    groups: IntArray
    is_linear: bool

    @classmethod
    def of(cls, model: Model, names: tuple[str, str]) -> Self:
        """Probe of ``model`` over two parameters."""
        groups = np.array(synchronous_states(model, names), dtype=np.int64)
        return cls(model, names, Field.of(model), groups, has_linear_rates(model, names))

    def at(self, points: FloatArray) -> FloatArray:
        """Rows (spiral number, code, states …) of shape (n, 2 + d) at points of shape (n, 2)."""
        rows = parameter_rows(self.model, self.names, (points[:, 0], points[:, 1]))
        followers = np.array([state.is_follower for state in self.model.states])
        if self.is_linear:
            states, codes = np.zeros((len(points), self.field.dimension)), np.full(len(points), SETTLED)
            numbers = spiral_numbers_of(jacobians_at_zero(self.model, rows), followers)
        else:
            found = reach(self.field, self.groups, rows, bound=BOUND)
            states, codes, numbers = found.states, found.codes, spiral_numbers_of(found.jacobians, followers)
        return np.column_stack((numbers, codes, states))


def critical_curve(chart: StabilityMap) -> tuple[FloatArray, ...]:
    """Polylines on which R = 1 for the equilibrium reached from zero.

    Parameters
    ----------
    chart : StabilityMap

    Returns
    -------
    tuple of FloatArray
        Shape (n, 2) each, columns in the order of the chart's parameters; every vertex lies on an edge of its grid, and on the
        curve to rounding.

    Notes
    -----
    R passes through 1 where the equilibrium lives on, or reaches 1 where it ends in a fold and the path goes elsewhere. Each edge
    of the grid at whose ends the paths differ is halved to rounding; a fold beside it is then solved for. Jumps for other reasons
    are not on the curve.
    """
    probe = Probe.of(chart.model, chart.parameters)
    shape = (chart.grids[0].size, chart.grids[1].size)
    nodes = np.stack(np.meshgrid(*chart.grids, indexing="ij"), axis=-1).reshape(-1, 2)
    rows = _at_nodes(probe, chart, nodes)
    edges = list(edges_of(shape))
    ends = np.array([[np.ravel_multi_index(node, shape) for node in edge] for edge in edges])
    low, high = rows[ends[:, 0]], rows[ends[:, 1]]
    wanted = np.flatnonzero((_side(low) != _side(high)) | (_distance(low, high) > JUMP))
    coarse = _halved(probe, (nodes[ends[wanted]], low[wanted], high[wanted]), range(EARLY))
    folds = [
        _early_fold(probe, points, (first, last), nodes[ends[edge]]) for edge, points, first, last in zip(wanted, *coarse, strict=True)
    ]
    found = {edges[edge]: fold for edge, fold in zip(wanted, folds, strict=True) if fold is not None}
    rest = np.array([place for place, fold in enumerate(folds) if fold is None], dtype=np.int64)
    points, first, last = coarse
    fine = _halved(probe, (points[rest], first[rest], last[rest]), range(EARLY, HALVINGS))
    for edge, segment, one, other in zip(wanted[rest], *fine, strict=True):
        point = _crossing(probe, segment, (one, other), nodes[ends[edge]])
        if point is not None:
            found[edges[edge]] = point
    return tuple(polylines(found, shape))


def _at_nodes(probe: Probe, chart: StabilityMap, nodes: FloatArray) -> FloatArray:
    """What `Probe.at` finds at the nodes of a chart, which knows it wherever an equilibrium is reached."""
    if probe.is_linear:
        return probe.at(nodes)
    rows = np.column_stack((chart.spiral_number.ravel(), np.full(len(nodes), SETTLED), chart.reached.reshape(len(nodes), -1)))
    rest = np.flatnonzero(~np.isin(chart.kind.ravel(), KINDS))
    rows[rest] = probe.at(nodes[rest])
    return rows


def _side(rows: FloatArray) -> IntArray:
    """1 or 0 for R below one or not, −1 − code where R is undefined, shape (n,)."""
    return np.where(np.isfinite(rows[:, 0]), np.where(rows[:, 0] < 1.0, 1, 0), -1 - rows[:, 1].astype(np.int64))


def _distance(one: FloatArray, other: FloatArray) -> FloatArray:
    """Largest relative difference of states; infinite where one side has none, zero where neither has, shape (n,)."""
    size = np.maximum(np.maximum(np.abs(one[:, 2:]), np.abs(other[:, 2:])), np.finfo(np.float64).tiny)
    gaps: FloatArray = np.nan_to_num(np.abs(one[:, 2:] - other[:, 2:]) / size, nan=np.inf).max(axis=1)
    return np.where(np.isnan(one[:, 2]) & np.isnan(other[:, 2]), 0.0, gaps)


def _halved(probe: Probe, segments: Segments, halvings: range) -> Segments:
    """Segments halved towards the change between their ends."""
    ends, low, high = (part.copy() for part in segments)
    live = np.arange(len(ends))
    for halving in halvings:
        if halving >= CHECK:
            live = np.flatnonzero((_side(low) != _side(high)) | (_distance(low, high) > SLOPE))
        if not live.size:
            break
        middle = ends[live].mean(axis=1)
        there = probe.at(middle)
        beyond = _is_beyond(low[live], there, high[live])
        ends[live[beyond], 1], high[live[beyond]] = middle[beyond], there[beyond]
        ends[live[~beyond], 0], low[live[~beyond]] = middle[~beyond], there[~beyond]
    return ends, low, high


def _is_beyond(low: FloatArray, middle: FloatArray, high: FloatArray) -> BoolArray:
    """Whether the change lies between ``low`` and ``middle``, shape (n,)."""
    changes = _side(low) != _side(high)
    return np.where(changes, _side(middle) != _side(low), _distance(low, middle) > _distance(middle, high))


def _crossing(probe: Probe, ends: FloatArray, rows: tuple[FloatArray, FloatArray], edge: FloatArray) -> FloatArray | None:
    """The point of a halved edge at which R is one, or None."""
    numbers = np.array([row[0] for row in rows])
    low, high = (row[np.newaxis] for row in rows)
    if np.isfinite(numbers).all() and _side(low) != _side(high) and _distance(low, high)[0] < CONTINUOUS:
        middle: FloatArray = ends.mean(axis=0)
        return middle
    gaps = np.where(np.isfinite(numbers), np.abs(numbers - 1.0), np.inf)
    nearer = int(np.argmin(gaps))
    if gaps[nearer] > NEAR_ONE or (_side(low) == _side(high) and _distance(low, high)[0] < SLOPE):
        return None
    fold = _fold(probe, ends[nearer], rows[nearer][2:], edge)
    return ends[nearer] if fold is None and gaps[nearer] < MET else fold


def _early_fold(probe: Probe, ends: FloatArray, rows: tuple[FloatArray, FloatArray], edge: FloatArray) -> FloatArray | None:
    """A fold between the ends of a segment across which the path's end jumps, or None."""
    numbers = np.array([row[0] for row in rows])
    gaps = np.where(np.isfinite(numbers), np.abs(numbers - 1.0), np.inf)
    nearer = int(np.argmin(gaps))
    if gaps[nearer] > EARLY_NEAR or not _distance(rows[0][np.newaxis], rows[1][np.newaxis])[0] > JUMP:
        return None
    fold = _fold(probe, ends[nearer], rows[nearer][2:], edge)
    return fold if fold is not None and (np.min(ends, axis=0) <= fold).all() and (fold <= np.max(ends, axis=0)).all() else None


def _fold(probe: Probe, point: FloatArray, state: FloatArray, edge: FloatArray) -> FloatArray | None:
    """The fold beside a state, on the line of an edge with ends (2, 2)."""
    axis = int(np.argmax(edge[0] != edge[1]))
    model = probe.model.with_values(**dict(zip(probe.names, point.tolist(), strict=True)))
    room = FOLD_BOX * np.maximum(np.abs(state), np.abs(state).max() * FOLD_BOX)
    sides = {name: (x - r, x + r) for name, x, r in zip(model.state_names, state.tolist(), room.tolist(), strict=True)}
    family = Family.of(model, probe.names[axis], (float(edge[0, axis]), float(edge[1, axis])), Window(**sides))
    fold = fold_near(family, family.scaled(state, point[axis]))
    if fold is None or isinstance(fold.value, tuple) or abs(fold.value - point[axis]) > FOLD_SHARE * abs(edge[1, axis] - edge[0, axis]):
        return None
    found = point.copy()
    found[axis] = fold.value
    return found
