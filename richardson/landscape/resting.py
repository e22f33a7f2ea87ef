"""Where an orbit has come to rest, and the exponents of that equilibrium."""

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.landscape.growth import Growth
from richardson.provenance import Provenance
from richardson.stability.equilibria import Equilibrium, equilibrium_at
from richardson.stability.newton import polished
from richardson.stability.rest import RestEquations
from richardson.stability.spectrum import spectrum

NEAR = 1e-6  # of the states' size: an orbit so close to a stable equilibrium, and no farther than before, will end there
AT = 1e-9  # of the states' size: an orbit that keeps so close to an unstable one throughout lies on it
WIDTH = 1e-2  # of the states' size: half the box in which Newton's steps look for it
FINEST = 16.0  # spacings of floating-point numbers: no such box is narrower


def resting_place(field: Field, found: Growth, provenance: Provenance) -> Equilibrium | None:
    """The equilibrium at which the orbit has come to rest; None if it moves.

    A stable one, which it has come close to and does not leave; or any that it did not leave throughout.
    """
    if not field.model.is_autonomous or (field.model.kind == "map" and _is_caught(found)):
        return None
    place = equilibrium_beside(field, found.states[-1], found.scale, provenance)
    if place is None:
        return None
    distances = _distances(found.states, place.state, found.scale)
    if place.is_stable:
        return place if distances[-1] <= max(distances[len(distances) // 2], AT) else None
    return place if distances.max() <= AT else None


def equilibrium_beside(field: Field, state: FloatArray, scale: FloatArray, provenance: Provenance) -> Equilibrium | None:
    """The equilibrium within a millionth of ``scale`` (d,) from a state (d,), if there is one."""
    room = np.maximum(WIDTH * scale, FINEST * np.spacing(np.abs(state)))  # an orbit may have grown far beyond its scale
    equations = RestEquations.of(field.model, state - room, state + room)
    point = polished(equations, state)
    if not (np.isfinite(point).all() and _distances(state[None, :], point, scale)[0] <= NEAR and equations.is_zero(point)):
        return None
    return equilibrium_at(equations, point, None, provenance)


def exponents_at(place: Equilibrium) -> tuple[FloatArray, FloatArray]:
    """Lyapunov exponents (d,) of an equilibrium, the largest first, and bounds of their errors (d,)."""
    known = spectrum(place.model, place)
    values, errors = known.eigenvalues.real, known.errors
    if place.model.kind == "map":
        sizes = np.where(np.abs(known.eigenvalues) > known.errors, np.abs(known.eigenvalues), 0.0)  # a multiplier within its error is 0
        with np.errstate(divide="ignore", invalid="ignore"):
            values, errors = np.log(sizes), np.where(sizes > 0.0, known.errors / sizes, np.nan)
    order = np.argsort(-values, kind="stable")
    return values[order].copy(), errors[order].copy()


def _is_caught(found: Growth) -> bool:
    """Whether the orbit of a map stands still without having started there, although its neighbours leave."""
    stands = found.repeats_after == 1 and not np.array_equal(found.start, found.states[-1])
    return stands and bool(found.rates.sum(axis=0).max() > 0.0)


def _distances(states: FloatArray, point: FloatArray, scale: FloatArray) -> FloatArray:
    """Largest scaled distances (n,) of states (n, d) from a point."""
    return np.asarray((np.abs(states - point) / scale).max(axis=1))
