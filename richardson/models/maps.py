"""Races in yearly steps."""

from math import inf

import sympy

from richardson.models.quantities import arms, each
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter, State

PAIR = ("x", "y")
SAPERSTEIN = "A. M. Saperstein (1984), Chaos — a model for the outbreak of war, Nature 309, 303–305 (abstract seen)"
GROSSMANN = "S. Grossmann, G. Mayer-Kress (1989), Chaos in the international arms race, Nature 337, 701–704 (quoted from memory)"


def saperstein(**values: float) -> Model:
    """Saperstein's race in yearly steps, which can be chaotic.

    x' = 4 a y (1 − y), y' = 4 b x (1 − x): the share that a nation devotes to arms answers the rival's of the year before.

    Parameters
    ----------
    **values : float
        ``reaction_x`` a, ``reaction_y`` b, in [0, 1]; defaults 0.7. A bare ``reaction`` sets both.

    Returns
    -------
    Model
        A map. States x and y, shares in [0, 1].

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    With a = b and x = y it is the logistic map with r = 4a. Disarmament attracts up to a = 1/4; then x = y = 1 − 1/(4a), with the
    multipliers ±(2 − 4a), up to a = 3/4. There it doubles its period, again at (1 + √6)/4 = 0.86237…, and it is chaotic from
    a = 0.8924864 on, windows of periodic orbits apart. Its Lyapunov exponent is −0.22314 a step at a = 0.7, −0.91629 at 0.8, 0.1833
    at 0.9 and ln 2 at 1.

    References
    ----------
    .. [1] A. M. Saperstein (1984), Chaos — a model for the outbreak of war, Nature 309, 303–305 (abstract seen).

    Examples
    --------
    >>> saperstein(reaction=0.5).kind
    'map'
    """
    x, y, a, b = (sympy.Symbol(name, real=True) for name in ("x", "y", "reaction_x", "reaction_y"))
    states = tuple(State(name, name, f"arms of {name}, as a share", "1", lower=0.0, upper=1.0) for name in ("x", "y"))
    terms = tuple(each(Parameter("reaction", "a", "reaction", "1", lower=0.0, upper=1.0, default=0.7), ("x", "y")))
    rates = (4 * a * y * (1 - y), 4 * b * x * (1 - x))
    return Model("saperstein", states, terms, rates, (0.7, 0.7), "map", (SAPERSTEIN,)).with_values(**values)


def grossman_mayer_kress(**values: float) -> Model:
    """Race in yearly steps towards what each nation's economy can bear, which can be chaotic.

    x' = x + (X − x) [k₁₁ (x_s − x) + k₁₂ y], and the mirror.

    Parameters
    ----------
    **values : float
        ``fatigue_i`` k₁₁ and ``defence_i`` k₁₂, ≥ 0 [1/arms, a step], ``target_i`` x_s, what i would keep without a rival, and
        ``ceiling_i`` X > 0 [arms], for i = x, y; defaults 0.1, 0.05, 0.5, 10. A bare name sets both.

    Returns
    -------
    Model
        A map. States x and y ≥ 0 [arms].

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value out of bounds.

    Notes
    -----
    It is what forward Euler makes of `carrying_capacity` with step s: k₁₁ = s a/X, k₁₂ = s k/X, x_s = g/a; so what it shows beyond
    that flow is the work of the step. The corner (X, Y) has the multipliers 1 − k₁₁ (x_s − X) − k₁₂ Y and the mirror. A large
    step may jump over the ceiling, which is no bound of the states; one below 0 leaves the domain.

    References
    ----------
    .. [1] S. Grossmann, G. Mayer-Kress (1989), Chaos in the international arms race, Nature 337, 701–704 (quoted from memory; the
       form is not verified).

    Examples
    --------
    >>> grossman_mayer_kress(ceiling=5).kind
    'map'
    """
    rows = (
        ("fatigue", ("k_{11}", "k_{22}"), "return to the target", "1/arms", 0.0, 0.1),
        ("defence", ("k_{12}", "k_{21}"), "reaction to the rival", "1/arms", 0.0, 0.05),
        ("target", ("x_s", "y_s"), "target arms", "arms", -inf, 0.5),
        ("ceiling", ("X", "Y"), "ceiling on the arms", "arms", POSITIVE, 10.0),
    )
    terms = tuple(
        Parameter(f"{what}_{nation}", letter, f"{meaning} of {nation}", unit, lower=lower, default=default)
        for what, letters, meaning, unit, lower, default in rows
        for nation, letter in zip(PAIR, letters, strict=True)
    )
    states = tuple(arms(name, lower=0.0) for name in PAIR)
    rates = []
    for mine, rival in (PAIR, PAIR[::-1]):
        x, y, fatigue, defence, target, ceiling = (
            sympy.Symbol(name, real=True) for name in (mine, rival, *(f"{what}_{mine}" for what, *_ in rows))
        )
        rates.append(x + (ceiling - x) * (fatigue * (target - x) + defence * y))
    numbers = tuple(term.default for term in terms)
    return Model("grossman mayer-kress", states, terms, tuple(rates), numbers, "map", (GROSSMANN,)).with_values(**values)
