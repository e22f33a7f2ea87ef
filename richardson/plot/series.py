"""States and observations over time."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import is_color_like

from richardson.arrays import FloatArray
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.estimation.observations import Observations
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.style import drawing
from richardson.symbolic.model import Model

HEIGHT = 60.0  # mm
ROOM = 0.04  # of the range, above the highest value
EDGE = 0.015  # of the time axis, so that the first and last dots are whole
LONG = 40  # points; more stand too close for dots
SAME = 0.005  # of the range: lines that are nowhere further apart are one line in print
UPON = (0, (3.0, 3.0))  # stroke of the upper one, as long as its gaps


@draws
def series(
    *things: Trajectory | Observations,
    names: Sequence[str] | None = None,
    colours: Mapping[str, str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Trajectories as lines and observations as dots, over time.

    Parameters
    ----------
    *things : Trajectory or Observations
        At least one. The n-th state and the n-th series have the same colour; a second trajectory is dotted. From the sixth state on
        colours return with other strokes.
    names : sequence of str, optional
        States and series to draw; all by default.
    colours : mapping of str to str, optional
        By name of state or series, in the place of that of its position.
    legend : bool
        Whether the Axes explains itself; False for one of several panels under one `legend`.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        A run that stopped early ends in a cross, and the legend says why. A line that lies upon another of its run
        is dashed, so that both are seen.

    Raises
    ------
    InvalidInputError
        If nothing is given, something else is given, a colour is none, or the units differ so that one axis cannot hold them.
    UnknownNameError
        If a name, also of a colour, belongs to none of the things.

    Examples
    --------
    >>> import richardson as rn
    >>> run = rn.integrate(rn.models.linear(), [0, 0], range(11))
    >>> rn.plot.series(run).get_xlabel()
    'time, $t$ [yr]'
    """
    _check(things, names, colours)
    units = _units(things, names)
    with drawing(ax, height=HEIGHT) as axes:
        runs = 0
        for thing in things:
            if isinstance(thing, Observations):
                _draw_observations(axes, thing, names, colours or {})
            else:
                _draw_run(axes, thing, names, colours or {}, is_first=runs == 0)
                runs += 1
        axes.set_xlabel(_time_label(things))
        axes.set_ylabel(units)
        _leave_room(axes)
        if any(isinstance(thing, Observations) for thing in things):
            axes.margins(x=EDGE)
        if legend:
            key.legend(axes)
    return axes


def _draw_run(axes: Axes, run: Trajectory, names: Sequence[str] | None, colours: Mapping[str, str], *, is_first: bool) -> None:
    drawn = [(position, state) for position, state in enumerate(run.model.states) if names is None or state.name in names]
    below: list[FloatArray] = []
    for position, state in drawn:
        label = f"{state.meaning}, ${state.symbol}$" + ("" if is_first else ", another run")
        stroke = (UPON if _lies_upon(run[state.name], below) else key.stroke(position)) if is_first else key.DOTTED
        axes.plot(run.times, run[state.name], color=colours.get(state.name, key.colour(position)), linestyle=stroke, label=label)
        below.append(run[state.name])
    cross: dict[str, Any] = {"color": key.INK, "linestyle": "none", "marker": "x", "zorder": 4, "clip_on": False}
    for _, state in drawn if run.stopped_at is not None else ():
        axes.plot(run.times[-1:], run[state.name][-1:], label=str(run.outcome), **cross)


def _lies_upon(path: FloatArray, below: Sequence[FloatArray]) -> bool:
    """Whether a line covers one drawn before it, everywhere."""
    extent = np.ptp([path, *below])
    return any(float(np.abs(path - other).max()) <= SAME * extent for other in below)


def _draw_observations(axes: Axes, observed: Observations, names: Sequence[str] | None, colours: Mapping[str, str]) -> None:
    dots: dict[str, Any] = {"marker": "o", "markersize": 3.0 if len(observed) <= LONG else 1.6, "linewidth": 0.6}
    for position, name in enumerate(observed.names):
        if names is None or name in names:
            axes.plot(observed.times, observed[name], color=colours.get(name, key.colour(position)), label=name, **dots)


def _units(things: Sequence[Trajectory | Observations], names: Sequence[str] | None) -> str:
    """Label of the value axis; observations say what the arms of a model are counted in."""
    observed = {thing.unit for thing in things if isinstance(thing, Observations)}
    states = [state for thing in things if isinstance(thing, Trajectory) for state in thing.model.states]
    drawn = [state for state in states if names is None or state.name in names]
    units = observed or {state.unit for state in drawn}
    if len(units) > 1:
        raise InvalidInputError(
            f"One axis cannot hold the units {', '.join(sorted(units))}. Choose names= of one unit and draw the others apart."
        )
    if len({state.name for state in drawn}) == 1 and not observed:
        return drawn[0].label
    unit = next(iter(units))
    return _common([state.meaning for state in drawn]) or "state" if unit == "1" else unit


def _common(meanings: Sequence[str]) -> str:
    """Words with which all begin, up to the last that is no "of": "alignment" of that of x and y, and that of y and z."""
    shared = takewhile(lambda words: len(set(words)) == 1, zip(*map(str.split, meanings), strict=False))
    return " ".join(words[0] for words in shared).removesuffix(" of")


def _time_label(things: Sequence[Trajectory | Observations]) -> str:
    if any(isinstance(thing, Observations) for thing in things):
        return "year"
    models = [thing.model for thing in things if isinstance(thing, Trajectory)]
    if all(model.kind == "map" for model in models):
        return "step"
    return "time, $t$ [yr]" if any(_knows_years(model) for model in models) else "time, $t$"


def _knows_years(model: Model) -> bool:
    return any("yr" in quantity.unit for quantity in (*model.states, *model.parameters))


def _leave_room(axes: Axes) -> None:
    """Limits that start at zero where nothing is negative."""
    drawn = [np.asarray(line.get_ydata(), dtype=np.float64) for line in axes.get_lines()]
    values: FloatArray = np.concatenate([part[np.isfinite(part)] for part in drawn])
    if values.size and values.max() > values.min():
        low, high = float(values.min()), float(values.max())
        bottom = 0.0 if low >= 0 else low - ROOM * (high - low)
        axes.set_ylim(bottom, high + ROOM * (high - bottom))


def _check(things: Sequence[Any], names: Sequence[str] | None, colours: Mapping[str, str] | None) -> None:
    known: list[str] = []
    for thing in things:
        known += thing.names if isinstance(thing, Observations) else thing.model.state_names
    if not things:
        raise InvalidInputError("There is nothing to draw. Give at least one trajectory, or observations.")
    if not isinstance(colours, Mapping | None):
        raise InvalidInputError(f"colours= is a mapping by state or series; got {colours!r:.80}. Give for example {{{known[0]!r}: 'red'}}.")
    for name in (*(names or ()), *(colours or ())):
        if name not in known:
            raise UnknownNameError(f"There is no state or series '{name}' to draw. {nearest(str(name), known)}")
    for name, colour in (colours or {}).items():
        if not is_color_like(colour):
            raise InvalidInputError(f"The colour of '{name}' is none that matplotlib knows; got {colour!r:.80}. Give for example 'red'.")
