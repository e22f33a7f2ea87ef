"""What an equilibrium withstands, as bars: the smallest fatal shocks, and how far parameters may move."""

from math import inf, isfinite
from typing import Any

from matplotlib.axes import Axes

from richardson.errors import InvalidInputError
from richardson.landscape.margin import Margin
from richardson.landscape.resilience import Resilience
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.style import drawing

ROW, FRAME = 6.5, 24.0  # mm: height of a bar; axis, its label and the legend
THICK = 0.62  # of a row
PALE = "#bdd0e6"
ROOM = 1.18  # of the longest bar: for numbers beside the bars
ARROW: dict[str, Any] = {"arrowstyle": "-|>", "color": "#b2182b", "linewidth": 1.4, "shrinkA": 3.0, "shrinkB": 0.0, "mutation_scale": 7.0}
BESIDE: dict[str, Any] = {"xytext": (8, 1), "textcoords": "offset points", "fontsize": "small", "verticalalignment": "center"}
PLANE = 102.0  # mm, a square plane and the legend above it
BEYOND: dict[str, Any] = {"marker": ">", "color": key.INK, "markersize": 3.5, "linestyle": "none"}


@draws
def resilience(found: Resilience, *, ax: Axes | None = None) -> Axes:
    """Smallest fatal shocks as bars, the first at the top; darker what is proved, an arrow where none was found in the window.

    Parameters
    ----------
    found : Resilience
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma(balance=0.05)
    >>> calm = rn.equilibria(dilemma, rn.Window(x=(0, 60), y=(0, 60)))[0]
    >>> hard = rn.resilience(dilemma, calm, rn.Window(x=(0, 60), y=(0, 60)))
    >>> [label.get_text() for label in rn.plot.resilience(hard).get_yticklabels()]
    ['any', 'x', 'y']
    """
    lengths = [shock.distance if isfinite(shock.distance) else shock.at_least for shock in found.shocks]
    longest = max((length for length in lengths if isfinite(length)), default=1.0)
    with drawing(ax, height=FRAME + ROW * len(found.shocks)) as axes:
        for place, (shock, length) in enumerate(zip(found.shocks, lengths, strict=True)):
            shown = length if isfinite(length) else longest
            is_open = shock.distance == inf
            axes.barh(
                place, shown, THICK, color="none" if is_open else PALE, edgecolor=key.INK, linewidth=0.6, linestyle="--" if is_open else "-"
            )
            if shock.proved > 0.0:
                axes.barh(place, min(shock.proved, shown), THICK, color=key.colour(0), zorder=2)
            if is_open:
                axes.plot([shown], [place], **BEYOND)
            text = f" ≥ {shown:.3g}" if is_open else f" {shown:.3g}"
            axes.text(shown + 0.015 * longest, place, text, va="center", fontsize="small")
        axes.set_yticks(range(len(found.shocks)), [shock.name.replace("_", " ") for shock in found.shocks])
        axes.set_ylim(len(found.shocks) - 0.45, -0.55)
        axes.set_xlim(0.0, ROOM * longest)
        axes.tick_params(axis="y", length=0)
        axes.set_ylabel("shock to")
        axes.set_xlabel(f"size of the smallest fatal shock{_unit(found)}")
        _explain(axes, found)
    return axes


@draws
def shocks(found: Resilience, *, states: tuple[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Smallest fatal shocks as arrows from the equilibrium, in the plane of a model's two states; to draw over its portrait.

    Parameters
    ----------
    found : Resilience
        Of a model with two states.
    states : pair of str, optional
        Across and up; the model's order by default.
    ax : Axes, optional
        Whose limits stay as they are; a figure one column wide that shows the window by default.

    Returns
    -------
    Axes
        Of each shock the size stands at the arrow's end. What is not known to be fatal has no arrow.

    Raises
    ------
    InvalidInputError
        If the model has more or fewer states than two, or these are not asked for.

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma(balance=0.05)
    >>> calm = rn.equilibria(dilemma, rn.Window(x=(0, 60), y=(0, 60)))[0]
    >>> hard = rn.resilience(dilemma, calm, rn.Window(x=(0, 60), y=(0, 60)))
    >>> axes = rn.plot.shocks(hard)
    """
    if len(found.model.states) != 2:
        raise InvalidInputError(
            f"Shocks are arrows in a plane; '{found.model.name}' has {len(found.model.states)} states. Draw resilience."
        )
    names = found.model.state_names if states is None else tuple(states)
    if sorted(names) != sorted(found.model.state_names):
        raise InvalidInputError(f"The plane of these shocks has the states {found.model.state_names!r}; got states={states!r}.")
    order = [found.model.state_names.index(name) for name in names]
    with drawing(ax, height=PLANE) as axes:
        if ax is None:
            (low, high), (bottom, top) = (found.window.spans[name] for name in names)
            axes.set(xlim=(low, high), ylim=(bottom, top), aspect="equal")
            axes.set_xlabel(found.model.states[order[0]].label)
            axes.set_ylabel(found.model.states[order[1]].label)
        start = found.equilibrium.state[order]
        for shock in found.shocks:
            if isfinite(shock.distance):
                x, y = (start + shock.shock[order]).tolist()
                axes.annotate("", (x, y), (start[0], start[1]), arrowprops=ARROW, zorder=3.5)
                axes.annotate(f"{shock.distance:.3g}", (x, y), **BESIDE, path_effects=key.halo(), zorder=5)
        axes.plot([], [], color=ARROW["color"], linewidth=1.6, label=f"smallest fatal shock{_unit(found)}")
        key.legend(axes)
    return axes


@draws
def margin(found: Margin, *, ax: Axes | None = None) -> Axes:
    """How far each parameter alone may move down and up before the equilibrium is critical, in scales, and the nearest way of all.

    Parameters
    ----------
    found : Margin
        As ``resilience(…, parameters=…).margin``.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInputError
        If no critical point was found.

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma(balance=0.05)
    >>> calm = rn.equilibria(dilemma, rn.Window(x=(0, 60), y=(0, 60)))[0]
    >>> hard = rn.resilience(dilemma, calm, rn.Window(x=(0, 60), y=(0, 60)), parameters=["balance", "alarm"])
    >>> axes = rn.plot.margin(hard.margin)
    """
    if found.kind is None:
        raise InvalidInputError(f"There is nothing to draw: {found!r}. Look farther, or name other parameters.")
    names = list(found.scales)
    ends = {name: _steps(found, name) for name in names}
    longest = max(abs(step) for pair in ends.values() for step in (*pair, found.distance) if isfinite(step))
    with drawing(ax, height=FRAME + ROW * len(names)) as axes:
        axes.axvline(0.0, color=key.INK, linewidth=0.6, zorder=3)
        for place, name in enumerate(names):
            for step in ends[name]:
                if isfinite(step):
                    axes.barh(place, step, THICK, color=PALE, edgecolor=key.INK, linewidth=0.6, label="alone")
            axes.plot(
                [found.direction[name] * found.distance], [place], color=key.colour(1), marker="D", linestyle="none", label="together"
            )
        axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
        axes.set_ylim(len(names) - 0.45, -0.55)
        axes.set_xlim(-ROOM * longest, ROOM * longest)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("change that makes it critical [steps of the parameter]")
        key.legend(axes)
    return axes


def _steps(found: Margin, name: str) -> tuple[float, float]:
    now, scale = found.changes[name][0], found.scales[name]
    below, above = found.alone[name]
    return (below - now) / scale, (above - now) / scale


def _unit(found: Resilience) -> str:
    units = {state.unit for state in found.model.states if state.name in found.window.spans}
    is_plain = bool((found.scales == 1.0).all()) and len(units) == 1
    unit = units.pop() if is_plain else ""
    return f" [{unit}]" if unit and unit != "1" else ""


def _explain(axes: Axes, found: Resilience) -> None:
    """Legend of what the figure holds, and of nothing else."""
    if any(isfinite(shock.distance) for shock in found.shocks):
        axes.barh([-9.0], [0.0], color=PALE, edgecolor=key.INK, linewidth=0.6, label="returns, by runs")
    if any(shock.proved > 0.0 for shock in found.shocks):
        axes.barh([-9.0], [0.0], color=key.colour(0), label="returns, proved")
    if any(shock.distance == inf for shock in found.shocks):
        axes.plot([], [], label="none fatal in the window", **BEYOND)
    key.legend(axes)
