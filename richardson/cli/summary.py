"""What came of the runs of a study in short tables, and tables as csv files; scripts that were made from scenarios call these."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from richardson.cli.tables import Table, as_csv
from richardson.errors import OutputError


def ends(runs: Any) -> Table:
    """Columns: how runs ended, how many, which share.

    Parameters
    ----------
    runs : Ensemble
    """
    found = runs.count()
    return {
        "outcome": [outcome.name for outcome in found],
        "members": list(found.values()),
        "share": [number / len(runs) for number in found.values()],
    }


def spread(runs: Any) -> Table:
    """Columns: states at the end and records, with their least, middle and greatest value, and how many have none.

    Parameters
    ----------
    runs : Ensemble
    """
    columns = {f"{name} at the end": runs[name][:, -1] for name in runs.model.state_names} | {label: runs[label] for label in runs.labels}
    known = {name: column[np.isfinite(column)] for name, column in columns.items()}
    ranks = {name: np.quantile(column, [0.0, 0.5, 1.0]) if column.size else [None] * 3 for name, column in known.items()}
    return {
        "quantity": list(columns),
        "least": [rank[0] for rank in ranks.values()],
        "median": [rank[1] for rank in ranks.values()],
        "greatest": [rank[2] for rank in ranks.values()],
        "undefined": [len(runs) - column.size for column in known.values()],
    }


def accuracy(runs: Any) -> Table:
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
