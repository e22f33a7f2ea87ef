"""The dynamics of some members: each is analysed by itself, from its own numbers and its own random stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.errors import ComputationError, RichardsonError
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.landscape.many_kinds import KINDS
from richardson.landscape.margin import margin_of
from richardson.landscape.parameter_box import ParameterBox
from richardson.landscape.settling import SETTLED, Reached
from richardson.landscape.shares import BasinShares, basin_shares
from richardson.landscape.verdicts import verdicts
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria, equilibrium_at
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.study.collect import CODES
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.dynamics_layout import EQUILIBRIUM, LONGEST_LIST, WORDS, room_for
from richardson.study.dynamics_measures import AT_REST, DISTANCE, EQUILIBRIA, SETTLING, SHARES
from richardson.study.dynamics_plan import DynamicsPlan, plan_arguments
from richardson.study.dynamics_settling import settling_time
from richardson.study.jobs import Arrays, BlockFunction, Job
from richardson.study.work import block_function
from richardson.symbolic.model import Model
from richardson.symbolic.spec import from_spec

NOT_REACHED = -2  # a code that no path has, where none is known to end at an equilibrium
SAME = 1e-6  # relative: an attractor so near to the equilibrium that is reached is that equilibrium
NOT_ANALYSED, CAME_TO_REST = OUTCOMES.index(Outcome.NOT_ANALYSED), OUTCOMES.index(Outcome.SETTLED)
TOGETHER = 1000  # members whose kinds are told at once


class _Member(NamedTuple):
    """A member by itself: its model, start (d,), the equilibrium (d,) reached or NaN, how and when its run ended, its random stream."""

    model: Model
    start: FloatArray
    rest: FloatArray
    outcome: Outcome
    ended: float
    stream: np.random.SeedSequence


def dynamics_job(plan: DynamicsPlan) -> Job:
    """The job that computes the rows of a plan: of the samples of its design, the runs to rest and what is found there."""
    configuration = plan.configuration()
    names = configuration.pop("design")["names"]
    row = list(zip(names, plan.members.samples[0].tolist(), strict=True))
    return Job(dynamics_function(plan, plan.drawn[0]), from_configuration, {**configuration, "row": row}, plan.row_bytes)


def from_configuration(spec: Mapping[str, Any]) -> BlockFunction:
    """The block function of a plan in another process, out of its configuration, with one row of the design for its names."""
    design = Design.from_table({name: [value] for name, value in spec["row"]})
    plan = DynamicsPlan(from_spec(spec["model"]), design, **plan_arguments(spec))
    return dynamics_function(plan, 0 if spec["rng"] is None else spec["rng"]["streams"])


def dynamics_function(plan: DynamicsPlan, streams: int) -> BlockFunction:
    """What analyses blocks of members of a plan, whose random streams go by ``streams`` and their numbers."""
    return partial(_rows, plan, block_function(plan.runs), streams)


def _rows(plan: DynamicsPlan, run: BlockFunction, streams: int, samples: FloatArray, first: int) -> Arrays:
    """What is found of members (n, columns), of which the first has the number ``first``, by which its random stream is drawn."""
    runs = run(samples, first)
    ends = np.where((runs[CODES] == CAME_TO_REST)[:, np.newaxis], runs["states"][:, -1], np.nan)
    parameters, starts = replace(plan.runs.bound_members, samples=samples).rows(slice(None))
    wanted = [group for group in plan.groups if group != AT_REST]
    columns = _at_rest(plan, parameters, ends) | room_for([name for group in wanted for name in group], len(samples))
    codes = runs[CODES].copy()
    for place, row in enumerate(parameters if wanted else ()):
        member = _Member(
            model=replace(plan.model, numbers=tuple(row.tolist())),
            start=starts[place],
            rest=ends[place],
            outcome=OUTCOMES[runs[CODES][place]],
            ended=float(runs["stopped_at"][place]),
            stream=np.random.SeedSequence(streams, spawn_key=(first + place,)),
        )
        for group in wanted:
            try:
                found = _MEASURED[group](plan, member)
            except (RichardsonError, ArithmeticError, np.linalg.LinAlgError):  # one member's numbers, which must not cost all others
                codes[place] = NOT_ANALYSED
                continue
            for name, value in found.items():
                columns[name][place] = value
    return {**{name: columns[name] for name in plan.columns}, CODES: codes}


def _listed(kinds: Sequence[str]) -> npt.NDArray[np.int8]:
    """Positions of kinds in `WORDS`.

    Raises
    ------
    ComputationError
        If there are more than a list holds.
    """
    if len(kinds) > LONGEST_LIST:
        raise ComputationError(f"{len(kinds)} equilibria or attractors are more than {LONGEST_LIST}. Take a smaller window.")
    codes = np.zeros(LONGEST_LIST, dtype=np.int8)
    codes[: len(kinds)] = [WORDS.index(kind) for kind in kinds]
    return codes


def _at_rest(plan: DynamicsPlan, rows: FloatArray, ends: FloatArray) -> dict[str, npt.NDArray[Any]]:
    """States, kind and numbers of the equilibria that are reached."""
    columns: dict[str, Any] = {EQUILIBRIUM + name: ends[:, place].copy() for place, name in enumerate(plan.model.state_names)}
    moved = tuple(name for name in plan.design.names if name not in plan.model.state_names)
    jacobians = _jacobians(plan.model, rows, ends)
    parts = []
    for low in range(0, len(rows), TOGETHER):
        part = slice(low, low + TOGETHER)
        is_known = np.isfinite(ends[part]).all(axis=1)
        reached = Reached(ends[part], jacobians[part], np.where(is_known, SETTLED, NOT_REACHED))
        parts.append(verdicts(plan.model, moved, rows[part], reached))
    kinds = np.concatenate([part.kind for part in parts])
    columns["kind"] = np.array([WORDS.index(kind) if kind in KINDS else 0 for kind in kinds.tolist()], dtype=np.int8)
    columns["spiral_number"] = np.concatenate([part.spiral_number for part in parts])
    columns["max_real_eigenvalue"] = leading = np.concatenate([part.leading_eigenvalue for part in parts])
    with np.errstate(divide="ignore"):
        columns["relaxation_time"] = np.where(leading < 0.0, -1.0 / leading, np.nan)
    return columns


def _jacobians(model: Model, rows: FloatArray, ends: FloatArray) -> FloatArray:
    """Jacobian at each end, shape (n, d, d), NaN where there is none."""
    field, size = Field.of(model), len(model.states)
    jacobians, rate = np.full((len(rows), size, size), np.nan), np.empty(size)
    for place in np.flatnonzero(np.isfinite(ends).all(axis=1)):
        constants = field.prepared(np.ascontiguousarray(rows[place]))
        field.raw_rates_and_jacobian(0.0, np.ascontiguousarray(ends[place]), constants, rate, jacobians[place])
    return jacobians


def _settling(plan: DynamicsPlan, member: _Member) -> dict[str, Any]:
    """How long the run takes to the equilibrium: for ever where it comes to none, and nobody knows where it failed."""
    if member.outcome is not Outcome.SETTLED:
        return {"settling_time": inf} if member.outcome.is_answer else {}
    within, accuracy = _needed(plan.settled_within), plan.runs.accuracy
    start, rest = member.start, member.rest
    return {"settling_time": settling_time(member.model, start, rest, member.ended, within=within, accuracy=accuracy, bound=plan.bound)}


def _distance(plan: DynamicsPlan, member: _Member) -> dict[str, Any]:
    """How far the parameters may move before the equilibrium that is reached loses its hold."""
    if not np.isfinite(member.rest).all():
        return {}
    box = ParameterBox.of(member.model, plan.parameters, plan.parameter_scales, None)
    return {"distance": margin_of(box, _rest(member.model, member.rest), _needed(plan.farthest)).distance}


def _needed(option: float | None) -> float:
    """An option of a plan that is there, since a measure that is asked for needs it."""
    return cast("float", option)


def _rest(at: Model, end: FloatArray) -> Equilibrium:
    width = np.maximum(np.abs(end), 1.0)
    return equilibrium_at(RestEquations.of(at, end - width, end + width), end, None, record(at))


def _equilibria(plan: DynamicsPlan, member: _Member) -> dict[str, Any]:
    """Every equilibrium in the window."""
    found: Equilibria = equilibria(member.model, Window.of(plan.window))
    stable = sum(one.is_stable for one in found)
    kinds = _listed([one.kind for one in found])
    return {"count": len(found), "stable_count": stable, "kinds": kinds, "is_complete": found.is_complete}


def _shares(plan: DynamicsPlan, member: _Member) -> dict[str, Any]:
    """How much of the window goes where."""
    rng, window, width = np.random.default_rng(member.stream), Window.of(plan.window), _needed(plan.half_width)
    found: BasinShares = basin_shares(member.model, window, half_width=width, rng=rng, bound=plan.bound)
    inward = sorted(found.attractors, key=lambda one: float(one.states[:, 0].min()))  # they come in the order in which starts met them
    columns: dict[str, Any] = {
        "attractor_count": len(inward),
        "attractors": _listed([one.kind if one.equilibrium is None else one.equilibrium.kind for one in inward]),
        "share_escaped": found.shares[ESCAPED],
        "share_left_domain": found.shares[LEFT_DOMAIN],
        "share_undecided": found.shares[UNDECIDED],
    }
    for label, attractor in enumerate(found.attractors):
        if attractor.equilibrium is not None and np.allclose(attractor.equilibrium.state, member.rest, rtol=SAME, atol=SAME):
            low, high = found.intervals[label]
            columns |= {"share_reached": found.shares[label], "share_reached_low": low, "share_reached_high": high}
    return columns


_MEASURED = {SETTLING: _settling, DISTANCE: _distance, EQUILIBRIA: _equilibria, SHARES: _shares}
