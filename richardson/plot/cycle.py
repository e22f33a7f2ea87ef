"""Limit cycles: one in its states or over time, or a branch of them along a parameter."""

import numpy as np
from matplotlib.axes import Axes

from richardson.arrays import FloatArray
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles import LimitCycle
from richardson.continuation.cycles_branch import CycleBranch
from richardson.errors import InvalidInputError
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.naming import mark_points, value_of
from richardson.plot.style import drawing
from richardson.symbolic.position import state_position

HEIGHT = 68.0  # mm
MARGIN, WIDE_MARGIN = 0.05, 0.12  # of the extent: round a cycle, and where names need room
NO_CYCLE = ("homoclinic", "hopf")  # points at an end of the branch, which hold no cycle


@draws
def cycle(
    found: LimitCycle | CycleBranch, *, states: tuple[str, str] | None = None, state: str | None = None, ax: Axes | None = None
) -> Axes:
    """A limit cycle in two of its states, or the extremes of one state on a branch of cycles: stable solid, unstable dashed.

    Parameters
    ----------
    found : LimitCycle or CycleBranch
    states : pair of str, optional
        Of a cycle: states on the two axes; the model's first two by default.
    state : str, optional
        Of a branch: the state whose lowest and highest values are drawn (the model's first by default), or "period".
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownNameError
        If the model has no such state.
    InvalidInputError
        If ``states`` is given with a branch, or ``state`` with a cycle.

    Examples
    --------
    >>> import richardson as rn
    >>> oscillator = rn.Model.from_equations({"x": "y", "y": "(1 - x**2)*y - x"}, name="van der Pol")
    >>> axes = rn.plot.cycle(rn.limit_cycle(oscillator, [1, 0]))
    >>> axes.get_xlabel()
    '$x$'
    """
    if isinstance(found, CycleBranch):
        if states is not None:
            raise InvalidInputError("A branch is drawn over its parameter, one state at a time: give state=, not states=.")
        return _branch(found, state, ax)
    if state is not None:
        raise InvalidInputError("A cycle is drawn in two states: give states=(…, …), not state=.")
    names = found.model.state_names[:2] if states is None else tuple(states)
    if len(names) != 2:
        raise InvalidInputError(f"A cycle is drawn in two states; got {states!r}.")
    across, upright = (state_position(found.model, name) for name in names)
    with drawing(ax, height=HEIGHT) as axes:
        label = "stable cycle" if found.is_stable else "unstable cycle"
        axes.plot(found.states[:, across], found.states[:, upright], color=key.INK, linestyle=key.line(found.is_stable), label=label)
        _draw_direction(axes, found.states[:, [across, upright]])
        axes.set_xlabel(found.model.states[across].label)
        axes.set_ylabel(found.model.states[upright].label)
        axes.margins(MARGIN)
        key.legend(axes)
    return axes


def _branch(found: CycleBranch, state: str | None, ax: Axes | None) -> Axes:
    """Period, or extremes of a state, over the parameter."""
    model = found.model
    is_period = state == "period" and "period" not in model.state_names
    position = 0 if is_period or state is None else state_position(model, state)
    heights = found.periods[:, None] if is_period else found[model.state_names[position]]
    with drawing(ax, height=HEIGHT) as axes:
        for run, is_stable in key.stretches(found.is_stable):
            look, label = key.line(is_stable), "stable cycles" if is_stable else "unstable cycles"
            for column in heights.T:
                axes.plot(found.values[run], column[run], color=key.INK if is_period else key.colour(position), linestyle=look, label=label)
        axes.set_xlabel(key.parameter_label(model, found.parameter))
        axes.set_ylabel("period" if is_period else f"{model.states[position].label}, extremes")
        axes.margins(WIDE_MARGIN)
        key.legend(axes)
        curves = [np.column_stack((found.values, column)) for column in heights.T]
        mark_points(axes, found.points, [_height(found, point, heights) for point in found.points], curves)
    return axes


def _height(found: CycleBranch, point: SpecialPoint, heights: FloatArray) -> float:
    """Where a point stands; where it is no cycle of the branch, beside the nearest one."""
    row = int(np.argmin(np.abs(found.values - value_of(point))))
    if point.kind in NO_CYCLE:
        row = 0 if point is found.points[0] and row < len(found) // 2 else len(found) - 1
    return float(heights[row].max())


def _draw_direction(axes: Axes, orbit: FloatArray) -> None:
    """An arrow that tells which way round the cycle goes, where it is fastest."""
    lengths = np.linalg.norm(np.diff(orbit, axis=0) / np.maximum(np.ptp(orbit, axis=0), np.finfo(np.float64).tiny), axis=1)
    at = int(np.argmax(lengths))
    axes.annotate("", xy=orbit[at + 1], xytext=orbit[at], arrowprops={"arrowstyle": "-|>", "color": key.INK, "shrinkA": 0, "shrinkB": 0})
