"""A model as plain data, numbers and text only, and back: what files hold of it, and what is sent to other processes.

Equations are text for the safe parser; nothing in a specification is ever executed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, replace
from math import isfinite
from typing import Any

from richardson.errors import InvalidInputError
from richardson.symbolic.indexed import Family
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.indexed_text import from_texts, to_texts
from richardson.symbolic.model import Model
from richardson.symbolic.parse import parse
from richardson.symbolic.quantity import Parameter, Quantity, State
from richardson.symbolic.series import Series
from richardson.symbolic.transform import Drive
from richardson.symbolic.write import to_text

KINDS: dict[str, type[Quantity]] = {"State": State, "Parameter": Parameter, "Family": Family}
TYPES = {"str": str, "float": float, "bool": bool, "tuple[str, ...]": tuple}  # of the fields of those


def to_spec(model: Model) -> dict[str, Any]:
    """All of a model as dictionaries, lists, text and numbers that JSON holds.

    Examples
    --------
    >>> from richardson.models import linear
    >>> spec = to_spec(linear())
    >>> spec["kind"], spec["numbers"]
    ('flow', [0.5, 0.5, 1.0, 1.0, 0.5, 0.5])
    """
    parts = {
        "name": model.name,
        "states": _quantities(model.states),
        "parameters": _quantities(model.parameters),
        "rates": [] if isinstance(model, IndexedModel) else [to_text(rate) for rate in model.rates],
        "numbers": list(model.numbers),
        "kind": model.kind,
        "references": list(model.references),
        "drives": [_drive(drive) for drive in model.drives],
        "fingerprint": model.fingerprint,
    }
    return parts | {"over nations": to_texts(model.equations)} if isinstance(model, IndexedModel) else parts


def from_spec(parts: Mapping[str, Any]) -> Model:
    """The model that `to_spec` wrote, whose equations are those that were written, by their fingerprint.

    Raises
    ------
    InvalidInputError
        If they are not, or a state or parameter is none; other malformed parts raise what they cause.
    """
    states: Any = _read_quantities(parts["states"])
    parameters: Any = _read_quantities(parts["parameters"])
    numbers, references = tuple(parts["numbers"]), tuple(parts["references"])
    if "over nations" in parts:
        equations = from_texts(parts["over nations"], parameters)
        many = IndexedModel(parts["name"], states, parameters, numbers, parts["kind"], references, equations=equations)
        return _checked(many, parts["fingerprint"])
    blank = Model(parts["name"], states, parameters, (parse("0", {}),) * len(states), numbers, parts["kind"], references)
    blank = replace(blank, drives=tuple(_read_drive(node, blank) for node in parts.get("drives", ())))
    model = replace(blank, rates=tuple(blank.expression(text) for text in parts["rates"]))
    return _checked(model, parts["fingerprint"])


def number_node(number: float) -> float | dict[str, str]:
    """A number as JSON holds it: one that is not finite as text."""
    return float(number) if isfinite(number) else {"float": repr(float(number))}


def read_number(node: Any) -> Any:
    """What `number_node` was given; anything else as it is."""
    return float(node["float"]) if isinstance(node, dict) and set(node) == {"float"} else node


def _quantities(quantities: tuple[Quantity, ...]) -> dict[str, Any]:
    return {"tuple": [_quantity(quantity) for quantity in quantities]}


def _quantity(quantity: Quantity) -> dict[str, Any]:
    values = {part.name: getattr(quantity, part.name) for part in fields(quantity)}
    return {"class": type(quantity).__name__, "fields": {name: _value(value) for name, value in values.items()}}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"tuple": list(value)}
    return number_node(value) if isinstance(value, float) else value


def _read_quantities(node: Mapping[str, Any]) -> tuple[Quantity, ...]:
    return tuple(_read_quantity(each) for each in node["tuple"])


def _read_quantity(node: Mapping[str, Any]) -> Quantity:
    """A state, parameter or family, its fields of the types that its class declares.

    Raises
    ------
    InvalidInputError
        If it is none of them, or has other fields.
    """
    name = node["class"]
    kind = KINDS.get(name)
    if kind is None:
        raise InvalidInputError(f"it holds a {name!r} among states and parameters, which this version of richardson does not know")
    given = {key: _read_value(value) for key, value in node["fields"].items()}
    check_fields(name, given, {part.name for part in fields(kind)})
    for part in fields(kind):
        if not _fits(given[part.name], TYPES[str(getattr(part.type, "__name__", part.type))]):
            raise InvalidInputError(f"the {part.name} of its {name} is a {type(given[part.name]).__name__}, which it cannot be")
    return kind(**given)


def check_fields(name: str, given: Iterable[str], own: Set[str]) -> None:
    """Refuse what was written with other fields than a class has.

    Parameters
    ----------
    name : str
        Of the class.
    given, own : iterable of str
        Fields in the file, and those of the class.

    Raises
    ------
    InvalidInputError
        If they differ; the message, without a full stop, says which and what to do.
    """
    faults = [("lacks", own - set(given)), ("has an unknown", set(given) - own)]
    found = " and ".join(f"{verb} {', '.join(map(repr, sorted(names)))}" for verb, names in faults if names)
    if found:
        raise InvalidInputError(
            f"its {name} {found}, so another version of richardson wrote it: load it with that one, or make what it holds again with "
            "this one, by the script or scenario that made it, and save that"
        )


def _fits(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is tuple:
        return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
    return isinstance(value, kind)


def _read_value(node: Any) -> Any:
    return tuple(node["tuple"]) if isinstance(node, dict) and set(node) == {"tuple"} else read_number(node)


def _drive(drive: Drive) -> dict[str, Any]:
    """The parts of a drive, its numbers as text, so that a model's text says all of it."""
    formula = None if drive.formula is None else to_text(drive.formula)
    series = None if drive.series is None else {**drive.series.to_table(), "how": [drive.series.interpolation, drive.series.beyond]}
    return {"parameters": _quantities(drive.parameters), "formula": formula, "series": series}


def _read_drive(node: Mapping[str, Any], blank: Model) -> Drive:
    """A drive of a model whose parameters ``blank`` has."""
    formula = None if node["formula"] is None else blank.expression(node["formula"])
    series, driven = node["series"], _read_quantities(node["parameters"])
    if series is not None:
        interpolation, beyond = series["how"]
        series = Series(series["time"], series["value"], interpolation=interpolation, beyond=beyond)
    return Drive(tuple(each for each in driven if isinstance(each, Parameter)), formula, series)


def _checked(model: Model, fingerprint: str) -> Model:
    """The model, if its equations have that fingerprint.

    Raises
    ------
    InvalidInputError
        If they are not those that were written.
    """
    if model.fingerprint != fingerprint:
        raise InvalidInputError(f"the equations of '{model.name}' are not those that were written")
    return model
