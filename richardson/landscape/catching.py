"""What tells that a path goes to an attractor before it is there: traps round equilibria, cells that cycles and stranger sets pass.

A trap is an ellipsoid on which a quadratic form falls along the flow (of a map: from step to step). Where no proof gives a larger
one, it is taken so small that the form falls at many points of shells in it, and halved. Cells follow the idea of recurrences on a
grid [1]_: a path that stays for long in cells through which an attractor passes goes to it.

References
----------
.. [1] G. Datseris, A. Wagemakers (2022), Effortless estimation of basins of attraction, Chaos 32, 023104 (quoted from memory).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.chase import Traps
from richardson.compiled.field import Field
from richardson.compiled.kernels.traps import SCATTER

LARGEST, SMALLEST = 0.05, 1e-9  # of the states' sizes: radii of ellipsoids that are tried
SHELLS, POINTS = 8, 256  # on each of which the form must fall
KEPT = 0.5  # of the radius that the points support
FALL = 1e-3  # of what the linear part says: a fall by less is no evidence
FINEST = 1e-150  # width of a cell: its inverse is a number
FILL = 3  # places in a table of cells for each of them


@dataclass(frozen=True, eq=False)
class Ball:
    """The ellipsoid (x − c)ᵀ P (x − c) ≤ 1: ``centre`` (d,), ``matrix`` (d, d)."""

    centre: FloatArray
    matrix: FloatArray


@dataclass(frozen=True, eq=False)
class Box:
    """All states between two corners (d,)."""

    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of a grid through which an attractor passes.

    Attributes
    ----------
    lower, per_width : FloatArray
        Shape (d,): the grid's corner, and cells per unit.
    shape : IntArray
        Shape (d,): cells along each state.
    keys : IntArray
        Shape (k,): numbers of the listed cells, the last state running fastest, sorted.
    stay, absence : float
        How long a path must stay in them, and how long it may be elsewhere meanwhile.
    """

    lower: FloatArray
    per_width: FloatArray
    shape: IntArray
    keys: IntArray
    stay: float
    absence: float

    @classmethod
    def through(cls, states: FloatArray, count: int, stay: float, absence: float = 0.0, least: FloatArray | float = FINEST) -> "Cells":
        """Cells that hold the states (n, d) of an attractor and the cells beside them; ``count`` cells across each state.

        A state in which the attractor is flat counts as ``least`` (d,) wide.
        """
        low, high = states.min(axis=0), states.max(axis=0)
        floor = np.maximum(1e-9 * np.abs(states).max(axis=0), np.maximum(least, FINEST))
        width = np.maximum(high - low, floor) / count
        lower, shape = low - 2.0 * width, np.full(len(low), count + 5, dtype=np.int64)
        places = np.floor((states - lower) / width).astype(np.int64)
        steps = np.concatenate(
            [np.zeros((1, len(low)), dtype=np.int64), np.eye(len(low), dtype=np.int64), -np.eye(len(low), dtype=np.int64)]
        )
        keys = np.unique(numbered((np.unique(places, axis=0)[:, None] + steps).reshape(-1, len(low)), shape))
        return cls(lower, 1.0 / width, shape, keys, stay, absence)

    def holds(self, states: FloatArray) -> BoolArray:
        """Whether each state (n, d) lies in a listed cell, shape (n,)."""
        places = np.floor((states - self.lower) * self.per_width)
        is_inside: BoolArray = np.asarray(((places >= 0) & (places < self.shape)).all(axis=1))
        keys = numbered(np.where(is_inside[:, None], places, 0).astype(np.int64), self.shape)
        found = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.asarray(is_inside & (self.keys[found] == keys))


Catch = Ball | Box | Cells


def numbered(places: IntArray, shape: IntArray) -> IntArray:
    """Numbers of cells from their places (n, d), the last state running fastest."""
    keys = np.zeros(len(places), dtype=np.int64)
    for column, size in zip(places.T, shape.tolist(), strict=True):
        keys = keys * size + column
    return keys


def ball_round(field: Field, points: Sequence[FloatArray]) -> list[Ball]:
    """Ellipsoids round the points of a stable cycle of a map, or the one round a stable equilibrium; none where none is found.

    Parameters
    ----------
    field : Field
    points : sequence of FloatArray
        Shape (d,) each: one for an equilibrium, the points in their order for a cycle of a map.
    """
    found = [_ball(field, point, len(points)) for point in points]
    return [ball for ball in found if ball is not None]


def _ball(field: Field, point: FloatArray, period: int) -> Ball | None:
    scale = np.maximum(np.abs(point), 1e-3 * max(float(np.abs(point).max()), 1.0))
    is_map = field.model.kind == "map"
    slope = _return_slope(field, point, period) * scale / scale[:, None]
    multipliers = np.linalg.eigvals(slope)
    if (np.abs(multipliers) >= 1.0).any() if is_map else (multipliers.real >= 0.0).any():
        return None
    unit = np.eye(len(point))
    solve = scipy.linalg.solve_discrete_lyapunov if is_map else scipy.linalg.solve_continuous_lyapunov
    try:
        form = np.asarray(solve(slope.T, unit if is_map else -unit), dtype=np.float64)
        root = np.linalg.cholesky(0.5 * (form + form.T))
    except (np.linalg.LinAlgError, ValueError):
        return None
    patterns = np.random.default_rng(POINTS).standard_normal((POINTS, len(point)))
    shell = np.linalg.solve(root.T, (patterns / np.linalg.norm(patterns, axis=1, keepdims=True)).T).T
    shell /= np.abs(shell).max()  # the ellipsoid of which the widest half axis is one size
    level = float(np.einsum("ni,ij,nj->n", shell, form, shell).max())
    fall = _fall_of_map(field, point, scale, form, period) if is_map else _fall_of_flow(field, point, scale, form)
    radius = LARGEST
    while radius >= SMALLEST:
        shells = (radius * shell * (np.arange(1, SHELLS + 1) / SHELLS)[:, None, None]).reshape(-1, len(point))
        if _falls(field, point, scale, shells, fall):
            size = KEPT * radius
            return Ball(point.copy(), form / (level * size**2) / np.outer(scale, scale))
        radius *= 0.5
    return None


def _falls(field: Field, point: FloatArray, scale: FloatArray, shells: FloatArray, fall: Callable[[FloatArray], FloatArray]) -> bool:
    """Whether the form falls at all shells' points that are in the domain, and no path leaves the domain through the ellipsoid."""
    states = point + shells * scale
    clipped = np.clip(states, field.lower, field.upper)
    beyond = clipped != states
    if not (fall((clipped - point) / scale) < 0.0).all():
        return False
    rates = field.rates_over(0.0, clipped)
    if field.model.kind == "map":
        return bool(((rates >= field.lower) & (rates <= field.upper)).all())
    size = np.abs(rates).max(axis=0, initial=0.0)
    outward = np.where(states < field.lower, -rates, rates)
    return bool((outward[beyond] <= np.broadcast_to(1e-12 * size, states.shape)[beyond]).all())


def _fall_of_flow(field: Field, point: FloatArray, scale: FloatArray, form: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """How fast the form rises at offsets (n, d) in sizes, and by how much less than a share of the linear part it must fall."""

    def fall(offsets: FloatArray) -> FloatArray:
        rates = field.rates_over(0.0, point + offsets * scale) / scale
        return np.asarray(2.0 * np.einsum("ni,ij,nj->n", offsets, form, rates) + FALL * (offsets**2).sum(axis=1))

    return fall


def _fall_of_map(field: Field, point: FloatArray, scale: FloatArray, form: FloatArray, period: int) -> Callable[[FloatArray], FloatArray]:
    def fall(offsets: FloatArray) -> FloatArray:
        states = point + offsets * scale
        for _ in range(period):
            states = field.rates_over(0.0, states)
        images = (states - point) / scale
        after, before = (np.einsum("ni,ij,nj->n", part, form, part) for part in (images, offsets))
        return np.asarray(after - before + FALL * (offsets**2).sum(axis=1))

    return fall


def _return_slope(field: Field, point: FloatArray, period: int) -> FloatArray:
    """Jacobian at an equilibrium, or of the ``period``-th iterate of a map."""
    slope, state = np.eye(len(point)), point
    for _ in range(period):
        state, part = field.rates_and_jacobian(0.0, state)
        slope = part @ slope
    return slope


def traps_of(catches: Sequence[Sequence[Catch]], dimension: int) -> Traps:
    """All that catches paths, as kernels take it, from what catches those of each attractor."""
    owned = [(owner, catch) for owner, several in enumerate(catches) for catch in several]
    balls = [(owner, catch) for owner, catch in owned if isinstance(catch, Ball)]
    boxes = [(owner, catch) for owner, catch in owned if isinstance(catch, Box)]
    cells = [(owner, catch) for owner, catch in owned if isinstance(catch, Cells)]
    tables = [_table(catch.keys) for _, catch in cells]
    d = dimension
    return Traps(
        centres=np.array([ball.centre for _, ball in balls]).reshape(-1, d),
        matrices=np.array([ball.matrix for _, ball in balls]).reshape(-1, d, d),
        ball_owners=np.array([owner for owner, _ in balls], dtype=np.int64),
        boxes=np.array([(box.lower, box.upper) for _, box in boxes]).reshape(-1, 2, d),
        box_owners=np.array([owner for owner, _ in boxes], dtype=np.int64),
        grids=np.array([(each.lower, each.per_width) for _, each in cells]).reshape(-1, 2, d),
        shapes=np.array([each.shape for _, each in cells], dtype=np.int64).reshape(-1, d),
        firsts=np.cumsum([0, *(len(table) for table in tables)], dtype=np.int64),
        table=np.concatenate([*tables, np.empty(0, dtype=np.int64)]),
        stays=np.array([(each.stay, each.absence) for _, each in cells]).reshape(-1, 2),
        cell_owners=np.array([owner for owner, _ in cells], dtype=np.int64),
    )


def _table(keys: IntArray) -> IntArray:
    """The keys in a table with open addressing: each at the first free place from where `kernels.traps` looks first."""
    table = np.full(FILL * len(keys) + 1, -1, dtype=np.int64)
    for key in keys.tolist():
        slot = key % len(table) * SCATTER % len(table)
        while table[slot] >= 0:
            slot = (slot + 1) % len(table)
        table[slot] = key
    return table
