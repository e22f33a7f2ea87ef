"""The flagship: a race driven by fear, under an offence–defence balance.

The equations are this project's own proposal, built on the theory cited; no source has them in this form.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, permutations

import sympy

from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.models.balance_scaling import GARFINKEL_DAFOE, scaled_offence, scaling_terms
from richardson.models.beliefs import KYDD, belief_rates, belief_states, belief_terms, believed_exposures
from richardson.models.quantities import arms, each, each_pair, each_towards_each, indexed, nation_names, pair_name
from richardson.symbolic.functions import hill
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter, State

Pair = tuple[str, str]

FEARS = ("instant", "state")
MOST_NATIONS = 20  # written out with N² symbols: the first use of twenty compiles for over a minute, and it grows faster than N²
MOST_BELIEVING = 6  # N² states, so N⁴ derivatives: five nations compile for 37 seconds, seven for minutes
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
    **values: float,
) -> Model:
    """Race of N nations that arm out of fear, which follows the threat that each sees.

    θᵢ = Σⱼ wᵢⱼ e^(β − γᵢⱼ) (1 − δ sⱼ) xⱼ − ρᵢ xᵢ is the threat; fear equals it (``"instant"``) or follows it,
    τᵢ ḟᵢ = θᵢ − fᵢ (``"state"``); arms answer ẋᵢ = kᵢ fᵢ [1 + φᵢ H(fᵢ)] − aᵢ xᵢ (1 + qᵢ xᵢ) + gᵢ + μᵢ (cᵢ Σⱼ xⱼ − xᵢ),
    with H(f) = max(f, 0)^m / (h^m + max(f, 0)^m).

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count (2 means x, y; 3 means x, y, z; more n1 … nN), at most 20, with beliefs at most 6.
    fear : str
        ``"instant"`` or ``"state"``.
    beliefs : bool
        Whether exposure follows distrust, wᵢⱼ = w_lo + (w_hi − w_lo)/(1 + e^−lᵢⱼ), and distrust grows by the rival's arming that is
        not put down to fear: l̇ᵢⱼ = χᵢ{(1 − εᵢ) kⱼ fⱼ [1 + φⱼ H(fⱼ)] + μⱼ (cⱼ Σₘ xₘ − xⱼ)} − νᵢ (lᵢⱼ − lᵢⱼ⁰).
    balance_scaling : bool
        Whether o(x̄) = o_∞ + (o₀ − o_∞)/(1 + x̄/x_c), x̄ the mean arms, stands for e^β: offence gains first, defence later.
    **values : float
        ``balance`` β, ``terrain`` γ, ``distinguishability`` δ, ``defensive_share_i`` s, ``exposure_i`` w, ``reassurance_i`` ρ,
        ``alarm_i`` φ, ``steepness`` m, ``ambition_i`` μ [1/yr], ``target_i`` c, ``defence_i`` k, ``fatigue_i`` a [1/yr],
        ``threshold_i`` h [arms], ``strain_i`` q [1/arms], ``grievance_i`` g [arms/yr], ``fear_time_i`` τ [yr].
        With three nations and more ``exposure_i_j`` and ``terrain_i_j`` (i before j). Bare names set all members.
        With beliefs, in the place of the exposures: ``surprise_i`` χ [1/arms], ``forgetting_i`` ν [1/yr], ``exposure_low`` w_lo,
        ``exposure_high`` w_hi, ``prior_i`` (``prior_i_j``) l⁰, ``empathy_i`` ε. With a balance that scales, in the place of
        ``balance``: ``offence_early`` o₀, ``offence_late`` o_∞, ``investment_scale`` x_c [arms].

    Returns
    -------
    Model
        States: arms in the nations' order, then ``fear_i`` when fear is a state; all ≥ 0 [arms]. With beliefs then
        ``distrust_i`` (of two nations) or ``distrust_i_j``, log-odds in i's mind that j is greedy, unbounded.

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        For fewer than two nations or too many, an unknown kind of fear, a switch neither True nor False, a misspelt parameter or a
        value out of bounds.

    Notes
    -----
    A proposal of this project. [0, ∞) is invariant only for ρ = 0 and g ≥ 0; else a path may reach 0 and leaves the domain there.
    Zero distrust means even odds: start distrust at its prior, unless it is to begin elsewhere.
    Equations are written out with N² symbols: rates and a first run compile in 7 seconds of processor time for seven nations, 13 for
    ten, 77 for twenty (instant fear, once for each kind of equations; later processes read them from the cache). Beyond, `nations` and
    `collective_security` are compiled as loops.

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
    names = nation_names(nations, most=MOST_BELIEVING if beliefs else MOST_NATIONS)
    terms = (
        *(scaling_terms() if balance_scaling else [Parameter("balance", r"\beta", "offence–defence balance")]),
        *_terrains(names),
        *_arming_terms(names, belief_terms(names) if beliefs else _exposures(names), with_time=fear == "state"),
    )
    known = {name: sympy.Symbol(name, real=True) for name in (*names, *(term.name for term in terms))}
    exposures = believed_exposures(names, known) if beliefs else _constant_exposures(names, known)
    threats = _threats(names, known, exposures, _advantages(names, known))
    fears = threats if fear == "instant" else {i: sympy.Symbol(f"fear_{i}", real=True) for i in names}
    reactions = {i: _reaction(i, fears[i], known) for i in names}
    ambitions = {i: _ambition(i, names, known) for i in names}
    states = tuple(arms(name, lower=0.0) for name in names)
    rates = tuple(reactions[i] - _burden(i, known) + known[f"grievance_{i}"] + ambitions[i] for i in names)
    if fear == "state":
        states += tuple(State(f"fear_{i}", indexed("f", i), f"fear of {i}", "arms", lower=0.0, is_follower=True) for i in names)
        rates += tuple((threats[i] - fears[i]) / known[f"fear_time_{i}"] for i in names)
    if beliefs:
        states += belief_states(names)
        rates += belief_rates(names, known, reactions, ambitions)
    numbers = tuple(term.default for term in terms)
    references = (*REFERENCES, *([KYDD] if beliefs else []), *([GARFINKEL_DAFOE] if balance_scaling else []))
    return Model("security dilemma", states, terms, rates, numbers, references=references).with_values(**values)


def _check_form(fear: str, **switches: bool) -> None:
    if fear not in FEARS:
        raise UnknownNameError(f"Fear is 'instant' or a 'state'; got {fear!r}. {nearest(str(fear), FEARS)}")
    for name, value in switches.items():
        if not isinstance(value, bool):
            raise InvalidInputError(f"{name}= is True or False, as it chooses the equations; got {value!r}.")


def _threats(
    names: tuple[str, ...],
    known: Mapping[str, sympy.Symbol],
    exposures: Mapping[Pair, sympy.Expr],
    advantages: Mapping[Pair, sympy.Expr],
) -> dict[str, sympy.Expr]:
    """θᵢ: what each sees coming, its own arms reassuring it."""
    offensive = {j: 1 - known["distinguishability"] * known[f"defensive_share_{j}"] for j in names}
    seen = {(i, j): exposures[i, j] * advantages[i, j] * offensive[j] * known[j] for i, j in permutations(names, 2)}
    return {i: sympy.Add(*(seen[i, j] for j in names if j != i)) - known[f"reassurance_{i}"] * known[i] for i in names}


def _advantages(names: tuple[str, ...], known: Mapping[str, sympy.Symbol]) -> dict[Pair, sympy.Expr]:
    """e^(β − γᵢⱼ), or o(x̄) e^(−γᵢⱼ) where the balance scales."""
    found = {}
    for i, j in permutations(names, 2):
        first, second = (i, j) if names.index(i) < names.index(j) else (j, i)
        terrain = known["terrain" if len(names) == 2 else f"terrain_{first}_{second}"]
        is_constant = "balance" in known
        found[i, j] = sympy.exp(known["balance"] - terrain) if is_constant else scaled_offence(names, known) * sympy.exp(-terrain)
    return found


def _constant_exposures(names: tuple[str, ...], known: Mapping[str, sympy.Symbol]) -> dict[Pair, sympy.Expr]:
    return {(i, j): known[pair_name("exposure", i, j, names)] for i, j in permutations(names, 2)}


def _reaction(i: str, fear: sympy.Expr, known: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    """The answer to fear, more than in proportion once it alarms."""
    alarm = known[f"alarm_{i}"] * hill(fear, known[f"threshold_{i}"], known["steepness"])
    return known[f"defence_{i}"] * fear * (1 + alarm)


def _burden(i: str, known: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    """What wears arms down: fatigue that grows with them."""
    return known[f"fatigue_{i}"] * known[i] * (1 + known[f"strain_{i}"] * known[i])


def _ambition(i: str, names: tuple[str, ...], known: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    """Greed: arming towards a target, threatened or not."""
    rivals = sympy.Add(*(known[j] for j in names if j != i))
    return known[f"ambition_{i}"] * (known[f"target_{i}"] * rivals - known[i])


def _arming_terms(names: tuple[str, ...], exposures: Sequence[Parameter], *, with_time: bool) -> tuple[Parameter, ...]:
    """Parameters but for the balance, in the order of the model's documentation."""

    def of_each(what: str, symbol: str, meaning: str, unit: str = "1", **numbers: float) -> list[Parameter]:
        return each(Parameter(what, symbol, meaning, unit, **numbers), names)

    return (
        Parameter("distinguishability", r"\delta", "distinguishability of defensive arms", lower=0.0, upper=1.0),
        *of_each("defensive_share", "s", "defensive share", lower=0.0, upper=1.0, default=0.6),
        *exposures,
        *of_each("reassurance", r"\rho", "reassurance by own arms", lower=0.0),
        *of_each("defence", "k", "defence coefficient", "1/yr", lower=0.0, default=0.45 / (len(names) - 1)),
        *of_each("alarm", r"\varphi", "alarm", lower=0.0, default=3.0),
        *of_each("threshold", "h", "alarm threshold", "arms", lower=POSITIVE, default=4.0),
        Parameter("steepness", "m", "steepness of alarm", lower=1.0, default=2.0),
        *of_each("fatigue", "a", "fatigue", "1/yr", lower=POSITIVE, default=1.0),
        *of_each("strain", "q", "strain", "1/arms", lower=0.0, default=0.04),
        *of_each("grievance", "g", "grievance", "arms/yr", default=0.5),
        *(of_each("fear_time", r"\tau", "fear time", "yr", lower=POSITIVE, default=0.5) if with_time else ()),
        *of_each("ambition", r"\mu", "ambition", "1/yr", lower=0.0),
        *of_each("target", "c", "target ratio", lower=0.0, default=1.5),
    )


def _terrains(names: tuple[str, ...]) -> list[Parameter]:
    terrain = Parameter("terrain", r"\gamma", "terrain barrier", lower=0.0)
    return [terrain] if len(names) == 2 else each_pair(terrain, combinations(names, 2))


def _exposures(names: tuple[str, ...]) -> list[Parameter]:
    exposure = Parameter("exposure", "w", "exposure", lower=0.0, upper=1.0, default=1.0)
    return each_towards_each(exposure, names)
