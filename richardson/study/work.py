"""How blocks of members of a study are computed: the rows of an ensemble out of what the kernels give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.compiled.kernels import layout, lookout
from richardson.compiled.lanes import Members, Task, empty_members
from richardson.outcome import Outcome
from richardson.study.card import run_on_card
from richardson.study.collect import CODES
from richardson.study.configuration import study_arguments
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.jobs import Arrays, BlockFunction, Job
from richardson.study.plan import Study
from richardson.study.task import make_task
from richardson.symbolic.spec import from_spec

TIGHTER, TIGHTEST = 0.01, 1e-13  # share of the tolerances in the audit, and the least relative one
MORE_STEPS = 10  # times the step limit in the audit: at order 5, a hundredth of the tolerances takes two to three times the steps
INTERRUPTED = OUTCOMES.index(Outcome.INTERRUPTED)

ENDS: dict[int, Outcome] = {
    lookout.REACHED_END: Outcome.REACHED_END,
    lookout.ESCAPED: Outcome.ESCAPED,
    lookout.LEFT_DOMAIN: Outcome.LEFT_DOMAIN,
    lookout.STEP_TOO_SMALL: Outcome.STEP_TOO_SMALL,
    lookout.STEPS_SPENT: Outcome.STEP_LIMIT,
    lookout.NOT_FINITE: Outcome.NOT_FINITE,
    lookout.AT_REST: Outcome.SETTLED,
    lookout.UNDER_WAY: Outcome.INTERRUPTED,
}
CODE_OF = np.array([OUTCOMES.index(ENDS[code]) for code in sorted(ENDS)], dtype=np.int8)  # by the kernels' codes


def job_of(study: Study, *, on_card: bool = False) -> Job:
    """The job that computes the rows of a study."""
    configuration = study.configuration()
    names = configuration.pop("design")["names"]
    spec = {**configuration, "row": list(zip(names, study.members.samples[0].tolist(), strict=True))}
    return Job(block_function(study, on_card=on_card), from_configuration, spec, study.row_bytes)


def block_function(study: Study, *, on_card: bool = False) -> BlockFunction:
    """What computes blocks of members, with its kernel compiled."""
    task = task_of(study)
    if on_card:
        return partial(_rows, study, partial(run_on_card, Field.of(study.model), task))
    _ = task.kernel
    return partial(_rows, study, partial(run_task, task))


def from_configuration(spec: Mapping[str, Any]) -> BlockFunction:
    """The block function of a study in another process, out of its configuration, with one row of the design for its names."""
    design = Design.from_table({name: [value] for name, value in spec["row"]})
    return block_function(Study(from_spec(spec["model"]), design, **study_arguments(spec)))


def tighter(study: Study, samples: FloatArray) -> Arrays:
    """Rows of members (n, columns) at a hundredth of the tolerances, with ten times the steps."""
    task = task_of(study)
    settings = task.settings.copy()
    settings[layout.RELATIVE] = max(TIGHTEST, TIGHTER * study.accuracy.relative)
    settings[layout.STEP_LIMIT] *= MORE_STEPS
    tight = replace(task, settings=settings, absolute=TIGHTER * task.absolute)
    return _rows(study, partial(run_task, tight), samples, 0)


def room_for(study: Study, count: int, times: int) -> dict[str, Any]:
    """Arrays for the rows of members, none of which has been reached."""
    return {
        "states": np.empty((count, times, len(study.model.states))),
        "records": np.empty((count, len(study.recording.labels))),
        "stopped_at": np.full(count, study.span[0]),
        CODES: np.full(count, INTERRUPTED, dtype=np.int8),
    }


def forget_lost(rows: Arrays) -> None:
    """Leave NaN for members that were not reached."""
    lost = rows[CODES] == INTERRUPTED
    rows["states"][lost], rows["records"][lost] = np.nan, np.nan


def task_of(study: Study) -> Task:
    """What all members of a study share, as the kernels take it."""
    return make_task(study.recording, study.bound_members, study.kept, study.span, study.accuracy, bound=study.bound, settle=study.settle)


def run_task(task: Task, samples: FloatArray, *, states: tuple[int, int]) -> Members:
    """What the kernel gives of members (n, columns), writeable; ``states`` are the times kept and the number of states."""
    into = empty_members(task, samples.shape[0], states)
    task.run(samples, into)
    return into


def _rows(study: Study, run: Callable[..., Members], samples: FloatArray, first: int) -> Arrays:
    """Rows of an ensemble: states without those that integrals added, records with their signs, ends as codes of `Outcome`."""
    recording, (times, states) = study.recording, study.shape
    found = run(samples, states=(times, states + recording.extra))
    return {
        "states": np.ascontiguousarray(found.states[:, :, :states]),
        "records": found.records * np.array(recording.signs) if recording.signs else found.records,
        "stopped_at": found.stops,
        CODES: CODE_OF[found.codes],
    }
