"""Friends and enemies: how tension between blocs grows and saturates."""

import sympy

from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter, State

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
