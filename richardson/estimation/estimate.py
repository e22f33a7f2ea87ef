"""Fit of a model to observed series, with its uncertainty."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri

from richardson.arrays import FloatArray, as_floats
from richardson.errors import DataError, InvalidInputError, NotIdentifiableError
from richardson.estimation.identify import Unknowns, check_identifiable
from richardson.estimation.information import Maximum
from richardson.estimation.maximise import maximise
from richardson.estimation.observations import Observations
from richardson.estimation.problem import Problem
from richardson.estimation.regression import explained_share, yearly_changes
from richardson.estimation.result import Estimate
from richardson.estimation.rules import rule_of, transitions_of
from richardson.estimation.system import LinearSystem
from richardson.estimation.uncertainty import EstimateRow, derived_quantities, derived_rows, normal_draws
from richardson.provenance import record
from richardson.randomness import generator_of
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model
from richardson.symbolic.names import members_of
from richardson.symbolic.order import order_bounds

__all__ = ["Estimate", "EstimateRow", "estimate"]


def estimate(
    model: Model,
    observations: Observations,
    *,
    free: Sequence[str] | None = None,
    fixed: Mapping[str, float] | Sequence[str] = (),
    bounds: Mapping[str, tuple[float, float]] | None = None,
    method: str = "transition",
    level: float = 0.95,
    rng: Any = None,
) -> Estimate:
    r"""Free parameters of a model, from observed series of all its states.

    Parameters
    ----------
    model : Model
        A flow whose rates are affine in the states, ẋ = A(θ) x + c(θ). Parameters that are not free keep its values.
    observations : Observations
        One series a state, matched by position: the first series is the first state. Equally spaced, without gaps.
    free : sequence of str, optional
        Names to estimate; all but the fixed by default. A bare concept name is one value shared by all its members.
    fixed : mapping of str to float, or sequence of str
        Parameters taken as known: at the values given, or at the model's.
    bounds : mapping of str to (float, float), optional
        Narrower bounds than the model's, by parameter or concept name.
    method : str
        ``"transition"``: exact, x(t + Δ) = e^{AΔ} x(t) + κ + ε, the right one.
        ``"differences"``: change on lagged levels; its coefficients are those of e^{AΔ} − I, not of A.
        ``"midpoint"``: change on the mean of both years. The last two are for comparison with the literature.
    level : float
        Of the intervals.
    rng : int, Generator or SeedSequence, optional
        Source of the draws, as `numpy.random.default_rng` takes it; recorded.

    Returns
    -------
    Estimate

    Raises
    ------
    DataError
        If series are missing, too short, unequally spaced, have gaps or are collinear.
    NotIdentifiableError
        If the series cannot tell the free parameters; the message names the combinations they can tell.
    ModelError, NotAutonomousError
        If the model is not affine in its states.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        For a misspelt name or method, a level outside (0, 1), overlapping names or impossible bounds.

    Notes
    -----
    Maximum likelihood with Gaussian innovations of unrestricted covariance Σ, concentrated out. Where the free parameters reach
    every linear system this is ordinary least squares followed by the real matrix logarithm. Standard errors are from the
    information matrix with Σ at m − k/n degrees of freedom (m transitions, k free parameters, n series), which for "differences"
    are those of ordinary least squares. Intervals of parameters are normal; those of everything derived are percentiles of
    10 000 draws from N(θ̂, V) in which it is defined, the undefined share beside. Draws ignore bounds, but parameters
    at a bound are held there. All of this is asymptotic: near a unit root (max Re λ near 0) least squares are biased
    towards stability in short series.

    Examples
    --------
    >>> from richardson.data import rivalry
    >>> from richardson.models import linear
    >>> fit = estimate(linear(), rivalry("Greece", "Turkey"), rng=1)
    >>> fit.derived["max_real_eigenvalue"].value < 0
    True

    Series of your own come from a file:

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "race.csv")
    ...     written = file.write_text("year,A,B\n1950,1.5,2\n1951,1.7,2.5\n")
    ...     Observations.from_csv(file, unit="bn USD")
    <Observations A, B: 1950–1951, 2 times, bn USD>
    """
    check_model(model)
    rule = rule_of(method)
    _check_level(level)
    held, known = _with_fixed(model, fixed)
    names = _free_names(held, free, known)
    _check_series(held, observations)
    identifiable = check_identifiable(held, Unknowns(names, known))
    system = LinearSystem.of(held, names)
    pairs = transitions_of(observations)
    _check_length(pairs.before.shape, len(names))
    best = maximise(Problem(system, pairs, rule, *_limits(held, names, bounds or {})))
    generator, entropy = generator_of(rng)
    followers = np.array([state.is_follower for state in held.states])

    def quantities(draws: FloatArray) -> dict[str, FloatArray]:
        return derived_quantities(system.over(draws), held.state_names, followers)

    drawn = quantities(normal_draws(best.free, best.covariance, generator))
    return Estimate(
        model=_fitted(held, names, best.free),
        free=names,
        rows=_rows(names, best, identifiable, level),
        derived=derived_rows(quantities, best, drawn, level),
        stable_probability=float((drawn["max_real_eigenvalue"] < 0).mean()),
        covariance=best.covariance,
        residuals=best.residuals,
        innovation_covariance=best.innovations,
        r_squared=explained_share(best.residuals, pairs.change),
        log_likelihood=best.log_likelihood,
        criteria=_criteria(best, len(names)),
        differences=yearly_changes(pairs, observations.names),
        method=method,
        level=level,
        observations=observations,
        provenance=record(
            _fitted(held, names, best.free),
            entropy=entropy,
            method=method,
            free=names,
            fixed=known,
            bounds=dict(bounds or {}),
            level=level,
            series=observations.names,
            source=observations.source,
            unit=observations.unit,
        ),
    )


def _check_level(level: float) -> None:
    if as_floats(level, "The level of an interval").ndim or not 0 < level < 1:
        raise InvalidInputError(f"The level of an interval lies between 0 and 1; got {level!r}. Take 0.95, for example.")


def _with_fixed(model: Model, fixed: Mapping[str, float] | Sequence[str]) -> tuple[Model, tuple[str, ...]]:
    """The model at the values taken as known, and the names of those parameters."""
    if isinstance(fixed, str):
        raise InvalidInputError(f"fixed= takes a mapping or a sequence of names; got the single text '{fixed}'. Write ['{fixed}'].")
    held = model.with_values(**fixed) if isinstance(fixed, Mapping) else model
    members = [member for name in fixed for member in members_of(held, name)]
    return held, tuple(dict.fromkeys(members))


def _free_names(model: Model, free: Sequence[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(free, str):
        raise InvalidInputError(f"free= takes a sequence of names; got the single text '{free}'. Write ['{free}'].")
    names = tuple(name for name in model.parameter_names if name not in known) if free is None else tuple(free)
    if not names:
        raise InvalidInputError("Nothing is free, so there is nothing to estimate. Name at least one parameter in free=.")
    members = [member for name in names for member in model.resolve(name)]
    twice = sorted({member for member in members if members.count(member) > 1})
    if twice:
        raise InvalidInputError(f"'{twice[0]}' is free under two names. Name it once, or its concept alone.")
    both = [member for member in members if member in known]
    if both:
        raise InvalidInputError(f"'{both[0]}' is both free and fixed. Leave it out of one of them.")
    return names


def _check_series(model: Model, observations: Observations) -> None:
    if not isinstance(observations, Observations):
        raise InvalidInputError(
            f"A fit needs Observations; got {type(observations).__name__}. Write Observations(times, {{'x': …, 'y': …}}, unit='bn USD')."
        )
    if len(observations.names) != len(model.states):
        raise DataError(
            f"'{model.name}' has {len(model.states)} states ({', '.join(model.state_names)}) and there are {len(observations.names)} "
            f"series ({', '.join(observations.names)}). Give one series a state, in the order of the states: .select(names=…) or .sum()."
        )


def _check_length(shape: tuple[int, ...], count: int) -> None:
    transitions, series = shape
    if transitions * series <= count:
        raise NotIdentifiableError(
            f"{transitions} transitions of {series} series cannot tell {count} free parameters. Free fewer, or use a longer series."
        )


def _limits(model: Model, names: tuple[str, ...], bounds: Mapping[str, tuple[float, float]]) -> tuple[FloatArray, FloatArray]:
    """Lower and upper bounds of the free names: the model's, narrowed by those given."""
    by_name = {parameter.name: parameter for parameter in model.parameters}
    limits = {name: [by_name[name].lower, by_name[name].upper] for name in by_name}
    for member in {member for name in names for member in model.resolve(name)}:
        low, high = order_bounds(model, member, names)
        limits[member] = [max(limits[member][0], low), min(limits[member][1], high)]
    for name, pair in bounds.items():
        low, high = _pair(name, pair)
        for member in model.resolve(name):
            limits[member] = [max(limits[member][0], low), min(limits[member][1], high)]
    lower = np.array([max(limits[member][0] for member in model.resolve(name)) for name in names])
    upper = np.array([min(limits[member][1] for member in model.resolve(name)) for name in names])
    for name, low, high in zip(names, lower, upper, strict=True):
        if not low < high:
            raise InvalidInputError(f"The bounds of '{name}' leave [{low:g}, {high:g}], in which nothing can move. Widen them, or fix it.")
    return lower, upper


def _pair(name: str, pair: tuple[float, float]) -> tuple[float, float]:
    try:
        low, high = (float(bound) for bound in pair)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"The bounds of '{name}' must be a pair (lower, upper) of numbers; got {pair!r}.") from error
    if np.isnan(low) or np.isnan(high):
        raise InvalidInputError(f"The bounds of '{name}' must not be NaN; use -numpy.inf or numpy.inf for none.")
    return low, high


def _fitted(model: Model, names: tuple[str, ...], free: FloatArray) -> Model:
    return model.with_values(**dict(zip(names, (float(value) for value in free), strict=True)))


def _rows(names: tuple[str, ...], best: Maximum, identifiable: tuple[bool, ...], level: float) -> tuple[EstimateRow, ...]:
    reach = float(ndtri(0.5 + level / 2))
    errors = np.where(best.is_at_bound, np.nan, np.sqrt(np.diag(best.covariance)))
    return tuple(
        EstimateRow(name, float(value), float(error), float(value - reach * error), float(value + reach * error), bool(bound), told)
        for name, value, error, bound, told in zip(names, best.free, errors, best.is_at_bound, identifiable, strict=True)
    )


def _criteria(best: Maximum, count: int) -> dict[str, float]:
    """Information criteria; the covariance of the innovations counts as n (n + 1)/2 parameters."""
    if best.log_likelihood is None:
        return {}
    transitions, series = best.residuals.shape
    total = count + series * (series + 1) // 2
    spare = transitions * series - total - 1
    deviance = -2 * best.log_likelihood
    return {
        "AIC": deviance + 2 * total,
        "AICc": deviance + 2 * total * (1 + (total + 1) / spare) if spare > 0 else float("inf"),
        "BIC": deviance + total * float(np.log(transitions)),
    }
