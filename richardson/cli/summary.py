"""What came of the runs of a study in short tables, and tables as csv files; scripts that were made from scenarios call these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.cli.tables import Table, as_csv
from richardson.errors import OutputError
from richardson.study.dynamics_layout import NOTHING
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble


def ends(runs: Ensemble | DynamicsStudy) -> Table:
    """Columns: how runs ended, how many, which share.

    Parameters
    ----------
    runs : Ensemble or DynamicsStudy
    """
    found = runs.count()
    return {
        "outcome": [outcome.name for outcome in found],
        "members": list(found.values()),
        "share": [number / len(runs) for number in found.values()],
    }


def spread(runs: Ensemble | DynamicsStudy) -> Table:
    """Columns: what was found in numbers, with its least, middle and greatest value, and how many members have none.

    Parameters
    ----------
    runs : Ensemble or DynamicsStudy
        Of runs, the states at the end and the records; of dynamics, every measure that is a number.
    """
    found = _numbers(runs)
    known = {name: column[~np.isnan(column)] for name, column in found.items()}
    ranks = {name: _ranks(column) for name, column in known.items()}
    return {
        "quantity": list(found),
        "least": [rank[0] for rank in ranks.values()],
        "median": [rank[1] for rank in ranks.values()],
        "greatest": [rank[2] for rank in ranks.values()],
        "undefined": [len(runs) - column.size for column in known.values()],
    }


def words(runs: DynamicsStudy) -> Table:
    """Columns: every measure in words, each of its words, most frequent first, how many members have it, which share.

    Parameters
    ----------
    runs : DynamicsStudy
    """
    counts = {
        name: Counter(map(_plain, column.tolist())).most_common() for name, column in runs.columns.items() if column.dtype.kind != "f"
    }
    rows = [(name, word, number, number / len(runs)) for name, found in counts.items() for word, number in found]
    return {name: [row[place] for row in rows] for place, name in enumerate(("measure", "word", "members", "share"))}


def accuracy(runs: Ensemble) -> Table:
    """Columns: which members ran again at a hundredth of the tolerances, and the relative error that this shows; none without an audit.

    Parameters
    ----------
    runs : Ensemble
    """
    audit = runs.audit
    return {"member": [], "error": []} if audit is None else {"member": audit.members.tolist(), "error": audit.errors.tolist()}


def write(found: Any, path: str | PathLike[str]) -> None:
    """Write a table, or what a result gives as one, as csv; a file that is there is replaced.

    Parameters
    ----------
    found : mapping of str to sequence, or a result with ``to_table()``
    path : path-like
        Folders on the way are made.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    table = found if isinstance(found, dict) else found.to_table()
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(as_csv({name: list(column) for name, column in table.items()}), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"'{path}' cannot be written: {reason}. Free it, or run this elsewhere.") from error


def _numbers(runs: Ensemble | DynamicsStudy) -> Mapping[str, npt.NDArray[Any]]:
    """Columns of numbers by what they are called in a table."""
    if isinstance(runs, DynamicsStudy):
        return {name: column for name, column in runs.columns.items() if column.dtype.kind == "f"}
    return {f"{name} at the end": runs[name][:, -1] for name in runs.model.state_names} | {label: runs[label] for label in runs.labels}


def _ranks(column: npt.NDArray[Any]) -> Any:
    """Least, middle and greatest; where some are infinite the middle is one of the numbers, not between two."""
    if not column.size:
        return [None] * 3
    return np.quantile(column, [0.0, 0.5, 1.0], method="linear" if np.isfinite(column).all() else "inverted_cdf")


def _plain(value: Any) -> str:
    """A word or truth value as a reader has it."""
    return ("yes" if value else "no") if isinstance(value, bool) else value or NOTHING
