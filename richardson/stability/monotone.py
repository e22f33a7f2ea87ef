"""Boxes from which every path provably goes to an equilibrium, where no state lowers the rate of another.

In a cooperative flow order is kept: x ≤ y componentwise at one time, and so ever after. If f(a) ≥ 0 and f(b) ≤ 0 the path from a
rises, that from b falls, and all paths from the box [a, b] stay between them [1]_. Both converge, to equilibria in the box; if it
holds exactly one, all converge to that. Of a map that rises in every state the same is true with f(a) ≥ a and f(b) ≤ b.

References
----------
.. [1] H. L. Smith (1995), Monotone Dynamical Systems, American Mathematical Society, chapter 3 (quoted from memory).
"""

from dataclasses import dataclass

import numpy as np
from flint import arb

from richardson.arrays import FloatArray
from richardson.compiled.bounds import Bounds
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.field import Field
from richardson.stability.domain import halves, pieces

CLOSE = (1e-8, 1e-6, 1e-4, 1e-2)  # of the window: how near to another equilibrium a corner lies
SHARES = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 1e-3)  # of the window: corners that are tried along the slowest direction
BOXES = 4_000  # on which signs of the Jacobian are looked at


@dataclass(frozen=True, eq=False)
class Rest:
    """What is known of the equilibria in a window: each lies in one of the boxes (n, d); the one in question is ``index``.

    Attributes
    ----------
    low, high : FloatArray
        Shape (n, d).
    index : int
    window : tuple of FloatArray
        Corners, shape (d,), of the box outside which nothing is known.
    """

    low: FloatArray
    high: FloatArray
    index: int
    window: tuple[FloatArray, FloatArray]

    def is_alone_in(self, low: FloatArray, high: FloatArray) -> bool:
        """Whether a box is known to hold the one in question and no other."""
        meets = ((self.low <= high) & (low <= self.high)).all(axis=1)
        holds = (low <= self.low[self.index]).all() and (self.high[self.index] <= high).all()
        return bool(holds and meets.sum() == 1 and (self.window[0] <= low).all() and (high <= self.window[1]).all())


def captured_boxes(enclosure: Enclosure, bounds: Bounds, rest: Rest) -> list[tuple[FloatArray, FloatArray]]:
    """Captured boxes (low, high), the largest that were found; none where the model is not seen to be cooperative."""
    field = Field.of(bounds.model)
    point = 0.5 * (rest.low[rest.index] + rest.high[rest.index])
    lower = [corner for corner in _corners(field, rest, point, -1) if _is_pushed(enclosure, corner, 1)]
    upper = [corner for corner in _corners(field, rest, point, 1) if _is_pushed(enclosure, corner, -1)]
    pairs = [(low, high) for low in lower for high in upper if rest.is_alone_in(low, high)]
    found: list[tuple[FloatArray, FloatArray]] = []
    for low, high in sorted(pairs, key=lambda pair: -float(np.prod(pair[1] - pair[0]))):
        if any((known[0] <= low).all() and (high <= known[1]).all() for known in found):
            continue
        if is_cooperative_on(bounds, low, high):
            found.append((low, high))
    return found


def is_cooperative_on(bounds: Bounds, low: FloatArray, high: FloatArray) -> bool:
    """Whether on all of a box no state lowers another's rate (of a map: any image), and rates are continuous with bounded slopes."""
    size = len(low)
    others = [(i, j) for i in range(size) for j in range(size) if i != j or bounds.model.kind == "map"]
    lows, highs = pieces(low, high)
    left = BOXES
    while len(lows):
        left -= len(lows)
        if left < 0:
            return False
        slopes = bounds.jacobian(lows, highs)
        passed = np.isfinite(sum(rate.low for rate in bounds.rates(lows, highs)))
        passed &= np.isfinite(sum(entry.low + entry.high for row in slopes for entry in row))
        for i, j in others:
            passed = passed & (slopes[i][j].low >= 0)
            if (slopes[i][j].high < 0).any():
                return False
        lows, highs = halves(lows[~passed], highs[~passed], high - low)
    return True


def _corners(field: Field, rest: Rest, point: FloatArray, side: int) -> list[FloatArray]:
    """Corners below (side −1) or above (1) the equilibrium: the window's, beside other equilibria, along its own slowest direction."""
    width = rest.window[1] - rest.window[0]
    found = [rest.window[0 if side < 0 else 1]]
    heading = _heading(field, point) * width
    away = (found[0] - point) * side
    share = float(min(away[heading > 0] / heading[heading > 0], default=0.0))
    found += [point + side * part * share * heading for part in SHARES if share > 0]
    for number, (low, high) in enumerate(zip(rest.low, rest.high, strict=True)):
        other = 0.5 * (low + high)
        if number != rest.index and (side * (other - point) >= 0).all():
            found += [other - side * part * _heading(field, other) * width for part in CLOSE]
    return [np.clip(corner, *rest.window) for corner in found]


def _heading(field: Field, point: FloatArray) -> FloatArray:
    """Absolute leading eigenvector of the Jacobian, shape (d,): of a cooperative model, towards which all components move together.

    Zeros where a slope is not finite, as that of a root at zero is not, and there is no such direction.
    """
    jacobian = field.jacobian(0.0, point)
    if not np.isfinite(jacobian).all():
        return np.zeros(len(point))
    values, vectors = np.linalg.eig(jacobian)
    heading = np.abs(vectors[:, int(np.argmax(values.real))])
    return np.asarray(heading / heading.max())


def _is_pushed(enclosure: Enclosure, corner: FloatArray, sign: int) -> bool:
    """Whether all rates at a point are proved to have that sign, or to be zero."""
    rates = enclosure.rates([arb(one) for one in corner.tolist()], everywhere=True)
    return all((sign * rate).lower() >= 0 for rate in rates)
