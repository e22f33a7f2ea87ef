"""The flagship: a race driven by fear, under an offence–defence balance.

The equations are this project's own proposal, built on the theory cited; no source has them in this form.
"""

from collections.abc import Sequence
from itertools import combinations, permutations

import sympy

from richardson.errors import UnknownNameError, nearest
from richardson.models.quantities import arms, each, each_pair, indexed, nation_names
from richardson.symbolic.functions import hill
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter, State

FEARS = ("instant", "state")
REFERENCES = (
    "equations: proposed by this project",
    "J. H. Herz (1950), Idealist Internationalism and the Security Dilemma, World Politics 2(2), 157–180 (quoted from memory)",
    "R. Jervis (1978), Cooperation Under the Security Dilemma, World Politics 30(2), 167–214 (quoted from memory)",
    "C. L. Glaser, C. Kaufmann (1998), What Is the Offense-Defense Balance and Can We Measure It?, International Security 22(4), 44–82",
    "L. F. Richardson (1960), Arms and Insecurity (quoted from memory)",
)


def security_dilemma(nations: Sequence[str] | int = ("x", "y"), fear: str = "instant", **values: float) -> Model:
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
    **values : float
        ``balance`` β, ``terrain`` γ, ``distinguishability`` δ, ``defensive_share_i`` s, ``exposure_i`` w, ``reassurance_i`` ρ,
        ``alarm_i`` φ, ``steepness`` m, ``ambition_i`` μ [1/yr], ``target_i`` c, ``defence_i`` k, ``fatigue_i`` a [1/yr],
        ``threshold_i`` h [arms], ``strain_i`` q [1/arms], ``grievance_i`` g [arms/yr], ``fear_time_i`` τ [yr].
        With three nations and more ``exposure_i_j`` and ``terrain_i_j`` (i before j). Bare names set all members.

    Returns
    -------
    Model
        States: arms in the nations' order, then ``fear_i`` when fear is a state; all ≥ 0 [arms].

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        For fewer than two nations, an unknown kind of fear, a misspelt parameter or a value out of bounds.

    Notes
    -----
    A proposal of this project. [0, ∞) is invariant only for ρ = 0 and g ≥ 0; else a path may reach 0 and leaves the domain there.

    Examples
    --------
    >>> security_dilemma(balance=0.05).state_names
    ('x', 'y')
    >>> security_dilemma(3, fear="state").state_names
    ('x', 'y', 'z', 'fear_x', 'fear_y', 'fear_z')
    """
    names = nation_names(nations)
    if fear not in FEARS:
        raise UnknownNameError(f"Fear is 'instant' or a 'state'; got {fear!r}. {nearest(str(fear), FEARS)}")
    terms = _terms(names, with_time=fear == "state")
    known = {name: sympy.Symbol(name, real=True) for name in (*names, *(term.name for term in terms))}
    threats = {i: _threat(i, names, known) for i in names}
    states = tuple(arms(name, lower=0.0) for name in names)
    if fear == "instant":
        rates = tuple(_arming(i, threats[i], names, known) for i in names)
    else:
        fears = {i: sympy.Symbol(f"fear_{i}", real=True) for i in names}
        rates = tuple(_arming(i, fears[i], names, known) for i in names)
        rates += tuple((threats[i] - fears[i]) / known[f"fear_time_{i}"] for i in names)
        states += tuple(State(f"fear_{i}", indexed("f", i), f"fear of {i}", "arms", lower=0.0, is_follower=True) for i in names)
    numbers = tuple(term.default for term in terms)
    return Model("security dilemma", states, terms, rates, numbers, references=REFERENCES).with_values(**values)


def _threat(i: str, names: tuple[str, ...], known: dict[str, sympy.Symbol]) -> sympy.Expr:
    """θᵢ: what i sees coming, its own arms reassuring it."""
    seen = []
    for j in names:
        if j != i:
            first, second = (i, j) if names.index(i) < names.index(j) else (j, i)
            terrain = known["terrain" if len(names) == 2 else f"terrain_{first}_{second}"]
            exposure = known[f"exposure_{i}" if len(names) == 2 else f"exposure_{i}_{j}"]
            offensive = 1 - known["distinguishability"] * known[f"defensive_share_{j}"]
            seen.append(exposure * sympy.exp(known["balance"] - terrain) * offensive * known[j])
    return sympy.Add(*seen) - known[f"reassurance_{i}"] * known[i]


def _arming(i: str, fear: sympy.Expr, names: tuple[str, ...], known: dict[str, sympy.Symbol]) -> sympy.Expr:
    """ẋᵢ: the answer to fear, the burden, grievance and ambition."""
    x = known[i]
    alarm = known[f"alarm_{i}"] * hill(fear, known[f"threshold_{i}"], known["steepness"])
    reaction = known[f"defence_{i}"] * fear * (1 + alarm)
    burden = known[f"fatigue_{i}"] * x * (1 + known[f"strain_{i}"] * x)
    rivals = sympy.Add(*(known[j] for j in names if j != i))
    ambition = known[f"ambition_{i}"] * (known[f"target_{i}"] * rivals - x)
    return reaction - burden + known[f"grievance_{i}"] + ambition


def _terms(names: tuple[str, ...], *, with_time: bool) -> tuple[Parameter, ...]:
    """Parameters in the order of the model's documentation."""

    def of_each(what: str, symbol: str, meaning: str, unit: str = "1", **numbers: float) -> list[Parameter]:
        return each(Parameter(what, symbol, meaning, unit, **numbers), names)

    return (
        Parameter("balance", r"\beta", "offence–defence balance"),
        *_terrains(names),
        Parameter("distinguishability", r"\delta", "distinguishability of defensive arms", lower=0.0, upper=1.0),
        *of_each("defensive_share", "s", "defensive share", lower=0.0, upper=1.0, default=0.6),
        *_exposures(names),
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
    return each(exposure, names) if len(names) == 2 else each_pair(exposure, permutations(names, 2))
