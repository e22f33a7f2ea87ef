"""Stable and unstable manifolds of a saddle in the plane: the separatrices of a phase portrait."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.stability.branch_of_saddle import half
from richardson.stability.by_length import ByLength
from richardson.stability.equilibria import Equilibrium
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

TOLERANCE = 1e-8  # widths
FINEST_TOLERANCE, COARSEST = 1e-11, 0.1  # widths; finer than this is rounding
SPACING = 1 / 400  # widths between points of a path
FINEST_SPACING = 1e-6  # widths: thirty million points on the longest branch


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
        REACHED_END an equilibrium (the saddle itself, if the branch comes back to it), CLOSED a cycle that it winds round nearer
        than 1e-3 widths, LENGTH_LIMIT that it is longer than was followed; anything else is a failure on the way.
    error : float
        Bound, to first order, of the distance of its points from the manifold, in widths of the window.
    model : Model
    provenance : Provenance
    """

    saddle: Equilibrium
    kind: str
    path: FloatArray
    ends: tuple[Outcome, Outcome]
    error: float
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a point: the states."""
        return {name: self.path[:, i].tolist() for i, name in enumerate(self.model.state_names)}

    def __repr__(self) -> str:
        """Kind, saddle and number of points."""
        return f"<{self.kind} manifold of {self.saddle!r}: {len(self.path)} points, within {self.error:.1g} widths>"


def manifolds(
    model: Model, saddle: Equilibrium, window: Window, *, tolerance: float = TOLERANCE, spacing: float = SPACING
) -> tuple[Manifold, ...]:
    """Stable and unstable manifold of a saddle, both branches of each.

    Parameters
    ----------
    model : Model
        An autonomous flow of two states.
    saddle : Equilibrium
        Of this model, of kind "saddle", in the window.
    window : Window
        Spans both states; branches end on its border, at an equilibrium, round a cycle, or after thirty widths. Of a branch that
        leaves it and comes back, only the part before is given: a wider window holds the rest.
    tolerance : float
        Error that every curve is to keep, in widths of the window; what is known of it is ``error`` of each.
    spacing : float
        Largest distance between neighbouring points of a path, in widths.

    Returns
    -------
    tuple of Manifold
        The stable one, then the unstable one.

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If the window does not fit, the model is no flow of two states, ``saddle`` is none of its saddles in the window, or a number
        is not in its range.

    Notes
    -----
    Each branch starts on the quadratic approximation x + ξv + ½ξ²w with (2λ − J)w = B(v, v), as near to the saddle as its residual
    asks for, and is followed backwards (stable) or forwards (unstable) by length, where neighbouring paths approach it. The error is
    carried along: what the start and every step's polynomial lack across the flow, times what neighbouring paths do from there on;
    where it exceeds the tolerance, the branch is followed again more finely. A branch that passes a saddle nearer than 1e-4 widths
    cannot be told from one that ends there, and ends there.

    Examples
    --------
    >>> from richardson.stability.equilibria import equilibria
    >>> bowl, window = Model.from_equations({"x": "x", "y": "-y + x**2"}), Window(x=(-1, 1), y=(-1, 1))
    >>> stable, unstable = manifolds(bowl, equilibria(bowl, window)[0], window)
    >>> bool(np.abs(unstable.path[:, 1] - unstable.path[:, 0] ** 2 / 3).max() < 2 * unstable.error)
    True
    """
    refuse_time(model, "Manifolds")
    Window.of(window).check(model, spanned=2)
    _check_saddle(model, saddle, window)
    _check_range("tolerance", tolerance, (FINEST_TOLERANCE, COARSEST))
    _check_range("spacing", spacing, (FINEST_SPACING, COARSEST))
    lower, upper = window.box(model)
    provenance = record(model, verb="manifolds", window=repr(window), saddle=saddle.state.tolist(), tolerance=tolerance, spacing=spacing)
    field, fineness = Field.of(model), (float(tolerance), float(spacing))
    return tuple(_manifold(field, saddle, kind, (lower, upper), fineness, provenance=provenance) for kind in ("stable", "unstable"))


def _check_range(name: str, value: float, allowed: tuple[float, float]) -> None:
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not allowed[0] <= value <= allowed[1]:
        raise InvalidInputError(
            f"The {name} of manifolds is a number of widths of the window, from {allowed[0]:g} to {allowed[1]:g}; got {value!r}."
        )


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
    box: tuple[FloatArray, FloatArray],
    fineness: tuple[float, float],
    *,
    provenance: Provenance,
) -> Manifold:
    direction, width = (1 if kind == "unstable" else -1), box[1] - box[0]
    values, vectors = np.linalg.eig(field.jacobian(0.0, saddle.state))
    which = int(np.argmax(direction * values.real))
    value = float(abs(values[which].real))
    vector = vectors[:, which].real / width
    vector /= float(np.linalg.norm(vector))
    paths = ByLength(field, saddle.state, width, value, direction)
    tolerance, spacing = fineness
    first, second = (half(paths, side * vector, value, box, tolerance=tolerance, spacing=spacing) for side in (-1.0, 1.0))
    path = np.concatenate([first.states[::-1], saddle.state[np.newaxis], second.states])
    return Manifold(saddle, kind, path, (first.outcome, second.outcome), max(first.error, second.error), field.model, provenance)
