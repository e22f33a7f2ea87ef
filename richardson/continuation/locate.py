"""Finding the special points of a curve: in which step each lies, apart from all others, and where exactly."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.arclength import Walk, corrected, tangent
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.branch_points import Crossing, crossing_near
from richardson.continuation.family import Family
from richardson.continuation.hopf import pair_near
from richardson.continuation.linearised import Signs, signs
from richardson.continuation.special_points import flip_near, fold_near

PARTINGS = 10  # halvings of a step in which more than one thing happens: a thousandth of it
HALVINGS = 14  # of a step in which a point lies: then it is none, or one that arithmetic does not resolve
NEARBY = 0.2  # of the step: a point farther aside from it is on another branch
EDGE = 1e-6  # of the step: rounding of a point that lies on one of its ends

EXPLAINED = {"turn": (1,), "crossing": (1,), "flip": (1,), "pair": (0, 2)}  # by how many the unstable eigenvalues may change


class Located(NamedTuple):
    """A special point and its place on a curve.

    ``step`` is the number of the step in which it lies, ``share`` how much of that step is before it, ``crossing`` the branches that
    meet there if it is a branch point.
    """

    step: int
    share: float
    point: SpecialPoint
    crossing: Crossing | None


class _Node(NamedTuple):
    """A point of the curve: how many steps lie before it, and the signs of its test functions."""

    position: float
    point: FloatArray
    tangent: FloatArray
    signs: dict[str, int]


def located(family: Family, curve: Walk) -> list[Located]:
    """Special points of a curve in order.

    Parameters
    ----------
    family : Family
    curve : Walk
    """
    every = _nodes(family, curve.points, curve.tangents, range(len(curve.points)))
    nodes = [every[0]]
    for low, high in pairwise(every):
        nodes += [*_parting(family, low, high, PARTINGS), high]
    found: list[Located] = []
    for test, refine in _refinements(family).items():
        for low, high in _changes(nodes, test):
            there = _between(family, low, high, test, refine)
            if there is not None:
                found.append(there)
    return sorted(found, key=lambda each: (each.step, each.share))


def _refinements(family: Family) -> dict[str, Callable[[FloatArray], SpecialPoint | Crossing | None]]:
    """How the point at which each test function changes is solved for."""
    refinements: dict[str, Callable[[FloatArray], SpecialPoint | Crossing | None]] = {
        "turn": lambda guess: fold_near(family, guess),
        "crossing": lambda guess: crossing_near(family, guess),
        "pair": lambda guess: pair_near(family, guess),
    }
    if family.is_map:
        refinements["flip"] = lambda guess: flip_near(family, guess)
    return refinements


def _nodes(family: Family, points: FloatArray, tangents: FloatArray, positions: Sequence[float]) -> list[_Node]:
    rows = zip(*signs(family, points, tangents), strict=True)
    named = [dict(zip(Signs._fields, map(int, row), strict=True)) for row in rows]
    return [_Node(*each) for each in zip(positions, points, tangents, named, strict=True)]


def _parting(family: Family, low: _Node, high: _Node, depth: int) -> list[_Node]:
    """Nodes between two that leave no more than one special point between neighbours."""
    if not depth or not _is_mixed(low.signs, high.signs):
        return []
    middle = _middle(family, low, high)
    if middle is None:
        return []
    return [*_parting(family, low, middle, depth - 1), middle, *_parting(family, middle, high, depth - 1)]


def _is_mixed(low: dict[str, int], high: dict[str, int]) -> bool:
    """Whether more than one special point, or one that no test function shows, lies between two nodes."""
    changed = [test for test in EXPLAINED if low[test] * high[test] < 0]
    if len(changed) > 1:
        return True
    if low["unstable"] < 0 or high["unstable"] < 0:
        return False
    return abs(high["unstable"] - low["unstable"]) not in (EXPLAINED[changed[0]] if changed else (0,))


def _middle(family: Family, low: _Node, high: _Node) -> _Node | None:
    """The node half-way along a step."""
    point = corrected(family, 0.5 * (low.point + high.point), low.tangent)
    if point is None:
        return None
    direction = tangent(family, point, low.tangent)
    return _nodes(family, point[None], direction[None], [0.5 * (low.position + high.position)])[0]


def _changes(nodes: list[_Node], test: str) -> list[tuple[_Node, _Node]]:
    """Neighbours between which a test function changes its sign, those where rounding decides it left out."""
    clear = [node for node in nodes if node.signs[test]]
    return [(low, high) for low, high in pairwise(clear) if low.signs[test] != high.signs[test]]


def _between(
    family: Family, low: _Node, high: _Node, test: str, refine: Callable[[FloatArray], SpecialPoint | Crossing | None]
) -> Located | None:
    """The special point between two nodes; the step is halved until Newton finds that one."""
    for _ in range(HALVINGS):
        share = low.tangent[-1] / (low.tangent[-1] - high.tangent[-1]) if test == "turn" else 0.5
        found = refine(low.point + share * (high.point - low.point))
        if found is not None:
            point, crossing = (found.point, found) if isinstance(found, Crossing) else (found, None)
            where = _share(family.scaled(point.state, float(np.asarray(point.value))), low.point, high.point)
            if where is not None:
                position = low.position + where * (high.position - low.position)
                step = int(np.clip(np.floor(position), 0, np.ceil(high.position) - 1))
                return Located(step, position - step, point, crossing)
        middle = _middle(family, low, high)
        if middle is None or not middle.signs[test]:
            return None
        if middle.signs[test] == low.signs[test]:
            low = middle
        else:
            high = middle
    return None


def _share(point: FloatArray, low: FloatArray, high: FloatArray) -> float | None:
    """How much of the step from ``low`` to ``high`` lies before ``point``; None if it is not on it."""
    move = high - low
    length = float(np.linalg.norm(move))
    share = float((point - low) @ move) / length**2
    aside = float(np.linalg.norm(point - low - share * move))
    return share if -EDGE <= share <= 1.0 + EDGE and aside <= NEARBY * length else None
