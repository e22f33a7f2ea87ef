"""From a guess to a cycle that is resolved: correction, adaptation of the mesh, and finer meshes until the period stands."""

from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.collocation import DEGREE, Profile, adapted, local_errors, phases_of
from richardson.continuation.cycles_equations import CycleEquations, Linearised, Point
from richardson.continuation.floquet import Multipliers, multipliers

FIRST_INTERVALS = 20
LAST_INTERVALS = 1280
LAST_ATTEMPT = 160  # intervals on which a guess must have led to a cycle
SETTLED = 1e-10  # relative change of the period between meshes
RESOLVED = 1e-6  # local error of the polynomials, in the size of the oscillation
ADAPTATIONS = 3  # rounds on one mesh, each with the density that the last one showed
FLAT = 1e-3  # of a state's magnitude: what oscillates less than this is measured by its magnitude
LEAST = 1e-6  # of the widest oscillation: a state that dies away is not resolved without end
PARTS = (2, 3, 5, 7)  # a cycle followed so many times is the one followed once
SAME = 1e-6  # relative to the oscillation
FINER = 4  # an even mesh has so many times the intervals of an adapted one


@dataclass(frozen=True, eq=False)
class Solved:
    """A cycle with its linear part.

    Attributes
    ----------
    point : Point
    parts : Linearised
    multipliers : Multipliers
    """

    point: Point
    parts: Linearised
    multipliers: Multipliers


def scale_of(nodes: FloatArray) -> FloatArray:
    """Size of each state's oscillation, shape (d,), never zero."""
    magnitude = np.abs(nodes).max(axis=0)
    size = np.maximum(np.ptp(nodes, axis=0), FLAT * magnitude)
    return np.maximum(size, LEAST * size.max()) if size.any() else np.ones_like(size)


def with_multipliers(equations: CycleEquations, point: Point, parts: Linearised) -> Solved:
    """A corrected cycle with its multipliers."""
    equations.move(point.value)
    flow = equations.field.rates_over(0.0, point.profile.nodes[::DEGREE]) / equations.scale
    return Solved(point, parts, multipliers(parts.transfer[:, -1], flow))


def solve(field: Field, guess: Profile) -> tuple[Solved, float] | None:
    """The cycle next to ``guess`` and the relative change of its period on the last doubling of the mesh; None without one."""
    equations = CycleEquations(field, scale_of(guess.nodes))
    profile, before, change = guess.on(adapted(guess, equations.scale, FIRST_INTERVALS)), np.inf, np.inf
    intervals = FIRST_INTERVALS
    best: tuple[Point, Linearised] | None = None
    while intervals <= LAST_INTERVALS:
        found = _on_mesh(equations, profile, intervals)
        intervals *= 2
        if found is None:
            if best is not None or intervals > LAST_ATTEMPT:
                break
            profile = guess.on(adapted(guess, equations.scale, intervals))
            continue
        best, profile = found, found[0].profile
        change = abs(profile.period / before - 1.0)
        before = profile.period
        if change <= SETTLED and float(local_errors(profile, equations.scale).max()) <= RESOLVED:
            break
    if best is None:
        return None
    return with_multipliers(equations, *best), change


def _on_mesh(equations: CycleEquations, profile: Profile, intervals: int) -> tuple[Point, Linearised] | None:
    """Cycle on an adapted mesh of so many intervals."""
    found: tuple[Point, Linearised] | None = None
    for _ in range(ADAPTATIONS):
        equations.scale = scale_of(profile.nodes)
        guess = profile.on(adapted(profile, equations.scale, intervals))
        found = equations.corrected(Point(guess, np.nan), (equations.phase_row(guess),))
        if found is None:
            return None
        profile = found[0].profile
    return found


def guessed_multipliers(field: Field, guess: Profile) -> Multipliers | None:
    """About the multipliers of a cycle, from a guess of it; None where they cannot be computed."""
    equations = CycleEquations(field, scale_of(guess.nodes))
    point = Point(guess, np.nan)
    try:
        return with_multipliers(equations, point, equations.linearised(point)).multipliers
    except FloatingPointError:
        return None


def once(profile: Profile) -> Profile:
    """The curve followed once, if it is one followed several times."""
    scale = scale_of(profile.nodes)
    phases = profile.phases[:-1]
    for part in PARTS:
        shifted = profile.at((phases + 1.0 / part) % 1.0)
        if float((np.abs(shifted - profile.nodes) / scale).max()) <= SAME:
            mesh = np.linspace(0.0, 1.0, FINER * len(profile.mesh))
            return once(Profile(mesh, profile.at(phases_of(mesh)[:-1] / part), profile.period / part))
    return profile
