"""Events: expressions whose zero crossings along a run are all found, or stop it.

An event crosses zero where it goes from clearly negative to clearly positive or back. "Clearly" means by more than
the error that the run's tolerances allow its value. So a touch without a change of sign is no crossing, an event
that is zero throughout or that tends to zero has none, a zero at the very start or end of a run is none, and a zero
at the end of a step is counted once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from richardson.arrays import FloatArray
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.probes import EventValues, Probes, probe
from richardson.errors import InvalidInputError


@dataclass(frozen=True)
class Event:
    """Something that happens when an expression crosses zero.

    Attributes
    ----------
    expression : str or sympy.Expr
        Over states, parameters and ``t``.
    direction : int
        1: only where it rises through zero; −1: only where it falls; 0: both.
    is_terminal : bool
        Whether the first such crossing ends the run.
    name : str or None
        What its crossings are called; the expression if None.

    Examples
    --------
    >>> Event("x - 2*y", direction=1).label
    'x - 2*y'
    """

    expression: Any
    direction: int = 0
    is_terminal: bool = False
    name: str | None = None

    def __init__(self, expression: Any, *, direction: int = 0, is_terminal: bool = False, name: str | None = None) -> None:
        if direction not in (-1, 0, 1):
            raise InvalidInputError(f"The direction of an event must be −1, 0 or 1; got {direction!r}. Use 0 for both ways.")
        for attribute, value in (
            ("expression", expression),
            ("direction", int(direction)),
            ("is_terminal", bool(is_terminal)),
            ("name", name),
        ):
            object.__setattr__(self, attribute, value)

    @property
    def label(self) -> str:
        """Its name, or its expression as text."""
        return str(self.expression) if self.name is None else self.name


@dataclass(frozen=True, eq=False)
class Crossing:
    """A zero crossing of an event.

    Attributes
    ----------
    event : str
        Label of the event.
    time : float
        When, in the model's unit of time.
    state : ndarray, shape (d,)
        The states then.
    direction : int
        1 where the event rises through zero, −1 where it falls.
    """

    event: str
    time: float
    state: FloatArray
    direction: int

    def __repr__(self) -> str:
        """Event, way and time in one line."""
        return f"Crossing({self.event!r} {'rises' if self.direction > 0 else 'falls'} through 0 at t = {self.time:g})"


class Found(NamedTuple):
    """A crossing before it has a name: which event, when, which way."""

    event: int
    time: float
    direction: int


class Bracket(NamedTuple):
    """Two times of one step between which an event changes sign, and the polynomials there."""

    low: float
    high: float
    dense: DenseOutput


class Watch:
    """All events of a run, watched block by block.

    Parameters
    ----------
    events : EventValues
    longest : float
        As in `probe`.
    """

    def __init__(self, events: EventValues, longest: float) -> None:
        count = len(events.labels)
        self._events, self._longest = events, longest
        self._signs = [0] * count  # of each event when it was last clearly off zero; 0 until it first is
        self._brackets: list[Bracket | None] = [None] * count  # first change of sign since then, not yet clear

    def crossings(self, dense: DenseOutput) -> list[Found]:
        """Crossings that the next block of steps makes certain, in order of time.

        Raises
        ------
        UndefinedEventError
            If an event is not finite somewhere, or oscillates too fast to be resolved.
        """
        found: list[Found] = []
        with np.errstate(all="ignore"):  # what is not finite is looked for
            probes = probe(dense, self._events, self._longest)
            for event in range(len(self._signs)):
                found.extend(self._of_one(event, probes, dense))
        return sorted(found, key=lambda each: each.time)

    def _of_one(self, event: int, probes: Probes, dense: DenseOutput) -> list[Found]:
        """Crossings of one event, by the sequence of its clear signs."""
        values = probes.values[:, event]
        clear = np.flatnonzero(np.abs(values) > probes.noise[:, event])
        signs = np.sign(values[clear]).astype(int)
        previous = np.concatenate([[self._signs[event]], signs[:-1]]) if clear.size else signs
        found = []
        for index in np.flatnonzero((signs != previous) & (previous != 0)):
            begin = clear[index - 1] if index else 0
            bracket = self._brackets[event] if index == 0 else None
            bracket = bracket or _first_change(probes.times, values, int(begin), int(previous[index]), dense)
            if bracket is not None:
                time = self._root(event, bracket)
                if time is not None:
                    found.append(Found(event, time, int(signs[index])))
        self._carry(event, probes, clear, dense)
        return found

    def _carry(self, event: int, probes: Probes, clear: Any, dense: DenseOutput) -> None:
        """Remember, for the next block, the last clear sign and a change of sign since then."""
        begin = 0
        if clear.size:
            begin = int(clear[-1])
            self._signs[event] = int(np.sign(probes.values[begin, event]))
            self._brackets[event] = None
        if self._brackets[event] is None and self._signs[event]:
            self._brackets[event] = _first_change(probes.times, probes.values[:, event], begin, self._signs[event], dense)

    def _root(self, event: int, bracket: Bracket) -> float | None:
        """Time of the crossing; None if the event jumps through infinity there."""

        def value(time: float) -> float:
            moment = np.array([time])
            return float(self._events.values(moment, bracket.dense(moment))[0, event])

        low, high = value(bracket.low), value(bracket.high)
        if bracket.low == bracket.high or low * high >= 0.0:  # an end is the root, to rounding
            return bracket.low if abs(low) < abs(high) else bracket.high
        root, _ = brentq(value, bracket.low, bracket.high, xtol=1e-300, rtol=4 * np.finfo(float).eps, full_output=True, disp=False)
        is_pole = not np.isfinite(value(root)) or abs(value(root)) > max(abs(low), abs(high))
        return None if is_pole else float(root)


def _first_change(times: FloatArray, values: FloatArray, begin: int, sign: int, dense: DenseOutput) -> Bracket | None:
    """First pair of neighbouring probes, from ``begin`` on, of which the second no longer has the given sign."""
    changed = np.flatnonzero(np.sign(values[begin:]) != sign)
    if changed.size == 0:
        return None
    index = begin + int(changed[0])
    return Bracket(float(times[max(index - 1, 0)]), float(times[index]), dense)


def as_events(events: Sequence[Any] | Any) -> tuple[Event, ...]:
    """Events from texts, expressions or `Event`, their labels all different.

    Raises
    ------
    InvalidInputError
        If two have the same label.
    """
    several = (events,) if isinstance(events, str) or not isinstance(events, Iterable) else tuple(events)
    made = tuple(event if isinstance(event, Event) else Event(event) for event in several)
    labels = [event.label for event in made]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InvalidInputError(f"Two events are called {twice!r}, so that their crossings could not be told apart. Give them names.")
    return made
