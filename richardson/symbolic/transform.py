"""Models made out of models: other values, parameters and equations, and parameters driven along paths in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Any

import sympy

from richardson.errors import InvalidInputError, ModelError, OutOfBoundsError, UnknownNameError
from richardson.symbolic import families
from richardson.symbolic.concepts import concepts
from richardson.symbolic.functions import TIME, series_path
from richardson.symbolic.names import members_of
from richardson.symbolic.parse import check_name
from richardson.symbolic.position import state_position
from richardson.symbolic.quantity import Parameter, State
from richardson.symbolic.series import Series

if TYPE_CHECKING:
    from richardson.symbolic.model import Model

OF_EQUATIONS = ("state_symbols", "parameter_symbols", "driven_symbols", "is_autonomous", "fingerprint", "jacobian")  # once derived, kept


@dataclass(frozen=True)
class Drive:
    """What a parameter, or all members of a concept as one, does over time.

    Attributes
    ----------
    parameters : tuple of Parameter
        What is driven.
    formula : sympy.Expr or None
        In time and parameters that are not driven; None for a series.
    series : Series or None
    """

    parameters: tuple[Parameter, ...]
    formula: sympy.Expr | None = None
    series: Series | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what is driven."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def expression(self) -> sympy.Expr:
        """The drive in time and parameters."""
        return self.formula if self.series is None else self.series.expression

    @property
    def span(self) -> tuple[float, float]:
        """First and last time at which it is known, in the model's unit of time."""
        if self.series is None or self.series.beyond == "hold":
            return -inf, inf
        return float(self.series.times[0]), float(self.series.times[-1])


def revalued(model: Model, values: Mapping[str, Any]) -> Model:
    """The same equations at other values, by parameter or bare concept name: `Model.with_values`."""
    chosen = model.values
    exact = {name for name in values if name in chosen}
    for name, value in values.items():
        members = members_of(model, name)
        if families.is_many(value):
            given = families.spread(model, name, members, value)
            chosen.update({member: number for member, number in given.items() if member not in exact})
            continue
        chosen.update({member: value for member in members if member == name or member not in exact})
    changed = replace(model, numbers=tuple(chosen.values()))
    vars(changed).update({name: derived for name, derived in vars(model).items() if name in OF_EQUATIONS})
    return changed


def under_ceilings(states: tuple[State, ...], values: Mapping[str, float]) -> tuple[State, ...]:
    """The states, those with a ceiling bounded from above by what it is now."""
    return tuple(replace(state, upper=values[state.ceiling]) if state.ceiling in values else state for state in states)


def extended(model: Model, parameters: Mapping[str, float]) -> Model:
    """The model with further parameters, which no equation uses yet."""
    if not isinstance(parameters, Mapping):
        raise InvalidInputError(f"New parameters are a mapping of names to values, such as {{'tax': 0.1}}; got {parameters!r}.")
    taken = concepts(model.parameter_names, model.state_names)
    for name in parameters:
        if name in taken:
            raise ModelError(
                f"'{name}' stands for {', '.join(members_of(model, name))} in '{model.name}'. Give the new parameter another name."
            )
    added = tuple(Parameter(check_name(name, "parameter"), default=value) for name, value in parameters.items())
    numbers = (*model.numbers, *(parameter.default for parameter in added))
    return replace(model, parameters=(*model.parameters, *added), numbers=numbers)


def rewritten(model: Model, state: str, rate: sympy.Expr) -> Model:
    """The model with another rate of one state; it is no longer what its references say."""
    rates = list(model.rates)
    rates[state_position(model, state)] = rate
    return replace(model, rates=tuple(rates), references=())


def driven(model: Model, drives: Mapping[str, Any]) -> Model:
    """The model with parameters that follow paths in time: `Model.with_drive`, with the drives as a mapping.

    Raises
    ------
    UnknownNameError, InvalidInputError, ModelError, OutOfBoundsError, ParseError
        As there.
    """
    if model.kind != "flow":
        raise ModelError(f"'{model.name}' is a {model.kind}, whose steps know no time. Drive a parameter of a flow.")
    if not drives:
        raise InvalidInputError('Nothing is driven. Name a parameter, for example with_drive(balance="0.05 + 0.01*t").')
    moved: dict[str, str] = {}
    for name in drives:
        for member in _members(model, name):
            if member in moved:
                raise InvalidInputError(f"'{moved[member]}' and '{name}' both drive '{member}'. Give it one path.")
            moved[member] = name
    kept = [place for place, name in enumerate(model.parameter_names) if name not in moved]
    rest = replace(
        model,
        parameters=tuple(model.parameters[place] for place in kept),
        numbers=tuple(model.numbers[place] for place in kept),
        rates=(sympy.S.Zero,) * len(model.states),
        drives=(),
    )
    made = tuple(_drive(model, rest, name, path) for name, path in drives.items())
    return replace(rest, rates=model.rates, drives=(*model.drives, *made))


def written_out(model: Model) -> Model:
    """The model with its drives written into the rates as functions of time, those of series as `series_path`."""
    return replace(model, rates=tuple(substituted(model, rate) for rate in model.rates)) if model.drives else model


def substituted(model: Model, expression: sympy.Expr) -> sympy.Expr:
    """An expression over the model with what is driven written as a function of time."""
    place = count()
    paths: dict[sympy.Symbol, sympy.Expr] = {}
    for drive in model.drives:
        path = drive.formula if drive.series is None else series_path(TIME, next(place), 0)
        paths |= {sympy.Symbol(name, real=True): path for name in drive.names}
    return expression.xreplace(paths)


def series_of(model: Model) -> tuple[Series, ...]:
    """The series that drive a model, in the order in which `series_path` counts them."""
    return tuple(drive.series for drive in model.drives if drive.series is not None)


def switch_times(model: Model, span: tuple[float, float]) -> tuple[float, ...]:
    """Times within the open span at which a drive, or time in the rates themselves, has a kink or a jump that can be seen.

    Parameters
    ----------
    model : Model
    span : pair of float
        In the model's unit of time.

    Returns
    -------
    tuple of float
        Increasing: the times of series, and where an argument of ``min``, ``max``, ``abs``, ``sign``, ``heaviside`` or ``hill`` that is
        linear in time, and free of states, changes sign.
    """
    if model.is_autonomous:
        return ()
    known: set[float] = set()
    for drive in model.drives:
        if drive.series is not None:
            known |= {float(time) for time in drive.series.times}
    numbers = {symbol: sympy.Rational(repr(value)) for symbol, value in zip(model.parameter_symbols, model.numbers, strict=True)}
    formulas = [drive.formula for drive in model.drives if drive.formula is not None]
    for expression in (*formulas, *(rate for rate in model.rates if rate.has(TIME))):
        for argument in _switching(expression):
            slope = sympy.diff(argument, TIME).xreplace(numbers)
            if argument.free_symbols <= {TIME, *numbers} and slope.is_number and slope != 0:
                known.add(float(-argument.xreplace({TIME: sympy.S.Zero, **numbers}) / slope))
    return tuple(sorted(time for time in known if span[0] < time < span[1]))


def _switching(expression: sympy.Expr) -> list[sympy.Expr]:
    """Expressions with time whose sign chooses between smooth forms."""
    found: list[sympy.Expr] = []
    for node in expression.atoms(sympy.Function, sympy.Max, sympy.Min):
        if isinstance(node, sympy.Max | sympy.Min):
            leaves = [leaf for argument in node.args for leaf in _leaves(argument)]
            found += [one - other for place, one in enumerate(leaves) for other in leaves[:place]]
        elif isinstance(node, sympy.Abs | sympy.sign | sympy.Heaviside) or node.func.__name__ == "hill":
            found.append(node.args[0])
    return [argument for argument in found if argument.has(TIME)]


def _leaves(expression: sympy.Expr) -> list[sympy.Expr]:
    """What a nest of min and max chooses from."""
    if isinstance(expression, sympy.Max | sympy.Min):
        return [leaf for argument in expression.args for leaf in _leaves(argument)]
    return [expression]


def _members(model: Model, name: str) -> tuple[str, ...]:
    """Parameters of that name or concept, which a drive moves."""
    if name in model.state_names:
        raise UnknownNameError(f"'{name}' is a state of '{model.name}', which its equation moves. Drive a parameter, or use with_equation.")
    return model.resolve(name)


def _drive(model: Model, rest: Model, name: str, path: Any) -> Drive:
    """The drive of one name, over the parameters that ``rest`` keeps."""
    parameters = tuple(model.parameters[model.parameter_names.index(member)] for member in model.resolve(name))
    if isinstance(path, Series):
        for parameter in parameters:
            for value in path.range:
                _check_value(parameter, value)
        return Drive(parameters, series=path)
    if not isinstance(path, str | sympy.Expr):
        raise InvalidInputError(
            f"'{name}' can be driven by a text of t or a Series; got {path!r}. For a constant use with_values, for numbers at some times "
            f'with_drive({name}=Series(times, values, interpolation="linear")).'
        )
    formula = rest.expression(path)
    states = sorted(symbol.name for symbol in formula.free_symbols & {*model.state_symbols})
    if states:
        raise InvalidInputError(f"The drive of '{name}' uses the state '{states[0]}', but knows time only. Use with_equation.")
    if not formula.has(TIME):
        raise InvalidInputError(f"The drive of '{name}' does not change with t: {path}. Use with_values for a constant.")
    return Drive(parameters, formula=formula)


def _check_value(parameter: Parameter, value: float) -> None:
    """Refuse a path that leaves the bounds of what it drives."""
    try:
        parameter.check(value)
    except OutOfBoundsError as error:
        raise OutOfBoundsError(f"The series leaves what its parameter may be. {error} Change its values or its interpolation.") from None
