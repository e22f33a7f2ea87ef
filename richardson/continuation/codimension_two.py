"""Finding where a second condition holds on a fold or Hopf curve, and locating it.

Each condition is a number that changes sign along the curve. It is brought to zero, together with the curve's own equations, by
Newton's method; the derivative of that number alone is a difference, which affects how fast the iteration ends and not where.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.arclength import corrected
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.loci_systems import FoldSystem, HopfSystem

HALVINGS = 14  # of a step in which several conditions are met: closer together they are taken one by one
NEWTON_LIMIT = 12  # quadratic convergence: more means that there is no such point
CONVERGED = 1e-12  # of the box
NEARLY = 1e-9  # of the box: where rounding of the condition stops the correction
DIFFERENCE = 1e-6  # of the box: the step of the derivative of a condition
NEARBY = 0.2  # of the step: a point farther aside from it is on another curve
EDGE = 1e-6  # of the step: rounding of a point that lies on one of its ends
DIP = 0.5  # of a number: lower than that between its neighbours it is looked at once more
ALIGNED = 0.7  # cosine: vectors that turn by more than an eighth of a circle in a step are not followed through it
ROUNDING = float(np.finfo(np.float64).eps)


class Conditions(Protocol):
    """What may happen on a curve of one kind.

    Attributes
    ----------
    system : FoldSystem or HopfSystem
    kinds : tuple of str
        Of points; each has a number that is zero there.
    """

    @property
    def system(self) -> FoldSystem | HopfSystem:
        """The equations of the curve."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What may happen."""

    def frame(self, point: FloatArray, near: FloatArray | None) -> FloatArray:
        """Unit vectors (m, d) on whose direction the signs depend, turned to the side of those at a neighbouring point."""

    def numbers(self, point: FloatArray, frame: FloatArray) -> FloatArray:
        """The number of each kind, shape (k,); NaN where it has none."""

    def named(self, place: "Place") -> SpecialPoint | None:
        """The located point with its coefficients; None if it is of no kind that matters."""


@dataclass(frozen=True, eq=False)
class Place:
    """A located point on a curve.

    Attributes
    ----------
    kind : str
    point : FloatArray
        In the system's coordinates.
    residual : float
        Largest of the equations solved.
    doubts : FloatArray
        Shape (2,): how far the parameters may be off, by the last correction and by rounding.
    """

    kind: str
    point: FloatArray
    residual: float
    doubts: FloatArray


@dataclass(frozen=True, eq=False)
class _Mark:
    """A point of the curve and the numbers there."""

    point: FloatArray
    frame: FloatArray
    numbers: FloatArray


def special_points(conditions: Conditions, points: FloatArray) -> Iterator[tuple[int, Place, SpecialPoint]]:
    """Special points along a curve through ``points``, each with the number of its step and its place."""
    marks: list[_Mark] = []
    for point in points:
        marks.append(_mark(conditions, point, marks[-1].frame if marks else None))
    dips = _dips(marks)
    for step, (low, high) in enumerate(pairwise(marks)):
        parts = [low, *_inner(conditions, low, high, sorted(dips[step])), high]
        for place in (place for part in pairwise(parts) for place in _between(conditions, *part, HALVINGS)):
            found = conditions.named(place)
            if found is not None:
                yield step, place, found


def located(conditions: Conditions, kind: str, guess: FloatArray, frame: FloatArray) -> Place | None:
    """The point of that kind next to ``guess``; None if Newton's iteration does not converge."""
    system, index = conditions.system, conditions.kinds.index(kind)
    point, before = guess, np.inf
    for _ in range(NEWTON_LIMIT):
        values, matrix = system.values_and_matrix(point)
        number = conditions.numbers(point, frame)[index]
        gradient = _gradient(conditions, point, frame, index)
        values, matrix = np.append(values, number), np.vstack((matrix, gradient))
        if not (np.isfinite(values).all() and np.isfinite(matrix).all()):
            return None
        rows = np.maximum(np.abs(matrix).max(axis=1), np.finfo(np.float64).tiny)
        matrix = matrix / rows[:, np.newaxis]
        try:
            inverse = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            return None
        change = -inverse @ (values / rows)
        length = float(np.abs(change).max())
        if length <= CONVERGED or (length <= NEARLY and length > 0.5 * before):
            rounding = np.abs(inverse) @ (ROUNDING * (np.abs(matrix) @ np.abs(point)))
            doubts = (np.abs(change) + rounding)[-2:] * system.plane.widths
            return Place(kind, point, float(np.abs(values).max()), doubts)
        if length > 1.0:
            return None
        point, before = point + change, length
    return None


def special_point(system: FoldSystem | HopfSystem, place: Place, coefficients: tuple[float, ...], **found: object) -> SpecialPoint:
    """A special point at ``place`` in the units of states and parameters, with its coefficients and what else is found."""
    state, values = system.plane.natural(place.point)
    low, high = (values - place.doubts).tolist(), (values + place.doubts).tolist()
    return SpecialPoint(
        kind=place.kind,
        value=(float(values[0]), float(values[1])),
        state=state,
        bracket=((low[0], high[0]), (low[1], high[1])),
        residual=place.residual,
        coefficient=coefficients[0] if coefficients else None,
        coefficients=coefficients if len(coefficients) > 1 else (),
        **found,  # type: ignore[arg-type]
    )


def _mark(conditions: Conditions, point: FloatArray, near: FloatArray | None) -> _Mark:
    frame = conditions.frame(point, near)
    return _Mark(point, frame, conditions.numbers(point, frame))


def _dips(marks: list[_Mark]) -> dict[int, list[float]]:
    """Shares of steps, by the number of the step, at which a number may have crossed zero and come back.

    They are where the parabola through three marks of one sign comes to less than `DIP` of the middle one.
    """
    shares: dict[int, list[float]] = defaultdict(list)
    lengths = [float(np.linalg.norm(high.point - low.point)) for low, high in pairwise(marks)]
    for i, (a, b) in enumerate(pairwise(lengths), 1):
        for before, here, after in zip(*(mark.numbers for mark in marks[i - 1 : i + 2]), strict=True):
            if not 0.0 < abs(here) <= min(before * np.sign(here), after * np.sign(here)) or min(a, b) == 0.0:
                continue
            bend = ((after - here) / b - (here - before) / a) / (a + b)
            slope = (after - here) / b - bend * b
            lowest, at = here - slope**2 / (4 * bend) if bend else here, -slope / (2 * bend) if bend else 0.0
            if lowest / here < DIP:
                shares[i if at >= 0.0 else i - 1].append(at / b if at >= 0.0 else 1.0 + at / a)
    return shares


def _inner(conditions: Conditions, low: _Mark, high: _Mark, shares: list[float]) -> list[_Mark]:
    """Marks at those shares of a step."""
    inner: list[_Mark] = []
    for share in shares:
        point = _on_chord(conditions, low, high, share)
        if point is not None:
            inner.append(_mark(conditions, point, (inner or [low])[-1].frame))
    return inner


def _between(conditions: Conditions, low: _Mark, high: _Mark, halvings: int) -> Iterator[Place]:
    """Points within a step, which is halved until there is one in each part, and divided again where one is found."""
    changed, is_sure = _changed(low, high), _are_aligned(low.frame, high.frame)
    if (is_sure and not changed) or np.array_equal(low.point, high.point):
        return
    if halvings == 0:
        yield from filter(None, [_crossing(conditions, low, high, index) for index in changed])
        return
    place = _crossing(conditions, low, high, changed[0]) if is_sure and len(changed) == 1 else None
    middle = _on_chord(conditions, low, high, 0.5) if place is None else place.point
    if middle is None:
        return
    mark = _mark(conditions, middle, low.frame)
    if place is not None:
        mark.numbers[changed[0]] = np.nan  # it is zero there, and has no sign
    yield from _between(conditions, low, mark, halvings - 1)
    yield from () if place is None else (place,)
    yield from _between(conditions, mark, high if is_sure else _mark(conditions, high.point, mark.frame), halvings - 1)


def _changed(low: _Mark, high: _Mark) -> list[int]:
    """Which numbers change sign from one mark to the other."""
    both = np.isfinite(low.numbers) & np.isfinite(high.numbers)
    return [int(index) for index in np.flatnonzero(both & ((low.numbers >= 0.0) != (high.numbers >= 0.0)))]


def _are_aligned(before: FloatArray, after: FloatArray) -> bool:
    """Whether no vector has turned so far that its direction is in doubt, and with it the signs."""
    return bool(((before * after).sum(axis=1) >= ALIGNED).all())


def _on_chord(conditions: Conditions, low: _Mark, high: _Mark, share: float) -> FloatArray | None:
    """Point of the curve beside a share of the chord between two marks."""
    chord = high.point - low.point
    return corrected(conditions.system, low.point + share * chord, chord / np.linalg.norm(chord))


def _crossing(conditions: Conditions, low: _Mark, high: _Mark, index: int) -> Place | None:
    """Where one number vanishes within the step."""
    before, after = low.numbers[index], high.numbers[index]
    chord = high.point - low.point
    place = located(conditions, conditions.kinds[index], low.point + before / (before - after) * chord, low.frame)
    if place is None:
        return None
    length = float(np.linalg.norm(chord))
    share = float((place.point - low.point) @ chord) / length**2
    aside = float(np.linalg.norm(place.point - low.point - share * chord))
    return place if -EDGE <= share <= 1.0 + EDGE and aside <= NEARBY * length else None


def _gradient(conditions: Conditions, point: FloatArray, frame: FloatArray, index: int) -> FloatArray:
    moves = DIFFERENCE * np.eye(len(point))
    ahead, behind = ([conditions.numbers(point + sign * move, frame)[index] for move in moves] for sign in (1.0, -1.0))
    return np.asarray((np.array(ahead) - np.array(behind)) / (2 * DIFFERENCE))
