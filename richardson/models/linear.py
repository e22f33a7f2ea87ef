"""Two nations: Richardson's race, its rivalry form, and submission."""

import sympy

from richardson.models.quantities import arms
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter

RICHARDSON = "L. F. Richardson (1960), Arms and Insecurity, Boxwood and Quadrangle (quoted from memory)"
CASPARY = "W. R. Caspary (1967), Richardson's Model of Arms Races, International Studies Quarterly 11(1), 63–88, note 1"


def linear(**values: float) -> Model:
    r"""Richardson's linear race of two nations.

    ẋ = k y − a x + g, ẏ = l x − b y + h: defence, fatigue and grievance.

    Parameters
    ----------
    **values : float
        ``defence_x`` k, ``defence_y`` l, ``fatigue_x`` a, ``fatigue_y`` b [1/yr], ``grievance_x`` g, ``grievance_y`` h [arms/yr];
        defaults 0.5, 1, 0.5. A bare name (``fatigue=0.8``) sets both.

    Returns
    -------
    Model
        States x and y [arms], unbounded: negative arms are cooperation.

    Raises
    ------
    UnknownNameError, OutOfBoundsError
        If a name is misspelt or a value not finite.

    Notes
    -----
    With D = ab − kl ≠ 0 it rests at x* = (kh + bg)/D, y* = (lg + ah)/D alone, which is negative for positive k, l, g, h where D < 0.
    Eigenvalues [−(a + b) ± √((a − b)² + 4kl)]/2: stable exactly when a + b > 0 and ab > kl, a saddle where ab < kl; real, so never a
    spiral in time, for kl ≥ 0. For k, l ≥ 0 and a, b > 0 the spiral number is R = √(kl/(ab)).

    References
    ----------
    .. [1] L. F. Richardson (1960), Arms and Insecurity (quoted from memory).

    Examples
    --------
    >>> linear(defence=0.9).values["defence_y"]
    0.9

    A model is taken apart, and changed into another, by its methods:

    >>> race = linear()
    >>> race.resolve("defence"), race.symbol("x"), race.expression("x - 2*y")
    (('defence_x', 'defence_y'), x, x - 2*y)
    >>> race.with_term("x", "-c*x*y", {"c": 0.1}).rates[0]
    -c*x*y + defence_x*y - fatigue_x*x + grievance_x
    >>> race.with_equation("y", "0").rates[1]
    0
    >>> print(race.to_latex())
    \begin{aligned}\dot{x} &= k y - a x + g \\ \dot{y} &= l x - b y + h\end{aligned}
    >>> print(race.jacobian_to_latex())
    \left[\begin{matrix}- a & k\\l & - b\end{matrix}\right]
    """
    x, y, k_x, k_y, a, b, g, h = _symbols("x y defence_x defence_y fatigue_x fatigue_y grievance_x grievance_y")
    rates = (k_x * y - a * x + g, k_y * x - b * y + h)
    return _race("linear", rates, _terms(), (RICHARDSON,)).with_values(**values)


def rivalry(**values: float) -> Model:
    """Richardson's race of two nations that react to the difference of arms.

    ẋ = k (y − x) − a x + g, and the mirror.

    Parameters
    ----------
    **values : float
        Names, units and defaults as `linear`.

    Returns
    -------
    Model
        States x and y [arms], unbounded.

    Notes
    -----
    Always stable for positive parameters. It is `linear` with fatigue a + k, so data cannot tell the two apart.

    References
    ----------
    .. [1] L. F. Richardson (1960), Arms and Insecurity, pp. 35–36, via W. R. Caspary (1967), note 1.

    Examples
    --------
    >>> from richardson.symbolic.conditions import spiral_number
    >>> spiral_number(rivalry())
    sqrt(defence_x*defence_y/((-defence_x - fatigue_x)*(-defence_y - fatigue_y)))
    """
    x, y, k_x, k_y, a, b, g, h = _symbols("x y defence_x defence_y fatigue_x fatigue_y grievance_x grievance_y")
    rates = (k_x * (y - x) - a * x + g, k_y * (x - y) - b * y + h)
    return _race("rivalry", rates, _terms(), (RICHARDSON, CASPARY)).with_values(**values)


def submissive(**values: float) -> Model:
    """Richardson's race in which the weaker side gives way.

    ẋ = k y [1 − σ (y − x)] − a x + g, and the mirror.

    Parameters
    ----------
    **values : float
        As `linear`, and ``submission`` σ [1/arms], default 0.5.

    Returns
    -------
    Model
        States x and y [arms], unbounded.

    Notes
    -----
    Symmetric: equilibrium g/(a − k); a pitchfork (one dominates, one submits) at σ* = (a² − k²)/(2kg).
    The form of the term is quoted from memory of Richardson's book, not verified.

    Examples
    --------
    >>> submissive(submission=0.1).values["submission"]
    0.1
    """
    x, y, k_x, k_y, a, b, g, h, s = _symbols("x y defence_x defence_y fatigue_x fatigue_y grievance_x grievance_y submission")
    rates = (k_x * y * (1 - s * (y - x)) - a * x + g, k_y * x * (1 - s * (x - y)) - b * y + h)
    terms = (*_terms(), Parameter("submission", r"\sigma", "submission", "1/arms", default=0.5))
    return _race("submissive", rates, terms, (RICHARDSON,)).with_values(**values)


def _race(name: str, rates: tuple[sympy.Expr, ...], terms: tuple[Parameter, ...], references: tuple[str, ...]) -> Model:
    numbers = tuple(term.default for term in terms)
    return Model(name, (arms("x"), arms("y")), terms, rates, numbers, references=references)


def _terms() -> tuple[Parameter, ...]:
    rows = (
        ("defence", ("k", "l"), "defence coefficient", "1/yr", 0.5),
        ("fatigue", ("a", "b"), "fatigue", "1/yr", 1.0),
        ("grievance", ("g", "h"), "grievance", "arms/yr", 0.5),
    )
    return tuple(
        Parameter(f"{what}_{nation}", letter, f"{meaning} of {nation}", unit, default=default)
        for what, both, meaning, unit, default in rows
        for nation, letter in zip("xy", both, strict=True)
    )


def _symbols(names: str) -> tuple[sympy.Symbol, ...]:
    return tuple(sympy.Symbol(name, real=True) for name in names.split())
