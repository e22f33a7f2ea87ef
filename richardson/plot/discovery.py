"""Discovered boxes: over the members, as intervals of every column, and the path on which PRIM found them."""

from dataclasses import replace
from math import floor, isfinite, log10
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import InvalidInputError
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.sensitivity import input_label
from richardson.plot.style import drawing
from richardson.study.discovery_result import Discovery, ScenarioBox

SHOWN = 1500  # members drawn at most: more are a stain
OTHERS, INTEREST = "#bdbdbd", "#e08214"
SMALLEST = 6.0  # points: what is still read in print
FRAME, ROW, THICK = 17.0, 8.0, 0.42  # mm, mm a column of the design, of a row
LEVELS = "cividis_r"
LINES = (key.SOLID, key.DASHED, key.DOTTED)


@draws
def discovery(found: Discovery, *, ax: Axes | None = None) -> Axes:
    """Boxes over the members, across the two columns that the first box restricts most.

    Parameters
    ----------
    found : Discovery
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Of the members those are drawn that the first box holds by its limits of all other columns, which the legend names; of a large
        study an even choice. Other boxes are drawn by their limits of the two columns.

    Raises
    ------
    InvalidInputError
        If only one column was searched.

    Examples
    --------
    >>> import richardson as rn
    >>> design = rn.Design.sobol({"defence": (0.2, 1.2), "grievance": (0.1, 1.0)}, size=256, rng=1)
    >>> runs = rn.run_ensemble(rn.models.linear(), design, {"x": 0, "y": 0}, 40.0, bound=50.0)
    >>> axes = rn.plot.discovery(rn.discover(runs, "outcome == ESCAPED", rng=1))
    """
    if len(found.names) < 2:
        raise InvalidInputError(f"Only '{found.names[0]}' was searched, and a plane needs two columns. Draw box_limits instead.")
    first, second = _most_restricted(found)
    within, told = _within_others(found, (first, second))
    chosen = np.random.default_rng(0).permutation(np.flatnonzero(within))[:SHOWN]
    x, y, interest = found.samples[chosen, first], found.samples[chosen, second], found.is_of_interest[chosen]
    with drawing(ax) as axes:
        look: dict[str, Any] = {"linestyle": "none", "rasterized": True, "zorder": 2}
        axes.plot(x[~interest], y[~interest], marker="o", markersize=1.6, color=OTHERS, markeredgewidth=0.0, label="other members", **look)
        axes.plot(x[interest], y[interest], marker="D", markersize=1.8, color=INTEREST, markeredgewidth=0.0, label=_asked(found), **look)
        for place, column in ((first, "x"), (second, "y")):
            getattr(axes, f"set_{column}lim")(*_range(found, place))
            getattr(axes, f"set_{column}label")(_label(found, found.names[place]))
        for number, box in enumerate(found.boxes):
            corner, width, height = _rectangle(found, box, (first, second))
            edge: dict[str, Any] = {"facecolor": "none", "edgecolor": key.INK, "linewidth": 1.4, "linestyle": LINES[number % len(LINES)]}
            axes.add_patch(Rectangle(corner, width, height, label=_named(found, number), zorder=4, **edge))
        key.legend(axes, columns=1)
        if told and (legend := axes.get_legend()) is not None:
            legend.set_title(f"members with {told}")
    return axes


@draws
def box_limits(found: Discovery, *, box: int = 1, ax: Axes | None = None) -> Axes:
    """One box as an interval of every column, within the range that was studied.

    Parameters
    ----------
    found : Discovery
    box : int
        Which, from 1 up.
    ax : Axes, optional
        A figure one column wide by default, as high as its rows need.

    Returns
    -------
    Axes
        Limits are written at the ends, each in its column's unit; columns that the box does not restrict are pale.

    Raises
    ------
    InvalidInputError
        If there is no such box.

    Examples
    --------
    >>> import richardson as rn
    >>> design = rn.Design.sobol({"defence": (0.2, 1.2), "grievance": (0.1, 1.0)}, size=256, rng=1)
    >>> runs = rn.run_ensemble(rn.models.linear(), design, {"x": 0, "y": 0}, 40.0, bound=50.0)
    >>> axes = rn.plot.box_limits(rn.discover(runs, "outcome == ESCAPED", rng=1))
    """
    if isinstance(box, bool) or not isinstance(box, int) or not 1 <= box <= len(found.boxes):
        raise InvalidInputError(f"The boxes are numbered from 1 to {len(found.boxes)}; got {box!r}.")
    limits = {limit.name: limit for limit in found.boxes[box - 1].limits}
    with drawing(ax, height=FRAME + ROW * len(found.names)) as axes:
        for row, name in enumerate(found.names):
            low, high = _range(found, row)
            digits = 2 - floor(log10(high - low))  # a hundredth of the range
            axes.barh(row, 1.0, THICK, color="#e6e6e6", label="range studied")
            if name in limits:
                ends = [(end - low) / (high - low) for end in (max(limits[name].low, low), min(limits[name].high, high))]
                axes.barh(row, ends[1] - ends[0], THICK, left=ends[0], color=key.colour(0), label="within the box")
                for end, place, side in ((limits[name].low, ends[0], "right"), (limits[name].high, ends[1], "left")):
                    if isfinite(end):
                        shift = -0.015 if side == "right" else 0.015
                        text = axes.text(place + shift, row, _written(end), ha=side, va="center", fontsize="small", zorder=4)
                        text.set_path_effects([*key.halo()])
            for end, place, side in ((low, 0.0, "left"), (high, 1.0, "right")):
                axes.text(place, row + 0.47, _written(round(end, digits)), ha=side, va="center", fontsize=SMALLEST, color="#595959")
        axes.set_yticks(range(len(found.names)), [input_label(found.model, name) for name in found.names])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(found.names) - 0.25, -0.5)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([])
        axes.set_xlabel(f"density {found.boxes[box - 1].density:.1%}, coverage {found.boxes[box - 1].coverage:.1%}".replace("%", " %"))
        key.legend(axes)
    return axes


@draws
def peeling(found: Discovery, *, box: int = 1, ax: Axes | None = None) -> Axes:
    """Coverage and density of the boxes through which PRIM went: what a smaller box gains, and what it loses.

    Parameters
    ----------
    found : Discovery
        By PRIM.
    box : int
        To which of its boxes the path led, from 1 up.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        The colour of a box says how many columns it restricts; the one that was taken is ringed.

    Raises
    ------
    InvalidInputError
        If there is no such path.

    Examples
    --------
    >>> import richardson as rn
    >>> design = rn.Design.sobol({"defence": (0.2, 1.2), "grievance": (0.1, 1.0)}, size=256, rng=1)
    >>> runs = rn.run_ensemble(rn.models.linear(), design, {"x": 0, "y": 0}, 40.0, bound=50.0)
    >>> axes = rn.plot.peeling(rn.discover(runs, "outcome == ESCAPED", rng=1))
    """
    if isinstance(box, bool) or not isinstance(box, int) or not 1 <= box <= len(found.peelings):
        what = f"to boxes 1 to {len(found.peelings)}" if found.peelings else f"to none, since it is by {found.method}"
        raise InvalidInputError(f"This discovery has paths {what}; got box={box!r}.")
    path = found.peelings[box - 1]
    most = int(path.restricted.max())
    with drawing(ax, height=74.0) as axes:
        norm = BoundaryNorm(np.arange(most + 2) - 0.5, 256)
        axes.plot(path.coverage, path.density, color="#bbbbbb", linewidth=0.8, zorder=1)
        points = axes.scatter(
            path.coverage, path.density, c=path.restricted, cmap=mpl.colormaps[LEVELS], norm=norm, s=13.0, linewidths=0.0, zorder=2
        )
        place = path.coverage[path.chosen], path.density[path.chosen]
        axes.plot(*place, marker="o", markersize=9.0, markerfacecolor="none", markeredgecolor=key.INK, linestyle="none", label="taken")
        axes.axhline(found.density, color=key.INK, linewidth=0.7, linestyle=key.DASHED, label="density asked for")
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.05)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
        axes.set_xlabel("coverage of the cases of interest")
        axes.set_ylabel("density of the box")
        axes.figure.colorbar(points, ax=axes, label="columns restricted", ticks=MaxNLocator(integer=True), pad=0.02)
        key.legend(axes)
    return axes


def _most_restricted(found: Discovery) -> tuple[int, int]:
    """Positions of the two columns of which the first box leaves least."""
    left = np.ones(len(found.names))
    for limit in found.boxes[0].limits:
        place = found.names.index(limit.name)
        low, high = _range(found, place)
        left[place] = (min(limit.high, high) - max(limit.low, low)) / (high - low)
    first, second = np.argsort(left, kind="stable")[:2].tolist()
    return (first, second) if first < second else (second, first)


def _within_others(found: Discovery, places: tuple[int, int]) -> tuple[BoolArray, str]:
    """Members, shape (n,), that the first box holds by its limits of other columns, and these limits in words."""
    box = found.boxes[0]
    others = tuple(limit for limit in box.limits if found.names.index(limit.name) not in places)
    table = dict(zip(found.names, found.samples.T, strict=True))
    return replace(box, limits=others).contains(table), ", ".join(repr(limit).replace("_", " ") for limit in others).replace("-", "−")


def _range(found: Discovery, place: int) -> tuple[float, float]:
    column: FloatArray = found.samples[:, place]
    return float(column.min()), float(column.max())


def _rectangle(found: Discovery, box: ScenarioBox, places: tuple[int, int]) -> tuple[tuple[float, float], float, float]:
    """Corner, width and height of a box in two columns, as far as members reach."""
    limits = {limit.name: limit for limit in box.limits}
    ends = []
    for place in places:
        low, high = _range(found, place)
        limit = limits.get(found.names[place])
        ends.append((low, high) if limit is None else (max(limit.low, low), min(limit.high, high)))
    (left, right), (bottom, top) = ends
    return (left, bottom), right - left, top - bottom


def _written(number: float) -> str:
    """A number with three digits and a minus sign."""
    return f"{number:.3g}".replace("-", "−")


def _label(found: Discovery, name: str) -> str:
    model = found.model
    if name in model.state_names:
        return f"{model.states[model.state_names.index(name)].label}, at the start"
    return key.parameter_label(model, name)


def _asked(found: Discovery) -> str:
    return "cases of interest" if found.where == "a function" else found.where.replace("`", "")


def _named(found: Discovery, number: int) -> str:
    box = found.boxes[number]
    title = "box" if len(found.boxes) == 1 else f"box {number + 1}"
    return f"{title}: density {100 * box.density:.0f} %, coverage {100 * box.coverage:.0f} %"
