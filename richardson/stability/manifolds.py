"""Stable and unstable manifolds of a saddle in the plane: the separatrices of a phase portrait."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.dynamics.follow import follow
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.stability.rest import refuse_time
from richardson.stability.window import EDGE, Window
from richardson.symbolic.model import Model

DEPARTURE = 1e-4  # widths from the saddle to the start; with the quadratic term the start is off the manifold by its cube
BEND_STEP = 1e-4  # widths over which the derivative is differenced for the quadratic term
SLOWEST = 1e-5  # widths times the saddle's rate: below this speed the path has arrived at an equilibrium
LENGTH_LIMIT = 6.0  # widths: a branch that is longer winds round a cycle
SPACING = 1 / 400  # widths between points of a path


@dataclass(frozen=True, eq=False, repr=False)
class Manifold:
    """Stable or unstable manifold of a saddle of two states.

    Attributes
    ----------
    saddle : Equilibrium
    kind : str
        "stable" (paths on it end at the saddle) or "unstable" (paths on it begin there).
    path : FloatArray
        Shape (n, 2), through the saddle from end to end, columns in the order of the model's states, evenly spaced in widths
        of the window.
    ends : pair of Outcome
        Why the path's first and last point are its ends: REACHED_BOUND is the border of the window or of the states,
        REACHED_END an equilibrium or, at the length limit, a cycle; anything else is a failure on the way.
    model : Model
    provenance : Provenance
    """

    saddle: Equilibrium
    kind: str
    path: FloatArray
    ends: tuple[Outcome, Outcome]
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a point: the states."""
        return {name: self.path[:, i].tolist() for i, name in enumerate(self.model.state_names)}

    def __repr__(self) -> str:
        """Kind, saddle and number of points."""
        return f"<{self.kind} manifold of {self.saddle!r}: {len(self.path)} points>"


class _ByLength:
    """A field of the same paths, parametrised by length in widths; near rest it slows down by the square of the speed.

    So a path comes to a stop beside an equilibrium after a few turns, where in time it would spiral for ever.
    """

    def __init__(self, field: Field, width: FloatArray, slowest: float) -> None:
        self.field, self.width, self.slowest = field, width, slowest

    def rates(self, time: float, state: FloatArray) -> FloatArray:
        rates = self.field.rates(0.0, state)
        return rates * self._pace(rates)[0]

    def jacobian(self, time: float, state: FloatArray) -> FloatArray:
        rates, jacobian = self.field.rates_and_jacobian(0.0, state)
        pace, slope = self._pace(rates)
        return np.asarray(pace * jacobian + slope * np.outer(rates, 2 * (rates / self.width**2) @ jacobian))

    def _pace(self, rates: FloatArray) -> tuple[float, float]:
        """h(q) = q/(q + ε²)^(3/2) and its derivative, q the squared speed."""
        square = float(np.sum((rates / self.width) ** 2))
        total = square + self.slowest**2
        return square / total**1.5, (1.0 - 1.5 * square / total) / total**1.5


def manifolds(model: Model, saddle: Equilibrium, window: Window) -> tuple[Manifold, ...]:
    """Stable and unstable manifold of a saddle, both branches of each.

    Parameters
    ----------
    model : Model
        An autonomous flow of two states.
    saddle : Equilibrium
        Of this model, of kind "saddle", in the window.
    window : Window
        Spans both states; branches end on its border, at an equilibrium, or after six widths (round a cycle).

    Returns
    -------
    tuple of Manifold
        The stable one, then the unstable one.

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If the window does not fit, the model is no flow of two states, or ``saddle`` is none of its saddles in the window.

    Notes
    -----
    Each branch starts on the quadratic approximation x + ξv + ½ξ²w with (2λ − J)w = B(v, v), and is followed backwards
    (stable) or forwards (unstable), where neighbouring paths approach it.
    """
    refuse_time(model, "Manifolds")
    Window.of(window).check(model, spanned=2)
    _check_saddle(model, saddle, window)
    lower, upper = window.box(model)
    field = Field.of(model)
    provenance = record(model, verb="manifolds", window=repr(window), saddle=saddle.state.tolist())
    values, vectors = np.linalg.eig(field.jacobian(0.0, saddle.state))
    found = []
    for kind, sign in (("stable", -1), ("unstable", 1)):
        which = int(np.argmax(sign * values.real))
        found.append(
            _manifold(field, saddle, kind, (float(values[which].real), vectors[:, which].real), (lower, upper), provenance=provenance)
        )
    return tuple(found)


def _check_saddle(model: Model, saddle: Equilibrium, window: Window) -> None:
    if model.kind != "flow" or len(model.states) != 2:
        raise InvalidInputError(
            f"Manifolds are curves only of a flow with two states; '{model.name}' is a {model.kind} with {len(model.states)}. "
            "Reduce the model to two states, for example fear to instant fear."
        )
    if not isinstance(saddle, Equilibrium) or saddle.model != model:
        raise InvalidInputError(
            f"The saddle must be an equilibrium of '{model.name}' at these parameter values; got {saddle!r}. "
            "Take one from equilibria(model, window)."
        )
    if saddle.kind != "saddle":
        raise InvalidInputError(f"Only a saddle has a stable and an unstable curve; got {saddle!r}. Choose one of kind 'saddle'.")
    if not window.contains(model, saddle.state[np.newaxis])[0]:
        raise InvalidInputError(f"{saddle!r} lies outside {window!r}. Widen the window.")


def _manifold(
    field: Field,
    saddle: Equilibrium,
    kind: str,
    mode: tuple[float, FloatArray],
    box: tuple[FloatArray, FloatArray],
    *,
    provenance: Provenance,
) -> Manifold:
    width = box[1] - box[0]
    eigenvalue, vector = mode
    vector = vector / float(np.linalg.norm(vector / width))
    bend = _bend(field, saddle.state, eigenvalue, vector)
    halves, ends = [], []
    for side in (-1.0, 1.0):
        shift = side * DEPARTURE
        start = saddle.state + shift * vector + 0.5 * shift**2 * bend
        half, end = _half(_ByLength(field, width, SLOWEST * abs(eigenvalue)), start, 1 if kind == "unstable" else -1, box)
        halves.append(half)
        ends.append(end)
    path = np.concatenate([halves[0][::-1], saddle.state[np.newaxis], halves[1]])
    return Manifold(saddle, kind, path, (ends[0], ends[1]), field.model, provenance)


def _bend(field: Field, state: FloatArray, eigenvalue: float, vector: FloatArray) -> FloatArray:
    """Quadratic coefficient w of the manifold, (2λ − J)w = B(v, v), B from differences of the exact derivative."""
    step = BEND_STEP * vector
    second = (field.jacobian(0.0, state + step) - field.jacobian(0.0, state - step)) @ vector / (2 * BEND_STEP)
    bend = np.linalg.solve(2 * eigenvalue * np.eye(2) - field.jacobian(0.0, state), second)
    return bend.astype(np.float64) if np.isfinite(bend).all() else np.zeros(2)


def _half(paths: _ByLength, start: FloatArray, direction: int, box: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, Outcome]:
    """Points of one branch beyond the saddle, shape (n, 2), n = 0 if it leaves the box at once."""
    lower, upper = box
    slack = EDGE * paths.width
    if ((start < lower - slack) | (start > upper + slack)).any():
        return np.empty((0, 2)), Outcome.REACHED_BOUND
    path = follow(paths, np.clip(start, lower, upper), LENGTH_LIMIT, direction=direction, box=box)
    if len(path.times) < 2:
        return path.states, path.outcome
    return _evenly(paths, path.times, path.states, direction), path.outcome


def _evenly(paths: _ByLength, times: FloatArray, states: FloatArray, direction: int) -> FloatArray:
    """The path at evenly spaced lengths, on the cubic with its own slopes."""
    length = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(states, axis=0) / paths.width, axis=1))]
    count = max(int(np.ceil(length[-1] / SPACING)), 1)
    rising = np.r_[True, np.diff(length) > 0]
    moments = np.interp(np.linspace(0.0, length[-1], count + 1), length[rising], times[rising])
    slopes = np.array([direction * paths.rates(0.0, state) for state in states])
    points = np.asarray(CubicHermiteSpline(times, states, slopes)(moments), dtype=np.float64)
    points[-1] = states[-1]
    return points
