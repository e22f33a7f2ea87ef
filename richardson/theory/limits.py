"""Where a path of the fear model ends: an equilibrium, or why it has no limit."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.errors import ComputationError, IntegrationError
from richardson.landscape.resting import equilibrium_beside
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria
from richardson.stability.finding import MOST_STATES
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.theory.flagship import Flagship

RELATIVE, ABSOLUTE = 1e-9, 1e-12  # of a step; the second of the size of the arms in question
FIRST, LONGER, STRETCHES = 60.0, 4.0, 9  # lifetimes of arms, 1/a: four million at most, as near a fold paths dwell for long
BOUND = 1e9  # times the size of the arms in question: beyond it a path has run away
SAME = 1e-7  # of the size: two roots nearer than this are one
EDGE = 1e-6  # of the size: how far a window reaches beyond what it is to hold
FLOOR = 1e-3  # of the size: a window about arms that are zero
REASONS = {
    Outcome.ESCAPED: "arms grow without limit",
    Outcome.LEFT_DOMAIN: "the path leaves the domain: arms or fear fall below zero",
    Outcome.STEP_LIMIT: "the path neither settles nor runs away (a cycle, or a passage too slow to follow)",
}
UNSTABLE = "the path comes to rest where the least disturbance decides what follows"


@dataclass(frozen=True, eq=False, repr=False)
class Limit:
    """Where a path ends.

    Attributes
    ----------
    arms : FloatArray
        Shape (N,) [arms]; NaN where there is no limit.
    outcome : Outcome
        SETTLED, ESCAPED, LEFT_DOMAIN, or STEP_LIMIT where it does neither.
    reason : str
        Why there is no limit; empty if there is one.
    is_proved : bool
        Whether order between equilibria, all of them known for certain, proves that the path goes there.
    """

    arms: FloatArray
    outcome: Outcome
    reason: str = ""
    is_proved: bool = False

    @property
    def exists(self) -> bool:
        """Whether there is a limit."""
        return self.outcome is Outcome.SETTLED

    def __repr__(self) -> str:
        """Arms, or why there are none."""
        return f"<{', '.join(f'{one:.6g}' for one in self.arms)}>" if self.exists else f"<no limit: {self.reason}>"


def limit_from_zero(race: Flagship, size: float) -> tuple[Limit, Equilibrium | None]:
    """Limit of the path from zero arms and fear, and the equilibrium if the path moved to one.

    Parameters
    ----------
    race : Flagship
    size : float
        Of the arms in question [arms], by which "near" and "beyond all bounds" are measured.
    """
    start = np.zeros(len(race.model.states))
    if not Field.of(race.model).rates(0.0, start).any():
        return Limit(start[: race.size], Outcome.SETTLED, is_proved=True), None
    found, place = _followed(race, start, size)
    if not found.exists or not race.is_cooperative:
        return found, place
    known = _known(race, found.arms + EDGE * size)
    if known is not None and any((found.arms - one.state).max() > SAME * size for one in known):
        raise ComputationError(_contradiction(race, found))
    return Limit(found.arms, found.outcome, is_proved=known is not None), place


def limit_from(race: Flagship, start: FloatArray, size: float) -> Limit:
    """Limit of the path from a state (d,) of the model, at which other values of its parameters are at rest."""
    found, _ = _followed(race, start, size)
    rates = Field.of(race.instant).rates(0.0, start[: race.size])
    is_falling = race.is_cooperative and bool((rates <= SAME * race.numbers["fatigue"] * size).all())
    if not found.exists or not is_falling:
        return found
    known = _known(race, start[: race.size] + EDGE * size)
    if known is not None and any((one.state - found.arms).max() > SAME * size for one in known):
        raise ComputationError(_contradiction(race, found))
    return Limit(found.arms, found.outcome, is_proved=known is not None)


def _followed(race: Flagship, start: FloatArray, size: float) -> tuple[Limit, Equilibrium | None]:
    """The end of the integrated path, once Newton's method finds a root right beside it."""
    field, scale = Field.of(race.model), np.full(len(start), size)
    state, stretch = start, FIRST / float(race.numbers["fatigue"].min())
    nowhere = np.full(race.size, np.nan)
    for _ in range(STRETCHES):
        state, outcome = _later(race.model, state, stretch, size)
        if outcome is not Outcome.REACHED_END:
            return Limit(nowhere, outcome, REASONS[outcome]), None
        place = equilibrium_beside(field, state, scale, record(race.model, verb="diagnose"))
        if place is not None and place.is_stable:
            return Limit(place.state[: race.size], Outcome.SETTLED), place
        if place is not None:
            return Limit(nowhere, Outcome.STEP_LIMIT, f"{UNSTABLE} ({place.kind})"), None
        stretch *= LONGER
    return Limit(nowhere, Outcome.STEP_LIMIT, REASONS[Outcome.STEP_LIMIT]), None


def _later(model: Model, state: FloatArray, stretch: float, size: float) -> tuple[FloatArray, Outcome]:
    lower = np.array([one.lower for one in model.states])
    begin = np.maximum(state, lower)  # a path that comes down to its bound may end below it by rounding
    try:
        run = integrate(model, begin.tolist(), [0.0, stretch], relative=RELATIVE, absolute=ABSOLUTE * size, bound=BOUND * size)
    except IntegrationError:
        return state, Outcome.STEP_LIMIT
    return run.states[-1], run.outcome


def _known(race: Flagship, top: FloatArray) -> Equilibria | None:
    """Every equilibrium with arms between zero and ``top`` (N,), if it is certain that these are all."""
    if race.size > MOST_STATES:
        return None
    window = Window(**{nation: (0.0, float(high)) for nation, high in zip(race.nations, top, strict=True)})
    known = equilibria(race.instant, window, method="certified")
    return known if known.is_complete and not known.undecided else None


def _contradiction(race: Flagship, found: Limit) -> str:
    return (
        f"A path of '{race.model.name}' was followed to {found!r}, but an equilibrium that it cannot pass lies before it. "
        "The two are too near a fold to be told apart; change a parameter slightly."
    )
