"""How resilient one system of nations is at rest, and at which level of a drive it rests as another does."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from scipy.optimize import brentq

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.compiled.kernels import settle
from richardson.continuation.follow import continue_equilibrium
from richardson.errors import ComputationError
from richardson.landscape import wilson
from richardson.landscape.resting import equilibrium_beside
from richardson.landscape.settling import SETTLED, TIGHT, Reached, reach
from richardson.provenance import Provenance
from richardson.stability.equilibria import Equilibrium
from richardson.stability.spectrum import spectrum
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model

BALANCE = "balance"
BOUND = 1e9  # in the states' units, as in integrate
INSTANT = 1e-6  # of the time of fatigue
RETURNED = 1e-4  # of the size of arms, and of alignments: a path that settled so near the equilibrium has come back
SCALES = np.geomspace(0.05, 20.0, 41)  # levels of the drive at which another system is looked for, times the balanced one's
SAME = 1e-6  # relative: systems that rest farther apart are not matched


@dataclass(frozen=True, eq=False, repr=False)
class PowerSystem:
    """One system of nations at rest, and how resilient it is there.

    Attributes
    ----------
    state : FloatArray
        Shape (d,): the stable equilibrium that is reached from zero arms and zero alignments.
    total_arms : float
        Of all nations there, in their unit.
    spiral_number : float
        Of arms alone, with alignments held.
    relaxation_time : float
        In yr.
    margin : float
        How far the offence–defence balance may rise before this equilibrium ends or turns unstable; infinite if not within ``farthest``.
    tipped_share : float
        Share of shocks after which the system comes to rest elsewhere, or nowhere.
    intervals : dict of str to pair of float
        By measure: of the relaxation time the bounds of its rounding, of the margin the bracket of the critical point, of the share
        Wilson's interval, within which shocks whose end is not known may be on either side.
    undecided : int
        Shocks whose end is not known.
    model : Model
        At this system's values.
    """

    state: FloatArray
    total_arms: float
    spiral_number: float
    relaxation_time: float
    margin: float
    tipped_share: float
    intervals: dict[str, tuple[float, float]]
    undecided: int
    model: Model

    def __repr__(self) -> str:
        """Total arms and the three measures."""
        return (
            f"<total arms {self.total_arms:.5g}: relaxation time {self.relaxation_time:.5g} yr, margin {self.margin:.5g}, "
            f"tipped share {self.tipped_share:.3g}>"
        )


@dataclass(frozen=True, eq=False)
class Trial:
    """What every system is exposed to: ``shocks`` (n, number of nations) in arms, and how far the balance is raised."""

    shocks: FloatArray
    confidence: float
    farthest: float


def nations_of(model: Model) -> tuple[str, ...]:
    """States that are arms, all but the alignments."""
    return tuple(name for name in model.state_names if not name.startswith("alignment_"))


def resting(model: Model, provenance: Provenance) -> Equilibrium:
    """The stable equilibrium reached from zero.

    Raises
    ------
    ComputationError
        If none is reached, or it is not stable.
    """
    field = Field.of(model)
    state = _end(model)
    found = None if np.isnan(state).any() else equilibrium_beside(field, state, _sizes(model, state), provenance)
    if found is None or not found.is_stable:
        raise ComputationError(
            f"From zero arms and alignments '{model.name}' comes to no stable rest, so that it has no resilience to compare. "
            "Lower the balance, the reaction or the advantage, or count arms in larger units if they number many millions."
        )
    return found


def _sizes(model: Model, state: FloatArray) -> FloatArray:
    """Size (d,) of every state near a state (d,): that of the largest arms, whatever their unit, and 1 of alignments."""
    count = len(nations_of(model))
    sizes = np.ones(len(state))
    sizes[:count] = np.abs(state[:count]).max()
    return sizes


def total_arms(model: Model, states: FloatArray) -> FloatArray:
    """Sum over the nations, shape (n,), of states (n, d)."""
    total: FloatArray = states[:, : len(nations_of(model))].sum(axis=1)
    return total


def arms_spiral_number(model: Model, state: FloatArray) -> float:
    """R of arms alone, alignments held; NaN where it is not defined."""
    count = len(nations_of(model))
    number = spiral_number_of(Field.of(model).jacobian(0.0, state)[:count, :count])
    return np.nan if number is None else number


def matched_scale(at: Callable[[float], Model], measure: Callable[[Model, FloatArray], float], target: float, what: str) -> float:
    """The factor of the drive at which a system rests with the same ``measure`` as another.

    Parameters
    ----------
    at : callable
        The system at a factor.
    measure : callable
        Of a model and the state (d,) at which it rests.
    target : float
    what : str
        For the message.

    Raises
    ------
    ComputationError
        If no factor within `SCALES` gives the target: it is jumped over, or too far away.
    """

    def gap(scale: float) -> float:
        model = at(scale)
        state = _end(model)
        return float(measure(model, state)) - target if np.isfinite(state).all() else inf  # nowhere at rest: beyond every target

    gaps = np.array([gap(scale) for scale in SCALES])
    changes = np.flatnonzero((gaps[:-1] <= 0.0) & (gaps[1:] > 0.0) & (gaps[1:] < inf))
    if changes.size:
        scale = float(brentq(gap, SCALES[changes[0]], SCALES[changes[0] + 1], xtol=1e-12))
        if abs(gap(scale)) <= SAME * abs(target):
            return scale
    raise ComputationError(
        f"No hegemonic system rests with the same {what} as the balanced one, {target:.6g}: as the drive grows it is jumped over, or not "
        "reached. Match another quantity, or take a smaller advantage."
    )


def measured(rest: Equilibrium, trial: Trial) -> PowerSystem:
    """Every measure of resilience of a system at rest."""
    model = rest.model
    margin, bracket = _margin(rest, trial.farthest)
    tipped, undecided = _tipped(rest, trial)
    size = len(trial.shocks)
    low, high = (wilson.interval(count, size, trial.confidence)[end] for end, count in enumerate((tipped, tipped + undecided)))
    relaxation, bounds = _relaxation(rest)
    return PowerSystem(
        state=rest.state,
        total_arms=float(total_arms(model, rest.state[None])[0]),
        spiral_number=arms_spiral_number(model, rest.state),
        relaxation_time=relaxation,
        margin=margin,
        tipped_share=tipped / size,
        intervals={"relaxation_time": bounds, "margin": bracket, "tipped_share": (low, high)},
        undecided=undecided,
        model=model,
    )


def _end(model: Model) -> FloatArray:
    """Where the path from zero comes to rest, shape (d,), NaN where nowhere.

    It is followed from what the nations have built in the first `INSTANT`, since at zero arms the shares of threat jump.
    """
    field, nations = Field.of(model), nations_of(model)
    fatigues = np.array([model.values[f"fatigue_{nation}"] for nation in nations])
    start = np.zeros(field.dimension)
    start[: len(nations)] = INSTANT / fatigues * field.rates(0.0, start)[: len(nations)]
    state: FloatArray = _reached(field, start).states[0]
    return state


def _reached(field: Field, start: FloatArray) -> Reached:
    alone = np.arange(field.dimension)
    return reach(field, alone, field.parameters[None], bound=BOUND, care=TIGHT, start=start)


def _relaxation(rest: Equilibrium) -> tuple[float, tuple[float, float]]:
    known = spectrum(rest.model, rest)
    rates, errors = -known.eigenvalues.real, known.errors
    slowest, fastest = float((rates - errors).min()), float((rates + errors).min())
    return 1.0 / float(rates.min()), (1.0 / fastest, 1.0 / slowest)  # a stable kind: rates exceed their errors


def _margin(rest: Equilibrium, farthest: float) -> tuple[float, tuple[float, float]]:
    """Rise of the balance to the first critical point on the way up, and its bracket."""
    value = rest.model.values[BALANCE]
    branch = continue_equilibrium(rest.model, rest, BALANCE, (value, value + farthest))
    for point in branch.points:
        if point.kind != "neutral saddle" and isfinite(np.asarray(point.value).item()):
            low, high = np.sort(np.asarray(point.bracket, dtype=np.float64))
            return float(np.asarray(point.value)) - value, (float(low) - value, float(high) - value)
    if branch.values[-1] < value + farthest * (1.0 - SAME):
        raise ComputationError(
            f"The equilibrium of '{rest.model.name}' could be followed only to balance = {branch.values[-1]:g}: {branch.outcome.value}. "
            "Take a smaller farthest."
        )
    return inf, (farthest, inf)


def _tipped(rest: Equilibrium, trial: Trial) -> tuple[int, int]:
    """How many shocks are followed by rest elsewhere or by escape, and how many by nothing known."""
    field = Field.of(rest.model)
    tipped = undecided = 0
    size = _sizes(rest.model, rest.state)
    for shock in trial.shocks:
        start = rest.state.copy()
        start[: len(shock)] += shock
        end = _reached(field, start)
        if end.codes[0] == SETTLED:
            tipped += bool((np.abs(end.states[0] - rest.state) > RETURNED * size).any())
        elif end.codes[0] in (settle.ESCAPED, settle.LEFT_DOMAIN):
            tipped += 1
        else:
            undecided += 1
    return tipped, undecided
