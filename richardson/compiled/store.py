"""Content-addressed cache of generated modules, in a folder that only the user can write.

A module lies there as ``m_<key>.py`` with numba's files beside it. Loading machine code from a folder that others
can write would run their code, so such a folder is refused; without a usable folder all works, in memory.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numba
from numba.core.errors import NumbaError

from richardson.compiled import (
    balls,
    circular,
    elementary,
    emit,
    emit_balls,
    emit_indexed,
    emit_indexed_lanes,
    emit_prepared,
    emit_writers,
    floating,
    functions,
    interval_functions,
    intervals,
    memory,
    tables,
)
from richardson.compiled.kernels import layout
from richardson.compiled.turns import in_turn
from richardson.symbolic import derive, hoist, indexed, series, transform, write
from richardson.symbolic import functions as own_functions

VARIABLE = "RICHARDSON_CACHE_DIR"

SOURCES = (
    derive,
    own_functions,
    series,
    transform,
    hoist,
    write,
    emit_writers,
    emit,
    emit_balls,
    emit_indexed,
    emit_indexed_lanes,
    emit_prepared,
    indexed,
    balls,
    intervals,
    interval_functions,
    layout,
    functions,
    elementary,
    circular,
    floating,
    tables,
    memory,
)  # what a generated module's text and code come from

OWN = hashlib.sha256(b"".join(Path(str(module.__file__)).read_bytes() for module in SOURCES)).hexdigest()  # as they were imported

_lock = threading.RLock()  # generated modules are entered into sys.modules one at a time


@cache
def toolchain() -> str:
    """What turns equations into machine code: our emitter and functions (by content), numba, numpy, Python."""
    return f"{OWN} numba {version('numba')} numpy {version('numpy')} python {sys.version_info[:2]}"


def load(key: str, source: Callable[[], str]) -> types.ModuleType:
    """Module of that key, from this process, the cache folder, or ``source``.

    Parameters
    ----------
    key : str
        Hexadecimal content address (`emit.key_of`).
    source : callable
        Called without arguments for the text, only when the cache does not hold it.

    Returns
    -------
    module
        Its functions are uncompiled dispatchers; `function` compiles one.
    """
    with _lock:
        return sys.modules.get(_stem(key)) or _load(key, source)


def function(module: types.ModuleType, name: str, signature: str) -> Any:
    """Function ``name`` of a loaded module, compiled for ``signature`` (from disk if it is there).

    A cache file that cannot be read is deleted and written anew. Of processes that ask for it at once, one compiles it.
    """
    dispatcher = vars(module)[name]
    if getattr(dispatcher, "signatures", True):  # compiled before, or plain under NUMBA_DISABLE_JIT
        return dispatcher
    with _lock, in_turn(_lock_file(module, name)):  # numba looks on disk when it compiles: after another process has done so
        try:
            dispatcher.compile(signature)
        except NumbaError:
            raise
        except Exception:
            _drop_machine_code(module)
            _make_dispatchers(module, cached=True)
            dispatcher = vars(module)[name]
            dispatcher.compile(signature)
    return dispatcher


def folder() -> Path | None:
    """The cache folder, made if need be; None (with one warning) when there is no safe one."""
    wanted = Path(os.environ.get(VARIABLE) or Path.home() / ".cache" / "richardson")
    try:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        fault = _fault(wanted)
    except (OSError, RuntimeError) as error:
        fault = str(error)
    if fault is None:
        return wanted
    _warn_once(
        f"The cache folder {wanted} is not used: {fault}. Models are compiled anew in each process; set {VARIABLE} to a folder of yours."
    )
    return None


def clear() -> int:
    """Number of files deleted from the cache folder: generated modules and the machine code beside them."""
    place = folder()
    found = [] if place is None else [*place.glob("m_*.py"), *place.glob("m_*.lock"), *place.glob("__pycache__/m_*")]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def _stem(key: str) -> str:
    return f"m_{key}"


def _fault(place: Path) -> str | None:
    """Why ``place`` cannot be trusted or used, or None."""
    status = place.stat()
    if not hasattr(os, "geteuid"):
        return "whose it is cannot be told on this system"
    if status.st_uid != os.geteuid():
        return "it belongs to another user"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others can write to it (chmod 700 mends that)"
    with tempfile.NamedTemporaryFile(dir=place, prefix="probe_"):
        return None


def _load(key: str, source: Callable[[], str]) -> types.ModuleType:
    place = folder()
    path = None if place is None else place / f"{_stem(key)}.py"
    with in_turn(path and path.with_suffix(".lock")):  # written once also because machine code is known by its source's date
        text = None if path is None else _stored(path)
        if text is None:
            text = _sealed(source())
            if path is not None and not _write(path, text):
                path = None
    return _execute(_stem(key), path, text)


def _sealed(text: str) -> str:
    return f"# {hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def _stored(path: Path) -> str | None:
    """The module's text if it is there and whole: its first line is the hash of the rest."""
    try:
        stored = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return stored if _sealed(stored.partition("\n")[2]) == stored else None


def _write(path: Path, text: str) -> bool:
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="new_", suffix=".py")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        _warn_once(f"The cache folder {path.parent} cannot be written ({error}); compiled models are kept in memory only.")
        return False
    return True


def _execute(stem: str, path: Path | None, text: str) -> types.ModuleType:
    module = types.ModuleType(stem)
    module.__file__ = str(path or f"<{stem}>")
    sys.modules[stem] = module  # numba looks a cached function's module up by name
    exec(compile(text, module.__file__, "exec"), module.__dict__)
    _make_dispatchers(module, cached=path is not None)
    return module


def _make_dispatchers(module: types.ModuleType, *, cached: bool) -> None:
    """Every function of the module as a dispatcher; where it names its ``ENTRIES``, only these can be called from outside."""
    entries = vars(module).get("ENTRIES")
    for name, value in list(vars(module).items()):
        plain = getattr(value, "py_func", value)
        if isinstance(plain, types.FunctionType) and plain.__module__ == module.__name__:
            with _machine_code_beside_the_source():
                inner: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True} if entries and name not in entries else {}
                vars(module)[name] = numba.njit(
                    plain, cache=cached and not inner, error_model="numpy", nogil=True, fastmath={"contract"}, **inner
                )


def _lock_file(module: types.ModuleType, name: str) -> Path | None:
    """For who compiles a function of a module; None for a module in memory."""
    path = Path(str(module.__file__))
    return path.with_suffix(f".{name}.lock") if path.suffix == ".py" else None


def _drop_machine_code(module: types.ModuleType) -> None:
    path = Path(str(module.__file__))
    for file in path.parent.glob(f"__pycache__/{path.stem}.*"):
        file.unlink(missing_ok=True)


@contextmanager
def _machine_code_beside_the_source() -> Iterator[None]:
    """Keep numba's files in our guarded folder, whatever the user's own setting is."""
    settings = vars(numba.config)
    previous = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = ""
    try:
        yield
    finally:
        settings["CACHE_DIR"] = previous


@cache
def _warn_once(message: str) -> None:
    warnings.warn(message, RuntimeWarning, stacklevel=2)
