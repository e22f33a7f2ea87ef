"""An autonomous flow followed forwards or backwards, for drawing: separatrices, manifolds, arrows."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from richardson.arrays import FloatArray
from richardson.dynamics.barriers import Barrier, Fence, Stop
from richardson.dynamics.chebyshev import nodes
from richardson.dynamics.dense import DenseOutput, constant, joined
from richardson.dynamics.march import Accuracy, Flow, March
from richardson.outcome import Outcome

POINTS_A_STEP = 8  # a step's polynomial drawn as eight chords is smooth to the eye


class AutonomousField(Protocol):
    """Rates without explicit time, as far as following them needs."""

    def rates(self, time: float, state: FloatArray) -> FloatArray:
        """Rates (d,) at a state (d,)."""

    def jacobian(self, time: float, state: FloatArray) -> FloatArray:
        """Their derivatives (d, d)."""


class Path(NamedTuple):
    """A followed path.

    Attributes
    ----------
    times : ndarray, shape (n,)
        Time elapsed since the start, increasing also when followed backwards.
    states : ndarray, shape (n, d)
    outcome : Outcome
        REACHED_END, REACHED_BOUND (the box), ESCAPED (the bound), or a failure; never raised.
    """

    times: FloatArray
    states: FloatArray
    outcome: Outcome


class Trace(NamedTuple):
    """A followed path between its steps too.

    Attributes
    ----------
    dense : DenseOutput
        Over the time elapsed since the start.
    end : ndarray, shape (d,)
        The last state; on the border of the box exactly.
    outcome : Outcome
        As of `Path`, or what the judge said.
    """

    dense: DenseOutput
    end: FloatArray
    outcome: Outcome


Judge = Callable[[Sequence[DenseOutput]], Stop | None]  # looks at the steps so far after each block of them: where to stop, if so


def follow(
    field: AutonomousField,
    start: FloatArray,
    duration: float,
    *,
    direction: int = 1,
    box: tuple[FloatArray, FloatArray] | None = None,
    method: str = "LSODA",
    relative: float = 1e-9,
    absolute: float = 1e-12,
    bound: float = 1e9,
    step_limit: int = 20_000,
) -> Path:
    """Path of a flow from ``start``, dense enough to draw.

    Parameters
    ----------
    field : Field
        Of a model without explicit time.
    start : ndarray, shape (d,)
    duration : float
        Time to follow it for, > 0, in the model's unit.
    direction : int
        1 forwards, −1 backwards in time.
    box : pair of ndarray, shape (d,) each, optional
        Lower and upper corner (infinities allowed) in which ``start`` lies; the path ends on its border.
    method, relative, absolute, step_limit
        As in `integrate`; the method one of scipy's.
    bound : float
        Magnitude of a state at which the path counts as escaped.

    Returns
    -------
    Path
    """
    accuracy = Accuracy(method, relative, absolute, step_limit)
    dense, end, outcome = trace(field, start, duration, accuracy, direction=direction, box=box, bound=bound)
    if dense.breakpoints[-1] == dense.breakpoints[0]:
        return Path(np.zeros(1), end[np.newaxis].copy(), outcome)
    times, states = _drawn(dense)
    return Path(times, np.vstack([states[:-1], end]), outcome)


def trace(
    field: AutonomousField,
    start: FloatArray,
    duration: float,
    accuracy: Accuracy,
    *,
    direction: int = 1,
    box: tuple[FloatArray, FloatArray] | None = None,
    bound: float = 1e9,
    judge: Judge | None = None,
) -> Trace:
    """Path of a flow from ``start`` with the polynomials of its steps.

    Parameters
    ----------
    field, start, duration, direction, box, bound
        As in `follow`.
    accuracy : Accuracy
    judge : callable, optional
        May stop the path; a border reached before counts first.

    Returns
    -------
    Trace
    """

    def rates(time: float, state: FloatArray) -> FloatArray:
        return direction * field.rates(0.0, state)

    def jacobian(time: float, state: FloatArray) -> FloatArray:
        return direction * field.jacobian(0.0, state)

    origin = np.asarray(start, dtype=np.float64)
    march = March(Flow(rates, jacobian, origin, 0.0, duration), accuracy)
    fence = Fence(_barriers(box, bound, origin), origin.size)
    blocks: list[DenseOutput] = []
    while not march.is_over:
        block = march.block()
        if block is None:
            continue
        blocks.append(block)
        stops = [stop for stop in (fence.first_stop(blocks), None if judge is None else judge(blocks)) if stop is not None]
        if stops:
            first = min(stops, key=lambda stop: stop.time)
            return Trace(joined(blocks).until(first.time), first.state, first.outcome)
    whole = joined(blocks) if blocks else constant(0.0, origin)
    return Trace(whole, whole(whole.breakpoints[-1:])[0], march.failure or Outcome.REACHED_END)


def _barriers(box: tuple[FloatArray, FloatArray] | None, bound: float, start: FloatArray) -> list[Barrier]:
    barriers = []
    for state in range(start.size):
        limits = (-np.inf, np.inf) if box is None else (box[0][state], box[1][state])
        for limit, side in zip(limits, (1.0, -1.0), strict=True):
            if np.isfinite(limit):
                rounding = 1e-12 * max(abs(limit), abs(start[state]))  # a start on the border may lie a rounding outside
                barriers.append(Barrier(state, float(limit), side, rounding, Outcome.REACHED_BOUND))
            barriers.append(Barrier(state, -side * bound, side, 0.0, Outcome.ESCAPED))
    return barriers


def _drawn(dense: DenseOutput) -> tuple[FloatArray, FloatArray]:
    """Ends of the steps and points between them: times (n,) and states (n, d)."""
    shares = (nodes(POINTS_A_STEP)[1:] + 1.0) / 2.0
    left, right = dense.breakpoints[:-1, None], dense.breakpoints[1:, None]
    inner = left + (right - left) * shares
    states = dense.within(np.arange(left.shape[0]), inner)
    times = np.concatenate([dense.breakpoints[:1], inner.ravel()])
    return times, np.vstack([dense(times[:1]), states.reshape(-1, states.shape[2])])
