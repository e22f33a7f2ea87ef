"""Curves in a plane of states on which one rate vanishes, every branch."""

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.errors import ComputationError
from richardson.stability.contours import CELLS, PlaneFunction, zero_curves
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.polynomials import plane_factors


def nullclines(model: Model, window: Window) -> dict[str, tuple[FloatArray, ...]]:
    """Curves on which the rate of each spanned state is zero.

    Parameters
    ----------
    model : Model
        Autonomous, of any number of states; of a map, the curves on which a state maps to itself.
    window : Window
        Spans exactly two states; the numbers of the others are put into the rates. If these others would not stay at rest,
        the curves are those of the slice, and their crossings are no equilibria of the model.

    Returns
    -------
    dict of str to tuple of FloatArray
        For each spanned state its polylines, shape (n, 2) each, columns in the order of the window's spans, first and last
        point equal on a closed curve. All lie in the closed window and within the states' bounds; stretches of the border
        count.

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If the window does not fit.
    ComputationError
        If a rate vanishes on the whole window.

    Notes
    -----
    Rates that are quotients of polynomials are split into irreducible factors first, so that branches that cross each other,
    or are touched without a change of sign, are found as curves of their own. For other rates a branch needs a change of
    sign. A closed curve must be wider than half a per cent of the window. Where a rate vanishes on an area, only that part of
    the area's edge counts beyond which the rate is negative.

    Examples
    --------
    >>> from richardson.models import linear
    >>> lines = nullclines(linear(), Window(x=(0, 2), y=(0, 2)))
    >>> {state: len(pieces) for state, pieces in lines.items()}
    {'x': 1, 'y': 1}
    """
    refuse_time(model, "Nullclines")
    Window.of(window).check(model, spanned=2)
    names = list(window.spans)
    order = [model.state_names.index(name) for name in names]
    lower, upper = window.box(model)
    base = lower.copy()
    field = Field.of(model)
    curves: dict[str, tuple[FloatArray, ...]] = {}
    for name, position in zip(names, order, strict=True):
        rate = _sliced_rate(field, base, order, position)
        if not _differs(rate, lower[order], upper[order]):
            raise ComputationError(
                f"The rate of {name} in '{model.name}' is zero on the whole of {window!r}, so it has no nullcline there. "
                "Change a parameter, or span other states."
            )
        factors = plane_factors(model, name, (names[0], names[1]), window.fixed)
        functions = [rate] if factors is None else [_polynomial(powers, numbers) for powers, numbers in factors]
        found = [line for function in functions for line in zero_curves(function, lower[order], upper[order])]
        curves[name] = tuple(piece for line in found for piece in _defined(line, rate))
    return curves


def _sliced_rate(field: Field, base: FloatArray, order: list[int], position: int) -> PlaneFunction:
    is_map = field.model.kind == "map"

    def rate(points: FloatArray) -> FloatArray:
        states = np.tile(base, (len(points), 1))
        states[:, order] = points
        values = field.rates_over(0.0, states)[:, position]
        return values - states[:, position] if is_map else values

    return rate


def _polynomial(powers: IntArray, coefficients: FloatArray) -> PlaneFunction:
    def value(points: FloatArray) -> FloatArray:
        total: FloatArray = (points[:, np.newaxis, :] ** powers).prod(axis=-1) @ coefficients
        return total

    return value


def _differs(rate: PlaneFunction, lower: FloatArray, upper: FloatArray) -> bool:
    """Whether the rate is other than zero anywhere on a grid."""
    ticks = (np.arange(CELLS) + 0.5) / CELLS
    grid = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)
    return bool(rate(lower + grid * (upper - lower)).any())


def _defined(line: FloatArray, rate: PlaneFunction) -> list[FloatArray]:
    """Pieces of a numerator's curve on which the rate itself is defined."""
    is_finite = np.isfinite(rate(line))
    if is_finite.all():
        return [line]
    pieces = np.split(line, np.flatnonzero(~is_finite))
    trimmed = [piece[np.isfinite(rate(piece))] for piece in pieces if len(piece)]
    return [piece for piece in trimmed if len(piece) > 1]
