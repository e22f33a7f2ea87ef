"""Observed series: times, one column a nation, their unit and where they come from."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray, as_floats, as_times
from richardson.errors import DataError, InvalidInputError, UnknownNameError, nearest
from richardson.estimation.tables import html_table
from richardson.paths import as_path


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Observations:
    """Series observed at common times.

    Parameters
    ----------
    times : array_like, shape (t,)
        Finite, increasing; years unless ``source`` says otherwise.
    values : array_like, shape (t, n), or mapping of str to array_like, shape (t,)
        One column a series, NaN where missing; a mapping gives names and columns at once.
    unit : str
        Unit of every value, for example ``"bn current USD"``.
    names : sequence of str, optional
        One a column; only with an array.
    source : str
        Where the numbers come from, and what is wrong with them.

    Attributes
    ----------
    times : ndarray, shape (t,)
    values : ndarray, shape (t, n)
    names : tuple of str
    unit : str
    source : str

    Raises
    ------
    InvalidInputError
        If times do not increase, lengths differ, a value is infinite, or names repeat.

    Examples
    --------
    >>> race = Observations([1, 2, 3], {"x": [1, 2, 4], "y": [1, 1, 2]}, unit="bn USD")
    >>> race["x"].tolist()
    [1.0, 2.0, 4.0]
    >>> race.sum()["total"].tolist()
    [2.0, 3.0, 6.0]
    """

    times: FloatArray
    values: FloatArray
    names: tuple[str, ...]
    unit: str
    source: str

    def __init__(self, times: Any, values: Any, *, unit: str, names: Sequence[str] | None = None, source: str = "") -> None:
        """Check the parts and keep copies of the arrays."""
        checked = as_times(times)
        columns, labels = _columns(values, names, checked.size)
        _check_values(columns, labels, checked)
        for name, part in (
            ("times", checked),
            ("values", columns),
            ("names", labels),
            ("unit", str(unit)),
            ("source", str(source)),
        ):
            object.__setattr__(self, name, part)

    @classmethod
    def from_csv(
        cls,
        path: str | PathLike[str],
        *,
        unit: str,
        time: str = "year",
        names: Sequence[str] | None = None,
        source: str = "",
    ) -> "Observations":
        """Observations from a comma-separated file: a header, a column of times, one column a series.

        Parameters
        ----------
        path : path-like
            UTF-8 text; numbers with a decimal point; an empty field is a missing value.
        unit : str
            Unit of every value.
        time : str
            Header of the column of times.
        names : sequence of str, optional
            Columns to keep, in this order; all others by default.
        source : str
            Recorded; the file's name by default.

        Returns
        -------
        Observations

        Raises
        ------
        InvalidInputError, DataError
            If the path is none, the file cannot be read, a line has too few or too many fields, or a field is no number: the message
            names line and column.
        UnknownNameError
            If a column asked for is not there.
        """
        file = as_path(path)
        header, lines = _read_table(file, time)
        kept = [name for name in header if name != time] if names is None else [str(name) for name in names]
        for name in kept:
            if name not in header or name == time:
                raise UnknownNameError(f"'{path}' has no series '{name}'. {nearest(name, [h for h in header if h != time])}")
        times = [_number(path, number, time, fields[header.index(time)]) for number, fields in lines]
        values = [[_number(path, number, name, fields[header.index(name)]) for name in kept] for number, fields in lines]
        if any(np.isnan(times)):
            raise DataError(f"'{path}' has a line without a {time}. Fill it in or remove the line.")
        return cls(times, np.reshape(values, (len(times), len(kept))), unit=unit, names=kept, source=source or file.name)

    def __getitem__(self, name: str) -> FloatArray:
        """One series, shape (t,), in ``unit``."""
        return self.values[:, self._position(name)].copy()

    def __len__(self) -> int:
        """Number of times."""
        return int(self.times.size)

    def sum(self, names: Sequence[str] | None = None) -> "Observations":
        """The series added up, as one series: NaN wherever one of them is missing.

        Parameters
        ----------
        names : sequence of str, optional
            Which; all by default, then the sum is named ``"total"``, else as ``"France + Russia"``.

        Returns
        -------
        Observations
            One series.
        """
        chosen = self.names if names is None else _as_names(names)
        label = "total" if names is None else " + ".join(chosen)
        total = self.values[:, [self._position(name) for name in chosen]].sum(axis=1)
        return Observations(self.times, {label: total}, unit=self.unit, source=self.source)

    def select(self, *, years: tuple[float, float] | None = None, names: Sequence[str] | None = None) -> "Observations":
        """Some of the times and series.

        Parameters
        ----------
        years : pair of float, optional
            First and last time kept, both included.
        names : sequence of str, optional
            Series kept, in this order.

        Returns
        -------
        Observations

        Raises
        ------
        DataError
            If fewer than two times are left.
        UnknownNameError
            If there is no such series.
        """
        chosen = self.names if names is None else _as_names(names)
        rows = np.ones(self.times.size, dtype=bool) if years is None else self._within(years)
        columns = [self._position(name) for name in chosen]
        return Observations(self.times[rows], self.values[rows][:, columns], unit=self.unit, names=chosen, source=self.source)

    def to_table(self) -> dict[str, FloatArray]:
        """Columns by name: ``"time"``, then every series, each of shape (t,)."""
        return {"time": self.times.copy(), **{name: self[name] for name in self.names}}

    def to_xarray(self) -> Any:
        """Dataset over the dimension ``time``, each series a variable with its unit.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        series = {name: ("time", self[name], {"units": self.unit}) for name in self.names}
        return xarray.Dataset(series, coords={"time": ("time", self.times)}, attrs={"source": self.source})

    def _position(self, name: str) -> int:
        if name not in self.names:
            raise UnknownNameError(f"There is no series '{name}' in these observations. {nearest(str(name), self.names)}")
        return self.names.index(name)

    def _within(self, years: tuple[float, float]) -> Any:
        span = as_floats(years, "Years")
        if span.shape != (2,):
            raise InvalidInputError(f"Years must be a pair (first, last); got {years!r}. Write for example years=(1950, 2000).")
        first, last = span.tolist()
        rows = (self.times >= first) & (self.times <= last)
        if rows.sum() < 2:
            raise DataError(
                f"Between {first:g} and {last:g} there are {int(rows.sum())} of the observed times, which run from "
                f"{self.times[0]:g} to {self.times[-1]:g}. Choose a span, first year first, that holds at least two."
            )
        return rows

    def __repr__(self) -> str:
        """Names, span, length and unit in one line."""
        missing = int(np.isnan(self.values).sum())
        gaps = f", {missing} missing" if missing else ""
        span = f"{self.times[0]:g}–{self.times[-1]:g}"
        return f"<Observations {', '.join(self.names)}: {span}, {self.times.size} times{gaps}, {self.unit}>"

    def _repr_html_(self) -> str:
        return html_table(self.to_table(), caption=f"{repr(self)[1:-1]}. {self.source}")


def _columns(values: Any, names: Sequence[str] | None, count: int) -> tuple[FloatArray, tuple[str, ...]]:
    if isinstance(values, Mapping):
        if names is not None:
            raise InvalidInputError("Names were given twice: a mapping of columns has its own. Leave out names=.")
        if not values:
            raise InvalidInputError("Observations need at least one series; the mapping is empty.")
        labels = _as_names(values)
        parts = [as_floats(column, f"The series '{name}'") for name, column in values.items()]
        for label, part in zip(labels, parts, strict=True):
            if part.shape != (count,):
                raise InvalidInputError(
                    f"The series '{label}' has shape {part.shape}; there are {count} times. Give one number a time, NaN where missing."
                )
        return np.ascontiguousarray(np.stack(parts, axis=1)), labels
    array = as_floats(values, "Values")
    if names is None:
        raise InvalidInputError("Observations from an array need names=, one a column; or give a mapping of columns.")
    labels = _as_names(names)
    if array.shape != (count, len(labels)) or not labels:
        raise InvalidInputError(
            f"Values have shape {array.shape}; {count} times and {len(labels)} names need shape ({count}, {len(labels)}), time first."
        )
    return array, labels


def _as_names(names: Any) -> tuple[str, ...]:
    if isinstance(names, str):
        raise InvalidInputError(f"Names must be a sequence of names; got the single text '{names}'. Write ['{names}'].")
    labels = tuple(str(name) for name in names)
    repeated = sorted({name for name in labels if labels.count(name) > 1})
    if repeated:
        raise InvalidInputError(f"The series '{repeated[0]}' is named twice. Give every series a name of its own, once.")
    return labels


def _check_values(values: FloatArray, names: tuple[str, ...], times: FloatArray) -> None:
    infinite = np.argwhere(np.isinf(values))
    if infinite.size:
        row, column = infinite[0]
        raise InvalidInputError(
            f"The value of '{names[column]}' at {times[row]:g} is infinite. Give a finite number, or NaN if it is missing."
        )


def _read_table(path: Path, time: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            lines = list(_numbered(csv.reader(stream, strict=True)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"'{path}' cannot be read as UTF-8 comma-separated text: {error}.") from error
    if not lines:
        raise DataError(f"'{path}' is empty. The first line must name the columns, '{time}' among them.")
    header = [name.strip() for name in lines[0][1]]
    if time not in header:
        hint = " Columns must be separated by commas." if len(header) == 1 and ";" in header[0] else ""
        raise DataError(f"'{path}' has no column '{time}' for the times; its columns are {', '.join(header)}.{hint}")
    for number, fields in lines[1:]:
        if len(fields) != len(header):
            raise DataError(f"'{path}', line {number}: {len(fields)} fields where the header names {len(header)} columns.")
    return header, lines[1:]


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    for fields in reader:
        if any(field.strip() for field in fields):
            yield reader.line_num, fields


def _number(path: Any, line: int, column: str, field: str) -> float:
    if not field.strip():
        return float("nan")
    try:
        return float(field)
    except ValueError as error:
        raise DataError(
            f"'{path}', line {line}, column '{column}': '{field}' is not a number. Leave the field empty if the value is missing."
        ) from error
