"""Taking turns with other processes, so that what all of them need is made once: an advisory lock on a file beside what is made.

It is there to save time only, and never stands in the way: where files cannot be locked, or for longer than `PATIENCE`, all go on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

PATIENCE = 120.0  # seconds: longer than any kernel compiles for; who holds a lock for longer hangs, or waits for us in turn
PAUSE = 0.02  # seconds between looks

_fcntl: Any = import_module("fcntl") if find_spec("fcntl") else None  # not on every system


@contextmanager
def in_turn(file: Path | None) -> Iterator[None]:
    """Do what follows while no other process does so under the same lock file, which is there for as long as it takes.

    The system lets go of the lock when a process ends, however it ends. Without a file, all goes on at once.
    """
    held = None if file is None or _fcntl is None else _held(file)
    try:
        yield
    finally:
        if file is not None and held is not None:
            with held:
                with suppress(OSError):  # `store.clear` may have deleted it
                    file.unlink()  # while it is locked, so that nobody deletes another's
                _fcntl.flock(held, _fcntl.LOCK_UN)  # closing is not enough while a child of ours has it open too


def _held(file: Path) -> IO[bytes] | None:
    """The file, open and locked; None where that cannot be, or would take too long."""
    until = time.monotonic() + PATIENCE
    with suppress(OSError):  # no folder, no permission, a file system without locks
        while time.monotonic() < until:
            with ExitStack() as stack:
                held = stack.enter_context(file.open("ab"))
                if _is_locked(held, file):
                    stack.pop_all()
                    return held
            time.sleep(PAUSE)
    return None


def _is_locked(held: IO[bytes], file: Path) -> bool:
    """Whether the lock is ours now, of the file that still has the name."""
    try:
        _fcntl.flock(held, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(held.fileno()), file.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
