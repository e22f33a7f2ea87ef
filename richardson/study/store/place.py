"""Which folder a study may be kept in: a new or empty one, or that in which the same study was begun."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from richardson.errors import InvalidInputError, OutputError
from richardson.study.store.files import LOCK, UNFINISHED, reason
from richardson.study.store.journal import read_journal
from richardson.study.store.manifest import Manifest, differences, read_manifest

SHOWN = 3  # names of foreign files in a refusal


def place_of(folder: Any) -> Path:
    """The folder's real place, in one that exists.

    Raises
    ------
    InvalidInputError
        If it is no path.
    OutputError
        If it is a file, or there is no folder for it.
    """
    try:
        target = Path(folder).resolve()
        if target.exists() and not target.is_dir():
            raise OutputError(f"{folder} is a file, so no study can be kept there. Name another folder.")
        if not target.parent.is_dir():
            raise OutputError(f"{target.parent} is not a folder, so {folder} cannot be made in it. Create it first, or name another.")
    except TypeError as error:
        raise InvalidInputError(f"A folder is named by text or a path; got {folder!r:.80}. Give for example 'race-study'.") from error
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{folder} cannot be used: {reason(error)}. Name another folder.") from error
    return target


def agreed(folder: Path, asked: Manifest, *, resume: bool) -> Manifest:
    """The manifest to go on with, if the folder is that of the same study, or nobody's; that with the size of its blocks.

    Parameters
    ----------
    folder : Path
        Which exists.
    asked : Manifest
        Of the study that is to be kept there.
    resume : bool
        Whether what is there may be gone on with.

    Raises
    ------
    OutputError
        If it is another's, or there is something to go on with that was not asked for.
    OSError
        If it cannot be read.
    """
    there = read_manifest(folder)
    if there is None:
        return _begun(folder, asked, resume=resume)
    if there.key != asked.key:
        raise OutputError(
            f"{folder} holds another study: {differences(there.configuration, asked.configuration)}. "
            "Nothing was changed. Name another folder, or make the study as it was."
        )
    if any(session.get("study") != asked.key for session in read_journal(folder).sessions):
        raise OutputError(
            f"{folder} holds the manifest of this study beside blocks of another. Nothing was changed. Name another folder, or put the "
            "manifest back that belongs there."
        )
    _check_resume(folder, resume=resume)
    if there.storage != asked.storage:
        raise OutputError(f"{folder} keeps its blocks as {there.storage}, not {asked.storage}. Ask for storage='{there.storage}'.")
    if _arrays(there) != _arrays(asked) or there.layout.count != asked.layout.count:
        raise OutputError(
            f"{folder} holds the same study with other arrays, as another version of richardson keeps it. Name another folder."
        )
    return there


def _arrays(manifest: Manifest) -> list[tuple[str, str, Any]]:
    """Names and kinds of a study's arrays, and what their codes mean."""
    return [(each.name, each.kind, each.attributes.get("flag_meanings")) for each in manifest.layout.variables]


def forsake(folder: Path) -> None:
    """Take away a folder in which nothing was begun; one that holds anything stays."""
    with suppress(OSError):
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()


def _begun(folder: Path, asked: Manifest, *, resume: bool) -> Manifest:
    """The manifest for a folder without one: empty, or one that has lost it."""
    strangers = sorted(path.name for path in folder.iterdir() if path.name != LOCK and not path.name.startswith(UNFINISHED))
    if not strangers:
        return asked
    sessions = read_journal(folder).sessions
    if not sessions or any(session.get("study") != asked.key for session in sessions):
        names = ", ".join(strangers[:SHOWN]) + (" and others" if len(strangers) > SHOWN else "")
        raise OutputError(
            f"{folder} holds files that are no part of this study ({names}). Nothing was changed. Name an empty or new folder."
        )
    _check_resume(folder, resume=resume)
    return replace(asked, layout=asked.layout.in_blocks(int(sessions[-1]["members a block"])))


def _check_resume(folder: Path, *, resume: bool) -> None:
    if not resume:
        raise OutputError(f"{folder} holds this study already, or a part of it. Go on with it by resume=True, or name another folder.")
