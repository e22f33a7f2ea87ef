"""Every equilibrium at every point of a grid of two parameters: where, of what kind, and whether that is all of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.covers import SIDE, Cover, Desk, Tiles, harder
from richardson.compiled.kernels.cells import UNKNOWN
from richardson.compiled.threads import thread_count
from richardson.landscape.many_kinds import eigenvalues_of, formulas_differ, kind_codes, leading_of, spirals_of
from richardson.stability.window import Window
from richardson.symbolic.model import Model

Codes = npt.NDArray[np.int8]

PART = SIDE, 8 * SIDE  # cells that are covered and judged at once: enough for numpy, and few enough for the second cache
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
    def ends_at_bound(self) -> bool:
        """Whether equilibria are looked for everywhere, and a state that grows past all of them escapes before it leaves its domain."""
        return self.window is None and all(state.upper >= self.bound for state in self.model.states)

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
    shape, threads = (question.axes[0].size, question.axes[1].size), thread_count()
    places = [(slice(i, i + PART[0]), slice(j, j + PART[1])) for i in range(0, shape[0], PART[0]) for j in range(0, shape[1], PART[1])]
    cover = Cover.of(question.model, question.names, question.box, holds_all=question.ends_at_bound)
    desks: SimpleQueue[Desk] = SimpleQueue()
    if cover is not None:
        cover.prepare()
        for _ in range(threads):
            desks.put(cover.desk(min(PART[0], shape[0]) * min(PART[1], shape[1]), ROOMS[0]))
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(lambda place: _part(question, cover, desks, place), places))
        most = max((int(part.held.max(initial=0)) for part in parts), default=0)
        total = _room((*shape, most), len(question.model.states))
        disagreements = list(pool.map(lambda place, part: _put(total, place, part), places, parts))
    return replace(total, disagreements=np.concatenate([total.disagreements, *disagreements]))


def _room(shape: tuple[int, ...], dimension: int) -> Census:
    """A census of which nothing is written yet."""
    return Census(
        np.empty((*shape, dimension)),
        np.empty(shape, dtype=np.int8),
        np.empty(shape),
        np.empty(shape),
        np.empty(shape[:2], dtype=np.int64),
        np.empty(shape[:2], dtype=np.int64),
        np.zeros((0, 3), dtype=np.int64),
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """What a part of the grid holds: ``held`` (n, m) equilibria a cell, and what is ``listed`` of them, one after the other."""

    held: IntArray
    counts: IntArray
    reached: IntArray
    listed: tuple[npt.NDArray[Any], ...]
    differ: BoolArray


def _part(question: Question, cover: Cover | None, desks: SimpleQueue[Desk], place: tuple[slice, slice]) -> _Part:
    first, second = (np.ascontiguousarray(axis[part]) for axis, part in zip(question.axes, place, strict=True))
    if cover is not None:
        looks = (LEAST_LOOKS + LOOKS * first.size * min(SIDE, second.size)) * harder(len(question.model.states))
        desk = desks.get()
        try:
            tiles = cover.tiles(first, second, desk, looks)
        finally:
            desks.put(desk)  # also when memory was short, or the parts that are left would wait for it without end
        for room in ROOMS[1:]:
            if tiles is None:
                tiles = cover.tiles(first, second, cover.desk(first.size * second.size, room), looks)
        if tiles is not None:
            return _judged(question, tiles)
    shape, d = (first.size, second.size), len(question.model.states)
    none = np.zeros((0, d)), np.zeros(0, dtype=np.int8), np.zeros(0), np.zeros(0)
    return _Part(np.zeros(shape, dtype=np.int64), np.full(shape, -1), np.full(shape, UNKNOWN), none, np.zeros(0, dtype=np.bool_))


def _judged(question: Question, tiles: Tiles) -> _Part:
    """Kinds and numbers of what tiles hold."""
    jacobians, followers = tiles.jacobians, np.array([state.is_follower for state in question.model.states])
    eigenvalues, spirals = eigenvalues_of(jacobians), spirals_of(jacobians, followers)
    listed = tiles.states, kind_codes(eigenvalues, jacobians), spirals, leading_of(eigenvalues)
    differ = formulas_differ(jacobians, eigenvalues, spirals)
    return _Part(tiles.held, np.where(tiles.counts >= 0, tiles.counts, -1), tiles.reached, listed, differ)


def _put(total: Census, place: tuple[slice, slice], part: _Part) -> IntArray:
    """Write a part into the whole; the disagreements in it."""
    shape = (*part.held.shape, total.kinds.shape[2])
    there = np.flatnonzero(np.arange(shape[2]) < part.held[..., np.newaxis])
    for whole, piece, nothing in zip(total.listed, part.listed, (np.nan, -1, np.nan, np.nan), strict=True):
        padded = np.full((*shape, *piece.shape[1:]), nothing, dtype=piece.dtype)
        padded.reshape(-1, *piece.shape[1:])[there] = piece
        whole[place] = padded
    total.counts[place], total.reached[place] = part.counts, part.reached
    differ: IntArray = np.stack(np.unravel_index(there[part.differ], shape), axis=-1) + np.array([place[0].start, place[1].start, 0])
    return differ
