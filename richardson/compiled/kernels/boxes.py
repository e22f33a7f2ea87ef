"""Boxes of states: two rows, lower and upper corner."""

from __future__ import annotations

from numpy import sqrt

from richardson.arrays import FloatArray

CUT = 0.4887  # where a box is cut: off the middle, where zeros of symmetric models lie
WIDE = 64.0  # ratio of a box's ends above which it is cut at their geometric mean
TINY = 1e-9  # of its size, or of the floor: what is still undecided in a box so small stays so


def is_covered(low: FloatArray, high: FloatArray, alone: FloatArray, roots: int) -> bool:
    """Whether a box lies where a known zero is alone; it is trimmed where only one side juts out."""
    d = low.size
    for root in range(roots):
        outside, side = 0, 0
        for i in range(d):
            if low[i] < alone[root, 0, i] or high[i] > alone[root, 1, i]:
                outside += 1
                side = i
        if outside == 0:
            return True
        if outside == 1 and alone[root, 0, side] <= high[side] and low[side] <= alone[root, 1, side]:
            if low[side] >= alone[root, 0, side]:
                low[side] = alone[root, 1, side]
            elif high[side] <= alone[root, 1, side]:
                high[side] = alone[root, 0, side]
    return False


def is_in(point: FloatArray, alone: FloatArray, roots: int) -> bool:
    """Whether a point lies where a known zero is alone."""
    for root in range(roots):
        inside = True
        for i in range(point.size):
            inside = inside and alone[root, 0, i] <= point[i] <= alone[root, 1, i]
        if inside:
            return True
    return False


def is_beside(point: FloatArray, low: FloatArray, high: FloatArray, floor: FloatArray) -> bool:
    """Whether a point lies in a box or as near to it as the box is wide."""
    beside = True
    for i in range(point.size):
        reach = high[i] - low[i] + TINY * max(abs(point[i]), floor[i])
        beside = beside and low[i] - reach <= point[i] <= high[i] + reach
    return beside


def is_small(low: FloatArray, high: FloatArray, floor: FloatArray, share: float) -> bool:
    """Whether a box is narrow beside its own size."""
    small = True
    for i in range(low.size):
        small = small and high[i] - low[i] <= share * max(abs(low[i]), abs(high[i]), floor[i])
    return small


def cut(boxes: FloatArray, place: int, floor: FloatArray) -> None:
    """Cut a box in two across the side that is widest beside its size; both stand in its place and behind it."""
    d = boxes.shape[2]
    axis, widest, at = 0, -1.0, 0.0
    for i in range(d):
        low, high = boxes[place, 0, i], boxes[place, 1, i]
        size = max(abs(low), abs(high), floor[i])
        measure, middle = (high - low) / size, low + CUT * (high - low)
        if low > -floor[i] and high > WIDE * max(low, floor[i]):
            measure, middle = high / max(low, floor[i]), sqrt(max(low, floor[i]) * high)
        elif high < floor[i] and -low > WIDE * max(-high, floor[i]):
            measure, middle = -low / max(-high, floor[i]), -sqrt(max(-high, floor[i]) * -low)
        elif low <= -floor[i] and high >= floor[i] and high - low > WIDE * floor[i]:
            measure, middle = (high - low) / floor[i], -0.0127 * floor[i]
        if measure > widest and low < middle < high:
            axis, widest, at = i, measure, middle
    copy_box(boxes[place], boxes[place + 1])
    boxes[place, 1, axis] = at
    boxes[place + 1, 0, axis] = at


def copy_box(source: FloatArray, target: FloatArray) -> None:
    """Write one box over another."""
    for i in range(source.shape[1]):
        target[0, i], target[1, i] = source[0, i], source[1, i]
