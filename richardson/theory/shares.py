"""How much of an arms race is owed to fear, to grievance and to ambition: what keeps it, what made it, and what is history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.symbolic.model import Model
from richardson.theory.flagship import COEFFICIENTS, FACTORS, Flagship, stable_at
from richardson.theory.limits import SAME, Limit, limit_from, limit_from_zero

GAMES = ("maintenance", "origin")
ALL = frozenset(FACTORS)
COALITIONS = tuple(frozenset(some) for count in range(len(FACTORS) + 1) for some in combinations(FACTORS, count))
WHAT = "How much of a race is fear, grievance and ambition"


@dataclass(frozen=True, eq=False, repr=False)
class ArmingShares:
    """Shapley shares of fear, grievance and ambition in the arms of an equilibrium.

    Attributes
    ----------
    nations : tuple of str
    arms : FloatArray
        Shape (N,) [arms]: the equilibrium.
    maintenance : FloatArray
        Shape (3, N) [arms]: fear, grievance and ambition in what keeps the arms; they add up to ``arms``. NaN without a limit.
    origin : FloatArray
        Shape (3, N) [arms]: the same in what a race from zero builds; they add up to where that race ends. NaN without a limit.
    history : FloatArray
        Shape (N,) [arms]: what no race from zero would build. NaN without a limit.
    maintenance_limits, origin_limits : FloatArray
        Shape (8, N) [arms]: where the path ends with only the factors of ``coalitions`` on; NaN without a limit.
    maintenance_outcomes, origin_outcomes : tuple of str
        Eight: "settled" or why there is no limit.
    is_proved : bool
        Whether order between equilibria, all of them known for certain, proves every limit; else some rest on integration alone.
    model : Model
    provenance : Provenance
    """

    nations: tuple[str, ...]
    arms: FloatArray
    maintenance: FloatArray
    origin: FloatArray
    history: FloatArray
    maintenance_limits: FloatArray
    origin_limits: FloatArray
    maintenance_outcomes: tuple[str, ...]
    origin_outcomes: tuple[str, ...]
    is_proved: bool
    model: Model
    provenance: Provenance

    @property
    def coalitions(self) -> tuple[tuple[str, ...], ...]:
        """The factors left on, in the order of the limits: none first, all last."""
        return tuple(tuple(factor for factor in FACTORS if factor in some) for some in COALITIONS)

    def fraction(self, factor: str, game: str = "maintenance") -> float:
        """Share of a factor in all nations' arms together, a pure number; NaN where a limit is missing.

        Parameters
        ----------
        factor : str
            "fear", "grievance" or "ambition".
        game : str
            "maintenance" or "origin".

        Raises
        ------
        InvalidInputError
            For another factor or game.
        """
        if factor not in FACTORS or game not in GAMES:
            raise InvalidInputError(f"Shares are of {', '.join(FACTORS)} in {' or '.join(GAMES)}; got {factor!r} in {game!r}.")
        parts = self.maintenance if game == "maintenance" else self.origin
        total = float(parts.sum())
        return float(parts[FACTORS.index(factor)].sum() / total) if total != 0.0 else float("nan")

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a nation, game and factor (history is a factor of the origin)."""
        rows = [
            (nation, game, factor, float(part[f, i]))
            for game, part in self._games()
            for f, factor in enumerate(FACTORS)
            for i, nation in enumerate(self.nations)
        ]
        rows += [(nation, "origin", "history", float(self.history[i])) for i, nation in enumerate(self.nations)]
        return {name: [row[place] for row in rows] for place, name in enumerate(("nation", "game", "factor", "arms"))}

    def to_xarray(self) -> Any:
        """Dataset over factors and nations: arms, maintenance, origin, history [arms].

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        unit = {"units": "arms"}
        columns: dict[str, Any] = {game: (("factor", "nation"), part, unit) for game, part in self._games()}
        columns |= {"arms": ("nation", self.arms, unit), "history": ("nation", self.history, unit)}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "is_proved": int(self.is_proved)}
        return xarray.Dataset(columns, coords={"factor": list(FACTORS), "nation": list(self.nations)}, attrs=attributes)

    def __repr__(self) -> str:
        """Percentages in both games, and history."""
        parts = [f"{game} {self._in_words(game)}" for game in GAMES]
        total = float(self.history.sum())
        left = "unknown" if np.isnan(total) else f"{total:.4g}"
        return f"<shares of fear, grievance, ambition: {'; '.join(parts)}; history {left} of {self.arms.sum():.4g} arms>"

    def _in_words(self, game: str) -> str:
        shares = [self.fraction(factor, game) for factor in FACTORS]
        return "undefined" if np.isnan(shares).any() else " / ".join(f"{100 * share:.1f} %" for share in shares)

    def _games(self) -> tuple[tuple[str, FloatArray], ...]:
        return ("maintenance", self.maintenance), ("origin", self.origin)


def arming_shares(model: Model, at: Equilibrium | None = None) -> ArmingShares:
    """Shapley shares of fear, grievance and ambition in the arms of a stable equilibrium, as what keeps them and as what made them.

    Parameters
    ----------
    model : Model
        `models.security_dilemma` with instant fear or fear as a state.
    at : Equilibrium, optional
        A stable one of the model; by default the one reached from zero arms and fear.

    Returns
    -------
    ArmingShares

    Raises
    ------
    NotAutonomousError, InvalidInputError, NotStableError
        If the model is another, no stable equilibrium is reached from zero, or ``at`` is none of it.
    ComputationError
        If equilibria lie too near a fold to tell which one a path reaches.

    Notes
    -----
    Two games, both this project's proposal. A factor is switched off by setting k, g or μ to 0 for all nations at once. What some
    factors are worth together is, in *maintenance*, the limit of the path from the equilibrium with the others off, and in *origin*
    the limit of the path from zero arms and fear. Shapley's value [1]_ is the only way to share a game that is efficient, symmetric,
    additive and gives nothing to who adds nothing. What the equilibrium has beyond the limit from zero is history.

    For ρ = 0 and g ≥ 0 no nation's arms lower another's growth, so limits are the least and the greatest of some equilibria, which
    is proved where these are all known for certain. With ρ > 0 or g < 0 shares may be negative, and a path may have no limit; then
    the game has no shares, and the outcomes say why.

    References
    ----------
    .. [1] L. S. Shapley (1953), A value for n-person games, in: Contributions to the Theory of Games II, Princeton University
       Press, 307–317 (quoted from memory).

    Examples
    --------
    >>> from richardson.models import security_dilemma
    >>> found = arming_shares(security_dilemma())
    >>> found.maintenance.round(6).tolist()
    [[0.241751, 0.241751], [0.732133, 0.732133], [0.0, 0.0]]
    >>> round(found.fraction("fear"), 6)
    0.248234
    """
    race = Flagship.of(model, WHAT)
    return shares_at(race, reference(race, at, WHAT))


def reference(race: Flagship, at: Equilibrium | None, what: str) -> Equilibrium:
    """The equilibrium in question: the one given, or that reached from zero arms and fear.

    Raises
    ------
    InvalidInputError, NotStableError
        If none is reached, or the one given is none of the model or not stable.
    """
    if at is not None:
        return stable_at(race.model, at, what)
    found, place = limit_from_zero(race, float(race.numbers["threshold"].max()))
    if place is None:
        why = found.reason or "zero arms are at rest"
        raise InvalidInputError(
            f"{what} is asked at the stable equilibrium reached from zero arms and fear, and '{race.model.name}' reaches none: {why}. "
            "Give another with at=, one of equilibria(model, window), if there is one."
        )
    return place


def shares_at(race: Flagship, at: Equilibrium) -> ArmingShares:
    """The shares at a stable equilibrium of the race."""
    arms = at.state[: race.size]
    size = float(max(arms.max(), 0.0)) or float(race.numbers["threshold"].max())
    kept = _limits(race, lambda other: limit_from(other, at.state, size), Limit(arms, Outcome.SETTLED, is_proved=True))
    made = _limits(race, lambda other: limit_from_zero(other, size)[0], None)
    left = arms - made[ALL].arms
    return ArmingShares(
        nations=race.nations,
        arms=arms,
        maintenance=_shapley(kept),
        origin=_shapley(made),
        history=np.where(np.abs(left) <= SAME * size, 0.0, left),
        maintenance_limits=np.array([kept[some].arms for some in COALITIONS]),
        origin_limits=np.array([made[some].arms for some in COALITIONS]),
        maintenance_outcomes=tuple(_outcome(kept[some]) for some in COALITIONS),
        origin_outcomes=tuple(_outcome(made[some]) for some in COALITIONS),
        is_proved=all(limit.is_proved for game in (kept, made) for limit in game.values()),
        model=race.model,
        provenance=record(race.model, verb="arming_shares", at=at.state.tolist()),
    )


def _limits(race: Flagship, follow: Callable[[Flagship], Limit], whole: Limit | None) -> dict[frozenset[str], Limit]:
    """What each coalition is worth; switching off what is zero already changes nothing, and without any factor arms wear away."""
    present = frozenset(factor for factor in FACTORS if race.numbers[COEFFICIENTS[factor]].any())
    worth: dict[frozenset[str], Limit] = {frozenset(): Limit(np.zeros(race.size), Outcome.SETTLED, is_proved=True)}
    if whole is not None:
        worth[present] = whole
    for some in COALITIONS:
        own = some & present
        if own not in worth:
            worth[own] = follow(race.without(sorted(present - own)))
        worth[some] = worth[own]
    return worth


def _shapley(worth: dict[frozenset[str], Limit]) -> FloatArray:
    """Shares of the factors, shape (3, N): the mean of what each adds over all orders of entering."""
    count = len(FACTORS)
    shares = []
    for factor in FACTORS:
        added = [
            factorial(len(some)) * factorial(count - 1 - len(some)) * (worth[some | {factor}].arms - worth[some].arms)
            for some in COALITIONS
            if factor not in some
        ]
        shares.append(np.sum(added, axis=0) / factorial(count))
    return np.array(shares)


def _outcome(limit: Limit) -> str:
    return "settled" if limit.exists else limit.reason
