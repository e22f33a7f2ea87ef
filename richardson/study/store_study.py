"""The store of a study's rows: blocks by the names of a dataset, rows by those of an ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.study.dataset import Rows, arrays_of, rows_of, study_layout
from richardson.study.layout import Arrays
from richardson.study.store import BlockStore

if TYPE_CHECKING:
    from richardson.study.plan import Study


class StudyStore:
    """Keeps the rows of a study as engines hand them in; made by `open`, closed at the end of a ``with``.

    Attributes
    ----------
    blocks : BlockStore
    """

    def __init__(self, blocks: BlockStore, samples: FloatArray) -> None:
        self.blocks, self._samples = blocks, samples

    @classmethod
    def open(
        cls, study: Study, folder: str | PathLike[str], *, resume: bool = False, storage: str = "netcdf", block: int | None = None
    ) -> Self:
        """The store of a study in a folder.

        Parameters
        ----------
        study : Study
        folder : path-like
            Absent or empty, or with ``resume=True`` that of the same study.
        resume : bool
            Whether to go on with what is there.
        storage : str
            "netcdf" or "zarr".
        block : int, optional
            Members of a block where the folder is new; some megabytes of them by default.

        Raises
        ------
        OutputError, InvalidInputError, UnknownNameError, MissingExtraError
            As `BlockStore.open`.
        """
        layout = study_layout(study).in_blocks(block)
        return cls(BlockStore.open(folder, study.configuration(), layout, resume=resume, storage=storage), study.members.samples)

    @property
    def grain(self) -> int:
        """Members of a block; the last may hold fewer."""
        return self.blocks.layout.block

    @property
    def finished(self) -> set[int]:
        """Blocks that need not be computed."""
        return self.blocks.finished

    @property
    def left(self) -> list[slice]:
        """Members that are still to be computed, neighbouring blocks as one."""
        runs: list[slice] = []
        finished = self.finished
        for index in range(self.blocks.layout.block_count):
            if index not in finished:
                rows = self.blocks.layout.rows(index)
                if runs and runs[-1].stop == rows.start:
                    rows = slice(runs.pop().start, rows.stop)
                runs.append(rows)
        return runs

    def write(self, index: int, rows: slice, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep a block for good.

        Parameters
        ----------
        index : int
        rows : slice
            Its members.
        arrays : mapping of str to ndarray
            ``states`` (n, t, d), ``records`` (n, r), ``codes`` (n,) and ``stopped_at`` (n,).

        Raises
        ------
        OutputError, InvalidInputError
            As `BlockStore.write`.
        """
        found = Rows(self._samples[rows], arrays["states"], arrays["records"], arrays["codes"], arrays["stopped_at"])
        self.blocks.write(index, rows, arrays_of(self.blocks.layout, found))

    def read(self, index: int) -> Arrays:
        """The rows of a finished block, as `write` was given them.

        Raises
        ------
        DataError, InvalidInputError
            As `BlockStore.read`.
        """
        rows = rows_of(self.blocks.layout, self.blocks.read(index))
        return {"states": rows.states, "records": rows.records, "codes": rows.codes, "stopped_at": rows.stopped_at}

    def close(self) -> None:
        """Let others write to the folder."""
        self.blocks.close()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
