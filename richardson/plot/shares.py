"""Shares of basins as bars with their intervals, and the shares of uncertain starts from which a dimension is read."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from richardson.arrays import FloatArray
from richardson.landscape.boundary import BoundaryDimension
from richardson.landscape.shares import BasinShares
from richardson.plot import key, outcomes
from richardson.plot.draws import draws
from richardson.plot.style import drawing

BAR, GAP = 0.62, 1.0  # height of a bar, and of its place
HEIGHT, ROW = 14.0, 8.5  # mm, without bars and of a bar
ROOM = 1.08  # of the longest bar
SQUARE = 68.0  # mm
WIDE = 200.0  # largest by smallest value, from which on only powers of ten find room
LINE_LABEL = {"pairs": "pairs of cells", "boxes": "boxes of cells", "starts": "pairs of starts"}
VALUES = {"pairs": "uncertain share, $f$", "boxes": "share of boxes on the boundary, $f$", "starts": "uncertain share, $f$"}


@draws
def basin_shares(found: BasinShares, *, ax: Axes | None = None) -> Axes:
    """Share of a window that goes to each outcome, as bars with their intervals.

    Parameters
    ----------
    found : BasinShares
    ax : Axes, optional
        A figure one column wide by default, as high as its bars need.

    Returns
    -------
    Axes
        Outcomes that no start met are left out. Colours and hatching are those of the picture of basins.

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma(balance=0.05)
    >>> shares = rn.basin_shares(dilemma, rn.Window(x=(0, 4), y=(0, 4)), half_width=0.05, rng=1)
    >>> rn.plot.basin_shares(shares).get_xlabel()
    'share of starts, with 95 % intervals'
    """
    met = [label for label, count in found.counts.items() if count]
    shares = np.array([found.shares[label] for label in met])
    low, high = np.array([found.intervals[label] for label in met]).T
    with drawing(ax, height=HEIGHT + ROW * len(met)) as axes:
        places = GAP * np.arange(len(met), dtype=np.float64)
        for place, label, share in zip(places, met, shares, strict=True):
            axes.barh(place, share, height=BAR, linewidth=0.6, zorder=2, **outcomes.face(label))
        look: dict[str, Any] = {"fmt": "none", "ecolor": key.INK, "elinewidth": 0.8, "capsize": 2.5, "capthick": 0.8, "zorder": 3}
        axes.errorbar(shares, places, xerr=(shares - low, high - shares), **look)
        axes.set_yticks(places, [outcomes.name(found.attractors, label) for label in met])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(places[-1] + GAP / 2 + 0.1, places[0] - GAP / 2 - 0.1)
        axes.set_xlim(0.0, min(ROOM * float(high.max()), 1.0) if high.max() < 1 / ROOM else ROOM)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=None, symbol=" %"))
        axes.set_xlabel(f"share of starts, with {100 * found.confidence:.4g} % intervals")
    return axes


@draws
def boundary_dimension(found: BoundaryDimension, *, ax: Axes | None = None) -> Axes:
    """Uncertain share over size on logarithmic axes, with the line whose slope is the uncertainty exponent.

    Parameters
    ----------
    found : BoundaryDimension
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Sizes on which the exponent rests are filled, the others hollow.

    Examples
    --------
    >>> import numpy as np
    >>> import richardson as rn
    >>> across, up = np.indices((200, 200)) / 200
    >>> rn.plot.boundary_dimension(rn.boundary_dimension(across**2 + up**2 < 0.5)).get_xscale()
    'log'
    """
    used = found.is_used
    x, y = np.log(found.sizes[used]), np.log(found.values[used])
    with drawing(ax, height=SQUARE) as axes:
        ends = np.array([x.min(), x.max()])
        middle = _weighted(found, y) - found.exponent * _weighted(found, x)
        axes.plot(np.exp(ends), np.exp(middle + found.exponent * ends), color=key.colour(0), label=_line_label(found), zorder=2)
        for rows, fill, label in ((used, key.INK, LINE_LABEL[found.method]), (~used & (found.values > 0), "white", "not on the line")):
            if rows.any():
                look: dict[str, Any] = {"markerfacecolor": fill, "markeredgecolor": key.INK, "ecolor": key.INK, "elinewidth": 0.8}
                errors = found.errors[rows] if found.errors.any() else None
                axes.errorbar(
                    found.sizes[rows], found.values[rows], yerr=errors, fmt="o", markersize=3.5, capsize=1.5, zorder=3, label=label, **look
                )
        axes.loglog()
        axes.margins(0.06)
        _set_ticks(axes.xaxis, found.sizes)
        _set_ticks(axes.yaxis, found.values[found.values > 0])
        axes.set_xlabel(rf"size, $\varepsilon$ [{found.unit}]")
        axes.set_ylabel(VALUES[found.method])
        key.legend(axes)
    return axes


def _weighted(found: BoundaryDimension, values: Any) -> float:
    """Mean with the weights of the fit."""
    used = found.is_used
    errors = found.errors[used] / found.values[used]
    return float(np.average(values, weights=1 / errors**2 if errors.all() else None))


def _set_ticks(axis: Axis, values: FloatArray) -> None:
    """Plain numbers at 1, 2 and 5 where they fit, else powers of ten."""
    if values.max() < WIDE * values.min():
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _line_label(found: BoundaryDimension) -> str:
    digits = max(1 - int(np.floor(np.log10(found.standard_error))), 1) if found.standard_error > 0 else 3
    return rf"$f \propto \varepsilon^\alpha$, $\alpha = {found.exponent:.{digits}f} \pm {found.standard_error:.{digits}f}$"
