"""Columns of numbers from text: a line of names, then a line of numbers a row."""

from collections import Counter
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from richardson.arrays import FloatArray
from richardson.data.cells import finite_number, lines_of
from richardson.errors import DataError
from richardson.paths import as_path


def read_table(path: str | PathLike[str]) -> dict[str, FloatArray]:
    r"""Columns of numbers by name from a csv file, for example as `Design.from_table` takes them.

    Parameters
    ----------
    path : str or path
        The first line names the columns; each further line holds a number for each. Empty lines are passed over.

    Returns
    -------
    dict of str to ndarray, each of shape (m,)

    Raises
    ------
    InvalidInputError
        If the path is neither text nor a path.
    DataError
        If the file is missing or no text in UTF-8, holds no row, names a column twice or not at all, or a line has
        too few cells, too many, or one that is no finite number; the message names the file, the line and the column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "cases.csv"
    >>> _ = file.write_text("balance,x\n0.05,1\n0.1,2\n")
    >>> read_table(file)
    {'balance': array([0.05, 0.1 ]), 'x': array([1., 2.])}
    """
    file = as_path(path)
    lines = lines_of(file, "table", "Give a csv file in UTF-8 that begins with names.")
    if len(lines) < 2:
        raise DataError(f"The table {file} holds no row of numbers. Give a line of names, then a line of numbers for each row.")
    names = lines[0][1]
    _check_names(file, names)
    rows = np.empty((len(lines) - 1, len(names)))
    for row, (number, cells) in zip(rows, lines[1:], strict=True):
        if len(cells) != len(names):
            raise DataError(f"Line {number} of {file} has {len(cells)} cells for {len(names)} columns. Give one number for each.")
        row[:] = [finite_number(cell, f"Line {number}, column '{name}' of {file}") for name, cell in zip(names, cells, strict=True)]
    return {name: rows[:, place].copy() for place, name in enumerate(names)}


def _check_names(file: Path, names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if not name:
            raise DataError(f"A column of {file} has no name. Name every column in the first line.")
        if count > 1:
            raise DataError(f"The first line of {file} names '{name}' {count} times. Give every column a name of its own.")
