"""Common zeros of polynomials through their quotient algebra: a rational univariate representation.

A Groebner basis gives a basis of monomials; the matrices of multiplication by each state give a form that separates the zeros,
its characteristic polynomial, and each state as a quotient of polynomials in that form [1]_.

References
----------
.. [1] F. Rouillier, Solving zero-dimensional systems through the rational univariate representation, AAECC 9 (1999) 433-461.
"""

from typing import Any

import sympy
from flint import acb, arb, fmpq, fmpq_mat, fmpq_poly
from sympy.polys.orderings import grevlex

from richardson.symbolic.polynomials import Quotients

FORM_TRIALS = 12  # a random integer form separates D points unless it meets one of D(D-1)/2 planes


def multiplication_matrices(system: Quotients) -> list[fmpq_mat] | None:
    """Matrices of multiplication by each state in the quotient algebra; empty if it is zero, None if infinite."""
    basis = sympy.groebner([n.as_expr() for n in system.numerators], *system.generators, order="grevlex", domain="QQ")
    if basis.exprs == [1]:
        return []
    if not basis.is_zero_dimensional:
        return None
    leading = [polynomial.monoms(order=grevlex)[0] for polynomial in basis.polys]
    monomials = _standard_monomials(leading, len(system.generators))
    index = {monomial: position for position, monomial in enumerate(monomials)}
    matrices = []
    for state in range(len(system.generators)):
        matrix = fmpq_mat(len(monomials), len(monomials))
        for column, monomial in enumerate(monomials):
            product = tuple(power + (which == state) for which, power in enumerate(monomial))
            for row, value in _reduced(product, index, basis):
                matrix[row, column] = value
        matrices.append(matrix)
    return matrices


def _standard_monomials(leading: list[tuple[int, ...]], size: int) -> list[tuple[int, ...]]:
    """Monomials that no leading monomial divides, lowest first."""
    found: list[tuple[int, ...]] = []
    layer = {(0,) * size}
    while layer:
        kept = sorted(m for m in layer if not any(all(a >= b for a, b in zip(m, lead, strict=True)) for lead in leading))
        found.extend(kept)
        layer = {tuple(p + (which == state) for which, p in enumerate(m)) for m in kept for state in range(size)}
    return found


def _reduced(product: tuple[int, ...], index: dict[tuple[int, ...], int], basis: Any) -> list[tuple[int, fmpq]]:
    if product in index:
        return [(index[product], fmpq(1))]
    monomial = sympy.prod(generator**power for generator, power in zip(basis.gens, product, strict=True))
    remainder = sympy.Poly(basis.reduce(monomial)[1], *basis.gens, domain="QQ")
    return [(index[powers], fraction(value)) for powers, value in remainder.terms() if value != 0]


def _trace(matrix: fmpq_mat) -> fmpq:
    return sum((matrix[i, i] for i in range(matrix.nrows())), fmpq(0))


def univariate(multiplications: list[fmpq_mat]) -> tuple[fmpq_poly, list[fmpq_poly], list[tuple[fmpq_poly, int]]] | None:
    """A separating form's square-free polynomial, numerators of 1 and of each state, and its factors with multiplicities."""
    size = multiplications[0].nrows()
    identity = fmpq_mat([[fmpq(int(i == j)) for j in range(size)] for i in range(size)])
    distinct = _distinct_count(multiplications, identity)
    for trial in range(FORM_TRIALS):
        form = sum((matrix * fmpq((trial + 2) ** which) for which, matrix in enumerate(multiplications[1:], start=1)), multiplications[0])
        characteristic = form.charpoly()
        _, factors = characteristic.factor_squarefree()
        square_free = fmpq_poly([1])
        for factor, _ in factors:
            square_free *= fmpq_poly(factor)
        if square_free.degree() == distinct:
            monic = square_free / square_free.leading_coefficient()
            return monic, _numerators(monic, form, [identity, *multiplications]), [(fmpq_poly(f), int(m)) for f, m in factors]
    return None


def _distinct_count(multiplications: list[fmpq_mat], identity: fmpq_mat) -> int:
    """Number of distinct complex zeros: the rank of Hermite's trace form."""
    size = identity.nrows()
    powers = _basis_matrices(multiplications, identity)
    traces = [_trace(matrix) for matrix in powers]
    form = fmpq_mat([[sum((matrix[row, k] * traces[row] for row in range(size)), fmpq(0)) for k in range(size)] for matrix in powers])
    return int(form.rank())


def _basis_matrices(multiplications: list[fmpq_mat], identity: fmpq_mat) -> list[fmpq_mat]:
    """Multiplication matrix of every basis monomial: the one that takes the first basis vector (1) to that vector."""
    size = identity.nrows()
    found: dict[int, fmpq_mat] = {0: identity}
    while len(found) < size:
        for known in list(found):
            for matrix in multiplications:
                column = [matrix[row, known] for row in range(size)]
                places = [row for row, value in enumerate(column) if value != 0]
                if len(places) == 1 and column[places[0]] == 1 and places[0] not in found:
                    found[places[0]] = matrix * found[known]
    return [found[position] for position in range(size)]


def _numerators(monic: fmpq_poly, form: fmpq_mat, matrices: list[fmpq_mat]) -> list[fmpq_poly]:
    """g_v(T) = Σ trace(v sⁱ) H_(r−i−1)(T), H the Horner polynomials of the square-free polynomial."""
    degree = monic.degree()
    coefficients = [monic[degree - k] for k in range(degree + 1)]
    results = []
    for matrix in matrices:
        traces = []
        product = matrix
        for _ in range(degree):
            traces.append(_trace(product))
            product = product * form
        numerator = fmpq_poly([0])
        for i, trace in enumerate(traces):
            length = degree - i - 1
            numerator += fmpq_poly([coefficients[length - power] * trace for power in range(length + 1)])
        results.append(numerator)
    return results


def real_points(square_free: fmpq_poly, numerators: list[fmpq_poly], factors: list[tuple[fmpq_poly, int]]) -> list[tuple[list[arb], int]]:
    """Coordinates of every real zero as balls, with its multiplicity."""
    unit, *states = numerators
    points = []
    for factor, multiplicity in factors:
        for root, _ in _roots(factor):
            if root.imag != 0:
                continue
            weight = _horner(unit, root.real)
            points.append(([_horner(state, root.real) / weight for state in states], multiplicity))
    return points


def _roots(factor: fmpq_poly) -> list[tuple[acb, int]]:
    found: Any = factor.complex_roots()  # real roots come with an imaginary part of exactly zero
    return [(root, int(count)) for root, count in found]


def _horner(polynomial: fmpq_poly, at: arb) -> arb:
    value = arb(0)
    for coefficient in reversed(polynomial.coeffs()):
        value = value * at + arb(coefficient)
    return value


def fraction(value: Any) -> fmpq:
    """A sympy rational as flint's."""
    number = sympy.Rational(value)
    return fmpq(int(number.p), int(number.q))
