"""Roots of the equations of rest by damped Newton iterations from many starts, known roots divided out.

References
----------
.. [1] P. E. Farrell, A. Birkisson, S. W. Funke, Deflation techniques for finding distinct solutions of nonlinear partial
   differential equations, SIAM J. Sci. Comput. 37 (2015) A2026-A2045: the factor 1/‖u − r‖² + 1 of each known root r.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.stats import qmc

from richardson.arrays import FloatArray
from richardson.stability.newton import CLOSE, accepted, corrected_root, is_on_curve, newton_step, polished
from richardson.stability.rest import ROUNDING, RestEquations

NEWTON_LIMIT = 80  # a triple root is approached by a third a step: 1e-12 of the width takes 68
PATIENCE = 4  # steps in which the residual must halve; a triple root does so in one
DAMPING_LIMIT = 6  # halvings: below 1/64 of Newton's step the start is bad, not the damping
STEP_LIMIT = 0.5  # of the window's width: a longer step leaves what the derivative knows
ROAM = 1.0  # widths outside the window that an iteration may cross on its way
SETTLED_STEP = 1e-14  # of the width
SMALLEST_SQUARE = 1e-300  # of a distance in widths: a candidate on a known root
LARGEST_LOG = 700.0  # what an exponential takes
NODES = {1: 4097, 2: 65, 3: 17, 4: 9}  # nodes an axis of the grid whose cells are inspected: some thousands in all
CELL_LIMIT = 400  # cells tried at most in two states and more, evenly chosen
FIRST_STARTS = 64
LAST_STARTS = 1024
DEFLATED_STARTS = 16
FEW_STATES = 3  # up to which the grid of cells is fine enough to see what lies between roots
NEAR_STARTS = 128  # around the roots known, a round
NEAR = 0.1  # of the width, by which the box around them is larger
LAST_DIGITS = 64  # by which the terms of a residual may be off together
CORNER_LIMIT = 64
SCALE_SAMPLE = 256
RADII = tuple(3e-5 * 2.0**doubling for doubling in range(11))  # of the width: distances within which a root may be alone
ALONE = 0.25  # relative change of the derivative within that radius; below one Newton's map contracts
BEND_STEP = 1e-4  # of the width, over which the residual's bend is differenced
PARTNER_STEPS = (1e-6, 1e-5, 1e-4, 1e-2, 0.1)  # of the width, along the softest direction, where a fold's other root is looked for


@dataclass(eq=False)
class Search:
    """What a search has found so far.

    Attributes
    ----------
    equations : RestEquations
    scale : FloatArray
        Shape (k,): typical size of each residual in the box, by which they are compared.
    points : FloatArray
        Shape (n, k): the roots.
    radii : FloatArray
        Shape (n,): the distance, in widths, within which each root is alone.
    curve_point : FloatArray or None
        A root through which a whole curve of roots passes; the search ends when one is met.
    """

    equations: RestEquations
    scale: FloatArray
    curve_point: FloatArray | None = None
    points: FloatArray = field(init=False)
    radii: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        """Start without roots."""
        self.points, self.radii = np.empty((0, self.equations.size)), np.empty(0)

    def distances(self, point: FloatArray) -> FloatArray:
        """Largest difference in any state from each known root, in widths, shape (n,)."""
        return np.asarray((np.abs(self.points - point) / self.equations.width).max(axis=1))

    def knows(self, point: FloatArray) -> bool:
        """Whether ``point`` lies where a known root is alone."""
        return bool((self.distances(point) < self.radii).any())

    def add(self, point: FloatArray | None) -> None:
        """Add a root unless it is one of the known ones."""
        if point is None or self.curve_point is not None or self.knows(point):
            return
        if any(_are_one(point, known, self) for known in self.points[self.distances(point) <= CLOSE]):
            return
        if is_on_curve(self.equations, point):
            self.curve_point = point
        self.points = np.vstack([self.points, point])
        self.radii = np.append(self.radii, _lonely_radius(self.equations, point))

    def try_from(self, start: FloatArray, *, deflated: bool = False) -> None:
        """Iterate from a start, shape (k,), and add the root if there is one."""
        if self.curve_point is None:
            self.add(_newton(self, start, deflated))


def roots(equations: RestEquations, rng: np.random.Generator) -> Search:
    """Search for the roots in the box; there may be others.

    Parameters
    ----------
    equations : RestEquations
    rng : numpy.random.Generator
        Scrambles the quasi-random starts.
    """
    sobol = qmc.Sobol(equations.size, rng=rng)
    sample = equations.lower + equations.width * sobol.random(SCALE_SAMPLE)
    search = Search(equations, _scale(equations, sample))
    for start in _cell_starts(equations):
        search.try_from(start)
    if 2**equations.size <= CORNER_LIMIT:
        for corner in product(*zip(equations.lower, equations.upper, strict=True)):
            search.try_from(np.array(corner))
    for start in sample[:DEFLATED_STARTS]:
        search.try_from(start, deflated=True)
    settled = _add_partners(search, 0)
    starts = sample[:FIRST_STARTS]
    while search.curve_point is None:
        before = len(search.points)
        for start in starts:
            search.try_from(start)
        if equations.size > FEW_STATES and len(search.points):
            for start in _near(search, sobol.random(NEAR_STARTS)):
                search.try_from(start)
        settled = _add_partners(search, settled)
        if len(search.points) == before or len(starts) >= LAST_STARTS:
            break
        starts = equations.lower + equations.width * sobol.random(max(2 * len(starts), SCALE_SAMPLE))
    return search


def _near(search: Search, sample: FloatArray) -> FloatArray:
    """Starts in the box around the roots known, shape (n, k): in a wide window what divides two of them hides there."""
    equations, margin = search.equations, NEAR * search.equations.width
    low = np.maximum(equations.lower, search.points.min(axis=0) - margin)
    high = np.minimum(equations.upper, search.points.max(axis=0) + margin)
    starts: FloatArray = low + (high - low) * sample
    return starts


def _scale(equations: RestEquations, sample: FloatArray) -> FloatArray:
    sizes = np.abs(equations.values_over(sample))
    sizes = sizes[np.isfinite(sizes).all(axis=1)]
    if not len(sizes):
        return np.ones(equations.size)
    typical = np.median(sizes, axis=0)
    largest = sizes.max(axis=0)
    scale: FloatArray = np.where(typical > 0, typical, np.where(largest > 0, largest, 1.0))
    return scale


def _cell_starts(equations: RestEquations) -> FloatArray:
    """Centres of the grid cells on whose corners every residual changes sign, shape (n, k)."""
    if equations.size not in NODES:
        return np.empty((0, equations.size))
    nodes = NODES[equations.size]
    axes = [np.linspace(low, high, nodes) for low, high in zip(equations.lower, equations.upper, strict=True)]
    mesh = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    values = equations.values_over(mesh.reshape(-1, equations.size)).reshape(mesh.shape)
    low, high = values, values
    for axis in range(equations.size):
        ahead, behind = [slice(None)] * equations.size, [slice(None)] * equations.size
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        low = np.minimum(low[tuple(ahead)], low[tuple(behind)])
        high = np.maximum(high[tuple(ahead)], high[tuple(behind)])
    cells = np.argwhere(((low <= 0) & (high >= 0)).all(axis=-1))
    if len(cells) > CELL_LIMIT and equations.size > 1:
        cells = cells[np.linspace(0, len(cells) - 1, CELL_LIMIT).astype(int)]
    return equations.lower + equations.width * (cells + 0.5) / (nodes - 1)


def _newton(search: Search, start: FloatArray, deflated: bool) -> FloatArray | None:
    """Damped Newton iteration, known roots divided out or else stopped at; a root to rounding, or None."""
    equations = search.equations
    known = search.points if deflated else search.points[:0]
    point = start
    goal = np.inf
    for count in range(NEWTON_LIMIT):
        if not deflated and search.knows(point):
            return None
        value, jacobian = equations.values_and_jacobian(point)
        if not (np.isfinite(value).all() and np.isfinite(jacobian).all()):
            return None
        merit = float(np.linalg.norm(value / search.scale))
        if count % PATIENCE == 0:
            if not merit < 0.5 * goal and merit > 1e-10:
                return None
            goal = merit
        step = newton_step(value, jacobian, equations)
        step *= _deflation(point, step, known, equations)
        length = float(np.max(np.abs(step / equations.width)))
        if length <= SETTLED_STEP:
            break
        moved = _damped(search, point, step * min(1.0, STEP_LIMIT / length), merit, known)
        if moved is None:
            break
        point = moved
    return accepted(equations, polished(equations, point))


def _deflation(point: FloatArray, step: FloatArray, known: FloatArray, equations: RestEquations) -> float:
    """Factor by which Newton's step for the deflated residual differs from the plain one (rank-one update)."""
    away = (point - known) / equations.width
    square = (away**2).sum(axis=1)
    if (square == 0.0).any():
        return 1.0
    slope = float((-2.0 * (away @ (step / equations.width)) / (square * (1.0 + square))).sum())
    divisor = 1.0 - slope
    return 1.0 / divisor if abs(divisor) > 1e-3 else 1e3


def _damped(search: Search, point: FloatArray, step: FloatArray, merit: float, known: FloatArray) -> FloatArray | None:
    """The point after the longest halved step that lowers the (deflated) residual; None if none does."""
    equations = search.equations
    before = _log_weight(point, known, equations)
    for _ in range(DAMPING_LIMIT + 1):
        candidate = point + step
        step = 0.5 * step
        u = (candidate - equations.lower) / equations.width
        if (u < -ROAM).any() or (u > 1 + ROAM).any():
            continue
        gain = min(_log_weight(candidate, known, equations) - before, LARGEST_LOG)
        if float(np.linalg.norm(equations.values(candidate) / search.scale)) * np.exp(gain) < merit:
            return candidate
    return None


def _log_weight(point: FloatArray, known: FloatArray, equations: RestEquations) -> float:
    """Logarithm of the factor by which the known roots raise the residual."""
    square = (((point - known) / equations.width) ** 2).sum(axis=1)
    return float(np.log1p(1.0 / np.maximum(square, SMALLEST_SQUARE)).sum())


def _are_one(first: FloatArray, second: FloatArray, search: Search) -> bool:
    """Whether two roots cannot be told apart: close, and between them the residual is rounding too.

    Rounding is that of the states' last digits as well, at the slope that rates have in the box: where terms cancel to a flat root
    at zero, as of tanh x − x, the residual is zero at most points and their last digit at others, which probes may not meet.

    Between two copies of a multiple root the residual vanishes on a curve, which the chord misses; so the middle is first
    moved onto it, and must stay in the middle.
    """
    equations = search.equations
    distance = np.max(np.abs(first - second) / equations.width)
    middle = 0.5 * (first + second)
    last_digit = LAST_DIGITS * ROUNDING * np.max(np.abs(middle) / equations.width) * search.scale
    if equations.is_zero(middle) or (np.abs(equations.values(middle)) <= last_digit).all():
        return True
    corrected = corrected_root(equations, middle)
    return corrected is not None and bool(np.max(np.abs(corrected - middle) / equations.width) < 0.25 * distance)


def _lonely_radius(equations: RestEquations, point: FloatArray) -> float:
    """Largest of `RADII` up to which the derivative hardly changes, so that no second root fits; 0 if none.

    From small to large, since a derivative that oscillates returns to itself farther out.
    """
    matrix = equations.values_and_jacobian(point)[1] * equations.width
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return 0.0
    alone = 0.0
    for radius in RADII:
        changes = []
        for shift in radius * np.diag(equations.width):
            for beside in (point - shift, point + shift):
                changes.append(np.linalg.norm(inverse @ (equations.values_and_jacobian(beside)[1] * equations.width - matrix)))
        if not (np.isfinite(changes).all() and equations.size * max(changes) < ALONE):
            break
        alone = radius
    return alone


def _add_partners(search: Search, settled: int) -> int:
    """Look beside every root from number ``settled`` on for the other root of a nearby fold; the new count of settled roots."""
    nodes = NODES.get(search.equations.size)
    hidden = RADII[-1] if nodes is None else min(RADII[-1], 2.0 / (nodes - 1))  # farther apart, two roots lie in cells of their own
    while settled < len(search.points) and search.curve_point is None:
        if search.radii[settled] < hidden:
            for start in _partner_starts(search.points[settled], search.equations):
                search.try_from(start)
                search.try_from(start, deflated=True)
        settled += 1
    return settled


def _partner_starts(root: FloatArray, equations: RestEquations) -> Iterator[FloatArray]:
    _, jacobian = equations.values_and_jacobian(root)
    left, _, right = np.linalg.svd(jacobian * equations.width)
    soft = right[-1] * equations.width
    slope = float(left[:, -1] @ (jacobian @ soft))
    ahead, behind = (equations.values_and_jacobian(root + sign * BEND_STEP * soft)[1] @ soft for sign in (1, -1))
    bend = float(left[:, -1] @ (ahead - behind)) / (2 * BEND_STEP)
    if np.isfinite(bend) and bend != 0.0 and abs(2 * slope / bend) < 1.0:
        yield root - 2 * slope / bend * soft
    for distance in PARTNER_STEPS:
        yield root + distance * soft
        yield root - distance * soft
