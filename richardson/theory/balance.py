"""Is a balanced system more resilient than one with a hegemon? Two opposed claims, tried on one model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.landscape import wilson
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.symbolic.concepts import concepts
from richardson.symbolic.model import Model
from richardson.theory.power_system import (
    BALANCE,
    PowerSystem,
    Trial,
    arms_spiral_number,
    matched_scale,
    measured,
    nations_of,
    resting,
    total_arms,
)

MEASURES = {"relaxation_time": False, "margin": True, "tipped_share": False}  # whether more of it is more resilient
MATCHED = ("drive", "arms", "spiral number")
SHOCK = 3.0  # of the balanced system's arms: large enough to tip some systems, and not all
WALTZ, GILPIN, NEITHER = "Waltz", "Gilpin", "neither"


@dataclass(frozen=True, eq=False, repr=False)
class BalanceOrHegemony:
    """A balanced and a hegemonic system that are alike in one respect, and which of them withstands more.

    Attributes
    ----------
    drive : str
        What the hegemon has more of, a concept such as "grievance".
    advantage : float
        How many times as much as every other nation.
    matched : str
        What both systems have the same of: "drive", "arms" or "spiral number".
    balanced, dominated : PowerSystem
    shock : float
        Size of the shocks, added to the arms of all nations together, in arms.
    sample_size : int
    confidence : float
    claims : dict of str to str
        By measure: "Waltz" where the balanced system is more resilient, "Gilpin" where the hegemonic one is, "neither" where their
        intervals overlap.
    verdict : str
        "Waltz" or "Gilpin" where measures support that claim and none the other, else "neither".
    model : Model
        As given: the balanced system.
    provenance : Provenance
    """

    drive: str
    advantage: float
    matched: str
    balanced: PowerSystem
    dominated: PowerSystem
    shock: float
    sample_size: int
    confidence: float
    claims: dict[str, str]
    verdict: str
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a measure: of each system the value and its interval, and whose claim it supports."""
        columns: dict[str, Sequence[Any]] = {"measure": list(MEASURES)}
        for name, system in (("balanced", self.balanced), ("dominated", self.dominated)):
            columns[name] = [getattr(system, measure) for measure in MEASURES]
            columns[f"{name}_low"] = [system.intervals[measure][0] for measure in MEASURES]
            columns[f"{name}_high"] = [system.intervals[measure][1] for measure in MEASURES]
        return columns | {"claim": list(self.claims.values())}

    def to_xarray(self) -> Any:
        """Dataset over ``system`` and ``measure``: value, low and high; claims over ``measure``.

        Raises
        ------
        MissingExtraError
            If xarray is not installed.
        """
        xarray = extras.require("xarray", "data")
        table, systems = self.to_table(), ("balanced", "dominated")
        parts = {"value": "", "low": "_low", "high": "_high"}
        data = {name: (("system", "measure"), [table[f"{system}{tail}"] for system in systems]) for name, tail in parts.items()}
        coordinates = {"system": list(systems), "measure": table["measure"]}
        attributes = {"matched": self.matched, "drive": self.drive, "advantage": self.advantage, "verdict": self.verdict}
        return xarray.Dataset(data | {"claim": ("measure", table["claim"])}, coordinates, attributes)

    def __repr__(self) -> str:
        """The verdict, by measure."""
        told = ", ".join(f"{measure.replace('_', ' ')} {claim}" for measure, claim in self.claims.items())
        return f"<balance or hegemony, same {self.matched}: {self.verdict} ({told})>"


def balance_or_hegemony(
    model: Model,
    *,
    drive: str = "grievance",
    advantage: float = 2.0,
    matched: str = "drive",
    shock: float | None = None,
    size: int = 400,
    confidence: float = 0.95,
    farthest: float = 1.0,
    rng: Any = None,
) -> BalanceOrHegemony:
    """Whether a system of equal nations withstands more than one that a hegemon dominates.

    Parameters
    ----------
    model : Model
        A `balance_of_power` of equal nations: the balanced system.
    drive : str
        What the hegemon has more of: a concept with a member for each nation, such as "grievance" or "defence".
    advantage : float
        Its drive over that of every other nation, above 1. The first nation is the hegemon.
    matched : str
        What both systems have the same of. "drive": the sum over nations. "arms": the total at rest. "spiral number": that of arms
        alone at rest, alignments held. The drive of all nations is scaled until they do.
    shock : float, optional
        Arms that a shock adds to all nations together, spread over them uniformly at random; by default three times what the
        balanced system has at rest. The hegemonic system meets the same shocks, in arms.
    size : int
        Number of shocks.
    confidence : float
        Of the intervals of shares.
    farthest : float
        How far the offence–defence balance is raised at most in search of a critical point.
    rng : int, Generator or None
        Draws the shocks; recorded.

    Returns
    -------
    BalanceOrHegemony

    Raises
    ------
    InvalidInputError, UnknownNameError
        If the model has no alignments, its nations are not equal, or an argument is not what it should be.
    ComputationError
        If a system comes to no stable rest from zero arms, or no hegemonic system matches the balanced one.

    Notes
    -----
    That balances of power are the more stable is Waltz's claim [1]_, that preponderance keeps the peace and parity endangers it
    Gilpin's [2]_; to read either as a statement about resilience at rest, and all measures, are this project's own. A claim holds on
    a measure where the intervals of both systems part, which is a stricter test than that of a difference. The verdict is about one
    model at one set of values: it may change with λ, with the advantage, and with what is held the same.

    References
    ----------
    .. [1] K. N. Waltz (1979), Theory of International Politics (quoted from memory).
    .. [2] R. Gilpin (1981), War and Change in World Politics (quoted from memory).

    Examples
    --------
    >>> import richardson as rn
    >>> found = rn.balance_or_hegemony(rn.models.balance_of_power(3), size=32, rng=1)
    >>> found
    <balance or hegemony, same drive: Gilpin (relaxation time Gilpin, margin Gilpin, tipped share Gilpin)>
    """
    nations = _checked(model, drive, advantage, matched)
    _check_positive(size=size, farthest=farthest, confidence=confidence, **({} if shock is None else {"shock": shock}))
    wilson.check(0.1, confidence)
    generator, entropy = generator_of(rng)
    settings = {"drive": drive, "advantage": float(advantage), "matched": matched, "size": size, "confidence": confidence}
    provenance = record(model, entropy=entropy, verb="balance_or_hegemony", **settings, shock=shock, farthest=farthest)
    equal = resting(model, provenance)
    total = float(total_arms(model, equal.state[None])[0])
    added = SHOCK * total if shock is None else float(shock)
    trial = Trial(added * generator.dirichlet(np.ones(len(nations)), size), confidence, farthest)
    unequal = resting(_hegemonic(model, drive, advantage, matched, equal.state), provenance)
    systems = measured(equal, trial), measured(unequal, trial)
    claims = {measure: _claim(*(one.intervals[measure] for one in systems), more=more) for measure, more in MEASURES.items()}
    return BalanceOrHegemony(
        drive=drive,
        advantage=float(advantage),
        matched=matched,
        balanced=systems[0],
        dominated=systems[1],
        shock=added,
        sample_size=size,
        confidence=confidence,
        claims=claims,
        verdict=_verdict(claims),
        model=model,
        provenance=provenance,
    )


def _hegemonic(model: Model, drive: str, advantage: float, matched: str, rest: Any) -> Model:
    """The system of the first nation's advantage, at the level that matches."""
    nations = nations_of(model)
    level = model.values[f"{drive}_{nations[0]}"]
    even = len(nations) / (advantage + len(nations) - 1)

    def at(scale: float) -> Model:
        minor = level * even * scale
        return model.with_values(**{f"{drive}_{nation}": minor * (advantage if nation == nations[0] else 1.0) for nation in nations})

    if matched == "drive":
        return at(1.0)
    if matched == "arms":
        target = float(total_arms(model, rest[None])[0])
        return at(matched_scale(at, lambda own, state: float(total_arms(own, state[None])[0]), target, "total arms"))
    return at(matched_scale(at, arms_spiral_number, arms_spiral_number(model, rest), "spiral number of arms"))


def _claim(balanced: tuple[float, float], dominated: tuple[float, float], *, more: bool) -> str:
    """Whose claim two intervals support; ``more`` says whether more is more resilient."""
    low, high = (dominated, balanced) if more else (balanced, dominated)
    if low[1] < high[0]:
        return WALTZ
    return GILPIN if high[1] < low[0] else NEITHER


def _verdict(claims: dict[str, str]) -> str:
    supported = set(claims.values()) - {NEITHER}
    return supported.pop() if len(supported) == 1 else NEITHER


def _checked(model: Model, drive: str, advantage: float, matched: str) -> tuple[str, ...]:
    """The nations, if the model and the choices fit."""
    if not isinstance(model, Model):
        raise InvalidInputError(f"Balance and hegemony are compared in a model with alignments; got {model!r}. Give balance_of_power(3).")
    nations = nations_of(model)
    if len(nations) == len(model.states) or len(nations) < 3 or BALANCE not in model.parameter_names:
        raise InvalidInputError(
            f"Balance and hegemony are compared in a race of three nations and more with alignments; '{model.name}' is none. "
            "Give rn.models.balance_of_power(3)."
        )
    known = concepts(model.parameter_names, model.state_names)
    drives = [concept for concept in known if all(f"{concept}_{nation}" in model.parameter_names for nation in nations)]
    if drive not in drives:
        raise UnknownNameError(f"No nation can have more '{drive}'. {nearest(str(drive), drives)}")
    if matched not in MATCHED:
        raise UnknownNameError(f"Systems can be matched in {', '.join(MATCHED)}; got {matched!r}. {nearest(str(matched), MATCHED)}")
    if not _is_number(advantage) or not 1.0 < advantage < np.inf:
        raise InvalidInputError(f"A hegemon's advantage is above 1; got {advantage!r}. Give for example 2.")
    unequal = [own for own in known if len({model.values[name] for name in model.resolve(own)}) > 1]
    if unequal:
        raise InvalidInputError(
            f"The balanced system has equal nations, but they differ in {', '.join(unequal)}. Give each concept one value: the hegemon's "
            "advantage is added by this comparison."
        )
    for own in (drive, "grievance"):
        if not model.values[f"{own}_{nations[0]}"] > 0.0:
            raise InvalidInputError(
                f"The comparison needs a {own} above 0: without it there is nothing to have more of, or nobody arms. "
                f"It is {model.values[f'{own}_{nations[0]}']:g}; raise it."
            )
    return nations


def _check_positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not _is_number(number) or not 0.0 < number < np.inf or (name == "size" and number != int(number)):
            raise InvalidInputError(f"{name}= must be a {'whole ' if name == 'size' else ''}number above 0; got {number!r}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)
