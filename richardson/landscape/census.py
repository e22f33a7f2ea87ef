"""Every equilibrium at every point of a grid of two parameters: where, of what kind, and whether that is all of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.covers import Cover, Tile, harder
from richardson.compiled.kernels.cells import UNDECIDED, UNKNOWN
from richardson.compiled.threads import thread_count
from richardson.landscape.many_kinds import eigenvalues_of, formulas_differ, kind_codes, spirals_of
from richardson.stability.window import Window
from richardson.symbolic.model import Model

Codes = npt.NDArray[np.int8]

SIDE = 64  # cells of a tile, at most
ROOMS = (8, 64, 512)  # equilibria a cell, tried in turn
LOOKS = 200  # at boxes, a cell of a tile with two states: with more, equilibria are not isolated or the rates have no bounds
LEAST_LOOKS = 100_000
EDGE = 1e-12  # of a span's width, or of the states' unit where no window is given: what rounding can put beyond the border
FLOOR = 1e-3  # likewise: smaller states count as so large


@dataclass(frozen=True, eq=False)
class Census:
    """Equilibria over a grid of (n, m) cells.

    Attributes
    ----------
    states : FloatArray
        Shape (n, m, k, d), NaN-padded, in order of the first state.
    kinds : ndarray of int8
        Shape (n, m, k): position in `KINDS` of `richardson.landscape.many_kinds`, −1 where there is none.
    spirals, leading : FloatArray
        Shape (n, m, k): spiral number and largest real part.
    counts : IntArray
        Shape (n, m): how many equilibria, −1 where that is not decided.
    reached : IntArray
        Shape (n, m): which of them the path from zero reaches, `UNKNOWN` or `ESCAPES`.
    disagreements : IntArray
        Shape (q, 3): cell and place of each equilibrium whose stability the formula and the eigenvalues tell differently.
    """

    states: FloatArray
    kinds: Codes
    spirals: FloatArray
    leading: FloatArray
    counts: IntArray
    reached: IntArray
    disagreements: IntArray

    @property
    def listed(self) -> tuple[npt.NDArray[Any], ...]:
        """What there is one of for every equilibrium."""
        return self.states, self.kinds, self.spirals, self.leading


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of every cell.

    Attributes
    ----------
    model : Model
    names : pair of str
    axes : pair of FloatArray
    window : Window or None
        None: everywhere up to ``bound``.
    bound : float
    """

    model: Model
    names: tuple[str, str]
    axes: tuple[FloatArray, FloatArray]
    window: Window | None
    bound: float

    def at(self, cell: tuple[int, int]) -> Model:
        """The model at the values of a cell."""
        values = (float(axis[place]) for axis, place in zip(self.axes, cell, strict=True))
        return self.model.with_values(**dict(zip(self.names, values, strict=True)))

    @property
    def box(self) -> FloatArray:
        """Shape (4, d): corners, slack at the border, and the size below which a state counts as that large."""
        model = self.model
        if self.window is not None:
            lower, upper = self.window.box(model)
            return np.array([lower, upper, EDGE * (upper - lower), FLOOR * (upper - lower)])
        lower = np.array([max(state.lower, -self.bound) for state in model.states])
        upper = np.array([min(state.upper, self.bound) for state in model.states])
        return np.array([lower, upper, np.full(lower.size, EDGE), np.full(lower.size, FLOOR)])


def census(question: Question) -> Census:
    """Every equilibrium in every cell; cells in which it is not proved that there are no others are marked."""
    parts = _tiles(question)
    most = max((part.states.shape[2] for _, part in parts), default=0)
    shape, d = tuple(axis.size for axis in question.axes), len(question.model.states)
    total = _empty((*shape, most), d)
    disagreements = [total.disagreements]
    for (rows, columns), part in parts:
        k = part.states.shape[2]
        for whole, piece in zip(total.listed, part.listed, strict=True):
            whole[rows, columns, :k] = piece
        total.counts[rows, columns], total.reached[rows, columns] = part.counts, part.reached
        disagreements.append(part.disagreements + np.array([rows.start, columns.start, 0]))
    return replace(total, disagreements=np.concatenate(disagreements))


def _empty(shape: tuple[int, ...], dimension: int) -> Census:
    """A census of no equilibria."""
    return Census(
        np.full((*shape, dimension), np.nan),
        np.full(shape, -1, dtype=np.int8),
        np.full(shape, np.nan),
        np.full(shape, np.nan),
        np.full(shape[:2], -1, dtype=np.int64),
        np.full(shape[:2], UNKNOWN, dtype=np.int64),
        np.zeros((0, 3), dtype=np.int64),
    )


def _tiles(question: Question) -> list[tuple[tuple[slice, slice], Census]]:
    """Parts of the grid and what is found in each."""
    cover = Cover.of(question.model, question.names, question.box, holds_all=question.window is None)
    if cover is None:
        return []
    places = [
        (slice(i, i + SIDE), slice(j, j + SIDE))
        for i in range(0, question.axes[0].size, SIDE)
        for j in range(0, question.axes[1].size, SIDE)
    ]
    cover.prepare()
    with ThreadPoolExecutor(thread_count()) as pool:
        found = list(pool.map(lambda place: _tile(question, cover, place), places))
    return list(zip(places, found, strict=True))


def _tile(question: Question, cover: Cover, place: tuple[slice, slice]) -> Census:
    first, second = (np.ascontiguousarray(axis[part]) for axis, part in zip(question.axes, place, strict=True))
    looks = (LEAST_LOOKS + LOOKS * first.size * second.size) * harder(len(question.model.states))
    for room in ROOMS:
        tile = cover.tile(first, second, room, looks)
        if tile is not None:
            return _judged(question, tile)
    return _empty((first.size, second.size, 0), len(question.model.states))


def _judged(question: Question, tile: Tile) -> Census:
    """Kinds and numbers of what a tile holds, in as much room as it needs."""
    decided = tile.counts >= 0
    held = np.where(decided, tile.counts, tile.counts % UNDECIDED)
    most = int(held.max(initial=0))
    part = _empty((*tile.counts.shape, most), tile.states.shape[-1])
    there = np.arange(most) < held[..., np.newaxis]
    jacobians = tile.jacobians[:, :, :most][there]
    part.states[there] = tile.states[:, :, :most][there]
    followers = np.array([state.is_follower for state in question.model.states])
    eigenvalues, spirals = eigenvalues_of(jacobians), spirals_of(jacobians, followers)
    part.kinds[there], part.spirals[there] = kind_codes(eigenvalues, jacobians), spirals
    part.leading[there] = eigenvalues.real.max(axis=1, initial=-np.inf)
    part.counts[:], part.reached[:] = np.where(decided, tile.counts, -1), tile.reached
    return replace(part, disagreements=np.argwhere(there)[formulas_differ(jacobians, eigenvalues, spirals)])
