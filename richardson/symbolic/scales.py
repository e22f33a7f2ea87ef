"""The nondimensional form of a model: fewer parameters, all of them pure numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, TypeVar

import sympy

from richardson import extras
from richardson.arrays import as_floats
from richardson.errors import InvalidInputError, UnitsError, UnknownNameError, nearest
from richardson.provenance import Provenance, record
from richardson.symbolic.dimensions import YEAR, Powers, powers_of, product, raised, unit_faults
from richardson.symbolic.functions import TIME
from richardson.symbolic.given import check_model
from richardson.symbolic.groups import Scale, eliminated, monomial, refuse_moving_ceilings, scales_of
from richardson.symbolic.latex import accented
from richardson.symbolic.model import Model
from richardson.symbolic.named_scales import given_scales, named_scale
from richardson.symbolic.order import refuse_lost_orders
from richardson.symbolic.quantity import POSITIVE, Parameter, Quantity, State
from richardson.symbolic.write import to_text

Scaled = TypeVar("Scaled", State, Parameter)


@dataclass(frozen=True, eq=False, repr=False)
class Nondimensional:
    """A model in its own scales, and the way back.

    Attributes
    ----------
    dimensionless : Model
        The same equations in pure numbers, with the groups that stay free as its parameters, under the parameters' names.
    scales : dict of str to str
        For each base unit the product of parameters, or the number, that it is measured in.
    sizes : dict of str to float
        For each base unit the value of its scale, in that unit.
    groups : dict of str to str
        For each parameter of the model the group that replaces it; ``"1"`` where the scales absorb it.
    clock : str
        The unit of time, empty for maps.
    model : Model
        In its units.
    provenance : Provenance
    """

    dimensionless: Model
    scales: dict[str, str]
    sizes: dict[str, float]
    groups: dict[str, str]
    clock: str
    model: Model
    provenance: Provenance

    def size(self, name: str) -> float:
        """What one is worth, in its unit, of a state, a parameter or the time ``t``.

        Parameters
        ----------
        name : str

        Raises
        ------
        UnknownNameError
            If there is no such state or parameter, or a map is asked for its time.
        """
        if name == TIME.name and self.clock:
            return self.sizes[self.clock]
        known: dict[str, Quantity] = {one.name: one for one in (*self.model.states, *self.model.parameters)}
        if name not in known:
            raise UnknownNameError(f"'{self.model.name}' has no state or parameter '{name}'. {nearest(str(name), known)}")
        return _size(known[name], self.sizes)

    def to_dimensional(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Pure numbers in the units of the model.

        Parameters
        ----------
        values : mapping of str to float or ndarray
            By name of state or parameter, ``t`` for times; for example ``{"t": run.times, "x": run["x"]}``.

        Raises
        ------
        UnknownNameError
            If a name is misspelt.
        InvalidInputError
            If ``values`` are no mapping, or a value is no number.
        """
        return {name: value * self.size(name) for name, value in _numbers(values).items()}

    def to_dimensionless(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values in the units of the model as pure numbers; the inverse of `to_dimensional`.

        Parameters
        ----------
        values : mapping of str to float or ndarray

        Raises
        ------
        UnknownNameError
            If a name is misspelt.
        InvalidInputError
            If ``values`` are no mapping, or a value is no number.
        """
        return {name: value / self.size(name) for name, value in _numbers(values).items()}

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a parameter: its name, group, the group's value and what one of it is worth in its unit."""
        sizes = [self.size(name) for name in self.model.parameter_names]
        values = [number / size for number, size in zip(self.model.numbers, sizes, strict=True)]
        return {"parameter": list(self.groups), "group": list(self.groups.values()), "value": values, "size": sizes}

    def to_xarray(self) -> Any:
        """Dataset over the parameters: group, value and size of each; the scales among the attributes.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        table = self.to_table()
        names = table.pop("parameter")
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint}
        attributes |= {f"scale of {base}": scale for base, scale in self.scales.items()}
        columns = {name: ("parameter", column) for name, column in table.items()}
        return xarray.Dataset(columns, coords={"parameter": names}, attrs=attributes)

    def __repr__(self) -> str:
        """The scales and the number of groups."""
        scales = ", ".join(f"{base} in {scale} = {self.sizes[base]:g}" for base, scale in self.scales.items())
        free, before = len(self.dimensionless.parameters), len(self.model.parameters)
        return f"<nondimensional form of '{self.model.name}': {scales}; parameters {free} instead of {before}>"

    def _repr_latex_(self) -> str:
        return f"$${self.dimensionless.to_latex()}$$"


def nondimensional(
    model: Model,
    *,
    arms: str | float | None = None,
    time: str | float | None = None,
    others: Mapping[str, str | float] | None = None,
) -> Nondimensional:
    """The model in scales of its own: states, time and parameters as pure numbers, with as few parameters as there are groups.

    By Buckingham's theorem n parameters in r independent units leave n − r groups. Powers are found by exact algebra on the declared
    units. Scales that are not named are made of the simplest parameters above zero: time by what wears a state down, such as fatigue.

    Parameters
    ----------
    model : Model
        With units that agree (`check_units`), and without drives.
    arms, time : str or float, optional
        Scale of arms and of time: a product of powers of parameters, such as ``"threshold_x"`` or ``"1/fatigue_x"``, or a number
        in the model's unit.
    others : mapping of str to str or float, optional
        Scale of any other base unit, by its name.

    Returns
    -------
    Nondimensional

    Raises
    ------
    UnitsError
        If the model declares no units, or they do not agree.
    InvalidInputError
        If it is no model; if a scale is no product of powers of parameters, not in the unit that it shall measure, not above zero, given
        twice, or the parameters do not span the units; if time of a map is scaled; if drives move parameters; if the scales make the
        upper bound of a state depend on other parameters.
    UnknownNameError, ParseError
        If a scale names what does not exist, or is no expression.

    References
    ----------
    .. [1] E. Buckingham (1914), On physically similar systems; illustrations of the use of dimensional equations, Physical Review 4,
       345–376 (quoted from memory).

    Examples
    --------
    >>> from richardson.models import linear
    >>> form = nondimensional(linear(fatigue=0.8))
    >>> form
    <nondimensional form of 'linear': yr in 1/fatigue_x = 1.25, arms in grievance_x/fatigue_x = 0.625; parameters 4 instead of 6>
    >>> form.groups["defence_x"]
    'defence_x/fatigue_x'
    >>> form.to_dimensional({"x": 2.0, "t": 4.0})
    {'x': 1.25, 't': 5.0}
    >>> form.to_dimensionless({"t": 5.0}), form.size("t")
    ({'t': 4.0}, 1.25)
    """
    check_model(model)
    if model.drives:
        raise InvalidInputError(f"'{model.name}' has driven parameters, which no scale can be made of. Scale it before with_drive.")
    clock = _clock(model)
    given = given_scales(model, clock, arms, time, others)
    bases = _bases(model, clock)
    named = {base: named_scale(model, base, scale, bases) for base, scale in given.items()}
    scales = scales_of(model, bases, named)
    sizes = {base: scale.value(model.values) for base, scale in scales.items()}
    fixed = eliminated(model, scales)
    refuse_moving_ceilings(model, fixed)
    refuse_lost_orders(model, fixed)
    return Nondimensional(
        dimensionless=_dimensionless(model, sizes, scales, fixed),
        scales={base: to_text(scale.expression) for base, scale in scales.items()},
        sizes=sizes,
        groups={parameter.name: _group(parameter, scales) for parameter in model.parameters},
        clock=clock,
        model=model,
        provenance=record(model, verb="nondimensional", scales=given),
    )


def _clock(model: Model) -> str:
    """Unit of time of a flow, the one in which all units agree."""
    units = [powers_of(quantity.unit) for quantity in (*model.states, *model.parameters)]
    if not any(units):
        raise UnitsError(
            f"No state or parameter of '{model.name}' declares a unit, so there is nothing to scale. "
            'Give them, for example units={"x": "arms", "a": "1/yr"}.'
        )
    faults = unit_faults(model)
    if model.kind != "flow" and not faults:
        return ""
    moving = {base for state in model.states for base in powers_of(state.unit)}
    clocks = (YEAR, *(base for unit in units for base in unit if base not in moving)) if model.kind == "flow" else ()
    for clock in dict.fromkeys(clocks):
        if not unit_faults(model, time=clock):
            return clock
    raise UnitsError(f"The units of '{model.name}' do not agree. {' '.join(faults)} Mend the equation or the unit.", faults)


def _bases(model: Model, clock: str) -> tuple[str, ...]:
    units = [powers_of(quantity.unit) for quantity in (*model.states, *model.parameters)]
    return tuple(dict.fromkeys(([clock] if clock else []) + [base for unit in units for base in unit]))


def _dimensionless(model: Model, sizes: Mapping[str, float], scales: Mapping[str, Scale], fixed: Mapping[str, Powers]) -> Model:
    """The equations with the groups in place of the parameters: where units agree, the form is the same in every unit."""
    groups = {sympy.Symbol(name, real=True): monomial(powers) for name, powers in fixed.items()}
    kept = [(parameter, number) for parameter, number in zip(model.parameters, model.numbers, strict=True) if parameter.name not in fixed]
    parameters = tuple(_scaled(replace(parameter, default=number), sizes, scales, number=number) for parameter, number in kept)
    return Model(
        f"{model.name}, nondimensional",
        tuple(_scaled(state, sizes, scales) for state in model.states),
        parameters,
        tuple(rate.xreplace(groups) for rate in model.rates),
        tuple(parameter.default for parameter in parameters),
        model.kind,
        model.references,
    )


def _scaled(quantity: Scaled, sizes: Mapping[str, float], scales: Mapping[str, Scale], *, number: float | None = None) -> Scaled:
    """A state or parameter as a pure number: its letter with a tilde, its bounds and value in the new scale."""
    unit = powers_of(quantity.unit)
    if not unit:
        return quantity
    size = _size(quantity, sizes)
    changed: dict[str, Any] = {} if number is None else {"default": number / size}
    return replace(
        quantity,
        symbol=accented(r"\tilde", quantity.symbol),
        meaning=f"{quantity.meaning} in units of {to_text(_scale_of(unit, scales))}",
        unit="1",
        lower=quantity.lower if quantity.lower == POSITIVE else quantity.lower / size,
        upper=quantity.upper / size,
        **changed,
    )


def _group(parameter: Parameter, scales: Mapping[str, Scale]) -> str:
    return to_text(sympy.Symbol(parameter.name, real=True) / _scale_of(powers_of(parameter.unit), scales))


def _scale_of(unit: Powers, scales: Mapping[str, Scale]) -> sympy.Expr:
    powers = product(raised(scales[base].powers, power) for base, power in unit.items())
    factors = [scales[base].factor ** sympy.Rational(power) for base, power in unit.items()]
    return sympy.Mul(*factors, monomial(powers))


def _size(quantity: Quantity, sizes: Mapping[str, float]) -> float:
    size = 1.0
    for base, power in powers_of(quantity.unit).items():
        size *= sizes[base] ** float(power)
    return size


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise InvalidInputError(f'Values are a mapping by name, such as {{"x": 2.0, "t": 4.0}}; got {values!r}.')
    return {name: value if isinstance(value, Real) else as_floats(value, f"Values of {name}") for name, value in values.items()}
