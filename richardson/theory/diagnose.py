"""Which theory of the security dilemma fits a race: each question with its answer and the number behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.symbolic.model import Model
from richardson.theory.flagship import Flagship
from richardson.theory.shares import ArmingShares, reference, shares_at
from richardson.theory.spiral import branch_over_balance, outcomes
from richardson.theory.ticks import Evidence, Tick, ticks_of
from richardson.theory.unintended import check_concern
from richardson.theory.verdict import Border, judged

WHAT = "A diagnosis"


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """What a race is, by the questions that tell the theories of the security dilemma apart.

    Attributes
    ----------
    ticks : dict of str to Tick
        By question: "uncertainty over intentions", "mutual fear", "no malign intent", "competition", "spiral",
        "unintended result", "self-defeating", "regulators".
    verdict : str
        "security", "dilemma", "aggressor" or "deadlock"; "not decidable" where something it rests on is not known.
    border : Border
        The quantity that decides, and where the verdict would change.
    shares : ArmingShares
        Of fear, grievance and ambition.
    equilibrium : Equilibrium
        At which all was asked.
    model : Model
    provenance : Provenance
    """

    ticks: dict[str, Tick]
    verdict: str
    border: Border
    shares: ArmingShares
    equilibrium: Equilibrium
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a question: question, answer, number, meaning."""
        columns: dict[str, Sequence[Any]] = {"question": list(self.ticks)}
        return columns | {name: [getattr(tick, name) for tick in self.ticks.values()] for name in ("answer", "number", "meaning")}

    def to_xarray(self) -> Any:
        """Dataset over the questions: answer, number, meaning; the verdict among the attributes.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        table = self.to_table()
        numbers = np.array([np.nan if number is None else number for number in table["number"]])
        columns = {"answer": ("question", table["answer"]), "number": ("question", numbers), "meaning": ("question", table["meaning"])}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "verdict": self.verdict}
        return xarray.Dataset(columns, coords={"question": table["question"]}, attrs=attributes)

    def __repr__(self) -> str:
        """Verdict, its border, and the ticks."""
        rows = "\n".join(f"  {question}: {tick!r}" for question, tick in self.ticks.items())
        near = f"{self.border.quantity} {self.border.value:.6g}, border at {self.border.border:.6g}"
        return f"<{self.verdict} at {repr(self.equilibrium)[1:-1]} ({near})\n{rows}>"


def diagnose(
    model: Model, at: Equilibrium | None = None, concern: float | Sequence[float] | Mapping[str, float] | None = None
) -> Diagnosis:
    """Whether a race is a security dilemma, the work of an aggressor, deadlock or none of these, with the numbers that say so.

    Parameters
    ----------
    model : Model
        `models.security_dilemma`, of two nations or more, with instant fear or fear as a state.
    at : Equilibrium, optional
        A stable one of the model; by default the one reached from zero arms and fear.
    concern : float, sequence or mapping, optional
        How much each nation minds insecurity against arms [1/yr], by which alone an outcome can be called unintended: see
        `prisoners_dilemma`. Where there is alarm or strain it decides nothing, and the tick says so; it is checked all the same.

    Returns
    -------
    Diagnosis

    Raises
    ------
    NotAutonomousError, InvalidInputError, NotStableError
        If the model is another, no stable equilibrium is reached from zero, or ``at`` is none of it or not stable.
    ComputationError
        If equilibria lie too near a fold to tell which one a path reaches.
    OutOfBoundsError, UnknownNameError
        If the concern lies outside its bounds or names no nation.

    Notes
    -----
    The questions are those by which Tang [1]_ compares Butterfield, Herz and Jervis; the numbers that answer them, the shares and
    the rules of the verdict are this project's proposals. A nation is calm where its fear is below its alarm threshold.

    - *aggressor*: from zero arms some nation ends alarmed, without ambition all end calm, and ambition's share in the origin
      exceeds a quarter;
    - *dilemma*: there is no ambition, or the same nations are alarmed without it, and a spiral is active or latent;
    - *security*: the same without a spiral;
    - *deadlock*: all else.

    The border of dilemma and security is looked for in the balance, within 2 on either side, at folds of the equilibrium's branch
    and where fear passes a threshold on it; that of the others is the share of a quarter or the threshold itself, whichever is nearer.

    With more than six nations equilibria are not proved complete, so a spiral that is not latent is not decidable.

    References
    ----------
    .. [1] S. Tang (2009), The Security Dilemma: A Conceptual Analysis, Security Studies 18(3), 587–623 (quoted from memory).

    Examples
    --------
    >>> from richardson.models import security_dilemma
    >>> found = diagnose(security_dilemma())
    >>> found.verdict, found.ticks["spiral"].answer, round(found.ticks["spiral"].number, 6)
    ('dilemma', 'latent', 0.109752)
    """
    race = Flagship.of(model, WHAT)
    check_concern(race, concern)
    place = reference(race, at, WHAT)
    shares = shares_at(race, place)
    known = outcomes(race, max(float(shares.arms.max()), float(race.numbers["threshold"].max())))
    branch = branch_over_balance(race, shares.arms)
    verdict, border = judged(race, shares, known.spiral, branch)
    return Diagnosis(
        ticks=ticks_of(Evidence(race, shares, known, branch), concern),
        verdict=verdict,
        border=border,
        shares=shares,
        equilibrium=place,
        model=model,
        provenance=record(model, verb="diagnose", at=place.state.tolist(), concern=_recorded(concern)),
    )


def _recorded(concern: float | Sequence[float] | Mapping[str, float] | None) -> Any:
    return tuple(concern.items()) if isinstance(concern, Mapping) else concern
