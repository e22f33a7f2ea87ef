"""Every zero of the rates in a box, proved, by branch and prune on balls.

A box is dropped when a rate keeps its sign on it or when Krawczyk's image misses it, proved to hold one zero when the image lies
within it, else shrunk to the image or cut in two. What is still undecided when boxes have become tiny, or when the budget is spent,
is reported as such.
"""

from dataclasses import dataclass, field

import numpy as np
from flint import arb, ctx

from richardson.arrays import FloatArray
from richardson.compiled import balls
from richardson.stability.certificate import UndecidedBox
from richardson.stability.krawczyk import ProvedRoot, image, is_within, root_in, root_near
from richardson.stability.newton import newton_step
from richardson.stability.system import Bounds, Equations
from richardson.stability.window import EDGE

BITS = 53  # of precision: ends of balls are then doubles, rounded outwards
SMALLEST_BOX = 1e-7  # of the window: what is undecided there is a multiple zero, or two that are closer than this
SHRUNK = 0.5  # of the volume: an image that leaves less is taken for a cut
GUESS_EVERY = 2  # cuts of each axis between attempts to find a zero that lies on the border between boxes
GUESS_STEPS = 10
REACH = 1e-2  # of the window, besides the box's own width, that such a zero may lie aside from the box
CUT = 0.4887  # where a box is cut: off the middle, where zeros of symmetric models lie
FLAT = 1e-9  # of the window: a side of no width, to which exact arithmetic shrinks it, holds no zero in its interior
CROWD = 256  # of boxes so small: a multiple zero leaves about ten, so this many follow a curve
APART = 1e-9  # of the window: undecided boxes nearer than this are reported as one


@dataclass(eq=False)
class _Search:
    """State of one branch and prune."""

    equations: Equations
    enclosure: Bounds
    roots: list[ProvedRoot] = field(default_factory=list)
    undecided: list[UndecidedBox] = field(default_factory=list)
    failures: list[FloatArray] = field(default_factory=list)  # zeros by Newton's steps that no box proves

    def knows(self, lower: FloatArray, upper: FloatArray) -> bool:
        """Whether a proved zero is known to be the only one in the box."""
        return any(root.is_alone_in(lower, upper) for root in self.roots)

    def add(self, root: ProvedRoot) -> None:
        """Keep a zero, unless it is one of those known; where that cannot be told the box of both is undecided."""
        for known in self.roots:
            if known.is_alone_in(root.lower, root.upper) or root.is_alone_in(known.lower, known.upper):
                return
            if ((known.lower <= root.upper) & (root.lower <= known.upper)).all():
                lower, upper = np.minimum(known.lower, root.lower), np.maximum(known.upper, root.upper)
                self.undecided.append(UndecidedBox(lower, upper, "one zero or two: their boxes overlap"))
                return
        self.roots.append(root)


def zeros(equations: Equations, enclosure: Bounds, budget: int) -> tuple[list[ProvedRoot], list[UndecidedBox]]:
    """All zeros in the closed box of the equations, and the boxes that may hold others.

    Parameters
    ----------
    equations : Equations
        With every state spanned.
    enclosure : Bounds
        Of the same model.
    budget : int
        Number of boxes that are looked at.

    Returns
    -------
    list of ProvedRoot
        Those of which the enclosure meets the box, whose borders are moved outwards by rounding.
    list of UndecidedBox
        Empty if there is no other zero in the box.
    """
    with ctx.workprec(BITS):
        return _zeros(_Search(equations, enclosure), budget)


def _zeros(search: _Search, budget: int) -> tuple[list[ProvedRoot], list[UndecidedBox]]:
    equations = search.equations
    slack = EDGE * np.maximum(equations.width, np.maximum(np.abs(equations.lower), np.abs(equations.upper)))
    first, last = equations.lower - slack, equations.upper + slack
    boxes = [(first, last, 0)]
    for _ in range(budget):
        if not boxes or len(search.undecided) > CROWD:
            break
        boxes += _pruned(search, *boxes.pop())
    left = (
        f"the budget of {budget} boxes was spent"
        if len(search.undecided) <= CROWD
        else "it was not looked at, because boxes so far undecided seem to follow a curve"
    )
    search.undecided += [UndecidedBox(low, high, left) for low, high, _ in boxes]
    found = [root for root in search.roots if (root.upper >= first).all() and (root.lower <= last).all()]
    return found, _joined(search.undecided, APART * equations.width)


def _pruned(search: _Search, lower: FloatArray, upper: FloatArray, cuts: int) -> list[tuple[FloatArray, FloatArray, int]]:
    """What remains of a box to be looked at."""
    if search.knows(lower, upper):
        return []
    box = [balls.over(low, high) for low, high in zip(lower, upper, strict=True)]
    if any(rate > 0 or rate < 0 for rate in search.enclosure.rates(box)):
        return []
    found = image(search.enclosure, box)
    if found is not None and not search.enclosure.is_continuous(box):  # a cancelled derivative may not see a pole or a jump
        found = None
    if found is not None:
        if not all(new.overlaps(old) for new, old in zip(found, box, strict=True)):
            return []
        root = root_in(search.enclosure, box, search.equations.width) if is_within(found, box) else None
        if root is not None:
            search.add(root)
            return []
        new_lower, new_upper = _common(found, lower, upper)
        if (new_lower > new_upper).any():  # they meet only where the ball is wider than the box
            return []
        flat = new_upper - new_lower < FLAT * search.equations.width
        room = np.where(flat, FLAT * search.equations.width, 0.0)
        new_lower, new_upper = np.maximum(lower, new_lower - room), np.minimum(upper, new_upper + room)
        old, new = upper - lower, new_upper - new_lower
        is_smaller = np.prod(np.divide(new, old, out=np.ones_like(old), where=old > 0.0)) < SHRUNK
        lower, upper = new_lower, new_upper
        if is_smaller:
            return [(lower, upper, cuts)]
    return _cut(search, lower, upper, cuts, is_regular=found is not None)


def _common(found: list[arb], lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Corners of the part that a box and its image share."""
    low, high = np.array([balls.ends(ball) for ball in found]).T
    return np.maximum(lower, low), np.minimum(upper, high)


def _cut(search: _Search, lower: FloatArray, upper: FloatArray, cuts: int, *, is_regular: bool) -> list[tuple[FloatArray, FloatArray, int]]:
    """Two halves of a box; none if a zero on its border is proved to be all, or if it has become too small."""
    shares = (upper - lower) / search.equations.width
    if shares.max() < SMALLEST_BOX:
        reason = "two zeros or more are closer than can be told, or it is a multiple one: the Jacobian may be singular in this box"
        outside = "the rates or their derivatives are unbounded or jump in this box"
        search.undecided.append(UndecidedBox(lower, upper, reason if is_regular or _has_slopes(search, lower, upper) else outside))
        return []
    if cuts and cuts % (GUESS_EVERY * len(lower)) == 0:
        root = _guessed(search, lower, upper)
        if root is not None:
            search.add(root)
            if search.knows(lower, upper):
                return []
    axis = int(np.argmax(shares))
    at = lower[axis] + CUT * (upper[axis] - lower[axis])
    left, right = upper.copy(), lower.copy()
    left[axis] = right[axis] = at
    return [(lower, left, cuts + 1), (right, upper, cuts + 1)]


def _has_slopes(search: _Search, lower: FloatArray, upper: FloatArray) -> bool:
    box = [balls.over(low, high) for low, high in zip(lower, upper, strict=True)]
    return search.enclosure.is_continuous(box) and all(entry.is_finite() for entry in search.enclosure.jacobian(box).entries())


def _guessed(search: _Search, lower: FloatArray, upper: FloatArray) -> ProvedRoot | None:
    """The zero that Newton's steps from the middle of a box reach, if it lies in or beside the box and is proved."""
    equations, point = search.equations, 0.5 * (lower + upper)
    reach = upper - lower + REACH * equations.width
    for _ in range(GUESS_STEPS):
        value, jacobian = equations.values_and_jacobian(point)
        if not (np.isfinite(value).all() and np.isfinite(jacobian).all()):
            return None
        point = point + newton_step(value, jacobian, equations)
        if not ((point >= lower - reach).all() and (point <= upper + reach).all()):
            return None
    if search.knows(point, point) or any((np.abs(point - known) < SMALLEST_BOX * equations.width).all() for known in search.failures):
        return None
    root = root_near(search.enclosure, point, equations.width)
    if root is None:
        search.failures.append(point)
    return root


def _joined(boxes: list[UndecidedBox], gap: FloatArray) -> list[UndecidedBox]:
    """Boxes that touch put into one that holds them."""
    joined: list[UndecidedBox] = []
    for box in boxes:
        current = box
        while True:
            touching = [other for other in joined if _touch(current, other, gap)]
            if not touching:
                break
            joined = [other for other in joined if other not in touching]
            for other in touching:
                lower, upper = np.minimum(current.lower, other.lower), np.maximum(current.upper, other.upper)
                current = UndecidedBox(lower, upper, current.reason)
        joined.append(current)
    return joined


def _touch(first: UndecidedBox, second: UndecidedBox, gap: FloatArray) -> bool:
    return first.reason == second.reason and bool(((first.lower <= second.upper + gap) & (second.lower <= first.upper + gap)).all())
