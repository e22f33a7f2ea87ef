"""Where to look at an event along a run so that no crossing is overlooked.

Along each step's polynomial the event is interpolated at Chebyshev points; where the interpolant has not converged
the step is halved. Between the turning points of a converged interpolant the event is monotone, so that its values
at the points, the turning points and the ends show every crossing. Extra probes do no harm; missing ones would.

References
----------
.. [1] Boyd, J. P., "Computing zeros on a real interval through Chebyshev expansion and polynomial rootfinding",
   SIAM J. Numer. Anal. 40 (2002) 1666-1682.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray
from richardson.dynamics.chebyshev import basis, critical_points, nodes, to_coefficients
from richardson.dynamics.dense import DenseOutput
from richardson.errors import ComputationError
from richardson.outcome import Outcome

DEGREE = 16  # of the interpolant of a piece
CHECKS = np.array([-0.9386, -0.3127, 0.1549, 0.7234])  # between the nodes: an event that aliases there shows itself here
CONVERGED = 1e-11  # tail and check error of an interpolant, relative to the event's largest value on the piece
UNRESOLVED_SHARE = 0.01  # nor need features be resolved that are this far below what the integration resolves
ROUNDING = 4 * np.finfo(float).eps  # of times and states; an event's answer to it tells its own rounding
DOUBT = 4.0  # times that answer
DEEPEST = 12  # halvings of a step; a kink or jump is then bracketed within 1/4096 of it
ROUGH_PIECES = 64  # more unresolved pieces than this in one block's event are not isolated kinks

Values = Callable[[FloatArray, FloatArray], FloatArray]
Steps = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Probes:
    """Events looked at in order of time.

    Attributes
    ----------
    times : ndarray, shape (n,)
    values : ndarray, shape (n, k)
        Of each event.
    noise : ndarray, shape (n, k)
        Below this magnitude a value's sign is not known: the error that the run's tolerances allow it.
    """

    times: FloatArray
    values: FloatArray
    noise: FloatArray


class UndefinedEventError(ComputationError):
    """An event is not a finite number, or changes too fast to be followed, from some time on.

    Attributes
    ----------
    time : float
        A time before which nothing is wrong.
    outcome : Outcome
        What the run ends with.
    """

    def __init__(self, message: str, time: float, outcome: Outcome) -> None:
        super().__init__(message)
        self.time = time
        self.outcome = outcome

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with all three parts."""
        return type(self), (self.args[0], self.time, self.outcome)


@dataclass(frozen=True, eq=False)
class EventValues:
    """Events as functions of time and state, and what the run's tolerances leave unknown of them.

    Attributes
    ----------
    values : callable
        (times (n,), states (n, d)) -> (n, k).
    labels : sequence of str
        What they are called, for messages.
    relative, absolute : float
        How far a run may stray from the solution, beyond doubt: some tolerances.
    """

    values: Values
    labels: Sequence[str]
    relative: float
    absolute: float

    def noise(self, times: FloatArray, states: FloatArray, values: FloatArray) -> FloatArray:
        """Change (n, k) of the events as the states stray, worst of several patterns of signs."""
        spread = self.absolute + self.relative * np.abs(states)
        worst = np.zeros_like(values)
        for signs in _patterns(states.shape[1]):
            np.maximum(worst, self._change(times, states + signs * spread, values), out=worst)
        return worst

    def rounding(self, times: FloatArray, states: FloatArray, values: FloatArray) -> FloatArray:
        """Change (n, k) of the events as times and states are rounded."""
        signs = _patterns(states.shape[1])[2]
        return DOUBT * self._change(times * (1.0 + ROUNDING), states * (1.0 + signs * ROUNDING), values)

    def _change(self, times: FloatArray, states: FloatArray, values: FloatArray) -> FloatArray:
        change = np.abs(self.values(times, states) - values)
        return np.where(np.isfinite(change), change, 0.0)


def probe(dense: DenseOutput, events: EventValues) -> Probes:
    """Probes of ``events`` along ``dense`` between which each event is monotone or below its noise.

    Raises
    ------
    UndefinedEventError
        If an event is not finite somewhere, or oscillates too fast to be resolved.
    """
    steps: Steps = np.arange(dense.coefficients.shape[0])
    left, right = dense.breakpoints[:-1], dense.breakpoints[1:]
    found: list[Probes] = []
    for depth in range(DEEPEST + 1):
        piece = _sample(dense, events, steps, left, right)
        rough = ~piece.is_resolved
        if depth == DEEPEST and rough.sum() > ROUGH_PIECES:
            time = float(left[rough].min())
            raise UndefinedEventError(
                f"an event changes too fast from t = {time:g} on for its crossings to be found. Write one that changes more slowly.",
                time,
                Outcome.STEP_LIMIT,
            )
        done = ~rough if depth < DEEPEST else np.ones_like(rough)
        found.append(piece.at_nodes(done))
        extra = piece.turning_points(done & ~rough)
        if extra is not None:
            found.append(_look(dense, events, *extra)[0])
        if done.all():
            break
        middle = 0.5 * (left + right)
        left, right = np.concatenate([left[rough], middle[rough]]), np.concatenate([middle[rough], right[rough]])
        steps = np.concatenate([steps[rough], steps[rough]])
    order = np.argsort(np.concatenate([each.times for each in found]), kind="stable")
    return Probes(
        np.concatenate([each.times for each in found])[order],
        np.concatenate([each.values for each in found])[order],
        np.concatenate([each.noise for each in found])[order],
    )


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Samples of p pieces at j points: ``times`` (p, j), ``values`` and ``noise`` (p, j, k), ``series`` (p, DEGREE + 1, k)."""

    steps: Steps
    times: FloatArray
    values: FloatArray
    noise: FloatArray
    series: FloatArray
    is_resolved: BoolArray

    def at_nodes(self, chosen: BoolArray) -> Probes:
        """The samples of chosen pieces as probes."""
        width = self.values.shape[2]
        return Probes(
            self.times[chosen, : DEGREE + 1].ravel(),
            self.values[chosen, : DEGREE + 1].reshape(-1, width),
            self.noise[chosen, : DEGREE + 1].reshape(-1, width),
        )

    def turning_points(self, chosen: BoolArray) -> tuple[Steps, FloatArray] | None:
        """Steps (n,) and times (n,) of the turning points of events that may be zero on chosen pieces."""
        may_vanish = np.abs(self.series[:, 0]) <= np.abs(self.series[:, 1:]).sum(axis=1)
        steps, times = [], []
        for index, event in np.argwhere(may_vanish & chosen[:, None]):
            left, right = self.times[index, 0], self.times[index, DEGREE]
            points = critical_points(self.series[index, :, event])
            steps.append(np.full(points.size, self.steps[index]))
            times.append(left + (right - left) * (points + 1.0) / 2.0)
        return (np.concatenate(steps), np.concatenate(times)) if times else None


def _sample(dense: DenseOutput, events: EventValues, steps: Steps, left: FloatArray, right: FloatArray) -> _Pieces:
    """Sample pieces from ``left`` to ``right`` of the given steps, and say which are resolved."""
    points = np.concatenate([nodes(DEGREE), CHECKS])
    times = left[:, None] + (right - left)[:, None] * (points + 1.0) / 2.0
    times[:, DEGREE] = right
    seen, rounding = _look(dense, events, np.repeat(steps, points.size), times.ravel())
    shape = (steps.size, points.size, seen.values.shape[1])
    values = seen.values.reshape(shape)
    floor = rounding.reshape(shape).max(axis=1)
    noise = np.maximum(seen.noise.reshape(shape), floor[:, None])
    series = np.matmul(to_coefficients(DEGREE), values[:, : DEGREE + 1])
    largest = np.abs(values).max(axis=1)
    off_nodes = np.abs(np.matmul(basis(CHECKS, DEGREE), series) - values[:, DEGREE + 1 :]).max(axis=1)
    tail = np.abs(series[:, -2:]).max(axis=1)
    allowed = CONVERGED * largest + np.maximum(UNRESOLVED_SHARE * noise.max(axis=1), floor)
    return _Pieces(steps, times, values, noise, series, (np.maximum(tail, off_nodes) <= allowed).all(axis=1))


def _look(dense: DenseOutput, events: EventValues, steps: Steps, times: FloatArray) -> tuple[Probes, FloatArray]:
    """Events at times (n,) on the polynomials of given steps (n,), and the rounding (n, k) in them."""
    states = dense.within(steps, times[:, None])[:, 0, :]
    values = events.values(times, states)
    is_finite = np.isfinite(values)
    if not is_finite.all():
        first = int(np.argmin(np.where(is_finite.all(axis=1), np.inf, times)))
        event = int(np.argmin(is_finite[first]))
        earlier = times[times < times[first]]
        raise UndefinedEventError(
            f"the event {events.labels[event]!r} is {values[first, event]} at t = {times[first]:g}. "
            "Write an expression that is defined on the whole run.",
            float(earlier.max(initial=dense.breakpoints[0])),
            Outcome.NOT_FINITE,
        )
    rounding = events.rounding(times, states, values)
    return Probes(times, values, np.maximum(events.noise(times, states, values), rounding)), rounding


def _patterns(dimension: int) -> FloatArray:
    """Signs (3, d) in which states are moved: together, alternating, and irregularly."""
    index = np.arange(dimension)
    return np.stack([np.ones(dimension), np.where(index % 2, -1.0, 1.0), np.where(np.cos(1.0 + 2.4 * index) < 0, -1.0, 1.0)])
