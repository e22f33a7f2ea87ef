"""Limit cycles along a parameter: from a cycle, or from a Hopf point."""

from dataclasses import replace
from math import inf

import numpy as np

from richardson.compiled.field import Field
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.collocation import DEGREE, Profile
from richardson.continuation.cycles import LimitCycle, check_cycle_model, cycle_of
from richardson.continuation.cycles_birth import Birth, birth_near, first_cycle
from richardson.continuation.cycles_branch import CycleBranch
from richardson.continuation.cycles_chart import Chart, Stand
from richardson.continuation.cycles_equations import CycleEquations, Point, Row
from richardson.continuation.cycles_solve import scale_of, with_multipliers
from richardson.continuation.cycles_walk import CycleWalk, Walker
from richardson.continuation.ends import outcome_of_both
from richardson.continuation.family import checked_span
from richardson.errors import ComputationError, InvalidInputError, OutOfBoundsError
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model

PAIR = 1e-8  # relative: an eigenvalue so near ±iω is of the pair whose multipliers are 1


def continue_cycle(model: Model, start: LimitCycle | SpecialPoint, parameter: str, span: tuple[float, float]) -> CycleBranch:
    """The branch of limit cycles through a cycle, or from a Hopf point, along a parameter.

    Parameters
    ----------
    model : Model
        An autonomous flow of two states or more; the parameter's value in it is that of ``start``, if that is a cycle.
    start : LimitCycle or SpecialPoint
        A cycle of the model, stable or not, or a Hopf point on a branch over the same parameter.
    parameter : str
        Name of a parameter, or of a concept whose members are equal and move as one.
    span : pair of float
        Lowest and highest value, in its unit.

    Returns
    -------
    CycleBranch

    Raises
    ------
    InvalidInputError, NotAutonomousError, UnknownNameError, OutOfBoundsError
        If the model has no limit cycles, the parameter is unknown or its members differ, the span does not fit, or the start is
        no cycle and no Hopf point of the model.
    ComputationError
        If no cycle is found next to the start.

    Notes
    -----
    Special points are found where a multiplier passes the unit circle between two cycles; a step in which the number of unstable
    multipliers changes otherwise is halved. Each is located to rounding on a mesh that is refined until the parameter value changes
    by less than 1e-9 of the span, and its bracket is that change.

    Examples
    --------
    >>> brusselator = Model.from_equations({"x": "1 - (b + 1)*x + x**2*y", "y": "b*x - x**2*y"}, {"b": 2.0})
    >>> hopf = SpecialPoint("hopf", 2.0, np.array([1.0, 2.0]), (2.0, 2.0), 0.0)
    >>> continue_cycle(brusselator, hopf, "b", (1.5, 3.0)).outcome.name
    'REACHED_END'
    """
    check_cycle_model(model)
    low, high = checked_span(model, parameter, span)
    field = Field.of(model)
    walker = Walker(field, parameter, (low, high))
    provenance = record(model, verb="continue_cycle", parameter=parameter, span=(low, high), start=repr(start))
    if isinstance(start, SpecialPoint):
        birth = _birth(field, start, parameter, (low, high))
        stand = first_cycle(field, birth, parameter, (low, high))
        if stand is None:
            raise ComputationError(f"No small cycle of '{model.name}' is found next to {start!r}. Look whether it is a Hopf point at all.")
        walk = walker.walk(stand)
        return _with_birth(field, birth, _assembled(field, walk, parameter, (low, high), provenance))
    if not isinstance(start, LimitCycle):
        raise InvalidInputError(f"Cycles are followed from a LimitCycle or from a Hopf point; got {start!r}. Find one with limit_cycle.")
    stand = _stand(field, start, parameter, (low, high))
    ahead = walker.walk(stand)
    if ahead.outcome is Outcome.CLOSED:
        return _assembled(field, ahead, parameter, (low, high), provenance)
    back = walker.walk(stand.turned())
    return _assembled(field, _joined(back, ahead), parameter, (low, high), provenance)


def _joined(back: CycleWalk, ahead: CycleWalk) -> CycleWalk:
    """Both sides as one walk, from the end of ``back``."""
    shift = len(back.stands) - 1
    stands = [*back.stands[:0:-1], *ahead.stands]
    places = [place if place < 0 else shift - place for place in reversed(back.places)]
    places += [place if place < 0 else shift + place for place in ahead.places]
    outcome = outcome_of_both(back.outcome, ahead.outcome)
    return CycleWalk(stands, [*reversed(back.points), *ahead.points], places, outcome)


def _with_birth(field: Field, birth: Birth, later: CycleBranch) -> CycleBranch:
    """A branch that began at a Hopf point, with the equilibrium there as its first, vanishing cycle."""
    parameter, provenance = later.parameter, later.provenance
    period = 2.0 * np.pi / birth.frequency
    is_pair = np.abs(np.abs(birth.eigenvalues.imag) - birth.frequency) + np.abs(birth.eigenvalues.real) <= PAIR * birth.frequency
    multipliers = np.where(is_pair, 1.0, np.exp(birth.eigenvalues * period))
    multipliers = multipliers[np.argsort(-np.abs(multipliers), kind="stable")]
    point = SpecialPoint(
        kind="hopf",
        value=birth.value,
        state=birth.state,
        bracket=(birth.value - birth.doubt, birth.value + birth.doubt),
        residual=birth.residual,
        frequency=birth.frequency,
    )
    vanishing = LimitCycle(
        times=np.array([0.0, period]),
        states=np.array([birth.state, birth.state]),
        period=period,
        multipliers=multipliers,
        is_stable=False,
        trivial_error=0.0,
        period_error=0.0,
        residual=birth.residual,
        model=field.model.with_values(**{parameter: birth.value}),
        provenance=provenance,
    )
    return replace(
        later,
        values=np.append(birth.value, later.values),
        periods=np.append(period, later.periods),
        multipliers=np.concatenate((multipliers[None], later.multipliers)),
        is_stable=np.append(False, later.is_stable),
        points=(point, *later.points),
        cycles=(vanishing, *later.cycles),
    )


def _assembled(field: Field, walk: CycleWalk, parameter: str, span: tuple[float, float], provenance: Provenance) -> CycleBranch:
    """The public value of a walk."""
    cycles = []
    for stand in walk.stands:
        model = field.model.with_values(**{parameter: stand.value})
        cycles.append(cycle_of(field, stand.solved, _coarseness(field, stand, parameter, span), provenance, model=model))
    stable = np.array([cycle.is_stable for cycle in cycles])
    stable[[place for place in walk.places if place >= 0]] = False
    return CycleBranch(
        parameter=parameter,
        values=np.array([stand.value for stand in walk.stands]),
        periods=np.array([cycle.period for cycle in cycles]),
        multipliers=np.array([cycle.multipliers for cycle in cycles]),
        is_stable=stable,
        points=tuple(walk.points),
        outcome=walk.outcome,
        cycles=tuple(cycles),
        model=field.model,
        provenance=provenance,
    )


def _coarseness(field: Field, stand: Stand, parameter: str, span: tuple[float, float]) -> float:
    """Change of a cycle's period, relative, when its mesh is halved; infinite where the half is too coarse."""
    reached = Chart.at(field, stand, parameter, span, finer=0.5).reach(0.0)
    return inf if reached is None else abs(reached[0].profile.period / stand.profile.period - 1.0)


def _birth(field: Field, start: SpecialPoint, parameter: str, span: tuple[float, float]) -> Birth:
    """The Hopf point, refined."""
    if start.kind != "hopf" or isinstance(start.value, tuple):
        raise InvalidInputError(f"Cycles begin at a Hopf point of one parameter; got {start!r}. Give a point of the kind 'hopf'.")
    if len(start.state) != field.dimension:
        raise InvalidInputError(f"{start!r} has {len(start.state)} states; '{field.model.name}' has {field.dimension}. Give its own point.")
    _check_inside(parameter, start.value, span)
    equations = CycleEquations(field, np.ones(field.dimension), parameter, span)
    birth = birth_near(equations, start.state, start.value, start.frequency)
    if birth is None:
        raise InvalidInputError(
            f"{start!r} is no Hopf point of '{field.model.name}' over '{parameter}': no pair of eigenvalues passes the imaginary axis "
            "there. Give a point of a branch of this model over this parameter."
        )
    return birth


def _stand(field: Field, start: LimitCycle, parameter: str, span: tuple[float, float]) -> Stand:
    """The given cycle, corrected, with the branch's direction towards higher values."""
    model = field.model
    if start.model.fingerprint != model.fingerprint or len(start) < DEGREE + 1 or (len(start) - 1) % DEGREE:
        raise InvalidInputError(f"{start!r} is no cycle of '{model.name}'. Find one with limit_cycle(model, …).")
    value = model.values[model.resolve(parameter)[0]]
    _check_inside(parameter, value, span)
    mesh = start.times[::DEGREE] / start.period
    profile = Profile(mesh, start.states[:-1], start.period)
    equations = CycleEquations(field, scale_of(profile.nodes), parameter, span)
    along = Row(np.zeros_like(profile.nodes), np.array([0.0, 1.0]))
    phase = equations.phase_row(profile)
    found = equations.corrected(Point(profile, value), (phase, along))
    if found is None:
        raise InvalidInputError(
            f"{start!r} is no cycle of '{model.name}' at {parameter} = {value:g}, and Newton's iteration finds none next to it. "
            "Find the cycle of this model with limit_cycle."
        )
    tangent = equations.tangent(found[1], phase, along, mesh)
    return Stand(with_multipliers(equations, *found), tangent, equations.scale, np.abs(profile.nodes).max(axis=0))


def _check_inside(parameter: str, value: float, span: tuple[float, float]) -> None:
    if not span[0] <= value <= span[1]:
        raise OutOfBoundsError(
            f"The start is at {parameter} = {value:.10g}, outside the span [{span[0]:g}, {span[1]:g}]. Widen the span to hold it."
        )
