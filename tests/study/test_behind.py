"""Blocks are written while the next are computed: in their order, not too many on their way, and no failure passed over."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.errors import OutputError
from richardson.study import layout
from richardson.study.behind import WAITING, Behind, behind
from richardson.study.store.block_store import BlockStore
from richardson.study.store.opened import open_study
from richardson.study.store.status import status
from tests.study.stores import CONFIGURATION, fill, is_whole, rows
from tests.study.stores import layout as made_layout


class Slow:
    """A sink that keeps a block when it is let go on, and fails at one of them."""

    def __init__(self, *, fails: int | None = None) -> None:
        self.may_go_on, self.kept, self._fails = threading.Event(), list[int](), fails

    def write(self, index: int, rows: slice, arrays: Mapping[str, Any]) -> None:
        assert self.may_go_on.wait(60.0)
        if index == self._fails:
            raise OutputError("no space is left")
        self.kept.append(index)


def test_whoever_hands_in_a_block_does_not_wait_for_it() -> None:
    slow = Slow()
    with behind(slow) as writer:
        for index in range(WAITING):
            writer.write(index, slice(index, index + 1), {})
        assert slow.kept == []
        slow.may_go_on.set()
    assert slow.kept == list(range(WAITING))


def test_no_more_blocks_are_on_their_way_than_memory_has_room_for() -> None:
    awaited = list[int]()

    class Answer(Future[None]):
        def __init__(self, index: int) -> None:
            super().__init__()
            self._index = index

        def result(self, timeout: float | None = None) -> None:
            awaited.append(self._index)

    class Thread(ThreadPoolExecutor):
        def submit(self, write: Any, /, *block: Any, **_: Any) -> Any:
            return Answer(block[0])

    with Thread(1) as thread:
        writer = Behind(Slow(), thread)
        for index in range(WAITING + 3):
            writer.write(index, slice(index, index + 1), {})
    assert awaited == [0, 1, 2]


@pytest.mark.parametrize("count", [3, 8])
def test_a_block_that_cannot_be_written_is_told_and_those_before_it_stay(count: int) -> None:
    slow = Slow(fails=2)
    slow.may_go_on.set()
    with pytest.raises(OutputError, match="no space is left"), behind(slow) as writer:
        for index in range(count):
            writer.write(index, slice(index, index + 1), {})
    assert slow.kept[:2] == [0, 1]


def test_what_was_handed_in_is_kept_whatever_ends_the_work() -> None:
    slow = Slow()
    with pytest.raises(ZeroDivisionError), behind(slow) as writer:
        writer.write(0, slice(0, 1), {})
        slow.may_go_on.set()
        raise ZeroDivisionError
    assert slow.kept == [0]


@pytest.mark.extra
@pytest.mark.usefixtures("netcdf")
def test_a_store_that_is_closed_is_not_written_to(tmp_path: Path) -> None:
    with BlockStore.open(tmp_path / "study", CONFIGURATION, made_layout()) as store:
        fill(store, [0])
    with pytest.raises(OutputError, match="is closed, and others may write there"):
        store.write(1, slice(10, 20), rows(slice(10, 20)))
    with BlockStore.open(tmp_path / "study", CONFIGURATION, made_layout(), resume=True) as store:
        assert store.finished == {0}
        fill(store)
        assert is_whole(store)


@pytest.mark.slow
@pytest.mark.extra
@pytest.mark.usefixtures("netcdf")
@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_a_disk_that_fills_up_in_mid_study_ends_it_and_it_goes_on_to_the_same_bits(
    storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("zarr" if storage == "zarr" else "h5netcdf")
    monkeypatch.setattr(layout, "BLOCK_BYTES", 2_000)
    study = rn.Study(rn.models.linear(), rn.Design.sobol({"x": (0, 4), "y": (0, 4)}, size=2**10, rng=1), None, 50.0, audit=0)
    folder, whole = tmp_path / "study", rn.run_study(study)
    place = {"netcdf": "netcdf.NetcdfBlocks", "zarr": "zarr.ZarrBlocks"}[storage]
    with monkeypatch.context() as full:
        written = list[int]()

        def refusing(self: Any, index: int, arrays: Any) -> Any:
            written.append(index)
            if len(written) > 5:
                raise OSError(28, "No space left on device")
            return original(self, index, arrays)

        name = f"richardson.study.store.{place}.write"
        original = BlockStore.open.__globals__["STORAGES"][storage].write
        full.setattr(name, refusing)
        with pytest.raises(OutputError, match=r"no space is left on the device.*Finished blocks stay \(5 of \d+\); make room"):
            rn.run_study(study, store=folder, storage=storage)
    assert status(folder, check=True).finished == 5
    runs = rn.run_study(study, store=folder, storage=storage, resume=True)
    assert runs.states.tobytes() == whole.states.tobytes()
    assert np.array_equal(open_study(folder).to_ensemble().stopped_at, whole.stopped_at)
