"""Regions of the plane from which every path provably goes to a stable equilibrium: a front grown upstream, then proved."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.bounds import Bounds
from richardson.compiled.field import Field
from richardson.stability.domain import Domain
from richardson.stability.front import Front, advanced, area_of, terrain_of
from richardson.stability.front_proof import falls, is_crossed
from richardson.stability.lyapunov import Ellipsoid

ATTEMPTS = 3  # after each, the front keeps off where the proof failed
ENOUGH = 0.95  # of the area that the front encloses: where so much is proved, the rest is let be
BACK = (1, 2, 4, 8, 16)  # levels before the first failure, of which the front is proved
CLEAR, NEAR = 0.7, 0.2  # of the longest side of what failed, and of a stride: how far the front keeps off


def captured_polygon(bounds: Bounds, core: Ellipsoid, domain: Domain) -> FloatArray | None:
    """A closed polygon (n, 2) round which all is captured about which it turns counter-clockwise; None if none was proved.

    Parameters
    ----------
    bounds : Bounds
        Of a flow with two states.
    core : Ellipsoid
        Captured.
    domain : Domain
    """
    field, closed = Field.of(bounds.model), np.empty((0, 3))
    best, most = None, 0.0
    for _ in range(ATTEMPTS):
        terrain = terrain_of(field, core, domain, closed)
        front = advanced(terrain, core)
        if not front.corners:
            break
        found = _proved(bounds, domain, front)
        if found.area > most:
            best, most = found.polygon, found.area
        if found.area >= ENOUGH * area_of(np.concatenate(front.corners)):
            break
        centre = found.failures.mean(axis=1)
        size = np.linalg.norm((found.failures - centre[:, np.newaxis]) / terrain.stride, axis=2).max(axis=1)
        closed = np.concatenate([closed, np.column_stack([centre, CLEAR * size + NEAR])])
    return best


@dataclass(frozen=True, eq=False)
class _Found:
    """The outermost front that is proved, the area between it and the core, and triangles (n, 3, 2) and edges that are not proved."""

    polygon: FloatArray | None
    area: float
    failures: FloatArray


def _proved(bounds: Bounds, domain: Domain, front: Front) -> _Found:
    corners, values = front.triangles()
    wrong = ~falls(bounds, domain, corners, values)
    levels = np.repeat(np.arange(len(front.corners)), [len(level) for level in front.corners])
    fronts = [*front.past, (front.points, front.values)]
    first = int(levels[wrong].min(initial=len(front.corners)))
    failures = [corners[wrong]]
    for back in (0, *BACK):
        level = first - back
        if level <= 0:
            break
        leaks = _leaks(bounds, domain, *fronts[level])
        if not len(leaks):
            return _Found(fronts[level][0], area_of(np.concatenate(front.corners[:level])), np.concatenate(failures))
        failures.append(leaks)
    return _Found(None, 0.0, np.concatenate(failures))


def _leaks(bounds: Bounds, domain: Domain, points: FloatArray, values: FloatArray) -> FloatArray:
    """Edges of a front that paths are not proved to cross inwards, as triangles (n, 3, 2) without width."""
    ends = np.roll(points, -1, axis=0)
    outer = (values > 0) | (np.roll(values, -1) > 0)  # other edges lie in the core
    leaky = ~is_crossed(bounds, domain, points[outer], ends[outer])
    return np.stack([points[outer][leaky], ends[outer][leaky], ends[outer][leaky]], axis=1)
