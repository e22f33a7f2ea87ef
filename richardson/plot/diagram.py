"""Equilibria along a parameter: branches, their stability and the points where they change."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from richardson.arrays import BoolArray
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.diagram import Diagram
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.plot import key
from richardson.plot.style import drawing

HEIGHT = 68.0  # mm
POINT: dict[str, Any] = {"color": key.INK, "marker": "D", "markersize": 3.5, "linestyle": "none", "zorder": 4}
NEIGHBOURS = 2  # values on each side of a point that tell where its branch lies


def diagram(found: Diagram | Branch, *, state: str | None = None, ax: Axes | None = None) -> Axes:
    """One state of the equilibria along a parameter: stable solid, unstable dashed, special points named.

    Parameters
    ----------
    found : Diagram or Branch
    state : str, optional
        Name of the state on the upright axis; the model's first by default.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownNameError
        If the model has no such state.
    InvalidInputError
        If there is no branch to draw.
    """
    branches = (found,) if isinstance(found, Branch) else tuple(found)
    if not branches:
        raise InvalidInputError(f"{found!r} holds no branch to draw. Widen its window or its span of the parameter.")
    model = branches[0].model
    if state is not None and state not in model.state_names:
        raise UnknownNameError(f"'{model.name}' has no state '{state}' to draw. {nearest(state, model.state_names)}")
    position = 0 if state is None else model.state_names.index(state)
    with drawing(ax, height=HEIGHT) as axes:
        for branch in branches:
            _draw_branch(axes, branch, position)
        axes.set_xlim(found.span if isinstance(found, Diagram) else _span(branches))
        for branch in branches:
            for point in branch.points:
                _draw_point(axes, branch, point, position)
        axes.set_xlabel(key.parameter_label(model, branches[0].parameter))
        axes.set_ylabel(model.states[position].label)
        key.legend(axes)
    return axes


def _draw_branch(axes: Axes, branch: Branch, position: int) -> None:
    for run, is_stable in _runs(branch.is_stable):
        label = "stable equilibrium" if is_stable else "unstable equilibrium"
        look = key.line(is_stable)
        axes.plot(branch.values[run], branch.states[run, position], color=key.colour(position), linestyle=look, label=label)


def _runs(is_stable: BoolArray) -> list[tuple[slice, bool]]:
    """Stretches of one stability; each begins at the last point of the one before, so that no gap opens."""
    edges = [0, *(np.flatnonzero(is_stable[1:] != is_stable[:-1]) + 1).tolist(), len(is_stable)]
    return [(slice(max(first - 1, 0), last), bool(is_stable[first])) for first, last in pairwise(edges)]


def _draw_point(axes: Axes, branch: Branch, point: SpecialPoint, position: int) -> None:
    value, height = _value(point), float(point.state[position])
    axes.plot([value], [height], **POINT)
    is_right = _opens_left(branch, point)
    axes.annotate(
        f"{point.kind} at {value:#.3g}".replace("-", "−"),
        (value, height),
        xytext=(5 if is_right else -5, 0),
        textcoords="offset points",
        horizontalalignment="left" if is_right else "right",
        verticalalignment="center",
        fontsize="small",
        path_effects=key.halo(),
        zorder=5,
    )


def _opens_left(branch: Branch, point: SpecialPoint) -> bool:
    """Whether the branch near a point has lower values, so that its label finds room on the right."""
    nearest_row = int(np.argmin(np.linalg.norm(branch.states - point.state, axis=1)))
    around = branch.values[max(nearest_row - NEIGHBOURS, 0) : nearest_row + NEIGHBOURS + 1]
    return float(around.mean()) <= _value(point)


def _value(point: SpecialPoint) -> float:
    """Parameter value of a point of a branch, where there is one parameter."""
    return point.value[0] if isinstance(point.value, tuple) else point.value


def _span(branches: Sequence[Branch]) -> tuple[float, float]:
    values = np.concatenate([branch.values for branch in branches])
    return float(values.min()), float(values.max())
