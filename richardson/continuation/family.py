"""The equations of rest of a model whose parameter moves."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite
from typing import Self

import numpy as np

from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False)
class Family:
    """Equations of rest over states and one parameter.

    A point has shape (d + 1,): states and parameter, measured from the lower corner of the box in its widths, so that the window
    and the span become [0, 1].

    Attributes
    ----------
    equations : RestEquations
        Of every state; its parameters move with each call.
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    positions : tuple of int
        Of the members among the model's parameters.
    origin, scale : FloatArray
        Shape (d + 1,): lower corner and widths of the box.
    """

    equations: RestEquations
    parameter: str
    positions: tuple[int, ...]
    origin: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, model: Model, parameter: str, span: tuple[float, float], window: Window) -> Self:
        """Family of ``model`` in the box of window and span, both checked."""
        members = model.resolve(parameter)
        numbers = {model.values[member] for member in members}
        if len(numbers) > 1:
            listed = ", ".join(f"{member} = {model.values[member]:g}" for member in members)
            raise InvalidInputError(
                f"'{parameter}' cannot be moved as one, because its members differ: {listed}. "
                f"Make them equal with with_values({parameter}=…), or move one of them by its full name."
            )
        low, high = _checked_span(model, members, parameter, span)
        lower, upper = window.box(model)
        equations = RestEquations.of(model, lower, upper)
        positions = tuple(model.parameter_names.index(member) for member in members)
        return cls(equations, parameter, positions, np.append(lower, low), np.append(upper - lower, high - low))

    @cached_property
    def lower(self) -> FloatArray:
        """Lower corner of the box in the family's coordinates, shape (d + 1,)."""
        return np.zeros(len(self.scale))

    @cached_property
    def upper(self) -> FloatArray:
        """Upper corner of the box in the family's coordinates, shape (d + 1,)."""
        return np.ones(len(self.scale))

    @property
    def parameter_count(self) -> int:
        """One: the last coordinate."""
        return 1

    @property
    def dimension(self) -> int:
        """Number of states d."""
        return len(self.scale) - 1

    def natural(self, points: FloatArray) -> FloatArray:
        """Points in the units of states and parameter, same shape."""
        return self.origin + self.scale * points

    def scaled(self, state: FloatArray, value: float) -> FloatArray:
        """Point from a state (d,) and a parameter value."""
        return (np.append(state, value) - self.origin) / self.scale

    def move(self, value: float) -> None:
        """Set the parameter to ``value``."""
        self.equations.field.parameters[list(self.positions)] = value

    def values_and_matrix(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Residuals (d,) and their derivatives (d, d + 1) in the coordinates of the point."""
        place = self.natural(point)
        self.move(place[-1])
        value, jacobian = self.equations.values_and_jacobian(place[:-1])
        slope = self.slope(place[:-1])
        return value, np.column_stack((jacobian, slope)) * self.scale

    def slope(self, state: FloatArray) -> FloatArray:
        """Derivative of the residuals in the parameter, shape (d,), at the value last moved to."""
        return self.equations.field.parameter_derivatives(state, (self.parameter,))[:, 0]

    def noise(self, point: FloatArray) -> FloatArray:
        """Rounding of the residuals at a point, shape (d,)."""
        place = self.natural(point)
        self.move(place[-1])
        return replace(self.equations).noise(place[:-1])  # a copy, because the original keeps what it knows of other values


def _checked_span(model: Model, members: tuple[str, ...], parameter: str, span: tuple[float, float]) -> tuple[float, float]:
    ends = as_floats(span, f"The span of '{parameter}'")
    if ends.shape != (2,) or not all(isfinite(end) for end in ends) or not ends[0] < ends[1]:
        raise InvalidInputError(f"The span of '{parameter}' must be a pair (low, high) of finite numbers, low < high; got {span!r}.")
    for member in members:
        for end in ends:
            model.parameters[model.parameter_names.index(member)].check(end)
    return float(ends[0]), float(ends[1])
