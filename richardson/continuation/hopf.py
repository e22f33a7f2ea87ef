"""Locating Hopf points, Neimark–Sacker points of maps, and the neutral saddles that look like them.

Where a complex pair of eigenvalues adds up to zero (of a map, multiplies to one), it lies on the imaginary axis (on the unit circle), and
there are v and w with J v = w and J w = a w + b v; of a flow a = 0 and b = κ < 0, the square of the eigenvalues; of a map b = −1 and a is
the sum of the multipliers [1]_. Two real eigenvalues that add up to zero are a neutral saddle and change nothing.

References
----------
.. [1] Y. A. Kuznetsov (2004), Elements of Applied Bifurcation Theory, sections 3.5, 4.7 and 10.2 (quoted from memory).
"""

from dataclasses import replace

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.continuation import normal_forms
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.defining import ENTRY_ERROR, Equations, solved
from richardson.continuation.family import Family
from richardson.continuation.special_points import criticality

CONVENTION = "Re c₁ of ż = iω z + c₁ z|z|², ‖q‖ = 1, ⟨p, q⟩ = 1; l₁ = Re c₁/ω"
CIRCLE_CONVENTION = "Re d of z ↦ e^{iθ} z (1 + d|z|²), ‖q‖ = 1, ⟨p, q⟩ = 1"
APART = 1e-9  # relative: two eigenvalues that are nearer to each other than this do not tell a pair from a saddle
RESONANT = 1e-6  # of a multiplier: a strong resonance, where the coefficient has no meaning


def pair_near(family: Family, guess: FloatArray) -> SpecialPoint | None:
    """Where the pair of eigenvalues next to adding up to zero does so; None if Newton finds no such point near ``guess``.

    Parameters
    ----------
    family : Family
    guess : FloatArray
        Shape (d + 1,), in the family's coordinates.

    Returns
    -------
    SpecialPoint or None
        "hopf", "neimark-sacker" or "neutral saddle".
    """
    size = family.dimension
    _, matrix = family.values_and_matrix(guess)
    if size < 2 or not np.isfinite(matrix).all():
        return None
    square = _linear_part(family, matrix)
    eigenvalues, vectors = np.linalg.eig(square)
    pace = 1.0 if family.is_map else float(np.abs(eigenvalues).max())
    first, second = _nearest_pair(eigenvalues, is_map=family.is_map)
    if pace == 0.0 or first == second:
        return None
    if abs(eigenvalues[first].imag) > 0.0:
        v, w = np.linalg.qr(np.column_stack((vectors[:, first].real, vectors[:, first].imag)))[0].T
        number = float(2.0 * eigenvalues[first].real) if family.is_map else float(-(abs(eigenvalues[first] / pace) ** 2))
        start, equations = np.concatenate((guess, v, square @ v / pace, [number])), _pair_equations(family, (v, w), pace)
    else:
        v, w = vectors[:, first].real, vectors[:, second].real
        start, equations = np.concatenate((guess, v, w, [eigenvalues[first].real / pace])), _saddle_equations(family, (v, w), pace)
    solution = solved(equations, start)
    if solution is None:
        return None
    point = solution.unknowns[: size + 1]
    value, bracket = solution.value_and_bracket(family, _noise(family, solution.unknowns, pace))
    residual = np.abs(family.values_and_matrix(point)[0] * family.scale[:-1]).max()
    place = SpecialPoint(
        "neutral saddle", value, family.natural(point)[:-1], bracket, float(residual), condition=solution.condition(family)
    )
    if abs(eigenvalues[first].imag) == 0.0:
        return place
    return _circling(family, place, float(solution.unknowns[-1])) if family.is_map else _turning(family, place, solution.unknowns[-1], pace)


def _turning(family: Family, place: SpecialPoint, number: float, pace: float) -> SpecialPoint | None:
    """A Hopf point with its coefficients; None where the square κ of the eigenvalues is not negative beyond rounding."""
    if number > -APART:
        return None
    omega = pace * float(np.sqrt(-number))
    field = family.at(float(np.asarray(place.value)))
    jacobian = field.jacobian(0.0, place.state)
    second, third = field.second_derivatives(place.state), field.third_derivatives(place.state)
    q, _ = normal_forms.eigenvectors_near(jacobian, 1j * omega)
    residual = max(place.residual, float(np.abs(jacobian @ q - 1j * omega * q).max()))
    try:
        real, scaled = normal_forms.first_lyapunov(jacobian, second, third, omega)
    except np.linalg.LinAlgError:  # an eigenvalue is zero as well: a zero-Hopf point, which one parameter does not meet in general
        return replace(place, kind="hopf", residual=residual, frequency=omega)
    size = float(np.linalg.norm(third) + np.linalg.norm(second) ** 2 / omega)
    return replace(
        place,
        kind="hopf",
        residual=residual,
        coefficient=real,
        convention=CONVENTION,
        frequency=omega,
        first_lyapunov_coefficient=scaled,
        criticality=criticality(real, size),
    )


def _circling(family: Family, place: SpecialPoint, total: float) -> SpecialPoint | None:
    """A Neimark–Sacker point with its coefficient; None where the sum of the multipliers does not put them on the circle."""
    if abs(total) > 2.0 - APART:
        return None
    angle = float(np.arccos(total / 2.0))
    field = family.at(float(np.asarray(place.value)))
    jacobian = field.jacobian(0.0, place.state)
    turn = np.exp(1j * angle)
    q, _ = normal_forms.eigenvectors_near(jacobian, complex(turn))
    residual = max(place.residual, float(np.abs(jacobian @ q - turn * q).max()))
    found = replace(place, kind="neimark-sacker", residual=residual, frequency=angle)
    if min(abs(turn**3 - 1.0), abs(turn**4 - 1.0)) < RESONANT:
        return found
    second, third = field.second_derivatives(place.state), field.third_derivatives(place.state)
    real = normal_forms.neimark_sacker_coefficient(jacobian, second, third, angle)
    verdict = criticality(real, float(np.linalg.norm(third) + np.linalg.norm(second) ** 2))
    return replace(found, coefficient=real, convention=CIRCLE_CONVENTION, criticality=verdict)


def _linear_part(family: Family, matrix: FloatArray) -> FloatArray:
    """Jacobian of the flow or of the map, shape (d, d), in the family's coordinates."""
    return matrix[:, :-1] + np.eye(len(matrix)) if family.is_map else matrix[:, :-1]


def _nearest_pair(eigenvalues: ComplexArray, *, is_map: bool) -> tuple[int, int]:
    """Positions of the two eigenvalues, conjugate or both real, whose sum is nearest to zero (of a map, whose product is to one)."""
    best, pair = np.inf, (0, 0)
    for i in range(len(eigenvalues)):
        for j in range(i):
            a, b = eigenvalues[i], eigenvalues[j]
            off = abs(a * b - 1.0) if is_map else abs(a + b)
            if off < best:
                best, pair = float(off), (j, i)
    return pair


def _pair_equations(family: Family, plane: tuple[FloatArray, FloatArray], pace: float) -> Equations:
    """F = 0, J v = w, J w = a w + b v, v's part in the orthonormal ``plane`` (1, 0), over a point, v, w and κ (of a map, a).

    Rates are in units of ``pace``. A real v is no eigenvector of a pair that turns, so that the whole plane is invariant.
    """
    d = family.dimension
    rest, first, last = slice(0, d), slice(d, 2 * d), slice(2 * d, 3 * d)
    of_v, of_w = slice(d + 1, 2 * d + 1), slice(2 * d + 1, 3 * d + 1)
    one = np.eye(d)

    def equations(unknowns: FloatArray) -> tuple[FloatArray, FloatArray]:
        point, v, w, number = unknowns[: d + 1], unknowns[of_v], unknowns[of_w], unknowns[-1]
        a, b = (number, -1.0) if family.is_map else (0.0, number)
        value, matrix = family.values_and_matrix(point)
        square, bent = _linear_part(family, matrix) / pace, family.second_derivatives(point)[:, :-1] / pace
        derivative = np.zeros((3 * d + 2, 3 * d + 2))
        derivative[rest, : d + 1] = matrix / pace
        derivative[first, : d + 1], derivative[last, : d + 1] = np.einsum("ijk,j->ik", bent, v), np.einsum("ijk,j->ik", bent, w)
        derivative[first, of_v], derivative[first, of_w] = square, -one
        derivative[last, of_v], derivative[last, of_w] = -b * one, square - a * one
        derivative[last, -1] = -w if family.is_map else -v
        derivative[3 * d :, of_v] = plane
        residual = (value / pace, square @ v - w, square @ w - a * w - b * v, plane @ v - (1.0, 0.0))
        return np.concatenate(residual), derivative

    return equations


def _saddle_equations(family: Family, units: tuple[FloatArray, FloatArray], pace: float) -> Equations:
    """F = 0, (J − s) v = 0, (J + s) w = 0 (of a map, J − 1/s), ⟨unit, ·⟩ = 1 of each, over a point, v, w and s."""
    d = family.dimension
    rest, first, last = slice(0, d), slice(d, 2 * d), slice(2 * d, 3 * d)
    of_v, of_w = slice(d + 1, 2 * d + 1), slice(2 * d + 1, 3 * d + 1)
    one = np.eye(d)

    def equations(unknowns: FloatArray) -> tuple[FloatArray, FloatArray]:
        point, v, w, number = unknowns[: d + 1], unknowns[of_v], unknowns[of_w], unknowns[-1]
        other, slope = (1.0 / number, -1.0 / number**2) if family.is_map else (-number, -1.0)
        value, matrix = family.values_and_matrix(point)
        square, bent = _linear_part(family, matrix) / pace, family.second_derivatives(point)[:, :-1] / pace
        derivative = np.zeros((3 * d + 2, 3 * d + 2))
        derivative[rest, : d + 1] = matrix / pace
        derivative[first, : d + 1], derivative[last, : d + 1] = np.einsum("ijk,j->ik", bent, v), np.einsum("ijk,j->ik", bent, w)
        derivative[first, of_v], derivative[last, of_w] = square - number * one, square - other * one
        derivative[first, -1], derivative[last, -1] = -v, -slope * w
        derivative[3 * d, of_v], derivative[3 * d + 1, of_w] = units
        residual = (value / pace, square @ v - number * v, square @ w - other * w, [units[0] @ v - 1.0, units[1] @ w - 1.0])
        return np.concatenate(residual), derivative

    return equations


def _noise(family: Family, unknowns: FloatArray, pace: float) -> FloatArray:
    """Rounding of each equation of a pair or a saddle, shape (3d + 2,)."""
    d = family.dimension
    point, v, w = unknowns[: d + 1], unknowns[d + 1 : 2 * d + 1], unknowns[2 * d + 1 : 3 * d + 1]
    entries = ENTRY_ERROR * np.abs(_linear_part(family, family.values_and_matrix(point)[1])) / pace
    return np.concatenate((family.noise(point) / pace, entries @ np.abs(v), entries @ np.abs(w), np.zeros(2)))
