"""Expressions as text: the inverse of the parser, the same in every process.

sympy stores sums and products in an order that may differ between processes; here terms are sorted,
so that fingerprints, generated source and rounding are reproducible.
"""

from functools import lru_cache

import sympy
from sympy.core.sorting import default_sort_key

from richardson.errors import ModelError
from richardson.symbolic.functions import NAMES, positive_log, series_path
from richardson.symbolic.hoist import PARTS

_CALLS = NAMES | PARTS | {positive_log: "positive_log", series_path: "series_path"}  # from derivatives of hill, or in what is compiled

_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly a text binds


class Writer:
    """Writes expressions; subclasses change how symbols, numbers and calls look."""

    def write(self, expression: sympy.Expr) -> str:
        """Text of ``expression``."""
        return self._write(expression)[0]

    def symbol(self, symbol: sympy.Symbol) -> str:
        """Text of a symbol: its name."""
        return str(symbol.name)

    def number(self, number: sympy.Expr) -> tuple[str, int]:
        """Text of a non-negative number and how tightly it binds."""
        if isinstance(number, sympy.Float):
            number = sympy.Rational(repr(float(number)))
        if number.q == 1:
            return str(number.p), _ATOM
        return f"{number.p}/{number.q}", _PRODUCT

    def call(self, name: str, arguments: list[str]) -> str:
        """Text of a function call."""
        return f"{name}({', '.join(arguments)})"

    def power(self, base: str, exponent: sympy.Expr) -> tuple[str, int]:
        """Text of a power whose base is written already."""
        if exponent == sympy.Rational(1, 2):
            return self.call("sqrt", [base]), _ATOM
        return f"{base}**{self._tight(exponent, _ATOM)}", _POWER

    def _write(self, expression: sympy.Expr) -> tuple[str, int]:
        if isinstance(expression, sympy.Symbol):
            return self.symbol(expression), _ATOM
        if expression.is_Rational or expression.is_Float:
            if expression.is_negative:
                return f"-{self._tight(-expression, _PRODUCT)}", _SUM
            return self.number(expression)
        if expression is sympy.pi:
            return "pi", _ATOM
        if expression is sympy.E:
            return self.call("exp", [self.write(sympy.S.One)]), _ATOM
        if isinstance(expression, sympy.Add):
            return self._sum(expression), _SUM
        if isinstance(expression, sympy.Mul):
            return self._product(expression)
        if isinstance(expression, sympy.Pow):
            return self._power(expression)
        return self._call(expression), _ATOM

    def _sum(self, expression: sympy.Expr) -> str:
        text = ""
        for term in sorted(expression.args, key=default_sort_key):
            written = self._tight(term, _PRODUCT) if not term.could_extract_minus_sign() else "-" + self._tight(-term, _PRODUCT)
            text += written if not text else f" - {written[1:]}" if written.startswith("-") else f" + {written}"
        return text

    def _product(self, expression: sympy.Expr) -> tuple[str, int]:
        if expression.could_extract_minus_sign():
            return f"-{self._tight(-expression, _PRODUCT)}", _SUM
        above, below = [], []
        for factor in sorted(expression.args, key=default_sort_key):
            if isinstance(factor, sympy.Pow) and factor.exp.is_number and factor.exp.is_negative:
                below.append(1 / factor)
            elif factor.is_Rational and factor.p == 1 and factor.q != 1:
                below.append(sympy.Integer(factor.q))
            else:
                above.append(factor)
        text = "*".join(self._factor(factor) for factor in above) or self.write(sympy.S.One)
        for factor in below:
            text += f"/{self._tight(factor, _POWER)}"
        return text, _PRODUCT

    def _factor(self, factor: sympy.Expr) -> str:
        return self._tight(factor, _POWER)

    def _power(self, expression: sympy.Expr) -> tuple[str, int]:
        base, exponent = expression.args
        if exponent.is_number and exponent.is_negative:
            return f"{self.write(sympy.S.One)}/{self._tight(1 / expression, _POWER)}", _PRODUCT
        return self.power(self._tight(base, _ATOM), exponent)

    def _call(self, expression: sympy.Expr) -> str:
        name = _CALLS.get(expression.func)
        if name is None:
            raise ModelError(
                f"'{expression.func}' cannot be written in an equation. Use numbers, names, + - * / ** and the documented functions."
            )
        arguments = sorted(expression.args, key=default_sort_key) if name in {"min", "max"} else expression.args
        if name == "heaviside":
            arguments = arguments[:1]  # the second is the value ½ at zero
        return self.call(name, [self.write(argument) for argument in arguments])

    def _tight(self, expression: sympy.Expr, at_least: int) -> str:
        text, binds = self._write(expression)
        return text if binds >= at_least else f"({text})"


@lru_cache(maxsize=1024)  # every study tells its model's equations several times
def to_text(expression: sympy.Expr) -> str:
    """Text that the parser reads back to an equal expression.

    Raises
    ------
    ModelError
        If a function occurs that equations may not use.
    """
    return Writer().write(expression)
