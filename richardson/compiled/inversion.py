"""Source text of a small matrix's inverse in a lane, every entry a variable of its own.

The same elimination as `richardson.compiled.kernels.inverse`, without loops: for few states it stays in registers.
"""

from __future__ import annotations

from richardson.compiled.kernels.layout import inverse_rows, jacobian_rows


def inversion(dimension: int, lanes: int, shift: str, base: int) -> list[str]:
    """Lines for the inverse of shift · I − J, n0_0, n0_1 and so on: Gauss–Jordan elimination, rows exchanged by selection.

    Parameters
    ----------
    dimension, lanes : int
    shift : str
        Text of a number.
    base : int
        First row of the model's region.
    """
    span = range(dimension)
    lines = [f"shift = {shift}"]
    for i in span:
        for j in span:
            entry = f"b[{(base + jacobian_rows(dimension) + i * dimension + j) * lanes} + lane]"
            lines += [f"m{i}_{j} = {'shift - ' if i == j else '-'}{entry}", f"n{i}_{j} = {1.0 if i == j else 0.0}"]
    for k in span:
        for i in range(k + 1, dimension):
            lines += _larger_first(dimension, k, i)
        lines += _eliminated(dimension, k)
    return lines


def stored(dimension: int, lanes: int, base: int) -> list[str]:
    """Lines that write what `inversion` has computed to the rows of the inverse."""
    first, span = base + inverse_rows(dimension), range(dimension)
    return [f"b[{(first + i * dimension + j) * lanes} + lane] = n{i}_{j}" for i in span for j in span]


def product(row: int, dimension: int, lanes: int, base: int) -> str:
    """Text of a row of the inverse times the vector of r0, r1 and so on."""
    first = base + inverse_rows(dimension) + row * dimension
    return " + ".join(f"b[{(first + j) * lanes} + lane] * r{j}" for j in range(dimension))


def _larger_first(dimension: int, k: int, i: int) -> list[str]:
    """Exchange rows k and i where row i has the larger entry in column k; entries left of it are zero or done with."""
    lines = [f"is_larger = abs(m{i}_{k}) > abs(m{k}_{k})"]
    for entry in [f"m{{}}_{j}" for j in range(k, dimension)] + [f"n{{}}_{j}" for j in range(dimension)]:
        above, below = entry.format(k), entry.format(i)
        lines += [f"kept = {above}", f"{above} = {below} if is_larger else kept", f"{below} = kept if is_larger else {below}"]
    return lines


def _eliminated(dimension: int, k: int) -> list[str]:
    """Divide row k by its pivot, and take multiples of it from the others."""
    entries = [f"m{{}}_{j}" for j in range(k + 1, dimension)] + [f"n{{}}_{j}" for j in range(dimension)]
    lines = [f"pivot = 1.0 / m{k}_{k}", *(f"{entry.format(k)} = {entry.format(k)} * pivot" for entry in entries)]
    for i in range(dimension):
        if i != k:
            lines += [f"{entry.format(i)} = {entry.format(i)} - m{i}_{k} * {entry.format(k)}" for entry in entries]
    return lines
