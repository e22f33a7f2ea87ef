"""The curves on which the number of equilibria, or their stability, changes over two parameters."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.family import Family
from richardson.continuation.hopf import pair_near
from richardson.continuation.loci import Locus, continue_point
from richardson.continuation.special_points import fold_near
from richardson.errors import RichardsonError
from richardson.landscape.stability_map import StabilityMap

MOST_CURVES = 12
ATTEMPTS = 24  # at finding a point of a curve of either kind that is not known yet
SPREAD = 0.6180339887498949  # of the changes left: attempts that many apart never crowd where one has failed
NEAR = 0.75  # cells: a curve that passes between two neighbours comes within half a cell of their middle


class Change(NamedTuple):
    """Two neighbouring cells between which something changes: the one with more (or stable) equilibria first, and the axis."""

    cell: tuple[int, int]
    other: tuple[int, int]
    axis: int


def stability_boundaries(chart: StabilityMap) -> tuple[Locus, ...]:
    """Fold and Hopf curves that pass between the cells of a map, each followed over the whole of it.

    Parameters
    ----------
    chart : StabilityMap
        Two values or more on each axis.

    Returns
    -------
    tuple of Locus
        With cusps, Bogdanov–Takens and other special points on them. Where R passes through 1 without a fold or a Hopf point (an
        exchange of stability, an equilibrium that runs away) there is no such curve: see `critical_curve`.

    Notes
    -----
    Where the number of equilibria, or of stable ones, differs between neighbouring cells, a fold or Hopf point is solved for and
    continued (`continue_point`); changes beside a curve are explained by it, and the search goes on with the others. A closed
    curve that lies within one cell is not seen.

    Examples
    --------
    >>> from richardson.landscape.stability_map import stability_map
    >>> from richardson.models import security_dilemma
    >>> chart = stability_map(security_dilemma(), {"balance": [-0.2, 0.0, 0.2], "alarm": [2.0, 3.0]})
    >>> stability_boundaries(chart)
    (<fold curve over balance and alarm: ... points, no special point, REACHED_END>, <fold curve ...>)
    """
    if min(axis.size for axis in chart.grids) < 2:
        return ()
    spans = tuple((float(axis[0]), float(axis[-1])) for axis in chart.grids)
    curves: list[Locus] = []
    for kind, numbers in (("fold", chart.count), ("hopf", np.where(chart.count < 0, -1, chart.stable_count))):
        remaining = [change for change in _changes(numbers) if kind == "fold" or chart.count[change.cell] == chart.count[change.other]]
        for attempt in range(ATTEMPTS):
            if not remaining or len(curves) >= MOST_CURVES:
                break
            change = remaining.pop(int(len(remaining) * (attempt * SPREAD % 1.0)))
            point = _fold(chart, change) if kind == "fold" else _hopf(chart, change)
            curve = None if point is None else _followed(chart, change, point, spans)
            if curve is not None:
                curves.append(curve)
                remaining = _unexplained(chart, remaining, curve)
    return tuple(curves)


def _changes(numbers: IntArray) -> list[Change]:
    """Pairs of neighbouring cells in which ``numbers`` (n, m), −1 where unknown, differ."""
    found = []
    for axis in (0, 1):
        low = numbers[:-1, :] if axis == 0 else numbers[:, :-1]
        high = numbers[1:, :] if axis == 0 else numbers[:, 1:]
        for i, j in np.argwhere((low != high) & (low >= 0) & (high >= 0)).tolist():
            one, other = (i, j), (i + 1, j) if axis == 0 else (i, j + 1)
            found.append(Change(one, other, axis) if numbers[one] > numbers[other] else Change(other, one, axis))
    return found


def _states(chart: StabilityMap, cell: tuple[int, int]) -> FloatArray:
    return np.ascontiguousarray(chart.states[cell][: max(int(chart.count[cell]), 0)])


def _partners(chart: StabilityMap, change: Change) -> tuple[FloatArray, IntArray]:
    """States (k, d) of the first cell, and for each the nearest of the other cell that no nearer one has taken, or −1."""
    mine, theirs = _states(chart, change.cell), _states(chart, change.other)
    partner = np.full(len(mine), -1)
    size = np.abs(mine).max(axis=0, initial=1e-300)
    distances = np.abs((mine[:, np.newaxis] - theirs[np.newaxis]) / size).max(axis=2) if len(theirs) else np.empty((len(mine), 0))
    for _ in range(min(distances.shape)):
        row, column = np.unravel_index(np.argmin(distances), distances.shape)
        partner[row] = column
        distances[row, :], distances[:, column] = np.inf, np.inf
    return mine, partner


def _family(chart: StabilityMap, change: Change, state: FloatArray) -> tuple[Family, FloatArray]:
    """Family along the change's axis, and a point of it beside the first cell."""
    values = [float(axis[place]) for axis, place in zip(chart.grids, change.cell, strict=True)]
    model = chart.model.with_values(**dict(zip(chart.parameters, values, strict=True)))
    axis = chart.grids[change.axis]
    family = Family.around(model, chart.parameters[change.axis], (float(axis[0]), float(axis[-1])), state)
    return family, family.scaled(state, values[change.axis])


def _fold(chart: StabilityMap, change: Change) -> SpecialPoint | None:
    """The fold in which two equilibria of the first cell end on the way to the other."""
    states, partner = _partners(chart, change)
    ending = states[partner < 0]
    if len(ending) != 2:
        return None
    family, guess = _family(chart, change, ending.mean(axis=0))
    return _between(chart, change, fold_near(family, guess))


def _hopf(chart: StabilityMap, change: Change) -> SpecialPoint | None:
    """The Hopf point in which an equilibrium of the first cell loses its stability on the way to the other."""
    states, partner = _partners(chart, change)
    stable = np.char.startswith(chart.kinds[change.cell], "stable")
    others = np.char.startswith(chart.kinds[change.other], "stable")
    for place, state in enumerate(states):
        if partner[place] >= 0 and stable[place] and not others[partner[place]]:
            family, guess = _family(chart, change, state)
            point = pair_near(family, guess)
            return _between(chart, change, point if point is not None and point.kind == "hopf" else None)
    return None


def _between(chart: StabilityMap, change: Change, point: SpecialPoint | None) -> SpecialPoint | None:
    """The point, if it lies between the two cells."""
    if point is None:
        return None
    ends = sorted(chart.grids[change.axis][cell[change.axis]] for cell in (change.cell, change.other))
    return point if ends[0] <= float(np.asarray(point.value)) <= ends[1] else None


def _followed(chart: StabilityMap, change: Change, point: SpecialPoint, spans: tuple[tuple[float, float], ...]) -> Locus | None:
    """The curve through a point; None where it cannot be followed."""
    values = {name: float(axis[place]) for name, axis, place in zip(chart.parameters, chart.grids, change.cell, strict=True)}
    values[chart.parameters[change.axis]] = float(np.asarray(point.value))
    try:
        return continue_point(chart.model.with_values(**values), point, chart.parameters, spans)
    except RichardsonError:
        return None


def _unexplained(chart: StabilityMap, changes: list[Change], curve: Locus) -> list[Change]:
    """Changes that no segment of the curve passes near."""
    steps = np.array([(axis[-1] - axis[0]) / (axis.size - 1) for axis in chart.grids])
    places = np.array([[axis[i] for axis, i in zip(chart.grids, cell, strict=True)] for change in changes for cell in change[:2]])
    if not len(places):
        return []
    middles = places.reshape(-1, 2, 2).mean(axis=1) / steps
    points = curve.values / steps
    away = np.full(len(middles), np.inf)
    for start, end in pairwise(points):
        along = end - start
        square = float(along @ along)
        share = np.clip((middles - start) @ along / square, 0.0, 1.0) if square > 0.0 else np.zeros(len(middles))
        away = np.minimum(away, np.linalg.norm(middles - start - share[:, np.newaxis] * along, axis=1))
    return [change for change, distance in zip(changes, away, strict=True) if distance > NEAR]
