"""Equilibria over two parameters as a surface: a sheet for each outcome, folded over where there are several."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from richardson.arrays import FloatArray
from richardson.continuation.branch import Branch
from richardson.continuation.loci import Locus
from richardson.errors import InvalidInputError
from richardson.plot import key, style
from richardson.plot.draws import draws
from richardson.plot.locus import LOOKS
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

HEIGHT = 85.0  # mm
POINTS = 80  # along each branch
VIEW = {"elev": 22.0, "azim": -68.0}  # degrees: from above the side where the surface is folded
SHEET: dict[str, Any] = {"linewidth": 0.15, "antialiased": True, "shade": False, "rasterized": True, "edgecolor": "#8c8c8c"}
STABLE, UNSTABLE = "#d3e3f2", "#e59a4f"  # apart in grey too
LIFTED = 0.004  # of the extent: what curves stand above the surface, so that it does not hide them
TICKS, ZOOM = 4, 0.9  # steps on an axis, at most; room for the labels of the axes, of which the layout knows nothing
PANE = "#fafafa"


@draws
def equilibrium_surface(
    branches: Sequence[Branch], second: str, *, folds: Sequence[Locus] = (), state: str | None = None, ax: Axes | None = None
) -> Axes:
    """One state of the equilibria over two parameters, stable sheets and unstable ones, with the folds between them.

    Parameters
    ----------
    branches : sequence of Branch
        Along one parameter, each of the model at another value of the second; two or more.
    second : str
        Name of the parameter, or of the concept, in which the branches' models differ.
    folds : sequence of Locus
        Over the two parameters, as `continue_point` gives them. Their cusps are marked.
    state : str, optional
        Name of the state on the upright axis; the model's first by default.
    ax : Axes, optional
        With ``projection="3d"``; a figure one column wide by default.

    Returns
    -------
    Axes
        Of three dimensions; the second parameter grows towards the reader, so that the front shows the fold.

    Raises
    ------
    InvalidInputError
        If there are fewer than two branches, they are along different parameters or at the same value of the second, a fold is over other
        parameters, or the Axes are flat.
    UnknownNameError
        If the model has no such state or parameter.

    Examples
    --------
    >>> import richardson as rn
    >>> race = rn.models.linear()
    >>> slices = [race.with_values(grievance=level) for level in (0.4, 0.5, 0.6)]
    >>> starts = [[2 * level, 2 * level] for level in (0.4, 0.5, 0.6)]
    >>> branches = [rn.continue_equilibrium(one, start, "defence", (0.2, 0.8)) for one, start in zip(slices, starts)]
    >>> axes = rn.plot.equilibrium_surface(branches, "grievance")
    >>> axes.get_zlabel()
    'arms of x, $x$ [arms]'
    """
    levels = _levels(branches, second)
    first = branches[0].parameter
    for fold in folds:
        if set(fold.parameters) != {first, second}:
            raise InvalidInputError(f"Folds on this surface are over {first} and {second}; got {fold!r}. Continue them over these two.")
    if ax is not None and ax.name != "3d":
        raise InvalidInputError("A surface needs Axes with three dimensions; add them with figure.add_subplot(projection='3d').")
    model = branches[0].model
    position = 0 if state is None else state_position(model, state)
    with style.paper():
        axes: Any = style.figure(height=HEIGHT).add_subplot(projection="3d") if ax is None else ax
        _draw_sheets(axes, [branches[row] for row in np.argsort(levels)], np.sort(levels), position)
        lift = LIFTED * np.ptp(np.concatenate([branch.states[:, position] for branch in branches]))
        for fold in folds:
            _draw_fold(axes, fold, (first, second), position, lift)
        _frame(axes, model, (first, second), position)
        key.legend(axes)
        drawn: Axes = axes
    return drawn


def _levels(branches: Sequence[Branch], second: str) -> FloatArray:
    """Values of the second parameter, shape (m,)."""
    if len(branches) < 2 or len({branch.parameter for branch in branches}) > 1:
        raise InvalidInputError(f"A surface needs two branches or more along one parameter; got {list(branches)!r}.")
    levels = np.array([branch.model.values[branch.model.resolve(second)[0]] for branch in branches])
    if len(np.unique(levels)) < len(levels):
        raise InvalidInputError(f"Every branch of a surface is at its own value of {second}; got {levels.tolist()}.")
    return levels


def _draw_sheets(axes: Any, branches: Sequence[Branch], levels: FloatArray, position: int) -> None:
    """The surface through branches resampled by length, each facet in the colour of its stability."""
    sampled = [_resampled(branch, position) for branch in branches]
    across, heights, stable = (np.array(part) for part in zip(*sampled, strict=True))
    up = np.repeat(levels[:, np.newaxis], POINTS, axis=1)
    colours = np.where(stable[..., np.newaxis], mpl.colors.to_rgba(STABLE), mpl.colors.to_rgba(UNSTABLE))
    axes.plot_surface(across, up, heights, rcount=len(levels), ccount=POINTS, facecolors=colours, **SHEET)
    for label, colour in (("stable equilibrium", STABLE), ("unstable equilibrium", UNSTABLE)):
        axes.plot([], [], [], marker="s", markersize=6, markerfacecolor=colour, markeredgecolor=key.INK, linestyle="none", label=label)


def _resampled(branch: Branch, position: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Parameter, state and stability at `POINTS` places evenly along a branch in its own extent."""
    curve = np.column_stack((branch.values, branch.states[:, position]))
    lengths = np.linalg.norm(np.diff(curve, axis=0) / np.maximum(np.ptp(curve, axis=0), np.finfo(np.float64).tiny), axis=1)
    along = np.append(0.0, np.cumsum(lengths))
    places = np.linspace(0.0, along[-1], POINTS)
    nearest = np.searchsorted(along, places).clip(0, len(along) - 1)
    return np.interp(places, along, curve[:, 0]), np.interp(places, along, curve[:, 1]), np.asarray(branch.is_stable)[nearest]


def _draw_fold(axes: Any, fold: Locus, names: tuple[str, str], position: int, lift: float) -> None:
    across, up = fold[names[0]], fold[names[1]]
    axes.plot(across, up, fold.states[:, position] + lift, linewidth=1.4, zorder=5, **LOOKS["fold"])
    for point in fold.points:
        if point.kind == "cusp":
            value = dict(zip(fold.parameters, np.asarray(point.value).tolist(), strict=True))
            place = ([value[names[0]]], [value[names[1]]], [float(point.state[position]) + lift])
            axes.plot(*place, color=key.INK, marker="D", markersize=4, linestyle="none", zorder=6, label="cusp")


def _frame(axes: Any, model: Model, names: tuple[str, str], position: int) -> None:
    labels = (*(key.parameter_label(model, name) for name in names), model.states[position].label)
    for axis, label in zip((axes.xaxis, axes.yaxis, axes.zaxis), labels, strict=True):
        axis.set_pane_color(PANE)
        axis.set_label_text(label)
        axis.labelpad = 0
        axis.set_tick_params(pad=-1)
    axes.locator_params(nbins=TICKS)
    axes.view_init(**VIEW)
    if not axes.yaxis_inverted():
        axes.invert_yaxis()
    axes.set_box_aspect(None, zoom=ZOOM)
