"""Runs in closed form: relations under structural balance, and when a model reaches infinity."""

from collections.abc import Mapping, Sequence
from math import inf, isqrt, log1p

import numpy as np

from richardson.arrays import FloatArray, IntArray, as_floats
from richardson.errors import InvalidInputError
from richardson.models.classical import hostility
from richardson.models.quantities import nation_names
from richardson.models.structural_balance import structural_balance
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values

Start = Mapping[str, float] | Sequence[float] | FloatArray

UNTOLD = 1e-12  # relative: eigenvalues nearer than this, and entries of a unit vector smaller than this, are rounding


def blow_up_time(model: Model, start: Start) -> float:
    """Time at which a run of `hostility` or `structural_balance` reaches infinity, in closed form.

    Parameters
    ----------
    model : Model
        One of the two, at any values.
    start : mapping or sequence
        By state name, or in state order.

    Returns
    -------
    float
        In years from the start; infinite for a run that stays finite, and for relations whose largest eigenvalue rounding does not
        tell from 0.

    Raises
    ------
    InvalidInputError
        If the equations are others.
    UnknownNameError, OutOfBoundsError
        If the start does not fit the model.

    Examples
    --------
    >>> from richardson.models import hostility
    >>> round(blow_up_time(hostility(growth=0.1, acceleration=0.1), {"hostility": 1}), 6)
    6.931472
    """
    _check_model(model)
    if model.fingerprint == hostility().fingerprint:
        growth, acceleration = model.numbers
        return _hostile(growth, acceleration, float(start_values(model, start)[0]))
    values = np.asarray(np.linalg.eigvalsh(_matrix(model, start)), dtype=np.float64)
    return 1.0 / float(values[-1]) if _is_growing(values) else inf


def balance_path(model: Model, start: Start, times: Sequence[float] | FloatArray) -> FloatArray:
    """Relations under `structural_balance` in closed form, X₀ (I − X₀ t)⁻¹.

    Parameters
    ----------
    model : Model
        From `structural_balance`.
    start : mapping or sequence
        By state name, or in state order.
    times : array_like, shape (t,)
        Years from the start, from 0 to before `blow_up_time`.

    Returns
    -------
    ndarray, shape (t, d)
        In state order.

    Raises
    ------
    InvalidInputError
        If the equations are others, or a time is not from 0 to before the relations reach infinity.
    UnknownNameError, OutOfBoundsError
        If the start does not fit the model.

    Examples
    --------
    >>> from richardson.models import structural_balance
    >>> balance_path(structural_balance(2), [0.5, 0, -1], [0, 1]).tolist()
    [[0.5, 0.0, -1.0], [1.0, 0.0, -0.5]]
    """
    _check_balance(model)
    asked, end = as_floats(times, "Times"), blow_up_time(model, start)
    if asked.ndim != 1 or not ((asked >= 0.0) & (asked < end)).all() or not np.isfinite(asked).all():
        raise InvalidInputError(f"The path is defined from 0 to before {end:g} years, when it reaches infinity; got times {times!r}.")
    values, vectors = np.linalg.eigh(_matrix(model, start))
    moved = values / (1.0 - asked[:, None] * values)
    upper = np.triu_indices(len(values))
    return np.ascontiguousarray(np.einsum("im,tm,jm->tij", vectors, moved, vectors)[:, upper[0], upper[1]])


def factions(model: Model, start: Start) -> IntArray:
    """Into which two camps `structural_balance` divides its members, as signs of the leading eigenvector.

    Parameters
    ----------
    model : Model
        From `structural_balance`.
    start : mapping or sequence
        By state name, or in state order.

    Returns
    -------
    ndarray of int, shape (n,)
        1 for the first member's camp and −1 for the other, in the members' order; all 1 where everybody becomes friends.

    Raises
    ------
    InvalidInputError
        If the equations are others, no relation reaches infinity, or the start leaves open who joins which camp: two leading
        eigenvalues that rounding does not tell apart, or a member outside of the leading eigenvector.
    UnknownNameError, OutOfBoundsError
        If the start does not fit the model.

    Examples
    --------
    >>> from richardson.models import structural_balance
    >>> factions(structural_balance(3), relations([[1, 1, -1], [1, 1, -1], [-1, -1, 1]])).tolist()
    [1, 1, -1]
    """
    _check_balance(model)
    values, vectors = np.linalg.eigh(_matrix(model, start))
    if not _is_growing(values):
        raise InvalidInputError(
            "These relations fade without factions, since no eigenvalue of their matrix is positive, beyond rounding. Start from others."
        )
    if values[-1] - values[-2] <= UNTOLD * np.abs(values).max():
        raise InvalidInputError("These relations leave the factions open: their leading eigenvalue is not simple. Change one of them.")
    leading = vectors[:, -1]
    if np.abs(leading).min() <= UNTOLD:
        outside = int(np.abs(leading).argmin())
        raise InvalidInputError(f"Member {outside + 1} joins no faction, since the leading eigenvector leaves it out. Give it a relation.")
    return np.asarray(np.sign(leading * leading[0]), dtype=np.int64)


def relations(matrix: Sequence[Sequence[float]] | FloatArray, members: Sequence[str] | None = None) -> dict[str, float]:
    """Start of `structural_balance` or `bounded_balance` from a matrix of relations.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Symmetric.
    members : sequence of str, optional
        As the model has them; by default its names for a count of n.

    Returns
    -------
    dict of str to float
        ``relation_i_j`` for i before j and for i = j.

    Raises
    ------
    InvalidInputError
        If the matrix is not square and symmetric, or of another size than the members.

    Examples
    --------
    >>> relations([[0, -1], [-1, 0.5]])
    {'relation_x_x': 0.0, 'relation_x_y': -1.0, 'relation_y_y': 0.5}
    """
    given = as_floats(matrix, "Relations")
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not np.array_equal(given, given.T):
        raise InvalidInputError(f"Relations are a symmetric matrix, a row and a column for each member; got {matrix!r}.")
    names = nation_names(len(given) if members is None else members)
    if len(names) != len(given):
        raise InvalidInputError(f"There are {len(names)} members and {len(given)} rows of relations. Give a row for each.")
    return {f"relation_{names[i]}_{names[j]}": float(given[i, j]) for i, j in zip(*np.triu_indices(len(given)), strict=True)}


def _is_growing(values: FloatArray) -> bool:
    """Whether the last of the eigenvalues is positive beyond their rounding."""
    return bool(values[-1] > UNTOLD * np.abs(values).max())


def _hostile(growth: float, acceleration: float, origin: float) -> float:
    """t* = ln(1 + a/(b H₀))/a, and 1/(b H₀) for a = 0."""
    if acceleration == 0.0 or origin == 0.0:
        return inf
    ratio = growth / acceleration / origin
    if ratio <= -1.0:
        return inf
    return log1p(ratio) / growth if growth else 1.0 / acceleration / origin


def _check_model(model: Model) -> None:
    if not isinstance(model, Model) or (model.fingerprint != hostility().fingerprint and not _is_balance(model)):
        raise InvalidInputError(
            f"The closed form is that of hostility and structural_balance; got {model!r}. Use integrate, whose runs end as ESCAPED."
        )


def _check_balance(model: Model) -> None:
    if not isinstance(model, Model) or not _is_balance(model):
        raise InvalidInputError(f"The closed form is that of structural_balance; got {model!r}. Use integrate.")


def _is_balance(model: Model) -> bool:
    """Whether the equations are Ẋ = X², whatever the members are called."""
    diagonal = [name.removeprefix("relation_") for name in model.state_names]
    size = (isqrt(8 * len(diagonal) + 1) - 1) // 2
    members = [half for name in diagonal if (half := name[: len(name) // 2]) and name == f"{half}_{half}"]
    return 2 <= size == len(members) == len(set(members)) and model.fingerprint == structural_balance(members).fingerprint


def _matrix(model: Model, start: Start) -> FloatArray:
    """The symmetric matrix of relations, shape (n, n)."""
    values = start_values(model, start)
    size = (isqrt(8 * len(values) + 1) - 1) // 2
    matrix = np.zeros((size, size))
    upper = np.triu_indices(size)
    matrix[upper] = values
    matrix.T[upper] = values
    return matrix
