"""Locating points at which branches cross, telling which crossing it is, and the directions of both branches.

At a simple branch point the derivatives of F in states and parameter together lose one rank: with a left vector w,
F + β w₀ = 0, [F_x F_p]ᵀ w = 0, ‖w‖ = 1 and β = 0 [1]_. In the plane of the two null vectors the directions u of the branches
solve wᵀ F''(u, u) = 0, the algebraic bifurcation equation [2]_.

References
----------
.. [1] G. Moore (1980), The numerical treatment of non-trivial bifurcation points, Numer. Funct. Anal. Optim. 2, 441–472
   (quoted from memory).
.. [2] H. B. Keller (1977), Numerical solution of bifurcation and nonlinear eigenvalue problems, in: Applications of Bifurcation
   Theory, Academic Press, 359–384 (quoted from memory).
"""

from dataclasses import dataclass, replace

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation import normal_forms
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.defining import ENTRY_ERROR, Equations, Solution, pace_of, solved
from richardson.continuation.family import Family
from richardson.continuation.special_points import SIMPLE, criticality

TRANSCRITICAL = "a = ½⟨p, B(q, q)⟩, ‖q‖ = 1, ⟨p, q⟩ = 1, the largest component of q positive"
PITCHFORK = "c = ⅙⟨p, C(q, q, q) + 3 B(q, h)⟩, J h = −B(q, q), ‖q‖ = 1, ⟨p, q⟩ = 1"
LOST = 1e-8  # relative: a singular value that vanishes, and the β that is left
CROSSING = 1e-8  # of its entries' squares: a form that is so nearly degenerate does not tell two directions apart
UPRIGHT = 1e-6  # parameter's part of a unit direction: a branch that stands on its parameter value


@dataclass(frozen=True, eq=False)
class Crossing:
    """A branch point and what passes through it.

    Attributes
    ----------
    point : SpecialPoint
        "transcritical", "pitchfork" or "branch point".
    place : FloatArray
        Shape (d + 1,), in the family's coordinates.
    directions : FloatArray
        Shape (2, d + 1): unit tangents of both branches.
    """

    point: SpecialPoint
    place: FloatArray
    directions: FloatArray

    def other_than(self, tangent: FloatArray) -> FloatArray:
        """The direction (d + 1,) that is not along ``tangent``."""
        other: FloatArray = self.directions[int(np.argmin(np.abs(self.directions @ tangent)))]
        return other


def crossing_near(family: Family, guess: FloatArray) -> Crossing | None:
    """The branch point next to ``guess``, shape (d + 1,); None unless two branches cross there at an angle."""
    size = family.dimension
    _, matrix = family.values_and_matrix(guess)
    if not np.isfinite(matrix).all():
        return None
    pace = pace_of(matrix)
    left = np.linalg.svd(matrix)[0][:, -1]
    solution = solved(_crossing_equations(family, left, pace), np.concatenate((guess, [0.0], left)))
    if solution is None or abs(solution.unknowns[size + 1]) > LOST:
        return None
    place, w = solution.unknowns[: size + 1], solution.unknowns[size + 2 :]
    _, matrix = family.values_and_matrix(place)
    _, singular, right = np.linalg.svd(matrix)
    if singular[-1] > LOST * pace or (size > 1 and singular[-2] < SIMPLE * pace):
        return None
    plane = right[-2:].T
    form = plane.T @ np.einsum("i,ijk->jk", w, family.second_derivatives(place)) @ plane
    angles = _isotropic(form)
    if angles is None:
        return None
    directions = np.array([np.cos(angles), np.sin(angles)]).T @ plane.T
    return Crossing(_named(family, solution, pace, directions), place, directions)


def _crossing_equations(family: Family, fixed: FloatArray, pace: float) -> Equations:
    """F + β fixed = 0, [F_x F_p]ᵀ w = 0, ⟨fixed, w⟩ = 1 over a point, β and w; rates in units of ``pace``."""
    d = family.dimension

    def equations(unknowns: FloatArray) -> tuple[FloatArray, FloatArray]:
        point, beta, w = unknowns[: d + 1], unknowns[d + 1], unknowns[d + 2 :]
        value, matrix = family.values_and_matrix(point)
        value, matrix = value / pace, matrix / pace
        derivative = np.zeros((2 * d + 2, 2 * d + 2))
        derivative[:d, : d + 1], derivative[:d, d + 1] = matrix, fixed
        derivative[d : 2 * d + 1, : d + 1] = np.einsum("i,ijk->jk", w, family.second_derivatives(point)) / pace
        derivative[d : 2 * d + 1, d + 2 :] = matrix.T
        derivative[-1, d + 2 :] = fixed
        return np.concatenate((value + beta * fixed, matrix.T @ w, [fixed @ w - 1.0])), derivative

    return equations


def _isotropic(form: FloatArray) -> FloatArray | None:
    """Angles (2,) at which a quadratic form (2, 2) of the plane vanishes; None unless they are two."""
    a, b, c = form[0, 0], 0.5 * (form[0, 1] + form[1, 0]), form[1, 1]
    discriminant = b * b - a * c
    if not discriminant > CROSSING * (a * a + b * b + c * c):
        return None
    # a cos² + 2b cos sin + c sin² = (a + c)/2 + r cos(2φ − turn)
    turn, radius = np.arctan2(b, (a - c) / 2), np.hypot(b, (a - c) / 2)
    half = np.arccos(np.clip(-(a + c) / (2 * radius), -1.0, 1.0))
    return np.array([turn + half, turn - half]) / 2


def _named(family: Family, solution: Solution, pace: float, directions: FloatArray) -> SpecialPoint:
    """The point with its kind: a pitchfork if one branch stands upright and bends, transcritical if none does."""
    d = family.dimension
    place, w = solution.unknowns[: d + 1], solution.unknowns[d + 2 :]
    value, bracket = solution.value_and_bracket(family, _noise(family, place, w, pace))
    residual, matrix = family.values_and_matrix(place)
    size = max(float(np.abs(residual * family.scale[:-1]).max()), float(np.abs(matrix.T @ w).max()))
    point = SpecialPoint("branch point", value, family.natural(place)[:-1], bracket, size, condition=solution.condition(family))
    if d > 1 and np.linalg.svd(matrix[:, :-1])[1][-2] < SIMPLE * pace:
        return point
    field = family.at(value)
    jacobian, second = field.jacobian(0.0, point.state), field.second_derivatives(point.state)
    q, p = _vectors(family, matrix, w)
    if not abs(p @ q - 1.0) < LOST:
        return point
    upright = np.abs(directions[:, -1]) < UPRIGHT
    if not upright.any():
        return replace(point, kind="transcritical", coefficient=normal_forms.fold_coefficient(second, q, p), convention=TRANSCRITICAL)
    third = field.third_derivatives(point.state)
    if family.is_map:
        jacobian = jacobian - np.eye(d)
    coefficient = normal_forms.cubic_coefficient(jacobian, second, third, q, p)
    pull = float(np.linalg.norm(third) + np.linalg.norm(second) ** 2 / max(np.linalg.norm(jacobian), np.finfo(np.float64).tiny))
    verdict = criticality(coefficient, float(np.linalg.norm(p)) * pull)
    if upright.all() or verdict == "degenerate":
        return point
    return replace(point, kind="pitchfork", coefficient=coefficient, convention=PITCHFORK, criticality=verdict)


def _vectors(family: Family, matrix: FloatArray, w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Null vectors of the Jacobian in the states' units, ‖q‖ = 1, ⟨p, q⟩ = 1; p is not finite where zero is no simple eigenvalue."""
    scaled = np.linalg.svd(matrix[:, :-1])[2][-1]
    q = normal_forms.oriented(scaled * family.scale[:-1])
    p = w / family.scale[:-1]
    overlap = float(w @ scaled) / float(np.linalg.norm(w))
    return (q, p / (p @ q)) if abs(overlap) > SIMPLE else (q, np.full_like(p, np.nan))


def _noise(family: Family, place: FloatArray, w: FloatArray, pace: float) -> FloatArray:
    """Rounding of each of `_crossing_equations`, shape (2d + 2,)."""
    _, matrix = family.values_and_matrix(place)
    return np.concatenate((family.noise(place) / pace, ENTRY_ERROR * np.abs(matrix.T) @ np.abs(w) / pace, [0.0]))
