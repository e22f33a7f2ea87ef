"""What a curve does between the two ends of a step, taken for the cubic with their slopes."""

from typing import Protocol

import numpy as np

from richardson.arrays import FloatArray

SLACK = 1e-10  # a point so far outside lies on its border
DOUBT = 1e-2  # of a step, at most a sixteenth of that: how far a curve may lie from the cubic
FLAT = 1e-10  # slope: a curve along a border of the box, as of alignments at their limit, turns by rounding alone
LEVEL = 1e-7  # slope: so flat a curve may seem to turn twice where it only bends at high order


class Box(Protocol):
    """A closed box.

    Attributes
    ----------
    lower, upper : FloatArray
        Shape (n,): its corners; infinite where there is no bound.
    """

    @property
    def lower(self) -> FloatArray:
        """Lower corner of the box."""

    @property
    def upper(self) -> FloatArray:
        """Upper corner of the box."""


def is_inside(box: Box, point: FloatArray) -> bool:
    """Whether a point, shape (n,), lies in the box or on its border."""
    return bool((point >= box.lower - SLACK).all() and (point <= box.upper + SLACK).all())


def first_exit(box: Box, point: FloatArray, after: FloatArray, first: FloatArray, second: FloatArray) -> float:
    """Share of a step, both ends of which lie in the box, at which the curve turns back outside of it; 1 where it stays inside.

    Parameters
    ----------
    box : Box
    point, after : FloatArray
        Shape (n,): the ends of the step.
    first, second : FloatArray
        Shape (n,): the tangents there, as long as the step.

    Notes
    -----
    Where the curve comes too near a border to tell it is the share at which it comes nearest: a step cut to end there tells.
    """
    length = float(np.linalg.norm(first))
    turns = (first * second < 0.0) & (np.maximum(np.abs(first), np.abs(second)) > FLAT * length)
    if not turns.any():
        return 1.0
    rise, side = after - point, np.where(first < 0.0, -1.0, 1.0)
    bend, twist = 6.0 * rise - 4.0 * first - 2.0 * second, 3.0 * (first + second) - 6.0 * rise
    root = np.sqrt(np.maximum(bend**2 - 4.0 * twist * first, 0.0))
    rises = side * bend > 0.0  # at first, and then nothing must be taken from the root
    above, below = np.where(rises, root + side * bend, 2.0 * np.abs(first)), np.where(rises, -2.0 * side * twist, root - side * bend)
    shares = above / np.where(turns, below, 1.0)
    farthest = point + shares * (first + shares * (0.5 * bend + shares * twist / 3.0))
    room = SLACK - DOUBT * length * (shares * (1.0 - shares)) ** 2
    outside = turns & ((farthest < box.lower - room) | (farthest > box.upper + room))
    return float(shares[outside].min(initial=1.0))


def turns_twice(rise: float, first: float, second: float, step: float) -> bool:
    """Whether the cubic of this rise between these end slopes turns twice in between: two folds within one step."""
    if first * second <= 0.0 or max(abs(first), abs(second)) < LEVEL * step:
        return False
    bend, twist = 6 * rise - 4 * first - 2 * second, -6 * rise + 3 * first + 3 * second
    if twist == 0.0:
        return False
    middle = -bend / (2 * twist)
    return 0.0 < middle < 1.0 and (first + middle * (bend + middle * twist)) * first < 0.0
