"""Which attractor each start goes to."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf

import numpy as np

from richardson.arrays import FloatArray, IntArray, as_floats
from richardson.compiled.field import Field
from richardson.compiled.kernels import layout, lookout
from richardson.compiled.lanes import LANES, Members, Task
from richardson.compiled.threads import thread_count
from richardson.dynamics.arguments import as_bound
from richardson.dynamics.barriers import BOUND_SLACK, SIZE_SLACK
from richardson.errors import InvalidInputError
from richardson.landscape.attractors import Attractor, equilibrium_from, stable_equilibria
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

UNDECIDED, ESCAPED, LEFT_DOMAIN = -1, -2, -3
RELATIVE, ABSOLUTE = 1e-10, 1e-12
REST = 30.0  # tolerances: how near to its equilibrium a path is taken to it
STEPS = 100_000
SAME = 1e-6  # relative: ends nearer than this are one equilibrium
BLOCK = 4096


@dataclass(frozen=True, eq=False, repr=False)
class Labelled:
    """Where starts end.

    Attributes
    ----------
    labels : IntArray
        Shape (m,): position in ``attractors``, or `UNDECIDED`, `ESCAPED`, `LEFT_DOMAIN`.
    attractors : tuple of Attractor
        Those known before, in their order, then new ones.
    """

    labels: IntArray
    attractors: tuple[Attractor, ...]

    def __repr__(self) -> str:
        """How many starts, and where to."""
        return f"<{len(self.labels)} starts of {len(self.attractors)} attractors>"


def label(
    model: Model,
    starts: FloatArray,
    window: Window,
    *,
    known: Sequence[Attractor] = (),
    bound: float = 1e9,
    horizon: float | None = None,
) -> Labelled:
    """The attractor that each start goes to.

    Parameters
    ----------
    model : Model
        Autonomous.
    starts : FloatArray
        Shape (m, d), in the states' units.
    window : Window
        Where equilibria are looked for beforehand; every state named. Attractors outside are found by the paths.
    known : sequence of Attractor
        Attractors found before; none are looked for beforehand then.
    bound : float
        Magnitude of a state beyond which a path has escaped.
    horizon : float, optional
        Time after which a path is undecided.

    Returns
    -------
    Labelled

    Raises
    ------
    NotAutonomousError, InvalidInputError, UnknownNameError, OutOfBoundsError
        If the rates contain time, or an argument does not fit.
    """
    refuse_time(model, "Basins")
    Window.of(window).check(model)
    rows = as_floats(starts, "Starts")
    if rows.ndim != 2 or rows.shape[1] != len(model.states):
        raise InvalidInputError(f"Starts of '{model.name}' have the shape (m, {len(model.states)}); got {rows.shape}.")
    attractors = list(known) or list(stable_equilibria(model, window))
    found = _followed(model, rows, as_bound(bound), horizon)
    labels = np.full(len(rows), UNDECIDED, dtype=np.int64)
    labels[found.codes == lookout.ESCAPED] = ESCAPED
    labels[found.codes == lookout.LEFT_DOMAIN] = LEFT_DOMAIN
    _match(model, attractors, found, labels)
    return Labelled(labels, tuple(attractors))


def _match(model: Model, attractors: list[Attractor], found: Members, labels: IntArray) -> None:
    """Label the ends at rest, adding the attractors that are new."""
    ends = found.states[:, 0]
    open_rows = np.flatnonzero(found.codes == lookout.AT_REST)
    place = 0
    while open_rows.size:
        while place < len(attractors):
            middle = attractors[place].states[0]
            near = (np.abs(ends[open_rows] - middle) <= SAME * np.maximum(np.abs(middle), 1.0)).all(axis=1)
            if attractors[place].equilibrium is not None:
                labels[open_rows[near]] = place
                open_rows = open_rows[~near]
            place += 1
        if open_rows.size:
            new = equilibrium_from(model, ends[open_rows[0]])
            if new is not None and new.is_stable:
                attractors.append(Attractor.of(new))
            open_rows = open_rows if new is not None and new.is_stable else open_rows[1:]


def _followed(model: Model, starts: FloatArray, bound: float, horizon: float | None) -> Members:
    """Paths from all starts to their ends."""
    count, d = starts.shape
    task = _task(model, bound, 1e300 if horizon is None else horizon)
    found = Members(
        np.empty((count, 1, d)), np.empty((count, 0)), np.zeros(count, dtype=np.int64), np.zeros(count), np.zeros(count, dtype=np.int64)
    )

    def work(low: int) -> None:
        rows = slice(low, min(low + BLOCK, count))
        task.run(starts[rows].copy(), found.part(rows))

    _ = task.kernel
    with ThreadPoolExecutor(thread_count()) as pool:
        list(pool.map(work, range(0, count, BLOCK)))
    return found


def _task(model: Model, bound: float, horizon: float) -> Task:
    field, d = Field.of(model), len(model.states)
    limits = np.array([np.maximum(field.lower, -bound), np.minimum(field.upper, bound)])
    is_bound = np.array([field.lower >= -bound, field.upper <= bound]) & np.isfinite(limits)
    slack = np.where(is_bound, BOUND_SLACK * (ABSOLUTE + RELATIVE * np.abs(np.where(is_bound, limits, 0.0))), 0.0)
    settings = np.zeros(layout.SETTINGS)
    settings[[layout.END, layout.RELATIVE, layout.STEP_LIMIT, layout.LONGEST]] = horizon, RELATIVE, STEPS, inf
    settings[[layout.RESOLUTION, layout.REST, layout.TIMELESS, layout.DETAIL]] = 1e-300, REST, 1.0, inf
    return Task(
        scheme="Tsit5",
        functions=field.over_lanes(LANES, with_slopes=True),
        parameters=field.parameters,
        parameter_source=np.full(field.parameters.size, -1, dtype=np.int64),
        start=np.zeros(d),
        start_source=np.arange(d, dtype=np.int64),
        times=np.empty(0),
        absolute=np.full(d, ABSOLUTE),
        limits=limits,
        slack=np.concatenate([slack, np.full((1, d), SIZE_SLACK * RELATIVE)]),
        barriers=np.where(is_bound, lookout.LEFT_DOMAIN, lookout.ESCAPED).astype(np.int64),
        kinds=np.empty(0, dtype=np.int64),
        settings=settings,
    )
