"""Equilibria along a parameter: branches, their stability and the points where they change."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from matplotlib.axes import Axes

from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.diagram import Diagram
from richardson.errors import InvalidInputError
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.naming import mark_points, value_of
from richardson.plot.style import drawing
from richardson.symbolic.position import state_position

HEIGHT = 68.0  # mm
SAME = 1e-6  # of the extent: branches meet in one point


@draws
def diagram(found: Diagram | Branch, *, state: str | None = None, ax: Axes | None = None) -> Axes:
    """One state of the equilibria along a parameter: stable solid, unstable dashed, special points named once.

    Neutral saddles, at which nothing changes, are not drawn.

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

    Examples
    --------
    >>> import richardson as rn
    >>> dilemma = rn.models.security_dilemma()
    >>> path = rn.continue_equilibrium(dilemma, [0.973884, 0.973884], "balance", (-0.4, 0.4))
    >>> axes = rn.plot.diagram(path)
    >>> [text.get_text() for text in axes.texts]
    ['fold at 0.110', 'fold at −0.150']
    """
    branches = (found,) if isinstance(found, Branch) else tuple(found)
    if not branches:
        raise InvalidInputError(f"{found!r} holds no branch to draw. Widen its window or its span of the parameter.")
    model = branches[0].model
    position = 0 if state is None else state_position(model, state)
    with drawing(ax, height=HEIGHT) as axes:
        for branch in branches:
            draw_branch(axes, branch, position)
        axes.set_xlim(found.span if isinstance(found, Diagram) else _span(branches))
        axes.set_xlabel(key.parameter_label(model, branches[0].parameter))
        axes.set_ylabel(model.states[position].label)
        key.legend(axes)
        points = distinct(branches)
        curves = [np.column_stack((branch.values, branch.states[:, position])) for branch in branches]
        mark_points(axes, points, [float(point.state[position]) for point in points], curves)
    return axes


def draw_branch(axes: Axes, branch: Branch, position: int, *, width: float | None = None) -> None:
    """Its stretches, stable ones solid and unstable ones dashed, in the style's width or one of one's own."""
    for run, is_stable in key.stretches(branch.is_stable):
        label = "stable equilibrium" if is_stable else "unstable equilibrium"
        look = key.line(is_stable)
        axes.plot(
            branch.values[run], branch.states[run, position], color=key.colour(position), linestyle=look, linewidth=width, label=label
        )


def distinct(branches: Sequence[Branch]) -> list[SpecialPoint]:
    """Special points of all branches, one where several pass through it; not neutral saddles, at which nothing changes."""
    every = np.concatenate([np.column_stack((branch.values, branch.states)) for branch in branches])
    extent = np.maximum(np.ptp(every, axis=0), np.finfo(np.float64).tiny)
    kept: list[SpecialPoint] = []
    for point in chain.from_iterable(branch.points for branch in branches):
        place = np.append(value_of(point), point.state)
        known = (np.append(value_of(other), other.state) for other in kept if other.kind == point.kind)
        if point.kind != "neutral saddle" and not any(np.abs((place - other) / extent).max() < SAME for other in known):
            kept.append(point)
    return kept


def _span(branches: Sequence[Branch]) -> tuple[float, float]:
    values = np.concatenate([branch.values for branch in branches])
    return float(values.min()), float(values.max())
