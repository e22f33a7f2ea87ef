"""The equations of rest of a model, and how exactly they can be known in floating point."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.errors import NotAutonomousError
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model

ROUNDING = float(np.finfo(np.float64).eps)
PROBES = 12  # nearby points at which rounding is sampled
PROBE_STEP = 1e-9  # relative: large against rounding, and its square is below it
PROBE_FLOOR = 1e-3  # of the width: where a state is near zero its probe is measured by the window
NOISE_FACTOR = 8.0  # a residual this many times the sampled rounding still counts as zero: few probes undersample the worst
SHORTEST_REACH = 1e-20  # widths
STEEP = 1e-10  # widths: where all parameters' errors are summed, a root known so well is no multiple one that rounding hides
LARGEST_SHIFT = 1e-4  # of the width: what the position of a higher-order root is allowed to be off


@dataclass(frozen=True, eq=False)
class RestEquations:
    """Rates (of a map: image minus state) as functions of the spanned states, the others held.

    Attributes
    ----------
    field : Field
    base : FloatArray
        Shape (d,): values of the states that are held.
    free : IntArray
        Shape (k,): positions of the spanned states; the equations of rest are these states' own.
    lower, upper : FloatArray
        Shape (k,): the closed box that is searched.
    """

    field: Field
    base: FloatArray
    free: IntArray
    lower: FloatArray
    upper: FloatArray

    @classmethod
    def of(cls, model: Model, lower: FloatArray, upper: FloatArray) -> Self:
        """Equations in the box, shape (d,) each corner; states with ``lower == upper`` are held."""
        free = np.flatnonzero(upper > lower)
        return cls(Field.of(model), lower.copy(), free, lower[free], upper[free])

    @property
    def size(self) -> int:
        """Number of spanned states k."""
        return len(self.free)

    @property
    def width(self) -> FloatArray:
        """Widths of the box, shape (k,)."""
        return np.asarray(self.upper - self.lower)

    @cached_property
    def neighbours(self) -> list[Field]:
        """Fields with one parameter each moved in its last digit."""
        self.field.rates_and_jacobian(0.0, self.base)  # compiled once, then shared by the copies
        self.field.rates(0.0, self.base)
        moved = []
        for position, number in enumerate(self.field.parameters):
            if number != 0.0:
                other = copy(self.field)
                other.parameters = self.field.parameters.copy()
                other.parameters[position] = number * (1 + 2 * ROUNDING)
                moved.append(other)
        return moved

    @property
    def is_map(self) -> bool:
        """Whether rest means a fixed point of a map."""
        return self.field.model.kind == "map"

    def full(self, points: FloatArray) -> FloatArray:
        """States of shape (…, d) from spanned ones of shape (…, k)."""
        states = np.broadcast_to(self.base, (*points.shape[:-1], len(self.base))).copy()
        states[..., self.free] = points
        return states

    def values(self, point: FloatArray) -> FloatArray:
        """Residuals at a point, shape (k,)."""
        return np.asarray(self.values_over(point[np.newaxis])[0])

    def values_over(self, points: FloatArray) -> FloatArray:
        """Residuals at points of shape (n, k), shape (n, k)."""
        rates = self.field.rates_over(0.0, self.full(points))[:, self.free]
        return np.asarray(rates - points) if self.is_map else rates

    def values_and_jacobian(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Residuals (k,) and their derivatives (k, k)."""
        rates, jacobian = self.field.rates_and_jacobian(0.0, self.full(point))
        part = jacobian[np.ix_(self.free, self.free)]
        if self.is_map:
            return rates[self.free] - point, part - np.eye(self.size)
        return rates[self.free], part

    def noise(self, point: FloatArray) -> FloatArray:
        """Size of the residuals' rounding near a point, shape (k,): of the arithmetic, and of the parameters' last digit.

        Notes
        -----
        The arithmetic's part is what remains of the residuals at nearby points after their linear part is taken off.
        """
        value, jacobian = self.values_and_jacobian(point)
        steps = PROBE_STEP * np.maximum(np.abs(point), PROBE_FLOOR * self.width)
        pattern = np.random.default_rng(PROBES).uniform(-1.0, 1.0, (PROBES, self.size))
        probes = point + steps * pattern
        remainder = self.values_over(probes) - value - (probes - point) @ jacobian.T
        arithmetic = np.nan_to_num(np.abs(remainder)).max(axis=0) + ROUNDING * (np.abs(jacobian) @ np.abs(point))
        return np.asarray(arithmetic + self._parameter_noise(point, value))

    def is_zero(self, point: FloatArray) -> bool:
        """Whether the residuals vanish to rounding."""
        value = self.values(point)
        return bool(np.isfinite(value).all()) and bool((np.abs(value) <= NOISE_FACTOR * self.noise(point)).all())

    def position_error(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far a root near ``point`` may be off along each singular direction.

        Returns
        -------
        errors : FloatArray
            Shape (k,), one for each direction.
        directions : FloatArray
            Shape (k, k), one a row, in the unit of the states.

        Notes
        -----
        Along a direction with singular value σ, noise a and curvature κ: the smaller of a/σ and √(a/κ), at most
        `LARGEST_SHIFT` of the width.
        """
        _, jacobian = self.values_and_jacobian(point)
        left, singular, right = np.linalg.svd(jacobian * self.width)
        amount = np.abs(left.T) @ (NOISE_FACTOR * self.noise(point))
        floor = 4 * ROUNDING * np.max(np.abs(point) / self.width, initial=0.0)
        errors = np.empty(self.size)
        for i in range(self.size):
            linear = amount[i] / singular[i] if singular[i] > 0 else np.inf
            if self.field.has_sizes and linear < STEEP:
                errors[i] = max(linear, floor)
                continue
            direction = right[i] * self.width
            curvature = abs(left[:, i] @ self._curvature(point, direction))
            bent = np.sqrt(amount[i] / curvature) if curvature > 0 else np.inf
            known = max(min(linear, bent, LARGEST_SHIFT), floor)
            errors[i] = self._reach_of_rounding(point, direction, (left[:, i], amount[i]), known)
        return errors, right * self.width

    def beyond(self, point: FloatArray) -> BoolArray:
        """Which spanned states lie outside the box by more than a root's position may be off, shape (k,)."""
        errors, directions = self.position_error(point)
        slack = errors @ np.abs(directions)
        outside: BoolArray = (point < self.lower - slack) | (point > self.upper + slack)
        return outside

    def _reach_of_rounding(self, point: FloatArray, direction: FloatArray, seen: tuple[FloatArray, float], error: float) -> float:
        """The error, or how far on either side the residual stays at its noise: 1 − cos x is 0 in doubles all about its double root."""
        left, amount = seen
        reach = max(error, SHORTEST_REACH)
        found = error
        while reach < LARGEST_SHIFT:
            values = self.values_over(np.stack([point - 2 * reach * direction, point + 2 * reach * direction]))
            if not np.abs(values @ left).min() <= amount:
                return found
            reach *= 2
            found = reach
        return LARGEST_SHIFT

    def _curvature(self, point: FloatArray, direction: FloatArray) -> FloatArray:
        """Half the second derivative of the residuals along ``direction``, shape (k,)."""
        step = LARGEST_SHIFT
        ahead = self.values_and_jacobian(point + step * direction)[1] @ direction
        behind = self.values_and_jacobian(point - step * direction)[1] @ direction
        return np.nan_to_num((ahead - behind) / (4 * step))

    def _parameter_noise(self, point: FloatArray, value: FloatArray) -> FloatArray:
        if self.field.has_sizes:
            return np.asarray(2 * ROUNDING * self.field.sizes(self.full(point), np.zeros(len(self.base)))[0][self.free])
        total = np.zeros(self.size)
        for other in self.neighbours:
            rates = other.rates(0.0, self.full(point))[self.free]
            total += np.abs(np.nan_to_num((rates - point if self.is_map else rates) - value))
        return total


def jacobian_uncertainty(equations: RestEquations, point: FloatArray, slack: float = 0.0) -> FloatArray:
    """How far each entry of the full Jacobian at a root may be off, shape (d, d).

    Parameters
    ----------
    equations : RestEquations
        With every state spanned.
    point : FloatArray
        Shape (d,).
    slack : float
        A distance the point itself may be off (Newton's last correction), in widths.
    """
    field = equations.field
    errors, directions = equations.position_error(point)
    errors = np.maximum(errors, slack)
    if field.has_sizes:
        return 2 * ROUNDING * field.sizes(point, errors @ np.abs(directions) / (2 * ROUNDING))[1]
    jacobian = field.jacobian(0.0, point)
    total = np.zeros_like(jacobian)
    for error, direction in zip(errors, directions, strict=True):
        for sign in (-1.0, 1.0):
            total += np.abs(np.nan_to_num(field.jacobian(0.0, point + sign * error * direction) - jacobian))
    for other in equations.neighbours:
        total += np.abs(np.nan_to_num(other.jacobian(0.0, point) - jacobian))
    return total


def refuse_time(model: Model, what: str) -> None:
    """Refuse a model whose rates contain time, and what is no model.

    Raises
    ------
    InvalidInputError
        If it is no model.
    NotAutonomousError
        If ``t`` occurs in the equations.
    """
    check_model(model)
    if not model.is_autonomous:
        raise NotAutonomousError(
            f"{what} of '{model.name}' cannot be found: its rates depend on time t, so no state stays at rest. "
            "Fix the time-dependent terms at constant values, or integrate the model."
        )
