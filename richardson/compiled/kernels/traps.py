"""Whether a path has been caught: sets that it can leave no more, and cells of an attractor in which it has stayed for long.

Traps are ellipsoids (x − c)ᵀ P (x − c) ≤ 1 and boxes; one of them is enough. A set of cells is a grid of which those cells are
listed that an attractor passes through: a path is caught once it has been in listed cells for long, with short absences at most. Of
every trap and set of cells an owner is known, the position of its attractor.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from numpy import floor

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.memory import unmanaged

FREE_PATH = -1  # owner of a path that is not caught
LOWEST, PER_WIDTH = 0, 1  # rows of a grid: its corner, and cells per unit of each state
STAY, ABSENCE = 0, 1  # columns of what a path must do
SCATTER = 7919  # keys of neighbours differ by little, and would else stand in long rows
UNLISTED = -1  # in a table of cells, a place that holds none


def hold_all(
    starts: FloatArray,
    centres: FloatArray,
    matrices: FloatArray,
    ball_owners: IntArray,
    boxes: FloatArray,
    box_owners: IntArray,
    owners: IntArray,
) -> None:
    """Owner of a trap that holds each of the ``starts`` (n, d), −1 where none does."""
    d, flat, found = starts.shape[1], unmanaged(starts.reshape(-1)), unmanaged(owners)
    centres, matrices, boxes = unmanaged(centres), unmanaged(matrices), unmanaged(boxes)
    ball_owners, box_owners = unmanaged(ball_owners), unmanaged(box_owners)
    for row in range(starts.shape[0]):
        found[row] = trap_of(flat, row * d, 1, centres, matrices, ball_owners, boxes, box_owners)


def trap_of(
    x: FloatArray,
    place: int,
    stride: int,
    centres: FloatArray,
    matrices: FloatArray,
    ball_owners: IntArray,
    boxes: FloatArray,
    box_owners: IntArray,
) -> int:
    """Owner of a trap that holds the state whose parts stand ``stride`` apart from ``place`` on; −1 if none does.

    Centres (k, d), matrices (k, d, d), boxes (j, 2, d).
    """
    d = centres.shape[1]
    for j in range(box_owners.size):
        is_inside = True
        for i in range(d):
            value = x[place + i * stride]
            is_inside = is_inside and boxes[j, 0, i] <= value <= boxes[j, 1, i]
        if is_inside:
            return int(box_owners[j])
    for k in range(ball_owners.size):
        total = 0.0
        for i in range(d):
            row = 0.0
            for j in range(d):
                row += matrices[k, i, j] * (x[place + j * stride] - centres[k, j])
            total += row * (x[place + i * stride] - centres[k, i])
        if total <= 1.0:
            return int(ball_owners[k])
    return FREE_PATH


def stay_of(
    x: FloatArray,
    place: int,
    stride: int,
    now: float,
    lane: int,
    grids: FloatArray,
    shapes: IntArray,
    firsts: IntArray,
    table: IntArray,
    stays: FloatArray,
    cell_owners: IntArray,
    since: FloatArray,
    within: IntArray,
) -> int:
    """Owner of the cells in which a path has stayed for long; −1 if there are none.

    Grids (s, 2, d), shapes (s, d), firsts (s + 1) the places of each set in ``table``; stays (s, 2) how long it must stay, and how long
    it may be absent meanwhile. ``since`` (2, LANES) and ``within`` hold for each lane when it entered the set of cells that it is in,
    when it was last there, and which that is (−1 for none).
    """
    found = -1
    for s in range(cell_owners.size):
        if is_listed(x, place, stride, s, grids, shapes, firsts, table):
            found = s
            break
    own = within[lane]
    if found < 0:
        within[lane] = own if own >= 0 and now - since[1, lane] <= stays[own, ABSENCE] else -1
        return FREE_PATH
    since[1, lane] = now
    if own != found:
        within[lane], since[0, lane] = found, now
        return FREE_PATH
    return int(cell_owners[found]) if now - since[0, lane] >= stays[found, STAY] else FREE_PATH


def is_listed(
    x: FloatArray, place: int, stride: int, s: int, grids: FloatArray, shapes: IntArray, firsts: IntArray, table: IntArray
) -> bool:
    """Whether the state lies in a listed cell of a set."""
    key = 0
    for i in range(shapes.shape[1]):
        share = (x[place + i * stride] - grids[s, LOWEST, i]) * grids[s, PER_WIDTH, i]
        if not 0.0 <= share < shapes[s, i]:
            return False
        key = key * shapes[s, i] + int(floor(share))
    size = firsts[s + 1] - firsts[s]
    slot = key % size * SCATTER % size
    while True:
        entry = table[firsts[s] + slot]
        if entry == key:
            return True
        if entry == UNLISTED:
            return False
        slot = slot + 1 if slot + 1 < size else 0
