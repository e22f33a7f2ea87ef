"""Blocks as chunks of a zarr group: one dataset for other programs, and the same promises as with netCDF."""

import errno
import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from richardson.errors import DataError, OutputError
from richardson.study.store.block_store import BlockStore
from richardson.study.store.opened import open_study
from richardson.study.store.status import status
from tests.study.made_runs import made_ensemble, made_rows, made_store, made_study
from tests.study.stores import CONFIGURATION, check_limited, fill, is_whole, layout

pytestmark = pytest.mark.extra


@pytest.fixture(autouse=True)
def _needs_zarr() -> None:
    pytest.importorskip("zarr", reason="zarr comes with the extra scale; .ci/run has it")


def store_in(folder: Path, *, resume: bool = False) -> BlockStore:
    """A store of made-up numbers, or the one that is there."""
    return BlockStore.open(folder, CONFIGURATION, layout(), storage="zarr", resume=resume)


def test_a_zarr_study_is_the_ensemble_that_was_stored(tmp_path: Path) -> None:
    study = made_study()
    found, expected = open_study(made_store(study, tmp_path / "study", storage="zarr")).to_ensemble(), made_ensemble(study)
    assert found.states.tobytes() == expected.states.tobytes()
    assert found.records.tobytes() == expected.records.tobytes()
    assert found.codes.tolist() == expected.codes.tolist()


def test_a_zarr_study_is_one_dataset_for_other_programs(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    study = made_study()
    folder = made_store(study, tmp_path / "study", storage="zarr")
    with xarray.open_zarr(folder / "data.zarr", consolidated=False, chunks=None) as found:
        assert np.array_equal(found["y"], made_rows(study).states[:, :, 1], equal_nan=True)
        assert found["member"].values.tolist() == list(range(8))
        assert found["time"].values.tolist() == [0.0, 1.0, 40.0]
        assert found["x"].attrs["units"] == "arms"


def test_a_zarr_block_that_is_damaged_is_named_and_computed_again(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    with store_in(folder) as store:
        fill(store, [1, 0])
    chunk = folder / "data.zarr" / "x" / "c" / "1" / "0"
    content = bytearray(chunk.read_bytes())
    content[5] ^= 1
    chunk.write_bytes(content)
    with (
        pytest.warns(RuntimeWarning, match="block 1, members 10 to 19, was changed after it was written"),
        store_in(folder, resume=True) as store,
    ):
        assert store.finished == {0}
        fill(store)
        assert is_whole(store)
        chunk.unlink()
        (folder / "data.zarr" / "rise" / "c" / "2").write_bytes(b"")
        with pytest.raises(DataError, match=r"Block 2 in .*data.zarr was changed or damaged"):
            store.read(2)
    with pytest.warns(RuntimeWarning, match="block 1, .*, is missing; block 2, .*, is torn"), store_in(folder, resume=True) as store:
        assert store.finished == {0}


@pytest.mark.parametrize(("number", "told"), [(errno.ENOSPC, "no space is left"), (errno.EDQUOT, "the quota is used up")])
@pytest.mark.parametrize("files", [0, 2, 4], ids=["first chunk", "last chunk", "journal"])
def test_a_full_disk_is_told_and_no_zarr_block_is_lost(
    number: int, told: str, files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "study"
    with store_in(folder) as store:
        fill(store, [0])
        with monkeypatch.context() as full:
            safe = list[int]()

            def refusing(handle: int) -> None:
                if not stat.S_ISDIR(os.fstat(handle).st_mode):  # of folders errors are passed over
                    safe.append(handle)
                if len(safe) > files:
                    raise OSError(number, os.strerror(number))

            full.setattr(os, "fsync", refusing)
            with pytest.raises(OutputError, match=rf"{told}.*needs about .* MiB. Finished blocks stay \(1 of 3\); make room"):
                fill(store)
        assert store.finished == {0}
    with store_in(folder, resume=True) as store:
        assert store.finished == {0}
        fill(store)
        assert is_whole(store)
    assert status(folder, check=True).is_complete


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no limits on processes there")
def test_a_chunk_that_may_not_become_so_large_is_told_and_no_zarr_block_is_lost(tmp_path: Path) -> None:
    check_limited(tmp_path / "study", "zarr", 100_000)


def test_a_study_goes_on_as_it_was_begun(tmp_path: Path) -> None:
    store_in(tmp_path / "study").close()
    with pytest.raises(OutputError, match="keeps its blocks as zarr, not netcdf. Ask for storage='zarr'"):
        BlockStore.open(tmp_path / "study", CONFIGURATION, layout(), resume=True)


def test_a_description_that_was_edited_is_found(tmp_path: Path) -> None:
    folder = made_store(made_study(), tmp_path / "study", storage="zarr")
    path = folder / "data.zarr" / "x" / "zarr.json"
    path.write_text(path.read_text().replace('"float64"', '"int64"'))
    with pytest.raises(DataError, match="was changed or damaged after it was written"):
        open_study(folder).to_ensemble()


def test_a_group_that_was_left_half_made_is_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    with store_in(folder) as store:
        fill(store, [0])
    (folder / ".unfinished-1-data.zarr" / "x").mkdir(parents=True)
    with store_in(folder, resume=True) as store:
        assert store.finished == {0}
    assert not list(folder.glob(".unfinished*"))


@pytest.mark.parametrize("lost", ["x/zarr.json", "time/zarr.json", "zarr.json"])
def test_a_lost_description_is_named_and_loses_no_block(lost: str, tmp_path: Path) -> None:
    folder = made_store(made_study(), tmp_path / "study", storage="zarr")
    content = (folder / "data.zarr" / lost).read_bytes()
    (folder / "data.zarr" / lost).unlink()
    for look in (lambda place: open_study(place).to_ensemble(), status):
        with pytest.raises(OutputError, match=rf"{lost} is missing.*Put it back"):
            look(folder)
    (folder / "data.zarr" / lost).write_bytes(content)
    assert status(folder, check=True).is_complete
