"""The treaty that suffices: the least change of parameters that prevents a race, or takes it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.dynamics.integrate import integrate
from richardson.errors import ComputationError, InvalidInputError
from richardson.landscape.calmer import BOUND, Ends, Race
from richardson.landscape.parameter_box import ParameterBox, checked_farthest
from richardson.landscape.remedy_search import MARGIN, Change, least_change
from richardson.landscape.settling import PATIENT, SETTLED, attracts, check_start, reach
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values

FARTHEST = 10.0  # scales
BEYOND = 1e-3  # of the change: how far past it the run goes that confirms it; on the border itself a race takes for ever
ARRIVED = 1e-4  # relative: a run so near the equilibrium has reached it
RELAXATIONS, LENGTHENED = 40.0, 4  # of the first run that must arrive, and how often it is made ten times longer
STEPS = 2_000_000  # of that run
ON_BOUND = 1e-9  # of a scale

FOUND = "a change suffices"
CALM = "calm as it is"
NOTHING_CALMER = "stable as it is, and nothing calmer is within reach"
OUT_OF_REACH = "no change within reach suffices"


@dataclass(frozen=True, eq=False, repr=False)
class Remedy:
    """The least change of parameters after which a race ends in something calmer.

    Attributes
    ----------
    verdict : str
        "a change suffices"; "calm as it is" (within the limits, or stable whatever the state); "stable as it is, and nothing calmer
        is within reach"; or "no change within reach suffices".
    changes : dict of str to pair of float
        Present value and value on the border, in the parameter's unit, by name; empty unless a change suffices. Anything further in
        that direction takes effect.
    distance : float
        Length of the change in scales; 0 where none is needed, infinite where none was found.
    scales : dict of str to float
        What counts as one step of each parameter.
    kind : str or None
        What happens on the border: an equilibrium is critical there ("fold", "branch point", "hopf"; "runaway" where, with rates
        linear in the states, it comes back from infinity), or a "limit" is passed, or the start changes its "basin".
    critical_state : FloatArray
        Shape (d,): the equilibrium that is critical on the border; NaN where there is none.
    residual : float
        Largest of the equations that define the critical point, in units of size one; NaN where there are none.
    bracket : pair of float
        Distances between which the race's end changes in this direction, found by following it.
    active_bounds : tuple of str
        Parameters that the change takes to a bound.
    state_before, state_after : FloatArray
        Shape (d,): equilibrium that the race reaches now, and after a change larger by a thousandth (beyond a Hopf point, a hundredth); NaN
        where it reaches none.
    spiral_number_before, spiral_number_after : float or None
        There; before, where rates are linear in the states, also if no equilibrium is reached.
    start : FloatArray
        Shape (d,): where the race starts.
    model : Model
    provenance : Provenance
    """

    verdict: str
    changes: dict[str, tuple[float, float]]
    distance: float
    scales: dict[str, float]
    kind: str | None
    critical_state: FloatArray
    residual: float
    bracket: tuple[float, float]
    active_bounds: tuple[str, ...]
    state_before: FloatArray
    state_after: FloatArray
    spiral_number_before: float | None
    spiral_number_after: float | None
    start: FloatArray
    model: Model
    provenance: Provenance

    @property
    def is_found(self) -> bool:
        """Whether a change suffices."""
        return self.verdict == FOUND

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a parameter: name, value now, value on the border, scale, change in scales, whether a bound is active."""
        ends = self.changes or {name: (self.model.values[self.model.resolve(name)[0]], nan) for name in self.scales}
        return {
            "parameter": list(self.scales),
            "now": [ends[name][0] for name in self.scales],
            "then": [ends[name][1] for name in self.scales],
            "scale": list(self.scales.values()),
            "steps": [(ends[name][1] - ends[name][0]) / scale for name, scale in self.scales.items()],
            "at_bound": [name in self.active_bounds for name in self.scales],
        }

    def __repr__(self) -> str:
        """The change, or why there is none."""
        if not self.is_found:
            return f"<remedy by {', '.join(self.scales)} in '{self.model.name}': {self.verdict}>"
        listed = ", ".join(f"{name} from {now:.6g} to {then:.6g}" for name, (now, then) in self.changes.items())
        return f"<remedy: {listed} ({self.kind}, distance {self.distance:.6g})>"


def remedy(
    model: Model,
    parameters: str | Sequence[str],
    *,
    start: Equilibrium | Mapping[str, float] | Sequence[float] | None = None,
    limits: Mapping[str, float] | None = None,
    scales: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    farthest: float = FARTHEST,
) -> Remedy:
    """The least change of parameters after which a race ends in something calmer than it does now.

    Parameters
    ----------
    model : Model
        An autonomous flow.
    parameters : str or sequence of str
        What may be changed: parameters, or concepts whose members are equal and move as one.
    start : Equilibrium, mapping or sequence, optional
        Where the race starts. Zero arms and fear by default: what would have prevented the race. The equilibrium at which the world
        stands: what takes the race back, which is more where there is hysteresis.
    limits : mapping of str to float, optional
        By state: what the equilibrium reached must not exceed to count as calm. By default it is calmer if it is stable and, where one
        is reached now, lies below that in some state, above it in none, and is another equilibrium, not the same one shifted.
    scales : mapping of str to float, optional
        What counts as one step of a parameter, in its unit; by default its range where that is finite, else its size, else 1.
    bounds : mapping of str to pair of float, optional
        Lowest and highest value allowed, within the parameter's own bounds.
    farthest : float
        In scales: changes larger than this are not looked for.

    Returns
    -------
    Remedy

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError
        If the model has no path from the start, a name is unknown, members of a concept differ, or a number does not fit.
    ComputationError
        If the change found is not confirmed by a run, or lies at a cusp, where the jump between outcomes has no size.

    Notes
    -----
    The straight way from the present values to the nearest point of a border crosses no other point of it, so the nearest change is the
    shortest of those along all rays. Some tens of rays are sampled in forty places each, by following the race to its end; from the
    nearest of them the critical point is solved for, as a minimum of the distance under the equations of a fold or a Hopf point (exact
    derivatives), which must agree with the race along the ray to it; where no equilibrium is critical a descent over directions takes
    its place. A set of calm values thinner than the places along a ray may be missed. Changes are lasting and take effect at once.

    What counts as a remedy is this project's proposal; distance to the nearest instability is Dobson's [1]_.

    References
    ----------
    .. [1] I. Dobson (1993), Computing a closest bifurcation instability in multidimensional parameter space, Journal of Nonlinear
       Science 3, 307–327 (quoted from memory).

    Examples
    --------
    >>> from richardson.models import linear
    >>> remedy(linear(defence=2.0), ["defence_x"])
    <remedy: defence_x from 2 to 0.5 (runaway, distance 0.75)>
    """
    check_start(model, "A remedy")
    box = ParameterBox.of(model, parameters, scales, bounds)
    farthest = checked_farthest(farthest)
    race = Race.of(box, _origin(model, start), _checked_limits(limits), farthest)
    now = _ends(race, np.zeros(len(box.names)))
    change = None if race.limits and race.is_calm(race.base)[0] else least_change(race)
    provenance = record(
        model, verb="remedy", scales=box.named(box.scales), start=race.start.tolist(), limits=dict(limits or {}), farthest=farthest
    )
    return _unchanged(race, now, provenance) if change is None else _changed(race, now, change, provenance)


def _changed(race: Race, now: Ends, change: Change, provenance: Provenance) -> Remedy:
    box = race.box
    values = box.values(change.step)
    past = np.clip(change.step * (1.0 + (MARGIN if change.kind == "hopf" else BEYOND)), box.lower, box.upper)
    then = _ends(race, past)
    _confirm(race, past, then)
    near = (np.abs(change.step - box.lower) < ON_BOUND) | (np.abs(change.step - box.upper) < ON_BOUND)
    return Remedy(
        verdict=FOUND,
        changes={name: (float(a), float(b)) for name, a, b in zip(box.names, box.origin, values, strict=True)},
        distance=float(np.linalg.norm(change.step)),
        scales=box.named(box.scales),
        kind=change.kind,
        critical_state=change.critical_state,
        residual=change.residual,
        bracket=change.bracket,
        active_bounds=tuple(name for name, is_near in zip(box.names, near, strict=True) if is_near),
        state_before=now.states[0],
        state_after=then.states[0],
        spiral_number_before=_spiral(race, now),
        spiral_number_after=_spiral(race, then),
        start=race.start,
        model=box.model,
        provenance=provenance,
    )


def _unchanged(race: Race, now: Ends, provenance: Provenance) -> Remedy:
    """The answer where nothing changes: nothing needs to, or nothing helps."""
    if race.is_calm(race.base)[0]:
        verdict, distance = CALM if race.limits or race.is_linear else NOTHING_CALMER, 0.0
    else:
        verdict, distance = OUT_OF_REACH, inf
    return Remedy(
        verdict=verdict,
        changes={},
        distance=distance,
        scales=race.box.named(race.box.scales),
        kind=None,
        critical_state=np.full(race.field.dimension, np.nan),
        residual=nan,
        bracket=(distance, distance),
        active_bounds=(),
        state_before=now.states[0],
        state_after=now.states[0].copy(),
        spiral_number_before=_spiral(race, now),
        spiral_number_after=_spiral(race, now),
        start=race.start,
        model=race.box.model,
        provenance=provenance,
    )


def _ends(race: Race, step: FloatArray) -> Ends:
    """What the race reaches after a step (k,), by following it even where stability belongs to the equations."""
    found = reach(race.field, race.groups, race.box.rows(step[np.newaxis]), bound=BOUND, care=PATIENT, start=race.start)
    return Ends(found.states, found.jacobians, (found.codes == SETTLED) & attracts(found.jacobians))


def _confirm(race: Race, step: FloatArray, then: Ends) -> None:
    """Refuse a change after which a run by another method does not arrive where the race is said to end."""
    model, target = race.box.model_at(step), then.states[0]
    if then.is_stable[0]:
        slowest = float(np.abs(np.linalg.eigvals(then.jacobians[0]).real).min())
        size = max(float(np.abs(target).max()), float(np.abs(race.start).max()))  # the start's, where the target is zero
        for longer in range(LENGTHENED):
            times = [0.0, RELAXATIONS / slowest * 10.0**longer]
            run = integrate(model, race.start.tolist(), times, bound=BOUND, step_limit=STEPS)
            if (np.abs(run.states[-1] - target) <= ARRIVED * size).all():
                return
    listed = ", ".join(f"{name} = {value:.6g}" for name, value in race.box.named(race.box.values(step)).items())
    raise ComputationError(
        f"A run does not confirm that {listed} makes the race of '{model.name}' calmer. Name other parameters or bounds."
    )


def _spiral(race: Race, ends: Ends) -> float | None:
    jacobian = ends.jacobians[0] if np.isfinite(ends.jacobians[0]).all() else race.base.jacobians[0]
    if not np.isfinite(jacobian).all():
        return None
    return spiral_number_of(jacobian, np.array([state.is_follower for state in race.box.model.states]))


def _origin(model: Model, start: Equilibrium | Mapping[str, float] | Sequence[float] | None) -> FloatArray:
    if start is None:
        return np.zeros(len(model.states))
    if isinstance(start, Equilibrium):
        if start.model != model:
            raise InvalidInputError(
                f"{start!r} is no equilibrium of '{model.name}' at its present values. Take one of equilibria(model, …)."
            )
        return start.state.copy()
    return start_values(model, start)


def _checked_limits(limits: Mapping[str, float] | None) -> dict[str, float]:
    if limits is not None and not isinstance(limits, Mapping):
        raise InvalidInputError(f'Limits are given by the states\' names, for example {{"x": 2}}; got {limits!r}.')
    known = dict(limits or {})
    for name, limit in known.items():
        if isinstance(limit, bool) or not isinstance(limit, int | float | np.number) or not isfinite(float(limit)):
            raise InvalidInputError(f"The limit of '{name}' must be a finite number in its unit; got {limit!r}.")
    return known
