"""Runs in files that other programs read: netCDF, csv, parquet and Stata's dta. `save` keeps any result for this library."""

from __future__ import annotations

import csv
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.errors import InvalidInputError, OutputError, RichardsonError
from richardson.files.batches import Runs, batches, check_runs, columns_of, layout_of_runs, named
from richardson.files.parquet import write_parquet
from richardson.files.stata import write_stata
from richardson.paths import as_path
from richardson.study.store.files import reason, replacing


def export(runs: Any, path: str | PathLike[str]) -> None:
    """Write runs to a file that R, Stata, Julia, Python and others read without this library.

    The file appears whole or not at all; one that is already there is replaced. A stored study is read and written in parts, but for
    ``.dta``, so that it may be larger than the memory.

    Parameters
    ----------
    runs : Ensemble, DynamicsStudy or StoredStudy
        Of a stored study that is not complete, the members that are there.
    path : path-like
        Its ending says what is written. ``.nc``: netCDF-4, the dataset of ``to_xarray()``. ``.csv``: a table with exact numbers, missing
        ones empty. ``.parquet``: the same with types, meanings and units. ``.dta``: the same for Stata, with labels of variables and of
        outcomes. Tables have a row a member, or where times were kept a row a member and time; kinds of equilibria are words, lists of
        them texts.

    Raises
    ------
    InvalidInputError
        If they are no runs, the ending is none of these, or the format cannot hold them.
    OutputError
        If the file cannot be written there.
    DataError
        If a block of a stored study was changed since it was written.
    MissingExtraError
        If what writes the format is not installed: xarray for ``.nc``, pandas for ``.dta`` (the extra ``data``), pyarrow for
        ``.parquet`` (the extra ``scale``).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from richardson.models import linear
    >>> from richardson import Design, run_ensemble
    >>> runs = run_ensemble(linear(), Design.grid({"defence": [0.25, 0.5]}), {"x": 0, "y": 0}, 50.0)
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "runs.csv"
    >>> export(runs, file)
    >>> print(file.read_text().splitlines()[0])
    member,design_defence,x,y,outcome,stopped_at
    """
    target = as_path(path)
    write = WRITERS.get(target.suffix.lower())
    if write is None:
        raise InvalidInputError(f"A file of runs ends in {', '.join(WRITERS)}; got {target.name!r}. Name one of these.")
    checked = check_runs(runs)
    try:
        with replacing(target) as temporary:
            write(checked, temporary)
    except OSError as error:
        if isinstance(error, RichardsonError):
            raise
        raise OutputError(
            f"{target} cannot be written: {reason(error)}. Name a file in a folder that exists and is yours, with room for it."
        ) from error


def write_netcdf(runs: Runs, path: Path) -> None:
    """The dataset of runs as netCDF-4.

    Parameters
    ----------
    runs : Ensemble, DynamicsStudy or StoredStudy
    path : Path
        Which does not exist.

    Raises
    ------
    MissingExtraError
        If xarray or h5netcdf is not installed.
    """
    extras.require("h5netcdf", "data")
    runs.to_xarray().to_netcdf(path, engine="h5netcdf")


def write_csv(runs: Runs, path: Path) -> None:
    """A table as text, every number with as many digits as tell it from its neighbours.

    Parameters
    ----------
    runs : Ensemble, DynamicsStudy or StoredStudy
    path : Path
        Which does not exist.
    """
    columns = columns_of(layout_of_runs(runs))
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for table in batches(runs):
            writer.writerows(zip(*(_cells(named(column, table[column.name])) for column in columns), strict=True))


def _cells(values: npt.NDArray[Any]) -> list[Any]:
    """Values of a column as they are written, missing ones as nothing."""
    cells = values.tolist()
    if values.dtype.kind == "f":
        for row in np.flatnonzero(np.isnan(values)).tolist():
            cells[row] = ""
    return list(cells)


WRITERS: dict[str, Callable[[Runs, Path], None]] = {
    ".nc": write_netcdf,
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".dta": write_stata,
}
