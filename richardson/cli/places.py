"""Where in a document a refusal belongs, told as a path such as ``design.ranges.balance``, and what it says there in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
from msgspec import inspect

from richardson.errors import ParseError, nearest

TAG = "kind"  # the key that says which kind of table one is
ANY_KEY = "..."  # how msgspec writes a key of a table whose keys are free
WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
SUGGESTION = re.compile(r"Did you mean|Known names:")  # names from here on are the library's, not the user's
NAMES = {("model", "catalogue"), ("model", "theory"), ("model", "name")}  # of a model, which a refusal says before what it refuses
SHOWN = 60  # characters of a value

Place = tuple[str | int, ...]


def sentence_of(error: msgspec.ValidationError, document: Mapping[str, Any], kind: type) -> str:
    """What a document does not comply with, as ``path: sentence``.

    Parameters
    ----------
    error : msgspec.ValidationError
        Raised by ``msgspec.convert(document, kind)``.
    document : mapping
    kind : type
        A Struct.
    """
    what, _, where = str(error).partition(" - at `$")
    place = _named(_place(where), str(error), document, kind)
    if unknown := re.match(r"Object contains unknown field `(.*)`", what):
        known = _fields(place, document, kind)
        return f"{told((*place, unknown[1]))}: there is no such key. {nearest(unknown[1], known)}"
    if missing := re.match(r"Object missing required field `(.*)`", what):
        choices = _tags(place, document, kind) if missing[1] == TAG else ()
        more = f", one of {', '.join(choices)}" if choices else ""
        return f"{told((*place, missing[1]))}: this is missing. Give it{more}."
    value = _shown(_at(document, place))
    if what.startswith("Invalid "):
        return f"{told(place)}: there is no {value}. {nearest(str(_at(document, place)), _choices(place, document, kind))}"
    if length := re.match(r"Expected `array` of length (\d+), got (\d+)", what):
        return f"{told(place)}: this must be a list of {length[1]} numbers, and has {length[2]}: {value}."
    expected = re.match(r"Expected `(.*)`, got `.*`", what)
    kinds = [WORDS[each] for each in expected[1].split(" | ") if each in WORDS] if expected else []
    return f"{told(place)}: this must be {' or '.join(kinds)}, and is {value}." if kinds else f"{told(place)}: {what}."


def place_of(error: Exception, document: Mapping[str, Any], within: Sequence[str]) -> str:
    """The path of what a refusal of the library speaks of: of the entry whose key or text it quotes first, else names first.

    The name of the model counts last, since a refusal says it before what it refuses.

    Parameters
    ----------
    error : Exception
        The refusal. Names that a user gave stand in quotes or brackets in it; its other words may be keys.
    document : mapping
        What the user wrote.
    within : sequence of str
        Tables in which to look, in this order.

    Returns
    -------
    str
        Where nothing is found the table, if there is but one to look in, else nothing.
    """
    entries = [entry for table in within for entry in _entries(document.get(table), (table,))]
    text = SUGGESTION.split(str(error))[0]
    whole = [error.text] if isinstance(error, ParseError) and error.text else []
    quoted = [*whole, *(single or bracketed for single, bracketed in re.findall(r"'([^']+)'|\((\w+)\)", text))]
    of_model = {value for place, value in entries if place in NAMES and isinstance(value, str)}  # "'linear' has no parameter 'defense'"
    for name in (name for name in quoted if name not in of_model):
        if place := _naming(name, entries):
            return told(place)
    said = [
        *(name.replace("_", " ") for name in re.findall(r"(\w+)=", str(error))),
        *re.findall(r"[a-z_0-9]+", text.lower()),
    ]  # first what it writes as an argument
    words = f" {' '.join(said)} "
    named = [
        (words.find(f" {key.replace('_', ' ')} "), (*before, key)) for (*before, key), _ in entries if isinstance(key, str) and len(key) > 1
    ]
    found = [(position, place) for position, place in named if position >= 0]
    if found:
        return told(min(found, key=lambda each: each[0])[1])
    for name in (name for name in quoted if name in of_model):
        if place := _naming(name, entries):
            return told(place)
    return within[0] if len(within) == 1 else ""


def _naming(name: str, entries: Sequence[tuple[Place, Any]]) -> Place | None:
    """The first entry whose key or text is a name; else the first in whose text it stands."""
    whole = (place for place, value in entries if place[-1] == name or value == name)
    within = (place for place, value in entries if isinstance(value, str) and re.search(rf"\b{re.escape(name)}\b", value))
    return next(chain(whole, within), None)


def told(place: Place) -> str:
    """A path as it is written: ``design[1].ranges.balance``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def _place(text: str) -> Place:
    """The steps of msgspec's path, ``.design[0].ranges[...]``."""
    steps = re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", text)
    return tuple(key or (int(index) if index.isdecimal() else ANY_KEY) for key, index in steps)


def _named(place: Place, fault: str, document: Mapping[str, Any], kind: type) -> Place:
    """The path with the names of free keys: the one key is sought without whose neighbours the fault is the same."""
    for position, step in enumerate(place):
        if step == ANY_KEY:
            before = place[:position]
            for key, value in _at(document, before).items():
                if _fault(_replaced(document, before, {key: value}), kind) == fault:
                    return _named((*before, key, *place[position + 1 :]), fault, document, kind)
    return place


def _fault(document: Any, kind: type) -> str | None:
    try:
        msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _at(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


def _replaced(document: Any, place: Place, value: Any) -> Any:
    """A copy of the document with another value at one place."""
    if not place:
        return value
    copy = document.copy()
    copy[place[0]] = _replaced(document[place[0]], place[1:], value)
    return copy


def _entries(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every entry of a document below a place, with its path."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*place, step), inner
        yield from _entries(inner, (*place, step))


def _kinds(place: Place, document: Any, kind: type) -> list[inspect.Type]:
    """What the schema allows at a place, as far as the tags of the tables on the way tell."""
    found = _alternatives(inspect.type_info(kind))
    for step in place:
        inside = [_inner(each, step) for each in found if not _is_other(each, document)]
        found, document = [each for some in inside for each in _alternatives(some)], document[step]
    return found


def _is_other(kind: inspect.Type, value: Any) -> bool:
    """Whether a table is tagged as one of another kind."""
    if not isinstance(kind, inspect.StructType) or kind.tag_field is None or not isinstance(value, dict):
        return False
    return bool(value.get(kind.tag_field, kind.tag) != kind.tag)


def _alternatives(kind: inspect.Type | None) -> list[inspect.Type]:
    if kind is None:
        return []
    return list(kind.types) if isinstance(kind, inspect.UnionType) else [kind]


def _inner(kind: inspect.Type, step: str | int) -> inspect.Type | None:
    """What the schema allows one step further."""
    if isinstance(kind, inspect.StructType):
        return next((field.type for field in kind.fields if field.encode_name == step), None)
    if isinstance(kind, inspect.DictType):
        return kind.value_type
    if isinstance(kind, inspect.TupleType):
        return kind.item_types[step] if isinstance(step, int) else None
    return kind.item_type if isinstance(kind, inspect.ListType) else None


def _fields(place: Place, document: Any, kind: type) -> list[str]:
    """Keys that the table at a place may have."""
    tables = [each for each in _kinds(place, document, kind) if isinstance(each, inspect.StructType)]
    own = [table for table in tables if not _is_other(table, _at(document, place))]
    tags = [table.tag_field for table in own if table.tag_field]
    return list(dict.fromkeys([*tags, *(field.encode_name for table in own for field in table.fields)]))


def _tags(place: Place, document: Any, kind: type) -> list[str]:
    """Kinds that the table at a place may be of."""
    return [str(each.tag) for each in _kinds(place, document, kind) if isinstance(each, inspect.StructType) and each.tag_field]


def _choices(place: Place, document: Any, kind: type) -> list[str]:
    """Texts that may stand at a place: the kinds of its table, or the words of a list."""
    words = [str(word) for each in _kinds(place, document, kind) if isinstance(each, inspect.LiteralType) for word in each.values]
    return words or _tags(place[:-1], document, kind)


def _shown(value: Any) -> str:
    """A value as it stands in the document, cut short."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or (f"'{value}'" if isinstance(value, str) else str(value))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
