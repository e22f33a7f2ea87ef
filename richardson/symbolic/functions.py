"""The functions that equations may use, as sympy classes with exact derivatives.

``hill``, ``sigmoid``, ``softplus`` and ``positive_log`` are our own: sympy would write them with powers,
logarithms or Dirac deltas that are undefined where the models live (zero fear, zero arms).
"""

from collections.abc import Callable
from typing import Any

import sympy


class hill(sympy.Function):  # noqa: N801 -- the name in equations
    """``hill(u, h, m) = max(u, 0)^m / (h^m + max(u, 0)^m)``; a fourth argument n is the nth derivative in u.

    At u ≤ 0 every derivative is the left one, zero.
    """

    nargs = (3, 4)

    @classmethod
    def eval(cls, u: Any, h: Any, m: Any, n: Any = sympy.S.Zero) -> Any:
        """Zero wherever u ≤ 0 is known, and the power form where all arguments are numbers."""
        if u.is_nonpositive:
            return sympy.S.Zero
        if n == 0 and u.is_number and h.is_number and m.is_number and u.is_positive:
            return u**m / (h**m + u**m)
        return None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in u, h or m, closed under further differentiation."""
        u, h, m = self.args[:3]
        n = self.args[3] if len(self.args) > 3 else sympy.S.Zero
        if argindex == 1:
            return hill(u, h, m, n + 1)
        if argindex == 2:  # hill is a function of u/h, so its nth derivative has degree -n
            return -(n * hill_of_order(u, h, m, n) + u * hill(u, h, m, n + 1)) / h
        if argindex == 3:
            inner = sympy.Dummy("u", real=True)
            slope = inner * hill(inner, h, m, 1) * (positive_log(inner, 0) - sympy.log(h)) / m
            return sympy.diff(slope, inner, int(n)).subs(inner, u)
        raise sympy.core.function.ArgumentIndexError(self, argindex)

    def as_rational(self) -> sympy.Expr:
        """The power form, valid for u > 0."""
        u, h, m = self.args[:3]
        n = int(self.args[3]) if len(self.args) > 3 else 0
        inner = sympy.Dummy("u", positive=True)
        return sympy.diff(inner**m / (h**m + inner**m), inner, n).subs(inner, u)

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_extended_nonnegative(self) -> bool | None:
        _, h, m = self.args[:3]
        if not (h.is_positive and m.is_positive) or (len(self.args) > 3 and self.args[3] != 1):
            return None
        return True


def hill_of_order(u: sympy.Expr, h: sympy.Expr, m: sympy.Expr, n: sympy.Expr) -> sympy.Expr:
    """``hill`` with its canonical number of arguments."""
    return hill(u, h, m) if n == 0 else hill(u, h, m, n)


class positive_log(sympy.Function):  # noqa: N801 -- the name in equations
    """``positive_log(u, n)``: nth derivative of log u where u > 0, else 0; only from derivatives of ``hill`` in m."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in u."""
        u, n = self.args
        return positive_log(u, n + 1)

    def _eval_is_real(self) -> bool:
        return True


class series_path(sympy.Function):  # noqa: N801 -- named as the compiled function that it stands for
    """``series_path(t, i, n)``: nth derivative in time of the ith series that drives a model; only in what is compiled."""

    nargs = 3

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in time, that of the piece that begins where two meet."""
        time, place, order = self.args
        return series_path(time, place, order + 1)

    def _eval_is_real(self) -> bool:
        return True


class sigmoid(sympy.Function):  # noqa: N801 -- the name in equations
    """``sigmoid(z) = 1/(1 + e^−z)``."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative s(1 − s)."""
        return self * (1 - self)

    def _eval_is_real(self) -> bool:
        return True


class softplus(sympy.Function):  # noqa: N801 -- the name in equations
    """``softplus(z) = ln(1 + e^z)``."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative: the sigmoid."""
        return sigmoid(self.args[0])

    def _eval_is_real(self) -> bool:
        return True


def heaviside(z: sympy.Expr) -> sympy.Expr:
    """Step function with ½ at zero."""
    return sympy.Heaviside(z, sympy.Rational(1, 2))


# name in equations -> (constructor, number of arguments; None: two or more)
FUNCTIONS: dict[str, tuple[Callable[..., Any], int | None]] = {
    "exp": (sympy.exp, 1),
    "log": (sympy.log, 1),
    "sqrt": (sympy.sqrt, 1),
    "sin": (sympy.sin, 1),
    "cos": (sympy.cos, 1),
    "tan": (sympy.tan, 1),
    "tanh": (sympy.tanh, 1),
    "sinh": (sympy.sinh, 1),
    "cosh": (sympy.cosh, 1),
    "atan": (sympy.atan, 1),
    "abs": (sympy.Abs, 1),
    "min": (sympy.Min, None),
    "max": (sympy.Max, None),
    "sign": (sympy.sign, 1),
    "heaviside": (heaviside, 1),
    "sigmoid": (sigmoid, 1),
    "softplus": (softplus, 1),
    "hill": (hill, 3),
}

# class in an expression -> name in equations
NAMES: dict[Any, str] = {maker: name for name, (maker, _) in FUNCTIONS.items() if isinstance(maker, type)} | {sympy.Heaviside: "heaviside"}

TIME = sympy.Symbol("t", real=True)
RESERVED = frozenset(FUNCTIONS) | {"t", "pi"}
