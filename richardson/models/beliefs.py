"""What a nation believes of its rivals: distrust that grows when they arm more than their fear explains.

The form is this project's own proposal; the idea that arming is read as a sign of greed is Kydd's (1997), Butterfield's and Jervis's.
"""

from collections.abc import Mapping
from itertools import permutations

import sympy

from richardson.models.quantities import each, each_towards_each, indexed, pair_name
from richardson.symbolic.functions import sigmoid
from richardson.symbolic.indexed import shared
from richardson.symbolic.quantity import POSITIVE, Parameter, State

KYDD = "A. Kydd (1997), Game Theory and the Spiral Model, World Politics 49(3), 371–400 (abstract read; the form is ours)"


def belief_terms(names: tuple[str, ...]) -> list[Parameter]:
    """Parameters of beliefs, which stand in the place of the exposures."""
    return [
        *each(Parameter("surprise", r"\chi", "surprise at rival arming", "1/arms", lower=0.0, default=1.0), names),
        *each(Parameter("forgetting", r"\nu", "forgetting", "1/yr", lower=POSITIVE, default=0.2), names),
        Parameter("exposure_low", r"w_{\mathrm{lo}}", "exposure without distrust", "1", 0.0, 1.0, 0.2, at_most="exposure_high"),
        Parameter("exposure_high", r"w_{\mathrm{hi}}", "exposure in full distrust", lower=0.0, upper=1.0, default=1.0),
        *each_towards_each(Parameter("prior", r"\ell^{0}", "prior distrust", default=-1.0), names),
        *each(Parameter("empathy", r"\varepsilon", "empathy", lower=0.0, upper=1.0, default=0.5), names),
    ]


def belief_states(names: tuple[str, ...]) -> tuple[State, ...]:
    """lᵢⱼ, the log-odds in i's mind that j is greedy, which follow what j does."""
    letters = {(i, j): indexed(r"\ell", i) if len(names) == 2 else indexed(r"\ell", i, j) for i, j in permutations(names, 2)}
    return tuple(State(pair_name("distrust", i, j, names), letters[i, j], f"distrust of {i} in {j}", is_follower=True) for i, j in letters)


def believed_exposures(names: tuple[str, ...]) -> dict[sympy.Symbol, sympy.Expr]:
    """wᵢⱼ = w_lo + (w_hi − w_lo)/(1 + e^−lᵢⱼ), by the symbol of the constant exposure in whose place it stands."""
    low, high = shared("exposure_low"), shared("exposure_high")
    pairs = permutations(names, 2)
    return {shared(pair_name("exposure", i, j, names)): low + (high - low) * sigmoid(_distrust(i, j, names)) for i, j in pairs}


def belief_rates(
    names: tuple[str, ...], reactions: Mapping[str, sympy.Expr], ambitions: Mapping[str, sympy.Expr]
) -> tuple[sympy.Expr, ...]:
    """l̇ᵢⱼ = χᵢ{(1 − εᵢ) j's arming out of fear + j's arming out of ambition} − νᵢ(lᵢⱼ − lᵢⱼ⁰)."""
    rates = []
    for i, j in permutations(names, 2):
        unexplained = (1 - shared(f"empathy_{i}")) * reactions[j] + ambitions[j]
        excess = _distrust(i, j, names) - shared(pair_name("prior", i, j, names))
        rates.append(shared(f"surprise_{i}") * unexplained - shared(f"forgetting_{i}") * excess)
    return tuple(rates)


def _distrust(i: str, j: str, names: tuple[str, ...]) -> sympy.Symbol:
    return shared(pair_name("distrust", i, j, names))
