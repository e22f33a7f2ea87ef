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

    def parameters(self, draws: FloatArray) -> FloatArray:
        """All parameters, shape (N, p), at free values, shape (N, k); bounds are not looked at."""
        parameters = np.tile(self.field.parameters, (len(draws), 1))
        for group, values in zip(self.groups, draws.T, strict=True):
            parameters[:, list(group)] = values[:, np.newaxis]
        return parameters

    def at(self, free: FloatArray) -> FloatArray:
        """The system, shape (n, n + 1), at the free values, shape (k,)."""
        return np.ascontiguousarray(self.over(free[np.newaxis])[0])

    def over(self, draws: FloatArray) -> FloatArray:
        """The system at many free values, shape (N, k), as an array (N, n, n + 1)."""
        count = self.field.dimension
        origin = np.zeros(count)
        constants, matrices = np.empty((len(draws), count)), np.empty((len(draws), count, count))
        for parameters, constant, matrix in zip(self.field.prepared(self.parameters(draws)), constants, matrices, strict=True):
            self.field.raw_rates_and_jacobian(0.0, origin, parameters, constant, matrix)
        return np.concatenate([matrices, constants[:, :, np.newaxis]], axis=2)

    def derivatives(self, free: FloatArray) -> FloatArray:
        """Derivatives of the system in the free names, shape (k, n, n + 1)."""
        single = parameter_derivatives(self.field.model, self.parameters(free[np.newaxis])[0])
        return np.stack([single[list(group)].sum(axis=0) for group in self.groups])


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
