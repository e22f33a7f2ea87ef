"""Attractors along a parameter, with the branches of equilibria, and below them the shares of their basins."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from richardson.arrays import IntArray
from richardson.continuation.branch import Branch
from richardson.errors import InvalidInputError
from richardson.landscape.global_diagram import GlobalDiagram
from richardson.plot import key, outcomes, style
from richardson.plot.diagram import distinct
from richardson.plot.draws import draws
from richardson.plot.naming import mark_points
from richardson.plot.panels import name_panels
from richardson.symbolic.position import state_position

HEIGHT = 118.0  # mm
LOOKS = {  # by the number of unstable directions, the last for two and more
    0: (key.SOLID, "stable equilibrium"),
    1: (key.DASHED, "saddle, one unstable direction"),
    2: (key.DOTTED, "more unstable directions"),
}
MOST_DOTS = 41  # of one attractor along the axis: more touch


@draws
def global_diagram(
    found: GlobalDiagram, *, state: str | None = None, names: Mapping[int, str] | None = None, figure: Figure | SubFigure | None = None
) -> dict[str, Axes]:
    """Above, one state of the attractors along the parameter, on the branches of equilibria; below, shares as stacked areas.

    Parameters
    ----------
    found : GlobalDiagram
    state : str, optional
        Name of the state on the upper upright axis; the model's first by default.
    names : mapping of int to str, optional
        What attractors are called, by number; "attractor 1", … by default.
    figure : Figure or SubFigure, optional
        Empty; one column wide by default.

    Returns
    -------
    dict of str to Axes
        "attractors" and "shares". An equilibrium is a dot; any other attractor reaches from its lowest to its highest value.

    Raises
    ------
    UnknownNameError
        If the model has no such state.
    InvalidInputError
        If a name is given to a number that no attractor has.

    Examples
    --------
    >>> import numpy as np
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma()
    >>> found = rn.global_diagram(dilemma, "balance", np.linspace(-0.2, 0.2, 5), rn.Window(x=(0, 40), y=(0, 40)))
    >>> list(rn.plot.global_diagram(found))
    ['attractors', 'shares']
    """
    unknown = [number for number in names or {} if number not in found.attractors]
    if unknown:
        raise InvalidInputError(f"There is no attractor {unknown[0]}; {found!r} numbers them {', '.join(map(str, found.attractors))}.")
    called = {number: f"attractor {number + 1}" for number in found.attractors} | dict(names or {})
    position = 0 if state is None else state_position(found.model, state)
    with style.paper():
        made = figure or style.figure(height=HEIGHT)
        upper, lower = made.subplots(2, 1, sharex=True, height_ratios=[1.25, 1.0])
        _draw_branches(upper, found, position)
        _draw_attractors(upper, found, position)
        _draw_shares(lower, found, called)
        upper.set_ylabel(found.model.states[position].label)
        lower.set_xlabel(key.parameter_label(found.model, found.parameter))
        key.legend(made, columns=2)
        name_panels(upper, lower)
        if isinstance(made, Figure):
            made.draw_without_rendering()
        _name_points(upper, found, position)
    return {"attractors": upper, "shares": lower}


def _draw_branches(axes: Axes, found: GlobalDiagram, position: int) -> None:
    for branch in found.diagram:
        kinds = np.minimum(_unstable_directions(branch), len(LOOKS) - 1)
        edges = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(kinds)]
        for first, last in pairwise(edges):
            run = slice(max(first - 1, 0), last)
            look, label = LOOKS[int(kinds[first])]
            axes.plot(branch.values[run], branch.states[run, position], color=key.INK, linewidth=1.0, linestyle=look, label=label)


def _unstable_directions(branch: Branch) -> IntArray:
    """How many, shape (n,); at the points where one of them begins or ends, none that is not certain."""
    growth = np.abs(branch.eigenvalues) - 1.0 if branch.model.kind == "map" else branch.eigenvalues.real
    counts: IntArray = np.where(branch.is_stable, 0, np.maximum((growth > 0.0).sum(axis=1), 1))
    return counts


def _draw_attractors(axes: Axes, found: GlobalDiagram, position: int) -> None:
    step = -(-len(found.values) // MOST_DOTS)
    for number, along in found.attractors.items():
        look: dict[str, Any] = {"color": outcomes.face(number)["facecolor"], "zorder": 3.0}
        for value, attractor in list(zip(found.values, along, strict=True))[::step]:
            if attractor is None:
                continue
            heights = attractor.states[:, position]
            if attractor.equilibrium is not None:
                axes.plot(value, heights[0], marker="o", markersize=3.4, markeredgecolor=key.INK, markeredgewidth=0.5, **look)
            else:
                axes.plot([value, value], [heights.min(), heights.max()], linewidth=2.2, solid_capstyle="butt", **look)


def _draw_shares(axes: Axes, found: GlobalDiagram, called: Mapping[int, str]) -> None:
    below = np.zeros(len(found.values))
    for number, shares in found.shares.items():
        if not shares.any():
            continue
        name = outcomes.name((), number) if number < 0 else called[number]
        axes.fill_between(found.values, below, below + shares, linewidth=0.4, label=name, **outcomes.face(number))
        below = below + shares
    axes.set_xlim(found.values[0], found.values[-1])
    axes.set_ylim(0.0, 1.0)
    axes.set_ylabel("share of the window")


def _name_points(axes: Axes, found: GlobalDiagram, position: int) -> None:
    points = distinct(found.diagram.branches) if len(found.diagram) else []
    curves = [np.column_stack((branch.values, branch.states[:, position])) for branch in found.diagram]
    mark_points(axes, points, [float(point.state[position]) for point in points], curves)
