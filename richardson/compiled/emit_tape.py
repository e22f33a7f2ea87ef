"""From a model to a list of elementary operations that an interval kernel runs.

Nothing is compiled anew for a model: its rates and Jacobian become rows of numbers. Every slot holds an interval: states first, then
parameters, then numbers, then one for each operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import sympy
from sympy.core.sorting import default_sort_key

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels import interpreter
from richardson.errors import ModelError
from richardson.symbolic.functions import hill, sigmoid, softplus
from richardson.symbolic.hoist import Hoist
from richardson.symbolic.model import Model

UNARY = {
    sympy.exp: interpreter.EXP,
    sympy.log: interpreter.LOG,
    sympy.sin: interpreter.SIN,
    sympy.cos: interpreter.COS,
    sympy.tan: interpreter.TAN,
    sympy.tanh: interpreter.TANH,
    sympy.sinh: interpreter.SINH,
    sympy.cosh: interpreter.COSH,
    sympy.atan: interpreter.ARCTAN,
    sympy.Abs: interpreter.ABSOLUTE,
    sympy.sign: interpreter.SIGN,
    sympy.Heaviside: interpreter.HEAVISIDE,
    sigmoid: interpreter.SIGMOID,
    softplus: interpreter.SOFTPLUS,
}
FOLDED = {sympy.Max: interpreter.MAXIMUM, sympy.Min: interpreter.MINIMUM}
HALF = sympy.Rational(1, 2)


@dataclass(frozen=True, eq=False)
class Tape:
    """Operations that bound rates and Jacobian on a box of states and parameters.

    Attributes
    ----------
    operations : IntArray
        Shape (n, 4): code and three operands, slots or (of a whole power) the exponent.
    ends : IntArray
        Shape (3,): how many operations depend on parameters only, reach to the rates, and to the Jacobian.
    numbers : FloatArray
        Shape (c, 2): intervals that hold the numbers of the equations.
    places : IntArray
        Shape (d + d²,): slots of the rates, of a map less the state, then of the Jacobian, row by row.
    parameters : int
        How many parameters there are.
    """

    operations: IntArray
    ends: IntArray
    numbers: FloatArray
    places: IntArray
    parameters: int

    @property
    def slots(self) -> int:
        """How many slots the operations need."""
        return int(self.ends.size and self.first + len(self.operations))

    @property
    def first(self) -> int:
        """Slot of the first operation."""
        dimension = int((np.sqrt(1 + 4 * self.places.size) - 1) / 2 + 0.5)
        return dimension + self.parameters + len(self.numbers)


class _Tape:
    """Puts expressions down as operations, each but once."""

    def __init__(self, symbols: Sequence[sympy.Symbol]) -> None:
        self.known: dict[sympy.Expr, str] = {symbol: f"s{place}" for place, symbol in enumerate(symbols)}
        self.numbers: list[sympy.Expr] = []
        self.rows: list[tuple[int, str | int, str | int, str | int]] = []
        self.places: dict[tuple[int, str | int, str | int, str | int], str] = {}

    def put(self, expression: sympy.Expr) -> str:
        """Slot of an expression: ``s`` of a symbol, ``n`` of a number or ``o`` of an operation, with its count."""
        if expression not in self.known:
            self.known[expression] = self._number(expression) if expression.is_number else self._operation(expression)
        return self.known[expression]

    def _number(self, number: sympy.Expr) -> str:
        if not number.evalf().is_Number:
            raise ModelError(f"There are no bounds of {number}, which stands in a derivative of these rates.")
        self.numbers.append(number)
        return f"n{len(self.numbers) - 1}"

    def _row(self, code: int, *operands: str | int) -> str:
        first, second, third = (*operands, 0, 0)[:3]
        row = (code, first, second, third)
        if row not in self.places:  # products and sums of several begin alike
            self.places[row] = f"o{len(self.rows)}"
            self.rows.append(row)
        return self.places[row]

    def _operation(self, expression: sympy.Expr) -> str:
        arguments = expression.args
        if isinstance(expression, sympy.Add):
            return self._sum(expression)
        if isinstance(expression, sympy.Mul):
            return self._product(expression)
        if isinstance(expression, sympy.Pow):
            return self._power(*arguments)
        if expression.func in UNARY:
            return self._row(UNARY[expression.func], self.put(arguments[0]))
        if expression.func in FOLDED:
            slots = [self.put(each) for each in sorted(arguments, key=default_sort_key)]
            return reduce(lambda one, other: self._row(FOLDED[expression.func], one, other), slots)
        if expression.func is hill and arguments[3:] in {(), (sympy.S.One,)}:
            return self._row(interpreter.HILL1 if arguments[3:] else interpreter.HILL0, *(self.put(each) for each in arguments[:3]))
        raise ModelError(f"There are no bounds on intervals of {expression.func.__name__}, which stands in a derivative of these rates.")

    def _sum(self, expression: sympy.Expr) -> str:
        terms = sorted(expression.args, key=default_sort_key)
        terms.sort(key=lambda term: term.could_extract_minus_sign())  # a difference needs a term to take from
        total = self.put(terms[0])
        for term in terms[1:]:
            negative = term.could_extract_minus_sign()
            total = self._row(interpreter.SUBTRACT if negative else interpreter.ADD, total, self.put(-term if negative else term))
        return total

    def _product(self, expression: sympy.Expr) -> str:
        if expression.could_extract_minus_sign():
            return self._row(interpreter.NEGATE, self.put(-expression))
        above: list[sympy.Expr] = []
        below: list[sympy.Expr] = []
        for factor in sorted(expression.args, key=default_sort_key):
            inverted = isinstance(factor, sympy.Pow) and factor.exp.is_number and factor.exp.is_negative
            (below if inverted else above).append(1 / factor if inverted else factor)
        total = reduce(lambda one, other: self._row(interpreter.MULTIPLY, one, other), [self.put(each) for each in above or [sympy.S.One]])
        return reduce(lambda one, other: self._row(interpreter.DIVIDE, one, other), [self.put(each) for each in below], total)

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> str:
        if exponent.is_number and exponent.is_negative:
            return self._row(interpreter.DIVIDE, self.put(sympy.S.One), self.put(base**-exponent))
        if exponent.is_Integer:
            return self._row(interpreter.WHOLE_POWER, self.put(base), int(exponent))
        if exponent == HALF:
            return self._row(interpreter.SQUARE_ROOT, self.put(base))
        return self._row(interpreter.POWER, self.put(base), self.put(exponent))


def tape_of(model: Model) -> Tape:
    """Operations of a model's rates and Jacobian.

    Raises
    ------
    ModelError
        If a derivative has no bounds here (one of ``hill`` in its exponent).
    """
    d, is_map = len(model.states), model.kind == "map"
    hoist = Hoist(model.parameter_symbols)
    own = [rate - x if is_map else rate for rate, x in zip(model.rates, model.state_symbols, strict=True)]
    slopes = [slope - (1 if is_map and place % (d + 1) == 0 else 0) for place, slope in enumerate(model.jacobian)]
    rates, slopes = hoist.reduce(own), hoist.reduce(slopes)
    tape = _Tape([*model.state_symbols, *model.parameter_symbols])
    for part, symbol in hoist.constants.items():
        tape.known[symbol] = tape.put(part)
    ends = [len(tape.rows)]
    places = [tape.put(rate) for rate in rates]
    ends.append(len(tape.rows))
    places += [tape.put(slope) for slope in slopes]
    ends.append(len(tape.rows))
    symbols = d + len(model.parameters)
    offsets = {"s": 0, "n": symbols, "o": symbols + len(tape.numbers)}

    def slot(operand: str | int) -> int:
        return operand if isinstance(operand, int) else offsets[operand[0]] + int(operand[1:])

    rows = [(code, *(slot(operand) for operand in operands)) for code, *operands in tape.rows]
    return Tape(
        np.array(rows, dtype=np.int64).reshape(-1, 4),
        np.array(ends, dtype=np.int64),
        np.array([_bounds(number) for number in tape.numbers]).reshape(-1, 2),
        np.array([slot(place) for place in places], dtype=np.int64),
        len(model.parameters),
    )


def _bounds(number: sympy.Expr) -> tuple[float, float]:
    """Doubles on both sides of a number, or twice the double that it is."""
    nearest = float(number)
    if sympy.Rational(nearest) == number:
        return nearest, nearest
    return float(np.nextafter(nearest, -np.inf)), float(np.nextafter(nearest, np.inf))
