"""Tangent vectors carried along an orbit: how far a step has stretched each direction, and a new basis for the next one.

A point is one flat vector: the state (d,), then the matrix (d, d) whose columns are the tangent vectors, those of states measured in
``scale``, so that no exponent waits for a unit. They are orthonormal at the beginning of every step; what a step stretches them by is
the diagonal of R where their images are Q R, and Q goes on [1]_.

References
----------
.. [1] G. Benettin, L. Galgani, A. Giorgilli, J.-M. Strelcyn (1980), Lyapunov characteristic exponents for smooth dynamical systems and for
   Hamiltonian systems; a method for computing all of them, Meccanica 15, 9–30 (quoted from memory).
"""

from __future__ import annotations

from math import inf, isfinite, log, sqrt

from richardson.arrays import FloatArray

REACHED_END, ESCAPED, LEFT_DOMAIN, NOT_FINITE, STEP_TOO_SMALL, STEP_LIMIT = 0, 1, 2, 3, 4, 5
RELATIVE, ABSOLUTE, BOUND, LONGEST, NEXT_STEP, SETTINGS = 0, 1, 2, 3, 4, 5  # settings of a run, and how many
DONE, CODE, STEPS_LEFT, PERIOD, AGE, LAP, COUNTS = 0, 1, 2, 3, 4, 5, 6  # numbers that go on from call to call, and how many
LOWER, UPPER = 0, 1  # rows of limits, their slack included

SHORTEST = 1e-150  # a vector so short has no direction: the square of its length is no number
PARALLEL = 1e-15  # of its length: what is left of a vector that lies along the others, by rounding
UPRIGHT = 0.5  # over √d: what is left of the best axis when others are taken off is longer


def orthonormalise(point: FloatArray, d: int, growth: FloatArray) -> None:
    """Put an orthonormal basis in the place of the tangent vectors, and add the logarithms of their new lengths to ``growth``.

    A vector that vanishes has grown by −∞; a direction that the ones before it leave takes its place.
    """
    for column in range(d):
        before = length(point, column, d)
        after = free(point, column, d)
        is_lost = not (after > SHORTEST and after > PARALLEL * before)
        growth[column] += -inf if is_lost else log(after)
        axis = 0
        while is_lost and axis < d:
            for i in range(d):
                point[d + i * d + column] = 1.0 if i == axis else 0.0
            after = free(point, column, d)
            is_lost = not after > UPRIGHT / sqrt(float(d))
            axis += 1
        for i in range(d):
            point[d + i * d + column] /= after


def free(point: FloatArray, column: int, d: int) -> float:
    """Take off a vector what lies along those before it, twice against rounding; its length then."""
    for _ in range(2):
        for other in range(column):
            product = 0.0
            for i in range(d):
                product += point[d + i * d + column] * point[d + i * d + other]
            for i in range(d):
                point[d + i * d + column] -= product * point[d + i * d + other]
    return length(point, column, d)


def length(point: FloatArray, column: int, d: int) -> float:
    """Length of a tangent vector."""
    total = 0.0
    for i in range(d):
        total += point[d + i * d + column] ** 2
    return sqrt(total)


def carry(jacobian: FloatArray, scale: FloatArray, point: FloatArray, image: FloatArray, d: int) -> None:
    """The Jacobian, of scaled states, times the tangent vectors."""
    for i in range(d):
        for column in range(d):
            image[d + i * d + column] = 0.0
        for k in range(d):
            entry = jacobian[i, k] * scale[k] / scale[i]
            for column in range(d):
                image[d + i * d + column] += entry * point[d + k * d + column]


def copy(source: FloatArray, target: FloatArray, count: int) -> None:
    """Write the first numbers of one vector over those of another."""
    for i in range(count):
        target[i] = source[i]


def pack(state: FloatArray, basis: FloatArray, point: FloatArray) -> None:
    """Write state and basis into a point."""
    d = state.size
    for i in range(d):
        point[i] = state[i]
        for column in range(d):
            point[d + i * d + column] = basis[i, column]


def unpack(point: FloatArray, state: FloatArray, basis: FloatArray) -> None:
    """Read state and basis from a point."""
    d = state.size
    for i in range(d):
        state[i] = point[i]
        for column in range(d):
            basis[i, column] = point[d + i * d + column]


def standing(point: FloatArray, limits: FloatArray, bound: float, d: int) -> int:
    """Whether a point may go on: `REACHED_END`, or why not."""
    code = REACHED_END
    for i in range(d):
        if not isfinite(point[i]):
            return NOT_FINITE
        if abs(point[i]) > bound:
            code = ESCAPED
        elif code == REACHED_END and (point[i] < limits[LOWER, i] or point[i] > limits[UPPER, i]):
            code = LEFT_DOMAIN
    if code == REACHED_END:
        for number in point:
            if not isfinite(number):
                return NOT_FINITE
    return code
