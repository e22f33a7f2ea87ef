"""Security, dilemma, aggressor or deadlock: which of the four a race is, and how near the border to another."""

from dataclasses import dataclass
from math import nan

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.continuation.branch import Branch
from richardson.theory.border import nearest_change
from richardson.theory.flagship import UNDECIDED, Flagship
from richardson.theory.limits import limit_from_zero
from richardson.theory.shares import ArmingShares
from richardson.theory.spiral import ACTIVE, LATENT, REACH, branch_over_balance, changes_over_balance, outcomes

VERDICTS = ("security", "dilemma", "aggressor", "deadlock")
QUARTER = 0.25  # of the arms built from zero: an aggressor's ambition made more than this
BALANCE, SHARE, FEAR = "offence–defence balance", "ambition's share in the origin", "greatest fear over threshold without ambition"
WHOLE, UNAMBITIOUS = ("fear", "grievance", "ambition"), ("fear", "grievance")


@dataclass(frozen=True)
class Border:
    """Where the verdict would change.

    Attributes
    ----------
    quantity : str
        What decides, a pure number.
    value : float
        Now.
    border : float
        Where another verdict begins; infinite where none was found, NaN where that could not be decided.
    """

    quantity: str
    value: float
    border: float

    @property
    def distance(self) -> float:
        """How far the quantity is from the border."""
        return abs(self.border - self.value)


def judged(race: Flagship, shares: ArmingShares, spiral: str, branch: Branch | None) -> tuple[str, Border]:
    """Verdict and its nearest border.

    Parameters
    ----------
    race : Flagship
    shares : ArmingShares
    spiral : str
        "active", "latent", "none" or "not decidable".
    branch : Branch or None
        The equilibrium over the balance.
    """
    if not race.has_ambition or _changes_nothing(race, shares):
        verdict = "dilemma" if spiral in {ACTIVE, LATENT} else UNDECIDED if spiral == UNDECIDED else "security"
        return verdict, _border_in_balance(race, shares, spiral, branch)
    ends = _ends(shares)
    if np.isnan(ends[UNAMBITIOUS]).any():
        return UNDECIDED, Border(FEAR, nan, nan)
    with_it, without = _alarmed(race, ends[WHOLE]), _alarmed(race, ends[UNAMBITIOUS])
    fear = Border(FEAR, float(race.without(("ambition",)).alarms(ends[UNAMBITIOUS]).max()), 1.0)
    if without.any() or not with_it.any():
        return "deadlock", fear
    share = shares.fraction("ambition", "origin")
    if np.isnan(share):
        return UNDECIDED, Border(SHARE, nan, QUARTER)
    made = Border(SHARE, share, QUARTER)
    return ("aggressor", min(made, fear, key=lambda one: one.distance)) if share > QUARTER else ("deadlock", made)


def _changes_nothing(race: Flagship, shares: ArmingShares) -> bool:
    """Whether, from zero, the same nations are alarmed with ambition as without."""
    ends = _ends(shares)
    both = np.array([ends[WHOLE], ends[UNAMBITIOUS]])
    if np.isnan(both).any():
        return False
    return bool((_alarmed(race, both[0]) == _alarmed(race, both[1])).all())


def _alarmed(race: Flagship, arms: FloatArray) -> BoolArray:
    return np.asarray(race.alarms(arms) >= 1.0)


def _ends(shares: ArmingShares) -> dict[tuple[str, ...], FloatArray]:
    return dict(zip(shares.coalitions, shares.origin_limits, strict=True))


def _border_in_balance(race: Flagship, shares: ArmingShares, spiral: str, branch: Branch | None) -> Border:
    now = race.model.values["balance"]
    if branch is None or spiral == UNDECIDED:
        return Border(BALANCE, now, nan)
    size = max(float(shares.arms.max()), float(race.numbers["threshold"].max()))
    branches = [(race, branch)]
    if race.has_ambition:
        calmer = race.without(("ambition",))
        other = branch_over_balance(calmer, _ends(shares)[UNAMBITIOUS])
        branches += [(calmer, other)] if other is not None else []
    places = [place for one, walk in branches for place in changes_over_balance(one, walk)]
    return Border(BALANCE, now, nearest_change(lambda balance: _class(race.with_balance(balance), size), now, REACH, places))


def _class(race: Flagship, size: float) -> str | None:
    """What tells dilemma, security and the rest apart; None where it is not known."""
    if race.has_ambition:
        ends = [limit_from_zero(one, size)[0] for one in (race, race.without(("ambition",)))]
        if not all(end.exists for end in ends):
            return None
        if (_alarmed(race, ends[0].arms) != _alarmed(race, ends[1].arms)).any():
            return "ambition decides"
    spiral = outcomes(race, size).spiral
    return None if spiral == UNDECIDED else "dilemma" if spiral in {ACTIVE, LATENT} else "security"
