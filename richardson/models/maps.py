"""Races in yearly steps."""

import sympy

from richardson.models.quantities import each
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter, State

SAPERSTEIN = "A. M. Saperstein (1984), Chaos — a model for the outbreak of war, Nature 309, 303–305 (abstract seen)"


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
    With a = b and x = y it is the logistic map with r = 4a. Its Lyapunov exponent is ln 2 a step at a = b = 1.

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
