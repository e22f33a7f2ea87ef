"""What a nation believes of its rivals: distrust that grows when they arm more than their fear explains.

The form is this project's own proposal; the idea that arming is read as a sign of greed is Kydd's (1997), Butterfield's and Jervis's.
"""

from itertools import permutations

import sympy

from richardson.models.over_nations import family
from richardson.models.quantities import indexed, pair_name
from richardson.symbolic.functions import sigmoid
from richardson.symbolic.indexed import EACH, PAIR, SHARED, Family, other, own, pair, shared
from richardson.symbolic.quantity import POSITIVE, Parameter, State

KYDD = "A. Kydd (1997), Game Theory and the Spiral Model, World Politics 49(3), 371–400 (abstract read; the form is ours)"

DISTRUST = "distrust"


def belief_families(names: tuple[str, ...]) -> tuple[Family, ...]:
    """Parameters of beliefs, which stand in the place of the exposures."""
    terms = (
        (EACH, Parameter("surprise", r"\chi", "surprise at rival arming", "1/arms", lower=0.0, default=1.0)),
        (EACH, Parameter("forgetting", r"\nu", "forgetting", "1/yr", lower=POSITIVE, default=0.2)),
        (SHARED, Parameter("exposure_low", r"w_{\mathrm{lo}}", "exposure without distrust", "1", 0.0, 1.0, 0.2, at_most="exposure_high")),
        (SHARED, Parameter("exposure_high", r"w_{\mathrm{hi}}", "exposure in full distrust", lower=0.0, upper=1.0, default=1.0)),
        (PAIR, Parameter("prior", r"\ell^{0}", "prior distrust", default=-1.0)),
        (EACH, Parameter("empathy", r"\varepsilon", "empathy", lower=0.0, upper=1.0, default=0.5)),
    )
    return tuple(family(term, index, names, is_short=True) for index, term in terms)


def belief_states(names: tuple[str, ...]) -> tuple[State, ...]:
    """lᵢⱼ, the log-odds in i's mind that j is greedy, which follow what j does."""
    letters = {(i, j): indexed(r"\ell", i) if len(names) == 2 else indexed(r"\ell", i, j) for i, j in permutations(names, 2)}
    return tuple(State(pair_name(DISTRUST, i, j, names), letters[i, j], f"distrust of {i} in {j}", is_follower=True) for i, j in letters)


def believed_exposure() -> sympy.Expr:
    """wᵢⱼ = w_lo + (w_hi − w_lo)/(1 + e^−lᵢⱼ), in the place of the constant exposure."""
    low, high = shared("exposure_low"), shared("exposure_high")
    return low + (high - low) * sigmoid(pair(DISTRUST))


def belief_rate(reaction: str, greed: str) -> sympy.Expr:
    """l̇ᵢⱼ = χᵢ{(1 − εᵢ) j's arming out of fear + j's arming out of ambition} − νᵢ(lᵢⱼ − lᵢⱼ⁰), from the names of what j does."""
    unexplained = (1 - own("empathy")) * other(reaction) + other(greed)
    return own("surprise") * unexplained - own("forgetting") * (pair(DISTRUST) - pair("prior"))
