"""How an equilibrium of the fear model answers small changes: of arming, of technology, of what nations feel."""

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.symbolic.conditions import spiral_number_of
from richardson.theory.flagship import Flagship

MATERIAL = ("balance", "terrain", "distinguishability", "defensive_share")
PSYCHOLOGICAL = ("alarm", "threshold", "reassurance")
REGULATORS = (*MATERIAL, *PSYCHOLOGICAL)
PARALLEL = 1e-9  # of left and right Perron vectors: below it R has no derivative that can be known


def security_gains(race: Flagship, arms: FloatArray) -> FloatArray:
    """dSᵢ/dgᵢ of each nation [yr], shape (N,): what its security gains where it alone arms more by its own will.

    Security is S = (I − O) x, own arms less what of the others' could strike; dS/dg = (I − O)(−J⁻¹), J of instant fear [1/yr].
    """
    jacobian = Field.of(race.instant).jacobian(0.0, arms)
    gains = (np.eye(race.size) - race.offence) @ np.linalg.inv(-jacobian)
    return np.ascontiguousarray(np.diagonal(gains))


def reactions(race: Flagship, arms: FloatArray) -> FloatArray:
    """P, shape (N, N) [1/yr]: how each nation's arming answers the others' arms, zero on the diagonal."""
    jacobian = Field.of(race.instant).jacobian(0.0, arms)
    return np.asarray(np.where(np.eye(race.size, dtype=bool), 0.0, jacobian))


def semi_elasticities(race: Flagship, arms: FloatArray) -> dict[str, float] | None:
    """Total d ln R/dp of each regulator, all its members moved as one, in 1/unit of p; None where R is undefined or zero.

    Notes
    -----
    dR/dp = uᵀ(dM/dp)v/(uᵀv), with u and v the Perron vectors of M = D⁻¹P, along the equilibrium as it moves, dx/dp = −J⁻¹ ∂F/∂p: exact
    derivatives throughout. They diverge at a fold.
    """
    field = Field.of(race.instant)
    jacobian = field.jacobian(0.0, arms)
    number = spiral_number_of(jacobian)
    perron = _perron(jacobian) if number else None
    if not number or perron is None:
        return None
    names = [name for name in REGULATORS if race.instant.resolve(name)]
    moved = np.linalg.solve(jacobian, -field.parameter_derivatives(arms, names))
    change = field.mixed_derivatives(arms, names) + field.second_derivatives(arms) @ moved
    own = -np.diagonal(jacobian)[:, np.newaxis]
    left, right = perron
    found = {}
    for place, name in enumerate(names):
        slope = change[:, :, place]
        ratio = slope / own + jacobian * np.diagonal(slope)[:, np.newaxis] / own**2  # of M = P/D, with D the negated diagonal
        np.fill_diagonal(ratio, 0.0)
        found[name] = float(left @ ratio @ right / (left @ right) / number)
    return found


def _perron(jacobian: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Left and right vectors (N,) of the largest eigenvalue of D⁻¹P; None where it is not simple."""
    matrix = jacobian / -np.diagonal(jacobian)[:, np.newaxis]
    np.fill_diagonal(matrix, 0.0)
    sides = []
    for one in (matrix.T, matrix):
        values, vectors = np.linalg.eig(one)
        sides.append(np.abs(vectors[:, int(np.argmax(values.real))]))
    left, right = sides
    return (left, right) if left @ right > PARALLEL else None
