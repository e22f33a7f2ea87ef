"""Matrices of nations from csv files and from what looks like a pandas frame."""

from pathlib import Path

import numpy as np
import pytest

from richardson import errors
from richardson.data import read_matrix
from richardson.models import nations, security_dilemma

TABLE = "nation,y,x,z\nx,0.1,,0.2\ny,0,0.3,0.4\nz,0.6,0.5,\n"


class Frame:
    """As much of a pandas frame as is looked at."""

    def __init__(self, index: list[str], columns: list[str], values: object) -> None:
        self.index, self.columns, self._values = index, columns, np.array(values)

    def to_numpy(self) -> np.ndarray:
        return self._values


def written(folder: Path, text: str) -> Path:
    """A file with that text."""
    file = folder / "defence.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("names", [("x", "y", "z"), ("z", "x", "y")])
def test_rows_and_columns_are_matched_by_name(tmp_path: Path, names: tuple[str, ...]) -> None:
    model = nations(names, defence=read_matrix(written(tmp_path, TABLE)))
    assert [model.values[f"defence_{pair}"] for pair in ("x_y", "x_z", "y_x", "y_z", "z_x", "z_y")] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


def test_a_frame_is_matched_by_name_for_many_nations_too() -> None:
    names = list("abcdefg")
    values = np.arange(49.0).reshape(7, 7) * ~np.eye(7, dtype=bool)
    model = nations(names, defence=Frame(names[::-1], names, values[::-1]))
    np.testing.assert_array_equal(model.values["defence"], values)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("nation,x,y\nx,0,1\ny,2\n", "1 cells"),
        ("nation,x,y\nx,0,1,3\ny,2,0\n", "3 cells"),
        ("nation,x,x\nx,0,1\ny,2,0\n", "'x' 2 times"),
        ("nation,x,y\nx,0,1\nx,2,0\n", "'x' 2 times"),
        ("nation,x,y\nx,0,1\nz,2,0\n", "row and a column"),
        ("nation,x,y\nx,0,much\ny,2,0\n", "Row 'x', column 'y'.*'much'"),
        ("nation,x,y\nx,0,\ny,2,0\n", "Row 'x', column 'y'.*''"),
        ("nation,x,y\nx,0,inf\ny,2,0\n", "finite"),
        ("nation,x,\nx,0,1\n,2,0\n", "without a name"),
        ("nation,x\nx,0\n", "fewer than two"),
        ("", "fewer than two"),
    ],
)
def test_a_file_that_is_no_matrix_of_nations_is_refused(tmp_path: Path, text: str, refusal: str) -> None:
    with pytest.raises(errors.DataError, match=refusal):
        read_matrix(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.DataError, match="cannot be read"):
        read_matrix(tmp_path / "none.csv")


def test_nations_that_the_model_does_not_have_are_refused(tmp_path: Path) -> None:
    table = read_matrix(written(tmp_path, TABLE))
    with pytest.raises(errors.UnknownNameError, match="no nation here"):
        nations(("x", "y", "w"), defence=table)
    with pytest.raises(errors.InvalidInputError, match="lack w"):
        nations(("w", "x", "y", "z"), defence=table)
    with pytest.raises(errors.InvalidInputError, match="twice"):
        nations(("x", "y"), defence=Frame(["x", "x"], ["x", "y"], np.zeros((2, 2))))


def test_a_rate_that_the_model_forbids_is_refused(tmp_path: Path) -> None:
    table = read_matrix(written(tmp_path, TABLE.replace("0.3", "-0.3")))
    with pytest.raises(errors.OutOfBoundsError, match="exposure"):
        security_dilemma(3, exposure=table)


def test_a_diagonal_with_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.DataError, match="'x' of .* meet at '1'"):
        read_matrix(written(tmp_path, "n,x,y\nx,1,2\ny,3,0\n"))
