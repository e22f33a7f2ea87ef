"""Where to look at an event along a run so that no crossing is overlooked.

Each step is cut into pieces no longer than asked, and the event interpolated at Chebyshev points of each; where the
interpolant has not converged the piece is halved. Between the turning points of a converged interpolant the event is
monotone, so that its values at the points, the turning points and the ends show every crossing. Extra probes do no harm;
missing ones would.

References
----------
.. [1] Boyd, J. P., "Computing zeros on a real interval through Chebyshev expansion and polynomial rootfinding",
   SIAM J. Numer. Anal. 40 (2002) 1666-1682.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
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
MOST_PIECES = 20_000  # in need of halving at once; more take seconds, and show some ten thousand crossings in one block
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


def probe(dense: DenseOutput, events: EventValues, longest: float) -> Probes:
    """Probes of ``events`` along ``dense`` between which each event is monotone or below its noise.

    Parameters
    ----------
    dense : DenseOutput
    events : EventValues
    longest : float
        Time between whose parts an event's smoothness is judged first; a feature far shorter may fall between the samples.

    Raises
    ------
    UndefinedEventError
        If an event is not finite somewhere, or oscillates too fast to be resolved.
    """
    steps, left, right = _pieces(dense, longest)
    found: list[_Looked] = []
    for depth in range(DEEPEST + 1):
        piece = _sample(dense, events, steps, left, right)
        rough = ~piece.is_resolved
        if rough.sum() > (ROUGH_PIECES if depth == DEEPEST else MOST_PIECES):
            time = float(dense.times_of(steps[rough], left[rough]).min())
            raise UndefinedEventError(
                f"an event changes too fast from t = {time:g} on for its crossings to be found. Write one that changes more slowly.",
                time,
                Outcome.STEP_LIMIT,
            )
        done = ~rough if depth < DEEPEST else np.ones_like(rough)
        found.append(piece.at_nodes(done))
        index, points = piece.turning_points(done & ~rough)
        if points.size:
            turns = _look(dense, events, steps[index], points)
            found.append(replace(turns, noise=np.maximum(turns.noise, piece.floor[index])))
        if done.all():
            break
        middle = 0.5 * (left + right)
        left, right = np.concatenate([left[rough], middle[rough]]), np.concatenate([middle[rough], right[rough]])
        steps = np.concatenate([steps[rough], steps[rough]])
    whole = _Looked(*(np.concatenate([getattr(each, part.name) for each in found]) for part in fields(_Looked)))
    order = np.lexsort((whole.points, whole.steps))
    times = dense.times_of(whole.steps[order], whole.points[order])
    return Probes(times, whole.values[order], whole.noise[order])


def _pieces(dense: DenseOutput, longest: float) -> tuple[Steps, FloatArray, FloatArray]:
    """Steps (p,) and the ends, in [−1, 1], of equal pieces of each, none longer than ``longest``."""
    counts = np.ceil(np.diff(dense.breakpoints) / longest).astype(np.intp).clip(min=1)
    steps: Steps = np.repeat(np.arange(counts.size), counts)
    place = np.arange(steps.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return steps, 2.0 * place / counts[steps] - 1.0, 2.0 * (place + 1) / counts[steps] - 1.0


@dataclass(frozen=True, eq=False)
class _Looked:
    """Samples at ``points`` (n,) of [−1, 1] on ``steps`` (n,): ``values`` and ``noise`` (n, k) as in `Probes`, ``roughness`` (n, k)."""

    steps: Steps
    points: FloatArray
    values: FloatArray
    noise: FloatArray
    roughness: FloatArray


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Samples of p pieces at their nodes (``looked``, p · j), ``points`` (p, j), ``floor`` (p, k), ``series`` (p, i, k)."""

    looked: _Looked
    points: FloatArray
    floor: FloatArray
    series: FloatArray
    is_resolved: BoolArray

    def at_nodes(self, chosen: BoolArray) -> _Looked:
        """The samples of chosen pieces at their nodes."""
        wanted = np.zeros(self.points.shape, dtype=bool)
        wanted[chosen, : DEGREE + 1] = True
        return _Looked(*(getattr(self.looked, part.name)[wanted.ravel()] for part in fields(_Looked)))

    def turning_points(self, chosen: BoolArray) -> tuple[Steps, FloatArray]:
        """Pieces (n,) and points (n,) of the turning points of events that may be zero and may turn on chosen pieces."""
        slopes = np.asarray(chebyshev.chebder(self.series, axis=1))
        may_vanish = np.abs(self.series[:, 0]) <= np.abs(self.series[:, 1:]).sum(axis=1)
        may_turn = np.abs(slopes[:, 0]) <= np.abs(slopes[:, 1:]).sum(axis=1)
        matters = np.abs(self.series).sum(axis=1) > self.floor
        pieces: list[Steps] = [np.empty(0, dtype=np.intp)]
        turns: list[FloatArray] = [np.empty(0)]
        for index, event in np.argwhere(may_vanish & may_turn & matters & chosen[:, None]):
            left, right = self.points[index, 0], self.points[index, DEGREE]
            within = critical_points(self.series[index, :, event])
            pieces.append(np.full(within.size, index))
            turns.append(left + (right - left) * (within + 1.0) / 2.0)
        return np.concatenate(pieces), np.concatenate(turns)


def _sample(dense: DenseOutput, events: EventValues, steps: Steps, left: FloatArray, right: FloatArray) -> _Pieces:
    """Sample pieces from ``left`` to ``right`` of the given steps, and say which are resolved."""
    inner = np.concatenate([nodes(DEGREE), CHECKS])
    points = left[:, None] + (right - left)[:, None] * (inner + 1.0) / 2.0
    points[:, DEGREE] = right
    seen = _look(dense, events, np.repeat(steps, inner.size), points.ravel())
    shape = (steps.size, inner.size, seen.values.shape[1])
    values, floor = seen.values.reshape(shape), seen.roughness.reshape(shape).max(axis=1)
    noise = np.maximum(seen.noise.reshape(shape), floor[:, None])
    series = np.matmul(to_coefficients(DEGREE), values[:, : DEGREE + 1])
    largest = np.abs(values).max(axis=1)
    off_nodes = np.abs(np.matmul(basis(CHECKS, DEGREE), series) - values[:, DEGREE + 1 :]).max(axis=1)
    tail = np.abs(series[:, -2:]).max(axis=1)
    allowed = CONVERGED * largest + np.maximum(UNRESOLVED_SHARE * noise.max(axis=1), floor)
    looked = replace(seen, noise=noise.reshape(seen.noise.shape))
    return _Pieces(looked, points, floor, series, (np.maximum(tail, off_nodes) <= allowed).all(axis=1))


def _look(dense: DenseOutput, events: EventValues, steps: Steps, points: FloatArray) -> _Looked:
    """Events at points (n,) of given steps (n,)."""
    times = dense.times_of(steps, points)
    states = dense.at_points(steps, points[:, None])[:, 0, :]
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
    return _Looked(steps, points, values, np.maximum(noise, roughness), roughness)


def _patterns(dimension: int) -> FloatArray:
    """Signs (4, d) in which states are moved: together, alternating, and irregularly twice."""
    index = np.arange(dimension)
    irregular = np.where(np.cos(1.0 + 2.4 * index) < 0, -1.0, 1.0)
    return np.stack([np.ones(dimension), np.where(index % 2, -1.0, 1.0), irregular, irregular])
