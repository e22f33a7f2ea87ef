"""What a study gave, in tables to read: numbers by their spread, words by how often they occur."""

from __future__ import annotations

from richardson.cli.summary import spread, words
from richardson.cli.tables import Table
from richardson.errors import counted
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble

MOST_WORDS = 8  # rows of a table of words; what is rarer is counted together


def tables_of(runs: Ensemble | DynamicsStudy) -> list[Table]:
    """The spread of what was found in numbers; of dynamics, then a table of every measure in words."""
    if isinstance(runs, Ensemble):
        return [spread(runs)]
    found = words(runs)
    return [spread(runs), *(_of_measure(found, name, len(runs)) for name in dict.fromkeys(found["measure"]))]


def _of_measure(found: Table, measure: str, count: int) -> Table:
    """Columns: a measure's words, how many members have each, which share; most frequent first, those that are rare together."""
    rows = zip(found["measure"], found["word"], found["members"], strict=True)
    counts = [(word, number) for name, word, number in rows if name == measure]
    shown = dict(counts[:MOST_WORDS])
    if rare := [number for _, number in counts[MOST_WORDS:]]:
        shown[counted(len(rare), "other")] = sum(rare)
    return {measure: list(shown), "members": list(shown.values()), "share": [number / count for number in shown.values()]}
