"""Signs of the real parts of all eigenvalues of a matrix of balls, without computing the eigenvalues.

The Routh array of the characteristic polynomial has as many changes of sign in its first column as there are roots with positive
real part [1]_. Where every entry of that column keeps its sign over the balls, the count holds for every matrix within them.

References
----------
.. [1] F. R. Gantmacher (1959), The Theory of Matrices, volume 2, chapter XV (quoted from memory).
"""

from itertools import pairwise

from flint import arb, arb_mat, arb_poly


def is_attracting_for_all(matrix: arb_mat, *, is_map: bool = False) -> bool | None:
    """Whether all eigenvalues of every matrix in the balls have negative real parts; None if it is neither for all nor for none.

    Parameters
    ----------
    matrix : arb_mat
        Shape (d, d): a Jacobian; of a map, that of image minus state.
    is_map : bool
        Then whether all multipliers have a modulus below one.
    """
    size = matrix.nrows()
    polynomial = (matrix + arb_mat(size, size, 1)).charpoly() if is_map else matrix.charpoly()
    if is_map:
        polynomial = _on_half_plane(polynomial, size)
    if any(arb(polynomial[power] * polynomial[size]).upper() <= 0 for power in range(size)):
        return False  # a product of factors s + a and s² + as + b with all a, b > 0 has positive coefficients only
    count = growing_count(polynomial, size)
    return None if count is None else count == 0


def growing_count(polynomial: arb_poly, degree: int) -> int | None:
    """Number of roots with positive real part of a polynomial of exactly this degree; None where it, or an imaginary root, is in doubt."""
    coefficients = [arb(polynomial[power]) for power in range(degree, -1, -1)]
    upper, lower = coefficients[::2], coefficients[1::2]
    column = [upper[0]]
    for _ in range(degree):
        if not lower:
            return None
        column.append(lower[0])
        if _sign(lower[0]) == 0:
            return None
        ratio = upper[0] / lower[0]
        padded = [*lower[1:], *([arb(0)] * (len(upper) - len(lower)))]
        upper, lower = lower, [above - ratio * below for above, below in zip(upper[1:], padded, strict=False)]
    signs = [_sign(entry) for entry in column]
    if 0 in signs:
        return None
    return sum(first != second for first, second in pairwise(signs))


def _sign(ball: arb) -> int:
    return 1 if ball > 0 else -1 if ball < 0 else 0


def _on_half_plane(polynomial: arb_poly, degree: int) -> arb_poly:
    """The polynomial in s with z = (1 + s)/(1 − s), which takes the unit disc to the left half-plane."""
    total = arb_poly([0])
    for power in range(degree + 1):
        total += arb(polynomial[power]) * arb_poly([1, 1]) ** power * arb_poly([1, -1]) ** (degree - power)
    return total
