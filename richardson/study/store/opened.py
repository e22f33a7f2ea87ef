"""A stored study, opened: its rows as a dataset that is read when it is used, or as an ensemble in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.util import find_spec
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import IntArray
from richardson.errors import OutputError, UnknownNameError, counted, nearest
from richardson.outcome import Outcome
from richardson.study.dataset import rows_of, to_dataset
from richardson.study.dynamics_layout import as_told
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Audit, Ensemble
from richardson.study.layout import Arrays, Layout, Variable
from richardson.study.memory import check_memory
from richardson.study.store.block_store import STORAGES
from richardson.study.store.files import reason
from richardson.study.store.journal import Entry, read_journal
from richardson.study.store.kept_audit import read_audit
from richardson.study.store.manifest import Manifest
from richardson.study.store.part import lazy
from richardson.study.store.place import place_of
from richardson.study.store.remade import REMEDY, design_of, dynamics_of, ensemble_of, made_by, row_of, samples_of, variable_of, whole
from richardson.study.store.status import StoreStatus, status, stored
from richardson.symbolic.model import Model
from richardson.symbolic.spec import from_spec


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

    @property
    def audit(self) -> Audit | None:
        """What the last audit found, made when the study was complete; None where none was.

        Raises
        ------
        DataError
            If its file was changed since it was written.
        """
        return read_audit(self.folder, self.manifest.key)

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
            Of a state, a record, a measure or a column of the design, as in memory, or of a variable of the dataset.

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        InvalidInputError
            If it does not fit into memory.
        DataError
            If a block was changed since it was written.
        """
        variable = variable_of(self.layout, name)
        return as_told(variable, self._read(variable))

    def parts(self, names: Sequence[str] | None = None) -> Iterator[tuple[IntArray, Arrays]]:
        """Numbers of members and their arrays, a block at a time, in order.

        Parameters
        ----------
        names : sequence of str, optional
            Which variables of the dataset; all by default.

        Raises
        ------
        UnknownNameError
            If there is no variable of a name.
        DataError
            If a block was changed since it was written.
        """
        wanted = self.layout.names if names is None else (names,) if isinstance(names, str) else tuple(names)
        for name in wanted:
            if name not in self.layout.names:
                raise UnknownNameError(f"The dataset has no variable {name!r}. {nearest(str(name), self.layout.names)}")
        for entry in self.blocks:
            rows = self.layout.rows(entry.block)
            yield np.arange(rows.start, rows.stop), self._reader.read(entry.block, entry.sha256, wanted)

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
        layout = replace(self.layout, attributes={**self.layout.attributes, **made_by(self)})
        blocks = [(entry.block, entry.sha256) for entry in self.blocks]
        take = partial(lazy, self._reader, layout, blocks) if find_spec("dask") is not None and blocks else self._read
        return to_dataset(layout, {variable.name: take(variable) for variable in layout.variables}, self.members)

    def to_ensemble(self) -> Ensemble:
        """The whole study in memory, as `run_ensemble` returned it, with the last audit that was made of it.

        Raises
        ------
        InvalidInputError
            If it is not complete, does not fit into memory, or the folder keeps dynamics.
        DataError
            If a block or the audit was changed since it was written.
        """
        rows = rows_of(self.layout, whole(self, self._read, "ensemble"))
        return ensemble_of(self, design_of(self, rows.samples), rows, audit=self.audit)

    def to_dynamics(self) -> DynamicsStudy:
        """The whole analysis in memory, as `run_dynamics` returned it.

        Raises
        ------
        InvalidInputError
            If it is not complete, does not fit into memory, or the folder keeps runs.
        DataError
            If a block was changed since it was written.

        Examples
        --------
        >>> import richardson as rn
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     found = rn.run_dynamics(rn.models.linear(), rn.Design.grid({"defence": [0.5, 1.5]}), store=f"{folder}/race")
        ...     print(rn.open_study(f"{folder}/race").to_dynamics()["spiral_number"])
        [0.5 1.5]
        """
        arrays = whole(self, self._read, "dynamics")
        return dynamics_of(self, design_of(self, samples_of(self.layout, arrays)), arrays)

    def row(self, member: int) -> Ensemble | DynamicsStudy:
        """One member as an ensemble of one, or of an analysis as dynamics of one, for which no block but its own is read.

        Parameters
        ----------
        member : int
            Its number, from 0.

        Raises
        ------
        InvalidInputError
            If there is no such member, or it has not been computed yet.
        DataError
            If its block was changed since it was written.
        """
        return row_of(self, member, self._reader.read)

    def __repr__(self) -> str:
        """Folder, blocks and outcomes in one line."""
        ends = ", ".join(f"{number} {outcome.name}" for outcome, number in self.count().items())
        return f"StoredStudy({self.folder.name}, {len(self)} of {counted(self.layout.count, 'member')}{': ' if ends else ''}{ends})"

    @property
    def _reader(self) -> Any:
        return STORAGES[self.manifest.storage](self.folder, self.layout)

    def _read(self, variable: Variable) -> npt.NDArray[Any]:
        """A variable of the members that are there, in memory."""
        shape = self.layout.shape(variable, len(self))
        check_memory(prod(shape) * np.dtype(variable.kind).itemsize, f"The values of '{variable.name}'", REMEDY)
        into, first = np.empty(shape, dtype=variable.kind), 0
        for members, arrays in self.parts((variable.name,)):
            into[first : first + members.size] = arrays[variable.name]
            first += members.size
        return into


def open_study(folder: str | PathLike[str]) -> StoredStudy:
    """A study that was stored in a folder, complete or under way; nothing is read yet but the list of its blocks.

    Parameters
    ----------
    folder : path-like
        As given to `run_ensemble` or `run_dynamics` as ``store=``.

    Returns
    -------
    StoredStudy
        ``study["x"]`` is an array, ``study.to_xarray()`` a dataset that is read in parts, ``study.to_ensemble()``, or of an analysis
        ``study.to_dynamics()``, all of it in memory.

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
    ...     print(study.to_ensemble(), study.row(3)["defence"])
    ...     print([len(members) for members, arrays in study.parts(["x"])])
    StoreStatus(1 of 1 block, 4 of 4 members: 4 REACHED_END)
    Ensemble(linear, 4 members, the end: 4 REACHED_END) [0.5]
    [4]
    """
    place = place_of(folder)
    try:
        manifest, entries, _ = stored(place)
        sessions = read_journal(place).sessions
    except OSError as error:
        raise OutputError(f"{place} cannot be read: {reason(error)}. Name the folder of a study.") from error
    return StoredStudy(place, manifest, tuple(entries), sessions)
