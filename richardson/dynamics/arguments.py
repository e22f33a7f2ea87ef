"""What a run is asked to do, checked before it starts."""

from math import inf, isfinite
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.dynamics.kernel_march import SCHEMES
from richardson.dynamics.march import SOLVERS, Accuracy
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError, nearest
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model
from richardson.symbolic.order import demand, ordered_pairs
from richardson.symbolic.quantity import Parameter
from richardson.symbolic.transform import substituted

METHODS = (*SCHEMES, *SOLVERS)  # ours, then scipy's

DETAIL = 256  # parts of a run in each of which driven rates, and events, are looked at anew at the least
FINEST_DETAIL = 4096  # and at the most, however close the times are
SMALLEST_RELATIVE = 100 * np.finfo(float).eps  # below this error estimates are rounding


def as_accuracy(method: Any, relative: Any, absolute: Any, step_limit: Any) -> Accuracy:
    """The method and tolerances of a run.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If there is no such method, or a number is not one or of no use.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise UnknownNameError(f"There is no method {method!r}. {nearest(str(method), METHODS)}")
    allowed, floor, limit = _number(relative, "relative"), _number(absolute, "absolute"), _number(step_limit, "step_limit")
    if not SMALLEST_RELATIVE <= allowed < 1.0:
        raise InvalidInputError(
            f"The relative tolerance must lie in [{SMALLEST_RELATIVE:.1e}, 1), below which it is rounding; got {relative!r}. Try 1e-8."
        )
    if not 0.0 < floor < inf:
        raise InvalidInputError(f"The absolute tolerance must be a positive number, in the states' unit; got {absolute!r}. Try 1e-10.")
    if not 1.0 <= limit < inf or limit != int(limit):
        raise InvalidInputError(f"The step limit must be a whole number, at least 1; got {step_limit!r}. Try 100000.")
    return Accuracy(method, allowed, floor, int(limit))


def as_bound(bound: Any) -> float:
    """The magnitude at which a run has escaped.

    Raises
    ------
    InvalidInputError
        If it is not a positive number.
    """
    number = _number(bound, "bound")
    if not number > 0.0:
        raise InvalidInputError(f"The bound must be positive; got {bound!r}. It is the magnitude at which a run has escaped; try 1e9.")
    return number


def detail_of(asked: FloatArray) -> float:
    """Longest time for which a driven run goes on unseen: the longest between asked times (t,), within limits."""
    span = float(asked[-1] - asked[0])
    return max(min(float(np.diff(asked).max()), span / DETAIL), span / FINEST_DETAIL)


def check_flow(model: Any) -> None:
    """Refuse what has no rates.

    Raises
    ------
    InvalidInputError
        If it is no model, or a map.
    """
    check_model(model)
    if model.kind != "flow":
        raise InvalidInputError(f"'{model.name}' is a {model.kind}, which has steps and no rates. Use iterate(model, start, steps).")


def check_drives(field: Field, times: FloatArray, rows: FloatArray | None = None) -> None:
    """Refuse times (t,) at which a drive is not known, or leaves the bounds of what it drives.

    Parameters
    ----------
    field : Field
    times : FloatArray
        Shape (t,).
    rows : FloatArray, optional
        Shape (m, p): parameters of members; the field's own by default.

    Raises
    ------
    OutOfBoundsError
        If there are any, or a parameter exceeds one that it must not exceed; paths are looked at the ``times`` and some hundred more.
    """
    check_known(field.model, float(times[0]), float(times[-1]))
    moments = np.union1d(times, np.linspace(times[0], times[-1], DETAIL + 1))
    own = Field.of(field.model)  # at whose parameters members take turns
    for drive in field.model.drives:
        bounded = [parameter for parameter in drive.parameters if isfinite(parameter.lower) or isfinite(parameter.upper)]
        if drive.formula is None or not bounded:
            continue
        used = [place for place, symbol in enumerate(field.model.parameter_symbols) if drive.formula.has(symbol)]
        path_at = own.values_of([drive.formula])
        for numbers in np.unique((field.parameters[None] if rows is None else rows)[:, used], axis=0):
            own.parameters[used] = numbers
            path = path_at(moments, np.zeros((moments.size, field.dimension)))[:, 0]
            for parameter in bounded:
                _check_path(parameter, moments, path)
    _check_orders(own, moments, field.parameters[None] if rows is None else rows)


def _check_orders(field: Field, moments: FloatArray, rows: FloatArray) -> None:
    """Refuse paths on which a parameter exceeds, at some moment (t,), one that it must not exceed; members are ``rows`` (m, p)."""
    driven = [parameter for drive in field.model.drives for parameter in drive.parameters]
    for low, high in ordered_pairs((*field.model.parameters, *driven)) if driven else ():
        if low not in driven and high not in driven:
            continue
        pair_at = field.values_of([low.name, high.name])
        paths = [substituted(field.model, field.model.symbol(each.name)) for each in (low, high)]
        used = [place for place, symbol in enumerate(field.model.parameter_symbols) if any(path.has(symbol) for path in paths)]
        for numbers in np.unique(rows[:, used], axis=0):
            field.parameters[used] = numbers
            below, above = pair_at(moments, np.zeros((moments.size, field.dimension))).T
            if (below > above).any():
                where = int(np.argmax(below > above))
                raise OutOfBoundsError(
                    f"{demand(low, high)}, but where a drive moves them they are {below[where]} and {above[where]} at "
                    f"t = {moments[where]:g}. Change the drive, or run it for a shorter time."
                )


def _check_path(parameter: Parameter, moments: FloatArray, path: FloatArray) -> None:
    """Refuse a path (t,) that leaves the bounds of what it drives at some moment (t,)."""
    outside = ~((path >= parameter.lower) & (path <= parameter.upper))
    if outside.any():
        where = int(np.argmax(outside))
        raise OutOfBoundsError(
            f"The drive of {parameter.meaning} ({parameter.name}) is {path[where]:g} at t = {moments[where]:g}, but must lie in "
            f"{parameter.interval}. Change the drive, or run it for a shorter time."
        )


def check_known(model: Model, begin: float, end: float) -> None:
    """Refuse a run beyond the times at which the drives of its model are known.

    Raises
    ------
    OutOfBoundsError
        If a series that does not hold begins later or ends earlier.
    """
    for drive in model.drives:
        first, last = drive.span
        if begin < first or end > last:
            raise OutOfBoundsError(
                f"The series that drives {' and '.join(drive.names)} is known from t = {first:g} to {last:g}; the run goes from "
                f'{begin:g} to {end:g}. Run it within those times, or make the series with beyond="hold".'
            )


def check_start(field: Field, origin: FloatArray, time: float, bound: float) -> None:
    """Refuse a start that has already escaped, or from which nothing can move.

    Raises
    ------
    OutOfBoundsError
        If a state is beyond ``bound``, or a rate is not finite.
    """
    names = field.model.state_names
    largest = int(np.argmax(np.abs(origin)))
    if abs(origin[largest]) > bound:
        raise OutOfBoundsError(
            f"The start has {names[largest]} = {origin[largest]:g}, already beyond bound = {bound:g}. Raise bound, or start lower."
        )
    with np.errstate(all="ignore"):
        rates = field.rates(time, origin)
    for name, rate in zip(names, rates, strict=True):
        if not isfinite(rate):
            where = ", ".join(f"{state} = {value:g}" for state, value in zip(names, origin, strict=True))
            raise OutOfBoundsError(
                f"The rate of {name} is {rate} at the start ({where}, t = {time:g}). "
                "Start where all rates are finite, or change the equations."
            )


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"{name}= must be a number; got {value!r}.") from error
