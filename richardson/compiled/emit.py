"""From a model to the source text of a module of plain functions.

Only our own names reach the text (x0 … states, p0 … parameters, c0 … shared subexpressions),
so nothing that a user typed is ever executed. The text is the reference: it runs without compiler.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sympy

from richardson.errors import ModelError
from richardson.symbolic import derive
from richardson.symbolic.functions import TIME
from richardson.symbolic.model import Model
from richardson.symbolic.write import Writer

HIGHEST_HILL = 3  # derivatives of hill that compiled.functions has
HIGHEST_LOG = 2  # the same for positive_log

_HEADER = '''"""{what}

States x0 … and parameters p0 … in the order of the model.
"""

from numpy import arctan, cos, cosh, exp, log, maximum, minimum, pi, sign, sin, sinh, sqrt, tan, tanh

from richardson.compiled.functions import (
    heaviside, hill0, hill1, hill2, hill3, positive_log0, positive_log1, positive_log2, sigmoid, softplus
)
'''

_RATES_OVER = """

def rates_over(times, states, p, out):
    for row in range(states.shape[0]):
        rates(times[row], states[row], p, out[row])
"""


class _SourceWriter(Writer):
    """Writes expressions in Python, with positions for names and floats for numbers."""

    def __init__(self, names: dict[sympy.Symbol, str]) -> None:
        self._names = names

    def symbol(self, symbol: sympy.Symbol) -> str:
        return self._names[symbol]

    def number(self, number: sympy.Expr) -> tuple[str, int]:
        return repr(float(number)), 3

    def power(self, base: str, exponent: sympy.Expr) -> tuple[str, int]:
        if exponent.is_Integer:  # numba turns a literal integer power into multiplications
            return f"{base}**{int(exponent)}", 2
        return super().power(base, exponent)

    def call(self, name: str, arguments: list[str]) -> str:
        if name in {"max", "min"}:
            nested = arguments[0]
            for argument in arguments[1:]:
                nested = f"{name}imum({nested}, {argument})"
            return nested
        if name == "hill":
            name = f"hill{_order(arguments[3:], HIGHEST_HILL)}"
            arguments = arguments[:3]
        if name == "positive_log":
            name = f"positive_log{_order(arguments[1:], HIGHEST_LOG)}"
            arguments = arguments[:1]
        return super().call({"atan": "arctan"}.get(name, name), arguments)


def rates_source(model: Model) -> str:
    """Module with ``rates(t, x, p, out)``, ``rates_and_jacobian(t, x, p, out, jacobian)`` and ``rates_over``."""
    jacobian = list(model.jacobian)
    both = _function(model, "rates_and_jacobian", {"out": model.rates, "jacobian": jacobian})
    return _header("Rates and Jacobian.") + _function(model, "rates", {"out": model.rates}) + both + _RATES_OVER


def derivative_source(model: Model, order: int) -> str:
    """Module with ``derivative(t, x, p, out)``: all second or third derivatives of the rates in the states, flat."""
    array = {2: derive.second_derivatives, 3: derive.third_derivatives}[order](model)
    return _header(f"Derivatives of order {order}.") + _function(model, "derivative", {"out": sympy.flatten(array.tolist())})


def parameter_source(model: Model, names: Sequence[str]) -> str:
    """Module with ``derivative(t, x, p, out)``: derivatives of the rates in parameters, flat."""
    matrix = derive.parameter_derivatives(model, names)
    return _header("Derivatives in parameters.") + _function(model, "derivative", {"out": list(matrix)})


def values_source(model: Model, expressions: Sequence[sympy.Expr]) -> str:
    """Module with ``values(t, x, p, out)`` and ``values_over(times, states, p, out)``."""
    single = _function(model, "values", {"out": list(expressions)})
    return _header("Values of expressions.") + single + _RATES_OVER.replace("rates", "values")


def key_of(model: Model, what: str, compiler: str) -> str:
    """Content address of a module: the equations, what is emitted, and what emits and compiles it."""
    text = f"{model.fingerprint}\n{what}\n{compiler}"
    return hashlib.sha256(text.encode()).hexdigest()


def _header(what: str) -> str:
    return _HEADER.format(what=what)


def _function(model: Model, name: str, targets: dict[str, Sequence[sympy.Expr]]) -> str:
    names = {TIME: "t"}
    names |= {symbol: f"x{position}" for position, symbol in enumerate(model.state_symbols)}
    names |= {symbol: f"p{position}" for position, symbol in enumerate(model.parameter_symbols)}
    expressions = [expression for target in targets.values() for expression in target]
    used = set().union(*(expression.free_symbols for expression in expressions))
    shared, reduced = sympy.cse(expressions, symbols=sympy.numbered_symbols("c", cls=sympy.Dummy))
    lines = [f"    {own} = {own[0]}[{own[1:]}]" for symbol, own in names.items() if symbol in used and symbol is not TIME]
    writer = _SourceWriter(names)
    for position, (symbol, expression) in enumerate(shared):
        lines.append(f"    c{position} = {writer.write(expression)}")
        names[symbol] = f"c{position}"
    lines += _assignments(model, targets, reduced, writer)
    return f"\n\ndef {name}(t, x, p, {', '.join(targets)}):\n" + "\n".join(lines) + "\n"


def _assignments(model: Model, targets: dict[str, Sequence[sympy.Expr]], reduced: list[sympy.Expr], writer: Writer) -> list[str]:
    lines, values = [], iter(reduced)
    for target, expressions in targets.items():
        for position in range(len(expressions)):
            place = f"{position // len(model.states)}, {position % len(model.states)}" if target == "jacobian" else f"{position}"
            lines.append(f"    {target}[{place}] = {writer.write(next(values))}")
    return lines


def _order(arguments: list[str], highest: int) -> int:
    order = int(float(arguments[0])) if arguments else 0
    if order > highest:
        raise ModelError(f"A derivative of order {order} of hill or its logarithm is needed; numerically they exist up to order {highest}.")
    return order
