"""Stability over two parameters: every equilibrium, and the one that is reached from zero arms and fear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import BoolArray, FloatArray, IntArray, as_floats
from richardson.dynamics.arguments import as_bound
from richardson.errors import InvalidInputError
from richardson.landscape.arrivals import arrivals
from richardson.landscape.census import Question, census
from richardson.landscape.many_kinds import KINDS
from richardson.landscape.recount import recounted
from richardson.landscape.settling import PLAIN, check_start
from richardson.provenance import Provenance, record
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.order import check_ranges

STABLE = [place for place, kind in enumerate(KINDS) if kind.startswith("stable")]
BOUND = 1e9  # in the states' units, as in integrate: beyond it a path has escaped
BYTES, BYTES_A_STATE = 300, 60  # a cell of which three equilibria are listed, while the map is made
MOST_BYTES = 4e9
SECONDS = 3e-6  # a cell on one core, where no path has to be followed


@dataclass(frozen=True, eq=False, repr=False)
class StabilityMap:
    """Every equilibrium over a grid of two parameters, and what becomes of a race that starts from zero arms and fear.

    Attributes
    ----------
    parameters : pair of str
        Names, or concepts whose members move as one; the first is on axis 0 of every array.
    grids : pair of FloatArray
        Shapes (n,) and (m,), in the parameters' units.
    spiral_number : FloatArray
        Shape (n, m): R at the equilibrium reached; NaN where it is undefined or no equilibrium is reached. Where the rates are
        linear in the states R belongs to the equations, and is given also where no equilibrium is reached.
    kind : ndarray of str
        Shape (n, m): kind of the equilibrium reached, else "escaped", "left domain", "outside window" or "undecided".
    leading_eigenvalue : FloatArray
        Shape (n, m): largest real part of the eigenvalues there, in 1/yr; NaN and linear rates as for the spiral number.
    reached : FloatArray
        Shape (n, m, d): the equilibrium, in the states' units; NaN where none is reached.
    states : FloatArray
        Shape (n, m, k, d): every equilibrium in the window, sorted by state, first state first; NaN where a cell has fewer.
    kind_codes : ndarray of int8
        Shape (n, m, k): kind of each, a position in ``KINDS``; −1 where there is none. ``kinds`` has the words.
    spiral_numbers, leading_eigenvalues : FloatArray
        Shape (n, m, k): the same of each as above of the one reached.
    count : IntArray
        Shape (n, m): how many equilibria a cell has, proved; −1 where that could not be decided, and those listed are some.
    disagreements : IntArray
        Shape (q, 3): cell and place in it of each equilibrium of which R < 1, or with three or four states the conditions of Routh
        and Hurwitz, say otherwise than the eigenvalues whether it is stable.
    model : Model
    provenance : Provenance
    """

    parameters: tuple[str, str]
    grids: tuple[FloatArray, FloatArray]
    spiral_number: FloatArray
    kind: npt.NDArray[np.str_]
    leading_eigenvalue: FloatArray
    reached: FloatArray
    states: FloatArray
    kind_codes: npt.NDArray[np.int8]
    spiral_numbers: FloatArray
    leading_eigenvalues: FloatArray
    count: IntArray
    disagreements: IntArray
    model: Model
    provenance: Provenance

    @property
    def is_stable(self) -> BoolArray:
        """Shape (n, m): whether an equilibrium is reached and small disturbances of it die out."""
        stable: BoolArray = np.char.startswith(self.kind, "stable")
        return stable

    @property
    def kinds(self) -> npt.NDArray[np.str_]:
        """Shape (n, m, k): kind of every equilibrium, empty where there is none."""
        return np.array([*KINDS, ""])[self.kind_codes]

    @property
    def stable_count(self) -> IntArray:
        """Shape (n, m): how many of the equilibria listed are stable."""
        return np.asarray((np.isin(self.kind_codes, STABLE)).sum(axis=-1))

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a cell, the second parameter running fastest."""
        first, second = np.meshgrid(*self.grids, indexing="ij")
        columns: dict[str, Sequence[Any]] = dict(zip(self.parameters, (first.ravel().tolist(), second.ravel().tolist()), strict=True))
        for name in ("spiral_number", "kind", "leading_eigenvalue"):
            columns[name] = getattr(self, name).ravel().tolist()
        for position, name in enumerate(self.model.state_names):
            columns[name] = self.reached[..., position].ravel().tolist()
        return columns

    def to_xarray(self) -> Any:
        """Dataset over the two parameters: R, kind, leading eigenvalue, and the equilibrium reached by the states' names.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        cells: dict[str, Any] = {name: (self.parameters, getattr(self, name)) for name in ("spiral_number", "kind", "leading_eigenvalue")}
        for position, state in enumerate(self.model.states):
            cells[state.name] = (self.parameters, self.reached[..., position], {"long_name": state.meaning, "units": state.unit})
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint}
        return xarray.Dataset(cells, coords=dict(zip(self.parameters, self.grids, strict=True)), attrs=attributes)

    def __repr__(self) -> str:
        """Parameters, size and the share of stable cells."""
        n, m = self.kind.shape
        return f"<stability map over {self.parameters[0]} × {self.parameters[1]}, {n} × {m}: {self.is_stable.mean():.1%} stable>"


def stability_map(model: Model, grids: Mapping[str, npt.ArrayLike], *, window: Window | None = None, bound: float = BOUND) -> StabilityMap:
    """Every equilibrium over a grid of two parameters, and which of them a race reaches from zero arms and fear.

    Parameters
    ----------
    model : Model
        An autonomous flow whose states may be zero.
    grids : mapping of str to array_like
        Values of two parameters, shapes (n,) and (m,), by name; a bare concept name moves all its members as one.
    window : Window, optional
        Where equilibria are looked for, every state spanned; everywhere up to ``bound`` by default. Rates that grow beyond all
        floats there, as e^x does, need a window. An equilibrium elsewhere counts as none: a path to it ends "outside window".
    bound : float
        Size of a state, in its unit, beyond which the path has escaped; finite.

    Returns
    -------
    StabilityMap

    Raises
    ------
    NotAutonomousError, InvalidInputError, OutOfBoundsError, UnknownNameError
        If the model has no path from zero, the grids are not two increasing sequences of values that two different parameters
        may have, the window does not span every state, the bound is no positive number, or the map would not fit into memory.

    Notes
    -----
    Blocks of cells are cut until interval arithmetic proves, for all parameter values of a block at once, that every box of
    states holds no equilibrium or exactly one (Krawczyk's operator [1]_); each is then computed by Newton's iteration. So none is
    missed, however near a fold, and what cannot be decided is marked: cells on a fold to rounding, or equilibria that form a curve.
    Up to 32 such cells are asked again as `equilibria` does.

    Where no state slows another's growth the path from zero rises to the least equilibrium, which is then proved to be reached.
    Elsewhere each path is followed by an error-controlled integration until Newton's iteration finds a root right beside it.
    Nations that are alike stay equal on the way, so they may end where the smallest difference between them would grow: at a
    saddle, reported as such. Cells that differ from a neighbour by more than a tenth are computed again at a thousandth of the
    tolerance. A path that neither settles nor escapes (a cycle) is "undecided".

    References
    ----------
    .. [1] R. E. Moore, R. B. Kearfott, M. J. Cloud (2009), Introduction to Interval Analysis, SIAM, section 8.2 (quoted from memory).

    Examples
    --------
    >>> from richardson.models import linear
    >>> chart = stability_map(linear(), {"defence": [0.5, 1.5], "fatigue": [1.0, 2.0]})
    >>> chart.spiral_number.round(6).tolist(), chart.kind.tolist(), chart.count.tolist()
    ([[0.5, 0.25], [1.5, 0.75]], [['stable node', 'stable node'], ['escaped', 'stable node']], [[1, 1], [1, 1]])
    """
    check_start(model, "A stability map")
    names, axes = _checked(model, grids)
    _refuse_size(axes, len(model.states))
    if window is not None:
        _check_window(model, Window.of(window))
    bound = as_bound(bound)
    if not np.isfinite(bound):
        raise InvalidInputError("Equilibria are looked for up to the bound, so that of a map must be finite; got inf. Try 1e9.")
    question = Question(model, names, axes, window, bound)
    found = recounted(question, census(question))
    known = arrivals(question, found)
    provenance = record(
        model,
        verb="stability_map",
        grids={name: (axis[0], axis[-1], axis.size) for name, axis in zip(names, axes, strict=True)},
        window=None if window is None else repr(window),
        bound=bound,
        tolerance=PLAIN.tolerance,
    )
    shape = (axes[0].size, axes[1].size)
    return StabilityMap(
        parameters=names,
        grids=axes,
        spiral_number=known.spiral_number.reshape(shape),
        kind=known.kind.reshape(shape),
        leading_eigenvalue=known.leading_eigenvalue.reshape(shape),
        reached=known.states.reshape(*shape, -1),
        states=found.states,
        kind_codes=found.kinds,
        spiral_numbers=found.spirals,
        leading_eigenvalues=found.leading,
        count=found.counts,
        disagreements=found.disagreements,
        model=model,
        provenance=provenance,
    )


def _check_window(model: Model, window: Window) -> None:
    window.check(model)
    lower, upper = window.box(model)
    if window.fixed or (lower >= upper).any():
        raise InvalidInputError(
            f"Every equilibrium in the window is looked for, so it must span every state within the state's bounds; got {window!r}. "
            "Give each state a pair (low, high)."
        )


def _refuse_size(axes: tuple[FloatArray, FloatArray], dimension: int) -> None:
    cells = axes[0].size * axes[1].size
    needed = cells * (BYTES + BYTES_A_STATE * dimension)
    if needed > MOST_BYTES:
        raise InvalidInputError(
            f"A map of {axes[0].size} × {axes[1].size} = {cells:.3g} cells needs about {needed / 1e9:.3g} GB and, at some microseconds a "
            f"cell, {cells * SECONDS / 60:.2g} minutes or more; at most {MOST_BYTES / 1e9:g} GB are used. Give coarser grids, or map parts."
        )


def _checked(model: Model, grids: Mapping[str, npt.ArrayLike]) -> tuple[tuple[str, str], tuple[FloatArray, FloatArray]]:
    """Names and axes, refused unless they are two."""
    if not isinstance(grids, Mapping) or len(grids) != 2:
        raise InvalidInputError(
            f"A stability map needs a mapping of two parameters to their values; got {grids!r}. "
            'Write for example {"balance": numpy.linspace(-1, 1, 101), "distinguishability": numpy.linspace(0, 1, 101)}.'
        )
    (first, first_axis), (second, second_axis) = ((name, _axis(model, name, values)) for name, values in grids.items())
    shared = set(model.resolve(first)) & set(model.resolve(second))
    if shared:
        raise InvalidInputError(f"'{first}' and '{second}' both move {', '.join(sorted(shared))}. Name two different parameters.")
    check_ranges(model, {name: (float(axis[0]), float(axis[-1])) for name, axis in ((first, first_axis), (second, second_axis))})
    return (first, second), (first_axis, second_axis)


def _axis(model: Model, name: str, values: npt.ArrayLike) -> FloatArray:
    axis = as_floats(values, f"Values of '{name}'")
    members = [model.parameters[model.parameter_names.index(member)] for member in model.resolve(name)]
    if axis.ndim != 1 or axis.size < 1 or not (np.diff(axis) > 0).all():
        raise InvalidInputError(f"Values of '{name}' must be an increasing sequence; got shape {axis.shape}. Sort them and drop repeats.")
    for member in members:
        for value in axis:
            member.check(value)
    return axis
