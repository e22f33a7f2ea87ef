"""One run of a flow: our kernels, or scipy's solvers over compiled rates, with every way a run can end named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, isfinite
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, as_times
from richardson.compiled.field import Field
from richardson.compiled.room import check_jacobian
from richardson.dynamics.arguments import as_accuracy, as_bound, check_drives, check_flow, check_start, detail_of
from richardson.dynamics.barriers import BOUND_SLACK, SIZE_SLACK, Barrier, Fence, Stop
from richardson.dynamics.dense import DenseOutput, constant, joined
from richardson.dynamics.events import Crossing, Event, Found, Watch, as_events
from richardson.dynamics.kernel_march import SCHEMES, KernelMarch
from richardson.dynamics.march import Accuracy, Flow, March, Marcher, takes_jacobian
from richardson.dynamics.probes import EventValues, UndefinedEventError
from richardson.dynamics.stretches import in_stretches
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import IntegrationError
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values
from richardson.symbolic.transform import switch_times

USUAL_STRAY = 10.0  # a run strays from its solution by some tolerances; an event larger than this many is beyond doubt
STRAY = {"DOP853": 100.0, "scipy-DOP853": 300.0}  # seen to stray by 50 and 105 at a stable equilibrium, on the border of stability
SAME_TIME = 1e-12  # relative to the span: stops closer than this are one
CUTS = 20  # an event defined on a part of a block is looked at up to where it ceases to be

REMEDIES = {
    Outcome.STEP_TOO_SMALL: "It may run to infinity in finite time (lower bound=), meet a singularity, or be stiff (use method='Radau').",
    Outcome.NOT_FINITE: "Look at .trajectory's last state: the rates are NaN or infinite at it or just beyond.",
    Outcome.NO_CONVERGENCE: "Loosen relative= and absolute=, or use method='RK45'.",
    Outcome.STEP_LIMIT: "Raise step_limit=, loosen the tolerances, or use a stiff method ('Radau', 'BDF').",
}


def integrate(
    model: Model,
    start: Mapping[str, float] | Sequence[float],
    times: Sequence[float] | FloatArray,
    *,
    method: str = "LSODA",
    relative: float = 1e-8,
    absolute: float = 1e-10,
    events: Sequence[Any] | str | Event = (),
    bound: float = 1e9,
    step_limit: int = 100_000,
) -> Trajectory:
    """Run a model from a start.

    Parameters
    ----------
    model : Model
        A flow, autonomous or not.
    start : mapping or sequence
        By state name, or in state order, within the states' bounds.
    times : array_like, shape (t,)
        Increasing, at least two, the first is the start; in the model's unit of time.
    method : str
        "Tsit5", "DOP853" (explicit), "Rodas5P" (stiff): our own, the fastest;
        "RK45", "scipy-DOP853" (explicit), "LSODA" (changes between non-stiff and stiff by itself), "Radau", "BDF" (stiff): scipy's.
    relative, absolute : float
        Error allowed in a step: absolute + relative · |state|, absolute in each state's unit.
    events : sequence of str or Event
        What to look for; text stands for an event that does not end the run.
        All crossings are found whose event exceeds, on both sides, what a change of the states by ten tolerances does to it
        (a hundred for DOP853, three hundred for scipy's, which are less steady near an equilibrium); smaller ones are left out.
    bound : float
        Magnitude of any state at which the run counts as escaped; may be infinite.
    step_limit : int
        Steps after which to give up.

    Returns
    -------
    Trajectory
        With outcome REACHED_END, STOPPED_BY_EVENT, ESCAPED or LEFT_DOMAIN.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, ParseError
        If an argument is not what it should be; the message says what to do.
    IntegrationError
        If the run fails (STEP_TOO_SMALL, NOT_FINITE, NO_CONVERGENCE, STEP_LIMIT); ``.trajectory`` holds what was computed,
        with the failure as its outcome. Ctrl-C passes through as KeyboardInterrupt.

    Notes
    -----
    A state that has a lower or upper bound leaves the domain when it is beyond it by more than 100 (absolute + relative · |bound|)
    and 10 relative · its magnitude in the step, and the time given is that at which it crossed the bound itself; so a state that rests
    on its bound does not leave by rounding, nor one that comes down to it by the error of a long step. A run has escaped when a state
    is beyond ``bound`` by more than 10 relative · its magnitude, at the time at which it crossed ``bound``.

    Where time occurs in the equations no step is longer than the longest gap between ``times``, nor than 1/256 of the run, and events
    are looked at some twenty times in every such stretch. What is over much sooner (a pulse of a drive, a spike of an event) may fall
    in between: give ``times`` as close as it is short, to 1/4096 of the run. No step goes over a time of a series that drives a
    parameter, nor over a kink or jump of a drive that is linear in time within ``min``, ``max``, ``abs``, ``sign`` or ``heaviside``.

    Examples
    --------
    >>> from richardson.models import linear
    >>> run = integrate(linear(), {"x": 0, "y": 0}, [0, 50], events="x - 0.5")
    >>> run.crossings
    (Crossing('x - 0.5' rises through 0 at t = 1.38629),)
    """
    check_flow(model)
    asked = as_times(times)
    accuracy, bound = as_accuracy(method, relative, absolute, step_limit), as_bound(bound)
    field = Field.of(model)
    origin = start_values(field.model, start)
    check_drives(field, asked)
    check_start(field, origin, float(asked[0]), bound)
    watched, detail = as_events(events), detail_of(asked)
    fence = Fence(barriers_of(field, accuracy, bound), field.dimension)
    watch = watch_on(field, watched, accuracy, detail) if watched else None
    longest = inf if model.is_autonomous else detail
    flow = Flow(field.rates, field.jacobian, origin, float(asked[0]), float(asked[-1]), longest)
    march = in_stretches(flow, accuracy, switch_times(model, (flow.begin, flow.end)), partial(_march, field))
    settings: dict[str, Any] = {
        "method": method,
        "relative": relative,
        "absolute": absolute,
        "bound": bound,
        "step_limit": step_limit,
        "events": [event.label for event in watched],
    }
    walk = _walk(march, fence, watch, watched)
    run = _trajectory(walk, asked, origin, watched, model=model, provenance=record(model, **settings))
    if not run.outcome.is_answer:
        raise IntegrationError(_complaint(walk, run, method), run)
    return run


def _march(field: Field, flow: Flow, accuracy: Accuracy) -> Marcher:
    """What takes the steps of a method."""
    if accuracy.method in SCHEMES:
        return KernelMarch(field, flow, accuracy)
    if takes_jacobian(accuracy.method):
        check_jacobian(field.model)
    return March(flow, accuracy)


@dataclass(frozen=True, eq=False)
class _Walk:
    """What the steps of a run gave: polynomials, crossings, and an early stop or a failure if there was one."""

    blocks: list[DenseOutput]
    found: list[Found]
    stop: Stop | None = None
    failure: Outcome | None = None
    complaint: str = ""


def _walk(march: Marcher, fence: Fence, watch: Watch | None, events: Sequence[Event]) -> _Walk:
    """Step until the end, a stop or a failure, looking at every block of steps."""
    blocks: list[DenseOutput] = []
    found: list[Found] = []
    while not march.is_over:
        block = march.block()
        if block is None:
            continue
        blocks.append(block)
        stop, complaint = fence.first_stop(blocks), None
        if watch is not None:
            new, complaint = _crossings(watch, block)
            found.extend(each for each in new if events[each.event].direction in (0, each.direction))
            stop = _earlier(stop, _terminal(found, events, blocks), blocks)
        if stop is not None and (complaint is None or stop.time <= complaint.time):
            return _Walk(blocks, [each for each in found if each.time <= stop.time], stop)
        if complaint is not None:
            blocks[-1] = block.until(complaint.time)
            return _Walk(blocks, found, failure=complaint.outcome, complaint=str(complaint))
    if march.failure is Outcome.NOT_FINITE:
        stop = fence.reached(march.time, march.state, march.rates)
        return _Walk(blocks, found, stop, None if stop else march.failure)
    return _Walk(blocks, found, failure=march.failure)


def _crossings(watch: Watch, block: DenseOutput) -> tuple[list[Found], UndefinedEventError | None]:
    """Crossings in a block, or in the part of it before an event ceases to be defined, and why it does."""
    try:
        return watch.crossings(block), None
    except UndefinedEventError as first:
        cut, complaint = block, first
        for _ in range(CUTS):
            if complaint.time <= block.breakpoints[0]:
                break
            cut = cut.until(complaint.time)
            try:
                return watch.crossings(cut), complaint
            except UndefinedEventError as again:
                complaint = again
        return [], complaint


def _terminal(found: Sequence[Found], events: Sequence[Event], blocks: Sequence[DenseOutput]) -> Stop | None:
    """Stop at the first crossing of a terminal event."""
    first = next((each for each in found if events[each.event].is_terminal), None)
    return None if first is None else Stop(first.time, joined(blocks)(np.array([first.time]))[0], Outcome.STOPPED_BY_EVENT)


def _earlier(barrier: Stop | None, event: Stop | None, blocks: Sequence[DenseOutput]) -> Stop | None:
    """The earlier of two stops; the event, which the user asked for, if they are one."""
    if barrier is None or event is None:
        return barrier or event
    span = blocks[-1].breakpoints[-1] - blocks[0].breakpoints[0]
    return event if event.time <= barrier.time + SAME_TIME * span else barrier


def _trajectory(
    walk: _Walk, asked: FloatArray, origin: FloatArray, events: Sequence[Event], *, model: Model, provenance: Provenance
) -> Trajectory:
    """Everything a run gave, at the asked times."""
    dense = joined(walk.blocks) if walk.blocks else constant(float(asked[0]), origin)
    outcome = walk.failure or Outcome.REACHED_END
    if walk.stop is not None:
        dense, outcome = dense.until(walk.stop.time), walk.stop.outcome
    end = float(dense.breakpoints[-1])
    times = asked
    if outcome is not Outcome.REACHED_END:
        reached = asked[asked <= end]
        times = reached if reached[-1] == end else np.append(reached, end)
    states = dense(times)
    states[0] = origin
    if walk.stop is not None:
        states[-1] = walk.stop.state
    found = sorted(walk.found, key=lambda each: each.time)
    moments = dense(np.array([each.time for each in found])) if found else ()
    crossings = tuple(
        Crossing(events[each.event].label, each.time, state, each.direction) for each, state in zip(found, moments, strict=True)
    )
    stopped_at = None if outcome is Outcome.REACHED_END else end
    return Trajectory(times, states, crossings, outcome, stopped_at, dense, model, provenance)


def _complaint(walk: _Walk, run: Trajectory, method: str) -> str:
    """Why a run failed, where, and what to do."""
    where = ", ".join(f"{name} = {value:g}" for name, value in zip(run.model.state_names, run.states[-1], strict=True))
    remedy = REMEDIES.get(run.outcome, "") if not walk.complaint else ""
    reason = walk.complaint or f"{run.outcome}."
    return f"Integrating '{run.model.name}' with {method} failed at t = {run.times[-1]:g} ({where}): {reason} {remedy}".rstrip()


def watch_on(field: Field, events: Sequence[Event], accuracy: Accuracy, detail: float) -> Watch:
    """The events, compiled."""
    values = field.values_of([event.expression for event in events])
    factor = STRAY.get(accuracy.method, USUAL_STRAY)
    known = EventValues(values, [event.label for event in events], factor * accuracy.relative, factor * accuracy.absolute)
    return Watch(known, detail)


def barriers_of(field: Field, accuracy: Accuracy, bound: float) -> list[Barrier]:
    """Bounds of the states, then the magnitude at which a run has escaped."""
    barriers, share = [], SIZE_SLACK * accuracy.relative
    for state in range(field.dimension):
        for limit, side in ((field.lower[state], 1.0), (field.upper[state], -1.0)):
            if isfinite(limit):
                slack = BOUND_SLACK * (accuracy.absolute + accuracy.relative * abs(limit))
                barriers.append(Barrier(state, float(limit), side, slack, Outcome.LEFT_DOMAIN, share))
            if isfinite(bound):
                barriers.append(Barrier(state, -side * float(bound), side, 0.0, Outcome.ESCAPED, share))
    return barriers
