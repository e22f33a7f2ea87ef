"""How an equilibrium of the fear model answers small changes: of arming, of technology, of what nations feel."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.symbolic.conditions import spiral_number_of
from richardson.theory.flagship import Flagship

MATERIAL = ("balance", "terrain", "distinguishability", "defensive_share")
PSYCHOLOGICAL = ("alarm", "threshold", "reassurance")
REGULATORS = (*MATERIAL, *PSYCHOLOGICAL)
STEP = 1e-60j  # of a regulator: its square is nothing beside any number here
PARALLEL = 1e-9  # of left and right Perron vectors: below it R has no derivative that can be known

ComplexArray: TypeAlias = np.ndarray[Any, np.dtype[np.complex128]]
Values: TypeAlias = Any  # real or complex arrays


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
    dR/dp = uᵀ(dM/dp)v/(uᵀv), with u and v the Perron vectors of M = D⁻¹P, along the equilibrium as it moves, dx/dp = −J⁻¹ ∂F/∂p. Both
    derivatives are imaginary parts after an imaginary step, which is so small that they are exact to rounding. They diverge at a fold.
    """
    jacobian = _rates_and_jacobian(race, arms, {})[1].real
    number = spiral_number_of(jacobian)
    perron = _perron(jacobian) if number else None
    if not number or perron is None:
        return None
    left, right = perron
    found = {}
    for name in REGULATORS:
        pushed = _rates_and_jacobian(race, arms, {name: STEP})[0].imag
        moved = np.linalg.solve(jacobian, -pushed)  # imaginary steps of the arms
        changed = _rates_and_jacobian(race, arms + 1j * moved, {name: STEP})[1]
        slope = _reaction_ratios(changed).imag / STEP.imag
        found[name] = float(left @ slope @ right / (left @ right) / number)
    return found


def _rates_and_jacobian(race: Flagship, arms: Values, steps: Mapping[str, complex]) -> tuple[ComplexArray, ComplexArray]:
    """Rates (N,) and Jacobian (N, N) of instant fear at arms (N,), regulators moved by complex steps."""
    of = {name: values + steps.get(name, 0.0) for name, values in race.numbers.items()}
    stronger = np.exp(steps.get("balance", 0.0) - steps.get("terrain", 0.0))
    told = race.model.values["distinguishability"] + steps.get("distinguishability", 0.0)
    weights = stronger * race.offence * (1.0 - told * of["defensive_share"])
    fear = weights @ arms - of["reassurance"] * arms
    power = (np.where(fear.real > 0.0, fear, 0.0) / of["threshold"]) ** of["steepness"]
    alarm = 1.0 - 1.0 / (1.0 + power)
    rivals, wear = arms.sum() - arms, of["fatigue"] * of["strain"] * arms
    rates = of["defence"] * fear * (1.0 + of["alarm"] * alarm) + of["grievance"]
    rates = rates + of["ambition"] * (of["target"] * rivals - arms) - (of["fatigue"] + wear) * arms
    gain = of["defence"] * (1.0 + of["alarm"] * alarm * (1.0 + of["steepness"] * (1.0 - alarm)))
    jacobian = gain[:, np.newaxis] * weights + (of["ambition"] * of["target"])[:, np.newaxis]
    np.fill_diagonal(jacobian, -gain * of["reassurance"] - of["ambition"] - of["fatigue"] - 2.0 * wear)
    return np.asarray(rates, dtype=np.complex128), np.asarray(jacobian, dtype=np.complex128)


def _reaction_ratios(jacobian: Values) -> Values:
    """M = D⁻¹P, with D the negated diagonal of a Jacobian and P the rest of it."""
    ratios = jacobian / -np.diagonal(jacobian)[:, np.newaxis]
    np.fill_diagonal(ratios, 0.0)
    return ratios


def _perron(jacobian: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Left and right vectors (N,) of the largest eigenvalue of D⁻¹P; None where it is not simple."""
    matrix = _reaction_ratios(jacobian)
    sides = []
    for one in (matrix.T, matrix):
        values, vectors = np.linalg.eig(one)
        sides.append(np.abs(vectors[:, int(np.argmax(values.real))]))
    left, right = sides
    return (left, right) if left @ right > PARALLEL else None
