"""Whether fear has run away, or could: calm and alarmed equilibria of the fear model, and how far the balance is from a fold."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import root

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.branch import Branch
from richardson.continuation.follow import continue_equilibrium
from richardson.errors import ComputationError
from richardson.outcome import Outcome
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria
from richardson.stability.spectrum import spectrum
from richardson.stability.window import Window
from richardson.symbolic.indexed_model import IndexedModel
from richardson.theory.flagship import UNDECIDED, Flagship

ACTIVE, LATENT, NONE = "active", "latent", "none"
REACH = 2.0  # of the balance on either side: e² = 7.4 times the threat
ROOM = 1.05  # times the largest arms that the parameters allow
WIDE = 64.0  # times the arms or thresholds in question, where the parameters allow any
SOLVED = 1e-12  # relative, of the balance and the arms
ABOVE = 1e-9  # relative: what is no larger than this is not above


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Stable equilibria of the fear model.

    Attributes
    ----------
    arms : FloatArray
        Shape (n, N) [arms].
    is_calm : tuple of bool
        Whether the fear of every nation is below its alarm threshold.
    is_complete : bool
        Whether it is certain that there is no other.
    """

    arms: FloatArray
    is_calm: tuple[bool, ...]
    is_complete: bool

    @property
    def spiral(self) -> str:
        """Active: no stable equilibrium is calm; latent: one is, and another lies above it; none; or not decidable."""
        calm = [arms for arms, is_calm in zip(self.arms, self.is_calm, strict=True) if is_calm]
        if any(_is_above(high, low) for low in calm for high in self.arms):
            return LATENT
        if not self.is_complete:
            return UNDECIDED
        return NONE if calm else ACTIVE


def outcomes(race: Flagship, size: float) -> Outcomes:
    """Every stable equilibrium with arms ≥ 0; ``size`` [arms] measures the window where the parameters do not bound them."""
    top = race.largest()
    is_bounded = bool(np.isfinite(top))
    found = _every(race, ROOM * top if is_bounded and top > 0.0 else WIDE * size)
    stable = [one.state for one in found if _is_stable(race, one)]
    arms = np.array(stable).reshape(-1, race.size)
    calm = tuple(bool((race.alarms(one) < 1.0).all()) for one in arms)
    return Outcomes(arms, calm, is_bounded and found.is_complete and not found.undecided)


def _every(race: Flagship, side: float) -> Equilibria:
    return equilibria(race.instant, Window(**{nation: (0.0, side) for nation in race.nations}))


def _is_stable(race: Flagship, one: Equilibrium) -> bool:
    """Whether it is so in the model as given, where fear takes its time."""
    return one.is_stable if race.model == race.instant else spectrum(race.model, race.state(one.state).tolist()).is_stable


def _is_above(high: FloatArray, low: FloatArray) -> bool:
    slack = ABOVE * float(np.abs(high).max())
    return bool((high >= low - slack).all() and (high > low + slack).any())


def branch_over_balance(race: Flagship, arms: FloatArray) -> Branch | None:
    """The equilibrium with arms (N,) followed over the balance, fear a state beside arms; None where it cannot be, or not surely."""
    if isinstance(race.model, IndexedModel):
        return None
    now = race.model.values["balance"]
    try:
        branch = continue_equilibrium(race.spread, [*arms, *race.threat(arms)], "balance", (now - REACH, now + REACH))
    except ComputationError:
        return None
    ways = np.sign(np.diff(branch.values))
    turns = np.count_nonzero(ways[1:] != ways[:-1])
    return branch if turns <= sum(point.kind == "fold" for point in branch.points) else None  # a turn that is no fold hides a border


def folds_beside(branch: Branch, balance: float, arms: FloatArray) -> tuple[float, ...]:
    """Balances of the folds at which the branch turns first on either side of the equilibrium with these arms."""
    here = _place(branch, balance, arms)
    folds = [(point.value, point.state[: len(arms)]) for point in branch.points if point.kind == "fold"]
    places = [(_place(branch, value, state), value) for value, state in folds if not isinstance(value, tuple)]
    before, after = [value for place, value in places if place <= here], [value for place, value in places if place > here]
    if branch.outcome is Outcome.CLOSED:  # the ends of the curve are one
        before, after = after + before, after + before
    return tuple(dict.fromkeys(before[-1:] + after[:1]))


def changes_over_balance(race: Flagship, branch: Branch) -> list[float]:
    """Balances of special points of the branch, and those at which the greatest fear passes its alarm threshold."""
    values, arms = branch.values, branch.states[:, : race.size]
    stronger = np.exp(values - race.model.values["balance"])[:, np.newaxis]
    threat = stronger * ((race.seen * arms) @ race.offence.T) - race.numbers["reassurance"] * arms
    alarms = threat / race.numbers["threshold"] - 1.0
    highest = alarms.max(axis=1)
    met = [
        _alarm_at(race, int(alarms[place].argmax()), arms[place], float(values[place]))
        for place in np.flatnonzero(np.sign(highest[:-1]) * np.sign(highest[1:]) < 0)
    ]
    return [float(point.value) for point in branch.points if not isinstance(point.value, tuple)] + met


def _alarm_at(race: Flagship, nation: int, arms: FloatArray, balance: float) -> float:
    """The balance near a given one at which a nation's fear at the equilibrium equals its alarm threshold."""
    field, now = Field.of(race.instant), race.model.values["balance"]
    place = race.instant.parameter_names.index("balance")
    threshold, reassurance = race.numbers["threshold"][nation], race.numbers["reassurance"][nation]

    def conditions(point: FloatArray) -> FloatArray:
        field.parameters[place] = point[-1]
        threat = np.exp(point[-1] - now) * (race.offence[nation] @ (race.seen * point[:-1])) - reassurance * point[nation]
        return np.append(field.rates(0.0, point[:-1]), threat - threshold)

    found = root(conditions, np.append(arms, balance), tol=SOLVED)
    if not found.success:
        raise ComputationError(
            f"Fear passes the alarm threshold of {race.nations[nation]} near a balance of {balance:g}, but the place could not be solved "
            "for. Change a parameter slightly."
        )
    return float(found.x[-1])


def _place(branch: Branch, value: float, arms: FloatArray) -> int:
    """Position on the branch of the point nearest to a parameter value and arms."""
    states = branch.states[:, : len(arms)]
    size = float(np.abs(states).max()) or 1.0
    away = np.abs(branch.values - value) / REACH + np.abs(states - arms).max(axis=1) / size
    return int(np.argmin(away))
