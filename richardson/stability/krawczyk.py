"""Proof of one equilibrium in a box by Krawczyk's operator [1]_ [2]_.

K(X) = m − Y f(m) + (I − Y J(X)) (X − m), m the middle of the box X, J(X) balls that hold the Jacobian on X, Y any regular matrix.
Every zero of f in X lies in K(X); if K(X) lies in the interior of X, there is exactly one.

References
----------
.. [1] R. Krawczyk (1969), Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken, Computing 4, 187–201 (quoted from
   memory).
.. [2] A. Neumaier (1990), Interval Methods for Systems of Equations, section 5.1 (quoted from memory).
"""

from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat, ctx

from richardson.arrays import FloatArray
from richardson.compiled import balls
from richardson.stability.inertia import is_attracting_for_all
from richardson.stability.system import Bounds

FINE_BITS = 128  # of precision for the last enclosure: a double and its error
REFINEMENTS = 60  # images of images; at last each squares the width
SETTLED = 0.9999  # of the radius: an image that leaves more is as narrow as the rounding allows
WIDE = 1e-6  # of the widths: a zero that is not known better, at given parameters, is looked for in parts of its box
NEWTON_STEPS = 20
NARROW = (1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4)  # of the widths: boxes around the end of Newton's steps, from the smallest on
TINY = 1e-16  # of a state's scale: an enclosure of zero so narrow is zero; parameters are known to a little less
LARGEST_RADIUS, SHRINK, SMALLEST_RADIUS = 0.25, 0.25, 1e-10  # of the widths: boxes that are tried around a known root


@dataclass(frozen=True, eq=False)
class ProvedRoot:
    """A zero that is proved.

    Attributes
    ----------
    point : FloatArray
        Shape (d,): the middle of its enclosure, rounded.
    lower, upper : FloatArray
        Shape (d,): its enclosure.
    alone_lower, alone_upper : FloatArray
        Shape (d,): a box in which it is the only one.
    is_attracting : bool or None
        Signs of all eigenvalues' real parts, enclosed; None where they are not.
    """

    point: FloatArray
    lower: FloatArray
    upper: FloatArray
    alone_lower: FloatArray
    alone_upper: FloatArray
    is_attracting: bool | None

    def is_alone_in(self, lower: FloatArray, upper: FloatArray) -> bool:
        """Whether the box lies within the one in which this is the only zero."""
        return bool((self.alone_lower <= lower).all() and (upper <= self.alone_upper).all())


def image(enclosure: Bounds, box: list[arb]) -> list[arb] | None:
    """Krawczyk's image of a box, or None where it is not finite."""
    size = len(box)
    slopes = enclosure.jacobian(box)
    middle = np.array([float(entry.mid()) for entry in slopes.entries()]).reshape(size, size)
    if not np.isfinite(middle).all():
        return None
    try:
        inverse = np.linalg.inv(middle)
    except np.linalg.LinAlgError:
        return None
    centre = [ball.mid() for ball in box]
    values = enclosure.rates(centre, everywhere=True)
    preconditioner = arb_mat(size, size, inverse.ravel().tolist())
    offsets = arb_mat(size, 1, [ball - point for ball, point in zip(box, centre, strict=True)])
    spread = (arb_mat(size, size, 1) - preconditioner * slopes) * offsets - preconditioner * arb_mat(size, 1, values)
    found = [point + move for point, move in zip(centre, spread.entries(), strict=True)]
    return found if all(ball.is_finite() for ball in found) else None


def contracts(enclosure: Bounds, box: list[arb]) -> bool:
    """Whether the box is proved to hold exactly one zero."""
    found = image(enclosure, box)
    return found is not None and is_within(found, box) and enclosure.is_continuous(box)


def is_within(inner: list[arb], outer: list[arb]) -> bool:
    """Whether a box lies in the interior of another."""
    return all(large.contains_interior(small) for small, large in zip(inner, outer, strict=True))


def root_in(enclosure: Bounds, box: list[arb], scale: FloatArray) -> ProvedRoot | None:
    """The one zero of a box that is proved to hold one, enclosed as narrowly as doubles can tell; None where images do not narrow it."""
    alone_lower, alone_upper = np.array([balls.ends(ball) for ball in box]).T
    with ctx.workprec(FINE_BITS):
        fine = enclosure.anew()
        box = _refined(fine, _narrowed(fine, box, scale))
        if not enclosure.has_ranges and any(float(ball.rad()) > WIDE * width for ball, width in zip(box, scale, strict=True)):
            return None
        is_ruled_by_slopes = len(box) == 1 or fine.is_smooth(box)  # at a kink stable sides can make an unstable whole
        attracting = is_attracting_for_all(fine.jacobian(box), is_map=enclosure.model.kind == "map") if is_ruled_by_slopes else None
    lower, upper = np.array([balls.ends(ball) for ball in box]).T
    point = np.array([_rounded(ball, size) for ball, size in zip(box, scale, strict=True)])
    alone_lower, alone_upper = np.nextafter(alone_lower, np.inf), np.nextafter(alone_upper, -np.inf)  # their rounding was outwards
    return ProvedRoot(point, lower, upper, alone_lower, alone_upper, attracting)


def _refined(enclosure: Bounds, box: list[arb]) -> list[arb]:
    """The box shrunk by images until they shrink no more."""
    for _ in range(REFINEMENTS):
        found = image(enclosure, box)
        if found is None:
            break
        smaller = [new.intersection(old) for new, old in zip(found, box, strict=True)]
        has_settled = all(new.rad() >= SETTLED * old.rad() for new, old in zip(smaller, box, strict=True))
        box = smaller
        if has_settled:
            break
    return box


def _narrowed(enclosure: Bounds, box: list[arb], scale: FloatArray) -> list[arb]:
    """A small box in the one that holds one zero, proved to hold it too; the whole where Newton's steps do not lead to one."""
    point = [ball.mid() for ball in box]
    for _ in range(NEWTON_STEPS):
        moved = image(enclosure, point)  # of a box without width: Newton's step
        if moved is None or not all(large.contains(small) for small, large in zip(moved, box, strict=True)):
            return box
        point = [ball.mid() for ball in moved]
    for radius in NARROW:
        small = [centre + arb(0, radius * width) for centre, width in zip(point, scale.tolist(), strict=True)]
        if all(large.contains(part) for part, large in zip(small, box, strict=True)) and contracts(enclosure, small):
            return small
    return box


def root_near(enclosure: Bounds, point: FloatArray, scale: FloatArray) -> ProvedRoot | None:
    """The zero beside ``point``, shape (d,), proved in the largest box around it that proves it; None if no box does.

    ``scale`` (d,) holds the widths that boxes are measured by.
    """
    radius = LARGEST_RADIUS
    while radius >= SMALLEST_RADIUS:
        box = [balls.over(low, high) for low, high in zip(point - radius * scale, point + radius * scale, strict=True)]
        root = root_in(enclosure, box, scale) if contracts(enclosure, box) else None
        if root is not None:
            return root
        radius *= SHRINK
    return None


def _rounded(ball: arb, scale: float) -> float:
    if ball.contains(0) and float(ball.rad()) <= TINY * scale:
        return 0.0
    return float(ball.mid())
