"""Regions of states from which every path provably goes to a stable equilibrium."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled.bounds import Bounds
from richardson.compiled.enclosure import Enclosure
from richardson.errors import InvalidInputError
from richardson.provenance import Provenance, record
from richardson.stability.domain import Domain, domain_of
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria
from richardson.stability.finding import MOST_STATES
from richardson.stability.krawczyk import root_near
from richardson.stability.lyapunov import Ellipsoid, ellipsoid
from richardson.stability.monotone import Rest, captured_boxes
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

BLURRED = 1e-6  # of the window: where an equilibrium without certificate is taken to lie


@dataclass(frozen=True, eq=False, repr=False)
class Capture:
    """Where paths are caught: the states within the states' bounds that lie in any ellipsoid or box.

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
    proofs : tuple of str
        How each ellipsoid, then each box, was proved: "lyapunov" or "monotone".
    reason : str
        Why there is none; empty if there is one.
    model : Model
    provenance : Provenance
    """

    equilibrium: Equilibrium
    centres: FloatArray
    forms: FloatArray
    levels: FloatArray
    lower: FloatArray
    upper: FloatArray
    proofs: tuple[str, ...]
    reason: str
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
        return np.asarray(within & inside)

    def __repr__(self) -> str:
        """How many regions, or why none."""
        what = f"{len(self.levels)} ellipsoids and {len(self.lower)} boxes" if self else f"nothing: {self.reason}"
        return f"<Captured by the {self.equilibrium!r}: {what}>"


def capture(model: Model, equilibrium: Equilibrium, window: Window, *, known: Equilibria | None = None, bound: float = 1e9) -> Capture:
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
    Ellipsoids come from Lyapunov's direct method, boxes from monotonicity where no state lowers another's rate. All is proved on
    intervals and balls, for parameters as floats and as the decimals that print them; docs/explanation/proofs.md has the details.

    Examples
    --------
    >>> race = Model.from_equations({"x": "0.15*y - 0.2*x + 20", "y": "0.1*x - 0.2*y + 40"})
    >>> window = Window(x=(0, 1000), y=(0, 1000))
    >>> capture(race, equilibria(race, window)[0], window).contains(np.array([[0.0, 999.0]]))
    array([ True])
    """
    refuse_time(model, "What an equilibrium captures")
    Window.of(window).check(model, spanned=len(model.states))
    if equilibrium.model != model:
        raise InvalidInputError(f"{equilibrium!r} is one of another model or other values of parameters. Find those of this model.")
    provenance = record(model, verb="capture", window=repr(window), bound=float(bound))
    ellipsoids, boxes, reason = _regions(model, equilibrium, window, known, bound)
    size = len(model.states)
    return Capture(
        equilibrium,
        np.array([one.centre for one in ellipsoids]).reshape(-1, size),
        np.array([one.form for one in ellipsoids]).reshape(-1, size, size),
        np.array([one.level for one in ellipsoids]),
        np.array([low for low, _ in boxes]).reshape(-1, size),
        np.array([high for _, high in boxes]).reshape(-1, size),
        ("lyapunov",) * len(ellipsoids) + ("monotone",) * len(boxes),
        reason,
        model,
        provenance,
    )


def _regions(
    model: Model, equilibrium: Equilibrium, window: Window, known: Equilibria | None, bound: float
) -> tuple[list[Ellipsoid], list[tuple[FloatArray, FloatArray]], str]:
    """What is captured, or why nothing is."""
    enclosure = Enclosure.of(model) if len(model.states) <= MOST_STATES else None
    if enclosure is None:
        return [], [], f"the model has more than {MOST_STATES} states, or hill with a state in its exponent, which has no bounds here"
    bounds = Bounds(enclosure)
    domain = domain_of(enclosure, bounds, window, bound)
    place = _certified(enclosure, equilibrium, domain)
    if isinstance(place, str):
        return [], [], place
    point = equilibrium.state
    error = np.maximum(np.maximum(place[1] - point, point - place[0]), 0.0)
    one = ellipsoid(bounds, point, error, domain)
    rest = _rest(known if known is not None else equilibria(model, window), place, domain)
    boxes = [] if rest is None else captured_boxes(enclosure, bounds, rest)
    ellipsoids = [] if one is None else [one]
    reason = "" if ellipsoids or boxes else "no neighbourhood of it could be proved to be attracted, however small"
    return ellipsoids, boxes, reason


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


def captures(found: Equilibria, *, bound: float = 1e9) -> Sequence[Capture]:
    """What each stable one of the equilibria in a window captures, in their order."""
    return [capture(found.model, one, found.window, known=found, bound=bound) for one in found if one.is_stable]
