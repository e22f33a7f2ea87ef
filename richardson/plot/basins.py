"""Basins of attraction as flat areas, each in a colour of its own, with the attractors in them."""

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from richardson.arrays import BoolArray, FloatArray
from richardson.landscape.attractors import Attractor
from richardson.landscape.basins import Basins
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.plot import key, style
from richardson.plot.draws import draws

HEIGHT = 102.0  # mm, a square plane and the legend above it
SHADES = ("#e4eff9", "#f6c891", "#78b79a", "#9d7bb8", "#f5efc0", "#c0606a", "#3f5a73", "#e9bcd2")  # neighbours differ in lightness too
OUTSIDE = {  # what is no basin: a grey and a hatch
    UNDECIDED: ("#8a8a8a", "xxxx", "undecided"),
    ESCAPED: ("#f4f4f4", "////", "escapes"),
    LEFT_DOMAIN: ("#dadada", "\\\\\\\\", "leaves the domain"),
}
LAYER = 0.5  # behind the flow
TICKS = 6  # steps on an axis, at most
POINTS = 2_000  # of a strange attractor that are drawn
WIDTH = 34  # letters of an attractor's name on one line


@draws
def basins(part: Basins, *, legend: bool = True, ax: Axes | None = None) -> Axes:
    """Basins over their window, a colour an attractor; what goes to none is grey and hatched, and named.

    Parameters
    ----------
    part : Basins
    legend : bool
        Whether to explain it all above the Axes.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Limits are the window's; one unit is as long on both axes when the states have the same unit.

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma(balance=0.05)
    >>> part = rn.basins(dilemma, rn.Window(x=(0, 4), y=(0, 4)), resolution=(20, 20))
    >>> rn.plot.basins(part).get_xlabel()
    'arms of x, $x$ [arms]'
    """
    with style.drawing(ax, height=HEIGHT if legend else HEIGHT - 15) as axes:
        draw_areas(axes, part)
        for attractor in part.attractors:
            _draw_attractor(axes, part, attractor)
        _frame(axes, part)
        if legend:
            key.legend(axes, columns=1)
    return axes


def draw_areas(axes: Axes, part: Basins) -> None:
    """The areas alone, behind everything else, with their names for the legend."""
    (low, high), (bottom, top) = part.window.spans.values()
    for label, share in part.shares.items():
        if share > 0.0:
            colour, hatch, name = _look(part, label)
            where = _where(part, label)
            image: dict[str, Any] = {"origin": "lower", "aspect": "auto", "interpolation": "nearest", "zorder": LAYER}
            axes.imshow(where[..., np.newaxis] * np.array(_rgba(colour)), extent=(low, high, bottom, top), **image)
            if hatch and min(where.shape) > 1:
                _hatch(axes, part, label, hatch)
            axes.add_patch(_sample(name, colour, hatch))


def _look(part: Basins, label: int) -> tuple[str, str, str]:
    """Colour, hatch and name of an area."""
    if label in OUTSIDE:
        return OUTSIDE[label]
    return SHADES[label % len(SHADES)], "", textwrap.shorten(f"to {_name(part, part.attractors[label])}", 2 * WIDTH)


def _name(part: Basins, attractor: Attractor) -> str:
    """An attractor in words: an equilibrium by the two states that are drawn."""
    if attractor.equilibrium is None:
        return "cycle" if attractor.kind == "cycle" else attractor.kind
    places = ", ".join(f"{attractor.equilibrium[name]:.3g}" for name in part.window.spans)
    is_shown = part.window.contains(part.model, np.where(_is_fixed(part), part.window.box(part.model)[0], attractor.states))[0]
    return f"{attractor.equilibrium.kind} ({places})".replace("-", "−") + ("" if is_shown else ", outside")


def _is_fixed(part: Basins) -> BoolArray:
    """Which states the window fixes, shape (d,)."""
    return np.array([name in part.window.fixed for name in part.model.state_names])


def _where(part: Basins, label: int) -> FloatArray:
    """1 in the cells with that label and 0 elsewhere, the second state upwards, shape (m, n)."""
    return np.where(np.equal(part.labels.T, label), 1.0, 0.0)


def _hatch(axes: Axes, part: Basins, label: int, hatch: str) -> None:
    drawn = axes.contourf(*part.axes, _where(part, label), levels=[0.5, 1.5], colors="none", hatches=[hatch], zorder=LAYER)
    drawn.set(edgecolor=key.INK, linewidth=0.0)


def _rgba(colour: str) -> tuple[float, float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255.0 for place in (1, 3, 5))
    return red, green, blue, 1.0


def _sample(label: str, colour: str, hatch: str) -> Rectangle:
    """A patch without extent that only the legend shows."""
    return Rectangle((np.nan, np.nan), 0.0, 0.0, label=label, facecolor=colour, hatch=hatch or None, edgecolor=key.INK, linewidth=0.4)


def _draw_attractor(axes: Axes, part: Basins, attractor: Attractor) -> None:
    """An attractor by the one key: a filled marker, a solid closed line, or points."""
    columns = [part.model.state_names.index(name) for name in part.window.spans]
    states = attractor.states[:, columns]
    if attractor.equilibrium is not None:
        axes.plot(*states.T, **key.marker(attractor.equilibrium.kind), zorder=4, label=attractor.equilibrium.kind)
    elif attractor.kind == "cycle" and part.model.kind == "flow":
        closed = np.concatenate([states, states[:1]])
        axes.plot(*closed.T, color=key.INK, linestyle=key.SOLID, linewidth=1.2, zorder=3, label="stable cycle")
    elif attractor.kind == "cycle":
        axes.plot(*states.T, **key.marker("stable node"), zorder=4, label=f"stable cycle of period {attractor.period:g}")
    else:
        axes.plot(*states[-POINTS:].T, color=key.INK, marker=".", markersize=0.8, linestyle="none", zorder=3, label="strange attractor")


def _frame(axes: Axes, part: Basins) -> None:
    across, up = (part.model.states[part.model.state_names.index(name)] for name in part.window.spans)
    (low, high), (bottom, top) = part.window.spans.values()
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, top)
    axes.locator_params(nbins=TICKS)
    if across.unit == up.unit:
        axes.set_aspect("equal", adjustable="box")
    axes.set_xlabel(across.label)
    axes.set_ylabel(up.label)
