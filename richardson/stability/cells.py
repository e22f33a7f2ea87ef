"""Cells of a grid that lie within a closed polygon of the plane."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray

SLACK = 1e-6  # of a cell: more than the rounding of a place in the grid


@dataclass(frozen=True, eq=False)
class Grid:
    """Equal cells over a rectangle: corners ``lower``, ``upper`` (2,) and number of cells ``shape``."""

    lower: FloatArray
    upper: FloatArray
    shape: tuple[int, ...]

    @property
    def per_unit(self) -> FloatArray:
        """Cells a unit of each state, shape (2,)."""
        return np.asarray(np.array(self.shape) / (self.upper - self.lower))

    def places(self, states: FloatArray) -> FloatArray:
        """States (n, 2) measured in cells from the lower corner."""
        return np.asarray((states - self.lower) * self.per_unit)

    def marks(self, states: FloatArray, marked: BoolArray) -> BoolArray:
        """Whether states (n, 2) lie in cells that are marked, shape (n,)."""
        places = np.floor(self.places(states))
        inside = np.asarray(((places >= 0) & (places < self.shape)).all(axis=1))
        first, second = np.where(inside[:, np.newaxis], places, 0).astype(np.int64).T
        return np.asarray(inside & marked[first, second])


def cells_within(grid: Grid, polygon: FloatArray) -> BoolArray:
    """Cells round all points of which the closed polygon (n, 2) turns once or more counter-clockwise.

    Of a front that has grown outwards these are the cells that it has passed over wholly, even where it has come to overlap itself.
    """
    places = grid.places(polygon)
    return (_turns(grid, places) > 0) & ~_touched(grid, places)


def _turns(grid: Grid, places: FloatArray) -> IntArray:
    """How often the polygon turns around each cell's centre, by counting edges that cross the row of centres to the right of it."""
    rows = np.arange(grid.shape[1]) + 0.5
    change = np.zeros((grid.shape[0] + 1, grid.shape[1]), dtype=np.int64)
    start, end = places, np.roll(places, -1, axis=0)
    edge, row = np.nonzero((np.minimum(start, end)[:, 1, np.newaxis] <= rows) & (rows < np.maximum(start, end)[:, 1, np.newaxis]))
    share = (rows[row] - start[edge, 1]) / (end[edge, 1] - start[edge, 1])
    across = start[edge, 0] + share * (end[edge, 0] - start[edge, 0])
    last = np.clip(np.ceil(across - 0.5).astype(np.int64), 0, grid.shape[0])  # centres before this lie to the left of the crossing
    sign = np.where(end[edge, 1] > start[edge, 1], 1, -1)
    np.add.at(change, (np.zeros_like(last), row), sign)
    np.add.at(change, (last, row), -sign)
    return np.asarray(np.cumsum(change, axis=0)[:-1])


def _touched(grid: Grid, places: FloatArray) -> BoolArray:
    """Cells that an edge meets, those beside its bends included."""
    start, end = places, np.roll(places, -1, axis=0)
    count = np.maximum(np.ceil(np.abs(end - start).max(axis=1) * 2).astype(np.int64), 1)  # pieces of at most half a cell
    edge = np.repeat(np.arange(len(places)), count)
    piece = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    step = (end - start) / count[:, np.newaxis]
    near = start[edge] + piece[:, np.newaxis] * step[edge]
    low = np.floor(np.minimum(near, near + step[edge]) - SLACK).astype(np.int64)
    high = np.floor(np.maximum(near, near + step[edge]) + SLACK).astype(np.int64)
    touched = np.zeros(grid.shape, dtype=bool)
    for first, second in ((low[:, 0], low[:, 1]), (low[:, 0], high[:, 1]), (high[:, 0], low[:, 1]), (high[:, 0], high[:, 1])):
        inside = (first >= 0) & (first < grid.shape[0]) & (second >= 0) & (second < grid.shape[1])
        touched[first[inside], second[inside]] = True
    return touched
