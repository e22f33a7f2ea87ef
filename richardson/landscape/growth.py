"""How fast small differences grow along an orbit: averages over long stretches, and how well they are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.compiled.tangents import REACHED_END, Accuracy, Stretches, TangentRun
from richardson.dynamics.barriers import BOUND_SLACK
from richardson.dynamics.iterate import EDGE

STRETCHES = 1024  # of the horizon, at the most; a power of two, so that batches are alike
FEWEST = 32
TRANSIENT_STRETCHES = 64
CALLS = 16  # of the kernel, at the least, between which an interruption is heard
BATCHES = (8, 16, 32)  # the fewer, the longer each is against the memory of the orbit, and the less sure the error itself


@dataclass(frozen=True, eq=False)
class Growth:
    """Growth of tangent vectors along an orbit.

    Attributes
    ----------
    start : FloatArray
        Shape (d,).
    times : FloatArray
        Shape (n + 1,): ends of the measured stretches, the end of the transient first.
    rates : FloatArray
        Shape (n, d): logarithm of the growth in each stretch; as many rows as were finished.
    states : FloatArray
        Shape (n, d): where each ended.
    scale : FloatArray
        Shape (d,): the largest magnitudes of the states after half the transient, 1 where that is zero.
    code : int
        Of `richardson.compiled.tangents`: how the orbit ended.
    stopped_at : float
        Time at the end of the last finished stretch, the transient's included.
    repeats_after : int
        As in `TangentRun`.
    """

    start: FloatArray
    times: FloatArray
    rates: FloatArray
    states: FloatArray
    scale: FloatArray
    code: int
    stopped_at: float
    repeats_after: int


def measure(field: Field, start: FloatArray, horizon: float, transient: float, accuracy: Accuracy) -> Growth:
    """Follow an orbit with its tangent vectors for ``transient``, then measure them over ``horizon``.

    In the first half of the transient the states show how large they are; in the second the vectors find their directions, measured
    in that scale.
    """
    is_map = field.model.kind == "map"
    run = TangentRun(field, start, limits_of(field, accuracy), accuracy)
    count = STRETCHES if not is_map else 2 ** min(int(np.log2(STRETCHES)), int(np.log2(horizon)))
    pieces = TRANSIENT_STRETCHES if field.model.is_autonomous else max(TRANSIENT_STRETCHES, int(np.ceil(0.5 * transient / horizon * count)))
    middle = _rounded(0.5 * transient, is_map)
    times = _moments(transient, transient + horizon, count, is_map)
    settling = _follow(run, _moments(0.0, middle, pieces, is_map))
    seen = np.abs(np.vstack((settling.states[len(settling.states) // 2 :], run.state))).max(axis=0)
    scale = np.where(seen > 0.0, seen, 1.0)
    run.measure_in(scale)
    turning = _follow(run, _moments(middle, transient, pieces, is_map)) if settling.code == REACHED_END else settling
    found = _follow(run, times) if turning.code == REACHED_END else turning._replace(growth=turning.growth[:0], states=turning.states[:0])
    reached = times[len(found.growth)] if turning.code == REACHED_END else 0.0
    return Growth(start, times, found.growth, found.states, scale, found.code, float(reached), run.repeats_after)


def limits_of(field: Field, accuracy: Accuracy) -> FloatArray:
    """Lowest and highest value of each state, shape (2, d), beyond its bounds by what rounding and tolerances do."""
    edges = np.array([field.lower, field.upper])
    size = np.where(np.isfinite(edges), np.abs(edges), 0.0)
    rounding, tolerance = EDGE * np.maximum(1.0, size), BOUND_SLACK * (accuracy.absolute + accuracy.relative * size)
    slack = rounding if field.model.kind == "map" else tolerance
    return np.asarray(edges + slack * np.array([[-1.0], [1.0]]))


def averages(found: Growth) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Exponents (d,), their standard errors (d,), and the averages up to the end of each stretch (n, d), the largest exponent first.

    Notes
    -----
    Errors are those of batch means: the horizon is cut into 8, 16 and 32 parts, each of which gives averages of its own; the largest
    of the three errors is taken, so that one batch may remember the one before it for a while. An exponent of −∞ has no error.
    """
    with np.errstate(invalid="ignore"):
        total = np.cumsum(found.rates, axis=0)
        running = total / (found.times[1 : len(total) + 1] - found.times[0])[:, None]
        errors = np.max([_batch_error(found, count) for count in BATCHES], axis=0)
    order = np.argsort(-running[-1], kind="stable")
    errors[~np.isfinite(running[-1])] = np.nan
    return running[-1, order].copy(), errors[order], np.ascontiguousarray(running[:, order])


def _batch_error(found: Growth, count: int) -> FloatArray:
    """Standard error of the mean of ``count`` batches, shape (d,)."""
    size = len(found.rates) // count
    sums = found.rates[: size * count].reshape(count, size, -1).sum(axis=1)
    means = sums / np.diff(found.times[::size][: count + 1])[:, None]
    return np.asarray(means.std(axis=0, ddof=1) / np.sqrt(count))


def _follow(run: TangentRun, moments: FloatArray) -> Stretches:
    """The stretches between ``moments``, a few at a call."""
    parts: list[Stretches] = []
    for piece in np.array_split(np.arange(len(moments) - 1), CALLS):
        if piece.size:
            parts.append(run.follow(moments[piece[0] : piece[-1] + 2]))
            if parts[-1].code != REACHED_END:
                break
    return _joined(parts, run.state.size)


def _joined(parts: Sequence[Stretches], dimension: int) -> Stretches:
    empty = np.empty((0, dimension))
    growth = np.concatenate([empty, *(part.growth for part in parts)])
    return Stretches(growth, np.concatenate([empty, *(part.states for part in parts)]), parts[-1].code if parts else REACHED_END)


def _moments(begin: float, end: float, count: int, is_map: bool) -> FloatArray:
    """Times, or numbers of steps, that cut a span into ``count`` stretches; of a map at most one a step, and none of no length."""
    if end <= begin:
        return np.array([begin])
    cuts = np.linspace(begin, end, count + 1)
    return np.unique(np.round(cuts)) if is_map else cuts


def _rounded(time: float, is_map: bool) -> float:
    return float(round(time)) if is_map else time
