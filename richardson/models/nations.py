"""Richardson's race of many nations, written out."""

from collections.abc import Sequence
from itertools import permutations

import sympy

from richardson.models.linear import RICHARDSON
from richardson.models.quantities import arms, each, each_pair, nation_names
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter

MOST_NATIONS = 6  # N² symbols beyond this read badly and derive slowly


def nations(nations: Sequence[str] | int = 3, **values: float) -> Model:
    """Richardson's linear race of N nations.

    ẋᵢ = Σⱼ kᵢⱼ xⱼ − aᵢ xᵢ + gᵢ.

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count (2 means x, y; 3 means x, y, z; more n1 … nN), at most 6.
    **values : float
        ``defence_i_j`` kᵢⱼ (i reacts to j) and ``fatigue_i`` aᵢ [1/yr], ``grievance_i`` gᵢ [arms/yr];
        defaults 0.5/(N − 1), 1 and 0.5. Bare names set all members.

    Returns
    -------
    Model
        A state [arms] for each nation, unbounded.

    Raises
    ------
    InvalidInputError
        If there are fewer than two nations, more than six, or a name occurs twice.
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value not finite.

    Notes
    -----
    For kᵢⱼ ≥ 0 stable exactly when diag(a) − [kᵢⱼ] is an M-matrix. Identical nations have the eigenvalues (N − 1)k − a, once,
    and −(k + a): for a/2 < k < a every pair is stable and the triple is not.

    References
    ----------
    .. [1] L. F. Richardson (1960), Arms and Insecurity (quoted from memory).
    """
    names = nation_names(nations, most=MOST_NATIONS)
    terms = each_pair(Parameter("defence", "k", "defence coefficient", "1/yr", default=0.5 / (len(names) - 1)), permutations(names, 2))
    terms += each(Parameter("fatigue", "a", "fatigue", "1/yr", default=1.0), names)
    terms += each(Parameter("grievance", "g", "grievance", "arms/yr", default=0.5), names)
    known = {name: sympy.Symbol(name, real=True) for name in (*names, *(term.name for term in terms))}
    rates = tuple(
        sympy.Add(*(known[f"defence_{i}_{j}"] * known[j] for j in names if j != i))
        - known[f"fatigue_{i}"] * known[i]
        + known[f"grievance_{i}"]
        for i in names
    )
    numbers = tuple(term.default for term in terms)
    states = tuple(arms(name) for name in names)
    return Model("nations", states, tuple(terms), rates, numbers, references=(RICHARDSON,)).with_values(**values)
