"""Curves over two parameters, on which the number or the stability of equilibria changes."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from richardson.arrays import FloatArray
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.loci import Locus
from richardson.errors import InvalidInputError
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.naming import Name, words, write_names
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
SAME = 1e-6  # of the extent: two curves meet in one point


@draws
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

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma()
    >>> path = rn.continue_equilibrium(dilemma, [0.973884, 0.973884], "balance", (-0.4, 0.4))
    >>> border = rn.continue_point(dilemma, path.points[0], ("balance", "alarm"), ((-1, 1), (0, 5)))
    >>> [text.get_text() for text in rn.plot.locus(border).texts]
    ['cusp']
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
        points = _distinct(curves, extent)
        for point in points:
            x, y = _values(point)
            axes.plot([x], [y], **POINT, **MARKERS[point.kind])
        names = [Name(words(point.kind), (float(_values(point)[0]), float(_values(point)[1]))) for point in points]
        write_names(axes, names, [curve.values for curve in curves])
    return axes


def _distinct(curves: Sequence[Locus], extent: FloatArray) -> list[SpecialPoint]:
    """Special points of all curves, one where several have the same."""
    kept: list[SpecialPoint] = []
    for point in chain.from_iterable(curve.points for curve in curves):
        known = (_values(other) for other in kept if other.kind == point.kind)
        if not any(np.abs((place - _values(point)) / extent).max() < SAME for place in known):
            kept.append(point)
    return kept


def _values(point: SpecialPoint) -> FloatArray:
    return np.asarray(point.value, dtype=np.float64)
