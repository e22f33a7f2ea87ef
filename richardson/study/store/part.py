"""One variable of a stored study, block by block, as dask's workers read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt


@dataclass(frozen=True)
class Part:
    """Reads one variable of one block, wherever a scheduler runs it.

    Attributes
    ----------
    reader : NetcdfBlocks or alike
    blocks : tuple of (int, str)
        The finished blocks with their checksums.
    name : str
        Of the variable.
    """

    reader: Any
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
