"""Every zero of the rates over a grid of two parameters: blocks of cells are halved until each zero is proved for all of a block.

A block's boxes of states are what its parent block could not rule out. Where no box is left undecided, the block's cells hold the
zeros that were proved and no others; each is then computed by Newton's iteration, cell after cell.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.boxes import TINY, copy_box, cut, is_beside, is_covered, is_in, is_small
from richardson.compiled.kernels.cells import CUTS, CUTS_ALONE, FLOOR, LOOKS, UNDECIDED, UNKNOWN, fill, reached_first
from richardson.compiled.kernels.prove import CONSTANT, FIRST, FLAT, NEWTON_LIMIT, NONE, PARAMETER, POINT, examine, newton, prove

ENTRIES = ("cover",)

SMALL = 0.5  # of its size: a box so wide is not yet asked for its zero
SHARED = 32  # cells of a block that add a cut to its budget


def cover(
    rule: Any,
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
    w: FloatArray,
    q: FloatArray,
    states: FloatArray,
    jacobians: FloatArray,
    found: IntArray,
    reached: IntArray,
) -> int:
    """Equilibria of every cell of a tile; returns how many boxes were looked at, or −1 if a cell has more than there is room for.

    ``window`` has rows `LOWER` … `FLOOR`; ``limits`` says whether the window holds all that counts, and bounds the cuts of a block,
    those of a single cell, and the looks in all. The first row of ``blocks`` (first and last cell on both axes, place and number of
    its boxes in ``pool``, and of its zeros) is the tile; ``v`` holds the numbers of the operations. ``found`` (n, m) becomes the
    count of each cell, less `UNDECIDED` where it is not decided; ``reached`` which of them the path from zero reaches, −1 unknown,
    −2 escaped.
    """
    waiting, looks = 1, 0
    while waiting > 0:
        waiting -= 1
        block = blocks[waiting]
        begin, size = block[4], block[5]
        is_single = block[1] - block[0] == 1 and block[3] - block[2] == 1
        enter(counts, v, p, first_members, first_grid[block[0] : block[1]])
        enter(counts, v, p, second_members, second_grid[block[2] : block[3]])
        run(operations, v, counts[FIRST], 0, counts[CONSTANT])
        take(pool, begin, size, block[6], boxes, near, alone, points[0])
        share = (block[1] - block[0]) * (block[3] - block[2]) // SHARED
        budget = limits[CUTS_ALONE] if is_single else limits[CUTS] + share
        cuts = min(budget, boxes.shape[0] - size - 1) if looks <= limits[LOOKS] else 0
        roots, remain, looked = clear(
            rule, run, operations, counts, places, v, p, window, is_single, boxes, size, block[6], cuts, left, near, alone, points[0], w, q
        )
        if roots < 0:
            return -1
        looks += looked
        if remain > 0 and not is_single and looks <= limits[LOOKS]:
            used = put(pool, begin, remain, roots, left, near, alone, points[0])
            put(pool, begin + used, remain, roots, left, near, alone, points[0])
            halve(blocks, waiting, used, remain, roots)
            waiting += 2
            continue
        first = reached_first(run, operations, counts, places, v, window, limits, near, roots, w) if remain == 0 else UNKNOWN
        fill(
            rule,
            p,
            first_members,
            second_members,
            first_grid,
            second_grid,
            block,
            window,
            alone,
            points,
            roots,
            first,
            w,
            q,
            states,
            jacobians,
            found,
            reached,
        )
        if remain > 0:
            mark(found, block)
    return looks


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
) -> int:
    """Write the undecided boxes of a block and the zeros proved in it to the pool; how many rows that takes."""
    for row in range(remain):
        copy_box(left[row], pool[begin + row])
    for root in range(roots):
        row = begin + remain + 3 * root
        copy_box(near[root], pool[row])
        copy_box(alone[root], pool[row + 1])
        for i in range(points.shape[1]):
            pool[row + 2, 0, i], pool[row + 2, 1, i] = points[root, i], points[root, i]
    return remain + 3 * roots


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


def halve(blocks: IntArray, place: int, used: int, remain: int, roots: int) -> None:
    """Two blocks in the place of one, cut across its longer side."""
    axis = 0 if blocks[place, 1] - blocks[place, 0] >= blocks[place, 3] - blocks[place, 2] else 2
    middle = (blocks[place, axis] + blocks[place, axis + 1]) // 2
    blocks[place, 5], blocks[place, 6] = remain, roots
    for entry in range(blocks.shape[1]):
        blocks[place + 1, entry] = blocks[place, entry]
    blocks[place, axis + 1] = middle
    blocks[place + 1, axis] = middle
    blocks[place + 1, 4] += used


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
