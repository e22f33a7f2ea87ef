"""What all members of an ensemble share, as the kernel takes it: names become positions, rules become numbers."""

from __future__ import annotations

from math import inf

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.compiled.kernels import layout, lookout
from richardson.compiled.lanes import LANES, Task
from richardson.compiled.schemes import STIFF
from richardson.dynamics.arguments import FINEST_DETAIL, detail_of
from richardson.dynamics.barriers import BOUND_SLACK, SIZE_SLACK
from richardson.dynamics.march import Accuracy
from richardson.errors import InvalidInputError
from richardson.study.binding import Bound
from richardson.study.recording import Recording
from richardson.symbolic.derive import has_kinks
from richardson.symbolic.functions import TIME
from richardson.symbolic.model import Model
from richardson.symbolic.transform import switch_times

REST = 30.0  # tolerances: how near to its equilibrium a run may be taken to it; below three, explicit methods may never come so near
MOST_LANDING = 8  # states of which the exponential of a matrix costs less than the steps that it saves
SHORTEST_STEP = 16.0  # spacings of times


def make_task(
    recording: Recording,
    members: Bound,
    kept: FloatArray | None,
    span: tuple[float, float],
    accuracy: Accuracy,
    *,
    bound: float,
    settle: bool,
) -> Task:
    """What all members share, as the kernel takes it.

    Raises
    ------
    InvalidInputError
        If a drive switches too often.
    """
    model = recording.model
    field, own = Field.of(model), len(model.states) - recording.extra
    is_own = np.arange(len(model.states)) < own
    limits = np.array([np.maximum(field.lower, -bound), np.minimum(field.upper, bound)])
    limits[:, ~is_own] = [[-inf], [inf]]
    is_bound = np.array([field.lower >= -bound, field.upper <= bound]) & np.isfinite(limits)
    slack = np.where(is_bound, BOUND_SLACK * (accuracy.absolute + accuracy.relative * np.abs(np.where(is_bound, limits, 0.0))), 0.0)
    shares = np.full(len(model.states), SIZE_SLACK * accuracy.relative)
    settings = np.zeros(layout.SETTINGS)
    settings[[layout.BEGIN, layout.END]] = span
    settings[layout.RELATIVE], settings[layout.STEP_LIMIT] = accuracy.relative, accuracy.step_limit
    settings[layout.LONGEST] = inf if model.is_autonomous else _longest_step(model, np.array(span) if kept is None else kept)
    settings[layout.RESOLUTION] = SHORTEST_STEP * np.spacing(max(abs(span[0]), abs(span[1]) if span[1] < inf else 1.0))
    settings[layout.REST] = REST if settle else 0.0
    may_land = model.is_autonomous and not recording.kinds.size and len(model.states) <= MOST_LANDING
    lands = may_land and not field.has_sizes and not has_kinks(model)  # over nations a long sum would have to be searched for kinks
    settings[layout.LANDS] = float(lands)
    functions = field.over_lanes(LANES, with_slopes=lands or settle or accuracy.method in STIFF, records=recording.expressions)
    settings[layout.TIMELESS] = 0.0 if any(expression.has(TIME) for expression in recording.expressions) else 1.0
    settings[layout.DETAIL] = detail_of(np.array(span)) if span[1] < inf else inf
    sources = np.full(len(model.numbers), -1, dtype=np.int64)
    sources[members.parameter_columns] = members.parameter_source
    start_sources = np.full(len(model.states), -1, dtype=np.int64)
    start_sources[members.start_columns] = members.start_source
    return Task(
        scheme=accuracy.method,
        functions=functions,
        parameters=members.base_parameters,
        parameter_source=sources,
        start=np.concatenate([np.nan_to_num(members.base_start), np.zeros(recording.extra)]),
        start_source=start_sources,
        times=np.empty(0) if kept is None else kept,
        absolute=np.full(len(model.states), accuracy.absolute),
        limits=limits,
        slack=np.concatenate([slack, shares[None]]),
        barriers=np.where(is_bound, lookout.LEFT_DOMAIN, lookout.ESCAPED).astype(np.int64),
        kinds=recording.kinds,
        settings=settings,
    )


def _longest_step(model: Model, asked: FloatArray) -> float:
    """Longest step of a driven run, over no more than one of the times at which a drive switches.

    Raises
    ------
    InvalidInputError
        If they are so close that a run would take too many steps.
    """
    span = float(asked[-1] - asked[0])
    gap = float(np.diff([asked[0], *switch_times(model, (float(asked[0]), float(asked[-1]))), asked[-1]]).min())
    if gap < span / FINEST_DETAIL:
        raise InvalidInputError(
            f"A drive of '{model.name}' switches twice within {gap:.3g}, less than 1/{FINEST_DETAIL} of the run; members of an ensemble "
            "take steps of one length for all, which may not be so short. Run them one by one with integrate, or for a shorter time."
        )
    return min(detail_of(asked), gap)
