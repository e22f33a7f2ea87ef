"""Blocks of a study as the chunks of one zarr group, which other programs open as one dataset."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from richardson import extras
from richardson.errors import OutputError
from richardson.study.layout import MEMBER, MEMBER_MEANING, Arrays, Layout, Variable
from richardson.study.store.files import UNFINISHED, sync_folder
from richardson.study.store.storage import Storage

GROUP, METADATA = "data.zarr", "zarr.json"
PARTIAL = "*.partial"  # what zarr calls a file that it is writing
NUMBERS = Variable(MEMBER, (MEMBER,), "<i8", {"long_name": MEMBER_MEANING})
READ_AT_ONCE = 2**20  # bytes


class ZarrBlocks(Storage):
    """Blocks of a folder: a chunk of every array is a block, and its bytes are the numbers alone."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        super().__init__(folder, layout)
        self._zarr = extras.require("zarr", "scale")
        self._check_described()

    def prepare(self) -> None:
        """Make the group, whole or not at all, and take away what was left unfinished."""
        place = self._folder / GROUP
        if place.exists():
            for left in place.rglob(PARTIAL):
                left.unlink(missing_ok=True)
            return
        temporary = self._folder / f"{UNFINISHED}{secrets.token_hex(6)}-{GROUP}"
        try:
            self._make(temporary)
            temporary.rename(place)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        sync_folder(self._folder)

    def write(self, index: int, arrays: Arrays) -> tuple[str, int]:
        """sha256 and size of a block's chunks, which are safe on disk."""
        rows = self._layout.rows(index)
        with self._zarr.config.set({"array.write_empty_chunks": True}):  # a chunk of zeros is a chunk
            for name, array in {MEMBER: np.arange(rows.start, rows.stop), **arrays}.items():
                self._group[name][rows] = array
        for path in self._paths(index):
            with path.open("rb") as file:
                os.fsync(file.fileno())
            sync_folder(path.parent)
        return self._digest(index), self._size(index)

    def _named(self, index: int) -> str:
        return f"Block {index} in {self._folder / GROUP}"

    def _read(self, index: int, sha256: str, names: Sequence[str]) -> Arrays | None:
        if self._digest(index) != sha256:
            return None
        rows = self._layout.rows(index)
        return {name: np.asarray(self._group[name][rows]) for name in names}

    @cached_property
    def _group(self) -> Any:
        return self._zarr.open_group(self._folder / GROUP, mode="r+")

    def _check_described(self) -> None:
        """Refuse a group that has lost what says how its arrays are written."""
        place = self._folder / GROUP
        names = ("", *(variable.name for variable in (NUMBERS, *self._layout.variables)), *(each.name for each in self._layout.coordinates))
        for path in (place / name / METADATA for name in names):
            if place.exists() and not path.exists():
                raise OutputError(
                    f"{path} is missing, without which the numbers beside it cannot be read. Put it back from a copy, or begin the study "
                    "in another folder."
                )

    def _make(self, place: Path) -> None:
        """A group with room for all members, and its coordinates."""
        group = self._zarr.open_group(place, mode="w-", zarr_format=3, attributes=dict(self._layout.attributes))
        for each in self._layout.coordinates:
            axes, about = (each.name,), dict(each.attributes)
            group.create_array(each.name, data=each.values, dimension_names=axes, compressors=None, attributes=about)
        for variable in (NUMBERS, *self._layout.variables):
            kind = np.dtype(variable.kind)
            group.create_array(
                variable.name,
                shape=self._layout.shape(variable, self._layout.count),
                chunks=self._layout.shape(variable, self._layout.block),
                dtype=kind,
                fill_value=np.nan if kind.kind == "f" else -1,  # of what has not been computed
                compressors=None,
                dimension_names=variable.axes,
                attributes=dict(variable.attributes),
            )

    def _paths(self, index: int) -> Iterator[Path]:
        """The files of a block's chunks, in the order of the layout."""
        for variable in (NUMBERS, *self._layout.variables):
            yield self._folder.joinpath(GROUP, variable.name, "c", str(index), *("0" for _ in variable.axes[1:]))

    def _size(self, index: int) -> int:
        return sum(path.stat().st_size for path in self._paths(index))

    def _digest(self, index: int) -> str:
        """sha256 of what says how the arrays are written, and of the chunks, one after the other."""
        found = hashlib.sha256()
        described = (self._folder / GROUP / variable.name / METADATA for variable in (NUMBERS, *self._layout.variables))
        for path in (*described, *self._paths(index)):
            with path.open("rb") as file:
                while part := file.read(READ_AT_ONCE):
                    found.update(part)
        return found.hexdigest()
