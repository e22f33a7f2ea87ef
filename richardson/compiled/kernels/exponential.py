"""Exponentials of a small matrix in every lane: Taylor's series of a part so short that it converges at once, then squares.

Errors are relative to norms in which a state counts in units of its own tolerance, so that units do not matter.
"""

from __future__ import annotations

from math import frexp, ldexp

from numpy import inf

from richardson.arrays import FloatArray
from richardson.compiled.kernels.algebra import add_term, measure_jacobian, square
from richardson.compiled.kernels.layout import LANES, size_of
from richardson.compiled.kernels.places import DOUBLINGS, JACOBIAN, NORM, POWER, REACH, TO_GO, matrix_row, scalar_row

TERMS = 12  # of the series: those left out are less than 2e-14 for the half that a part is long
ENDLESS = 45  # doublings: the longest time is 2^44 of the shortest


def exponentiate(w: FloatArray, dimension: int) -> None:
    """Write e^(J s) to `POWER`, s being each lane's `TO_GO`."""
    d = size_of(dimension)
    short_power(w, d)
    done = 0.0
    while under_way(w, d, done) > 0:
        square(w, d, done)
        done += 1.0


def under_way(w: FloatArray, dimension: int, done: float) -> int:
    """How many lanes have more `DOUBLINGS` than are done."""
    doublings, count = scalar_row(DOUBLINGS, dimension), 0
    for lane in range(LANES):
        count += 1 if w[doublings + lane] > done else 0
    return count


def short_power(w: FloatArray, dimension: int) -> None:
    """Halve the time to go of each lane until |J s| is at most a half, and write e^(J s) of that length; an endless one begins there."""
    d = size_of(dimension)
    measure_jacobian(w, d)
    span, doublings, length, norm = scalar_row(TO_GO, d), scalar_row(DOUBLINGS, d), scalar_row(REACH, d), scalar_row(NORM, d)
    for lane in range(LANES):
        count, size, whole = 0, w[norm + lane], w[span + lane]
        if not size < 1e300:
            whole = 0.0
        elif whole == inf:
            count, whole = ENDLESS - 1, ldexp(0.5 / max(size, 1e-300), ENDLESS - 1)
        elif size * whole > 0.5:
            _, count = frexp(2.0 * size * whole)
        w[doublings + lane] = count
        w[length + lane] = ldexp(whole, -count)
    power, jacobian = matrix_row(POWER, d), matrix_row(JACOBIAN, d)
    for i in range(d):
        for j in range(d):
            for lane in range(LANES):
                o = (i * d + j) * LANES + lane
                w[power + o] = (1.0 if i == j else 0.0) + w[length + lane] / TERMS * w[jacobian + o]
    for term in range(TERMS - 1, 0, -1):
        add_term(w, d, float(term))
