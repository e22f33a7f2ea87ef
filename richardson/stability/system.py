"""What branch and prune needs to know of a system of equations whose zeros it looks for."""

from collections.abc import Sequence
from typing import Protocol, Self

from flint import arb, arb_mat

from richardson.arrays import FloatArray
from richardson.symbolic.model import Model


class Equations(Protocol):
    """The system in floating point, in a box."""

    @property
    def lower(self) -> FloatArray:
        """Lower corner (d,)."""

    @property
    def upper(self) -> FloatArray:
        """Upper corner (d,)."""

    @property
    def width(self) -> FloatArray:
        """Widths (d,)."""

    def values_and_jacobian(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values (d,) at a point (d,), and their derivatives (d, d)."""


class Bounds(Protocol):
    """The system on balls."""

    @property
    def model(self) -> Model:
        """Whose equations they are."""

    @property
    def has_ranges(self) -> bool:
        """Whether a parameter may be anywhere in a range."""

    def rates(self, box: Sequence[arb], *, everywhere: bool = False) -> list[arb]:
        """Balls that hold the values on a box; not a number where they are undefined, if everywhere."""

    def jacobian(self, box: Sequence[arb]) -> arb_mat:
        """Balls that hold the derivatives."""

    def is_continuous(self, box: Sequence[arb]) -> bool:
        """Whether the values are seen to be defined and without a jump on all of the box."""

    def is_smooth(self, box: Sequence[arb]) -> bool:
        """Whether the derivatives are."""

    def anew(self) -> Self:
        """The same at the precision of now."""
