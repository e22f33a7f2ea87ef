"""Where the path from zero arms and fear ends, at every point of a grid of two parameters."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.compiled.kernels.cells import ESCAPES, UNKNOWN
from richardson.compiled.kernels.settle import ESCAPED
from richardson.compiled.threads import thread_count
from richardson.landscape.census import Census, Question
from richardson.landscape.many_kinds import KINDS
from richardson.landscape.settling import SETTLED, TIGHT, Reached, parameter_rows, reach
from richardson.landscape.verdicts import LONGEST_KIND, Verdicts, verdicts
from richardson.symbolic.synchrony import synchronous_states

ROWS = 16_384  # cells that a thread copies at once
JUMP = 0.1  # relative: neighbouring cells that differ more are computed again, more carefully


def arrivals(question: Question, census: Census) -> Verdicts:
    """Verdicts on the equilibrium reached in each cell, the second parameter running fastest.

    Where the census proves which equilibrium the path goes to it is that one; elsewhere the path is followed.
    """
    known = _listed(census)
    rest = np.flatnonzero(census.reached.ravel() < 0)
    if not rest.size:
        return known
    first, second = np.meshgrid(*question.axes, indexing="ij")
    rows = parameter_rows(question.model, question.names, (first.ravel()[rest], second.ravel()[rest]))
    found = _followed(question, census, rest, rows, known.states)
    more = verdicts(question.model, question.names, rows, found, question.window)
    known.states[rest], known.kind[rest] = more.states, more.kind
    known.spiral_number[rest], known.leading_eigenvalue[rest] = more.spiral_number, more.leading_eigenvalue
    return known


def _listed(census: Census) -> Verdicts:
    """The verdicts that the census holds, and room for the others."""
    n, d = census.reached.size, census.states.shape[-1]
    names = np.array((*KINDS, ""), dtype=f"<U{len(LONGEST_KIND)}")
    result = Verdicts(np.empty((n, d)), np.empty(n, dtype=names.dtype), np.empty(n), np.empty(n))
    states, kinds, spirals, leading = (array.reshape(n, -1, *array.shape[3:]) for array in census.listed)

    def part(begin: int) -> None:
        rows = slice(begin, begin + ROWS)
        reached = census.reached.ravel()[rows]
        there = np.flatnonzero(reached >= 0)
        place, codes = reached[there], np.full(reached.size, len(KINDS))
        codes[there] = kinds[rows][there, place]
        result.kind[rows] = names[codes]
        for whole, listed in ((result.states, states), (result.spiral_number, spirals), (result.leading_eigenvalue, leading)):
            whole[rows] = np.nan
            whole[rows][there] = listed[rows][there, place]

    with ThreadPoolExecutor(thread_count()) as pool:
        list(pool.map(part, range(0, n, ROWS)))
    return result


def _followed(question: Question, census: Census, rest: IntArray, rows: FloatArray, states: FloatArray) -> Reached:
    """Ends of the paths of the cells ``rest``, by integration where it is not proved that they escape."""
    field = Field.of(question.model)
    groups = np.array(synchronous_states(question.model, question.names), dtype=np.int64)
    is_unknown = census.reached.ravel()[rest] == UNKNOWN
    d = states.shape[1]
    found = Reached(np.full((rest.size, d), np.nan), np.full((rest.size, d, d), np.nan), np.full(rest.size, ESCAPED))
    unknown = np.flatnonzero(is_unknown)
    found.put(unknown, reach(field, groups, rows[unknown], bound=question.bound))
    codes = np.where(census.reached == ESCAPES, ESCAPED, SETTLED).ravel()
    codes[rest], ends = found.codes, states.copy()
    ends[rest] = found.states
    doubtful = unknown[_differ(codes, ends, census.reached.shape, rest[unknown])]
    if doubtful.size:
        found.put(doubtful, reach(field, groups, rows[doubtful], bound=question.bound, care=TIGHT))
    return found


def _differ(codes: IntArray, states: FloatArray, shape: tuple[int, ...], cells: IntArray) -> BoolArray:
    """Whether each of some cells differs from a neighbour: in whether a path settles there, or where, the shape of ``cells``."""
    differs = np.zeros(cells.size, dtype=np.bool_)
    row, column = np.divmod(cells, shape[1])
    for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        is_beside = (row + down >= 0) & (row + down < shape[0]) & (column + right >= 0) & (column + right < shape[1])
        one = cells[is_beside]
        other = one + down * shape[1] + right
        size = np.maximum(np.abs(states[one]), np.abs(states[other]))
        jumps = (np.abs(states[one] - states[other]) > JUMP * size).any(axis=-1)
        differs[is_beside] |= (codes[one] != codes[other]) | (jumps & (codes[one] == SETTLED))
    return differs
