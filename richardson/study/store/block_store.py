"""A folder that keeps the blocks of a study as they are finished, so that a study can be stopped at any moment and gone on with.

The folder holds ``manifest.json`` (what is computed, and how its arrays lie), ``blocks.jsonl`` (a line for every finished block), the
blocks, each a file that other programs read, and in the end ``audit.json``. A block counts as finished when its file and its line are
safe on disk.
"""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy.typing as npt

from richardson import provenance
from richardson.errors import InvalidInputError, OutputError, UnknownNameError, counted, nearest
from richardson.study.layout import Arrays, Layout, members_of, outcome_counts
from richardson.study.store.files import FULL, Lock, clear_unfinished, reason
from richardson.study.store.journal import JOURNAL, PROCESSORS, Appender, Entry, Journal, other_makers, read_journal, rewrite, session_of
from richardson.study.store.manifest import MANIFEST, Manifest, digest_of, write_manifest
from richardson.study.store.netcdf import NetcdfBlocks
from richardson.study.store.place import agreed, forsake, place_of
from richardson.study.store.size import block_size, in_words
from richardson.study.store.storage import Storage
from richardson.study.store.zarr import ZarrBlocks

STORAGES: dict[str, type[Storage]] = {"netcdf": NetcdfBlocks, "zarr": ZarrBlocks}
READERS = 4  # threads that check blocks: a checksum is faster than most disks
SHOWN = 3  # faults in a warning


class BlockStore:
    """The blocks of one study in one folder, written by one process at a time; made by `open`.

    Attributes
    ----------
    folder : Path
    layout : Layout
        With the size of blocks that the folder was made with.
    finished : set of int
        Blocks that need not be computed.
    faults : tuple of str
        A sentence for each thing that was found damaged and is computed again.
    """

    def __init__(self, folder: Path, manifest: Manifest, lock: Lock, made_on: str) -> None:
        self.folder, self.layout, self._made_on = folder, manifest.layout, made_on
        self.faults: tuple[str, ...] = ()
        self._manifest, self._lock, self._turn = manifest, lock, threading.Lock()
        self._blocks = STORAGES[manifest.storage](folder, manifest.layout)
        self._entries: dict[int, Entry] = {}
        self._journal: Appender | None = None
        self._is_open = True

    @classmethod
    def open(
        cls,
        folder: str | PathLike[str],
        configuration: Mapping[str, Any],
        layout: Layout,
        *,
        resume: bool = False,
        storage: str = "netcdf",
        made_on: str = PROCESSORS,
    ) -> Self:
        """The store of a study in a folder, to be written to by this process alone until it is closed.

        Parameters
        ----------
        folder : path-like
            Absent or empty, or with ``resume=True`` that of the same study; the folder above it must exist.
        configuration : mapping
            All that the numbers depend on, as plain values that JSON can hold.
        layout : Layout
            How the arrays lie. Where the folder holds blocks already, the size of these is kept.
        resume : bool
            Whether to go on with what is there. Every finished block is read and checked; one that is missing, torn or changed by as
            little as one bit is named in a warning, and not among ``finished``.
        storage : str
            "netcdf": a file of its own for every block. "zarr": one group for all, a chunk a block (needs ``richardson[scale]``).
        made_on : str
            What computes the blocks, "processors" or "a card", whose numbers agree within the tolerances only.

        Raises
        ------
        OutputError
            If the folder holds another study or other files, is in use, has a damaged manifest, or cannot be written; nothing is
            changed then. Or if there is not enough room for what is left to compute.
        InvalidInputError, UnknownNameError
            If the configuration is not made of plain values, or there is no such storage.
        MissingExtraError
            If what writes the blocks is missing: h5netcdf (the extra ``data``) or zarr (``scale``).
        """
        if storage not in STORAGES:
            raise UnknownNameError(f"There is no storage {storage!r}. {nearest(str(storage), STORAGES)}")
        asked = Manifest(configuration, layout, storage, provenance.record(None).time)
        digest_of(configuration)
        target = place_of(folder)
        is_new = not target.exists()
        try:
            target.mkdir(exist_ok=True)
            agreed(target, asked, resume=resume)  # before the lock, which would leave a file in a folder of somebody else's
            lock = Lock(target)
            try:
                store = cls(target, agreed(target, asked, resume=resume), lock, made_on)
                store._prepare()
            except BaseException:
                lock.release()
                if is_new:
                    forsake(target)
                raise
        except OSError as error:
            raise OutputError(f"{target} cannot be used: {reason(error)}. Name a folder that is yours, on a disk with room.") from error
        return store

    @property
    def finished(self) -> set[int]:
        """Blocks that need not be computed."""
        return set(self._entries)

    @property
    def is_complete(self) -> bool:
        """Whether every block is finished."""
        return len(self._entries) == self.layout.block_count

    def write(self, index: int, rows: slice, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep a block; when this returns it is safe on disk, and finished. Of one that is finished already nothing is changed.

        Parameters
        ----------
        index : int
            Which one.
        rows : slice
            Its members, as the layout says.
        arrays : mapping of str to ndarray
            All of the layout's variables.

        Raises
        ------
        InvalidInputError
            If the arrays or rows are not those of the block.
        OutputError
            If it cannot be written, as on a full disk, or the store is closed; what is finished stays.
        """
        expected = self.layout.rows(index)
        if (rows.start, rows.stop) != (expected.start, expected.stop):
            raise InvalidInputError(f"Block {index} holds {members_of(expected)}; got {rows}. Divide members as the layout does.")
        content = self.layout.checked(arrays, rows.stop - rows.start)
        with self._turn:
            if not self._is_open:
                raise OutputError(f"The store {self.folder} is closed, and others may write there. Open it again with resume=True.")
            if index in self._entries:
                return
            try:
                self._keep(index, content)
            except OSError as error:
                raise OutputError(self._cannot_keep(index, error)) from error

    def read(self, index: int, names: Sequence[str] | None = None) -> Arrays:
        """Arrays of a finished block, checked bit by bit.

        Parameters
        ----------
        index : int
        names : sequence of str, optional
            Which variables; all by default.

        Raises
        ------
        InvalidInputError
            If the block is not finished.
        DataError
            If it was changed or damaged since.
        """
        if index not in self._entries:
            raise InvalidInputError(f"Block {index} of {self.folder} is not finished. Compute and write it first.")
        return self._blocks.read(index, self._entries[index].sha256, self.layout.names if names is None else names)

    def close(self) -> None:
        """Let others write to the folder, after the block that another thread may be writing."""
        with self._turn:
            self._is_open = False
            if self._journal is not None:
                self._journal.close()
            self._lock.release()

    def __enter__(self) -> Self:
        """The store itself, closed at the end of the context."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def __repr__(self) -> str:
        """Folder and blocks in one line."""
        return f"<store {self.folder}: {len(self._entries)} of {counted(self.layout.block_count, 'block')} finished>"

    def _prepare(self) -> None:
        """Make what is missing in the folder, find what is finished, and forget what is damaged."""
        clear_unfinished(self.folder)
        journal = read_journal(self.folder)
        listed = {entry.block: entry for entry in self._manifest.blocks} | dict(journal.entries)
        faults = {index: fault for index, fault in zip(listed, self._checked(list(listed.values())), strict=True) if fault}
        self._entries = {index: entry for index, entry in sorted(listed.items()) if index not in faults}
        self.faults = (
            *(f"line {line} of {JOURNAL} is damaged" for line in journal.damaged),
            *(f"block {index}, {_members(self.layout, index)}, {fault}" for index, fault in sorted(faults.items())),
        )
        self._check_room()
        other = other_makers(journal.sessions, self._session())
        if other and not self.is_complete:
            told = (
                f"{self.folder} was begun {other}. Blocks that are computed from now on may differ from the others, within the tolerances."
            )
            warnings.warn(told, RuntimeWarning, stacklevel=3)
        if self.faults:
            _warn(self.folder, self.faults)
            rewrite(self.folder, Journal(journal.sessions, self._entries, ()))
        is_listed = len(self._manifest.blocks) == self.layout.block_count
        if not (self.folder / MANIFEST).exists() or is_listed != self.is_complete or faults:
            self._write_manifest()
        self._blocks.prepare()  # after the manifest, without which its folder would be a stranger's

    def _checked(self, entries: Sequence[Entry]) -> list[str]:
        """What is wrong with each block, empty where nothing is."""
        with ThreadPoolExecutor(READERS) as pool:
            return list(pool.map(self._fault, entries))

    def _fault(self, entry: Entry) -> str:
        if not 0 <= entry.block < self.layout.block_count:
            return "is none of this study's"
        return self._blocks.fault(entry.block, entry.sha256, entry.size)

    def _check_room(self) -> None:
        needed, free = self._needed(), shutil.disk_usage(self.folder).free
        if needed > free:
            raise OutputError(
                f"What is left to compute needs about {in_words(needed)} in {self.folder}, and {in_words(free)} are free there. "
                "Make room or name a folder on another disk; or keep the ends only (a number for times), or fewer members."
            )

    def _needed(self) -> int:
        """Bytes that the blocks to come take, about."""
        return (self.layout.block_count - len(self._entries)) * block_size(self.layout)

    def _keep(self, index: int, content: Arrays) -> None:
        """Write a block, then its line."""
        sha256, size = self._blocks.write(index, content)
        entry = Entry(index, sha256, size, outcome_counts(self.layout, content))
        lines = [entry.to_plain()]
        if self._journal is None:
            self._journal = Appender(self.folder)
            lines.insert(0, self._session())
        self._journal.append(lines)
        self._entries[index] = entry
        if self.is_complete:
            self._write_manifest()

    def _session(self) -> dict[str, Any]:
        return session_of(self._manifest.key, self.layout.block, self._made_on)

    def _write_manifest(self) -> None:
        entries = tuple(self._entries[index] for index in sorted(self._entries)) if self.is_complete else ()
        self._manifest = replace(self._manifest, blocks=entries)
        write_manifest(self.folder, self._manifest)

    def _cannot_keep(self, index: int, error: OSError) -> str:
        kept = f"Finished blocks stay ({len(self._entries)} of {self.layout.block_count})"
        if error.errno not in FULL:
            return f"Block {index} cannot be written to {self.folder}: {reason(error)}. {kept}; mend that, and go on with resume=True."
        return (
            f"Block {index} cannot be written to {self.folder}: {reason(error)}. What is left to compute needs about "
            f"{in_words(self._needed())}. {kept}; make room, and go on with resume=True."
        )


def _members(layout: Layout, index: int) -> str:
    with suppress(InvalidInputError):
        return members_of(layout.rows(index))
    return "no members"


def _warn(folder: Path, faults: Sequence[str]) -> None:
    more = f", and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    told = f"Not all of {folder} is as it was written: {'; '.join(faults[:SHOWN])}{more}. What is damaged is computed again."
    warnings.warn(told, RuntimeWarning, stacklevel=3)
