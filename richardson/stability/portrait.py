"""Everything a phase portrait shows, found once and drawn elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import hypot, isfinite
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.stability.equilibria import Equilibria, equilibria, equilibrium_at
from richardson.stability.manifolds import Manifold, manifolds
from richardson.stability.nullclines import nullclines
from richardson.stability.rest import RestEquations, refuse_time
from richardson.stability.search import roots
from richardson.stability.streamlines import FlowCurve, Heading, Place, evenly_spaced
from richardson.stability.window import Window
from richardson.symbolic.model import Model

ARROWS = 21  # along each side: enough to read the flow, few enough to see the curves
PIECE = 0.4 / ARROWS  # half a piece of orbit, in widths: pieces of neighbours stay apart
PIECE_STEPS = 4  # each side
SLICE_MATCH = 1e-6  # relative: how well the fixed numbers must agree with an equilibrium's states; eight digits typed by hand pass
POLISH = 4  # Newton steps from the slice's root to the model's: quadratic from six digits on


@dataclass(frozen=True, eq=False)
class Arrows:
    """Directions of motion on a grid.

    Attributes
    ----------
    positions : FloatArray
        Shape (n, 2), columns in the order of the window's spans.
    directions : FloatArray
        Shape (n, 2), in the states' units, of length one when measured in widths of the window; zero where nothing moves.
    speeds : FloatArray
        Shape (n,), in widths of the window a year (of a map: a step).
    pieces : tuple of FloatArray
        Shape (m, 2) each: a short piece of the orbit through each position at which the model moves, in the direction of
        motion (of a map, the straight line towards the image). Iterating over the arrows gives these.
    """

    positions: FloatArray
    directions: FloatArray
    speeds: FloatArray
    pieces: tuple[FloatArray, ...]

    def __iter__(self) -> Iterator[FloatArray]:
        """Pieces of orbits."""
        return iter(self.pieces)


@dataclass(frozen=True, eq=False, repr=False)
class PhasePortrait:
    """What moves where in a plane of states.

    Attributes
    ----------
    window : Window
        Spans two states.
    nullclines : dict of str to tuple of FloatArray
        As `nullclines` gives them.
    equilibria : Equilibria
        In the window; of a model with more than two states those that lie in the slice.
    manifolds : tuple of Manifold
        Stable and unstable ones of every saddle; none if the model is a map or has more than two states.
    arrows : Arrows
    curves : tuple of FlowCurve
        Pieces of orbits spread evenly over the window, those for small pictures first; of a model with more than two states the
        orbits that the plane would have were the other states held. None if the model is a map, whose orbits are points.
    model : Model
    provenance : Provenance
    """

    window: Window
    nullclines: dict[str, tuple[FloatArray, ...]]
    equilibria: Equilibria
    manifolds: tuple[Manifold, ...]
    arrows: Arrows
    curves: tuple[FlowCurve, ...]
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, list[Any]]:
        """Table of the equilibria."""
        return self.equilibria.to_table()

    def __repr__(self) -> str:
        """Model, window and counts."""
        curves = sum(map(len, self.nullclines.values()))
        return (
            f"<phase portrait of '{self.model.name}' in {self.window!r}: {len(self.equilibria)} equilibria, "
            f"{curves} nullcline branches, {len(self.manifolds)} manifolds>"
        )


def phase_portrait(model: Model, window: Window, *, rng: int | np.random.Generator | None = 0) -> PhasePortrait:
    """Nullclines, equilibria, the saddles' manifolds and directions of motion in a plane of states.

    Parameters
    ----------
    model : Model
        Autonomous, with two states or more.
    window : Window
        Spans exactly two states and fixes the others.
    rng : int, numpy.random.Generator or None
        For the search of `equilibria`, where one is needed.

    Returns
    -------
    PhasePortrait

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If the window does not fit.
    ComputationError
        If a rate vanishes on the whole window, or the equilibria are not isolated.

    Notes
    -----
    In a slice of a model with more states the arrows are projections, and crossings of nullclines are equilibria only where
    the other states rest too; only such are listed.

    Examples
    --------
    >>> import richardson as rn
    >>> picture = rn.phase_portrait(rn.models.linear(), rn.Window(x=(0, 2), y=(0, 2)))
    >>> picture.equilibria
    <1 equilibrium of 'linear' (complete): <stable node at x = 1, y = 1>>
    """
    refuse_time(model, "A phase portrait")
    Window.of(window).check(model, spanned=2)
    found = _in_slice(model, window, rng) if window.fixed else equilibria(model, window, rng=rng)
    curves: list[Manifold] = []
    if model.kind == "flow" and not window.fixed:
        for saddle in found:
            if saddle.kind == "saddle":
                curves.extend(manifolds(model, saddle, window))
    return PhasePortrait(
        window=window,
        nullclines=nullclines(model, window),
        equilibria=found,
        manifolds=tuple(curves),
        arrows=_arrows(model, window),
        curves=_flow_curves(model, window, curves) if model.kind == "flow" else (),
        model=model,
        provenance=record(model, verb="phase_portrait", window=repr(window)),
    )


def _in_slice(model: Model, window: Window, rng: int | np.random.Generator | None) -> Equilibria:
    """Equilibria of the whole model whose states agree with the window's fixed numbers."""
    lower, upper = window.box(model)
    generator, entropy = generator_of(rng)
    provenance = record(model, entropy=entropy, verb="equilibria", window=repr(window), method="newton in the slice")
    sliced = RestEquations.of(model, lower, upper)
    search = roots(sliced, generator)
    found = []
    for point in sliced.full(search.points):
        room = np.maximum(np.abs(point), 1.0)
        whole = RestEquations.of(model, point - room, point + room)
        moved = point
        for _ in range(POLISH):
            value, jacobian = whole.values_and_jacobian(moved)
            moved = moved + np.linalg.lstsq(jacobian, -value, rcond=None)[0]
        if np.isfinite(moved).all() and whole.is_zero(moved) and (np.abs(moved - point) <= SLICE_MATCH * room).all():
            found.append(equilibrium_at(whole, moved, None, provenance))
    found.sort(key=lambda one: tuple(one.state))
    return Equilibria(tuple(found), False, (), window, model, provenance)


def _arrows(model: Model, window: Window) -> Arrows:
    order = [model.state_names.index(name) for name in window.spans]
    lower, upper = window.box(model)
    width = (upper - lower)[order]
    motion = _motion(model, lower, order)
    ticks = (np.arange(ARROWS) + 0.5) / ARROWS
    positions = lower[order] + np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2) * width
    rates = motion(positions)
    known = np.isfinite(rates).all(axis=1)
    positions, rates = np.ascontiguousarray(positions[known]), rates[known]
    directions, speeds = _along(rates, width)
    if model.kind == "map":
        steps = PIECE * (np.arange(2 * PIECE_STEPS + 1) / PIECE_STEPS - 1)[:, np.newaxis, np.newaxis]
        drawn = positions + steps * directions
    else:
        drawn = _orbits(motion, positions, width)
    inside = np.asarray(((drawn >= lower[order]) & (drawn <= upper[order]) & np.isfinite(drawn)).all(axis=2))
    pieces = [np.ascontiguousarray(path[keep]) for path, keep in zip(drawn.swapaxes(0, 1), inside.T, strict=True)]
    kept = tuple(piece for piece, speed in zip(pieces, speeds, strict=True) if speed > 0 and len(piece) > 1)
    return Arrows(positions, directions, speeds, kept)


def _flow_curves(model: Model, window: Window, separatrices: list[Manifold]) -> tuple[FlowCurve, ...]:
    """Orbits in states of those in the unit square."""
    order = [model.state_names.index(name) for name in window.spans]
    lower, upper = window.box(model)
    origin, width = lower[order], (upper - lower)[order]
    given = [(manifold.path[:, order] - origin) / width for manifold in separatrices]
    orbits = evenly_spaced(_heading(model, lower, order, width), given)
    return tuple(FlowCurve(origin + width * orbit, spacing) for orbit, spacing in orbits)


def _heading(model: Model, base: FloatArray, order: list[int], width: FloatArray) -> Heading:
    """Unit vector of the motion at a place of the window, measured in its widths."""
    field, state = Field.of(model), base.copy()
    (i, j), (across, up) = order, width.tolist()
    left, bottom = base[order].tolist()

    def heading(x: float, y: float) -> Place | None:
        state[i], state[j] = left + across * x, bottom + up * y
        rates = field.rates(0.0, state)
        ahead, upwards = float(rates[i]) / across, float(rates[j]) / up
        speed = hypot(ahead, upwards)
        return (ahead / speed, upwards / speed) if isfinite(speed) and speed > 0.0 else None

    return heading


def _motion(model: Model, base: FloatArray, order: list[int]) -> Callable[[FloatArray], FloatArray]:
    field = Field.of(model)

    def motion(points: FloatArray) -> FloatArray:
        states = np.tile(base, (len(points), 1))
        states[:, order] = points
        rates = field.rates_over(0.0, states)[:, order]
        return np.asarray(rates - points) if model.kind == "map" else rates

    return motion


def _along(rates: FloatArray, width: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Directions of unit length in widths, zero at rest, and speeds."""
    speeds: FloatArray = np.linalg.norm(rates / width, axis=1)
    directions = np.divide(rates, speeds[:, np.newaxis], out=np.zeros_like(rates), where=speeds[:, np.newaxis] > 0)
    return directions, speeds


def _orbits(motion: Callable[[FloatArray], FloatArray], positions: FloatArray, width: FloatArray) -> FloatArray:
    """Points of the orbits through all positions at once, shape (m, n, 2), by the classical Runge-Kutta method in length."""

    def heading(points: FloatArray) -> FloatArray:
        return _along(motion(points), width)[0]

    halves = []
    for step in (-PIECE / PIECE_STEPS, PIECE / PIECE_STEPS):
        points = [positions]
        for _ in range(PIECE_STEPS):
            at = points[-1]
            first = heading(at)
            second = heading(at + 0.5 * step * first)
            third = heading(at + 0.5 * step * second)
            fourth = heading(at + step * third)
            points.append(at + step / 6 * (first + 2 * second + 2 * third + fourth))
        halves.append(points)
    drawn: FloatArray = np.array([*halves[0][:0:-1], *halves[1]])
    return drawn
