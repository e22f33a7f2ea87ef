"""Run a model once for every member of a design, on any engine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled import card
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.provenance import record as record_provenance
from richardson.randomness import generator_of
from richardson.study.card import check_card
from richardson.study.collect import CODES, Collector
from richardson.study.configuration import record_node
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.engine import Engine, bar_over, compute, name_of, pool_of, read_engine
from richardson.study.ensemble import IS_ANSWER, Audit, Ensemble
from richardson.study.jobs import Arrays
from richardson.study.plan import AUDITED, Study
from richardson.study.shares import Shares
from richardson.study.work import INTERRUPTED, forget_lost, job_of, room_for, tighter
from richardson.symbolic.model import Model

MEMORY_SHARE = 0.9  # of the memory that is free now
SPENT = OUTCOMES.index(Outcome.STEP_LIMIT)


def run_ensemble(
    model: Model,
    design: Design,
    start: Mapping[str, float] | Sequence[float] | None = None,
    times: Sequence[float] | FloatArray | float | None = None,
    *,
    method: str = "Tsit5",
    relative: float = 1e-8,
    absolute: float = 1e-10,
    record: Any = (),
    settle: bool = False,
    bound: float = 1e9,
    step_limit: int = 100_000,
    repeats: int = 1,
    audit: int = AUDITED,
    rng: Any = None,
    engine: Any = "local",
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
    record : text, Record, or a sequence of them
        Expressions (their values at the end), or `Minimum`, `Maximum`, `FirstCrossing`, `Integral` of one.
    settle : bool
        Whether a run ends, as SETTLED and at its equilibrium, when a stable equilibrium lies right beside it.
    bound : float
        Magnitude of any state at which a run counts as escaped; may be infinite.
    step_limit : int
        Steps after which to give up on a run.
    repeats : int
        How many times a random design is drawn, each from a stream of its own; see `Study`.
    audit : int
        How many members are run again at a hundredth of the tolerances, with ten times the steps, to report the error; 0 for none.
    rng : int, Generator or None
        Chooses the members of the audit; nothing else is random but the design.
    engine : str, Processes, Dask or distributed.Client
        "local": the threads of this machine (``RICHARDSON_THREADS``). "processes", or `Processes` with their number: processes of this
        machine. "dask": a cluster of processes on this machine for the call; an address such as "tcp://10.0.0.1:8786", a client of
        dask.distributed, or `Dask` with one of them: the cluster there (needs ``richardson[scale]``). "cuda": a graphics card of
        NVIDIA's, one run a thread, for models of at most four states without drives, and without ``record`` and ``settle`` (needs
        ``richardson[cuda]``).
    progress : bool, optional
        Whether a progress bar is shown on stderr; by default for many members on a terminal.

    Returns
    -------
    Ensemble
        A run that fails is a row with its outcome; nothing is dropped. After Ctrl-C what was begun is finished, and the members that
        were not reached are INTERRUPTED; after a second one nothing is waited for.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, NotAutonomousError, ParseError
        If an argument is not what it should be, or the result would not fit into memory; the message says what to do.
    MissingExtraError, MissingDeviceError, ComputationError
        If what the engine needs is missing: dask, a cluster, numba-cuda, a graphics card; or fails, as when the workers of a block
        are lost again and again.

    Notes
    -----
    Lanes of 32 runs step side by side, each with its own step size. Results are the same bits for any number of threads, processes
    and workers on like machines, any order and any choice of members, and on one card again; a card agrees
    with the threads within the tolerances, and the
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
    >>> runs["x"][:, 0].round(4).tolist()
    [0.6667, 0.6667, 1.0, 1.0]
    """
    study = Study(
        model,
        design,
        start,
        times,
        method=method,
        relative=relative,
        absolute=absolute,
        record=record,
        settle=settle,
        bound=bound,
        step_limit=step_limit,
        repeats=repeats,
        audit=audit,
        rng=rng,
    )
    return run_study(study, engine=engine, progress=progress)


def run_study(study: Study, *, engine: Any = "local", progress: bool | None = None) -> Ensemble:
    """Run a study: `run_ensemble` of what it is made of.

    Parameters
    ----------
    study : Study
    engine : str, Processes, Dask or distributed.Client
        Where it is computed, as `run_ensemble` takes it.
    progress : bool, optional
        Whether a progress bar is shown on stderr; by default for many members on a terminal.

    Returns
    -------
    Ensemble

    Raises
    ------
    UnknownNameError, InvalidInputError
        If there is no such engine, or the result would not fit into memory.
    MissingExtraError, MissingDeviceError, ComputationError
        As `run_ensemble`.

    Examples
    --------
    >>> from richardson.models import linear
    >>> run_study(Study(linear(), Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}), {"y": 1}, 50.0))
    Ensemble(linear, 4 members, the end: 4 REACHED_END)
    """
    where = read_engine(engine)
    if where == "cuda":
        check_card(study.model, study.recording, settle=study.settle)
    _check_memory(study)
    rows = room_for(study, len(study), study.shape[0])
    _fill(study, where, rows, progress)
    forget_lost(rows)
    generator, entropy = generator_of(study.rng)
    return Ensemble(
        design=study.members,
        times=study.kept,
        states=rows["states"],
        records=rows["records"],
        labels=study.recording.labels,
        codes=rows[CODES],
        stopped_at=rows["stopped_at"],
        audit=_audited(study, rows, generator),
        model=study.model,
        provenance=_provenance(study, where, entropy),
    )


def _fill(study: Study, engine: Engine, rows: Arrays, progress: bool | None) -> None:
    """Compute all members into their rows."""
    with bar_over(len(study), progress) as bar:
        bar.set_description(f"compiling {study.method} for {len(study.model.states)} states, once")
        job = job_of(study, on_card=engine == "cuda")
        bar.set_description(f"starting {name_of(engine)}")
        pool = pool_of(engine, job, study.members.samples)
        shares = Shares([slice(0, len(study))], pool.pace, pool.workers, row_bytes=study.row_bytes)
        bar.set_description("running")
        compute(pool, shares, Collector(rows, len(study)), bar)


def _provenance(study: Study, engine: Engine, entropy: Any) -> Provenance:
    """All that is needed to run the study again."""
    members, accuracy = study.bound_members, study.accuracy
    start = {name: value for name, value in zip(study.model.state_names, members.base_start.tolist(), strict=True) if not isnan(value)}
    settings = {"method": accuracy.method, "relative": accuracy.relative, "absolute": accuracy.absolute, "engine": name_of(engine)}
    settings |= {"settle": study.settle, "bound": study.bound, "step_limit": accuracy.step_limit, "start": start, "span": study.span}
    settings |= {"times": study.kept, "record": [record_node(each) for each in study.recording.records], "repeats": study.repeats}
    settings |= {"device": card.description()} if engine == "cuda" else {}
    return record_provenance(study.model, entropy=entropy, verb="run_ensemble", **settings)


def _audited(study: Study, rows: Arrays, generator: np.random.Generator) -> Audit | None:
    """Run some members again, more tightly, and compare."""
    count = len(study)
    chosen = np.sort(generator.choice(count, min(study.audit, count), replace=False))
    chosen = chosen[rows[CODES][chosen] != INTERRUPTED]
    if not chosen.size:
        return None
    again = tighter(study, study.members.samples[chosen])
    before, after = rows["states"][chosen], again["states"]
    codes, found = rows[CODES][chosen], again[CODES]
    errors = np.abs(before - after) / (np.abs(after) + study.absolute / study.relative)
    worst = np.max(np.where(np.isnan(errors), 0.0, errors), axis=(1, 2), initial=0.0)
    is_known = (codes == found) & IS_ANSWER[found]
    is_spent = (codes == SPENT) | (found == SPENT)
    disagreements, unfinished = np.count_nonzero((codes != found) & ~is_spent), np.count_nonzero(is_spent)
    return Audit(chosen.astype(np.int64), np.where(is_known, worst, np.nan), int(disagreements), int(unfinished))


def _check_memory(study: Study) -> None:
    """Refuse what would not fit, before anything is computed."""
    times, states = study.shape
    needed = 8 * len(study) * (times * states + len(study.recording.labels) + 3)
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return
    if needed > MEMORY_SHARE * free:
        raise InvalidInputError(
            f"The states of {len(study)} members at {times} times need {needed / 2**30:.1f} GiB; {free / 2**30:.1f} GiB are free. "
            "Keep the ends only (a number for times), record what you need of each run (record=), or run fewer members."
        )
