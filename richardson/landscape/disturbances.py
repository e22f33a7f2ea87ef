"""What small disturbances of an equilibrium do: how they grow at first, die out, and spread under noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import numpy as np
from scipy.linalg import expm, solve_continuous_lyapunov, solve_discrete_lyapunov
from scipy.optimize import minimize_scalar

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

MOMENTS = 400  # at which growth is looked at, before the largest is refined
SHORTEST, LONGEST = 1e-2, 40.0  # of the fastest rate's time, of the slowest one's: between these the moments lie
STEPS = 10_000  # of a map
EVEN = 1e-12  # a growth no larger is none


@dataclass(frozen=True)
class Growth:
    """Transient growth of disturbances.

    Attributes
    ----------
    reactivity : float
        Fastest growth rate of a disturbance's size at its first moment, in 1/yr; of a map ln ‖J‖, a step.
    amplification : float
        Largest factor by which a disturbance's size ever exceeds its first one; 1 where none grows.
    time : float
        When it does, in years (of a map, steps); 0 where none grows.
    """

    reactivity: float
    amplification: float
    time: float


def growth_of(jacobian: FloatArray, *, is_map: bool) -> Growth:
    """Transient growth at a stable equilibrium [1]_.

    Parameters
    ----------
    jacobian : FloatArray
        Shape (d, d), in coordinates in which the Euclidean length is the size.
    is_map : bool

    References
    ----------
    .. [1] M. G. Neubert, H. Caswell (1997), Alternatives to resilience for measuring the responses of ecological systems to
       perturbations, Ecology 78(3), 653–665 (quoted from memory).
    """
    if is_map:
        return _growth_of_map(jacobian)
    reactivity = float(np.linalg.eigvalsh(0.5 * (jacobian + jacobian.T)).max())
    rates = np.abs(np.linalg.eigvals(jacobian).real)
    size = float(np.linalg.norm(jacobian, 2))
    if reactivity <= EVEN * size:
        return Growth(reactivity, 1.0, 0.0)
    moments = np.geomspace(SHORTEST / size, LONGEST / rates.min(), MOMENTS)
    factors = np.linalg.norm(expm(moments[:, None, None] * jacobian), 2, axis=(1, 2))
    place = int(np.argmax(factors))
    sides = moments[max(place - 1, 0)], moments[min(place + 1, MOMENTS - 1)]
    best = minimize_scalar(
        lambda moment: -float(np.linalg.norm(expm(moment * jacobian), 2)),
        bounds=(float(sides[0]), float(sides[1])),
        method="bounded",
        options={"xatol": 1e-10 * float(sides[1])},
    )
    return Growth(reactivity, float(-best.fun), float(best.x))


def _growth_of_map(jacobian: FloatArray) -> Growth:
    first = float(np.linalg.norm(jacobian, 2))
    reactivity = log(first) if first > 0.0 else -np.inf
    best, when, power = 1.0, 0, np.eye(len(jacobian))
    for step in range(1, STEPS + 1):
        power = power @ jacobian
        size = float(np.linalg.norm(power, 2))
        if size > best * (1.0 + EVEN):
            best, when = size, step
        if float(np.linalg.norm(power)) < 0.5:  # from here on every power is a product of this with an earlier one, and smaller
            break
    return Growth(reactivity, best, float(when))


def noise_of(model: Model, noise: Mapping[str, float] | None) -> FloatArray:
    """Intensity of the noise on each state, shape (d,): 1 on all of them by default, else 0 on those not named.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If a name is no state, an intensity no number ≥ 0, or all are 0.
    """
    if noise is None:
        return np.ones(len(model.states))
    intensity = np.zeros(len(model.states))
    for name, value in noise.items():
        position = state_position(model, name)
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0.0 <= float(value) < np.inf:
            raise InvalidInputError(f"The noise on '{name}' is an intensity, a number of 0 or more; got {value!r}.")
        intensity[position] = float(value)
    if not intensity.any():
        raise InvalidInputError("Noise of 0 on every state tells nothing. Give at least one state an intensity above 0.")
    return intensity


def covariance_of(jacobian: FloatArray, noise: FloatArray, *, is_map: bool) -> FloatArray:
    """Stationary covariance P (d, d) around a stable equilibrium: J P + P Jᵀ + Σ Σᵀ = 0, of a map P = J P Jᵀ + Σ Σᵀ.

    Parameters
    ----------
    jacobian : FloatArray
        Shape (d, d), in 1/yr.
    noise : FloatArray
        Shape (d,): the diagonal of Σ, in the states' units per √yr (of a map, per step).
    """
    forcing = np.diag(noise**2)
    solve = solve_discrete_lyapunov if is_map else solve_continuous_lyapunov
    covariance = np.asarray(solve(jacobian, forcing if is_map else -forcing), dtype=np.float64)
    return np.ascontiguousarray(0.5 * (covariance + covariance.T))


def autocorrelation_of(jacobian: FloatArray, covariance: FloatArray, lag: float, *, is_map: bool) -> FloatArray:
    """Correlation of each state with itself a lag later, shape (d,); NaN where a state does not vary.

    Parameters
    ----------
    jacobian, covariance : FloatArray
        Shape (d, d).
    lag : float
        In years; of a map, a whole number of steps.
    """
    later = np.linalg.matrix_power(jacobian, int(lag)) if is_map else expm(lag * jacobian)
    variance = np.diag(covariance)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(variance > 0.0, np.diag(later @ covariance) / variance, np.nan))
