"""The list of finished blocks: a line each, appended when the block is safe on disk, with a checksum of its own.

A line that was cut off when a machine stopped, or that somebody changed, is known by its checksum and hurts no other. Appending costs
the same for the first block and for the millionth.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from richardson import provenance
from richardson.study.store.files import sync_folder, write_whole

JOURNAL = "blocks.jsonl"
CHECK = "check"
PROCESSORS, CARD = "processors", "a card"  # what computed the blocks: their numbers agree within the tolerances only
DECISIVE = ("richardson", "numpy", "numba")  # versions that digits depend on
CHECK_DIGITS = 16  # of sha256: 64 bits against accident, as in a file system


@dataclass(frozen=True)
class Entry:
    """A finished block.

    Attributes
    ----------
    block : int
    sha256 : str
        Of its file.
    size : int
        Bytes of its file.
    outcomes : mapping of str to int
        How many of its members ended how.
    """

    block: int
    sha256: str
    size: int
    outcomes: Mapping[str, int]

    def to_plain(self) -> dict[str, Any]:
        """The entry as JSON can hold it."""
        return {"block": self.block, "sha256": self.sha256, "bytes": self.size, "outcomes": dict(self.outcomes)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Entry:
        """The entry that `to_plain` gave."""
        return cls(plain["block"], plain["sha256"], plain["bytes"], plain["outcomes"])


@dataclass(frozen=True)
class Journal:
    """What a journal holds.

    Attributes
    ----------
    sessions : tuple of mapping
        Each time that somebody went on with the study: which study, when, with which versions, where.
    entries : mapping of int to Entry
        By block; of two of one block the later.
    damaged : tuple of int
        Numbers of the lines, from 1, that are not as they were written.
    """

    sessions: tuple[Mapping[str, Any], ...]
    entries: Mapping[int, Entry]
    damaged: tuple[int, ...]


def sealed(content: Mapping[str, Any]) -> bytes:
    """A mapping as a line of JSON that ends with its own checksum."""
    return (json.dumps({**content, CHECK: check_of(content)}, allow_nan=False, separators=(",", ":")) + "\n").encode("ascii")


def check_of(content: Mapping[str, Any]) -> str:
    """Checksum of a mapping, whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:CHECK_DIGITS]


def read_journal(folder: Path) -> Journal:
    """The journal of a folder; of one without, an empty one.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    sessions, entries, damaged = [], {}, []
    with suppress(FileNotFoundError), (folder / JOURNAL).open("rb") as file:
        for number, line in enumerate(file, start=1):
            content = unsealed(line)
            if content is None:
                damaged.append(number)
            elif "block" in content:
                entries[content["block"]] = Entry.from_plain(content)
            else:
                sessions.append(content)
    return Journal(tuple(sessions), entries, tuple(damaged))


def rewrite(folder: Path, journal: Journal) -> None:
    """Replace a journal by what is sound of it.

    Raises
    ------
    OSError
        If it cannot be written; it is as it was then.
    """
    write_whole(folder / JOURNAL, b"".join(map(sealed, (*journal.sessions, *(entry.to_plain() for entry in journal.entries.values())))))


def session_of(study: str, block: int, made_on: str) -> dict[str, Any]:
    """Who goes on from here with a study, given by its key, whose blocks hold so many members."""
    made = provenance.record(None)
    told = {"session": made.time, "study": study, "members a block": block, "on": made_on}
    return {**told, "versions": dict(made.versions), "platform": made.platform}


def other_makers(sessions: Sequence[Mapping[str, Any]], now: Mapping[str, Any]) -> str:
    """With what and where a study was begun, in words, if that is not as it is now; else nothing.

    Parameters
    ----------
    sessions : sequence of mapping
        So far.
    now : mapping
        The session that begins.
    """
    for session in sessions:
        there, here = session["versions"], now["versions"]
        found = [f"with {name} {there.get(name)}, and this is {here.get(name)}" for name in DECISIVE if there.get(name) != here.get(name)]
        if session.get("on") != now["on"]:
            found.append(f"on {session.get('on')}, and goes on with {now['on']}")
        if session["platform"] != now["platform"]:
            found.append(f"on {session['platform']}, and this is {now['platform']}")
        if found:
            return "; ".join(found)
    return ""


class Appender:
    """A journal, open to be appended to.

    Parameters
    ----------
    folder : Path
        Which exists.

    Raises
    ------
    OSError
        If it cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        is_new = not (folder / JOURNAL).exists()
        self._file = (folder / JOURNAL).open("ab", buffering=0)
        if is_new:
            sync_folder(folder)

    def append(self, contents: Iterable[Mapping[str, Any]]) -> None:
        """Write lines that are safe on disk when this returns.

        Raises
        ------
        OSError
            If that fails; the journal is as it was then.
        """
        text = b"".join(map(sealed, contents))
        before = os.fstat(self._file.fileno()).st_size
        try:
            left = memoryview(text)
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except BaseException:
            with suppress(OSError):
                os.ftruncate(self._file.fileno(), before)
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def unsealed(line: bytes) -> dict[str, Any] | None:
    """What a line says, if it is as it was written."""
    try:
        content = json.loads(line)
        check = content.pop(CHECK)
        is_sound = line.endswith(b"\n") and check == check_of(content)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return content if is_sound else None
