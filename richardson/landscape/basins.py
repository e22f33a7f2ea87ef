"""Basins of attraction over a window: where the path from every cell's centre ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.dynamics.arguments import as_bound
from richardson.errors import InvalidInputError
from richardson.landscape.attractors import Attractor
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED, Labeller, as_horizon
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

RESOLUTION = (200, 200)
MOST_CELLS = 20_000_000  # some hundred MB
CHUNK = 1 << 20  # cells that are followed at a time
BYTES, SECONDS = 40, 1e-6  # a cell, at least: of memory while it is computed, of one processor
LOOSE, TIGHT = 1e-6, 1e-12  # tolerances: of all cells, and of those near a border
RINGS = 2  # cells from a border that are near it
AUDITED = 256  # cells that are computed again
NAMES = {UNDECIDED: "undecided", ESCAPED: "escaped", LEFT_DOMAIN: "left domain"}


@dataclass(frozen=True, eq=False, repr=False)
class Basins:
    """Where the paths from the centres of a window's cells end.

    Attributes
    ----------
    window : Window
        Two states are spanned: n cells along the first, m along the second.
    labels : IntArray
        Shape (n, m): position in ``attractors``, or −1 undecided, −2 escaped, −3 left the domain.
    attractors : tuple of Attractor
        Those in the window and those outside to which some cell goes.
    audited : int
        How many cells, chosen at random, were computed again at a tolerance of 1e-12; none of a map, which has no tolerance.
    disagreements : int
        How many of them ended elsewhere. If any did, all cells were computed again at that tolerance.
    model : Model
    provenance : Provenance
    """

    window: Window
    labels: IntArray
    attractors: tuple[Attractor, ...]
    audited: int
    disagreements: int
    model: Model
    provenance: Provenance

    @property
    def axes(self) -> tuple[FloatArray, FloatArray]:
        """Centres of the cells along the two spanned states, shapes (n,) and (m,)."""
        first, second = (_centres(span, size) for span, size in zip(self.window.spans.values(), self.labels.shape, strict=True))
        return first, second

    @property
    def shares(self) -> dict[int, float]:
        """Share of the cells with each label; labels without cells are left out, but for those of attractors."""
        found, counts = np.unique(self.labels, return_counts=True)
        present = dict(zip(found.tolist(), (counts / self.labels.size).tolist(), strict=True))
        order = [*range(len(self.attractors)), *(label for label in NAMES if label in present)]
        return {label: present.get(label, 0.0) for label in order}

    def name(self, label: int) -> str:
        """What a label stands for, in words.

        Parameters
        ----------
        label : int
            As in ``labels``.

        Examples
        --------
        >>> import richardson as rn
        >>> part = rn.basins(rn.models.security_dilemma(), rn.Window(x=(0, 4), y=(0, 4)), resolution=(4, 4))
        >>> part.name(0)
        'stable node at x = 0.973884, y = 0.973884'
        """
        return NAMES[label] if label in NAMES else repr(self.attractors[label])[1:-1]

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a cell, the second state running fastest: both states, and the label."""
        first, second = np.meshgrid(*self.axes, indexing="ij")
        names = self.window.spans
        return dict(zip((*names, "label"), (first.ravel().tolist(), second.ravel().tolist(), self.labels.ravel().tolist()), strict=True))

    def to_xarray(self) -> Any:
        """Dataset over the two spanned states with the variable ``label``.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        names = tuple(self.window.spans)
        coordinates = {name: (name, axis) for name, axis in zip(names, self.axes, strict=True)}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint}
        return xarray.Dataset({"label": (names, self.labels)}, coords=coordinates, attrs=attributes)

    def __repr__(self) -> str:
        """Window, size and shares."""
        n, m = self.labels.shape
        shares = ", ".join(f"{share:.1%} {self.name(label)}" for label, share in self.shares.items() if share > 0.0)
        return f"<basins over {' × '.join(self.window.spans)}, {n} × {m}: {shares}>"


def basins(
    model: Model,
    window: Window,
    *,
    resolution: tuple[int, int] = RESOLUTION,
    bound: float = 1e9,
    horizon: float | None = None,
    audit: int = AUDITED,
    rng: Any = 0,
) -> Basins:
    """Which attractor the path from every cell of a window goes to; attractors are found, not supplied.

    Parameters
    ----------
    model : Model
        An autonomous flow, or a map, of two states or more.
    window : Window
        Spans two states, whose cells start paths, and fixes the others.
    resolution : pair of int
        Cells along the first and along the second spanned state.
    bound : float
        Magnitude of a state, in its unit, beyond which a path has escaped.
    horizon : float, optional
        Time (of a map: steps) after which a path is undecided; by default only the number of its steps is limited.
    audit : int
        How many cells are computed again at a tolerance of 1e-12, to see that nothing was mislabelled.
    rng : int, Generator or None
        Chooses the cells of the audit; nothing else is random.

    Returns
    -------
    Basins

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError
        If the rates contain time, the window does not span exactly two states, or an argument does not fit; the message says what
        to do. So many cells that they need more memory or time than is sensible are refused with an estimate of both.

    Notes
    -----
    A path is followed until it is caught in a region from which every path provably goes to a stable equilibrium (`capture`; where
    nothing is proved, in a small ellipsoid on which a quadratic form falls), in cells round a stable cycle, or in the cells of a
    strange attractor in which it stays for many turns. Neither a small rate nor a slow passage ends a path. Paths that nothing
    catches are looked at one by one: those that end at a stable equilibrium outside the window, or on a stable cycle, make it known,
    and so do those that return to the cells of a grid for ever while volumes shrink along them and paths from beside come to them
    (after [1]_). What is left is undecided: orbits round a centre, paths that end on a saddle or beside an equilibrium that may be a
    multiple one, and paths that tens of thousands of steps do not bring in.

    Cells are followed at a tolerance of 1e-6, and those within two cells of another label again at 1e-12 until no border is left that
    was not. Where a random cell of the audit then turns out otherwise, all of them are. A map is iterated as it is,
    once. Labels do not depend on the number of threads.

    References
    ----------
    .. [1] G. Datseris, A. Wagemakers (2022), Effortless estimation of basins of attraction, Chaos 32, 023104 (quoted from memory).

    Examples
    --------
    >>> competition = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0})
    >>> basins(competition, Window(x=(0, 4), y=(0, 4)), resolution=(40, 40))
    <basins over x × y, 40 × 40: 60.6% stable node at x = 0, y = 2, 39.4% stable node at x = 3, y = 0>
    """
    refuse_time(model, "Basins")
    Window.of(window).check(model, spanned=2)
    shape = _checked(resolution)
    generator, entropy = generator_of(rng)
    labeller = Labeller(model, window, (), bound=as_bound(bound), horizon=as_horizon(horizon))
    cells = Cells(model, window, shape)
    labels = _labelled(labeller, cells, np.arange(cells.count), LOOSE)
    has_tolerance = model.kind == "flow"
    if has_tolerance:
        _refine(labeller, cells, labels)
    chosen = generator.choice(cells.count, min(_whole(audit), cells.count) if has_tolerance else 0, replace=False)
    again = _labelled(labeller, cells, chosen, TIGHT)
    disagreements = int(np.count_nonzero(again != labels[chosen]))
    if disagreements:
        labels = _labelled(labeller, cells, np.arange(cells.count), TIGHT)
    settings = {"window": repr(window), "resolution": shape, "bound": bound, "horizon": horizon, "audit": audit}
    provenance = record(model, entropy=entropy, verb="basins", **settings, tolerances=(LOOSE, TIGHT))
    return Basins(window, labels.reshape(shape), tuple(labeller.attractors), len(chosen), disagreements, model, provenance)


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a window: n along its first spanned state, m along its second."""

    model: Model
    window: Window
    shape: tuple[int, int]

    @property
    def count(self) -> int:
        """How many."""
        return self.shape[0] * self.shape[1]

    def starts(self, numbers: IntArray) -> FloatArray:
        """Centres of the cells of these numbers (k,), the second state running fastest, shape (k, d)."""
        states = np.empty((len(numbers), len(self.model.states)))
        for name, value in self.window.fixed.items():
            states[:, self.model.state_names.index(name)] = value
        for (name, span), size, places in zip(self.window.spans.items(), self.shape, np.divmod(numbers, self.shape[1]), strict=True):
            states[:, self.model.state_names.index(name)] = _centres(span, size)[places]
        return states


def near_borders(labels: IntArray, rings: int) -> BoolArray:
    """Cells (n, m) that lie within so many cells of one with another label, corners included."""
    narrow: Any = labels.astype(np.int8) if labels.max(initial=0) <= np.iinfo(np.int8).max else labels  # eight times as fast
    lowest, highest = narrow, narrow
    for axis in (0, 1):
        lowest, highest = _spread(lowest, np.minimum, axis, rings), _spread(highest, np.maximum, axis, rings)
    return np.asarray(lowest != highest)


def _spread(values: Any, choose: np.ufunc, axis: int, rings: int) -> Any:
    """The least or the largest value within so many cells along one axis."""
    result = values.copy()
    for step in range(1, min(rings, values.shape[axis] - 1) + 1):
        ahead, behind = (
            (slice(step, None), slice(None, -step)) if axis == 0 else ((slice(None), slice(step, None)), (slice(None), slice(None, -step)))
        )
        choose(result[behind], values[ahead], out=result[behind])
        choose(result[ahead], values[behind], out=result[ahead])
    return result


def _refine(labeller: Labeller, cells: Cells, labels: IntArray) -> None:
    """Compute the cells near borders again, tightly, until all cells near a border have been."""
    is_done = np.zeros(cells.count, dtype=np.bool_)
    while True:
        rows = np.flatnonzero(near_borders(labels.reshape(cells.shape), RINGS).ravel() & ~is_done)
        if not rows.size:
            return
        labels[rows] = _labelled(labeller, cells, rows, TIGHT)
        is_done[rows] = True


def _labelled(labeller: Labeller, cells: Cells, numbers: IntArray, relative: float) -> IntArray:
    labels = np.empty(len(numbers), dtype=np.int64)
    for low in range(0, len(numbers), CHUNK):
        labels[low : low + CHUNK] = labeller.labels(cells.starts(numbers[low : low + CHUNK]), relative)
    return labels


def _centres(span: tuple[float, float], count: int) -> FloatArray:
    low, high = span
    return np.asarray(low + (high - low) * ((np.arange(count) + 0.5) / count))


def _checked(resolution: Any) -> tuple[int, int]:
    """Cells along both states, refused where they are no whole numbers or too many."""
    sizes = tuple(resolution) if isinstance(resolution, tuple | list) else ()
    whole = [isinstance(size, int | np.integer) and not isinstance(size, bool) and size > 0 for size in sizes]
    if len(sizes) != 2 or not all(whole):
        raise InvalidInputError(f"The resolution is a pair of whole numbers above 0, cells along each spanned state; got {resolution!r}.")
    count = int(sizes[0]) * int(sizes[1])
    if count > MOST_CELLS:
        raise InvalidInputError(
            f"{sizes[0]} × {sizes[1]} cells need about {count * BYTES / 2**30:.1f} GiB of memory and at least "
            f"{count * SECONDS / 60:.1f} minutes of one processor, often a hundred times that; {MOST_CELLS:,} cells are the most. "
            "Take fewer cells, a smaller window, or sample shares with basin_shares."
        )
    return int(sizes[0]), int(sizes[1])


def _whole(audit: Any) -> int:
    if isinstance(audit, bool) or not isinstance(audit, int | np.integer) or audit < 0:
        raise InvalidInputError(f"audit= must be a whole number of cells, 0 or more; got {audit!r}.")
    return int(audit)
