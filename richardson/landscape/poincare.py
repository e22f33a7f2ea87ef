"""Poincaré sections: the states in which an orbit passes a surface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.dynamics.arguments import as_accuracy, as_bound, check_drives, check_flow, check_known, check_start
from richardson.dynamics.barriers import Fence
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.events import Event
from richardson.dynamics.integrate import barriers_of, watch_on
from richardson.dynamics.kernel_march import KernelMarch
from richardson.dynamics.march import Accuracy, Flow
from richardson.errors import IntegrationError, InvalidInputError, NotAutonomousError, counted
from richardson.landscape.resting import equilibrium_beside
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values, state_position

METHOD = "DOP853"
ENDLESS = 1e15  # times the first step: where a run without a horizon would end
AHEAD = 1000.0  # longest steps for which its drives are looked at beforehand


@dataclass(frozen=True, eq=False, repr=False)
class PoincareSection:
    """Crossings of a surface by one orbit, in order of time.

    Attributes
    ----------
    section : str
        The expression that is zero on the surface.
    direction : int
        1 where it rises through zero, −1 where it falls, 0 both.
    times : FloatArray
        Shape (n,), from the start of the orbit.
    states : FloatArray
        Shape (n, d), in the states' units.
    outcome : Outcome
        REACHED_END with all crossings that were asked for, or at the horizon; SETTLED where the orbit came to rest at a stable
        equilibrium; ESCAPED, LEFT_DOMAIN.
    stopped_at : float or None
        When the orbit ended, if not with the last crossing.
    model : Model
    provenance : Provenance
    """

    section: str
    direction: int
    times: FloatArray
    states: FloatArray
    outcome: Outcome
    stopped_at: float | None
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of crossings."""
        return int(self.times.size)

    def __getitem__(self, name: str) -> FloatArray:
        """Values (n,) of one state by name.

        Raises
        ------
        UnknownNameError
            If the model has no such state.
        """
        return np.ascontiguousarray(self.states[:, state_position(self.model, name)])

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a crossing: ``t`` and every state by name."""
        return {"t": self.times.tolist()} | {name: self[name].tolist() for name in self.model.state_names}

    def to_xarray(self) -> Any:
        """Dataset over ``crossing``: the times ``t``, and each state with its meaning and unit.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        variables: dict[str, Any] = {"t": ("crossing", self.times)}
        for state in self.model.states:
            variables[state.name] = ("crossing", self[state.name], {"long_name": state.meaning, "units": state.unit})
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "section": self.section}
        return xarray.Dataset(variables, attrs=attributes | {"outcome": self.outcome.name})

    def __repr__(self) -> str:
        """How many crossings of what, when, and how the orbit ended."""
        way = {1: "rising", -1: "falling", 0: "both ways"}[self.direction]
        span = f", t = {self.times[0]:g} … {self.times[-1]:g}" if self.times.size else ""
        return f"<{counted(self.times.size, 'crossing')} of {self.section} = 0 ({way}) by '{self.model.name}'{span}; {self.outcome.name}>"


class Surface(NamedTuple):
    """What is asked of an orbit: an event, how many crossings after a transient, and when at the latest to stop."""

    event: Event
    wanted: int
    transient: float = 0.0
    horizon: float | None = None
    longest: float = inf


class Crossed(NamedTuple):
    """What came of it: times (n,) and states (n, d), the outcome, a failure too, and when the orbit ended if not with the last crossing."""

    times: FloatArray
    states: FloatArray
    outcome: Outcome
    stopped_at: float | None


def poincare_section(
    model: Model,
    start: Mapping[str, float] | Sequence[float],
    section: Any,
    *,
    direction: int = 1,
    count: int = 1000,
    transient: float = 0.0,
    horizon: float | None = None,
    longest: float | None = None,
    relative: float = 1e-10,
    absolute: float = 1e-12,
    bound: float = 1e9,
    step_limit: int = 1_000_000,
) -> PoincareSection:
    """The states in which an orbit passes the surface where an expression is zero.

    Parameters
    ----------
    model : Model
        A flow of any number of states.
    start : mapping or sequence
        By state name, or in state order, within the states' bounds.
    section : str or sympy.Expr
        Over states, parameters and ``t``: the surface is where it is zero. With ``"sin(pi*t/T)"`` and both directions a model that
        is driven with the period T is seen once a period.
    direction : int
        1: only where it rises through zero; −1: only where it falls; 0: both.
    count : int
        How many crossings to find.
    transient : float
        Time before which crossings are left out.
    horizon : float, optional
        Time at which to stop, with however many crossings there were.
    longest : float, optional
        The longest step; it must be given where ``t`` occurs in the model's equations, short against what happens in them.
    relative, absolute : float
        Error allowed in a step: absolute + relative · |state|.
    bound : float
        Magnitude of any state at which the orbit has escaped.
    step_limit : int
        Steps after which to give up.

    Returns
    -------
    PoincareSection

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, ParseError, NotAutonomousError
        If an argument is not what it should be.
    IntegrationError
        If the orbit cannot be followed, or makes too few crossings within ``step_limit`` steps.

    Notes
    -----
    Crossings are those of `integrate`'s events: none is missed whose expression exceeds, on both sides, what a hundred tolerances
    do to it, and each is the root of the step's own polynomial.

    Examples
    --------
    >>> circle = Model.from_equations({"x": "y", "y": "-x"})
    >>> found = poincare_section(circle, {"x": 0, "y": 1}, "y", count=2)
    >>> found.times.round(6), found.states.round(6)
    (array([ 4.712389, 10.995574]), array([[-1., -0.],
           [-1., -0.]]))
    """
    check_flow(model)
    if longest is None and not model.is_autonomous:
        raise NotAutonomousError(
            f"The rates of '{model.name}' depend on time t, so that a step might pass over what they do. Give longest=, short against it."
        )
    surface = Surface(Event(section, direction=direction), _whole(count), *_times(transient, horizon, longest))
    limit = as_bound(bound)
    field, accuracy = Field.of(model), as_accuracy(METHOD, relative, absolute, step_limit)
    origin = start_values(field.model, start)
    check_known(model, 0.0, ENDLESS if surface.horizon is None else surface.horizon)
    if model.drives:
        check_drives(field, np.array([0.0, surface.horizon or surface.transient + AHEAD * surface.longest]))
    check_start(field, origin, 0.0, limit)
    chosen: dict[str, Any] = {"start": origin, "section": str(section), "direction": direction, "count": count, "transient": transient}
    chosen |= {"horizon": horizon, "longest": longest, "relative": relative, "absolute": absolute, "bound": limit}
    provenance = record(model, verb="poincare_section", **chosen)
    found = crossings(field, origin, surface, accuracy, limit)
    if not found.outcome.is_answer:
        raise IntegrationError(_complaint(field.model, surface, found))
    return PoincareSection(
        surface.event.label, surface.event.direction, found.times, found.states, found.outcome, found.stopped_at, model, provenance
    )


def crossings(field: Field, origin: FloatArray, surface: Surface, accuracy: Accuracy, bound: float) -> Crossed:
    """The crossings that one orbit makes, as many as are asked for, or until it ends or fails."""
    event = surface.event
    end = ENDLESS if surface.horizon is None else surface.horizon
    march = KernelMarch(field, Flow(field.rates, field.jacobian, origin, 0.0, end, surface.longest), accuracy)
    fence = Fence(barriers_of(field, accuracy, bound), field.dimension)
    watch = watch_on(field, (event,), accuracy, surface.longest)
    times: list[float] = []
    states: list[FloatArray] = [np.empty((0, field.dimension))]
    before: list[DenseOutput] = []
    size = np.abs(origin)
    while not march.is_over:
        block = march.block()
        if block is None:
            continue
        stop = fence.first_stop([*before, block])
        last = inf if stop is None else stop.time
        met = [each.time for each in watch.crossings(block) if event.direction in (0, each.direction) and each.time <= last]
        kept = [time for time in met if time > surface.transient][: surface.wanted - len(times)]
        times += kept
        if kept:
            states.append(_on(block, before, np.array(kept)))
        if len(times) == surface.wanted:
            return Crossed(np.array(times), np.concatenate(states), Outcome.REACHED_END, None)
        if stop is not None:
            return Crossed(np.array(times), np.concatenate(states), stop.outcome, stop.time)
        size = np.maximum(size, np.abs(march.state))
        if not met and rests(field, march.state, size):
            return Crossed(np.array(times), np.concatenate(states), Outcome.SETTLED, march.time)
        before = [block]
    return Crossed(np.array(times), np.concatenate(states), march.failure or Outcome.REACHED_END, march.time)


def rests(field: Field, state: FloatArray, size: FloatArray) -> bool:
    """Whether an orbit has come to rest: right beside a stable equilibrium, measured by how large the states have been."""
    if not field.model.is_autonomous:
        return False
    place = equilibrium_beside(field, state, np.where(size > 0.0, size, 1.0), record(field.model))
    return place is not None and place.is_stable


def _on(block: DenseOutput, before: Sequence[DenseOutput], times: FloatArray) -> FloatArray:
    """States (n, d) at times of a block, or of the one before it, where a crossing begins whose end is in this one."""
    early = times < block.breakpoints[0]
    return np.concatenate([before[0](times[early]), block(times[~early])]) if early.any() else block(times)


def _complaint(model: Model, surface: Surface, found: Crossed) -> str:
    return (
        f"The orbit of '{model.name}' passed {surface.event.label} = 0 only {len(found.times)} times of {surface.wanted}, until "
        f"t = {found.stopped_at:g}: {found.outcome}. Move the section into the orbit's way, ask for fewer, or raise step_limit=."
    )


def _times(transient: Any, horizon: Any, longest: Any) -> tuple[float, float | None, float]:
    given = {"transient": 0.0 if transient is None else transient, "horizon": horizon, "longest": longest}
    numbers: dict[str, float | None] = {}
    for name, value in given.items():
        try:
            numbers[name] = None if value is None else float(value)
        except (TypeError, ValueError) as error:
            raise InvalidInputError(f"{name}= must be a number, in the model's unit of time; got {value!r}.") from error
        number = numbers[name]
        if number is not None and not (isfinite(number) and number >= 0.0 and (number > 0.0 or name == "transient")):
            raise InvalidInputError(f"{name}= must be a positive number, in the model's unit of time; got {value!r}.")
    return numbers["transient"] or 0.0, numbers["horizon"], numbers["longest"] or inf


def _whole(count: Any) -> int:
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise InvalidInputError(f"The number of crossings must be a whole number, 1 or more; got {count!r}.")
    return int(count)
