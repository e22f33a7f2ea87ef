"""How far a stored study has come, without touching it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

from richardson.errors import OutputError, counted
from richardson.study.layout import Layout
from richardson.study.store.block_store import READERS, STORAGES
from richardson.study.store.files import reason
from richardson.study.store.journal import JOURNAL, Entry, read_journal
from richardson.study.store.manifest import MANIFEST, Manifest, read_manifest
from richardson.study.store.place import place_of


@dataclass(frozen=True, eq=False, repr=False)
class StoreStatus:
    """What a folder of a study holds.

    Attributes
    ----------
    folder : Path
    configuration : mapping
        What is computed.
    members, finished_members : int
    blocks : int
        How many there are to be.
    finished : int
        How many are there as they were written.
    torn : tuple of int
        Those that were finished and are missing, of another size, or, where that was asked for, changed by any bit.
    damaged_lines : tuple of int
        Lines of the list of blocks that are not as they were written.
    outcomes : mapping of str to int
        How many members ended how.
    size : int
        Bytes of the finished blocks.
    created, changed : str
        When the folder was made, and a block last added, in ISO 8601, UTC.
    """

    folder: Path
    configuration: Mapping[str, Any]
    members: int
    finished_members: int
    blocks: int
    finished: int
    torn: tuple[int, ...]
    damaged_lines: tuple[int, ...]
    outcomes: Mapping[str, int]
    size: int
    created: str
    changed: str

    @property
    def missing(self) -> int:
        """How many blocks are still to be computed, the torn ones included."""
        return self.blocks - self.finished

    @property
    def is_complete(self) -> bool:
        """Whether every block is finished."""
        return not self.missing

    def to_table(self) -> dict[str, Any]:
        """The numbers by name, without the configuration."""
        names = ("members", "finished_members", "blocks", "finished", "missing", "size", "created", "changed")
        return {name: getattr(self, name) for name in names} | dict(self.outcomes)

    def __repr__(self) -> str:
        """Blocks, members and outcomes in one line."""
        ends = ", ".join(f"{number} {name}" for name, number in self.outcomes.items())
        torn = f", {len(self.torn)} torn" if self.torn else ""
        found = f"{self.finished} of {counted(self.blocks, 'block')}, {self.finished_members} of {counted(self.members, 'member')}{torn}"
        return f"StoreStatus({found}{': ' if ends else ''}{ends})"


def status(folder: str | PathLike[str], *, check: bool = False) -> StoreStatus:
    """How far a stored study has come; it may be under way.

    Parameters
    ----------
    folder : path-like
    check : bool
        Whether to read every bit of the finished blocks, instead of their sizes.

    Raises
    ------
    OutputError
        If there is no study in the folder, its manifest is damaged, or it cannot be read.
    """
    place = place_of(folder)
    try:
        manifest, entries, damaged = stored(place)
        blocks = STORAGES[manifest.storage](place, manifest.layout)

        def is_torn(entry: Entry) -> bool:
            return bool(blocks.fault(entry.block, entry.sha256, entry.size) if check else blocks.torn(entry.block, entry.size))

        with ThreadPoolExecutor(READERS) as pool:
            torn = {entry.block for entry, is_bad in zip(entries, pool.map(is_torn, entries), strict=True) if is_bad}
        changed = max((place / name).stat().st_mtime for name in (MANIFEST, JOURNAL) if (place / name).exists())
    except OSError as error:
        raise OutputError(f"{place} cannot be read: {reason(error)}. Name the folder of a study.") from error
    sound = [entry for entry in entries if entry.block not in torn]
    ends: Counter[str] = Counter()
    for entry in sound:
        ends.update(entry.outcomes)
    return StoreStatus(
        folder=place,
        configuration=manifest.configuration,
        members=manifest.layout.count,
        finished_members=sum(_length(manifest.layout, entry.block) for entry in sound),
        blocks=manifest.layout.block_count,
        finished=len(sound),
        torn=tuple(sorted(torn)),
        damaged_lines=damaged,
        outcomes=dict(ends.most_common()),
        size=sum(entry.size for entry in sound),
        created=manifest.created,
        changed=datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds"),
    )


def stored(folder: Path) -> tuple[Manifest, list[Entry], tuple[int, ...]]:
    """Manifest and finished blocks of a folder in order, and lines of its list that are damaged.

    Raises
    ------
    OutputError
        If there is no study, or its manifest is damaged.
    OSError
        If it cannot be read.
    """
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise OutputError(f"{folder} holds no study of this library. Name a folder that run_ensemble(…, store=…) made.")
    journal = read_journal(folder)
    entries = {entry.block: entry for entry in manifest.blocks} | dict(journal.entries)
    known = [entries[index] for index in sorted(entries) if 0 <= index < manifest.layout.block_count]
    return manifest, known, journal.damaged


def _length(layout: Layout, index: int) -> int:
    rows = layout.rows(index)
    return int(rows.stop - rows.start)
