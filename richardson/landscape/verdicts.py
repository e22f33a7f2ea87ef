"""Kind, spiral number and leading eigenvalue of many equilibria at once."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, ComplexArray, FloatArray
from richardson.compiled.field import Field
from richardson.landscape.settling import ENDS, SETTLED, Reached
from richardson.provenance import record
from richardson.stability.equilibria import equilibrium_at
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.conditions import spiral_numbers_of
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates

CLEAR = 1e-6  # of the Jacobian's size: eigenvalues so far from the axis and from turning need no error bound to be named
LONGEST_KIND = "outside window"


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What is known at each of n parameter values.

    Attributes
    ----------
    states : FloatArray
        Shape (n, d): the equilibrium, NaN where none was reached.
    kind : ndarray of str
        Shape (n,): of the equilibrium, or why there is none.
    spiral_number, leading_eigenvalue : FloatArray
        Shape (n,), NaN where undefined.
    """

    states: FloatArray
    kind: npt.NDArray[np.str_]
    spiral_number: FloatArray
    leading_eigenvalue: FloatArray


def verdicts(model: Model, names: tuple[str, ...], rows: FloatArray, found: Reached, window: Window | None = None) -> Verdicts:
    """Verdicts on the equilibria that `reach` found.

    Parameters
    ----------
    model : Model
    names : tuple of str
        Parameters or concepts that the rows vary.
    rows : FloatArray
        Shape (n, p), parameter values in the model's order.
    found : Reached
    window : Window, optional
        An equilibrium outside counts as none.
    """
    states, jacobians = found.states.copy(), found.jacobians.copy()
    kind = np.array([ENDS.get(code, LONGEST_KIND) for code in found.codes.tolist()], dtype=f"<U{len(LONGEST_KIND)}")
    settled = found.codes == SETTLED
    if window is not None:
        outside = settled & ~window.contains(model, np.where(settled[:, None], states, 0.0))
        settled = settled & ~outside
        states[outside], jacobians[outside] = np.nan, np.nan
    kind[settled] = _kinds(model, rows[settled], states[settled], jacobians[settled])
    if has_linear_rates(model, names):
        lost = np.flatnonzero(~settled)
        jacobians[lost] = jacobians_at_zero(model, rows[lost])
    followers = np.array([state.is_follower for state in model.states])
    known = np.isfinite(jacobians).all(axis=(1, 2))
    leading, spirals = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    if known.any():
        leading[known] = np.linalg.eigvals(jacobians[known]).real.max(axis=1)
        spirals[known] = spiral_numbers_of(jacobians[known], followers)
    return Verdicts(states, kind, spirals, leading)


def _kinds(model: Model, rows: FloatArray, states: FloatArray, jacobians: FloatArray) -> list[str]:
    """Kind at each equilibrium, shape (n,): at once where it is clear, one by one with error bounds elsewhere."""
    if not len(rows):
        return []
    eigenvalues = np.linalg.eigvals(jacobians).astype(np.complex128)
    clear = _are_clear(eigenvalues, jacobians)
    turns = np.abs(eigenvalues.imag).max(axis=1) > 0.0
    growing = (eigenvalues.real > 0.0).sum(axis=1)
    shape = np.where(turns, "focus", "node")
    kinds = np.where(growing == 0, np.char.add("stable ", shape), np.char.add("unstable ", shape))
    mixed = (growing > 0) & (growing < len(model.states))
    kinds[mixed & ~turns] = "saddle"
    kinds[mixed & turns] = "saddle focus"
    result: list[str] = kinds.tolist()
    for row in np.flatnonzero(~clear):
        result[row] = _careful_kind(model, rows[row], states[row])
    return result


def model_size(model: Model) -> int:
    """Number of states."""
    return len(model.states)


def _are_clear(eigenvalues: ComplexArray, jacobians: FloatArray) -> BoolArray:
    margin = CLEAR * np.abs(jacobians).max(axis=(1, 2))[:, None]
    off_axis = (np.abs(eigenvalues.real) > margin).all(axis=1)
    real_or_turning = ((eigenvalues.imag == 0.0) | (np.abs(eigenvalues.imag) > margin)).all(axis=1)
    clear: BoolArray = off_axis & real_or_turning
    return clear


def _careful_kind(model: Model, row: FloatArray, state: FloatArray) -> str:
    """Kind with error bounds on the eigenvalues, as `equilibria` gives it."""
    at = replace(model, numbers=tuple(row.tolist()))
    reach = np.maximum(np.abs(state), 1e-3 * np.abs(state).max(initial=1e-300))
    equations = RestEquations.of(at, state - reach, state + reach)
    return equilibrium_at(equations, state, None, record(at)).kind


def jacobians_at_zero(model: Model, rows: FloatArray) -> FloatArray:
    """Jacobian at the state zero for each row, shape (n, d, d)."""
    field, size = Field.of(model), len(model.states)
    jacobians, rate, zero = np.empty((len(rows), size, size)), np.empty(size), np.zeros(size)
    for row, jacobian in zip(rows, jacobians, strict=True):
        field.raw_rates_and_jacobian(0.0, zero, row, rate, jacobian)
    return jacobians
