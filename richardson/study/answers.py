"""What a sensitivity analysis explains: the outcomes of all members, and which members have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray, IntArray, as_floats
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError, UnknownNameError, counted, nearest
from richardson.landscape.settling import ENDS, TIGHT, Reached, check_start, reach
from richardson.landscape.verdicts import verdicts
from richardson.outcome import Outcome
from richardson.study.binding import bind
from richardson.study.design import Design
from richardson.study.dynamics_measures import MEASURES
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble
from richardson.study.recording import Record, read_records
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import synchronous_states

AT_REST = ("spiral_number", "max_real_eigenvalue")  # and "equilibrium x" of every state
EQUILIBRIUM = "equilibrium "
ESCAPE = 1e9  # size of a state beyond which the path from zero arms has run away
ENDED = (Outcome.REACHED_END, Outcome.SETTLED)  # what ends otherwise has no value at its end
STOPPED = "stopped_at"
NO_OUTCOME = (
    "When a run was stopped hangs on its tolerances, and is no outcome. For how long runs take to settle ask "
    'run_dynamics(model, design, measure="settling_time"), and when something happens record=FirstCrossing(…).'
)
NOT_FINITE, UNDECIDED = "no finite outcome", "undecided"
EXAMPLES = 'outcome="x + y", outcome=Maximum("x"), outcome="spiral_number" or outcome="equilibrium x"'

Function: TypeAlias = Callable[[FloatArray], Any]
Endings: TypeAlias = npt.NDArray[np.str_]
Start: TypeAlias = Mapping[str, float] | Sequence[float] | None


@dataclass(frozen=True, eq=False)
class Answers:
    """Outcomes of the members of a design.

    Attributes
    ----------
    labels : tuple of str
        Names of the q outcomes.
    values : FloatArray
        Shape (m, q): NaN in all of a member that failed.
    failures : dict of str to int
        How many members failed, and how.
    model : Model or None
    notes : dict of str to str
        For the provenance.
    """

    labels: tuple[str, ...]
    values: FloatArray
    failures: dict[str, int]
    model: Model | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def is_failed(self) -> BoolArray:
        """Shape (m,): whether a member has no outcome."""
        return np.asarray(np.isnan(self.values).any(axis=1))


def of_function(function: Function, design: Design, outcome: Any) -> Answers:
    """Outcomes that a function gives; ``outcome`` may name them.

    Raises
    ------
    InvalidInputError
        If it returns anything else than one row a member, or other names are given than it returns columns.
    """
    found = as_floats(function(np.array(design.samples)), "What the function returns")
    if found.ndim not in (1, 2) or len(found) != len(design) or not found.size:
        raise InvalidInputError(
            f"The function was given members of shape {design.samples.shape} and returned shape {found.shape}; it must return "
            f"({len(design)},), or ({len(design)}, q) for q outcomes. Let it compute all members at once, a row each."
        )
    values = found.reshape(len(found), -1)
    count = values.shape[1]
    labels = ("outcome",) if count == 1 else tuple(f"outcome {place}" for place in range(count))
    if outcome is not None:
        labels = tuple(outcome) if isinstance(outcome, Iterable) and not isinstance(outcome, str) else (outcome,)
        if len(labels) != count or len(set(labels)) != count or not all(isinstance(label, str) for label in labels):
            raise InvalidInputError(
                f"outcome={outcome!r} must name the {counted(count, 'column')} that the function returns, each by a text of "
                "its own. Leave it out to number them."
            )
    return _answers(labels, values, _nothing_amiss(design), None)


def of_ensemble(runs: Ensemble, outcome: Any) -> Answers:
    """Outcomes that runs have already: of a state its value at every time that was kept, or a record.

    Raises
    ------
    InvalidInputError, UnknownNameError
        If none is named, or one that the runs do not have.
    """
    labels, columns = [], []
    ends = {f"{name} at the end": name for name in runs.model.state_names}
    known = (*runs.model.state_names, *ends, *runs.labels)
    for each in _several(outcome, f"one of what the runs hold: {', '.join(known)}"):
        name = each.label if isinstance(each, Record) else str(each)
        if name == STOPPED:
            raise InvalidInputError(NO_OUTCOME)
        if name not in known:
            raise UnknownNameError(f"These runs hold no outcome {name!r}. {nearest(name, known)}")
        if name in runs.model.state_names and runs.times is not None:
            labels += [f"{name} at t = {float(time)!r}".removesuffix(".0") for time in runs.times]
            columns.append(runs[name])
        else:
            labels.append(name)
            columns.append(runs[ends.get(name, name)].reshape(len(runs), -1)[:, -1:])
    _check_once(labels)
    return _answers(tuple(labels), np.concatenate(columns, axis=1), _endings(runs), runs.model)


def of_dynamics(study: DynamicsStudy, outcome: Any) -> Answers:
    """Outcomes that analyses have already: measures that are numbers.

    A member has failed if it was not analysed, or has no finite number; of one whose run came to no rest it is told how that ended.

    Raises
    ------
    InvalidInputError, UnknownNameError
        If none is named, or one that was not measured.
    """
    known = tuple(name for name, column in study.columns.items() if column.dtype.kind != "U")
    labels = tuple(str(each) for each in _several(outcome, f"one of the measures that are numbers: {', '.join(known)}"))
    for name in labels:
        if name not in known:
            raise UnknownNameError(f"This study has no measure {name!r} that is a number. {nearest(name, known)}")
    _check_once(labels)
    values = np.column_stack([study[name] for name in labels]).astype(np.float64)
    ends = np.array([ending.name for ending in study.outcomes])
    has_number = np.isfinite(values).all(axis=1) | (ends == Outcome.SETTLED.name)
    return _answers(labels, values, np.where(study.is_answer & has_number, "", ends), study.model)


def of_model(model: Model, design: Design, outcome: Any, *, start: Start, times: Any, engine: Any) -> Answers:
    """Outcomes of a model: at the equilibrium reached from zero arms, or of runs.

    Raises
    ------
    InvalidInputError, UnknownNameError
        If no outcome is named, or arguments do not fit together; and as `run_ensemble` and `stability_map`.
    """
    asked = _several(outcome, f"what the inputs are to explain: {EXAMPLES}")
    resting = [each for each in asked if _is_at_rest(model, each)]
    running = tuple(each for each in asked if not _is_at_rest(model, each))
    if not running and (start is not None or times is not None or engine != "local"):
        raise InvalidInputError(
            f"{', '.join(map(repr, resting))} belong to the equilibrium that is reached from zero arms, so that start=, times= and "
            "engine= say nothing. Leave them out, or ask for an outcome of runs."
        )
    _check_running(model, running)
    columns, endings = _at_rest(model, design, resting) if resting else ({}, _nothing_amiss(design))
    notes: dict[str, Any] = {}
    if running:
        runs = run_ensemble(model, design, start, times, record=running, settle=times is None, engine=engine, rng=0)
        columns |= dict(zip(runs.labels, runs.records.T, strict=True))  # by name, a state would be all its times
        endings = np.where(endings == "", _endings(runs), endings)
        notes = {"audit": repr(runs.audit), "runs": runs.provenance.settings}
    labels = [each.label if isinstance(each, Record) else str(each) for each in asked]
    _check_once(labels)
    return _answers(tuple(labels), np.column_stack([columns[label] for label in labels]), endings, model, notes)


def _check_running(model: Model, outcomes: Sequence[Any]) -> None:
    """Refuse what no run records, before a start is asked for."""
    for each in outcomes:
        if isinstance(each, str) and each not in (*model.state_names, *model.parameter_names):
            if each == STOPPED:
                raise InvalidInputError(NO_OUTCOME)
            if each in MEASURES:
                raise InvalidInputError(
                    f"{each!r} is found by run_dynamics, and no record of runs. Analyse the members first, "
                    f"run_dynamics(model, design, measure={each!r}), and ask sensitivity of what it returns."
                )
    read_records(model, tuple(outcomes))


def _is_at_rest(model: Model, outcome: Any) -> bool:
    return isinstance(outcome, str) and (outcome.startswith(EQUILIBRIUM) or outcome in AT_REST) and outcome not in model.parameter_names


def _at_rest(model: Model, design: Design, labels: Sequence[str]) -> tuple[dict[str, FloatArray], Endings]:
    """Outcomes by label at the equilibrium that is reached from zero arms and fear, and why a member has none."""
    check_start(model, "The equilibrium of a sensitivity analysis")
    known = (*AT_REST, *(f"{EQUILIBRIUM}{name}" for name in model.state_names))
    for label in labels:
        if label not in known:
            raise UnknownNameError(f"'{model.name}' has no outcome {label!r}. {nearest(label, known)}")
    starts = ", ".join(name for name in design.names if name in model.state_names)
    if starts:
        raise InvalidInputError(
            f"The design gives start values of {starts}, but {labels[0]!r} belongs to the equilibrium that is reached from zero arms. "
            f"Leave {starts} out of the design, or ask for an outcome of runs, such as {EXAMPLES.split(',', maxsplit=1)[0]}."
        )
    rows, _ = bind(model, design, dict.fromkeys(model.state_names, 0.0)).rows(slice(None))
    groups = np.array(synchronous_states(model, design.names), dtype=np.int64)
    found = verdicts(model, design.names, rows, _reached(Field.of(model), groups, rows))
    columns = {"spiral_number": found.spiral_number, "max_real_eigenvalue": found.leading_eigenvalue}
    columns |= {f"{EQUILIBRIUM}{name}": found.states[:, place] for place, name in enumerate(model.state_names)}
    chosen = {label: columns[label] for label in labels}
    is_known = np.isfinite(list(chosen.values())).all(axis=0)
    return chosen, np.where(~is_known & np.isnan(found.states).any(axis=1), found.kind, "")


def _reached(field: Field, groups: IntArray, rows: FloatArray) -> Reached:
    """Ends of the paths from zero; those that are undecided are followed again, for longer and more tightly.

    A tolerance of 1e-6 takes the wrong side of a border for about one member in a million, which no index shows.
    """
    found = reach(field, groups, rows, bound=ESCAPE)
    undecided = np.flatnonzero([ENDS.get(code) == UNDECIDED for code in found.codes.tolist()])
    if undecided.size:
        found.put(undecided, reach(field, groups, rows[undecided], bound=ESCAPE, care=TIGHT))
    return found


def _several(outcome: Any, what: str) -> list[Any]:
    """The outcomes that a call names, each once."""
    several = [outcome] if isinstance(outcome, str | Record) or not isinstance(outcome, Iterable) else list(outcome)
    if outcome is None or not several:
        raise InvalidInputError(f"outcome= is missing. Name {what}.")
    return several


def _check_once(labels: Sequence[str]) -> None:
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InvalidInputError(f"The outcome {twice!r} is named twice. Name each once.")


def _nothing_amiss(design: Design) -> Endings:
    return np.full(len(design), "", dtype="<U1")


def _endings(runs: Ensemble) -> Endings:
    """Shape (m,): how runs ended that have no value at their end; empty for the others."""
    names = np.array(["" if outcome in ENDED else outcome.name for outcome in Outcome])
    return np.asarray(names[runs.codes])


def _answers(
    labels: tuple[str, ...], values: FloatArray, endings: Endings, model: Model | None, notes: dict[str, Any] | None = None
) -> Answers:
    """Outcomes (m, q) of members that ended well, which have failed where ``endings`` (m,) says how, or a number is not finite."""
    is_unknown = ~np.isfinite(values).all(axis=1) & (endings == "")
    counts = Counter(endings[endings != ""].tolist()) + Counter({NOT_FINITE: int(is_unknown.sum())})
    kept = np.where((is_unknown | (endings != ""))[:, np.newaxis], np.nan, values)
    return Answers(labels, kept, dict(counts.most_common()), model, notes or {})
