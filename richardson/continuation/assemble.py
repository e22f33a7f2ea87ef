"""From the steps of a walk to a branch: both sides joined, folds put in, eigenvalues added."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import BoolArray, ComplexArray, FloatArray
from richardson.continuation.arclength import corrected, tangent, walk
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.family import Family
from richardson.continuation.special_points import fold_near
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.stability.kinds import eigenvalues_with_errors, is_attracting
from richardson.symbolic.model import Model

RANK = (Outcome.STEP_TOO_SMALL, Outcome.STEP_LIMIT, Outcome.REACHED_BOUND, Outcome.REACHED_END)  # what is told of two ends
HALVINGS = 12  # of a step in which the branch turns: then it is no fold, or one that arithmetic does not resolve
NEARBY = 0.2  # of the step: a fold farther aside from it is on another branch
EDGE = 1e-6  # of the step: rounding of a fold that lies on one of its ends
ENTRY_ERROR = 64 * float(np.finfo(np.float64).eps)  # relative, of an entry of the Jacobian


@dataclass(frozen=True, eq=False)
class Curve:
    """Points and unit tangents of shape (n, d + 1) in a family's coordinates, and how the ends were reached."""

    points: FloatArray
    tangents: FloatArray
    outcome: Outcome


def curve_through(family: Family, point: FloatArray) -> Curve:
    """The whole curve of equilibria through ``point`` within the box, from the end with the lower parameter value."""
    lowering = -np.eye(len(point))[-1]
    back = walk(family, point, lowering)
    if back.outcome is Outcome.CLOSED:
        return Curve(back.points, back.tangents, back.outcome)
    ahead = walk(family, point, -back.tangents[0])
    points = np.concatenate((back.points[:0:-1], ahead.points))
    tangents = np.concatenate((-back.tangents[:0:-1], ahead.tangents))
    if points[0, -1] > points[-1, -1]:
        points, tangents = points[::-1], -tangents[::-1]
    outcome = min((back.outcome, ahead.outcome), key=RANK.index)
    return Curve(np.ascontiguousarray(points), np.ascontiguousarray(tangents), outcome)


def assembled(family: Family, curve: Curve, model: Model, provenance: Provenance) -> Branch:
    """The branch of a curve, with its folds among its points."""
    folds = _folds(family, curve)
    rows = [family.natural(point) for point in curve.points]
    for place, fold in reversed(folds):
        rows.insert(place + 1, np.append(fold.state, fold.value))
    places = np.array(rows)
    eigenvalues, stable = _linearised(family, places)
    for shift, (place, _) in enumerate(folds):
        stable[place + 1 + shift] = False
    return Branch(
        parameter=family.parameter,
        values=np.ascontiguousarray(places[:, -1]),
        states=np.ascontiguousarray(places[:, :-1]),
        eigenvalues=eigenvalues,
        is_stable=stable,
        points=tuple(fold for _, fold in folds),
        outcome=curve.outcome,
        model=model,
        provenance=provenance,
    )


def _folds(family: Family, curve: Curve) -> list[tuple[int, SpecialPoint]]:
    """Folds, each with the number of the step in which the branch turns."""
    found = []
    slopes = curve.tangents[:, -1]
    for i in np.flatnonzero(slopes[:-1] * slopes[1:] <= 0.0):
        if slopes[i] == 0.0:  # counted with the step before
            continue
        fold = _fold_between(family, curve.points[i : i + 2], curve.tangents[i : i + 2])
        if fold is not None:
            found.append((int(i), fold))
    return found


def _fold_between(family: Family, ends: FloatArray, tangents: FloatArray) -> SpecialPoint | None:
    """The fold between two points at which the branch runs to different sides; the step is halved until Newton finds that one."""
    low, high = ends
    before, after = tangents
    for _ in range(HALVINGS):
        share = before[-1] / (before[-1] - after[-1])
        fold = fold_near(family, low + share * (high - low))
        if fold is not None and not isinstance(fold.value, tuple) and _lies_between(family.scaled(fold.state, fold.value), low, high):
            return fold
        middle = corrected(family, 0.5 * (low + high), before)
        if middle is None:
            return None
        direction = tangent(family, middle, before)
        if direction[-1] * before[-1] > 0.0:
            low, before = middle, direction
        else:
            high, after = middle, direction
    return None


def _lies_between(point: FloatArray, low: FloatArray, high: FloatArray) -> bool:
    move = high - low
    length = float(np.linalg.norm(move))
    share = float((point - low) @ move) / length**2
    aside = float(np.linalg.norm(point - low - share * move))
    return -EDGE <= share <= 1.0 + EDGE and aside <= NEARBY * length


def _linearised(family: Family, places: FloatArray) -> tuple[ComplexArray, BoolArray]:
    """Eigenvalues (n, d), or multipliers, and stability (n,) at states and parameter values of shape (n, d + 1)."""
    eigenvalues = np.empty((len(places), family.dimension), dtype=np.complex128)
    stable = np.empty(len(places), dtype=np.bool_)
    is_map = family.equations.is_map
    for row, place in enumerate(places):
        family.move(place[-1])
        jacobian = family.equations.field.jacobian(0.0, place[:-1])
        eigenvalues[row], _, errors = eigenvalues_with_errors(jacobian, ENTRY_ERROR * np.abs(jacobian))
        stable[row] = is_attracting(eigenvalues[row], errors, is_map=is_map)
    return eigenvalues, stable
