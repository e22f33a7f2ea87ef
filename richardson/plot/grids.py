"""What maps over two parameters have in common: axes, exact curves, and the names of Jervis's worlds."""

import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from richardson.continuation.loci import Locus
from richardson.landscape.stability_map import StabilityMap
from richardson.plot import key
from richardson.plot.locus import LOOKS, MARKERS, POINT
from richardson.theory.worlds import BALANCE, DISTINGUISHABILITY, NAMES

TICKS = 5  # steps on an axis, at most
WIDTH_OF_NAME = 21  # letters of a world's name on one line
QUADRANTS = ((1, 0), (0, 0), (1, 1), (0, 1))  # of `NAMES`: upper half of the balance, of distinguishability


def frame(axes: Axes, chart: StabilityMap) -> None:
    """Limits, ticks and labels of a map."""
    across, up = chart.grids
    if len(across) > 1:  # a single value has the width that its cell was given
        axes.set_xlim(float(across[0]), float(across[-1]))
    if len(up) > 1:
        axes.set_ylim(float(up[0]), float(up[-1]))
    axes.locator_params(nbins=TICKS)
    axes.set_xlabel(key.parameter_label(chart.model, chart.parameters[0]))
    axes.set_ylabel(key.parameter_label(chart.model, chart.parameters[1]))


def draw_boundaries(axes: Axes, curves: Sequence[Locus]) -> None:
    """Fold and Hopf curves with a white edge, each kind named once, and the special points on them."""
    named: set[str] = set()
    for curve in curves:
        look = LOOKS[curve.kind] | {"label": LOOKS[curve.kind]["label"] if curve.kind not in named else "_"}
        axes.plot(curve.values[:, 0], curve.values[:, 1], path_effects=key.halo(2.6), **look)
        named.add(curve.kind)
        for point in curve.points:
            x, y = point.value if isinstance(point.value, tuple) else (point.value, point.value)
            label = point.kind if point.kind not in named else "_"
            named.add(point.kind)
            axes.plot([x], [y], label=label, **POINT, **MARKERS[point.kind])


def has_worlds(chart: StabilityMap) -> bool:
    """Whether Jervis's four worlds can be told apart on the map: its axes are balance and distinguishability, and reach into all."""
    if chart.parameters != (BALANCE, DISTINGUISHABILITY):
        return False
    return all(axis[0] < border < axis[-1] for axis, border in zip(chart.grids, (0.0, 0.5), strict=True))


def name_worlds(axes: Axes, chart: StabilityMap) -> None:
    """The borders of Jervis's four worlds, and their names in their middles."""
    axes.axvline(0.0, color=key.INK, linewidth=0.5, linestyle=key.DOTTED, zorder=2)
    axes.axhline(0.5, color=key.INK, linewidth=0.5, linestyle=key.DOTTED, zorder=2)
    across = 0.5 * float(chart.grids[0][0]), 0.5 * float(chart.grids[0][-1])
    up = 0.5 * (float(chart.grids[1][0]) + 0.5), 0.5 * (0.5 + float(chart.grids[1][-1]))
    look: dict[str, Any] = {"horizontalalignment": "center", "verticalalignment": "center", "fontsize": "small", "linespacing": 0.95}
    for name, (right, above) in zip(NAMES, QUADRANTS, strict=True):
        axes.text(across[right], up[above], textwrap.fill(name, WIDTH_OF_NAME), bbox=key.plate(), zorder=5, **look)
