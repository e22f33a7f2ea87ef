"""What follows from the form of the equations alone: which states move as one, and whether rates are linear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy

if TYPE_CHECKING:
    from richardson.symbolic.model import Model


def synchronous_states(model: Model, free: Sequence[str] = ()) -> tuple[int, ...]:
    """States that stay equal for ever when all start equal.

    Parameters
    ----------
    model : Model
        At its parameter values.
    free : sequence of str
        Parameters, or concepts whose members move as one, that may have any value.

    Returns
    -------
    tuple of int
        For each state the position of the first state that it stays equal to (its own if none).

    Notes
    -----
    The coarsest partition of the states for which equal states have equal rates, found by refinement: the path then never leaves
    the subspace in which the states of a class are equal. Rates that are equal but not seen to be are kept apart.

    Examples
    --------
    >>> from richardson.models import linear
    >>> synchronous_states(linear()), synchronous_states(linear(grievance_x=2))
    ((0, 0), (0, 1))
    """
    rates = _at_values(sympy.Matrix(model.rates), model, free)
    groups = (0,) * len(model.states)
    while True:
        merged = {symbol: model.state_symbols[first] for symbol, first in zip(model.state_symbols, groups, strict=True)}
        keys = [(first, sympy.expand(rate.xreplace(merged))) for first, rate in zip(groups, rates, strict=True)]
        refined = tuple(keys.index(key) for key in keys)
        if refined == groups:
            return groups
        groups = refined


def has_linear_rates(model: Model, free: Sequence[str] = ()) -> bool:
    """Whether the Jacobian is the same at every state, whatever values the parameters ``free`` (as above) have.

    Eigenvalues and the spiral number then belong to the equations, and exist without an equilibrium.
    """
    jacobian = _at_values(model.jacobian, model, free)
    return not jacobian.free_symbols & set(model.state_symbols)


def _at_values(matrix: sympy.Matrix, model: Model, free: Sequence[str]) -> sympy.ImmutableMatrix:
    """The matrix with numbers in place of parameters, one symbol in place of each free concept."""
    known = {symbol: sympy.Rational(repr(number)) for symbol, number in zip(model.parameter_symbols, model.numbers, strict=True)}
    for name in free:
        members = model.resolve(name)
        known |= {model.symbol(member): model.symbol(members[0]) for member in members}
    return sympy.ImmutableMatrix(matrix).xreplace(known)
