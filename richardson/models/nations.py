"""Richardson's race of many nations, and the same race within a pact of collective security."""

from collections.abc import Sequence
from typing import Any

import sympy

from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.models.linear import RICHARDSON
from richardson.models.over_nations import family, model_over
from richardson.models.quantities import is_in_order, nation_names
from richardson.symbolic.indexed import ARMS, EACH, PAIR, SHARED, Family, OverNations, other, own, pair, shared, total
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter

EPSTEIN = "J. M. Epstein (1997), Nonlinear Dynamics, Mathematical Biology, and Social Science (quoted from memory)"
MEMBER = "member"


def nations(nations: Sequence[str] | int = 3, **values: Any) -> Model:
    """Richardson's linear race of N nations.

    ẋᵢ = Σⱼ kᵢⱼ xⱼ − aᵢ xᵢ + gᵢ.

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count (2 means x, y; 3 means x, y, z; more n1 … nN).
    **values : float, array_like, mapping or table
        ``defence_i_j`` kᵢⱼ (i reacts to j) and ``fatigue_i`` aᵢ [1/yr], ``grievance_i`` gᵢ [arms/yr];
        defaults 0.5/(N − 1), 1 and 0.5. Bare names set all members: to one number, or to an array (N, N) or (N,) in the order of
        the nations, a mapping by pair or nation, or a table with named rows and columns (`richardson.data.read_matrix`).

    Returns
    -------
    Model
        A state [arms] for each nation, unbounded. Up to six nations are written out; more are kept as equations over nations and
        compiled as loops.

    Raises
    ------
    InvalidInputError
        If there are fewer than two nations, a name occurs twice, or a table does not fit them.
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value not finite.

    Notes
    -----
    For kᵢⱼ ≥ 0 stable exactly when diag(a) − [kᵢⱼ] is an M-matrix. Identical nations have the eigenvalues (N − 1)k − a, once,
    and −(k + a): for a/2 < k < a every pair is stable and the triple is not.

    References
    ----------
    .. [1] L. F. Richardson (1960), Arms and Insecurity (quoted from memory).

    Examples
    --------
    >>> nations(100, fatigue=0.2).values["defence"].shape
    (100, 100)
    """
    names = nation_names(nations)
    reaction = total(pair("defence") * other(ARMS))
    return model_over("nations", OverNations(names, (ARMS,), tuple(_families(names)), (_race(reaction),)), (RICHARDSON,), values)


def collective_security(nations: Sequence[str] | int = 3, pact: Sequence[str] | None = None, **values: Any) -> Model:
    """Richardson's race of N nations, some of whom stand by each other in a pact.

    ẋᵢ = Σⱼ kᵢⱼ Bᵢⱼ xⱼ − aᵢ xᵢ + gᵢ. Outside the pact Bᵢⱼ = 1. A member of a pact of n fears a fellow member less, since an attack by
    one is met by the other n − 1: Bᵢⱼ = 1 − κ + κ/(n − 1); and an outsider less, since all n meet it: Bᵢⱼ = 1 − κ + κ/n.

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count, as `nations`.
    pact : sequence of str, optional
        Its members, two or more of the nations; by default all.
    **values : float, array_like, mapping or table
        ``commitment`` κ from 0 (the pact is paper) to 1, default 0.5, and the parameters of `nations`.

    Returns
    -------
    Model
        A state [arms] for each nation, unbounded.

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        As `nations`, and if the pact has fewer than two members, one of them twice, or one that is no nation.

    Notes
    -----
    The form is this project's own, after Epstein's [1]_ of three nations. κ = 0 is `nations`. B ≤ 1, so for kᵢⱼ ≥ 0 the leading
    eigenvalue never rises with κ (Perron and Frobenius). Identical nations in a pact of all have k[(N − 1)(1 − κ) + κ] − a: at
    κ = 1 it is k − a for every N, the eigenvalue of a race of two.

    References
    ----------
    .. [1] J. M. Epstein (1997), Nonlinear Dynamics, Mathematical Biology, and Social Science (quoted from memory).

    Examples
    --------
    >>> collective_security(3, pact=("x", "y")).values["commitment"]
    0.5
    """
    names = nation_names(nations)
    members = _members(names, pact)
    count, commitment = len(members), shared("commitment")
    by_fellow, by_all = sympy.Rational(1, count - 1), sympy.Rational(1, count)
    dilution = own(MEMBER) * commitment * (1 - other(MEMBER) * by_fellow - (1 - other(MEMBER)) * by_all)
    reaction = total(pair("defence") * (1 - dilution) * other(ARMS))
    terms = (
        *_families(names),
        family(Parameter("commitment", r"\kappa", "commitment to the pact", lower=0.0, upper=1.0, default=0.5), SHARED, names),
    )
    marks = ((MEMBER, tuple(float(name in members) for name in names)),)
    equations = OverNations(names, (ARMS,), terms, (_race(reaction),), marks)
    return model_over("collective security", equations, (RICHARDSON, EPSTEIN), values)


def _families(names: tuple[str, ...]) -> list[Family]:
    default = 0.5 / (len(names) - 1)
    return [
        family(Parameter("defence", "k", "defence coefficient", "1/yr", default=default), PAIR, names),
        family(Parameter("fatigue", "a", "fatigue", "1/yr", default=1.0), EACH, names),
        family(Parameter("grievance", "g", "grievance", "arms/yr", default=0.5), EACH, names),
    ]


def _race(reaction: sympy.Expr) -> sympy.Expr:
    return reaction - own("fatigue") * own(ARMS) + own("grievance")


def _members(names: tuple[str, ...], pact: Sequence[str] | None) -> tuple[str, ...]:
    if pact is not None and not is_in_order(pact):
        raise InvalidInputError(f"A pact is a sequence of nations; got {pact!r:.80}. Write for example pact=({names[0]!r}, {names[1]!r}).")
    members = names if pact is None else tuple(pact)
    for member in members:
        if not isinstance(member, str) or member not in names:
            raise UnknownNameError(f"The pact names '{member}', which is no nation here. {nearest(str(member), names)}")
    if len(members) < 2 or len(set(members)) < len(members):
        raise InvalidInputError(f"A pact needs two different nations or more; got {', '.join(map(repr, members)) or 'none'}.")
    return members
