"""The linear part of a model at an equilibrium: eigenvalues, eigenvectors, kind, spiral number, relaxation time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError, NotStableError
from richardson.provenance import Provenance, record
from richardson.stability.closed_points import FIRST_SHOWN, MOST_SHOWN, place_of
from richardson.stability.equilibria import Equilibrium
from richardson.stability.kinds import attracts, eigenvalues_with_errors, kind_of
from richardson.stability.rest import RestEquations, jacobian_uncertainty, refuse_time
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values

AT_REST = 1e-6  # relative: rates larger than this share of what balances in them are no rest; eight digits typed by hand pass
SHIFT_LIMIT = 1e-3  # relative to the states: Newton's correction of a point given with fewer digits is not trusted beyond


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum:
    """Linear part at an equilibrium.

    Attributes
    ----------
    state : FloatArray
        Shape (d,).
    eigenvalues : ComplexArray
        Shape (d,), in 1/yr (of a map, the multipliers), largest real part first.
    eigenvectors : ComplexArray
        Shape (d, d); column i belongs to eigenvalue i, of Euclidean norm 1.
    errors : FloatArray
        Shape (d,): bounds on the eigenvalues' errors, by which the kind is decided.
    kind : str
        As in `Equilibrium`.
    is_stable : bool
    spiral_number : float or None
    relaxation_time : float or None
        Time (of a map, steps) in which a small disturbance shrinks by a factor e in the slowest direction; None unless stable.
    model : Model
    provenance : Provenance
    """

    state: FloatArray
    eigenvalues: ComplexArray
    eigenvectors: ComplexArray
    errors: FloatArray
    kind: str
    is_stable: bool
    spiral_number: float | None
    relaxation_time: float | None
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row an eigenvalue: eigenvalue, error, and the eigenvector's component of each state."""
        columns: dict[str, list[Any]] = {"eigenvalue": self.eigenvalues.tolist(), "error": self.errors.tolist()}
        for i, name in enumerate(self.model.state_names):
            columns[f"vector_{name}"] = self.eigenvectors[i].tolist()
        return columns

    def __repr__(self) -> str:
        """Kind, eigenvalues and spiral number."""
        values = ", ".join(f"{value.real:.6g}" if value.imag == 0 else f"{value:.6g}" for value in self.eigenvalues)
        spiral = "" if self.spiral_number is None else f"; spiral number {self.spiral_number:.6g}"
        return f"<{self.kind} of '{self.model.name}': eigenvalues {values}{spiral}>"


def spectrum(model: Model, at: Equilibrium | Mapping[str, float] | Sequence[float]) -> Spectrum:
    """Eigenvalues, eigenvectors and what follows from them at an equilibrium of ``model``.

    Parameters
    ----------
    model : Model
        Autonomous flow or map.
    at : Equilibrium, mapping or sequence
        An equilibrium, or its state by name or in state order; it is taken as given, not corrected.

    Returns
    -------
    Spectrum

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If ``at`` is not a state of the model, or the model does not rest there.

    Examples
    --------
    >>> race = Model.from_equations({"x": "0.15*y - 0.2*x + 20", "y": "0.1*x - 0.2*y + 40"})
    >>> spectrum(race, {"x": 400, "y": 400})
    <stable node of 'own': eigenvalues -0.0775255, -0.322474; spiral number 0.612372>
    """
    refuse_time(model, "The spectrum")
    field = Field.of(model)
    point = start_values(field.model, at.state.tolist() if isinstance(at, Equilibrium) else at, within=False)
    width = np.maximum(np.abs(point), 1.0)
    equations = RestEquations.of(model, point - width, point + width)
    _refuse_motion(equations, point)
    value, slope = equations.values_and_jacobian(point)
    correction = np.linalg.lstsq(slope * width, -value, rcond=None)[0]
    slack = min(float(np.abs(correction).max()), SHIFT_LIMIT)
    jacobian = field.jacobian(0.0, point)
    uncertainty = jacobian_uncertainty(equations, point, slack)
    eigenvalues, eigenvectors, errors = eigenvalues_with_errors(jacobian, uncertainty)
    is_map = model.kind == "map"
    stable = attracts(eigenvalues, errors, jacobian, uncertainty, is_map=is_map)
    followers = np.array([state.is_follower for state in model.states])
    return Spectrum(
        state=point,
        eigenvalues=eigenvalues,
        eigenvectors=eigenvectors,
        errors=errors,
        kind=kind_of(eigenvalues, errors, is_map=is_map, is_stable=stable),
        is_stable=stable,
        spiral_number=None if is_map else spiral_number_of(jacobian, followers),
        relaxation_time=_relaxation(eigenvalues, is_map) if stable else None,
        model=model,
        provenance=record(model, verb="spectrum", at=point.tolist()),
    )


def relaxation_time(equilibrium: Equilibrium) -> float:
    """Time for a small disturbance to shrink by a factor e.

    Parameters
    ----------
    equilibrium : Equilibrium
        A stable equilibrium; its ``eigenvalues`` have shape (d,), in 1/yr (of a map, multipliers).

    Returns
    -------
    float
        Relaxation time in years (of a map, steps), set by the slowest direction.

    Raises
    ------
    NotStableError
        If the equilibrium is not stable.

    Examples
    --------
    >>> from richardson.models import linear
    >>> from richardson.stability.equilibria import equilibria
    >>> from richardson.stability.window import Window
    >>> calm = equilibria(linear(), Window(x=(0, 5), y=(0, 5)))[0]
    >>> round(relaxation_time(calm), 3)
    2.0
    """
    if not equilibrium.is_stable:
        raise NotStableError(
            f"{equilibrium!r} has no relaxation time; only a stable equilibrium relaxes. Ask its eigenvalues how fast it is left."
        )
    return _relaxation(equilibrium.eigenvalues, equilibrium.model.kind == "map")


def _relaxation(eigenvalues: ComplexArray, is_map: bool) -> float:
    if not is_map:
        return float(-1.0 / eigenvalues.real.max())
    largest = float(np.abs(eigenvalues).max())
    return 0.0 if largest == 0.0 else float(-1.0 / np.log(largest))


def _refuse_motion(equations: RestEquations, point: FloatArray) -> None:
    value, slope = equations.values_and_jacobian(point)
    balanced = np.abs(slope) @ np.abs(point)
    if np.isfinite(value).all() and (equations.is_zero(point) or (np.abs(value) <= AT_REST * balanced).all()):
        return
    model = equations.field.model
    what = "changes by" if equations.is_map else "has the rate"
    fastest = np.sort(np.argsort(-np.abs(value), kind="stable")[:FIRST_SHOWN] if len(value) > MOST_SHOWN else np.arange(len(value)))
    rates = "; ".join(f"{model.state_names[i]} {what} {value[i]:.6g}" for i in fastest)
    raise InvalidInputError(f"'{model.name}' is not at rest at {place_of(model, point)}: {rates}. Give one of equilibria(model, window).")
