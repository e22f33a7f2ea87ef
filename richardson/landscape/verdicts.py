"""Kind, spiral number and leading eigenvalue of many equilibria at once."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled.field import Field
from richardson.landscape.many_kinds import KINDS, are_clear, eigenvalues_of, kind_codes, spirals_of
from richardson.landscape.settling import ENDS, SETTLED, Reached
from richardson.provenance import record
from richardson.stability.equilibria import equilibrium_at
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates

MOST_CAREFUL = 1000  # kinds that are told with error bounds: some seconds
KINK = 1e-9  # of a state's size: how far aside of an equilibrium slopes are compared
JUMP = 1e-3  # of the Jacobian's size: what slopes so near do not differ by unless they jump
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
        leading[known] = eigenvalues_of(jacobians[known]).real.max(axis=1)
        spirals[known] = spirals_of(jacobians[known], followers)
    return Verdicts(states, kind, spirals, leading)


def _kinds(model: Model, rows: FloatArray, states: FloatArray, jacobians: FloatArray) -> list[str]:
    """Kind at each equilibrium, shape (n,): at once where it is clear, one by one with error bounds elsewhere."""
    if not len(rows):
        return []
    eigenvalues = eigenvalues_of(jacobians)
    kinds = [KINDS[code] for code in kind_codes(eigenvalues, jacobians).tolist()]
    in_doubt = ~are_clear(eigenvalues, jacobians) | _at_kinks(model, rows, states)
    for row in np.flatnonzero(in_doubt)[:MOST_CAREFUL]:
        kinds[row] = _careful_kind(model, rows[row], states[row])
    return kinds


def _at_kinks(model: Model, rows: FloatArray, states: FloatArray) -> BoolArray:
    """Whether the Jacobian jumps at each state, shape (n,): both slopes count there, and neither alone names the kind."""
    field, rate = Field.of(model), np.empty(states.shape[1])
    aside = KINK * _reach(states) / np.sqrt(np.arange(states.shape[1]) + np.e)  # along no axis nor diagonal
    sides = np.empty((2, *states.shape, states.shape[1]))
    for place, constants in enumerate(field.prepared(rows)):
        for side, sign in zip(sides, (-1.0, 1.0), strict=True):
            field.raw_rates_and_jacobian(0.0, states[place] + sign * aside[place], constants, rate, side[place])
    with np.errstate(invalid="ignore"):  # beyond a bound a slope may be undefined
        jumps: BoolArray = np.abs(sides[1] - sides[0]).max(axis=(1, 2)) > JUMP * np.abs(sides).max(axis=(0, 2, 3))
    return jumps


def _reach(states: FloatArray) -> FloatArray:
    """Size of each state, shape (n, d), none far below the largest beside it."""
    sizes: FloatArray = np.maximum(np.abs(states), 1e-3 * np.abs(states).max(axis=1, keepdims=True, initial=1e-300))
    return sizes


def _careful_kind(model: Model, row: FloatArray, state: FloatArray) -> str:
    """Kind with error bounds on the eigenvalues, as `equilibria` gives it."""
    at = replace(model, numbers=tuple(row.tolist()))
    reach = _reach(state[np.newaxis])[0]
    equations = RestEquations.of(at, state - reach, state + reach)
    return equilibrium_at(equations, state, None, record(at)).kind


def jacobians_at_zero(model: Model, rows: FloatArray) -> FloatArray:
    """Jacobian at the state zero for each row, shape (n, d, d)."""
    field, size = Field.of(model), len(model.states)
    jacobians, rate, zero = np.empty((len(rows), size, size)), np.empty(size), np.zeros(size)
    for row, jacobian in zip(field.prepared(rows), jacobians, strict=True):
        field.raw_rates_and_jacobian(0.0, zero, row, rate, jacobian)
    return jacobians
