"""Newton's method on the equations that define a special point, and how well it locates the parameter."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.family import Family

NEWTON_LIMIT = 12  # quadratic convergence: more means a point of another kind
CONVERGED = 1e-12  # of the unknowns, all of size about one
FARTHEST = 1.0  # a longer correction leads elsewhere
ENTRY_ERROR = 64 * float(np.finfo(np.float64).eps)  # relative, of an entry of the Jacobian

Equations = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, eq=False)
class Solution:
    """Where as many equations as unknowns hold.

    Attributes
    ----------
    unknowns : FloatArray
        Shape (n,); the first d + 1 are a point of the family.
    derivative, inverse : FloatArray
        Shape (n, n): derivatives of the equations in the unknowns, and the inverse of that.
    change : FloatArray
        Shape (n,): the last correction.
    """

    unknowns: FloatArray
    derivative: FloatArray
    inverse: FloatArray
    change: FloatArray

    def value_and_bracket(self, family: Family, noise: FloatArray) -> tuple[float, tuple[float, float]]:
        """The parameter's value, and an interval around it.

        Parameters
        ----------
        family : Family
        noise : FloatArray
            Shape (n,): rounding of each equation.
        """
        place = family.dimension
        value = float(family.natural(self.unknowns[: place + 1])[-1])
        doubt = float(np.abs(self.inverse[place]) @ noise + abs(self.change[place])) * float(family.scale[-1])
        doubt += float(np.spacing(abs(value)))
        return value, (value - doubt, value + doubt)

    def condition(self, family: Family) -> float:
        """How far the point moves, in the family's coordinates, when every equation is off by a share of the largest derivative.

        Norming conditions, in which the point does not occur, are left out. Rows are not scaled one by one, which would hide a
        derivative that vanishes at a point of higher codimension.
        """
        point = family.dimension + 1
        rates = self.derivative[(self.derivative[:, :point] != 0.0).any(axis=1)]
        return float(np.abs(rates).max() * np.abs(self.inverse[:point]).sum(axis=1).max())


def solved(equations: Equations, guess: FloatArray) -> Solution | None:
    """The solution that Newton's iteration reaches from ``guess``, shape (n,); None if it does not converge.

    Parameters
    ----------
    equations : callable
        Residuals (n,) and derivatives (n, n) of unknowns (n,).
    guess : FloatArray
        Shape (n,).
    """
    unknowns, before = guess, np.inf
    for _ in range(NEWTON_LIMIT):
        residual, derivative = equations(unknowns)
        if not (np.isfinite(residual).all() and np.isfinite(derivative).all()):
            return None
        rows = np.maximum(np.abs(derivative).max(axis=1), np.finfo(np.float64).tiny)
        try:
            inverse = np.linalg.inv(derivative / rows[:, None]) / rows
        except np.linalg.LinAlgError:
            return None
        change = -inverse @ residual
        unknowns = unknowns + change
        length = float(np.abs(change).max())
        if length <= CONVERGED or (length <= 1e3 * CONVERGED and length > 0.5 * before):
            return Solution(unknowns, derivative, inverse, change)
        if length > FARTHEST or not np.isfinite(length):
            return None
        before = length
    return None


def eigenpair_equations(family: Family, shift: float, unit: FloatArray, pace: float) -> Equations:
    """F = 0, (J − shift) q = 0, ⟨unit, q⟩ = 1 over a point (d + 1,) and q (d,), rates in units of ``pace``.

    Parameters
    ----------
    family : Family
    shift : float
        Eigenvalue of the residuals' Jacobian: 0 at a fold, −2 at a period doubling, where the multiplier is −1.
    unit : FloatArray
        Shape (d,).
    pace : float
        A typical rate.
    """
    size = family.dimension

    def equations(unknowns: FloatArray) -> tuple[FloatArray, FloatArray]:
        point, q = unknowns[: size + 1], unknowns[size + 1 :]
        value, matrix = family.values_and_matrix(point)
        square = matrix[:, :-1] - shift * np.eye(size)
        derivative = np.zeros((2 * size + 1, 2 * size + 1))
        derivative[:size, : size + 1] = matrix
        derivative[size : 2 * size, : size + 1] = np.einsum("ijk,j->ik", family.second_derivatives(point)[:, :-1], q)
        derivative[size : 2 * size, size + 1 :] = square
        derivative[: 2 * size] /= pace
        derivative[-1, size + 1 :] = unit
        return np.concatenate((value / pace, square @ q / pace, [unit @ q - 1.0])), derivative

    return equations


def eigenpair_noise(family: Family, point: FloatArray, q: FloatArray, pace: float) -> FloatArray:
    """Rounding of each of `eigenpair_equations`, shape (2d + 1,)."""
    _, matrix = family.values_and_matrix(point)
    return np.concatenate((family.noise(point) / pace, ENTRY_ERROR * np.abs(matrix[:, :-1]) @ np.abs(q) / pace, [0.0]))


def pace_of(matrix: FloatArray) -> float:
    """Typical rate: the norm of the states' part of a family's matrix (d, d + 1), one if it vanishes."""
    return float(np.linalg.norm(matrix[:, :-1])) or 1.0
