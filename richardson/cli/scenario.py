"""A scenario: a study written in TOML, checked key by key before anything is computed.

A scenario is data. Nothing in it is executed: equations are text for the safe parser, and files that it names are read as data.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from richardson.cli.places import place_of, sentence_of
from richardson.cli.sections import Scenario
from richardson.errors import ComputationError, InvalidInputError, MissingExtraError, OutputError, RichardsonError

DESIGN = "design"
CONTROL, SPACES = "Cc", "\n\t"  # Unicode's category of control characters, and those that are harmless
AS_OPTION = ("resume=True", "--resume")  # how it is said in Python, and here


@dataclass(frozen=True, eq=False)
class Document:
    """A scenario and where it stands.

    Attributes
    ----------
    path : Path
        Its file; relative paths in it start from the file's folder.
    data : dict
        What the file says.
    scenario : Scenario
        The same, checked.
    """

    path: Path
    data: dict[str, Any]
    scenario: Scenario

    def refusal(self, error: RichardsonError, *within: str) -> RichardsonError:
        """A refusal of the library with the place in this scenario that it speaks of.

        Parameters
        ----------
        error : RichardsonError
        *within : str
            Tables of the scenario that the refused call was made from.
        """
        if isinstance(error, OutputError):
            return OutputError(str(error).replace(*AS_OPTION))
        if isinstance(error, ComputationError | MissingExtraError):
            return error
        place = place_of(error, {**self.data, DESIGN: _tables(self.data)}, within)
        return InvalidInputError(f"{self.path}: {f'{self._told(place)}: ' if place else ''}{error}")

    def file(self, name: str) -> Path:
        """A file that the scenario names."""
        return self.path.parent / name

    def fault(self, place: str, sentence: str) -> InvalidInputError:
        """A refusal of our own of what stands at a place."""
        return InvalidInputError(f"{self.path}: {self._told(place)}: {sentence}")

    def _told(self, place: str) -> str:
        return _as_written(place, self.data)


def read_scenario(path: Path) -> Document:
    """The scenario in a file.

    Parameters
    ----------
    path : Path
        A TOML file.

    Raises
    ------
    InvalidInputError
        If it cannot be read, is no TOML, or a key is unknown, missing or of the wrong kind; the message holds the file and the path
        of the key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidInputError(f"The scenario {path} cannot be read: {reason}. Give the path of a TOML file.") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"The scenario {path} is no text in UTF-8. Save it as such.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInputError(f"{path} is no TOML: {str(error).lower()}. Mend it; docs/how-to/scenarios.md shows the form.") from error
    if hidden := _hidden(data):
        raise InvalidInputError(f"{path}: {hidden!a} holds a control character, which a terminal obeys instead of showing it. Remove it.")
    whole = {**data, DESIGN: _tables(data)} if DESIGN in data else data
    try:
        return Document(path, data, msgspec.convert(whole, Scenario))
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"{path}: {_as_written(sentence_of(error, whole, Scenario), data)}") from error


def _hidden(value: Any) -> str:
    """The first text, key or value, that holds signs which a terminal obeys instead of showing; empty if none does."""
    if isinstance(value, str):
        return value if any(unicodedata.category(sign) == CONTROL and sign not in SPACES for sign in value) else ""
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return next(filter(None, map(_hidden, inner)), "")


def _tables(data: dict[str, Any]) -> Any:
    """The designs as a list, also where one stands alone."""
    design = data.get(DESIGN, [])
    return [design] if isinstance(design, dict) else design


def _as_written(text: str, data: dict[str, Any]) -> str:
    """A path with the design as the file has it, alone or one of several."""
    return text.replace(f"{DESIGN}[0]", DESIGN, 1) if isinstance(data.get(DESIGN), dict) else text
