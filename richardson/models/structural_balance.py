"""Friends and enemies: how relations sort themselves into blocs, and how tension between blocs grows and saturates."""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import sympy

from richardson.models.quantities import indexed, nation_names
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter, State

MOST_MEMBERS = 6  # 21 relations; N³ products beyond this read badly and derive slowly
KULAKOWSKI = (
    "K. Kułakowski, P. Gawroński, P. Gronek (2005), The Heider Balance: A Continuous Approach, International Journal of Modern Physics C "
    "16(5), 707–716 (quoted from memory)"
)
MARVEL = (
    "S. A. Marvel, J. Kleinberg, R. D. Kleinberg, S. H. Strogatz (2011), Continuous-time model of structural balance, Proceedings of the "
    "National Academy of Sciences 108(5), 1771–1776 (abstract seen)"
)
MORRISON = (
    "M. Morrison, J. N. Kutz, M. Gabbay (2023), Transitions between peace and systemic war as bifurcations in a signed network "
    "dynamical system, Network Science 11 (quoted from memory)"
)


def scalar_balance(**values: float) -> Model:
    """The leading eigenvalue of a network of friends and enemies, by itself: the scalar form of bounded structural balance.

    λ̇ = L tanh(α λ²/L) − β λ + β λ₀.

    Parameters
    ----------
    **values : float
        ``drive`` α [yr⁻¹], ``saturation`` L [yr⁻¹], ``decay`` β [yr⁻¹], ``baseline`` λ₀; defaults 0.06, 6, 0.5, 1.6.

    Returns
    -------
    Model
        State ``balance_eigenvalue`` λ ≥ 0.

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    A reduction that is not exact: the matrix form couples all eigenvalues. At the defaults of L, β and λ₀ it has folds at
    α = 0.0786049507553 (λ = 3.24107689191) and 0.0519175031426 (λ = 10.3898122116), between which peace and tension are both
    stable.

    References
    ----------
    .. [1] M. Morrison, J. N. Kutz, M. Gabbay (2023), Transitions between peace and systemic war as bifurcations in a signed network
       dynamical system, Network Science 11 (quoted from memory).

    Examples
    --------
    >>> scalar_balance(drive=0.1).values["drive"]
    0.1
    """
    state, drive, saturation, decay, baseline = (
        sympy.Symbol(name, real=True) for name in ("balance_eigenvalue", "drive", "saturation", "decay", "baseline")
    )
    states = (State("balance_eigenvalue", r"\lambda", "leading eigenvalue of the network", "1", lower=0.0),)
    terms = (
        Parameter("drive", r"\alpha", "drive of balance", "1/yr", lower=0.0, default=0.06),
        Parameter("saturation", "L", "fastest growth of tension", "1/yr", lower=POSITIVE, default=6.0),
        Parameter("decay", r"\beta", "return to the baseline", "1/yr", lower=0.0, default=0.5),
        Parameter("baseline", r"\lambda_0", "eigenvalue at rest", "1", lower=0.0, default=1.6),
    )
    rate = saturation * sympy.tanh(drive * state**2 / saturation) - decay * (state - baseline)
    numbers = tuple(term.default for term in terms)
    return Model("scalar balance", states, terms, (rate,), numbers, references=(MORRISON,)).with_values(**values)


def structural_balance(members: Sequence[str] | int = 3, **values: float) -> Model:
    """Relations of N members, each of which warms or cools by how well both get on with every third.

    Ẋ = X² for the symmetric matrix X of relations: ẋᵢⱼ = Σₘ xᵢₘ xₘⱼ, m running over all members.

    Parameters
    ----------
    members : sequence of str or int
        Names, or a count (2 means x, y; 3 means x, y, z; more n1 … nN), at most 6.
    **values : float
        There are no parameters; any name is refused.

    Returns
    -------
    Model
        States ``relation_i_j`` [1/yr] for i before j and for i = j, positive for friends, row by row of the upper triangle; unbounded.

    Raises
    ------
    InvalidInputError
        If there are fewer than two members, more than six, or a name occurs twice.
    UnknownNameError
        If a value is given.

    Notes
    -----
    X(t) = X₀ (I − X₀ t)⁻¹, until it reaches infinity at t = 1/λ, λ the largest eigenvalue of X₀, if that is positive. The signs of its
    eigenvector then divide the members into two factions at most. `balance_path`, `blow_up_time` and `factions` compute these;
    `relations` turns a matrix into a start.

    References
    ----------
    .. [1] K. Kułakowski, P. Gawroński, P. Gronek (2005), The Heider Balance: A Continuous Approach, International Journal of Modern
       Physics C 16(5), 707–716 (quoted from memory).
    .. [2] S. A. Marvel, J. Kleinberg, R. D. Kleinberg, S. H. Strogatz (2011), Continuous-time model of structural balance, Proceedings
       of the National Academy of Sciences 108(5), 1771–1776 (abstract seen).

    Examples
    --------
    >>> structural_balance(2).state_names
    ('relation_x_x', 'relation_x_y', 'relation_y_y')
    """
    names = nation_names(members, most=MOST_MEMBERS)
    states, square = _relations(names, "1/yr"), _square(names)
    rates = tuple(square[pair] for pair in _pairs(names))
    return Model("structural balance", states, (), rates, (), references=(KULAKOWSKI, MARVEL)).with_values(**values)


def bounded_balance(members: Sequence[str] | int = 3, **values: float) -> Model:
    """Relations of N members that sort themselves by balance, but grow no faster than a limit and return to a baseline.

    Ẋ = −β (X − X₀) + L tanh(α X²/L), the hyperbolic tangent of each entry of the matrix square.

    Parameters
    ----------
    members : sequence of str or int
        Names, or a count (2 means x, y; 3 means x, y, z; more n1 … nN), at most 6.
    **values : float
        ``drive`` α and ``decay`` β ≥ 0, ``saturation`` L > 0 [1/yr]; defaults 0.06, 0.5 and 6/N. ``baseline_i_j`` X₀ for i before j and
        for i = j; by default ± 1.6/N, positive within the first half of the members and within the rest, negative between them.

    Returns
    -------
    Model
        States ``relation_i_j`` for i before j and for i = j, row by row of the upper triangle; without unit, unbounded.

    Raises
    ------
    InvalidInputError
        If there are fewer than two members, more than six, or a name occurs twice.
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    Two camps of equal feeling, X = (λ/N) s sᵀ with entries ± 1 of s, stay such camps, and λ then obeys `scalar_balance` exactly, with
    saturation N L; the defaults are such camps, those of `scalar_balance`. From any other X₀ the scalar form is a reduction that
    is not exact. L → ∞, α = 1, β = 0 is `structural_balance`.

    References
    ----------
    .. [1] M. Morrison, J. N. Kutz, M. Gabbay (2023), Transitions between peace and systemic war as bifurcations in a signed network
       dynamical system, Network Science 11 (quoted from memory).

    Examples
    --------
    >>> bounded_balance(2, baseline_x_y=0).values["baseline_x_y"]
    0.0
    """
    names = nation_names(members, most=MOST_MEMBERS)
    square, half = _square(names), names[: (len(names) + 1) // 2]
    drive, saturation, decay = (sympy.Symbol(name, real=True) for name in ("drive", "saturation", "decay"))
    terms = (
        Parameter("drive", r"\alpha", "drive of balance", "1/yr", lower=0.0, default=0.06),
        Parameter("saturation", "L", "fastest growth of a relation", "1/yr", lower=POSITIVE, default=6.0 / len(names)),
        Parameter("decay", r"\beta", "return to the baseline", "1/yr", lower=0.0, default=0.5),
        *(
            Parameter(
                f"baseline_{i}_{j}",
                indexed("X^0", i, j),
                f"baseline of {i} and {j}",
                default=(1.6 if (i in half) == (j in half) else -1.6) / len(names),
            )
            for i, j in _pairs(names)
        ),
    )
    rates = tuple(
        saturation * sympy.tanh(drive * square[i, j] / saturation)
        - decay * (_relation(i, j) - sympy.Symbol(f"baseline_{i}_{j}", real=True))
        for i, j in _pairs(names)
    )
    numbers = tuple(term.default for term in terms)
    return Model("bounded balance", _relations(names, "1"), terms, rates, numbers, references=(MORRISON,)).with_values(**values)


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Upper triangle with the diagonal, row by row."""
    return list(combinations_with_replacement(names, 2))


def _relation(i: str, j: str) -> sympy.Symbol:
    return sympy.Symbol(f"relation_{i}_{j}", real=True)


def _relations(names: Sequence[str], unit: str) -> tuple[State, ...]:
    return tuple(State(f"relation_{i}_{j}", indexed("X", i, j), f"relation of {i} and {j}", unit) for i, j in _pairs(names))


def _square(names: Sequence[str]) -> dict[tuple[str, str], sympy.Expr]:
    """Entries of the square of the symmetric matrix of relations, by pair."""
    both = {(i, j): _relation(i, j) for i, j in _pairs(names)}
    both |= {(j, i): symbol for (i, j), symbol in both.items()}
    return {(i, j): sympy.Add(*(both[i, m] * both[m, j] for m in names)) for i, j in _pairs(names)}
