"""A map taken several times over: its fixed points are the map's cycles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat

from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled import balls
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.field import Field
from richardson.stability.window import EDGE
from richardson.symbolic.model import Model

NOWHERE = 1  # a value that no zero has


@dataclass(frozen=True, eq=False)
class IteratedEquations:
    """The ``count``-th image minus the state, in floating point.

    Attributes
    ----------
    field : Field
        Of a map.
    count : int
    lower, upper : FloatArray
        Shape (d,): the box that is searched.
    """

    field: Field
    count: int
    lower: FloatArray
    upper: FloatArray

    @property
    def width(self) -> FloatArray:
        """Widths of the box, shape (d,)."""
        return np.asarray(self.upper - self.lower)

    def values_and_jacobian(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Residuals (d,) and their derivatives (d, d)."""
        state, product = point, np.eye(point.size)
        with np.errstate(all="ignore"):
            for _ in range(self.count):
                state, slopes = self.field.rates_and_jacobian(0.0, state)
                product = slopes @ product
        return state - point, product - np.eye(point.size)

    def orbit(self, point: FloatArray) -> FloatArray:
        """The states (count, d) from a point on."""
        states = [point]
        for _ in range(self.count - 1):
            states.append(self.field.rates(0.0, states[-1]))
        return np.array(states)

    def multipliers(self, states: FloatArray) -> ComplexArray:
        """Eigenvalues (d,) of the product of Jacobians at states (count, d), the largest modulus first."""
        product = np.eye(states.shape[1])
        for state in states:
            product = self.field.jacobian(0.0, state) @ product
        found = np.linalg.eigvals(product).astype(np.complex128)
        return found[np.lexsort((-found.imag, -found.real, -np.abs(found)))]


class IteratedEnclosure:
    """The same on balls.

    Parameters
    ----------
    enclosure : Enclosure
        Of the map.
    count : int
    lower, upper : FloatArray
        Shape (d,): orbits that leave this box are of no interest.

    Notes
    -----
    On a box the state's images are cut off at the borders, and where none is left no zero is there that stays within them. At single
    points, and for derivatives, they are not, so that what is proved by these holds without regard to the borders.
    """

    has_ranges = False

    def __init__(self, enclosure: Enclosure, count: int, lower: FloatArray, upper: FloatArray) -> None:
        self._enclosure, self._count, self._corners = enclosure, count, (lower, upper)
        slack = EDGE * np.maximum(upper - lower, np.maximum(np.abs(lower), np.abs(upper)))
        self.borders = [balls.over(low, high) for low, high in zip(lower - slack, upper + slack, strict=True)]

    @property
    def model(self) -> Model:
        """The map."""
        return self._enclosure.model

    def anew(self) -> "IteratedEnclosure":
        """The same at the precision of now."""
        return IteratedEnclosure(self._enclosure.anew(), self._count, *self._corners)

    def image(self, box: Sequence[arb]) -> list[arb]:
        """Balls that hold the next states."""
        return self._enclosure.values(box, everywhere=True)

    def rates(self, box: Sequence[arb], *, everywhere: bool = False) -> list[arb]:
        """Balls that hold the residuals; on the whole box, or of those of its states that stay within the borders."""
        states = list(box)
        for _ in range(self._count):
            states = self._enclosure.values(states, everywhere=everywhere)
            if not everywhere:
                if not all(state.overlaps(border) for state, border in zip(states, self.borders, strict=True)):
                    return [arb(NOWHERE)] * len(states)
                states = [_within(state, border) for state, border in zip(states, self.borders, strict=True)]
        return [state - first for state, first in zip(states, box, strict=True)]

    def jacobian(self, box: Sequence[arb]) -> arb_mat:
        """Balls that hold the derivatives of the residuals."""
        size, states = len(box), list(box)
        product = arb_mat(size, size, 1)
        for _ in range(self._count):
            product = self._enclosure.slopes(states) * product
            states = self._enclosure.values(states)
        return product - arb_mat(size, size, 1)

    def is_continuous(self, box: Sequence[arb]) -> bool:
        """Whether the map is seen to be defined and without a jump on all of the box, and on its images."""
        return all(rate.is_finite() for rate in self.rates(box, everywhere=True))

    def is_smooth(self, box: Sequence[arb]) -> bool:
        """Whether its derivatives are."""
        states = list(box)
        for _ in range(self._count):
            if not self._enclosure.is_smooth(states):
                return False
            states = self._enclosure.values(states)
        return True


def _within(state: arb, border: arb) -> arb:
    """What of a ball lies within the borders; all of them where nothing is known."""
    return state.intersection(border) if state.is_finite() else border
