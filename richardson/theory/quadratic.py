"""The quadratic game behind a linear race: costs, best replies, Nash equilibrium and joint optimum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self

import numpy as np
import sympy
from scipy.optimize import nnls

from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError, NotAutonomousError, NotStableError, OutOfBoundsError, UnknownNameError, nearest
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates

ROUNDING = 64 * float(np.finfo(np.float64).eps)  # of the largest arms: less than that is none
SMALLEST, LARGEST = 1e-140, 1e140  # arms whose squares, times rates, are still numbers
MOST_WITH_FRIENDS = 12  # 4096 principal minors; nations that only fear each other need none


@dataclass(frozen=True, eq=False)
class QuadraticGame:
    """ẋ = J x + g, and the costs of which it is the gradient play.

    Attributes
    ----------
    model : Model
    jacobian : FloatArray
        Shape (N, N), in 1/yr.
    grievance, concern : FloatArray
        Shape (N,): gᵢ [arms/yr] and vᵢ [1/yr].
    """

    model: Model
    jacobian: FloatArray
    grievance: FloatArray
    concern: FloatArray

    @classmethod
    def of(cls, model: Model, concern: float | Sequence[float] | Mapping[str, float]) -> Self:
        """Game behind a linear race."""
        _check_form(model)
        values = dict(zip(model.parameter_symbols, map(sympy.Float, model.numbers), strict=True))
        jacobian = np.array(model.jacobian.xreplace(values).tolist(), dtype=np.float64)
        at_zero = values | dict.fromkeys(model.state_symbols, sympy.S.Zero)
        grievance = np.array([rate.xreplace(at_zero) for rate in model.rates], dtype=np.float64)
        return cls(model, jacobian, grievance, concerns(model.state_names, concern, -np.diagonal(jacobian)))

    @property
    def fatigue(self) -> FloatArray:
        """aᵢ, shape (N,)."""
        return -np.diagonal(self.jacobian)

    @property
    def defence(self) -> FloatArray:
        """kᵢⱼ, shape (N, N)."""
        return self.jacobian + np.diag(self.fatigue)

    @property
    def cost(self) -> FloatArray:
        """cᵢ, shape (N,)."""
        return self.fatigue - self.concern

    @property
    def need(self) -> FloatArray:
        """zᵢ, shape (N,)."""
        return self.grievance / self.concern

    @property
    def ratio(self) -> FloatArray:
        """bᵢⱼ, shape (N, N)."""
        return self.defence / self.concern[:, np.newaxis]

    def costs(self, arms: FloatArray) -> FloatArray:
        """Cᵢ at arms of shape (N,), shape (N,)."""
        insecurity = self.ratio @ arms + self.need - arms
        paid: FloatArray = 0.5 * (self.cost * arms**2 + self.concern * insecurity**2)
        return paid

    def best_reply(self, arms: FloatArray) -> FloatArray:
        """What each would arm to if the others stayed as they are, shape (N,)."""
        return np.maximum(0.0, (self.defence @ arms + self.grievance) / self.fatigue)

    def nash(self) -> FloatArray:
        """The only Nash equilibrium with arms ≥ 0, shape (N,)."""
        if not _has_one_equilibrium(self.jacobian):
            raise NotStableError(
                f"'{self.model.name}' has no one Nash equilibrium at these values: the race runs away, or comes to rest in several places. "
                "Take less defence or more fatigue."
            )
        arms = as_floats(np.linalg.solve(-self.jacobian, self.grievance), "Arms")
        arms[np.abs(arms) <= ROUNDING * np.abs(arms).max()] = 0.0
        if arms.min() < 0.0:
            nation = self.model.state_names[int(np.argmin(arms))]
            raise InvalidInputError(
                f"The game is about arms ≥ 0, and '{self.model.name}' rests at {arms.min():g} for {nation}. Raise its grievance."
            )
        if arms.max() > LARGEST or 0.0 < arms.max() < SMALLEST:
            raise OutOfBoundsError(
                f"Costs are squares of arms, and '{self.model.name}' rests at {arms.max():g}, whose square is no number that can be told "
                "from zero or infinity. Count arms in another unit."
            )
        return arms

    def joint_optimum(self) -> FloatArray:
        """Arms ≥ 0 with the least total cost, shape (N,)."""
        gap, weight = np.eye(len(self.cost)) - self.ratio, np.sqrt(self.concern)
        rows = np.vstack((np.diag(np.sqrt(self.cost)), weight[:, np.newaxis] * gap))
        wanted = np.concatenate((np.zeros(len(self.cost)), weight * self.need))
        matrix, right = rows.T @ rows, rows.T @ wanted
        arms = as_floats(np.linalg.solve(matrix, right), "Arms")
        if arms.min() < 0.0:
            armed = nnls(rows, wanted)[0] > 0.0
            arms = np.zeros(len(self.cost))
            arms[armed] = np.linalg.solve(matrix[np.ix_(armed, armed)], right[armed])
        return arms


def concerns(nations: tuple[str, ...], concern: float | Sequence[float] | Mapping[str, float], fatigue: FloatArray) -> FloatArray:
    """vᵢ of every nation, shape (N,), each above zero and below its fatigue (N,).

    Raises
    ------
    InvalidInputError, OutOfBoundsError, UnknownNameError
        If what is given is no concern of these nations.
    """
    given: Any = concern
    if isinstance(concern, Mapping):
        _check_names([str(name) for name in concern], nations)
        given = [concern[name] for name in nations]
    values = as_floats(given, "Concern")
    if concern is None or values.shape not in ((), fatigue.shape):
        raise InvalidInputError(f"Concern is one number, or one for each of {', '.join(nations)}; got {concern!r}.")
    values = np.broadcast_to(values, fatigue.shape).copy()
    for name, value, most in zip(nations, values.tolist(), fatigue.tolist(), strict=True):
        if not 0.0 < value < most:
            raise OutOfBoundsError(
                f"Concern of {name} must lie above 0 and below its fatigue, {most:g}/yr, of which it is a part (the rest is what arms "
                f"cost); got {value:g}."
            )
    return values


def _check_form(model: Model) -> None:
    """Refuse what is not ẋ = J x + g in the arms of nations."""
    if not isinstance(model, Model):
        raise InvalidInputError(f"The game is read off a model; got {model!r}. Give for example models.linear().")
    if model.kind != "flow" or any(state.is_follower for state in model.states) or len(model.states) < 2:
        raise InvalidInputError(
            f"The game is played by two nations or more in continuous time, with arms as the only states; '{model.name}' is a "
            f"{model.kind} of {', '.join(model.state_names)}. Take linear, rivalry or nations, or instant fear."
        )
    if not model.is_autonomous:
        raise NotAutonomousError(f"The game has no clock, and the rates of '{model.name}' contain time. Use the model before with_drive.")
    if not has_linear_rates(model):
        raise InvalidInputError(
            f"The game stands behind races with linear rates; those of '{model.name}' are not linear at these values, and determine no "
            "costs. Take linear, rivalry or nations, or set what bends the rates to zero (alarm=0, strain=0)."
        )


def _check_names(given: list[str], nations: tuple[str, ...]) -> None:
    """Refuse concerns of nobody, and nations without one."""
    unknown, missing = [name for name in given if name not in nations], [name for name in nations if name not in given]
    if unknown:
        raise UnknownNameError(f"Concern belongs to a nation, and none is called '{unknown[0]}'. {nearest(unknown[0], nations)}")
    if missing:
        raise UnknownNameError(f"Concern by name must name every nation; {', '.join(missing)} has none. Add it, or give one number.")


def _has_one_equilibrium(jacobian: FloatArray) -> bool:
    """Whether −J is a P-matrix: the best replies then meet in one point ≥ 0, whatever the grievances."""
    defence = jacobian - np.diag(np.diagonal(jacobian))
    if (defence >= 0.0).all():
        return bool(np.linalg.eigvals(jacobian).real.max() < 0.0)
    size = len(jacobian)
    if size > MOST_WITH_FRIENDS:
        raise InvalidInputError(f"A game in which some arms reassure is solved for at most {MOST_WITH_FRIENDS} nations; got {size}.")
    parts = (part for count in range(1, size + 1) for part in combinations(range(size), count))
    return all(np.linalg.det(-jacobian[np.ix_(part, part)]) > 0.0 for part in parts)
