"""Following a branch of equilibria by pseudo-arclength steps [1]_.

References
----------
.. [1] H. B. Keller (1977), Numerical solution of bifurcation and nonlinear eigenvalue problems, in: Applications of Bifurcation
   Theory, Academic Press, 359–384 (quoted from memory).
"""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.family import Family
from richardson.outcome import Outcome

FIRST_STEP = 1e-3  # of the box: window and span are [0, 1]
LONGEST_STEP = 1e-2
SHORTEST_STEP = 1e-9  # below it rounding of the residual bends the branch
LONGEST_BRANCH = 20_000  # steps: a branch of two hundred times the box's side
GROW, SHRINK = 1.4, 0.5
STRAIGHT = 0.995  # cosine between tangents one step apart: six degrees
CORRECTION = 0.2  # of the step: a larger one has jumped to another branch
CORRECTOR_LIMIT = 8
CONVERGED = 1e-13  # of the box
NEARLY = 1e-10  # where rounding of the residual stops the correction
SLACK = 1e-10  # of the box: a point so far outside lies on its border


@dataclass(frozen=True, eq=False)
class Walk:
    """Part of a branch from one point on.

    Attributes
    ----------
    points, tangents : FloatArray
        Shape (n, d + 1), in the family's coordinates.
    outcome : Outcome
        Why it ended.
    """

    points: FloatArray
    tangents: FloatArray
    outcome: Outcome


def walk(family: Family, start: FloatArray, along: FloatArray) -> Walk:
    """Follow the branch through ``start`` to the side of ``along`` until it leaves the box or closes.

    Parameters
    ----------
    family : Family
    start : FloatArray
        Shape (d + 1,): an equilibrium.
    along : FloatArray
        Shape (d + 1,): the direction in which it is left.
    """
    points, tangents = [start], [family.tangent(start, along)]
    step = FIRST_STEP
    while len(points) < LONGEST_BRANCH:
        point, tangent = points[-1], tangents[-1]
        moved = _advanced(family, point, tangent, step)
        landing = None if moved is None else _landing(family, point, moved[0])
        if moved is None or (landing is None and not _is_inside(moved[0])):
            step *= SHRINK
            if step < SHORTEST_STEP:
                return _ended(family, points, tangents)
            continue
        if landing is not None:
            end, outcome = landing
            if np.abs(end - point).max() > SLACK:
                points.append(end)
                tangents.append(family.tangent(end, tangent))
            return Walk(np.array(points), np.array(tangents), outcome)
        if len(points) > 2 and _passes(point, moved[0], points[0], tangents[0]):
            points.append(points[0])
            tangents.append(tangents[0])
            return Walk(np.array(points), np.array(tangents), Outcome.CLOSED)
        points.append(moved[0])
        tangents.append(moved[1])
        step = min(GROW * step, LONGEST_STEP)
    return Walk(np.array(points), np.array(tangents), Outcome.STEP_LIMIT)


def corrected(family: Family, guess: FloatArray, row: FloatArray) -> FloatArray | None:
    """The equilibrium that Newton's iteration reaches from ``guess`` with ``row @ point`` held; None if it does not converge."""
    point, held, before = guess, float(row @ guess), np.inf
    for _ in range(CORRECTOR_LIMIT):
        value, matrix = family.values_and_matrix(point)
        if not (np.isfinite(value).all() and np.isfinite(matrix).all()):
            return None
        size = np.maximum(np.abs(matrix).max(axis=1), np.finfo(np.float64).tiny)
        try:
            change = np.linalg.solve(np.vstack((matrix / size[:, None], row)), np.append(-value / size, held - row @ point))
        except np.linalg.LinAlgError:
            return None
        length = float(np.abs(change).max())
        point = point + change
        if length <= CONVERGED or (length <= NEARLY and length > 0.5 * before):
            return point
        before = length
    return point if before <= NEARLY else None


def _advanced(family: Family, point: FloatArray, tangent: FloatArray, step: float) -> tuple[FloatArray, FloatArray] | None:
    """Next point and its tangent, or None if the step was too long for this branch's curvature."""
    guess = point + step * tangent
    found = corrected(family, guess, tangent)
    if found is None or np.linalg.norm(found - guess) > CORRECTION * step:
        return None
    new = family.tangent(found, tangent)
    if new @ tangent < STRAIGHT or _wiggles(point[-1], found[-1], step * tangent[-1], step * new[-1]):
        return None
    return found, new


def _wiggles(low: float, high: float, first: float, second: float) -> bool:
    """Whether the cubic through both ends turns twice in between: two folds within one step."""
    if first * second <= 0.0:
        return False
    rise = high - low
    bend, twist = 6 * rise - 4 * first - 2 * second, -6 * rise + 3 * first + 3 * second
    if twist == 0.0:
        return False
    middle = -bend / (2 * twist)
    return bool(0.0 < middle < 1.0 and (first + middle * (bend + middle * twist)) * first < 0.0)


def _is_inside(point: FloatArray) -> bool:
    return bool((point >= -SLACK).all() and (point <= 1.0 + SLACK).all())


def _landing(family: Family, inside: FloatArray, beyond: FloatArray) -> tuple[FloatArray, Outcome] | None:
    """Where the branch crosses the border of the box on the way, and the outcome; None if it does not or is not found."""
    if _is_inside(beyond):
        return None
    moves = beyond - inside
    borders = np.where(moves > 0.0, 1.0, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where((beyond < -SLACK) | (beyond > 1.0 + SLACK), (borders - inside) / moves, np.inf)
    axis = int(np.argmin(shares))
    row = np.eye(len(inside))[axis]
    guess = inside + np.clip(shares[axis], 0.0, 1.0) * moves
    guess[axis] = borders[axis]
    end = corrected(family, guess, row)
    if end is None or not _is_inside(end) or np.linalg.norm(end - inside) > 2.0 * np.linalg.norm(moves) + SLACK:
        return None
    end[axis] = borders[axis]
    return end, Outcome.REACHED_END if axis == family.dimension else Outcome.REACHED_BOUND


def _ended(family: Family, points: list[FloatArray], tangents: list[FloatArray]) -> Walk:
    """The walk that no step continues: at the border if it leads out of the box, else stuck."""
    last, tangent = points[-1], tangents[-1]
    out = ((last <= SLACK) & (tangent < 0.0)) | ((last >= 1.0 - SLACK) & (tangent > 0.0))
    outcome = Outcome.STEP_TOO_SMALL
    if out.any():
        outcome = Outcome.REACHED_END if out[family.dimension] else Outcome.REACHED_BOUND
    return Walk(np.array(points), np.array(tangents), outcome)


def _passes(low: FloatArray, high: FloatArray, start: FloatArray, tangent: FloatArray) -> bool:
    """Whether the step from ``low`` to ``high`` goes through ``start`` in its direction."""
    move = high - low
    share = float((start - low) @ move / (move @ move))
    aside = np.linalg.norm(start - low - share * move)
    return bool(0.0 < share <= 1.0 and aside < CORRECTION * np.linalg.norm(move) and tangent @ move > 0.0)
