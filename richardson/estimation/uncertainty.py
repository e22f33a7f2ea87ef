"""What follows from a fitted linear system, and how uncertain it is: draws from the normal approximation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.estimation.information import Maximum
from richardson.symbolic.conditions import spiral_numbers_of

DRAWS = 10_000  # percentiles then carry a sampling error of about a fiftieth of a standard error
DERIVATIVE_STEP = 1e-4  # in standard errors

Quantities = Callable[[FloatArray], dict[str, FloatArray]]


@dataclass(frozen=True)
class EstimateRow:
    """One estimated number.

    Attributes
    ----------
    name : str
    value : float
        NaN where it is not defined at the estimate.
    standard_error : float
        NaN for a parameter at its bound, and where the value is not defined.
    lower, upper : float
        Interval at the estimate's level; NaN for a parameter at its bound.
    at_bound : bool
        Whether the estimate lies at a bound: the bound then decided it, not the data. Of what is derived, whether it
        rests on such a parameter: its interval then leaves out that parameter's uncertainty.
    identifiable : bool
        Whether the series alone tell it; False where it rests on values taken as known.
    undefined_share : float
        Share of the draws in which it is not defined; the interval is of the others.
    """

    name: str
    value: float
    standard_error: float
    lower: float
    upper: float
    at_bound: bool = False
    identifiable: bool = True
    undefined_share: float = 0.0

    def __repr__(self) -> str:
        """Value, standard error and interval in one line."""
        notes = [
            "decided by a bound" if self.at_bound else "",
            "" if self.identifiable else "rests on values taken as known",
            f"undefined in {self.undefined_share:.1%} of the draws" if self.undefined_share else "",
        ]
        said = "".join(f", {note}" for note in notes if note)
        return f"<{self.name} {self.value:.4g} ± {self.standard_error:.2g}, [{self.lower:.4g}, {self.upper:.4g}]{said}>"


def derived_quantities(systems: FloatArray, names: tuple[str, ...], followers: BoolArray) -> dict[str, FloatArray]:
    """What follows from each of N linear systems.

    Parameters
    ----------
    systems : ndarray, shape (N, n, n + 1)
        Columns of A, then c.
    names : tuple of str
        States.
    followers : ndarray of bool, shape (n,)

    Returns
    -------
    dict of str to ndarray, shape (N,)
        ``"spiral_number"`` R, NaN where not defined; ``"critical_balance_change"`` −ln R, NaN there and for R = 0;
        ``"max_real_eigenvalue"`` [1/yr]; ``"equilibrium x"`` for every state.
    """
    matrices, constants = systems[:, :, :-1], systems[:, :, -1]
    spirals = spiral_numbers_of(matrices, followers)
    changes = -np.log(np.where(spirals > 0, spirals, np.nan))  # no balance can tip what nothing couples
    leading = np.linalg.eigvals(matrices).real.max(axis=1)
    equilibria = _equilibria(matrices, constants)
    return {
        "spiral_number": spirals,
        "critical_balance_change": changes,
        "max_real_eigenvalue": leading,
        **{f"equilibrium {name}": equilibria[:, place] for place, name in enumerate(names)},
    }


def _equilibria(matrices: FloatArray, constants: FloatArray) -> FloatArray:
    """−A⁻¹c, NaN where A is singular, shape (N, n)."""
    regular = np.linalg.det(matrices) != 0
    equilibria = np.full(constants.shape, np.nan)
    equilibria[regular] = np.linalg.solve(matrices[regular], -constants[regular][:, :, None])[:, :, 0]
    return equilibria


def normal_draws(free: FloatArray, covariance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draws from N(θ̂, V), shape (DRAWS, k); parameters without variance stay."""
    errors = np.sqrt(np.diag(covariance))
    scale = np.where(errors > 0, errors, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    half = vectors * np.sqrt(np.maximum(values, 0.0))
    draws: FloatArray = free + (rng.standard_normal((DRAWS, free.size)) @ half.T) * errors
    return draws


def derived_rows(quantities: Quantities, best: Maximum, drawn: dict[str, FloatArray], level: float) -> dict[str, EstimateRow]:
    """Rows of everything derived: percentiles of draws, standard errors by linearisation.

    Parameters
    ----------
    quantities : callable
        From free parameters (N, k) to named arrays (N,).
    best : Maximum
        The estimate; parameters at a bound do not move in the draws, which every row then says.
    drawn : dict of str to ndarray
        The quantities at the draws.
    level : float
        Of the interval, for example 0.95.
    """
    here = quantities(best.free[None])
    errors = _linearised_errors(quantities, best.free, best.covariance)
    is_held = bool(best.is_at_bound.any())
    rows = {}
    for name, draws in drawn.items():
        defined = draws[~np.isnan(draws)]
        tail = 100 * (1 - level) / 2
        lower, upper = np.percentile(defined, [tail, 100 - tail]) if defined.size else (np.nan, np.nan)
        rows[name] = EstimateRow(
            name,
            float(here[name][0]),
            errors[name],
            float(lower),
            float(upper),
            at_bound=is_held,
            undefined_share=1 - defined.size / draws.size,
        )
    return rows


def _linearised_errors(quantities: Quantities, free: FloatArray, covariance: FloatArray) -> dict[str, float]:
    """√(∇qᵀ V ∇q) with central differences; not by draws, since ratios of normals have no variance."""
    errors = np.sqrt(np.diag(covariance))
    moving = np.flatnonzero(errors > 0)
    if moving.size == 0:
        return dict.fromkeys(quantities(free[None]), 0.0)
    steps = DERIVATIVE_STEP * errors[moving]
    ahead, behind = np.tile(free, (moving.size, 1)), np.tile(free, (moving.size, 1))
    ahead[np.arange(moving.size), moving] += steps
    behind[np.arange(moving.size), moving] -= steps
    above, below = quantities(ahead), quantities(behind)
    part = covariance[np.ix_(moving, moving)]
    found = {}
    for name in above:
        gradient = (above[name] - below[name]) / (2 * steps)
        found[name] = float(np.sqrt(np.maximum(gradient @ part @ gradient, 0.0)))
    return found
