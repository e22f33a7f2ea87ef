"""Fronts against the flow, their proof, and the cells they enclose, against cases that are known by hand."""

import numpy as np
import pytest

from richardson.compiled.bounds import Bounds
from richardson.compiled.enclosure import Enclosure
from richardson.stability.cells import Grid, cells_within
from richardson.stability.domain import Domain
from richardson.stability.front_proof import falls, is_crossed
from richardson.symbolic.model import Model

EVERYWHERE = Domain(np.full(2, -9.0), np.full(2, 9.0), np.ones(2, dtype=bool), np.ones(2, dtype=bool), np.full(2, 18.0))


@pytest.fixture(scope="module")
def sink() -> Bounds:
    """x' = −x, y' = −2y."""
    return Bounds(Enclosure(Model.from_equations({"x": "-x", "y": "-2*y"})))


def test_a_function_that_falls_along_paths_is_proved_and_one_that_rises_is_not(sink: Bounds) -> None:
    triangle = np.array([[[1.0, -0.5], [2.0, 0.0], [1.0, 0.5]]])
    assert falls(sink, EVERYWHERE, triangle, triangle[:, :, 0]).tolist() == [True]  # x falls where x > 0
    assert falls(sink, EVERYWHERE, triangle, -triangle[:, :, 0]).tolist() == [False]
    assert falls(sink, EVERYWHERE, triangle, triangle[:, :, 1]).tolist() == [False]  # y falls only above the axis
    assert falls(sink, EVERYWHERE, triangle[:, ::-1], triangle[:, ::-1, 0]).tolist() == [False]  # clockwise
    flat = np.array([[[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]])
    assert falls(sink, EVERYWHERE, flat, flat[:, :, 0]).tolist() == [False]


def test_edges_are_crossed_inwards_exactly_where_the_flow_points_to_their_left(sink: Bounds) -> None:
    starts = np.array([[1.0, -1.0], [1.0, 1.0], [0.5, 1.0], [0.0, 1.0]])
    ends = np.array([[1.0, 1.0], [1.0, -1.0], [2.0, 1.0], [3.0, 2.5]])
    # along y = 1 + x/2 the flow (−x, −2y) crosses downwards for every x ≥ 0, to the right of an edge that runs outwards
    assert is_crossed(sink, EVERYWHERE, starts, ends).tolist() == [True, False, False, False]
    assert is_crossed(sink, EVERYWHERE, ends, starts).tolist() == [False, True, True, True]


def test_what_lies_beyond_a_side_that_no_path_crosses_need_not_be_proved(sink: Bounds) -> None:
    right = Domain(np.array([0.0, -9.0]), np.full(2, 9.0), np.array([False, True]), np.ones(2, dtype=bool), np.full(2, 18.0))
    beyond = np.array([[[-2.0, -0.5], [-1.0, 0.0], [-2.0, 0.5]]])
    assert falls(sink, right, beyond, beyond[:, :, 0]).tolist() == [True]
    assert falls(sink, EVERYWHERE, beyond, beyond[:, :, 0]).tolist() == [False]


def test_nothing_is_proved_over_a_jump() -> None:
    step = Bounds(Enclosure(Model.from_equations({"x": "-2 + heaviside(y)", "y": "0*x"})))
    triangle = np.array([[[1.0, -0.5], [2.0, 0.0], [1.0, 0.5]], [[1.0, 0.5], [2.0, 1.0], [1.0, 1.5]]])
    assert falls(step, EVERYWHERE, triangle, triangle[:, :, 0]).tolist() == [False, True]


def test_cells_are_those_that_lie_wholly_in_the_polygon() -> None:
    grid = Grid(np.zeros(2), np.array([10.0, 5.0]), (10, 5))
    diamond = np.array([[5.0, 0.1], [9.9, 2.5], [5.0, 4.9], [0.1, 2.5]])
    found = cells_within(grid, diamond)
    for first in range(10):
        for second in range(5):
            corners = np.array([[first + i, second + j] for i in (0, 1) for j in (0, 1)], dtype=float)
            inside = (np.abs(corners[:, 0] - 5) / 4.9 + np.abs(corners[:, 1] - 2.5) / 2.4).max() <= 1
            assert found[first, second] == inside
    assert not cells_within(grid, diamond[::-1]).any()


def test_a_polygon_that_overlaps_itself_keeps_what_it_turns_round_twice_and_drops_holes() -> None:
    grid = Grid(np.full(2, -2.0), np.full(2, 2.0), (40, 40))
    angle = np.linspace(0, 4 * np.pi, 400, endpoint=False)
    radius = 1.5 + 0.3 * np.cos(angle / 2)
    twice = cells_within(grid, np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1))
    assert twice[20, 20]
    assert not twice[0, 20]
    ring = np.array([[-1.5, -1.5], [1.5, -1.5], [1.5, 1.5], [-1.5, 1.5], [-1.5, 0], [-0.5, 0.0], [-0.5, 0.5], [0.5, 0.5], [0.5, -0.5]])
    ring = np.concatenate([ring, [[-0.5, -0.5], [-0.5, -0.01], [-1.5, -0.01]]])
    assert not cells_within(grid, ring)[20, 20]
    assert cells_within(grid, ring)[30, 30]
