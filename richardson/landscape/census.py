"""Every equilibrium at every point of a grid of two parameters: where, of what kind, and whether that is all of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.covers import Cover, Tile, harder
from richardson.compiled.kernels.cells import UNDECIDED, UNKNOWN
from richardson.compiled.threads import thread_count
from richardson.landscape.many_kinds import eigenvalues_of, formulas_differ, kind_codes, leading_of, spirals_of
from richardson.stability.window import Window
from richardson.symbolic.model import Model

Codes = npt.NDArray[np.int8]

SIDE = 32  # cells of a tile, at most: with larger ones boxes are cut for blocks in which they cannot be decided
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
    places = [
        (slice(i, i + SIDE), slice(j, j + SIDE))
        for i in range(0, question.axes[0].size, SIDE)
        for j in range(0, question.axes[1].size, SIDE)
    ]
    cover = Cover.of(question.model, question.names, question.box, holds_all=question.window is None)
    if cover is not None:
        cover.prepare()
    with ThreadPoolExecutor(thread_count()) as pool:
        parts = list(pool.map(lambda place: _part(question, cover, place), places))
        most = max((int(part.held.max(initial=0)) for part in parts), default=0)
        total = _room((*(axis.size for axis in question.axes), most), len(question.model.states))
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


def _part(question: Question, cover: Cover | None, place: tuple[slice, slice]) -> _Part:
    first, second = (np.ascontiguousarray(axis[part]) for axis, part in zip(question.axes, place, strict=True))
    looks = (LEAST_LOOKS + LOOKS * first.size * second.size) * harder(len(question.model.states))
    for room in ROOMS:
        tile = None if cover is None else cover.tile(first, second, room, looks)
        if tile is not None:
            return _judged(question, tile)
    shape, d = (first.size, second.size), len(question.model.states)
    none = np.zeros((0, d)), np.zeros(0, dtype=np.int8), np.zeros(0), np.zeros(0)
    return _Part(np.zeros(shape, dtype=np.int64), np.full(shape, -1), np.full(shape, UNKNOWN), none, np.zeros(0, dtype=np.bool_))


def _judged(question: Question, tile: Tile) -> _Part:
    """Kinds and numbers of what a tile holds."""
    decided = tile.counts >= 0
    held = np.where(decided, tile.counts, tile.counts % UNDECIDED)
    there = _places(held, tile.states.shape[2])
    states, jacobians = tile.states[there], tile.jacobians[there]
    followers = np.array([state.is_follower for state in question.model.states])
    eigenvalues, spirals = eigenvalues_of(jacobians), spirals_of(jacobians, followers)
    listed = states, kind_codes(eigenvalues, jacobians), spirals, leading_of(eigenvalues)
    return _Part(held, np.where(decided, tile.counts, -1), tile.reached, listed, formulas_differ(jacobians, eigenvalues, spirals))


def _places(held: IntArray, most: int) -> BoolArray:
    """Which of ``most`` places in each cell hold an equilibrium, shape (n, m, most)."""
    there: BoolArray = np.arange(most) < held[..., np.newaxis]
    return there


def _put(total: Census, place: tuple[slice, slice], part: _Part) -> IntArray:
    """Write a part into the whole; the disagreements in it."""
    there = _places(part.held, total.kinds.shape[2])
    for whole, piece, nothing in zip(total.listed, part.listed, (np.nan, -1, np.nan, np.nan), strict=True):
        whole[place] = nothing
        whole[place][there] = piece
    total.counts[place], total.reached[place] = part.counts, part.reached
    differ: IntArray = np.argwhere(there)[part.differ] + np.array([place[0].start, place[1].start, 0])
    return differ
