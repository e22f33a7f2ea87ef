"""Stability over two parameters: the equilibrium reached from zero arms and fear, and its spiral number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.provenance import Provenance
from richardson.symbolic.model import Model


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
    def is_stable(self) -> npt.NDArray[np.bool_]:
        """Shape (n, m): whether an equilibrium is reached and small disturbances of it die out."""
        stable: npt.NDArray[np.bool_] = np.char.startswith(self.kind, "stable")
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

    def __repr__(self) -> str:
        """Parameters, size and the share of stable cells."""
        n, m = self.kind.shape
        return f"<stability map over {self.parameters[0]} × {self.parameters[1]}, {n} × {m}: {self.is_stable.mean():.1%} stable>"
