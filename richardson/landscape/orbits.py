"""Orbit diagrams: where orbits go in the long run, value by value of a parameter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import FloatArray, as_floats
from richardson.compiled.build import CODES, MATRIX, STACK, VECTOR, kernel
from richardson.compiled.field import Field
from richardson.compiled.kernels import orbits as orbits_kernel
from richardson.compiled.threads import thread_count
from richardson.dynamics.arguments import as_accuracy, as_bound, check_start
from richardson.dynamics.events import Event
from richardson.dynamics.iterate import EDGE, STEP
from richardson.errors import InvalidInputError, NotAutonomousError
from richardson.landscape.poincare import METHOD, Surface, crossings
from richardson.landscape.settling import parameter_rows
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model
from richardson.symbolic.order import check_ranges
from richardson.symbolic.position import start_values, state_position

SIGNATURE = f"void({STEP}, {MATRIX}, {VECTOR}, {MATRIX}, float64, int64, {STACK}, {CODES})"
OUTCOMES = {
    orbits_kernel.REACHED_END: Outcome.REACHED_END,
    orbits_kernel.ESCAPED: Outcome.ESCAPED,
    orbits_kernel.LEFT_DOMAIN: Outcome.LEFT_DOMAIN,
    orbits_kernel.NOT_FINITE: Outcome.NOT_FINITE,
}
BLOCKS = 8  # of values, a thread
RELATIVE, ABSOLUTE, STEPS = 1e-9, 1e-11, 200_000  # of a flow's runs between crossings


@dataclass(frozen=True, eq=False, repr=False)
class OrbitDiagram:
    """States on orbits after their transients, over a parameter.

    Attributes
    ----------
    parameter : str
        Name, or concept whose members move as one.
    values : FloatArray
        Shape (n,), in the parameter's unit.
    states : FloatArray
        Shape (n, keep, d): of a map, states one step after another; of a flow, the crossings of ``section``. NaN where there are none.
    outcomes : tuple of Outcome
        One a value; failures too, which leave NaN.
    section : str or None
        The expression that is zero where a flow is looked at.
    model : Model
    provenance : Provenance
    """

    parameter: str
    values: FloatArray
    states: FloatArray
    outcomes: tuple[Outcome, ...]
    section: str | None
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> FloatArray:
        """Values (n, keep) of one state by name.

        Raises
        ------
        UnknownNameError
            If the model has no such state.
        """
        return np.ascontiguousarray(self.states[:, :, state_position(self.model, name)])

    def periods(self, *, tolerance: float = 1e-6) -> npt.NDArray[np.int64]:
        """Of each value, after how many of its states the orbit repeats itself; 0 where it does not, or is not seen twice.

        Parameters
        ----------
        tolerance : float
            Difference of states, over the range of each on the whole diagram, that counts as none.

        Returns
        -------
        ndarray of int, shape (n,)

        Examples
        --------
        >>> import richardson as rn
        >>> found = rn.orbit_diagram(rn.models.saperstein(), "reaction", [0.7, 0.8], [0.3, 0.3])
        >>> found.periods()
        array([1, 2])
        """
        known = self.states[np.isfinite(self.states).all(axis=(1, 2))]
        width = np.ptp(known, axis=(0, 1)) if known.size else np.ones(self.states.shape[2])
        allowed = tolerance * np.where(width > 0.0, width, 1.0)
        found = np.zeros(self.values.size, dtype=np.int64)
        for period in range(self.states.shape[1] // 2, 0, -1):
            differences = np.abs(self.states[:, period:] - self.states[:, :-period])
            found[(differences <= allowed).all(axis=(1, 2))] = period
        return found

    @property
    def _counter(self) -> str:
        """What the number of a state on its orbit is called: "iteration", unless something else is."""
        taken = {self.parameter, *self.model.state_names}
        return next(name for name in ("iteration" + "_" * length for length in count()) if name not in taken)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a state: the parameter, ``iteration`` (the number of the state on its orbit), and every state by name."""
        n, keep, _ = self.states.shape
        columns: dict[str, Sequence[Any]] = {
            self.parameter: np.repeat(self.values, keep).tolist(),
            self._counter: np.tile(np.arange(keep), n).tolist(),
        }
        return columns | {name: self[name].ravel().tolist() for name in self.model.state_names}

    def to_xarray(self) -> Any:
        """Dataset over the parameter and ``iteration``: every state with its meaning and unit.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        over = (self.parameter, self._counter)
        variables = {state.name: (over, self[state.name], {"long_name": state.meaning, "units": state.unit}) for state in self.model.states}
        outcomes = {"outcome": (self.parameter, [outcome.name for outcome in self.outcomes])}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint}
        return xarray.Dataset(variables | outcomes, coords={self.parameter: self.values}, attrs=attributes)

    def __repr__(self) -> str:
        """Parameter, span, and how the orbits ended."""
        ends = ", ".join(f"{count} {outcome.name}" for outcome, count in Counter(self.outcomes).items())
        span = f"{self.parameter} in [{self.values.min():g}, {self.values.max():g}]"
        return f"<orbits of '{self.model.name}' over {span}: {self.values.size} values, {self.states.shape[1]} states each; {ends}>"


def orbit_diagram(
    model: Model,
    parameter: str,
    values: npt.ArrayLike,
    start: Mapping[str, float] | Sequence[float],
    *,
    transient: float = 1000,
    keep: int = 100,
    section: Any = None,
    maximum: str | None = None,
    bound: float = 1e9,
) -> OrbitDiagram:
    """Where orbits from one start go in the long run, over values of a parameter: doublings, chaos and the windows in it.

    Parameters
    ----------
    model : Model
        A map; or an autonomous flow, which is looked at where it passes a surface.
    parameter : str
        Name; a bare concept name moves all its members as one.
    values : array_like, shape (n,)
        In the parameter's unit, in any order. Every value begins at ``start`` again, so that none depends on another; where there are
        several attractors, other starts show the others.
    start : mapping or sequence
        By state name, or in state order, within the states' bounds.
    transient : float
        Number of steps, or time of a flow, that is left out.
    keep : int
        How many states, or crossings, are kept.
    section : str or sympy.Expr, optional
        Of a flow: the expression that rises through zero where it is looked at.
    maximum : str, optional
        Of a flow, instead: the state whose maxima along the orbit are kept.
    bound : float
        Magnitude of any state at which an orbit has escaped.

    Returns
    -------
    OrbitDiagram

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, ParseError, NotAutonomousError
        If an argument is not what it should be.

    Examples
    --------
    >>> from richardson.models import saperstein
    >>> found = orbit_diagram(saperstein(), "reaction", [0.7, 0.8, 0.87], {"x": 0.3, "y": 0.3})
    >>> found.periods().tolist()
    [1, 2, 4]
    """
    check_model(model)
    axis, limit = _axis(model, parameter, values), as_bound(bound)
    kept, left_out = _whole(keep, "keep", 1), transient
    field = Field.of(model)
    origin = start_values(field.model, start)
    check_start(field, origin, 0.0, limit)
    surface = None if model.kind == "map" else _surface(model, section, maximum, kept, transient)
    if surface is None:
        if section is not None or maximum is not None:
            raise InvalidInputError(f"'{model.name}' is a map, whose every state is looked at. Leave out section= and maximum=.")
        left_out = _whole(transient, "transient", 0)
        states, outcomes = _of_map(field, parameter_rows(model, (parameter,), (axis,)), origin, (left_out, kept), limit)
    else:
        states, outcomes = _of_flow([model.with_values(**{parameter: value}) for value in axis.tolist()], origin, surface, limit)
    label = None if surface is None else surface.event.label
    settings: dict[str, Any] = {
        "parameter": parameter,
        "start": origin,
        "transient": left_out,
        "keep": kept,
        "section": label,
        "bound": limit,
    }
    return OrbitDiagram(parameter, axis, states, outcomes, label, model, record(model, verb="orbit_diagram", **settings))


def _of_map(
    field: Field, rows: FloatArray, origin: FloatArray, steps: tuple[int, int], bound: float
) -> tuple[FloatArray, tuple[Outcome, ...]]:
    """States after a transient, and outcomes, for parameters in rows (n, p); ``steps`` are left out, and kept."""
    transient, keep = steps
    states, codes = np.empty((len(rows), keep, field.dimension)), np.empty(len(rows), dtype=np.int64)
    edges = np.array([field.lower, field.upper])
    slack = EDGE * np.maximum(1.0, np.where(np.isfinite(edges), np.abs(edges), 0.0))
    limits = edges + slack * np.array([[-1.0], [1.0]])
    run, rule, rows = kernel(orbits_kernel, "orbits", SIGNATURE), field.raw_rates, field.prepared(rows)

    def part(chosen: slice) -> None:
        run(rule, rows[chosen], origin, limits, bound, transient, states[chosen], codes[chosen])

    workers = thread_count()
    size = max(1, -(-len(rows) // (BLOCKS * workers)))
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(part, (slice(low, low + size) for low in range(0, len(rows), size))))
    return states, tuple(OUTCOMES[code] for code in codes.tolist())


def _of_flow(models: Sequence[Model], origin: FloatArray, surface: Surface, bound: float) -> tuple[FloatArray, tuple[Outcome, ...]]:
    """Crossings of each model's orbit, and outcomes; one that fails, or crosses too seldom, has what there is."""
    states = np.full((len(models), surface.wanted, origin.size), np.nan)
    outcomes = []
    accuracy = as_accuracy(METHOD, RELATIVE, ABSOLUTE, STEPS)
    for row, model in enumerate(models):
        found = crossings(Field.of(model), origin, surface, accuracy, bound)
        states[row, : len(found.states)] = found.states
        outcomes.append(found.outcome)
    return states, tuple(outcomes)


def _surface(model: Model, section: Any, maximum: str | None, keep: int, transient: Any) -> Surface:
    """Where a flow is looked at."""
    if not model.is_autonomous:
        raise NotAutonomousError(
            f"The rates of '{model.name}' depend on time t. Look at one value at a time with poincare_section, which takes longest=."
        )
    if (section is None) == (maximum is None):
        raise InvalidInputError(
            f"'{model.name}' is a flow: give section=, an expression that its orbits take through zero, or maximum=, a state whose maxima "
            "are kept, and not both."
        )
    time = float(transient) if isinstance(transient, int | float | np.number) else np.nan
    if not (np.isfinite(time) and time >= 0.0):
        raise InvalidInputError(f"transient= must be a time, 0 or more; got {transient!r}.")
    if maximum is None:
        return Surface(Event(section, direction=1), keep, time)
    rate = model.rates[state_position(model, maximum)]
    return Surface(Event(rate, direction=-1, name=f"d{maximum}/dt"), keep, time)


def _axis(model: Model, name: str, values: npt.ArrayLike) -> FloatArray:
    axis = as_floats(values, f"Values of '{name}'")
    if axis.ndim != 1 or axis.size < 1:
        raise InvalidInputError(f"Values of '{name}' must be a sequence; got shape {axis.shape}. Try numpy.linspace(0.7, 1, 301).")
    for member in model.resolve(name):
        for value in axis:
            model.parameters[model.parameter_names.index(member)].check(value)
    check_ranges(model, {name: (float(axis.min()), float(axis.max()))})
    return axis


def _whole(value: Any, name: str, least: int) -> int:
    is_real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not (is_real and isfinite(value) and value == int(value) and value >= least):
        raise InvalidInputError(f"{name}= must be a whole number, {least} or more; got {value!r}.")
    return int(value)
