"""The nearest value of a quantity at which an answer changes, from the places where it may."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import inf, nan

Answer = Callable[[float], str | None]

BESIDE = 1e-3  # of the way to the next place: where an answer beside a place is asked
BISECTED = 1e-9  # of the reach: how exactly a change that no place explains is located


def nearest_change(answer: Answer, now: float, reach: float, places: Iterable[float]) -> float:
    """The value nearest to ``now`` at which the answer changes; infinite if it does not within the reach, NaN if that is not known.

    Parameters
    ----------
    answer : callable
        Answer at a value; None where it cannot be given.
    now, reach : float
        How far is looked on either side.
    places : iterable of float
        Known exactly, where the answer may change. A change elsewhere is seen only where it lasts to one of three values between
        two places, and then bisected.
    """
    present = answer(now)
    if present is None:
        return nan
    known = sorted(places)
    ends = [_first(answer, present, now, _ahead(known, now, side * reach)) for side in (1.0, -1.0)]
    return min(ends, key=lambda one: abs(one[0] - now))[1]


def _ahead(known: list[float], now: float, way: float) -> list[float]:
    """Places from now on in one direction, in order, and the end of the reach."""
    there = [place for place in known if 0.0 < (place - now) / way < 1.0]
    return [now, *(there if way > 0.0 else reversed(there)), now + way]


def _first(answer: Answer, present: str, now: float, places: list[float]) -> tuple[float, float]:
    """Where along the places the answer first changes or is not known, and what to say of it."""
    before = now
    for near, far in pairwise(places):
        for share in (BESIDE, 0.5, 1.0 - BESIDE):
            value = near + share * (far - near)
            then = answer(value)
            if then is None:
                return before, nan
            if then != present:
                border = near if share == BESIDE and near != now else _bisected(answer, present, before, value)
                return (before if border is None else border), (nan if border is None else border)
            before = value
    return inf, inf


def _bisected(answer: Answer, present: str, same: float, other: float) -> float | None:
    """Between a value with the present answer and one with another; None where some answer in between is not known."""
    width = BISECTED * abs(other - same)
    while abs(other - same) > width:
        middle = 0.5 * (same + other)
        then = answer(middle)
        if then is None:
            return None
        same, other = (middle, other) if then == present else (same, middle)
    return 0.5 * (same + other)
