"""Lines through the points at which a curve crosses the edges of a grid."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from richardson.arrays import FloatArray

Node = tuple[int, int]
Edge = tuple[Node, Node]


def edges_of(shape: tuple[int, int]) -> Iterator[Edge]:
    """Edges between neighbouring nodes of a grid, each from its lower end."""
    for i in range(shape[0]):
        for j in range(shape[1]):
            if i + 1 < shape[0]:
                yield (i, j), (i + 1, j)
            if j + 1 < shape[1]:
                yield (i, j), (i, j + 1)


def polylines(crossings: Mapping[Edge, FloatArray], shape: tuple[int, int]) -> list[FloatArray]:
    """Crossings joined cell by cell.

    Parameters
    ----------
    crossings : mapping of Edge to FloatArray
        Point of shape (2,) on each edge that the curve crosses.
    shape : pair of int
        Number of nodes along each axis.

    Returns
    -------
    list of FloatArray
        Shape (n, 2) each, n ≥ 2; a closed line repeats its first point. Crossings that no cell joins to another are left out.
    """
    links: dict[Edge, list[Edge]] = {edge: [] for edge in crossings}
    for i in range(shape[0] - 1):
        for j in range(shape[1] - 1):
            sides = (((i, j), (i + 1, j)), ((i, j), (i, j + 1)), ((i, j + 1), (i + 1, j + 1)), ((i + 1, j), (i + 1, j + 1)))
            for one, other in _pairs([side for side in sides if side in crossings], crossings):
                links[one].append(other)
                links[other].append(one)
    lines = [_traced(edge, links) for edge in sorted(links, key=lambda edge: (len(links[edge]), edge))]
    return [np.array([crossings[edge] for edge in line]) for line in lines if len(line) > 1]


def _pairs(sides: list[Edge], crossings: Mapping[Edge, FloatArray]) -> list[tuple[Edge, Edge]]:
    """Which crossings of one cell are joined: of several, the nearest two, then what remains."""
    if len(sides) < 2:
        return []
    one, other = min(combinations(sides, 2), key=lambda pair: float(np.linalg.norm(crossings[pair[0]] - crossings[pair[1]])))
    return [(one, other), *_pairs([side for side in sides if side not in (one, other)], crossings)]


def _traced(start: Edge, links: dict[Edge, list[Edge]]) -> list[Edge]:
    """The line from ``start`` on; its links are used up."""
    line = [start]
    while links[line[-1]]:
        following = links[line[-1]].pop()
        links[following].remove(line[-1])
        line.append(following)
    return line
