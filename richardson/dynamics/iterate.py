"""Steps of a map from a start."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from richardson.compiled.build import CODES, MATRIX, VECTOR, kernel
from richardson.compiled.field import Field
from richardson.compiled.kernels import iterate as iterate_kernel
from richardson.dynamics.arguments import as_bound, check_start
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import IntegrationError, InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values

STEP: str = f"FunctionType(void(float64, {VECTOR}, {VECTOR}, {VECTOR}))"  # rates(t, x, p, out)
SIGNATURE = f"void({STEP}, {VECTOR}, {VECTOR}, {VECTOR}, float64, {MATRIX}, {CODES})"
EDGE = 1e-12  # relative slack of a state at its bound: rounding of the image
OUTCOMES = {
    iterate_kernel.REACHED_END: Outcome.REACHED_END,
    iterate_kernel.ESCAPED: Outcome.ESCAPED,
    iterate_kernel.LEFT_DOMAIN: Outcome.LEFT_DOMAIN,
    iterate_kernel.NOT_FINITE: Outcome.NOT_FINITE,
}


def iterate(model: Model, start: Mapping[str, float] | Sequence[float], steps: int, *, bound: float = 1e9) -> Trajectory:
    """The states that a map passes through, from a start.

    Parameters
    ----------
    model : Model
        Of kind "map"; where ``t`` occurs in its equations it is the number of the step, from 0.
    start : mapping or sequence
        Start values, by state name or in state order, within the states' bounds.
    steps : int
        How many steps to take, 1 or more.
    bound : float
        Magnitude of a state, in its unit, beyond which the run has escaped.

    Returns
    -------
    Trajectory
        Times 0, 1, …, of which the last is ``stopped_at`` if the map led out of the states' bounds (LEFT_DOMAIN) or beyond
        ``bound`` (ESCAPED); the state there is the one that it led to. ``dense`` is None.

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        If the model is a flow, the number of steps is not a positive whole number, or the start does not fit.
    IntegrationError
        If an image is not a finite number; the states until then are in its ``trajectory``.

    Examples
    --------
    >>> doubling = Model.from_equations({"x": "2*x"}, kind="map")
    >>> iterate(doubling, {"x": 1}, 5).states[:, 0]
    array([ 1.,  2.,  4.,  8., 16., 32.])
    """
    count = _checked(model, steps)
    limit = as_bound(bound)
    field = Field.of(model)
    origin = start_values(field.model, start)
    check_start(field, origin, 0.0, limit)
    states = np.empty((count + 1, field.dimension))
    states[0] = origin
    ended = np.empty(2, dtype=np.int64)
    lower = field.lower - EDGE * np.maximum(1.0, np.abs(field.lower))
    upper = field.upper + EDGE * np.maximum(1.0, np.abs(field.upper))
    run = kernel(iterate_kernel, "iterate", SIGNATURE)
    run(field.raw_rates, field.constants, lower, upper, limit, states, ended)
    taken, outcome = int(ended[0]), OUTCOMES[int(ended[1])]
    times = np.arange(taken + 1, dtype=np.float64)
    stopped_at = None if outcome is Outcome.REACHED_END else float(taken)
    provenance = record(model, verb="iterate", steps=count, bound=limit)
    found = Trajectory(times, np.ascontiguousarray(states[: taken + 1]), (), outcome, stopped_at, None, model, provenance)
    if not outcome.is_answer:
        raise IntegrationError(_complaint(found), found)
    return found


def _complaint(run: Trajectory) -> str:
    names, last = run.model.state_names, run.states[-2]
    where = ", ".join(f"{name} = {value:g}" for name, value in zip(names, last, strict=True))
    return (
        f"Iterating '{run.model.name}' failed at step {run.times[-1]:g}: its image of {where} is not a finite number. "
        "Change the start or the parameters, or bound the states where the equations are defined."
    )


def _checked(model: Any, steps: Any) -> int:
    if not isinstance(model, Model) or model.kind != "map":
        what = f"'{model.name}' is a {model.kind}, which has no steps" if isinstance(model, Model) else f"got {model!r}"
        raise InvalidInputError(f'Only maps are iterated; {what}. Use integrate for a flow, or make a model with kind="map".')
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise InvalidInputError(f"The number of steps must be a whole number, 1 or more; got {steps!r}.")
    return int(steps)
