"""Runs as a file of Stata's, with labels of variables and of outcomes."""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np

from richardson import extras
from richardson.errors import InvalidInputError
from richardson.files.batches import TEXT, Column, Runs, batches, columns_of, layout_of_runs
from richardson.study.dataset import TIME
from richardson.study.layout import MEMBER
from richardson.study.memory import check_memory

LONGEST_NAME, LONGEST_LABEL = 32, 80  # signs, in Stata
VERSION = 118  # of the format: Stata 14 and later, any letters
MOST_VARIABLES = 32_767  # of that version
COPIES = 3  # of the numbers in memory while they are written
# words of Stata and of its matrix language, which pandas would rename in a way of its own
# fmt: off
RESERVED = {
    "_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_N", "_pi", "_pred", "_rc", "_skip",
    "strL", "using", "with", "aggregate", "array", "boolean", "break", "case", "catch", "class", "colvector", "complex", "const",
    "continue", "default", "delegate", "delete", "do", "else", "eltypedef", "end", "enum", "explicit", "export", "external", "for",
    "friend", "function", "global", "goto", "inline", "local", "mata", "matrix", "namespace", "new", "null", "pragma", "private",
    "protected", "quad", "rowvector", "short", "typedef", "typename", "virtual",
}
# fmt: on


def write_stata(runs: Runs, path: Path) -> None:
    """Write the table for Stata 14 and later; names longer than 32 letters are cut, and their meanings are labels.

    Parameters
    ----------
    runs : Ensemble, DynamicsStudy or StoredStudy
    path : Path
        Which does not exist.

    Raises
    ------
    InvalidInputError
        If two names are the same once they are cut, there are too many columns, a number is infinite, or the table does not fit into
        memory.
    MissingExtraError
        If pandas, of the extra ``data``, is not installed.
    """
    pandas = extras.require("pandas", "data")
    layout = layout_of_runs(runs)
    columns = columns_of(layout)
    names = stata_names(columns)
    rows = len(runs) * prod(coordinate.values.size for coordinate in layout.coordinates if coordinate.name == TIME)
    check_memory(COPIES * 8 * rows * len(columns), f"{rows} rows of {len(columns)} columns for Stata", "Export to .csv or .parquet.")
    parts = list(batches(runs))
    cells = {names[column.name]: np.concatenate([part[column.name] for part in parts]) for column in columns}
    for column in columns:
        if column.kind != TEXT and np.isinf(cells[names[column.name]]).any():
            raise InvalidInputError(f"'{column.name}' is infinite for some members, which Stata cannot hold. Export to .csv or .parquet.")
    frame = pandas.DataFrame(cells)
    frame.to_stata(
        path,
        write_index=False,
        version=VERSION,
        data_label=layout.attributes["title"][:LONGEST_LABEL],
        variable_labels={names[column.name]: _label(column) for column in columns},
        value_labels={names[column.name]: dict(enumerate(column.meanings)) for column in columns if column.meanings},
    )


def stata_names(columns: tuple[Column, ...]) -> dict[str, str]:
    """Names as Stata takes them, by ours.

    Raises
    ------
    InvalidInputError
        If two are the same, or there are too many.
    """
    if len(columns) > MOST_VARIABLES:
        raise InvalidInputError(f"There are {len(columns)} columns, and Stata takes {MOST_VARIABLES}. Export to .csv or .parquet.")
    names: dict[str, str] = {}
    ours: dict[str, str] = {}
    for column in columns:
        name = f"{column.name}_" if column.name in RESERVED else column.name
        name = name[:LONGEST_NAME]
        if name in ours:
            raise InvalidInputError(
                f"'{ours[name]}' and '{column.name}' have the same first {LONGEST_NAME} letters, which is all that Stata takes. "
                "Export to .csv, .parquet or .nc, or record shorter expressions."
            )
        names[column.name], ours[name] = name, column.name
    return names


def _label(column: Column) -> str:
    unit = "" if column.unit == "1" or column.name == MEMBER else f" [{column.unit}]"
    return f"{column.meaning[: LONGEST_LABEL - len(unit)]}{unit}"
