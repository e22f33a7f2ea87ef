"""Writing the names of points beside them, where least is in the way."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from richardson.arrays import FloatArray
from richardson.continuation.branch import SpecialPoint
from richardson.plot import key

POINT: dict[str, Any] = {"color": key.INK, "marker": "D", "markersize": 3.5, "linestyle": "none", "zorder": 4}
DIGITS, MOST_DIGITS = 3, 8  # of a parameter value
FINE = 5e-3  # of the extent: between places of a curve that names keep away from
SIDES = ((1, 0), (-1, 0), (-1, 1), (1, -1), (1, 1), (-1, -1), (0, 1), (0, -1))  # of a point, the preferred first
OFFSET, CLEAR = 5.0, 1.0  # points of length, between marker and name, and round the name
LETTER, LINE, LETTERS = 3.4, 7.0, 9  # width and height of small letters, and how many stand for a name in the way of the next
OUTSIDE = 10.0  # places under a name that are as bad as a point of length outside
POINTS_PER_INCH = 72.0
_WORDS = {
    "hopf": "Hopf",
    "neimark-sacker": "Neimark–Sacker",
    "bogdanov-takens": "Bogdanov–Takens",
    "generalised hopf": "generalised Hopf",
    "zero-hopf": "zero–Hopf",
    "hopf-hopf": "Hopf–Hopf",
}


class Name(NamedTuple):
    """A text and the place (x, y), in data coordinates, that it names."""

    text: str
    place: tuple[float, float]


def words(kind: str) -> str:
    """How the kind of a special point is written: names of people with capitals."""
    return _WORDS.get(kind, kind)


def value_of(point: SpecialPoint) -> float:
    """Parameter value of a point of a branch, where there is one parameter."""
    return point.value[0] if isinstance(point.value, tuple) else point.value


def mark_points(axes: Axes, points: Sequence[SpecialPoint], heights: Sequence[float], curves: Sequence[FloatArray]) -> None:
    """Mark special points over their parameter's values, and write beside each its kind and value.

    Parameters
    ----------
    axes : Axes
        With its final limits.
    points : sequence of SpecialPoint
    heights : sequence of float
        Where each stands on the upright axis.
    curves : sequence of FloatArray
        As in `write_names`.
    """
    places = [(value_of(point), height) for point, height in zip(points, heights, strict=True)]
    for x, y in places:
        axes.plot([x], [y], **POINT)
    texts = [f"{words(point.kind)} at {value}" for point, value in zip(points, _written(points), strict=True)]
    write_names(axes, [Name(*each) for each in zip(texts, places, strict=True)], curves)


def write_names(axes: Axes, names: Sequence[Name], curves: Sequence[FloatArray]) -> None:
    """Write each name beside its place, clear of curves, of other places and of the names written before.

    Parameters
    ----------
    axes : Axes
        With its final limits.
    names : sequence of Name
    curves : sequence of FloatArray
        Shape (n, 2) each, in data coordinates.
    """
    if isinstance(axes.figure, Figure):
        axes.figure.draw_without_rendering()  # lays out the Axes, in which names then find room
    if not names:
        return
    low, high = np.sort([axes.get_xlim(), axes.get_ylim()]).T
    seen = [np.clip(curve, low - (high - low), high + (high - low)) for curve in curves if len(curve)]  # a path may run away to 10⁹
    crowd = [_printed(axes, _along(curve, high - low)) for curve in seen]
    crowd += [np.repeat(_printed(axes, np.array([name.place])), LETTERS, axis=0) for name in names]
    for name in names:
        crowd.append(_write(axes, name, crowd))


def _written(points: Sequence[SpecialPoint]) -> list[str]:
    """Parameter values, with three digits or as many as it takes to tell those of different values apart, at most eight."""
    values = [value_of(point) for point in points]
    for digits in range(DIGITS, MOST_DIGITS + 1):
        texts = [f"{value + 0.0:#.{digits}g}" for value in values]
        if len(set(texts)) == len({f"{value:.{MOST_DIGITS}g}" for value in values}):
            break
    return [text.replace("-", "−") for text in texts]


def _write(axes: Axes, name: Name, crowd: Sequence[FloatArray]) -> FloatArray:
    """Write a name on the side of its place where least is in the way; the places (n, 2) that it takes."""
    half = 0.5 * np.array((LETTER * len(name.text), LINE))
    at = _printed(axes, np.array([name.place]))[0]
    side = min(SIDES, key=lambda side: _trouble(axes, at + np.multiply(side, OFFSET + half), half, crowd))
    axes.annotate(
        name.text,
        name.place,
        xytext=(OFFSET * side[0], OFFSET * side[1]),
        textcoords="offset points",
        horizontalalignment=("center", "left", "right")[side[0]],
        verticalalignment=("center", "bottom", "top")[side[1]],
        fontsize="small",
        path_effects=key.halo(),
        zorder=5,
    )
    middle = at + np.multiply(side, OFFSET + half)
    return np.asarray(middle + np.linspace(-1.0, 1.0, LETTERS)[:, np.newaxis] * (half[0], 0.0))


def _trouble(axes: Axes, middle: FloatArray, half: FloatArray, crowd: Sequence[FloatArray]) -> float:
    """How much is in the way of a text: what lies under it, and by how many points of length it leaves the Axes."""
    size = np.array((axes.bbox.width, axes.bbox.height)) * POINTS_PER_INCH / axes.figure.dpi
    beyond = np.maximum(np.maximum(half - middle, middle + half - size), 0.0).sum()
    covered = sum(int((np.abs(part - middle) < half + CLEAR).all(axis=1).sum()) for part in crowd)
    return float(covered + OUTSIDE * beyond)


def _printed(axes: Axes, places: FloatArray) -> FloatArray:
    """Places (n, 2) in points of length from the lower left corner of the Axes."""
    return np.asarray((axes.transData.transform(places) - axes.bbox.p0) * POINTS_PER_INCH / axes.figure.dpi)


def _along(curve: FloatArray, extent: FloatArray) -> FloatArray:
    """A curve (n, 2) filled up so that neighbours are close beside the extent."""
    lengths = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(curve, axis=0) / extent, axis=1)))
    steps = np.linspace(0.0, lengths[-1], max(int(lengths[-1] / FINE), 2))
    return np.column_stack([np.interp(steps, lengths, column) for column in curve.T])
