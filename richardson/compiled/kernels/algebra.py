"""Linear algebra of a small matrix in every lane, for `kernels.exponential` and `kernels.approach`, where loops run over states.

Where the number of states is known, `richardson.compiled.algebra` writes the same operations out, in the place of this module: then
they are vector instructions.
"""

from __future__ import annotations

from numpy import inf

from richardson.arrays import FloatArray
from richardson.compiled.kernels.inverse import apply_inverse, invert_matrix
from richardson.compiled.kernels.layout import COMMON, LANES, jacobian_rows, size_of
from richardson.compiled.kernels.places import (
    AWAY,
    DOUBLINGS,
    JACOBIAN,
    NEW_DEFECT,
    NEW_DISTANCE,
    NORM,
    PATH,
    POWER,
    REACH,
    SCALE,
    SPARE,
    ZERO,
    matrix_row,
    scalar_row,
    vector_row,
)
from richardson.compiled.kernels.scheme import ROWS


def newton_step(b: FloatArray, w: FloatArray, dimension: int) -> None:
    """Add −J⁻¹ f to `ZERO`, and copy J to `JACOBIAN`; both stand in the model's region, where they are lost."""
    d = size_of(dimension)
    base, zero, jacobian = (d * ROWS + COMMON) * LANES, vector_row(ZERO, d), matrix_row(JACOBIAN, d)
    for o in range(d * d * LANES):
        w[jacobian + o] = b[base + jacobian_rows(d) * LANES + o]
    for o in range(d * LANES):
        b[base + LANES + o] = b[base + (1 + d) * LANES + o]
    invert_matrix(b, d, 0.0, d * ROWS * LANES, base)
    apply_inverse(b, d, base, base + (1 + d) * LANES, LANES)
    for o in range(d * LANES):
        w[zero + o] += b[base + (1 + d) * LANES + o]


def add_term(w: FloatArray, dimension: int, divisor: float) -> None:
    """Replace P = `POWER` by I + J P s/divisor, s being `REACH`."""
    d = size_of(dimension)
    power, spare, length = matrix_row(POWER, d), matrix_row(SPARE, d), scalar_row(REACH, d)
    multiply(w, d, matrix_row(JACOBIAN, d))
    for i in range(d):
        for j in range(d):
            o = (i * d + j) * LANES
            for lane in range(LANES):
                w[power + o + lane] = (1.0 if i == j else 0.0) + w[length + lane] / divisor * w[spare + o + lane]


def square(w: FloatArray, dimension: int, done: float) -> None:
    """Replace `POWER` by its square in the lanes whose `DOUBLINGS` are more than ``done``."""
    d = size_of(dimension)
    power, spare, doublings = matrix_row(POWER, d), matrix_row(SPARE, d), scalar_row(DOUBLINGS, d)
    multiply(w, d, power)
    for place in range(d * d):
        for lane in range(LANES):
            o = place * LANES + lane
            w[power + o] = w[spare + o] if w[doublings + lane] > done else w[power + o]


def multiply(w: FloatArray, dimension: int, left: int) -> None:
    """Write a matrix times `POWER` to `SPARE`."""
    d = size_of(dimension)
    power, spare = matrix_row(POWER, d), matrix_row(SPARE, d)
    for i in range(d):
        for j in range(d):
            o = spare + (i * d + j) * LANES
            for lane in range(LANES):
                w[o + lane] = w[left + i * d * LANES + lane] * w[power + j * LANES + lane]
            for k in range(1, d):
                for lane in range(LANES):
                    w[o + lane] += w[left + (i * d + k) * LANES + lane] * w[power + (k * d + j) * LANES + lane]


def set_path(w: FloatArray, dimension: int) -> None:
    """Write `POWER` times `AWAY` to `PATH`."""
    d = size_of(dimension)
    path, away = vector_row(PATH, d), vector_row(AWAY, d)
    for o in range(d * LANES):
        w[path + o] = w[away + o]
    carry(w, d, -1.0)


def carry(w: FloatArray, dimension: int, done: float) -> None:
    """Multiply `PATH` by `POWER` in the lanes whose `DOUBLINGS` are more than ``done``."""
    d = size_of(dimension)
    power, path, spare, doublings = matrix_row(POWER, d), vector_row(PATH, d), matrix_row(SPARE, d), scalar_row(DOUBLINGS, d)
    for i in range(d):
        for lane in range(LANES):
            total = 0.0
            for j in range(d):
                total += w[power + (i * d + j) * LANES + lane] * w[path + j * LANES + lane]
            w[spare + i * LANES + lane] = total
    for i in range(d):
        for lane in range(LANES):
            o = i * LANES + lane
            w[path + o] = w[spare + o] if w[doublings + lane] > done else w[path + o]


def measure_jacobian(w: FloatArray, dimension: int) -> None:
    """Write to `NORM` the largest row sum of `JACOBIAN`, states in units of their tolerances."""
    measure(w, dimension, matrix_row(JACOBIAN, dimension))


def measure_power(w: FloatArray, dimension: int) -> None:
    """Write that of `POWER`."""
    measure(w, dimension, matrix_row(POWER, dimension))


def measure(w: FloatArray, dimension: int, matrix: int) -> None:
    """Write that of a matrix."""
    d = size_of(dimension)
    scale, norm = vector_row(SCALE, d), scalar_row(NORM, d)
    for lane in range(LANES):
        largest = 0.0
        for i in range(d):
            total = 0.0
            for j in range(d):
                total += abs(w[matrix + (i * d + j) * LANES + lane]) * w[scale + j * LANES + lane]
            total /= w[scale + i * LANES + lane]
            largest = (total if total > largest else largest) if total < inf else inf
        w[norm + lane] = largest


def compare(b: FloatArray, w: FloatArray, dimension: int) -> None:
    """Write the largest of the model's rates less those of the linear solution, and of `PATH`, in tolerances."""
    d = size_of(dimension)
    base, jacobian, path, scale = (d * ROWS + COMMON) * LANES, matrix_row(JACOBIAN, d), vector_row(PATH, d), vector_row(SCALE, d)
    defect, distance = scalar_row(NEW_DEFECT, d), scalar_row(NEW_DISTANCE, d)
    for lane in range(LANES):
        worst = farthest = 0.0
        for i in range(d):
            rest = b[base + (1 + d + i) * LANES + lane]
            for j in range(d):
                rest -= w[jacobian + (i * d + j) * LANES + lane] * w[path + j * LANES + lane]
            unit = 1.0 / w[scale + i * LANES + lane]
            rest, away = abs(rest) * unit, abs(w[path + i * LANES + lane]) * unit
            worst = (rest if rest > worst else worst) if rest < inf else inf
            farthest = (away if away > farthest else farthest) if away < inf else inf
        w[defect + lane] = worst
        w[distance + lane] = farthest
