"""Zero curves of a function of two variables, as polylines.

The function's sign is followed through a grid that reaches one cell beyond the box; crossings of the grid's lines are bisected
to the last digit and joined cell by cell; where a piece bends within a cell it is refined.
"""

from collections.abc import Callable, Iterator

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray

CELLS = 192  # along each side: closed curves smaller than half a per cent of the window can hide between nodes
BISECTIONS = 60  # a cell's side down to the last digit
JUMP = 1e-4  # relative: a sign change over which the function falls by less is a jump or a pole, not a zero
FLAT = 0.02  # relative to a chord: what the curve may bulge over it
SHORTEST = 1e-4  # of the box's sides: no finer chords
REFINEMENTS = 8
CORRECTIONS = 6  # Newton steps from a chord's middle onto the curve
SLOPE_STEP = 1e-6  # of the box's sides
REACHED = 1e-11  # of the box's sides: how close a corrected point comes to the curve
SNAP = 1e-12  # of the box's sides: rounding beyond the border

PlaneFunction = Callable[[FloatArray], FloatArray]


def zero_curves(function: PlaneFunction, lower: FloatArray, upper: FloatArray) -> list[FloatArray]:
    """Polylines on which a function vanishes in the closed box.

    Parameters
    ----------
    function : callable
        Takes points of shape (n, 2) to values of shape (n,); where it is not finite there is no curve.
    lower, upper : FloatArray
        Shape (2,): corners of the box.

    Returns
    -------
    list of FloatArray
        Shape (n, 2) each, n ≥ 2; first and last point are equal on a closed curve.
    """

    def scaled(points: FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            return function(lower + points * (upper - lower))

    ticks = np.arange(-1, CELLS + 2) / CELLS
    nodes = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)
    values = scaled(nodes.reshape(-1, 2)).reshape(nodes.shape[:2])
    points, across, along = _crossings(scaled, nodes, values)
    lines = [points[list(chain)] for chain in _chains(_segments(scaled, nodes, values, across, along))]
    lines = [piece for line in lines for piece in _within(line)]
    lines += _on_border(values, lines)
    refined = [piece for line in lines for piece in _within(_refined(scaled, line))]
    return [lower + line * (upper - lower) for line in refined]


def _crossings(function: PlaneFunction, nodes: FloatArray, values: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
    """Zeros on the grid's lines (n, 2), and their numbers by edge: along axis 0 and along axis 1; −1 where there is none."""
    numbers: list[IntArray] = []
    points: list[FloatArray] = []
    count = 0
    for axis in (0, 1):
        first, second = (slice(None, -1), slice(None)), (slice(1, None), slice(None))
        ahead, behind = (second, first) if axis == 0 else (second[::-1], first[::-1])
        changes = _sign_changes(values[behind], values[ahead])
        found, is_zero = _bisected(function, nodes[behind][changes], nodes[ahead][changes])
        number = np.full(changes.shape, -1, dtype=np.int64)
        places = np.argwhere(changes)[is_zero]
        number[tuple(places.T)] = count + np.arange(len(places))
        count += len(places)
        points.append(found[is_zero])
        numbers.append(number)
    return np.concatenate(points), numbers[0], numbers[1]


def _sign_changes(first: FloatArray, second: FloatArray) -> BoolArray:
    changes: BoolArray = np.isfinite(first) & np.isfinite(second) & ((first >= 0) != (second >= 0))
    return changes


def _bisected(function: PlaneFunction, left: FloatArray, right: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Point of each edge where the sign changes, shape (n, 2), and whether it is a zero."""
    start, end = function(left), function(right)
    size = np.maximum(np.abs(start), np.abs(end))
    is_positive = start >= 0
    for _ in range(BISECTIONS):
        middle = 0.5 * (left + right)
        same = (function(middle) >= 0) == is_positive
        left = np.where(same[:, np.newaxis], middle, left)
        right = np.where(same[:, np.newaxis], right, middle)
    near, far = function(left), function(right)
    point = np.where((np.abs(near) <= np.abs(far))[:, np.newaxis], left, right)
    largest = np.maximum(np.abs(near), np.abs(far))  # on both sides of the last digit, so that a jump through zero is one
    return point, np.asarray(largest <= JUMP * size)


def _segments(function: PlaneFunction, nodes: FloatArray, values: FloatArray, across: IntArray, along: IntArray) -> list[tuple[int, int]]:
    """Pairs of crossings joined within a cell; where four meet the sign in the cell's middle decides."""
    sides = np.stack([across[:, :-1], along[1:, :], across[:, 1:], along[:-1, :]], axis=-1)  # bottom, right, top, left
    count = (sides >= 0).sum(axis=-1)
    pairs = [tuple(int(number) for number in cell if number >= 0) for cell in sides[count == 2]]
    full = np.argwhere(count == 4)
    if len(full):
        middle = 0.5 * (nodes[full[:, 0], full[:, 1]] + nodes[full[:, 0] + 1, full[:, 1] + 1])
        joined = (function(middle) >= 0) == (values[full[:, 0], full[:, 1]] >= 0)
        for (i, j), is_joined in zip(full, joined, strict=True):
            bottom, right, top, left = (int(number) for number in sides[i, j])
            pairs += [(bottom, right), (left, top)] if is_joined else [(bottom, left), (right, top)]
    return [(pair[0], pair[1]) for pair in pairs]


def _chains(segments: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Longest chains of segments; a closed one ends where it began."""
    beside: dict[int, list[int]] = {}
    for first, second in segments:
        beside.setdefault(first, []).append(second)
        beside.setdefault(second, []).append(first)
    unused = {frozenset(segment) for segment in segments}
    ends = [point for point, others in beside.items() if len(others) == 1]
    for start in [*ends, *beside]:
        chain = [start]
        while True:
            onward = [other for other in beside[chain[-1]] if frozenset((chain[-1], other)) in unused]
            if not onward:
                break
            unused.discard(frozenset((chain[-1], onward[0])))
            chain.append(onward[0])
        if len(chain) > 1:
            yield chain


def _within(line: FloatArray) -> Iterator[FloatArray]:
    """Pieces of a polyline in the closed unit square, rounding snapped onto the border, repeated points dropped."""
    inside = np.asarray(((line >= -SNAP) & (line <= 1 + SNAP)).all(axis=1))
    breaks = np.flatnonzero(np.diff(inside.astype(np.int64))) + 1
    for piece, is_inside in zip(np.split(line, breaks), inside[np.r_[0, breaks]], strict=True):
        if not is_inside:
            continue
        snapped = np.where(np.abs(piece) <= SNAP, 0.0, np.where(np.abs(piece - 1) <= SNAP, 1.0, piece))
        moves = np.r_[True, np.abs(np.diff(snapped, axis=0)).max(axis=1) > SNAP]
        if moves.sum() >= 2:
            kept = snapped[moves]
            if np.abs(snapped[0] - snapped[-1]).max() <= SNAP and len(kept) > 2:
                kept[-1] = kept[0]
            yield kept


def _on_border(values: FloatArray, lines: list[FloatArray]) -> list[FloatArray]:
    """Stretches of the border on which the function is exactly zero, unless they were found already.

    Beyond the border the function may be undefined or have the same sign, so no sign change shows these.
    """
    inner = values[1:-1, 1:-1]
    if not inner.any():
        return []
    ticks = np.arange(CELLS + 1) / CELLS
    found = []
    for axis, side in ((0, 0), (0, 1), (1, 0), (1, 1)):
        on_side = np.take(inner, -side, axis=axis) == 0
        beside = np.take(inner, 1 - 3 * side, axis=axis) == 0
        zero = np.flatnonzero(on_side & ~beside)  # where the function vanishes on an area its edge is found by sign
        for run in np.split(zero, np.flatnonzero(np.diff(zero) > 1) + 1):
            if len(run) < 3:
                continue
            line = np.full((len(run), 2), float(side))
            line[:, 1 - axis] = ticks[run]
            middle = line[len(run) // 2]
            if not any(np.abs(known - middle).max(axis=1).min() <= SNAP for known in lines):
                found.append(line)
    return found


def _refined(function: PlaneFunction, line: FloatArray) -> FloatArray:
    """The polyline with points of the curve put in wherever it bulges over a chord."""
    for _ in range(REFINEMENTS):
        first, second = line[:-1], line[1:]
        length = np.linalg.norm(second - first, axis=1)
        chords = np.flatnonzero(length > SHORTEST)
        middle = 0.5 * (first + second)[chords]
        corrected, has_arrived = _onto(function, middle)
        bulge = np.linalg.norm(corrected - middle, axis=1)
        wanted = has_arrived & (bulge > FLAT * length[chords]) & (bulge < length[chords])
        if not wanted.any():
            break
        line = np.insert(line, chords[wanted] + 1, corrected[wanted], axis=0)
    return line


def _onto(function: PlaneFunction, points: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Points moved onto the curve along the gradient, and whether they arrived."""
    moved = points
    shift = np.full(len(points), np.inf)
    for _ in range(CORRECTIONS):
        slope = np.stack([(function(moved + step) - function(moved - step)) / (2 * SLOPE_STEP) for step in SLOPE_STEP * np.eye(2)], axis=-1)
        square = (slope**2).sum(axis=-1)
        with np.errstate(all="ignore"):
            step = (function(moved) / square)[:, np.newaxis] * slope
        step = np.nan_to_num(step, posinf=0.0, neginf=0.0)
        moved = moved - step
        shift = np.linalg.norm(step, axis=1)
    return moved, np.isfinite(moved).all(axis=1) & (shift <= REACHED) & (np.abs(function(moved)) >= 0)
