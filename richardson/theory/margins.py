"""How an equilibrium of the fear model answers small changes: of arming, of technology, of what nations feel."""

from dataclasses import replace
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
    jacobian = _jacobian(race, arms)
    number = spiral_number_of(jacobian)
    perron = _perron(jacobian) if number else None
    if not number or perron is None:
        return None
    left, right = perron
    found = {}
    for name in REGULATORS:
        pushed = _with_step(race, name)
        moved = np.linalg.solve(jacobian, -_rates(pushed, arms).imag)  # imaginary steps of the arms
        slope = _reaction_ratios(_jacobian(pushed, arms + 1j * moved)).imag / STEP.imag
        found[name] = float(left @ slope @ right / (left @ right) / number)
    return found


def _with_step(race: Flagship, name: str) -> Flagship:
    """The race with a regulator moved by a complex step, and with it what is read off it."""
    numbers: Values = race.numbers | ({name: race.numbers[name] + STEP} if name in race.numbers else {})
    told = race.model.values["distinguishability"] + (STEP if name == "distinguishability" else 0.0)
    offence: Values = race.offence * np.exp({"balance": STEP, "terrain": -STEP}.get(name, 0.0))
    return replace(race, offence=offence, seen=1.0 - told * numbers["defensive_share"], numbers=numbers)


def _rates(race: Flagship, arms: Values) -> Values:
    """Rates (N,) of instant fear at arms (N,) [arms/yr]."""
    terms = race.terms(arms)
    return terms.fear + terms.grievance + terms.ambition - terms.wear * arms


def _jacobian(race: Flagship, arms: Values) -> Values:
    """Derivatives (N, N) of those rates in the arms [1/yr]."""
    of, fear = race.numbers, race.threat(arms)
    power = (np.maximum(fear, 0.0) / of["threshold"]) ** of["steepness"]
    alarm = 1.0 - 1.0 / (1.0 + power)
    gain = of["defence"] * (1.0 + of["alarm"] * alarm * (1.0 + of["steepness"] * (1.0 - alarm)))
    jacobian = gain[:, np.newaxis] * race.offence * race.seen + (of["ambition"] * of["target"])[:, np.newaxis]
    wear = of["fatigue"] * (1.0 + 2.0 * of["strain"] * arms)
    np.fill_diagonal(jacobian, -gain * of["reassurance"] - of["ambition"] - wear)
    return jacobian


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
