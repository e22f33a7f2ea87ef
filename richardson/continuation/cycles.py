"""One limit cycle: its states, its period, its Floquet multipliers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled.field import Field
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles_birth import small_cycles
from richardson.continuation.cycles_solve import Solved, once, scale_of, solve
from richardson.continuation.cycles_start import (
    corrected_return,
    described,
    is_one_of_many,
    last_return,
    not_isolated,
    profile_of,
    run_of,
    settled_cycle,
)
from richardson.dynamics.arguments import check_flow
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import ComputationError, InvalidInputError, NotAutonomousError
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values, state_position

NEUTRAL = 1e-5  # a second multiplier so near 1 leaves no isolated cycle to converge to
DOUBTFUL = 1e-6  # relative change of the period between meshes that is no answer
SHARE = 0.3  # of the guess: a smaller result beside a Hopf point is the equilibrium
COLLAPSED = 1e-2  # of the guess: what shrinks to less in Newton's iteration has become an equilibrium


@dataclass(frozen=True, eq=False, repr=False)
class LimitCycle:
    """A closed orbit, once round.

    Attributes
    ----------
    times : FloatArray
        Shape (t,), from 0 to the period: nodes of the mesh, close together where the states change fast.
    states : FloatArray
        Shape (t, d), in the states' units; the last is the first again.
    period : float
        In the model's unit of time.
    multipliers : ComplexArray
        Shape (d,): Floquet multipliers, largest modulus first. One belongs to the direction of the flow and is 1 but for errors.
    is_stable : bool
        Whether small disturbances die out: every other multiplier lies within the unit circle, by more than the error of that 1.
    trivial_error : float
        How far the multiplier of the flow's direction is from 1.
    period_error : float
        Change of the period, in its unit, when the mesh was last halved.
    residual : float
        Largest of the collocation equations, in each state's range a period.
    model : Model
    provenance : Provenance
    """

    times: FloatArray
    states: FloatArray
    period: float
    multipliers: ComplexArray
    is_stable: bool
    trivial_error: float
    period_error: float
    residual: float
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> FloatArray:
        """Values (t,) of one state by name.

        Raises
        ------
        UnknownNameError
            If the model has no such state.
        """
        return np.ascontiguousarray(self.states[:, state_position(self.model, name)])

    def __len__(self) -> int:
        """Number of times."""
        return int(self.times.size)

    def to_table(self) -> dict[str, FloatArray]:
        """Columns: ``t`` and every state by name, each of shape (t,)."""
        return {"t": self.times.copy(), **{name: self[name] for name in self.model.state_names}}

    def to_xarray(self) -> Any:
        """Dataset over the dimension ``t``, each state a variable with its meaning and unit.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        variables = {state.name: ("t", self[state.name], {"long_name": state.meaning, "units": state.unit}) for state in self.model.states}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "period": self.period}
        return xarray.Dataset(variables, coords={"t": ("t", self.times)}, attrs=attributes)

    def __repr__(self) -> str:
        """Stability, model, period and multipliers."""
        shown = ", ".join(f"{value.real:.6g}" if value.imag == 0 else f"{value:.6g}" for value in self.multipliers)
        kind = "stable" if self.is_stable else "unstable"
        return f"<{kind} cycle of '{self.model.name}': period {self.period:.10g}, multipliers {shown}>"


def limit_cycle(
    model: Model,
    start: Mapping[str, float] | Sequence[float] | Trajectory | SpecialPoint,
    *,
    period: float | None = None,
) -> LimitCycle:
    """The limit cycle next to a start, or the one on which the run from it settles.

    Parameters
    ----------
    model : Model
        An autonomous flow of two states or more.
    start : mapping, sequence, Trajectory or SpecialPoint
        A state, by name or in state order; a run of this model, whose end is where the search begins; or a Hopf point near whose
        parameter value the model is, on the side where it has cycles.
    period : float, optional
        A guess, in the model's unit of time. With it the cycle next to the start is found, stable or not.
        Without it the run from the start must settle on the cycle, which is then stable.

    Returns
    -------
    LimitCycle

    Raises
    ------
    InvalidInputError, NotAutonomousError, UnknownNameError, OutOfBoundsError
        If the model is a map, contains time or has one state, or an argument is not what it should be.
    ComputationError
        If there is no cycle near, or the orbits near it are all closed.

    Notes
    -----
    The cycle is a piecewise polynomial of degree 4 that meets the equations at four Gauss points of each interval [1]_, over a mesh
    that follows its errors and is halved until the period changes by less than 1e-10 of itself.

    References
    ----------
    .. [1] C. de Boor, B. Swartz (1973), Collocation at Gaussian points, SIAM Journal on Numerical Analysis 10, 582–606
       (quoted from memory).

    Examples
    --------
    >>> oscillator = Model.from_equations({"x": "y", "y": "(1 - x**2)*y - x"}, name="van der Pol")
    >>> round(limit_cycle(oscillator, {"x": 1, "y": 0}).period, 6)
    6.663287
    """
    check_cycle_model(model)
    _check_period(period)
    field = Field.of(model)
    origin = _origin(field, start)
    settings = {"start": origin.tolist(), "period": period}
    if isinstance(start, SpecialPoint):
        solved, change = _from_hopf(field, start)
    elif period is None:
        solved, change = _from_run(field, start, origin)
    else:
        solved, change = _from_guess(field, start, origin, period)
    if change > DOUBTFUL:
        raise ComputationError(
            f"A cycle of '{model.name}' near {described(field, origin)} is not resolved: on the finest mesh its period still changes by "
            f"{change:.1g} of itself. It may pass very close to an equilibrium; move the parameters away from where it does."
        )
    return cycle_of(field, solved, change, record(model, verb="limit_cycle", **settings))


def cycle_of(field: Field, solved: Solved, change: float, provenance: Provenance, model: Model | None = None) -> LimitCycle:
    """The public value of a cycle; ``change`` is that of its period, relative, when the mesh was halved."""
    profile, found = solved.point.profile, solved.multipliers
    error = abs(found.along - 1.0)
    states = np.concatenate((profile.nodes, profile.nodes[:1]))
    return LimitCycle(
        times=profile.phases * profile.period,
        states=states,
        period=profile.period,
        multipliers=found.all,
        is_stable=bool((np.abs(found.across) < 1.0 - error).all()),
        trivial_error=error,
        period_error=change * profile.period,
        residual=solved.parts.residual,
        model=field.model if model is None else model,
        provenance=provenance,
    )


def check_cycle_model(model: Model) -> None:
    """Refuse a model that cannot have limit cycles.

    Raises
    ------
    InvalidInputError, NotAutonomousError
        If it is a map, has one state, or contains time.
    """
    check_flow(model)
    if not model.is_autonomous:
        raise NotAutonomousError(
            f"A limit cycle of '{model.name}' cannot be found: its rates depend on time t, so its orbits follow the drive. "
            "Fix the time-dependent terms at constant values, or integrate the model."
        )
    if len(model.states) == 1:
        raise InvalidInputError(f"'{model.name}' has one state, which can only rise or fall: a cycle needs two or more.")


def _check_period(period: float | None) -> None:
    if period is None:
        return
    number = float(period) if isinstance(period, int | float | np.floating) and not isinstance(period, bool) else inf
    if not isfinite(number) or number <= 0.0:
        raise InvalidInputError(
            f"The period must be a positive number, in the model's unit of time; got {period!r}. Leave it out to search."
        )


def _origin(field: Field, start: Any) -> FloatArray:
    """The state at which the search begins."""
    if isinstance(start, SpecialPoint):
        return start_values(field.model, start.state.tolist(), within=False)
    if isinstance(start, Trajectory):
        if start.model != field.model or start.dense is None:
            raise InvalidInputError(
                f"The run is one of another model or of other parameter values than '{field.model.name}' has here. Integrate this model."
            )
        return start_values(field.model, start.states[-1].tolist())
    return start_values(field.model, start)


def _from_run(field: Field, start: Any, origin: FloatArray) -> tuple[Solved, float]:
    """The cycle on which a run settles."""
    if isinstance(start, Trajectory) and start.dense is not None:
        found = last_return(start.dense)
        answer = None if found is None else corrected_return(field, found)
        if answer is not None:
            return _isolated(field, answer)
    return _isolated(field, settled_cycle(field, origin))


def _from_hopf(field: Field, point: SpecialPoint) -> tuple[Solved, float]:
    """The smallest cycle that is found round the equilibrium next to a Hopf point."""
    if point.kind != "hopf":
        raise InvalidInputError(f"Cycles begin at Hopf points; got {point!r}. Give a state near a cycle, or a point of the kind 'hopf'.")
    for guess in small_cycles(field, point):
        answer = solve(field, guess)
        if answer is not None and (np.ptp(answer[0].point.profile.nodes, axis=0) / scale_of(guess.nodes)).max() > SHARE:
            return _isolated(field, answer)
    raise ComputationError(
        f"No cycle of '{field.model.name}' is found round its equilibrium next to {point!r}. Its parameters may be on the side without "
        "cycles, or too far from the point: follow the cycles with continue_cycle."
    )


def _from_guess(field: Field, start: Any, origin: FloatArray, period: float) -> tuple[Solved, float]:
    """The cycle next to a state that has about that period."""
    if isinstance(start, Trajectory) and start.dense is not None and start.times[-1] - start.times[0] >= period:
        dense = start.dense
    else:
        dense = run_of(field, origin, period)
    end = float(dense.breakpoints[-1])
    guess = profile_of(dense, end - period, end)
    size = np.ptp(guess.nodes, axis=0)
    if not (size > 1e-9 * np.abs(guess.nodes).max(axis=0)).any():
        raise InvalidInputError(
            f"The start {described(field, origin)} is at rest and on no cycle. Start beside the equilibrium, "
            "or follow the cycles from a Hopf point."
        )
    answer = solve(field, guess)
    if answer is None or (np.ptp(answer[0].point.profile.nodes, axis=0) / scale_of(guess.nodes)).max() < COLLAPSED:
        if is_one_of_many(field, guess):
            raise not_isolated(field, period)
        gap = dense(np.array([end - period, end]))
        missed = float((np.abs(gap[1] - gap[0]) / scale_of(guess.nodes)).max())
        raise ComputationError(
            f"No cycle of '{field.model.name}' is found near {described(field, origin)} with a period near {period:g}: the run misses its "
            f"start by {missed:.2g} of its size, and Newton's iteration finds nothing closed there. Give a better start and period."
        )
    reduced = once(answer[0].point.profile)
    if reduced is not answer[0].point.profile:
        answer = solve(field, reduced) or answer
    return _isolated(field, answer)


def _isolated(field: Field, answer: tuple[Solved, float]) -> tuple[Solved, float]:
    """The answer, unless orbits beside it are closed too."""
    others = answer[0].multipliers.across
    if np.abs(others - 1.0).min() <= NEUTRAL:
        raise not_isolated(field, answer[0].point.profile.period)
    return answer
