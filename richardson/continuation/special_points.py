"""Locating folds and period doublings, and proving that they are what they are called.

A fold is an equilibrium with one zero eigenvalue at which two equilibria meet and vanish; at a period doubling a fixed point of a map
has one multiplier −1 [1]_. Both solve F(x, p) = 0, (J − λ) q = 0, ‖q‖ = 1 for a known λ, with exact second derivatives.

References
----------
.. [1] Y. A. Kuznetsov (2004), Elements of Applied Bifurcation Theory, sections 3.3, 4.5 and 10.2 (quoted from memory).
"""

from dataclasses import replace

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation import normal_forms
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.defining import Solution, eigenpair_equations, eigenpair_noise, pace_of, solved
from richardson.continuation.family import Family

CONVENTION = "a = ½⟨p, B(q, q)⟩, ‖q‖ = 1, ⟨p, q⟩ = 1, the largest component of q positive"
FLIP_CONVENTION = "b = ⅙⟨p, C(q, q, q) + 3 B(q, (1 − J)⁻¹ B(q, q))⟩, ‖q‖ = 1, ⟨p, q⟩ = 1"
SIMPLE = 1e-7  # relative: the next singular value, and the product of unit null vectors, of a simple eigenvalue
ZERO = 1e-9  # relative: a singular value that vanishes
GENERIC = 1e-6  # relative: curvature and transversality that do not vanish
NOTHING = 1e-4  # of its unit: a state so small is measured as if it were this, or a pitchfork at zero would look like a fold
FLAT = 1e-9  # of its terms: a coefficient so small is rounding


def fold_near(family: Family, guess: FloatArray) -> SpecialPoint | None:
    """The fold next to ``guess``, shape (d + 1,) in the family's coordinates; None unless every condition of a fold holds there."""
    found = _eigenpair_near(family, guess, 0.0)
    if found is None:
        return None
    solution, pace, left = found
    point, q = _parts(family, solution)
    matrix = family.values_and_matrix(point)[1]
    bent = family.second_derivatives(point)
    if not _is_generic(matrix, bent, q, left, point) or abs(float(left @ q)) < SIMPLE * np.linalg.norm(left):
        return None
    place = family.natural(point)
    at_value = family.at(place[-1])
    q, p = _natural_vectors(family, q, left)
    coefficient = normal_forms.fold_coefficient(at_value.second_derivatives(place[:-1]), q, p)
    return replace(_point(family, solution, pace, 0.0), kind="fold", coefficient=coefficient, convention=CONVENTION)


def flip_near(family: Family, guess: FloatArray) -> SpecialPoint | None:
    """The period doubling of a map's fixed point next to ``guess``, shape (d + 1,); None unless one multiplier is −1 there."""
    found = _eigenpair_near(family, guess, -2.0)
    if found is None:
        return None
    solution, pace, _ = found
    point, _ = _parts(family, solution)
    place = family.natural(point)
    at_value = family.at(place[-1])
    forms = at_value.second_derivatives(place[:-1]), at_value.third_derivatives(place[:-1])
    try:
        coefficient = normal_forms.flip_coefficient(at_value.jacobian(0.0, place[:-1]), *forms)
    except np.linalg.LinAlgError:  # a multiplier is one as well
        return None
    verdict = criticality(-coefficient, float(np.linalg.norm(forms[1]) + np.linalg.norm(forms[0]) ** 2))
    found_point = _point(family, solution, pace, -2.0)
    return replace(found_point, kind="period doubling", coefficient=coefficient, convention=FLIP_CONVENTION, criticality=verdict)


def criticality(coefficient: float, size: float) -> str:
    """What a negative coefficient of the first nonlinear term makes supercritical; "degenerate" where it is rounding of its terms.

    Parameters
    ----------
    coefficient : float
    size : float
        Of the terms that it adds up.
    """
    if abs(coefficient) <= FLAT * size:
        return "degenerate"
    return "supercritical" if coefficient < 0.0 else "subcritical"


def _eigenpair_near(family: Family, guess: FloatArray, shift: float) -> tuple[Solution, float, FloatArray] | None:
    """Solution with the eigenvalue ``shift``, the pace of its rates, and its left vector (d,) for rates that weigh alike."""
    size = family.dimension
    _, matrix = family.values_and_matrix(guess)
    if not np.isfinite(matrix).all():
        return None
    pace = pace_of(matrix)
    direction = np.linalg.svd(matrix[:, :-1] - shift * np.eye(size))[2][-1]
    solution = solved(eigenpair_equations(family, shift, direction, pace), np.append(guess, direction))
    if solution is None:
        return None
    _, matrix = family.values_and_matrix(solution.unknowns[: size + 1])
    square = matrix[:, :-1] - shift * np.eye(size)
    bends = np.abs(family.second_derivatives(solution.unknowns[: size + 1])).max(axis=(1, 2))  # at a branch point a whole row may vanish
    weights = 1.0 / np.maximum(np.maximum(np.abs(matrix).max(axis=1), bends), np.finfo(np.float64).tiny)  # rates in any unit weigh alike
    left, singular, _ = np.linalg.svd(square * weights[:, None])
    if singular[-1] > ZERO or (size > 1 and singular[-2] < SIMPLE):
        return None
    return solution, pace, left[:, -1] * weights


def _is_generic(matrix: FloatArray, bent: FloatArray, q: FloatArray, left: FloatArray, point: FloatArray) -> bool:
    """Whether neither curvature nor transversality vanishes, in units of the window or of the states at the point themselves."""
    own = np.maximum(np.abs(point[:-1]), NOTHING)
    return any(min(_curvature_and_transversality(matrix, bent, q, left, units)) >= GENERIC for units in (np.ones(len(q)), own))


def _curvature_and_transversality(
    matrix: FloatArray, bent: FloatArray, q: FloatArray, left: FloatArray, units: FloatArray
) -> tuple[float, float]:
    """Sizes of both with states in these units (d,), q a unit vector in them, and rates in any unit weighing alike."""
    whole = np.append(units, 1.0)
    bends, slopes = np.abs(bent * whole[:, np.newaxis] * whole).max(axis=(1, 2)), np.abs(matrix * whole).max(axis=1)
    sizes = np.maximum(np.maximum(slopes, bends), np.finfo(np.float64).tiny)
    right = q / np.linalg.norm(q / units)
    weighing = left / np.linalg.norm(left * sizes)
    return abs(float(weighing @ normal_forms.quadratic(bent[:, :-1, :-1], right, right))), abs(float(weighing @ matrix[:, -1]))


def _parts(family: Family, solution: Solution) -> tuple[FloatArray, FloatArray]:
    """Point (d + 1,) and unit vector q (d,) in the family's coordinates."""
    size = family.dimension
    q = solution.unknowns[size + 1 :]
    return solution.unknowns[: size + 1], q / np.linalg.norm(q)


def _natural_vectors(family: Family, q: FloatArray, left: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Null vectors in the states' units with ‖q‖ = 1, its largest component positive, and ⟨p, q⟩ = 1."""
    right = normal_forms.oriented(q * family.scale[:-1])
    p = left / family.scale[:-1]
    return right, p / (p @ right)


def _point(family: Family, solution: Solution, pace: float, shift: float) -> SpecialPoint:
    """A point whose kind is still to be said."""
    point, q = _parts(family, solution)
    value, bracket = solution.value_and_bracket(family, eigenpair_noise(family, point, q, pace))
    residual, matrix = family.values_and_matrix(point)
    widths = family.scale[:-1]
    right = normal_forms.oriented(q * widths)
    square = widths[:, None] * matrix[:, :-1] / widths - shift * np.eye(len(q))
    size = max(np.abs(residual * widths).max(), np.abs(square @ right).max())
    return SpecialPoint("", value, family.natural(point)[:-1], bracket, float(size), condition=solution.condition(family))
