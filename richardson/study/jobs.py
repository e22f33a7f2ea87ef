"""What an engine computes: blocks of members, here or in other processes, which make the same from plain data."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.study.configuration import canonical

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]
BlockFunction: TypeAlias = Callable[[FloatArray, int], Arrays]

KEPT_JOBS = 4  # in a worker: compiled once each

_ONE_AT_A_TIME = threading.Lock()  # threads of a worker that are sent the same job compile it once


@dataclass(frozen=True, eq=False)
class Job:
    """How blocks of members are computed.

    A block function takes samples (n, columns) and the number of the first member, and gives arrays by name, n rows of each. Each row
    must depend on its own sample and number only: so the same bits come out however members are divided.

    Attributes
    ----------
    here : callable
        The block function in this process; threads call it side by side.
    maker : callable
        A function of a module that makes the block function from ``spec``, once a process.
    spec : mapping
        Plain data that JSON holds; it is what is sent to other processes.
    row_bytes : int
        What a member takes, samples and results.
    """

    here: BlockFunction
    maker: Callable[[Mapping[str, Any]], BlockFunction]
    spec: Mapping[str, Any]
    row_bytes: int

    @cached_property
    def text(self) -> str:
        """The specification as it is sent."""
        return canonical(self.spec)


class Found(NamedTuple):
    """What came out of a block, and the seconds that it took."""

    arrays: Arrays
    seconds: float


def run_here(job: Job, samples: FloatArray, first: int) -> Found:
    """A block in this process."""
    return _timed(job.here, samples, first)


def run_sent(maker: Callable[[Mapping[str, Any]], BlockFunction], text: str, samples: FloatArray, first: int) -> Found:
    """A block in a worker, which makes the block function when it first meets the job."""
    with _ONE_AT_A_TIME:
        function = _made(maker, text)
    return _timed(function, samples, first)


@lru_cache(maxsize=KEPT_JOBS)
def _made(maker: Callable[[Mapping[str, Any]], BlockFunction], text: str) -> BlockFunction:
    return maker(json.loads(text))


def _timed(function: BlockFunction, samples: FloatArray, first: int) -> Found:
    begin = perf_counter()
    arrays = function(np.array(samples, dtype=np.float64, order="C"), first)  # kernels take writeable arrays only
    return Found(arrays, perf_counter() - begin)
