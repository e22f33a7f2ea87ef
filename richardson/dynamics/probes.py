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
from numpy.polynomial import chebyshev

from richardson.arrays import BoolArray, FloatArray
from richardson.dynamics.chebyshev import basis, critical_points, nodes, to_coefficients
from richardson.dynamics.dense import DenseOutput
from richardson.errors import ComputationError
from richardson.outcome import Outcome

DEGREE = 16  # of the interpolant of a piece
CHECKS = np.array([-0.9386, -0.3127, 0.1549, 0.7234])  # between the nodes: an event that aliases there shows itself here
CONVERGED = 1e-11  # tail and check error of an interpolant, relative to the event's largest value on the piece
UNRESOLVED_SHARE = 0.01  # nor need features be resolved that are this far below what the integration resolves
DOUBT = 4.0  # times an event's rounding, seen at some twenty points of a piece
A_MOMENT = 64 * np.finfo(float).eps  # relative change of a time that an event's own rounding shows itself under
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

    def noise(self, times: FloatArray, states: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What is not known of the events, and how rough they are, each (n, k).

        The first is their change as the states stray, worst of several patterns of signs; the second what of
        it does not change sign with the straying, which is curvature where they are smooth, and rounding.
        """
        spread = self.absolute + self.relative * np.abs(states)
        rises = [
            self.values(times * (1.0 + A_MOMENT * step), states + step * signs * spread) - values
            for signs, step in zip(_patterns(states.shape[1]), (1.0, 1.0, 1.0, -1.0), strict=True)
        ]
        rises = [np.where(np.isfinite(rise), rise, 0.0) for rise in rises]
        return np.abs(rises[:3]).max(axis=0), DOUBT * np.abs(rises[2] + rises[3])


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
        index, times = piece.turning_points(done & ~rough)
        if times.size:
            turns = _look(dense, events, steps[index], times)[0]
            found.append(Probes(times, turns.values, np.maximum(turns.noise, piece.floor[index])))
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
    """Samples of p pieces at j points: ``times`` (p, j), ``values``, ``noise`` (p, j, k), ``floor`` (p, k), ``series`` (p, i, k)."""

    times: FloatArray
    values: FloatArray
    noise: FloatArray
    floor: FloatArray
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

    def turning_points(self, chosen: BoolArray) -> tuple[Steps, FloatArray]:
        """Pieces (n,) and times (n,) of the turning points of events that may be zero and may turn on chosen pieces."""
        slopes = np.asarray(chebyshev.chebder(self.series, axis=1))
        may_vanish = np.abs(self.series[:, 0]) <= np.abs(self.series[:, 1:]).sum(axis=1)
        may_turn = np.abs(slopes[:, 0]) <= np.abs(slopes[:, 1:]).sum(axis=1)
        matters = np.abs(self.series).sum(axis=1) > self.floor
        pieces: list[Steps] = [np.empty(0, dtype=np.intp)]
        times: list[FloatArray] = [np.empty(0)]
        for index, event in np.argwhere(may_vanish & may_turn & matters & chosen[:, None]):
            left, right = self.times[index, 0], self.times[index, DEGREE]
            points = critical_points(self.series[index, :, event])
            pieces.append(np.full(points.size, index))
            times.append(left + (right - left) * (points + 1.0) / 2.0)
        return np.concatenate(pieces), np.concatenate(times)


def _sample(dense: DenseOutput, events: EventValues, steps: Steps, left: FloatArray, right: FloatArray) -> _Pieces:
    """Sample pieces from ``left`` to ``right`` of the given steps, and say which are resolved."""
    points = np.concatenate([nodes(DEGREE), CHECKS])
    times = left[:, None] + (right - left)[:, None] * (points + 1.0) / 2.0
    times[:, DEGREE] = right
    seen, roughness = _look(dense, events, np.repeat(steps, points.size), times.ravel())
    shape = (steps.size, points.size, seen.values.shape[1])
    values, floor = seen.values.reshape(shape), roughness.reshape(shape).max(axis=1)
    noise = np.maximum(seen.noise.reshape(shape), floor[:, None])
    series = np.matmul(to_coefficients(DEGREE), values[:, : DEGREE + 1])
    largest = np.abs(values).max(axis=1)
    off_nodes = np.abs(np.matmul(basis(CHECKS, DEGREE), series) - values[:, DEGREE + 1 :]).max(axis=1)
    tail = np.abs(series[:, -2:]).max(axis=1)
    allowed = CONVERGED * largest + np.maximum(UNRESOLVED_SHARE * noise.max(axis=1), floor)
    return _Pieces(times, values, noise, floor, series, (np.maximum(tail, off_nodes) <= allowed).all(axis=1))


def _look(dense: DenseOutput, events: EventValues, steps: Steps, times: FloatArray) -> tuple[Probes, FloatArray]:
    """Events at times (n,) on the polynomials of given steps (n,), and how rough (n, k) they are."""
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
    noise, roughness = events.noise(times, states, values)
    return Probes(times, values, np.maximum(noise, roughness)), roughness


def _patterns(dimension: int) -> FloatArray:
    """Signs (4, d) in which states are moved: together, alternating, and irregularly twice."""
    index = np.arange(dimension)
    irregular = np.where(np.cos(1.0 + 2.4 * index) < 0, -1.0, 1.0)
    return np.stack([np.ones(dimension), np.where(index % 2, -1.0, 1.0), irregular, irregular])
