"""A stored study opens as what was stored: lazily as a dataset, whole as an ensemble, and only if it is as it was written."""

import errno
import json
import os
import pickle
from dataclasses import replace
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from richardson.errors import DataError, InvalidInputError, OutputError, UnknownNameError
from richardson.models import collective_security, linear, security_dilemma
from richardson.outcome import Outcome
from richardson.study import memory
from richardson.study.dataset import Rows, arrays_of, layout_of, study_layout, to_dataset
from richardson.study.design import Design
from richardson.study.discovery import discover
from richardson.study.ensemble import Audit, Ensemble
from richardson.study.keeping import StudyStore, study_shelf
from richardson.study.plan import Study
from richardson.study.robustness import robustness
from richardson.study.run import run_ensemble
from richardson.study.sensitivity import sensitivity
from richardson.study.store import opened as stored
from richardson.study.store.block_store import BlockStore
from richardson.study.store.opened import open_study
from richardson.symbolic.model import Model
from richardson.symbolic.write import to_text
from tests.study.made_dynamics import made_folder, made_plan
from tests.study.made_runs import RECORD, made_ensemble, made_rows, made_store, made_study

pytestmark = pytest.mark.extra


@pytest.fixture(autouse=True)
def _needs_xarray() -> None:
    pytest.importorskip("xarray", reason="xarray comes with the extra data; .ci/run has it")


def bits(runs: Ensemble) -> dict[str, Any]:
    """All that a run of a study gives, so that equal ones have the same bits."""
    arrays = (runs.states, runs.records, runs.codes, runs.stopped_at, runs.design.samples, np.array(runs.times))
    return {"arrays": [(each.shape, each.tobytes()) for each in arrays], "words": (runs.model, runs.labels, runs.design.names)}


@pytest.mark.parametrize("times", [(0, 1, 40), 40.0], ids=["times", "ends"])
def test_a_stored_study_is_the_ensemble_that_was_stored(tmp_path: Path, times: Any) -> None:
    study = made_study(times=times)
    found = open_study(made_store(study, tmp_path / "study")).to_ensemble()
    assert bits(found) == bits(made_ensemble(study))
    assert found.design.method == "sobol"
    assert found.design.entropy == 1
    assert dict(found.provenance.settings)["relative"] == study.relative


def test_a_stored_study_is_the_dataset_of_the_ensemble(tmp_path: Path) -> None:
    study = made_study()
    found, expected = open_study(made_store(study, tmp_path / "study")).to_xarray(), made_ensemble(study).to_xarray()
    assert set(found.variables) == set(expected.variables)
    assert all(found[name].identical(expected[name]) for name in expected.variables)
    assert json.loads(found.attrs["configuration"])["design"]["names"] == ["defence", "x"]


def test_a_stored_study_is_read_in_parts_where_dask_is(tmp_path: Path) -> None:
    pytest.importorskip("dask", reason="dask comes with the extra scale; .ci/run has it")
    study = made_study()
    folder = made_store(study, tmp_path / "study")
    found = open_study(folder).to_xarray()
    assert found["x"].chunks == ((3, 3, 2), (3,))
    again = pickle.loads(pickle.dumps(found["x"].data))  # as it is sent to another process
    assert np.array_equal(again.compute(), made_rows(study).states[:, :, 0], equal_nan=True)


def test_without_dask_a_dataset_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = made_study()
    monkeypatch.setattr(stored, "find_spec", lambda name: None if name == "dask" else util.find_spec(name))
    found = open_study(made_store(study, tmp_path / "study")).to_xarray()
    assert found["x"].chunks is None
    assert np.array_equal(found["x"], made_rows(study).states[:, :, 0], equal_nan=True)


def test_what_is_there_of_a_study_under_way_is_told_and_read(tmp_path: Path) -> None:
    study, rows = made_study(), made_rows(made_study())
    part = open_study(made_store(study, tmp_path / "study", blocks=[2, 0]))
    there = [0, 1, 2, 6, 7]
    assert (len(part), part.is_complete, part.members.tolist()) == (5, False, there)
    assert repr(part).startswith("StoredStudy(study, 5 of 8 members: 2 STOPPED_BY_EVENT, 1 ")
    assert part.count()[Outcome.STOPPED_BY_EVENT] == 2
    assert part["stopped_at"].tolist() == rows.stopped_at[there].tolist()
    assert part.to_xarray()["member"].values.tolist() == there
    assert part.status().finished == 2
    with pytest.raises(InvalidInputError, match=r"holds 2 of the 3 blocks, and to_ensemble\(\) gives every member. Finish"):
        part.to_ensemble()


def test_arrays_go_by_the_names_of_the_ensemble(tmp_path: Path) -> None:
    study = made_study()
    found, runs = open_study(made_store(study, tmp_path / "study")), made_ensemble(study)
    for name in ("x", "y", "x/y", "maximum of x - 0.5", "first crossing of y - 2", "defence"):
        assert np.array_equal(found[name], runs[name], equal_nan=True), name
    assert np.array_equal(found["record_x"], runs.records[:, 0])
    assert np.array_equal(found["design_x"], runs.design["x"])
    with pytest.raises(UnknownNameError, match="no state, record, measure or column 'defense'. Did you mean 'defence'"):
        found["defense"]


def test_parts_are_of_variables_that_there_are(tmp_path: Path) -> None:
    opened = open_study(made_store(made_study(), tmp_path / "study"))
    assert [list(arrays) for _, arrays in opened.parts("design_x")] == [["design_x"]] * 3
    with pytest.raises(UnknownNameError, match="The dataset has no variable 'design_z'. Did you mean 'design_x'"):
        list(opened.parts(["design_z"]))


def test_a_damaged_block_is_refused_when_it_is_read(tmp_path: Path) -> None:
    study = made_study()
    folder = made_store(study, tmp_path / "study")
    path = folder / "blocks" / "000000" / "block-000000001.nc"
    content = bytearray(path.read_bytes())
    content[-9] ^= 16
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"block-000000001.nc was changed or damaged"):
        open_study(folder).to_ensemble()


def test_what_does_not_fit_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made_store(made_study(), tmp_path / "study")
    monkeypatch.setattr(memory, "SHARE", 0.0)
    with pytest.raises(InvalidInputError, match=r"8 members need 0.0 GiB; .* are free. Take the variables that you need"):
        open_study(folder).to_ensemble()


def test_a_folder_without_a_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds no study of this library"):
        open_study(tmp_path)


def test_a_dataset_says_what_it_holds() -> None:
    found = made_ensemble(made_study()).to_xarray()
    assert found.attrs["equations"].splitlines()[0] == f"dx/dt = {to_text(linear().rates[0])}"
    assert json.loads(found.attrs["parameters"]) == linear().values
    assert json.loads(found.attrs["versions"])["numpy"] == np.__version__
    assert (found["x"].attrs["units"], found["time"].attrs["units"], found["stopped_at"].attrs["units"]) == ("arms", "yr", "yr")
    codes, meanings = found["outcome"].attrs["flag_values"], found["outcome"].attrs["flag_meanings"].split()
    assert codes.dtype == found["outcome"].dtype
    assert meanings[int(found["outcome"][3])] == Outcome.ESCAPED.name
    assert [found[name].attrs["name"] for name in ("record_x", "x_over_y", "maximum_of_x_minus_0_5")] == ["x", "x/y", "maximum of x - 0.5"]


def test_names_that_would_clash_are_told_apart() -> None:
    own = Model.from_equations({"time": "-time", "member": "time - member"})
    layout = layout_of(own, ("time",), None, ("a+b", "a + b", "1/time", "∞"), 2, about={})
    assert layout.names[:3] == ("design_time", "state_time", "state_member")
    assert layout.names[3:] == ("a_plus_b", "record_a_plus_b", "record_1_over_time", "record_", "outcome", "stopped_at")


def test_columns_of_concepts_and_of_many_nations_have_meanings() -> None:
    layout = layout_of(security_dilemma(), ("alarm", "balance", "x"), None, (), 2, about={})
    assert layout.variables[0].attributes["long_name"] == "alarm: alarm_x, alarm_y"
    assert layout.variables[2].attributes["long_name"].endswith("at the start")
    many = collective_security(8)
    name = many.parameter_names[0]
    assert layout_of(many, (name,), None, (), 2, about={}).variables[0].attributes["long_name"] == name


def test_a_text_too_long_for_an_attribute_is_a_variable(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    layout = layout_of(linear(), ("x",), None, (), 1, about={"title": "short", "equations": "x" * 70_000})
    arrays = {name: np.zeros(1, dtype=np.int8 if name == "outcome" else float) for name in layout.names}
    to_dataset(layout, arrays, np.arange(1)).to_netcdf(tmp_path / "long.nc", engine="h5netcdf")
    with xarray.open_dataset(tmp_path / "long.nc", engine="h5netcdf") as found:
        assert (found.attrs["title"], found["equations"].item()) == ("short", "x" * 70_000)


@pytest.mark.slow
def test_a_study_that_ran_into_a_folder_opens_as_it_was_returned(tmp_path: Path) -> None:
    study = made_study(64)
    runs = run_ensemble(study.model, study.design, study.start, study.times, record=study.record, store=tmp_path / "study", progress=False)
    opened = open_study(tmp_path / "study").to_ensemble()
    assert bits(opened) == bits(runs)
    assert repr(opened.audit) == repr(runs.audit) != "None"
    assert opened.audit.errors.tobytes() == runs.audit.errors.tobytes()  # type: ignore[union-attr]


@pytest.mark.parametrize(("method", "size"), [("sobol", 16), ("morris", 8), ("pawn", 100)])
def test_a_design_for_sensitivity_comes_back_as_one(method: str, size: int, tmp_path: Path) -> None:
    design = Design.for_sensitivity({"defence": (0.1, 0.9), "x": (0, 4)}, method=method, size=size, rng=1)
    study = Study(linear(), design, {"y": 1}, (0, 1, 40), record=RECORD)
    opened = open_study(made_store(study, tmp_path / "study", block=32)).to_ensemble()
    assert design.blocks is not None
    assert opened.design.blocks == design.blocks
    assert study.configuration()["design"]["blocks"].keys() == {"method", "length", "second_order"}  # the samples have a checksum there
    index = sensitivity(replace(opened, codes=np.zeros_like(opened.codes)), outcome="x", failed=0.0, rng=1)
    assert index.names == ("defence", "x")


@pytest.mark.parametrize("verb", [sensitivity, discover, robustness])
def test_a_study_in_a_folder_is_refused_with_how_its_members_are_read(verb: Any, tmp_path: Path) -> None:
    study, plan = made_study(), made_plan()
    asked = {sensitivity: (), discover: ("x > 1",), robustness: ("defence", "x")}[verb]
    folders = made_store(study, tmp_path / "runs"), made_folder(plan, tmp_path / "dynamics")
    for subject, told in (
        (open_study(folders[0]), r"lies in a folder: give its to_ensemble\(\)"),
        (open_study(folders[1]), r"lies in a folder: give its to_dynamics\(\)"),
        (str(folders[0]), r"Open the folder of a study by open_study\(…\)"),
        (folders[1], r"Open the folder of a study by open_study\(…\)"),
        (study, r"has not been run: give what run_study\(…\) returns"),
        (plan, r"has not been run: give what run_study\(…\) returns"),
    ):
        with pytest.raises(InvalidInputError, match=told):
            verb(subject, *asked)


def test_the_audit_of_a_complete_study_is_kept_with_it(tmp_path: Path) -> None:
    study = made_study()
    folder = made_store(study, tmp_path / "study", blocks=[0, 1])
    audit = Audit(np.array([1, 4, 7]), np.array([1e-9, np.nan, 3e-8]), 1, 0)
    for blocks in ([], [2]):  # of a part there is no audit
        with reopened(study, folder) as store:
            rows = made_rows(study)
            for index in blocks:
                part = store.layout.rows(index)
                store.write(index, part, arrays_of(store.layout, Rows(*(array[part] for array in rows))))
            kept(study, store).keep_audit(audit)
        assert (open_study(folder).audit is None) is (not blocks)
    found = open_study(folder).to_ensemble().audit
    assert found is not None
    assert found.members.tolist() == [1, 4, 7]
    assert np.array_equal(found.errors, audit.errors, equal_nan=True)
    assert (found.disagreements, found.unfinished, found.error) == (1, 0, 3e-8)


def test_an_audit_edited_by_hand_is_named_and_made_anew_without_computing_a_block(tmp_path: Path) -> None:
    study = made_study()
    folder = made_store(study, tmp_path / "study")
    with reopened(study, folder) as store:
        kept(study, store).keep_audit(Audit(np.array([1]), np.array([1e-3]), 0, 0))
    path = folder / "audit.json"
    path.write_text(path.read_text().replace("0.001", "0.0001"))
    with pytest.raises(DataError, match=r"audit.json was edited or damaged .* Delete it"):
        open_study(folder).to_ensemble()
    path.unlink()
    assert open_study(folder).to_ensemble().audit is None
    with reopened(study, folder) as store:
        assert store.is_complete


def test_an_audit_that_cannot_be_written_costs_no_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = made_study()
    with reopened(study, made_store(study, tmp_path / "study")) as store:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match=r"The audit cannot be written to .*: no space is left on the device. All blocks are there"):
            kept(study, store).keep_audit(Audit(np.array([1]), np.array([1e-3]), 0, 0))
    assert open_study(tmp_path / "study").audit is None
    assert [path.name for path in (tmp_path / "study").iterdir() if path.name.startswith(".unfinished")] == []


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, "no space")


def reopened(study: Study, folder: Path) -> BlockStore:
    return BlockStore.open(folder, study.configuration(), study_layout(study).in_blocks(3), resume=True)


def kept(study: Study, store: BlockStore) -> StudyStore:
    return StudyStore(store, study_shelf(study), study.members.samples, study.fingerprint)


@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_a_block_that_is_gone_is_named(storage: str, tmp_path: Path) -> None:
    if storage == "zarr":
        pytest.importorskip("zarr")
    folder = made_store(made_study(), tmp_path / "study", storage=storage)
    chunk = next(path for path in sorted(folder.rglob("*")) if path.is_file() and (path.suffix == ".nc" or path.parent.name == "c"))
    chunk.unlink()
    with pytest.raises(DataError, match="is missing. Run the study again with resume=True"):
        open_study(folder).to_ensemble()
