"""Where a run first leaves what its states may be: the states' bounds, or the magnitude at which it has run away.

A barrier is one state and one limit. It is passed where the polynomial of a step goes beyond the limit by more
than the slack, and a share of the state's size in the step; the time is that at which the limit itself was crossed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import brentq

from richardson.arrays import FloatArray
from richardson.dynamics.chebyshev import at_ends, basis, bounds, critical_points
from richardson.dynamics.dense import DenseOutput, joined
from richardson.dynamics.march import PROBES_BEYOND
from richardson.outcome import Outcome

# How far beyond its bound a state of a run has left its domain, for single runs and, in `kernels.domain`, for ensembles:
BOUND_SLACK = 100.0  # local tolerances: a state resting on its bound strays by a few, one that leaves passes any number
SIZE_SLACK = 10.0  # relative tolerances of its size in the step, since a state that comes down from far above errs by as much


@dataclass(frozen=True)
class Barrier:
    """``side · (state − limit)`` must not fall below −(slack + share · |state| at an end of the step); ``outcome`` if it does."""

    state: int
    limit: float
    side: float
    slack: float
    outcome: Outcome
    share: float = 0.0


@dataclass(frozen=True, eq=False)
class Stop:
    """An early end: when, the state (d,) there, and why."""

    time: float
    state: FloatArray
    outcome: Outcome


class Fence:
    """All barriers of a run, watched block by block.

    Parameters
    ----------
    barriers : sequence of Barrier
    dimension : int
    """

    def __init__(self, barriers: Sequence[Barrier], dimension: int) -> None:
        self._barriers = tuple(barriers)
        self._lowest = np.full(dimension, -np.inf)
        self._highest = np.full(dimension, np.inf)
        for barrier in self._barriers:
            if barrier.side > 0:
                self._lowest[barrier.state] = max(self._lowest[barrier.state], barrier.limit - barrier.slack)
            else:
                self._highest[barrier.state] = min(self._highest[barrier.state], barrier.limit + barrier.slack)

    def first_stop(self, blocks: Sequence[DenseOutput]) -> Stop | None:
        """First passage of a barrier in the last of ``blocks``; the earlier ones have passed none.

        A series stays within its constant term plus and minus the sum of its other coefficients' magnitudes,
        so that most steps are cleared by arithmetic on whole blocks.
        """
        coefficients = blocks[-1].coefficients
        reach = np.matmul(np.ones(coefficients.shape[1] - 1), np.abs(coefficients[:, 1:]))  # sums, at half the cost of .sum
        middle = coefficients[:, 0]
        suspects = (middle - reach < self._lowest) | (middle + reach > self._highest)
        steps, states = np.nonzero(suspects)
        if steps.size:  # a closer look, at those few: a state that starts on its bound and leaves it slowly is cleared by it
            low, high = bounds(coefficients[steps, :, states])
            suspects[steps, states] = (low < self._lowest[states]) | (high > self._highest[states])
        for step in np.flatnonzero(suspects.any(axis=1)):
            near = [barrier for barrier in self._barriers if suspects[step, barrier.state]]
            stops = [self._passage(blocks, int(step), barrier) for barrier in near]
            found = [stop for stop in stops if stop is not None]
            if found:
                return min(found, key=lambda stop: stop.time)
        return None

    def reached(self, time: float, state: FloatArray, rates: FloatArray) -> Stop | None:
        """Stop where a run that could not go on is about to pass a barrier, as when rates are defined only within it.

        Parameters
        ----------
        time : float
        state, rates : ndarray, shape (d,)
            The last state, and the rates there.
        """
        instant = 4.0 * 2.0**PROBES_BEYOND * np.spacing(abs(time))  # a solver may stop a few of its shortest steps before
        for barrier in self._barriers:
            speed, height = -barrier.side * rates[barrier.state], barrier.side * (state[barrier.state] - barrier.limit)
            is_beyond = height < 0.0 and not np.isfinite(speed)  # within the slack, where its rate is no longer defined
            if is_beyond or (speed > 0.0 and height <= speed * instant):
                border = state.copy()
                border[barrier.state] = barrier.limit
                return Stop(time, border, barrier.outcome)
        return None

    def _passage(self, blocks: Sequence[DenseOutput], step: int, barrier: Barrier) -> Stop | None:
        """Passage of one barrier in one step of the last block."""
        block = blocks[-1]
        series = block.coefficients[step, :, barrier.state]
        slack = barrier.slack + barrier.share * float(np.abs(at_ends(series.size - 1) @ series).max())
        if barrier.side * (series[0] - barrier.limit) - np.abs(series[1:]).sum() >= -slack:
            return None
        points = np.concatenate([[-1.0], critical_points(series), [1.0]])
        heights = barrier.side * (basis(points, series.size - 1) @ series - barrier.limit)
        beyond = np.flatnonzero(heights < -slack)
        if beyond.size == 0:
            return None
        left, right = block.breakpoints[step], block.breakpoints[step + 1]
        moments = left + (right - left) * (points + 1.0) / 2.0
        within = np.flatnonzero(heights[: beyond[0]] >= 0.0)
        if within.size:
            time = _root(block, barrier, moments[within[-1]], moments[within[-1] + 1])
        else:
            time = _last_within(joined([*blocks[:-1], block.until(left)]) if step else joined(blocks[:-1] or [block.until(left)]), barrier)
        state = joined(blocks)(np.array([time]))[0]
        state[barrier.state] = barrier.limit
        return Stop(time, state, barrier.outcome)


def _height(dense: DenseOutput, barrier: Barrier, time: float) -> float:
    return barrier.side * (float(dense(np.array([time]))[0, barrier.state]) - barrier.limit)


def _root(dense: DenseOutput, barrier: Barrier, within: float, beyond: float) -> float:
    """Time between two moments, the first within the barrier, the second beyond it, at which it is crossed."""
    low, high = _height(dense, barrier, within), _height(dense, barrier, beyond)
    if low <= 0.0 or high >= 0.0:  # an end is the root, to rounding
        return float(within if abs(low) <= abs(high) else beyond)
    height, last = partial(_height, dense, barrier), 4 * np.finfo(float).eps
    # near t = 0 heights jump by rounding at times that have more digits than a search finds: its best stands
    root, _ = brentq(height, within, beyond, xtol=1e-300, rtol=last, full_output=True, disp=False)
    return float(root)


def _last_within(dense: DenseOutput, barrier: Barrier) -> float:
    """Last time at which a run that has crept into the slack was within the barrier; its start if it never was."""
    times = dense.breakpoints
    heights = barrier.side * (dense(times)[:, barrier.state] - barrier.limit)
    inside = np.flatnonzero(heights >= 0.0)
    if inside.size == 0:
        return float(times[0])
    if inside[-1] + 1 >= times.size:
        return float(times[-1])
    return _root(dense, barrier, times[inside[-1]], times[inside[-1] + 1])
