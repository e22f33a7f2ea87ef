"""One branch of a saddle's stable or unstable manifold: where it starts, where it ends, and how far off it may be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.dynamics.barriers import Stop
from richardson.dynamics.chebyshev import nodes
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.follow import Trace, trace
from richardson.dynamics.march import Accuracy
from richardson.outcome import Outcome
from richardson.stability.by_length import ByLength, crossings, distance_bound, newton_steps
from richardson.stability.window import EDGE

DEPARTURE = 1e-4  # widths from the saddle to the start, at most
NEAREST = 1e-9  # and at least: another equilibrium nearer than ten times this is not told apart
NEARLY_LINEAR = 0.1  # of the speed: what the curve's own flow may deviate from linear at the start, so that no other equilibrium is between
START_SHARE = 0.01  # of the tolerance: error of the start
STEP_SHARES = (1e-3, 3e-5, 1e-6)  # of the tolerance: error of a step, in the first attempt and in those after it
FINEST = 1e-14  # relative: rounding
ARRIVED = 1e-4  # widths to an equilibrium: a path that comes so near to a saddle is on its other curve to the square of this
NEWTON_STEPS = 60  # to the equilibrium; at a degenerate one each halves the distance
STANDS = 1e-12  # widths: last of Newton's steps
BLURRED = 1e-6  # and at a degenerate equilibrium, where rounding lets none be small; round a ghost they never are
APART = 5e-9  # widths: equilibria that differ
LENGTH_LIMIT = 30.0  # widths
STEP_LIMIT = 50_000
SAMPLES = 8  # a step
TURN_GAP = 1e-3  # widths: what is left between a turn and the cycle
TURN_SHARE = 0.05  # of the turn: a spiral into a focus still has all of its way before it


@dataclass(frozen=True, eq=False)
class Half:
    """A branch without its saddle.

    Attributes
    ----------
    states : ndarray, shape (n, 2)
        Evenly spaced, n = 0 if it leaves the box at once.
    outcome : Outcome
        Why it ends.
    error : float
        Bound of the distance of these points from the curve, in widths.
    """

    states: FloatArray
    outcome: Outcome
    error: float


def half(
    paths: ByLength, vector: FloatArray, value: float, box: tuple[FloatArray, FloatArray], *, tolerance: float, spacing: float
) -> Half:
    """The branch of the saddle at the origin of ``paths`` that leaves along ``vector``.

    Parameters
    ----------
    paths : ByLength
        In the direction in which the branch leaves the saddle.
    vector : ndarray, shape (2,)
        Eigenvector in widths, of length one.
    value : float
        Its eigenvalue, > 0 in the direction of ``paths``.
    box : pair of ndarray, shape (2,)
        Corners, as states.
    tolerance : float
        What the error should not exceed; more than rounding allows is not reached.
    spacing : float
        Largest distance between points, in widths.
    """
    lower, upper = box
    start, off = _start(paths, vector, value, START_SHARE * tolerance)
    if not np.isfinite(off):
        return Half(np.empty((0, 2)), Outcome.STEP_TOO_SMALL, 0.0)
    state, slack = paths.states(start), EDGE * paths.width
    if ((state < lower - slack) | (state > upper + slack)).any():
        return Half(np.empty((0, 2)), Outcome.REACHED_BOUND, 0.0)
    places = (lower - paths.origin) / paths.width, (upper - paths.origin) / paths.width
    start = np.clip(start, *places)
    for share in STEP_SHARES:
        allowed = max(share * tolerance, FINEST)
        ends = _Ends(paths)
        accuracy = Accuracy("LSODA", allowed, allowed, STEP_LIMIT)
        found = trace(paths, start, LENGTH_LIMIT, accuracy, box=places, judge=ends.judge)
        error = distance_bound(paths, found.dense, off)
        if error <= tolerance or allowed == FINEST:
            break
    return Half(np.clip(paths.states(_evenly(found, ends.rest, spacing)), lower, upper), _outcome(found), error)


def _start(paths: ByLength, vector: FloatArray, value: float, goal: float) -> tuple[FloatArray, float]:
    """A point on the quadratic approximation ξv + ½ξ²w, (2λ − J)w = B(v, v), and how far off the curve it may be: ∞ if there is none.

    What the approximation lacks, f − λξ dK/dξ, is of third order; divided by 3λ − J it is the cubic term.
    """
    jacobian = paths.linearised(np.zeros(2))[1]
    best, least, shift = np.zeros(2), np.inf, DEPARTURE
    while shift >= NEAREST:
        bend = _bend(paths, jacobian, value, shift * vector) / shift**2
        place = shift * vector + 0.5 * shift**2 * bend
        lacking = paths.linearised(place)[0] - value * (shift * vector + shift**2 * bend)
        cubic = np.linalg.solve(3 * value * np.eye(2) - jacobian, lacking)
        off = abs(cubic[0] * vector[1] - cubic[1] * vector[0])
        if np.isfinite(off) and off < least and float(np.linalg.norm(lacking)) <= NEARLY_LINEAR * value * shift:
            best, least = place, float(off)
        if least <= goal:
            break
        shift /= 4
    return best, least


def _bend(paths: ByLength, jacobian: FloatArray, value: float, step: FloatArray) -> FloatArray:
    """Quadratic coefficient for v = ``step``, B(v, v) from differences of the exact derivative; zero where that is not defined."""
    second = (paths.linearised(step)[1] - paths.linearised(-step)[1]) @ step / 2
    bend = np.linalg.solve(2 * value * np.eye(2) - jacobian, second)
    return np.asarray(bend, dtype=np.float64) if np.isfinite(bend).all() else np.zeros(2)


class _Ends:
    """Judges where a branch ends inside the box: at an equilibrium, or winding round a cycle.

    Attributes
    ----------
    rest : ndarray, shape (2,), or None
        The equilibrium, as a place.
    """

    def __init__(self, paths: ByLength) -> None:
        self._paths = paths
        self._has_left = False
        self._seen: list[FloatArray] = []
        self.rest: FloatArray | None = None

    def judge(self, blocks: Sequence[DenseOutput]) -> Stop | None:
        """Where to stop, if anywhere."""
        times, places = _sampled(blocks[-1])
        self._seen.append(places[1:] if self._seen else places)
        return self._arrival(times, places) or self._winding(float(times[-1]))

    def _arrival(self, times: FloatArray, places: FloatArray) -> Stop | None:
        """Whether the path comes close to another equilibrium, or back to its own.

        Where the equilibrium is degenerate, the path's next piece may pass right over it.
        """
        steps = np.linalg.norm(newton_steps(*self._paths.linearised_over(places)), axis=1)
        pieces = np.vstack([np.diff(places, axis=0), np.zeros((1, 2))])
        reach = np.maximum(ARRIVED, np.linalg.norm(pieces, axis=1))
        returns = np.logical_or.accumulate(np.linalg.norm(places, axis=1) > 2 * ARRIVED) | self._has_left
        self._has_left = bool(returns[-1])
        for row in np.flatnonzero(steps < reach):
            rest = _rest(self._paths, places[row], 2 * reach[row])
            if rest is None or _distance(rest - places[row], pieces[row]) > ARRIVED:
                continue
            if returns[row] or float(np.linalg.norm(rest)) > APART:
                self.rest = rest
                return Stop(float(times[row]), places[row], Outcome.REACHED_END)
        return None

    def _winding(self, time: float) -> Stop | None:
        """Whether three passes of one line show that what is left between the turns and a cycle is small beside them."""
        whole = np.concatenate(self._seen)
        passes, rows = crossings(whole)
        end = whole[-1]
        for row in range(len(passes) - 1, (len(passes) - 1) // 2, -1):  # the latest pass near enough ends the last turn
            count = len(passes) - row  # passes of the line in a turn
            size = float(np.ptp(whole[rows[row] :], axis=0).max())
            last, before = float(np.linalg.norm(end - passes[row])), float(np.linalg.norm(passes[row] - passes[row - count]))
            left = 0.0 if last == 0.0 else last**2 / (before - last) if before > last else np.inf
            if max(left, last) < min(TURN_GAP, TURN_SHARE * size):
                return Stop(time, end, Outcome.CLOSED)
        return None


def _distance(point: FloatArray, piece: FloatArray) -> float:
    """From a point to the straight piece from 0, widths."""
    square = float(piece @ piece)
    share = min(max(float(point @ piece) / square, 0.0), 1.0) if square > 0.0 else 0.0
    return float(np.linalg.norm(point - share * piece))


def _rest(paths: ByLength, place: FloatArray, reach: float) -> FloatArray | None:
    """The equilibrium beside a place, by Newton's method."""
    moved: FloatArray = place
    size = np.inf
    for _ in range(NEWTON_STEPS):
        rates, jacobian = paths.linearised(moved)
        if not rates.any():
            return moved
        step = newton_steps(rates[np.newaxis], jacobian[np.newaxis])[0]
        size, moved = float(np.linalg.norm(step)), moved + step
        if size < STANDS:
            return moved
        if not float(np.linalg.norm(moved - place)) <= reach:
            return None
    return moved if size < BLURRED else None


def _outcome(found: Trace) -> Outcome:
    is_cut = found.outcome is Outcome.REACHED_END and found.dense.breakpoints[-1] >= LENGTH_LIMIT
    return Outcome.LENGTH_LIMIT if is_cut else found.outcome


def _evenly(found: Trace, rest: FloatArray | None, spacing: float) -> FloatArray:
    """Places of one branch at even lengths from the saddle to its end, which is the equilibrium where it arrives at one."""
    dense, end = found.dense, found.end
    before = float(np.linalg.norm(dense(dense.breakpoints[:1])[0]))
    followed = float(dense.breakpoints[-1])
    arrives = rest is not None and found.outcome is Outcome.REACHED_END
    last = rest if rest is not None and arrives else end
    total = before + followed + float(np.linalg.norm(last - end))
    count = max(int(np.ceil(total / spacing)), 1)
    lengths = total * np.arange(1, count) / count - before
    places = dense(lengths[(lengths > 0.0) & (lengths < followed)])
    return np.vstack([places, last])


def _sampled(dense: DenseOutput) -> tuple[FloatArray, FloatArray]:
    """Lengths (n,) and places (n, 2) within the steps of a block, from its beginning to its end."""
    points = np.broadcast_to(nodes(SAMPLES)[1:], (len(dense.coefficients), SAMPLES))
    steps = np.arange(len(points))
    times = np.append(dense.breakpoints[0], dense.times_of(steps, points))
    first = dense(dense.breakpoints[:1])
    return times, np.concatenate([first, dense.at_points(steps, points).reshape(-1, 2)])
