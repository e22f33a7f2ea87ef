"""Richardson's race as a game between nations that weigh arms against security: its dilemma in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model
from richardson.theory.quadratic import QuadraticGame
from richardson.theory.two_by_two import TwoByTwo, two_by_two


@dataclass(frozen=True, eq=False, repr=False)
class PrisonersDilemma:
    """What each nation arms to by itself, what all would arm to together, and whether a pair's choice is a prisoner's dilemma.

    Attributes
    ----------
    nations : tuple of str
        N of them.
    concern, cost, need : FloatArray
        Shape (N,): vᵢ, the weight of insecurity, and cᵢ, the cost of arms [1/yr]; zᵢ, what i wants by itself [arms].
    ratio : FloatArray
        Shape (N, N): bᵢⱼ, how much of j's arms i wants to match; zero on the diagonal.
    nash, joint_optimum : FloatArray
        Shape (N,), in arms: where no nation gains by changing its own arms alone; where the sum of all costs is least.
    nash_costs, joint_costs : FloatArray
        Shape (N,), in arms²/yr: each nation's cost there.
    price_of_anarchy : float or None
        Total cost at the Nash equilibrium over that at the joint optimum, 1 or more; None if both are zero.
    is_stable : bool
        Whether gradient play, which is the model, goes to the Nash equilibrium.
    game : TwoByTwo or None
        Of a pair: cooperation is the joint optimum, defection the best reply to it. None with three nations and more.
    with_nash : TwoByTwo or None
        The same with the Nash equilibrium as defection, which need not be a prisoner's dilemma where ``game`` is one.
    model : Model
    provenance : Provenance
    """

    nations: tuple[str, ...]
    concern: FloatArray
    cost: FloatArray
    need: FloatArray
    ratio: FloatArray
    nash: FloatArray
    joint_optimum: FloatArray
    nash_costs: FloatArray
    joint_costs: FloatArray
    price_of_anarchy: float | None
    is_stable: bool
    game: TwoByTwo | None
    with_nash: TwoByTwo | None
    model: Model
    provenance: Provenance

    @property
    def is_prisoners_dilemma(self) -> bool | None:
        """Whether the pair's game is one; None with three nations and more."""
        return None if self.game is None else self.game.is_prisoners_dilemma

    @property
    def verdict(self) -> str:
        """Whether it is a prisoner's dilemma, and if not, which inequality fails."""
        if self.game is None:
            return f"undecided: a game of two by two is drawn up for two nations, and these are {len(self.nations)}"
        return self.game.verdict

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a nation."""
        names = ("concern", "cost", "need", "nash", "joint_optimum", "nash_costs", "joint_costs")
        return {"nation": list(self.nations), **{name: getattr(self, name).tolist() for name in names}}

    def to_xarray(self) -> Any:
        """Dataset over the nations.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        table = self.to_table()
        columns: dict[str, Any] = {name: ("nation", column) for name, column in table.items() if name != "nation"}
        columns["ratio"] = (("nation", "rival"), self.ratio)
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "verdict": self.verdict}
        return xarray.Dataset(columns, coords={"nation": table["nation"], "rival": table["nation"]}, attrs=attributes)

    def __repr__(self) -> str:
        """Arms alone and together, the price of anarchy and the verdict."""
        price = "undefined" if self.price_of_anarchy is None else f"{self.price_of_anarchy:.6g}"
        alone, together = (", ".join(f"{x:.6g}" for x in arms) for arms in (self.nash, self.joint_optimum))
        return f"<game of {', '.join(self.nations)}: alone {alone}; together {together}; price of anarchy {price}; {self.verdict}>"


def prisoners_dilemma(model: Model, concern: float | Sequence[float] | Mapping[str, float]) -> PrisonersDilemma:
    """Richardson's race as a game, given how much the nations mind insecurity: Nash and joint optimum, and the dilemma checked.

    Parameters
    ----------
    model : Model
        With linear rates, such as `linear`, `rivalry` or `nations`; each nation's fatigue is positive.
    concern : float, sequence of float or mapping of str to float
        vᵢ [1/yr], the weight of insecurity against arms: of all nations, in their order, or by name. Above zero and below the
        nation's fatigue. It has no default, because the equations do not hold it.

    Returns
    -------
    PrisonersDilemma

    Raises
    ------
    InvalidInputError, NotAutonomousError
        If the model is not Richardson's in form, or arms at the Nash equilibrium would be negative.
    OutOfBoundsError, UnknownNameError
        If a concern lies outside its bounds or names no nation.
    NotStableError
        If the race has no one Nash equilibrium with arms ≥ 0, as where it runs away.

    Notes
    -----
    Nation i pays Cᵢ = ½ cᵢ xᵢ² + ½ vᵢ (Σⱼ bᵢⱼ xⱼ + zᵢ − xᵢ)². If each goes down its own cost by its own arms, the race is
    ẋᵢ = Σⱼ kᵢⱼ xⱼ − aᵢ xᵢ + gᵢ with k = v b, a = c + v, g = v z (`security_game` proves it). The coefficients of the race do not tell
    c, v, b and z apart, hence ``concern``; nor do they tell how fast each nation moves, which is taken as one for all, and the
    sum of costs over nations that differ rests on that.

    Arms are ≥ 0. The joint optimum solves (diag(c) + MᵀVM) x = MᵀV z with M = I − [bᵢⱼ], V = diag(v), on the nations whose arms it
    leaves above zero. For a symmetric pair it is max(0, v(1 − b)z/(c + v(1 − b)²)).

    With cooperation at the joint optimum and defection at the best reply to it, a symmetric pair with k > 0, g > 0 always
    plays a prisoner's dilemma. For k < 0 (arms of the other side protect, as an ally's) it does so exactly for −k < a/2, and is chicken
    beyond; for k = 0 there is nothing to play for. With defection at the Nash equilibrium it is one only for 0 < k < a/2.

    References
    ----------
    .. [1] R. Jervis (1978), Cooperation Under the Security Dilemma, World Politics 30(2), 167–214 (quoted from memory).
    .. [2] E. Koutsoupias, C. Papadimitriou (1999), Worst-case Equilibria, STACS 99, 404–413 (from memory).

    Examples
    --------
    >>> from richardson.models import linear
    >>> prisoners_dilemma(linear(defence=0.1, fatigue=0.2, grievance=10), concern=0.15)
    <game of x, y: alone 100, 100; together 50, 50; price of anarchy 1.33333; prisoner's dilemma>
    """
    game = QuadraticGame.of(model, concern)
    nash, joint = game.nash(), game.joint_optimum()
    nash_costs, joint_costs = game.costs(nash), game.costs(joint)
    total = float(joint_costs.sum())
    names, is_pair = model.state_names, len(model.states) == 2
    return PrisonersDilemma(
        nations=names,
        concern=game.concern,
        cost=game.cost,
        need=game.need,
        ratio=game.ratio,
        nash=nash,
        joint_optimum=joint,
        nash_costs=nash_costs,
        joint_costs=joint_costs,
        price_of_anarchy=float(nash_costs.sum()) / total if total > 0.0 else None,
        is_stable=bool(np.linalg.eigvals(game.jacobian).real.max() < 0.0),
        game=two_by_two((names[0], names[1]), joint, game.best_reply(joint), game.costs) if is_pair else None,
        with_nash=two_by_two((names[0], names[1]), joint, nash, game.costs) if is_pair else None,
        model=model,
        provenance=record(model, verb="prisoners_dilemma", concern=game.concern),
    )
