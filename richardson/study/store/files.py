"""Files that are there whole or not at all, also after the machine stops; and a folder that one process writes to at a time."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from richardson.errors import OutputError

LOCK = "lock"
UNFINISHED = ".unfinished-"  # begins the name of a file that is being written
UNKNOWN = "unknown"
AT_ONCE = 2**18  # bytes, which are still in the processor's cache when they are written after they were summed up
FULL = {
    errno.ENOSPC: "no space is left on the device",
    errno.EDQUOT: "the quota is used up",
    errno.EFBIG: "a file would be larger than allowed",
}

Piece: TypeAlias = bytes | bytearray | memoryview

_fcntl: Any = import_module("fcntl") if find_spec("fcntl") else None  # not on every system


def write_whole(target: Path, *pieces: Piece) -> tuple[str, int]:
    """Write a file so that it is there with all of its content, or as it was before, whenever the machine stops.

    Parameters
    ----------
    target : Path
        In a folder that exists; replaced if it is there.
    *pieces : bytes, bytearray or memoryview of bytes
        All of its content, one after the other.

    Returns
    -------
    sha256, size : str and int
        Of all of it.

    Raises
    ------
    OSError
        If that fails; nothing is left then but what was there.
    """
    digest, size = hashlib.sha256(), 0
    with replacing(target) as temporary, temporary.open("xb", buffering=0) as file:
        for piece in pieces:
            whole = memoryview(piece)
            for begin in range(0, len(whole), AT_ONCE):
                left = whole[begin : begin + AT_ONCE]
                digest.update(left)
                size += len(left)
                while left:
                    left = left[file.write(left) :]
    return digest.hexdigest(), size


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Context that yields a path to write to, whose file takes the target's place when the context ends without an error.

    Parameters
    ----------
    target : Path
        In a folder that exists; replaced if it is there.

    Raises
    ------
    OSError
        If that fails; nothing is left then but what was there.
    """
    temporary = target.with_name(f"{UNFINISHED}{secrets.token_hex(6)}-{target.name}")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """See to it that names in a folder outlast a loss of power, where the system can."""
    with suppress(OSError):  # some systems open no folders, and some file systems sync none
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def clear_unfinished(folder: Path, below: str = "") -> None:
    """Take away what a stop left unfinished in a folder, or in the folders ``below`` it, as a pattern ending in a slash."""
    for left in folder.glob(f"{below}{UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def reason(error: Exception) -> str:
    """Why something failed, in words and without a full stop."""
    number = error.errno if isinstance(error, OSError) else None
    return FULL.get(number or 0) or str(getattr(error, "strerror", None) or error).lower()


class Lock:
    """A folder's lock: one process at a time has it, and the system lets go of it when the process ends, however it ends.

    Where files cannot be locked, a file that is there stands for the lock, and stays behind when a process is killed.

    Parameters
    ----------
    folder : Path
        Which exists.

    Raises
    ------
    OutputError
        If another process has it.
    OSError
        If the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._handle: int | None = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        self._is_marked = False
        try:
            if not self._is_locked():
                raise OutputError(
                    f"{folder} is being written to by another process ({self._holder()}). Wait until it ends, or name another folder."
                )
            if self._is_marked and self._holder() != UNKNOWN:
                raise OutputError(
                    f"{folder} is being written to by another process ({self._holder()}), or one was killed there: files cannot be "
                    f"locked here. If that process has ended, delete {self._path} and go on."
                )
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"{os.getpid()} on {socket.gethostname()}".encode(), 0)
        except BaseException:
            self._drop()
            raise

    def release(self) -> None:
        """Let others write to the folder."""
        if self._handle is not None:
            with suppress(OSError):
                os.ftruncate(self._handle, 0)
                if _fcntl is not None:
                    _fcntl.flock(self._handle, _fcntl.LOCK_UN)  # closing is not enough while a child of ours has it open too
            self._drop()

    def _is_locked(self) -> bool:
        """Whether the lock is ours now; where there are no locks, whether that could not be told."""
        try:
            if _fcntl is None:
                raise OSError(errno.ENOSYS, "no locks")
            _fcntl.flock(self._handle, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            self._is_marked = True
        return True

    def _holder(self) -> str:
        """Who wrote its name into the file."""
        return self._path.read_text(encoding="utf-8", errors="replace").strip() or UNKNOWN

    def _drop(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
