"""Cycles of a map: every one of a period in a window, by proof where balls can give it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from flint import ctx

from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled import balls
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError
from richardson.provenance import Provenance, record
from richardson.stability.certificate import UndecidedBox
from richardson.stability.certify import zeros
from richardson.stability.iterated import IteratedEnclosure, IteratedEquations
from richardson.stability.krawczyk import FINE_BITS, ProvedRoot
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

BUDGET = 50_000  # boxes: up to a minute, by the period
MOST_STATES = 3  # images of boxes in more states are too wide


@dataclass(frozen=True, eq=False, repr=False)
class MapCycle:
    """States that a map takes one into the other, and back.

    Attributes
    ----------
    states : FloatArray
        Shape (period, d), each the image of the one before, from the lowest on, by the first state.
    multipliers : ComplexArray
        Shape (d,): what one round makes of a small disturbance, the largest modulus first.
    is_stable : bool
        Whether all multipliers lie within the unit circle.
    is_proved : bool
        Whether its stability is proved, as its existence is; else it is by the multipliers as computed.
    model : Model
    provenance : Provenance
    """

    states: FloatArray
    multipliers: ComplexArray
    is_stable: bool
    is_proved: bool
    model: Model
    provenance: Provenance

    @property
    def period(self) -> int:
        """Number of states."""
        return len(self.states)

    def __getitem__(self, name: str) -> FloatArray:
        """Values (period,) of one state by name.

        Raises
        ------
        UnknownNameError
            If the model has no such state.
        """
        return np.ascontiguousarray(self.states[:, state_position(self.model, name)])

    def __repr__(self) -> str:
        """Stability, period, first state and multipliers."""
        place = ", ".join(f"{name} = {value:.6g}" for name, value in zip(self.model.state_names, self.states[0], strict=True))
        values = ", ".join(f"{value.real:.6g}" if value.imag == 0 else f"{value:.6g}" for value in self.multipliers)
        return f"<{'stable' if self.is_stable else 'unstable'} cycle of period {self.period} at {place}: multipliers {values}>"


@dataclass(frozen=True, eq=False, repr=False)
class Cycles(Sequence[MapCycle]):
    """Cycles of one period of a map in a window, in order of their lowest states.

    Attributes
    ----------
    found : tuple of MapCycle
        Each once; those that are shorter cycles gone round several times are not among them.
    period : int
    is_complete : bool
        Whether it is proved that there is no other of which all states lie in the window.
    undecided : tuple of UndecidedBox
        Boxes in which states of others may lie.
    window : Window
    model : Model
    provenance : Provenance
    """

    found: tuple[MapCycle, ...]
    period: int
    is_complete: bool
    undecided: tuple[UndecidedBox, ...]
    window: Window
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of cycles."""
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> MapCycle: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[MapCycle, ...]: ...

    def __getitem__(self, index: int | slice) -> MapCycle | tuple[MapCycle, ...]:
        """One cycle, or some as a tuple."""
        return self.found[index]

    def __iter__(self) -> Iterator[MapCycle]:
        """Cycles in order."""
        return iter(self.found)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a state: the number of its cycle, every state by name, is_stable, and the largest modulus of multipliers."""
        rows = [(number, cycle, state) for number, cycle in enumerate(self.found) for state in cycle.states]
        columns: dict[str, Sequence[Any]] = {"cycle": [number for number, _, _ in rows]}
        for position, name in enumerate(self.model.state_names):
            columns[name] = [float(state[position]) for _, _, state in rows]
        columns["is_stable"] = [cycle.is_stable for _, cycle, _ in rows]
        columns["multiplier"] = [float(np.abs(cycle.multipliers[0])) for _, cycle, _ in rows]
        return columns

    def __repr__(self) -> str:
        """How many, how many of them stable, and whether that is all."""
        rest = "complete" if self.is_complete else "not proved complete"
        stable = sum(cycle.is_stable for cycle in self.found)
        noun = "cycle" if len(self) == 1 else "cycles"
        return f"<{len(self)} {noun} of period {self.period} of '{self.model.name}' ({rest}), {stable} stable>"


def cycles(model: Model, window: Window, period: int, *, budget: int = BUDGET) -> Cycles:
    """Every cycle of a map that has just this period and lies in the closed window, with a proof that there is no other.

    Parameters
    ----------
    model : Model
        An autonomous map of up to three states.
    window : Window
        Spans every state; all states of a cycle lie in it, and within the states' bounds.
    period : int
        Number of steps, 1 or more; fixed points have 1.
    budget : int
        How many boxes the proof may look at. Their number grows as the map stretches in ``period`` steps: periods up to about ten of
        maps of one state, seven of two.

    Returns
    -------
    Cycles

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError, NotAutonomousError
        If the model is a flow, has too many states, contains ``t`` or has no bounds on balls, or the window does not fit.

    Notes
    -----
    Fixed points of the map taken ``period`` times are enclosed by Krawczyk's operator, as in `equilibria`; boxes are dropped as soon as
    one of their images has left the window. Enclosures are then mapped into one another, which shows what belongs to one cycle and
    which period it has. Where a cycle is at a bifurcation its box stays undecided.

    Examples
    --------
    >>> logistic = Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 4}, kind="map")
    >>> cycles(logistic, Window(x=(0, 1)), 3)
    <2 cycles of period 3 of 'own' (complete), 0 stable>
    """
    count, most = _checked(model, window, period), _whole(budget, "The budget")
    enclosure = Enclosure.of(model)
    if enclosure is None:
        raise InvalidInputError(f"'{model.name}' holds a state in the exponent of hill, whose derivative has no bounds here.")
    lower, upper = window.box(model)
    equations = IteratedEquations(Field.of(model), count, lower, upper)
    bounds = IteratedEnclosure(enclosure, count, lower, upper)
    roots, undecided = zeros(equations, bounds, most)
    rounds, doubtful = _rounds(roots, bounds)
    provenance = record(model, verb="cycles", window=repr(window), period=count, budget=most)
    found = [_cycle(equations, [roots[place] for place in each], provenance) for each in rounds if len(each) == count]
    found.sort(key=lambda cycle: cycle.states[0].tolist())
    open_boxes = (*undecided, *doubtful)
    return Cycles(tuple(found), count, not open_boxes, open_boxes, window, model, provenance)


def _rounds(roots: Sequence[ProvedRoot], bounds: IteratedEnclosure) -> tuple[list[list[int]], list[UndecidedBox]]:
    """Which roots follow one another round and round, and the boxes of those of which it cannot be told.

    The image of a root is a root; the one whose enclosure alone it meets is it. One that meets none has left the window, and with it
    all that lead there; where it touches the border it may be a root that was not found.
    """
    follower: dict[int, int] = {}
    doubtful: list[UndecidedBox] = []
    with ctx.workprec(FINE_BITS):
        fine = bounds.anew()
        for place, root in enumerate(roots):
            image = fine.image([balls.over(low, high) for low, high in zip(root.lower, root.upper, strict=True)])
            low, high = np.array([balls.ends(ball) for ball in image]).T
            met = [other for other, each in enumerate(roots) if ((each.lower <= high) & (low <= each.upper)).all()]
            if len(met) == 1:
                follower[place] = met[0]
            elif met or all(ball.overlaps(border) for ball, border in zip(image, fine.borders, strict=True)):
                doubtful.append(UndecidedBox(root.lower, root.upper, "its image could not be told from others, or from the window's edge"))
    return _closed(follower), doubtful


def _closed(follower: dict[int, int]) -> list[list[int]]:
    """The rounds of a map from places to places."""
    rounds, seen = [], set[int]()
    for first in follower:
        path: list[int] = []
        place: int | None = first
        while place is not None and place not in seen:
            seen.add(place)
            path.append(place)
            place = follower.get(place)
        if place is not None and place in path:
            rounds.append(path[path.index(place) :])
    return rounds


def _cycle(equations: IteratedEquations, members: Sequence[ProvedRoot], provenance: Provenance) -> MapCycle:
    states = np.array([root.point for root in members])
    first = min(range(len(states)), key=lambda place: states[place].tolist())
    states = np.ascontiguousarray(np.clip(np.roll(states, -first, axis=0), equations.lower, equations.upper))
    multipliers = equations.multipliers(states)
    proved = [root.is_attracting for root in members if root.is_attracting is not None]
    is_stable = proved[0] if proved else bool((np.abs(multipliers) < 1.0).all())
    return MapCycle(states, multipliers, is_stable, bool(proved), equations.field.model, provenance)


def _checked(model: Any, window: Any, period: Any) -> int:
    if not isinstance(model, Model) or model.kind != "map":
        what = f"'{model.name}' is a {model.kind}" if isinstance(model, Model) else f"got {model!r}"
        raise InvalidInputError(f"Cycles of a whole number of steps are those of a map; {what}. For a flow use limit_cycle(model, start).")
    refuse_time(model, "Cycles")
    if len(model.states) > MOST_STATES:
        raise InvalidInputError(
            f"'{model.name}' has {len(model.states)} states; cycles are proved for {MOST_STATES} at most. Iterate it, and look at the end."
        )
    Window.of(window).check(model)
    lower, upper = window.box(model)
    if window.fixed or (lower >= upper).any():
        raise InvalidInputError(f"Cycles need every state free to move; {window!r} leaves one no room. Span it with a pair.")
    return _whole(period, "The period")


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InvalidInputError(f"{what} must be a whole number, 1 or more; got {value!r}.")
    return int(value)
