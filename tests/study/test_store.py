"""A store loses nothing that it has said is finished, finds every damage, and refuses what is not its own."""

import errno
import json
import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from richardson import provenance
from richardson.errors import DataError, InvalidInputError, OutputError, UnknownNameError
from richardson.study.store import files as store_files
from richardson.study.store import manifest as store_manifest
from richardson.study.store.block_store import BlockStore
from richardson.study.store.journal import CARD, JOURNAL, read_journal
from richardson.study.store.manifest import MANIFEST
from richardson.study.store.status import status
from tests.study.stores import CONFIGURATION, block_file, check_limited, fill, filled, is_whole, layout, rows

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]


def reopened(folder: Path, configuration: Any = CONFIGURATION, **options: Any) -> BlockStore:
    """The store of a folder that holds blocks already."""
    return BlockStore.open(folder, configuration, layout(), resume=True, **options)


def files(folder: Path) -> dict[str, bytes]:
    """Content of every file below a folder but for the lock."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study")
    with reopened(folder) as store:
        assert store.finished == {0, 1, 2}
        assert is_whole(store)


def test_blocks_in_any_order_make_the_same_files(tmp_path: Path) -> None:
    first, second = filled(tmp_path / "a"), filled(tmp_path / "b", [2, 0, 1])
    assert {name: text for name, text in files(first).items() if name.endswith(".nc")} == {
        name: text for name, text in files(second).items() if name.endswith(".nc")
    }


def test_a_block_is_read_without_this_library(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(block_file(filled(tmp_path / "study"), 2), "r") as file:
        assert file["member"][...].tolist() == [20, 21, 22, 23, 24]
        assert np.array_equal(file["x"][...], rows(slice(20, 25))["x"], equal_nan=True)
        assert file["x"].attrs["units"] == "arms"
        assert file["time"][...].tolist() == [0.0, 0.1]


def test_a_resumed_study_keeps_the_size_of_its_blocks(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [1])
    with BlockStore.open(folder, CONFIGURATION, layout(block=3), resume=True) as store:
        assert store.layout.block == 10
        fill(store)
        assert is_whole(store)


def test_a_finished_block_is_not_written_again(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0])
    before = block_file(folder, 0).stat().st_mtime_ns
    with reopened(folder) as store:
        store.write(0, store.layout.rows(0), rows(store.layout.rows(0)))
    assert block_file(folder, 0).stat().st_mtime_ns == before
    assert len(read_journal(folder).entries) == 1


@pytest.mark.parametrize("position", [0.01, 0.7])
def test_a_block_with_one_bit_changed_is_named_and_computed_again(tmp_path: Path, position: float) -> None:
    folder = filled(tmp_path / "study")
    path = block_file(folder, 1)
    content = bytearray(path.read_bytes())
    content[int(position * len(content))] ^= 1
    path.write_bytes(content)
    with pytest.warns(RuntimeWarning, match="block 1, members 10 to 19, was changed after it was written, if only by one bit"):
        store = reopened(folder)
    with store:
        assert store.finished == {0, 2}
        fill(store)
        assert is_whole(store)


def test_a_block_changed_while_the_store_is_open_is_refused(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study")
    with reopened(folder) as store:
        path = block_file(folder, 1)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(DataError, match=r"block-000000001.nc was changed or damaged.* resume=True"):
            store.read(1)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda path: path.unlink(), "block 1, members 10 to 19, is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "block 1, members 10 to 19, is torn: it has"),
    ],
    ids=["missing", "torn"],
)
def test_a_missing_or_torn_block_is_named_and_computed_again(tmp_path: Path, harm: Any, told: str) -> None:
    folder = filled(tmp_path / "study")
    undisturbed = files(folder)
    harm(block_file(folder, 1))
    assert status(folder).torn == (1,)
    with pytest.warns(RuntimeWarning, match=told), reopened(folder) as store:
        assert store.finished == {0, 2}
        fill(store)
        assert is_whole(store)
    assert {name for name, text in files(folder).items() if undisturbed[name] != text} <= {JOURNAL, MANIFEST}


@pytest.mark.slow
@given(cut=st.integers(1, 400))
def test_a_journal_cut_off_anywhere_costs_no_block_before_the_cut(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = filled(tmp_path_factory.mktemp("studies") / "study", [0, 1])
    path = folder / JOURNAL
    text = path.read_bytes()
    path.write_bytes(text[: len(text) - cut])
    whole = text[: len(text) - cut].count(b"\n") - 1  # the first line says who writes
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        store = reopened(folder)
    with store:
        assert store.finished == set(range(max(0, whole)))
        fill(store)
        assert is_whole(store)


@pytest.mark.slow
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_journal_with_one_bit_changed_names_the_line_and_lists_nothing_wrong(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    folder = filled(tmp_path_factory.mktemp("studies") / "study", [0, 1])
    path = folder / JOURNAL
    text = bytearray(path.read_bytes())
    text[place % len(text)] ^= 1 << bit
    path.write_bytes(text)
    with pytest.warns(RuntimeWarning, match=f"line [123] of {JOURNAL} is damaged"):
        store = reopened(folder)
    with store:
        assert all(np.array_equal(store.read(index)["rise"], rows(store.layout.rows(index))["rise"]) for index in store.finished)
        fill(store)
        assert is_whole(store)


@pytest.mark.parametrize("complete", [True, False])
def test_a_manifest_edited_by_hand_is_named_and_nothing_changed(tmp_path: Path, complete: bool) -> None:
    folder = filled(tmp_path / "study", None if complete else [0])
    path = folder / MANIFEST
    path.write_text(path.read_text().replace('"Tsit5"', '"DOP853"'))
    before = files(folder)
    for look in (lambda: reopened(folder), lambda: reopened(folder, {**CONFIGURATION, "method": "DOP853"}), lambda: status(folder)):
        with pytest.raises(OutputError, match="manifest.json was edited by hand, or it is damaged: its own checksum does not fit"):
            look()
    assert files(folder) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"version": 1', '"version": "1"'),
        ('"version": 1', '"version": null'),
        ('"version": 1', '"version": NaN'),
        ('"blocks": []', '"blocks": [Infinity]'),
        ('"blocks": []', f'"blocks": {"[" * 100_000}'),
    ],
)
def test_a_manifest_edited_into_what_json_or_we_do_not_know_is_named(before: str, after: str, tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0])
    text = (folder / MANIFEST).read_text()
    assert before in text
    (folder / MANIFEST).write_text(text.replace(before, after))
    for look in (lambda: reopened(folder), lambda: status(folder)):
        with pytest.raises(OutputError, match="manifest.json is no manifest of a study of this library, or it is damaged"):
            look()


def test_a_line_of_the_journal_that_nests_without_end_is_a_damaged_line(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study")
    with (folder / JOURNAL).open("ab") as file:
        file.write(b"[" * 100_000 + b"\n")
    assert status(folder).damaged_lines == (len((folder / JOURNAL).read_bytes().splitlines()),)


def test_a_manifest_that_was_laid_out_anew_is_the_same(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study")
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text())))
    with reopened(folder) as store:
        assert is_whole(store)


def test_a_lost_manifest_is_made_anew_for_the_same_study_only(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0, 2])
    (folder / MANIFEST).unlink()
    with pytest.raises(OutputError, match=r"holds files that are no part of this study \(blocks, blocks.jsonl\)"):
        reopened(folder, {"method": "DOP853"})
    with BlockStore.open(folder, CONFIGURATION, layout(block=7), resume=True) as store:
        assert (store.finished, store.layout.block) == ({0, 2}, 10)
        fill(store)
        assert is_whole(store)
    assert status(folder).is_complete


def test_a_manifest_lists_the_checksum_of_every_block_when_all_are_finished(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0, 1])
    assert json.loads((folder / MANIFEST).read_text())["blocks"] == []
    with reopened(folder) as store:
        fill(store)
    listed = json.loads((folder / MANIFEST).read_text())["blocks"]
    assert [(entry["block"], entry["outcomes"]) for entry in listed] == [
        (0, {"REACHED_END": 6, "ESCAPED": 4}),
        (1, {"REACHED_END": 7, "ESCAPED": 3}),
        (2, {"REACHED_END": 3, "ESCAPED": 2}),
    ]


def test_going_on_with_other_versions_or_elsewhere_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path / "study", [0])
    made = provenance.record(None)
    other = replace(made, versions=(*made.versions, ("numba", "0.1")), platform="an abacus")
    monkeypatch.setattr(provenance, "record", lambda _: other)
    told = "was begun with numba .*, and this is 0.1; on .*, and this is an abacus. Blocks that are computed from now on may differ"
    with pytest.warns(RuntimeWarning, match=told), reopened(folder) as store:
        fill(store)
    reopened(folder).close()  # where nothing is left to compute, nothing can differ


def test_going_on_with_what_a_card_began_is_told(tmp_path: Path) -> None:
    with BlockStore.open(tmp_path / "study", CONFIGURATION, layout(), made_on=CARD) as store:
        fill(store, [0])
    told = "was begun on a card, and goes on with processors. Blocks that are computed from now on may differ from the others, within"
    with pytest.warns(RuntimeWarning, match=told):
        reopened(tmp_path / "study").close()


def test_another_study_is_refused_and_what_differs_named(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0])
    before = files(folder)
    other = {**CONFIGURATION, "relative": 1e-6, "model": {"name": "made up", "numbers": [0.1, 3.5]}, "settle": True}
    with pytest.raises(OutputError) as refusal:
        reopened(folder, other)
    told = str(refusal.value)
    assert "holds another study: relative is 1e-08 there and 1e-06 here; model.numbers is [0.1, 2.5] there and [0.1, 3.5] here" in told
    assert "settle is null there and true here" in told
    assert files(folder) == before


def test_the_same_study_is_gone_on_with_only_when_that_is_asked_for(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0])
    with pytest.raises(OutputError, match="holds this study already, or a part of it. Go on with it by resume=True"):
        BlockStore.open(folder, CONFIGURATION, layout())


def test_a_folder_with_other_files_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    for resume in (True, False):
        with pytest.raises(OutputError, match=r"holds files that are no part of this study \(thesis.tex\). Nothing was changed"):
            BlockStore.open(tmp_path, CONFIGURATION, layout(), resume=resume)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("resume", [True, False])
def test_an_empty_folder_will_do(tmp_path: Path, resume: bool) -> None:
    with BlockStore.open(tmp_path, CONFIGURATION, layout(), resume=resume) as store:
        fill(store)
        assert is_whole(store)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")
    for place, told in ((file, "is a file"), (tmp_path / "no" / "such", "is not a folder"), ("a\0b", "cannot be used")):
        with pytest.raises(OutputError, match=told):
            BlockStore.open(place, CONFIGURATION, layout())
    with pytest.raises(InvalidInputError, match="named by text or a path"):
        BlockStore.open(7, CONFIGURATION, layout())  # type: ignore[arg-type] # what a user may give
    with pytest.raises(UnknownNameError, match="no storage 'netcdff'"):
        BlockStore.open(tmp_path, CONFIGURATION, layout(), storage="netcdff")


def test_a_configuration_that_json_cannot_hold_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    for amiss in (float("inf"), object(), {1, 2}):
        with pytest.raises(InvalidInputError, match="A configuration holds text, finite numbers"):
            BlockStore.open(tmp_path / "study", {"bound": amiss}, layout())
    assert not (tmp_path / "study").exists()


def test_arrays_that_are_not_those_of_the_block_are_refused(tmp_path: Path) -> None:
    with BlockStore.open(tmp_path / "study", CONFIGURATION, layout()) as store:
        right = rows(slice(0, 10))
        for index, members, arrays, told in (
            (0, slice(0, 9), rows(slice(0, 9)), "holds members 0 to 9"),
            (3, slice(30, 40), right, "There is no block 3"),
            (0, slice(0, 10), {**right, "y": right["x"]}, "too many: y"),
            (0, slice(0, 10), {**right, "rise": right["x"]}, r"'rise' of 10 members has shape \(10,\)"),
        ):
            with pytest.raises(InvalidInputError, match=told):
                store.write(index, members, arrays)
        with pytest.raises(InvalidInputError, match="Block 0 of .* is not finished"):
            store.read(0)
        assert store.finished == set()


def test_a_folder_is_written_to_by_one_at_a_time(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0])
    with (
        reopened(folder),
        pytest.raises(OutputError, match=rf"is being written to by another process \({os.getpid()} on .*Wait until it ends"),
    ):
        reopened(folder)
    reopened(folder).close()


@pytest.mark.slow
def test_a_second_process_is_refused(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0])
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.study.stores import *\n"
        "try:\n    BlockStore.open(sys.argv[1], CONFIGURATION, layout(), resume=True)\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )

    def second() -> str:
        return subprocess.run(
            [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
        ).stdout

    with reopened(folder):
        assert f"OutputError {folder} is being written to by another process ({os.getpid()} on " in second()
    assert second() == ""


def test_where_files_cannot_be_locked_a_mark_stands_for_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_files, "_fcntl", None)
    told = r"or one was killed there: files cannot be locked here.* delete .*lock and go on"
    with BlockStore.open(tmp_path, CONFIGURATION, layout()), pytest.raises(OutputError, match=told):
        reopened(tmp_path)
    reopened(tmp_path).close()


@pytest.mark.parametrize(
    ("number", "told", "where"),
    [(errno.ENOSPC, "no space is left", "block"), (errno.EDQUOT, "the quota is used up", "journal"), (errno.EFBIG, "larger", "block")],
)
def test_a_full_disk_is_told_and_what_is_finished_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str, where: str
) -> None:
    folder = filled(tmp_path / "study", [0])
    with reopened(folder) as store:
        with monkeypatch.context() as full:
            calls = iter(range(100))

            def refusing(handle: int) -> None:
                if next(calls) >= (where == "journal"):
                    raise OSError(number, os.strerror(number))

            full.setattr(os, "fsync", refusing)
            with pytest.raises(OutputError, match=rf"{told}.*needs about .* MiB. Finished blocks stay \(1 of 3\); make room"):
                fill(store)
        assert store.finished == {0}
        fill(store)
        assert is_whole(store)
    with reopened(folder) as store:
        assert is_whole(store)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no limits on processes there")
def test_a_limit_on_the_size_of_files_is_told_and_what_is_finished_stays(tmp_path: Path) -> None:
    check_limited(tmp_path / "study", "netcdf", 250_000)


def test_a_study_larger_than_the_disk_is_refused_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"What is left to compute needs about .* GiB in .* are free there"):
        BlockStore.open(tmp_path / "study", CONFIGURATION, layout(10**14, 10**6))
    assert list(tmp_path.iterdir()) == []


def test_a_newer_manifest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path / "study", [0])
    monkeypatch.setattr(store_manifest, "VERSION", 0)
    with pytest.raises(OutputError, match="comes from a newer version of richardson"):
        reopened(folder)


def test_the_state_of_a_study_is_told_while_it_is_under_way(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    with BlockStore.open(folder, CONFIGURATION, layout()) as store:
        fill(store, [0, 2])
        found = status(folder)
    assert (found.blocks, found.finished, found.missing, found.torn) == (3, 2, 1, ())
    assert (found.members, found.finished_members, found.is_complete) == (25, 15, False)
    assert found.outcomes == {"REACHED_END": 9, "ESCAPED": 6}
    assert found.size == sum(block_file(folder, index).stat().st_size for index in (0, 2))
    assert repr(found) == "StoreStatus(2 of 3 blocks, 15 of 25 members: 9 REACHED_END, 6 ESCAPED)"
    assert found.to_table()["missing"] == 1


def test_a_changed_bit_is_found_by_a_status_that_checks(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study")
    path = block_file(folder, 1)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert status(folder).torn == ()
    assert status(folder, check=True).torn == (1,)


def test_where_there_is_no_study_there_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds no study of this library"):
        status(tmp_path)


def test_a_manifest_beside_blocks_of_another_study_is_refused(tmp_path: Path) -> None:
    filled(tmp_path / "one", [0])
    other = {**CONFIGURATION, "relative": 1e-6}
    with BlockStore.open(tmp_path / "other", other, layout()) as store:
        fill(store, [0])
    (tmp_path / "other" / MANIFEST).write_bytes((tmp_path / "one" / MANIFEST).read_bytes())
    with pytest.raises(OutputError, match="beside blocks of another"):
        BlockStore.open(tmp_path / "other", CONFIGURATION, layout(), resume=True)


def test_codes_that_mean_something_else_now_are_refused(tmp_path: Path) -> None:
    folder = filled(tmp_path / "study", [0])
    now = layout()
    moved = [replace(each, attributes={**each.attributes, "flag_meanings": "ESCAPED REACHED_END"}) for each in now.variables[2:]]
    with pytest.raises(OutputError, match="the same study with other arrays"):
        BlockStore.open(folder, CONFIGURATION, replace(now, variables=(*now.variables[:2], *moved)), resume=True)
