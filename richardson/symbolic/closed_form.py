"""Every real equilibrium of a polynomial system, exactly, where that is quick.

Through a rational univariate representation (`richardson.symbolic.univariate`) the real equilibria are the real roots of one
polynomial, isolated by certified ball arithmetic, and no other exist. The linear case is an exact linear solve.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import sympy
from flint import arb, ctx, fmpq, fmpq_mat

from richardson.arrays import FloatArray, IntArray
from richardson.symbolic.model import Model
from richardson.symbolic.polynomials import Quotients, quotient_pieces
from richardson.symbolic.univariate import fraction, multiplication_matrices, real_points, univariate

WORK_LIMIT = 600  # product of degrees times number of terms, summed over pieces: up to here the basis took half a second
ROUNDED_WORK_LIMIT = 280  # the same when constants carry thirty digits, which the basis multiplies
STATE_LIMIT = 4  # beyond, even bringing the rates to a common denominator takes long
WORKING_BITS = 333  # a hundred digits: close roots of the sizes above still come apart
ZERO = arb(10) ** -50  # a coordinate that close to zero is zero to every double


@dataclass(frozen=True)
class ClosedForm:
    """All real common zeros of the rates, in no window.

    Attributes
    ----------
    states : FloatArray
        Shape (n, d), rounded from a hundred digits.
    multiplicities : IntArray
        Shape (n,); above one the equilibrium is degenerate.
    is_exact : bool
        Whether no constant was rounded, so that multiple zeros are decided too.
    continuum : FloatArray or None
        Shape (1 + k, d): a point and k directions when the zeros form a k-dimensional plane; ``states`` is then empty.
    """

    states: FloatArray
    multiplicities: IntArray
    is_exact: bool
    continuum: FloatArray | None = None


def real_zeros(model: Model, lower: Sequence[float] | FloatArray) -> ClosedForm | None:
    """Every real equilibrium (fixed point of a map) of ``model``, or None where no quick closed form exists.

    Parameters
    ----------
    model : Model
        Autonomous; its parameter values count as the decimals that print them.
    lower : sequence of float
        Shape (d,), −inf allowed: only states above these are wanted (others may be among the zeros).
    """
    if len(model.states) > STATE_LIMIT and not _is_affine(model):
        return None
    pieces = quotient_pieces(model, lower)
    if pieces is None or not _is_quick(pieces):
        return None
    with ctx.workprec(WORKING_BITS):
        found = [_zeros(piece) for piece in pieces]
    whole = [part for part in found if part is not None]
    if len(whole) < len(found):
        return None
    if len(whole) == 1:
        return whole[0]
    if any(part.continuum is not None for part in whole):
        return None
    states, multiplicities = np.concatenate([part.states for part in whole]), np.concatenate([part.multiplicities for part in whole])
    return ClosedForm(states, multiplicities, all(part.is_exact for part in whole))


def _is_affine(model: Model) -> bool:
    states = set(model.state_symbols)
    return all(states.isdisjoint(rate.diff(state).free_symbols) for rate in model.rates for state in model.state_symbols)


def _is_quick(pieces: list[Quotients]) -> bool:
    hard = [piece for piece in pieces if not _is_linear(piece) and len(piece.generators) > 1]
    if any(any(numerator.is_zero for numerator in piece.numerators) for piece in pieces if not _is_linear(piece)):
        return False
    if not hard:
        return True
    limit = WORK_LIMIT if hard[0].is_exact else ROUNDED_WORK_LIMIT
    return sum(_work(piece) for piece in hard) <= limit


def _work(system: Quotients) -> int:
    degree = prod(max(numerator.total_degree(), 1) for numerator in system.numerators)
    return int(degree * sum(len(numerator.terms()) for numerator in system.numerators))


def _is_linear(system: Quotients) -> bool:
    return _are_constant(system.denominators) and all(numerator.total_degree() <= 1 for numerator in system.numerators)


def _zeros(system: Quotients) -> ClosedForm | None:
    return _linear_zeros(system) if _is_linear(system) and not system.conditions else _polynomial_zeros(system)


def _are_constant(polynomials: tuple[sympy.Poly, ...]) -> bool:
    return all(polynomial.total_degree() <= 0 for polynomial in polynomials)


def _linear_zeros(system: Quotients) -> ClosedForm:
    """Row reduction of [A | −c] over the rationals."""
    size = len(system.generators)
    rows = [
        [fraction(numerator.coeff_monomial(state)) for state in system.generators] + [-fraction(numerator.coeff_monomial(1))]
        for numerator in system.numerators
    ]
    reduced, rank = fmpq_mat(rows).rref()
    table = [[_to_float(entry) for entry in row] for row in reduced.tolist()]
    pivots = [next(column for column in range(size + 1) if reduced[row, column] != 0) for row in range(rank)]
    empty = np.empty((0, size)), np.empty(0, dtype=np.int64)
    if size in pivots:
        return ClosedForm(*empty, system.is_exact)
    point = np.zeros(size)
    point[pivots] = [table[row][size] for row in range(rank)]
    if rank == size:
        return ClosedForm(point[np.newaxis], np.ones(1, dtype=np.int64), system.is_exact)
    directions = []
    for free in sorted(set(range(size)) - set(pivots)):
        direction = np.zeros(size)
        direction[free] = 1.0
        direction[pivots] = [-table[row][free] for row in range(rank)]
        directions.append(direction)
    return ClosedForm(*empty, system.is_exact, np.array([point, *directions]))


def _polynomial_zeros(system: Quotients) -> ClosedForm | None:
    multiplications = multiplication_matrices(system)
    if multiplications is None:
        return None
    size = len(system.generators)
    points: list[list[float]] = []
    multiplicities: list[int] = []
    if multiplications:
        represented = univariate(multiplications)
        if represented is None:
            return None
        for coordinates, multiplicity in real_points(*represented):
            values = [_evaluate(denominator, coordinates) for denominator in system.denominators]
            if any(value.contains(0) for value in values):
                continue  # the rates are not defined there
            if not all(_holds(argument, coordinates) == sign for argument, sign in system.conditions):
                continue  # a zero of another piece's formula
            points.append([_rounded(coordinate) for coordinate in coordinates])
            multiplicities.append(multiplicity)
    return ClosedForm(np.array(points).reshape(-1, size), np.array(multiplicities, dtype=np.int64), system.is_exact)


def _evaluate(polynomial: sympy.Poly, coordinates: list[arb]) -> arb:
    value = arb(0)
    for powers, coefficient in polynomial.terms():
        term = arb(fraction(coefficient))
        for coordinate, power in zip(coordinates, powers, strict=True):
            term *= coordinate ** int(power)
        value += term
    return value


def _holds(argument: sympy.Poly, coordinates: list[arb]) -> bool:
    """Whether the argument is ≥ 0; zero to a hundred digits counts as zero."""
    value = _evaluate(argument, coordinates)
    return bool(value > 0 or value.contains(0))


def _rounded(ball: arb) -> float:
    if ball.contains(0) and abs(ball) < ZERO:
        return 0.0
    return float(ball.mid())


def _to_float(value: fmpq) -> float:
    return float(sympy.Rational(int(value.p), int(value.q)))
