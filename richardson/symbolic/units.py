"""The check that a model's equations and its declared units agree."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from richardson.errors import InvalidInputError, UnitsError
from richardson.extras import require
from richardson.symbolic.dimensions import YEAR, Powers, powers_of, unit_faults
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model


def check_units(model: Model, *, time: str = YEAR) -> None:
    """Nothing, where every equation of a model agrees with the units that its states and parameters declare; else a refusal.

    Only like units may be added or compared, what ``exp``, ``tanh`` and the like take must be a pure number, both arguments
    of ``hill`` must be alike, and the rate of a state must have its unit over that of time (of a map, its unit). Units that pint
    knows are compared by what they are, so ``year`` and ``yr`` are one, and ``month`` beside ``yr`` is refused with the factor between
    them; any other name, such as ``arms``, is a unit of its own.

    Parameters
    ----------
    model : Model
        Of the catalogue, or your own with ``units=`` for its states and parameters.
    time : str
        Unit of time of a flow.

    Raises
    ------
    UnitsError
        If they do not agree: one sentence for each fault, in ``faults`` too.
    InvalidInputError
        If it is no model, the unit of time is no text, or a unit cannot be multiplied, as a temperature in degrees Celsius.
    MissingExtraError
        If pint is not installed (the extra ``units``).

    Examples
    --------
    >>> from richardson import Model
    >>> units = {"x": "arms", "y": "arms", "a": "1/yr", "g": "arms"}
    >>> race = Model.from_equations({"x": "g - a*x", "y": "a*x - a*y"}, {"a": 1, "g": 2}, units=units)
    >>> check_units(race)
    Traceback (most recent call last):
    richardson.errors.UnitsError: The units of 'own' do not agree. In the rate of x, g has the unit arms, where arms/yr is due. ...
    """
    check_model(model)
    if not isinstance(time, str):
        raise InvalidInputError(f"The unit of time must be text, such as 'yr' or 'month'; got {time!r}.")
    faults = unit_faults(model, time=time, roots=_root)
    if not faults:
        return
    if all(not powers_of(quantity.unit) for quantity in (*model.states, *model.parameters)):
        raise UnitsError(
            f"No state or parameter of '{model.name}' declares a unit, so there is nothing to check. "
            'Give them, for example units={"x": "arms", "a": "1/yr"}.',
            faults,
        )
    raise UnitsError(
        f"The units of '{model.name}' do not agree. {' '.join(faults)} Mend the equation or the unit; "
        "a number that has a unit must be a parameter.",
        faults,
    )


def _root(name: str) -> tuple[float, Powers]:
    registry = _registry()
    if name not in registry:
        return 1.0, {name: Fraction(1)}
    one, two = (registry.Quantity(size, name).to_root_units() for size in (1.0, 2.0))
    if two.magnitude != 2.0 * one.magnitude:
        raise InvalidInputError(f"'{name}' is a unit with a zero of its own and cannot be multiplied. Use one that can, such as 'kelvin'.")
    return float(one.magnitude), {base: Fraction(power).limit_denominator(1000) for base, power in one.unit_items()}


@cache
def _registry() -> Any:
    return require("pint", "units").UnitRegistry()
