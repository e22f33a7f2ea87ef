"""Ways to find every equilibrium in a box: by proof, in closed form, by search."""

from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
from scipy.stats import qmc

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.enclosure import Enclosure
from richardson.errors import ComputationError, InvalidInputError
from richardson.stability.certificate import Certificate, UndecidedBox
from richardson.stability.certify import zeros
from richardson.stability.closed_points import closed_points, place_of
from richardson.stability.krawczyk import ProvedRoot, root_near
from richardson.stability.linear_rest import linear_rest
from richardson.stability.mixed import mixed
from richardson.stability.newton import accepted, is_on_curve, root_from
from richardson.stability.ordered import dividing_starts, extremes
from richardson.stability.rest import LARGEST_SHIFT, RestEquations
from richardson.stability.search import roots
from richardson.symbolic.indexed_model import IndexedModel

METHODS = ("auto", "certified", "closed form", "newton")
MOST_STATES = 6  # boxes multiply with every state
NATIONS_STARTS = 16  # quasi-random ones beside both corners of the window, of equations over nations
SAME = 1e-6  # widths: of a handful of starts, two that end nearer than this have ended at one equilibrium
TIED = 1e-9  # relative: states of two equilibria that differ by less are one number in their order; a simple root has twelve digits
TIED_NEAR_ZERO = 1e-12  # of the width


@dataclass(frozen=True, eq=False)
class Found:
    """What one method found.

    Attributes
    ----------
    method : str
        The one that was used.
    points : FloatArray
        Shape (n, d), sorted, first state first.
    certificates : list
        For each point a `Certificate`, or None where a search found it.
    is_complete : bool
        Whether no other lies in the box.
    undecided : tuple of UndecidedBox
    """

    method: str
    points: FloatArray
    certificates: list[Certificate | None]
    is_complete: bool
    undecided: tuple[UndecidedBox, ...] = ()

    def sorted(self, width: FloatArray) -> "Found":
        """The same in order of the states."""
        order = order_of(self.points, width)
        return replace(self, points=self.points[order], certificates=[self.certificates[place] for place in order])

    def doubts(self, width: FloatArray) -> FloatArray:
        """How far each point may be off by what its proof left open, in widths, shape (n,).

        Where a box remains open though it is so narrow, its middle is as good a root as the point that a search ended at.
        """
        doubts = np.zeros(len(self.points))
        for box in self.undecided:
            if ((box.upper - box.lower) / width).max() <= LARGEST_SHIFT:
                reach = (np.maximum(box.upper - self.points, self.points - box.lower) / width).max(axis=1)
                doubts = np.where(reach <= LARGEST_SHIFT, np.maximum(doubts, reach), doubts)
        return np.where([certificate is None for certificate in self.certificates], doubts, 0.0)


def order_of(points: FloatArray, width: FloatArray) -> IntArray:
    """Order of points by their states, first state first, in which rounding does not decide between equal states.

    Parameters
    ----------
    points : FloatArray
        Shape (n, d).
    width : FloatArray
        Shape (d,), of the window.

    Returns
    -------
    IntArray
        Shape (n,), positions in ``points``.

    Examples
    --------
    >>> order_of(np.array([[2.0, 5.0], [2.0 + 1e-15, 1.0], [1.0, 9.0]]), np.ones(2)).tolist()
    [2, 1, 0]
    """
    ranks = []
    for column, side in zip(points.T, width, strict=True):
        order = np.argsort(column, kind="stable")
        low, high = column[order][:-1], column[order][1:]
        is_next = high - low > TIED * np.maximum(np.abs(low), np.abs(high)) + TIED_NEAR_ZERO * side
        rank = np.empty(len(column), dtype=np.intp)
        rank[order] = np.cumsum(np.concatenate([[0], is_next]))[: len(column)]
        ranks.append(rank)
    return np.lexsort([*points.T[::-1], *ranks[::-1]])


def found_by(method: str, equations: RestEquations, generator: np.random.Generator, budget: int) -> Found:
    """Equilibria in the box of the equations, which span every state, by one of `METHODS`.

    Raises
    ------
    InvalidInputError
        If the method is not available for this model.
    ComputationError
        If the equilibria are not isolated.
    """
    if isinstance(equations.field.model, IndexedModel):
        return _over_nations(method, equations, equations.field.model, generator)
    if method == "newton":
        return _searched(equations, generator)
    enclosure = Enclosure.of(equations.field.model) if equations.size <= MOST_STATES else None
    if method == "certified":
        return _sure(_proved(equations, enclosure, generator, budget), _no_proof(equations))
    if method == "closed form":
        return _sure(_closed(equations, enclosure), _no_closed_form(equations))
    return _quickest(equations, enclosure, generator, budget)


def _quickest(equations: RestEquations, enclosure: Enclosure | None, generator: np.random.Generator, budget: int) -> Found:
    """The proof, which is quick; where it leaves something open the closed form, which decides multiple zeros; else all that is known."""
    closed = _closed(equations, enclosure) if enclosure is None or enclosure.is_affine else None
    if closed is not None:
        return closed
    if enclosure is None:
        return _searched(equations, generator)
    proved, undecided = zeros(equations, enclosure, budget)
    closed = _closed(equations, enclosure) if undecided else None
    return closed or _with_search(equations, proved, undecided, generator)


def _proved(equations: RestEquations, enclosure: Enclosure | None, generator: np.random.Generator, budget: int) -> Found | None:
    return None if enclosure is None else _with_search(equations, *zeros(equations, enclosure, budget), generator)


def _with_search(
    equations: RestEquations, proved: list[ProvedRoot], undecided: list[UndecidedBox], generator: np.random.Generator
) -> Found:
    """What is proved and, in boxes that are undecided, which may be narrower than a root is rounded, what a search finds."""
    points = [np.clip(root.point, equations.lower, equations.upper) for root in proved]
    certificates: list[Certificate | None] = [_certificate(root, "krawczyk") for root in proved]
    if undecided:
        rounded = SAME * equations.width
        for point in _searched(equations, generator).points:
            is_open = any(((box.lower - rounded <= point) & (point <= box.upper + rounded)).all() for box in undecided)
            if is_open and not any(root.is_alone_in(point, point) for root in proved):
                points.append(point)
                certificates.append(None)
    array = np.array(points).reshape(-1, equations.size)
    return Found("certified", array, certificates, not undecided, tuple(undecided)).sorted(equations.width)


def _closed(equations: RestEquations, enclosure: Enclosure | None) -> Found | None:
    closed = closed_points(equations)
    if closed is None:
        return None
    proved = [None if enclosure is None else root_near(enclosure, point, equations.width) for point in closed.states]
    alone = [root or _rounded(point) for root, point in zip(proved, closed.states, strict=True)]
    shared = [any(_overlap(root, other) for other in alone if other is not root) for root in alone]
    certificates = [None if is_shared else _certificate(root, "closed form") for root, is_shared in zip(alone, shared, strict=True)]
    return Found("closed form", closed.states, certificates, is_complete=True).sorted(equations.width)


def _over_nations(method: str, equations: RestEquations, model: IndexedModel, generator: np.random.Generator) -> Found:
    """The one equilibrium of linear equations over nations with proof; of others the extremes, and what Newton's method reaches."""
    if model.equations.is_linear:
        return _linear(equations, model)
    if method == "certified":
        raise InvalidInputError(_no_proof(equations))
    if method == "closed form":
        raise InvalidInputError(_no_closed_form(equations))
    ends, between = _in_order(equations)
    sample = qmc.Sobol(equations.size, rng=generator).random(NATIONS_STARTS)
    shares = np.vstack([np.zeros(equations.size), np.ones(equations.size), sample])
    starts = [*(equations.lower + equations.width * shares), *between]
    points: list[FloatArray] = []
    for root in (*ends, *(root_from(equations, start) for start in starts)):
        point = None if root is None else accepted(equations, root)
        if point is not None and not any((np.abs(point - one) <= SAME * equations.width).all() for one in points):
            if is_on_curve(equations, point):
                _refuse_curve(equations, point)
            points.append(point)
    return Found("newton", np.array(points).reshape(-1, equations.size), [None] * len(points), is_complete=False).sorted(equations.width)


def _in_order(equations: RestEquations) -> tuple[list[FloatArray], FloatArray]:
    """The least and the greatest equilibrium, as far as they can be followed, those of blocs between, and starts on lines among them."""
    least, greatest = extremes(equations)
    if least is None or greatest is None:
        low, high = (border if end is None else end for end, border in ((least, equations.lower), (greatest, equations.upper)))
        return [end for end in (least, greatest) if end is not None], dividing_starts(equations, low, high)
    found = mixed(equations, least, greatest)
    lines = [(least, greatest), *((least, one) for one in found), *((one, greatest) for one in found)]
    return [least, greatest, *found], np.vstack([dividing_starts(equations, low, high) for low, high in lines])


def _linear(equations: RestEquations, model: IndexedModel) -> Found:
    """The one equilibrium of linear equations over nations, if it lies in the box, which it may touch."""
    rest = linear_rest(model)
    if rest is None:
        raise ComputationError(
            f"The equilibria of '{model.name}' cannot be listed: the matrix of its rates is singular, or too near a singular one to tell. "
            "Then there is none, or a whole line of them. Change a parameter."
        )
    if (rest.lower > equations.upper).any() or (rest.upper < equations.lower).any():
        return Found("linear", np.empty((0, equations.size)), [], is_complete=True)
    everywhere = np.full(equations.size, np.inf)
    certificate = Certificate("linear", rest.lower, rest.upper, -everywhere, everywhere, rest.is_stable)
    return Found("linear", np.clip(rest.point, equations.lower, equations.upper)[np.newaxis], [certificate], is_complete=True)


def _overlap(first: ProvedRoot, second: ProvedRoot) -> bool:
    """Whether one box may hold both zeros: they are so close that doubles cannot tell them apart."""
    return bool(((first.lower <= second.upper) & (second.lower <= first.upper)).all())


def _searched(equations: RestEquations, generator: np.random.Generator) -> Found:
    search = roots(equations, generator)
    if equations.size > MOST_STATES:
        ends, between = _in_order(equations)
        for end in ends:
            search.add(end)
        for start in between:
            search.try_from(start)
    if search.curve_point is not None:
        _refuse_curve(equations, search.curve_point)
    return Found("newton", search.points, [None] * len(search.points), is_complete=False).sorted(equations.width)


def _refuse_curve(equations: RestEquations, point: FloatArray) -> NoReturn:
    model = equations.field.model
    raise ComputationError(
        f"The equilibria of '{model.name}' cannot be listed: a whole curve of them passes through {place_of(model, point)}. Change a "
        "parameter, or move the window off the curve."
    )


def _rounded(point: FloatArray) -> ProvedRoot:
    """A zero that is known to the last digit, whether simple or multiple."""
    lower, upper = np.nextafter(point, -np.inf), np.nextafter(point, np.inf)
    return ProvedRoot(point, lower, upper, lower, upper, None)


def _certificate(root: ProvedRoot, method: str) -> Certificate:
    return Certificate(method, root.lower, root.upper, root.alone_lower, root.alone_upper, root.is_attracting)


def _sure(found: Found | None, refusal: str) -> Found:
    if found is None:
        raise InvalidInputError(refusal)
    return found


def _no_proof(equations: RestEquations) -> str:
    name = equations.field.model.name
    if equations.size > MOST_STATES:
        return f'\'{name}\' has {equations.size} states; proofs are for {MOST_STATES} at most. Use method="auto" or "newton".'
    return f'\'{name}\' holds a state in the exponent of hill, whose derivative has no bounds here. Use method="auto" or "newton".'


def _no_closed_form(equations: RestEquations) -> str:
    return (
        f"'{equations.field.model.name}' has no quick closed form: its rates are no quotients of polynomials of small degree, or it is "
        'at a bifurcation with rounded constants. Use method="auto" or "newton".'
    )
