"""Locating folds and proving that they are folds.

A fold is an equilibrium with one zero eigenvalue at which two equilibria meet and vanish [1]_. It solves F(x, p) = 0, J q = 0,
‖q‖ = 1, with exact second derivatives in the states.

References
----------
.. [1] Y. A. Kuznetsov (2004), Elements of Applied Bifurcation Theory, sections 3.3 and 10.2 (quoted from memory).
"""

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.family import Family

CONVENTION = "a = ½⟨p, B(q, q)⟩, ‖q‖ = 1, ⟨p, q⟩ = 1, the largest component of q positive"
NEWTON_LIMIT = 12  # quadratic convergence: more means a point of another kind
CONVERGED = 1e-12  # of the box
DIFFERENCE = 1e-5  # of the box: second-order differences of an exact derivative, used in Newton's matrix only
SIMPLE = 1e-7  # relative: the next singular value, and the product of unit null vectors, of a simple zero eigenvalue
ZERO = 1e-9  # relative: a singular value that vanishes
LEADING = 0.999  # of components equal but for rounding the first counts as the largest
GENERIC = 1e-6  # relative: curvature and transversality that do not vanish


def fold_near(family: Family, guess: FloatArray) -> SpecialPoint | None:
    """The fold next to ``guess``, shape (d + 1,) in the family's coordinates; None unless every condition of a fold holds there."""
    found = _solved(family, guess)
    if found is None:
        return None
    point, direction, last = found
    value, matrix = family.values_and_matrix(point)
    weights = 1.0 / np.maximum(np.abs(matrix).max(axis=1), np.finfo(np.float64).tiny)  # rates in any unit weigh alike
    left, singular, _ = np.linalg.svd(matrix[:, :-1] * weights[:, None])
    if singular[-1] > ZERO or (len(singular) > 1 and singular[-2] < SIMPLE):
        return None
    place, widths, row = family.natural(point), family.scale[:-1], left[:, -1] * weights
    bent = family.equations.field.second_derivatives(place[:-1])
    curvature = float(_applied(bent, direction * widths) @ row)
    transversality = float(row @ matrix[:, -1])
    right = direction * widths / np.linalg.norm(direction * widths)
    right *= np.sign(right[np.argmax(np.abs(right) > LEADING * np.abs(right).max())])
    overlap = float(row @ right)
    if min(abs(curvature), abs(transversality)) < GENERIC or abs(overlap) < SIMPLE * np.linalg.norm(row):
        return None
    coefficient = 0.5 * float(_applied(bent, right) @ row) / overlap
    noise = np.abs(row) @ family.noise(point) / abs(transversality) * family.scale[-1]
    doubt = float(noise + abs(last) * family.scale[-1] + np.spacing(abs(place[-1])))
    residual = max(np.abs(value).max(), np.abs(matrix[:, :-1] / widths @ right).max())
    return SpecialPoint(
        kind="fold",
        value=float(place[-1]),
        state=place[:-1],
        bracket=(float(place[-1]) - doubt, float(place[-1]) + doubt),
        residual=float(residual),
        coefficient=coefficient,
        convention=CONVENTION,
    )


def _applied(second: FloatArray, direction: FloatArray) -> FloatArray:
    """B(direction, direction) from the second derivatives (d, d, d), shape (d,)."""
    applied: FloatArray = np.einsum("ijk,j,k->i", second, direction, direction)
    return applied


def _solved(family: Family, guess: FloatArray) -> tuple[FloatArray, FloatArray, float] | None:
    """Point (d + 1,), null vector (d,) in widths, and the last correction of the parameter; None if Newton does not converge."""
    size = family.dimension
    _, matrix = family.values_and_matrix(guess)
    direction = np.linalg.svd(matrix[:, :-1])[2][-1]
    unit, point, before = direction, guess, np.inf
    for _ in range(NEWTON_LIMIT):
        residual, derivative = _extended(family, point, direction, unit)
        if not (np.isfinite(residual).all() and np.isfinite(derivative).all()):
            return None
        rows = np.maximum(np.abs(derivative).max(axis=1), np.finfo(np.float64).tiny)
        try:
            change = np.linalg.solve(derivative / rows[:, None], -residual / rows)
        except np.linalg.LinAlgError:
            return None
        point, direction = point + change[: size + 1], direction + change[size + 1 :]
        length = float(np.abs(change).max())
        if length <= CONVERGED or (length <= 1e3 * CONVERGED and length > 0.5 * before):
            return point, direction / np.linalg.norm(direction), float(change[size])
        if length > 1.0:
            return None
        before = length
    return None


def _extended(family: Family, point: FloatArray, direction: FloatArray, unit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Residuals (2d + 1,) of F = 0, J q = 0, ⟨unit, q⟩ = 1 and their derivatives in point and q."""
    size = family.dimension
    value, matrix = family.values_and_matrix(point)
    place = family.natural(point)
    widths = family.scale[:-1]
    square = matrix[:, :-1]
    bent = np.einsum("ijk,j->ik", family.equations.field.second_derivatives(place[:-1]), direction * widths) * widths
    step = DIFFERENCE * direction * widths
    mixed = (family.slope(place[:-1] + step) - family.slope(place[:-1] - step)) / (2 * DIFFERENCE) * family.scale[-1]
    derivative = np.zeros((2 * size + 1, 2 * size + 1))
    derivative[:size, : size + 1] = matrix
    derivative[size : 2 * size, :size] = bent
    derivative[size : 2 * size, size] = mixed
    derivative[size : 2 * size, size + 1 :] = square
    derivative[-1, size + 1 :] = unit
    return np.concatenate((value, square @ direction, [unit @ direction - 1.0])), derivative
