"""Blocks that are written while the next are computed: a store must not keep the workers waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy.typing as npt

from richardson.study.collect import Sink

WAITING = 2  # blocks, some megabytes each: with more, memory would fill up where a disk is slower than the workers


class Behind(Sink):
    """Hands blocks on to a sink in a thread of its own, in the order in which they come.

    Parameters
    ----------
    sink : Sink
    thread : ThreadPoolExecutor
        Of one thread.
    """

    def __init__(self, sink: Sink, thread: ThreadPoolExecutor) -> None:
        self._sink, self._thread = sink, thread
        self._begun: deque[Future[None]] = deque()

    def write(self, index: int, rows: slice, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Have a block kept, whose arrays nobody changes any more; wait where too many are on their way.

        Raises
        ------
        OutputError
            If a block before it could not be written.
        """
        self.wait(WAITING - 1)
        self._begun.append(self._thread.submit(self._sink.write, index, rows, arrays))

    def wait(self, most: int = 0) -> None:
        """Wait until no more than so many blocks are on their way.

        Raises
        ------
        OutputError
            If one could not be written.
        """
        while self._begun and (len(self._begun) > most or self._begun[0].done()):
            self._begun.popleft().result()


@contextmanager
def behind(sink: Sink) -> Iterator[Behind]:
    """A context that ends when all blocks that were handed in are kept, also those before an error.

    Raises
    ------
    OutputError
        If one could not be written.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="store") as thread:
        writer = Behind(sink, thread)
        yield writer
        writer.wait()
