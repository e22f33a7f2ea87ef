"""Where starts of a model end, one set of starts after another, with labels that keep their meaning."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.dynamics.arguments import as_bound
from richardson.errors import InvalidInputError
from richardson.landscape.attractors import Attractor
from richardson.landscape.labelling import label
from richardson.stability.rest import refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model

Labeller = Callable[[FloatArray], IntArray]  # points of a unit cube (m, k) to labels (m,)


@dataclass(eq=False)
class Outcomes:
    """A labeller of the starts in a window that remembers every attractor it has met.

    Attributes
    ----------
    model : Model
    window : Window
    bound : float
        Size of a state beyond which a path has escaped.
    lower, upper : FloatArray
        Shape (d,): corners of the window within the states' bounds.
    free : IntArray
        Shape (k,): positions of the states in which the corners differ.
    attractors : tuple of Attractor
        Met so far; a label is a position here.
    """

    model: Model
    window: Window
    bound: float
    lower: FloatArray
    upper: FloatArray
    free: IntArray
    attractors: tuple[Attractor, ...] = field(default=())

    @classmethod
    def of(cls, model: Model, window: Window, bound: float, what: str) -> Self:
        """A labeller that has met nothing yet.

        Parameters
        ----------
        model : Model
        window : Window
        bound : float
        what : str
            What is asked, for the messages: "Shares of basins".

        Raises
        ------
        NotAutonomousError, InvalidInputError, UnknownNameError, OutOfBoundsError
            If the rates contain time, the window does not fit or leaves no state free, or the bound is not positive.
        """
        refuse_time(model, what)
        Window.of(window).check(model)
        lower, upper = window.box(model)
        free = np.flatnonzero(upper > lower)
        if not free.size:
            raise InvalidInputError(
                f"{what} are measured over many starts, and {window!r} holds a single one. Span a state with a pair, for example "
                f"Window({model.state_names[0]}=(0, 10), …)."
            )
        return cls(model, window, as_bound(bound), lower, upper, free)

    def __call__(self, points: FloatArray) -> IntArray:
        """Labels (m,) of points (m, k) of the unit cube that the free states span."""
        starts = np.tile(self.lower, (len(points), 1))
        low, high = self.lower[self.free], self.upper[self.free]
        starts[:, self.free] = np.clip(low * (1.0 - points) + high * points, low, high)  # rounding may step over an end
        found = label(self.model, starts, self.window, known=self.attractors, bound=self.bound)
        self.attractors = found.attractors
        return found.labels
