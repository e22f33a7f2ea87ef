"""Contests for a prize: what effort buys, where contestants rest, and contests as the drive of ambition.

The two forms of success are Hirshleifer's (1989); that ambition climbs the gain in proportion to arms is this project's own proposal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from richardson import models
from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.models.quantities import each, nation_names
from richardson.symbolic.functions import sigmoid
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter

FORMS = ("ratio", "difference")
MOST = 2**53  # beyond, one contestant more or less makes no other number
HIRSHLEIFER = (
    "J. Hirshleifer (1989), Conflict and Rent-Seeking Success Functions: Ratio vs. Difference Models of Relative Success, "
    "Public Choice 63(2), 101–112 (abstract read)"
)
DEFAULT_DECISIVENESS = {"ratio": 1.0, "difference": 0.1}  # the second in 1/arms


def contest(nations: Sequence[str] | int = ("x", "y"), fear: str = "instant", *, success: str = "ratio", **values: float) -> Model:
    """Security dilemma in which ambition seeks the larger share of a prize, whatever the rivals' total.

    In the place of μᵢ (cᵢ Σⱼ xⱼ − xᵢ) stands μᵢ xᵢ ∂/∂xᵢ (V pᵢ − cᵢ xᵢ), with pᵢ the success of i: by the ratio
    μᵢ [m V pᵢ (1 − pᵢ) − cᵢ xᵢ], by the difference μᵢ xᵢ [m V pᵢ (1 − pᵢ) − cᵢ].

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count, as in `richardson.models.security_dilemma`.
    fear : str
        ``"instant"`` or ``"state"``.
    success : str
        ``"ratio"``, pᵢ = xᵢ^m/Σⱼ xⱼ^m, or ``"difference"``, pᵢ = e^(m xᵢ)/Σⱼ e^(m xⱼ).
    **values : float
        ``prize`` V [arms], default 10; ``decisiveness`` m, default 1 (by the difference 0.1, in 1/arms); ``cost_i`` c of a unit of
        arms, in units of the prize, default 1; ``ambition_i`` μ [1/yr], default 1; all else as in the security dilemma, without targets.

    Returns
    -------
    Model
        States: arms ≥ 0 [arms], then ``fear_i`` when fear is a state.

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        As the security dilemma does, and for an unknown form of success.

    Notes
    -----
    Prediction that can fail, Hirshleifer's: by the ratio a contest never ends in peace, by the difference it may. Without fear,
    grievance and strain (k = g = q = 0) identical contestants rest at m V (N − 1)/(N² (c + a/μ)) by the ratio: fatigue adds to the cost.
    By the difference the arms of two die out exactly when m V/4 < c + a/μ. Ambition climbs step by step and sees no leaps: it may rest
    where staying out would pay (see `contest_equilibrium`). The ratio has no value where nobody is armed: start elsewhere.

    References
    ----------
    .. [1] J. Hirshleifer (1989), Conflict and Rent-Seeking Success Functions: Ratio vs. Difference Models of Relative Success, Public
       Choice 63(2), 101–112 (abstract read).

    Examples
    --------
    >>> contest(success="difference", prize=50).values["decisiveness"]
    0.1
    """
    form = _form(success)
    names = nation_names(nations)
    base = models.security_dilemma(names, fear)
    unit = "1" if form == "ratio" else "1/arms"
    added = (
        Parameter("prize", "V", "prize", "arms", lower=0.0, default=10.0),
        Parameter("decisiveness", "m_{p}", "decisiveness of effort", unit, lower=POSITIVE, default=DEFAULT_DECISIVENESS[form]),
        *each(Parameter("cost", "c", "cost of arms", lower=POSITIVE, default=1.0), names),
    )
    kept = tuple(term for term in base.parameters if not term.name.startswith("target_"))
    terms = tuple(replace(term, default=1.0) if term.name.startswith("ambition_") else term for term in kept) + added
    known = {name: sympy.Symbol(name, real=True) for name in (*names, *(term.name for term in terms))}
    content = {known[f"ambition_{i}"]: sympy.S.Zero for i in names}
    drives = _drives(names, known, form) + (sympy.S.Zero,) * (len(base.states) - len(names))
    rates = tuple(rate.xreplace(content) + drive for rate, drive in zip(base.rates, drives, strict=True))
    references = (HIRSHLEIFER, *base.references)
    numbers = tuple(term.default for term in terms)
    return Model(f"contest by the {form}", base.states, terms, rates, numbers, references=references).with_values(**values)


def contest_success(efforts: Any, *, decisiveness: float, success: str = "ratio") -> FloatArray:
    """Share of the prize, or chance to win it, that each contestant's effort buys.

    Parameters
    ----------
    efforts : array_like, shape (..., n)
        Efforts ≥ 0 of n ≥ 2 contestants along the last axis.
    decisiveness : float
        m > 0, a pure number by the ratio, one over the unit of effort by the difference.
    success : str
        ``"ratio"``, xᵢ^m/Σⱼ xⱼ^m (1/n each where nobody exerts any), or ``"difference"``, e^(m xᵢ)/Σⱼ e^(m xⱼ).

    Returns
    -------
    ndarray, shape (..., n)
        Each in [0, 1], summing to one.

    Raises
    ------
    InvalidInputError, UnknownNameError
        If there are fewer than two contestants, an effort is negative or not finite, m is not positive, or the form unknown.

    References
    ----------
    .. [1] J. Hirshleifer (1989), Conflict and Rent-Seeking Success Functions: Ratio vs. Difference Models of Relative Success, Public
       Choice 63(2), 101–112 (abstract read).

    Examples
    --------
    >>> contest_success([1, 3], decisiveness=1).tolist()
    [0.25, 0.75]
    """
    form = _form(success)
    efforts = as_floats(efforts, "Efforts")
    if efforts.ndim == 0 or efforts.shape[-1] < 2 or not (np.isfinite(efforts).all() and (efforts >= 0.0).all()):
        raise InvalidInputError(f"A contest needs the finite, non-negative efforts of two contestants or more; got {efforts!r}.")
    decisiveness = _positive("decisiveness", decisiveness)
    with np.errstate(divide="ignore", over="ignore"):
        weights = np.log(efforts) if form == "ratio" else efforts
        most = weights.max(axis=-1, keepdims=True)
        behind = np.where(np.isneginf(most), 0.0, weights) - np.where(np.isneginf(most), 0.0, most)
        powers = np.exp(decisiveness * behind)  # the difference first, so that no large number is taken from another
    shares: FloatArray = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def contest_equilibrium(contestants: int = 2, *, prize: float, decisiveness: float, cost: float = 1.0, success: str = "ratio") -> float:
    """Effort of each of N identical contestants in the equilibrium in pure strategies in which all exert the same.

    Parameters
    ----------
    contestants : int
        N ≥ 2.
    prize : float
        V > 0.
    decisiveness : float
        m > 0.
    cost : float
        c > 0 of a unit of effort, in units of the prize.
    success : str
        ``"ratio"`` or ``"difference"``.

    Returns
    -------
    float
        By the ratio m V (N − 1)/(N² c); by the difference 0: peace.

    Raises
    ------
    InvalidInputError
        If there is no such equilibrium: by the ratio for m > N/(N − 1), where effort would cost more than it brings (of two contestants
        there is then none in pure strategies at all; of more, some may stay out); by the difference for m V (N − 1) > N² c, or, of three
        contestants and more, where a leap out of peace pays. Or if a number has the wrong sign.

    Notes
    -----
    Derived here. By the ratio the second-order condition and a payoff of at least zero leave m ≤ N/(N − 1). By the difference no two
    contestants can both be armed, alike, and at a best answer but in borderline cases: V p is convex below p = ½ and concave above.

    References
    ----------
    .. [1] J. Hirshleifer (1989), Conflict and Rent-Seeking Success Functions: Ratio vs. Difference Models of Relative Success, Public
       Choice 63(2), 101–112 (abstract read).

    Examples
    --------
    >>> contest_equilibrium(2, prize=100, decisiveness=1)
    25.0
    >>> contest_equilibrium(2, prize=100, decisiveness=0.02, success="difference")
    0.0
    """
    form = _form(success)
    if isinstance(contestants, bool) or not isinstance(contestants, int | np.integer) or not 2 <= contestants <= MOST:
        raise InvalidInputError(f"A contest needs at least two contestants, and at most 2**53; got {contestants!r:.80}.")
    prize, decisiveness, cost = _positive("prize", prize), _positive("decisiveness", decisiveness), _positive("cost", cost)
    if form == "ratio":
        return _by_the_ratio(contestants, prize, decisiveness, cost)
    return _by_the_difference(contestants, prize, decisiveness, cost)


def _drives(names: tuple[str, ...], known: Mapping[str, sympy.Symbol], form: str) -> tuple[sympy.Expr, ...]:
    """μᵢ xᵢ ∂/∂xᵢ (V pᵢ − cᵢ xᵢ)."""
    prize, m = known["prize"], known["decisiveness"]
    drives = []
    for i in names:
        own, rivals = known[i], [known[j] for j in names if j != i]
        if form == "ratio":
            others = sympy.Add(*(rival**m for rival in rivals))
            gain, cost = m * prize * own**m * others / (own**m + others) ** 2, known[f"cost_{i}"] * own
        else:
            share = sigmoid(m * (own - rivals[0])) if len(rivals) == 1 else 1 / (1 + sympy.Add(*(sympy.exp(m * (j - own)) for j in rivals)))
            gain, cost = own * m * prize * share * (1 - share), known[f"cost_{i}"] * own
        drives.append(known[f"ambition_{i}"] * (gain - cost))
    return tuple(drives)


def _by_the_ratio(contestants: int, prize: float, decisiveness: float, cost: float) -> float:
    most = contestants / (contestants - 1)
    if decisiveness > most:
        others = "" if contestants == 2 else " (others, in which some stay out, may exist)"
        raise InvalidInputError(
            f"Decisiveness {decisiveness:g} leaves {contestants} contestants no equilibrium in pure strategies in which all exert the same"
            f"{others}: effort would cost more than it brings. Give at most {most:g}."
        )
    return decisiveness * prize * (contestants - 1) / (contestants**2 * cost)


def _by_the_difference(contestants: int, prize: float, decisiveness: float, cost: float) -> float:
    with np.errstate(divide="ignore", over="ignore"):
        ratio = float(np.float64(cost) / decisiveness / prize)  # where p (1 − p) equals it, one more unit of effort brings what it costs
    if ratio >= 0.25:  # p (1 − p) is never more
        return 0.0
    share = (1 + np.sqrt(1 - 4 * ratio)) / 2
    leap = prize * share - cost * np.log((contestants - 1) * share**2 / ratio) / decisiveness
    if ratio < (contestants - 1) / contestants**2 or leap > prize / contestants:
        raise InvalidInputError(
            f"A prize of {prize:g} at decisiveness {decisiveness:g} and cost {cost:g} tempts out of peace, and by the difference "
            f"{contestants} contestants have no other equilibrium in pure strategies in which all exert the same. Give less decisiveness."
        )
    return 0.0


def _form(success: str) -> str:
    if not isinstance(success, str) or success not in FORMS:
        raise UnknownNameError(f"Success is by the 'ratio' or the 'difference' of efforts; got {success!r}. {nearest(str(success), FORMS)}")
    return success


def _positive(what: str, value: float) -> float:
    number = as_floats(value, f"The {what}")
    if number.ndim or not np.isfinite(number) or number <= 0.0:
        raise InvalidInputError(f"The {what} of a contest must be a finite number above zero; got {value!r}.")
    return float(number)
