"""A model's rates and Jacobian on balls, at its parameter values or on ranges of them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from flint import arb, arb_mat

from richardson.compiled import balls, emit, emit_balls, store
from richardson.errors import ModelError
from richardson.symbolic.model import Model


class Enclosure:
    """Rigorous bounds of what a model does on boxes of states.

    Parameters
    ----------
    model : Model
        A flow; of a map, the bounds are of the image minus the state, whose zeros are the fixed points.
    ranges : mapping of str to pair of float
        Parameters that are not at the model's value but anywhere in a range, by their full names.

    Attributes
    ----------
    model : Model
    parameters : list of arb
        In the model's order.
    """

    def __init__(self, model: Model, ranges: Mapping[str, tuple[float, float]] | None = None) -> None:
        self.model = model
        self._ranges = dict(ranges or {})
        between = balls.between(self._ranges)
        self.parameters = [
            between.get(name, balls.printed(value)) for name, value in zip(model.parameter_names, model.numbers, strict=True)
        ]

    @classmethod
    def of(cls, model: Model) -> "Enclosure | None":
        """Enclosure of ``model`` at its values; None if a rate's derivative has no bounds here (a derivative of `hill` in its exponent)."""
        found = cls(model)
        try:
            found._module  # noqa: B018 - written and loaded now
        except ModelError:
            return None
        return found

    def anew(self) -> "Enclosure":
        """The same, its parameters and constants computed again, at the precision of now."""
        return Enclosure(self.model, self._ranges)

    def rates(self, box: Sequence[arb], *, everywhere: bool = False) -> list[arb]:
        """Balls that hold the rates on a box (d,), where they are defined.

        Parameters
        ----------
        box : sequence of arb
        everywhere : bool
            Not a number where they are undefined, or jump, in a part of the box.
        """
        rates = self.values(box, everywhere=everywhere)
        return [rate - state for rate, state in zip(rates, box, strict=True)] if self.model.kind == "map" else rates

    def values(self, box: Sequence[arb], *, everywhere: bool = False) -> list[arb]:
        """The same of the right-hand sides: of a map, the image itself."""
        values: list[arb] = self._raw("rates")(box, self.constants, balls.STRICT if everywhere else balls.DEFINED)
        return values

    def jacobian(self, box: Sequence[arb]) -> arb_mat:
        """Balls that hold the derivatives of the rates at every point of a box, on both sides of kinks; not a number beside poles."""
        slopes = self.slopes(box)
        return slopes - arb_mat(len(box), len(box), 1) if self.model.kind == "map" else slopes

    def slopes(self, box: Sequence[arb]) -> arb_mat:
        """The same of the right-hand sides: of a map, the Jacobian of the image."""
        return arb_mat(len(box), len(box), self._raw("jacobian")(box, self.constants, balls.SLOPES))

    def is_continuous(self, box: Sequence[arb]) -> bool:
        """Whether the rates are seen to be defined and without a jump on all of the box."""
        return all(rate.is_finite() for rate in self.rates(box, everywhere=True))

    def is_smooth(self, box: Sequence[arb]) -> bool:
        """Whether the derivatives are seen to be defined and without a jump on all of the box: no kink of max, min or abs lies in it."""
        return all(arb(slope).is_finite() for slope in self._raw("jacobian")(box, self.constants, balls.STRICT))

    @property
    def has_ranges(self) -> bool:
        """Whether a parameter may be anywhere in a range."""
        return bool(self._ranges)

    @property
    def is_affine(self) -> bool:
        """Whether the Jacobian is the same in every state, and no rate jumps."""
        return bool(self._module.AFFINE)

    @cached_property
    def constants(self) -> list[arb]:
        """What depends on parameters only, at the precision at which it is first asked for."""
        found: list[arb] = self._raw("constants")(self.parameters, balls.SLOPES)  # a jump in a parameter is none in the states
        return found

    def _raw(self, name: str) -> Any:
        function = vars(self._module)[name]
        return getattr(function, "py_func", function)

    @cached_property
    def _module(self) -> Any:
        key = emit.key_of(self.model, "balls", store.toolchain())
        return store.load(key, lambda: emit_balls.ball_source(self.model))
