"""What a model does on many boxes of states at once, bounded rigorously: `Enclosure` over arrays of intervals."""

from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled import balls, emit, emit_balls, interval_functions, store
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.intervals import Intervals
from richardson.symbolic.model import Model


class Bounds:
    """Bounds of rates and Jacobian on boxes.

    Parameters
    ----------
    enclosure : Enclosure
        Of the same model: its parameters count here too.

    Attributes
    ----------
    model : Model
    """

    def __init__(self, enclosure: Enclosure) -> None:
        self.model: Model = enclosure.model
        self._constants = [Intervals(*balls.ends(constant)) for constant in enclosure.constants]
        key = emit.key_of(self.model, "intervals", store.toolchain())
        self._functions = vars(store.load(key, lambda: emit_balls.ball_source(self.model, "interval_functions")))

    def rates(self, low: FloatArray, high: FloatArray) -> list[Intervals]:
        """Rates (of a map: the image) on n boxes with corners of shape (n, d); not a number where one is undefined or jumps.

        Returns
        -------
        list of Intervals
            One a rate, each of shape (n,).
        """
        return self._over("rates", low, high, interval_functions.STRICT)

    def jacobian(self, low: FloatArray, high: FloatArray) -> list[list[Intervals]]:
        """Derivatives at every point of n boxes, on both sides of kinks: a list of rows, each entry of shape (n,).

        A derivative may not see that its rate has a pole or a jump: ask for the rates on the same boxes too.
        """
        size = low.shape[1]
        entries = self._over("jacobian", low, high, interval_functions.SLOPES)
        return [entries[size * row : size * (row + 1)] for row in range(size)]

    def _over(self, name: str, low: FloatArray, high: FloatArray, functions: Any) -> list[Intervals]:
        function = getattr(self._functions[name], "py_func", self._functions[name])
        boxes = [Intervals(low[:, place], high[:, place]) for place in range(low.shape[1])]
        with np.errstate(all="ignore"):  # what overflows or is undefined is unknown, and so treated
            found = function(boxes, self._constants, functions)
        count = (low.shape[0],)
        return [Intervals(np.broadcast_to(one.low, count), np.broadcast_to(one.high, count)) for one in found]
