"""The questions by which theories of the security dilemma are told apart, each answered at an equilibrium with a number."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.branch import Branch
from richardson.symbolic.conditions import spiral_number_of
from richardson.theory.flagship import FACTORS, UNDECIDED, Flagship
from richardson.theory.margins import MATERIAL, PSYCHOLOGICAL, reactions, security_gains, semi_elasticities
from richardson.theory.shares import ArmingShares
from richardson.theory.spiral import Outcomes, folds_beside
from richardson.theory.unintended import Concern, unintended

YES, IN_PART, NO = "yes", "in part", "no"
HALF = 0.5


@dataclass(frozen=True, repr=False)
class Tick:
    """The answer to one question.

    Attributes
    ----------
    answer : str
        "yes", "in part" (for some nations), "no" or "not decidable"; of the spiral "active", "latent" or "none"; of the regulators
        "material", "psychological", "both" or "none".
    number : float or None
        What decides, for the nation that decides; None where there is none.
    meaning : str
        What the number is, and why there is none.
    details : dict of str to float
        The numbers behind it by nation, pair or parameter.
    """

    answer: str
    number: float | None
    meaning: str
    details: dict[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Answer, number and meaning."""
        return f"{self.answer}, {self.meaning}" if self.number is None else f"{self.answer}, {self.number:.4g} {self.meaning}"


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the answers rest on: the race, its shares, its stable equilibria, and its equilibrium over the balance."""

    race: Flagship
    shares: ArmingShares
    outcomes: Outcomes
    branch: Branch | None

    @property
    def arms(self) -> FloatArray:
        """Shape (N,): the equilibrium."""
        return self.shares.arms

    def by_nation(self, values: FloatArray, what: str = "") -> dict[str, float]:
        """Numbers (N,) with the nations' names."""
        return {f"{what} {nation}".strip(): float(value) for nation, value in zip(self.race.nations, values, strict=True)}


def ticks_of(known: Evidence, concern: Concern) -> dict[str, Tick]:
    """Every question with its answer."""
    answer, number, meaning, details = unintended(known.race, concern)
    return {
        "uncertainty over intentions": _uncertainty(known),
        "mutual fear": _fear(known),
        "no malign intent": _intent(known),
        "competition": _competition(known),
        "spiral": _spiral(known),
        "unintended result": Tick(answer, number, meaning, details),
        "self-defeating": _self_defeating(known),
        "regulators": _regulators(known),
    }


def _uncertainty(known: Evidence) -> Tick:
    """Whether arms are in part defensive and cannot be wholly told from offensive ones."""
    race = known.race
    is_unsure = (race.numbers["defensive_share"] > 0.0) & (race.model.values["distinguishability"] < 1.0)
    return Tick(_all(is_unsure), float(race.seen.min()), "least share of arms taken for offensive, 1 − δs", known.by_nation(race.seen))


def _fear(known: Evidence) -> Tick:
    """Whether fear keeps more than half of every nation's arms."""
    alarms = known.by_nation(known.race.alarms(known.arms), "f/h of")
    kept = known.shares.maintenance[FACTORS.index("fear")]
    if np.isnan(kept).any() or not (known.arms > 0.0).all():
        return Tick(UNDECIDED, None, "fear's share: a path has no limit, or there are no arms to share", alarms)
    parts = kept / known.arms
    return Tick(_all(parts > HALF), float(parts.min()), "fear's least share in what keeps a nation's arms", known.by_nation(parts) | alarms)


def _intent(known: Evidence) -> Tick:
    ambition = known.race.numbers["ambition"]
    return Tick(_all(ambition == 0.0), float(ambition.max()), "greatest ambition μ [1/yr]", known.by_nation(ambition))


def _competition(known: Evidence) -> Tick:
    """Whether in every pair each arms against the other."""
    answers, names = reactions(known.race, known.arms), known.race.nations
    pairs = [(i, j) for i in range(len(names)) for j in range(len(names)) if i != j]
    details = {f"{names[i]} to {names[j]}": float(answers[i, j]) for i, j in pairs}
    number = spiral_number_of(Field.of(known.race.instant).jacobian(0.0, known.arms))
    both = [answers[i, j] > 0.0 and answers[j, i] > 0.0 for i, j in pairs]
    return Tick(_all(both), number, "spiral number R" if number is not None else "the spiral number R is undefined", details)


def _spiral(known: Evidence) -> Tick:
    answer, balance = known.outcomes.spiral, known.race.model.values["balance"]
    if known.branch is None:
        return Tick(answer, None, "this equilibrium could not be followed over the balance, so how far a fold is stays unknown")
    folds = folds_beside(known.branch, balance, known.arms)
    if not folds:
        return Tick(answer, None, "no fold of this equilibrium within 2 of the balance")
    ways = sorted((fold - balance for fold in folds), key=abs)
    details = {f"fold {'above' if way > 0.0 else 'below'}": balance + way for way in ways}
    return Tick(answer, ways[0], "change of the balance to the nearest fold", details)


def _self_defeating(known: Evidence) -> Tick:
    """Whether arming by its own will lowers a nation's security, once the others have answered."""
    gains = security_gains(known.race, known.arms)
    return Tick(_all(gains < 0.0), float(gains.max()), "greatest gain of security by own arming, dS/dg [yr]", known.by_nation(gains))


def _regulators(known: Evidence) -> Tick:
    """What moves the spiral number: technology and terrain, or what nations feel."""
    slopes = semi_elasticities(known.race, known.arms)
    if slopes is None:
        return Tick(UNDECIDED, None, "the spiral number R is undefined or zero")
    kinds = [name for name, group in (("material", MATERIAL), ("psychological", PSYCHOLOGICAL)) if any(slopes.get(one) for one in group)]
    scales = {"threshold": float(known.race.numbers["threshold"].mean())}  # per arms, else the unit of arms would decide
    strongest = max(slopes, key=lambda name: abs(slopes[name]) * scales.get(name, 1.0))
    answer = "both" if len(kinds) == 2 else kinds[0] if kinds else "none"
    return Tick(answer, slopes[strongest], f"d ln R per unit of {strongest}, the strongest (the threshold by its own size)", slopes)


def _all(flags: Iterable[Any]) -> str:
    """Yes for all, in part for some, no for none."""
    each = [bool(flag) for flag in flags]
    return YES if all(each) else IN_PART if any(each) else NO
