"""A stored study, opened: its rows as a dataset that is read when it is used, or as an ensemble in memory."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import IntArray
from richardson.errors import DataError, InvalidInputError, OutputError, UnknownNameError, nearest
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.study.configuration import canonical
from richardson.study.dataset import DESIGN, END, NAME, OUTCOMES, PART, RECORD, STATE, Rows, names_of, rows_of, to_dataset
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.layout import OUTCOME, Arrays, Layout, Variable
from richardson.study.memory import check_memory
from richardson.study.store import STORAGES
from richardson.study.store_files import reason
from richardson.study.store_journal import Entry, read_journal
from richardson.study.store_manifest import Manifest
from richardson.study.store_part import Part
from richardson.study.store_place import place_of
from richardson.study.store_status import StoreStatus, status, stored
from richardson.symbolic.model import Model
from richardson.symbolic.spec import from_spec

REMEDY = "Take the variables that you need one by one, or install dask (richardson[scale]) and use to_xarray(), which reads them in parts."


@dataclass(frozen=True, eq=False, repr=False)
class StoredStudy:
    """A study in a folder, as far as it has been computed; nothing of it is read before it is asked for.

    Attributes
    ----------
    folder : Path
    manifest : Manifest
        What is computed, and how its arrays lie.
    blocks : tuple of Entry
        The finished blocks, in order.
    sessions : tuple of mapping
        Who computed them: when, with which versions, on which machine.
    """

    folder: Path
    manifest: Manifest
    blocks: tuple[Entry, ...]
    sessions: tuple[Mapping[str, Any], ...]

    @property
    def layout(self) -> Layout:
        """Names, dimensions and meanings of the arrays."""
        return self.manifest.layout

    @property
    def configuration(self) -> Mapping[str, Any]:
        """All that decides the rows, as plain values."""
        return self.manifest.configuration

    @property
    def is_complete(self) -> bool:
        """Whether every member is there."""
        return len(self.blocks) == self.layout.block_count

    @cached_property
    def model(self) -> Model:
        """The model that was run."""
        return from_spec(self.configuration["model"])

    @cached_property
    def members(self) -> IntArray:
        """Numbers of the members that are there, shape (n,)."""
        rows = [self.layout.rows(entry.block) for entry in self.blocks]
        return np.concatenate([np.arange(each.start, each.stop) for each in rows]) if rows else np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        """Number of members that are there."""
        return sum(rows.stop - rows.start for rows in (self.layout.rows(entry.block) for entry in self.blocks))

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """One array of the members that are there, in memory: (n,), or (n, t) of a state at given times.

        Parameters
        ----------
        name : str
            Of a state, a record or a column of the design, as in an ensemble, or of a variable of the dataset.

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        InvalidInputError
            If it does not fit into memory.
        DataError
            If a block was changed since it was written.
        """
        return self._read(self._variable(name))

    def parts(self, names: Sequence[str] | None = None) -> Iterator[tuple[IntArray, Arrays]]:
        """Numbers of members and their arrays, a block at a time, in order.

        Parameters
        ----------
        names : sequence of str, optional
            Which variables of the dataset; all by default.

        Raises
        ------
        DataError
            If a block was changed since it was written.
        """
        for entry in self.blocks:
            rows = self.layout.rows(entry.block)
            found = self._reader.read(entry.block, entry.sha256, self.layout.names if names is None else names)
            yield np.arange(rows.start, rows.stop), found

    def count(self) -> dict[Outcome, int]:
        """How many of the members that are there ended how, most frequent first; read from the list of blocks."""
        found: Counter[str] = Counter()
        for entry in self.blocks:
            found.update(entry.outcomes)
        return {Outcome[name]: number for name, number in found.most_common()}

    def status(self, *, check: bool = False) -> StoreStatus:
        """How far the study has come by now.

        Parameters
        ----------
        check : bool
            Whether to read every bit of the finished blocks.
        """
        return status(self.folder, check=check)

    def to_xarray(self) -> Any:
        """Dataset of the members that are there; with dask (the extra ``scale``) read in parts when used, else all at once.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        InvalidInputError
            If dask is not installed and the arrays do not fit into memory.
        """
        layout = replace(self.layout, attributes={**self.layout.attributes, **self._made})
        take = self._lazy if find_spec("dask") is not None and self.blocks else self._read
        return to_dataset(layout, {variable.name: take(variable) for variable in layout.variables}, self.members)

    def to_ensemble(self) -> Ensemble:
        """The whole study in memory, as `run_ensemble` returns it but for the audit, which is not stored.

        Raises
        ------
        InvalidInputError
            If it is not complete, or does not fit into memory.
        DataError
            If a block was changed since it was written.
        """
        if not self.is_complete:
            raise InvalidInputError(
                f"{len(self.blocks)} of the {self.layout.block_count} blocks in {self.folder} are finished, and an ensemble has every "
                "member. Finish the study with resume=True, or look at what is there with to_xarray()."
            )
        check_memory(self.layout.count * self.layout.member_bytes, f"{self.layout.count} members", REMEDY)
        rows = rows_of(self.layout, {variable.name: self._read(variable) for variable in self.layout.variables})
        times = next((coordinate.values for coordinate in self.layout.coordinates), None)
        return Ensemble(
            design=self._design(rows),
            times=times,
            states=np.ascontiguousarray(rows.states),
            records=np.ascontiguousarray(rows.records),
            labels=names_of(self.layout, RECORD),
            codes=self._codes(rows),
            stopped_at=rows.stopped_at,
            audit=None,
            model=self.model,
            provenance=self._provenance(),
        )

    def __repr__(self) -> str:
        """Folder, blocks and outcomes in one line."""
        ends = ", ".join(f"{number} {outcome.name}" for outcome, number in self.count().items())
        return f"StoredStudy({self.folder.name}, {len(self)} of {self.layout.count} members{': ' if ends else ''}{ends})"

    @property
    def _reader(self) -> Any:
        return STORAGES[self.manifest.storage](self.folder, self.layout)

    def _variable(self, name: str) -> Variable:
        known = {variable.name: variable for variable in self.layout.variables}
        for part in (DESIGN, RECORD, END, STATE):  # of two of one name the later, as in an ensemble
            known |= {variable.attributes[NAME]: variable for variable in self.layout.variables if variable.attributes[PART] == part}
        if name not in known:
            raise UnknownNameError(f"This study has no state, record or column {name!r}. {nearest(str(name), known)}")
        return known[name]

    def _read(self, variable: Variable) -> npt.NDArray[Any]:
        """A variable of the members that are there, in memory."""
        shape = self.layout.shape(variable, len(self))
        check_memory(prod(shape) * np.dtype(variable.kind).itemsize, f"The values of '{variable.name}'", REMEDY)
        into, first = np.empty(shape, dtype=variable.kind), 0
        for members, arrays in self.parts((variable.name,)):
            into[first : first + members.size] = arrays[variable.name]
            first += members.size
        return into

    def _lazy(self, variable: Variable) -> Any:
        """A dask array of a variable, a chunk a block."""
        array = extras.require("dask.array", "scale")
        lengths = [rows.stop - rows.start for rows in (self.layout.rows(entry.block) for entry in self.blocks)]
        rest = self.layout.shape(variable, 1)[1:]
        chunks = (tuple(lengths), *((size,) for size in rest))
        part = Part(self._reader, tuple((entry.block, entry.sha256) for entry in self.blocks), variable.name)
        return array.map_blocks(part, chunks=chunks, dtype=np.dtype(variable.kind), meta=np.empty((0,) * len(chunks), variable.kind))

    def _codes(self, rows: Rows) -> npt.NDArray[np.int8]:
        """Outcomes by their names, whatever their numbers were when they were written."""
        meanings = next(each for each in self.layout.variables if each.name == OUTCOME).attributes["flag_meanings"].split()
        return np.array([OUTCOMES.index(Outcome[name]) for name in meanings], dtype=np.int8)[rows.codes]

    def _design(self, rows: Rows) -> Design:
        told = self.configuration["design"]
        if hashlib.sha256(np.ascontiguousarray(rows.samples, dtype="<f8").tobytes()).hexdigest() != told["sha256"]:
            raise DataError(
                f"The design in {self.folder} is not the one that the study was begun with. Run the study again in another folder."
            )
        entropy = tuple(told["entropy"]) if isinstance(told["entropy"], list) else told["entropy"]
        ranges = tuple((str(name), float(low), float(high)) for name, low, high in told["ranges"])
        provenance = record(None, entropy=entropy, verb="open_study", method=told["method"])
        return Design(names_of(self.layout, DESIGN), rows.samples, entropy, told["method"], ranges, provenance)

    def _provenance(self) -> Provenance:
        """Who computed the study, with the settings of its configuration."""
        settings = {name: value for name, value in self.configuration.items() if name not in {"model", "design", "format", "kind"}}
        now = record(self.model, entropy=self.configuration["design"]["entropy"], verb="run_ensemble", **settings)
        first = self.sessions[0] if self.sessions else {}
        versions = tuple((str(name), str(number)) for name, number in first.get("versions", dict(now.versions)).items())
        return replace(now, versions=versions, platform=first.get("platform", now.platform), time=self.manifest.created)

    @property
    def _made(self) -> dict[str, Any]:
        """Attributes that say who computed the study."""
        return {
            "created": self.manifest.created,
            "sessions": json.dumps(list(self.sessions)),
            "configuration": canonical(self.configuration),
        }


def open_study(folder: str | PathLike[str]) -> StoredStudy:
    """A study that was stored in a folder, complete or under way; nothing is read yet but the list of its blocks.

    Parameters
    ----------
    folder : path-like
        As given to `run_ensemble` as ``store=``.

    Returns
    -------
    StoredStudy
        ``study["x"]`` is an array, ``study.to_xarray()`` a dataset that is read in parts, ``study.to_ensemble()`` all of it in memory.

    Raises
    ------
    OutputError
        If there is no study in the folder, its manifest is damaged, or it cannot be read.
    MissingExtraError
        If h5netcdf, of the extra ``data``, is not installed.

    Examples
    --------
    >>> import richardson as rn
    >>> from tempfile import TemporaryDirectory
    >>> design = rn.Design.grid({"defence": [0.25, 0.5], "x": [0, 4]})
    >>> with TemporaryDirectory() as folder:
    ...     runs = rn.run_ensemble(rn.models.linear(), design, {"y": 1}, 50.0, store=f"{folder}/race")
    ...     study = rn.open_study(f"{folder}/race")
    ...     print(study.status())
    ...     print(study.to_ensemble())
    ...     print([len(members) for members, arrays in study.parts(["x"])])
    StoreStatus(1 of 1 blocks, 4 of 4 members: 4 REACHED_END)
    Ensemble(linear, 4 members, the end: 4 REACHED_END)
    [4]
    """
    place = place_of(folder)
    try:
        manifest, entries, _ = stored(place)
        sessions = read_journal(place).sessions
    except OSError as error:
        raise OutputError(f"{place} cannot be read: {reason(error)}. Name the folder of a study.") from error
    return StoredStudy(place, manifest, tuple(entries), sessions)
