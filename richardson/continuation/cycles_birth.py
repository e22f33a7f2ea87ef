"""Where cycles are born or die: Hopf points, and the small cycle next to one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled.field import Field
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.collocation import Profile, phases_of
from richardson.continuation.cycles_chart import Stand
from richardson.continuation.cycles_equations import CycleEquations, Point, Row, inner, weighted
from richardson.continuation.cycles_solve import scale_of, with_multipliers

NEWTON_LIMIT = 30
SECANT_LIMIT = 30
AT_REST = 1e-13  # relative to the state: a Newton step that is rounding
ON_AXIS = 1e-12  # of the frequency: real part of a pair at a Hopf point
AMPLITUDES = (1e-3, 1e-4, 1e-5, 1e-2)  # of the state's size: the first cycle, tried in this order
LADDER = np.geomspace(1e-3, 1.0, 22)  # amplitudes at which a cycle near a Hopf point is looked for
FLAT = 1e-6  # of the largest state: what is less counts as zero
TINY = 1e-100  # a state that is zero, without dividing by it
INTERVALS = 20
SHIFT = 1e-6  # of the span: the first step of the secant


@dataclass(frozen=True, eq=False)
class Birth:
    """A Hopf point.

    Attributes
    ----------
    state : FloatArray
        Shape (d,).
    value : float
        Of the parameter.
    doubt : float
        Last correction of the value.
    eigenvalues : ComplexArray
        Shape (d,).
    turning : ComplexArray
        Shape (d,): eigenvector of the pair's eigenvalue with positive imaginary part.
    frequency : float
        In rad per unit of time.
    residual : float
        Real part of the pair, over its imaginary part.
    """

    state: FloatArray
    value: float
    doubt: float
    eigenvalues: ComplexArray
    turning: ComplexArray
    frequency: float
    residual: float


def birth_near(equations: CycleEquations, state: FloatArray, value: float, frequency: float | None) -> Birth | None:
    """The Hopf point next to a state and a parameter value; None if the pair does not reach the axis there."""
    first = _pair(equations, state, value, frequency)
    if first is None:
        return None
    values, growths = [value], [first[1].real]
    at, place = value + SHIFT * equations.width, first[0]
    best = (value, first)
    for _ in range(SECANT_LIMIT):
        here = _pair(equations, place, at, abs(first[1].imag))
        if here is None:
            return None
        place = here[0]
        values.append(at)
        growths.append(here[1].real)
        if abs(here[1].real) < abs(best[1][1].real):
            best = (at, here)
        slope = (growths[-1] - growths[-2]) / (values[-1] - values[-2]) if values[-1] != values[-2] else 0.0
        if abs(best[1][1].real) <= ON_AXIS * abs(best[1][1].imag) or slope == 0.0:
            break
        at = values[-1] - growths[-1] / slope
        if abs(at - value) > 0.1 * equations.width:
            return None
    value, (place, pair, turning, eigenvalues) = best
    residual = abs(pair.real) / abs(pair.imag)
    if residual > 1e3 * ON_AXIS:
        return None
    doubt = abs(pair.real / slope) if slope else 0.0
    return Birth(place, value, doubt, eigenvalues, turning, abs(float(pair.imag)), float(residual))


def first_cycle(field: Field, birth: Birth, parameter: str, span: tuple[float, float]) -> Stand | None:
    """A small cycle on the branch that begins at a Hopf point, its tangent leading away from the point."""
    mesh = np.linspace(0.0, 1.0, INTERVALS + 1)
    swing = _swing(birth.state, birth.turning, mesh)
    for amplitude in AMPLITUDES:
        nodes = birth.state + amplitude * swing
        equations = CycleEquations(field, scale_of(nodes), parameter, span)
        guess = Point(Profile(mesh, nodes, 2.0 * np.pi / birth.frequency), birth.value)
        away = Row(amplitude * swing / equations.scale, np.zeros(2))
        length = np.sqrt(inner(away, away, mesh))
        along = Row(away.nodes / length, away.rest)
        found = equations.corrected(guess, (equations.phase_row(guess.profile), weighted(along, mesh)))
        if found is None:
            continue
        miss = equations.difference(found[0], guess)
        if np.sqrt(inner(miss, miss, mesh)) > 0.3 * length:
            continue
        tangent = equations.tangent(found[1], equations.phase_row(found[0].profile), along, mesh)
        return Stand(with_multipliers(equations, *found), tangent, equations.scale, np.abs(nodes).max(axis=0))
    return None


def small_cycles(field: Field, point: SpecialPoint) -> Iterator[Profile]:
    """Guesses of a cycle round the equilibrium next to a Hopf point, for the field's parameters, from small to as large as the states."""
    found = _pair(CycleEquations(field, np.ones(field.dimension)), point.state, np.nan, point.frequency)
    if found is None:
        return
    state, pair, turning, _ = found
    mesh = np.linspace(0.0, 1.0, INTERVALS + 1)
    swing = _swing(state, turning, mesh)
    for amplitude in LADDER:
        yield Profile(mesh, state + amplitude * swing, 2.0 * np.pi / abs(pair.imag))


def _swing(state: FloatArray, turning: ComplexArray, mesh: FloatArray) -> FloatArray:
    """The pair's oscillation at the nodes of a mesh, as large as the state, shape (n · DEGREE, d)."""
    size = np.where(state != 0.0, np.abs(state), np.abs(state).max()) if state.any() else np.ones_like(state)
    mode = turning / (np.abs(turning) / size).max()
    swing: FloatArray = (mode * np.exp(2j * np.pi * phases_of(mesh)[:-1, None])).real
    return swing


def _pair(
    equations: CycleEquations, state: FloatArray, value: float, frequency: float | None
) -> tuple[FloatArray, complex, ComplexArray, ComplexArray] | None:
    """Equilibrium at a value, its pair nearest the axis (or a frequency), the pair's eigenvector, and all eigenvalues."""
    equations.move(value)
    place = rest_near(equations.field, state)
    if place is None:
        return None
    eigenvalues, vectors = np.linalg.eig(equations.field.jacobian(0.0, place))
    turning = np.flatnonzero(eigenvalues.imag > 0.0)
    if not turning.size:
        return None
    wanted = eigenvalues[turning] - (0.0 if frequency is None else 1j * frequency)
    distance = np.abs(wanted.real) / eigenvalues[turning].imag if frequency is None else np.abs(wanted)
    chosen = turning[np.argmin(distance)]
    return place, complex(eigenvalues[chosen]), vectors[:, chosen].astype(np.complex128), eigenvalues.astype(np.complex128)


def rest_near(field: Field, state: FloatArray) -> FloatArray | None:
    """The equilibrium that Newton's iteration reaches from a state, shape (d,); None if it reaches none."""
    place, before = state, np.inf
    for _ in range(NEWTON_LIMIT):
        rates, jacobian = field.rates_and_jacobian(0.0, place)
        if not (np.isfinite(rates).all() and np.isfinite(jacobian).all()):
            return None
        try:
            step = np.linalg.solve(jacobian, -rates)
        except np.linalg.LinAlgError:
            return None
        place = place + step
        size = np.maximum(np.abs(place), FLAT * np.abs(place).max() + TINY)
        length = float((np.abs(step) / size).max())
        if not rates.any() or length <= AT_REST or (length <= 1e-9 and length > 0.5 * before):
            return place
        before = length
    return None
