"""Three states at once: runs, cycles and equilibria in a box seen from one corner."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from richardson.arrays import FloatArray
from richardson.continuation.cycles import LimitCycle
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError
from richardson.plot import key, style
from richardson.plot.draws import draws
from richardson.stability.equilibria import Equilibria, Equilibrium
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

Thing = Trajectory | LimitCycle | Equilibria | Equilibrium

HEIGHT = 85.0  # mm
TICKS = 4  # steps on an axis, at most: numbers along slanting axes soon touch
ZOOM = 0.86  # leaves room for the labels of the axes, of which the layout knows nothing
LINE, POINTS = 0.8, 2.5  # widths of a run, and of the marker of its start
PANE = "#fafafa"
FACES = ("xaxis", "yaxis", "zaxis")


@draws
def phase_space(*things: Thing, states: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Runs, limit cycles and equilibria in three of their states.

    Parameters
    ----------
    *things : Trajectory, LimitCycle, Equilibria or Equilibrium
        At least one, all of models with the same states. Runs have the colours of the key in the order given, and a dot where
        they start.
    states : sequence of str, optional
        Three states, for the axes across, backwards and up; the model's first three by default.
    ax : Axes, optional
        With ``projection="3d"``; a figure one column wide by default.

    Returns
    -------
    Axes
        Of three dimensions.

    Raises
    ------
    InvalidInputError
        If nothing or something else is given, the models differ in their states or have fewer than three, other than three
        states are asked for, or the Axes are flat.
    UnknownNameError
        If the models have no such state.

    Examples
    --------
    >>> import richardson as rn
    >>> run = rn.integrate(rn.models.nations(3, defence=0.3), [0, 0, 0], range(21))
    >>> axes = rn.plot.phase_space(run)
    >>> axes.get_zlabel()
    'arms of z, $z$ [arms]'
    """
    model = _common_model(things)
    columns = _columns(model, states)
    if ax is not None and ax.name != "3d":
        raise InvalidInputError("Three states need Axes with three dimensions; add them with figure.add_subplot(projection='3d').")
    with style.paper():
        axes: Any = style.figure(height=HEIGHT).add_subplot(projection="3d") if ax is None else ax
        runs = [thing for thing in things if isinstance(thing, Trajectory)]
        for position, run in enumerate(runs):
            _draw_run(axes, run.states[:, columns], position, len(runs))
        for thing in things:
            if isinstance(thing, LimitCycle):
                label = "stable cycle" if thing.is_stable else "unstable cycle"
                axes.plot(*thing.states[:, columns].T, color=key.INK, linestyle=key.line(thing.is_stable), zorder=3, label=label)
            elif not isinstance(thing, Trajectory):
                for equilibrium in (thing,) if isinstance(thing, Equilibrium) else thing:
                    place = equilibrium.state[columns][:, np.newaxis]
                    axes.plot(*place, **key.marker(equilibrium.kind), zorder=4, label=equilibrium.kind)
        _frame(axes, model, columns)
        key.legend(axes)
        drawn: Axes = axes
    return drawn


def _draw_run(axes: Any, path: FloatArray, position: int, count: int) -> None:
    """A run as a line with a dot at its start; named where there are several."""
    shade = key.colour(position)
    axes.plot(*path.T, color=shade, linewidth=LINE, label="run" if count == 1 else f"run {position + 1}")
    axes.plot(*path[:1].T, color=shade, marker=".", markersize=2 * POINTS, linestyle="none", label="start")


def _frame(axes: Any, model: Model, columns: list[int]) -> None:
    for face, column in zip(FACES, columns, strict=True):
        axis = getattr(axes, face)
        axis.set_pane_color(PANE)
        axis.set_label_text(model.states[column].label)
        axis.labelpad = 0
        axis.set_tick_params(pad=-1)
    axes.locator_params(nbins=TICKS)
    axes.set_box_aspect(None, zoom=ZOOM)


def _common_model(things: Sequence[Any]) -> Model:
    if not things:
        raise InvalidInputError("There is nothing to draw. Give at least one run, limit cycle or equilibrium.")
    names = {thing.model.state_names for thing in things}
    if len(names) > 1:
        listed = " and ".join(", ".join(each) for each in sorted(names))
        raise InvalidInputError(f"Things with different states share no space: {listed}. Draw them apart.")
    first: Model = things[0].model
    return first


def _columns(model: Model, states: Sequence[str] | None) -> list[int]:
    if len(model.states) < 3:
        raise InvalidInputError(
            f"'{model.name}' has {len(model.states)} states, and a space has three. Draw two with portrait or cycle, or all with series."
        )
    names = model.state_names[:3] if states is None else tuple(states)
    if len(names) != 3 or len(set(names)) != 3:
        raise InvalidInputError(f"Three different states have a space; got {states!r}. Give for example states={model.state_names[:3]!r}.")
    return [state_position(model, name) for name in names]
