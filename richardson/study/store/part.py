"""One variable of a stored study, block by block, as dask's workers read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.study.layout import Layout, Variable
from richardson.study.store.storage import Storage


@dataclass(frozen=True)
class Part:
    """Reads one variable of one block, wherever a scheduler runs it.

    Attributes
    ----------
    reader : Storage
    blocks : tuple of (int, str)
        The finished blocks with their checksums.
    name : str
        Of the variable.
    """

    reader: Storage
    blocks: tuple[tuple[int, str], ...]
    name: str

    def __call__(self, *, block_id: tuple[int, ...]) -> npt.NDArray[Any]:
        """The values of the chunk, shape (n,) or (n, t).

        Parameters
        ----------
        block_id : tuple of int
            The chunk's place along each dimension.
        """
        index, sha256 = self.blocks[block_id[0]]
        found: npt.NDArray[Any] = self.reader.read(index, sha256, (self.name,))[self.name]
        return found


def lazy(reader: Storage, layout: Layout, blocks: Sequence[tuple[int, str]], variable: Variable) -> Any:
    """A dask array of a variable, a chunk a block.

    Parameters
    ----------
    reader : Storage
    layout : Layout
    blocks : sequence of (int, str)
        The finished blocks with their checksums, one or more.
    variable : Variable

    Raises
    ------
    MissingExtraError
        If dask, of the extra ``scale``, is not installed.
    """
    array = extras.require("dask.array", "scale")
    lengths = tuple(rows.stop - rows.start for rows in (layout.rows(index) for index, _ in blocks))
    chunks = (lengths, *((size,) for size in layout.shape(variable, 1)[1:]))
    part = Part(reader, tuple(blocks), variable.name)
    return array.map_blocks(part, chunks=chunks, dtype=np.dtype(variable.kind), meta=np.empty((0,) * len(chunks), variable.kind))
