"""Which attractor at one parameter value is which at the next: along branches of equilibria, else by distance."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from richardson.arrays import FloatArray
from richardson.continuation.diagram import Diagram
from richardson.landscape.attractors import Attractor

ON_BRANCH = 1e-2  # of the span and the scale: distance of an equilibrium from the polygon of its branch
ALIKE = 0.2  # scales: mean distance of attractors at neighbouring values that are one

Stretch = tuple[int, int]  # number of a branch and of a stretch of one stability on it


class Identities:
    """Gives every attractor a number that it keeps along the parameter.

    Parameters
    ----------
    diagram : Diagram
        An equilibrium on a stable stretch of one of its branches is the same all along that stretch.
    scale : FloatArray
        Shape (d,): what counts as a distance of one.

    Attributes
    ----------
    count : int
        Numbers given so far.
    """

    def __init__(self, diagram: Diagram, scale: FloatArray) -> None:
        self._span = diagram.span[1] - diagram.span[0]
        self._scale = scale
        self._stretches = _stable_stretches(diagram)
        self._known: dict[Stretch, int] = {}
        self._before: list[tuple[Attractor, int]] = []
        self.count = 0

    def of(self, value: float, attractors: Sequence[Attractor]) -> list[int]:
        """Numbers of the attractors at the next parameter value, in their order."""
        stretches = [self._stretch(value, each) for each in attractors]
        numbers = [self._known.get(stretch, -1) if stretch is not None else -1 for stretch in stretches]
        self._match(attractors, numbers, stretches)
        for position, stretch in enumerate(stretches):
            if numbers[position] < 0:
                numbers[position] = self.count
                self.count += 1
            if stretch is not None:
                self._known.setdefault(stretch, numbers[position])
        self._before = list(zip(attractors, numbers, strict=True))
        return numbers

    def _stretch(self, value: float, attractor: Attractor) -> Stretch | None:
        """The stable stretch on which an equilibrium lies."""
        if attractor.equilibrium is None or not self._stretches:
            return None
        place = np.append(value / self._span, attractor.states[0] / self._scale)
        apart = {
            stretch: _distance(place, np.column_stack([values / self._span, states / self._scale]))
            for stretch, (values, states) in self._stretches.items()
        }
        nearest = min(apart, key=lambda stretch: apart[stretch])
        return nearest if apart[nearest] <= ON_BRANCH else None

    def _match(self, attractors: Sequence[Attractor], numbers: list[int], stretches: Sequence[Stretch | None]) -> None:
        """Give those without a number that of the nearest one before, as long as they may be one."""
        missing = [position for position, number in enumerate(numbers) if number < 0]
        free = [(each, number) for each, number in self._before if number not in numbers]
        if not missing or not free:
            return
        apart = np.full((len(missing), len(free)), np.inf)
        held = set(self._known.values())
        for row, position in enumerate(missing):
            for column, (each, number) in enumerate(free):
                is_elsewhere = stretches[position] is not None and number in held  # both lie on stretches, and on different ones
                if not is_elsewhere and (each.equilibrium is None) == (attractors[position].equilibrium is None):
                    apart[row, column] = max(self._gap(each, attractors[position]), self._gap(attractors[position], each))
        rows, columns = linear_sum_assignment(np.where(apart <= ALIKE, apart, 1.0 + ALIKE * len(missing)))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if apart[row, column] <= ALIKE:
                numbers[missing[row]] = free[column][1]

    def _gap(self, one: Attractor, other: Attractor) -> float:
        """Mean distance, in the state where it is largest, of the points of one from the nearest of the other, in scales."""
        scale = np.maximum(self._scale, np.abs(one.states).max(axis=0))  # outside the window its own size counts
        gaps = (one.states[:, np.newaxis] - other.states[np.newaxis]) / scale
        return float(np.abs(gaps).max(axis=2).min(axis=1).mean())


def _stable_stretches(diagram: Diagram) -> dict[Stretch, tuple[FloatArray, FloatArray]]:
    """Values (k,) and states (k, d) of every stable stretch, with the points before and after it."""
    found: dict[Stretch, tuple[FloatArray, FloatArray]] = {}
    for number, branch in enumerate(diagram):
        edges = [0, *(np.flatnonzero(branch.is_stable[1:] != branch.is_stable[:-1]) + 1).tolist(), len(branch)]
        for stretch, (first, last) in enumerate(pairwise(edges)):
            if branch.is_stable[first]:
                rows = slice(max(first - 1, 0), last + 1)
                found[number, stretch] = branch.values[rows], branch.states[rows]
    return found


def _distance(place: FloatArray, curve: FloatArray) -> float:
    """Of a point (k,) from a polygon (n, k)."""
    if len(curve) == 1:
        return float(np.linalg.norm(place - curve[0]))
    pieces = np.diff(curve, axis=0)
    squares = np.maximum((pieces**2).sum(axis=1), np.finfo(np.float64).tiny)
    shares = np.clip(((place - curve[:-1]) * pieces).sum(axis=1) / squares, 0.0, 1.0)
    return float(np.linalg.norm(curve[:-1] + shares[:, np.newaxis] * pieces - place, axis=1).min())
