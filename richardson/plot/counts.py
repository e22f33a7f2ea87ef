"""How many equilibria there are, and how many of them stable, over two parameters."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap

from richardson.continuation.loci import Locus
from richardson.landscape.stability_map import StabilityMap
from richardson.plot import key, style
from richardson.plot.draws import draws
from richardson.plot.grids import draw_boundaries, frame, has_worlds, name_worlds

HEIGHT = 82.0  # mm
COLOURS = "cividis_r"
LIGHTEST, DARKEST = 0.2, 0.75  # shares of the colours, so that names and curves can be read on all
UNDECIDED = "#d0d0d0"


@draws
def stable_counts(chart: StabilityMap, *, boundaries: Sequence[Locus] = (), ax: Axes | None = None) -> Axes:
    """Number of stable equilibria over two parameters, with the curves on which it changes.

    Parameters
    ----------
    chart : StabilityMap
    boundaries : sequence of Locus
        Fold and Hopf curves, as `stability_boundaries` finds them.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        The first parameter runs across; darker where there are more, from the least number that occurs on. Grey where the
        number is not decided. Jervis's four worlds are named where balance and distinguishability are the axes.

    Examples
    --------
    >>> import numpy as np
    >>> import richardson as rn
    >>> grids = {"balance": np.linspace(-0.3, 0.3, 5), "alarm": np.linspace(0, 4, 4)}
    >>> chart = rn.stability_map(rn.models.security_dilemma(), grids)
    >>> "alarm" in rn.plot.stable_counts(chart).get_ylabel()
    True
    """
    with style.drawing(ax, height=HEIGHT) as axes:
        numbers = np.ma.masked_where(chart.count.T < 0, chart.stable_count.T)
        least, most = (int(numbers.min()), int(numbers.max())) if numbers.count() else (0, 0)
        levels = np.arange(least, most + 1)
        shades = mpl.colormaps[COLOURS](np.linspace(LIGHTEST, DARKEST, len(levels)))
        mesh = axes.pcolormesh(
            *chart.grids,
            numbers,
            cmap=ListedColormap(shades).with_extremes(bad=UNDECIDED),
            norm=BoundaryNorm(np.append(levels, most + 1) - 0.5, len(levels)),
            shading="nearest",
            rasterized=True,
        )
        axes.figure.colorbar(mesh, ax=axes, label="stable equilibria", ticks=levels, pad=0.02)
        if numbers.count() < numbers.size:
            axes.add_patch(mpl.patches.Rectangle((np.nan, np.nan), 0.0, 0.0, label="not decided", facecolor=UNDECIDED))
        draw_boundaries(axes, boundaries)
        frame(axes, chart)
        if has_worlds(chart):
            name_worlds(axes, chart)
        key.legend(axes)
    return axes
