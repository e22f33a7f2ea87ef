"""Jervis's four worlds: the offence–defence balance against how well defence can be told from offence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from richardson.arrays import FloatArray
from richardson.landscape.stability_map import StabilityMap
from richardson.provenance import Provenance
from richardson.symbolic.model import Model

if TYPE_CHECKING:
    from richardson.stability.portrait import PhasePortrait


@dataclass(frozen=True, eq=False, repr=False)
class World:
    """One of the four worlds, at a representative balance and distinguishability.

    Attributes
    ----------
    name : str
        Jervis's.
    balance, distinguishability : float
        Where it stands, pure numbers.
    spiral_number : float or None
        R at the equilibrium reached from zero arms and fear, None where it is undefined (see `StabilityMap`).
    leading_eigenvalue : float or None
        Largest real part of the eigenvalues there, in 1/yr.
    kind : str
        Of the equilibrium reached, or why none is, as in `StabilityMap`.
    is_stable : bool
        Whether an equilibrium is reached and small disturbances of it die out.
    state : FloatArray or None
        Shape (d,): the equilibrium, None where none is reached.
    portrait : PhasePortrait or None
        Of models with two states.
    model : Model
        At this world's parameter values.
    """

    name: str
    balance: float
    distinguishability: float
    spiral_number: float | None
    leading_eigenvalue: float | None
    kind: str
    is_stable: bool
    state: FloatArray | None
    portrait: PhasePortrait | None
    model: Model

    def __repr__(self) -> str:
        """Name, place, spiral number and kind."""
        number = "undefined" if self.spiral_number is None else f"{self.spiral_number:.4g}"
        return f"<{self.name}: balance {self.balance:g}, distinguishability {self.distinguishability:g}, R {number}, {self.kind}>"


@dataclass(frozen=True, eq=False, repr=False)
class FourWorlds:
    """R over balance and distinguishability, the curve R = 1, and the four worlds.

    Attributes
    ----------
    chart : StabilityMap
        Over "balance" (axis 0) and "distinguishability" (axis 1).
    curve : tuple of FloatArray
        Polylines of shape (n, 2), columns balance and distinguishability, on which R = 1; it is not the worlds' border.
    worlds : tuple of World
        Doubly dangerous (offence, indistinguishable); security dilemma (defence, indistinguishable); aggression possible
        (offence, distinguishable); doubly stable (defence, distinguishable).
    model : Model
    provenance : Provenance
    """

    chart: StabilityMap
    curve: tuple[FloatArray, ...]
    worlds: tuple[World, World, World, World]
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a world."""
        names = ("name", "balance", "distinguishability", "spiral_number", "leading_eigenvalue", "kind", "is_stable")
        return {name: [getattr(world, name) for world in self.worlds] for name in names}

    def __repr__(self) -> str:
        """The worlds."""
        return f"<four worlds of '{self.model.name}': {', '.join(map(repr, self.worlds))}>"
