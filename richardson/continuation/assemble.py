"""From the steps of a walk to a branch: both sides joined, special points put in, eigenvalues added."""

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.arclength import Walk, corrected, walk
from richardson.continuation.branch import Branch
from richardson.continuation.branch_points import Crossing
from richardson.continuation.ends import outcome_of_both
from richardson.continuation.family import Family
from richardson.continuation.linearised import linearised
from richardson.continuation.locate import Located
from richardson.outcome import Outcome
from richardson.provenance import Provenance

DEPARTURES = (1e-2, 1e-3, 1e-4)  # steps off a branch point along a branch: the first that leads to it
ASIDE = 0.1  # of such a step: a correction so large has led elsewhere


def curve_through(family: Family, point: FloatArray) -> Walk:
    """The whole curve of equilibria through ``point`` within the box, from the end with the lower parameter value."""
    lowering = -np.eye(len(point))[-1]
    back = walk(family, point, lowering)
    if back.outcome is Outcome.CLOSED:
        return back
    return _joined(back, walk(family, point, -back.tangents[0]))


def curve_along(family: Family, crossing: Crossing, direction: FloatArray) -> Walk | None:
    """The whole curve that leaves a branch point along ``direction`` and against it; None if no step off it succeeds."""
    sides = [_departure(family, crossing.place, sign * direction) for sign in (-1.0, 1.0)]
    parts = [
        Walk(np.vstack((crossing.place, side.points)), np.vstack((sign * direction, side.tangents)), side.outcome)
        for side, sign in zip(sides, (-1.0, 1.0), strict=True)
        if side is not None
    ]
    if not parts:
        return None
    if len(parts) == 1 or parts[0].outcome is Outcome.CLOSED:
        return parts[0]
    return _joined(*parts)


def assembled(family: Family, curve: Walk, found: list[Located], provenance: Provenance) -> Branch:
    """The branch of a curve with its special points among its points."""
    rows = [family.natural(point) for point in curve.points]
    for each in reversed(found):
        rows.insert(each.step + 1, np.append(each.point.state, each.point.value))
    places = np.array(rows)
    eigenvalues, stable = linearised(family, places)
    for shift, each in enumerate(found):
        if each.point.kind != "neutral saddle":  # which changes nothing
            stable[each.step + 1 + shift] = False
    return Branch(
        parameter=family.parameter,
        values=np.ascontiguousarray(places[:, -1]),
        states=np.ascontiguousarray(places[:, :-1]),
        eigenvalues=eigenvalues,
        is_stable=stable,
        points=tuple(each.point for each in found),
        outcome=curve.outcome,
        model=family.model,
        provenance=provenance,
    )


def _joined(back: Walk, ahead: Walk) -> Walk:
    """Two walks from one point to opposite sides as one, from the end with the lower parameter value."""
    points = np.concatenate((back.points[:0:-1], ahead.points))
    tangents = np.concatenate((-back.tangents[:0:-1], ahead.tangents))
    if points[0, -1] > points[-1, -1]:
        points, tangents = points[::-1], -tangents[::-1]
    outcome = outcome_of_both(back.outcome, ahead.outcome)
    return Walk(np.ascontiguousarray(points), np.ascontiguousarray(tangents), outcome)


def _departure(family: Family, place: FloatArray, direction: FloatArray) -> Walk | None:
    """A walk that begins a step off a branch point."""
    for step in DEPARTURES:
        guess = place + step * direction
        first = corrected(family, guess, direction)
        outside = first is None or bool(((first < family.lower) | (first > family.upper)).any())
        if first is not None and not outside and np.linalg.norm(first - guess) <= ASIDE * step:
            return walk(family, first, direction)
    return None
