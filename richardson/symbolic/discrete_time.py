"""A flow seen in steps: the forward Euler map."""

from dataclasses import replace

import sympy

from richardson.errors import InvalidInputError, ModelError
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Parameter

STEP = "step"


def in_discrete_time(model: Model, step: float) -> Model:
    """The forward Euler map of a flow, x' = x + step · f(x): decisions taken once a step, on what was seen at its beginning.

    Parameters
    ----------
    model : Model
        An autonomous flow.
    step : float
        Above 0, in the model's unit of time. It becomes the parameter ``step``, which can be changed, swept and continued.

    Returns
    -------
    Model
        A map in the same states, within the same bounds.

    Raises
    ------
    InvalidInputError
        If the model is none, or has a state or parameter ``step`` already.
    ModelError
        If it is a map, or time occurs in its equations.
    OutOfBoundsError
        If the step is not a finite number above 0.

    Notes
    -----
    The map has the equilibria of the flow as its fixed points, with multipliers 1 + step · λ; so a stable equilibrium of the flow is
    a stable fixed point exactly for step < −2 Re λ/|λ|² for all its eigenvalues λ, which is 2/|λ| for real ones. Beyond, the map
    oscillates and may be chaotic where the flow is calm: the step, not politics, made it so.

    Examples
    --------
    >>> from richardson.models import linear
    >>> in_discrete_time(linear(), 0.25)
    <map 'linear in steps': states x, y; 7 parameters>
    """
    check_model(model)
    if model.kind != "flow":
        raise ModelError(f"'{model.name}' is a {model.kind}, which moves in steps already. Give a flow.")
    if not model.is_autonomous:
        raise ModelError(
            f"Time occurs in the equations of '{model.name}', and a map counts steps, not years. Use the model before with_drive."
        )
    if STEP in (*model.state_names, *model.parameter_names):
        raise InvalidInputError(f"'{model.name}' has a '{STEP}' already, the name that the time step needs. Rename it.")
    length = Parameter(STEP, r"\Delta t", "time step", "yr", lower=POSITIVE, default=step)
    size = sympy.Symbol(STEP, real=True)
    return replace(
        model,
        name=f"{model.name} in steps",
        parameters=(*model.parameters, length),
        rates=tuple(symbol + size * rate for symbol, rate in zip(model.state_symbols, model.rates, strict=True)),
        numbers=(*model.numbers, length.default),
        kind="map",
        references=("equations: forward Euler steps of the flow", *model.references),
    )
