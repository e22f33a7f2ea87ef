"""Run a model once for every member of a design, on any engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from os import PathLike
from typing import Any

from richardson.arrays import FloatArray
from richardson.compiled import card
from richardson.errors import InvalidInputError, UnknownNameError, counted, nearest
from richardson.provenance import Provenance
from richardson.provenance import record as record_provenance
from richardson.randomness import generator_of
from richardson.study.audit import audited
from richardson.study.bar import bar_over
from richardson.study.card import check_card
from richardson.study.collect import CODES
from richardson.study.design import Design
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_run import analyse
from richardson.study.engine import Engine, name_of, pool_of, read_engine
from richardson.study.ensemble import Ensemble
from richardson.study.fill import fill
from richardson.study.keeping import check_resume, open_store, study_shelf
from richardson.study.memory import check_memory
from richardson.study.plan import AUDITED, Study
from richardson.study.planned import Planned, Result
from richardson.study.store.journal import CARD, PROCESSORS
from richardson.study.work import forget_lost, job_of, room_for
from richardson.symbolic.model import Model

KEEP = ("states", "end")
SMALLER = (
    "Keep the ends only (a number for times), record what you need of each run (record=), run fewer members, or keep the states in a "
    "folder (store=) and the ends here (keep='end')."
)


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
    store: str | PathLike[str] | None = None,
    resume: bool = False,
    storage: str = "netcdf",
    keep: str = "states",
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
        Whether a run ends, as SETTLED and at its equilibrium, when a stable equilibrium lies right beside it, and it would be within
        a tolerance of it when its state is next kept.
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
    store : path-like, optional
        A folder that keeps the rows block by block as they are finished: absent or empty, or with ``resume`` that of the same study.
        `open_study` opens it.
    resume : bool
        Whether to go on with what the folder holds; every finished block is checked and none is computed again.
    storage : str
        "netcdf": a file for every block. "zarr": one group for all, which needs ``richardson[scale]``.
    keep : str
        "states": the ensemble holds the states at all times that are kept. "end": of them only those at the last, for results larger
        than the memory; all of them are in the store.
    progress : bool, optional
        Whether a progress bar is shown on stderr; by default on a terminal, once it has taken a second.

    Returns
    -------
    Ensemble
        A run that fails is a row with its outcome; nothing is dropped. After Ctrl-C what was begun is finished, and the members that
        were not reached are INTERRUPTED (a store goes on from there with ``resume``); after a second one nothing is waited for.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, NotAutonomousError, ParseError
        If an argument is not what it should be, or the result would not fit into memory; the message says what to do.
    OutputError
        If the folder of the store holds something else, is in use, or cannot be written; what is finished stays.
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
    given is that at which it crossed the bound. Beside a stable equilibrium the rest of a run without records is the exponential of
    the Jacobian there, where that errs by at most half a tolerance and the model has no kinks. A run is settled when it is within
    one tolerance of such an equilibrium, for good.

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
    return run_study(study, engine=engine, store=store, resume=resume, storage=storage, keep=keep, progress=progress)


def run_study(
    study: Planned[Result],
    *,
    engine: Any = "local",
    store: str | PathLike[str] | None = None,
    resume: bool = False,
    storage: str = "netcdf",
    keep: str = "states",
    progress: bool | None = None,
) -> Result:
    """Run a study: `run_ensemble`, or `run_dynamics`, of what it is made of.

    Parameters
    ----------
    study : Study or DynamicsPlan
    engine : str, Processes, Dask or distributed.Client
        Where it is computed, as `run_ensemble` takes it.
    store, resume, storage, keep
        Where rows are kept, and which are returned, as `run_ensemble` takes them.
    progress : bool, optional
        Whether a progress bar is shown on stderr; by default on a terminal, once it has taken a second.

    Returns
    -------
    Ensemble or DynamicsStudy
        Of a `Study` runs, of a `DynamicsPlan` what its analysis finds.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If there is no such engine or storage, the result would not fit into memory, or options do not fit together.
    OutputError, MissingExtraError, MissingDeviceError, ComputationError
        As `run_ensemble`.

    Examples
    --------
    >>> from richardson.models import linear
    >>> run_study(Study(linear(), Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}), {"y": 1}, 50.0))
    Ensemble(linear, 4 members, the end: 4 REACHED_END)
    """
    if isinstance(study, DynamicsPlan):
        if keep != "states":
            raise InvalidInputError(f"keep= is for the states of runs, and an analysis of dynamics has none; got {keep!r}. Leave it out.")
        found: Any = analyse(study, engine, store=store, resume=resume, storage=storage, progress=progress)
    else:
        found = _run(study, read_engine(engine), store=store, resume=resume, storage=storage, keep=keep, progress=progress)
    result: Result = found
    return result


def _run(study: Any, where: Engine, *, store: Any, resume: Any, storage: str, keep: Any, progress: bool | None) -> Ensemble:
    """The runs of a study."""
    if not isinstance(study, Study):
        raise InvalidInputError(f"A study was expected; got {study!r}. Write Study(model, design, start, times), or use run_ensemble.")
    if where == "cuda":
        check_card(study.model, study.recording, settle=study.settle)
    times = _kept_times(study, keep, has_store=store is not None)
    check_resume(resume, has_store=store is not None)
    count, (_, states) = len(study), study.shape
    check_memory(
        8 * count * (times * states + len(study.recording.labels) + 3),
        f"The states of {counted(count, 'member')} at {counted(times, 'time')}",
        SMALLER,
    )
    rows, (generator, entropy) = room_for(study, count, times), generator_of(study.rng)
    with bar_over(count, progress) as bar, ExitStack() as stack:
        bar.set_description(f"compiling {study.method} for {counted(states, 'state')}, once")
        job, made_on = job_of(study, on_card=where == "cuda"), CARD if where == "cuda" else PROCESSORS
        opened = partial(open_store, study, job, study_shelf(study), resume=resume, storage=storage, made_on=made_on)
        kept = None if store is None else stack.enter_context(opened(store))
        fill(partial(pool_of, where, job, study.members.samples), job, rows, kept, bar)
        forget_lost(rows)
        audit = audited(study, rows, generator)
        if kept is not None:
            kept.keep_audit(audit)
    return Ensemble(
        design=study.members,
        times=None if study.kept is None else study.kept[-times:],
        states=rows["states"],
        records=rows["records"],
        labels=study.recording.labels,
        codes=rows[CODES],
        stopped_at=rows["stopped_at"],
        audit=audit,
        model=study.model,
        provenance=_provenance(study, where, entropy),
    )


def _kept_times(study: Study, keep: Any, *, has_store: bool) -> int:
    """At how many times the ensemble holds states."""
    if keep not in KEEP:
        raise UnknownNameError(f"An ensemble can keep 'states' or the 'end'; got {keep!r}. {nearest(str(keep), KEEP)}")
    if keep == "end" and not has_store:
        raise InvalidInputError(
            "keep='end' leaves the other states to a store, and there is none. Name a folder with store=, or keep the ends only: a number "
            "for times."
        )
    return 1 if keep == "end" else study.shape[0]


def _provenance(study: Study, engine: Engine, entropy: Any) -> Provenance:
    """All that is needed to run the study again."""
    settings = {name: value for name, value in study.configuration().items() if name not in {"format", "kind", "model", "design"}}
    settings |= {"engine": name_of(engine)} | ({"device": card.description()} if engine == "cuda" else {})
    return record_provenance(study.model, entropy=entropy, verb="run_ensemble", **settings)
