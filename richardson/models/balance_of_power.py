"""Who stands with whom: a race of nations whose alignments move with the threats that they share.

The equations are this project's own proposal, built on the theory cited; no source has them in this form.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import TypeAlias

import sympy

from richardson.models.quantities import indexed, nation_names
from richardson.models.security_dilemma import security_dilemma
from richardson.symbolic.indexed_model import MOST_WRITTEN
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter, State

REFERENCES = (
    "equations: proposed by this project",
    "K. N. Waltz (1979), Theory of International Politics (quoted from memory)",
    "S. M. Walt (1987), The Origins of Alliances (quoted from memory)",
)
OWN = (
    Parameter("realignment", r"\kappa", "realignment", "1/yr", lower=0.0, default=0.5),
    Parameter("common_enemy", r"\eta", "pull of a common enemy", lower=0.0, default=4.0),
    Parameter("mutual_threat", r"\zeta", "push of mutual threat", lower=0.0, default=4.0),
    Parameter("friend_of_friend", r"\lambda", "pull of a friend's friend", lower=0.0, default=1.0),
)

Pairs: TypeAlias = dict[tuple[str, str], sympy.Expr]


def balance_of_power(nations: Sequence[str] | int = 3, **values: float) -> Model:
    """Race of N nations that side with whoever shares their enemy, and fear their allies less.

    Aᵢⱼ = Aⱼᵢ ∈ [−1, 1] is the alignment of i and j, from enemies to allies. With eᵢₘ = wᵢₘ e^(β − γᵢₘ) (1 − δ sₘ) and i's threat
    shares σᵢₘ = eᵢₘ xₘ / Σᵣ eᵢᵣ xᵣ, which do not look at alignments,

    Ȧᵢⱼ = κ [tanh(η Σₘ σᵢₘ σⱼₘ − ζ (σᵢⱼ + σⱼᵢ)/2 + λ Σₘ Aᵢₘ Aⱼₘ) − Aᵢⱼ], m other than i and j,

    θᵢ = Σⱼ eᵢⱼ (1 − Aᵢⱼ)/2 · xⱼ − ρᵢ [xᵢ + Σⱼ (1 + Aᵢⱼ)/2 · xⱼ]; arms answer this threat at once, as in `security_dilemma`.

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count (2 means x, y; 3 means x, y, z; more n1 … nN), at most 6.
    **values : float
        ``realignment`` κ [1/yr], ``common_enemy`` η, ``mutual_threat`` ζ, ``friend_of_friend`` λ, and the parameters of
        `security_dilemma` with instant fear. Bare names set all members.

    Returns
    -------
    Model
        States: arms in the nations' order, ≥ 0 [arms], then ``alignment_i_j`` (i before j) in [−1, 1].

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        For fewer than two nations or more than six, a misspelt parameter or a value out of bounds.

    Notes
    -----
    A proposal of this project. Alignments never leave [−1, 1], and arms stay ≥ 0 for ρ = 0 and g ≥ 0; else a path may reach 0 and
    leaves the domain there. With κ = 0, A = −1 and ρ = 0 it is `security_dilemma`. Whoever sees no arms shares its threat out evenly,
    σᵢₘ = 1/(N − 1). There σ jumps, as no value continues it: derivatives at zero arms are those of a formula, not of the flow, and
    nothing is proved about an equilibrium at which some nation sees no arms. A path that starts at zero arms with g > 0 leaves them at
    once and is the same whatever σ is there.

    References
    ----------
    .. [1] K. N. Waltz (1979), Theory of International Politics (quoted from memory).
    .. [2] S. M. Walt (1987), The Origins of Alliances (quoted from memory).

    Examples
    --------
    >>> balance_of_power().state_names
    ('x', 'y', 'z', 'alignment_x_y', 'alignment_x_z', 'alignment_y_z')
    """
    names = nation_names(nations, most=MOST_WRITTEN)
    flagship = security_dilemma(names, fear="state")
    effects = _effects(flagship, names)
    shares = _threat_shares(flagship, names, effects)
    pairs = tuple(combinations(names, 2))
    alignments = {pair: sympy.Symbol(f"alignment_{pair[0]}_{pair[1]}", real=True) for pair in pairs}
    both = alignments | {(j, i): alignment for (i, j), alignment in alignments.items()}
    threats = {sympy.Symbol(f"fear_{i}", real=True): _threat(i, flagship, effects, both) for i in names}
    rates = [rate.xreplace(threats) for rate in flagship.rates[: len(names)]]
    rates += [_realigning(pair, names, shares, both) for pair in pairs]
    states = flagship.states[: len(names)] + tuple(
        State(f"alignment_{i}_{j}", indexed("A", i, j), f"alignment of {i} and {j}", lower=-1.0, upper=1.0) for i, j in pairs
    )
    terms = (*OWN, *(term for term in flagship.parameters if not term.name.startswith("fear_time_")))
    numbers = tuple(term.default for term in terms)
    return Model("balance of power", states, terms, tuple(rates), numbers, references=REFERENCES).with_values(**values)


def _effects(flagship: Model, names: tuple[str, ...]) -> Pairs:
    """eᵢₘ: what an arm of m adds to the threat that i sees, read off the flagship's τᵢ ḟᵢ = θᵢ − fᵢ."""
    follows = dict(zip(names, flagship.rates[len(names) :], strict=True))
    return {(i, m): sympy.diff(flagship.symbol(f"fear_time_{i}") * follows[i], flagship.symbol(m)) for i in names for m in names if m != i}


def _threat_shares(flagship: Model, names: tuple[str, ...], effects: Pairs) -> Pairs:
    """σᵢₘ; ``unseen`` is 1 where i sees no arms and 0 elsewhere, so that there nothing is divided by zero."""
    shares: Pairs = {}
    for i in names:
        others = [m for m in names if m != i]
        total = sympy.Add(*(effects[i, m] * flagship.symbol(m) for m in others))
        unseen = 1 - sympy.sign(total) ** 2
        shares |= {(i, m): (effects[i, m] * flagship.symbol(m) + unseen) / (total + len(others) * unseen) for m in others}
    return shares


def _threat(i: str, flagship: Model, effects: Pairs, alignments: Pairs) -> sympy.Expr:
    """θᵢ: allies threaten less, and reassure."""
    others = [j for j in flagship.state_names if (i, j) in alignments]
    seen = sympy.Add(*(effects[i, j] * (1 - alignments[i, j]) / 2 * flagship.symbol(j) for j in others))
    friendly = sympy.Add(*((1 + alignments[i, j]) / 2 * flagship.symbol(j) for j in others))
    return seen - flagship.symbol(f"reassurance_{i}") * (flagship.symbol(i) + friendly)


def _realigning(pair: tuple[str, str], names: tuple[str, ...], shares: Pairs, alignments: Pairs) -> sympy.Expr:
    """Ȧᵢⱼ: a common enemy, a friend's friend and an enemy's enemy draw together, mutual threat parts."""
    i, j = pair
    others = [m for m in names if m not in pair]
    realignment, enemy, threat, friend = (sympy.Symbol(term.name, real=True) for term in OWN)
    pull = enemy * sympy.Add(*(shares[i, m] * shares[j, m] for m in others))
    push = threat * (shares[i, j] + shares[j, i]) / 2
    company = friend * sympy.Add(*(alignments[i, m] * alignments[j, m] for m in others))
    return realignment * (sympy.tanh(pull - push + company) - alignments[pair])
