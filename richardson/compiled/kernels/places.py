"""Where the numbers of `kernels.approach` stand, row after row as in `kernels.layout`."""

from __future__ import annotations

from richardson.compiled.kernels.layout import LANES, size_of

ZERO, AWAY, PATH, SCALE, VECTORS = 0, 1, 2, 3, 4  # the equilibrium, from it to the start, from it to where the way has come, tolerances
JACOBIAN, POWER, SPARE, MATRICES = 0, 1, 2, 3  # J at the equilibrium, e^(J s), room for a product
TO_GO, DOUBLINGS, REACH, NORM = (
    0,
    1,
    2,
    3,
)  # time to go, how often its first part is doubled, the time s of the exponential, size of a matrix
DEFECT, NEW_DEFECT, DISTANCE, NEW_DISTANCE = 4, 5, 6, 7  # where the last look was, and where the way has come
BOUND, WORST, GROWTH, DAMPING = 8, 9, 10, 11  # of the error here, of all so far, of |e^(J u)|, of its integral
BEFORE, AFTER, FAR, NEAR = 12, 13, 14, 15  # times, and distances then, between which the last came below a tolerance
UNTIL, CHANGE, OLD_NORM, SCALARS = (
    16,
    17,
    18,
    19,
)  # when it is taken to be at rest, size of what the Jacobian at the start differs from that there


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
