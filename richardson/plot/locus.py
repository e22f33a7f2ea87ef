"""Curves over two parameters, on which the number or the stability of equilibria changes."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from richardson.arrays import FloatArray
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.loci import Locus
from richardson.errors import InvalidInputError
from richardson.plot import key
from richardson.plot.style import drawing

HEIGHT = 68.0  # mm
MARGIN = 0.1  # of the curves' extent, on every side
LOOKS: dict[str, dict[str, Any]] = {
    "fold": {"color": key.colour(0), "linestyle": key.SOLID, "label": "fold"},
    "hopf": {"color": key.colour(1), "linestyle": (0, (6.0, 1.5, 1.2, 1.5)), "label": "Hopf"},
}
POINT: dict[str, Any] = {"markeredgecolor": key.INK, "markersize": 4.0, "linestyle": "none", "zorder": 4}
MARKERS: dict[str, dict[str, Any]] = {
    "cusp": {"marker": "D", "markerfacecolor": key.INK},
    "bogdanov-takens": {"marker": "s", "markerfacecolor": key.INK},
    "generalised hopf": {"marker": "o", "markerfacecolor": "white"},
    "zero-hopf": {"marker": "^", "markerfacecolor": "white"},
    "hopf-hopf": {"marker": "v", "markerfacecolor": "white"},
}
NAMES = {"bogdanov-takens": "Bogdanov–Takens", "generalised hopf": "generalised Hopf", "zero-hopf": "zero–Hopf", "hopf-hopf": "Hopf–Hopf"}
SAME = 1e-6  # of the extent: two curves meet in one point
FINE = 5e-3  # of the extent: between places of a curve that labels keep away from
SIDES = ((1, 0), (-1, 0), (-1, 1), (1, -1), (1, 1), (-1, -1), (0, 1), (0, -1))  # of a point, the preferred first
OFFSET, CLEAR = 5.0, 1.0  # points of length, between marker and name, and round the name
LETTER, LINE, LETTERS = 3.4, 7.0, 9  # width and height of small letters, and how many stand for a name in the way of the next
OUTSIDE = 10.0  # places under a name that are as bad as a point of length outside
POINTS_PER_INCH = 72.0


def locus(found: Locus | Sequence[Locus], *, ax: Axes | None = None) -> Axes:
    """Fold and Hopf curves in the plane of two parameters, and the named points of codimension two on them.

    Parameters
    ----------
    found : Locus or sequence of Locus
        Over the same two parameters, in the same order. A point in which several of them meet is named once.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInputError
        If there is no curve to draw, or they are over different parameters.
    """
    curves = (found,) if isinstance(found, Locus) else tuple(found)
    if not curves:
        raise InvalidInputError("There is no curve to draw; give at least one Locus, as continue_point returns it.")
    if len({curve.parameters for curve in curves}) > 1:
        listed = "; ".join(" and ".join(curve.parameters) for curve in curves)
        raise InvalidInputError(f"Curves over different parameters share no plane: {listed}. Continue all of them over the same pair.")
    model, (first, second) = curves[0].model, curves[0].parameters
    with drawing(ax, height=HEIGHT) as axes:
        for curve in curves:
            axes.plot(curve.values[:, 0], curve.values[:, 1], **LOOKS[curve.kind])
        places = np.concatenate([curve.values for curve in curves])
        low, high = places.min(axis=0), places.max(axis=0)
        extent = np.where(high > low, high - low, 1.0)
        axes.set_xlim(low[0] - MARGIN * extent[0], high[0] + MARGIN * extent[0])
        axes.set_ylim(low[1] - MARGIN * extent[1], high[1] + MARGIN * extent[1])
        axes.set_xlabel(key.parameter_label(model, first))
        axes.set_ylabel(key.parameter_label(model, second))
        key.legend(axes)
        if ax is None and isinstance(axes.figure, Figure):
            axes.figure.draw_without_rendering()  # lays out the Axes, in which names then find room
        points = _distinct(curves, extent)
        crowd = [_printed(axes, _along(curve.values, extent)) for curve in curves]
        crowd += [np.repeat(_printed(axes, _values(point)[np.newaxis]), LETTERS, axis=0) for point in points]
        for point in points:
            _draw_point(axes, point, crowd)
    return axes


def _distinct(curves: Sequence[Locus], extent: FloatArray) -> list[SpecialPoint]:
    """Special points of all curves, one where several have the same."""
    kept: list[SpecialPoint] = []
    for point in chain.from_iterable(curve.points for curve in curves):
        known = (_values(other) for other in kept if other.kind == point.kind)
        if not any(np.abs((place - _values(point)) / extent).max() < SAME for place in known):
            kept.append(point)
    return kept


def _draw_point(axes: Axes, point: SpecialPoint, crowd: list[FloatArray]) -> None:
    """The marker of a point, and its name on the side where least is in the way; the name then joins the crowd."""
    text, (x, y) = NAMES.get(point.kind, point.kind), _values(point)
    axes.plot([x], [y], **POINT, **MARKERS[point.kind])
    half = 0.5 * np.array((LETTER * len(text), LINE))
    at = _printed(axes, np.array([[x, y]]))[0]
    side = min(SIDES, key=lambda side: _trouble(axes, at + np.multiply(side, OFFSET + half), half, crowd))
    middle = at + np.multiply(side, OFFSET + half)
    crowd.append(middle + np.linspace(-1.0, 1.0, LETTERS)[:, np.newaxis] * (half[0], 0.0))
    axes.annotate(
        text,
        (x, y),
        xytext=(OFFSET * side[0], OFFSET * side[1]),
        textcoords="offset points",
        horizontalalignment=("center", "left", "right")[side[0]],
        verticalalignment=("center", "bottom", "top")[side[1]],
        fontsize="small",
        path_effects=key.halo(),
        zorder=5,
    )


def _trouble(axes: Axes, middle: FloatArray, half: FloatArray, crowd: Sequence[FloatArray]) -> float:
    """How much is in the way of a text: what lies under it, and by how many points of length it leaves the Axes."""
    size = np.array((axes.bbox.width, axes.bbox.height)) * POINTS_PER_INCH / axes.figure.dpi
    beyond = np.maximum(np.maximum(half - middle, middle + half - size), 0.0).sum()
    covered = sum(int((np.abs(part - middle) < half + CLEAR).all(axis=1).sum()) for part in crowd)
    return float(covered + OUTSIDE * beyond)


def _printed(axes: Axes, places: FloatArray) -> FloatArray:
    """Places (n, 2) in points of length from the lower left corner of the Axes."""
    return np.asarray((axes.transData.transform(places) - axes.bbox.p0) * POINTS_PER_INCH / axes.figure.dpi)


def _along(values: FloatArray, extent: FloatArray) -> FloatArray:
    """Values (n, 2) filled up so that neighbours are close beside the extent."""
    lengths = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(values, axis=0) / extent, axis=1)))
    steps = np.linspace(0.0, lengths[-1], max(int(lengths[-1] / FINE), 2))
    return np.column_stack([np.interp(steps, lengths, column) for column in values.T])


def _values(point: SpecialPoint) -> FloatArray:
    return np.asarray(point.value, dtype=np.float64)
