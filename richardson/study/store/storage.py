"""What a storage of blocks must fill in, and what all of them tell in the same way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from richardson.errors import DataError
from richardson.study.layout import Arrays, Layout


class Storage(ABC):
    """Blocks of a folder, read and written.

    Parameters
    ----------
    folder : Path
        Of the study.
    layout : Layout

    Raises
    ------
    MissingExtraError
        If what reads them is not installed.
    OutputError
        If a part is missing without which none can be read.
    """

    def __init__(self, folder: Path, layout: Layout) -> None:
        self._folder, self._layout = folder, layout

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by what it is made of, so that other processes can read blocks too."""
        return type(self), (self._folder, self._layout)

    @abstractmethod
    def prepare(self) -> None:
        """Make room for blocks, and take away what was left unfinished.

        Raises
        ------
        MissingExtraError
            If what writes them is not installed.
        OSError
            If it cannot be made.
        """

    @abstractmethod
    def write(self, index: int, arrays: Arrays) -> tuple[str, int]:
        """sha256 and size of a block, which is safe on disk.

        Raises
        ------
        OSError
            If it cannot be written.
        """

    def read(self, index: int, sha256: str, names: Sequence[str]) -> Arrays:
        """Some arrays of a block, if every bit of it is as it was written.

        Raises
        ------
        DataError
            If it is not, or is not there.
        OSError
            If it cannot be read.
        """
        try:
            found, what = self._read(index, sha256, names), "was changed or damaged after it was written"
        except FileNotFoundError:
            found, what = None, "is missing"
        if found is None:
            raise DataError(f"{self._named(index)} {what}. Run the study again with resume=True: that block is then computed anew.")
        return found

    def fault(self, index: int, sha256: str, size: int) -> str:
        """What is wrong with a block, in words, after all of it was read; empty if nothing is.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        return self.torn(index, size) or ("" if self._digest(index) == sha256 else "was changed after it was written, if only by one bit")

    def torn(self, index: int, size: int) -> str:
        """What is wrong with a block as far as its size tells; empty if nothing is."""
        try:
            found = self._size(index)
        except FileNotFoundError:
            return "is missing"
        return "" if found == size else f"is torn: it has {found} bytes of {size}"

    @abstractmethod
    def _named(self, index: int) -> str:
        """A block in a sentence, with the place where it lies."""

    @abstractmethod
    def _read(self, index: int, sha256: str, names: Sequence[str]) -> Arrays | None:
        """Some arrays of a block; None if it was changed."""

    @abstractmethod
    def _size(self, index: int) -> int:
        """Bytes of a block."""

    @abstractmethod
    def _digest(self, index: int) -> str:
        """sha256 of a block as it is now."""
