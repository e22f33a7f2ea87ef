"""`save` and `load`: a zip archive, uncompressed, of one JSON document, one ``.npy`` member an array, and a checksum.

The document holds plain data and the names of classes from a fixed list; equations are text for the safe parser.
Nothing in a file is ever executed, and nothing that is read from one is larger than the file itself.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from os import PathLike
from typing import Any, BinaryIO

from richardson.errors import InvalidInputError, OutputError, RichardsonError
from richardson.files.decode import Reader
from richardson.files.encode import Writer
from richardson.paths import as_path
from richardson.study.store.files import write_whole
from richardson.symbolic.spec import from_spec

FORMAT = "richardson"
VERSION = 1  # of the layout; raised when an older reader would misread a file
DOCUMENT, CHECKSUM = "document.json", "checksum.txt"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip archive knows: the same content gives the same bytes
UNIX = 3  # the system that an archive names, the same on every system
DAMAGE = (RichardsonError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, MemoryError, EOFError)


def save(thing: Any, path: str | PathLike[str]) -> None:
    """Write a model or a result to a file that `load` reads back, equal in every field.

    The file appears whole or not at all; a file that is already there is replaced.

    Parameters
    ----------
    thing : Model or any result of this library
        Tuples, lists and dictionaries of these are saved as well.
    path : path-like
        Where to; the folder must exist.

    Raises
    ------
    InvalidInputError
        If it is something else than data of this library, or ``path`` is no path.
    OutputError
        If the file cannot be written there.

    Examples
    --------
    >>> import richardson as rn
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "run.zip")
    ...     rn.save(rn.integrate(rn.models.linear(), [0, 0], [0, 1]), file)
    ...     kept = rn.load(file)
    >>> kept
    Trajectory(linear, t = 0 … 1, 2 times, REACHED_END)
    """
    target = as_path(path)
    try:
        content = _archive(thing)
    except (RecursionError, OverflowError, ValueError) as error:
        if isinstance(error, RichardsonError):
            raise
        raise InvalidInputError(f"This cannot be saved: {error}. Save data without endless nesting or numbers.") from error
    try:
        write_whole(target, content)
    except (OSError, ValueError) as error:
        raise OutputError(f"{target} cannot be written: {_reason(error)}. Name a file in a folder that exists and is yours.") from error


def load(path: str | PathLike[str]) -> Any:
    """The model or result that `save` wrote.

    Parameters
    ----------
    path : path-like
        A file written by `save`.

    Returns
    -------
    Model or a result
        Equal in every field to what was saved.

    Raises
    ------
    InvalidInputError
        If ``path`` is no path, there is no such file, or it was not written by `save`, is damaged, was changed since, or comes from
        a newer version.

    Examples
    --------
    >>> import richardson as rn
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "race.zip")
    ...     rn.save(rn.models.linear(), file)
    ...     again = rn.load(file)
    >>> again == rn.models.linear()
    True
    """
    source = as_path(path)
    try:
        with source.open("rb") as stream:
            return _thing(_members(stream, source.stat().st_size))
    except (OSError, zipfile.BadZipFile, NotImplementedError, *DAMAGE) as error:
        raise InvalidInputError(f"{source} cannot be loaded: {_reason(error)}. Give a file written by richardson.save.") from error


def _reason(error: Exception) -> str:
    """Why, without a full stop."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, RichardsonError):
        return str(error).removesuffix(".")
    return f"it is no file of this library, or it is damaged ({str(error).removesuffix('.') or type(error).__name__})"


def _archive(thing: Any) -> bytes:
    writer = Writer()
    node = writer.encode(thing, "the thing itself")
    digests = {name: _digest(content) for name, content in writer.arrays.items()}
    document = {"format": FORMAT, "version": VERSION, "arrays": digests, "models": list(writer.models.values()), "thing": node}
    encoded = json.dumps(document, allow_nan=False, separators=(",", ":")).encode("ascii")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {DOCUMENT: encoded, **writer.arrays, CHECKSUM: _digest(encoded).encode("ascii")}.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = UNIX
            archive.writestr(entry, content)
    return buffer.getvalue()


def _members(stream: BinaryIO, size: int) -> dict[str, bytes]:
    """Content of every member; together never more than the file's own size."""
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries) or sum(entry.file_size for entry in entries) > size:
            raise InvalidInputError("its parts are compressed or overlap, which this library never writes")
        return {entry.filename: archive.read(entry) for entry in entries}


def _thing(members: Mapping[str, bytes]) -> Any:
    """What the members describe, if every byte is as it was written."""
    document = json.loads(members[DOCUMENT]) if DOCUMENT in members else None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidInputError("it holds something else")
    if document["version"] > VERSION:
        raise InvalidInputError(
            f"it has format {document['version']}, and this version of richardson reads up to {VERSION}: install a newer one"
        )
    found = {name: _digest(content) for name, content in members.items() if name != CHECKSUM}
    if found.pop(DOCUMENT).encode("ascii") != members.get(CHECKSUM) or found != document["arrays"]:
        raise InvalidInputError("it was changed or damaged after it was written")
    models = tuple(from_spec(parts) for parts in document["models"])
    return Reader(models, members).decode(document["thing"])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
