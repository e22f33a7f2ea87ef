"""Matrices of nations from text: named rows, named columns, numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from richardson.arrays import FloatArray
from richardson.data.cells import finite_number, lines_of
from richardson.errors import DataError
from richardson.paths import as_path


@dataclass(frozen=True, eq=False, repr=False)
class NationMatrix:
    """Numbers of nations towards nations; `Model.with_values` takes it for any family of pairs.

    Attributes
    ----------
    index, columns : tuple of str
        The same nations, those of the rows and those of the columns.
    values : FloatArray
        Shape (n, n), row i towards column j; 0 on the diagonal.
    source : str
        The file it was read from.
    """

    index: tuple[str, ...]
    columns: tuple[str, ...]
    values: FloatArray
    source: str

    def to_numpy(self) -> FloatArray:
        """The numbers, shape (n, n)."""
        return self.values

    def to_table(self) -> dict[str, Sequence[str] | Sequence[float]]:
        """Columns, one row a nation."""
        return {"nation": list(self.index)} | {name: self.values[:, place].tolist() for place, name in enumerate(self.columns)}

    def __repr__(self) -> str:
        """Size and source."""
        return f"<{len(self.index)} × {len(self.columns)} numbers of nations from {self.source}>"


def read_matrix(path: str | PathLike[str]) -> NationMatrix:
    r"""Matrix of nations from a csv file with named rows and columns.

    Parameters
    ----------
    path : str or path
        The first line names the columns after a cell that is not read; each further line is a name and its numbers. Columns may stand
        in another order than rows. The diagonal may be empty, and is 0 otherwise.

    Returns
    -------
    NationMatrix
        In the order of the rows.

    Raises
    ------
    InvalidInputError
        If the path is neither text nor a path.
    DataError
        If the file is missing or no text, a line has too many cells or too few, a name occurs twice or only in rows
        or columns, there are fewer than two nations, a cell is no finite number, or one of the diagonal is another than 0; the
        message names the file, the row and the column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "defence.csv"
    >>> _ = file.write_text("nation,x,y\nx,,0.3\ny,0.2,\n")
    >>> read_matrix(file).to_numpy().tolist()
    [[0.0, 0.3], [0.2, 0.0]]
    """
    file = as_path(path)
    lines = [line for _, line in lines_of(file, "matrix", "Give a csv file in UTF-8 with named rows and columns.")]
    if len(lines) < 3:
        raise DataError(f"The matrix {file} has fewer than two rows of numbers. Give a line of names, then one line for each nation.")
    columns, rows = lines[0][1:], [line[0] for line in lines[1:]]
    _check_names(file, rows, columns)
    for name, line in zip(rows, lines[1:], strict=True):
        if len(line) != len(columns) + 1:
            raise DataError(f"The row '{name}' of {file} has {len(line) - 1} cells for {len(columns)} columns. Give one for each.")
    values = np.zeros((len(rows), len(rows)))
    for i, (name, line) in enumerate(zip(rows, lines[1:], strict=True)):
        for column, cell in zip(columns, line[1:], strict=True):
            values[i, rows.index(column)] = _number(file, name, column, cell)
    return NationMatrix(tuple(rows), tuple(rows), values, str(file))


def _check_names(file: Path, rows: Sequence[str], columns: Sequence[str]) -> None:
    for what, names in (("rows", rows), ("columns", columns)):
        for name, count in Counter(names).items():
            if not name:
                raise DataError(f"The {what} of {file} have one without a name. Name every nation.")
            if count > 1:
                raise DataError(f"The {what} of {file} name '{name}' {count} times. Give every nation one of the {what}.")
    for what, others, names in (("rows but no column", columns, rows), ("columns but no row", rows, columns)):
        alone = [name for name in names if name not in others]
        if alone:
            raise DataError(f"'{alone[0]}' names one of the {what} of {file}. Give every nation a row and a column of the same name.")


def _number(file: Path, row: str, column: str, cell: str) -> float:
    """The number in a cell, of the diagonal 0 where it is empty."""
    if row == column and cell in ("", "nan", "NaN"):
        return 0.0
    number = finite_number(cell, f"Row '{row}', column '{column}' of {file}")
    if row == column and number != 0.0:
        raise DataError(f"Row and column '{row}' of {file} meet at {cell!r}, which stands for nothing: leave that cell empty, or 0.")
    return number
