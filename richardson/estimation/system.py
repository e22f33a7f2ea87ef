"""A model whose rates are affine in its states, as a function of its free parameters."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False)
class LinearSystem:
    """ẋ = A(θ) x + c(θ), evaluated as one array (n, n + 1): the columns of A, then c.

    Attributes
    ----------
    field : Field
        Of the model; parameters that are not free keep its values.
    groups : tuple of tuple of int
        Positions of the parameters that each free name moves as one.
    """

    field: Field
    groups: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, model: Model, free: tuple[str, ...]) -> "LinearSystem":
        """System of a model in the free names, each a parameter or a concept moved as one."""
        position = {name: place for place, name in enumerate(model.parameter_names)}
        return cls(Field.of(model), tuple(tuple(position[member] for member in model.resolve(name)) for name in free))

    @property
    def start(self) -> FloatArray:
        """The model's own values of the free names, shape (k,); the mean where a concept's members differ."""
        return np.array([self.field.parameters[list(group)].mean() for group in self.groups])

    def parameters(self, free: FloatArray) -> FloatArray:
        """All parameters, shape (p,), at the free values, shape (k,); bounds are not looked at."""
        parameters = self.field.parameters.copy()
        for group, value in zip(self.groups, free, strict=True):
            parameters[list(group)] = value
        return parameters

    def at(self, free: FloatArray) -> FloatArray:
        """The system, shape (n, n + 1), at the free values, shape (k,)."""
        return self._evaluate(self.parameters(free))

    def over(self, draws: FloatArray) -> FloatArray:
        """The system at many free values, shape (N, k), as an array (N, n, n + 1)."""
        return np.stack([self._evaluate(self.parameters(draw)) for draw in draws])

    def derivatives(self, free: FloatArray) -> FloatArray:
        """Derivatives of the system in the free names, shape (k, n, n + 1)."""
        single = parameter_derivatives(self.field.model, self.parameters(free))
        return np.stack([single[list(group)].sum(axis=0) for group in self.groups])

    def _evaluate(self, parameters: FloatArray) -> FloatArray:
        count = self.field.dimension
        rates, jacobian = np.empty(count), np.empty((count, count))
        self.field.raw_rates_and_jacobian(0.0, np.zeros(count), parameters, rates, jacobian)
        return np.column_stack((jacobian, rates))


def parameter_derivatives(model: Model, parameters: FloatArray) -> FloatArray:
    """Derivatives of [A | c] in every parameter, shape (p, n, n + 1), of a model that is affine in its states.

    The rates' derivatives are affine in the states as well, so the origin and the unit vectors give them whole.
    """
    moved = Field.of(model)
    moved.parameters = parameters
    names = model.parameter_names
    origin = moved.parameter_derivatives(np.zeros(moved.dimension), names)
    columns = [moved.parameter_derivatives(unit, names) - origin for unit in np.eye(moved.dimension)]
    return np.ascontiguousarray(np.stack([*columns, origin], axis=2).transpose(1, 0, 2))
