"""A run of which the rates are smooth in time by stretches: one march after the other, from switch to switch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from richardson.arrays import FloatArray
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.march import Accuracy, Flow, Marcher
from richardson.outcome import Outcome

ASIDE = 4.0  # spacings of times: so far from a switch each stretch begins and ends, where rates are clearly those of one side
SAME_SWITCH = 64.0  # spacings: closer switches are one

MakeMarch = Callable[[Flow, Accuracy], Marcher]


def in_stretches(flow: Flow, accuracy: Accuracy, switches: Sequence[float], make: MakeMarch) -> Marcher:
    """What follows a flow without stepping over any of the ``switches``, increasing times within it."""
    spacing = float(np.spacing(max(abs(flow.begin), abs(flow.end))))
    kept: list[float] = []
    for time in switches:
        if time - (kept[-1] if kept else flow.begin) > SAME_SWITCH * spacing and flow.end - time > SAME_SWITCH * spacing:
            kept.append(time)
    return Stretches(flow, accuracy, kept, ASIDE * spacing, make) if kept else make(flow, accuracy)


class Stretches:
    """Marches of one method along the stretches of a flow.

    Parameters
    ----------
    flow : Flow
    accuracy : Accuracy
        Its step limit holds for all stretches together.
    switches : sequence of float
        Increasing times within the flow.
    aside : float
        Time left out on either side of a switch, too short to matter.
    make : callable
        Flow and accuracy to what takes the steps.

    Attributes
    ----------
    time, state : float, ndarray, shape (d,)
        Where it is.
    failure : Outcome or None
        Why it cannot go on.
    """

    def __init__(self, flow: Flow, accuracy: Accuracy, switches: Sequence[float], aside: float, make: MakeMarch) -> None:
        self._make, self._accuracy, self._flow = make, accuracy, flow
        begins = [flow.begin, *(time + aside for time in switches)]
        ends = [*(time - aside for time in switches), flow.end]
        self._ends = list(zip(begins, ends, strict=True))
        self._place, self._steps = 0, 0
        self.time, self.state = flow.begin, flow.start
        self._march = self._next()
        self.failure: Outcome | None = self._march.failure

    @property
    def rates(self) -> FloatArray:
        """Rates (d,) where it is."""
        return self._march.rates

    @property
    def is_over(self) -> bool:
        """Whether the end of the last stretch is reached or a march has failed."""
        return self._march.is_over and (self._place == len(self._ends) - 1 or self.failure is not None)

    def block(self) -> DenseOutput | None:
        """The next steps, of one stretch; None if there is none."""
        if self._march.is_over:
            self._place += 1
            self._march = self._next()
        found = self._march.block()
        self.time, self.state, self.failure = self._march.time, self._march.state, self._march.failure
        if found is not None:
            self._steps += len(found.coefficients)
            if self._place and found.breakpoints[0] == self._ends[self._place][0]:  # joined to the stretch before
                breakpoints = found.breakpoints.copy()
                breakpoints[0] = self._ends[self._place - 1][1]
                return replace(found, breakpoints=breakpoints)
        return found

    def _next(self) -> Marcher:
        """A march along the present stretch."""
        begin, end = self._ends[self._place]
        left = max(self._accuracy.step_limit - self._steps, 1)
        return self._make(replace(self._flow, start=self.state, begin=begin, end=end), replace(self._accuracy, step_limit=left))
