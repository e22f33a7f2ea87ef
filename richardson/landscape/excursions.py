"""Paths of a model whose parameter moves away, or away and back, many at once: where each ends when the parameter rests again.

Time is measured along the movement, x' = pace · f(x, p(s)), so that all members of one shape share their span of s whatever their
pace. After it the parameter rests, and each path is followed until it settles, escapes or leaves its domain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import NamedTuple

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.compiled.kernels import layout, lookout
from richardson.compiled.lanes import LANES, Members, Task
from richardson.compiled.threads import thread_count
from richardson.dynamics.barriers import BOUND_SLACK, SIZE_SLACK
from richardson.symbolic.model import Model
from richardson.symbolic.transform import extended

RELATIVE = 1e-11  # error of a step; what separates two ends grows on the way, so that a threshold is known to fewer digits
SHARE = 1e-2  # absolute tolerances, in relative ones of a state's size
REST = 30.0  # tolerances: how near to its equilibrium a path is taken to it
LOOKS = 64.0  # steps over a movement, at the least, so that none is stepped over
STEPS = 2_000_000  # slow movements take many
HORIZON = 1e4  # relaxation times after which a path that has not settled is undecided
NEAR = 1e-6  # of a state's size: ends nearer than this are one equilibrium
SHORTEST = 16.0  # spacings of times: shorter steps hardly move it
WIDTH = 1e-9  # relative: of a threshold's bracket, about what the tolerance is good for
RETURNS, TIPS, UNDECIDED = 0, 1, -1
Moves = Callable[[IntArray, FloatArray], tuple[FloatArray, FloatArray]]
FAR = 1e4  # of a state's size: where steps become too small out there, the path runs to infinity in finite time
BLOCK = 4 * LANES


@dataclass(frozen=True)
class Movement:
    """A shape in time: the parameter is base + change · g(s) for s in ``span``, g as text with ``{s}``, and rests afterwards."""

    formula: str
    span: tuple[float, float]


class Ends(NamedTuple):
    """Where paths end: ``answers`` (m,) of `RETURNS`, `TIPS`, `UNDECIDED`, ``states`` (m, d), ``codes`` (m,) of `kernels.lookout`.

    ``stops`` (m,) are the times from the end of the movement to the end of the path.
    """

    answers: IntArray
    states: FloatArray
    codes: IntArray
    stops: FloatArray


@dataclass(frozen=True, eq=False)
class Course:
    """What all paths of a question share.

    Attributes
    ----------
    model : Model
        Autonomous, at the parameter value from which the movement begins.
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    movement : Movement
    start : FloatArray
        Shape (d,).
    rest : Model
        The same equations at the parameter value at which it rests afterwards.
    target : FloatArray or None
        Shape (d,): the stable equilibrium of ``rest`` that a path is to end at; None if there is none, and every path tips.
    slowest : float
        Slowest rate of relaxation, in 1/yr: a path that takes `HORIZON` of its times and longer is undecided.
    bound : float
        Magnitude of a state at which a path has escaped.
    """

    model: Model
    parameter: str
    movement: Movement
    start: FloatArray
    rest: Model
    target: FloatArray | None
    slowest: float
    bound: float

    def follow(self, changes: FloatArray, paces: FloatArray) -> Ends:
        """Ends of the paths under movements of size ``changes`` (m,), in the parameter's unit, and ``paces`` (m,), years a unit of s."""
        moved = _run(self._moving_task, np.ascontiguousarray(np.column_stack([changes, paces])))
        states, codes, stops = moved.states[:, 0].copy(), moved.codes.copy(), np.zeros(len(changes))
        under_way = np.flatnonzero(codes == lookout.REACHED_END)
        if under_way.size:
            rested = _run(self._resting_task, states[under_way])
            states[under_way], codes[under_way], stops[under_way] = rested.states[:, 0], rested.codes, rested.stops
        is_far = (np.abs(states) > FAR * self.size).any(axis=1)
        codes[(codes == lookout.STEP_TOO_SMALL) & is_far] = lookout.ESCAPED
        return Ends(self._answers(states, codes), states, codes, stops)

    @cached_property
    def size(self) -> FloatArray:
        """Size of each state, shape (d,), by which tolerances are measured."""
        places = np.abs(np.atleast_2d(self.start) if self.target is None else np.vstack([self.start, self.target])).max(axis=0)
        return np.where(places > 0.0, places, max(float(places.max()), 1e-300) if places.any() else 1.0)

    @cached_property
    def _moving_task(self) -> Task:
        """From the beginning of the movement to its end, of which samples are changes and paces."""
        first, last = self.movement.span
        model, (change, pace) = moving(self.model, self.parameter, self.movement)
        sources = np.full(len(model.parameters), -1, dtype=np.int64)
        sources[[model.parameter_names.index(change), model.parameter_names.index(pace)]] = 0, 1
        task = self._task(model, (first, last), (last - first) / LOOKS)
        return replace(task, parameter_source=sources, start=self.start)

    @cached_property
    def _resting_task(self) -> Task:
        """From there on, of which samples are the states."""
        task = self._task(self.rest, (0.0, HORIZON / self.slowest), inf)
        task.settings[layout.REST] = REST
        return replace(task, start_source=np.arange(self.start.size, dtype=np.int64))

    def _task(self, model: Model, span: tuple[float, float], longest: float) -> Task:
        field, absolute = Field.of(model), SHARE * RELATIVE * self.size
        limits = np.array([np.maximum(field.lower, -self.bound), np.minimum(field.upper, self.bound)])
        is_bound = np.array([field.lower >= -self.bound, field.upper <= self.bound]) & np.isfinite(limits)
        slack = np.where(is_bound, BOUND_SLACK * (absolute + RELATIVE * np.abs(np.where(is_bound, limits, 0.0))), 0.0)
        settings = np.zeros(layout.SETTINGS)
        settings[[layout.BEGIN, layout.END]] = span
        settings[[layout.RELATIVE, layout.STEP_LIMIT, layout.LONGEST]] = RELATIVE, STEPS, longest
        settings[[layout.RESOLUTION, layout.TIMELESS, layout.DETAIL]] = SHORTEST * np.spacing(max(map(abs, span))), 1.0, inf
        return Task(
            scheme="Tsit5",
            functions=field.over_lanes(LANES, with_slopes=longest == inf),
            parameters=field.parameters.copy(),
            parameter_source=np.full(field.parameters.size, -1, dtype=np.int64),
            start=np.zeros(self.start.size),
            start_source=np.full(self.start.size, -1, dtype=np.int64),
            times=np.empty(0),
            absolute=absolute,
            limits=limits,
            slack=np.concatenate([slack, np.full((1, self.start.size), SIZE_SLACK * RELATIVE)]),
            barriers=np.where(is_bound, lookout.LEFT_DOMAIN, lookout.ESCAPED).astype(np.int64),
            kinds=np.empty(0, dtype=np.int64),
            settings=settings,
        )

    def _answers(self, states: FloatArray, codes: IntArray) -> IntArray:
        """What the ends (m, d) and codes (m,) say."""
        answers = np.full(len(codes), UNDECIDED, dtype=np.int64)
        answers[np.isin(codes, (lookout.ESCAPED, lookout.LEFT_DOMAIN, lookout.AT_REST))] = TIPS
        if self.target is None:
            answers[codes == lookout.REACHED_END] = TIPS  # it goes on for ever somewhere else
        else:
            is_near = (np.abs(states - self.target) <= NEAR * self.size).all(axis=1)
            answers[(codes == lookout.AT_REST) & is_near] = RETURNS
        return answers


def moving(model: Model, parameter: str, movement: Movement) -> tuple[Model, tuple[str, str]]:
    """The model along a movement, in units of its s, and the names of the parameters that are its change and its pace."""
    taken = {*model.state_names, *model.parameter_names}
    base, change, pace = (unused(name, taken) for name in ("path_from", "path_change", "path_pace"))
    own = model.values[model.resolve(parameter)[0]]
    wider = extended(model, {base: own, change: 0.0, pace: 1.0})
    driven = wider.with_drive(**{parameter: f"{base} + {change}*({movement.formula.format(s='t')})"})
    return replace(driven, rates=tuple(driven.symbol(pace) * rate for rate in driven.rates), references=()), (change, pace)


def unused(name: str, taken: Collection[str]) -> str:
    """The name, with as many underscores as it takes to be none of those that are taken."""
    while name in taken:
        name += "_"
    return name


def between(course: Course, low: FloatArray, high: FloatArray, moves: Moves) -> tuple[FloatArray, FloatArray]:
    """Brackets (m,) of thresholds, narrowed until `WIDTH`, of which ``low`` and ``high`` have different answers.

    Parameters
    ----------
    course : Course
    low, high : FloatArray
        Shape (m,), positive.
    moves : callable
        Rows (k,) of the brackets and trial values (k,) to changes and paces (k,) of the movements.
    """
    low, high = low.copy(), high.copy()
    count = len(low)
    parts = max(1, LANES // max(count, 1))
    shares = np.arange(1, parts + 1) / (parts + 1)
    below = course.follow(*moves(np.arange(count), low)).answers if count else np.empty(0, dtype=np.int64)
    is_open = np.ones(count, dtype=np.bool_)
    while True:
        is_open &= high - low > WIDTH * high
        rows = np.flatnonzero(is_open)
        if not rows.size:
            return low, high
        trials = low[rows, None] + (high - low)[rows, None] * shares
        answers = course.follow(*moves(np.repeat(rows, parts), trials.ravel())).answers.reshape(trials.shape)
        for row, values, told in zip(rows, trials, answers, strict=True):
            known = told[: int(np.argmax(np.append(told, UNDECIDED) == UNDECIDED))]
            is_open[row] = len(known) == len(told)  # else as near to the threshold as the arithmetic decides
            changed = np.flatnonzero(known != below[row])
            first = int(changed[0]) if changed.size else len(known)
            low[row] = values[first - 1] if first else low[row]
            high[row] = values[first] if changed.size else high[row]


def _run(task: Task, samples: FloatArray) -> Members:
    """All members, on the threads of this machine."""
    count = len(samples)
    found = Members(
        np.empty((count, 1, task.start.size)),
        np.empty((count, 0)),
        np.zeros(count, dtype=np.int64),
        np.zeros(count),
        np.zeros(count, dtype=np.int64),
    )
    _ = task.kernel  # compiled before threads need it

    def work(low: int) -> None:
        rows = slice(low, min(low + BLOCK, count))
        task.run(samples[rows].copy(), found.part(rows))

    with ThreadPoolExecutor(thread_count()) as pool:
        list(pool.map(work, range(0, count, BLOCK)))
    return found
