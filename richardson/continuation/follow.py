"""Following equilibria along a parameter: from one of them, or from where another branch crosses."""

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.arclength import Walk, corrected, tangent
from richardson.continuation.assemble import assembled, curve_along, curve_through
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.branch_points import crossing_near
from richardson.continuation.family import Family, checked_span, current_value
from richardson.continuation.locate import located
from richardson.errors import ComputationError, InvalidInputError
from richardson.provenance import record
from richardson.stability.equilibria import Equilibrium
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values

CORRECTION = 0.05  # of a state: a start farther from an equilibrium is another state, not a rounded one
ROUNDED = 1e-3  # of its scale: the same for a state at zero
AT_REST = 1e-9  # of the typical rate: where Newton's method fails, a start with smaller rates is an equilibrium at which the branch turns
SINGULAR = 1e-10  # relative: a singular value that vanishes
ASIDE = 1e-3  # of the span: where equilibria beside a start are looked at
SAME = 1e-6  # in scaled coordinates: nearer, two points are one


def continue_equilibrium(
    model: Model,
    start: Equilibrium | Mapping[str, float] | Sequence[float],
    parameter: str,
    span: tuple[float, float],
    *,
    window: Window | None = None,
) -> Branch:
    """Branch of equilibria through a known one, followed both ways along a parameter, with the special points on it.

    Parameters
    ----------
    model : Model
        Autonomous; its own value of the parameter is where the branch starts. Of a map, fixed points are followed.
    start : Equilibrium, mapping or sequence
        An equilibrium of ``model``; a state near one is corrected by Newton's method.
    parameter : str
        Name of a parameter, or of a concept whose members are equal and move as one.
    span : pair of float
        Lowest and highest value, in its unit; the model's own value lies in it.
    window : Window, optional
        Spans every state: the branch ends at its border. Without it the branch ends at the states' bounds, and runs away where there
        are none.

    Returns
    -------
    Branch

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError
        If the rates contain time, a name is unknown, the span or the window does not fit or excludes the start, or the start is no
        equilibrium.
    ComputationError
        If equilibria near the start form a continuum at each parameter value, so that no branch is singled out, or branches cross at it.

    Notes
    -----
    Pseudo-arclength steps in scaled coordinates: window and span are [0, 1]; without a window a state is measured by its own size at
    the start. Special points are seen by test functions whose signs change between two points of the branch; steps with more than one
    are halved until they part, and each point is then solved for by Newton's method on the equations that define it. Two points of
    one kind within one step that undo each other are missed, unless they are folds.

    Examples
    --------
    >>> bead = Model.from_equations({"x": "m + x - x**3"}, {"m": 0.0})
    >>> continue_equilibrium(bead, [1.0], "m", (-1, 1)).points
    (<fold at 0.3849001795: -0.57735027>, <fold at -0.3849001795: 0.57735027>)
    """
    refuse_time(model, "Branches of equilibria")
    low, high = checked_span(model, parameter, span)
    value = current_value(model, parameter, (low, high))
    state = start_values(model, start.state.tolist() if isinstance(start, Equilibrium) else start)
    family = _family(model, parameter, (low, high), state, window)
    return _followed(family, lambda own: curve_through(own, _checked_start(own, state, value)), "continue_equilibrium", window)


def switch_branch(branch: Branch, point: SpecialPoint, span: tuple[float, float], *, window: Window | None = None) -> Branch:
    """The other branch at a branch point: the one that crosses the branch on which the point was found.

    Parameters
    ----------
    branch : Branch
    point : SpecialPoint
        "transcritical", "pitchfork" or "branch point", one of ``branch.points``.
    span : pair of float
        Lowest and highest value of the branch's parameter, in its unit.
    window : Window, optional
        As in `continue_equilibrium`.

    Returns
    -------
    Branch
        Followed both ways from the point.

    Raises
    ------
    InvalidInputError, OutOfBoundsError
        If no other branch crosses at the point, or the span or the window does not fit or excludes it.
    ComputationError
        If no step off the point leads to another branch.

    Examples
    --------
    >>> beam = Model.from_equations({"x": "m*x - x**3"}, {"m": -1.0})
    >>> straight = continue_equilibrium(beam, [0.0], "m", (-1, 1))
    >>> bent = switch_branch(straight, straight.points[0], (-1, 1))
    >>> bent.values[[0, -1]], bent["x"][[0, -1]]
    (array([1., 1.]), array([-1.,  1.]))
    """
    if isinstance(point.value, tuple) or point.kind not in {"transcritical", "pitchfork", "branch point"}:
        raise InvalidInputError(
            f"No other branch crosses at a {point.kind}. Give a transcritical, pitchfork or branch point out of branch.points."
        )
    model = branch.model.with_values(**{branch.parameter: point.value})
    limits = checked_span(model, branch.parameter, span)
    current_value(model, branch.parameter, limits)
    family = _family(model, branch.parameter, limits, point.state, window)
    return _followed(family, lambda own: _other_curve(own, branch, point), "switch_branch", window)


def _followed(family: Family, curve_in: Callable[[Family], Walk], verb: str, window: Window | None) -> Branch:
    """The branch of a curve; without a window it is followed again, in better units, where its states outgrow the first ones."""
    curve = curve_in(family)
    wider = family.widened(curve.points) if window is None else None
    if wider is not None:
        family, curve = wider, curve_in(wider)
    span = family.natural(np.zeros(len(family.scale)))[-1], family.natural(np.ones(len(family.scale)))[-1]
    provenance = record(family.model, verb=verb, parameter=family.parameter, span=(float(span[0]), float(span[1])), window=repr(window))
    return assembled(family, curve, located(family, curve), provenance)


def _other_curve(family: Family, branch: Branch, point: SpecialPoint) -> Walk:
    """The curve that crosses ``branch`` at ``point``."""
    place = family.scaled(point.state, float(np.asarray(point.value)))
    crossing = crossing_near(family, place)
    if crossing is None or np.abs(crossing.place - place).max() > SAME:
        raise InvalidInputError(f"{point!r} is no branch point of '{family.model.name}'. Give one out of branch.points.")
    curve = curve_along(family, crossing, crossing.other_than(_direction_at(family, branch, crossing.place)))
    if curve is None:
        raise ComputationError(f"No step off {point!r} leads to another branch; it may leave the window or the states' bounds at once.")
    return curve


def _family(model: Model, parameter: str, span: tuple[float, float], state: FloatArray, window: Window | None) -> Family:
    """Family over the window, which must hold the state, or else around the state."""
    if window is None:
        return Family.around(model, parameter, span, state)
    family = Family.of(model, parameter, span, Window.of(window))
    if not window.contains(model, state[None])[0]:
        place = ", ".join(f"{name} = {number:g}" for name, number in zip(model.state_names, state, strict=True))
        raise InvalidInputError(f"The branch starts at {place}, which is outside {window!r}. Widen the window, or leave it out.")
    return family


def _checked_start(family: Family, state: FloatArray, value: float) -> FloatArray:
    """The equilibrium next to a state, shape (d + 1,) in the family's coordinates; refused if there is none or no single branch."""
    guess = family.scaled(state, value)
    residual, matrix = family.values_and_matrix(guess)
    if not (np.isfinite(residual).all() and np.isfinite(matrix).all()):
        raise InvalidInputError(f"The rates of '{family.model.name}' or their derivatives are not finite numbers at the start {state}.")
    if _lacks_rank(family, guess):
        _refuse_many(family, guess)
    pace = float(np.abs(matrix).max())
    point = corrected(family, guess, np.eye(len(guess))[-1])
    if point is None and np.abs(residual).max() <= AT_REST * pace:  # at a fold no correction keeps the parameter
        point = corrected(family, guess, tangent(family, guess, np.eye(len(guess))[-1]))
    room = CORRECTION * np.abs(state) + ROUNDED * family.scale[:-1]
    if point is None or (np.abs(family.natural(point)[:-1] - state) > room).any():
        raise InvalidInputError(_no_equilibrium(family, state, value, float(np.abs(residual * family.scale[:-1]).max())))
    if _lacks_rank(family, point):
        _refuse_many(family, point)
    return point


def _no_equilibrium(family: Family, state: FloatArray, value: float, residual: float) -> str:
    place = ", ".join(f"{name} = {number:g}" for name, number in zip(family.model.state_names, state, strict=True))
    what = "fixed point" if family.is_map else "equilibrium"
    return (
        f"{place} is no {what} of '{family.model.name}' at {family.parameter} = {value:g}, nor near one: the largest "
        f"{'step' if family.is_map else 'rate'} there is {residual:.3g}. Start from one that equilibria(model, window) finds."
    )


def _refuse_many(family: Family, point: FloatArray) -> NoReturn:
    """Refuse a start through which no single branch passes: there is a continuum, or branches cross."""
    moved = ASIDE * np.eye(len(point))[-1]
    if all(_lacks_rank(family, point + sign * moved) for sign in (-1.0, 1.0)):
        raise ComputationError(
            f"The equilibria of '{family.model.name}' near the start form a continuum at each value of {family.parameter}, "
            "so no branch is singled out. Look for a conserved quantity, and put its value in place of one state."
        )
    raise ComputationError(
        f"Branches cross at the start. Start beside it, with another value of {family.parameter}, and use switch_branch at the point found."
    )


def _lacks_rank(family: Family, point: FloatArray) -> bool:
    _, matrix = family.values_and_matrix(point)
    rows = np.maximum(np.abs(matrix).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return bool(np.linalg.svd(matrix / rows)[1][-1] < SINGULAR)


def _direction_at(family: Family, branch: Branch, place: FloatArray) -> FloatArray:
    """Unit direction of a branch where it passes ``place``, shape (d + 1,): from the points beside it."""
    points = np.array([family.scaled(state, value) for state, value in zip(branch.states, branch.values, strict=True)])
    nearest = int(np.argmin(np.abs(points - place).max(axis=1)))
    along = points[min(nearest + 1, len(points) - 1)] - points[max(nearest - 1, 0)]
    return np.asarray(along / np.linalg.norm(along))
