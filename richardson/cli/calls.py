"""Calls of the library as data: each can be made, and each can be shown as the line of Python that makes it.

What a scenario comes to is a list of such calls, so that the script it prints and the study it runs cannot differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import isfinite
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np

import richardson
from richardson.cli import summary
from richardson.errors import InvalidInputError, RichardsonError

PACKAGES = {"rn": richardson, "np": np, "summary": summary}
IMPORTS = {  # in the order in which they are printed
    "np": "import numpy as np",
    "rn": "import richardson as rn",
    "summary": "from richardson.cli import summary",
}
GUARD = 'if __name__ == "__main__":'
INDENT = 4
WIDTH = 120  # characters of a printed line


@dataclass(frozen=True)
class Name:
    """A variable that an earlier line of the script set."""

    name: str


@dataclass(frozen=True, eq=False)
class Call:
    """A call of one function.

    Attributes
    ----------
    function : str
        Its name in the script, such as ``"rn.Design.sobol"``; with a dot in front a method of ``object``; ``"*"`` multiplies.
    positional : tuple
        Plain data, names, calls, and containers of these.
    named : mapping
        The same, by keyword.
    object : Name or Call, optional
        Whose method it is.
    """

    function: str
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    object: Any = None


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a script.

    Attributes
    ----------
    name : str
        The variable that it sets; empty where it is called for what it does.
    call : Call
        What makes it.
    within : tuple of str
        The tables of the scenario that asked for it.
    kind : type
        What it must be.
    is_guarded : bool
        Whether new processes begin with it, which run the other lines of a script again.
    """

    name: str
    call: Call
    within: tuple[str, ...]
    kind: type = object
    is_guarded: bool = False


def perform(lines: Sequence[Line], refusal: Callable[..., RichardsonError], known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Variables by name after the lines were run.

    Parameters
    ----------
    lines : sequence of Line
    refusal : callable
        Makes of a refusal and the tables that a line came from the error that is raised.
    known : mapping, optional
        Variables of lines that were run before.

    Raises
    ------
    RichardsonError
        What ``refusal`` makes of what the library refuses.
    """
    variables = dict(known or {})
    for line in lines:
        try:
            made = _made(line.call, variables)
            if line.name:
                variables[line.name] = made
            if not isinstance(made, line.kind):
                raise InvalidInputError(f"{_flat(line.call)} is no {line.kind.__name__.lower()}, but {made!r}. Give another.")
        except RichardsonError as error:
            raise refusal(error, *line.within) from error
        except MemoryError as error:
            larger = InvalidInputError("This is larger than the memory that is free. Ask for less, or run it in parts.")
            raise refusal(larger, *line.within) from error
    return variables


def script(lines: Sequence[Line]) -> str:
    """The lines as a Python script, imports first, and last, where new processes begin, what only the first one may run."""
    body = "\n".join(statement(line) for line in lines if not line.is_guarded)
    guarded = "\n".join(statement(line) for line in lines if line.is_guarded)
    if guarded:
        body += f"\n\n{GUARD}\n{indent(guarded, ' ' * INDENT)}"
    needed = "\n".join(text for package, text in IMPORTS.items() if f"{package}." in body)
    return f"{needed}\n\n{body}"


def statement(line: Line) -> str:
    """One line as Python, on several rows where it is long; a guarded one leaves room to be indented."""
    target = f"{line.name} = " if line.name else ""
    return target + _text(line.call, len(target) + (INDENT if line.is_guarded else 0))


def function_named(name: str) -> Any:
    """The function that a script calls by a name such as ``"rn.Design.sobol"``."""
    package, *path = name.split(".")
    return reduce(getattr, path, PACKAGES[package])


def _made(part: Any, known: Mapping[str, Any]) -> Any:
    """The value of a part of a script."""
    if isinstance(part, Name):
        return known[part.name]
    if isinstance(part, dict):
        return {key: _made(value, known) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return type(part)(_made(each, known) for each in part)
    if not isinstance(part, Call):
        return part
    positional = [_made(each, known) for each in part.positional]
    if part.function == "*":
        return reduce(lambda first, second: first * second, positional)
    return _function(part, known)(*positional, **{name: _made(value, known) for name, value in part.named.items()})


def _function(call: Call, known: Mapping[str, Any]) -> Any:
    """What is called."""
    return function_named(call.function) if call.object is None else getattr(_made(call.object, known), call.function)


def _text(part: Any, before: int) -> str:
    """A part of a script as Python, broken into lines where it is long."""
    flat = _flat(part)
    if len(flat) + before <= WIDTH or not isinstance(part, Call):
        return flat
    if part.function == "*":
        return "(\n    " + "\n    * ".join(map(_flat, part.positional)) + "\n)"
    arguments = [*map(_flat, part.positional), *(f"{name}={_flat(value)}" for name, value in part.named.items())]
    inner = "".join(f"    {argument},\n" for argument in arguments)
    return f"{_head(part)}(\n{inner})"


def _head(call: Call) -> str:
    return call.function if call.object is None else f"{_flat(call.object)}.{call.function}"


def _flat(part: Any) -> str:
    """A part of a script as Python on one line."""
    if isinstance(part, Name):
        return part.name
    if isinstance(part, Call):
        if part.function == "*":
            return " * ".join(map(_flat, part.positional))
        arguments = [*map(_flat, part.positional), *(f"{name}={_flat(value)}" for name, value in part.named.items())]
        return f"{_head(part)}({', '.join(arguments)})"
    if isinstance(part, dict):
        return f"{{{', '.join(f'{_flat(key)}: {_flat(value)}' for key, value in part.items())}}}"
    if isinstance(part, tuple):
        return f"({', '.join(map(_flat, part))}{',' if len(part) == 1 else ''})"
    if isinstance(part, list):
        return f"[{', '.join(map(_flat, part))}]"
    if isinstance(part, Path):
        return _flat(part.as_posix())  # every system reads it
    if isinstance(part, str):
        return json.dumps(part, ensure_ascii=False)  # what it escapes, Python escapes alike
    return f'float("{part}")' if isinstance(part, float) and not isfinite(part) else repr(part)
