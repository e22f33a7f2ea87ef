"""Analyse the dynamics of a model at every member of a design, as run_ensemble runs it at every member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.landscape import wilson
from richardson.landscape.parameter_box import ParameterBox, checked_farthest
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.randomness import generator_of
from richardson.stability.window import Window
from richardson.study.collect import CODES, Collector
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.discovery_columns import several
from richardson.study.dynamics_block import AT_REST, DISTANCE, EQUILIBRIA, SHARES, Analysis, Margins, in_words, job_of, room_for
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.engine import bar_over, compute, pool_of, read_engine
from richardson.study.pools import Alone
from richardson.study.run import run_ensemble
from richardson.study.shares import Pace, Shares
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model

GROUPS = (AT_REST, DISTANCE, EQUILIBRIA, ("shares", *SHARES))
MEASURES = tuple(name for group in GROUPS for name in group)
SETTLED, INTERRUPTED = OUTCOMES.index(Outcome.SETTLED), OUTCOMES.index(Outcome.INTERRUPTED)
PACE = Pace(1, 0.0, 5.0, 2**23, 2**14)  # a member may take seconds, so that the first block is one


def run_dynamics(
    model: Model,
    design: Design,
    window: Window | None = None,
    start: Mapping[str, float] | None = None,
    *,
    measure: str | Sequence[str] = AT_REST,
    parameters: str | Sequence[str] = (),
    parameter_scales: Mapping[str, float] | None = None,
    farthest: float = 10.0,
    half_width: float = 0.05,
    horizon: float | None = None,
    bound: float = 1e9,
    engine: Any = "local",
    rng: Any = 0,
    progress: bool | None = None,
) -> DynamicsStudy:
    """Analyse the dynamics of a model once for every member of a design: equilibria, stability, basins, distance to what ends them.

    Parameters
    ----------
    model : Model
        An autonomous flow.
    design : Design
        Its names are parameters, bare concepts or states (start values).
    window : Window, optional
        Where equilibria and basins are looked for; measures of these need it.
    start : mapping, optional
        Start values of the states that the design does not name; zero arms and fear by default.
    measure : str or sequence of str
        Of the equilibrium in which the run from the start comes to rest: "kind", "spiral_number", "max_real_eigenvalue",
        "relaxation_time", and "distance", in scales of the ``parameters``, to the nearest critical point. Of the window: "count",
        "stable_count" and "kinds" of the equilibria, "is_complete" where these are proved to be all, and "shares" of the basins:
        that of the equilibrium reached with its interval, and how much escapes, leaves the domain or stays undecided.
    parameters : str or sequence of str
        For the distance: parameters or concepts that may move.
    parameter_scales : mapping of str to float, optional
        What counts as one step of them, as in `resilience`.
    farthest : float
        In scales: how far critical points are looked for; the distance is infinite where there is none.
    half_width : float
        Of the 95 % intervals of shares, at most.
    horizon : float, optional
        Time after which a run that has not come to rest is given up, as REACHED_END; without it runs go on to the step limit.
    bound : float
        Size of a state beyond which a run has escaped.
    engine : str, Processes, Dask or distributed.Client
        Where members are run and analysed, as in `run_ensemble`. "local" analyses them one after the other, since most of the work
        is Python's; "processes" side by side.
    rng : int, Generator or None
        What the random streams of the members are drawn from: each has its own, by its number.
    progress : bool, optional
        Whether progress bars are shown on stderr, as in `run_ensemble`.

    Returns
    -------
    DynamicsStudy
        A member whose analysis fails is a row with the outcome NOT_ANALYSED; nothing is dropped.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, NotAutonomousError
        If an argument is not what it should be, or a measure needs a window or parameters that are not given.

    Notes
    -----
    Members do not know of each other: a row has the same bits in any order and any choice of members, except that the streams of
    shares go by the number of a member. The run to rest takes microseconds a member, "distance" and "shares" tenths of seconds to
    seconds, the equilibria of the window hundredths. Where the rates are linear in the states, spiral number and leading eigenvalue
    belong to the equations, and are given also where no equilibrium is reached.

    Examples
    --------
    >>> from richardson.models import linear
    >>> found = run_dynamics(linear(), Design.grid({"defence": [0.5, 1.5]}))
    >>> found
    DynamicsStudy(linear, 2 members, kind, spiral_number, max_real_eigenvalue, relaxation_time: 1 SETTLED, 1 ESCAPED)
    >>> found["spiral_number"].tolist(), found["kind"].tolist()
    ([0.5, 1.5], ['stable node', ''])
    """
    check_model(model)
    asked = _measures(measure)
    groups = frozenset(SHARES if group[0] == "shares" else group for group in GROUPS if set(group) & set(asked))
    _check_window(model, window, [name for name in asked if name in (*EQUILIBRIA, "shares", *SHARES)])
    names = several(parameters, "parameters")
    _check_parameters(model, names, parameter_scales, is_asked="distance" in asked)
    wilson.check(half_width, 0.95)
    begin = _start(model, design, start)
    generator, entropy = generator_of(rng)
    runs = run_ensemble(model, design, begin, horizon, settle=True, bound=bound, engine=engine, audit=0, progress=progress)
    ends = np.where((runs.codes == SETTLED)[:, None], runs.states[:, -1], np.nan)
    margins = Margins(names, parameter_scales, checked_farthest(farthest))
    streams = int(generator.integers(2**63))  # drawn, since a generator in use has the seed it had when it was new
    analysis = Analysis(model, design.names, begin, window, groups, margins, float(half_width), float(bound), streams)
    columns = _analysed(analysis, engine, np.column_stack([design.samples, ends, runs.codes]), progress)
    kept = {name for group in GROUPS for name in group if name in asked or ("shares" in asked and name in SHARES)}
    settings = {"measure": asked, "window": None if window is None else repr(window), "horizon": horizon, "bound": bound}
    settings |= {"parameters": names, "farthest": farthest, "half_width": half_width}
    return DynamicsStudy(
        design=design,
        window=window,
        measures=asked,
        columns={name: column for name, column in columns.items() if name in kept or name.startswith("equilibrium ")},
        codes=columns[CODES],
        model=model,
        provenance=record(model, entropy=entropy, verb="run_dynamics", start=tuple(begin.items()), **settings),
    )


def _analysed(analysis: Analysis, engine: Any, samples: FloatArray, progress: bool | None) -> dict[str, Any]:
    """Columns of all members, from whatever engine."""
    job, count = job_of(analysis), len(samples)
    names = [name for group in (AT_REST, DISTANCE, EQUILIBRIA, SHARES) if group in {AT_REST, *analysis.groups} for name in group]
    rows = room_for([*(f"equilibrium {name}" for name in analysis.model.state_names), *names], count)
    rows[CODES] = np.full(count, INTERRUPTED, dtype=np.int8)
    where = read_engine(engine)
    with bar_over(count, progress) as bar:
        bar.set_description("analysing")
        pool = Alone(job, samples) if where == "local" else pool_of(where, job, samples)
        compute(pool, Shares([slice(0, count)], PACE, pool.workers, row_bytes=job.row_bytes), Collector(rows, count), bar)
    return {name: in_words(name, column) for name, column in rows.items()}


def _measures(measure: Any) -> tuple[str, ...]:
    asked = several(measure, "measure")
    for name in asked:
        if name not in MEASURES:
            raise UnknownNameError(f"There is no measure {name!r} of dynamics. {nearest(str(name), MEASURES)}")
    if not asked:
        raise InvalidInputError(f"Nothing is asked for. Name a measure: {', '.join(MEASURES)}.")
    return asked


def _check_window(model: Model, window: Any, needing: Sequence[str]) -> None:
    if needing and window is None:
        raise InvalidInputError(f"'{needing[0]}' is measured in a window. Give one that spans every state: Window(x=(0, 60), …).")
    if window is not None:
        Window.of(window).check(model)
        if window.fixed and needing:
            raise InvalidInputError(f"'{needing[0]}' needs every state free to move; the window fixes {', '.join(window.fixed)}. Span it.")


def _check_parameters(model: Model, names: tuple[str, ...], scales: Mapping[str, float] | None, *, is_asked: bool) -> None:
    """Refuse parameters that no distance is measured in, before anything runs."""
    if is_asked and not names:
        raise InvalidInputError("A distance is measured in parameters that may move. Name them, for example parameters=('balance',).")
    if names and not is_asked:
        raise InvalidInputError("parameters= is for the distance to the nearest critical point. Ask for 'distance', or leave it out.")
    if names:
        ParameterBox.of(model, names, scales, None)


def _start(model: Model, design: Any, start: Any) -> dict[str, float]:
    """Start values by name: zero where neither the design nor the call says otherwise."""
    if start is not None and not isinstance(start, Mapping):
        raise InvalidInputError(f"The start of an analysis is a mapping by state, for example {{'x': 1.0}}; got {start!r}.")
    taken = design.names if isinstance(design, Design) else ()
    zero = {name: 0.0 for name in model.state_names if name not in taken}
    return zero | dict(start or {})
