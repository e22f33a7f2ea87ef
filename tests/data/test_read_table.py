"""Columns of numbers from csv files, and what is refused with its line and column."""

from pathlib import Path

import numpy as np
import pytest

import richardson as rn
from richardson.errors import DataError


def file_of(folder: Path, content: str | bytes) -> Path:
    path = folder / "cases.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_columns_are_read_by_name_whatever_the_blanks_empty_lines_and_marks(tmp_path: Path) -> None:
    found = rn.data.read_table(file_of(tmp_path, b"\xef\xbb\xbfbalance , x\r\n0.05, 1\r\n\r\n-1e-3,2\r\n"))
    assert {name: column.tolist() for name, column in found.items()} == {"balance": [0.05, -1e-3], "x": [1.0, 2.0]}


def test_a_table_that_is_written_by_numpy_comes_back_to_the_bit(tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).normal(size=(50, 3))
    np.savetxt(tmp_path / "cases.csv", numbers, delimiter=",", header="a,b,c", comments="", fmt="%.17g")
    assert (np.column_stack(list(rn.data.read_table(tmp_path / "cases.csv").values())) == numbers).all()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no row"),
        ("a,b\n", "no row"),
        ("a,b\n1\n", "Line 2 of .* has 1 cells for 2 columns"),
        ("a,b\n1,2\n\n1,2,3\n", "Line 4 of .* has 3 cells for 2 columns"),
        ("a,b\n1,two\n", "Line 2, column 'b' of .* holds 'two'"),
        ("a,b\n1,nan\n", "Line 2, column 'b' of .* holds 'nan'"),
        ("a,b\n1,\n", "Line 2, column 'b' of .* holds ''"),
        ("a,a\n1,2\n", "names 'a' 2 times"),
        ("a,\n1,2\n", "no name"),
        (b"a\n\xff\n", "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line_and_column(content: str | bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=told):
        rn.data.read_table(file_of(tmp_path, content))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        rn.data.read_table(tmp_path / "absent.csv")
