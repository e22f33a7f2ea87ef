"""A path kept on the boundary between two basins: two starts on either side, bisected, followed until they part, bisected again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.dynamics.barriers import Stop
from richardson.dynamics.chebyshev import nodes
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.follow import trace
from richardson.dynamics.march import Accuracy
from richardson.errors import ComputationError
from richardson.landscape.attractors import Attractor
from richardson.landscape.labelling import UNDECIDED, label
from richardson.outcome import Outcome
from richardson.stability.window import Window
from richardson.symbolic.model import Model

NARROW = 1e-9  # scales: width of a bracket after bisection
PARTED = 1e-5  # scales: distance at which its ends are bisected again
PARTS = 31  # into which labels divide a bracket at once: with the ends, one block of lanes
BEYOND = 3.0  # distances of the ends: how far on either side a lost boundary is looked for
DIVISIONS = 40  # at most; six do where every label is decided
RELATIVE, ABSOLUTE = 1e-11, 1e-13  # of the two paths, absolute in scales: their errors are alike, so the distance is known better
LONGEST = 1e9  # time units in which the ends must part
STEP_LIMIT = 200_000
SAMPLES = 8  # a step


@dataclass(eq=False)
class Sides:
    """Which side of the boundary a state is on: of the first basin, or not.

    Attributes
    ----------
    model : Model
    window : Window
    scale : FloatArray
        Shape (d,): what counts as a distance of one.
    bound : float
        As in `label`.
    horizon : float or None
        As in `label`.
    attractors : tuple of Attractor
        Found so far.
    """

    model: Model
    window: Window
    scale: FloatArray
    bound: float
    horizon: float | None
    attractors: tuple[Attractor, ...] = field(default=())

    def labels(self, states: FloatArray) -> IntArray:
        """Labels (m,) of states (m, d)."""
        found = label(self.model, states, self.window, known=self.attractors, bound=self.bound, horizon=self.horizon)
        self.attractors = found.attractors
        return found.labels

    def distance(self, first: FloatArray, second: FloatArray) -> float:
        """Between two states, in scales."""
        return float(np.linalg.norm((first - second) / self.scale))

    def bracket(self, inside: FloatArray, outside: FloatArray, inner: int) -> "Bracket | None":
        """The change of label nearest to ``inside`` on the segment between two states, to `NARROW`; None if it cannot be had.

        Parameters
        ----------
        inside, outside : FloatArray
            Shape (d,).
        inner : int
            Label of ``inside``.
        """
        shares, outer = np.linspace(0.0, 1.0, PARTS + 1)[:, np.newaxis], inner
        for _ in range(DIVISIONS):
            if outer != inner and self.distance(inside, outside) <= NARROW:
                return Bracket(inside, outside, outer)
            states = inside + shares * (outside - inside)
            states[-1] = outside  # to the last bit: where labels are fractal it matters
            found = self.labels(states)
            beyond = np.flatnonzero((found != inner) & (found != UNDECIDED))
            if found[0] != inner or not beyond.size:
                return None
            last = int(np.flatnonzero(found[: beyond[0]] == inner)[-1])
            inside, outside, outer = states[last], states[beyond[0]], int(found[beyond[0]])
        return None

    def beside(self, inside: FloatArray, outside: FloatArray, inner: int) -> tuple[FloatArray, FloatArray] | None:
        """Two states that the boundary parts, on the line through two that it no longer does, nearest to their middle.

        Where the boundary is fractal, rounding on the way may bring both ends of a bracket to one side.
        """
        shares = np.linspace(-BEYOND, 1.0 + BEYOND, 2 * PARTS + 2)
        states = inside + shares[:, np.newaxis] * (outside - inside)
        found = self.labels(states)
        is_inner, is_decided = found == inner, found != UNDECIDED
        changes = np.flatnonzero((is_inner[1:] != is_inner[:-1]) & is_decided[1:] & is_decided[:-1])
        if not changes.size:
            return None
        first = int(changes[np.argmin(np.abs(shares[changes] - 0.5))])
        pair = states[first], states[first + 1]
        return pair if is_inner[first] else pair[::-1]


@dataclass(frozen=True, eq=False)
class Bracket:
    """Two states `NARROW` apart that end differently.

    Attributes
    ----------
    inside, outside : FloatArray
        Shape (d,).
    outer : int
        Label of ``outside``.
    """

    inside: FloatArray
    outside: FloatArray
    outer: int


@dataclass(frozen=True, eq=False)
class Stage:
    """What one stage of tracking gives.

    Attributes
    ----------
    times : FloatArray
        Shape (n,), from 0, when the two starts are `NARROW` apart.
    states : FloatArray
        Shape (n, d): the middle between the two, which is on the boundary to half of `PARTED`.
    ends : pair of FloatArray
        Shape (d,): where the two are when they have parted.
    """

    times: FloatArray
    states: FloatArray
    ends: tuple[FloatArray, FloatArray]


def stage(field: Field, sides: Sides, bracket: Bracket) -> Stage:
    """Both ends of a bracket followed until they have parted.

    Raises
    ------
    ComputationError
        If they cannot be followed so far.
    """
    dimension = field.dimension

    def judge(blocks: Sequence[DenseOutput]) -> Stop | None:
        times, pairs = _sampled(blocks[-1])
        apart = np.linalg.norm((pairs[:, :dimension] - pairs[:, dimension:]) / sides.scale, axis=1)
        parted = np.flatnonzero(apart > PARTED)
        return Stop(float(times[parted[0]]), pairs[parted[0]], Outcome.REACHED_END) if parted.size else None

    accuracy = Accuracy("LSODA", RELATIVE, ABSOLUTE * float(sides.scale.min()), STEP_LIMIT)
    found = trace(_Pair(field), np.concatenate([bracket.inside, bracket.outside]), LONGEST, accuracy, bound=sides.bound, judge=judge)
    if found.outcome is not Outcome.REACHED_END or found.dense.breakpoints[-1] >= LONGEST:
        raise ComputationError(
            f"Paths of '{sides.model.name}' from either side of {bracket.inside.tolist()} could not be followed until they part: "
            f"{found.outcome}. Choose other starts."
        )
    times, pairs = _sampled(found.dense)
    middles = np.ascontiguousarray((pairs[:, :dimension] + pairs[:, dimension:]) / 2)
    return Stage(times, middles, (found.end[:dimension], found.end[dimension:]))


class _Pair:
    """Two copies of a flow side by side, followed with the same steps."""

    def __init__(self, field: Field) -> None:
        self._field = field

    def rates(self, time: float, state: FloatArray) -> FloatArray:
        half = self._field.dimension
        return np.concatenate([self._field.rates(0.0, state[:half]), self._field.rates(0.0, state[half:])])

    def jacobian(self, time: float, state: FloatArray) -> FloatArray:
        half = self._field.dimension
        whole = np.zeros((2 * half, 2 * half))
        whole[:half, :half] = self._field.jacobian(0.0, state[:half])
        whole[half:, half:] = self._field.jacobian(0.0, state[half:])
        return whole


def _sampled(dense: DenseOutput) -> tuple[FloatArray, FloatArray]:
    """Times (n,) and states (n, 2d) within steps, from their beginning to their end."""
    points = np.broadcast_to(nodes(SAMPLES)[1:], (len(dense.coefficients), SAMPLES))
    steps = np.arange(len(points))
    states = dense.at_points(steps, points)
    times = np.append(dense.breakpoints[0], dense.times_of(steps, points))
    return times, np.concatenate([dense(dense.breakpoints[:1]), states.reshape(-1, states.shape[2])])
