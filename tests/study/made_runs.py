"""Runs with made-up numbers, in memory and in a folder, to be written out and read again without computing anything."""

from pathlib import Path
from typing import Any

import numpy as np

from richardson.models import linear
from richardson.provenance import record
from richardson.study.dataset import Rows, arrays_of, study_layout
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.plan import Study
from richardson.study.recording import FirstCrossing, Maximum
from richardson.study.store.block_store import BlockStore

RECORD = ("x", "x/y", Maximum("x - 0.5"), FirstCrossing("y - 2"))


def made_study(size: int = 8, times: Any = (0, 1, 40)) -> Study:
    """A race from several starts, at several defence coefficients."""
    design = Design.sobol({"defence": (0.1, 0.9), "x": (0, 4)}, size=size, rng=1)
    return Study(linear(), design, {"y": 1}, times, record=RECORD)


def made_rows(study: Study) -> Rows:
    """Numbers in the place of what would be computed; some are missing."""
    count, (times, states) = len(study), study.shape
    chance = np.random.default_rng(5)
    found = chance.normal(size=(count, times, states))
    found[::3, -1] = np.nan
    records = chance.normal(size=(count, len(RECORD)))
    records[1::2, 3] = np.nan
    return Rows(study.members.samples, found, records, (np.arange(count) % 4).astype(np.int8), chance.uniform(0, 40, count))


def made_ensemble(study: Study) -> Ensemble:
    """Those numbers in memory."""
    rows = made_rows(study)
    return Ensemble(
        design=study.members,
        times=study.kept,
        states=rows.states,
        records=rows.records,
        labels=study.recording.labels,
        codes=rows.codes,
        stopped_at=rows.stopped_at,
        audit=None,
        model=study.model,
        provenance=record(study.model, verb="run_ensemble"),
    )


def made_store(study: Study, folder: Path, *, block: int = 3, blocks: Any = None, storage: str = "netcdf") -> Path:
    """Those numbers in a folder, all or some blocks of them."""
    rows = made_rows(study)
    with BlockStore.open(folder, study.configuration(), study_layout(study).in_blocks(block), storage=storage) as store:
        for index in range(store.layout.block_count) if blocks is None else blocks:
            part = store.layout.rows(index)
            store.write(index, part, arrays_of(store.layout, Rows(*(array[part] for array in rows))))
    return folder
