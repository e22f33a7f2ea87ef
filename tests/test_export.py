"""Runs in files of other programs: the same numbers, named, with their meanings; whole or not at all."""

import csv
import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from richardson.errors import InvalidInputError, OutputError
from richardson.files import export
from richardson.files.batches import Column, batches, columns_of, layout_of_runs
from richardson.files.stata import stata_names
from richardson.models import linear
from richardson.study.dataset import layout_of
from richardson.study.store.opened import open_study
from tests.study.made_runs import made_ensemble, made_store, made_study

pytestmark = pytest.mark.extra


@pytest.fixture(autouse=True)
def _needs_the_extra() -> None:
    pytest.importorskip("xarray", reason="xarray comes with the extra data; .ci/run has it")


@pytest.fixture(params=["ensemble", "store"])
def runs(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The same runs in memory and in a folder."""
    study = made_study()
    return made_ensemble(study) if request.param == "ensemble" else open_study(made_store(study, tmp_path / "study"))


def expected() -> dict[str, Any]:
    """The table of those runs, in one piece."""
    return next(iter(batches(made_ensemble(made_study()))))


def check(frame: Any) -> None:
    """Hold a table that another program has read to the runs."""
    for name, column in expected().items():
        if name != "outcome":
            assert np.array_equal(frame[name].to_numpy(), column, equal_nan=True), name
    names = ["REACHED_END", "SETTLED", "STOPPED_BY_EVENT", "ESCAPED"] * 2
    assert frame["outcome"].astype(str).tolist() == np.repeat(names, 3).tolist()


def test_a_csv_holds_every_number_exactly(runs: Any, tmp_path: Path) -> None:
    export(runs, tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [column.name for column in columns_of(layout_of_runs(runs))]
    for name, column in expected().items():
        if name != "outcome":
            assert np.array_equal([float(row[name] or "nan") for row in rows], column, equal_nan=True), name
    assert [row["outcome"] for row in rows][9:12] == ["ESCAPED"] * 3


def test_a_parquet_file_holds_types_meanings_and_units(runs: Any, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow comes with the extra scale; .ci/run has it")
    export(runs, tmp_path / "runs.parquet")
    table = parquet.read_table(tmp_path / "runs.parquet")
    check(table.to_pandas())
    assert table.schema.field("x").metadata == {b"long_name": linear().states[0].meaning.encode(), b"units": b"arms"}
    assert table.schema.metadata[b"equations"].startswith(b"dx/dt = ")


def test_a_file_for_stata_has_labels_of_variables_and_outcomes(runs: Any, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    export(runs, tmp_path / "runs.dta")
    check(pandas.read_stata(tmp_path / "runs.dta"))
    with pandas.read_stata(tmp_path / "runs.dta", iterator=True) as reader:
        assert reader.variable_labels()["x"] == f"{linear().states[0].meaning} [arms]"
        assert reader.value_labels()["outcome"][3] == "ESCAPED"
        assert reader.data_label == "Runs of the model linear"


def test_a_netcdf_file_is_the_dataset(runs: Any, tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    export(runs, tmp_path / "runs.nc")
    with xarray.open_dataset(tmp_path / "runs.nc", engine="h5netcdf") as found:
        data = runs.to_xarray()
        assert all(np.array_equal(found[name], data[name], equal_nan=found[name].dtype.kind == "f") for name in data.variables)
        assert found["x"].attrs["units"] == "arms"
        assert found.attrs["equations"] == data.attrs["equations"]


def test_a_file_that_is_there_is_replaced_and_nothing_is_left_beside_it(runs: Any, tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    (place / "runs.csv").write_text("old")
    export(runs, place / "runs.csv")
    assert [path.name for path in place.iterdir()] == ["runs.csv"]
    assert (place / "runs.csv").read_text().startswith("member,time,")


def test_what_cannot_be_written_leaves_what_was_there(runs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "out"
    place.mkdir()
    (place / "runs.csv").write_text("old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"runs.csv cannot be written: no space is left on the device. Name a file"):
        export(runs, place / "runs.csv")
    assert [(path.name, path.read_text()) for path in place.iterdir()] == [("runs.csv", "old")]


@pytest.mark.parametrize(
    ("name", "refusal", "told"),
    [
        ("runs.xlsx", InvalidInputError, r"A file of runs ends in .nc, .csv, .parquet, .dta; got 'runs.xlsx'"),
        ("runs", InvalidInputError, "A file of runs ends in"),
        ("no/such/folder/runs.csv", OutputError, "cannot be written: no such file or directory"),
    ],
)
def test_a_place_that_will_not_do_is_refused(tmp_path: Path, name: str, refusal: type[Exception], told: str) -> None:
    with pytest.raises(refusal, match=told):
        export(made_ensemble(made_study()), tmp_path / name)


def test_what_are_no_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"An ensemble, analysed dynamics or an opened study .* got \w+. Keep other results with"):
        export(linear(), tmp_path / "model.csv")
    with pytest.raises(InvalidInputError, match="A file is named by text or a path; got 3"):
        export(made_ensemble(made_study()), 3)  # type: ignore[arg-type] # what a user may give
    empty = open_study(made_store(made_study(), tmp_path / "study", blocks=[]))
    with pytest.raises(InvalidInputError, match="No member of this study is finished yet"):
        export(empty, tmp_path / "runs.csv")


def test_names_too_long_for_stata_are_cut_where_they_stay_apart() -> None:
    long = "x_plus_" * 6
    columns = columns_of(layout_of(linear(), ("x",), None, (long,), 1, about={}))
    assert stata_names(columns)[long.strip("_")] == long[:32]
    with pytest.raises(InvalidInputError, match="have the same first 32 letters, which is all that Stata takes"):
        stata_names(columns_of(layout_of(linear(), ("x",), None, (long, f"{long}y"), 1, about={})))
    assert stata_names((Column("if", "a word of Stata's", "1", "<f8"),)) == {"if": "if_"}


def test_stata_cannot_hold_infinities(tmp_path: Path) -> None:
    runs = made_ensemble(made_study())
    runs.records[2, 1] = np.inf
    with pytest.raises(InvalidInputError, match="'x_over_y' is infinite for some members, which Stata cannot hold"):
        export(runs, tmp_path / "runs.dta")
    assert list(tmp_path.iterdir()) == []
