"""The kernel that finds every equilibrium over a grid of two parameters, and what a model gives it to work with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple, Self

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.address import addressed
from richardson.compiled.build import CODE_ROWS, CODES, MATRIX, RULE, STACK, VECTOR, kernel_from
from richardson.compiled.emit_tape import Tape, tape_of
from richardson.compiled.field import Field
from richardson.compiled.kernels import TEXTS, cells, layout, prove
from richardson.compiled.lanes import DERIVE, RATES, LaneFunctions, layout_text, one_text
from richardson.errors import ModelError
from richardson.symbolic.model import Model

BOUND = f"int64({CODE_ROWS}, {MATRIX}, int64, int64, int64)"
GRID = "float64[:,:,:,::1]"
GRIDS = "float64[:,:,:,:,::1]"
COVER = (
    f"int64({RULE}, {DERIVE}, {RATES}, {RATES}, FunctionType({BOUND}), {CODE_ROWS}, {CODES}, {CODES}, {MATRIX}, {VECTOR}, {CODES}, "
    f"{CODES}, {VECTOR}, {VECTOR}, {MATRIX}, {CODES}, {STACK}, {CODE_ROWS}, {STACK}, {STACK}, {STACK}, {STACK}, {MATRIX}, {VECTOR}, "
    f"{VECTOR}, {GRID}, {VECTOR}, {MATRIX}, {STACK}, {GRID}, {GRIDS}, {CODE_ROWS}, {CODE_ROWS})"
)
KERNELS = "rounding", "pivots", "boxes", "prove", "cells", "fill", "cover"
LANES = 8  # rows of cells side by side: most blocks have no more
SIDE = 32  # cells of a tile, at most: with larger ones boxes are cut for blocks in which they cannot be decided
CUTS = 3  # of boxes in a block of cells before it is halved: few, since a failure costs them all
CUTS_ALONE = 360  # the same in a single cell of two states, after which it stays undecided
BOXES = 1024  # that a block may hold, besides the zeros proved in it, and those cuts
LEVELS = 40  # a tile is halved fewer times; there are at most as many tiles as cells
BLOCK_ROW = 7


class Tiles(NamedTuple):
    """What is found in a part of the grid of (n, m) cells: counts (n, m), which is reached (n, m), and how many boxes were looked at.

    All states (z, d) and Jacobians (z, d, d) of its cells stand one after the other.
    """

    states: FloatArray
    jacobians: FloatArray
    counts: IntArray
    reached: IntArray
    looks: int

    @property
    def held(self) -> IntArray:
        """Shape (n, m): how many equilibria are listed, in cells that are not decided too."""
        return self.counts % cells.UNDECIDED


class Desk(NamedTuple):
    """Where `Cover.tiles` works, for one tile after another: asking for so much memory anew would take as long as many tiles.

    The arrays are those of the kernel, by its names. Of the last two, for states and Jacobians, tiles take what they need.
    """

    slots: FloatArray
    parameters: FloatArray
    pool: FloatArray
    blocks: IntArray
    boxes: FloatArray
    left: FloatArray
    near: FloatArray
    alone: FloatArray
    points: FloatArray
    raw: FloatArray
    block: FloatArray
    track: FloatArray
    sizes: FloatArray
    vectors: FloatArray
    matrices: FloatArray
    states: FloatArray
    jacobians: FloatArray


@dataclass(frozen=True, eq=False)
class Cover:
    """A model's rates on intervals, over two parameters.

    Attributes
    ----------
    field : Field
    tape : Tape
    members : pair of IntArray
        Positions of the parameters that each axis moves.
    window : FloatArray
        Shape (4, d): lower and upper corner, slack at its border, and the size below which a state counts as that large.
    holds_all : bool
        Whether a path that leaves the window through its upper border has escaped: that border is the bound, not the domain's.
    """

    field: Field
    tape: Tape
    members: tuple[IntArray, IntArray]
    window: FloatArray
    holds_all: bool

    @classmethod
    def of(cls, model: Model, names: tuple[str, str], window: FloatArray, *, holds_all: bool) -> Self | None:
        """Cover of a model; None if a derivative of its rates has no bounds here."""
        try:
            tape = tape_of(model)
        except ModelError:
            return None
        members = [np.array([model.parameter_names.index(member) for member in model.resolve(name)], dtype=np.int64) for name in names]
        return cls(Field.of(model), tape, (members[0], members[1]), window, holds_all)

    def prepare(self) -> None:
        """Compile what `tiles` calls, so that threads need not."""
        addressed(self.field.raw_rates_and_jacobian)
        addressed(_interpreter())
        for function in self._lanes[:3]:
            addressed(function)
        _search()

    def desk(self, cell_count: int, room: int) -> Desk:
        """Room for tiles of so many cells in all, each with ``room`` equilibria at most."""
        d, functions = self.field.dimension, self._lanes
        boxes = BOXES + room + CUTS_ALONE * harder(d)
        return Desk(
            slots=self._slots(),
            parameters=self.field.parameters.copy(),
            pool=np.empty((cell_count + LEVELS * (boxes + 3 * room), 2, d)),
            blocks=np.empty((cell_count + LEVELS, BLOCK_ROW), dtype=np.int64),
            boxes=np.empty((boxes, 2, d)),
            left=np.empty((boxes, 2, d)),
            near=np.empty((room, 2, d)),
            alone=np.empty((room, 2, d)),
            points=np.empty((room, d)),
            raw=np.repeat(self.field.parameters, LANES),
            block=np.zeros((layout.constant_rows(d) + functions.constants) * LANES),
            track=np.empty((3, room, d, LANES)),
            sizes=np.empty(LANES),
            vectors=np.empty((prove.VECTORS, d)),
            matrices=np.empty((prove.MATRICES, d, d)),
            states=np.empty((cell_count * room, d)),
            jacobians=np.empty((cell_count * room, d, d)),
        )

    def tiles(self, first: FloatArray, second: FloatArray, desk: Desk, looks: int) -> Tiles | None:
        """Every equilibrium in the cells of a part of the grid; None if a cell has more than the desk has room for.

        Parameters
        ----------
        first, second : FloatArray
            Shapes (n,) and (m,): values of the parameters.
        desk : Desk
        looks : int
            Boxes that may be looked at for each tile; what is not decided then stays so.
        """
        d, room, shape, functions = self.field.dimension, len(desk.near), (first.size, second.size), self._lanes
        tiles = [(*rows, *columns) for rows in _cut(first.size) for columns in _cut(second.size)]
        desk.pool[: len(tiles)] = self.window[0] - self.window[2], self.window[1] + self.window[2]
        for place, tile in enumerate(tiles):
            desk.blocks[place] = *tile, place, 1, 0
        counts, reached = np.zeros(shape, dtype=np.int64), np.full(shape, cells.UNKNOWN)
        size = first.size * second.size * room
        states, jacobians = desk.states[:size], desk.jacobians[:size]
        looked = _search()(
            addressed(self.field.raw_rates_and_jacobian),
            *(addressed(each) for each in (functions.derive, functions.rates, functions.slopes, _interpreter())),
            self.tape.operations,
            np.array([self.tape.first, *self.tape.ends, d], dtype=np.int64),
            self.tape.places,
            desk.slots,
            desk.parameters,
            *self.members,
            first,
            second,
            self.window,
            np.array([self.holds_all, CUTS, CUTS_ALONE * harder(d), looks, len(tiles)], dtype=np.int64),
            *desk[2:-2],
            states.reshape(*shape, room, d),
            jacobians.reshape(*shape, room, d, d),
            counts,
            reached,
        )
        if looked < 0:
            return None
        found = Tiles(states, jacobians, counts, reached, int(looked))
        listed = np.flatnonzero(found.held[..., np.newaxis] > np.arange(room))
        return found._replace(states=states[listed], jacobians=jacobians[listed])

    @cached_property
    def _lanes(self) -> LaneFunctions:
        return self.field.over_lanes(LANES, with_slopes=True)

    def _slots(self) -> FloatArray:
        """Intervals of parameters and numbers in their slots."""
        slots, d = np.zeros((self.tape.slots, 2)), self.field.dimension
        slots[d : d + self.tape.parameters] = self.field.parameters[:, np.newaxis]
        slots[d + self.tape.parameters : self.tape.first] = self.tape.numbers
        return slots


def harder(dimension: int) -> int:
    """How many times more boxes a cell of so many states may take than one of two."""
    return (1, 4, 16, 64)[min(max(dimension - 2, 0), 3)]


def _cut(size: int) -> list[tuple[int, int]]:
    """First and last cell of the tiles along an axis."""
    return [(first, min(first + SIDE, size)) for first in range(0, size, SIDE)]


@cache
def _interpreter() -> Any:
    return kernel_from(_text("rounding", "interpreter"), "run", BOUND)


@cache
def _search() -> Any:
    return kernel_from(one_text([layout_text(0, LANES), *(TEXTS[name] for name in KERNELS)]), "cover", COVER)


def _text(*modules: str) -> str:
    """One module's text out of several."""
    return one_text([TEXTS[module] for module in modules])
