"""Films: runs that grow with time, and a phase portrait along a parameter. Nothing is written until the caller saves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from richardson.arrays import FloatArray
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError
from richardson.plot import key, style
from richardson.plot.draws import draws
from richardson.plot.portrait import portrait
from richardson.stability.portrait import PhasePortrait
from richardson.stability.portraits import PhasePortraits
from richardson.symbolic.position import state_position

FRAMES = 100
MILLISECONDS = 50  # a frame: twenty a second
SLOW = 150  # the same for portraits, which change in steps
HEIGHT = 80.0  # mm
PORTRAIT_HEIGHT = 111.0  # mm, a square plane with a legend of five lines above it
HEAD = 4.5  # points, of the dot that runs ahead
MARGIN = 0.05  # of the extent


@draws
def animate_runs(
    *runs: Trajectory, states: Sequence[str] | None = None, behind: PhasePortrait | None = None, frames: int = FRAMES
) -> FuncAnimation:
    """Film of runs in the plane of two states: each grows with time behind a dot, all by the same clock.

    Parameters
    ----------
    *runs : Trajectory
        At least one, of models with the same states. A run that ends earlier than others stays where it ended.
    states : pair of str, optional
        Across and up; the portrait's, or the model's first two, by default.
    behind : PhasePortrait, optional
        Drawn behind the runs, in its window.
    frames : int
        Pictures in the film, at equal steps of time; 2 or more.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        Written by ``.save("race.gif", writer="pillow")``. Its figure is one column wide.

    Raises
    ------
    InvalidInputError
        If there is no run, something else is given, the runs differ in their states, two states are not to be had, or there are
        fewer than two frames.
    UnknownNameError
        If the models have no such state.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import richardson as rn
    >>> run = rn.integrate(rn.models.linear(), [0, 0], range(11))
    >>> film = rn.plot.animate_runs(run, frames=10)
    >>> with TemporaryDirectory() as folder:
    ...     film.save(f"{folder}/race.gif", writer="pillow")
    """
    plane = _plane(runs, states, behind)
    if frames < 2:
        raise InvalidInputError(f"A film of runs has two frames at least; got frames={frames!r}.")
    columns = [state_position(runs[0].model, name) for name in plane]
    clock = np.linspace(min(run.times[0] for run in runs), max(run.times[-1] for run in runs), frames)
    with style.paper():
        figure = style.figure(height=HEIGHT if behind is None else PORTRAIT_HEIGHT)
        axes = figure.add_subplot()
        if behind is None:
            _frame(axes, runs, columns)
        else:
            portrait(behind, legend=False, ax=axes)
        taken = 0 if behind is None else len(behind.model.states)  # colours of the nullclines
        shades = [key.colour(taken + position) for position in range(len(runs))]
        names = ["run"] if len(runs) == 1 else [f"run {position + 1}" for position in range(len(runs))]
        parts = [_Runner.of(axes, run, columns, shade, name) for run, shade, name in zip(runs, shades, names, strict=True)]
        key.legend(figure)
        heading = axes.set_title(_time(clock[0], clock))
        _hold(figure)

    def show(number: int) -> list[Any]:
        for part in parts:
            part.show(clock[number])
        heading.set_text(_time(clock[number], clock))
        return [heading, *chain.from_iterable((part.tail, part.head) for part in parts)]

    return _film(figure, show, frames, MILLISECONDS)


@draws
def animate_portraits(pictures: PhasePortraits) -> FuncAnimation:
    """Film of a phase portrait along a parameter, one frame a value.

    Parameters
    ----------
    pictures : PhasePortraits
        As `phase_portraits` gives them.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        Written by ``.save("balance.gif", writer="pillow")``. The legend explains what any frame shows.

    Raises
    ------
    InvalidInputError
        If these are no portraits along a parameter.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import richardson as rn
    >>> pictures = rn.phase_portraits(rn.models.linear(), rn.Window(x=(0, 2), y=(0, 2)), "defence", [0.4, 0.5])
    >>> film = rn.plot.animate_portraits(pictures)
    >>> with TemporaryDirectory() as folder:
    ...     film.save(f"{folder}/race.gif", writer="pillow")
    """
    label = key.parameter_label(pictures.model, pictures.parameter)
    digits = _digits(pictures.values)
    with style.paper():
        figure = style.figure(height=PORTRAIT_HEIGHT)
        axes = figure.add_subplot()
        entries: dict[str, Any] = {}
        for picture in pictures:
            axes.clear()
            portrait(picture, legend=False, ax=axes)
            for handle, text in zip(*axes.get_legend_handles_labels(), strict=True):
                entries.setdefault(text, handle)
        axes.set_title(label)
        figure.legend(list(entries.values()), list(entries), loc="outside upper center", ncols=2, frameon=False)
        _hold(figure)

    def show(number: int) -> list[Any]:
        with style.paper():
            axes.clear()
            portrait(pictures[number], legend=False, ax=axes)
            axes.set_title(f"{label} = {pictures.values[number] + 0.0:.{digits}f}".replace("-", "−"))
            figure.draw_without_rendering()  # makes the ticks, while the style holds
        return [axes]

    return _film(figure, show, len(pictures), SLOW)


@dataclass(frozen=True, eq=False)
class _Runner:
    """The part of a run that a film has shown, and the dot that runs ahead."""

    times: FloatArray
    path: FloatArray
    tail: Line2D
    head: Line2D

    @classmethod
    def of(cls, axes: Axes, run: Trajectory, columns: list[int], shade: str, name: str) -> "_Runner":
        """A run with nothing shown yet."""
        look: dict[str, Any] = {"color": shade, "path_effects": key.halo(), "zorder": 6}
        (tail,) = axes.plot([], [], label=name, **look)
        (head,) = axes.plot([], [], marker="o", markersize=HEAD, linestyle="none", **look)
        return cls(run.times, run.states[:, columns], tail, head)

    def show(self, time: float) -> None:
        """The run up to a time, between whose states the path is straight."""
        passed = self.path[self.times <= time]
        at = np.array([np.interp(time, self.times, column) for column in self.path.T])
        drawn = np.concatenate([passed, at[np.newaxis]]) if len(passed) else passed
        self.tail.set_data(*drawn.T)
        self.head.set_data(*drawn[-1:].T)


def _film(figure: Figure, show: Callable[[int], list[Any]], frames: int, pause: int) -> FuncAnimation:
    show(0)
    return FuncAnimation(figure, show, frames=frames, interval=pause, blit=False)


def _hold(figure: Figure) -> None:
    """Lay the figure out once, so that nothing jumps from frame to frame."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def _frame(axes: Axes, runs: Sequence[Trajectory], columns: list[int]) -> None:
    places = np.concatenate([run.states[:, columns] for run in runs])
    low, high = places.min(axis=0), places.max(axis=0)
    room = MARGIN * np.where(high > low, high - low, 1.0)
    axes.set_xlim(low[0] - room[0], high[0] + room[0])
    axes.set_ylim(low[1] - room[1], high[1] + room[1])
    across, up = (runs[0].model.states[column] for column in columns)
    axes.set_xlabel(across.label)
    axes.set_ylabel(up.label)


def _plane(runs: Sequence[Any], states: Sequence[str] | None, behind: PhasePortrait | None) -> tuple[str, str]:
    """Names of the states across and up."""
    if not runs:
        raise InvalidInputError("A film shows runs, at least one. Give one, as integrate or iterate makes it.")
    if len({run.model.state_names for run in runs}) > 1:
        raise InvalidInputError("The runs are of models with different states, which share no plane. Animate them apart.")
    names = tuple(states if states is not None else runs[0].model.state_names[:2] if behind is None else behind.window.spans)
    if len(names) != 2 or len(set(names)) != 2:
        raise InvalidInputError(f"A film shows two different states; got {names!r}. Give for example states=('x', 'y').")
    if behind is not None and names != tuple(behind.window.spans):
        raise InvalidInputError(f"The portrait behind spans {', '.join(behind.window.spans)}, not {', '.join(names)}. Leave states= out.")
    return names


def _time(time: float, clock: FloatArray) -> str:
    return f"$t = {time:.{_digits(clock)}f}$"


def _digits(values: FloatArray) -> int:
    """Decimals that tell neighbouring values apart."""
    steps = np.abs(np.diff(np.unique(values)))
    return max(0, int(np.ceil(-np.log10(steps.min()))) if steps.size else 3)
