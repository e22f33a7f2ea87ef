"""Blocks of a study as netCDF files, one a block, each readable by itself."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from richardson import extras
from richardson.study.layout import MEMBER, MEMBER_MEANING, Arrays, Attributes, Layout, native
from richardson.study.store.files import clear_unfinished, sync_folder, write_whole
from richardson.study.store.storage import Storage

FOLDER = "blocks"
BLOCKS_A_FOLDER = 1000  # a folder of a million files is slow on many systems
LENGTHS = 2  # of blocks: all are equally long but the last
NUMBERS = "<i8"  # of members


class NetcdfBlocks(Storage):
    """Blocks of a folder."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        super().__init__(folder, layout)
        self._hdf5 = extras.require("h5py", "data")
        self._form = lru_cache(LENGTHS)(partial(Form.of, layout))

    def path(self, index: int) -> Path:
        """Where a block lies."""
        return self._folder / FOLDER / f"{index // BLOCKS_A_FOLDER:06d}" / f"block-{index:09d}.nc"

    def prepare(self) -> None:
        """Make the folder, and take away what was left unfinished."""
        extras.require("h5netcdf", "data")  # needed to write, and known before anything is computed
        (self._folder / FOLDER).mkdir(exist_ok=True)
        clear_unfinished(self._folder / FOLDER, "*/")
        sync_folder(self._folder)

    def write(self, index: int, arrays: Arrays) -> tuple[str, int]:
        """sha256 and size of a block's file, which is safe on disk."""
        rows = self._layout.rows(index)
        pieces = self._form(rows.stop - rows.start).filled(rows.start, arrays)
        path = self.path(index)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        return write_whole(path, *pieces)

    def _named(self, index: int) -> str:
        return str(self.path(index))

    def _read(self, index: int, sha256: str, names: Sequence[str]) -> Arrays | None:
        content = self.path(index).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            return None
        with self._hdf5.File(io.BytesIO(content), "r") as file:  # of which netCDF-4 is a kind: ten times as fast as by h5netcdf
            return {name: file[name][...] for name in names}

    def _size(self, index: int) -> int:
        return self.path(index).stat().st_size

    def _digest(self, index: int) -> str:
        with self.path(index).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, eq=False)
class Form:
    """A netCDF-4 file of so many members, whose numbers are filled in where they lie.

    Making a file anew costs some thousand calls of the HDF5 library, as much as writing ten megabytes; but blocks differ in their
    numbers only, and so does what is made here once.

    Attributes
    ----------
    content : bytes
        Of a file with zeros for numbers.
    places : mapping of str to int
        Where the numbers of each variable begin; they lie in one piece.
    """

    content: bytes
    places: Mapping[str, int]

    @classmethod
    def of(cls, layout: Layout, count: int) -> Form:
        """The form of blocks with so many members.

        Raises
        ------
        MissingExtraError
            If h5netcdf or h5py, of the extra ``data``, is not installed.
        """
        buffer, h5py = io.BytesIO(), extras.require("h5py", "data")
        with extras.require("h5netcdf", "data").File(buffer, "w") as file:
            file.dimensions = {MEMBER: count} | {coordinate.name: coordinate.values.size for coordinate in layout.coordinates}
            _describe(file.create_variable(MEMBER, (MEMBER,), data=np.zeros(count, dtype=NUMBERS)), {"long_name": MEMBER_MEANING})
            for coordinate in layout.coordinates:
                _describe(file.create_variable(coordinate.name, (coordinate.name,), data=coordinate.values), coordinate.attributes)
            for variable in layout.variables:
                zeros = np.zeros(layout.shape(variable, count), dtype=variable.kind)
                _describe(file.create_variable(variable.name, variable.axes, data=zeros), variable.attributes)
            attributes, texts = layout.described
            for name, text in texts.items():
                file.create_variable(name, (), dtype=h5py.string_dtype())[...] = text
            _describe(file, attributes)
        with h5py.File(buffer, "r") as file:
            places = {name: int(file[name].id.get_offset()) for name in (MEMBER, *layout.names)}
        return cls(buffer.getvalue(), places)

    def filled(self, first: int, arrays: Arrays) -> Iterator[memoryview]:
        """The file's content, piece by piece, with the numbers of the members from ``first`` on; equal numbers give equal bytes."""
        content, done = memoryview(self.content), 0
        count = len(next(iter(arrays.values())))
        numbers = {MEMBER: np.arange(first, first + count, dtype=NUMBERS), **arrays}
        for name, place in sorted(self.places.items(), key=itemgetter(1)):
            yield content[done:place]
            yield numbers[name].data.cast("B")
            done = place + numbers[name].nbytes
        yield content[done:]


def _describe(thing: Any, attributes: Attributes) -> None:
    thing.attrs.update(native(attributes))
