"""How the outcomes of a run answer small changes of parameters and of its start: the variational equations beside the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from richardson.arrays import FloatArray, as_times
from richardson.compiled.field import Field
from richardson.dynamics.arguments import detail_of
from richardson.dynamics.events import Event
from richardson.dynamics.integrate import integrate
from richardson.dynamics.march import Accuracy
from richardson.dynamics.probes import EventValues, probe
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import ComputationError, InvalidInputError
from richardson.outcome import Outcome
from richardson.stability.equilibria import Equilibrium
from richardson.study.recording import FirstCrossing, Last, Maximum, Minimum, Record, read_records
from richardson.symbolic.derive import has_moving_jumps
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values
from richardson.symbolic.transform import switch_times

AGREEMENT = 1e-4  # relative: how well two runs of the same equations must agree, or neither is known

Inputs = tuple[tuple[str, ...], FloatArray]


def slopes_of_run(
    model: Model, start: Any, times: Any, asked: Sequence[Any] | None, inputs: Inputs, *, accuracy: Accuracy
) -> tuple[FloatArray | None, tuple[str, ...], FloatArray, FloatArray]:
    """Times kept or None, labels (q), values (t, q) and slopes (t, q, k) of outcomes of a run.

    Parameters
    ----------
    model : Model
    start : mapping or sequence
    times : float or array_like
    asked : sequence, or None
        None: the states.
    inputs : tuple
        Names of the k inputs, and their values (k,).
    accuracy : Accuracy

    Raises
    ------
    InvalidInputError
        If the rates jump, the run ends early, or an outcome does not fit.
    ComputationError
        If it cannot be followed closely enough.
    """
    if has_moving_jumps(model):
        raise InvalidInputError(
            f"A rate of '{model.name}' jumps where a state or a parameter says so (sign, heaviside), and there the derivatives of a run "
            "jump too. Write the jump as a steep but smooth step, such as sigmoid(50*(x - 1))."
        )
    several = tuple(model.state_names if asked is None else asked)
    recording = read_records(model, several)
    records = [each if isinstance(each, Record) else Last(each) for each in several]
    span, kept = _span(times, records)
    whole, own = recording.model, start_values(model, start.state.tolist() if isinstance(start, Equilibrium) else start)
    origin = np.concatenate([own, np.zeros(recording.extra)])
    expressions = [expression * sign for expression, sign in zip(recording.expressions, recording.signs, strict=True)]
    run = _followed(whole, origin, span, records, expressions, accuracy=accuracy)
    moments = [_moment(run, record, expression, accuracy) for record, expression in zip(records, expressions, strict=True)]
    asked_times = span if kept is not None else span[-1:]
    every = np.unique(np.concatenate([asked_times, [time for time in moments if time is not None]]))
    states, slopes = _variations(Field.of(whole), origin, (span[0], every), inputs, accuracy)
    _check_agreement(run, every, states)
    values, rates = _read(Field.of(whole), (every, states, slopes), expressions, inputs)
    found = np.empty((asked_times.size, len(records))), np.empty((asked_times.size, len(records), len(inputs[0])))
    for place, (record, moment) in enumerate(zip(records, moments, strict=True)):
        rows = np.searchsorted(every, asked_times if moment is None else np.array([moment]))
        found[0][:, place], found[1][:, place] = values.values[rows, place], rates[rows, place]
        if isinstance(record, FirstCrossing):
            along = values.in_time[rows, place] + values.in_states[rows, place] @ Field.of(whole).rates(moment or 0.0, states[rows[0]])
            found[0][:, place], found[1][:, place] = moment, -rates[rows, place] / along[:, np.newaxis]
    if not np.isfinite(found[1]).all():
        raise InvalidInputError("An outcome has no finite derivative on this run. Ask for others, or for another time.")
    return kept, recording.labels, *found


def _span(times: Any, records: Sequence[Record]) -> tuple[FloatArray, FloatArray | None]:
    """Times of the run from its start, and those that are kept, or None for the end."""
    if np.ndim(times) == 0:
        end = float(times) if isinstance(times, int | float | np.number) and not isinstance(times, bool) else np.nan
        if not 0.0 < end < np.inf:
            raise InvalidInputError(f"A number for times is the end of a run that begins at 0, and must be above it; got {times!r}.")
        return np.array([0.0, end]), None
    kept = as_times(times)
    single = next((record.label for record in records if isinstance(record, FirstCrossing | Minimum | Maximum)), None)
    if single is not None:
        raise InvalidInputError(
            f"'{single}' is one number of a whole run and has no value at each time. Give times= as one number, the end."
        )
    return kept, kept


def _followed(
    model: Model, origin: FloatArray, span: FloatArray, records: Sequence[Record], expressions: Sequence[Any], *, accuracy: Accuracy
) -> Trajectory:
    """The run itself, with the crossings that are asked, refused unless it reaches its end."""
    events = [
        Event(expression, direction=record.direction, name=record.label)
        for record, expression in zip(records, expressions, strict=True)
        if isinstance(record, FirstCrossing)
    ]
    settings: dict[str, Any] = {"relative": accuracy.relative, "absolute": accuracy.absolute, "events": events, "method": accuracy.method}
    run = integrate(model, origin.tolist(), span, **settings)
    if run.outcome is not Outcome.REACHED_END:
        raise InvalidInputError(f"The run {run.outcome} at t = {run.stopped_at:g}, before {span[-1]:g}. Give times= up to an earlier one.")
    return run


def _moment(run: Trajectory, record: Record, expression: Any, accuracy: Accuracy) -> float | None:
    """The one time at which an outcome is read, or None for every time that is asked."""
    if isinstance(record, FirstCrossing):
        found = next((crossing.time for crossing in run.crossings if crossing.event == record.label), None)
        if found is None:
            raise InvalidInputError(
                f"There is no '{record.label}' on this run, so that nothing can move it. Run it longer, or ask for another."
            )
        return float(found)
    if not isinstance(record, Minimum | Maximum) or run.dense is None:
        return None
    field, detail, sign = Field.of(run.model), detail_of(run.times), -1.0 if isinstance(record, Maximum) else 1.0
    gradients = field.gradients_of([expression], [])
    looked = probe(run.dense, EventValues(field.values_of([expression]), [record.label], accuracy.relative, accuracy.absolute), detail)

    def slope(time: float) -> float:
        state = run.at([time])
        there = gradients(time, state)
        return float(there.in_time[0, 0] + there.in_states[0, 0] @ field.rates(time, state[0]))

    times, heights = looked.times, sign * looked.values[:, 0]
    lows = np.flatnonzero((heights[1:-1] <= heights[:-2]) & (heights[1:-1] <= heights[2:])) + 1
    turns = [brentq(slope, times[low - 1], times[low + 1]) for low in lows if slope(times[low - 1]) * slope(times[low + 1]) < 0.0]
    known = np.array([*turns, times[0], times[-1]])
    return float(known[np.argmin(sign * gradients(known, run.at(known)).values[:, 0])])


def _variations(
    field: Field, origin: FloatArray, when: tuple[float, FloatArray], inputs: Inputs, accuracy: Accuracy
) -> tuple[FloatArray, FloatArray]:
    """States (n, d) at times (n,), and their derivatives (n, d, k) in the inputs, which the integrator sees per logarithm of each."""
    (begin, times), (names, numbers), d = when, inputs, field.dimension
    scales = np.where(numbers == 0.0, 1.0, np.abs(numbers))
    places = [place for place, name in enumerate(names) if name not in field.model.state_names]
    moved = [names[place] for place in places]
    first = np.zeros((d, len(names)))
    for place, name in enumerate(names):
        if name in field.model.state_names:
            first[field.position(name), place] = scales[place]

    def rates(time: float, state: FloatArray) -> FloatArray:
        out, jacobian = field.rates_and_jacobian(time, np.ascontiguousarray(state[:d]))
        change = jacobian @ state[d:].reshape(d, -1)
        if moved:
            change[:, places] += field.parameter_derivatives(np.ascontiguousarray(state[:d]), moved, time) * scales[places]
        return np.concatenate([out, change.ravel()])

    stops = np.union1d(times, [begin, *switch_times(field.model, (begin, float(times[-1])))])
    longest = np.inf if field.model.is_autonomous else detail_of(stops)
    state, found = np.concatenate([origin, first.ravel()]), {begin: np.concatenate([origin, first.ravel()])}
    for one, other in zip(stops[:-1].tolist(), stops[1:].tolist(), strict=True):
        solved = solve_ivp(rates, (one, other), state, method="LSODA", rtol=accuracy.relative, atol=accuracy.absolute, max_step=longest)
        if not solved.success or not np.isfinite(solved.y[:, -1]).all():
            raise ComputationError(f"The derivatives of the run cannot be followed beyond t = {one:g}: {solved.message} Loosen relative=.")
        state = found[other] = solved.y[:, -1]
    every = np.array([found[time] for time in times.tolist()])
    return np.ascontiguousarray(every[:, :d]), every[:, d:].reshape(len(times), d, -1) / scales


def _check_agreement(run: Trajectory, times: FloatArray, states: FloatArray) -> None:
    """Refuse a run whose states another run of the same equations does not confirm."""
    other = run.at(times)
    size = np.abs(other).max(axis=0) + np.abs(states).max(axis=0)
    worst = float((np.abs(other - states) / np.where(size > 0.0, size, 1.0)).max())
    if not worst <= AGREEMENT:
        raise ComputationError(
            f"Two runs of the same equations differ by {worst:.1g} of their size: neighbouring paths part so fast that derivatives are not "
            "known. Give smaller relative= and absolute=, or an earlier end."
        )


def _read(
    field: Field, run: tuple[FloatArray, FloatArray, FloatArray], expressions: Sequence[Any], inputs: Inputs
) -> tuple[Any, FloatArray]:
    """Outcomes with their own derivatives, and their derivatives (n, q, k) in the inputs."""
    times, states, slopes = run
    names = inputs[0]
    moved = [name for name in names if name not in field.model.state_names]
    there = field.gradients_of(expressions, moved)(times, states)
    total = there.in_states @ slopes
    total[:, :, [names.index(name) for name in moved]] += there.in_parameters
    return there, total
