"""Where the path from zero arms and fear ends, at every point of a grid of two parameters."""

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.compiled.kernels.cells import ESCAPES, UNKNOWN
from richardson.compiled.kernels.settle import ESCAPED
from richardson.landscape.census import Census, Question
from richardson.landscape.many_kinds import KINDS
from richardson.landscape.settling import SETTLED, TIGHT, Reached, parameter_rows, reach
from richardson.landscape.verdicts import LONGEST_KIND, Verdicts, verdicts
from richardson.symbolic.synchrony import synchronous_states

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
    there = np.flatnonzero(census.reached.ravel() >= 0)
    place = census.reached.ravel()[there]
    result = Verdicts(np.full((n, d), np.nan), np.full(n, "", dtype=f"<U{len(LONGEST_KIND)}"), np.full(n, np.nan), np.full(n, np.nan))
    if there.size:
        result.states[there] = census.states.reshape(n, -1, d)[there, place]
        result.kind[there] = np.array(KINDS)[census.kinds.reshape(n, -1)[there, place]]
        result.spiral_number[there] = census.spirals.reshape(n, -1)[there, place]
        result.leading_eigenvalue[there] = census.leading.reshape(n, -1)[there, place]
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
    doubtful = unknown[_differ(codes, ends, census.reached.shape)[rest[unknown]]]
    if doubtful.size:
        found.put(doubtful, reach(field, groups, rows[doubtful], bound=question.bound, care=TIGHT))
    return found


def _differ(codes: IntArray, states: FloatArray, shape: tuple[int, ...]) -> BoolArray:
    """Whether a cell differs from a neighbour: in whether a path settles there, or where, shape (n m,)."""
    grid, ends = codes.reshape(shape), states.reshape(*shape, -1)
    mask = np.zeros(shape, dtype=np.bool_)
    for one, other in (((slice(1, None),), (slice(None, -1),)), ((slice(None), slice(1, None)), (slice(None), slice(None, -1)))):
        size = np.maximum(np.abs(ends[one]), np.abs(ends[other]))
        jumps = (np.abs(ends[one] - ends[other]) > JUMP * size).any(axis=-1)
        differs = (grid[one] != grid[other]) | (jumps & (grid[one] == SETTLED))
        mask[one] |= differs
        mask[other] |= differs
    return mask.ravel()
