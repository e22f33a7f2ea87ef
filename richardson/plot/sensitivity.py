"""Sensitivity as bars with intervals, how it settled with the size of the design, and elasticities."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from richardson.arrays import FloatArray
from richardson.errors import UnknownNameError, nearest
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.style import drawing
from richardson.study.elasticities import Elasticities
from richardson.study.sensitivity_result import IDLE, PAIRS, Sensitivity, in_rows
from richardson.symbolic.model import Model

BARS = {
    "sobol": ("first", "total"),
    "morris": ("mean_absolute_effect", "spread_of_effects"),
    "pawn": ("median",),
    "delta": ("delta",),
}
WORDS = {
    "first": "alone",
    "total": "with interactions",
    "second": "two together, beyond each alone",
    "mean_effect": "mean effect",
    "mean_absolute_effect": "mean size of effects",
    "spread_of_effects": "standard deviation of effects",
    "median": "median distance (PAWN)",
    "mean": "mean distance (PAWN)",
    "maximum": "largest distance (PAWN)",
    "delta": r"distance of densities, $\delta$",
}
SHARE, CHANGE, DISTANCE = "share of the variance of {}", "change of {} over the range", "distance, {}"
AXES = {
    **dict.fromkeys(("first", "total", "second"), SHARE),
    **dict.fromkeys(("mean_effect", "mean_absolute_effect", "spread_of_effects"), CHANGE),
    **dict.fromkeys(("median", "mean", "maximum", "delta"), DISTANCE),
}
HEIGHT, ROW, SECOND = 15.0, 7.5, 3.0  # mm: without bars, of an input, and of its second bar
THICK = 0.72  # of the place of an input, for its bars
MARKERS = (("o", "full"), ("s", "none"), ("^", "full"))  # of the lines of a course, whenever the colours begin anew
MOST_LINES = len(MARKERS) * len(key.NATIONS)
SHADE = 0.16
TINT = "#9cb9d7"  # of the bars: light enough for an interval in ink
LONGEST = 34  # letters of an outcome's name on an axis


@draws
def sensitivity(found: Sensitivity, *, outcome: str | None = None, ax: Axes | None = None) -> Axes:
    """What each input explains of an outcome, as bars with their intervals, the input that matters most on top.

    Parameters
    ----------
    found : Sensitivity
    outcome : str, optional
        Which of its outcomes; by default the first that varies.
    ax : Axes, optional
        A figure one column wide by default, as high as its bars need.

    Returns
    -------
    Axes
        Of "pawn" and "delta" a dotted line marks what an input gets that does nothing, on a band from end to end of its interval.

    Raises
    ------
    UnknownNameError
        If the outcome was not analysed.

    Examples
    --------
    >>> import richardson as rn
    >>> design = rn.Design.for_sensitivity({"a": (0, 1), "b": (0, 2)}, size=64, rng=1)
    >>> found = rn.sensitivity(lambda members: members.sum(axis=1), design, rng=1)
    >>> [label.get_text() for label in sensitivity(found).get_yticklabels()]
    ['b', 'a']
    """
    place, indices = _outcome(found, outcome), BARS[found.method]
    order = np.argsort(-found[found.headline][place], kind="stable")
    thickness = THICK / len(indices)
    with drawing(ax, height=HEIGHT + (ROW + SECOND * (len(indices) - 1)) * len(order)) as axes:
        rows = np.arange(len(order), dtype=np.float64)
        for side, index in enumerate(indices):
            values, ends = found[index][place][order], found.interval(index)[:, place, order]
            heights = rows + (side - 0.5 * (len(indices) - 1)) * thickness
            look: dict[str, Any] = {"color": TINT, "hatch": None} if side == 0 else {"color": "white", "hatch": "/////"}
            axes.barh(heights, values, height=thickness, edgecolor=key.colour(0), linewidth=0.6, zorder=2, label=WORDS[index], **look)
            _draw_intervals(axes, (values, heights), ends)
        if found.idle is not None and found.idle_interval is not None:
            which = found.indices.index(indices[0]), place
            axes.axvspan(*found.idle_interval[:, *which], color=key.INK, alpha=SHADE, linewidth=0.0, zorder=0)
            look = {"color": key.INK, "linestyle": key.DOTTED, "path_effects": key.halo()}
            axes.axvline(found.idle[which], zorder=3, label=IDLE, **look)
        axes.axvline(0.0, color=key.INK, linewidth=0.6, zorder=1)
        axes.set_yticks(rows, [input_label(found.model, found.names[each]) for each in order])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(rows[-1] + 0.6, rows[0] - 0.6)
        axes.margins(x=0.05)
        axes.set_xlabel(AXES[found.headline].format(_named(found.outcomes[place])))
        key.legend(axes)
    return axes


@draws
def convergence(found: Sensitivity, *, index: str | None = None, outcome: str | None = None, ax: Axes | None = None) -> Axes:
    """An index over the number of blocks it was computed from, with its intervals as bands.

    Parameters
    ----------
    found : Sensitivity
    index : str, optional
        Which index, "second" for pairs of inputs; by default the one that inputs are ranked by.
    outcome : str, optional
        Which of its outcomes; by default the first that varies.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Of more than fifteen inputs or pairs those that matter most, and the legend says so. Of "pawn" and "delta" a dotted line is what
        an input gets that does nothing.

    Raises
    ------
    UnknownNameError
        If the index or the outcome was not computed.

    Examples
    --------
    >>> import richardson as rn
    >>> design = rn.Design.for_sensitivity({"a": (0, 1), "b": (0, 2)}, size=64, rng=1)
    >>> found = rn.sensitivity(lambda members: members.sum(axis=1), design, rng=1)
    >>> [label.get_text() for label in convergence(found).get_xticklabels()]
    ['16', '32', '64']
    """
    chosen = found.headline if index is None else index
    place = _outcome(found, outcome)
    names, values, bounds = in_rows(found, chosen, place)
    order = np.argsort(-np.abs(values[-1]), kind="stable")[:MOST_LINES]
    with drawing(ax, height=62.0) as axes:
        for position, each in enumerate(order):
            shape, fill = MARKERS[position // len(key.NATIONS)]
            look: dict[str, Any] = {"marker": shape, "fillstyle": fill, "markersize": 3.0, "markeredgewidth": 0.7}
            label = " × ".join(input_label(found.model, name) for name in names[each].split(" × "))
            _draw_course(axes, found, (values[:, each], bounds[:, :, each]), label=label, color=key.colour(position), **look)
        if found.idle is not None:
            which = found.indices.index(chosen), place, -1
            idle = found.estimates[:, *which], found.bounds[:, :, *which]
            _draw_course(axes, found, idle, label=IDLE, color=key.INK, linestyle=key.DOTTED)
        axes.axhline(0.0, color=key.INK, linewidth=0.6, zorder=1)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(found.sizes.tolist()))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.margins(x=0.03, y=0.05)
        axes.set_xlabel("blocks of members")
        axes.set_ylabel(f"{AXES[chosen].format(_named(found.outcomes[place]))},\n{WORDS[chosen]}")
        key.legend(axes)
        if len(order) < len(names) and (legend := axes.get_legend()) is not None:
            legend.set_title(f"the {len(order)} of {len(names)} {'pairs' if chosen == PAIRS else 'inputs'} that matter most")
    return axes


@draws
def elasticities(found: Elasticities, *, outcome: str | None = None, ax: Axes | None = None) -> Axes:
    """Elasticities of an outcome at the last time, as bars to either side, the largest on top.

    Parameters
    ----------
    found : Elasticities
    outcome : str, optional
        Which of its outcomes; the first by default.
    ax : Axes, optional
        A figure one column wide by default, as high as its bars need.

    Returns
    -------
    Axes
        Inputs whose elasticity is zero or not defined are left out.

    Raises
    ------
    UnknownNameError
        If the outcome was not asked.

    Examples
    --------
    >>> import richardson as rn
    >>> found = rn.elasticities(rn.models.linear(defence=0.5), [1, 1], outcome="x", parameters=["defence", "fatigue"])
    >>> [label.get_text() for label in elasticities(found).get_yticklabels()]
    ['fatigue ($a$, $b$)', 'defence ($k$, $l$)']
    """
    name = found.outcomes[0] if outcome is None else outcome
    bars = {each: value for each, value in found[name].items() if value}
    known = sorted(((each, value) for each, value in bars.items() if np.isfinite(value)), key=lambda bar: -abs(bar[1]))
    with drawing(ax, height=HEIGHT + ROW * max(len(known), 1)) as axes:
        rows = np.arange(len(known), dtype=np.float64)
        values = np.array([value for _, value in known])
        axes.barh(rows, values, height=THICK, linewidth=0.6, edgecolor=key.INK, color=[key.colour(int(value < 0)) for value in values])
        axes.axvline(0.0, color=key.INK, linewidth=0.6)
        axes.set_yticks(rows, [input_label(found.model, each) for each, _ in known])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(max(len(known), 1) - 0.4, -0.6)
        axes.margins(x=0.05)
        axes.set_xlabel(f"per cent of {_named(name)} by one per cent of the input")
    return axes


def input_label(model: Model | None, name: str) -> str:
    """Name of an input with its letter, or the letters of all that a concept moves."""
    words = name.replace("_", " ")
    if model is None:
        return words
    if name in model.state_names:
        return f"start of ${model.states[model.state_names.index(name)].symbol}$"
    letters = [f"${model.parameters[model.parameter_names.index(member)].symbol}$" for member in model.resolve(name)]
    return f"{words} ({', '.join(letters)})" if len(letters) <= 2 else words


def _named(outcome: str) -> str:
    words = outcome.replace("_", " ")
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _outcome(found: Sensitivity, outcome: str | None) -> int:
    """Position of an outcome, by default the first that varies."""
    if outcome is None:
        return int(np.argmax(np.isfinite(found[found.headline]).all(axis=1)))
    if outcome not in found.outcomes:
        raise UnknownNameError(f"The outcome {outcome!r} was not analysed. {nearest(str(outcome), found.outcomes)}")
    return found.outcomes.index(outcome)


def _draw_course(axes: Axes, found: Sensitivity, course: tuple[FloatArray, FloatArray], *, color: str, **look: Any) -> None:
    """Values (s,) over the sizes, and their intervals (s, 2) as a band."""
    values, ends = course
    axes.fill_between(found.sizes, ends[:, 0], ends[:, 1], color=color, alpha=SHADE, linewidth=0.0)
    axes.plot(found.sizes, values, color=color, **look)


def _draw_intervals(axes: Axes, bars: tuple[FloatArray, FloatArray], ends: FloatArray) -> None:
    """Intervals (2, p) of bars that end at values (p,) in rows (p,)."""
    values, heights = bars
    look: dict[str, Any] = {"fmt": "none", "ecolor": key.INK, "elinewidth": 0.8, "capsize": 1.8, "capthick": 0.8, "zorder": 3}
    axes.errorbar(values, heights, xerr=np.maximum([values - ends[0], ends[1] - values], 0.0), **look)
