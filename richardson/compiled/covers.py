"""The kernel that finds every equilibrium over a grid of two parameters, and what a model gives it to work with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Self

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.address import addressed
from richardson.compiled.build import CODE_ROWS, CODES, MATRIX, RULE, STACK, VECTOR, kernel_from
from richardson.compiled.emit_tape import Tape, tape_of
from richardson.compiled.field import Field
from richardson.compiled.kernels import TEXTS, cells, prove
from richardson.compiled.lanes import one_text
from richardson.errors import ModelError
from richardson.symbolic.model import Model

BOUND = f"int64({CODE_ROWS}, {MATRIX}, int64, int64, int64)"
GRID = "float64[:,:,:,::1]"
GRIDS = "float64[:,:,:,:,::1]"
COVER = (
    f"int64({RULE}, FunctionType({BOUND}), {CODE_ROWS}, {CODES}, {CODES}, {MATRIX}, {VECTOR}, {CODES}, {CODES}, {VECTOR}, {VECTOR}, "
    f"{MATRIX}, {CODES}, {STACK}, {CODE_ROWS}, {STACK}, {STACK}, {STACK}, {STACK}, {STACK}, {MATRIX}, {STACK}, {GRID}, {GRIDS}, "
    f"{CODE_ROWS}, {CODE_ROWS})"
)
CUTS = 3  # of boxes in a block of cells before it is halved: few, since a failure costs them all
CUTS_ALONE = 360  # the same in a single cell of two states, after which it stays undecided
BOXES = 1024  # that a block may hold, besides the zeros proved in it, and those cuts
LEVELS = 40  # a tile is halved fewer times
BLOCK_ROW = 7


class Tile(NamedTuple):
    """What is found in a part of the grid of (n, m) cells: states (n, m, k, d), Jacobians, counts (n, m), which is reached (n, m)."""

    states: FloatArray
    jacobians: FloatArray
    counts: IntArray
    reached: IntArray
    looks: int


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
        Whether a path that leaves the window through its upper border has escaped.
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
        """Compile what `tile` calls, so that threads need not."""
        addressed(self.field.raw_rates_and_jacobian)
        addressed(_interpreter())
        _search()

    def tile(self, first: FloatArray, second: FloatArray, room: int, looks: int) -> Tile | None:
        """Every equilibrium in the cells of a part of the grid; None if a cell has more than ``room``.

        Parameters
        ----------
        first, second : FloatArray
            Shapes (n,) and (m,): values of the parameters.
        room : int
        looks : int
            Boxes that may be looked at; what is not decided then stays so.
        """
        d, shape = self.field.dimension, (first.size, second.size)
        alone = CUTS_ALONE * harder(d)
        boxes = BOXES + room + alone
        blocks = np.zeros((LEVELS, BLOCK_ROW), dtype=np.int64)
        blocks[0] = 0, first.size, 0, second.size, 0, 1, 0
        pool = np.empty((LEVELS * (boxes + 3 * room), 2, d))
        pool[0] = self.window[0] - self.window[2], self.window[1] + self.window[2]
        found = Tile(
            np.empty((*shape, room, d)),  # written as far as the counts reach
            np.empty((*shape, room, d, d)),
            np.zeros(shape, dtype=np.int64),
            np.full(shape, cells.UNKNOWN, dtype=np.int64),
            0,
        )
        looked = _search()(
            addressed(self.field.raw_rates_and_jacobian),
            addressed(_interpreter()),
            self.tape.operations,
            np.array([self.tape.first, *self.tape.ends, d], dtype=np.int64),
            self.tape.places,
            self._slots(),
            self.field.parameters.copy(),
            *self.members,
            first,
            second,
            self.window,
            np.array([self.holds_all, CUTS, alone, looks], dtype=np.int64),
            pool,
            blocks,
            *(np.empty((boxes, 2, d)) for _ in range(2)),
            *(np.empty((room, 2, d)) for _ in range(2)),
            np.empty((3, room, d)),
            np.empty((prove.VECTORS, d)),
            np.empty((prove.MATRICES, d, d)),
            *found[:4],
        )
        return None if looked < 0 else found._replace(looks=int(looked))

    def _slots(self) -> FloatArray:
        """Intervals of parameters and numbers in their slots."""
        slots, d = np.zeros((self.tape.slots, 2)), self.field.dimension
        slots[d : d + self.tape.parameters] = self.field.parameters[:, np.newaxis]
        slots[d + self.tape.parameters : self.tape.first] = self.tape.numbers
        return slots


def harder(dimension: int) -> int:
    """How many times more boxes a cell of so many states may take than one of two."""
    return (1, 4, 16, 64)[min(max(dimension - 2, 0), 3)]


@cache
def _interpreter() -> Any:
    return kernel_from(_text("rounding", "interpreter"), "run", BOUND)


@cache
def _search() -> Any:
    return kernel_from(_text("rounding", "pivots", "boxes", "prove", "cells", "cover"), "cover", COVER)


def _text(*modules: str) -> str:
    """One module's text out of several."""
    return one_text([TEXTS[module] for module in modules])
