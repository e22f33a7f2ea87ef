"""How far parameters may move before an equilibrium loses its hold: the nearest fold or Hopf point in scaled parameters."""

from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.loci_start import rate_weights
from richardson.continuation.loci_systems import FoldSystem, HopfSystem
from richardson.continuation.nearest import at_limit, free_of_state, nearest_on
from richardson.errors import ComputationError
from richardson.landscape.directions import spread
from richardson.landscape.parameter_box import ParameterBox
from richardson.landscape.remedy_search import critical_kind, leading, nearest_apart
from richardson.stability.equilibria import Equilibrium
from richardson.symbolic.synchrony import has_linear_rates

RAYS = 24
FIRST, LARGEST, SMALLEST = 0.02, 0.25, 1e-9  # scales: steps along a ray
GROW = 1.6
CORRECTIONS = 6  # of Newton's method, after each step
ARRIVED = 1e-12  # relative, of its last correction
STRAYED = 0.25  # of a step: a first correction larger than this may lead to another branch
TURNED = 0.5  # of a slope: a tangent that changes more within a step belongs to another branch, or a fold is near
SLIGHT = 0.05  # of the states: unless the step is smaller than this
UNIT = 0.02  # of a state's unit: likewise, for states at zero
CALMING = 0.5  # of the slowest rate: one that changes more within a step may have left the stable side and come back
BAND = 1e-3  # scales: unless the step is smaller than this, for rates may jump
EDGE = 1e-12  # of the equilibrium's size: beyond a bound of a state by rounding alone
MET = 1e-6  # of the equilibrium's size: so near a bound a state has come to it
AGREED = 1e-5  # relative: distance solved for, and distance at which following the equilibrium ends
REPEATS = 3


@dataclass(frozen=True, eq=False, repr=False)
class Margin:
    """The nearest critical point of an equilibrium in scaled parameters.

    Attributes
    ----------
    distance : float
        In scales; infinite where none was found.
    changes : dict of str to pair of float
        Present value and critical value by name; empty where none was found.
    direction : dict of str to float
        Unit vector towards it, in scales: the weight that each parameter has; empty where none was found.
    kind : str or None
        "fold", "branch point" or "hopf"; "runaway" where, with rates linear in the states, the equilibrium goes to infinity; "bound"
        where one of its states comes to a bound of its own.
    state : FloatArray
        Shape (d,): the equilibrium there; NaN where there is none.
    residual : float
        Largest of the equations that define the point, in units of size one.
    alone : dict of str to pair of float
        For each parameter by itself, the critical values below and above its present one; −inf and inf where there is none.
    scales : dict of str to float
        What counts as one step.
    farthest : float
        In scales: how far was looked.
    """

    distance: float
    changes: dict[str, tuple[float, float]]
    direction: dict[str, float]
    kind: str | None
    state: FloatArray
    residual: float
    alone: dict[str, tuple[float, float]]
    scales: dict[str, float]
    farthest: float

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a parameter: name, value now, value at the nearest critical point, weight, critical values alone, scale."""
        nothing = (np.nan, np.nan)
        return {
            "parameter": list(self.scales),
            "now": [self.changes.get(name, nothing)[0] for name in self.scales],
            "critical": [self.changes.get(name, nothing)[1] for name in self.scales],
            "direction": [self.direction.get(name, np.nan) for name in self.scales],
            "alone_below": [self.alone[name][0] for name in self.scales],
            "alone_above": [self.alone[name][1] for name in self.scales],
            "scale": list(self.scales.values()),
        }

    def __repr__(self) -> str:
        """Distance, kind and place."""
        if self.kind is None:
            return f"<no critical point within {self.farthest:g} scales of {', '.join(self.scales)}>"
        listed = ", ".join(f"{name} = {then:.6g}" for name, (_, then) in self.changes.items())
        return f"<{self.kind} at distance {self.distance:.6g}: {listed}>"


class Place(NamedTuple):
    """A step of the parameters (k,), the equilibrium there (d,) and its Jacobian (d, d)."""

    step: FloatArray
    state: FloatArray
    jacobian: FloatArray


class Critical(NamedTuple):
    """A critical point: step (k,), state (d,), kind, residual."""

    step: FloatArray
    state: FloatArray
    kind: str
    residual: float


def margin_of(box: ParameterBox, equilibrium: Equilibrium, farthest: float) -> Margin:
    """Margin of a stable equilibrium of the box's model, a flow.

    Raises
    ------
    ComputationError
        If a critical point that is met along a ray cannot be solved for.
    """
    held = _Held(box, equilibrium.state, farthest)
    count = len(box.names)
    alone = {name: (held.alone(place, -1.0), held.alone(place, 1.0)) for place, name in enumerate(box.names)}
    found = held.nearest(spread(RAYS, count))
    scales = box.named(box.scales)
    if found is None:
        return Margin(inf, {}, {}, None, np.full(len(equilibrium.state), np.nan), np.nan, alone, scales, farthest)
    distance = float(np.linalg.norm(found.step))
    changes = {name: (float(now), float(then)) for name, now, then in zip(box.names, box.origin, box.values(found.step), strict=True)}
    return Margin(distance, changes, box.named(found.step / distance), found.kind, found.state, found.residual, alone, scales, farthest)


class _Held:
    """An equilibrium that is followed while parameters move straight on."""

    def __init__(self, box: ParameterBox, state: FloatArray, farthest: float) -> None:
        self.box, self.state, self.farthest = box, state, farthest
        self.field = Field.of(box.model)
        self.is_linear = has_linear_rates(box.model, box.names)

    def nearest(self, directions: FloatArray) -> Critical | None:
        """The nearest critical point, which the ray to it meets first; None if no ray meets one."""
        ends = [self.last(direction) for direction in directions]
        lengths = np.array([inf if end is None else np.linalg.norm(end.step) for end in ends])
        chosen = [ends[place] for place in nearest_apart(lengths, directions)]
        if not chosen:
            return None
        for _ in range(REPEATS):
            solved = [critical for end in chosen if end is not None and (critical := self.solved(end, self.box.lower, self.box.upper))]
            if not solved:
                break
            best = min(solved, key=lambda critical: float(np.linalg.norm(critical.step)))
            length = float(np.linalg.norm(best.step))
            end = self.last(best.step / length)
            if end is not None and abs(np.linalg.norm(end.step) - length) <= AGREED * length:
                return best
            if end is None or np.linalg.norm(end.step) > length:
                break
            chosen = [end]
        raise ComputationError(
            f"An equilibrium of '{self.box.model.name}' ends within {lengths.min():.6g} scales of {', '.join(self.box.names)}, "
            "but the nearest such point could not be solved for. Name fewer parameters."
        )

    def alone(self, place: int, side: float) -> float:
        """Critical value of one parameter on one side, the others held; infinite if there is none."""
        direction = side * np.eye(len(self.box.names))[place]
        end = self.last(direction)
        if end is None:
            return side * inf
        lower, upper = np.zeros_like(direction), np.zeros_like(direction)
        lower[place], upper[place] = self.box.lower[place], self.box.upper[place]
        critical = self.solved(end, lower, upper)
        step = end.step if critical is None or np.abs(critical.step - end.step).max() > AGREED * np.abs(end.step).max() else critical.step
        return float(self.box.values(step)[place])

    def last(self, direction: FloatArray) -> Place | None:
        """The last place on a ray (k,) at which the equilibrium is stable, followed to rounding; None if it stays so to the end."""
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(direction > 0.0, self.box.upper / direction, self.box.lower / direction)
        end = min(float(np.where(direction == 0.0, inf, room).min()), self.farthest)
        jacobian = self._at(np.zeros_like(direction), self.state)[1]
        place, amount, step = Place(np.zeros_like(direction), self.state, jacobian), 0.0, FIRST
        while amount < end:
            step = min(step, end - amount)
            ahead = self._ahead(place, direction, amount + step)
            if ahead is not None and _stays_stable(place, ahead, step) and self._is_inside(ahead.state):
                place, amount, step = ahead, amount + step, min(GROW * step, LARGEST)
            elif step <= SMALLEST * max(amount, SMALLEST):
                return place
            else:
                step *= 0.5
        return None

    def _ahead(self, place: Place, direction: FloatArray, amount: float) -> Place | None:
        """The equilibrium further on a ray, by a step along its tangent and Newton's corrections; None where these do not converge."""
        step = amount * direction
        if self.is_linear:
            return Place(step, place.state, self._at(step, place.state)[1])
        try:
            along = self._tangent(place, step - place.step)
            state = place.state + along
            for turn in range(CORRECTIONS):
                rates, jacobian = self._at(step, state)
                change = np.linalg.solve(jacobian, -rates)
                state = state + change
                size = np.abs(change).max()
                if turn == 0 and size > STRAYED * np.abs(along).max() + ARRIVED * np.abs(state).max():
                    return None
                if size <= ARRIVED * np.abs(state).max():
                    ahead = Place(step, state, self._at(step, state)[1])
                    return ahead if _is_same(along, self._tangent(ahead, step - place.step), state) else None
        except np.linalg.LinAlgError:
            return None
        return None

    def _tangent(self, place: Place, change: FloatArray) -> FloatArray:
        """How the equilibrium (d,) moves for a change (k,) of the parameters, to first order."""
        self._move_to(place.step)
        slopes = self.field.parameter_derivatives(place.state, self.box.names) @ (self.box.scales * change)
        return np.asarray(np.linalg.solve(place.jacobian, -slopes))

    def solved(self, end: Place, lower: FloatArray, upper: FloatArray) -> Critical | None:
        """The critical point nearest to the present values, from the end of a ray."""
        plane, first = self.box.space(end.state), leading(end.jacobian)
        size = len(end.state)
        place = np.append(end.state / plane.scale, end.step)
        weights = rate_weights(plane, place)
        bound = self._bound_met(end)
        if bound is not None:
            found = nearest_on(at_limit(plane, weights, *bound), place, lower, upper)
            return None if found is None else Critical(found.point[size:], found.point[:size] * plane.scale, "bound", found.residual)
        turning = abs(first.imag) > 0.0
        system = HopfSystem(plane, weights, abs(first.imag)) if turning else FoldSystem(plane, weights)
        start = system.place(place)
        equations = free_of_state(system, start[:size]) if self.is_linear else system.values_and_matrix
        found = nearest_on(equations, start[size:] if self.is_linear else start, lower, upper)
        if found is None:
            return None
        step = found.point[-len(end.step) :]
        if self.is_linear:
            return Critical(step, np.full(size, np.nan), "hopf" if turning else "runaway", found.residual)
        kind = "hopf" if turning else critical_kind(system, found, len(step))
        return Critical(step, found.point[:size] * plane.scale, kind, found.residual)

    def _is_inside(self, state: FloatArray) -> bool:
        slack = EDGE * np.abs(self.state).max()
        return self.is_linear or bool(((state >= self.field.lower - slack) & (state <= self.field.upper + slack)).all())

    def _bound_met(self, end: Place) -> tuple[int, float] | None:
        """Position of a state that has come to a bound of its own, and the bound; None if the equilibrium is critical instead."""
        ends = self.field.lower, self.field.upper
        gaps, first = (np.minimum(np.abs(state - ends[0]), np.abs(state - ends[1])) for state in (end.state, self.state))
        met = np.flatnonzero((gaps <= MET * np.abs(self.state).max()) & (first > gaps))
        if self.is_linear or not met.size:
            return None
        position = int(met[np.argmin(gaps[met])])
        low, high = float(self.field.lower[position]), float(self.field.upper[position])
        return position, low if abs(end.state[position] - low) < abs(end.state[position] - high) else high

    def _at(self, step: FloatArray, state: FloatArray) -> tuple[FloatArray, FloatArray]:
        self._move_to(step)
        return self.field.rates_and_jacobian(0.0, state)

    def _move_to(self, step: FloatArray) -> None:
        for members, value in zip(self.box.positions, self.box.values(step), strict=True):
            self.field.parameters[list(members)] = value


def _stays_stable(place: Place, ahead: Place, step: float) -> bool:
    """Whether an equilibrium is stable a step further on, and the step is short enough to say so of all that lies between."""
    before, behind = (leading(each.jacobian).real for each in (place, ahead))
    return behind < 0.0 and (step <= BAND or abs(behind - before) <= CALMING * abs(before))


def _is_same(before: FloatArray, behind: FloatArray, state: FloatArray) -> bool:
    """Whether the tangents (d,) at both ends of a step belong to one smooth branch."""
    change, size = float(np.abs(behind - before).max()), max(float(np.abs(before).max()), float(np.abs(behind).max()))
    return change <= max(TURNED * size, SLIGHT * float(np.abs(state).max())) or size <= UNIT
