"""What a census of equilibria leaves open, asked again cell by cell."""

from dataclasses import replace

import numpy as np

from richardson.errors import ComputationError, InvalidInputError
from richardson.landscape.census import Census, Question
from richardson.landscape.many_kinds import KINDS
from richardson.stability.equilibria import Equilibria, equilibria
from richardson.stability.window import Window

RETRIES = 32  # cells that are asked again, in closed form where there is one
BUDGET = 500  # boxes of a proof in one of them


def recounted(question: Question, census: Census) -> Census:
    """The census with cells decided in which the grid's proof was not enough, if there are not too many of them."""
    cells = np.argwhere(census.counts < 0)
    if not 0 < len(cells) <= RETRIES:
        return census
    for row, column in cells.tolist():
        found = _asked(question, (row, column))
        if found is not None and found.is_complete:
            census = _with_room(census, len(found))
            _enter(census, (row, column), found)
    return census


def _asked(question: Question, cell: tuple[int, int]) -> Equilibria | None:
    """Equilibria of one cell; without a window in closed form only, since a proof of so large a box would not end."""
    lower, upper = question.box[:2]
    method = "closed form" if question.window is None else "auto"
    everywhere = Window(**{name: (low, high) for name, low, high in zip(question.model.state_names, lower, upper, strict=True)})
    try:
        return equilibria(question.at(cell), question.window or everywhere, method=method, budget=BUDGET)
    except (InvalidInputError, ComputationError):  # there is no closed form, or they form a curve
        return None


def _with_room(census: Census, count: int) -> Census:
    """The same with places for ``count`` equilibria in each cell."""
    more = count - census.kinds.shape[2]
    if more <= 0:
        return census
    empty = np.nan, -1, np.nan, np.nan
    grown = [
        np.pad(array, [(0, 0), (0, 0), (0, more), (0, 0)][: array.ndim], constant_values=value)
        for array, value in zip(census.listed, empty, strict=True)
    ]
    return replace(census, states=grown[0], kinds=grown[1], spirals=grown[2], leading=grown[3])


def _enter(census: Census, cell: tuple[int, int], found: Equilibria) -> None:
    for array, value in zip(census.listed, (np.nan, -1, np.nan, np.nan), strict=True):
        array[cell] = value
    for place, one in enumerate(found):
        census.states[(*cell, place)] = one.state
        census.kinds[(*cell, place)] = KINDS.index(one.kind)
        census.spirals[(*cell, place)] = np.nan if one.spiral_number is None else one.spiral_number
        census.leading[(*cell, place)] = one.eigenvalues.real.max()
    census.counts[cell] = len(found)
