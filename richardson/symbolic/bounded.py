"""Arithmetic on sympy expressions that stays real, finite and small.

sympy evaluates as it builds: ``9**60**60`` becomes an integer with too many digits to hold, ``sqrt(-x**2)``
becomes ``I*Abs(x)``, ``1/0`` becomes ``zoo``. Every operation here looks first, and refuses with the reason.
"""

from collections.abc import Sequence

import sympy

from richardson.errors import ParseError
from richardson.symbolic.constants import (
    EXACT_BITS,
    WORKING_DIGITS,
    bits,
    check_size,
    exact_digits,
    is_tame,
    is_tame_exponent,
    rounded,
    settled,
    short,
    value_of,
)
from richardson.symbolic.functions import FUNCTIONS, heaviside, hill

LARGEST_EXPONENT_PART = 10_000  # of a fraction p/q over symbols; sympy takes x**(p/q) for the pth power of a polynomial variable
LARGEST_EXPONENT = 64  # beyond, rounding of a float base leaves few digits and polynomials cannot be solved
DEEPEST_POWERS = 6  # of powers within powers; sympy's questions about signs double with each level
LONGEST_REPEATED = 500  # parts; an expression that must be written twice
EXTREMUM_ARGUMENTS = 16  # derivatives of max compare its arguments pairwise

_UNREAL = (sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)


def add(terms: Sequence[sympy.Expr]) -> sympy.Expr:
    """Sum of ``terms``.

    Raises
    ------
    ParseError
        If it is a constant beyond the limits.
    """
    return settled(sympy.Add(*terms))


def multiply(factors: Sequence[sympy.Expr]) -> sympy.Expr:
    """Product of ``factors``.

    Raises
    ------
    ParseError
        If numbers in it, or a power that the factors form together, pass the limits.
    """
    if sum(bits(factor) for factor in factors) > EXACT_BITS:
        raise ParseError(f"This product has exact constants of more than {exact_digits()} digits. Round its constants.")
    return _within_powers(settled(_real(sympy.Mul(*factors))))


def power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """``base`` to the ``exponent``.

    Raises
    ------
    ParseError
        If it divides by zero, is not real, or passes the limits on exponents and constants.
    """
    if exponent.is_number and abs(value_of(exponent)) > LARGEST_EXPONENT:
        raise ParseError(
            f"The exponent {short(exponent)} is beyond ±{LARGEST_EXPONENT}, where rounding destroys the result. "
            "Use a smaller power, or exp for fast growth."
        )
    if base.is_number:
        _check_constant_base(base, exponent)
        if exponent.is_number and not exponent.is_Integer and not (is_tame(base) and is_tame_exponent(exponent)):
            return rounded(sympy.Float(value_of(base), WORKING_DIGITS) ** value_of(exponent))
    if bits(base) * _growth(exponent) > EXACT_BITS:
        raise ParseError(f"This power has exact constants of more than {exact_digits()} digits. Use smaller powers or round its constants.")
    if exponent.is_number and not exponent.is_Integer and not base.is_number:
        return _root(base, exponent)
    constant, rest = exponent.as_coeff_Add()
    if constant != 0 and rest != 0:  # else sympy joins such constants later, and raises integers to them
        return multiply([power(base, constant), power(base, rest)])
    return _raised(base, exponent)


def _root(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """Power of a ``base`` with symbols to a number that is not whole; the base is not negative where it is real."""
    factors = sympy.Mul.make_args(base)
    constant = settled(sympy.Mul(*(factor for factor in factors if factor.is_number)))
    if constant not in (1, -1):
        sign = _sign(constant)
        rest = sympy.Mul(sign, *(factor for factor in factors if not factor.is_number))
        return multiply([power(sign * constant, exponent), power(rest, exponent)])
    if base.is_Pow and base.exp.is_number and not base.exp.is_Integer:
        return power(base.base, multiply([base.exp, exponent]))
    return _raised(base, exponent)


def _raised(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """The power as sympy writes it, where that is safe."""
    if _power_depth(base) + _power_depth(exponent) >= DEEPEST_POWERS:
        raise ParseError(f"Powers and roots nest more than {DEEPEST_POWERS} deep. Write the expression with fewer.")
    return _within_powers(settled(_real(sympy.Pow(base, exponent))))


def apply(name: str, arguments: Sequence[sympy.Expr]) -> sympy.Expr:
    """The function ``name`` of `FUNCTIONS` at ``arguments``, whose number fits.

    Raises
    ------
    ParseError
        If the result is not real and finite, or passes the limits.
    """
    if name in ("min", "max"):
        return _extremum(name, arguments)
    if name == "sqrt":
        return power(arguments[0], sympy.S.Half)
    if name == "hill":
        return _hill(*arguments)
    argument = arguments[0]
    if argument.is_number and name in _OF_CONSTANTS:
        return _OF_CONSTANTS[name](argument)
    if name == "exp":
        return _exponential(argument)
    if name == "log" and argument.is_number and value_of(argument) <= 0:
        raise ParseError(f"log({short(argument)}) is not a real number. The logarithm needs a positive argument.")
    if name in ("abs", "sign") and not _is_known_real(argument):
        return _of_unknown_reality(name, argument)
    result = FUNCTIONS[name][0](argument)
    if result.has(sympy.cot):  # sympy writes tan(x + pi/2) so
        result = result.replace(sympy.cot, lambda angle: 1 / sympy.tan(angle))
    return _within_powers(settled(_real(result)))


def _of_unknown_reality(name: str, argument: sympy.Expr) -> sympy.Expr:
    """``abs`` or ``sign`` of roots, logarithms and the like, of which sympy takes complex derivatives.

    Equations mean the real argument, so max(u, -u) and 2 heaviside(u) - 1 say the same with real derivatives.
    """
    if sum(1 for _ in zip(sympy.preorder_traversal(argument), range(LONGEST_REPEATED + 1), strict=False)) > LONGEST_REPEATED:
        raise ParseError(f"The argument of {name} has more than {LONGEST_REPEATED} parts. Write it shorter.")
    if name == "abs":
        return _extremum("max", [argument, multiply([sympy.S.NegativeOne, argument])])
    return 2 * heaviside(argument) - 1


def _hill(u: sympy.Expr, h: sympy.Expr, m: sympy.Expr) -> sympy.Expr:
    """``hill`` with a positive threshold and a steepness within the limits."""
    for value, what in ((h, "threshold h"), (m, "steepness m")):
        if value.is_number and value_of(value) <= 0:
            raise ParseError(f"The {what} in hill(u, h, m) must be positive; got {short(value)}.")
    if m.is_number and value_of(m) > LARGEST_EXPONENT:
        raise ParseError(f"The steepness m in hill(u, h, m) must be at most {LARGEST_EXPONENT}; got {short(m)}. Use heaviside for a step.")
    if u.is_number and value_of(u) <= 0:
        return sympy.S.Zero
    if u.is_number and h.is_number and m.is_number:
        raised = power(u, m)
        return multiply([raised, power(add([power(h, m), raised]), sympy.S.NegativeOne)])
    return hill(u, h, m)


def _extremum(name: str, arguments: Sequence[sympy.Expr]) -> sympy.Expr:
    """Least or greatest argument, without sympy's slow search for what it can compare."""
    kind = FUNCTIONS[name][0]
    flat = [inner for argument in arguments for inner in (argument.args if argument.func is kind else (argument,))]
    pick = min if name == "min" else max
    constants = [argument for argument in flat if argument.is_number]
    others = list(dict.fromkeys(argument for argument in flat if not argument.is_number))
    if constants:
        others.append(pick(constants, key=value_of))
    if len(others) > EXTREMUM_ARGUMENTS:
        raise ParseError(f"{name} of {len(others)} arguments is beyond the limit of {EXTREMUM_ARGUMENTS}. Use fewer.")
    return others[0] if len(others) == 1 else kind(*others, evaluate=False)


def _sign(argument: sympy.Expr) -> sympy.Expr:
    value = value_of(argument)
    return sympy.Integer(bool(value > 0) - bool(value < 0))


def _abs(argument: sympy.Expr) -> sympy.Expr:
    return multiply([_sign(argument), argument])


def _heaviside(argument: sympy.Expr) -> sympy.Expr:
    return (_sign(argument) + 1) / 2


def _sigmoid(argument: sympy.Expr) -> sympy.Expr:
    return power(add([sympy.S.One, apply("exp", [-argument])]), sympy.S.NegativeOne)


def _softplus(argument: sympy.Expr) -> sympy.Expr:
    return apply("log", [add([sympy.S.One, apply("exp", [argument])])])


_OF_CONSTANTS = {"sign": _sign, "abs": _abs, "heaviside": _heaviside, "sigmoid": _sigmoid, "softplus": _softplus}


def _check_constant_base(base: sympy.Expr, exponent: sympy.Expr) -> None:
    """Refuse powers of a constant that are infinite, complex or beyond the limits."""
    value = value_of(base)
    if value == 0 and not (exponent.is_number and value_of(exponent) >= 0):
        what = "divides by zero" if exponent.is_number else "raises zero to a power that may be negative"
        raise ParseError(f"This {what}. Remove the term or give the constant a value other than 0.")
    if value < 0 and not exponent.is_Integer:
        raise ParseError(
            f"The negative number {short(base)} to the power {short(exponent)} is not a real number. "
            "Take the root of a non-negative expression, or use an integer power."
        )
    if value != 0 and exponent.is_number and exponent != -1:
        check_size(sympy.Float(abs(value), WORKING_DIGITS) ** value_of(exponent))


def _exponential(argument: sympy.Expr) -> sympy.Expr:
    """Exponential with exp(c log u) written as the power u^c, as sympy would, but within the limits on powers."""
    powers, others = [], []
    for term in sympy.Add.make_args(argument):
        factors = sympy.Mul.make_args(term)
        logs = [factor for factor in factors if isinstance(factor, sympy.log)]
        numbers = [factor for factor in factors if factor.is_number and factor not in logs]
        if len(logs) == 1 and len(numbers) + 1 == len(factors):
            powers.append(power(logs[0].args[0], sympy.Mul(*numbers)))
        else:
            others.append(term)
    rest = sympy.exp(sympy.Add(*others))
    return multiply([*powers, rest]) if powers else settled(_real(rest))


def _within_powers(expression: sympy.Expr) -> sympy.Expr:
    """``expression``, unless one of its factors has a numeric exponent beyond the limits."""
    for factor in sympy.Mul.make_args(expression):
        if not factor.is_Pow or not factor.exp.is_Rational or factor.base.is_number:
            continue
        if abs(factor.exp) > LARGEST_EXPONENT:
            raise ParseError(
                f"Together these powers have the exponent {short(factor.exp)}, beyond ±{LARGEST_EXPONENT}. Use smaller powers."
            )
        if max(abs(factor.exp.p), factor.exp.q) > LARGEST_EXPONENT_PART:
            raise ParseError(
                f"The exponent {short(factor.exp)} is no fraction with parts up to {LARGEST_EXPONENT_PART}, as algebra with powers needs. "
                "Round it to fewer digits, or make it a parameter."
            )
    return expression


def _real(expression: sympy.Expr) -> sympy.Expr:
    """``expression``, unless sympy found it complex or infinite."""
    if expression.has(*_UNREAL) or expression.has(sympy.AccumBounds):
        raise ParseError("This is not a finite real number. Roots and logarithms need non-negative arguments, divisors must not be 0.")
    return expression


def _growth(exponent: sympy.Expr) -> sympy.Expr:
    """Largest factor by which raising to ``exponent`` can lengthen the exact numbers in a base."""
    return max(abs(term.as_coeff_Mul()[0]) for term in sympy.Add.make_args(exponent))


def _power_depth(expression: sympy.Expr) -> int:
    """How many powers, other than whole ones, nest in ``expression``."""
    deepest = max((_power_depth(part) for part in expression.args), default=0)
    return deepest + (expression.is_Pow and not expression.exp.is_Integer)


def _is_known_real(expression: sympy.Expr) -> bool:
    """Whether ``expression`` has no root, logarithm or power of which sympy cannot know that it is real."""
    return all(
        node.exp.is_Integer if node.is_Pow else not isinstance(node, sympy.log)
        for node in sympy.preorder_traversal(expression)
        if not node.is_number
    )
