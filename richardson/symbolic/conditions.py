"""Conditions for stability: Routh–Hurwitz determinants, the spiral number, and where it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import InvalidInputError
from richardson.symbolic.critical import CriticalValue, critical_ambition, critical_balance
from richardson.symbolic.given import check_model

if TYPE_CHECKING:
    from richardson.symbolic.model import Model

__all__ = [
    "CriticalValue",
    "RouthHurwitz",
    "characteristic_coefficients",
    "critical_ambition",
    "critical_balance",
    "hurwitz_conditions",
    "routh_hurwitz",
    "spiral_number",
    "spiral_number_of",
    "spiral_numbers_of",
]

MOST_STATES = 4  # the determinants of five states and more fill pages


@dataclass(frozen=True)
class RouthHurwitz:
    """Expressions that must all be positive for stability.

    Attributes
    ----------
    coefficients : tuple of sympy.Expr
        c₁ … c_d of the characteristic polynomial s^d + c₁ s^(d−1) + … + c_d.
    conditions : tuple of sympy.Expr
        Every root has a negative real part exactly when all of these are positive.
    """

    coefficients: tuple[sympy.Expr, ...]
    conditions: tuple[sympy.Expr, ...]

    def _repr_latex_(self) -> str:
        return "$$" + r",\quad ".join(f"{sympy.latex(condition)} > 0" for condition in self.conditions) + "$$"


def routh_hurwitz(model: Model) -> RouthHurwitz:
    """Routh–Hurwitz conditions of a model's Jacobian, as symbols.

    Parameters
    ----------
    model : Model
        Of two, three or four states; conditions hold at an equilibrium of it.

    Returns
    -------
    RouthHurwitz

    Raises
    ------
    InvalidInputError
        If it has another number of states or is a map.

    References
    ----------
    .. [1] F. R. Gantmacher (1959), Applications of the Theory of Matrices, ch. V (quoted from memory).

    Examples
    --------
    >>> from richardson.models import linear
    >>> len(routh_hurwitz(linear()).conditions)
    2
    """
    check_model(model)
    dimension = len(model.states)
    if not 2 <= dimension <= MOST_STATES or model.kind != "flow":
        raise InvalidInputError(
            f"Routh–Hurwitz conditions are written for flows of 2, 3 and 4 states; '{model.name}' is a {model.kind} of {dimension}. "
            "Use spectrum at an equilibrium instead."
        )
    return hurwitz_conditions(characteristic_coefficients(model.jacobian))


def hurwitz_conditions(coefficients: tuple[sympy.Expr, ...]) -> RouthHurwitz:
    """Conditions for s^d + c₁ s^(d−1) + … + c_d, d = 1 … 4.

    The last determinant is a product with c_d, so c_d > 0 stands for it; by Liénard and Chipart
    half of the determinants suffice once the coefficients are positive.

    Parameters
    ----------
    coefficients : tuple of sympy.Expr
        c₁ … c_d.

    Examples
    --------
    >>> hurwitz_conditions(sympy.symbols("a b c")).conditions
    (a, c, a*b - c)
    """
    c = coefficients
    if len(c) <= 2:
        conditions = c
    elif len(c) == 3:
        conditions = (c[0], c[2], c[0] * c[1] - c[2])
    else:
        conditions = (c[0], c[1], c[3], c[0] * c[1] * c[2] - c[2] ** 2 - c[0] ** 2 * c[3])
    return RouthHurwitz(tuple(c), tuple(conditions))


def characteristic_coefficients(matrix: sympy.Matrix) -> tuple[sympy.Expr, ...]:
    """c₁ … c_d of det(sI − J) = s^d + c₁ s^(d−1) + …, as sums of principal minors.

    The minors are expanded in stand-ins for the entries, so that long entries cost nothing.

    Parameters
    ----------
    matrix : sympy.Matrix
        J, shape (d, d).

    Examples
    --------
    >>> characteristic_coefficients(sympy.Matrix([[-1, 2], [3, -4]]))
    (5, -2)
    """
    dimension = matrix.rows
    entries = {(i, j): sympy.Dummy(f"j{i}{j}") for i in range(dimension) for j in range(dimension) if matrix[i, j] != 0}
    stand_in = sympy.Matrix(dimension, dimension, lambda i, j: entries.get((i, j), 0))
    s = sympy.Dummy("s")
    coefficients = stand_in.charpoly(s).all_coeffs()[1:]
    back = {symbol: matrix[place] for place, symbol in entries.items()}
    return tuple(coefficient.xreplace(back) for coefficient in coefficients)


def spiral_number(model: Model) -> sympy.Expr:
    """Spiral number R of a two-nation model, as a symbol.

    R is the spectral radius of D⁻¹P at an equilibrium, with D the negated diagonal of the Jacobian (of the arms, followers such
    as fear eliminated) and P its off-diagonal part. Defined where D > 0 and P ≥ 0; there R < 1 means stability for instant fear.

    Parameters
    ----------
    model : Model
        With exactly two states that are not followers.

    Returns
    -------
    sympy.Expr
        √(P₁₂P₂₁/(D₁D₂)) in states and parameters.

    Raises
    ------
    InvalidInputError
        For another number of nations (`spectrum` gives the number at an equilibrium), or where a nation's arms never wear it down.

    References
    ----------
    .. [1] P. van den Driessche, J. Watmough (2002), Reproduction numbers and sub-threshold endemic equilibria for compartmental
       models of disease transmission, Mathematical Biosciences 180, 29–48 (the next-generation argument; quoted from memory).

    Examples
    --------
    >>> from richardson.models import linear
    >>> spiral_number(linear())
    sqrt(defence_x*defence_y/(fatigue_x*fatigue_y))
    """
    check_model(model)
    followers = [state.is_follower for state in model.states]
    leaders = [i for i, follows in enumerate(followers) if not follows]
    if len(leaders) != 2 or model.kind != "flow":
        raise InvalidInputError(
            f"The spiral number is written as symbols for flows of two nations; '{model.name}' is a {model.kind} of {len(leaders)}. "
            "spectrum(model, equilibrium).spiral_number gives it at an equilibrium."
        )
    reduced = _eliminate(model.jacobian, leaders)
    for i, leader in enumerate(leaders):
        if reduced[i, i] == 0:
            raise InvalidInputError(
                f"The spiral number compares reaction with fatigue, and in '{model.name}' the rate of {model.state_names[leader]} does not "
                "depend on itself. Look at the eigenvalues (spectrum) instead."
            )
    return sympy.sqrt(reduced[0, 1] * reduced[1, 0] / (reduced[0, 0] * reduced[1, 1]))


def spiral_number_of(jacobian: FloatArray, followers: BoolArray | None = None) -> float | None:
    """Spiral number from a numeric Jacobian.

    Parameters
    ----------
    jacobian : ndarray, shape (d, d)
        At an equilibrium, in 1/yr.
    followers : ndarray of bool, shape (d,), optional
        States that only follow and are eliminated first (fear); default none.

    Returns
    -------
    float or None
        None where it is not defined: a diagonal entry not negative, an off-diagonal one negative, followers that would not settle.

    Examples
    --------
    >>> round(spiral_number_of(np.array([[-1.0, 0.5], [0.5, -1.0]])), 12)
    0.5
    """
    number = float(spiral_numbers_of(np.asarray(jacobian)[np.newaxis], followers)[0])
    return None if np.isnan(number) else number


def spiral_numbers_of(jacobians: FloatArray, followers: BoolArray | None = None) -> FloatArray:
    """Spiral numbers from many Jacobians at once, shape (n,), NaN where not defined.

    Parameters
    ----------
    jacobians : ndarray, shape (n, d, d)
        In 1/yr.
    followers : ndarray of bool, shape (d,), optional
        As in `spiral_number_of`.

    Examples
    --------
    >>> spiral_numbers_of(np.array([[[-1.0, 0.5], [0.5, -1.0]], [[1.0, 0.5], [0.5, -1.0]]])).round(12)
    array([0.5, nan])
    """
    numbers = np.full(len(jacobians), np.nan)
    rows = np.flatnonzero(np.isfinite(jacobians).all(axis=(1, 2)))
    reduced = jacobians[rows]
    if followers is not None and np.any(followers):
        following, leading = np.flatnonzero(followers), np.flatnonzero(~np.asarray(followers))
        inner = reduced[:, following[:, None], following]
        regular = np.linalg.eigvals(inner).real.max(axis=1) < 0.0  # else they do not follow
        rows, reduced, inner = rows[regular], reduced[regular], inner[regular]
        path = reduced[:, leading[:, None], following] @ np.linalg.solve(inner, reduced[:, following[:, None], leading])
        reduced = reduced[:, leading[:, None], leading] - path
    own = -np.diagonal(reduced, axis1=1, axis2=2)
    cross = np.where(np.eye(reduced.shape[-1], dtype=bool), 0.0, reduced)
    splits = (own > 0.0).all(axis=1) & (cross >= 0.0).all(axis=(1, 2))
    radii = np.abs(np.linalg.eigvals(cross[splits] / own[splits][:, :, np.newaxis]))
    numbers[rows[splits]] = radii.max(axis=1)
    return numbers


def without_followers(jacobian: FloatArray, followers: BoolArray) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Linear part L J M (n, n) of the n states that do not follow, with L (n, d) and M (d, n), which put the followers at rest.

    None where the followers would not settle. To first order, an error E of J is L E M in it.

    Parameters
    ----------
    jacobian : ndarray, shape (d, d)
    followers : ndarray of bool, shape (d,)
    """
    following, leading = np.flatnonzero(followers), np.flatnonzero(~followers)
    inner = jacobian[np.ix_(following, following)]
    if following.size and not np.linalg.eigvals(inner).real.max() < 0.0:
        return None
    left, right = np.zeros((leading.size, len(jacobian))), np.zeros((len(jacobian), leading.size))
    left[:, leading] = right[leading] = np.eye(leading.size)
    left[:, following] = -np.linalg.solve(inner.T, jacobian[np.ix_(leading, following)].T).T
    right[following] = -np.linalg.solve(inner, jacobian[np.ix_(following, leading)])
    return jacobian[leading] @ right, left, right


def _eliminate(matrix: sympy.Matrix, leaders: list[int]) -> sympy.Matrix:
    following = [i for i in range(matrix.rows) if i not in leaders]
    block = matrix.extract(leaders, leaders)
    if not following:
        return block
    inner = matrix.extract(following, following)
    return block - matrix.extract(leaders, following) * inner.LUsolve(matrix.extract(following, leaders))
