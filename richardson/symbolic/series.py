"""A number given at some times, and how it runs between them: a piecewise polynomial of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from scipy.interpolate import CubicSpline

from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.symbolic.functions import TIME, heaviside

LEAST_POINTS = {"previous": 1, "linear": 2, "cubic": 4}  # a cubic without a knot at the second and last but one needs four
BEYOND = ("refuse", "hold")
MOST_POINTS = 2000  # monthly for a century and a half; its formula takes a second to write


@dataclass(frozen=True, eq=False, repr=False)
class Series:
    """Values of a parameter at some times, with the way they are joined named.

    Parameters
    ----------
    times : array_like, shape (n,)
        Increasing, in the model's unit of time.
    values : array_like, shape (n,)
        In the parameter's unit.
    interpolation : str
        "linear"; "cubic", the spline with two continuous derivatives whose first two and last two pieces are one cubic each; or
        "previous", a step: each value holds from its time to the next.
    beyond : str
        What holds before the first and after the last time: "refuse", nothing, so that a run must stay within them; or "hold", the
        first and the last value.

    Attributes
    ----------
    times, values : FloatArray
        Shape (n,).
    interpolation, beyond : str

    Raises
    ------
    InvalidInputError, UnknownNameError
        If times and values are not as many finite numbers, times do not increase, there are too few or too many, or the
        interpolation or what is beyond is unknown.

    Examples
    --------
    >>> path = Series([1990, 2000, 2010], [0.0, 0.1, 0.05], interpolation="linear")
    >>> path.at([1995, 2010])
    array([0.05, 0.05])
    """

    times: FloatArray
    values: FloatArray
    interpolation: str
    beyond: str = "refuse"

    def __init__(self, times: Any, values: Any, *, interpolation: str, beyond: str = "refuse") -> None:
        if interpolation not in tuple(LEAST_POINTS):
            raise UnknownNameError(f"There is no interpolation {interpolation!r}. {nearest(str(interpolation), LEAST_POINTS)}")
        if beyond not in BEYOND:
            raise UnknownNameError(f"Beyond its times a series can 'refuse' or 'hold'; got {beyond!r}. {nearest(str(beyond), BEYOND)}")
        moments, numbers = as_floats(times, "Times of a series"), as_floats(values, "Values of a series")
        _check(moments, numbers, interpolation)
        for array in (moments, numbers):
            array.flags.writeable = False
        for name, part in (("times", moments), ("values", numbers), ("interpolation", interpolation), ("beyond", beyond)):
            object.__setattr__(self, name, part)
        _check_pieces(self)

    def __len__(self) -> int:
        """Number of times."""
        return int(self.times.size)

    @cached_property
    def pieces(self) -> FloatArray:
        """Shape (4, n): value, slope, and coefficients of the square and cube of the time gone, from each time on; held after the last."""
        rows = np.zeros((4, len(self)))
        rows[0] = self.values
        if self.interpolation == "cubic":
            rows[1:, :-1] = CubicSpline(self.times, self.values).c[2::-1]
        elif self.interpolation == "linear":
            rows[1, :-1] = np.diff(self.values) / np.diff(self.times)
        return rows

    def at(self, times: float | Sequence[float] | FloatArray) -> FloatArray:
        """Values at times of any shape, held beyond the ends; at a step, the value that begins there.

        Parameters
        ----------
        times : array_like
            In the model's unit of time.

        Examples
        --------
        >>> Series([1990, 2000], [0.0, 0.1], interpolation="linear").at([1985, 1995, 2000])
        array([0.  , 0.05, 0.1 ])
        """
        asked = np.clip(as_floats(times, "Times"), self.times[0], self.times[-1])
        place = np.searchsorted(self.times, asked, side="right") - 1
        value, slope, bend, twist = self.pieces[:, place]
        gone = asked - self.times[place]
        return np.asarray(value + gone * (slope + gone * (bend + gone * twist)))

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest value, between the times too."""
        found = self.values
        if self.interpolation == "cubic":
            slope, bend, twist = self.pieces[1:, :-1]
            with np.errstate(all="ignore"):
                root = np.sqrt(bend**2 - 3.0 * slope * twist)
                turns = np.concatenate([(-bend + root) / (3.0 * twist), (-bend - root) / (3.0 * twist), -slope / (2.0 * bend)])
                inside = np.isfinite(turns) & (turns > 0.0) & (turns < np.tile(np.diff(self.times), 3))
            found = np.append(found, self.at((np.tile(self.times[:-1], 3) + turns)[inside]))
        return float(found.min()), float(found.max())

    @cached_property
    def expression(self) -> sympy.Expr:
        """The series as an expression in time, held beyond the ends; at a step, the mean of both sides."""
        times, values = ([_exact(number) for number in array] for array in (self.times, self.values))
        if self.interpolation == "previous":
            rises = [(b - a) * heaviside(TIME - time) for a, b, time in zip(values, values[1:], times[1:], strict=False)]
            return sympy.Add(values[0], *rises)
        parts = [values[0]]
        for begin, end, (slope, bend, twist) in zip(times, times[1:], self.pieces[1:].T, strict=False):
            gone = sympy.Min(sympy.Max(TIME, begin, evaluate=False), end, evaluate=False) - begin
            parts.append(gone * (_exact(slope) + gone * (_exact(bend) + gone * _exact(twist))))
        return sympy.Add(*parts)

    def to_table(self) -> dict[str, list[float]]:
        """Columns: times and values."""
        return {"time": self.times.tolist(), "value": self.values.tolist()}

    def __repr__(self) -> str:
        """Number of values, span, and how they are joined."""
        return f"<series of {len(self)} values over [{self.times[0]:g}, {self.times[-1]:g}], {self.interpolation}, {self.beyond} beyond>"


def _check(times: FloatArray, values: FloatArray, interpolation: str) -> None:
    """Refuse what is no series."""
    if times.ndim != 1 or times.shape != values.shape:
        raise InvalidInputError(f"A series needs one value a time; got times of shape {times.shape} and values of shape {values.shape}.")
    least = LEAST_POINTS[interpolation]
    if not least <= times.size <= MOST_POINTS:
        raise InvalidInputError(
            f"A {interpolation} series needs {least} to {MOST_POINTS} values; got {times.size}. "
            + ("Give more, or another interpolation." if times.size < least else "Thin it out, or write a formula of t.")
        )
    if not (np.isfinite(times).all() and np.isfinite(values).all()):
        raise InvalidInputError("Times and values of a series must be finite. Leave out the times at which nothing is known.")
    if not (np.diff(times) > 0.0).all():
        where = int(np.argmax(np.diff(times) <= 0.0))
        raise InvalidInputError(f"Times of a series must increase; {times[where + 1]:g} follows {times[where]:g}. Sort them.")


def _check_pieces(series: Series) -> None:
    """Refuse slopes that are no numbers."""
    try:
        with np.errstate(all="ignore"):
            is_finite = bool(np.isfinite(series.pieces).all())
    except ValueError:  # of the spline, where its slopes are not finite
        is_finite = False
    if not is_finite:
        raise InvalidInputError("Between two times of the series its values change faster than numbers can say. Merge those times.")


def _exact(number: float) -> sympy.Rational:
    """The decimal that prints a float, exactly."""
    return sympy.Rational(repr(float(number)))
