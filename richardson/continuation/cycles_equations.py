"""The equations of a cycle, and steps of Newton's method on them.

Unknowns are the states at all nodes, measured in `CycleEquations.scale`, the logarithm of the period, and, along a branch, the
parameter in widths of its span. Each interval is solved for its inner nodes in terms of its first; what remains is a cyclic chain
of d × d transfer matrices with borders, which is factorised as a sparse matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.continuation.collocation import DEGREE, SLOPES, VALUES, WEIGHTS, Profile

NEWTON_LIMIT = 12  # quadratic convergence: more means a bad start
CONVERGED = 1e-12  # largest change of any unknown
NEARLY = 1e-8  # where rounding of the residual stops the correction
LONGEST = 50.0  # a change of any state by more of its oscillation is a leap to somewhere else
LONGEST_STRETCH = 1.0  # the same of the logarithm of the period, and of the parameter


@dataclass(frozen=True, eq=False)
class Point:
    """A cycle, or a guess of one, at a parameter value.

    Attributes
    ----------
    profile : Profile
    value : float
        Of the parameter; NaN where none moves.
    """

    profile: Profile
    value: float


@dataclass(frozen=True, eq=False)
class Row:
    """A linear condition on the unknowns, or a direction in them.

    Attributes
    ----------
    nodes : FloatArray
        Shape (n · DEGREE, d).
    rest : FloatArray
        Shape (k,): of the logarithm of the period and, if it moves, of the parameter.
    """

    nodes: FloatArray
    rest: FloatArray


@dataclass(frozen=True, eq=False)
class Linearised:
    """The intervals at a point, each solved for its nodes.

    Attributes
    ----------
    transfer : FloatArray
        Shape (n, DEGREE, d, d): what a change of an interval's first node does to the later ones.
    forced : FloatArray
        Shape (n, DEGREE, d, k): the same of the logarithm of the period and of the parameter.
    correction : FloatArray
        Shape (n, DEGREE, d): the nodes' change that meets the equations when the first node stays.
    residual : float
        Largest of the equations, in `CycleEquations.scale` a period.
    """

    transfer: FloatArray
    forced: FloatArray
    correction: FloatArray
    residual: float


class CycleEquations:
    """Collocation equations of a model.

    Parameters
    ----------
    field : Field
        Its parameters move with each call.
    scale : ndarray, shape (d,)
        Size of each state's oscillation, in its unit.
    parameter : str or None
        The parameter, or concept, that moves.
    span : pair of float
        Between which it moves.
    """

    def __init__(self, field: Field, scale: FloatArray, parameter: str | None = None, span: tuple[float, float] = (0.0, 1.0)) -> None:
        self.field = field
        self.scale = scale
        self.parameter = parameter
        self.width = span[1] - span[0]
        members = () if parameter is None else field.model.resolve(parameter)
        self._positions = [field.model.parameter_names.index(member) for member in members]

    def move(self, value: float) -> None:
        """Set the parameter to ``value``, if one moves."""
        if self._positions:
            self.field.parameters[self._positions] = value

    def linearised(self, point: Point) -> Linearised:
        """The equations at a point, solved interval by interval.

        Raises
        ------
        FloatingPointError
            If rates are not finite, or an interval is too long to be solved for its end.
        """
        self.move(point.value)
        profile, d = point.profile, len(self.scale)
        widths, pieces = np.diff(profile.mesh), profile.pieces
        places = np.einsum("cj,njd->ncd", VALUES, pieces).reshape(-1, d)
        rates, jacobians = self.field.rates_and_jacobians(places)
        if not (np.isfinite(rates).all() and np.isfinite(jacobians).all()):
            raise FloatingPointError
        time = profile.period * widths[:, None, None]
        flow = time * (rates / self.scale).reshape(-1, DEGREE, d)
        slope = (jacobians * self.scale / self.scale[:, None]).reshape(-1, DEGREE, d, d)
        value = np.einsum("cj,njd->ncd", SLOPES, pieces) / self.scale - flow
        block = np.einsum("cj,de->cdje", SLOPES, np.eye(d)) - time[..., None, None] * np.einsum("cj,ncde->ncdje", VALUES, slope)
        columns = [flow[..., None]]
        if self.parameter is not None:
            forcing = self.field.parameter_derivatives_over(places, (self.parameter,))[..., 0] * self.width / self.scale
            columns.append((time * forcing.reshape(-1, DEGREE, d))[..., None])
        sides = np.concatenate((-block[:, :, :, 0], *columns, -value[..., None]), axis=-1)
        try:
            solved = np.linalg.solve(block[:, :, :, 1:].reshape(-1, DEGREE * d, DEGREE * d), sides.reshape(-1, DEGREE * d, sides.shape[-1]))
        except np.linalg.LinAlgError as error:
            raise FloatingPointError from error
        solved = solved.reshape(-1, DEGREE, d, sides.shape[-1])
        residual = float(np.abs(value / widths[:, None, None]).max())
        return Linearised(solved[..., :d], solved[..., d:-1], solved[..., -1], residual)

    def phase_row(self, profile: Profile) -> Row:
        """Row that forbids a shift along the cycle: ∫ ⟨change, slope⟩ = 0."""
        slope = np.einsum("cj,njd->ncd", SLOPES, profile.pieces) / self.scale
        shares = np.einsum("c,cj,ncd->njd", WEIGHTS, VALUES, slope)
        row = shares[:, :DEGREE].copy()
        row[:, 0] += np.roll(shares[:, DEGREE], 1, axis=0)
        nodes = row.reshape(profile.nodes.shape)
        return Row(nodes / max(float(np.linalg.norm(nodes)), np.finfo(np.float64).tiny), np.zeros(1 if self.parameter is None else 2))

    def moved(self, point: Point, step: Row, length: float = 1.0) -> Point:
        """The point after a step in the unknowns."""
        nodes = point.profile.nodes + length * step.nodes * self.scale
        period = point.profile.period * float(np.exp(length * step.rest[0]))
        value = point.value + length * float(step.rest[1]) * self.width if self.parameter is not None else point.value
        return Point(Profile(point.profile.mesh, nodes, period), value)

    def difference(self, after: Point, before: Point) -> Row:
        """The step that leads from one point to another on the same mesh."""
        rest = [np.log(after.profile.period / before.profile.period)]
        if self.parameter is not None:
            rest.append((after.value - before.value) / self.width)
        return Row((after.profile.nodes - before.profile.nodes) / self.scale, np.array(rest))

    def corrected(self, guess: Point, rows: Sequence[Row]) -> tuple[Point, Linearised] | None:
        """The cycle that Newton's iteration reaches from ``guess`` with the rows held; None if it does not converge."""
        point, before = guess, np.inf
        for _ in range(NEWTON_LIMIT):
            try:
                parts = self.linearised(point)
                step = solved(parts, rows, np.zeros(len(rows)), with_correction=True)
            except FloatingPointError:
                return None
            length = float(max(np.abs(step.nodes).max(), np.abs(step.rest).max()))
            if not (length <= LONGEST and np.abs(step.rest).max() <= LONGEST_STRETCH):
                return None
            point = self.moved(point, step)
            if length <= CONVERGED or (length <= NEARLY and length > 0.5 * before):
                return point, self.linearised(point)
            before = length
        return (point, self.linearised(point)) if before <= NEARLY else None

    def tangent(self, parts: Linearised, phase: Row, along: Row, mesh: FloatArray) -> Row:
        """Unit direction of the branch at a point, on the side of ``along``.

        Raises
        ------
        FloatingPointError
            If the branch has no single direction there.
        """
        direction = solved(parts, (phase, weighted(along, mesh)), np.array([0.0, 1.0]), with_correction=False)
        size = np.sqrt(inner(direction, direction, mesh))
        return Row(direction.nodes / size, direction.rest / size)


def inner(one: Row, other: Row, mesh: FloatArray) -> float:
    """Product of two directions: the mean over the cycle, plus those of period and parameter."""
    nodes = (one.nodes * other.nodes).mean(axis=1)
    return float(_node_weights(mesh) @ nodes + one.rest @ other.rest)


def weighted(direction: Row, mesh: FloatArray) -> Row:
    """The row whose plain product with a direction is `inner`."""
    return Row(direction.nodes * _node_weights(mesh)[:, None] / direction.nodes.shape[1], direction.rest)


def solved(parts: Linearised, rows: Sequence[Row], sides: FloatArray, *, with_correction: bool) -> Row:
    """The change that meets the equations (or keeps them) and for which ``rows`` have the products ``sides``.

    Raises
    ------
    FloatingPointError
        If the linear equations have no solution.
    """
    intervals, _, d, extra = parts.forced.shape
    correction = parts.correction if with_correction else np.zeros_like(parts.correction)
    pieces = [row.nodes.reshape(intervals, DEGREE, d) for row in rows]
    inside = parts.transfer[:, :-1], parts.forced[:, :-1], correction[:, :-1]
    first = np.array([piece[:, 0] + np.einsum("njd,njde->ne", piece[:, 1:], inside[0]) for piece in pieces])
    corner = np.array([row.rest + np.einsum("njd,njdk->k", piece[:, 1:], inside[1]) for row, piece in zip(rows, pieces, strict=True)])
    held = np.array([np.einsum("njd,njd->", piece[:, 1:], inside[2]) for piece in pieces])
    size = intervals * d
    entries = np.concatenate((-parts.transfer[:, -1].ravel(), np.ones(size), -parts.forced[:, -1].ravel(), first.ravel(), corner.ravel()))
    matrix = csc_matrix((entries, _places(intervals, d, extra)), shape=(size + extra, size + extra))
    try:
        answer: Any = splu(matrix).solve(np.concatenate((correction[:, -1].ravel(), sides - held)))
    except RuntimeError as error:  # exactly singular
        raise FloatingPointError from error
    if not np.isfinite(answer).all():
        raise FloatingPointError
    starts, rest = answer[:size].reshape(intervals, d), answer[size:]
    later = np.einsum("njde,ne->njd", parts.transfer[:, :-1], starts) + parts.forced[:, :-1] @ rest + correction[:, :-1]
    return Row(np.concatenate((starts[:, None], later), axis=1).reshape(-1, d), rest)


@lru_cache(maxsize=32)
def _places(intervals: int, d: int, extra: int) -> tuple[IntArray, IntArray]:
    """Rows and columns of the condensed matrix's entries, in the order in which `solved` lists them."""
    size = intervals * d
    number = np.arange(size).reshape(intervals, d)
    border = size + np.arange(extra)
    chain = np.broadcast_to(number[:, :, None], (intervals, d, d)), np.broadcast_to(number[:, None, :], (intervals, d, d))
    ends = number, np.roll(number, -1, axis=0)
    forced = np.broadcast_to(number[:, :, None], (intervals, d, extra)), np.broadcast_to(border, (intervals, d, extra))
    first = np.broadcast_to(border[:, None], (extra, size)), np.broadcast_to(np.arange(size), (extra, size))
    corner = np.broadcast_to(border[:, None], (extra, extra)), np.broadcast_to(border, (extra, extra))
    both = [np.concatenate([part[axis].ravel() for part in (chain, ends, forced, first, corner)]) for axis in (0, 1)]
    return both[0], both[1]


def _node_weights(mesh: FloatArray) -> FloatArray:
    """Shares of the phase that belong to the nodes, shape (n · DEGREE,), together 1."""
    widths = np.diff(mesh) / DEGREE
    shares = np.repeat(widths, DEGREE)
    shares[::DEGREE] = 0.5 * (widths + np.roll(widths, 1))
    return shares
