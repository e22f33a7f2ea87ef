"""The flagship: a race driven by fear, under an offence–defence balance.

The equations are this project's own proposal, built on the theory cited; no source has them in this form.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy

from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.models.balance_scaling import GARFINKEL_DAFOE, scaled_offence, scaling_terms
from richardson.models.beliefs import DISTRUST, KYDD, belief_families, belief_rate, belief_states, believed_exposure
from richardson.models.over_nations import family, model_over
from richardson.models.quantities import arms, indexed, nation_names
from richardson.symbolic.functions import hill
from richardson.symbolic.indexed import ARMS, EACH, MUTUAL, PAIR, SHARED, Family, OverNations, mutual, other, own, pair, shared, total
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter, State

FEARS = ("instant", "state")
NAME = "security dilemma"
FEAR = "fear"
REFERENCES = (
    "equations: proposed by this project",
    "J. H. Herz (1950), Idealist Internationalism and the Security Dilemma, World Politics 2(2), 157–180 (quoted from memory)",
    "R. Jervis (1978), Cooperation Under the Security Dilemma, World Politics 30(2), 167–214 (quoted from memory)",
    "C. L. Glaser, C. Kaufmann (1998), What Is the Offense-Defense Balance and Can We Measure It?, International Security 22(4), 44–82",
    "L. F. Richardson (1960), Arms and Insecurity (quoted from memory)",
)


def security_dilemma(
    nations: Sequence[str] | int = ("x", "y"),
    fear: str = "instant",
    *,
    beliefs: bool = False,
    balance_scaling: bool = False,
    **values: Any,
) -> Model:
    """Race of N nations that arm out of fear, which follows the threat that each sees.

    θᵢ = Σⱼ wᵢⱼ e^(β − γᵢⱼ) (1 − δ sⱼ) xⱼ − ρᵢ xᵢ is the threat; fear equals it (``"instant"``) or follows it,
    τᵢ ḟᵢ = θᵢ − fᵢ (``"state"``); arms answer ẋᵢ = kᵢ fᵢ [1 + φᵢ H(fᵢ)] − aᵢ xᵢ (1 + qᵢ xᵢ) + gᵢ + μᵢ (cᵢ Σⱼ xⱼ − xᵢ),
    with H(f) = max(f, 0)^m / (h^m + max(f, 0)^m).

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count (2 means x, y; 3 means x, y, z; more n1 … nN).
    fear : str
        ``"instant"`` or ``"state"``.
    beliefs : bool
        Whether exposure follows distrust, wᵢⱼ = w_lo + (w_hi − w_lo)/(1 + e^−lᵢⱼ), and distrust grows by the rival's arming that is
        not put down to fear: l̇ᵢⱼ = χᵢ{(1 − εᵢ) kⱼ fⱼ [1 + φⱼ H(fⱼ)] + μⱼ (cⱼ Σₘ xₘ − xⱼ)} − νᵢ (lᵢⱼ − lᵢⱼ⁰).
    balance_scaling : bool
        Whether o(x̄) = o_∞ + (o₀ − o_∞)/(1 + x̄/x_c), x̄ the mean arms, stands for e^β: offence gains first, defence later.
    **values : float, array_like, mapping or table
        ``balance`` β, ``terrain`` γ, ``distinguishability`` δ, ``defensive_share_i`` s, ``exposure_i`` w, ``reassurance_i`` ρ,
        ``alarm_i`` φ, ``steepness`` m, ``ambition_i`` μ [1/yr], ``target_i`` c, ``defence_i`` k, ``fatigue_i`` a [1/yr],
        ``threshold_i`` h [arms], ``strain_i`` q [1/arms], ``grievance_i`` g [arms/yr], ``fear_time_i`` τ [yr].
        With three nations and more ``exposure_i_j`` and ``terrain_i_j`` (i before j). Bare names set all members: to one number, or
        to an array, a mapping or a table, as in `richardson.models.nations`.
        With beliefs, in the place of the exposures: ``surprise_i`` χ [1/arms], ``forgetting_i`` ν [1/yr], ``exposure_low`` w_lo, at
        most ``exposure_high`` w_hi, ``prior_i`` (``prior_i_j``) l⁰, ``empathy_i`` ε. With a balance that scales, in the place of
        ``balance``: ``offence_early`` o₀, ``offence_late`` o_∞, ``investment_scale`` x_c [arms].

    Returns
    -------
    Model
        States: arms in the nations' order, then ``fear_i`` when fear is a state; all ≥ 0 [arms]. With beliefs then
        ``distrust_i`` (of two nations) or ``distrust_i_j``, log-odds in i's mind that j is greedy, unbounded. Up to six nations are
        written out; more are kept as equations over nations and compiled as loops.

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        For fewer than two nations or too many, an unknown kind of fear, a switch neither True nor False, a misspelt parameter, a
        value out of bounds, a table that does not fit the nations, or an ``exposure_low`` above ``exposure_high``.

    Notes
    -----
    A proposal of this project. [0, ∞) is invariant only for ρ = 0 and g ≥ 0; else a path may reach 0 and leaves the domain there.
    Zero distrust means even odds: start distrust at its prior, unless it is to begin elsewhere.
    Of up to six states `equilibria` lists all in a window with a proof, where boxes do not run out; of more it searches.

    Beyond six nations it lists the least and the greatest in the window, a détente and a cold war if it holds both, as long as nobody is
    calmed by another's arms (ρ = 0; with beliefs μ = 0 too). Mixed equilibria, one bloc high and another low, and what divides them, are
    looked for and may be missed: ``is_complete`` is False, and ``method="certified"`` is refused. Where another's arms do calm, only
    Newton's method looks. What needs every rate as a formula (continuation, maps of stability, LaTeX, `routh_hurwitz`, drives and terms)
    is refused; `integrate`, `run_ensemble`, `spectrum`, `diagnose`, `arming_shares` and `destabilising_dyads` work. With beliefs there
    are N² states, and what needs a table of their derivatives is refused beyond 3200; `diagnose` and `arming_shares` are refused.

    Examples
    --------
    >>> security_dilemma(balance=0.05).state_names
    ('x', 'y')
    >>> security_dilemma(3, fear="state").state_names
    ('x', 'y', 'z', 'fear_x', 'fear_y', 'fear_z')
    >>> security_dilemma(beliefs=True, empathy=1).state_names
    ('x', 'y', 'distrust_x', 'distrust_y')
    """
    _check_form(fear, beliefs=beliefs, balance_scaling=balance_scaling)
    names = nation_names(nations)
    exposures = belief_families(names) if beliefs else (_exposure(names),)
    families = _families(names, exposures, with_time=fear == "state", is_scaling=balance_scaling)
    exposure = believed_exposure() if beliefs else pair("exposure")
    threat = _threat(exposure, scaled_offence(len(names)) if balance_scaling else None)
    felt = threat if fear == "instant" else own(FEAR)
    arming = _reaction(felt) - _burden() + own("grievance") + _ambition()
    follows = () if fear == "instant" else ((threat - felt) / own("fear_time"),)
    equations = OverNations(names, (ARMS, FEAR)[: 1 + len(follows)], families, (arming, *follows))
    if beliefs:
        parts = (("reaction", _reaction(felt)), ("greed", _ambition()))
        equations = replace(equations, parts=parts, pair_states=(DISTRUST,), pair_rates=(belief_rate("reaction", "greed"),))
    states = tuple(arms(i, lower=0.0) for i in names)
    if follows:
        states += tuple(State(f"{FEAR}_{i}", indexed("f", i), f"fear of {i}", "arms", lower=0.0, is_follower=True) for i in names)
    references = (*REFERENCES, *([KYDD] if beliefs else []), *([GARFINKEL_DAFOE] if balance_scaling else []))
    return model_over(NAME, equations, references, values, states=(*states, *(belief_states(names) if beliefs else ())))


def _check_form(fear: str, **switches: bool) -> None:
    if not isinstance(fear, str) or fear not in FEARS:
        raise UnknownNameError(f"Fear is 'instant' or a 'state'; got {fear!r:.80}. {nearest(str(fear), FEARS)}")
    for name, value in switches.items():
        if not isinstance(value, bool):
            raise InvalidInputError(f"{name}= is True or False, as it chooses the equations; got {value!r}.")


def _threat(exposure: sympy.Expr, scaling: sympy.Expr | None) -> sympy.Expr:
    """θᵢ: what each sees coming, its own arms reassuring it; with o(x̄) e^(−γᵢⱼ) for e^(β − γᵢⱼ) where the balance scales."""
    terrain, offensive = mutual("terrain"), 1 - shared("distinguishability") * other("defensive_share")
    advantage = sympy.exp(shared("balance") - terrain) if scaling is None else sympy.exp(-terrain)
    seen = total(exposure * advantage * offensive * other(ARMS))
    return (seen if scaling is None else scaling * seen) - own("reassurance") * own(ARMS)


def _reaction(fear: sympy.Expr) -> sympy.Expr:
    """The answer to fear, more than in proportion once it alarms."""
    return own("defence") * fear * (1 + own("alarm") * hill(fear, own("threshold"), shared("steepness")))


def _burden() -> sympy.Expr:
    """What wears arms down: fatigue that grows with them."""
    return own("fatigue") * own(ARMS) * (1 + own("strain") * own(ARMS))


def _ambition() -> sympy.Expr:
    """Greed: arming towards a target, threatened or not."""
    return own("ambition") * (own("target") * total(other(ARMS)) - own(ARMS))


def _exposure(names: tuple[str, ...]) -> Family:
    return family(Parameter("exposure", "w", "exposure", lower=0.0, upper=1.0, default=1.0), PAIR, names, is_short=True)


def _families(names: tuple[str, ...], exposures: Sequence[Family], *, with_time: bool, is_scaling: bool) -> tuple[Family, ...]:
    """Parameters in the order of the model's documentation."""

    def over(index: str, what: str, symbol: str, meaning: str, unit: str = "1", **numbers: Any) -> Family:
        return family(Parameter(what, symbol, meaning, unit, **numbers), index, names, is_short=True)

    balance = scaling_terms() if is_scaling else [Parameter("balance", r"\beta", "offence–defence balance")]
    return (
        *(family(term, SHARED, names) for term in balance),
        over(MUTUAL, "terrain", r"\gamma", "terrain barrier", lower=0.0),
        over(SHARED, "distinguishability", r"\delta", "distinguishability of defensive arms", lower=0.0, upper=1.0),
        over(EACH, "defensive_share", "s", "defensive share", lower=0.0, upper=1.0, default=0.6),
        *exposures,
        over(EACH, "reassurance", r"\rho", "reassurance by own arms", lower=0.0),
        over(EACH, "defence", "k", "defence coefficient", "1/yr", lower=0.0, default=0.45 / (len(names) - 1)),
        over(EACH, "alarm", r"\varphi", "alarm", lower=0.0, default=3.0),
        over(EACH, "threshold", "h", "alarm threshold", "arms", lower=POSITIVE, default=4.0),
        over(SHARED, "steepness", "m", "steepness of alarm", lower=1.0, default=2.0),
        over(EACH, "fatigue", "a", "fatigue", "1/yr", lower=POSITIVE, default=1.0),
        over(EACH, "strain", "q", "strain", "1/arms", lower=0.0, default=0.04),
        over(EACH, "grievance", "g", "grievance", "arms/yr", default=0.5),
        *([over(EACH, "fear_time", r"\tau", "fear time", "yr", lower=POSITIVE, default=0.5)] if with_time else []),
        over(EACH, "ambition", r"\mu", "ambition", "1/yr", lower=0.0),
        over(EACH, "target", "c", "target ratio", lower=0.0, default=1.5),
    )
