"""What a study recorded, as columns by name, and what a condition or a measure makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Any, Protocol

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import InvalidInputError, ParseError
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.discovery_text import END, START, Column, evaluate
from richardson.study.ensemble import Ensemble
from richardson.study.planned import MAKER, Planned
from richardson.symbolic.model import Model

ENDED = (Outcome.REACHED_END.name, Outcome.SETTLED.name)  # what ends otherwise has no value at its end


class Recorded(Protocol):
    """Members of a design and what came of each: an `Ensemble`, a `DynamicsStudy`."""

    @property
    def design(self) -> Design:
        """The members."""

    @property
    def model(self) -> Model:
        """What was run or analysed."""

    @property
    def is_answer(self) -> BoolArray:
        """Which members gave an answer, shape (m,)."""

    def to_table(self) -> dict[str, Column]:
        """Columns by name, shape (m,) each."""


def check_recorded(runs: Any, verb: str) -> None:
    """Refuse what is no result of a study.

    Raises
    ------
    InvalidInputError
        If it has no design, no outcomes, or no columns.
    """
    if not all(hasattr(runs, name) for name in ("design", "model", "is_answer", "to_table")):
        usual = "Give the result of run_ensemble or run_dynamics, for example run_ensemble(model, design, start, times)."
        raise InvalidInputError(f"{verb} looks at what a study recorded; got {runs!r}. {to_be_read(runs) or usual}")


def to_be_read(runs: Any) -> str:
    """How one gets what a study recorded from a study in a folder, its path, or a plan of one; nothing of anything else."""
    if isinstance(runs, Planned):
        return "It has not been run: give what run_study(…) returns."
    if isinstance(runs, str | PathLike):
        return "Open the folder of a study by open_study(…), and take its to_ensemble() or to_dynamics()."
    maker = MAKER.get(getattr(runs, "configuration", {}).get("kind", "")) if hasattr(runs, "folder") else None
    return "" if maker is None else f"It lies in a folder: give its {maker}(), which reads every member."


def several(names: Any, what: str) -> tuple[Any, ...]:
    """Names that a call gives, one or more.

    Raises
    ------
    InvalidInputError
        If they are no texts in a row, or one is given twice.
    """
    if isinstance(names, str):
        return (names,)
    if not isinstance(names, Iterable):
        raise InvalidInputError(f"{what}= is a name or a sequence of names; got {names!r}.")
    given = tuple(names)
    for place, name in enumerate(given):
        if name in given[:place]:
            raise InvalidInputError(f"{what}= has {name!r} twice. Give each name once.")
    return given


def columns_of(runs: Recorded) -> dict[str, Column]:
    """Everything recorded, by name, shape (m,) each.

    Besides the columns of ``to_table``, a state's bare name stands for its last value, and ``x at the start`` for a start value that
    the design gives.
    """
    table = dict(runs.to_table())
    for name in runs.model.state_names:
        if name in runs.design.names:
            table[name + START] = table.pop(name)
        elif name + END in table:
            table[name] = table[name + END]
    return table


def condition(runs: Recorded, where: Any) -> BoolArray:
    """Of which members a condition holds, shape (m,).

    Parameters
    ----------
    runs : Recorded
    where : str or callable
        A text over the columns, or a function of the result.

    Raises
    ------
    ParseError, UnknownNameError
        If a text cannot be read, or names what was not recorded.
    InvalidInputError
        If a function does not return one truth value a member.
    """
    if isinstance(where, str):
        found = evaluate(where, columns_of(runs))
        if found.dtype != np.bool_:
            raise ParseError(f"'{where}' is no condition: it gives numbers. Compare them, for example '{where} > 0'.", where)
        return found
    if not callable(where):
        raise InvalidInputError(
            f"A condition is a text such as 'outcome == ESCAPED' or a function of the result; got {where!r}. "
            "Write for example where='x > 4', or where=lambda runs: runs['x'][:, -1] > 4."
        )
    truths = _returned(where, runs, "condition")
    count = len(runs.design)
    if truths.dtype != np.bool_ or truths.shape != (count,):
        told = "States have an axis of times: take the last" if truths.ndim == 2 else "Compare what was recorded"
        raise InvalidInputError(
            f"A condition gives one truth value a member, shape ({count},); the function gave {truths.dtype} of shape {truths.shape}. "
            f"{told}, as in runs['x'][:, -1] > 4."
        )
    return np.asarray(truths, dtype=np.bool_)


def numbers(runs: Recorded, measure: Any) -> FloatArray:
    """A number of every member, shape (m,): of a text over the columns, or of a function of the result.

    Raises
    ------
    ParseError, UnknownNameError
        If a text cannot be read, or names what was not recorded.
    InvalidInputError
        If a function does not return one number a member.
    """
    if isinstance(measure, str):
        found = evaluate(measure, _to_compare(runs))
    elif callable(measure):
        found = _returned(measure, runs, "measure")
    else:
        raise InvalidInputError(f"A measure is a text such as 'x + y' or a function of the result; got {measure!r}. Write one of these.")
    count = len(runs.design)
    if found.dtype.kind not in "biuf" or found.shape != (count,):
        raise InvalidInputError(
            f"A measure gives one number a member, shape ({count},); got {found.dtype} of shape {found.shape}. "
            "Write for example measure='x', or measure=lambda runs: runs['x'][:, -1]."
        )
    return np.asarray(found, dtype=np.float64)


def has_ended(runs: Recorded) -> BoolArray:
    """Which members were not stopped early, shape (m,): runs that reached their end or settled, and whatever is no run."""
    if not isinstance(runs, Ensemble):
        return np.ones(len(runs.design), dtype=np.bool_)
    return np.isin(columns_of(runs)["outcome"], ENDED)


def _to_compare(runs: Recorded) -> dict[str, Column]:
    """The columns, with NaN for what runs that stopped early have recorded: it tells of where they were stopped, not of the model."""
    columns, ended = columns_of(runs), has_ended(runs)
    if not isinstance(runs, Ensemble):
        return columns
    names = (*runs.model.state_names, *(name + END for name in runs.model.state_names), *runs.labels)
    return columns | {name: np.where(ended, columns[name], np.nan) for name in names if name in columns}


def _returned(function: Any, runs: Recorded, what: str) -> Any:
    """What a user's function makes of a result, as an array."""
    found = function(runs)
    try:
        return np.asarray(found)
    except ValueError as error:
        raise InvalidInputError(f"A {what} gives one value a member; the function gave rows of several lengths.") from error
