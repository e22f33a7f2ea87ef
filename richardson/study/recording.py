"""What an ensemble records of each run besides its states, computed on the way so that no path need be kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from richardson.arrays import IntArray
from richardson.compiled.kernels import records as kernel
from richardson.errors import InvalidInputError
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import State


@dataclass(frozen=True)
class Record:
    """An expression and what is kept of it.

    Attributes
    ----------
    expression : str or sympy.Expr
        Over states, parameters and ``t``.
    """

    expression: Any

    @property
    def label(self) -> str:
        """What its column is called."""
        return f"{type(self).__name__.lower()} of {self.expression}"


class Last(Record):
    """Value of an expression at the end of a run; a bare text stands for it."""

    @property
    def label(self) -> str:
        """The expression itself."""
        return str(self.expression)


class Minimum(Record):
    """Smallest value of an expression along a run, between steps too.

    Attributes
    ----------
    expression : str or sympy.Expr
        Over states, parameters and ``t``.

    Examples
    --------
    >>> Minimum("x - y").label
    'minimum of x - y'
    """


class Maximum(Record):
    """Largest value of an expression along a run, between steps too.

    Attributes
    ----------
    expression : str or sympy.Expr
        Over states, parameters and ``t``.

    Examples
    --------
    >>> Maximum("x").label
    'maximum of x'
    """


class Integral(Record):
    """Integral of an expression over the time of a run, with the same error control as the states.

    Attributes
    ----------
    expression : str or sympy.Expr
        Over states, parameters and ``t``.

    Examples
    --------
    >>> Integral("x + y").label
    'integral of x + y'
    """


@dataclass(frozen=True)
class FirstCrossing(Record):
    """Time at which an expression first crosses zero after the start; NaN where it never does.

    Attributes
    ----------
    expression : str or sympy.Expr
        Over states, parameters and ``t``.
    direction : int
        1: only where it rises through zero; −1: only where it falls; 0: both.

    Examples
    --------
    >>> FirstCrossing("x - 10", direction=1).label
    'first rising crossing of x - 10'
    """

    direction: int = 0

    def __post_init__(self) -> None:
        """Refuse a direction that is none."""
        if self.direction not in (-1, 0, 1):
            raise InvalidInputError(f"The direction of a crossing must be −1, 0 or 1; got {self.direction!r}. Use 0 for both ways.")

    @property
    def label(self) -> str:
        """What its column is called."""
        way = {1: "rising ", -1: "falling "}.get(self.direction, "")
        return f"first {way}crossing of {self.expression}"


@dataclass(frozen=True, eq=False)
class Recording:
    """Records as the kernel takes them.

    Attributes
    ----------
    records : tuple of Record
        As they were asked for, a bare text as `Last`.
    labels : tuple of str
        Name of each column.
    model : Model
        The model, with one more state for each integral.
    expressions : tuple of sympy.Expr
        What is looked at: those of maxima with the sign changed, those of integrals their state.
    kinds : IntArray
        Shape (r,): codes of `kernels.records`.
    signs : tuple of float
        −1 where the sign was changed.
    extra : int
        Number of states that were added.
    """

    records: tuple[Record, ...]
    labels: tuple[str, ...]
    model: Model
    expressions: tuple[Any, ...]
    kinds: IntArray
    signs: tuple[float, ...]
    extra: int


def read_records(model: Model, record: Any) -> Recording:
    """The records of a call.

    Raises
    ------
    InvalidInputError
        If one is neither text nor a record, or two have the same name.
    ParseError
        If an expression cannot be read.
    """
    several = (record,) if isinstance(record, str | Record) or not isinstance(record, Iterable) else tuple(record)
    made = tuple(_as_record(model, each) for each in several)
    labels = tuple(each.label for each in made)
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InvalidInputError(f"Two records are called {twice!r}, so that their columns could not be told apart. Name each once.")
    whole = _with_integrals(model, [each.expression for each in made if isinstance(each, Integral)])
    added = iter(whole.state_names[len(model.states) :])
    expressions, signs = [], []
    for each in made:
        sign = -1.0 if isinstance(each, Maximum) else 1.0
        text = next(added) if isinstance(each, Integral) else each.expression
        expressions.append(sign * whole.expression(text))
        signs.append(sign)
    kinds = np.array([_kind(each) for each in made], dtype=np.int64)
    return Recording(made, labels, whole, tuple(expressions), kinds, tuple(signs), len(whole.states) - len(model.states))


def _as_record(model: Model, record: Any) -> Record:
    made = record if isinstance(record, Record) else Last(record)
    if isinstance(record, Record | str) or hasattr(record, "free_symbols"):
        model.expression(made.expression)
        return made
    raise InvalidInputError(
        f"A record is the text of an expression, or Minimum, Maximum, FirstCrossing or Integral of one; got {record!r}. "
        'Write for example record=("x + y", Maximum("x")).'
    )


def _kind(record: Record) -> int:
    if isinstance(record, FirstCrossing):
        return {0: kernel.CROSSING, 1: kernel.RISING, -1: kernel.FALLING}[record.direction]
    return kernel.MINIMUM if isinstance(record, Minimum | Maximum) else kernel.LAST


def _with_integrals(model: Model, integrands: Sequence[Any]) -> Model:
    """The model with a state for each integral, which nothing depends on."""
    if not integrands:
        return model
    taken = {*model.state_names, *model.parameter_names}
    names = [name for name in (f"integral_{count}" for count in range(len(taken) + len(integrands))) if name not in taken]
    states = tuple(State(name) for name in names[: len(integrands)])
    rates = tuple(model.expression(integrand) for integrand in integrands)
    return replace(model, states=(*model.states, *states), rates=(*model.rates, *rates))
