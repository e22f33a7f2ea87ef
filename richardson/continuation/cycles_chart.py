"""A piece of a branch of cycles, as a function of the distance from one of them along its tangent."""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Self

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.collocation import Profile, adapted, local_errors
from richardson.continuation.cycles_equations import CycleEquations, Point, Row, inner, weighted
from richardson.continuation.cycles_solve import FLAT, LEAST, Solved, with_multipliers

RESOLVED = 1e-7  # local error of the polynomials on a branch, in the size of the oscillation
FEWEST, MOST = 20, 640  # intervals of a mesh
SHARE = 0.05
SPARE = 1.2  # intervals over those that would just do


@dataclass(frozen=True, eq=False)
class Stand:
    """A cycle on a branch, and where the branch leads from it.

    Attributes
    ----------
    solved : Solved
    tangent : Row
        Unit direction, in ``scale`` and on the cycle's mesh.
    scale : FloatArray
        Shape (d,).
    typical : FloatArray
        Shape (d,): largest magnitude of each state so far on the branch.
    """

    solved: Solved
    tangent: Row
    scale: FloatArray
    typical: FloatArray

    @property
    def value(self) -> float:
        """Of the parameter."""
        return self.solved.point.value

    @property
    def profile(self) -> Profile:
        """The cycle."""
        return self.solved.point.profile

    def turned(self) -> "Stand":
        """The same cycle, the branch followed to the other side."""
        return Stand(self.solved, Row(-self.tangent.nodes, -self.tangent.rest), self.scale, self.typical)


@dataclass(frozen=True, eq=False)
class Chart:
    """The branch near a cycle.

    Attributes
    ----------
    equations : CycleEquations
    base : Point
        The cycle over the chart's mesh.
    tangent : Row
        Unit direction from there.
    typical : FloatArray
        Shape (d,), as in `Stand`.
    """

    equations: CycleEquations
    base: Point
    tangent: Row
    typical: FloatArray

    @classmethod
    def at(cls, field: Field, stand: Stand, parameter: str, span: tuple[float, float], *, finer: float = 1.0) -> Self:
        """Chart from a cycle onwards, over a mesh adapted to it with ``finer`` times the intervals that it needs."""
        profile = stand.profile
        typical = np.maximum(stand.typical, np.abs(profile.nodes).max(axis=0))
        scale = _scale(profile.nodes, typical)
        intervals = len(profile.mesh) - 1
        error = float(local_errors(profile, scale).max())
        wanted = SPARE * intervals * (error / RESOLVED) ** 0.2
        count = int(np.clip(np.clip(wanted, 0.8 * intervals, 2.0 * intervals), FEWEST, MOST) * finer)
        mesh = adapted(profile, scale, count)
        direction = Profile(profile.mesh, stand.tangent.nodes * stand.scale, 1.0).on(mesh).nodes / scale
        tangent = Row(direction, stand.tangent.rest)
        size = np.sqrt(inner(tangent, tangent, mesh))
        equations = CycleEquations(field, scale, parameter, span)
        return cls(equations, Point(profile.on(mesh), stand.value), Row(tangent.nodes / size, tangent.rest / size), typical)

    def reach(self, length: float) -> tuple[Stand, float] | None:
        """The cycle at a distance, and how far the tangent missed it; None where there is none."""
        guess = self.equations.moved(self.base, self.tangent, length)
        return self._corrected(guess, weighted(self.tangent, self.base.profile.mesh))

    def reach_value(self, length: float, value: float) -> Stand | None:
        """The cycle at a parameter value, from a guess at a distance."""
        guess = self.equations.moved(self.base, self.tangent, length)
        row = Row(np.zeros_like(self.tangent.nodes), np.array([0.0, 1.0]))
        found = self._corrected(Point(guess.profile, value), row)
        if found is None:
            return None
        stand = found[0]
        solved = Solved(Point(stand.profile, value), stand.solved.parts, stand.solved.multipliers)
        return replace(stand, solved=solved)

    def _corrected(self, guess: Point, row: Row) -> tuple[Stand, float] | None:
        mesh = self.base.profile.mesh
        found = self.equations.corrected(guess, (self.equations.phase_row(self.base.profile), row))
        if found is None:
            return None
        point, parts = found
        if not point.profile.period > 0.0 or not np.isfinite(point.profile.nodes).all():
            return None
        miss = self.equations.difference(point, guess)
        try:
            tangent = self.equations.tangent(parts, self.equations.phase_row(point.profile), self.tangent, mesh)
        except FloatingPointError:
            return None
        solved = with_multipliers(self.equations, point, parts)
        return Stand(solved, tangent, self.equations.scale, self.typical), float(np.sqrt(inner(miss, miss, mesh)))

    def straightness(self, stand: Stand) -> float:
        """Cosine between the chart's tangent and that at a cycle reached on it."""
        return inner(self.tangent, stand.tangent, self.base.profile.mesh)


def _scale(nodes: FloatArray, typical: FloatArray) -> FloatArray:
    """Size of each state's oscillation; of one that is flat, a share of its largest magnitude so far, so that it can pass zero."""
    size = np.ptp(nodes, axis=0)
    size = np.where(size > FLAT * typical, size, SHARE * typical)
    return np.maximum(size, LEAST * size.max()) if size.any() else np.ones_like(size)


def turning(stand: Stand) -> float:
    """Zero where the branch turns in the parameter."""
    return float(stand.tangent.rest[1])


def crossing_plus_one(stand: Stand) -> float:
    """Zero where a multiplier passes 1."""
    across = stand.solved.multipliers.across
    return float(np.prod((across - 1.0) / (1.0 + np.abs(across))).real)


def crossing_minus_one(stand: Stand) -> float:
    """Zero where a multiplier passes −1."""
    across = stand.solved.multipliers.across
    return float(np.prod((across + 1.0) / (1.0 + np.abs(across))).real)


def crossing_circle(stand: Stand) -> float:
    """Zero where the product of two multipliers passes 1: a pair on the unit circle, or real ones that are each other's inverse."""
    products = np.array([one * other for one, other in combinations(stand.solved.multipliers.across, 2)])
    return float(np.prod((products - 1.0) / (1.0 + np.abs(products))).real)
