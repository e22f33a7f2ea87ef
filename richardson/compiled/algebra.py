"""Source text of `kernels.algebra` for a number of states that is known: every entry a variable in a loop over lanes."""

from __future__ import annotations

from collections.abc import Sequence

from richardson.compiled.inversion import inversion
from richardson.compiled.kernels.layout import COMMON, jacobian_rows
from richardson.compiled.kernels.places import (
    AWAY,
    DOUBLINGS,
    JACOBIAN,
    MATRICES,
    NEW_DEFECT,
    NEW_DISTANCE,
    NORM,
    PATH,
    POWER,
    REACH,
    SCALE,
    VECTORS,
    ZERO,
)

_HEAD = '''"""Linear algebra of matrices with {dimension} rows in every lane."""

from numpy import inf

from richardson.compiled.kernels.layout import LANES
'''
_RUNNING = "is_running = {doublings} > done"


def algebra_text(dimension: int, lanes: int, rows: int) -> str:
    """Module text for that number of states, of which each has ``rows`` rows."""
    places = _Places(dimension, lanes, dimension * rows + COMMON)
    functions = {
        "newton_step(b, w, dimension)": _newton_step(places),
        "add_term(w, dimension, divisor)": _add_term(places),
        "square(w, dimension, done)": _square(places),
        "set_path(w, dimension)": _set_path(places),
        "carry(w, dimension, done)": _carry(places),
        "measure_jacobian(w, dimension)": _measure(places, JACOBIAN),
        "measure_power(w, dimension)": _measure(places, POWER),
        "compare(b, w, dimension)": _compare(places),
    }
    loop = "\n    for lane in range(LANES):\n"
    return _HEAD.format(dimension=dimension) + "".join(
        f"\n\ndef {signature}:{loop}" + "".join(f"        {line}\n" for line in lines) for signature, lines in functions.items()
    )


class _Places:
    """Texts of numbers of the running lane."""

    def __init__(self, dimension: int, lanes: int, base: int) -> None:
        self.dimension, self.lanes, self.base = dimension, lanes, base
        self.span = range(dimension)

    def vector(self, which: int, i: int) -> str:
        """An entry of a vector."""
        return self._own(which * self.dimension + i)

    def matrix(self, which: int, i: int, j: int) -> str:
        """An entry of a matrix."""
        return self._own((VECTORS + which * self.dimension + i) * self.dimension + j)

    def scalar(self, which: int) -> str:
        """A number."""
        return self._own((VECTORS + MATRICES * self.dimension) * self.dimension + which)

    def rate(self, i: int) -> str:
        """A rate in the model's region."""
        return f"b[{(self.base + 1 + self.dimension + i) * self.lanes} + lane]"

    def derivative(self, i: int, j: int) -> str:
        """An entry of the Jacobian in the model's region."""
        return f"b[{(self.base + jacobian_rows(self.dimension) + i * self.dimension + j) * self.lanes} + lane]"

    def read(self, which: int, name: str) -> list[str]:
        """Lines that make the entries of a matrix variables."""
        return [f"{name}{i}_{j} = {self.matrix(which, i, j)}" for i in self.span for j in self.span]

    def read_vector(self, which: int, name: str) -> list[str]:
        """Lines that make the entries of a vector variables."""
        return [f"{name}{i} = {self.vector(which, i)}" for i in self.span]

    def _own(self, row: int) -> str:
        return f"w[{row * self.lanes} + lane]"


def _sum(terms: Sequence[str]) -> str:
    return " + ".join(terms)


def _newton_step(of: _Places) -> list[str]:
    lines = inversion(of.dimension, of.lanes, "0.0", of.base)
    lines += [f"{of.matrix(JACOBIAN, i, j)} = {of.derivative(i, j)}" for i in of.span for j in of.span]
    return lines + [f"{of.vector(ZERO, i)} += {_sum([f'n{i}_{j} * {of.rate(j)}' for j in of.span])}" for i in of.span]


def _add_term(of: _Places) -> list[str]:
    lines = [*of.read(JACOBIAN, "a"), *of.read(POWER, "p"), f"share = {of.scalar(REACH)} / divisor"]
    products = {(i, j): _sum([f"a{i}_{k} * p{k}_{j}" for k in of.span]) for i in of.span for j in of.span}
    return lines + [f"{of.matrix(POWER, i, j)} = {float(i == j)} + share * ({text})" for (i, j), text in products.items()]


def _square(of: _Places) -> list[str]:
    lines = [*of.read(POWER, "p"), _RUNNING.format(doublings=of.scalar(DOUBLINGS))]
    products = {(i, j): _sum([f"p{i}_{k} * p{k}_{j}" for k in of.span]) for i in of.span for j in of.span}
    lines += [f"q{i}_{j} = {text}" for (i, j), text in products.items()]
    return lines + [f"{of.matrix(POWER, i, j)} = q{i}_{j} if is_running else p{i}_{j}" for i, j in products]


def _set_path(of: _Places) -> list[str]:
    lines = of.read_vector(AWAY, "v")
    return lines + [f"{of.vector(PATH, i)} = {_sum([f'{of.matrix(POWER, i, j)} * v{j}' for j in of.span])}" for i in of.span]


def _carry(of: _Places) -> list[str]:
    lines = [*of.read_vector(PATH, "v"), _RUNNING.format(doublings=of.scalar(DOUBLINGS))]
    lines += [f"q{i} = {_sum([f'{of.matrix(POWER, i, j)} * v{j}' for j in of.span])}" for i in of.span]
    return lines + [f"{of.vector(PATH, i)} = q{i} if is_running else v{i}" for i in of.span]


def _measure(of: _Places, which: int) -> list[str]:
    lines = [*of.read_vector(SCALE, "u"), "largest = 0.0"]
    for i in of.span:
        lines.append(f"total = ({_sum([f'abs({of.matrix(which, i, j)}) * u{j}' for j in of.span])}) / u{i}")
        lines.append(_larger("largest", "total"))
    return [*lines, f"{of.scalar(NORM)} = largest"]


def _compare(of: _Places) -> list[str]:
    lines = [*of.read_vector(PATH, "v"), "worst = farthest = 0.0"]
    for i in of.span:
        linear = " - ".join(f"{of.matrix(JACOBIAN, i, j)} * v{j}" for j in of.span)
        lines += [f"unit = 1.0 / {of.vector(SCALE, i)}", f"rest, away = abs({of.rate(i)} - {linear}) * unit, abs(v{i}) * unit"]
        lines += [_larger("worst", "rest"), _larger("farthest", "away")]
    return [*lines, f"{of.scalar(NEW_DEFECT)} = worst", f"{of.scalar(NEW_DISTANCE)} = farthest"]


def _larger(kept: str, new: str) -> str:
    """The larger of two numbers; infinite, and for good, where the new one is none."""
    return f"{kept} = ({new} if {new} > {kept} else {kept}) if {new} < inf else inf"
