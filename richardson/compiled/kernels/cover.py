"""Every zero of the rates over a grid of two parameters: blocks of cells are cut until each zero is proved for all of a block.

A block's boxes of states are what its parent block could not rule out. Where no box is left undecided, the block's cells hold the
zeros that were proved and no others; each is then computed by Newton's iteration.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.boxes import TINY, copy_box, cut, is_beside, is_covered, is_in, is_small
from richardson.compiled.kernels.cells import CUTS, CUTS_ALONE, FLOOR, LOOKS, TILES, UNDECIDED, UNKNOWN, reached_first
from richardson.compiled.kernels.fill import fill
from richardson.compiled.kernels.prove import CONSTANT, FIRST, FLAT, NEWTON_LIMIT, NONE, PARAMETER, POINT, examine, newton, prove
from richardson.compiled.memory import unmanaged

ENTRIES = ("cover",)

SMALL = 0.5  # of its size: a box so wide is not yet asked for its zero
FEW = 4  # cells of a block that is cut in two; a larger one is cut in four, since halves of a block beside a fold fail nearly as often
SHARED = 32  # cells of a block that add a cut to its budget


def cover(
    rule: Any,
    derive: Any,
    rates: Any,
    slopes: Any,
    run: Any,
    operations: IntArray,
    counts: IntArray,
    places: IntArray,
    v: FloatArray,
    p: FloatArray,
    first_members: IntArray,
    second_members: IntArray,
    first_grid: FloatArray,
    second_grid: FloatArray,
    window: FloatArray,
    limits: IntArray,
    pool: FloatArray,
    blocks: IntArray,
    boxes: FloatArray,
    left: FloatArray,
    near: FloatArray,
    alone: FloatArray,
    points: FloatArray,
    raw: FloatArray,
    b: FloatArray,
    track: FloatArray,
    sizes: FloatArray,
    w: FloatArray,
    q: FloatArray,
    states: FloatArray,
    jacobians: FloatArray,
    found: IntArray,
    reached: IntArray,
) -> int:
    """Equilibria of every cell of some tiles; returns how many boxes were looked at, or −1 if a cell has more than there is room for.

    ``window`` has rows `LOWER` … `FLOOR`; ``limits`` says whether the window holds all that counts, bounds the cuts of a block, those
    of a single cell, and the looks of a tile, and counts the tiles. They are the first rows of ``blocks`` (first and last cell on
    both axes, place and number of its boxes in ``pool``, and of its zeros); ``v`` holds the numbers of the operations, ``raw`` the
    parameters of each lane. ``found`` (n, m) becomes the count of each cell, less `UNDECIDED` where it is not decided; ``reached``
    which of them the path from zero reaches, −1 unknown, −2 escaped.
    """
    operations, counts, places, v, p = unmanaged(operations), unmanaged(counts), unmanaged(places), unmanaged(v), unmanaged(p)
    axes = unmanaged(first_members), unmanaged(second_members), unmanaged(first_grid), unmanaged(second_grid)
    window, limits, pool, blocks = unmanaged(window), unmanaged(limits), unmanaged(pool), unmanaged(blocks)
    boxes, left, near, alone, points = unmanaged(boxes), unmanaged(left), unmanaged(near), unmanaged(alone), unmanaged(points)
    lanes, w, q = (unmanaged(raw), unmanaged(b), unmanaged(track), unmanaged(sizes)), unmanaged(w), unmanaged(q)
    cells = unmanaged(states), unmanaged(jacobians), unmanaged(found), unmanaged(reached)
    waiting, whole, looks, all_looks = limits[TILES], limits[TILES], 0, 0
    while waiting > 0:
        waiting -= 1
        if waiting < whole:  # the next tile
            whole, looks, all_looks = waiting, 0, all_looks + looks
        block = blocks[waiting]
        begin, size = block[4], block[5]
        is_single = block[1] - block[0] == 1 and block[3] - block[2] == 1
        enter(counts, v, p, axes[0], axes[2][block[0] : block[1]])
        enter(counts, v, p, axes[1], axes[3][block[2] : block[3]])
        run(operations, v, counts[FIRST], 0, counts[CONSTANT])
        take(pool, begin, size, block[6], boxes, near, alone, points)
        share = (block[1] - block[0]) * (block[3] - block[2]) // SHARED
        budget = limits[CUTS_ALONE] if is_single else limits[CUTS] + share
        cuts = min(budget, boxes.shape[0] - size - 1) if looks <= limits[LOOKS] else 0
        roots, remain, looked = clear(
            rule, run, operations, counts, places, v, p, window, is_single, boxes, size, block[6], cuts, left, near, alone, points, w, q
        )
        if roots < 0:
            return -1
        looks += looked
        if remain > 0 and not is_single and looks <= limits[LOOKS]:
            block[5], block[6] = remain, roots
            parts = split(blocks, waiting, remain + 3 * roots)
            for part in range(waiting, waiting + parts):
                put(pool, blocks[part, 4], remain, roots, left, near, alone, points)
            waiting += parts
            continue
        first = reached_first(run, operations, counts, places, v, window, limits, near, roots, w) if remain == 0 else UNKNOWN
        fill(rule, derive, rates, slopes, p, axes, block, window, alone, points, roots, first, lanes, w, q, cells)
        if remain > 0:
            mark(cells[2], block)
    return all_looks + looks


def mark(found: IntArray, block: IntArray) -> None:
    """A block's cells are not decided."""
    for i in range(block[0], block[1]):
        for j in range(block[2], block[3]):
            if found[i, j] >= 0:
                found[i, j] -= UNDECIDED


def enter(counts: IntArray, v: FloatArray, p: FloatArray, members: IntArray, grid: FloatArray) -> None:
    """Let parameters be anywhere between the ends of a part of their grid, and in its middle where a number is needed."""
    low, high = grid[0], grid[grid.size - 1]
    for member in members:
        v[counts[PARAMETER] + member, 0], v[counts[PARAMETER] + member, 1] = low, high
        p[member] = 0.5 * (low + high)


def put(
    pool: FloatArray, begin: int, remain: int, roots: int, left: FloatArray, near: FloatArray, alone: FloatArray, points: FloatArray
) -> None:
    """Write the undecided boxes of a block and the zeros proved in it to the pool."""
    for row in range(remain):
        copy_box(left[row], pool[begin + row])
    for root in range(roots):
        row = begin + remain + 3 * root
        copy_box(near[root], pool[row])
        copy_box(alone[root], pool[row + 1])
        for i in range(points.shape[1]):
            pool[row + 2, 0, i], pool[row + 2, 1, i] = points[root, i], points[root, i]


def take(
    pool: FloatArray, begin: int, size: int, roots: int, boxes: FloatArray, near: FloatArray, alone: FloatArray, points: FloatArray
) -> None:
    """Read what `put` wrote."""
    for row in range(size):
        copy_box(pool[begin + row], boxes[row])
    for root in range(roots):
        row = begin + size + 3 * root
        copy_box(pool[row], near[root])
        copy_box(pool[row + 1], alone[root])
        for i in range(points.shape[1]):
            points[root, i] = pool[row + 2, 0, i]


def split(blocks: IntArray, place: int, rows: int) -> int:
    """Four blocks in the place of one, or two of a small one, each with so many rows of the pool; how many."""
    size = (blocks[place, 1] - blocks[place, 0]) * (blocks[place, 3] - blocks[place, 2])
    parts = 1
    while parts < (4 if size > FEW else 2):
        for part in range(place + parts - 1, place - 1, -1):
            axis = 0 if blocks[part, 1] - blocks[part, 0] >= blocks[part, 3] - blocks[part, 2] else 2
            middle = (blocks[part, axis] + blocks[part, axis + 1]) // 2
            other = part + parts
            for entry in range(blocks.shape[1]):
                blocks[other, entry] = blocks[part, entry]
            blocks[part, axis + 1] = middle
            blocks[other, axis] = middle
            blocks[other, 4] += parts * rows
        parts *= 2
    return parts


def clear(
    rule: Any,
    run: Any,
    operations: IntArray,
    counts: IntArray,
    places: IntArray,
    v: FloatArray,
    p: FloatArray,
    window: FloatArray,
    is_single: bool,
    boxes: FloatArray,
    waiting: int,
    roots: int,
    cuts: int,
    left: FloatArray,
    near: FloatArray,
    alone: FloatArray,
    points: FloatArray,
    w: FloatArray,
    q: FloatArray,
) -> tuple[int, int, int]:
    """Zeros proved in a block's boxes, boxes left undecided, and how many were looked at; −1 zeros if there are too many.

    A box with a zero that cannot be proved for all of the block is not cut any more: the block will be.
    """
    remain, looks = 0, 0
    while waiting > 0:
        waiting -= 1
        low, high = boxes[waiting, 0], boxes[waiting, 1]
        if is_covered(low, high, alone, roots):
            continue
        looks += 1
        verdict = examine(run, operations, counts, places, v, low, high, w, q)
        if verdict == NONE or is_covered(low, high, alone, roots):
            continue
        is_hopeless = verdict == FLAT or cuts <= 0 or is_small(low, high, window[FLOOR], TINY)
        if cuts > 0 and is_small(low, high, window[FLOOR], SMALL) and guess(rule, p, low, high, window[FLOOR], w, q):
            if roots == near.shape[0]:
                return -1, remain, looks
            if not is_in(w[POINT], alone, roots):
                if prove(run, operations, counts, places, v, window[FLOOR], w, q, near[roots], alone[roots]):
                    for i in range(low.size):
                        points[roots, i] = w[POINT, i]
                    roots += 1
                elif not is_single:
                    is_hopeless = True
            if is_covered(low, high, alone, roots):
                continue
        if is_hopeless:
            copy_box(boxes[waiting], left[remain])
            remain += 1
        else:
            cut(boxes, waiting, window[FLOOR])
            waiting += 2
            cuts -= 1
    return roots, remain, looks


def guess(rule: Any, p: FloatArray, low: FloatArray, high: FloatArray, floor: FloatArray, w: FloatArray, q: FloatArray) -> bool:
    """Whether Newton's iteration from the middle of a box leads to a zero in it or beside it, left in the row `POINT`."""
    for i in range(low.size):
        w[POINT, i] = 0.5 * (low[i] + high[i])
    return newton(rule, p, floor, w, q, NEWTON_LIMIT) and is_beside(w[POINT], low, high, floor)
