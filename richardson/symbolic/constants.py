"""Constants of equations: exact while they are short, rationals of `DIGITS` digits otherwise, real and finite always."""

import sympy

from richardson.errors import ParseError

LARGEST_CONSTANT = 1e100  # far beyond any unit; its square is still a float
SMALLEST_CONSTANT = 1e-100  # its square is still a normal float, so no silent zero
EXACT_BITS = 4096  # a 17-digit decimal to the 64th power fits
DIGITS = 30  # of constants that are not kept exact: float rounding is far coarser
WORKING_DIGITS = 40  # ten more than are kept
ZERO_DIGITS = 100  # a sum that vanishes to so many digits is zero
TAME_NODES = 16  # sympy simplifies longer irrational constants slowly
TAME_BITS = 64
TAME_ROOT = 12  # roots up to the twelfth are simplified at once


def number(value: sympy.Rational) -> sympy.Rational:
    """``value`` if it is within the limits on constants.

    Raises
    ------
    ParseError
        If its size or its number of digits is not.
    """
    if bits(value) > EXACT_BITS:
        raise ParseError(f"This exact constant has more than {exact_digits()} digits. Round it.")
    check_size(value)
    return value


def settled(expression: sympy.Expr) -> sympy.Expr:
    """``expression``, with its constant (itself, its constant term or factor) checked and, where long, made rational.

    Raises
    ------
    ParseError
        If that constant is not real or is beyond the limits.
    """
    if expression.is_Rational:
        return number(expression)
    if not expression.is_number:
        return _with_settled_part(expression)
    value = value_of(expression)
    if value == 0:
        return sympy.S.Zero
    check_size(value)
    return expression if is_tame(expression) else rounded(value)


def _with_settled_part(expression: sympy.Expr) -> sympy.Expr:
    """A sum or product with symbols, its constant part settled."""
    if not (expression.is_Add or expression.is_Mul):
        return expression
    numbers = [part for part in expression.args if part.is_number]
    if not numbers:
        return expression
    constant = expression.func(*numbers)
    kept = settled(constant)
    if kept == constant:
        return expression
    return expression.func(kept, *(part for part in expression.args if not part.is_number))


def rounded(value: sympy.Expr) -> sympy.Rational:
    """``value`` to `DIGITS` digits, as an exact number.

    Raises
    ------
    ParseError
        If its size is beyond the limits.
    """
    check_size(value)
    return sympy.Rational(str(sympy.Float(value, DIGITS)))


def value_of(constant: sympy.Expr) -> sympy.Expr:
    """Number that a constant is: itself if rational, else to `WORKING_DIGITS`, and exactly 0 where nothing is left.

    Raises
    ------
    ParseError
        If it is not real and finite.
    """
    if constant.is_Rational:
        return constant
    value = constant.evalf(WORKING_DIGITS, maxn=ZERO_DIGITS)
    if not value.is_Float or not value.is_finite:
        raise ParseError("This constant is not a finite real number. Write a real one.")
    return sympy.S.Zero if value._prec == 1 else value


def check_size(value: sympy.Expr) -> None:
    """Refuse constants that floats hold badly.

    Raises
    ------
    ParseError
        If a value other than 0 is larger than `LARGEST_CONSTANT` or smaller than `SMALLEST_CONSTANT` in size.
    """
    if value == 0:
        return
    if abs(value) > LARGEST_CONSTANT:
        raise ParseError(
            f"This constant is larger than {LARGEST_CONSTANT:g} in size, beyond what floats compute with safely. Change the unit."
        )
    if abs(value) < SMALLEST_CONSTANT:
        raise ParseError(f"This constant is smaller than {SMALLEST_CONSTANT:g} in size but not 0. Write 0 or change the unit.")


def is_tame(constant: sympy.Expr) -> bool:
    """Whether sympy handles the constant exactly and at once, as a base; see `is_tame_exponent` for the other."""
    for count, node in enumerate(sympy.preorder_traversal(constant), start=1):
        if count > TAME_NODES or (node.is_Rational and bits(node) > TAME_BITS):
            return False
        if node.is_Pow and not is_tame_exponent(node.exp):
            return False
    return True


def is_tame_exponent(exponent: sympy.Expr) -> bool:
    """Whether sympy raises constants to it at once: it factors their integers and raises the factors."""
    return exponent.q <= TAME_ROOT if exponent.is_Rational else is_tame(exponent)


def bits(expression: sympy.Expr) -> int:
    """Bits of the longest numerator or denominator in ``expression``, one where there is none."""
    rationals = [expression] if expression.is_Rational else expression.atoms(sympy.Rational)
    return max((max(abs(value.p).bit_length(), value.q.bit_length()) for value in rationals), default=1)


def exact_digits() -> int:
    """Decimal digits that `EXACT_BITS` hold, for messages."""
    return int(EXACT_BITS * 0.30103)


def short(expression: sympy.Expr) -> str:
    """A constant as a short text; other expressions as they are."""
    text = str(expression)
    return text if len(text) <= 24 or not expression.is_number else f"{float(expression):g}"
