"""Parameters seen as states, so that derivatives in both come from one compiled function."""

from dataclasses import replace

import sympy

from richardson.symbolic.model import Model
from richardson.symbolic.quantity import State


def lifted(model: Model, *names: str) -> Model:
    """The model with parameters as further states that never change.

    Parameters
    ----------
    model : Model
    *names : str
        Parameters, or concepts whose members move as one; each becomes a state after the model's own, in this order, with rate 0.

    Raises
    ------
    UnknownNameError
        If a name is neither.

    Examples
    --------
    >>> race = Model.from_equations({"x": "g - a*x"}, {"g": 1, "a": 2})
    >>> lifted(race, "a").jacobian
    Matrix([
    [-a, -x],
    [ 0,  0]])
    """
    moved: dict[sympy.Symbol, sympy.Symbol] = {}
    states: list[State] = []
    for name in names:
        symbol = sympy.Symbol(name, real=True)
        moved |= {model.symbol(member): symbol for member in model.resolve(name)}
        states.append(State(name))
    kept = [place for place, symbol in enumerate(model.parameter_symbols) if symbol not in moved]
    return replace(
        model,
        states=(*model.states, *states),
        parameters=tuple(model.parameters[place] for place in kept),
        numbers=tuple(model.numbers[place] for place in kept),
        rates=(*(rate.xreplace(moved) for rate in model.rates), *(sympy.S.Zero for _ in names)),
        references=(),
    )
