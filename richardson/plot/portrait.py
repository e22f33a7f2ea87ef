"""The phase plane: flow, nullclines, manifolds of saddles, equilibria, and data as a path through it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import DataError, InvalidInputError
from richardson.estimation.observations import Observations
from richardson.landscape.basins import Basins
from richardson.plot import key
from richardson.plot.basins import draw_areas
from richardson.plot.draws import draws
from richardson.plot.style import MILLIMETRES_PER_INCH, drawing
from richardson.stability.portrait import PhasePortrait
from richardson.symbolic.quantity import State

HEIGHT = 102.0  # mm, a square plane and the legend above it
ARROW, APART = 2.3, 2.9  # mm, length of a map's arrow, and least distance of arrows and of orbits
BETWEEN = 22.0  # mm along an orbit between its heads
SHAFT, HEAD = 0.0065, 9.0  # inches; length of a head in shafts
FLOW_LINE, EDGE = 0.55, 2.4  # points: width of an orbit, and of a nullcline with its white edge
TICKS = 6  # steps on an axis, at most
LAYERS = {"flow": 1.0, "nullclines": 2.0, "manifolds": 2.5, "data": 3.0, "equilibria": 4.0, "text": 5.0}
MANIFOLDS = {"stable": "separatrix (stable manifold)", "unstable": "unstable manifold"}


@draws
def portrait(
    picture: PhasePortrait, *, data: Observations | None = None, basins: Basins | None = None, legend: bool = True, ax: Axes | None = None
) -> Axes:
    """Phase portrait: flow in grey, a nullcline a nation in its colour, equilibria by kind, manifolds of every saddle.

    Parameters
    ----------
    picture : PhasePortrait
    data : Observations, optional
        Drawn as a path with its first and last year. Series named like the window's states are taken, else
        the series in the order of the model's states.
    basins : Basins, optional
        Of the same two states, drawn behind everything.
    legend : bool
        Whether to explain it all above the Axes.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Limits are the window's; one unit is as long on both axes when the states have the same unit.

    Raises
    ------
    DataError
        If the observations have fewer than two series, or no two complete years in the window.
    InvalidInputError
        If ``data`` are no observations, or ``basins`` are none of this model and these states.

    Examples
    --------
    >>> import richardson as rn
    >>> picture = rn.phase_portrait(rn.models.linear(), rn.Window(x=(0, 2), y=(0, 2)))
    >>> axes = rn.plot.portrait(picture)
    >>> axes.get_xlabel()
    'arms of x, $x$ [arms]'
    """
    path = None if data is None else _path(picture, data)
    _check_basins(picture, basins)
    with drawing(ax, height=HEIGHT if legend else HEIGHT - 15) as axes:
        if basins is not None:
            draw_areas(axes, basins)
        _draw_flow(axes, picture, key.FLOW if basins is None else key.FLOW_OVER_AREAS)
        _draw_nullclines(axes, picture, is_over_areas=basins is not None)
        _draw_manifolds(axes, picture)
        if data is not None and path is not None:
            _draw_path(axes, picture, data, path)
        _draw_equilibria(axes, picture)
        _frame(axes, picture, data)
        if legend:
            key.legend(axes)
    return axes


@draws
def portrait_tables(picture: PhasePortrait) -> dict[str, dict[str, Any]]:
    """The numbers that a portrait draws, for `save`.

    Parameters
    ----------
    picture : PhasePortrait

    Returns
    -------
    dict of str to dict
        Tables: "equilibria", one for each piece of a nullcline, one for each manifold.

    Examples
    --------
    >>> import richardson as rn
    >>> picture = rn.phase_portrait(rn.models.linear(), rn.Window(x=(0, 2), y=(0, 2)))
    >>> "equilibria" in rn.plot.portrait_tables(picture)
    True
    """
    tables: dict[str, dict[str, Any]] = {"equilibria": picture.to_table()}
    for state, pieces in picture.nullclines.items():
        for number, piece in enumerate(pieces, 1):
            tables[f"nullcline {number} of {state}"] = dict(zip(picture.window.spans, piece.T, strict=True))
    for number, manifold in enumerate(picture.manifolds, 1):
        tables[f"manifold {number}, {manifold.kind}"] = manifold.to_table()
    return tables


def _check_basins(picture: PhasePortrait, basins: Basins | None) -> None:
    if basins is None:
        return
    if not isinstance(basins, Basins) or basins.model != picture.model or tuple(basins.window.spans) != tuple(picture.window.spans):
        raise InvalidInputError(f"Basins behind {picture!r} must be of the same model and states; got {basins!r}. Make them with basins().")


def _draw_flow(axes: Axes, picture: PhasePortrait, colour: str) -> None:
    """Orbits with heads along the motion; of a map, whose orbits are points, an arrow towards the image at places of a grid."""
    look: dict[str, Any] = {"color": colour, "zorder": LAYERS["flow"]}
    if picture.model.kind == "map":
        arrows = picture.arrows
        shown = _sparse(axes, arrows.positions) & (arrows.speeds > 0)
        ways = arrows.directions[shown] * ARROW / _side(axes)
        _draw_arrows(axes, arrows.positions[shown], ways, **look)
        axes.plot([], [], marker=r"$\rightarrow$", markersize=11, markeredgewidth=0, linestyle="none", label="flow", **look)
        return
    curves = [curve.path for curve in picture.curves if curve.spacing * _side(axes) >= APART]
    for path in curves:
        axes.plot(*path.T, linewidth=FLOW_LINE, **look)
    heads = [head for path in curves for head in _heads(axes, picture, path)]
    if heads:
        places, ways = np.swapaxes(np.array(heads), 0, 1)
        _draw_arrows(axes, places, ways, headlength=HEAD, headaxislength=HEAD, minshaft=1.0, **look)
    axes.plot([], [], marker=">", markersize=3, linewidth=FLOW_LINE, markeredgewidth=0, label="flow", **look)


def _draw_arrows(axes: Axes, places: FloatArray, ways: FloatArray, **look: Any) -> None:
    shape: dict[str, Any] = {"width": SHAFT, "headwidth": 5, "headlength": 5.5, "headaxislength": 5, "minlength": 0} | look
    axes.quiver(*places.T, *ways.T, angles="xy", scale_units="xy", scale=1, units="inches", pivot="mid", **shape)


def _heads(axes: Axes, picture: PhasePortrait, path: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Places on an orbit, some `BETWEEN` apart on paper, with the ways there as long as a head."""
    width = np.array([high - low for low, high in picture.window.spans.values()])
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0) / width, axis=1)))
    count = max(1, round(along[-1] * _side(axes) / BETWEEN))
    places = along[-1] * (np.arange(count) + 0.5) / count
    found = []
    for chord in np.searchsorted(along, places).tolist():
        way = (path[chord] - path[chord - 1]) / width
        length = HEAD * SHAFT * MILLIMETRES_PER_INCH / _side(axes)
        found.append((0.5 * (path[chord] + path[chord - 1]), way / np.linalg.norm(way) * length * width))
    return found


def _sparse(axes: Axes, positions: FloatArray) -> BoolArray:
    """Which places of a grid to show, so that arrows stand apart by `APART` at least and the middle stays in the middle."""
    shown = np.ones(len(positions), dtype=bool)
    for column in positions.T:
        ticks, order = np.unique(column, return_inverse=True)
        stride = max(1, int(np.ceil(APART * len(ticks) / _side(axes))))
        shown &= order % stride == ((len(ticks) - 1) % stride) // 2
    return shown


def _side(axes: Axes) -> float:
    """Shorter side of the Axes on paper [mm], before labels take their room."""
    box = axes.get_window_extent()
    return float(min(box.width, box.height) / axes.figure.dpi * MILLIMETRES_PER_INCH)


def _draw_nullclines(axes: Axes, picture: PhasePortrait, *, is_over_areas: bool) -> None:
    """Each nation's in its colour; over areas with a white edge, which tells them from the flow in grey too."""
    edge = key.halo(EDGE) if is_over_areas else None
    for state in picture.model.states:
        for piece in picture.nullclines.get(state.name, ()):
            position = picture.model.state_names.index(state.name)
            label = key.rest_label(state, picture.model.kind)
            axes.plot(piece[:, 0], piece[:, 1], color=key.colour(position), zorder=LAYERS["nullclines"], path_effects=edge, label=label)


def _draw_manifolds(axes: Axes, picture: PhasePortrait) -> None:
    columns = _columns(picture)
    for manifold in picture.manifolds:
        path = manifold.path[:, columns]
        look = key.line(manifold.kind == "stable")
        label = MANIFOLDS[manifold.kind]
        axes.plot(path[:, 0], path[:, 1], color=key.INK, linewidth=0.9, linestyle=look, zorder=LAYERS["manifolds"], label=label)


def _draw_equilibria(axes: Axes, picture: PhasePortrait) -> None:
    columns = _columns(picture)
    for equilibrium in picture.equilibria:
        place = equilibrium.state[columns]
        look = key.marker(equilibrium.kind)
        axes.plot(place[:1], place[1:], **look, zorder=LAYERS["equilibria"], clip_on=False, label=equilibrium.kind)


def _draw_path(axes: Axes, picture: PhasePortrait, data: Observations, path: FloatArray) -> None:
    dots: dict[str, Any] = {"color": key.INK, "linewidth": 0.6, "marker": ".", "markersize": 2.5, "zorder": LAYERS["data"]}
    axes.plot(path[:, 0], path[:, 1], **dots, label="observations")
    inside = _inside(picture, path)
    for row in (inside[0], inside[-1]):
        _write_year(axes, picture, f"{data.times[row]:g}", path[row])


def _write_year(axes: Axes, picture: PhasePortrait, text: str, place: FloatArray) -> None:
    """A year beside its point, on the side of the window's middle."""
    (low, high), (bottom, top) = picture.window.spans.values()
    is_left, is_low = place[0] < (low + high) / 2, place[1] < (bottom + top) / 2
    axes.annotate(
        text,
        (place[0], place[1]),
        xytext=(4 if is_left else -4, 3 if is_low else -3),
        textcoords="offset points",
        horizontalalignment="left" if is_left else "right",
        verticalalignment="bottom" if is_low else "top",
        fontsize="small",
        path_effects=key.halo(),
        zorder=LAYERS["text"],
    )


def _frame(axes: Axes, picture: PhasePortrait, data: Observations | None) -> None:
    across, up = (_state(picture, name) for name in picture.window.spans)
    (low, high), (bottom, top) = picture.window.spans.values()
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, top)
    axes.locator_params(nbins=TICKS)
    if across.unit == up.unit:
        axes.set_aspect("equal", adjustable="box")
    if data is None:
        axes.set_xlabel(across.label)
        axes.set_ylabel(up.label)
    else:
        first, second = _series(picture, data)
        axes.set_xlabel(f"{first}, ${across.symbol}$ [{data.unit}]")
        axes.set_ylabel(f"{second}, ${up.symbol}$ [{data.unit}]")


def _path(picture: PhasePortrait, data: Observations) -> FloatArray:
    """Observed pairs in the order of the window's axes, shape (t, 2)."""
    if not isinstance(data, Observations):
        raise InvalidInputError(
            f"Data in a portrait are observations; got {data!r}. Make them with rn.Observations(times, {{...}}, unit=...)."
        )
    first, second = _series(picture, data)
    path = np.stack([data[first], data[second]], axis=1)
    if len(_inside(picture, path)) < 2:
        raise DataError(f"{data!r} has fewer than two complete times inside {picture.window!r}, so there is no path. Widen the window.")
    return path


def _series(picture: PhasePortrait, data: Observations) -> tuple[str, str]:
    """Names of the series on the two axes: those of the spanned states, else the series in the states' order."""
    spanned = tuple(picture.window.spans)
    if all(name in data.names for name in spanned):
        return spanned[0], spanned[1]
    columns = _columns(picture)
    if len(data.names) <= max(columns):
        raise DataError(
            f"A path needs a series for each of the states {', '.join(spanned)}; {data!r} has {len(data.names)}. Add the others."
        )
    return data.names[columns[0]], data.names[columns[1]]


def _inside(picture: PhasePortrait, path: FloatArray) -> Sequence[int]:
    """Rows of a path that lie in the window; a missing value lies nowhere."""
    (low, high), (bottom, top) = picture.window.spans.values()
    within = (path[:, 0] >= low) & (path[:, 0] <= high) & (path[:, 1] >= bottom) & (path[:, 1] <= top)
    return [int(row) for row in np.flatnonzero(within)]


def _columns(picture: PhasePortrait) -> list[int]:
    """Positions of the two spanned states on a state axis."""
    return [picture.model.state_names.index(name) for name in picture.window.spans]


def _state(picture: PhasePortrait, name: str) -> State:
    return picture.model.states[picture.model.state_names.index(name)]
