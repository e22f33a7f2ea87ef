"""Richardson's race after Richardson: ceilings, economies, stocks, and hostility that feeds on itself."""

from collections.abc import Iterator
from dataclasses import replace

import sympy

from richardson.models.linear import RICHARDSON
from richardson.models.quantities import arms, each
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter, State

PAIR = ("x", "y")
DEFENCE = Parameter("defence", "k", "defence coefficient", "1/yr", lower=0.0, default=0.5)
FATIGUE = Parameter("fatigue", "a", "fatigue", "1/yr", lower=0.0, default=1.0)
GRIEVANCE = Parameter("grievance", "g", "grievance", "arms/yr", default=0.5)

HILL = (
    "W. W. Hill (1992), Several Sequential Augmentations of Richardson's Arms Race Model, Mathematical and Computer Modelling 16 "
    "(entry seen)"
)
BOULDING = "K. E. Boulding (1962), Conflict and Defense: A General Theory, Harper (quoted from memory)"
INTRILIGATOR = (
    "M. D. Intriligator (1975), Strategic Considerations in the Richardson Model of Arms Races, Journal of Political Economy 83(2), "
    "339–353 (quoted from memory)"
)
ZINNES = (
    "D. A. Zinnes, R. G. Muncaster (1984), The Dynamics of Hostile Activity and the Prediction of War, Journal of Conflict Resolution "
    "28(2), 187–229 (quoted from memory)"
)


def carrying_capacity(**values: float) -> Model:
    """Richardson's race of two nations, each of which slows down as it nears what its economy can carry.

    ẋ = (1 − x/X) (k y − a x + g), and the mirror.

    Parameters
    ----------
    **values : float
        ``defence_i`` k and ``fatigue_i`` a, ≥ 0 [1/yr], ``grievance_i`` g [arms/yr], ``ceiling_i`` X > 0 [arms], for i = x, y;
        defaults 0.5, 1, 0.5, 10. A bare name sets both.

    Returns
    -------
    Model
        States x and y [arms], between 0 and their ceilings, where the upper bound of a state is the ceiling that the model has.

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    Up to four equilibria: Richardson's, one with either nation at its ceiling, and the corner (X, Y) with eigenvalues
    a − (k Y + g)/X and b − (l X + h)/Y. Above a ceiling the factor 1 − x/X turns fatigue into growth, and the equations run away
    to infinity; so a start beyond it is refused, and methods that move parameters refuse to move a ceiling. Proofs hold for a number's
    float and for the decimal that prints it, so at a ceiling where these differ, such as 7.3, `capture` proves nothing and `basins`
    leaves starts undecided that end there; at 7 or 7.25 they do not differ. With g < 0 a path may reach 0, and leaves the domain there.

    References
    ----------
    .. [1] L. F. Richardson (1960), Arms and Insecurity (quoted from memory), for the race; the factor is that of logistic growth.

    Examples
    --------
    >>> carrying_capacity(ceiling_x=3).states[0].upper
    3.0
    """
    ceiling = Parameter("ceiling", "X", "ceiling on the arms", "arms", lower=POSITIVE, default=10.0)
    # (X − x)/X is zero at the ceiling also in ball arithmetic, where 1 − x/X is only near it and proves nothing
    rates = tuple((top - x) / top * (k * y - a * x + g) for x, y, k, a, g, top in _mirrored("defence", "fatigue", "grievance", "ceiling"))
    states = tuple(replace(arms(nation, lower=0.0), ceiling=f"ceiling_{nation}") for nation in PAIR)
    model = _race("carrying capacity", rates, (DEFENCE, FATIGUE, GRIEVANCE, ceiling), (RICHARDSON,))
    return replace(model, states=states).with_values(**values)


def economic_brake(**values: float) -> Model:
    """Richardson's race of two nations whose fatigue grows exponentially with the burden on the economy.

    ẋ = λ (1 − e^(a x/λ)) + k y + g, and the mirror.

    Parameters
    ----------
    **values : float
        ``defence_i`` k and ``fatigue_i`` a, ≥ 0 [1/yr], ``grievance_i`` g and ``economy_i`` λ > 0 [arms/yr], for i = x, y;
        defaults 0.5, 1, 0.5, 5. A bare name sets both.

    Returns
    -------
    Model
        States x and y ≥ 0 [arms].

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    λ → ∞ is `linear` with the same numbers. No, one or two equilibria with arms: identical nations with g ≥ 0 have one (two if
    g = 0 and k > a, the one at 0 counted), and with k > a and g < 0 two or none, that meet in a fold at
    x = (λ/a) ln(k/a), g = −λ [1 − k/a + (k/a) ln(k/a)]. With g < 0 a path may reach 0, and leaves the domain there.

    References
    ----------
    .. [1] W. W. Hill (1992), Several Sequential Augmentations of Richardson's Arms Race Model, Mathematical and Computer Modelling 16
       (entry seen; the form is not verified).

    Examples
    --------
    >>> economic_brake(economy=2).values["economy_y"]
    2.0
    """
    economy = Parameter("economy", r"\lambda", "size of the economy", "arms/yr", lower=POSITIVE, default=5.0)
    rates = tuple(
        size * (1 - sympy.exp(a * x / size)) + k * y + g for x, y, k, a, g, size in _mirrored("defence", "fatigue", "grievance", "economy")
    )
    return _race("economic brake", rates, (DEFENCE, FATIGUE, GRIEVANCE, economy), (HILL, RICHARDSON)).with_values(**values)


def saturating_reaction(**values: float) -> Model:
    """Richardson's race of two nations whose reaction fades as arms near a ceiling, while fatigue does not.

    ẋ = (k y + g) (1 − x/K) − a x, and the mirror.

    Parameters
    ----------
    **values : float
        ``defence_i`` k and ``fatigue_i`` a, ≥ 0 [1/yr], ``grievance_i`` g [arms/yr], ``ceiling_i`` K > 0 [arms], for i = x, y;
        defaults 0.5, 1, 0.5, 10. A bare name sets both.

    Returns
    -------
    Model
        States x and y ≥ 0 [arms].

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    K → ∞ is `linear`. Identical nations without grievance: disarmament is stable for k < a, and at k = a it hands over, in a
    transcritical point, to x* = K (1 − a/k). With g < 0 a path may reach 0, and leaves the domain there.

    References
    ----------
    .. [1] L. F. Richardson (1960), Arms and Insecurity (quoted from memory), for the race; the factor is that of logistic growth.

    Examples
    --------
    >>> saturating_reaction(defence=2, grievance=0).values["ceiling_x"]
    10.0
    """
    ceiling = Parameter("ceiling", "K", "ceiling on the reaction", "arms", lower=POSITIVE, default=10.0)
    rates = tuple((k * y + g) * (1 - x / top) - a * x for x, y, k, a, g, top in _mirrored("defence", "fatigue", "grievance", "ceiling"))
    return _race("saturating reaction", rates, (DEFENCE, FATIGUE, GRIEVANCE, ceiling), (RICHARDSON,)).with_values(**values)


def stock_adjustment(**values: float) -> Model:
    """Two nations that move their stocks towards what they want, a base and a share of the rival's stock.

    ẋ = λ (c + r y − x), and the mirror.

    Parameters
    ----------
    **values : float
        ``adjustment_i`` λ ≥ 0 [1/yr], ``reaction_i`` r ≥ 0, ``base_i`` c [arms], for i = x, y; defaults 1, 0.5, 0.5. A bare name sets
        both.

    Returns
    -------
    Model
        States x and y ≥ 0 [arms].

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    It is `linear` with fatigue λ, defence λ r and grievance λ c; so for λ > 0 stable exactly when r_x r_y < 1, at
    x* = (c_x + r_x c_y)/(1 − r_x r_y), however fast either adjusts. With c < 0 a path may reach 0, and leaves the domain there.

    References
    ----------
    .. [1] K. E. Boulding (1962), Conflict and Defense: A General Theory, Harper (quoted from memory).
    .. [2] M. D. Intriligator (1975), Strategic Considerations in the Richardson Model of Arms Races, Journal of Political Economy 83(2),
       339–353 (quoted from memory).

    Examples
    --------
    >>> stock_adjustment(reaction=0.8).values["reaction_y"]
    0.8
    """
    terms = (
        Parameter("adjustment", r"\lambda", "speed of adjustment", "1/yr", lower=0.0, default=1.0),
        Parameter("reaction", "r", "reaction to the rival", lower=0.0, default=0.5),
        Parameter("base", "c", "base stock", "arms", default=0.5),
    )
    rates = tuple(speed * (c + r * y - x) for x, y, speed, r, c in _mirrored("adjustment", "reaction", "base"))
    return _race("stock adjustment", rates, terms, (BOULDING, INTRILIGATOR)).with_values(**values)


def hostility(**values: float) -> Model:
    """Hostility that feeds on itself, and reaches infinity, war, in finite time.

    Ḣ = a H + b H².

    Parameters
    ----------
    **values : float
        ``growth`` a and ``acceleration`` b ≥ 0 [1/yr]; defaults 0.1.

    Returns
    -------
    Model
        State ``hostility`` H ≥ 0, on a scale without unit.

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    Reaches infinity at t* = ln(1 + a/(b H₀))/a, which `blow_up_time` computes; for a < 0 only from H₀ > −a/b.

    References
    ----------
    .. [1] D. A. Zinnes, R. G. Muncaster (1984), The Dynamics of Hostile Activity and the Prediction of War, Journal of Conflict
       Resolution 28(2), 187–229 (quoted from memory; the form is not verified).

    Examples
    --------
    >>> hostility(growth=-0.2).state_names
    ('hostility',)
    """
    state, growth, acceleration = (sympy.Symbol(name, real=True) for name in ("hostility", "growth", "acceleration"))
    terms = (
        Parameter("growth", "a", "growth of hostility", "1/yr", default=0.1),
        Parameter("acceleration", "b", "self-reinforcement of hostility", "1/yr", lower=0.0, default=0.1),
    )
    rate = growth * state + acceleration * state**2
    states = (State("hostility", "H", "hostility", lower=0.0),)
    return Model("hostility", states, terms, (rate,), (0.1, 0.1), references=(ZINNES,)).with_values(**values)


def _mirrored(*terms: str) -> Iterator[tuple[sympy.Symbol, ...]]:
    """Own arms, the rival's, and own terms, for x and then for y."""
    for own, rival in (PAIR, PAIR[::-1]):
        yield tuple(sympy.Symbol(name, real=True) for name in (own, rival, *(f"{term}_{own}" for term in terms)))


def _race(name: str, rates: tuple[sympy.Expr, ...], terms: tuple[Parameter, ...], references: tuple[str, ...]) -> Model:
    """The race of x and y, arms ≥ 0, with every term for each."""
    own = tuple(member for term in terms for member in each(term, PAIR))
    states = tuple(arms(nation, lower=0.0) for nation in PAIR)
    return Model(name, states, own, rates, tuple(member.default for member in own), references=references)
