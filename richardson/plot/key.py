"""One key for every figure: which colour a nation has, and what is solid, dashed, filled, hollow or half-filled."""

import re
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patheffects import withStroke

from richardson.arrays import BoolArray
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Quantity

NATIONS = ("#08519c", "#e08214", "#22815c", "#52123f", "#88c3f0")  # X blue, Y orange; any two apart in grey, and to colour-blind eyes
INK = "#222222"  # points, borders, data
FLOW = "#b5b5b5"  # behind everything
FLOW_OVER_AREAS = "#777777"  # the same over coloured areas
SOLID, DASHED, DOTTED = "-", (0, (4.0, 1.8)), (0, (1.0, 1.4))
ROUNDS = (SOLID, (0, (6.0, 1.5, 1.2, 1.5)), (0, (9.0, 2.0)))  # of the colours, where there are more lines than colours
WIDE = 36  # letters; longer explanations stand one below another
SHAPES = MappingProxyType({"node": "o", "focus": "s", "saddle": "o", "centre": r"$\odot$", "degenerate": "D"})

_LETTER = re.compile(r"^(\\?[A-Za-z]+|\\mathrm\{[A-Za-z]+\})(_.*)?$")


def colour(position: int) -> str:
    """Colour of the nation, state or series at a position; colours repeat after the last.

    Parameters
    ----------
    position : int
        From 0, in the order of the model's states.

    Returns
    -------
    str
        As matplotlib takes it.

    Examples
    --------
    >>> colour(0), colour(5)
    ('#08519c', '#08519c')
    """
    return NATIONS[position % len(NATIONS)]


def stroke(position: int) -> Any:
    """Line style of the series at a position: another one whenever the colours begin anew, in so far as there are three."""
    return ROUNDS[position // len(NATIONS) % len(ROUNDS)]


def line(is_stable: bool) -> Any:
    """Line style of what is stable (solid) or not (dashed)."""
    return SOLID if is_stable else DASHED


def marker(kind: str) -> dict[str, Any]:
    """Marker of an equilibrium by its kind: filled if stable, hollow if not, half-filled for saddles; foci are square.

    Parameters
    ----------
    kind : str
        As `Equilibrium.kind`.

    Returns
    -------
    dict
        Keywords of a line without a line.
    """
    is_saddle = kind.startswith("saddle")
    shape = SHAPES["focus"] if kind.endswith("focus") else SHAPES.get(kind.rsplit(maxsplit=1)[-1], "o")
    fill = INK if is_saddle or kind.startswith("stable") else "white"
    return {
        "marker": shape,
        "markerfacecolor": fill,
        "markerfacecoloralt": "white",
        "fillstyle": "left" if is_saddle else "full",
        "markeredgecolor": INK,
        "linestyle": "none",
    }


def halo(width: float = 2.0) -> list[withStroke]:
    """White edge that keeps text legible over lines."""
    return [withStroke(linewidth=width, foreground="white")]


def plate() -> dict[str, Any]:
    """White plate behind a name on a coloured map; unlike a halo it leaves letters letters, which makes files small."""
    return {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}


def rest_label(quantity: Quantity, kind: str = "flow") -> str:
    """What holds on a nullcline, as mathematics: the state's rate is 0, or the map leaves it as it is."""
    if kind == "map":
        return f"${quantity.symbol}' = {quantity.symbol}$"
    match = _LETTER.match(quantity.symbol)
    if match is None:
        return rf"$\mathrm{{d}}{quantity.symbol}/\mathrm{{d}}t = 0$"
    return rf"$\dot{{{match.group(1)}}}{match.group(2) or ''} = 0$"


def parameter_label(model: Model, name: str) -> str:
    """Axis label of a parameter, or of a bare name that moves several at once."""
    members = model.resolve(name)
    if len(members) > 1:
        return f"{name.replace('_', ' ')} ({', '.join(f'${_quantity(model, member).symbol}$' for member in members)})"
    return _quantity(model, members[0]).label


def stretches(is_stable: BoolArray) -> list[tuple[slice, bool]]:
    """Stretches of one stability along a curve, of flags of shape (n,).

    Each begins at the last point of the one before, so that no gap opens, and has two points at least.
    """
    edges = [0, *(np.flatnonzero(is_stable[1:] != is_stable[:-1]) + 1).tolist(), len(is_stable)]
    return [(slice(max(first - 1, 0), last), bool(is_stable[first])) for first, last in pairwise(edges) if last > 1]


def legend(drawn: Axes | Figure | SubFigure, *, columns: int = 2) -> None:
    """Legend above the Axes, or above all Axes of a figure, where it covers nothing.

    Parameters
    ----------
    drawn : Axes, Figure or SubFigure
        Whose labelled artists are explained; equal labels are one entry.
    columns : int
        Number of columns, where the texts are short enough.

    Examples
    --------
    >>> axes = Figure().add_subplot()
    >>> _ = axes.plot([1914, 1918], [1, 2], label="arms")
    >>> legend(axes)
    >>> axes.get_legend().get_texts()[0].get_text()
    'arms'
    """
    entries: dict[str, Any] = {}
    for ax in drawn.get_axes() if isinstance(drawn, Figure | SubFigure) else (drawn,):
        for handle, text in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(text, handle)
    if not entries:
        return
    place: dict[str, Any] = {"loc": "outside upper center"}
    if not isinstance(drawn, Figure | SubFigure):
        place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "borderaxespad": 0.3}
    fitting = columns if max(map(len, entries)) <= WIDE else 1
    drawn.legend(list(entries.values()), list(entries), ncols=min(fitting, len(entries)), frameon=False, **place)


def _quantity(model: Model, name: str) -> Quantity:
    return model.parameters[model.parameter_names.index(name)]
