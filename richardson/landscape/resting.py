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


def resting_place(field: Field, found: Growth, provenance: Provenance) -> Equilibrium | None:
    """The equilibrium at which the orbit has come to rest; None if it moves.

    A stable one, which it has come close to and does not leave; or any that it did not leave throughout.
    """
    if not field.model.is_autonomous or (field.model.kind == "map" and _is_caught(found)):
        return None
    end, middle = found.states[-1], found.states[len(found.states) // 2]
    equations = RestEquations.of(field.model, end - WIDTH * found.scale, end + WIDTH * found.scale)
    point = polished(equations, end)
    distances = _distances(np.vstack((end, middle)), point, found.scale)
    if not distances[0] <= NEAR or not equations.is_zero(point):
        return None
    place = equilibrium_at(equations, point, None, provenance)
    if place.is_stable:
        return place if distances[0] <= max(distances[1], AT) else None
    return place if _distances(found.states, point, found.scale).max() <= AT else None


def exponents_at(place: Equilibrium) -> tuple[FloatArray, FloatArray]:
    """Lyapunov exponents (d,) of an equilibrium, the largest first, and bounds of their errors (d,)."""
    known = spectrum(place.model, place)
    values, errors = known.eigenvalues.real, known.errors
    if place.model.kind == "map":
        sizes = np.abs(known.eigenvalues)
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
