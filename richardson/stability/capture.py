"""Regions of states from which every path provably goes to a stable equilibrium."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled.bounds import Bounds
from richardson.compiled.enclosure import Enclosure
from richardson.errors import InvalidInputError
from richardson.provenance import Provenance, record
from richardson.stability.cells import Grid, cells_within
from richardson.stability.domain import Domain, domain_of
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria
from richardson.stability.finding import MOST_STATES
from richardson.stability.krawczyk import root_near
from richardson.stability.lyapunov import Ellipsoid, ellipsoid
from richardson.stability.monotone import Rest, captured_boxes
from richardson.stability.planar import captured_polygon
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

BLURRED = 1e-6  # of the window: where an equilibrium without certificate is taken to lie


@dataclass(frozen=True, eq=False, repr=False)
class Capture:
    """Where paths are caught: the states within the states' bounds that lie in any ellipsoid, box or cell.

    Attributes
    ----------
    equilibrium : Equilibrium
        Where all of them go, without leaving the states' bounds or the bound of the call on the way.
    centres : FloatArray
        Shape (n, d), of the ellipsoids (x − c)ᵀ P (x − c) ≤ level.
    forms : FloatArray
        Shape (n, d, d): P.
    levels : FloatArray
        Shape (n,).
    lower, upper : FloatArray
        Shape (m, d): corners of the boxes.
    cells : BoolArray
        Shape (p, q), of a model with two states: which of the equal cells of the rectangle are captured; (0, 0) for none.
    rectangle : FloatArray
        Shape (2, d): its lower and upper corner.
    proofs : tuple of str
        How each ellipsoid, each box, and the cells were proved: "lyapunov", "monotone", "front".
    reason : str
        Why there is none; empty if there is one.
    window : Window
        How far regions were looked for: that of the call, made to hold the equilibrium.
    bound : float
        As in the call.
    model : Model
    provenance : Provenance
    """

    equilibrium: Equilibrium
    centres: FloatArray
    forms: FloatArray
    levels: FloatArray
    lower: FloatArray
    upper: FloatArray
    cells: BoolArray
    rectangle: FloatArray
    proofs: tuple[str, ...]
    reason: str
    window: Window
    bound: float
    model: Model
    provenance: Provenance

    def __bool__(self) -> bool:
        """Whether anything was proved."""
        return bool(self.proofs)

    def contains(self, states: FloatArray) -> BoolArray:
        """Whether each state lies in a captured region.

        Parameters
        ----------
        states : FloatArray
            Shape (n, d).

        Returns
        -------
        BoolArray
            Shape (n,).
        """
        allowed = [(state.lower, state.upper) for state in self.model.states]
        within = np.all([(low <= column) & (column <= high) for (low, high), column in zip(allowed, states.T, strict=True)], axis=0)
        inside = np.zeros(len(states), dtype=bool)
        for centre, form, level in zip(self.centres, self.forms, self.levels, strict=True):
            away = states - centre
            inside |= np.einsum("ni,ij,nj->n", away, form, away) <= level
        for low, high in zip(self.lower, self.upper, strict=True):
            inside |= ((low <= states) & (states <= high)).all(axis=1)
        if self.cells.size:
            inside |= Grid(self.rectangle[0], self.rectangle[1], self.cells.shape).marks(states, self.cells)
        return np.asarray(within & inside)

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row an ellipsoid or box: how it was proved, and the ends of the smallest box that holds it, by state."""
        halves = [np.sqrt(level * np.diag(np.linalg.inv(form))) for level, form in zip(self.levels, self.forms, strict=True)]
        low = [*(centre - half for centre, half in zip(self.centres, halves, strict=True)), *self.lower]
        high = [*(centre + half for centre, half in zip(self.centres, halves, strict=True)), *self.upper]
        columns: dict[str, list[Any]] = {"proof": list(self.proofs[: len(low)])}
        for place, name in enumerate(self.model.state_names):
            columns[f"{name}_low"] = [float(corner[place]) for corner in low]
            columns[f"{name}_high"] = [float(corner[place]) for corner in high]
        return columns

    def __repr__(self) -> str:
        """How many regions, or why none."""
        counts = f"{len(self.levels)} ellipsoids, {len(self.lower)} boxes, {int(self.cells.sum())} cells"
        what = counts if self else f"nothing: {self.reason}"
        return f"<Captured by the {self.equilibrium!r}: {what}>"


def capture(
    model: Model, equilibrium: Equilibrium, window: Window, *, known: Equilibria | None = None, bound: float = 1e9, cells: int = 0
) -> Capture:
    """Regions in and about a window from which every path provably goes to a stable equilibrium.

    Parameters
    ----------
    model : Model
        Autonomous, a flow or a map, of up to six states.
    equilibrium : Equilibrium
        Of this model.
    window : Window
        Spans every state; how far regions are looked for.
    known : Equilibria, optional
        Those of the model in the window, which are found anew if they are not given.
    bound : float
        A path on which a state's size exceeds it does not count as going to the equilibrium.
    cells : int
        Of a flow with two states: how many cells across each state are told apart in the part of the window that a front grown
        upstream is proved to enclose; it costs about 0.1 s. None by default.

    Returns
    -------
    Capture
        Empty, with a reason, where nothing could be proved.

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If the window does not span exactly the model's states, or the equilibrium is one of another model.

    Notes
    -----
    Ellipsoids come from Lyapunov's direct method, boxes from monotonicity where no state lowers another's rate, cells from a front
    that all paths cross inwards, and triangles within it on which a function falls along paths. All is proved on intervals and
    balls, for parameters as floats and as the decimals that print them; docs/explanation/proofs.md has the details.

    Examples
    --------
    >>> race = Model.from_equations({"x": "0.15*y - 0.2*x + 20", "y": "0.1*x - 0.2*y + 40"})
    >>> window = Window(x=(0, 1000), y=(0, 1000))
    >>> capture(race, equilibria(race, window)[0], window).contains(np.array([[0.0, 999.0]]))
    array([ True])
    """
    refuse_time(model, "What an equilibrium captures")
    Window.of(window).check(model, spanned=len(model.states))
    if not isinstance(equilibrium, Equilibrium):
        raise InvalidInputError(f"What is captured goes to an equilibrium; got {equilibrium!r}. Take one of equilibria(model, window).")
    if isinstance(cells, bool) or not isinstance(cells, int | np.integer) or cells < 0:
        raise InvalidInputError(f"cells= is a whole number of cells across each state, 0 for none; got {cells!r}.")
    if equilibrium.model != model:
        raise InvalidInputError(f"{equilibrium!r} is one of another model or other values of parameters. Find those of this model.")
    provenance = record(model, verb="capture", window=repr(window), bound=float(bound), cells=int(cells))
    window = _around(window, equilibrium)
    is_same = known is not None and known.window == window and known.model == model
    known = known if known is not None and is_same else equilibria(model, window)
    found = _regions(equilibrium, known, bound)
    size = len(model.states)
    region = Capture(
        equilibrium,
        np.array([one.centre for one in found.ellipsoids]).reshape(-1, size),
        np.array([one.form for one in found.ellipsoids]).reshape(-1, size, size),
        np.array([one.level for one in found.ellipsoids]),
        np.array([low for low, _ in found.boxes]).reshape(-1, size),
        np.array([high for _, high in found.boxes]).reshape(-1, size),
        np.zeros((0, 0), dtype=bool),
        np.array(window.box(model)),
        ("lyapunov",) * len(found.ellipsoids) + ("monotone",) * len(found.boxes),
        found.reason,
        window,
        float(bound),
        model,
        provenance,
    )
    return with_cells(region, cells) if cells else region


def with_cells(region: Capture, cells: int) -> Capture:
    """The same with what a front encloses that grows upstream from its ellipsoid, in so many cells along each of two states.

    Nothing is added for a map, for other numbers of states, or where there is no ellipsoid.
    """
    if not len(region.levels) or len(region.model.states) != 2 or region.model.kind == "map":
        return region
    enclosure = Enclosure(region.model)
    bounds = Bounds(enclosure)
    core = Ellipsoid(region.centres[0], region.forms[0], float(region.levels[0]))
    polygon = captured_polygon(bounds, core, domain_of(enclosure, bounds, region.window, region.bound))
    if polygon is None:
        return region
    table = cells_within(Grid(region.rectangle[0], region.rectangle[1], (cells, cells)), polygon)
    return replace(region, cells=table, proofs=(*region.proofs, "front"))


@dataclass(frozen=True, eq=False)
class _Regions:
    """What is captured, or why nothing is."""

    ellipsoids: list[Ellipsoid]
    boxes: list[tuple[FloatArray, FloatArray]]
    reason: str


def _around(window: Window, equilibrium: Equilibrium) -> Window:
    """The window; widened, where the equilibrium lies outside, by twice the way to it."""
    names = equilibrium.model.state_names
    low, high = window.box(equilibrium.model)
    if ((low <= equilibrium.state) & (equilibrium.state <= high)).all():
        return window
    wider = np.minimum(low, 2 * equilibrium.state - low), np.maximum(high, 2 * equilibrium.state - high)
    return Window(**{name: (float(a), float(b)) for name, a, b in zip(names, *wider, strict=True)})


def _regions(equilibrium: Equilibrium, known: Equilibria, bound: float) -> _Regions:
    model, window = known.model, known.window
    enclosure = Enclosure.of(model) if len(model.states) <= MOST_STATES else None
    if enclosure is None:
        reason = f"the model has more than {MOST_STATES} states, or hill with a state in its exponent, which has no bounds here"
        return _Regions([], [], reason)
    bounds = Bounds(enclosure)
    domain = domain_of(enclosure, bounds, window, bound)
    place = _certified(enclosure, equilibrium, domain)
    if isinstance(place, str):
        return _Regions([], [], place)
    error = np.maximum(np.maximum(place[1] - equilibrium.state, equilibrium.state - place[0]), 0.0)
    one = ellipsoid(bounds, equilibrium.state, error, domain)
    rest = _rest(known, place, domain)
    boxes = [] if rest is None else captured_boxes(enclosure, bounds, rest)
    reason = "" if one or boxes else "no neighbourhood of it could be proved to be attracted, however small"
    return _Regions([] if one is None else [one], boxes, reason)


def _certified(enclosure: Enclosure, equilibrium: Equilibrium, domain: Domain) -> tuple[FloatArray, FloatArray] | str:
    """A box that holds the equilibrium, which is proved to attract what is near; or why there is none."""
    certificate = equilibrium.certificate
    root = root_near(enclosure, equilibrium.state, domain.width) if certificate is None else None
    if certificate is None and root is None:
        return "it is not proved to exist"
    if not (root.is_attracting if root else certificate and certificate.is_stable):
        return "it is not proved to be stable"
    if not ((domain.lower <= equilibrium.state) & (equilibrium.state <= domain.upper)).all():
        return "it lies far outside the window, beyond the states' bounds, or beyond the bound"
    proved = root or certificate
    return (proved.lower, proved.upper) if proved else "it is not proved to exist"


def _rest(found: Equilibria, place: tuple[FloatArray, FloatArray], domain: Domain) -> Rest | None:
    """All equilibria of the window, if it is known that there are no others and the one at ``place`` is among them."""
    window = domain.cut(*found.window.box(found.model))
    if not (found.is_complete or found.undecided):
        return None
    low, high = [], []
    for one in found:
        blur = BLURRED * domain.width
        low.append(one.certificate.lower if one.certificate else one.state - blur)
        high.append(one.certificate.upper if one.certificate else one.state + blur)
    lows = np.array([*low, *(box.lower for box in found.undecided)]).reshape(-1, len(domain.width))
    highs = np.array([*high, *(box.upper for box in found.undecided)]).reshape(-1, len(domain.width))
    same = np.flatnonzero(((lows <= place[1]) & (place[0] <= highs)).all(axis=1))
    if len(same) != 1 or same[0] >= len(found):
        return None
    return Rest(lows, highs, int(same[0]), window)


def captures(found: Equilibria, *, bound: float = 1e9, cells: int = 0) -> Sequence[Capture]:
    """What each stable one of the equilibria in a window captures, in their order."""
    return [capture(found.model, one, found.window, known=found, bound=bound, cells=cells) for one in found if one.is_stable]
