"""Following a curve F(u) = 0, n equations in n + 1 unknowns, by pseudo-arclength steps [1]_.

Nothing here knows what the equations mean: whoever has a `System` gets its curve.

References
----------
.. [1] H. B. Keller (1977), Numerical solution of bifurcation and nonlinear eigenvalue problems, in: Applications of Bifurcation
   Theory, Academic Press, 359–384 (quoted from memory).
"""

from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np
from scipy.linalg.lapack import dgesv

from richardson.arrays import FloatArray
from richardson.continuation.between import SLACK, Box, first_exit, is_inside, turns_twice
from richardson.outcome import Outcome

FIRST_STEP = 1e-3  # in scaled coordinates, as all lengths here
LONGEST_STEP = 1e-2
SHORTEST_STEP = 1e-9  # below it rounding of the residual bends the curve
LONGEST_BRANCH = 20_000  # steps: two hundred times the side of a box of size one
GROW, SHRINK = 1.4, 0.5
STRAIGHT = 0.995  # cosine between tangents one step apart: six degrees
CORRECTION = 0.2  # of the step: a larger one has jumped to another curve
CORRECTOR_LIMIT = 8
CONVERGED = 1e-13
NEARLY = 1e-10  # where rounding of the residual stops the correction
BESIDE = 8.0  # shortest steps from a border: where a walk is stuck so near, the border is what it cannot pass
FARTHEST = 1e6  # of the scale: a curve that has come so far runs away
TINY = float(np.finfo(np.float64).tiny)


class System(Box, Protocol):
    """n equations F(u) = 0 in n + 1 unknowns, in coordinates in which features have size about one, in a box.

    Attributes
    ----------
    parameter_count : int
        How many of the last coordinates are parameters: at their borders a walk ends as REACHED_END, at others as REACHED_BOUND.
    """

    @property
    def parameter_count(self) -> int:
        """How many of the last coordinates are parameters."""

    def values_and_matrix(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values (n,) of F and its derivatives (n, n + 1) at a point of shape (n + 1,); not finite where F is not defined."""


@dataclass(frozen=True, eq=False)
class Walk:
    """Part of a curve from one point on.

    Attributes
    ----------
    points, tangents : FloatArray
        Shape (m, n + 1), in the system's coordinates; tangents have length one.
    outcome : Outcome
        Why it ended: REACHED_END, REACHED_BOUND, CLOSED, RAN_AWAY, STEP_TOO_SMALL or STEP_LIMIT.
    """

    points: FloatArray
    tangents: FloatArray
    outcome: Outcome


@np.errstate(invalid="ignore", over="ignore")  # where F is not defined a step is refused
def walk(
    system: System,
    start: FloatArray,
    along: FloatArray,
    *,
    longest_step: float = LONGEST_STEP,
    first_step: float = FIRST_STEP,
    step_limit: int = LONGEST_BRANCH,
) -> Walk:
    """Follow the curve through ``start`` to the side of ``along`` until it leaves the box, closes or runs away.

    Parameters
    ----------
    system : System
    start : FloatArray
        Shape (n + 1,): a point of the curve.
    along : FloatArray
        Shape (n + 1,): the direction in which it is left.
    longest_step : float
        Arclength of the longest step; as many times longer as a point is farther than one from the origin.
    first_step : float
        Arclength of the first step that is tried.
    step_limit : int
        Most steps before the walk ends as STEP_LIMIT.

    Returns
    -------
    Walk
    """
    points, tangents = [start], [tangent(system, start, along)]
    step = min(first_step, longest_step)
    while len(points) <= step_limit:
        point, direction = points[-1], tangents[-1]
        reach = _size(point)
        if reach > FARTHEST:
            return Walk(np.array(points), np.array(tangents), Outcome.RAN_AWAY)
        moved = _advanced(system, point, direction, step)
        share = SHRINK
        if moved is not None and is_inside(system, moved[0]):
            share = first_exit(system, point, moved[0], step * direction, step * moved[1])
        elif moved is not None:
            landing = _landing(system, point, moved[0])
            if landing is not None:
                end, outcome = landing
                if np.abs(end - point).max() > SLACK:
                    points.append(end)
                    tangents.append(tangent(system, end, direction))
                return Walk(np.array(points), np.array(tangents), outcome)
        if moved is None or share < 1.0:
            step *= share
            if step < SHORTEST_STEP * reach:
                return _ended(system, points, tangents)
            continue
        if len(points) > 2 and _passes(point, moved[0], points[0], tangents[0]):
            points.append(points[0])
            tangents.append(tangents[0])
            return Walk(np.array(points), np.array(tangents), Outcome.CLOSED)
        points.append(moved[0])
        tangents.append(moved[1])
        step = min(GROW * step, longest_step * reach)
    return Walk(np.array(points), np.array(tangents), Outcome.STEP_LIMIT)


@np.errstate(invalid="ignore", over="ignore")
def corrected(system: System, guess: FloatArray, row: FloatArray) -> FloatArray | None:
    """The solution that Newton's iteration reaches from ``guess`` with ``row @ point`` held; None if it does not converge."""
    found = _newton(system, guess, row)
    return None if found is None else found[0]


@np.errstate(invalid="ignore", over="ignore")
def tangent(system: System, point: FloatArray, along: FloatArray) -> FloatArray:
    """Unit tangent of the curve at ``point``, shape (n + 1,), on the side of ``along``.

    Where the matrix loses rank, the curve has several tangents: then one direction in its null space.
    """
    _, matrix = system.values_and_matrix(point)
    solution = _bordered(matrix, along, np.zeros(len(matrix)), 0.0)
    if solution is None or not np.isfinite(solution).all():  # along is orthogonal to the curve, or the matrix lacks rank
        direction: FloatArray = np.linalg.svd(matrix / _row_sizes(matrix)[:, None])[2][-1]
        return direction if direction @ along >= 0.0 else -direction
    return _unit(solution[:, 1])


def _newton(system: System, guess: FloatArray, row: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Solution next to ``guess`` with ``row @ point`` held, and the unit tangent there with ``row @ tangent > 0``."""
    point, direction, before = guess, row, np.inf
    held, size = float(row @ guess), _size(guess)
    for _ in range(CORRECTOR_LIMIT):
        value, matrix = system.values_and_matrix(point)
        solution = _bordered(matrix, row, -value, held - float(row @ point))
        if solution is None:
            return None
        change = solution[:, 0]
        length = float(np.abs(change).max()) / size
        if not isfinite(length):
            return None
        point, direction = point + change, solution[:, 1]
        if length <= CONVERGED or (length <= NEARLY and length > 0.5 * before):
            return point, _unit(direction)
        before = length
    return (point, _unit(direction)) if before <= NEARLY else None


def _bordered(matrix: FloatArray, row: FloatArray, values: FloatArray, gap: float) -> FloatArray | None:
    """Solutions (n + 1, 2) of [matrix; row] v = (values, gap) and of [matrix; row] v = (0, 1); None if that is singular."""
    size = _row_sizes(matrix)
    count = len(row)
    both, right = np.empty((count, count), order="F"), np.zeros((count, 2), order="F")
    np.divide(matrix, size[:, None], out=both[:-1])
    both[-1] = row
    np.divide(values, size, out=right[:-1, 0])
    right[-1] = gap, 1.0
    _, _, solution, info = dgesv(both, right, overwrite_a=True, overwrite_b=True)
    return solution if info == 0 else None


def _row_sizes(matrix: FloatArray) -> FloatArray:
    """Largest entry of each row, shape (n,), by which equations in any unit weigh alike."""
    sizes: FloatArray = np.maximum(np.abs(matrix).max(axis=1), TINY)
    return sizes


def _unit(vector: FloatArray) -> FloatArray:
    size = np.abs(vector).max()  # first, lest squares overflow: next to a singular matrix the vector is huge
    scaled = vector / size
    return np.asarray(scaled / np.sqrt(scaled @ scaled))


def _size(point: FloatArray) -> float:
    """How far a point is from the origin, at least one."""
    return max(1.0, float(np.abs(point).max()))


def _advanced(system: System, point: FloatArray, direction: FloatArray, step: float) -> tuple[FloatArray, FloatArray] | None:
    """Next point and its tangent, or None if the step was too long for this curve's bends."""
    guess = point + step * direction
    found = _newton(system, guess, direction)
    if found is None:
        return None
    aside = found[0] - guess
    if aside @ aside > (CORRECTION * step) ** 2 or found[1] @ direction < STRAIGHT:
        return None
    if turns_twice(float(found[0][-1] - point[-1]), step * float(direction[-1]), step * float(found[1][-1]), step):
        return None
    return found


def _landing(system: System, inside: FloatArray, beyond: FloatArray) -> tuple[FloatArray, Outcome] | None:
    """Where the curve crosses the border of the box on the way, and the outcome; None if that is not found."""
    moves = beyond - inside
    borders = np.where(moves > 0.0, system.upper, system.lower)
    outside = (beyond < system.lower - SLACK) | (beyond > system.upper + SLACK)
    shares = np.full(len(moves), np.inf)
    shares[outside] = (borders[outside] - inside[outside]) / moves[outside]
    axis = int(np.argmin(shares))
    row = np.eye(len(inside))[axis]
    guess = inside + np.clip(shares[axis], 0.0, 1.0) * moves
    guess[axis] = borders[axis]
    end = corrected(system, guess, row)
    if end is None or not is_inside(system, end) or np.linalg.norm(end - inside) > 2.0 * np.linalg.norm(moves) + SLACK:
        return None
    if tangent(system, end, moves)[axis] * moves[axis] < 0.0:
        return None  # where it comes back, beyond a turn
    end[axis] = borders[axis]
    return end, _at_border(system, axis)


def _at_border(system: System, axis: int) -> Outcome:
    return Outcome.REACHED_END if axis >= len(system.lower) - system.parameter_count else Outcome.REACHED_BOUND


def _ended(system: System, points: list[FloatArray], tangents: list[FloatArray]) -> Walk:
    """The walk that no step continues: on the border if it leads out of the box there, else stuck."""
    last, direction = points[-1], tangents[-1]
    borders = np.where(direction > 0.0, system.upper, system.lower)
    gaps = np.where(direction != 0.0, np.abs(borders - last), np.inf)
    axis = int(np.argmin(gaps / np.maximum(np.abs(direction), TINY)))
    if gaps[axis] > BESIDE * SHORTEST_STEP * _size(last):
        return Walk(np.array(points), np.array(tangents), Outcome.STEP_TOO_SMALL)
    if gaps[axis] > 0.0 and len(points) > 1:  # another curve crosses on the border, so that no correction lands there
        end = last + gaps[axis] / abs(direction[axis]) * direction
        end[axis] = borders[axis]
        points = [*points[:-1], end]
    return Walk(np.array(points), np.array(tangents), _at_border(system, axis))


def _passes(low: FloatArray, high: FloatArray, start: FloatArray, direction: FloatArray) -> bool:
    """Whether the step from ``low`` to ``high`` goes through ``start`` in its direction."""
    move, way = high - low, start - low
    length = float(move @ move)
    share = float(way @ move) / length
    if not 0.0 < share <= 1.0:
        return False
    aside = way - share * move
    return bool(aside @ aside < CORRECTION**2 * length and direction @ move > 0.0)
