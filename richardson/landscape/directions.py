"""The nearest point of a set seen from its inside: rays in many directions, then a descent over directions from the nearest of them.

The straight way to the nearest point of a border meets no other point of it. So the smallest distance along all rays is the
distance itself, whatever the shape of what lies behind.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from richardson.arrays import FloatArray

Radii = Callable[[FloatArray], FloatArray]

WIDEST, NARROWEST = 0.3, 1e-5  # rad: first and last step between directions; the distance is then known to about its square
HALF, SHRINK = 0.5, 0.25
ROUNDS = 100
STARTS = 3  # nearest rays from which the descent starts
APART = 0.9  # cosine: rays closer together lead to the same point
GAIN = 1e-12  # relative: a shorter distance than rounding makes


def spread(count: int, dimension: int) -> FloatArray:
    """About ``count`` unit directions, shape (n, dimension), the axes among them: even in the plane, quasi-random beyond."""
    axes = np.concatenate((np.eye(dimension), -np.eye(dimension)))
    if dimension == 1:
        return axes
    if dimension == 2:
        angles = 2.0 * np.pi * np.arange(4 * -(-count // 4)) / (4 * -(-count // 4))
        return np.column_stack((np.cos(angles), np.sin(angles)))
    diagonals = _diagonals(dimension)
    points = qmc.Sobol(dimension, scramble=False).random_base2(int(np.ceil(np.log2(max(count, 2) + 1))))[1:]
    normal = ndtri(points)
    lengths = np.linalg.norm(normal, axis=1, keepdims=True)
    filled = normal[lengths[:, 0] > 0.0] / lengths[lengths[:, 0] > 0.0]
    return np.concatenate((axes, diagonals, filled))


def _diagonals(dimension: int) -> FloatArray:
    """The two directions in which all coordinates move as one, which a symmetric system is likely to prefer."""
    one = np.ones((1, dimension)) / np.sqrt(dimension)
    return np.concatenate((one, -one))


def nearest_of(radii: Radii, directions: FloatArray, norm: float = 2.0) -> tuple[FloatArray, float]:
    """Direction (k,) of the nearest point, and its distance; infinite where no ray meets the border.

    Parameters
    ----------
    radii : callable
        Distances (n,) at which rays along unit directions (n, k) first meet the border, infinite where they do not.
    directions : FloatArray
        Shape (n, k): the first rays.
    norm : float
        In which distances are measured: 1, 2 or infinity.
    """
    found = radii(directions)
    order = np.argsort(found, kind="stable")
    best, distance = directions[order[0]], float(found[order[0]])
    if directions.shape[1] == 1 or not np.isfinite(distance):
        return best, distance
    starts: list[int] = []
    for place in order:
        if np.isfinite(found[place]) and all(directions[place] @ directions[other] < APART for other in starts):
            starts.append(int(place))
        if len(starts) == STARTS:
            break
    for place in starts:
        direction, radius = _descended(radii, directions[place], float(found[place]), norm)
        if radius < distance:
            best, distance = direction, radius
    return best, distance


def _descended(radii: Radii, direction: FloatArray, radius: float, norm: float) -> tuple[FloatArray, float]:
    """A local minimum over directions: a compass search whose steps also try the vertex of the parabola through each pair."""
    angle = WIDEST
    for _ in range(ROUNDS):
        if angle < NARROWEST:
            break
        tangents = _tangents(direction)
        trials = np.vstack((_turned(direction, np.concatenate((tangents, -tangents)), angle), _along_edges(direction, angle, norm)))
        there = radii(trials)
        vertex = _vertex(direction, tangents, angle, radius, there[: 2 * len(tangents)])
        if vertex is not None:
            trials, there = np.vstack((trials, vertex)), np.append(there, radii(vertex[np.newaxis]))
        place = int(np.argmin(there))
        if there[place] < radius * (1.0 - GAIN):
            direction, radius = trials[place], float(there[place])
            angle *= HALF if vertex is not None and place == len(trials) - 1 else 1.0  # the vertex: the lowest place is within a step
        else:
            angle *= SHRINK
    return direction, radius


def _tangents(direction: FloatArray) -> FloatArray:
    """Orthonormal directions at right angles to ``direction``, shape (k − 1, k)."""
    return np.asarray(np.linalg.svd(direction[np.newaxis])[2][1:])


def _turned(direction: FloatArray, towards: FloatArray, angle: float) -> FloatArray:
    return np.asarray(np.cos(angle) * direction + np.sin(angle) * towards)


def _along_edges(direction: FloatArray, angle: float, norm: float) -> FloatArray:
    """Further directions (m, k) for a norm whose ball has edges, on which a distance is not smooth and turns alone get stuck.

    One coordinate changes and the others keep their proportions, which leads along an edge, or all coordinates near an edge are put
    on it: those that are nearly largest become equal, of norm 1 those that are nearly zero vanish.
    """
    if norm == 2.0:
        return np.empty((0, len(direction)))
    largest = float(np.abs(direction).max())
    steps = angle * largest * np.eye(len(direction))
    snapped = direction.copy()
    if norm == 1.0:
        snapped[np.abs(direction) <= angle * largest] = 0.0
    else:
        near = np.abs(direction) >= (1.0 - angle) * largest
        snapped[near] = np.copysign(largest, direction[near])
    moved = np.vstack((direction + steps, direction - steps, snapped))
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True))


def _vertex(direction: FloatArray, tangents: FloatArray, angle: float, radius: float, there: FloatArray) -> FloatArray | None:
    """The direction at which parabolas along every tangent are lowest; None where one does not bend upwards."""
    ahead, behind = there[: len(tangents)], there[len(tangents) :]
    bend = ahead + behind - 2.0 * radius
    if not (np.isfinite(bend).all() and (bend > 0.0).all()):
        return None
    turn = np.clip(0.5 * (behind - ahead) / bend, -1.0, 1.0) * angle
    moved = direction + turn @ tangents
    return np.asarray(moved / np.linalg.norm(moved))
