"""Lyapunov exponents of an orbit: how fast neighbours part from it, in every direction, with error bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.compiled import tangents
from richardson.compiled.field import Field
from richardson.compiled.tangents import Accuracy
from richardson.dynamics.arguments import as_accuracy, as_bound, check_drives, check_start
from richardson.errors import ComputationError, IntegrationError, InvalidInputError
from richardson.landscape.growth import FEWEST, STRETCHES, Growth, averages, measure
from richardson.landscape.resting import exponents_at, resting_place
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values

OUTCOMES = {
    tangents.REACHED_END: Outcome.REACHED_END,
    tangents.ESCAPED: Outcome.ESCAPED,
    tangents.LEFT_DOMAIN: Outcome.LEFT_DOMAIN,
    tangents.NOT_FINITE: Outcome.NOT_FINITE,
    tangents.STEP_TOO_SMALL: Outcome.STEP_TOO_SMALL,
    tangents.STEP_LIMIT: Outcome.STEP_LIMIT,
}
REMEDIES = {
    Outcome.STEP_LIMIT: "Lower horizon=, raise step_limit=, or loosen relative=; a stiff model needs very many steps here.",
    Outcome.STEP_TOO_SMALL: "It may meet a singularity, or run to infinity in finite time: lower bound=.",
    Outcome.NOT_FINITE: "Its rates or their derivatives are no finite numbers there: start elsewhere, or bound the states.",
}
LAPS = 10  # a cycle of floating-point states that is met at least so often within the horizon stands for itself, not for chaos


@dataclass(frozen=True, eq=False, repr=False)
class LyapunovSpectrum:
    """Exponents of an orbit, the largest first.

    Attributes
    ----------
    exponents : FloatArray
        Shape (d,), in 1/time (of a map, per step); NaN where the orbit did not last; −∞ where a map forgets a direction altogether.
    standard_errors : FloatArray
        Shape (d,): of each exponent as an average over an endless orbit, by batch means; NaN where there is none.
    horizon : float
        Time, or number of steps, over which they were averaged, after the transient.
    outcome : Outcome
        REACHED_END; SETTLED where the orbit came to rest at a stable equilibrium; ESCAPED, LEFT_DOMAIN.
    equilibrium : Equilibrium or None
        Where the orbit rests. The exponents are then those of its eigenvalues: real parts, or of a map the logarithms of moduli, and
        the errors bounds of theirs.
    times : FloatArray
        Shape (n,): times, or numbers of steps, since the end of the transient.
    running : FloatArray
        Shape (n, d): averages up to then, to see how they converge.
    model : Model
    provenance : Provenance
    """

    exponents: FloatArray
    standard_errors: FloatArray
    horizon: float
    outcome: Outcome
    equilibrium: Equilibrium | None
    times: FloatArray
    running: FloatArray
    model: Model
    provenance: Provenance

    @property
    def kaplan_yorke_dimension(self) -> float:
        """Dimension of the attractor by the formula of Kaplan and Yorke: j + (λ₁ + … + λⱼ)/|λⱼ₊₁|, j the last for which the sum is ≥ 0."""
        if not np.isfinite(self.exponents[:1]).all():
            return 0.0 if self.exponents[0] == -inf else float("nan")
        sums = np.cumsum(self.exponents)
        whole = int(np.sum(np.logical_and.accumulate(sums >= 0.0)))
        if whole in (0, sums.size):
            return float(whole)
        return whole + float(sums[whole - 1] / -self.exponents[whole])

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row an exponent: exponent and standard error."""
        return {"exponent": self.exponents.tolist(), "standard_error": self.standard_errors.tolist()}

    def to_xarray(self) -> Any:
        """Dataset with the running averages over ``time`` and ``mode``, and exponents and errors over ``mode``.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        variables = {
            "exponent": ("mode", self.exponents),
            "standard_error": ("mode", self.standard_errors),
            "running": (("time", "mode"), self.running),
        }
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "outcome": self.outcome.name}
        return xarray.Dataset(variables, coords={"time": self.times}, attrs=attributes)

    def __repr__(self) -> str:
        """Exponents with their errors, and what became of the orbit."""
        if not np.isfinite(self.exponents).any() and not (self.exponents == -inf).any():
            return f"<no Lyapunov exponents of '{self.model.name}': {self.outcome.name} at {self.horizon:g} after the transient>"
        pairs = zip(self.exponents, self.standard_errors, strict=True)
        values = ", ".join(f"{value:.6g}" + (f" ± {error:.2g}" if isfinite(error) else "") for value, error in pairs)
        rest = "" if self.equilibrium is None else f"; at rest: {self.equilibrium!r}"
        return f"<Lyapunov exponents of '{self.model.name}': {values}; over {self.horizon:g}{rest}>"


def lyapunov_spectrum(
    model: Model,
    start: Mapping[str, float] | Sequence[float],
    *,
    horizon: float,
    transient: float | None = None,
    relative: float = 1e-9,
    absolute: float = 1e-12,
    bound: float = 1e9,
    step_limit: int = 10_000_000,
) -> LyapunovSpectrum:
    """All Lyapunov exponents of the orbit from a start, with error bars.

    Parameters
    ----------
    model : Model
        A flow or a map. Where ``t`` occurs it starts at 0, and no step is longer than 1/1024 of the horizon.
    start : mapping or sequence
        By state name, or in state order, within the states' bounds.
    horizon : float
        Time (of a map, number of steps, 32 or more) over which growth is averaged.
    transient : float, optional
        Time, or number of steps, that is discarded before; a tenth of the horizon by default.
    relative, absolute : float
        Error allowed in a step of a flow: absolute + relative · |state|, and relative in every tangent vector of length 1.
    bound : float
        Magnitude of any state at which the orbit has escaped.
    step_limit : int
        Steps of a flow after which to give up.

    Returns
    -------
    LyapunovSpectrum

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If an argument is not what it should be.
    IntegrationError
        If the orbit cannot be followed (STEP_TOO_SMALL, STEP_LIMIT, NOT_FINITE), as with stiff models.
    ComputationError
        If the orbit of a map is caught by an unstable cycle or fixed point that floating-point numbers hit exactly.

    Notes
    -----
    The tangent vectors take part in the control of steps, and are made orthonormal after each of them [1]_. Where the orbit comes to
    rest at an equilibrium, this is refined and its eigenvalues are given instead of averages that would only tend to them. The errors
    say how far averages over other stretches of the same orbit would lie apart; they do not tell of another attractor, or of a
    transient that outlasts the horizon.

    References
    ----------
    .. [1] G. Benettin, L. Galgani, A. Giorgilli, J.-M. Strelcyn (1980), Lyapunov characteristic exponents for smooth dynamical systems
       and for Hamiltonian systems; a method for computing all of them, Meccanica 15, 9–30 (quoted from memory).

    Examples
    --------
    >>> from richardson.models import saperstein
    >>> found = lyapunov_spectrum(saperstein(reaction=0.7), {"x": 0.3, "y": 0.3}, horizon=1000)
    >>> found.exponents.round(5), found.outcome.name
    (array([-0.22314, -0.22314]), 'SETTLED')
    """
    check_model(model)
    length, discarded = _checked(model, horizon, transient)
    known, limit = as_accuracy("DOP853", relative, absolute, step_limit), as_bound(bound)
    longest = inf if model.is_autonomous else length / STRETCHES
    field = Field.of(model)
    origin = start_values(field.model, start)
    check_drives(field, np.array([0.0, discarded + length]))
    check_start(field, origin, 0.0, limit)
    accuracy = Accuracy(known.relative, known.absolute, limit, longest, known.step_limit)
    found = measure(field, origin, length, discarded, accuracy)
    if _repeats(found):  # on a cycle that chaos, or a long approach, may have led to: measured there, without them
        found = replace(measure(field, found.states[-1], length, discarded, accuracy), start=origin)
    chosen: dict[str, Any] = {"start": origin, "horizon": length, "transient": discarded, "bound": limit}
    return _spectrum(field, found, record(model, verb="lyapunov_spectrum", relative=relative, absolute=absolute, **chosen))


def _spectrum(field: Field, found: Growth, provenance: Provenance) -> LyapunovSpectrum:
    model, d = field.model, field.dimension
    outcome = OUTCOMES[found.code]
    if not outcome.is_answer:
        raise IntegrationError(
            f"The Lyapunov exponents of '{model.name}' cannot be measured: from about t = {found.stopped_at:g} on, {outcome}. "
            + REMEDIES[outcome]
        )
    elapsed = found.times[1 : len(found.rates) + 1] - found.times[0]
    if outcome is not Outcome.REACHED_END:
        with np.errstate(invalid="ignore"):
            running = np.cumsum(found.rates, axis=0) / elapsed[:, None]
        reached = max(found.stopped_at - found.times[0], 0.0)
        return LyapunovSpectrum(np.full(d, np.nan), np.full(d, np.nan), float(reached), outcome, None, elapsed, running, model, provenance)
    exponents, errors, running = averages(found)
    place = resting_place(field, found, provenance)
    if place is not None:
        exponents, errors = exponents_at(place)
        outcome = Outcome.SETTLED if place.is_stable else outcome
    else:
        _refuse_rounding(model, found, exponents)
    return LyapunovSpectrum(exponents, errors, float(elapsed[-1]), outcome, place, elapsed, running, model, provenance)


def _repeats(found: Growth) -> bool:
    """Whether the orbit of a map went round a cycle of floating-point states many times."""
    return len(found.rates) > 0 and 0 < found.repeats_after <= (found.times[-1] - found.times[0]) / LAPS


def _refuse_rounding(model: Model, found: Growth, exponents: FloatArray) -> None:
    """Refuse an orbit that left its own kind for a cycle of floating-point numbers, which no true orbit near it follows."""
    if _repeats(found) and exponents[0] > 0.0:
        raise ComputationError(
            f"The orbit of '{model.name}' repeats itself after {found.repeats_after} steps, to the last digit, although its neighbours "
            "part from it: it has come onto an unstable cycle, as rounding alone can make it. Start elsewhere (not at a round number), "
            "or ask rn.cycles or rn.spectrum for the multipliers of that cycle."
        )


def _checked(model: Model, horizon: Any, transient: Any) -> tuple[float, float]:
    """Horizon and transient as numbers that make sense."""
    length = _number(horizon, "horizon")
    discarded = 0.1 * length if transient is None else _number(transient, "transient")
    if model.kind == "map":
        discarded = float(round(discarded)) if transient is None else discarded
        if length != int(length) or length < FEWEST or discarded != int(discarded):
            raise InvalidInputError(
                f"'{model.name}' is a map: horizon and transient count its steps, in whole numbers, the horizon {FEWEST} or more; got "
                f"horizon={horizon!r}, transient={transient!r}. Try horizon=100000."
            )
    if not length > 0.0 or not discarded >= 0.0:
        raise InvalidInputError(
            f"The horizon must be positive and the transient not negative; got horizon={horizon!r}, transient={transient!r}. They are in "
            "the model's unit of time: try a few hundred turns of the orbit."
        )
    return length, discarded


def _number(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"{name}= must be a number; got {value!r}.") from error
    if not isfinite(number):
        raise InvalidInputError(f"{name}= must be finite; got {value!r}.")
    return number
