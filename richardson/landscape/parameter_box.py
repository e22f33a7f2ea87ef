"""Parameters that may be changed: by how much, between which bounds, and what counts as one step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Self

import numpy as np

from richardson.arrays import FloatArray, as_floats
from richardson.compiled.field import Field
from richardson.continuation.loci_plane import Plane
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError, nearest
from richardson.symbolic.model import Model
from richardson.symbolic.order import check_ranges, order_bounds


@dataclass(frozen=True, eq=False)
class ParameterBox:
    """Steps s of k parameters away from a model's own values: value = origin + scale · s.

    Attributes
    ----------
    model : Model
    names : tuple of str
        Parameters, or concepts whose members move as one.
    origin, scales : FloatArray
        Shape (k,), in the parameters' units.
    lower, upper : FloatArray
        Shape (k,): bounds of the steps; 0 lies between them.
    """

    model: Model
    names: tuple[str, ...]
    origin: FloatArray
    scales: FloatArray
    lower: FloatArray
    upper: FloatArray

    @classmethod
    def of(
        cls, model: Model, parameters: str | Sequence[str], scales: Mapping[str, float] | None, bounds: Mapping[str, Any] | None
    ) -> Self:
        """Box around the values of ``model``.

        Parameters
        ----------
        model : Model
        parameters : str or sequence of str
            Names, or concepts whose members are equal.
        scales : mapping of str to float or None
            What counts as one step; see `default_scale` for those not named.
        bounds : mapping of str to pair of float, or None
            Within the parameters' own, and those within which they keep their order with parameters that do not change.

        Raises
        ------
        UnknownNameError, InvalidInputError, OutOfBoundsError
            If a name is unknown or named twice, members of a concept differ, a scale or bound does not fit, or two of
            the parameters may cross within the bounds of which one must not exceed the other.
        """
        names = _checked_names(model, parameters)
        for what, given in (("Scales", scales), ("Bounds", bounds)):
            if given is not None and not isinstance(given, Mapping):
                raise InvalidInputError(f"{what} are given by the parameters' names, for example {{'{names[0]}': …}}; got {given!r}.")
            for name in given or {}:
                if name not in names:
                    raise UnknownNameError(f"'{name}' is none of the parameters to change. {nearest(str(name), names)}")
        origin = np.array([model.values[model.resolve(name)[0]] for name in names])
        steps = np.array([_scale(model, name, scales or {}) for name in names])
        ends = np.array([_bounds(model, name, names, bounds or {}) for name in names])
        check_ranges(model, dict(zip(names, map(tuple, ends.tolist()), strict=True)))
        return cls(model, names, origin, steps, (ends[:, 0] - origin) / steps, (ends[:, 1] - origin) / steps)

    @property
    def positions(self) -> tuple[tuple[int, ...], ...]:
        """Of the members of each among the model's parameters."""
        order = self.model.parameter_names.index
        return tuple(tuple(order(member) for member in self.model.resolve(name)) for name in self.names)

    def values(self, steps: FloatArray) -> FloatArray:
        """Parameter values (…, k) of steps (…, k), on a bound exactly where the step is."""
        values = self.origin + self.scales * steps
        low, high = self.origin + self.scales * self.lower, self.origin + self.scales * self.upper
        return np.asarray(np.clip(values, self._own(low, "lower"), self._own(high, "upper")))

    def rows(self, steps: FloatArray) -> FloatArray:
        """All parameters of the model in rows (n, p), for steps (n, k)."""
        rows: FloatArray = np.tile(np.array(self.model.numbers), (len(steps), 1))
        for members, column in zip(self.positions, self.values(steps).T, strict=True):
            rows[:, list(members)] = column[:, np.newaxis]
        return rows

    def model_at(self, step: FloatArray) -> Model:
        """The model after a step (k,)."""
        return self.model.with_values(**dict(zip(self.names, self.values(step).tolist(), strict=True)))

    def space(self, state: FloatArray) -> Plane:
        """Coordinates over states and steps, states measured by their size at ``state``, shape (d,)."""
        size = np.abs(state)
        scale = np.where(size > 0.0, size, max(float(size.max(initial=0.0)), 1.0))
        return Plane(Field.of(self.model), self.names, self.positions, self.origin, self.origin + self.scales, scale)

    def named(self, values: FloatArray) -> dict[str, float]:
        """Numbers (k,) by the parameters' names."""
        return dict(zip(self.names, values.tolist(), strict=True))

    def _own(self, ends: FloatArray, side: str) -> FloatArray:
        """The bounds, a parameter's own one where that is closer, so that rounding leads nowhere beyond it."""
        own = [[getattr(self.model.parameters[place], side) for place in places] for places in self.positions]
        closest = np.array([max(each) if side == "lower" else min(each) for each in own])
        return np.asarray(np.maximum(ends, closest) if side == "lower" else np.minimum(ends, closest))


def default_scale(model: Model, name: str) -> float:
    """One step of a parameter, in its unit: its range where that is finite, else its size, else one."""
    members = [model.parameters[model.parameter_names.index(member)] for member in model.resolve(name)]
    width = min(member.upper - member.lower for member in members)
    size = abs(model.values[members[0].name])
    return float(width) if isfinite(width) and width > 0.0 else size or 1.0


def checked_farthest(farthest: Any) -> float:
    """How far changes are looked for, in scales.

    Raises
    ------
    InvalidInputError
        If it is no finite number above 0: a ray without end is never looked along to its end.
    """
    if isinstance(farthest, bool) or not isinstance(farthest, int | float | np.number) or not 0.0 < float(farthest) < inf:
        raise InvalidInputError(f"The farthest change is a finite number of scales above 0; got {farthest!r}.")
    return float(farthest)


def _checked_names(model: Model, parameters: str | Sequence[str]) -> tuple[str, ...]:
    given = (parameters,) if isinstance(parameters, str) else parameters
    if not isinstance(given, Sequence) or not all(isinstance(name, str) for name in given):
        raise InvalidInputError(f'Parameters are named by a text or a list of texts, for example ["balance"]; got {parameters!r}.')
    names = tuple(given)
    if not names:
        raise InvalidInputError('Name at least one parameter that may change, for example ["balance"].')
    taken: dict[str, str] = {}
    for name in names:
        members = model.resolve(name)
        for member in members:
            if member in taken:
                raise InvalidInputError(f"'{taken[member]}' and '{name}' both move {member}. Name parameters that move independently.")
            taken[member] = name
        if len({model.values[member] for member in members}) > 1:
            listed = ", ".join(f"{member} = {model.values[member]:g}" for member in members)
            raise InvalidInputError(
                f"'{name}' cannot be moved as one, because its members differ: {listed}. Name them one by one, or make them equal."
            )
    return names


def _scale(model: Model, name: str, scales: Mapping[str, float]) -> float:
    if name not in scales:
        return default_scale(model, name)
    scale = scales[name]
    if isinstance(scale, bool) or not isinstance(scale, int | float | np.number) or not 0.0 < float(scale) < inf:
        raise InvalidInputError(f"The scale of '{name}' is one step of it, a number above 0 in its unit; got {scale!r}.")
    return float(scale)


def _bounds(model: Model, name: str, names: tuple[str, ...], bounds: Mapping[str, Any]) -> tuple[float, float]:
    members = [model.parameters[model.parameter_names.index(member)] for member in model.resolve(name)]
    orders = [order_bounds(model, member.name, names) for member in members]
    lower = max(*(member.lower for member in members), *(low for low, _ in orders))
    upper = min(*(member.upper for member in members), *(high for _, high in orders))
    value = model.values[members[0].name]
    if name in bounds:
        pair = as_floats(bounds[name], f"The bounds of '{name}'")
        if pair.shape != (2,) or not pair[0] <= pair[1]:
            raise InvalidInputError(f"The bounds of '{name}' must be a pair (lowest, highest); got {bounds[name]!r}.")
        if not pair[0] <= value <= pair[1]:
            raise OutOfBoundsError(f"The bounds of '{name}', ({pair[0]:g}, {pair[1]:g}), exclude its present value {value:g}. Widen them.")
        lower, upper = max(lower, float(pair[0])), min(upper, float(pair[1]))
    return lower, upper
