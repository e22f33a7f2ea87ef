"""A model over the plane of two of its parameters, or the space of more, in coordinates without units."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.family import checked_span
from richardson.errors import InvalidInputError, OutOfBoundsError
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False)
class Plane:
    """Rates and their derivatives over states and k parameters; on a plane k = 2.

    Attributes
    ----------
    field : Field
        Its parameters move with each call of `at`.
    names : tuple of str
        Of the parameters, or of concepts whose members move as one.
    positions : tuple of tuple of int
        Of the members of each among the model's parameters.
    low, high : FloatArray
        Shape (k,): where the parameters' coordinates are 0 and 1.
    scale : FloatArray
        Shape (d,): the states are measured in these.
    """

    field: Field
    names: tuple[str, ...]
    positions: tuple[tuple[int, ...], ...]
    low: FloatArray
    high: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, model: Model, names: Any, spans: Any) -> Self:
        """Plane of ``model`` over two checked parameters and spans; its states are measured in their own units.

        Raises
        ------
        UnknownNameError, InvalidInputError, OutOfBoundsError
            If these are not two parameters that move independently, each as one, or not a span of each within its bounds.
        """
        first, second = _checked_names(model, names)
        if not isinstance(spans, Sequence | np.ndarray) or len(spans) != 2:
            raise InvalidInputError(
                f"Two spans are needed, one for each of '{first}' and '{second}'; got {spans!r}. Write ((0, 1), (0, 5))."
            )
        boxes = np.array([checked_span(model, name, span) for name, span in zip((first, second), spans, strict=True)])
        order = model.parameter_names.index
        positions = tuple(tuple(order(member) for member in model.resolve(name)) for name in (first, second))
        field = Field.of(model)
        return cls(field, (first, second), positions, boxes[:, 0], boxes[:, 1], np.ones(field.dimension))

    @property
    def dimension(self) -> int:
        """Number of states d."""
        return len(self.scale)

    @cached_property
    def widths(self) -> FloatArray:
        """Lengths of the spans, shape (k,)."""
        return self.high - self.low

    @property
    def spans(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Lowest and highest value of both parameters of a plane."""
        (first, second), (third, fourth) = self.low.tolist(), self.high.tolist()
        return (first, third), (second, fourth)

    def natural(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """States (…, d) and values (…, k) of points whose first d coordinates are states and whose last k are parameters.

        What lies on a border in these coordinates lies on it in its own unit.
        """
        parts, shares = points[..., : self.dimension], points[..., -len(self.names) :]
        states = parts * self.scale
        for bound in (self.field.lower, self.field.upper):
            states = np.where(parts == bound / self.scale, bound, states)
        return states, self.low * (1.0 - shares) + self.high * shares

    def scaled(self, state: FloatArray, values: FloatArray) -> FloatArray:
        """Point (d + k,) of a state (d,) and values (k,)."""
        return np.concatenate((state / self.scale, (values - self.low) / self.widths))

    def at(self, point: FloatArray) -> FloatArray:
        """The state (d,) of a point, whose parameter values the field takes on."""
        values = self.low + self.widths * point[-len(self.names) :]
        for positions, value in zip(self.positions, values, strict=True):
            self.field.parameters[list(positions)] = value
        return np.ascontiguousarray(point[: self.dimension] * self.scale)

    def check_within(self, values: FloatArray) -> None:
        """Refuse a pair of values outside the spans.

        Raises
        ------
        OutOfBoundsError
            Which span excludes its value.
        """
        for name, value, low, high in zip(self.names, values, self.low, self.high, strict=True):
            if not low <= value <= high:
                raise OutOfBoundsError(
                    f"The span of '{name}', ({low:g}, {high:g}), excludes the point to start from, at {value:.10g}. Widen it."
                )


def _checked_names(model: Model, names: Any) -> tuple[str, str]:
    """The names of two parameters, or concepts, that share no member."""
    if isinstance(names, str) or not isinstance(names, Sequence) or len(names) != 2:
        raise InvalidInputError(f'A pair of parameter names is needed; got {names!r}. Write for example ("balance", "alarm").')
    first, second = names
    shared = sorted(set(model.resolve(first)) & set(model.resolve(second)))
    if shared:
        raise InvalidInputError(
            f"'{first}' and '{second}' both move {', '.join(shared)}; two parameters that move independently are needed."
        )
    return first, second
