"""Stability over two parameters: the equilibrium reached from zero arms and fear, and its spiral number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import BoolArray, FloatArray, IntArray, as_floats
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError
from richardson.landscape.settling import PLAIN, SETTLED, TIGHT, Reached, check_start, parameter_rows, reach
from richardson.landscape.verdicts import Verdicts, verdicts
from richardson.provenance import Provenance, record
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import synchronous_states

BOUND = 1e9  # in the states' units, as in integrate: beyond it a path has escaped
JUMP = 0.1  # relative: neighbouring cells that differ more are computed again, more carefully


@dataclass(frozen=True, eq=False, repr=False)
class StabilityMap:
    """What becomes of a race that starts from zero arms and fear, over a grid of two parameters.

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
    model : Model
    provenance : Provenance
    """

    parameters: tuple[str, str]
    grids: tuple[FloatArray, FloatArray]
    spiral_number: FloatArray
    kind: npt.NDArray[np.str_]
    leading_eigenvalue: FloatArray
    reached: FloatArray
    model: Model
    provenance: Provenance

    @property
    def is_stable(self) -> BoolArray:
        """Shape (n, m): whether an equilibrium is reached and small disturbances of it die out."""
        stable: BoolArray = np.char.startswith(self.kind, "stable")
        return stable

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
    """Spiral number, kind and leading eigenvalue of the equilibrium reached from zero arms and fear, over two parameters.

    Parameters
    ----------
    model : Model
        An autonomous flow whose states may be zero.
    grids : mapping of str to array_like
        Values of two parameters, shapes (n,) and (m,), by name; a bare concept name moves all its members as one.
    window : Window, optional
        Where the equilibrium must lie; one elsewhere counts as none, "outside window".
    bound : float
        Size of a state, in its unit, beyond which the path has escaped.

    Returns
    -------
    StabilityMap

    Raises
    ------
    NotAutonomousError, InvalidInputError, OutOfBoundsError, UnknownNameError
        If the model has no path from zero, or the grids are not two increasing sequences of values that two different parameters
        may have.

    Notes
    -----
    Each path is followed by an error-controlled integration until Newton's iteration finds a root right beside it, so the
    equilibrium is the one that the flow reaches, not one that an iteration happens to find. Nations that are alike stay equal on
    the way, so they may end where the smallest difference between them would grow: at a saddle, reported as such. Cells that
    differ from a neighbour by more than a tenth are computed again at a thousandth of the tolerance. Other equilibria are not
    looked for: `equilibria` finds them at chosen parameter values. A path that neither settles nor escapes (a cycle) is
    "undecided".

    Examples
    --------
    >>> from richardson.models import linear
    >>> chart = stability_map(linear(), {"defence": [0.5, 1.5], "fatigue": [1.0, 2.0]})
    >>> chart.spiral_number.round(6).tolist(), chart.kind.tolist()
    ([[0.5, 0.25], [1.5, 0.75]], [['stable node', 'stable node'], ['escaped', 'stable node']])
    """
    check_start(model, "A stability map")
    names, axes = _checked(model, grids)
    if window is not None:
        window.check(model)
    if not bound > 0.0:
        raise InvalidInputError(f"The bound beyond which a path has escaped must be above 0; got {bound:g}.")
    first, second = np.meshgrid(*axes, indexing="ij")
    rows = parameter_rows(model, names, (first.ravel(), second.ravel()))
    field = Field.of(model)
    groups = np.array(synchronous_states(model, names), dtype=np.int64)
    found = reach(field, groups, rows, bound=bound)
    doubtful = _doubtful(found, first.shape)
    if doubtful.size:
        found.put(doubtful, reach(field, groups, rows[doubtful], bound=bound, care=TIGHT))
    known = verdicts(model, names, rows, found, window)
    provenance = record(
        model,
        verb="stability_map",
        grids={name: (axis[0], axis[-1], axis.size) for name, axis in zip(names, axes, strict=True)},
        window=None if window is None else repr(window),
        bound=bound,
        tolerance=PLAIN.tolerance,
    )
    return _shaped(known, names, axes, model, provenance)


def _shaped(
    known: Verdicts, names: tuple[str, str], axes: tuple[FloatArray, FloatArray], model: Model, provenance: Provenance
) -> StabilityMap:
    shape = (axes[0].size, axes[1].size)
    return StabilityMap(
        parameters=names,
        grids=axes,
        spiral_number=known.spiral_number.reshape(shape),
        kind=known.kind.reshape(shape),
        leading_eigenvalue=known.leading_eigenvalue.reshape(shape),
        reached=known.states.reshape(*shape, -1),
        model=model,
        provenance=provenance,
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


def _doubtful(found: Reached, shape: tuple[int, int]) -> IntArray:
    """Cells that differ from a neighbour: whether a path settles there, or where, shape (k,)."""
    codes, states = found.codes.reshape(shape), found.states.reshape(*shape, -1)
    mask = np.zeros(shape, dtype=np.bool_)
    for one, other in (((slice(1, None),), (slice(None, -1),)), ((slice(None), slice(1, None)), (slice(None), slice(None, -1)))):
        size = np.maximum(np.abs(states[one]), np.abs(states[other]))
        jumps = (np.abs(states[one] - states[other]) > JUMP * size).any(axis=-1)
        differs = (codes[one] != codes[other]) | (jumps & (codes[one] == SETTLED))
        mask[one] |= differs
        mask[other] |= differs
    return np.flatnonzero(mask)
