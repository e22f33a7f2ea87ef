"""Traps and cells as kernels test them, against the same in NumPy; paths that end in them."""

import numpy as np
import pytest

from richardson.compiled.chase import Traps, held
from richardson.compiled.kernels import traps as kernel
from richardson.landscape.catching import Ball, Box, Cells, traps_of

RNG = np.random.default_rng(5)
STATES = RNG.uniform(-2, 2, (400, 3))
BALL = Ball(np.array([0.2, 0.1, -0.3]), np.array([[1.0, 0.3, 0.0], [0.3, 2.0, 0.1], [0.0, 0.1, 0.7]]))
BOX = Box(np.array([-2.0, 0.0, -1.0]), np.array([0.5, 1.5, 2.0]))
LOOP = np.column_stack([np.cos(np.linspace(0, 6.28, 900)), np.sin(np.linspace(0, 6.28, 900)), np.zeros(900)])


def test_an_ellipsoid_and_a_box_hold_what_they_should() -> None:
    away = STATES - BALL.centre
    in_ball = np.einsum("ni,ij,nj->n", away, BALL.matrix, away) <= 1.0
    in_box = ((BOX.lower <= STATES) & (BOX.upper >= STATES)).all(axis=1)
    expected = np.where(in_box, 1, np.where(in_ball, 0, -1))
    assert np.array_equal(held(STATES, traps_of([[BALL], [BOX]], 3)), expected)


def listed(states: np.ndarray, traps: Traps) -> np.ndarray:
    """Whether each state lies in a listed cell, by the kernel's function run as plain Python."""
    table = (traps.grids, traps.shapes, traps.firsts, traps.table)
    return np.array([kernel.is_listed(state, 0, 1, 0, *table) for state in states])


def test_cells_are_listed_alike_by_table_and_by_search() -> None:
    cells = Cells.through(LOOP, 20, 1.0)
    states = np.concatenate([STATES * [0.6, 0.6, 1e-10], LOOP])
    assert np.array_equal(listed(states, traps_of([[cells]], 3)), cells.holds(states))


def test_a_set_lies_in_its_own_cells() -> None:
    assert Cells.through(LOOP, 50, 1.0).holds(LOOP).all()


@pytest.mark.parametrize(
    ("moments", "owner"),
    [((0, 1, 2, 3), 0), ((0, 1, 2.9), -1), ((0, 1, 9, 10), -1)],
    ids=["long enough", "too short", "absent in between"],
)
def test_a_path_is_caught_when_it_has_stayed_long_enough(moments: tuple[float, ...], owner: int) -> None:
    traps = traps_of([[Cells.through(LOOP, 20, 3.0, 0.5)]], 3)
    since, within, outside = np.zeros((2, 1)), np.array([-1]), np.full(3, 9.0)
    cells = (traps.grids, traps.shapes, traps.firsts, traps.table, traps.stays, traps.cell_owners, since, within)
    found = -1
    for before, now in zip((0.0, *moments), moments, strict=False):
        if now - before > 2.0:
            kernel.stay_of(outside, 0, 1, now - 1.0, 0, *cells)
        found = kernel.stay_of(LOOP[5], 0, 1, float(now), 0, *cells)
    assert found == owner
