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
        axes.set_xlabel(f"size of the smallest fatal shock{_unit(found)}")
        _explain(axes, found)
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
