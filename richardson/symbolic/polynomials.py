"""Rates as exact polynomial quotients: numbers as the fractions their decimals say, constants to thirty digits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import sympy

from richardson.arrays import FloatArray, IntArray
from richardson.symbolic.functions import hill
from richardson.symbolic.model import Model

CONSTANT_DIGITS = 30  # beyond doubles by as much again, so that rounding a constant never decides a question about doubles
PIECE_LIMIT = 3  # hill functions whose argument may change sign: each doubles the number of polynomial systems
FACTOR_DEGREE = 16  # factoring stays within milliseconds


@dataclass(frozen=True)
class Quotients:
    """Rates N_i/D_i of a model at its parameter values, on a piece of its state space.

    Attributes
    ----------
    numerators, denominators : tuple of sympy.Poly
        One for each state, over the rationals, in ``generators``, without common factor.
    generators : tuple of sympy.Symbol
        The states.
    is_exact : bool
        Whether no constant (such as e^0.05) had to be rounded.
    conditions : tuple of (sympy.Poly, bool)
        The piece: each polynomial is ≥ 0 (True) or < 0 (False) there.
    """

    numerators: tuple[sympy.Poly, ...]
    denominators: tuple[sympy.Poly, ...]
    generators: tuple[sympy.Symbol, ...]
    is_exact: bool
    conditions: tuple[tuple[sympy.Poly, bool], ...] = ()


def quotient_pieces(model: Model, lower: Sequence[float] | FloatArray, *, at_rest: bool = True) -> list[Quotients] | None:
    """Rates of ``model`` as quotients of polynomials in the states, piece by piece, or None if they are not such.

    Parameters
    ----------
    model : Model
        Its parameter values are taken as the decimals that print them: 0.15 is 3/20.
    lower : sequence of float
        Shape (d,): the pieces need only cover states above these (−inf where unknown).
    at_rest : bool
        For a map, whether the state itself is subtracted, so that zeros are fixed points.

    Notes
    -----
    Where no hill function's argument can change sign there is one piece.
    """
    generators = model.state_symbols
    numbers = {symbol: exact_number(value) for symbol, value in zip(model.parameter_symbols, model.numbers, strict=True)}
    rates = [
        (rate - state if model.kind == "map" and at_rest else rate).xreplace(numbers)
        for rate, state in zip(model.rates, generators, strict=True)
    ]
    rational = [_with_rational_constants(rate, generators) for rate in rates]
    choices = _hill_choices([rate for rate, _ in rational], generators, lower)
    if choices is None:
        return None
    is_exact = all(exact for _, exact in rational)
    pieces = []
    for chosen in product(*choices):
        replacement = {function: value for function, value, _, _ in chosen}
        pairs = [_quotient(rate.xreplace(replacement), generators) for rate, _ in rational]
        whole = [pair for pair in pairs if pair is not None]
        if len(whole) < len(pairs):
            return None
        conditions = tuple((argument, sign) for _, _, argument, sign in chosen)
        pieces.append(Quotients(tuple(n for n, _ in whole), tuple(d for _, d in whole), generators, is_exact, conditions))
    return pieces


def _hill_choices(
    rates: list[sympy.Expr], generators: tuple[sympy.Symbol, ...], lower: Sequence[float] | FloatArray
) -> list[list[tuple[sympy.Expr, sympy.Expr, sympy.Poly, bool]]] | None:
    """For each hill function what it may be replaced by and where; None where it has no quotient form."""
    choices = []
    for function in sorted(set().union(*(rate.atoms(hill) for rate in rates)), key=str):
        argument, _, power = function.args[:3]
        if not (power.is_Integer and power > 0 and argument.is_polynomial(*generators)):
            return None
        polynomial = sympy.Poly(argument, *generators, domain="QQ")
        above = (function, function.as_rational(), polynomial, True)
        below = (function, sympy.S.Zero, polynomial, False)
        sign = _known_sign(polynomial, lower)
        choices.append([above, below] if sign is None else [above if sign else below])
    return choices if sum(len(choice) > 1 for choice in choices) <= PIECE_LIMIT else None


def _known_sign(polynomial: sympy.Poly, lower: Sequence[float] | FloatArray) -> bool | None:
    """Whether the polynomial is ≥ 0 (True) or ≤ 0 (False) above ``lower``, where signs of coefficients tell."""
    used = [any(powers[i] for powers in polynomial.monoms()) for i in range(len(polynomial.gens))]
    if any(low < 0 for low, is_used in zip(lower, used, strict=True) if is_used):
        return None
    signs = {coefficient > 0 for coefficient in polynomial.coeffs() if coefficient != 0}
    return signs.pop() if len(signs) == 1 else None


def exact_number(value: float) -> sympy.Rational:
    """The fraction that the shortest decimal of ``value`` says."""
    return sympy.Rational(repr(float(value)))


def _quotient(expression: sympy.Expr, generators: tuple[sympy.Symbol, ...]) -> tuple[sympy.Poly, sympy.Poly] | None:
    if not expression.is_rational_function(*generators):
        return None
    try:
        numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression), *generators))
        return sympy.Poly(numerator, *generators, domain="QQ"), sympy.Poly(denominator, *generators, domain="QQ")
    except (sympy.PolynomialError, sympy.CoercionFailed):
        return None


def _with_rational_constants(expression: sympy.Expr, generators: tuple[sympy.Symbol, ...]) -> tuple[sympy.Expr, bool]:
    """Every state-free part as a fraction, and whether all of them are exact."""
    if not expression.has_free(*generators):
        return _rational(expression)
    if not expression.args:
        return expression, True
    parts = [_with_rational_constants(part, generators) for part in expression.args]
    return expression.func(*[part for part, _ in parts]), all(exact for _, exact in parts)


def _rational(constant: sympy.Expr) -> tuple[sympy.Expr, bool]:
    if constant.is_Rational:
        return constant, True
    if constant.is_Float:
        return exact_number(float(constant)), True
    exact = constant.replace(lambda part: part.is_Float, lambda part: exact_number(float(part)))
    if exact.is_Rational:
        return exact, True
    number = exact.evalf(CONSTANT_DIGITS)
    if not number.is_Float:
        return exact, False
    return sympy.Rational(str(number)), False


def plane_factors(model: Model, state: str, axes: tuple[str, str], fixed: Mapping[str, float]) -> list[tuple[IntArray, FloatArray]] | None:
    """Irreducible factors of one rate's numerator as polynomials of two states, or None if the rate is no such quotient.

    Parameters
    ----------
    model : Model
        Of a map, the image minus the state is factored.
    state : str
        Whose rate.
    axes : pair of str
        The two states.
    fixed : mapping of str to float
        Values of the other states.

    Returns
    -------
    list of (IntArray, FloatArray), or None
        Powers, shape (m, 2), and coefficients, shape (m,), of each factor, repeated factors once, constants left out.
    """
    position = model.state_names.index(state)
    symbols = dict(zip(model.state_names, model.state_symbols, strict=True))
    rate = model.rates[position] - (symbols[state] if model.kind == "map" else 0)
    numbers = {symbol: exact_number(value) for symbol, value in zip(model.parameter_symbols, model.numbers, strict=True)}
    numbers |= {symbols[name]: exact_number(value) for name, value in fixed.items()}
    generators = (symbols[axes[0]], symbols[axes[1]])
    rational, _ = _with_rational_constants(sympy.sympify(rate).xreplace(numbers), generators)
    pair = _quotient(rational, generators)
    if pair is None or pair[0].is_zero or pair[0].total_degree() > FACTOR_DEGREE:
        return None
    factors = []
    for factor, _ in pair[0].factor_list()[1]:
        terms = factor.terms()
        factors.append((np.array([powers for powers, _ in terms], dtype=np.int64), np.array([float(value) for _, value in terms])))
    return factors
