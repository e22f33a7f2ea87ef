"""Orbits of a plane spread evenly over a window, each one whole piece, for drawing the flow."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, hypot
from typing import NamedTuple

import numpy as np

from richardson.arrays import FloatArray

SPACINGS = (1 / 9, 1 / 18)  # widths between orbits: enough for a small picture, and for one column of a page
CLOSER = 0.45  # of the spacing: how near an orbit may come to another before it ends; lower would crowd, higher break it up
SHORTEST = 1.5  # spacings: a shorter orbit says less than the gap that it fills
LONGEST = 6.0  # widths, each way from its seed
STEP, SMALLEST_STEP = 1 / 80, 1e-4  # widths: a chord of that length looks like the curve; if the smallest misses, it is at rest
MOST_STEPS = 4_000  # each way: eight times as many as the longest orbit of whole steps takes
TOLERANCE = 1e-6  # widths, error of a step across the curve: hundreds of steps stay below a hair's breadth
CLOSED = 1e-3  # widths: an orbit that comes back that near its seed is closed
SWEEP = 0.5  # of the spacing, between places where gaps are looked for

Place = tuple[float, float]
Heading = Callable[[float, float], Place | None]


@dataclass(frozen=True, eq=False)
class FlowCurve:
    """A piece of an orbit in a plane of states.

    Attributes
    ----------
    path : FloatArray
        Shape (n, 2), columns in the order of the window's spans, in the direction of motion.
    spacing : float
        Widths of the window that it keeps from the curves before it. Small pictures leave out those of small spacing.
    """

    path: FloatArray
    spacing: float


def evenly_spaced(heading: Heading, given: Sequence[FloatArray] = ()) -> list[tuple[FloatArray, float]]:
    """Orbits of the unit square, evenly spaced, and the spacing of each, the widest first.

    Parameters
    ----------
    heading : callable
        Unit vector of the motion at a place of the square; None where nothing moves or is known.
    given : sequence of FloatArray
        Shape (n, 2) each: curves that are there already, such as separatrices. The orbits keep away from them and line up with them.

    Returns
    -------
    list of (FloatArray, float)
        Orbits, shape (n, 2), in the direction of motion. Each ends at the border, at rest, where it closes, or where it comes
        within `CLOSER` spacings of another curve or of its own earlier course, or after `LONGEST` widths.

    Notes
    -----
    After Jobard and Lefer (1997) [1]_: each curve offers places beside it, one spacing away, as seeds of the next; where none is
    left, a sweep over the square looks for gaps. Curves of a wide spacing come first and finer ones between them, so that either
    set is even.

    References
    ----------
    .. [1] B. Jobard, W. Lefer, "Creating evenly-spaced streamlines of arbitrary density", *Visualization in Scientific
       Computing '97*, 43–55, 1997.
    """
    crowd = _Crowd(SPACINGS[-1])
    for curve in given:
        crowd.add(_thinned(curve))
    known = [_thinned(curve) for curve in given]
    found: list[tuple[FloatArray, float]] = []
    for spacing in SPACINGS:
        parents = deque([*known, *(path for path, _ in found)])
        for seed in _seeds(parents, crowd, spacing):
            orbit = _orbit(heading, seed, crowd, CLOSER * spacing)
            if orbit is not None and _length(orbit) >= SHORTEST * spacing:
                crowd.add(orbit)
                parents.append(orbit)
                found.append((orbit, spacing))
    return found


class _Crowd:
    """Points of all curves so far, in cells, with the place of each along its curve."""

    def __init__(self, size: float) -> None:
        self.size = size
        self.cells: dict[tuple[int, int], list[tuple[float, float, float]]] = {}

    def add(self, curve: FloatArray) -> None:
        for x, y in curve.tolist():
            self.put(x, y, 0.0)

    def put(self, x: float, y: float, along: float) -> None:
        self.cells.setdefault((int(x / self.size), int(y / self.size)), []).append((x, y, along))

    def near(self, x: float, y: float, distance: float) -> Iterator[float]:
        """Places along their curves of all points within a distance."""
        reach, column, row = ceil(distance / self.size), int(x / self.size), int(y / self.size)
        for i in range(column - reach, column + reach + 1):
            for j in range(row - reach, row + reach + 1):
                for other_x, other_y, along in self.cells.get((i, j), ()):
                    if (other_x - x) ** 2 + (other_y - y) ** 2 < distance**2:
                        yield along

    def is_near(self, x: float, y: float, distance: float) -> bool:
        return next(self.near(x, y, distance), None) is not None


def _seeds(parents: deque[FloatArray], crowd: _Crowd, spacing: float) -> Iterator[Place]:
    """Free places one spacing beside the curves, which grow in number as seeds are used, then in what gaps are left."""
    count = ceil(1.0 / (SWEEP * spacing))
    ticks = sorted(((k + 0.5) / count for k in range(count)), key=lambda tick: abs(tick - 0.5))  # the middle first
    gaps = ((x, y) for x in ticks for y in ticks)
    while True:
        while parents:
            for x, y in _beside(parents.popleft(), spacing):
                if 0.0 < x < 1.0 and 0.0 < y < 1.0 and not crowd.is_near(x, y, spacing):
                    yield x, y
        gap = next(((x, y) for x, y in gaps if not crowd.is_near(x, y, spacing)), None)
        if gap is None:
            return
        yield gap


def _beside(curve: FloatArray, distance: float) -> list[Place]:
    """Places on both sides of the chords of a curve."""
    chords = np.diff(curve, axis=0)
    lengths = np.hypot(*chords.T)
    across = np.column_stack((-chords[:, 1], chords[:, 0]))[lengths > 0] / lengths[lengths > 0, np.newaxis]
    middles = (0.5 * (curve[1:] + curve[:-1]))[lengths > 0]
    shift = distance * (1.0 + 1e-9) * across
    places: list[Place] = [(x, y) for pair in zip((middles + shift).tolist(), (middles - shift).tolist(), strict=True) for x, y in pair]
    return places


class _Half(NamedTuple):
    """An orbit from its seed, one way."""

    points: list[Place]
    is_closed: bool


def _orbit(heading: Heading, seed: Place, crowd: _Crowd, closest: float) -> FloatArray | None:
    """The orbit through a place, until it has to end both ways; None if nothing moves there."""
    if heading(*seed) is None:
        return None
    own = _Crowd(crowd.size)
    own.put(*seed, 0.0)
    after = _follow(heading, seed, 1.0, (crowd, own), closest)
    if after.is_closed:
        return np.array([seed, *after.points, seed])
    before = _follow(heading, seed, -1.0, (crowd, own), closest)
    return np.array([*before.points[::-1], seed, *after.points])


def _follow(heading: Heading, seed: Place, way: float, crowds: tuple[_Crowd, _Crowd], closest: float) -> _Half:
    """The orbit forwards or backwards, by length."""
    others, own = crowds
    points: list[Place] = []
    (x, y), along, step = seed, 0.0, STEP
    for _ in range(MOST_STEPS):
        if abs(along) >= LONGEST:
            break
        taken = _step(heading, x, y, way * step)
        if taken is None:
            if step < SMALLEST_STEP:
                break
            step *= 0.25
            continue
        (new_x, new_y), error = taken
        if error > TOLERANCE and step > SMALLEST_STEP:
            step *= max(0.2, 0.8 * (TOLERANCE / error) ** (1 / 3))
            continue
        if error > TOLERANCE:
            break
        if not (0.0 <= new_x <= 1.0 and 0.0 <= new_y <= 1.0):
            points.append(_at_border(x, y, new_x, new_y))
            break
        if abs(along) > 4 * closest and _passes(seed, (x, y), (new_x, new_y)) < CLOSED:
            return _Half(points, True)
        along += way * step
        if others.is_near(new_x, new_y, closest) or any(_is_earlier(other, along, closest) for other in own.near(new_x, new_y, closest)):
            break
        own.put(new_x, new_y, along)
        points.append((new_x, new_y))
        x, y = new_x, new_y
        step = min(STEP, step * min(4.0, 0.8 * (TOLERANCE / max(error, 1e-15)) ** (1 / 3)))
    return _Half(points, False)


def _is_earlier(other: float, along: float, closest: float) -> bool:
    """Whether a near place of the same orbit is another turn of it; not one about the seed, where it may yet close."""
    return abs(along - other) > 3 * closest and abs(other) > 2 * closest


def _step(heading: Heading, x: float, y: float, step: float) -> tuple[Place, float] | None:
    """One step of Bogacki and Shampine's third-order pair, and its error; None if it meets a place of rest."""
    first = heading(x, y)
    if first is None:
        return None
    second = heading(x + step / 2 * first[0], y + step / 2 * first[1])
    if second is None:
        return None
    third = heading(x + 3 * step / 4 * second[0], y + 3 * step / 4 * second[1])
    if third is None:
        return None
    new_x = x + step / 9 * (2 * first[0] + 3 * second[0] + 4 * third[0])
    new_y = y + step / 9 * (2 * first[1] + 3 * second[1] + 4 * third[1])
    last = heading(new_x, new_y)
    if last is None:
        return None
    error_x, error_y = (step / 72 * (-5 * a + 6 * b + 8 * c - 9 * d) for a, b, c, d in zip(first, second, third, last, strict=True))
    return (new_x, new_y), hypot(error_x, error_y)


def _at_border(x: float, y: float, new_x: float, new_y: float) -> Place:
    """Where a step leaves the square."""
    shares = [1.0]
    for old, new in ((x, new_x), (y, new_y)):
        limit = min(max(new, 0.0), 1.0)
        if limit != new:
            shares.append((limit - old) / (new - old))
    share = min(shares)
    return min(max(x + share * (new_x - x), 0.0), 1.0), min(max(y + share * (new_y - y), 0.0), 1.0)


def _passes(place: Place, start: Place, end: Place) -> float:
    """Distance of a place from the chord of a step; infinite if the step does not pass it."""
    chord_x, chord_y = end[0] - start[0], end[1] - start[1]
    length = hypot(chord_x, chord_y)
    to_x, to_y = place[0] - start[0], place[1] - start[1]
    along = (to_x * chord_x + to_y * chord_y) / length
    return abs(to_x * chord_y - to_y * chord_x) / length if 0.0 <= along <= length else float("inf")


def _thinned(curve: FloatArray) -> FloatArray:
    """A curve with points about a step apart, and its ends."""
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(curve, axis=0).T)))
    count = max(2, ceil(along[-1] / STEP) + 1)
    places = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(places, along, column) for column in curve.T])


def _length(curve: FloatArray) -> float:
    return float(np.hypot(*np.diff(curve, axis=0).T).sum())
