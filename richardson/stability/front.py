"""A closed front that grows against the flow of a plane from a captured neighbourhood of a stable equilibrium.

Each vertex goes upstream by about one stride a level, along −f/(|f| + v); what lies between two levels is cut into triangles, and the
level is the value of a function at their vertices that is linear on each: about the time to the equilibrium, in strides. Here all is
computed in doubles and only looks right; `front_proof` proves that the function falls along paths, or says where it may not.
"""

from dataclasses import dataclass, field

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.stability.domain import Domain
from richardson.stability.lyapunov import Ellipsoid

FIRST = 48  # vertices about the neighbourhood
INSCRIBED = 0.98  # of its radius
STRIDE = 1 / 28  # of the window
SLOW = 1.5  # strides times the largest slope at the equilibrium: speeds below this slow the vertices down, as beside a saddle
LEVELS = 120
VERTICES = 3_000
LAST, LEAST = 4, 5e-4  # levels, and the share of the box that they must add for the front to go on
WIDE = 1.4  # strides between vertices, from which one is put between them
STUCK = 0.01  # of a stride: a vertex that moves less has come beside a saddle or another equilibrium, and stays
STEEP = 1e-3  # least sine of the angle between flow and front that looks like crossing it
PLACES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])  # of an edge, where it is looked at
RETRIES = 8  # times that vertices are held back where new triangles look wrong
SHARES = (1.0, 0.3)  # of a level: the second where much looks wrong
CROWD = 0.2  # of the triangles: more that look wrong are no exceptions
PATIENCE = 3  # levels for which a vertex may be held back


@dataclass(eq=False)
class Front:
    """Where the front has come.

    Attributes
    ----------
    points : FloatArray
        Shape (m, 2): vertices, counter-clockwise.
    rates : FloatArray
        Shape (m, 2), at the vertices.
    values : FloatArray
        Shape (m,): the level at which each was reached.
    held : IntArray
        Shape (m,): for how many levels each has been held back.
    corners, corner_values : list of FloatArray
        Triangles, shapes (n, 3, 2) and (n, 3), one array a level.
    past : list of tuple of FloatArray
        The vertices and values before each level.
    """

    points: FloatArray
    rates: FloatArray
    values: FloatArray
    held: IntArray
    corners: list[FloatArray] = field(default_factory=list)
    corner_values: list[FloatArray] = field(default_factory=list)
    past: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)

    @property
    def is_still(self) -> BoolArray:
        """Which vertices go no further, shape (m,)."""
        return np.asarray(self.held >= PATIENCE)

    def triangles(self) -> tuple[FloatArray, FloatArray]:
        """All triangles: corners (n, 3, 2), counter-clockwise, and values (n, 3)."""
        return np.concatenate([np.empty((0, 3, 2)), *self.corners]), np.concatenate([np.empty((0, 3)), *self.corner_values])


@dataclass(frozen=True, eq=False)
class Terrain:
    """What a front moves over.

    Attributes
    ----------
    field : Field
    low, high : FloatArray
        Shape (2,): the box that it stays in.
    stride : FloatArray
        Shape (2,), in the states' units.
    slow : float
        Speed, in strides a unit of time, below which vertices move in proportion to theirs.
    closed : FloatArray
        Shape (k, 3): centre and radius, in strides, of discs in which a proof has failed.
    """

    field: Field
    low: FloatArray
    high: FloatArray
    stride: FloatArray
    slow: float
    closed: FloatArray

    def upstream(self, rates: FloatArray) -> FloatArray:
        """Velocity of vertices in states a level."""
        speed = np.linalg.norm(rates / self.stride, axis=1, keepdims=True)
        return np.asarray(-rates / (speed + self.slow))

    def moved(self, points: FloatArray, rates: FloatArray, share: float) -> FloatArray:
        """Vertices a share of a level upstream, by the classical Runge–Kutta step."""
        first = share * self.upstream(rates)
        second = share * self.upstream(self.field.rates_over(0.0, points + 0.5 * first))
        third = share * self.upstream(self.field.rates_over(0.0, points + 0.5 * second))
        fourth = share * self.upstream(self.field.rates_over(0.0, points + third))
        return np.asarray(points + (first + 2 * second + 2 * third + fourth) / 6)

    def allows(self, points: FloatArray) -> BoolArray:
        """Whether vertices may be there."""
        inside = ((points >= self.low) & (points <= self.high)).all(axis=1)
        if len(self.closed):
            away = np.linalg.norm((points[:, np.newaxis] - self.closed[:, :2]) / self.stride, axis=2)
            inside &= (away > self.closed[:, 2]).all(axis=1)
        return np.asarray(inside)


def terrain_of(model_field: Field, core: Ellipsoid, domain: Domain, closed: FloatArray) -> Terrain:
    """The window with its surroundings; open sides of the domain are not crossed, others are, where nothing outside matters."""
    margin = 2 * STRIDE * domain.width
    low = np.where(domain.is_open_below, domain.lower, domain.lower - margin)
    high = np.where(domain.is_open_above, domain.upper, domain.upper + margin)
    slopes = model_field.jacobian(0.0, core.centre) * domain.width / domain.width[:, np.newaxis]
    stride = STRIDE * domain.width
    return Terrain(model_field, low, high, stride, SLOW * float(np.linalg.norm(slopes, 2)), closed)


def advanced(terrain: Terrain, core: Ellipsoid) -> Front:
    """The front after as many levels as it moves on."""
    front = _around(terrain, core)
    for level in range(1, LEVELS + 1):
        if front.is_still.all() or len(front.points) > VERTICES or not _advance(terrain, front, level) or _hardly_grows(terrain, front):
            break
    return front


def _hardly_grows(terrain: Terrain, front: Front) -> bool:
    """Whether the last levels have added next to nothing to what the front encloses."""
    if len(front.corners) < LAST:
        return False
    return area_of(np.concatenate(front.corners[-LAST:])) < LEAST * float(np.prod(terrain.high - terrain.low))


def area_of(corners: FloatArray) -> float:
    """Area of triangles (n, 3, 2) together."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return 0.5 * float((first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]).sum())


def _around(terrain: Terrain, core: Ellipsoid) -> Front:
    angle = np.linspace(0, 2 * np.pi, FIRST, endpoint=False)
    circle = INSCRIBED * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    inverse = np.linalg.inv(np.linalg.cholesky(core.form / core.level).T)
    points = core.centre + circle @ inverse.T
    if np.linalg.det(inverse) < 0:
        points = points[::-1].copy()
    return Front(
        points, terrain.field.rates_over(0.0, points), np.zeros(FIRST), np.where(terrain.allows(points), 0, PATIENCE).astype(np.int64)
    )


def _advance(terrain: Terrain, front: Front, level: int) -> bool:
    """Take the front one level upstream; whether any vertex moved."""
    for share in SHARES:
        trial = _trial(terrain, front, level, share)
        for count in range(RETRIES):
            corners, values, flows, owners = trial.triangles()
            bad = ~_look_right(terrain, corners, values, flows)
            crossed = _look_crossed(terrain, *trial.edges())
            if not bad.any() and crossed.all():
                break
            if count == 0 and bad.mean() > CROWD:
                break
            trial.hold_back(np.concatenate([owners[bad], np.flatnonzero(~crossed)]))
        if len(corners) and not bad.any() and crossed.all():
            front.past.append((front.points, front.values))
            front.corners.append(corners)
            front.corner_values.append(values)
            trial.accept()
            return True
    return False


def _trial(terrain: Terrain, front: Front, level: int, share: float) -> "_Trial":
    """All vertices and the middles of wide edges moved by a share of a level, where they may."""
    points, count = front.points, len(front.points)
    after = np.roll(np.arange(count), -1)
    wide = (np.linalg.norm((points[after] - points) / terrain.stride, axis=1) > WIDE) & ~(front.is_still & front.is_still[after])
    middles = 0.5 * (points + points[after])
    both = np.concatenate([points, middles[wide]])
    rates = np.concatenate([front.rates, terrain.field.rates_over(0.0, middles[wide])])
    target = terrain.moved(both, rates, share)
    step = np.linalg.norm((target - both) / terrain.stride, axis=1)
    goes_on = terrain.allows(target) & (step > share * STUCK)
    may = goes_on & np.concatenate([~front.is_still, np.ones(int(wide.sum()), dtype=bool)])
    target_rates = terrain.field.rates_over(0.0, target)
    inserts, new_middle, new_middle_rates = np.zeros(count, dtype=bool), middles.copy(), middles.copy()
    inserts[wide], new_middle[wide], new_middle_rates[wide] = may[count:], target[count:], target_rates[count:]
    return _Trial(front, level, target[:count], target_rates[:count], new_middle, new_middle_rates, may[:count], inserts, goes_on[:count])


@dataclass(eq=False)
class _Trial:
    """Moves of one level that are tried: of vertices, and of the middles of edges, which become vertices."""

    front: Front
    level: int
    target: FloatArray
    target_rates: FloatArray
    middle: FloatArray
    middle_rates: FloatArray
    moves: BoolArray
    inserts: BoolArray
    goes_on: BoolArray

    def triangles(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Corners (n, 3, 2), values (n, 3), rates at the corners (n, 3, 2), and which edges (n,) they stand on."""
        front, count = self.front, len(self.front.points)
        here, after = np.arange(count), np.roll(np.arange(count), -1)
        places = np.concatenate([front.points, self.target, self.middle])
        rates = np.concatenate([front.rates, self.target_rates, self.middle_rates])
        values = np.concatenate([front.values, np.full(2 * count, float(self.level))])
        old_a, old_b, new_a, new_b, new_m = here, after, count + here, count + after, 2 * count + here
        a_moves, b_moves, inserts = self.moves, self.moves[after], self.inserts
        chosen = [
            (inserts, (old_a, new_m, old_b)),
            (inserts & a_moves, (old_a, new_a, new_m)),
            (inserts & b_moves, (old_b, new_m, new_b)),
            (~inserts & b_moves, (old_a, new_b, old_b)),
            (~inserts & a_moves & b_moves, (old_a, new_a, new_b)),
            (~inserts & a_moves & ~b_moves, (old_a, new_a, old_b)),
        ]
        index = np.concatenate([np.stack([corner[which] for corner in corners], axis=1) for which, corners in chosen])
        owners = np.concatenate([here[which] for which, _ in chosen])
        return places[index], values[index], rates[index], owners

    def edges(self) -> tuple[FloatArray, BoolArray]:
        """What stands for each old edge: start, middle and end (n, 3, 2), and whether any of them moves (n,)."""
        first = np.where(self.moves[:, np.newaxis], self.target, self.front.points)
        last = np.roll(first, -1, axis=0)
        middle = np.where(self.inserts[:, np.newaxis], self.middle, 0.5 * (first + last))
        return np.stack([first, middle, last], axis=1), self.moves | self.inserts | np.roll(self.moves, -1)

    def hold_back(self, edges: FloatArray) -> None:
        """Neither end of some edges, nor what was put between them, moves in this level."""
        self.inserts[edges] = False
        self.moves[edges] = False
        self.moves[(edges + 1) % len(self.moves)] = False

    def accept(self) -> None:
        """Let the front have moved; what stayed though it could move is still from now on."""
        front, count = self.front, len(self.front.points)
        order = np.argsort(np.concatenate([np.arange(count), np.flatnonzero(self.inserts) + 0.5]), kind="stable")
        kept = np.where(self.moves[:, np.newaxis], self.target, front.points)
        kept_rates = np.where(self.moves[:, np.newaxis], self.target_rates, front.rates)
        inserted = int(self.inserts.sum())
        front.points = np.concatenate([kept, self.middle[self.inserts]])[order]
        front.rates = np.concatenate([kept_rates, self.middle_rates[self.inserts]])[order]
        front.values = np.concatenate([np.where(self.moves, float(self.level), front.values), np.full(inserted, float(self.level))])[order]
        held = np.where(self.moves, 0, front.held + np.where(self.goes_on, 1, PATIENCE))
        front.held = np.concatenate([held, np.zeros(inserted, dtype=np.int64)])[order]


def _look_right(terrain: Terrain, corners: FloatArray, values: FloatArray, flows: FloatArray) -> BoolArray:
    """Whether triangles are counter-clockwise, and their function falls at their corners and halfway between them, shape (n,)."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    rise, other = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    slope = np.stack([rise * second[:, 1] - other * first[:, 1], other * first[:, 0] - rise * second[:, 0]], axis=1)
    halfway = 0.5 * (corners + np.roll(corners, -1, axis=1))
    flows = np.concatenate([flows, terrain.field.rates_over(0.0, halfway.reshape(-1, 2)).reshape(-1, 3, 2)], axis=1)
    fall = np.einsum("ni,nki->nk", slope, flows)
    scale = np.linalg.norm(slope, axis=1)[:, np.newaxis] * np.linalg.norm(flows, axis=2)
    return np.asarray((area > 0) & (fall < -STEEP * scale).all(axis=1))


def _look_crossed(terrain: Terrain, bends: FloatArray, is_new: BoolArray) -> BoolArray:
    """Whether the flow crosses edges with a middle, (n, 3, 2), from right to left at some points of them; old edges are not looked at."""
    rows = np.flatnonzero(is_new)
    starts, along = bends[rows, :-1], np.diff(bends[rows], axis=1)
    points = starts[:, :, np.newaxis] + PLACES[:, np.newaxis] * along[:, :, np.newaxis]
    flows = terrain.field.rates_over(0.0, points.reshape(-1, 2)).reshape(points.shape)
    inwards = along[:, :, np.newaxis, 0] * flows[..., 1] - along[:, :, np.newaxis, 1] * flows[..., 0]
    scale = np.linalg.norm(along, axis=2)[:, :, np.newaxis] * np.linalg.norm(flows, axis=3)
    crossed = np.ones(len(bends), dtype=bool)
    crossed[rows] = (inwards >= STEEP * scale).all(axis=(1, 2))
    return crossed
