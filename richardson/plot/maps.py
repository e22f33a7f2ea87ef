"""The spiral number over two parameters, and Jervis's four worlds."""

import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch

from richardson.arrays import BoolArray, FloatArray
from richardson.continuation.loci import Locus
from richardson.landscape.stability_map import StabilityMap
from richardson.plot import key, style
from richardson.plot.draws import draws
from richardson.plot.grids import draw_boundaries, frame
from richardson.plot.panels import bold, name_panels
from richardson.plot.portrait import portrait
from richardson.theory.worlds import FourWorlds, World

HEIGHT = 82.0  # mm
WORLDS_HEIGHT = 100.0  # mm
COLOURS = "cividis_r"  # even steps of lightness: dark is dangerous, in grey too, and no hue has to be told from another
CURVE = "$R = 1$, where the equilibrium reached is lost"
UNDEFINED = "#d0d0d0"
LARGEST = 3.0  # R beyond this has one colour, so that what happens around 1 can be seen
HATCHES = {  # of lines: a file holds every dot of a dotted one as a circle
    "escaped": "////",
    "left domain": "\\\\\\\\",
    "outside window": "----",
    "undecided": "xxxx",
}
WITHOUT_END = {
    "escaped": "no end: the race runs away",
    "left domain": "leaves the domain",
    "outside window": "ends outside the window",
    "undecided": "undecided",
}
MIDDLES = (0.25, 0.75)  # of distinguishability, in the lower and upper quadrants
LETTERS = "bcde"  # of the worlds, after the map
WIDTH_OF_NAME = 15  # letters of a world's name on one line: narrow, so that the curve seldom runs through it


@draws
def stability_map(
    chart: StabilityMap,
    *,
    curve: tuple[FloatArray, ...] | None = None,
    boundaries: Sequence[Locus] = (),
    ax: Axes | None = None,
) -> Axes:
    """Spiral number over two parameters, with the curve R = 1; hatched where no equilibrium is reached.

    Parameters
    ----------
    chart : StabilityMap
    curve : tuple of FloatArray, optional
        Polylines, shape (n, 2), of R = 1; interpolated between the cells by default, which shows it only where R passes
        through 1 rather than jumps over it.
    boundaries : sequence of Locus
        Fold and Hopf curves, as `stability_boundaries` finds them.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        The first parameter runs across. Grey where R is undefined; dark where it is large.

    Examples
    --------
    >>> import numpy as np
    >>> import richardson as rn
    >>> grids = {"balance": np.linspace(-0.3, 0.3, 5), "alarm": np.linspace(0, 4, 4)}
    >>> chart = rn.stability_map(rn.models.security_dilemma(), grids)
    >>> "balance" in rn.plot.stability_map(chart).get_xlabel()
    True
    """
    with style.drawing(ax, height=HEIGHT) as axes:
        mesh = _draw_cells(axes, chart)
        _draw_hatches(axes, chart)
        bar = axes.figure.colorbar(mesh, ax=axes, label="spiral number, $R$", extend=_extension(chart), pad=0.02)
        if _draw_curve(axes, chart, curve):
            bar.ax.axhline(1.0, color=key.INK)
        draw_boundaries(axes, boundaries)
        frame(axes, chart)
        key.legend(axes)
    return axes


@draws
def four_worlds(four: FourWorlds, *, figure: Figure | SubFigure | None = None) -> dict[str, Axes]:
    """Jervis's four worlds: the map of R with its quadrants named, and beside it a phase portrait of each.

    Parameters
    ----------
    four : FourWorlds
    figure : Figure or SubFigure, optional
        Empty; two columns wide by default.

    Returns
    -------
    dict of str to Axes
        "map", then the name of each world that has a portrait; its figure is ``axes["map"].figure``. The portraits, panels b to e,
        stand as the quadrants do, offence on the right, distinguishable above; their letters in the map mark where they are taken.

    Examples
    --------
    >>> import richardson as rn
    >>> four = rn.four_worlds(rn.models.security_dilemma(), resolution=(9, 7))
    >>> list(rn.plot.four_worlds(four))[:2]
    ['map', 'doubly dangerous']
    """
    with style.paper():
        made = figure or style.figure(width=style.PAGE, height=WORLDS_HEIGHT)
        has_portraits = any(world.portrait is not None for world in four.worlds)
        parts = made.subfigures(1, 2, squeeze=False, width_ratios=[1.0, 1.05])[0] if has_portraits else [made]
        axes = {"map": stability_map(four.chart, curve=four.curve, ax=parts[0].subplots())}
        letters = dict(zip(_read(four), LETTERS, strict=False))
        for world in four.worlds:
            _name_quadrant(axes["map"], world, letters.get(world.name))
        if has_portraits:
            axes |= _draw_portraits(parts[1], four)
            name_panels(axes["map"], *(axes[name] for name in letters))
        if isinstance(made, Figure):
            made.draw_without_rendering()
    return axes


def _read(four: FourWorlds) -> list[str]:
    """Names of the worlds that have a portrait, as one reads their quadrants: the upper ones first, and the left."""
    shown = (world for world in four.worlds if world.portrait is not None)
    return [world.name for world in sorted(shown, key=lambda world: (world.distinguishability <= 0.5, world.balance > 0))]


def _draw_cells(axes: Axes, chart: StabilityMap) -> QuadMesh:
    values = np.ma.masked_invalid(chart.spiral_number.T)
    top = float(values.max()) if values.count() else 1.0
    shades: Colormap = mpl.colormaps[COLOURS].with_extremes(bad=UNDEFINED)
    mesh = axes.pcolormesh(
        *chart.grids, values, cmap=shades, norm=Normalize(0.0, min(max(top, 1.0), LARGEST)), shading="nearest", rasterized=True
    )
    if values.count() < values.size:
        axes.add_patch(_sample("$R$ undefined", facecolor=UNDEFINED))
    return mesh


def _draw_hatches(axes: Axes, chart: StabilityMap) -> None:
    for kind, hatch in HATCHES.items():
        where: BoolArray = np.equal(chart.kind.T, kind)
        if where.any():
            if min(where.shape) > 1:
                axes.contourf(*chart.grids, where.astype(float), levels=[0.5, 1.5], colors="none", hatches=[hatch])
            axes.add_patch(_sample(WITHOUT_END[kind], facecolor="none", hatch=hatch))


def _sample(label: str, **look: Any) -> Patch:
    """A patch without extent that only the legend shows."""
    return mpl.patches.Rectangle((np.nan, np.nan), 0.0, 0.0, label=label, edgecolor=key.INK, linewidth=0.4, **look)


def _draw_curve(axes: Axes, chart: StabilityMap, curve: tuple[FloatArray, ...] | None) -> bool:
    """R = 1 in ink with a white edge; whether there is any."""
    pieces = _interpolated(axes, chart) if curve is None else [piece for piece in curve if len(piece) > 1]
    for piece in pieces:
        axes.plot(piece[:, 0], piece[:, 1], color=key.INK, linewidth=1.3, path_effects=key.halo(2.6), label=CURVE, zorder=3)
    return bool(pieces)


def _interpolated(axes: Axes, chart: StabilityMap) -> list[FloatArray]:
    values = np.ma.masked_invalid(chart.spiral_number.T)
    if min(values.shape) < 2 or not values.count() or not float(values.min()) < 1.0 < float(values.max()):
        return []
    lines = axes.contour(*chart.grids, values, levels=[1.0])
    pieces = [np.asarray(piece, dtype=np.float64) for piece in lines.allsegs[0] if len(piece) > 1]
    lines.remove()
    return pieces


def _extension(chart: StabilityMap) -> str:
    finite = chart.spiral_number[np.isfinite(chart.spiral_number)]
    return "max" if finite.size and float(finite.max()) > LARGEST else "neither"


def _name_quadrant(axes: Axes, world: World, letter: str | None) -> None:
    """The borders of the quadrants, and its portrait's letter or a dot where the world stands, its name towards the quadrant's middle."""
    axes.axvline(0.0, color=key.INK, linewidth=0.5, linestyle=key.DOTTED, zorder=2)
    axes.axhline(0.5, color=key.INK, linewidth=0.5, linestyle=key.DOTTED, zorder=2)
    place = (world.balance, world.distinguishability)
    look: dict[str, Any] = {"horizontalalignment": "center", "bbox": key.plate(), "zorder": 5}
    if letter is None:
        axes.plot(*place, marker=".", color=key.INK, zorder=5)
    else:
        axes.text(*place, bold(letter), verticalalignment="center", **look)
    is_high = world.distinguishability > (MIDDLES[1] if world.distinguishability > 0.5 else MIDDLES[0])
    name = textwrap.fill(world.name, WIDTH_OF_NAME)
    look |= {"textcoords": "offset points", "fontsize": "small", "linespacing": 1.05, "verticalalignment": "top" if is_high else "bottom"}
    axes.annotate(name, place, xytext=(0, -7 if is_high else 7), **look)


def _draw_portraits(figure: Figure | SubFigure, four: FourWorlds) -> dict[str, Axes]:
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    axes: dict[str, Axes] = {}
    for world in four.worlds:
        if world.portrait is not None:
            place = grid[0 if world.distinguishability > 0.5 else 1, 1 if world.balance > 0 else 0]
            axes[world.name] = portrait(world.portrait, legend=False, ax=place)
            place.label_outer()
    key.legend(figure, columns=3)
    return axes
