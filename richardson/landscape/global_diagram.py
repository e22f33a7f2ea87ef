"""Attractors and the shares of their basins along a parameter, each the same attractor from value to value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray, as_floats
from richardson.continuation.diagram import Diagram, equilibrium_diagram
from richardson.errors import InvalidInputError
from richardson.landscape import wilson
from richardson.landscape.attractors import Attractor
from richardson.landscape.basins import NAMES
from richardson.landscape.identities import Identities
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.landscape.shares import BOUND, BasinShares, basin_shares
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

VALUES = 41  # of a span
SEEDS = 2**63
ROOM = 0.1


@dataclass(frozen=True, eq=False, repr=False)
class GlobalDiagram:
    """What a window's starts come to, along a parameter.

    Attributes
    ----------
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    values : FloatArray
        Shape (n,), increasing, in its unit.
    attractors : dict of int to tuple of Attractor or None
        By number, for each value the attractor, or None where it does not exist or was not met.
    shares : dict of int to FloatArray
        Shape (n,) each: share of the window that goes there, by number; −1 is UNDECIDED, −2 ESCAPED, −3 LEFT_DOMAIN. They add up
        to 1 at every value.
    intervals : dict of int to FloatArray
        Shape (n, 2) each: low and high end of Wilson's interval.
    confidence : float
        Of each interval by itself.
    diagram : Diagram
        Every branch of equilibria over the same values, unstable ones too: a saddle with one unstable direction is an edge state
        wherever its two sides go to different ends (see `edge_state`).
    window : Window
        Of the starts.
    model : Model
    provenance : Provenance
    """

    parameter: str
    values: FloatArray
    attractors: dict[int, tuple[Attractor | None, ...]]
    shares: dict[int, FloatArray]
    intervals: dict[int, FloatArray]
    confidence: float
    diagram: Diagram
    window: Window
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a value and number: the share, its interval, the kind and the mean state of an attractor there."""
        columns: dict[str, list[Any]] = {self.parameter: [], "number": [], "kind": [], "share": [], "low": [], "high": []}
        columns |= {name: [] for name in self.model.state_names}
        for row, value in enumerate(self.values.tolist()):
            for number, shares in self.shares.items():
                attractor = self.attractors[number][row] if number >= 0 else None
                if number >= 0 and attractor is None:
                    continue
                low, high = self.intervals[number][row].tolist()
                kind = NAMES[number] if attractor is None else attractor.kind
                for name, entry in zip(columns, (value, number, kind, float(shares[row]), low, high), strict=False):
                    columns[name].append(entry)
                middle = np.full(len(self.model.states), np.nan) if attractor is None else attractor.states.mean(axis=0)
                for name, entry in zip(self.model.state_names, middle.tolist(), strict=True):
                    columns[name].append(entry)
        return {**columns}

    def to_xarray(self) -> Any:
        """Dataset of shares and intervals over the parameter and the numbers.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        intervals = np.stack(list(self.intervals.values()), axis=1)
        columns = {"share": np.stack(list(self.shares.values()), axis=1), "low": intervals[:, :, 0], "high": intervals[:, :, 1]}
        data = {name: ((self.parameter, "number"), column) for name, column in columns.items()}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "confidence": self.confidence}
        return xarray.Dataset(data, coords={self.parameter: self.values, "number": list(self.shares)}, attrs=attributes)

    def __repr__(self) -> str:
        """Parameter, values and attractors."""
        low, high = self.values[[0, -1]]
        return (
            f"<global diagram over {self.parameter} in [{low:g}, {high:g}]: {len(self.values)} values, {len(self.attractors)} attractors>"
        )


def global_diagram(
    model: Model,
    parameter: str,
    values: Sequence[float] | FloatArray,
    window: Window,
    *,
    diagram_window: Window | None = None,
    half_width: float = 0.02,
    confidence: float = 0.95,
    rng: int | np.random.Generator | None = 0,
    bound: float = BOUND,
) -> GlobalDiagram:
    """Attractors and the shares of their basins along a parameter, with every branch of equilibria over the same values.

    Parameters
    ----------
    model : Model
        Autonomous; a flow or a map.
    parameter : str
        Name of a parameter, or of a concept whose members are equal and move as one.
    values : sequence of float
        Increasing, in its unit; a pair (low, high) stands for 41 evenly spaced ones.
    window : Window
        Starts are uniform in the states that it spans; the others are fixed at its numbers.
    diagram_window : Window, optional
        Spans every state: where branches of equilibria are followed. By default the box that holds ``window`` and every stable
        equilibrium that was met, and a tenth more.
    half_width, confidence, bound
        As in `basin_shares`, for each value.
    rng : int, numpy.random.Generator or None
        Scrambles the sample of starts, which is the same at every value (SPEC 7).

    Returns
    -------
    GlobalDiagram

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError
        If the rates contain time, the parameter is unknown or its members differ, or values or windows do not fit.
    ComputationError
        If the equilibria form a continuum at every value.

    Notes
    -----
    A stable equilibrium keeps its number as long as its branch is stable. Other attractors are matched with those of the value before
    by the mean distance of their points, so that the sum of distances is least, none farther apart than a fifth of the window that the
    branches are followed in; so take values close enough. Where an equilibrium gives way to a cycle a new number begins.

    Examples
    --------
    >>> from richardson.models import security_dilemma
    >>> race, plane = security_dilemma(), Window(x=(0, 30), y=(0, 30))
    >>> found = global_diagram(race, "balance", [-0.2, 0.0, 0.2], plane, half_width=0.05)
    >>> [[round(float(share), 2) for share in found.shares[number]] for number in found.attractors]
    [[1.0, 0.02, 0.0], [0.0, 0.98, 1.0]]
    """
    refuse_time(model, "A global diagram")
    Window.of(window).check(model)
    if diagram_window is not None:
        Window.of(diagram_window).check(model, spanned=len(model.states))
    wilson.check(half_width, confidence)
    moved = _values(values)
    generator, entropy = generator_of(rng)
    seed = int(generator.integers(SEEDS))
    models = [model.with_values(**{parameter: value}) for value in moved.tolist()]
    asked: dict[str, Any] = {"half_width": half_width, "confidence": confidence, "bound": bound}
    found = [basin_shares(each, window, rng=seed, **asked) for each in models]
    wide = diagram_window or _around(model, window, found)
    diagram = equilibrium_diagram(model, parameter, (float(moved[0]), float(moved[-1])), wide)
    lower, upper = wide.box(model)
    identities = Identities(diagram, upper - lower)
    numbers = [identities.of(value, there.attractors) for value, there in zip(moved.tolist(), found, strict=True)]
    settings = {"parameter": parameter, "values": moved.tolist(), "window": repr(window), "diagram_window": repr(wide)}
    provenance = record(model, entropy=entropy, verb="global_diagram", **settings, **asked)
    shares, intervals = _aligned(found, numbers, identities.count)
    return GlobalDiagram(
        parameter=parameter,
        values=moved,
        attractors=_attractors(found, numbers, identities.count),
        shares=shares,
        intervals=intervals,
        confidence=confidence,
        diagram=diagram,
        window=window,
        model=model,
        provenance=provenance,
    )


def _values(values: Sequence[float] | FloatArray) -> FloatArray:
    moved = as_floats(values, "Values of the parameter")
    if moved.ndim == 1 and len(moved) == 2 and moved[0] < moved[1]:
        return np.linspace(moved[0], moved[1], VALUES)
    if moved.ndim != 1 or len(moved) < 2 or not np.isfinite(moved).all() or not (np.diff(moved) > 0.0).all():
        raise InvalidInputError(
            f"A global diagram needs increasing values of its parameter, or a pair (low, high); got {values!r}. "
            "Give for example (-0.3, 0.3) or np.linspace(-0.3, 0.3, 61)."
        )
    return moved


def _around(model: Model, window: Window, found: Sequence[BasinShares]) -> Window:
    """The box that holds the window and the stable equilibria met, and `ROOM` more of its width or of the states' size."""
    lower, upper = window.box(model)
    rests = [one.states[0] for there in found for one in there.attractors if one.equilibrium is not None]
    low, high = np.min([lower, upper, *rests], axis=0), np.max([lower, upper, *rests], axis=0)
    room = ROOM * np.where(high > low, high - low, np.maximum(np.abs(low), 1.0))
    low, high = np.where(low < lower, low - room, low), np.where(high > upper, high + room, high)
    flat = low == high
    low, high = np.where(flat, low - room, low), np.where(flat, high + room, high)
    pairs = zip(model.states, low.tolist(), high.tolist(), strict=True)
    return Window(**{state.name: (max(least, state.lower), min(most, state.upper)) for state, least, most in pairs})


def _attractors(found: Sequence[BasinShares], numbers: Sequence[Sequence[int]], count: int) -> dict[int, tuple[Attractor | None, ...]]:
    """By number, the attractor at each value."""
    rows = [dict(zip(row, there.attractors, strict=True)) for there, row in zip(found, numbers, strict=True)]
    return {number: tuple(row.get(number) for row in rows) for number in range(count)}


def _aligned(
    found: Sequence[BasinShares], numbers: Sequence[Sequence[int]], count: int
) -> tuple[dict[int, FloatArray], dict[int, FloatArray]]:
    """Shares (n,) and intervals (n, 2) by number; where an attractor does not exist no start went to it."""
    order = [*range(count), ESCAPED, LEFT_DOMAIN, UNDECIDED]
    shares = {number: np.zeros(len(found)) for number in order}
    intervals = {number: np.array([wilson.interval(0, there.sample_size, there.confidence) for there in found]) for number in order}
    for row, (there, given) in enumerate(zip(found, numbers, strict=True)):
        for label, share in there.shares.items():
            number = given[label] if label >= 0 else label
            shares[number][row], intervals[number][row] = share, there.intervals[label]
    return shares, intervals
