"""The scenario and every file that it names, gathered so that nothing outside the package is needed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from richardson.cli.scenario import Document

SCENARIO = "scenario.toml"
DATA = "data"  # the package's folder of the files that a scenario names
FILE = "file"  # the key under which scenarios name files
PLACES = re.compile(r"model\.file|design(\[\d+\])?\.file|model\.values\.\w+\.file")  # where it is one; a state may be called so, too
UNSAFE = re.compile(r"[^\w.-]")  # in a file's name, on one system or another
NAMED = re.compile(r"""(\bfile["']?\s*=\s*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""")


@dataclass(frozen=True)
class Source:
    """A file that the scenario names.

    Attributes
    ----------
    place : str
        Where in the scenario, such as ``"design.file"``.
    name : str
        As the scenario writes it.
    path : str
        In the package, with slashes.
    content : bytes
    """

    place: str
    name: str
    path: str
    content: bytes


def sources_of(document: Document) -> tuple[Source, ...]:
    """The files that a scenario names, in its order, each once.

    Parameters
    ----------
    document : Document

    Raises
    ------
    InvalidInputError
        If one cannot be read.
    """
    found: dict[str, Source] = {}
    for place, name in _files(document.data, ""):
        if name not in found:
            found[name] = Source(place, name, _free(name, {source.path for source in found.values()}), _content(document, place, name))
    return tuple(found.values())


def moved_text(document: Document, sources: tuple[Source, ...]) -> str:
    """The text of a scenario in which files are named as the package has them; all else stands as its author wrote it.

    Parameters
    ----------
    document : Document
    sources : tuple of Source
        Of it.

    Raises
    ------
    InvalidInputError
        If the text names a file in a way in which it cannot be replaced.
    """
    paths = {source.name: source.path for source in sources}
    text = document.path.read_text(encoding="utf-8-sig")
    moved = NAMED.sub(lambda found: found[1] + _renamed(found[2], paths), text)
    if tomllib.loads(moved) != _moved(document.data, paths, ""):
        raise document.fault(sources[0].place, f'the name cannot be replaced here. Write it on one line, such as {FILE} = "cases.csv".')
    return moved


def _files(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Places of files and their names, in the order of the scenario."""
    if isinstance(value, str) and PLACES.fullmatch(place):
        yield place, value
    for key, inner in items_of(value):
        yield from _files(inner, within(place, key))


def _content(document: Document, place: str, name: str) -> bytes:
    try:
        return document.file(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise document.fault(place, f"{name!r} cannot be read: {reason}. Name a file that can.") from error


def _free(name: str, taken: set[str]) -> str:
    """A place in the folder of data that no other file has, on systems that do not tell capital letters apart either."""
    plain = UNSAFE.sub("_", PurePosixPath(name.replace("\\", "/")).name).lstrip(".") or FILE
    lower = {path.lower() for path in taken}
    choices = (f"{DATA}/{f'{number}-' if number > 1 else ''}{plain}" for number in range(1, len(taken) + 2))
    return next(path for path in choices if path.lower() not in lower)


def _renamed(literal: str, paths: dict[str, str]) -> str:
    """A text of TOML, replaced if it is one of the names."""
    try:
        name = tomllib.loads(f"name = {literal}")["name"]
    except tomllib.TOMLDecodeError:  # it stands in a comment
        return literal
    return json.dumps(paths[name], ensure_ascii=False) if name in paths else literal


def _moved(value: Any, paths: dict[str, str], place: str) -> Any:
    """What a scenario says with its files named as the package has them."""
    if isinstance(value, str):
        return paths[value] if PLACES.fullmatch(place) else value
    if isinstance(value, dict):
        return {key: _moved(inner, paths, within(place, key)) for key, inner in value.items()}
    return [_moved(inner, paths, within(place, key)) for key, inner in enumerate(value)] if isinstance(value, list) else value


def items_of(value: Any) -> Iterable[tuple[str | int, Any]]:
    """What a table or list holds, with the key or number of each."""
    return value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()


def within(place: str, key: str | int) -> str:
    """The place of what a table or list holds there."""
    return f"{place}[{key}]" if isinstance(key, int) else f"{place}.{key}".removeprefix(".")
