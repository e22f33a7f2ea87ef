"""The rows of a study in a store: which are missing there, what it has, and what is handed to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from time import thread_time
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.compiled.lanes import LANES
from richardson.errors import OutputError
from richardson.study.collect import CODES
from richardson.study.dataset import Rows, arrays_of, rows_of, study_layout
from richardson.study.ensemble import Audit
from richardson.study.jobs import Arrays, Job
from richardson.study.layout import Layout
from richardson.study.plan import Study
from richardson.study.store.block_store import BlockStore
from richardson.study.store.files import reason
from richardson.study.store.journal import CARD, PROCESSORS
from richardson.study.store.kept_audit import write_audit

LOST = 10.0  # seconds of work in a block at the most: what a kill loses, and an interruption waits for
SAMPLED, ENOUGH = 256, 0.02  # members that are run to tell, unless one takes more seconds than that


@dataclass(frozen=True, eq=False)
class StudyStore:
    """A store of the rows of a study.

    Attributes
    ----------
    blocks : BlockStore
    samples : FloatArray
        Shape (m, p): the design, which is stored with the rows.
    fingerprint : str
        Of the study.
    """

    blocks: BlockStore
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
            rows = rows_of(self.blocks.layout, self.blocks.read(index))
            yield (
                self.blocks.layout.rows(index),
                {"states": rows.states, "records": rows.records, "stopped_at": rows.stopped_at, CODES: rows.codes},
            )

    def write(self, index: int, rows: slice, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep a block for good."""
        found = Rows(self.samples[rows], arrays["states"], arrays["records"], arrays[CODES], arrays["stopped_at"])
        self.blocks.write(index, rows, arrays_of(self.blocks.layout, found))

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
def open_store(study: Study, job: Job, folder: str | PathLike[str], *, resume: bool, storage: str, on_card: bool) -> Iterator[StudyStore]:
    """The store of a study in a folder, closed at the end of the context.

    Raises
    ------
    OutputError, InvalidInputError, UnknownNameError, MissingExtraError
        As `BlockStore.open`.
    """
    layout = divided(study, _seconds_of_one(study, job))
    with BlockStore.open(
        folder, study.configuration(), layout, resume=resume, storage=storage, made_on=CARD if on_card else PROCESSORS
    ) as blocks:
        yield StudyStore(blocks, study.members.samples, study.fingerprint)


def divided(study: Study, seconds: float) -> Layout:
    """The layout of a study whose members take so many seconds each: in blocks of some megabytes, or less work than would be missed."""
    layout = study_layout(study).in_blocks()
    most = LOST / max(seconds, 1e-9)
    return layout if layout.block <= most else layout.in_blocks(max(1, int(most) if most < LANES else int(most) // LANES * LANES))


def _seconds_of_one(study: Study, job: Job) -> float:
    """What a member takes, from one of them and, where that is little, from some spread over the design."""
    samples = study.members.samples
    job.here(samples[:1].copy(), 0)  # whatever is compiled or read on first use
    begin = thread_time()
    job.here(samples[:1].copy(), 0)
    alone = thread_time() - begin
    if alone > ENOUGH:
        return alone
    some = samples[np.linspace(0, len(samples) - 1, SAMPLED).astype(np.int64)]
    begin = thread_time()
    job.here(some, 0)
    return (thread_time() - begin) / SAMPLED
