"""Steps of our own kernels, handed over a block at a time as one dense output, as `March` does with scipy's solvers."""

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled import paths
from richardson.compiled.field import Field
from richardson.compiled.schemes import TABLEAUS
from richardson.dynamics.dense import DenseOutput, from_nested
from richardson.dynamics.march import Accuracy, Flow, rates_end_beyond
from richardson.outcome import Outcome

SCHEMES = tuple(TABLEAUS)  # methods that are ours

FIRST_BLOCK, GROWTH, LONGEST_BLOCK = 256, 4, 4096  # the first holds most runs; steps beyond a stop cost microseconds
MOST_NUMBERS = 2**21  # in a block's coefficients: fewer steps at once where there are many states

FAILURES = {
    paths.STEP_TOO_SMALL: Outcome.STEP_TOO_SMALL,
    paths.STEPS_SPENT: Outcome.STEP_LIMIT,
    paths.NOT_FINITE: Outcome.NOT_FINITE,
}


class KernelMarch:
    """One of our integrators on its way along a `Flow`.

    Parameters
    ----------
    field : Field
        Whose rates the flow has.
    flow : Flow
    accuracy : Accuracy
        With one of `SCHEMES` as its method.

    Attributes
    ----------
    failure : Outcome or None
        Why it cannot go on.
    time, state : float, ndarray, shape (d,)
        Where it is.
    is_over : bool
        Whether it has reached the end or failed.
    """

    def __init__(self, field: Field, flow: Flow, accuracy: Accuracy) -> None:
        tolerances = paths.Tolerances(accuracy.relative, accuracy.absolute, flow.longest, accuracy.step_limit)
        self._flow = flow
        self._path = paths.Path(field, accuracy.method, flow.start, (flow.begin, flow.end), tolerances)
        self._size, self._most = FIRST_BLOCK, max(MOST_NUMBERS // (8 * flow.start.size), 1)
        self.time, self.state = flow.begin, flow.start
        self.failure: Outcome | None = None
        self.is_over = False

    @property
    def rates(self) -> FloatArray:
        """Rates (d,) at the present time and state."""
        with np.errstate(all="ignore"):
            return self._flow.rates(self.time, self.state)

    def block(self) -> DenseOutput | None:
        """The next steps; None if there is none."""
        breakpoints, pieces, code = self._path.steps(min(self._size, self._most))
        self._size = min(GROWTH * self._size, LONGEST_BLOCK)
        if pieces.size:
            self.time, self.state = float(breakpoints[-1]), self._path.state
        self.failure = FAILURES.get(code)
        self.is_over = code != paths.UNDER_WAY
        if self.failure is Outcome.STEP_TOO_SMALL and rates_end_beyond(self._flow.rates, self.time, self.state):
            self.failure = Outcome.NOT_FINITE
        return DenseOutput(breakpoints, from_nested(pieces)) if pieces.size else None
