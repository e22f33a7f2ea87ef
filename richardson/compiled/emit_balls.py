"""From a model to the source text of its rates and Jacobian on balls or arrays of intervals, for proofs."""

from collections.abc import Sequence
from functools import reduce

import sympy

from richardson.errors import ModelError
from richardson.symbolic.hoist import Hoist
from richardson.symbolic.model import Model
from richardson.symbolic.write import Writer

RESTRICTED = ("sqrt", "log", "power", "sign", "heaviside", "hill1")  # undefined, or with a jump, somewhere: asked of `f`
CALLS = {"abs": "absolute", "atan": "arctan"} | {name: f"f.{name}" for name in RESTRICTED}
HALF = sympy.Rational(1, 2)
JUMPS = (sympy.sign, sympy.Heaviside, sympy.tan)  # the pole of tan is gone from the derivative of atan(tan(x)), which is 1

_HEADER = '''"""Rates and Jacobian on {arithmetic}.

States x0 … and parameters p0 … in the order of the model, constants c0 … that depend on parameters only; ``f`` holds the
functions that are undefined somewhere.
"""

from richardson.compiled.{arithmetic} import (
    absolute, arb, arctan, cos, cosh, exp, hill0, maximum, minimum, sigmoid, sin, sinh, softplus, tan, tanh, whole
)
'''

ON_BALLS = _HEADER.format(arithmetic="balls")


class BallWriter(Writer):
    """Writes expressions over balls, without any number that a float has rounded."""

    def __init__(self, names: dict[sympy.Symbol, str]) -> None:
        self._names = names

    def symbol(self, symbol: sympy.Symbol) -> str:
        """The place of a symbol."""
        return self._names[symbol]

    def number(self, number: sympy.Expr) -> tuple[str, int]:
        """A number as a quotient of whole ones."""
        exact = sympy.Rational(repr(float(number))) if number.is_Float else number
        return (str(exact.p), 3) if exact.q == 1 else (f"(arb({exact.p})/{exact.q})", 3)

    def power(self, base: str, exponent: sympy.Expr) -> tuple[str, int]:
        """A power, by whole exponents as such."""
        if exponent.is_Integer:
            return self.call("whole", [base, str(exponent)]), 3
        return super().power(base, exponent) if exponent == HALF else (self.call("power", [base, self.write(exponent)]), 3)

    def call(self, name: str, arguments: list[str]) -> str:
        """A call of functions on balls."""
        if name == "positive_log" or (name == "hill" and arguments[3:] not in ([], ["1"])):
            raise ModelError(f"There are no bounds on balls of {name}({', '.join(arguments)}), a derivative of hill in its exponent.")
        if name in {"max", "min"}:
            return reduce(lambda nested, argument: f"{name}imum({nested}, {argument})", arguments)
        if name == "hill":
            name, arguments = f"hill{len(arguments) - 3}", arguments[:3]
        balls = [f"arb({text})" if text.lstrip("-").isdigit() and name != "whole" else text for text in arguments]
        return super().call(CALLS.get(name, name), balls)


def ball_source(model: Model, arithmetic: str = "balls") -> str:
    """Module with ``constants(p, f)``, ``rates(x, c, f)`` and ``jacobian(x, c, f)``, each of lists and to a list.

    The functions are those of "balls" or of "interval_functions".
    ``AFFINE`` in it says whether the Jacobian is the same in every state, and no rate jumps.
    """
    pi = sympy.Dummy("pi", real=True)
    hoist = Hoist((*model.parameter_symbols, pi))
    rates = hoist.reduce([rate.xreplace({sympy.pi: pi}) for rate in model.rates])
    slopes = hoist.reduce([slope.xreplace({sympy.pi: pi}) for slope in model.jacobian])
    parameters = {symbol: f"p[{place}]" for place, symbol in enumerate(model.parameter_symbols)} | {pi: "arb.pi()"}
    places = {symbol: f"x[{place}]" for place, symbol in enumerate(model.state_symbols)}
    places |= {symbol: f"c[{place}]" for place, symbol in enumerate(hoist.constants.values())}
    has_jumps = any(rate.has(*JUMPS) for rate in model.rates)
    is_affine = not has_jumps and not any(slope.has(*model.state_symbols) for slope in model.jacobian)
    text = (
        _HEADER.format(arithmetic=arithmetic)
        + f"\nAFFINE = {is_affine}\n"
        + _function("constants(p, f)", list(hoist.constants), parameters)
    )
    return text + _function("rates(x, c, f)", rates, places) + _function("jacobian(x, c, f)", slopes, places)


def _function(head: str, expressions: Sequence[sympy.Expr], places: dict[sympy.Symbol, str]) -> str:
    used = set().union(*(expression.free_symbols for expression in expressions))
    names = {symbol: f"v{count}" for count, symbol in enumerate(symbol for symbol in places if symbol in used)}
    lines = [f"{name} = {places[symbol]}" for symbol, name in names.items()]
    shared, reduced = sympy.cse(list(expressions), symbols=sympy.numbered_symbols("s", cls=sympy.Dummy))
    writer = BallWriter(names)
    for position, (symbol, expression) in enumerate(shared):
        lines.append(f"s{position} = {writer.write(expression)}")
        names[symbol] = f"s{position}"
    lines += ["return [", *(f"    arb({writer.write(expression)})," for expression in reduced), "]"]
    return f"\n\ndef {head}:\n" + "".join(f"    {line}\n" for line in lines)
