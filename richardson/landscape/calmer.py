"""Where, along straight changes of parameters, a race first ends in a calmer outcome than it does now."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.landscape.parameter_box import ParameterBox
from richardson.landscape.settling import PATIENT, PLAIN, SETTLED, TIGHT, Care, attracts, reach
from richardson.landscape.verdicts import jacobians_at_zero
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position
from richardson.symbolic.synchrony import has_linear_rates, synchronous_states

BOUND = 1e9  # in the states' units, as in integrate: beyond it a path has escaped
SAMPLES = 40  # along a ray, closer together near its beginning
DROP = 0.02  # relative: between neighbouring samples, ends that fall by less are not searched for a jump
JUMP = 1e-3  # relative: what is left of a slope after twelve halvings is below
ROUGH, FINE = 12, 46  # halvings: enough to tell a jump from a slope; down to rounding
EQUAL = 1e-9  # relative: a state higher by less is not higher


@dataclass(frozen=True, eq=False)
class Ends:
    """Where races end at n parameter values.

    Attributes
    ----------
    states : FloatArray
        Shape (n, d); NaN where the race does not settle.
    jacobians : FloatArray
        Shape (n, d, d).
    is_stable : BoolArray
        Shape (n,): the race settles, at an equilibrium that attracts.
    """

    states: FloatArray
    jacobians: FloatArray
    is_stable: BoolArray

    def at(self, rows: IntArray) -> "Ends":
        """Some rows."""
        return Ends(self.states[rows], self.jacobians[rows], self.is_stable[rows])

    def where(self, mask: BoolArray, other: "Ends") -> "Ends":
        """The rows of ``other`` where the mask holds, else these."""
        return Ends(
            np.where(mask[:, None], other.states, self.states),
            np.where(mask[:, None, None], other.jacobians, self.jacobians),
            np.where(mask, other.is_stable, self.is_stable),
        )


@dataclass(frozen=True, eq=False)
class Crossings:
    """First change to something calmer along each of n rays.

    Attributes
    ----------
    steps : FloatArray
        Shape (n, 2, k): of the parameters, just before and just behind the change; NaN where there is none.
    before, behind : Ends
        What is reached there.
    """

    steps: FloatArray
    before: Ends
    behind: Ends

    @property
    def distances(self) -> FloatArray:
        """Shape (n,): lengths of the steps behind the change; infinite where there is none."""
        return np.asarray(np.nan_to_num(np.linalg.norm(self.steps[:, 1], axis=1), nan=np.inf))


@dataclass(frozen=True, eq=False)
class Race:
    """A model that runs from one start while parameters of a box change.

    Attributes
    ----------
    box : ParameterBox
    field : Field
    start : FloatArray
        Shape (d,).
    groups : IntArray
        Shape (d,): states that symmetry keeps equal.
    limits : tuple of (int, float)
        Positions of states and what they must not exceed to count as calm; empty where calmer means lower.
    is_linear : bool
        Whether stability belongs to the equations, whatever the state, so that no path is needed.
    farthest : float
        In scales: how far is looked.
    """

    box: ParameterBox
    field: Field
    start: FloatArray
    groups: IntArray
    limits: tuple[tuple[int, float], ...]
    is_linear: bool
    farthest: float

    @classmethod
    def of(cls, box: ParameterBox, start: FloatArray, limits: Mapping[str, float], farthest: float) -> Self:
        """Race of the box's model from a checked start (d,)."""
        model = box.model
        known = tuple((state_position(model, name), float(limit)) for name, limit in limits.items())
        is_linear = not known and has_linear_rates(model, box.names)
        return cls(box, Field.of(model), start, _groups(model, box.names, start), known, is_linear, farthest)

    @cached_property
    def base(self) -> Ends:
        """What is reached as things are."""
        return self.ends(np.zeros((1, len(self.box.names))), TIGHT)

    def ends(self, steps: FloatArray, care: Care = PLAIN) -> Ends:
        """What is reached after each of the steps (n, k)."""
        rows = self.box.rows(steps)
        if self.is_linear:
            jacobians = jacobians_at_zero(self.box.model, rows)
            return Ends(np.zeros((len(rows), self.field.dimension)), jacobians, attracts(jacobians))
        found = reach(self.field, self.groups, rows, bound=BOUND, care=care, start=self.start)
        return Ends(found.states, found.jacobians, (found.codes == SETTLED) & attracts(found.jacobians))

    def is_calm(self, ends: Ends) -> BoolArray:
        """Whether what is reached is stable and within the limits, shape (n,)."""
        calm = ends.is_stable.copy()
        for position, limit in self.limits:
            calm &= np.nan_to_num(ends.states[:, position], nan=np.inf) <= limit
        return calm

    def changes_between(self, before: FloatArray, behind: FloatArray) -> bool:
        """Whether the race's end becomes calmer between two steps (k,), paths being followed for as long as they take."""
        sides = [self.ends(step[np.newaxis], PATIENT) for step in (behind, before)]
        return bool(self.is_calm(sides[0])[0]) and bool(self._may_calm(sides[1], sides[0])[0])

    def fall_across(self, step: FloatArray, share: float) -> float:
        """Largest fall of a state from just before a step (k,) to just behind it, by a share of it; NaN where either end is unknown."""
        sides = self.ends(np.clip(np.outer((1.0 - share, 1.0 + share), step), self.box.lower, self.box.upper), PATIENT)
        return float((sides.states[0] - sides.states[1]).max()) if sides.is_stable.all() else float("nan")

    def crossings(self, directions: FloatArray, halvings: int = ROUGH, care: Care = PLAIN) -> Crossings:
        """First change to something calmer along straight steps in unit directions (n, k); where a bound is met it is followed."""
        count, steps = len(directions), self._samples(directions)
        flat = steps.reshape(-1, steps.shape[-1])
        ends = self.ends(flat)
        index = np.arange(len(flat)).reshape(count, -1)
        first, second = index[:, :-1].ravel(), index[:, 1:].ravel()
        wanted = np.flatnonzero(self._may_calm(ends.at(first), ends.at(second)))
        first, second = first[wanted], second[wanted]
        before, behind = ends.at(first), ends.at(second)
        sizes = _sizes(before.states, behind.states)
        pairs = np.stack((flat[first], flat[second]), axis=1)
        for _ in range(halvings if len(pairs) else 0):
            pairs, before, behind = self._halved(pairs, before, behind, care)
        kept = self._has_calmed(before, behind, sizes)
        rays = first // index.shape[1]
        chosen = np.full(count, -1)
        for place in np.flatnonzero(kept)[::-1]:  # the first along each ray is written last
            chosen[rays[place]] = place
        return self._gathered(chosen, pairs, before, behind)

    def distances(self, directions: FloatArray) -> FloatArray:
        """Distances (n,) to the first change along each of the directions (n, k)."""
        return self.crossings(directions, FINE).distances

    def _samples(self, directions: FloatArray) -> FloatArray:
        """Steps (n, m, k) along rays, as far as they move anything within the box, which cuts them off where it is asked for values."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.where(directions > 0.0, self.box.upper / directions, self.box.lower / directions)
        lasts = np.minimum(np.where(directions == 0.0, 0.0, ends).max(axis=1), self.farthest)
        amounts = (np.arange(SAMPLES + 1) / SAMPLES) ** 2
        return np.asarray(lasts[:, None, None] * amounts[:, None] * directions[:, None, :])

    def _may_calm(self, before: Ends, behind: Ends) -> BoolArray:
        return self._is_calmer(before, behind, DROP * _sizes(before.states, behind.states))

    def _has_calmed(self, before: Ends, behind: Ends, sizes: FloatArray) -> BoolArray:
        """Whether there is a change between ends that halving has brought together, and not merely a slope.

        States are measured by their sizes (n, d) before the halving: a slope through zero ends on both sides of it, and any difference
        is large against what is left there.
        """
        return self._is_calmer(before, behind, JUMP * sizes)

    def _is_calmer(self, before: Ends, behind: Ends, falls: FloatArray) -> BoolArray:
        calm, calmer = self.is_calm(before), self.is_calm(behind)
        if self.limits:
            return np.asarray(~calm & calmer)
        return np.asarray(calmer & (~calm | _is_lower(before.states, behind.states, falls)))

    def _halved(self, pairs: FloatArray, before: Ends, behind: Ends, care: Care) -> tuple[FloatArray, Ends, Ends]:
        """Pairs of steps (n, 2, k) halved towards the change between them."""
        middle = pairs.mean(axis=1)
        there = self.ends(middle, care)
        beyond = self._is_behind(before, there, behind)
        halves = np.stack((pairs[:, 0], middle), axis=1), np.stack((middle, pairs[:, 1]), axis=1)
        return np.where(beyond[:, None, None], *halves), before.where(~beyond, there), behind.where(beyond, there)

    def _is_behind(self, before: Ends, middle: Ends, behind: Ends) -> BoolArray:
        calm = self.is_calm(middle)
        if self.limits:
            return calm
        gaps = [np.nan_to_num(np.abs(middle.states - side.states).max(axis=1), nan=np.inf) for side in (before, behind)]
        return np.asarray(calm & (~self.is_calm(before) | (gaps[1] < gaps[0])))

    def _gathered(self, chosen: IntArray, pairs: FloatArray, before: Ends, behind: Ends) -> Crossings:
        count, size = len(chosen), self.field.dimension
        steps = np.full((count, 2, len(self.box.names)), np.nan)
        nothing = Ends(np.full((count, size), np.nan), np.full((count, size, size), np.nan), np.zeros(count, dtype=np.bool_))
        rows = chosen >= 0
        if not rows.any():
            return Crossings(steps, nothing, nothing)
        places = np.maximum(chosen, 0)
        steps[rows] = np.clip(pairs[places[rows]], self.box.lower, self.box.upper)
        return Crossings(steps, nothing.where(rows, before.at(places)), nothing.where(rows, behind.at(places)))


def _is_lower(before: FloatArray, behind: FloatArray, falls: FloatArray) -> BoolArray:
    """Whether no state has risen and one has come down by more than its fall (n, d), shape (n,); False where one is unknown."""
    drop, rounding = before - behind, EQUAL * _sizes(before, behind)
    return np.asarray((drop > -rounding).all(axis=1) & (drop > falls).any(axis=1))


def _sizes(one: FloatArray, other: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(np.maximum(np.abs(one), np.abs(other)), np.finfo(np.float64).tiny))


def _groups(model: Model, names: tuple[str, ...], start: FloatArray) -> IntArray:
    """States that symmetry keeps equal from this start: none unless the start is as symmetric as the equations."""
    groups = np.array(synchronous_states(model, names), dtype=np.int64)
    return groups if np.array_equal(start, start[groups]) else np.arange(len(start))
