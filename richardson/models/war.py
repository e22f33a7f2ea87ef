"""War itself: attrition after Lanchester, and missiles after Intriligator and Brito."""

import sympy

from richardson.models.quantities import arms, each, indexed
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter, State

PAIR = ("x", "y")
LANCHESTER = "F. W. Lanchester (1916), Aircraft in Warfare: The Dawn of the Fourth Arm, Constable (quoted from memory)"
INTRILIGATOR = (
    "M. D. Intriligator, D. L. Brito (1984), Can Arms Races Lead to the Outbreak of War?, Journal of Conflict Resolution 28(1), 63–84 "
    "(quoted from memory)"
)


def lanchester_square(**values: float) -> Model:
    """Attrition by aimed fire: each side loses in proportion to the other's numbers.

    ẋ = −b y, ẏ = −a x.

    Parameters
    ----------
    **values : float
        ``effectiveness_x`` a, of the fire of x on y, and ``effectiveness_y`` b, of y on x, ≥ 0 [1/yr]; defaults 0.01. A bare name sets
        both.

    Returns
    -------
    Model
        States x and y ≥ 0 [arms]; a run ends where a side reaches 0, as ``LEFT_DOMAIN``.

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    a x² − b y² never changes: the square law. x wins exactly if a x₀² > b y₀²; then √(x₀² − (b/a) y₀²) of its own are left after
    artanh(√(b/a) y₀/x₀)/√(ab) years, and the mirror for y; at a x₀² = b y₀² both fade and neither ends. `battle_end` gives the winner,
    the survivors and the time. A run leaves the domain, and ends, where a side reaches 0.

    References
    ----------
    .. [1] F. W. Lanchester (1916), Aircraft in Warfare: The Dawn of the Fourth Arm, Constable (quoted from memory).

    Examples
    --------
    >>> lanchester_square(effectiveness=0.02).values["effectiveness_y"]
    0.02
    """
    x, y, own, other = _battle()
    return _attrition("lanchester square", (-other * y, -own * x), "1/yr", 0.01).with_values(**values)


def lanchester_linear(**values: float) -> Model:
    """Attrition by fire at an area: losses in proportion to the numbers of both.

    ẋ = −b x y, ẏ = −a x y.

    Parameters
    ----------
    **values : float
        ``effectiveness_x`` a, of the fire of x on y, and ``effectiveness_y`` b, of y on x, ≥ 0 [1/(arms yr)]; defaults 0.01. A bare name
        sets both.

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
    a x − b y never changes: the linear law. x wins exactly if a x₀ > b y₀, with x₀ − (b/a) y₀ left. The loser nears 0 and never reaches
    it; `battle_end` gives the winner and the survivors.

    References
    ----------
    .. [1] F. W. Lanchester (1916), Aircraft in Warfare: The Dawn of the Fourth Arm, Constable (quoted from memory).

    Examples
    --------
    >>> lanchester_linear().parameters[0].unit
    '1/arms/yr'
    """
    x, y, own, other = _battle()
    return _attrition("lanchester linear", (-other * x * y, -own * x * y), "1/arms/yr", 0.01).with_values(**values)


def missile_war(**values: float) -> Model:
    """Missile war of two nations, each firing partly at the other's missiles and partly at its cities.

    Ṁ_x = −α_x M_x − α'_y α_y M_y f_y and Ċ_x = (1 − α'_y) α_y M_y v_y, and the mirror.

    Parameters
    ----------
    **values : float
        ``fire_rate_i`` α ≥ 0 [1/yr], ``counterforce_i`` α' in [0, 1], ``missiles_destroyed_i`` f ≥ 0, by each missile of i,
        ``casualties_per_missile_i`` v ≥ 0 [people/arms], for i = x, y; defaults 1, 0.5, 0.5, 0.05. A bare name sets both.

    Returns
    -------
    Model
        States ``missiles_x``, ``missiles_y`` [arms], ``casualties_x``, ``casualties_y`` [people], all ≥ 0; a run ends where a side has
        no missiles left, as ``LEFT_DOMAIN``.

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    Where casualties C_x and C_y are what the sides would put up with, and neither could bear what the other's missiles would do that
    survive a first strike, both are deterred: M_y ≥ f_x M_x + C_x/v_y and M_x ≥ f_y M_y + C_y/v_x. Stocks that do both exist exactly
    for f_x f_y < 1: the cone above M_x = (C_y/v_x + f_y C_x/v_y)/(1 − f_x f_y), M_y = (C_x/v_y + f_x C_y/v_x)/(1 − f_x f_y), which
    `deterrence_cone` computes. The missiles follow linear equations, and the war is their matrix exponential.

    A run leaves the domain, and ends, where a side has no missiles left. The unit of casualties, people, may be millions; fire rates
    and targeting that change in time are driven, ``with_drive(fire_rate_x="2*exp(-t)")``.

    References
    ----------
    .. [1] M. D. Intriligator, D. L. Brito (1984), Can Arms Races Lead to the Outbreak of War?, Journal of Conflict Resolution 28(1), 63–84
       (quoted from memory; the form is not verified).

    Examples
    --------
    >>> missile_war(counterforce=0).state_names
    ('missiles_x', 'missiles_y', 'casualties_x', 'casualties_y')
    """
    terms = (
        Parameter("fire_rate", r"\alpha", "fire rate", "1/yr", lower=0.0, default=1.0),
        Parameter("counterforce", r"\alpha'", "share of fire at missiles", lower=0.0, upper=1.0, default=0.5),
        Parameter("missiles_destroyed", "f", "missiles destroyed by a missile", lower=0.0, default=0.5),
        Parameter("casualties_per_missile", "v", "casualties by a missile", "people/arms", lower=0.0, default=0.05),
    )
    own = tuple(member for term in terms for member in each(term, PAIR))
    missiles, casualties = [], []
    for nation, rival in (PAIR, PAIR[::-1]):
        stock, fired = _symbol("missiles", nation), _symbol("fire_rate", rival) * _symbol("missiles", rival)
        aimed, destroyed = _symbol("counterforce", rival), _symbol("missiles_destroyed", rival)
        missiles.append(-_symbol("fire_rate", nation) * stock - aimed * fired * destroyed)
        casualties.append((1 - aimed) * fired * _symbol("casualties_per_missile", rival))
    states = (*_states("missiles", "M", "arms"), *_states("casualties", "C", "people"))
    numbers = tuple(member.default for member in own)
    return Model("missile war", states, own, (*missiles, *casualties), numbers, references=(INTRILIGATOR,)).with_values(**values)


def _states(what: str, letter: str, unit: str) -> tuple[State, ...]:
    return tuple(State(f"{what}_{i}", indexed(letter, i), f"{what} of {i}", unit, lower=0.0) for i in PAIR)


def _symbol(what: str, nation: str) -> sympy.Symbol:
    return sympy.Symbol(f"{what}_{nation}", real=True)


def _battle() -> tuple[sympy.Symbol, ...]:
    """Both sides, the effectiveness of x, and that of y."""
    return (*(sympy.Symbol(nation, real=True) for nation in PAIR), *(_symbol("effectiveness", nation) for nation in PAIR))


def _attrition(name: str, rates: tuple[sympy.Expr, ...], unit: str, default: float) -> Model:
    terms = tuple(
        Parameter(f"effectiveness_{nation}", letter, f"effectiveness of the fire of {nation}", unit, lower=0.0, default=default)
        for nation, letter in zip(PAIR, "ab", strict=True)
    )
    states = tuple(arms(nation, lower=0.0) for nation in PAIR)
    return Model(name, states, terms, rates, (default, default), references=(LANCHESTER,))
