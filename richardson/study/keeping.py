"""The rows of a study in a store: which are missing there, what it has, and what is handed to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from time import thread_time
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.compiled.lanes import LANES
from richardson.errors import InvalidInputError, OutputError
from richardson.study.collect import CODES
from richardson.study.dataset import Rows, arrays_of, rows_of, study_layout
from richardson.study.ensemble import Audit
from richardson.study.jobs import Arrays, Job
from richardson.study.layout import Layout
from richardson.study.plan import Study
from richardson.study.planned import Planned
from richardson.study.store.block_store import BlockStore
from richardson.study.store.files import reason
from richardson.study.store.journal import JOURNAL, PROCESSORS
from richardson.study.store.kept_audit import write_audit
from richardson.study.store.manifest import MANIFEST
from richardson.study.store.place import place_of

LOST = 10.0  # seconds of work in a block of runs, at the most
SAMPLES = (1, 8, 64, 256)  # members that are run to tell what one takes, until they take
ENOUGH = 0.02  # seconds
LEAST = 1e-9  # seconds a member, where a coarse clock has not moved

Pack: TypeAlias = Callable[[Layout, FloatArray, Mapping[str, npt.NDArray[Any]]], Arrays]
Unpack: TypeAlias = Callable[[Layout, Mapping[str, npt.NDArray[Any]]], Arrays]


@dataclass(frozen=True, eq=False)
class Shelf:
    """How the rows of a study lie in a store.

    Attributes
    ----------
    layout : Layout
        In one block.
    pack : callable
        Arrays of the layout, out of samples (n, p) and what the block function gives of them.
    unpack : callable
        What the block function gave, out of arrays of the layout.
    lost : float
        Seconds of work in a block at the most: what a kill loses, and an interruption waits for.
    """

    layout: Layout
    pack: Pack
    unpack: Unpack
    lost: float

    def divided(self, seconds: float) -> Layout:
        """The layout where members take so many seconds each: in blocks of some megabytes, or less work than would be missed."""
        layout = self.layout.in_blocks()
        most = self.lost / max(seconds, LEAST)
        return layout if layout.block <= most else layout.in_blocks(max(1, int(most) if most < LANES else int(most) // LANES * LANES))


@dataclass(frozen=True, eq=False)
class StudyStore:
    """A store of the rows of a study.

    Attributes
    ----------
    blocks : BlockStore
    shelf : Shelf
    samples : FloatArray
        Shape (m, p): the design, which is stored with the rows.
    fingerprint : str
        Of the study.
    """

    blocks: BlockStore
    shelf: Shelf
    samples: FloatArray
    fingerprint: str

    @property
    def grain(self) -> int:
        """Members of a block."""
        return self.blocks.layout.block

    @property
    def missing(self) -> list[slice]:
        """Members that it does not have, in runs of neighbouring blocks."""
        finished, parts = self.blocks.finished, list[slice]()
        for index in range(self.blocks.layout.block_count):
            if index in finished:
                continue
            rows = self.blocks.layout.rows(index)
            joins = bool(parts) and parts[-1].stop == rows.start
            parts.append(slice(parts.pop().start if joins else rows.start, rows.stop))
        return parts

    def finished(self) -> Iterator[tuple[slice, Arrays]]:
        """Members that it has, with their rows, block by block."""
        for index in sorted(self.blocks.finished):
            yield self.blocks.layout.rows(index), self.shelf.unpack(self.blocks.layout, self.blocks.read(index))

    def write(self, index: int, rows: slice, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep a block for good."""
        self.blocks.write(index, rows, self.shelf.pack(self.blocks.layout, self.samples[rows], arrays))

    def keep_audit(self, audit: Audit | None) -> None:
        """Keep what an audit of the whole study found; of a part of it, or where none was made, nothing is kept.

        Raises
        ------
        OutputError
            If it cannot be written; the blocks stay.
        """
        if audit is None or not self.blocks.is_complete:
            return
        try:
            write_audit(self.blocks.folder, self.fingerprint, audit)
        except OSError as error:
            raise OutputError(
                f"The audit cannot be written to {self.blocks.folder}: {reason(error)}. All blocks are there; mend that, and go on with "
                "resume=True."
            ) from error


@contextmanager
def open_store(
    plan: Planned[Any], job: Job, shelf: Shelf, folder: str | PathLike[str], *, resume: bool, storage: str, made_on: str = PROCESSORS
) -> Iterator[StudyStore]:
    """The store of a study in a folder, closed at the end of the context.

    Raises
    ------
    OutputError, InvalidInputError, UnknownNameError, MissingExtraError
        As `BlockStore.open`.
    """
    place = place_of(folder)
    is_begun = any((place / name).exists() for name in (MANIFEST, JOURNAL))  # whose blocks keep their size
    layout = shelf.layout if is_begun else shelf.divided(seconds_of_one(job, plan.members.samples))
    with BlockStore.open(folder, plan.configuration(), layout, resume=resume, storage=storage, made_on=made_on) as blocks:
        yield StudyStore(blocks, shelf, plan.members.samples, plan.fingerprint)


def check_resume(resume: Any, *, has_store: bool) -> None:
    """Refuse to go on where there is nothing to go on with.

    Raises
    ------
    InvalidInputError
        If ``resume`` is no truth value, or is asked for without a store.
    """
    if not isinstance(resume, bool | np.bool_):
        raise InvalidInputError(f"resume= is True or False; got {resume!r}.")
    if resume and not has_store:
        raise InvalidInputError("resume=True goes on with a study in a folder, and there is none. Name it with store=.")


def seconds_of_one(job: Job, samples: FloatArray) -> float:
    """What a member takes, from one of them and, where that is little, from some spread over the design."""
    job.here(samples[:1].copy(), 0)  # whatever is compiled or read on first use
    for size in SAMPLES:
        some = samples[np.linspace(0, len(samples) - 1, size).astype(np.int64)]
        begin = thread_time()
        job.here(some, 0)
        spent = thread_time() - begin
        if spent > ENOUGH:
            break
    return max(spent / size, LEAST)


def study_shelf(study: Study) -> Shelf:
    """How the rows of an ensemble lie in a store."""
    return Shelf(study_layout(study), _pack, _unpack, lost=LOST)


def _pack(layout: Layout, samples: FloatArray, arrays: Mapping[str, npt.NDArray[Any]]) -> Arrays:
    return arrays_of(layout, Rows(samples, arrays["states"], arrays["records"], arrays[CODES], arrays["stopped_at"]))


def _unpack(layout: Layout, arrays: Mapping[str, npt.NDArray[Any]]) -> Arrays:
    rows = rows_of(layout, dict(arrays))
    return {"states": rows.states, "records": rows.records, "stopped_at": rows.stopped_at, CODES: rows.codes}
