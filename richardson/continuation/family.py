"""Equations of rest of a model whose parameter moves."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite
from typing import Self

import numpy as np

from richardson.arrays import FloatArray, as_floats
from richardson.compiled.field import Field
from richardson.continuation.scales import natural_scales, usual_sizes
from richardson.errors import InvalidInputError, OutOfBoundsError
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.lift import lifted
from richardson.symbolic.model import Model
from richardson.symbolic.order import check_ranges

OUTGROWN = 10.0  # a state so many times its unit is followed in steps of a tenth of it


@dataclass(frozen=True, eq=False)
class Family:
    """Equations of rest over states and one parameter: a system for `richardson.continuation.arclength`.

    A point has shape (d + 1,): states and parameter, measured from ``origin`` in units of ``scale``. With a window, window and span
    become [0, 1]; without, states are measured from zero in units of their own size.

    Attributes
    ----------
    model : Model
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    field : Field
        Of states and parameter together.
    equations : RestEquations
        Of every state at the parameter value last moved to.
    origin, scale : FloatArray
        Shape (d + 1,).
    last : float
        The parameter's highest value, in its unit.
    lower, upper : FloatArray
        Shape (d + 1,): the closed box, in the family's coordinates; infinite where a state has no bound.
    """

    model: Model
    parameter: str
    field: Field
    equations: RestEquations
    origin: FloatArray
    scale: FloatArray
    last: float
    lower: FloatArray
    upper: FloatArray
    parameter_count: int = 1

    @classmethod
    def of(cls, model: Model, parameter: str, span: tuple[float, float], window: Window) -> Self:
        """Family of ``model`` in the box of window and span, both checked."""
        low, high = checked_span(model, parameter, span)
        window.check(model, spanned=len(model.states))
        lower, upper = window.box(model)
        size = len(lower) + 1
        equations = RestEquations.of(model, lower, upper)
        origin, scale = np.append(lower, low), np.append(upper - lower, high - low)
        field = Field.of(lifted(model, parameter))
        return cls(model, parameter, field, equations, origin, scale, high, np.zeros(size), np.ones(size))

    @classmethod
    def around(cls, model: Model, parameter: str, span: tuple[float, float], state: FloatArray) -> Self:
        """Family of ``model`` over a span, bounded by the states' own bounds only, in units fit for what happens near ``state``."""
        low, high = checked_span(model, parameter, span)
        bounds = np.array([[quantity.lower, quantity.upper] for quantity in model.states])
        field = Field.of(lifted(model, parameter))
        place = np.append(state, model.values[model.resolve(parameter)[0]])
        scale = np.append(natural_scales(field, Field.of(model), place, high - low), high - low)
        equations = RestEquations.of(model, state - scale[:-1], state + scale[:-1])
        origin = np.append(np.zeros(len(state)), low)
        lower, upper = np.append(bounds[:, 0] / scale[:-1], 0.0), np.append(bounds[:, 1] / scale[:-1], 1.0)
        return cls(model, parameter, field, equations, origin, scale, high, lower, upper)

    def widened(self, points: FloatArray) -> Self | None:
        """The family in units fit for the branch through ``points``, shape (n, d + 1), if its states outgrow the present ones.

        Points of a branch far larger than their unit are far apart, so that it has to be followed again.
        """
        places = self.natural(points)
        scale = np.append(np.maximum(usual_sizes(places[:, :-1], places[:, -1]), self.scale[:-1]), self.scale[-1])
        if (scale <= OUTGROWN * self.scale).all():
            return None
        with np.errstate(invalid="ignore"):
            lower, upper = self.lower * self.scale / scale, self.upper * self.scale / scale
        return replace(self, scale=scale, lower=lower, upper=upper)

    @property
    def dimension(self) -> int:
        """Number of states d."""
        return len(self.scale) - 1

    @property
    def is_map(self) -> bool:
        """Whether rest means a fixed point of a map."""
        return self.model.kind == "map"

    def natural(self, points: FloatArray) -> FloatArray:
        """Points in the units of states and parameter, same shape; what lies at an end of the span has just its value."""
        places = self.origin + self.scale * points
        places[..., -1] = np.where(points[..., -1] == 1.0, self.last, places[..., -1])
        return places

    def scaled(self, state: FloatArray, value: float) -> FloatArray:
        """Point from a state (d,) and a parameter value."""
        return (np.append(state, value) - self.origin) / self.scale

    def values_and_matrix(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Residuals (d,) in units of ``scale`` a year, and their derivatives (d, d + 1) in the coordinates of the point."""
        size = len(point)
        place = self.origin + self.scale * point
        values, matrix = np.empty(size), np.empty((size, size))
        self.field.raw_rates_and_jacobian(0.0, place, self.field.constants, values, matrix)
        value, part = values[:-1], matrix[:-1]
        if self.is_map:
            value -= place[:-1]
            part[:, :-1] -= self._unit
        part *= self._ratios
        value /= self.scale[:-1]
        return value, part

    def second_derivatives(self, point: FloatArray) -> FloatArray:
        """Second derivatives (d, d + 1, d + 1) of the residuals, in the units of `values_and_matrix`."""
        bent = self.field.second_derivatives(self.natural(point))[:-1]
        return bent * self._ratios[:, :, None] * self.scale

    def noise(self, point: FloatArray) -> FloatArray:
        """Rounding of the residuals at a point, shape (d,), in the units of `values_and_matrix`."""
        place = self.natural(point)
        at_value = self.at(place[-1])
        own = replace(self.equations, field=at_value, base=place[:-1].copy())  # a copy: the original keeps what it knows of other values
        return own.noise(place[:-1]) / self.scale[:-1]

    def at(self, value: float) -> Field:
        """Field of the model at a parameter value."""
        field = Field.of(self.model)
        field.parameters[list(self._positions)] = value
        return field

    @cached_property
    def _positions(self) -> tuple[int, ...]:
        return tuple(self.model.parameter_names.index(member) for member in self.model.resolve(self.parameter))

    @cached_property
    def _ratios(self) -> FloatArray:
        """Shape (d, d + 1): what turns natural derivatives into scaled ones."""
        ratios: FloatArray = self.scale / self.scale[:-1, None]
        return ratios

    @cached_property
    def _unit(self) -> FloatArray:
        return np.eye(self.dimension)


def checked_span(model: Model, parameter: str, span: tuple[float, float]) -> tuple[float, float]:
    """The span (low, high) of a parameter, or of a concept whose members are equal.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If the parameter is unknown, its members differ, or the span is no pair low < high within its bounds in which it keeps its order
        with other parameters.
    """
    members = model.resolve(parameter)
    if len({model.values[member] for member in members}) > 1:
        listed = ", ".join(f"{member} = {model.values[member]:g}" for member in members)
        raise InvalidInputError(
            f"'{parameter}' cannot be moved as one, because its members differ: {listed}. "
            f"Make them equal with with_values({parameter}=…), or move one of them by its full name."
        )
    ends = as_floats(span, f"The span of '{parameter}'")
    if ends.shape != (2,) or not all(isfinite(end) for end in ends) or not ends[0] < ends[1]:
        raise InvalidInputError(f"The span of '{parameter}' must be a pair (low, high) of finite numbers, low < high; got {span!r}.")
    for member in members:
        for end in ends:
            model.parameters[model.parameter_names.index(member)].check(end)
    check_ranges(model, {parameter: (float(ends[0]), float(ends[1]))})
    return float(ends[0]), float(ends[1])


def current_value(model: Model, parameter: str, span: tuple[float, float]) -> float:
    """The model's value of a parameter, which must lie in the checked ``span``.

    Raises
    ------
    OutOfBoundsError
        If it does not.
    """
    value = model.values[model.resolve(parameter)[0]]
    if not span[0] <= value <= span[1]:
        raise OutOfBoundsError(
            f"A branch starts at the model's own '{parameter}' = {value:g}, which is outside the span [{span[0]:g}, {span[1]:g}]. "
            f"Widen the span, or start from an equilibrium of model.with_values({parameter}=…)."
        )
    return value
