"""Steps of scipy's solvers, handed over a block at a time as one dense output.

The checks of a run (bounds, domain, events) then work on arrays of steps instead of one step at a time,
which costs a few steps beyond a stop and saves most of the time of a run.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.integrate import BDF, DOP853, LSODA, RK45, Radau

from richardson.arrays import FloatArray
from richardson.dynamics.dense import DenseOutput, Recorder
from richardson.outcome import Outcome

FIRST_BLOCK, GROWTH, LONGEST_BLOCK = 64, 4, 512  # short at first, where runs that leave at once do so; then few, large blocks
PROBES_BEYOND = 14  # doublings of the spacing of times: where a solver that fails was trying its last steps

MOST_RESTARTS = 60  # each comes closer to a singularity by a factor, until times can no longer tell
RETRIED = (Outcome.NOT_FINITE, Outcome.STEP_TOO_SMALL, Outcome.NO_CONVERGENCE)

Rates = Callable[[float, FloatArray], FloatArray]

SOLVERS: dict[str, tuple[Any, str, bool]] = {  # method -> solver, form of its polynomials, whether it takes a Jacobian
    "RK45": (RK45, "RK45", False),
    "LSODA": (LSODA, "LSODA", True),
    "Radau": (Radau, "Radau", True),
    "BDF": (BDF, "BDF", True),
    "scipy-DOP853": (DOP853, "DOP853", False),
}

LSODA_FAILURES = {  # istate of ODEPACK -> outcome
    -1: Outcome.STEP_TOO_SMALL,
    -2: Outcome.STEP_TOO_SMALL,
    -3: Outcome.NOT_FINITE,
    -4: Outcome.STEP_TOO_SMALL,
    -5: Outcome.NO_CONVERGENCE,
    -6: Outcome.NO_CONVERGENCE,
}


@dataclass(frozen=True, eq=False)
class Flow:
    """What is to be followed: rates (and their Jacobian) from a state (d,) at ``begin`` to ``end``, no step over ``longest``."""

    rates: Rates
    jacobian: Rates
    start: FloatArray
    begin: float
    end: float
    longest: float = np.inf


@dataclass(frozen=True)
class Accuracy:
    """Method, relative and absolute tolerance (absolute in each state's unit), and the most steps a run may take."""

    method: str
    relative: float
    absolute: float
    step_limit: int


def takes_jacobian(method: str) -> bool:
    """Whether a solver of scipy's may ask for the derivatives of the rates."""
    return SOLVERS[method][2]


class Marcher(Protocol):
    """What goes along a `Flow` a block of steps at a time: scipy's solvers (`March`) and our kernels do.

    Attributes
    ----------
    time, state : float, ndarray, shape (d,)
        Where it is.
    failure : Outcome or None
        Why it cannot go on.
    """

    time: float
    state: FloatArray
    failure: Outcome | None

    @property
    def is_over(self) -> bool:
        """Whether the end is reached or no further step can be taken."""

    @property
    def rates(self) -> FloatArray:
        """Rates (d,) at the present time and state."""

    def block(self) -> DenseOutput | None:
        """The next steps; None if there is none."""


class March:
    """One solver on its way along a `Flow`.

    Attributes
    ----------
    failure : Outcome or None
        Why it cannot go on.
    time, state, rates : float, ndarray, ndarray, shape (d,)
        Where it is, and the rates there.
    is_over : bool
        Whether it has reached the end or failed.
    """

    def __init__(self, flow: Flow, accuracy: Accuracy) -> None:
        self._flow, self._accuracy = flow, accuracy
        self._kind, self._form, self._takes_jacobian = SOLVERS[accuracy.method]
        self._count = self._restarts = 0
        self._size = FIRST_BLOCK
        self._longest = flow.longest  # step
        self.time, self.state = flow.begin, flow.start
        self._solver: Any = None
        self.failure: Outcome | None = None
        self._begin()

    def _begin(self) -> None:
        """A fresh solver at the present time and state."""
        flow, accuracy = self._flow, self._accuracy
        options: dict[str, Any] = {"rtol": accuracy.relative, "atol": accuracy.absolute, "max_step": self._longest}
        if self._takes_jacobian:
            options["jac"] = flow.jacobian
        self.failure = None
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # what they say is in `failure`
            try:
                self._solver = self._kind(flow.rates, self.time, self.state, flow.end, **options)
                if self._form == "LSODA":
                    self._solver._lsoda_solver.f = flow.rates  # past three wrappers that count calls and make arrays of arrays
            except (ValueError, ArithmeticError, np.linalg.LinAlgError):  # so scipy refuses NaN
                self.failure = Outcome.NOT_FINITE

    @property
    def is_over(self) -> bool:
        """Whether the end is reached or the solver has failed."""
        return self.failure is not None or self._solver.status == "finished"

    @property
    def rates(self) -> FloatArray:
        """Rates (d,) at the present time and state."""
        with np.errstate(all="ignore"):
            return self._flow.rates(self.time, self.state)

    def block(self) -> DenseOutput | None:
        """The next steps; None if there is none."""
        recorder = Recorder(self._form, self._size, self.time, self.state)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # what they say is in `failure`
            for _ in range(self._size):
                if not self._step():
                    break
                recorder.add(self._solver)
            self._size = min(GROWTH * self._size, LONGEST_BLOCK)
            dense = recorder.dense() if recorder.count else None
        if dense is None:
            if self.failure in RETRIED:
                self._retry(self._longest)
            return None
        last = float(dense.breakpoints[-1] - dense.breakpoints[-2])
        is_finite = np.isfinite(dense.coefficients)
        if not is_finite.all():
            first = int(np.argmin(is_finite.all(axis=(1, 2))))
            self.failure = Outcome.NOT_FINITE
            self.time, self.state = float(dense.breakpoints[first]), recorder.states[first]
            last = float(dense.breakpoints[first + 1] - self.time)
            dense = DenseOutput(dense.breakpoints[: first + 1], dense.coefficients[:first])
        if self.failure in RETRIED:
            self._retry(last)
        return dense if dense.coefficients.size else None

    def _retry(self, step: float) -> None:
        """Begin afresh with shorter steps, since LSODA accepts NaN and BDF and Radau stop at one, even far from a singularity."""
        self._longest = 0.5 * min(self._longest, step)
        if self._restarts < MOST_RESTARTS and self._longest > 2.0**PROBES_BEYOND * np.spacing(abs(self.time)):
            self._restarts += 1
            self._begin()

    def _step(self) -> bool:
        """Take one step, or note why it could not be taken."""
        solver = self._solver
        if self.failure is not None or solver.status == "finished":
            return False
        if self._count == self._accuracy.step_limit:
            self.failure = Outcome.STEP_LIMIT
            return False
        try:
            solver.step()
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):  # so scipy's linear algebra refuses NaN
            self.failure = Outcome.NOT_FINITE
            return False
        if solver.status == "failed" or solver.t <= self.time:  # LSODA goes on when its steps no longer move the time
            self.failure = self._reason()
            return False
        self._count += 1
        self.time, self.state = solver.t, solver.y
        return True

    def _reason(self) -> Outcome:
        """Why no further step could be taken: what the rates say just beyond the last state, else what the solver says."""
        if rates_end_beyond(self._flow.rates, self.time, self.state):
            return Outcome.NOT_FINITE
        lsoda = getattr(self._solver, "_lsoda_solver", None)
        return Outcome.STEP_TOO_SMALL if lsoda is None else LSODA_FAILURES.get(lsoda.get_return_code(), Outcome.STEP_TOO_SMALL)


def rates_end_beyond(rates: Rates, time: float, state: FloatArray) -> bool:
    """Whether the rates are not numbers just beyond a state, on the way that they point."""
    with np.errstate(all="ignore"):
        slope = rates(time, state)
        for doubling in range(PROBES_BEYOND):
            step = np.spacing(abs(time)) * 2.0**doubling
            if not np.isfinite(rates(time + step, state + step * slope)).all():
                return True
    return False
