"""Ramps over the diagram of their equilibrium, and maps of safe overshoots."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from richardson.arrays import FloatArray
from richardson.continuation.branch import Branch
from richardson.continuation.diagram import Diagram
from richardson.errors import InvalidInputError
from richardson.landscape.overshoot import SafeOvershoot
from richardson.landscape.tipping import Tipping
from richardson.outcome import Outcome
from richardson.plot import key
from richardson.plot.diagram import distinct, draw_branch
from richardson.plot.draws import draws
from richardson.plot.naming import mark_points, value_of
from richardson.plot.style import drawing
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

HEIGHT = 68.0  # mm
PATH, BRANCH, HEADS = 0.9, 1.8, 5  # points: width of a path, and of the branch, which is seen under it; heads along the path
ROOM = 0.06  # of the ramp, beside its ends
BEYOND = 1.0  # of the branch's extent: what is shown of a path that runs away
GROWTH = 2.0  # of the steps of a grid from first to last: its axis is logarithmic beyond
CELLS = {"returns": "#f2f2f2", "tips": "#8f8f8f", "undecided": "#c9a227"}  # light, dark, and one that no other figure has


@draws
def tipping(found: Tipping, *, diagram: Diagram | None = None, state: str | None = None, ax: Axes | None = None) -> Axes:
    """A path under a ramp, over its equilibrium along the parameter: stable solid, unstable dashed.

    Parameters
    ----------
    found : Tipping
    diagram : Diagram, optional
        Every equilibrium of the same model along the same parameter, drawn over its whole span in the place of the one that the path left.
    state : str, optional
        Name of the state on the upright axis; the model's first by default.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        The path is in ink with heads along the motion; it begins at the small dot and rises or falls to the equilibrium at which it
        settles, drawn by its kind. Of a path that runs away the first part is shown.

    Raises
    ------
    UnknownNameError
        If the model has no such state.
    InvalidInputError
        If the diagram is of another model or parameter, or empty.

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma()
    >>> calm = rn.equilibria(dilemma, rn.Window(x=(0, 60), y=(0, 60)))[0]
    >>> axes = rn.plot.tipping(rn.tipping(dilemma, calm, "balance", 0.3, rate=0.01))
    >>> "balance" in axes.get_xlabel()
    True
    """
    model, position = found.model, 0 if state is None else state_position(found.model, state)
    branches = (found.branch,) if diagram is None else _branches(found, diagram)
    curves, path = [np.column_stack((each.values, each.states[:, position])) for each in branches], found.path.states[:, position]
    with drawing(ax, height=HEIGHT) as axes:
        for branch in branches:
            draw_branch(axes, branch, position, width=BRANCH)
        speed = f"{found.rate:.4g}{_per_year(model, found.parameter)}"
        look: dict[str, Any] = {"color": key.INK, "linewidth": PATH, "marker": ">", "markersize": 3.0, "zorder": 3}
        axes.plot(found.values, path, markevery=[], label=f"path, ramp at {speed}", **look)  # the marker is the legend's alone
        axes.plot(found.values[:1], path[:1], color=key.INK, marker="o", markersize=3.0, linestyle="none", zorder=4, label="start")
        if found.end is not None:
            end = f"end, a {found.end.kind}"
            axes.plot(found.ramp[1:], found.end.state[position : position + 1], zorder=4, label=end, **key.marker(found.end.kind))
        low, high = sorted(found.ramp) if diagram is None else diagram.span
        axes.set_xlim(low - ROOM * (high - low), high + ROOM * (high - low))
        _limit_heights(axes, found, np.concatenate(curves)[:, 1], path)
        _draw_heads(axes, np.column_stack((found.values, path)))
        axes.set_xlabel(key.parameter_label(model, found.parameter))
        axes.set_ylabel(model.states[position].label)
        key.legend(axes)
        points = distinct(branches) if diagram is not None else [] if found.point is None else [found.point]
        mark_points(axes, points, [float(point.state[position]) for point in points], [*curves, np.column_stack((found.values, path))])
    return axes


def _branches(found: Tipping, diagram: Diagram) -> tuple[Branch, ...]:
    """Those of a diagram of the same model and parameter."""
    if not isinstance(diagram, Diagram) or not len(diagram):
        raise InvalidInputError(f"diagram= is what equilibrium_diagram finds, with a branch at least; got {diagram!r}. Make one.")
    if _identity(found) != _identity(diagram):
        raise InvalidInputError(
            f"A path is drawn over the equilibria of its own model along its own parameter; {diagram!r} is not of these. "
            f"Make it by equilibrium_diagram of the same model along '{found.parameter}'."
        )
    return tuple(diagram)


@draws
def safe_overshoot(chart: SafeOvershoot, *, ax: Axes | None = None) -> Axes:
    """Height and duration of excursions beyond a fold: light where the path returns, dark where it tips, with the border.

    Parameters
    ----------
    chart : SafeOvershoot
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        The solid line is the critical duration of each height, the dashed one the law that it follows near the fold. Where the steps
        between the values grow, as in a geometric sequence, an axis is logarithmic.

    Examples
    --------
    >>> import richardson as rn
    >>> fold = rn.Model.from_equations({"x": "p + x**2", "y": "-y"}, {"p": -1.0})
    >>> chart = rn.safe_overshoot(fold, [-1.0, 0.0], "p", [1e-4, 0.1], [2.0, 150.0, 250.0], towards=1.0)
    >>> rn.plot.safe_overshoot(chart).get_xscale()
    'linear'
    """
    model, fold = chart.model, value_of(chart.threshold)
    kinds = list(CELLS)
    cells = np.select([chart.answers == kind for kind in kinds], range(len(kinds)))
    with drawing(ax, height=HEIGHT) as axes:
        colours = ListedColormap(list(CELLS.values()))
        edges = (_edges(chart.durations), _edges(chart.heights))
        axes.pcolormesh(*edges, cells, cmap=colours, vmin=-0.5, vmax=len(kinds) - 0.5, rasterized=True)
        for kind in kinds:
            if (chart.answers == kind).any():
                look: dict[str, Any] = {"facecolor": CELLS[kind], "edgecolor": key.INK, "linewidth": 0.4}
                axes.add_patch(mpl.patches.Rectangle((np.nan, np.nan), 0.0, 0.0, label=kind, **look))
        halo = key.halo(2.6)
        axes.plot(chart.critical_durations, chart.heights, color=key.INK, path_effects=halo, label="critical duration")
        law = rf"near the fold, $d\,t^2 = {chart.law:.3g}$"
        axes.plot(chart.law_durations, chart.heights, color=key.INK, linestyle=key.DASHED, path_effects=halo, label=law)
        for axis, values, edge in (("x", chart.durations, edges[0]), ("y", chart.heights, edges[1])):
            axes.set(**{f"{axis}scale": "log" if _grows(values) else "linear", f"{axis}lim": (float(edge[0]), float(edge[-1]))})
        axes.set_xlabel(f"time beyond the fold, $t${_years(model)}")
        axes.set_ylabel(f"height beyond the fold at {_letter(model, chart.parameter)} = {fold:.3g}, $d$")
        key.legend(axes)
    return axes


def _identity(found: Tipping | Diagram) -> tuple[Any, ...]:
    """Equations, parameter, and the values of all others."""
    moved = found.model.resolve(found.parameter)
    return found.model.fingerprint, found.parameter, {name: value for name, value in found.model.values.items() if name not in moved}


def _draw_heads(axes: Axes, path: FloatArray) -> None:
    """Heads along the motion at even distances on paper, which tell a path (n, 2) from the branch in grey too."""
    printed = axes.transAxes.inverted().transform(axes.transData.transform(path))
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(printed, axis=0), axis=1)))
    seen = float(along[((printed >= 0.0) & (printed <= 1.0)).all(axis=1)].max())
    for length in seen * (np.arange(HEADS) + 0.5) / HEADS:
        after = int(np.searchsorted(along, length))
        look: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 7.0, "shrinkA": 0.0, "shrinkB": 0.0}
        axes.add_patch(mpl.patches.FancyArrowPatch(path[after - 1], path[after], color=key.INK, linewidth=0.0, zorder=3, **look))


def _limit_heights(axes: Axes, found: Tipping, heights: FloatArray, path: FloatArray) -> None:
    """Limits of the upright axis that keep the branch legible where the path runs away."""
    low, high = float(heights.min()), float(heights.max())
    if found.outcome in (Outcome.SETTLED, Outcome.REACHED_END):
        low, high = min(low, float(path.min())), max(high, float(path.max()))
    else:
        extent = BEYOND * max(high - low, abs(high), abs(low))
        low, high = max(low - extent, min(low, float(path.min()))), min(high + extent, max(high, float(path.max())))
    room = ROOM * (high - low)
    axes.set_ylim(low - room, high + room)


def _grows(axis: FloatArray) -> bool:
    """Whether the steps between values (n,) grow."""
    steps = np.diff(axis)
    return bool(len(steps) > 1 and steps[-1] > GROWTH * steps[0])


def _edges(axis: FloatArray) -> FloatArray:
    """Borders (n + 1,) half way between positive values (n,), in logarithms where the axis is logarithmic."""
    if len(axis) == 1:
        return np.array([axis[0] / 2.0, axis[0] * 1.5])
    places = np.log(axis) if _grows(axis) else axis
    inner = (places[1:] + places[:-1]) / 2.0
    edges = np.concatenate([[2.0 * places[0] - inner[0]], inner, [2.0 * places[-1] - inner[-1]]])
    return np.asarray(np.exp(edges) if _grows(axis) else np.maximum(edges, 0.0))


def _letter(model: Model, name: str) -> str:
    """Letters of a parameter, or of the members of a concept."""
    return ", ".join(f"${model.parameters[model.parameter_names.index(member)].symbol}$" for member in model.resolve(name))


def _has_years(model: Model) -> bool:
    return any("yr" in quantity.unit for quantity in (*model.states, *model.parameters))


def _years(model: Model) -> str:
    return " [yr]" if _has_years(model) else ""


def _per_year(model: Model, parameter: str) -> str:
    """Unit of a parameter's speed."""
    unit = model.parameters[model.parameter_names.index(model.resolve(parameter)[0])].unit
    return f" {'1' if unit == '1' else unit}/yr".replace(" 1/yr", "/yr") if _has_years(model) else ""
