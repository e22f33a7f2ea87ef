"""Run a model once for every member of a design."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, as_times
from richardson.compiled import card
from richardson.compiled.field import Field
from richardson.compiled.kernels import layout, lookout
from richardson.compiled.lanes import Members, Task
from richardson.compiled.schemes import TABLEAUS
from richardson.dynamics.arguments import as_accuracy, as_bound, check_drives, check_flow
from richardson.dynamics.march import Accuracy
from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError, nearest
from richardson.outcome import Outcome
from richardson.provenance import record as record_provenance
from richardson.randomness import generator_of
from richardson.study.binding import Bound, bind
from richardson.study.card import check_card, run_on_card
from richardson.study.design import Design
from richardson.study.engine import run_locally
from richardson.study.ensemble import OUTCOMES, Audit, Ensemble
from richardson.study.recording import Recording, read_records
from richardson.study.task import make_task
from richardson.symbolic.model import Model

ENGINES = ("local", "cuda")
AUDITED = 16  # members that are run again
TIGHTER, TIGHTEST = 0.01, 1e-13  # share of the tolerances in the audit, and the least relative one
MORE_STEPS = 10  # times the step limit in the audit: at order 5, a hundredth of the tolerances takes two to three times the steps
MEMORY_SHARE = 0.9  # of the memory that is free now

CODES: dict[int, Outcome] = {
    lookout.REACHED_END: Outcome.REACHED_END,
    lookout.ESCAPED: Outcome.ESCAPED,
    lookout.LEFT_DOMAIN: Outcome.LEFT_DOMAIN,
    lookout.STEP_TOO_SMALL: Outcome.STEP_TOO_SMALL,
    lookout.STEPS_SPENT: Outcome.STEP_LIMIT,
    lookout.NOT_FINITE: Outcome.NOT_FINITE,
    lookout.AT_REST: Outcome.SETTLED,
    lookout.UNDER_WAY: Outcome.INTERRUPTED,
}


def run_ensemble(
    model: Model,
    design: Design,
    start: Mapping[str, float] | Sequence[float] | None = None,
    times: Sequence[float] | FloatArray | float | None = None,
    *,
    method: str = "Tsit5",
    relative: float = 1e-8,
    absolute: float = 1e-10,
    engine: str = "local",
    record: Any = (),
    settle: bool = False,
    bound: float = 1e9,
    step_limit: int = 100_000,
    audit: int = AUDITED,
    rng: Any = None,
    progress: bool | None = None,
) -> Ensemble:
    r"""Run a model once for every member of a design.

    Parameters
    ----------
    model : Model
        A flow.
    design : Design
        Its names are parameters, bare concepts (all their parameters move as one) or states (start values).
    start : mapping or sequence, optional
        Start values of the states that the design does not name.
    times : array_like, shape (t,), float or None
        A sequence: when states are kept, the first is the start. A number: runs go from 0 to it, and only their ends are kept.
        None: runs go on until they settle (``settle=True``), and only their ends are kept.
    method : str
        "Tsit5" (explicit, order 5), "DOP853" (explicit, order 8, best below 1e-8) or "Rodas5P" (for stiff models, exact Jacobian).
    relative, absolute : float
        Error allowed in a step: absolute + relative · \|state\|, absolute in each state's unit.
    engine : str
        "local": the threads of this machine (``RICHARDSON_THREADS``). "cuda": a graphics card of NVIDIA's, one run a thread, for
        models of at most four states without drives, and without ``record`` and ``settle`` (needs ``richardson[cuda]``).
    record : text, Record, or a sequence of them
        Expressions (their values at the end), or `Minimum`, `Maximum`, `FirstCrossing`, `Integral` of one.
    settle : bool
        Whether a run ends, as SETTLED and at its equilibrium, when a stable equilibrium lies right beside it.
    bound : float
        Magnitude of any state at which a run counts as escaped; may be infinite.
    step_limit : int
        Steps after which to give up on a run.
    audit : int
        How many members are run again at a hundredth of the tolerances, with ten times the steps, to report the error; 0 for none.
    rng : int, Generator or None
        Chooses the members of the audit; nothing else is random.
    progress : bool, optional
        Whether a progress bar is shown on stderr; by default for many members on a terminal.

    Returns
    -------
    Ensemble
        A run that fails is a row with its outcome; nothing is dropped. After Ctrl-C the members that were not reached are INTERRUPTED.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, NotAutonomousError, ParseError
        If an argument is not what it should be, or the result would not fit into memory; the message says what to do.
    MissingExtraError, MissingDeviceError, ComputationError
        If the engine "cuda" is asked for where numba-cuda, or a graphics card, is missing, or fails.

    Notes
    -----
    Lanes of 32 runs step side by side, each with its own step size. Results are the same bits on one machine for any number of
    threads, any order and any choice of members, and on one card again; a card agrees with the threads within the tolerances, and the
    audit of its runs is made on the threads. Escape and bounds are judged on the polynomial of each step: a state has left its
    domain when it is beyond a bound by more than 100 (absolute + relative · \|bound\|) + 10 · relative · \|state\|, and the time
    given is that at which it crossed the bound. A run is settled when two Newton steps lead to an equilibrium within 30 tolerances,
    the second at most 1/50 of the first, and the Jacobian there is stable.

    Minima, maxima and first crossings larger than what the tolerances leave unknown are met between steps too, as the events of
    `integrate` are: each step is cut into pieces until a cubic agrees with the expression in each. A feature shorter than a twelfth
    of a step and than 1/768 of the run may fall between the looks. A run on which an expression swings too fast to be followed ends
    as STEP_LIMIT; an extreme is NaN where the expression is not defined on the way.

    Examples
    --------
    >>> from richardson.models import linear
    >>> runs = run_ensemble(linear(), Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}), {"y": 1}, 50.0)
    >>> runs
    Ensemble(linear, 4 members, the end: 4 REACHED_END)
    >>> [(outcome.name, members) for outcome, members in runs.count().items()]
    [('REACHED_END', 4)]
    >>> runs["x"][:, 0].round(4).tolist()
    [0.6667, 0.6667, 1.0, 1.0]
    """
    check_flow(model)
    _check_engine(engine)
    accuracy, limit = _accuracy(method, relative, absolute, step_limit), as_bound(bound)
    bound_to = bind(model, design, start)
    recording = read_records(model, record)
    kept, span = _times(times, settle=settle)
    _check_settling(model, recording, settle=settle)
    if engine == "cuda":
        check_card(model, recording, settle=settle)
    if model.drives:
        rows = bound_to.rows(slice(None))[0] if bound_to.parameter_columns.size else None
        check_drives(Field.of(model), np.array(span) if kept is None else kept, rows)
    _check_starts(model, bound_to, limit)
    shape = (1 if kept is None else kept.size, len(recording.model.states))
    _check_memory(len(bound_to), shape, recording.kinds.size)
    generator, entropy = generator_of(rng)
    chosen = np.sort(generator.choice(len(bound_to), min(_whole(audit, "audit"), len(bound_to)), replace=False))
    task = make_task(recording, bound_to, kept, span, accuracy, bound=limit, settle=settle)
    run = run_locally if engine == "local" else partial(run_on_card, Field.of(model))
    found = run(task, bound_to.samples, states=shape, progress=progress)
    chosen = chosen[found.codes[chosen] != lookout.UNDER_WAY]
    settings = {"method": method, "relative": relative, "absolute": absolute, "engine": engine, "settle": settle, "bound": bound}
    settings |= {"device": card.description()} if engine == "cuda" else {}
    provenance = record_provenance(
        model, entropy=entropy, verb="run_ensemble", **settings, step_limit=step_limit, span=span, times=kept, record=recording.labels
    )
    states = found.states[:, :, : len(model.states)] if recording.extra else found.states
    codes = np.array([OUTCOMES.index(CODES[code]) for code in sorted(CODES)], dtype=np.int8)[found.codes]
    return Ensemble(
        design=design,
        times=kept,
        states=np.ascontiguousarray(states),
        records=found.records * np.array(recording.signs) if recording.signs else found.records,
        labels=recording.labels,
        codes=codes,
        stopped_at=found.stops,
        audit=_audited(task, bound_to, found, chosen, accuracy) if chosen.size else None,
        model=model,
        provenance=provenance,
    )


def _audited(task: Task, members: Bound, found: Members, chosen: Any, accuracy: Accuracy) -> Audit:
    """Run some members again, more tightly, and compare."""
    relative = max(TIGHTEST, TIGHTER * accuracy.relative)
    settings = task.settings.copy()
    settings[layout.RELATIVE] = relative
    settings[layout.STEP_LIMIT] *= MORE_STEPS
    tight = replace(task, settings=settings, absolute=TIGHTER * task.absolute)
    again = run_locally(tight, members.samples[chosen], states=found.states.shape[1:], progress=False)
    before, after = found.states[chosen], again.states
    errors = np.abs(before - after) / (np.abs(after) + accuracy.absolute / accuracy.relative)
    is_same = found.codes[chosen] == again.codes
    worst = np.max(np.where(np.isnan(errors), 0.0, errors), axis=(1, 2), initial=0.0)
    is_known = is_same & np.array([CODES[code].is_answer for code in again.codes])
    is_spent = (found.codes[chosen] == lookout.STEPS_SPENT) | (again.codes == lookout.STEPS_SPENT)
    disagreements, unfinished = np.count_nonzero(~is_same & ~is_spent), np.count_nonzero(is_spent)
    return Audit(chosen.astype(np.int64), np.where(is_known, worst, np.nan), int(disagreements), int(unfinished))


def _accuracy(method: Any, relative: Any, absolute: Any, step_limit: Any) -> Accuracy:
    if not isinstance(method, str) or method not in TABLEAUS:
        raise UnknownNameError(f"There is no method {method!r} for ensembles. {nearest(str(method), TABLEAUS)}")
    return as_accuracy(method, relative, absolute, step_limit)


def _check_engine(engine: Any) -> None:
    if engine not in ENGINES:
        raise UnknownNameError(f"There is no engine {engine!r}. {nearest(str(engine), ENGINES)}")


def _times(times: Any, *, settle: bool) -> tuple[FloatArray | None, tuple[float, float]]:
    """The times that are kept, or None for the end only, and begin and end."""
    if times is None:
        if not settle:
            raise InvalidInputError("Runs need an end. Give times, a number for the end only, or settle=True to go on until they settle.")
        return None, (0.0, inf)
    if np.ndim(times) == 0:
        end = float(times) if isinstance(times, int | float | np.number) and not isinstance(times, bool) else np.nan
        if not 0.0 < end < inf:
            raise InvalidInputError(f"A number for times is the end of runs that begin at 0, and must be above it; got {times!r}.")
        return None, (0.0, end)
    kept = as_times(times)
    return kept, (float(kept[0]), float(kept[-1]))


def _check_settling(model: Model, recording: Recording, *, settle: bool) -> None:
    """Refuse to settle where no equilibrium can hold, or something goes on changing."""
    if settle and not model.is_autonomous:
        raise NotAutonomousError(f"'{model.name}' changes with time and cannot settle. Run it to an end with settle=False.")
    if settle and recording.extra:
        raise InvalidInputError("An integral goes on growing after a run has settled. Record it with settle=False.")


def _check_starts(model: Model, members: Bound, bound: float) -> None:
    """Refuse starts that have escaped already."""
    columns = {name: members.base_start[place : place + 1] for place, name in enumerate(model.state_names)}
    for place, source in zip(members.start_columns, members.start_source, strict=True):
        columns[model.state_names[place]] = members.samples[:, source]
    for name, values in columns.items():
        largest = float(np.abs(values).max())
        if largest > bound:
            raise OutOfBoundsError(f"Some start has |{name}| = {largest:g}, already beyond bound = {bound:g}. Raise bound, or start lower.")


def _check_memory(count: int, states: tuple[int, int], records: int) -> None:
    """Refuse what would not fit, before anything is computed."""
    needed = 8 * count * (states[0] * states[1] + records + 3)
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return
    if needed > MEMORY_SHARE * free:
        raise InvalidInputError(
            f"The states of {count} members at {states[0]} times need {needed / 2**30:.1f} GiB; {free / 2**30:.1f} GiB are free. "
            "Keep the ends only (a number for times), record what you need of each run (record=), or run fewer members."
        )


def _whole(number: Any, name: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 0:
        raise InvalidInputError(f"{name}= must be a whole number, 0 or more; got {number!r}.")
    return int(number)
