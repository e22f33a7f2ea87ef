"""One row of a stored study: read and run again without the others, whatever the size of the whole."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.errors import ComputationError, DataError, InvalidInputError
from richardson.study import layout
from richardson.study.dataset import Rows, arrays_of, study_layout
from richardson.study.ensemble import Ensemble
from richardson.study.store.block_store import BlockStore
from tests.study.made_runs import made_ensemble, made_store, made_study
from tests.study.stores import block_file

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]


def bits(runs: Ensemble, member: int) -> list[bytes]:
    """All that a member gave, and what it was."""
    parts = (runs.design.samples, runs.states, runs.records, runs.codes, runs.stopped_at)
    return [np.ascontiguousarray(part[member]).tobytes() for part in parts]


@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_a_row_is_that_of_the_whole(storage: str, tmp_path: Path) -> None:
    if storage == "zarr":
        pytest.importorskip("zarr")
    study = made_study()
    opened, whole = rn.open_study(made_store(study, tmp_path / "study", storage=storage)), made_ensemble(study)
    for member in range(len(study)):
        row = opened.row(member)
        assert (len(row), row.labels, row.model) == (1, whole.labels, whole.model)
        assert bits(row, 0) == bits(whole, member)


def test_no_other_block_is_read(tmp_path: Path) -> None:
    folder = made_store(made_study(), tmp_path / "study")
    opened = rn.open_study(folder)
    for index in (0, 2):
        block_file(folder, index).unlink()
    assert opened.row(4).design.samples.tolist() == [made_study().design.samples[4].tolist()]
    with pytest.raises(DataError, match="is missing. Run the study again with resume=True"):
        opened.row(7)


@pytest.mark.parametrize("member", [-1, 8, True, None, "3", 2.0, np.nan, [1]])
def test_there_is_no_other_row(member: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="There is no member .* from 0 to 7"):
        rn.reproduce(rn.open_study(made_store(made_study(), tmp_path / "study")), member)


def test_a_row_that_is_not_there_yet_is_refused(tmp_path: Path) -> None:
    part = rn.open_study(made_store(made_study(), tmp_path / "study", blocks=[2, 0]))
    with pytest.raises(InvalidInputError, match="Member 4 is not there yet: finish block 1 of .* with resume=True"):
        rn.reproduce(part, 4)


@pytest.mark.slow
def test_rows_of_a_study_under_way_run_again_to_the_bit_and_a_false_one_is_named_by_its_number(tmp_path: Path) -> None:
    study = replace(made_study(), audit=0)
    runs = rn.run_study(study)
    rows = Rows(study.members.samples, runs.states.copy(), runs.records, runs.codes, runs.stopped_at)
    rows.states[7, 1, 0] = np.nextafter(rows.states[7, 1, 0], 9.0)
    with BlockStore.open(tmp_path / "study", study.configuration(), study_layout(study).in_blocks(3)) as store:
        for index in (0, 2):
            part = store.layout.rows(index)
            store.write(index, part, arrays_of(store.layout, Rows(*(array[part] for array in rows))))
    opened = rn.open_study(tmp_path / "study")
    assert [bits(rn.reproduce(opened, member), 0) for member in (0, 2, 6)] == [bits(runs, member) for member in (0, 2, 6)]
    with pytest.raises(ComputationError, match="Member 7 does not come out as it stands: its states differ"):
        rn.reproduce(opened, 7)


@pytest.mark.slow
def test_a_row_of_a_large_study_takes_the_memory_of_its_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "BLOCK_BYTES", 2**19)
    design = rn.Design.sobol({"defence": (0.1, 0.3), "x": (0, 4)}, size=2**18, rng=1)
    study = rn.Study(rn.models.linear(), design, {"y": 1}, 5.0, relative=1e-6, audit=0)
    runs = rn.run_study(study, store=tmp_path / "study")
    rn.reproduce(rn.open_study(tmp_path / "study"), 0)  # whatever is compiled or read on first use
    again, row = measured(lambda: rn.reproduce(rn.open_study(tmp_path / "study"), 200_000))
    whole, loaded = measured(lambda: rn.open_study(tmp_path / "study").to_ensemble())
    assert bits(row, 0) == bits(runs, 200_000)
    assert loaded.states.tobytes() == runs.states.tobytes()
    assert whole > 2**18 * study_layout(study).member_bytes
    assert again < 4 * layout.BLOCK_BYTES < whole / 4


def measured(work: Any) -> tuple[int, Any]:
    """Bytes at the peak of some work, over those at its beginning, and what came of it."""
    tracemalloc.start()
    found = work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, found
