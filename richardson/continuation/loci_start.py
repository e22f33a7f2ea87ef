"""From a fold or Hopf point of a branch to the first point of a curve over two parameters."""

from dataclasses import replace

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.arclength import corrected, tangent
from richardson.continuation.between import SLACK
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.loci_plane import Plane
from richardson.continuation.loci_systems import FoldSystem, HopfSystem
from richardson.errors import ComputationError, InvalidInputError

CRITICAL = 1e-4  # relative: rates and what must vanish besides; a point given with five digits passes
SHIFT = 1e-3  # of the box: a correction that goes farther has found another point
REACH = 100.0  # values of a state: by no more it is measured, however far it moves along the curve
TRIFLE = 1e-9  # beside 1 and the largest state: such a state is at zero, and has no size of its own
SPREAD = 4.0  # values of a state: how far it is expected to move along the curve, which the steps are a hundredth of

System = FoldSystem | HopfSystem


def start_of(plane: Plane, point: SpecialPoint) -> tuple[System, FloatArray]:
    """The system of the curve through ``point``, and the point in its coordinates.

    The parameter along which ``point`` was found takes the point's value: the first, or the second, or one that stays as it is in
    the model, whichever makes the point one of its kind.

    Raises
    ------
    InvalidInputError, OutOfBoundsError
        If the point is not one of the model, or a span excludes it.
    ComputationError
        If Newton's method does not reach the curve.
    """
    state = np.array(point.state, dtype=np.float64)
    if state.shape != (plane.dimension,):
        name = plane.field.model.name
        raise InvalidInputError(f"{point!r} has {state.size} states, and '{name}' has {plane.dimension}. Give a point of this model.")
    plane = replace(plane, scale=_or_one(np.abs(state), state))
    values = _values_of(plane, point, state)
    plane.check_within(values)
    rough = _system(plane, point, plane.scaled(state, values))
    plane = replace(plane, scale=_scale(rough, state, values))
    system = _system(plane, point, plane.scaled(state, values))
    guess = system.place(plane.scaled(state, values))
    start = corrected(system, guess, tangent(system, guess, np.ones(len(guess))))
    if start is None or np.abs(start - guess).max() > SHIFT:
        raise ComputationError(f"{point!r} could not be corrected to a point of a curve over {' and '.join(plane.names)}. Refine it first.")
    edges = np.round(start[-2:])
    start[-2:] = np.where(np.abs(start[-2:] - edges) <= SLACK, edges, start[-2:])
    return system, start


def _values_of(plane: Plane, point: SpecialPoint, state: FloatArray) -> FloatArray:
    """Values (2,) of the parameters at which the model has the point."""
    now = np.array([plane.field.model.numbers[positions[0]] for positions in plane.positions])
    moved = float(np.asarray(point.value))
    tried = [np.array((moved, now[1])), np.array((now[0], moved)), now]
    defects = [_defect(plane, point, plane.scaled(state, values)) for values in tried]
    best = int(np.argmin(defects))
    if not defects[best] <= CRITICAL:
        given = ", ".join(f"{name} = {value:.10g}" for name, value in zip(plane.names, tried[0], strict=True))
        raise InvalidInputError(
            f"'{plane.field.model.name}' has no {point.kind} in the state of {point!r} at {given}. "
            "Give the model in which the point was found, and among the two parameters the one that was moved."
        )
    return tried[best]


def _defect(plane: Plane, point: SpecialPoint, place: FloatArray) -> float:
    """How far, relatively, rates and what must vanish besides are from zero."""
    rates, jacobian = plane.field.rates_and_jacobian(0.0, plane.at(place))
    if not (np.isfinite(rates).all() and np.isfinite(jacobian).all()):
        return np.inf
    weights = rate_weights(plane, place)
    rest = float(np.abs(rates * weights).max())
    if point.kind == "fold":
        singular = np.linalg.svd(weights[:, np.newaxis] * jacobian * plane.scale, compute_uv=False)
        return max(rest, float(singular[-1]))
    pair = _pair(jacobian, point.frequency)
    return np.inf if pair is None else max(rest, abs(pair.real) / pair.imag)


def _system(plane: Plane, point: SpecialPoint, place: FloatArray) -> System:
    pair = _pair(plane.field.jacobian(0.0, plane.at(place)), point.frequency)
    weights = rate_weights(plane, place)
    return FoldSystem(plane, weights) if point.kind == "fold" or pair is None else HopfSystem(plane, weights, pair.imag)


def rate_weights(plane: Plane, place: FloatArray) -> FloatArray:
    """What brings the largest derivative of each rate, in states and parameters, to 1, shape (d,)."""
    state = plane.at(place)
    in_states = plane.field.jacobian(0.0, state) * plane.scale
    in_parameters = plane.field.parameter_derivatives(state, plane.names) * plane.widths
    largest = np.abs(np.hstack((in_states, in_parameters))).max(axis=1)
    return np.asarray(1.0 / np.where(largest > 0.0, largest, 1.0))


def _pair(jacobian: FloatArray, frequency: float | None) -> complex | None:
    """The eigenvalue with positive imaginary part that is nearest iω, or to the imaginary axis; None if all are real."""
    eigenvalues = np.linalg.eigvals(jacobian)
    upper = eigenvalues[eigenvalues.imag > 0.0]
    if len(upper) == 0:
        return None
    away = np.abs(upper.real) / upper.imag if frequency is None else np.abs(upper - 1j * frequency)
    return complex(upper[np.argmin(away)])


def _scale(system: System, state: FloatArray, values: FloatArray) -> FloatArray:
    """By how much each state counts, shape (d,): its value, or how far it moves while a parameter crosses its span."""
    plane = system.plane
    place = system.place(plane.scaled(state, values))
    direction = np.abs(tangent(system, place, np.ones(len(place))))
    moves = direction[: plane.dimension]
    reach = max(float(direction[-2:].max()), float(moves.max()) / REACH)
    return _or_one(np.maximum(SPREAD * np.abs(state), moves / reach * plane.scale), state)


def _or_one(scale: FloatArray, state: FloatArray) -> FloatArray:
    """The scale, or the state's own unit where that is no more than rounding of a state at zero."""
    return np.where(scale > TRIFLE * max(1.0, float(np.abs(state).max())), scale, 1.0)
