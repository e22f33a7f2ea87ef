"""The path of a file that was asked for."""

from pathlib import Path
from typing import Any

from richardson.errors import InvalidInputError


def as_path(path: Any) -> Path:
    """``path`` as one.

    Raises
    ------
    InvalidInputError
        If it is neither text nor a path.
    """
    try:
        return Path(path)
    except TypeError as error:
        raise InvalidInputError(f"A file is named by text or a path; got {path!r:.80}. Give for example 'race.csv'.") from error
