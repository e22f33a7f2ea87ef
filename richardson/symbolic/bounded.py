"""Arithmetic on sympy expressions that stays real, finite and small.

sympy evaluates as it builds: ``9**60**60`` becomes an integer with too many digits to hold, ``sqrt(-x**2)``
becomes ``I*Abs(x)``, ``1/0`` becomes ``zoo``. Every operation here looks first, and refuses with the reason.
Constants without symbols stay exact while they are short; the others become rationals of `DIGITS` digits.
"""

from collections.abc import Sequence

import sympy
from sympy.core.function import AppliedUndef

from richardson.errors import ParseError
from richardson.symbolic.functions import FUNCTIONS, hill, sigmoid, softplus

LARGEST_CONSTANT = 1e100  # far beyond any unit; its square is still a float
SMALLEST_CONSTANT = 1e-100  # its square is still a normal float, so no silent zero
LARGEST_EXPONENT = 64  # beyond, rounding of a float base leaves few digits and polynomials cannot be solved
EXACT_BITS = 4096  # a 17-digit decimal to the 64th power fits
DIGITS = 30  # of constants that are not kept exact: float rounding is far coarser
WORKING_DIGITS = 40  # ten more than are kept
ZERO_DIGITS = 100  # a sum that vanishes to so many digits is zero
TAME_NODES = 16  # sympy simplifies longer irrational constants slowly
TAME_BITS = 64
TAME_ROOT = 12  # roots up to the twelfth are simplified at once
EXTREMUM_ARGUMENTS = 16  # derivatives of max compare its arguments pairwise

_UNREAL = (sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)


def add(terms: Sequence[sympy.Expr]) -> sympy.Expr:
    """Sum of ``terms``.

    Raises
    ------
    ParseError
        If it is a constant beyond the limits.
    """
    return _settled(sympy.Add(*terms))


def multiply(factors: Sequence[sympy.Expr]) -> sympy.Expr:
    """Product of ``factors``.

    Raises
    ------
    ParseError
        If numbers in it, or a power that the factors form together, pass the limits.
    """
    if sum(_bits(factor) for factor in factors) > EXACT_BITS:
        raise ParseError(f"This product has exact constants of more than {_digits()} digits. Round its constants.")
    return _within_powers(_settled(_real(sympy.Mul(*factors))))


def power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    """``base`` to the ``exponent``.

    Raises
    ------
    ParseError
        If it divides by zero, is not real, or passes the limits on exponents and constants.
    """
    if exponent.is_number and abs(_value(exponent)) > LARGEST_EXPONENT:
        raise ParseError(
            f"The exponent {_short(exponent)} is beyond ±{LARGEST_EXPONENT}, where rounding destroys the result. "
            "Use a smaller power, or exp for fast growth."
        )
    if base.is_number:
        _check_constant_base(base, exponent)
    if base.is_Rational and exponent.is_Rational and not exponent.is_Integer and not _is_tame(exponent):
        return _constant(sympy.Float(_value(base), WORKING_DIGITS) ** _value(exponent))
    if _bits(base) * _growth(exponent) > EXACT_BITS:
        raise ParseError(f"This power has exact constants of more than {_digits()} digits. Use smaller powers or round its constants.")
    if base.is_number and exponent.is_number and not (_is_tame(base) and _is_tame(exponent)) and not exponent.is_Integer:
        return _constant(sympy.Float(_value(base), WORKING_DIGITS) ** _value(exponent))
    return _within_powers(_settled(_real(sympy.Pow(base, exponent))))


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
        _check_exponential(argument)
    if name == "log" and argument.is_number and _value(argument) <= 0:
        raise ParseError(f"log({_short(argument)}) is not a real number. The logarithm needs a positive argument.")
    result = FUNCTIONS[name][0](argument)
    if result.has(sympy.cot):  # sympy writes tan(x + pi/2) so
        result = result.replace(sympy.cot, lambda angle: 1 / sympy.tan(angle))
    return _within_powers(_settled(_real(result)))


def number(value: sympy.Rational) -> sympy.Rational:
    """``value`` if it is within the limits on constants.

    Raises
    ------
    ParseError
        If its size or its number of digits is not.
    """
    if _bits(value) > EXACT_BITS:
        raise ParseError(f"This exact constant has more than {_digits()} digits. Round it.")
    _check_size(value)
    return value


def _hill(u: sympy.Expr, h: sympy.Expr, m: sympy.Expr, n: sympy.Expr = sympy.S.Zero) -> sympy.Expr:
    """``hill`` with a positive threshold and a steepness within the limits."""
    for value, what in ((h, "threshold h"), (m, "steepness m")):
        if value.is_number and _value(value) <= 0:
            raise ParseError(f"The {what} in hill(u, h, m) must be positive; got {_short(value)}.")
    if m.is_number and _value(m) > LARGEST_EXPONENT:
        raise ParseError(f"The steepness m in hill(u, h, m) must be at most {LARGEST_EXPONENT}; got {_short(m)}. Use heaviside for a step.")
    if u.is_number and _value(u) <= 0:
        return sympy.S.Zero
    if n == 0 and u.is_number and h.is_number and m.is_number:
        raised = power(u, m)
        return multiply([raised, power(add([power(h, m), raised]), sympy.S.NegativeOne)])
    return hill(u, h, m) if n == 0 else hill(u, h, m, n)


def _extremum(name: str, arguments: Sequence[sympy.Expr]) -> sympy.Expr:
    """Least or greatest argument, without sympy's slow search for what it can compare."""
    kind = FUNCTIONS[name][0]
    flat = [inner for argument in arguments for inner in (argument.args if argument.func is kind else (argument,))]
    pick = min if name == "min" else max
    constants = [argument for argument in flat if argument.is_number]
    others = list(dict.fromkeys(argument for argument in flat if not argument.is_number))
    if constants:
        others.append(pick(constants, key=_value))
    if len(others) > EXTREMUM_ARGUMENTS:
        raise ParseError(f"{name} of {len(others)} arguments is beyond the limit of {EXTREMUM_ARGUMENTS}. Use fewer.")
    return others[0] if len(others) == 1 else kind(*others, evaluate=False)


def _sign(argument: sympy.Expr) -> sympy.Expr:
    value = _value(argument)
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
    value = _value(base)
    if value == 0 and not (exponent.is_number and _value(exponent) >= 0):
        what = "divides by zero" if exponent.is_number else "raises zero to a power that may be negative"
        raise ParseError(f"This {what}. Remove the term or give the constant a value other than 0.")
    if value < 0 and not exponent.is_Integer:
        raise ParseError(
            f"The negative number {_short(base)} to the power {_short(exponent)} is not a real number. "
            "Take the root of a non-negative expression, or use an integer power."
        )
    if value != 0 and exponent.is_number:
        _check_size(sympy.Float(abs(value), WORKING_DIGITS) ** _value(exponent))


def _check_exponential(argument: sympy.Expr) -> None:
    """Refuse exp(n log u) where it is a power beyond the limits: sympy writes it as one."""
    for term in sympy.Add.make_args(argument):
        coefficient, rest = term.as_coeff_Mul()
        if rest.has(sympy.log) and (abs(coefficient) > LARGEST_EXPONENT or _bits(rest) * abs(coefficient) > EXACT_BITS):
            raise ParseError(
                f"The exponent {_short(coefficient)} in exp of a logarithm is beyond ±{LARGEST_EXPONENT}. Use a smaller power."
            )


def _within_powers(expression: sympy.Expr) -> sympy.Expr:
    """``expression``, unless one of its factors has a numeric exponent beyond the limit."""
    for factor in sympy.Mul.make_args(expression):
        if factor.is_Pow and factor.exp.is_Rational and abs(factor.exp) > LARGEST_EXPONENT and not factor.base.is_number:
            raise ParseError(
                f"Together these powers have the exponent {_short(factor.exp)}, beyond ±{LARGEST_EXPONENT}. Use smaller powers."
            )
    return expression


def _real(expression: sympy.Expr) -> sympy.Expr:
    """``expression``, unless sympy found it complex or infinite."""
    if expression.has(*_UNREAL) or expression.has(sympy.AccumBounds):
        raise ParseError("This is not a finite real number. Roots and logarithms need non-negative arguments, divisors must not be 0.")
    return expression


def _settled(expression: sympy.Expr) -> sympy.Expr:
    """``expression``, with a constant checked and, where long, made rational."""
    if expression.is_Rational:
        return number(expression)
    if not expression.is_number:
        return expression
    value = _value(expression)
    if value == 0:
        return sympy.S.Zero
    _check_size(value)
    return expression if _is_tame(expression) else _constant(value)


def _constant(value: sympy.Expr) -> sympy.Rational:
    """``value`` to `DIGITS` digits, as an exact number."""
    _check_size(value)
    return sympy.Rational(str(sympy.Float(value, DIGITS)))


def _value(constant: sympy.Expr) -> sympy.Expr:
    """Number that a constant is: itself if rational, else to `WORKING_DIGITS`, and exactly 0 where nothing is left."""
    if constant.is_Rational:
        return constant
    value = constant.evalf(WORKING_DIGITS, maxn=ZERO_DIGITS)
    if not value.is_Float or not value.is_finite:
        raise ParseError("This constant is not a finite real number. Write a real one.")
    return sympy.S.Zero if value._prec == 1 else value


def _check_size(value: sympy.Expr) -> None:
    """Refuse constants that floats hold badly."""
    if value == 0:
        return
    if abs(value) > LARGEST_CONSTANT:
        raise ParseError(
            f"This constant is larger than {LARGEST_CONSTANT:g} in size, beyond what floats compute with safely. Change the unit."
        )
    if abs(value) < SMALLEST_CONSTANT:
        raise ParseError(f"This constant is smaller than {SMALLEST_CONSTANT:g} in size but not 0. Write 0 or change the unit.")


def _is_tame(constant: sympy.Expr) -> bool:
    """Whether sympy handles the constant exactly and at once."""
    for count, node in enumerate(sympy.preorder_traversal(constant), start=1):
        if count > TAME_NODES or (node.is_Rational and _bits(node) > TAME_BITS):
            return False
        if node.is_Pow and node.exp.is_Rational and node.exp.q > TAME_ROOT:
            return False
    return not constant.has(AppliedUndef, sigmoid, softplus, hill)


def _bits(expression: sympy.Expr) -> int:
    """Bits of the longest numerator or denominator in ``expression``, one where there is none."""
    rationals = [expression] if expression.is_Rational else expression.atoms(sympy.Rational)
    return max((max(abs(value.p).bit_length(), value.q.bit_length()) for value in rationals), default=1)


def _growth(exponent: sympy.Expr) -> sympy.Expr:
    """Largest factor by which raising to ``exponent`` can lengthen the exact numbers in a base."""
    return max(abs(term.as_coeff_Mul()[0]) for term in sympy.Add.make_args(exponent))


def _digits() -> int:
    return int(EXACT_BITS * 0.30103)


def _short(expression: sympy.Expr) -> str:
    """A constant as a short text; other expressions as they are."""
    text = str(expression)
    return text if len(text) <= 24 or not expression.is_number else f"{float(expression):g}"
