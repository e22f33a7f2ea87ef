"""Where paths may be: the states' bounds, which of them no path crosses, and how far from the window a proof looks."""

from dataclasses import dataclass
from itertools import product
from math import ceil

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled import balls
from richardson.compiled.bounds import Bounds
from richardson.compiled.enclosure import Enclosure
from richardson.stability.window import Window

PIECES = 256  # of a side, or of the box, on which rates are bounded
AROUND = 0.5  # of the window's width that a proof looks beyond the window


@dataclass(frozen=True, eq=False)
class Domain:
    """The box that proofs are about.

    Attributes
    ----------
    lower, upper : FloatArray
        Shape (d,): corners of the box, within the states' bounds and the bound beyond which a path has escaped.
    is_open_below, is_open_above : BoolArray
        Shape (d,): that side may be crossed by paths from within, so that a captured set must keep off it. Of other sides it
        is proved that no path from within crosses them.
    width : FloatArray
        Shape (d,): of the window.
    """

    lower: FloatArray
    upper: FloatArray
    is_open_below: BoolArray
    is_open_above: BoolArray
    width: FloatArray

    def cut(self, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The part of a box (d,) in the domain."""
        return np.maximum(low, self.lower), np.minimum(high, self.upper)

    def reach(self, centre: FloatArray, extent: FloatArray) -> float:
        """By which factor a half-width (d,) about a centre may grow without touching an open side."""
        below, above = (centre - self.lower) / extent, (self.upper - centre) / extent
        return float(min(below[self.is_open_below].min(initial=np.inf), above[self.is_open_above].min(initial=np.inf)))


def domain_of(enclosure: Enclosure, bounds: Bounds, window: Window, bound: float) -> Domain:
    """The window with half its width more on all sides, cut off by the states' bounds and by ``bound``."""
    model = enclosure.model
    lower, upper = window.box(model)
    width = upper - lower
    walls = (np.array([state.lower for state in model.states]), np.array([state.upper for state in model.states]))
    lower = np.maximum(np.maximum(lower - AROUND * width, walls[0]), -bound)
    upper = np.minimum(np.minimum(upper + AROUND * width, walls[1]), bound)
    is_shut = _kept_by_image if model.kind == "map" else _kept_by_flow
    below, above = np.ones(len(width), dtype=bool), np.ones(len(width), dtype=bool)
    for place in range(len(width)):
        below[place] = lower[place] != walls[0][place] or not is_shut(enclosure, bounds, (lower, upper), place, 1)
        above[place] = upper[place] != walls[1][place] or not is_shut(enclosure, bounds, (lower, upper), place, -1)
    return Domain(lower, upper, below, above, width)


def _kept_by_flow(enclosure: Enclosure, bounds: Bounds, box: tuple[FloatArray, FloatArray], place: int, inwards: int) -> bool:
    """Whether the flow does not leave the box through one side: the rate there is zero or points inwards."""
    low, high = box[0].copy(), box[1].copy()
    low[place] = high[place] = box[0 if inwards == 1 else 1][place]
    whole = enclosure.rates([balls.over(*ends) for ends in zip(low, high, strict=True)], everywhere=True)
    if (inwards * whole[place]).lower() >= 0:
        return True
    rate = bounds.rates(*pieces(low, high))[place]
    return bool((rate.low >= 0).all() if inwards == 1 else (rate.high <= 0).all())


def _kept_by_image(enclosure: Enclosure, bounds: Bounds, box: tuple[FloatArray, FloatArray], place: int, inwards: int) -> bool:
    """Whether the map takes no state of the box beyond one side."""
    image = bounds.rates(*pieces(*box))[place]
    return bool((image.low >= box[0][place]).all() if inwards == 1 else (image.high <= box[1][place]).all())


def pieces(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A box in some `PIECES` equal ones, corners of shape (n, d)."""
    spanned = np.flatnonzero(high > low)
    count = ceil(PIECES ** (1 / max(len(spanned), 1)))
    edges = [np.linspace(a, b, count + 1) if b > a else np.array([a, a]) for a, b in zip(low, high, strict=True)]
    lows = np.array(list(product(*(edge[:-1] for edge in edges))))
    return lows, np.array(list(product(*(edge[1:] for edge in edges))))


def halves(low: FloatArray, high: FloatArray, unit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Boxes (n, d) cut in two along the side that is longest in units (d,)."""
    rows, axis = np.arange(len(low)), np.argmax((high - low) / unit, axis=1)
    middle = 0.5 * (low + high)[rows, axis]
    below, above = high.copy(), low.copy()
    below[rows, axis] = above[rows, axis] = middle
    return np.concatenate([low, above]), np.concatenate([below, high])
