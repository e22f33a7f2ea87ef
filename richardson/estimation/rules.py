"""How a linear system is compared with a yearly series: the three methods of `estimate`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import DataError, UnknownNameError, nearest
from richardson.estimation.observations import Observations
from richardson.estimation.transition import continuous_system, transition, transition_derivatives

SPARE_TRANSITIONS = 2  # beyond the regressors, so that a residual variance means something
EQUAL_SPACING = 1e-6  # relative; calendar years are exact


@dataclass(frozen=True, eq=False)
class Transitions:
    """Pairs of neighbouring observations.

    Attributes
    ----------
    before, after : ndarray, shape (m, n)
    spacing : float
        Δ in years, the same for all.
    """

    before: FloatArray
    after: FloatArray
    spacing: float

    @property
    def change(self) -> FloatArray:
        """Change over each spacing, shape (m, n)."""
        return self.after - self.before


@dataclass(frozen=True)
class Rule:
    """One method: which regression it is, and how its coefficients follow from the system.

    The regressand (m, n) is matched by regressors (m, n + 1) times coefficients (n, n + 1), transposed.

    Attributes
    ----------
    name : str
    regressand, regressors : callable
        From `Transitions`.
    coefficients : callable
        (system, Δ) to coefficients, both (n, n + 1).
    derivatives : callable
        (system, directions (k, n, n + 1), Δ) to the derivatives of the coefficients, (k, n, n + 1).
    system : callable
        (coefficients, Δ) to the system.
    is_likelihood : bool
        Whether Gaussian errors of this regression are a density of the observations.
    """

    name: str
    regressand: Callable[[Transitions], FloatArray]
    regressors: Callable[[Transitions], FloatArray]
    coefficients: Callable[[FloatArray, float], FloatArray]
    derivatives: Callable[[FloatArray, FloatArray, float], FloatArray]
    system: Callable[[FloatArray, float], FloatArray]
    is_likelihood: bool


def rule_of(method: str) -> Rule:
    """The rule of that name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    if not isinstance(method, str) or method not in RULES:
        raise UnknownNameError(f"There is no method {method!r} of estimation. {nearest(str(method), RULES)}")
    return RULES[method]


def transitions_of(observations: Observations) -> Transitions:
    """Neighbouring pairs of an equally spaced series without gaps.

    Raises
    ------
    DataError
        If values are missing, the spacing changes, the series is too short, or its columns (with the
        constant) are collinear.
    """
    _refuse_gaps(observations)
    steps = np.diff(observations.times)
    if np.ptp(steps) > EQUAL_SPACING * steps.mean():
        where = int(np.argmax(np.abs(steps - np.median(steps))))
        raise DataError(
            f"The times are not equally spaced: {observations.times[where]:g} is followed by {observations.times[where + 1]:g}. "
            "Select a window without the break, or fill in the missing times."
        )
    needed = len(observations.names) + 1 + SPARE_TRANSITIONS
    if steps.size < needed:
        raise DataError(
            f"{len(observations)} observations give {steps.size} transitions; {len(observations.names)} series need at least {needed}. "
            "Use a longer series, or fewer series, for example their sum."
        )
    values = observations.values
    return Transitions(np.ascontiguousarray(values[:-1]), np.ascontiguousarray(values[1:]), float(steps.mean()))


def _refuse_gaps(observations: Observations) -> None:
    missing: BoolArray = np.asarray(np.isnan(observations.values).any(axis=1))
    if not missing.any():
        return
    named = [f"{time:g}" for time in observations.times[missing]]
    listed = ", ".join(named[:LISTED_GAPS]) + (f" and {len(named) - LISTED_GAPS} more" if len(named) > LISTED_GAPS else "")
    advice = "Every time lacks a value of some series: select fewer series."
    if not missing.all():
        first, last = _longest_window(observations.times, missing)
        advice = f"Select a window without gaps: .select(years=({first:g}, {last:g})) is the longest; or fewer series."
    raise DataError(f"A fit needs a series without gaps; values are missing at {listed}. {advice}")


LISTED_GAPS = 8  # more would hide the advice


def _longest_window(times: FloatArray, missing: BoolArray) -> tuple[float, float]:
    runs = np.split(np.arange(times.size), np.flatnonzero(missing))
    whole = [run[~missing[run]] for run in runs]
    longest = max(whole, key=len)
    return float(times[longest[0]]), float(times[longest[-1]])


def _with_constant(columns: FloatArray) -> FloatArray:
    return np.column_stack((columns, np.ones(columns.shape[0])))


def _scaled(system: FloatArray, spacing: float) -> FloatArray:
    return system * spacing


RULES: dict[str, Rule] = {
    "transition": Rule(
        "transition",
        regressand=lambda pairs: pairs.after,
        regressors=lambda pairs: _with_constant(pairs.before),
        coefficients=transition,
        derivatives=transition_derivatives,
        system=continuous_system,
        is_likelihood=True,
    ),
    "differences": Rule(
        "differences",
        regressand=lambda pairs: pairs.change,
        regressors=lambda pairs: _with_constant(pairs.before),
        coefficients=_scaled,
        derivatives=lambda system, directions, spacing: directions * spacing,
        system=lambda step, spacing: step / spacing,
        is_likelihood=True,
    ),
    "midpoint": Rule(
        "midpoint",
        regressand=lambda pairs: pairs.change,
        regressors=lambda pairs: _with_constant((pairs.before + pairs.after) / 2),
        coefficients=_scaled,
        derivatives=lambda system, directions, spacing: directions * spacing,
        system=lambda step, spacing: step / spacing,
        is_likelihood=False,
    ),
}
