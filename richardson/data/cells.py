"""Lines and numbers of a user's csv file, and what is wrong with one in a sentence."""

import csv
from math import isfinite
from pathlib import Path

from richardson.errors import DataError


def lines_of(file: Path, what: str, remedy: str) -> list[tuple[int, list[str]]]:
    """Lines that hold anything, with their numbers from 1, and their cells without the spaces around them.

    Parameters
    ----------
    file : Path
    what : str
        What the file is, as in "table".
    remedy : str
        A sentence that says what it should be.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream)
            lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise DataError(f"The {what} {file} cannot be read: {reason}. {remedy}") from error
    return [(number, line) for number, line in lines if any(line)]


def finite_number(cell: str, place: str) -> float:
    """The number in a cell.

    Parameters
    ----------
    cell : str
    place : str
        Where it stands, to begin a sentence with.

    Raises
    ------
    DataError
        If it is no finite number.
    """
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise DataError(f"{place} holds {cell!r}, which is no finite number. Give one.")
    return number
