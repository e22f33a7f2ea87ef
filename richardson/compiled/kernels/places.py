"""Where the numbers of `kernels.approach` stand, row after row as in `kernels.layout`."""

from __future__ import annotations

from richardson.compiled.kernels.layout import LANES, size_of

# vectors: the equilibrium, from it to the start, from it to where the way has come, tolerances
ZERO, AWAY, PATH, SCALE, VECTORS = 0, 1, 2, 3, 4
# matrices: J at the equilibrium, e^(J s), room for a product
JACOBIAN, POWER, SPARE, MATRICES = 0, 1, 2, 3
# numbers: time to go, how often its first part is doubled, the time s of the exponential, size of a matrix
TO_GO, DOUBLINGS, REACH, NORM = 0, 1, 2, 3
# defects and distances, in tolerances, at the last look and where the way has come
DEFECT, NEW_DEFECT, DISTANCE, NEW_DISTANCE = 4, 5, 6, 7
# bounds: of the error here, of all errors so far, of |e^(J u)| so far, of its integral
BOUND, WORST, GROWTH, DAMPING = 8, 9, 10, 11
# times, and distances then, between which the last came below a tolerance
BEFORE, AFTER, FAR, NEAR = 12, 13, 14, 15
# when it is taken to be at rest, size of J at the start less J at the equilibrium, size of e^(J s) at the last look
UNTIL, CHANGE, OLD_NORM, SCALARS = 16, 17, 18, 19


def vector_row(which: int, dimension: int) -> int:
    """Where a vector's first number stands."""
    return which * size_of(dimension) * LANES


def matrix_row(which: int, dimension: int) -> int:
    """Where a matrix's first number stands."""
    d = size_of(dimension)
    return (VECTORS + which * d) * d * LANES


def scalar_row(which: int, dimension: int) -> int:
    """Where a number stands."""
    d = size_of(dimension)
    return ((VECTORS + MATRICES * d) * d + which) * LANES


def approach_room(dimension: int) -> int:
    """How many floats there are."""
    return scalar_row(SCALARS, dimension)
