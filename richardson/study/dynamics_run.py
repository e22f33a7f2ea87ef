"""A plan of dynamics, carried out on any engine and kept in a store where one is named."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from os import PathLike
from typing import Any

import numpy as np

from richardson.errors import counted
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.study.bar import bar_over
from richardson.study.card import check_card
from richardson.study.collect import CODES
from richardson.study.dataset import OUTCOMES
from richardson.study.dynamics_block import dynamics_function, dynamics_job
from richardson.study.dynamics_layout import dynamics_layout, in_words, pack, room_for, unpack
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.engine import Engine, name_of, pool_of, read_engine
from richardson.study.fill import fill
from richardson.study.jobs import Arrays
from richardson.study.keeping import Shelf, check_resume, open_store
from richardson.study.memory import check_memory
from richardson.study.pools import Threads
from richardson.study.shares import Pace

LOST = 3.0  # seconds of work in a block, at the most: the few members that are timed say less of the others than those of runs do
PACE = Pace(1, 0.0, 2.0, 2**23, 2**14)  # a member may take seconds, so that the first block is one
INTERRUPTED = OUTCOMES.index(Outcome.INTERRUPTED)


def analyse(
    plan: DynamicsPlan, engine: Any, *, store: str | PathLike[str] | None, resume: Any, storage: str, progress: bool | None
) -> DynamicsStudy:
    """What is found of every member of a plan.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutputError, MissingExtraError, ComputationError
        As `run_dynamics`.
    """
    where, count = read_engine(engine), len(plan)
    if where == "cuda":
        check_card(plan.model, plan.runs.recording, settle=True)
    check_resume(resume, has_store=store is not None)
    check_memory(count * plan.row_bytes, f"What is found of {counted(count, 'member')}", "Analyse fewer, or ask for fewer measures.")
    rows: dict[str, Any] = {**room_for(plan.columns, count), CODES: np.full(count, INTERRUPTED, dtype=np.int8)}
    with bar_over(count, progress) as bar, ExitStack() as stack:
        bar.set_description("compiling, once")
        job, samples = dynamics_job(plan), plan.members.samples
        opened = partial(open_store, plan, job, dynamics_shelf(plan), resume=resume, storage=storage)
        kept = None if store is None else stack.enter_context(opened(store))
        start = partial(Threads, job, samples, 1) if where == "local" else partial(pool_of, where, job, samples)
        fill(start, job, rows, kept, bar, pace=PACE)
    return _found(plan, rows, _provenance(plan, where, plan.drawn, 0))


def analyse_alone(plan: DynamicsPlan, member: int, drawn: tuple[int, Any]) -> DynamicsStudy:
    """What is found of the only member of a plan that has a number in a larger one, and the random stream which goes by it.

    Parameters
    ----------
    plan : DynamicsPlan
        Of one member.
    member : int
        Its number in the larger one.
    drawn : tuple of int and entropy
        As `DynamicsPlan.drawn` of the larger one.
    """
    rows = dynamics_function(plan, drawn[0])(np.array(plan.members.samples), member)  # kernels take writeable arrays only
    return _found(plan, rows, _provenance(plan, "local", drawn, member))


def dynamics_shelf(plan: DynamicsPlan) -> Shelf:
    """How the rows of a plan lie in a store."""
    about = {"configuration": json.dumps(plan.configuration(), ensure_ascii=True)}
    return Shelf(dynamics_layout(plan.model, plan.design.names, plan.columns, len(plan), about=about), pack, unpack, lost=LOST)


def _found(plan: DynamicsPlan, rows: Arrays, provenance: Provenance) -> DynamicsStudy:
    """What a block function gave of the members of a plan, in words."""
    return DynamicsStudy(
        design=plan.design,
        window=plan.window,
        measures=tuple(plan.measure),
        columns={name: in_words(name, rows[name]) for name in plan.columns},
        codes=rows[CODES],
        model=plan.model,
        provenance=provenance,
    )


def _provenance(plan: DynamicsPlan, engine: Engine, drawn: tuple[int, Any], first: int) -> Provenance:
    """All that is needed to analyse it again: the streams too, since a generator in use does not draw them again."""
    configuration = plan.configuration()
    settings = {name: value for name, value in configuration.items() if name not in {"format", "kind", "model", "design", "rng"}}
    streams, entropy = drawn if configuration["rng"] is not None else (None, None)
    settings |= {"streams": streams, "first_member": first, "engine": name_of(engine)}
    return record(plan.model, entropy=entropy, verb="run_dynamics", **settings)
