"""The closed form of the equilibria within a box, where there is a quick one."""

import numpy as np
from scipy.optimize import linprog

from richardson.arrays import FloatArray
from richardson.errors import ComputationError
from richardson.stability.rest import RestEquations, jacobian_uncertainty
from richardson.symbolic.closed_form import ClosedForm, real_zeros
from richardson.symbolic.model import Model

MOST_SHOWN, FIRST_SHOWN = 12, 6  # states of a message


def closed_points(equations: RestEquations) -> ClosedForm | None:
    """Closed form within the box, if it is all; None where only a search can answer."""
    closed = real_zeros(equations.field.model, equations.field.lower)
    if closed is None:
        return None
    if closed.continuum is not None:
        if _meets_box(closed.continuum, equations):
            _refuse_plane(equations.field.model, closed.continuum)
        return ClosedForm(closed.states, closed.multiplicities, closed.is_exact)
    inside = ((closed.states >= equations.lower) & (closed.states <= equations.upper)).all(axis=1)
    states = closed.states[inside]
    if not closed.is_exact and not all(_is_simple(equations, state) for state in states):
        return None  # a rounded constant could have split or merged these
    return ClosedForm(states, closed.multiplicities[inside], closed.is_exact)


def _is_simple(equations: RestEquations, point: FloatArray) -> bool:
    """Whether the Jacobian at a root is regular beyond its uncertainty."""
    _, jacobian = equations.values_and_jacobian(point)
    scaled = jacobian * equations.width
    doubt = np.linalg.norm(jacobian_uncertainty(equations, point) * equations.width)
    return bool(np.isfinite(scaled).all()) and float(np.linalg.svd(scaled, compute_uv=False)[-1]) > float(doubt)


def _meets_box(plane: FloatArray, equations: RestEquations) -> bool:
    point, directions = plane[0], plane[1:]
    rows = np.concatenate([directions.T, -directions.T])
    limits = np.concatenate([equations.upper - point, point - equations.lower])
    result = linprog(np.zeros(len(directions)), A_ub=rows, b_ub=limits, bounds=(None, None))
    return int(result.status) != 2  # 2: proved infeasible


def _refuse_plane(model: Model, plane: FloatArray) -> None:
    raise ComputationError(
        f"The equilibria of '{model.name}' cannot be listed: its linear rates vanish on a {len(plane) - 1}-dimensional plane "
        f"through {place_of(model, plane[0])} that meets the window. Change a parameter so that the matrix of rates is regular."
    )


def place_of(model: Model, state: FloatArray) -> str:
    """A state, each value by its name, for a message; of many states the first ones."""
    shown = state if len(state) <= MOST_SHOWN else state[:FIRST_SHOWN]
    listed = ", ".join(f"{name} = {value:.6g}" for name, value in zip(model.state_names, shown, strict=False))
    return listed if len(shown) == len(state) else f"{listed}, … ({len(state)} states)"
