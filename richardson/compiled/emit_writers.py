"""Expressions as Python source: positions for names, floats for numbers, our own functions for calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import sympy

from richardson.errors import ModelError
from richardson.symbolic.hoist import HIGHEST_SCALED
from richardson.symbolic.write import Writer

HIGHEST_HILL = 3  # derivatives of hill that compiled.functions has
HIGHEST_LOG = 2  # the same for positive_log
HIGHEST_PATH = 1  # the same for series

Parts: TypeAlias = Mapping[tuple[sympy.Expr, sympy.Expr], Sequence[sympy.Expr]]


class SourceWriter(Writer):
    """Writes expressions in Python, with positions for names and floats for numbers."""

    def __init__(self, names: dict[sympy.Symbol, str]) -> None:
        self._names = names

    def symbol(self, symbol: sympy.Symbol) -> str:
        """The position that stands for a symbol."""
        return self._names[symbol]

    def number(self, number: sympy.Expr) -> tuple[str, int]:
        """A number as a float."""
        return repr(float(number)), 3

    def power(self, base: str, exponent: sympy.Expr) -> tuple[str, int]:
        """A power, by whole exponents as such."""
        if exponent.is_Integer:  # numba turns a literal integer power into multiplications
            return f"{base}**{int(exponent)}", 2
        is_root = exponent == sympy.Rational(1, 2)
        return super().power(base, exponent) if is_root else (self.call("power", [base, self.write(exponent)]), 3)

    def call(self, name: str, arguments: list[str]) -> str:
        """A call of our own functions."""
        if name in {"max", "min"}:
            nested = arguments[0]
            for argument in arguments[1:]:
                nested = f"{name}imum({nested}, {argument})"
            return nested
        if name == "hill":
            name = f"hill{_order(arguments[3:], HIGHEST_HILL)}"
            arguments = arguments[:3]
        if name == "hill_scaled":
            name = f"hill_scaled{_order(arguments[4:], HIGHEST_SCALED)}"
            arguments = arguments[:4]
        if name == "series_path":
            name = f"path{_order(arguments[2:], HIGHEST_PATH)}"
            arguments = [arguments[0], f"KNOTS{int(float(arguments[1]))}", f"PIECES{int(float(arguments[1]))}"]
        if name == "positive_log":
            name = f"positive_log{_order(arguments[1:], HIGHEST_LOG)}"
            arguments = arguments[:1]
        return super().call({"atan": "arctan"}.get(name, name), arguments)


class WholeWriter(SourceWriter):
    """Writes powers by exponents known to be small whole as multiplications, in the general form's order."""

    def __init__(self, names: dict[sympy.Symbol, str], whole: Collection[sympy.Symbol], parts: Parts) -> None:
        super().__init__(names)
        self._whole = whole
        self._exponents = {names[symbol] for symbol in whole if symbol in names}
        self._parts = {(self.write(h), self.write(m)): [self.write(part) for part in both] for (h, m), both in parts.items()}

    def power(self, base: str, exponent: sympy.Expr) -> tuple[str, int]:
        """A power, by multiplications where its exponent is known to be small."""
        if exponent in self._whole:
            return f"whole_power({base}, {self.symbol(exponent)})", 3
        return super().power(base, exponent)

    def call(self, name: str, arguments: list[str]) -> str:
        """A call, of `hill` by its parts where its exponent is known to be small."""
        if name != "hill" or arguments[2] not in self._exponents or int(float([*arguments, "0"][3])) > HIGHEST_SCALED:
            return super().call(name, arguments)
        u, h, m, *order = arguments
        unit, raised = self._parts.get((h, m), (f"hill_unit({h})", f"hill_raised({h}, {m})"))
        return super().call("hill_scaled", [u, unit, raised, m, *order])


def _order(arguments: list[str], highest: int) -> int:
    order = int(float(arguments[0])) if arguments else 0
    if order > highest:
        raise ModelError(f"A derivative of order {order} of hill, its logarithm or a series is needed; there are {highest}.")
    return order


def indented(lines: Sequence[str]) -> list[str]:
    """Lines a step further in."""
    return [f"    {line}" for line in lines]


def function(head: str, lines: Sequence[str]) -> str:
    """A function of these lines, after its name and arguments."""
    return f"\n\ndef {head}:\n" + "".join(f"    {line}\n" for line in lines)
