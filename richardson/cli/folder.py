"""An output folder that loses nothing: it is absent, empty, or holds exactly what an earlier run wrote there.

A run writes into an unfinished folder of its own first, which is moved into place when it is whole.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from richardson.errors import OutputError

MANIFEST = "manifest.json"
UNFINISHED = ".richardson-unfinished-"
SHOWN = 3  # names of foreign files in a refusal


@contextmanager
def output_folder(path: Path, maker: str) -> Iterator[Path]:
    """Context that yields a folder to write to; its files appear at ``path`` when the context ends without an error.

    Parameters
    ----------
    path : Path
        Absent, empty, or holding an earlier output of the same maker that nobody changed.
    maker : str
        Who writes, for example ``"richardson demo"``.

    Raises
    ------
    OutputError
        If it holds anything else, or cannot be written; nothing is changed then.
    """
    target = _resolved(path)
    earlier = _earlier_files(target, maker)
    place = target if target.is_dir() else target.parent
    stage = place / f"{UNFINISHED}{secrets.token_hex(6)}"
    try:
        stage.mkdir()
    except OSError as error:
        raise OutputError(_cannot_write(target, error)) from error
    try:
        yield stage
        _publish(stage, target, maker, earlier)
    except OSError as error:
        raise OutputError(_cannot_write(target, error)) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def files_in(folder: Path) -> list[Path]:
    """Files below a folder, as paths relative to it, in order; what a run left unfinished is not among them."""
    every = (file.relative_to(folder) for file in sorted(folder.rglob("*")) if file.is_symlink() or not file.is_dir())
    return [file for file in every if not file.parts[0].startswith(UNFINISHED)]


def _resolved(path: Path) -> Path:
    """The folder's real place, whose parent exists."""
    try:
        target = path.resolve()
        if target.exists() and not target.is_dir():
            raise OutputError(f"{path} is a file, so no folder can be written there. Give another folder with --out.")
        if not target.parent.is_dir():
            raise OutputError(f"{target.parent} is not a folder, so {path} cannot be written. Create it first, or give another with --out.")
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(_cannot_write(path, error)) from error
    return target


def _earlier_files(target: Path, maker: str) -> list[Path]:
    """Files of an earlier output that may be replaced; refuses a folder that holds anything else."""
    if not target.is_dir():
        return []
    try:
        present = files_in(target)
        strangers = [file for file in present if file not in _own_files(target, maker)]
    except OSError as error:
        raise OutputError(_cannot_write(target, error)) from error
    if strangers:
        names = ", ".join(map(str, strangers[:SHOWN])) + (" and others" if len(strangers) > SHOWN else "")
        raise OutputError(
            f"{target} holds files that '{maker}' did not write or that were changed since ({names}), so nothing was written. "
            "Give an empty or new folder with --out, or move them away."
        )
    return present


def _own_files(target: Path, maker: str) -> set[Path]:
    """Files that the manifest names and that are still as they were written, and the manifest."""
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        if manifest["made_by"] != maker:
            return set()
        written = {Path(name): set(digests) for name, digests in manifest["files"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return set()
    own = {file for file, digests in written.items() if (target / file).is_file() and _digest(target / file) in digests}
    return own | {Path(MANIFEST)}


def _publish(stage: Path, target: Path, maker: str, earlier: list[Path]) -> None:
    """Move the files into place; whenever this is cut off, the manifest still knows every file as our own."""
    made = {str(file): [_digest(stage / file)] for file in files_in(stage)}
    if not target.is_dir():
        _write_manifest(stage, maker, made)
        os.rename(stage, target)
        return
    leaving = {str(file): [_digest(target / file)] for file in earlier if file != Path(MANIFEST)}
    _write_manifest(target, maker, {name: leaving.get(name, []) + made.get(name, []) for name in (*leaving, *made)})
    for name in made:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage / name, target / name)
    for name in leaving.keys() - made.keys():
        (target / name).unlink()
    _write_manifest(target, maker, made)


def _write_manifest(folder: Path, maker: str, written: Mapping[str, Any]) -> None:
    text = json.dumps({"made_by": maker, "files": dict(sorted(written.items()))}, indent=1, ensure_ascii=False)
    temporary = folder / f"{UNFINISHED}{MANIFEST}"
    temporary.write_text(text + "\n", encoding="utf-8")
    os.replace(temporary, folder / MANIFEST)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _cannot_write(path: Path, error: Exception) -> str:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return f"{path} cannot be written: {reason}. Give a folder that you can write to with --out."
