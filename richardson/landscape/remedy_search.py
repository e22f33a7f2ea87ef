"""The least change of parameters after which a race ends in something calmer: found along rays, then solved for."""

from dataclasses import dataclass, replace

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.loci_start import rate_weights
from richardson.continuation.loci_systems import FoldSystem, HopfSystem
from richardson.continuation.nearest import Nearest, at_limit, free_of_state, nearest_on
from richardson.errors import ComputationError
from richardson.landscape.calmer import FINE, Crossings, Ends, Race
from richardson.landscape.directions import nearest_of, spread
from richardson.landscape.settling import TIGHT

RAYS = 24
SOLVED = 3  # nearest rays from which the critical point is solved for
APART = 0.95  # cosine: rays closer together lead to the same point
AGREED = 1e-5  # relative: distance solved for and distance at which the race changes
MARGIN = 1e-2  # relative: where patience shows that the race changes at the point solved for
SHRUNK = 0.5  # relative: a jump falls by little on a way a hundred times shorter, a cube root to a fifth, a slope to a hundredth
REPEATS = 3  # a ray to the point found that meets a nearer one starts again from there
SAME = 1e-2  # relative: beside a crossing that is halved a dozen times at least, one equilibrium has moved by less
CRITICAL = 1e-6  # of the Jacobian: an eigenvalue so near the axis, beside a crossing halved to rounding
GENERIC = 1e-6  # relative: what the parameters do to the critical direction at a fold


@dataclass(frozen=True, eq=False)
class Change:
    """A change of parameters at which the outcome becomes calmer.

    Attributes
    ----------
    step : FloatArray
        Shape (k,), in scales.
    kind : str
        "fold", "branch point", "hopf" or "runaway" where an equilibrium is critical, "limit" or "basin" elsewhere.
    critical_state : FloatArray
        Shape (d,): that equilibrium; NaN where there is none.
    bracket : pair of float
        Distances between which the outcome changes along this direction, by the race itself.
    residual : float
        Largest of the equations that define the critical point; NaN where there are none.
    """

    step: FloatArray
    kind: str
    critical_state: FloatArray
    bracket: tuple[float, float]
    residual: float


def least_change(race: Race) -> Change | None:
    """The least change that was found within the box and the farthest distance; None if there is none.

    Raises
    ------
    ComputationError
        If the nearest point is one where the jump between outcomes has no size.
    """
    directions = spread(RAYS, len(race.box.names))
    rough = race.crossings(directions)
    order = nearest_apart(rough.distances, directions)
    if not order:
        return None
    for _ in range(REPEATS):
        solved = [found for place in order for found in _solved(race, rough, place)]
        if not solved:
            return _by_descent(race, directions)
        best = min(solved, key=lambda found: float(np.linalg.norm(found.step)))
        length = float(np.linalg.norm(best.step))
        rough = race.crossings(best.step[np.newaxis] / length, FINE, TIGHT)
        reached = float(rough.distances[0])
        if reached < length * (1.0 - AGREED):
            order = [0]
            continue
        short, past = length * (1.0 - MARGIN), length * (1.0 + MARGIN)
        is_seen = reached <= length * (1.0 + AGREED)
        if is_seen or race.changes_between(best.step * (1.0 - MARGIN), best.step * (1.0 + MARGIN)):  # slow paths had been given up
            _check_jump(race, best)
            return _bracketed(best, rough) if is_seen else replace(best, bracket=(short, past))
        return _by_descent(race, directions)
    return _by_descent(race, directions)  # the race changes before any equilibrium of its own is critical


def _check_jump(race: Race, change: Change) -> None:
    """Refuse a critical point at which the outcome does not jump: where the fall across it goes to zero with the distance from it."""
    if race.limits or race.is_linear or change.kind == "hopf":
        return
    wide, close = (race.fall_across(change.step, share) for share in (MARGIN, MARGIN**2))
    if close < SHRUNK * wide:
        raise ComputationError(
            f"The least change of {', '.join(race.box.names)} lies where the jump between outcomes has shrunk to nothing (a cusp), and "
            "beyond it the race is calmer by degrees only. Say with limits= what is calm enough, or name bounds that keep away from it."
        )


def nearest_apart(distances: FloatArray, directions: FloatArray) -> list[int]:
    """The nearest rays, no two of them close together."""
    chosen: list[int] = []
    for place in np.argsort(distances, kind="stable"):
        if np.isfinite(distances[place]) and all(directions[place] @ directions[other] < APART for other in chosen):
            chosen.append(int(place))
        if len(chosen) == SOLVED:
            break
    return chosen


def _solved(race: Race, found: Crossings, place: int) -> list[Change]:
    """Critical points beside a crossing: of the equilibrium on either side of it that is stable, the nearer to critical first."""
    sides = [side.at(np.array([place])) for side in (found.before, found.behind)]
    if race.limits and _continuous(*sides):
        return _solved_at_limit(race, found.steps[place, 1], sides)
    stable = [index for index, side in enumerate(sides) if side.is_stable[0]]
    stable.sort(key=lambda index: abs(leading(sides[index].jacobians[0]).real) / float(np.linalg.norm(sides[index].jacobians[0])))
    for index in stable:
        change = _solved_beside(race, found.steps[place, index], sides[index].states[0], sides[index].jacobians[0])
        if change is not None:
            return [change]
    return []


def _solved_at_limit(race: Race, step: FloatArray, sides: list[Ends]) -> list[Change]:
    """The nearest point at which the state that exceeds its limit most, before the crossing, comes down to it."""
    before, state = sides[0].states[0], sides[1].states[0]
    position, limit = max(race.limits, key=lambda each: (before[each[0]] - each[1]) / max(abs(each[1]), abs(before[each[0]])))
    plane = race.box.space(state)
    place = np.append(state / plane.scale, step)
    nearest = nearest_on(at_limit(plane, rate_weights(plane, place), position, limit), place, race.box.lower, race.box.upper)
    if nearest is None:
        return []
    where = nearest.point[len(state) :]
    return [Change(where, "limit", nearest.point[: len(state)] * plane.scale, (0.0, 0.0), nearest.residual)]


def _solved_beside(race: Race, step: FloatArray, state: FloatArray, jacobian: FloatArray) -> Change | None:
    plane, first = race.box.space(state), leading(jacobian)
    size = len(state)
    place = np.append(state / plane.scale, step)
    weights = rate_weights(plane, place)
    turning = abs(first.imag) > 0.0
    system = HopfSystem(plane, weights, abs(first.imag)) if turning else FoldSystem(plane, weights)
    start = system.place(place)
    equations = free_of_state(system, start[:size]) if race.is_linear else system.values_and_matrix
    nearest = nearest_on(equations, start[size:] if race.is_linear else start, race.box.lower, race.box.upper)
    if nearest is None:
        return None
    where = nearest.point[-len(step) :]
    if race.is_linear:
        return Change(where, "hopf" if turning else "runaway", np.full(size, np.nan), (0.0, 0.0), nearest.residual)
    kind = "hopf" if turning else critical_kind(system, nearest, len(step))
    return Change(where, kind, nearest.point[:size] * plane.scale, (0.0, 0.0), nearest.residual)


def critical_kind(system: FoldSystem | HopfSystem, nearest: Nearest, count: int) -> str:
    """A fold where parameters move the rates along the critical direction, else branches cross."""
    _, matrix = system.values_and_matrix(nearest.point)
    rates = matrix[: len(matrix) - 1]
    left = np.linalg.svd(rates[:, :-count])[0][:, -1]
    return "fold" if np.abs(left @ rates[:, -count:]).max() > GENERIC else "branch point"


def _bracketed(change: Change, along: Crossings) -> Change:
    lengths = np.linalg.norm(along.steps[0], axis=1)
    return replace(change, bracket=(float(lengths[0]), float(lengths[1])))


def _by_descent(race: Race, directions: FloatArray) -> Change:
    """The least change where no equilibrium is critical: a limit is passed, or the race's start changes basin."""
    direction, _ = nearest_of(race.distances, directions)
    found = race.crossings(direction[np.newaxis], FINE, TIGHT)
    lengths = np.linalg.norm(found.steps[0], axis=1)
    kind, state = _kind_beside(race, found)
    return Change(found.steps[0, 1], kind, state, (float(lengths[0]), float(lengths[1])), float("nan"))


def _kind_beside(race: Race, found: Crossings) -> tuple[str, FloatArray]:
    """What a crossing halved to rounding is, and the state (d,) that is critical there, NaN if none is."""
    if race.limits and _continuous(found.before, found.behind):
        return "limit", found.behind.states[0]
    for side in (found.before, found.behind):
        if side.is_stable[0] and abs(leading(side.jacobians[0]).real) < CRITICAL * np.linalg.norm(side.jacobians[0]):
            return "hopf" if leading(side.jacobians[0]).imag else "branch point", side.states[0]
    return "basin", np.full(race.field.dimension, np.nan)


def _continuous(before: Ends, behind: Ends) -> bool:
    """Whether the same equilibrium is reached on both sides of the first row, moved by the parameters and no more."""
    one, other = before.states[0], behind.states[0]
    return bool(_size_of_change(one, other) <= SAME) if before.is_stable[0] and behind.is_stable[0] else False


def _size_of_change(one: FloatArray, other: FloatArray) -> float:
    return float(np.abs(one - other).max() / max(float(np.abs(one).max()), float(np.abs(other).max()), np.finfo(np.float64).tiny))


def leading(jacobian: FloatArray) -> complex:
    """The eigenvalue of a Jacobian (d, d) with the largest real part."""
    eigenvalues = np.linalg.eigvals(jacobian)
    return complex(eigenvalues[np.argmax(eigenvalues.real)])
