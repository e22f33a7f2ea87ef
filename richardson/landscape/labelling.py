"""Which attractor each start goes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, IntArray, as_floats
from richardson.compiled.chase import Care, Ends, Traps, chase, held
from richardson.compiled.field import Field
from richardson.compiled.kernels import lookout
from richardson.dynamics.arguments import as_bound
from richardson.dynamics.barriers import BOUND_SLACK, SIZE_SLACK
from richardson.errors import InvalidInputError
from richardson.landscape.attraction import attracting, attracts, spots
from richardson.landscape.attractors import Attractor, around, equilibria_about, width_of
from richardson.landscape.catching import Catch, Cells, traps_of
from richardson.landscape.discovery import Discovery, caught_by, discover, fenced
from richardson.stability.cells import Grid
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

UNDECIDED, ESCAPED, LEFT_DOMAIN = -1, -2, -3
RELATIVE = 1e-10
ABSOLUTE_SHARE = 1e-2  # of the relative tolerance, times a state's size in the window: its absolute tolerance
ROUNDS = (300, 3_000, 30_000, 300_000)  # steps of each round, at most
EXAMINED = 4  # paths a round that are looked at one by one
FEW = 256  # paths that are followed on though none that was examined led anywhere
MANY = 500_000  # starts that it takes longer to follow than to prove where most of them go
PILOTS = 64  # starts that go ahead, so that most attractors are known when the others follow
STIFF = 100.0  # how much faster a state falls back to its slow path than it moves along it, where explicit steps are too many
LONG = 30_000  # steps that an examined path is followed first


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
    relative: float = RELATIVE,
) -> Labelled:
    """The attractor that each start goes to.

    Parameters
    ----------
    model : Model
        Autonomous; a flow or a map.
    starts : FloatArray
        Shape (m, d), in the states' units.
    window : Window
        Where equilibria are looked for beforehand; every state named. Attractors outside are found by the paths.
    known : sequence of Attractor
        Attractors found before; none are looked for beforehand then.
    bound : float
        Magnitude of a state beyond which a path has escaped.
    horizon : float, optional
        Time (of a map: steps) after which a path is undecided.
    relative : float
        Tolerance of a step; the absolute one is a hundredth of it, of a state's size in the window.

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
    labeller = Labeller(model, window, known, bound=as_bound(bound), horizon=as_horizon(horizon))
    return Labelled(labeller.labels(rows, relative), tuple(labeller.attractors))


def as_horizon(horizon: Any) -> float | None:
    """The time after which a path is undecided, or None.

    Raises
    ------
    InvalidInputError
        If it is no positive number.
    """
    if horizon is None:
        return None
    number = float(horizon) if isinstance(horizon, int | float | np.number) and not isinstance(horizon, bool) else np.nan
    if not number > 0.0:
        raise InvalidInputError(f"The horizon is the time after which a path is undecided, and must be above 0; got {horizon!r}.")
    return number


class Labeller:
    """Labels starts, and learns attractors on the way.

    Parameters
    ----------
    model : Model
    window : Window
    known : sequence of Attractor
    bound : float
    horizon : float or None
    """

    def __init__(self, model: Model, window: Window, known: Sequence[Attractor], *, bound: float, horizon: float | None) -> None:
        self.field, self._bound, self._horizon, self._scheme = Field.of(model), bound, horizon, "Tsit5"
        self._whole = whole = around(model, window)
        at_rest, self._width = equilibria_about(model, whole), width_of(model, whole)
        self.attractors = list(known) or [Attractor.of(one) for one in attracting(at_rest)]
        self._spots = spots(at_rest, self._width)
        self._catches: list[list[Catch]] = [caught_by(self.field, each, whole, bound) for each in self.attractors]
        lower, upper = window.box(model)
        self._sizes = np.maximum(np.abs(lower), np.abs(upper))
        self._sizes = np.where(self._sizes > 0.0, self._sizes, max(float(self._sizes.max()), 1e-300))

    def labels(self, starts: FloatArray, relative: float) -> IntArray:
        """Labels (m,) of the starts (m, d)."""
        labels = np.full(len(starts), UNDECIDED, dtype=np.int64)
        self._label_at_once(starts, labels)
        inside = np.flatnonzero(labels == UNDECIDED)
        if len(inside) > FEW:
            known = len(self.attractors)
            self._follow(starts, inside[:: len(inside) // PILOTS], relative, labels, has_patience=False)
            inside = inside[labels[inside] == UNDECIDED]
            if len(self.attractors) > known:
                labels[inside] = self._held(starts[inside])
                inside = inside[labels[inside] == UNDECIDED]
        if len(inside) > MANY and self.field.dimension == 2:
            labels[inside] = self._fenced(starts[inside])
            inside = inside[labels[inside] == UNDECIDED]
        self._follow(starts, inside, relative, labels, has_patience=len(inside) <= FEW)
        return labels

    def _label_at_once(self, starts: FloatArray, labels: IntArray) -> None:
        """Label the starts that are beyond the bounds or in a trap."""
        for column, low, high in zip(starts.T, self.field.lower, self.field.upper, strict=True):
            labels[(column < low) | (column > high)] = LEFT_DOMAIN
        for column in starts.T:
            labels[~(np.abs(column) <= self._bound)] = ESCAPED
        inside = labels == UNDECIDED
        if inside.all():
            labels[:] = self._held(starts)
        else:
            labels[inside] = self._held(starts[inside])

    def _held(self, starts: FloatArray) -> IntArray:
        """Labels of the starts (m, d) that are in a trap, `UNDECIDED` for the others."""
        owners = held(starts, self._traps())
        return np.where(owners < len(self.attractors), owners, UNDECIDED)

    def _traps(self) -> Traps:
        """All that catches paths; spots, in which paths are lost, belong to nobody: the number after the last attractor."""
        return traps_of([*self._catches, self._spots], self.field.dimension)

    def _fenced(self, starts: FloatArray) -> IntArray:
        """Labels of the starts (m, 2) within a front about an equilibrium, `UNDECIDED` for the others."""
        labels = np.full(len(starts), UNDECIDED, dtype=np.int64)
        for owner, attractor in enumerate(self.attractors):
            region = fenced(attractor, self._whole, self._bound)
            if region is not None:
                labels[Grid(region.rectangle[0], region.rectangle[1], region.cells.shape).marks(starts, region.cells)] = owner
        return labels

    def _follow(self, starts: FloatArray, rows: IntArray, relative: float, labels: IntArray, *, has_patience: bool) -> None:
        """Label some of the starts, in rounds that become longer and between which some undecided paths are examined."""
        states = starts[rows]
        for steps in ROUNDS:
            found = self._chased(states, relative, steps)
            labels[rows] = _labels_of(found, len(self.attractors))
            is_open, is_late = found.codes == lookout.STEPS_SPENT, found.codes == lookout.REACHED_END
            known = len(self.attractors)
            has_led = (is_open | is_late).any() and self._examine(found.states[is_open | is_late], relative)
            if len(self.attractors) > known:
                labels[rows[is_late]] = self._held(found.states[is_late])  # at the horizon they may rest at what was not known
            rows, states = rows[is_open], found.states[is_open]
            if not rows.size or not (has_led or (has_patience and steps < LONG)):
                return

    def _examine(self, states: FloatArray, relative: float) -> bool:
        """Look at some paths one by one; whether any of them led anywhere."""
        if self.field.model.kind == "flow" and _is_stiff(self.field, states):
            self._scheme = "Rodas5P"
        chosen = states[np.linspace(0, len(states) - 1, min(EXAMINED, len(states))).astype(np.int64)]
        has_led = False
        while len(chosen):
            ahead = self._chased(chosen, relative, LONG)
            is_open = ahead.codes == lookout.STEPS_SPENT
            has_led = has_led or not is_open.all()
            chosen = ahead.states[is_open | (ahead.codes == lookout.REACHED_END)]
            found = None
            while len(chosen) and found is None:
                found = self._attracting(discover(self.field, chosen[0], self._whole, self._bound), relative)
                chosen = chosen[1:]
            if found is not None:
                has_led = True
                self._learn(found, relative)
        return has_led

    def _attracting(self, found: Discovery | None, relative: float) -> Discovery | None:
        """What was found, unless it is a set of cells in which paths only happen to stay."""
        if found is None or found.attractor.kind != "strange attractor" or not isinstance(found.catches[0], Cells):
            return found

        def follow(starts: FloatArray, steps: int) -> Ends:
            return self._chased(np.clip(starts, self.field.lower, self.field.upper), relative, steps)

        return found if attracts(found.attractor.states, found.catches[0], self._width, follow) else None

    def _learn(self, found: Discovery, relative: float) -> None:
        """Add an attractor, unless paths from it are caught already: it was a long way to one that is known."""
        ahead = self._chased(found.attractor.states[-1:], relative, LONG)
        if ahead.codes[0] != lookout.AT_REST:
            self.attractors.append(found.attractor)
            self._catches.append(found.catches)

    def _chased(self, states: FloatArray, relative: float, steps: int) -> Ends:
        return chase(self.field, states, self._traps(), self.care(relative, steps))

    def care(self, relative: float, steps: int) -> Care:
        """How paths are followed at that tolerance, for so many steps."""
        field, bound = self.field, self._bound
        absolute = ABSOLUTE_SHARE * relative * self._sizes
        limits = np.array([np.maximum(field.lower, -bound), np.minimum(field.upper, bound)])
        is_bound = np.array([field.lower >= -bound, field.upper <= bound]) & np.isfinite(limits)
        slack = np.where(is_bound, BOUND_SLACK * (absolute + relative * np.abs(np.where(is_bound, limits, 0.0))), 0.0)
        horizon = 1e300 if self._horizon is None else float(self._horizon)
        if field.model.kind == "map" and horizon < steps:
            steps = int(horizon)
        return Care(
            scheme=self._scheme,
            relative=relative,
            absolute=absolute,
            steps=steps,
            horizon=horizon,
            bound=bound,
            limits=limits,
            slack=np.concatenate([slack, np.full((1, field.dimension), SIZE_SLACK * relative)]),
            barriers=np.where(is_bound, lookout.LEFT_DOMAIN, lookout.ESCAPED).astype(np.int64),
        )


def _labels_of(found: Ends, count: int) -> IntArray:
    """Labels of ends, of which owners from ``count`` on are no attractors."""
    labels = np.where((found.codes == lookout.AT_REST) & (found.owners < count), found.owners, UNDECIDED)
    labels[found.codes == lookout.ESCAPED] = ESCAPED
    labels[found.codes == lookout.LEFT_DOMAIN] = LEFT_DOMAIN
    return labels


def _is_stiff(field: Field, states: FloatArray) -> bool:
    """Whether most paths creep: something in them settles far faster than they move along."""
    rates, jacobians = field.rates_and_jacobians(states[:: len(states) // PILOTS + 1])
    known = np.isfinite(rates).all(axis=1) & np.isfinite(jacobians).all(axis=(1, 2))
    if not known.any():
        return False
    rates, jacobians = rates[known], jacobians[known]
    fastest = -np.linalg.eigvals(jacobians).real.min(axis=1)
    turning = np.linalg.norm(np.einsum("nij,nj->ni", jacobians, rates), axis=1)
    return bool(np.median(fastest * np.linalg.norm(rates, axis=1) - STIFF * turning) > 0.0)
