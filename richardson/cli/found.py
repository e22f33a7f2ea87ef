"""What a study gave, in tables: numbers by their spread, words by how often they occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.cli.summary import spread
from richardson.cli.tables import Table
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble

MOST_WORDS = 8  # rows of a table of words; what is rarer is counted together
NOTHING, OTHERS = "none", "others"


def tables_of(runs: Ensemble | DynamicsStudy) -> list[Table]:
    """Of runs, the spread of states at the end and of records; of dynamics, that of numbers, then a table of every measure in words."""
    if isinstance(runs, Ensemble):
        return [spread(runs)]
    numbers = {name: column for name, column in runs.columns.items() if column.dtype.kind == "f"}
    return [_spread(numbers), *(_words(name, column) for name, column in runs.columns.items() if name not in numbers)]


def _spread(columns: Mapping[str, npt.NDArray[Any]]) -> Table:
    """Columns: numbers with their least, middle and greatest value, and how many members have none."""
    known = {name: column[~np.isnan(column)] for name, column in columns.items()}
    ranks = {name: _ranks(column) for name, column in known.items()}
    return {
        "quantity": list(columns),
        "least": [rank[0] for rank in ranks.values()],
        "median": [rank[1] for rank in ranks.values()],
        "greatest": [rank[2] for rank in ranks.values()],
        "undefined": [column.size - known[name].size for name, column in columns.items()],
    }


def _ranks(column: npt.NDArray[Any]) -> Any:
    """Least, middle and greatest; where some are infinite the middle is one of the numbers, not between two."""
    if not column.size:
        return [None] * 3
    return np.quantile(column, [0.0, 0.5, 1.0], method="linear" if np.isfinite(column).all() else "inverted_cdf")


def _words(name: str, column: npt.NDArray[Any]) -> Table:
    """Columns: a measure's words, how many members have each, which share; most frequent first."""
    plain = ["yes" if each is True else "no" if each is False else each or NOTHING for each in column.tolist()]
    counts = Counter(plain).most_common()
    shown = dict(counts[:MOST_WORDS])
    if rest := sum(number for _, number in counts[MOST_WORDS:]):
        shown[f"{len(counts) - MOST_WORDS} {OTHERS}"] = rest
    return {name: list(shown), "members": list(shown.values()), "share": [number / len(plain) for number in shown.values()]}
