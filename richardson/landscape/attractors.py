"""Where paths end for good: stable equilibria, cycles, strange attractors."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import ComputationError
from richardson.provenance import record
from richardson.stability.closed_points import place_of
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria, equilibrium_at
from richardson.stability.newton import polished
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.symbolic.model import Model

KINDS = ("equilibrium", "cycle", "strange attractor")
ROOM = 1.0  # of the widest span: how far around its value a fixed state is searched for equilibria
NEAR = 1e-2  # of its size: how far from the end of a long path an equilibrium may be to be its end
NEAR_ZERO = 1e-6  # likewise of the window's width, for one without a size
BEYOND = 0.5  # of the span: by how much a window is widened beyond an attractor outside
REMEMBERED = 16  # models in their windows: what is known of them is asked for again at every call
BUDGET = 4_000  # boxes of the proof: attractors that it leaves undecided are met by paths


@dataclass(frozen=True, eq=False, repr=False)
class Attractor:
    """A set that all paths from its neighbourhood approach.

    Attributes
    ----------
    kind : str
        "equilibrium" (of a map: a fixed point), "cycle" or "strange attractor".
    states : FloatArray
        Shape (n, d): one row for an equilibrium, points along it else, in the states' units.
    equilibrium : Equilibrium or None
        With its eigenvalues and, where it was proved, its certificate.
    period : float or None
        Of a cycle, in the model's unit of time; of a map's, in steps.
    model : Model
    """

    kind: str
    states: FloatArray
    equilibrium: Equilibrium | None
    period: float | None
    model: Model

    @classmethod
    def of(cls, equilibrium: Equilibrium) -> "Attractor":
        """A stable equilibrium as an attractor.

        Parameters
        ----------
        equilibrium : Equilibrium

        Examples
        --------
        >>> import richardson as rn
        >>> calm = rn.equilibria(rn.models.linear(), rn.Window(x=(0, 5), y=(0, 5)))[0]
        >>> rn.Attractor.of(calm)
        <stable node at x = 1, y = 1>
        """
        return cls("equilibrium", np.ascontiguousarray(equilibrium.state[np.newaxis]), equilibrium, None, equilibrium.model)

    def __repr__(self) -> str:
        """Kind and place."""
        if self.equilibrium is not None:
            return repr(self.equilibrium)
        if self.period is not None:
            return f"<cycle of period {self.period:.6g} through {place_of(self.model, self.states[0])}>"
        return f"<{self.kind} through {place_of(self.model, self.states[0])}>"


@lru_cache(REMEMBERED)
def equilibria_about(model: Model, window: Window) -> Equilibria | None:
    """The equilibria in a window and, where it fixes a state, around its value; None where they are not isolated."""
    try:
        return equilibria(model, around(model, window), budget=BUDGET)
    except ComputationError:
        return None


def equilibrium_from(model: Model, state: FloatArray, width: FloatArray) -> Equilibrium | None:
    """The equilibrium to which Newton's iteration leads from the end of a path, if it is right beside it.

    Parameters
    ----------
    model : Model
    state : FloatArray
        Shape (d,): where the path has come to.
    width : FloatArray
        Shape (d,), of the window.
    """
    room = np.maximum(np.abs(state), 1.0)
    equations = RestEquations.of(model, state - room, state + room)
    point = polished(equations, state)
    size = np.maximum(np.abs(point), np.abs(state))
    if not equations.is_zero(point) or (np.abs(point - state) > NEAR * np.maximum(size, size.max()) + NEAR_ZERO * width).any():
        return None
    return equilibrium_at(equations, point, None, record(model, verb="basins"))


def widened(model: Model, window: Window, state: FloatArray) -> Window:
    """A window that spans every state, made to hold ``state`` (d,) well within wherever it did not."""
    spans = {}
    for (low, high), value, own in zip((window.spans[name] for name in model.state_names), state.tolist(), model.states, strict=True):
        below, above = min(low, value), max(high, value)
        room = BEYOND * (above - below)
        below, above = (below if below == low else below - room), (above if above == high else above + room)
        spans[own.name] = (max(below, own.lower), min(above, own.upper))
    return Window(**spans)


def around(model: Model, window: Window) -> Window:
    """The window with every state spanned."""
    room = ROOM * max((high - low for low, high in window.spans.values()), default=1.0)
    spans = {name: axis if isinstance(axis, tuple) else (axis - room, axis + room) for name, axis in window.axes}
    lower = {state.name: state.lower for state in model.states}
    upper = {state.name: state.upper for state in model.states}
    return Window(**{name: (max(low, lower[name]), min(high, upper[name])) for name, (low, high) in spans.items()})


def width_of(model: Model, window: Window) -> FloatArray:
    """Widths (d,) of a window that spans every state."""
    lower, upper = window.box(model)
    return np.asarray(upper - lower)
