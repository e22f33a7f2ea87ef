"""Dynamics in a store: what comes back is what was found, to the bit, whatever stopped the analysis; and another plan is refused."""

import csv
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import richardson as rn
from richardson.errors import DataError, InvalidInputError, OutputError, RichardsonError, UnknownNameError
from richardson.files import export
from richardson.models import linear
from richardson.study import dynamics_run
from richardson.study.dynamics_layout import LONGEST_LIST, WORDS, in_codes, in_words
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.store.block_store import BlockStore
from richardson.study.store.opened import open_study
from richardson.study.store.status import status
from richardson.symbolic.model import Model
from tests.study.made_dynamics import MEASURE, made_dynamics, made_folder, made_plan
from tests.study.made_runs import made_store, made_study

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]


def bits(found: DynamicsStudy) -> dict[str, Any]:
    """All that an analysis gives, so that equal ones have the same bits."""
    columns = {name: column.tolist() if column.dtype.kind == "U" else column.tobytes() for name, column in found.columns.items()}
    return {**columns, "codes": found.codes.tobytes(), "design": found.design.samples.tobytes(), "asked": (found.measures, found.window)}


@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_stored_dynamics_are_those_that_were_found(storage: str, tmp_path: Path) -> None:
    pytest.importorskip("zarr" if storage == "zarr" else "h5netcdf")
    plan = made_plan()
    study = open_study(made_folder(plan, tmp_path / "study", storage=storage))
    found = study.to_dynamics()
    assert bits(found) == bits(made_dynamics(plan))
    assert (found.design.method, found.design.ranges) == ("sobol", plan.design.ranges)
    assert dict(found.provenance.settings)["half_width"] == 0.1
    assert found.provenance.entropy == 0
    assert study["kinds"].tolist() == found["kinds"].tolist()
    assert study["equilibrium x"].tobytes() == study["equilibrium_x"].tobytes() == found["equilibrium x"].tobytes()


def test_stored_dynamics_are_the_dataset_of_the_result(tmp_path: Path) -> None:
    plan = made_plan()
    kept, made = open_study(made_folder(plan, tmp_path / "study")).to_xarray(), made_dynamics(plan).to_xarray()
    assert set(kept.variables) == set(made.variables)
    assert all(kept[name].identical(made[name]) for name in made.variables)
    kind = made["kind"]
    meanings = kind.attrs["flag_meanings"].split()
    assert [meanings[code] for code in kind.values.tolist()][:4] == ["stable_node", "saddle", "none", "degenerate"]
    assert kind.attrs["flag_values"].tolist() == list(range(len(meanings)))
    assert made["kinds"].dims == ("member", "place")
    assert made["is_complete"].attrs["flag_meanings"] == "no yes"


@given(st.lists(st.lists(st.integers(1, len(WORDS) - 1), max_size=LONGEST_LIST), min_size=1, max_size=5))
def test_lists_of_words_come_back_from_their_codes(rows: list[list[int]]) -> None:
    codes = np.zeros((len(rows), LONGEST_LIST), dtype=np.int8)
    for place, row in enumerate(rows):
        codes[place, : len(row)] = row
    told = in_words("attractors", codes)
    assert told.tolist() == ["; ".join(WORDS[code] for code in row) for row in rows]
    assert (in_codes("attractors", told) == codes).all()


@pytest.mark.parametrize("kept", [False, True])
def test_dynamics_are_exported_in_words(kept: bool, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    plan = made_plan()
    found = made_dynamics(plan)
    runs = open_study(made_folder(plan, tmp_path / "study")) if kept else found
    export(runs, tmp_path / "found.csv")
    with (tmp_path / "found.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["kinds"] for row in rows] == found["kinds"].tolist()
    assert [row["kind"] for row in rows] == [kind or "none" for kind in found["kind"].tolist()]
    assert [row["is_complete"] for row in rows] == ["yes" if each else "no" for each in found["is_complete"]]
    assert np.array_equal([float(row["spiral_number"] or "nan") for row in rows], found["spiral_number"], equal_nan=True)
    export(runs, tmp_path / "found.dta")
    assert pandas.read_stata(tmp_path / "found.dta")["kinds"].tolist() == found["kinds"].tolist()


def test_dynamics_are_exported_as_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow comes with the extra scale; .ci/run has it")
    found = made_dynamics(made_plan())
    export(found, tmp_path / "found.parquet")
    table = parquet.read_table(tmp_path / "found.parquet")
    assert table["kinds"].to_pylist() == found["kinds"].tolist()
    assert np.array_equal(table["spiral_number"].to_numpy(), found["spiral_number"], equal_nan=True)


def test_a_part_of_dynamics_is_told_and_not_taken_for_all(tmp_path: Path) -> None:
    part = open_study(made_folder(made_plan(), tmp_path / "study", blocks=[1]))
    assert (len(part), status(tmp_path / "study").missing) == (3, 2)
    assert part["kind"].tolist() == ["degenerate", "stable node", "unstable node"]
    with pytest.raises(InvalidInputError, match=r"holds 1 of the 3 blocks, and to_dynamics\(\) gives every member"):
        part.to_dynamics()


def test_runs_are_not_taken_for_dynamics_nor_dynamics_for_runs(tmp_path: Path) -> None:
    dynamics = open_study(made_folder(made_plan(), tmp_path / "dynamics"))
    runs = open_study(made_store(made_study(), tmp_path / "runs"))
    with pytest.raises(InvalidInputError, match=r"keeps the dynamics of members, not runs. Take to_dynamics\(\)"):
        dynamics.to_ensemble()
    with pytest.raises(InvalidInputError, match=r"keeps runs, not the dynamics of members. Take to_ensemble\(\)"):
        runs.to_dynamics()


@pytest.mark.parametrize("storage", ["netcdf", "zarr"])
def test_a_bit_that_changed_in_a_block_of_dynamics_is_found(storage: str, tmp_path: Path) -> None:
    pytest.importorskip("zarr" if storage == "zarr" else "h5netcdf")
    folder = made_folder(made_plan(), tmp_path / "study", storage=storage)
    block = next(path for path in sorted(folder.rglob("*")) if path.suffix == ".nc" or path.parent.name == "c")
    block = block if block.is_file() else block / "0"
    content = bytearray(block.read_bytes())
    content[-1] ^= 1
    block.write_bytes(content)
    assert len(status(folder, check=True).torn) == 1
    with pytest.raises(DataError, match="was changed or damaged after it was written"):
        open_study(folder).to_dynamics()


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"half_width": 0.05}, "half_width is 0.1 there and 0.05 here"),
        ({"horizon": 50}, "horizon is null there and 50.0 here"),
        ({"measure": (*MEASURE, "count")}, "measure is "),
        ({"window": rn.Window(x=(0, 60), y=(0, 61))}, "window is "),
        ({"bound": 1e6}, "bound is 1000000000.0 there and 1000000.0 here"),
        ({"rng": 1}, "rng.entropy is 0 there and 1 here"),
        ({"measure": (*MEASURE, "distance"), "parameters": "defence_x"}, "parameters"),
    ],
)
def test_the_folder_of_another_plan_is_refused_by_the_key_that_differs(changes: dict[str, Any], key: str, tmp_path: Path) -> None:
    folder, other = made_folder(made_plan(), tmp_path / "study", blocks=[0]), made_plan(**changes)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(OutputError, match=f"holds another study: .*{key}"):
        BlockStore.open(folder, other.configuration(), dynamics_run.dynamics_shelf(other).layout, resume=True)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_of_runs_is_no_folder_for_dynamics(tmp_path: Path) -> None:
    folder, plan = made_store(made_study(), tmp_path / "study"), made_plan()
    with pytest.raises(OutputError, match='kind is "ensemble" there and "dynamics" here'):
        BlockStore.open(folder, plan.configuration(), dynamics_run.dynamics_shelf(plan).layout, resume=True)


def test_what_no_measure_needs_does_not_make_another_study() -> None:
    asked: Any = {"window": None, "measure": "kind"}
    assert made_plan(**asked, half_width=None, rng=3).fingerprint == made_plan(**asked, half_width=None).fingerprint
    assert made_plan(rng=3).fingerprint != made_plan().fingerprint
    assert made_plan().fingerprint == made_plan().fingerprint


def test_a_generator_in_use_makes_another_plan_each_time() -> None:
    used = np.random.default_rng(1)
    assert made_plan(rng=used).fingerprint != made_plan(rng=used).fingerprint


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": None}, "A model was expected"),
        ({"model": "linear"}, "A model was expected"),
        ({"model": Model.from_equations({"x": "x/2", "y": "y/2"}, {}, kind="map")}, "has steps and no rates"),
        ({"design": None}, "A design was expected"),
        ({"design": "defence"}, "A design was expected"),
        ({"window": (0, 60)}, "A window was expected"),
        ({"start": "x"}, "mapping by state"),
        ({"start": {"y": np.nan}}, "y"),
        ({"horizon": np.nan}, "horizon"),
        ({"horizon": -1}, "horizon"),
        ({"horizon": True}, "horizon"),
        ({"horizon": [0, 10]}, "horizon"),
        ({"horizon": np.inf}, "horizon"),
        ({"bound": -1}, "bound"),
        ({"bound": "far"}, "bound"),
        ({"measure": None}, "measure= is a name"),
        ({"measure": [["kind"]]}, "no measure"),
        ({"parameter_scales": {"defence": 1.0}}, "parameter_scales= is for the distance"),
        ({"measure": "distance", "parameters": "defence", "parameter_scales": {"defence": -1.0}}, "defence"),
        ({"measure": "distance", "parameters": "defence", "parameter_scales": 3}, "Scales are given"),
        ({"measure": "distance", "parameters": "defence", "farthest": "far"}, "farthest"),
        ({"measure": "shares", "window": rn.Window(x=(0, 60), y=(0, 60)), "half_width": np.nan}, "half-width"),
        ({"rng": "seed"}, "rng"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_when_it_is_made(changes: dict[str, Any], words: str) -> None:
    given = {"model": linear(), "design": made_study().members, "start": {"y": 1.0}} | changes
    with pytest.raises(RichardsonError, match=words):
        DynamicsPlan(given.pop("model"), given.pop("design"), **given)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"resume": True}, InvalidInputError, "Name it with store="),
        ({"resume": "yes"}, InvalidInputError, "resume= is True or False"),
        ({"engine": "cuda"}, InvalidInputError, "The engine 'cuda' cannot take this"),
        ({"engine": "gpu"}, UnknownNameError, "There is no engine"),
        ({"keep": "end"}, InvalidInputError, "keep= is for the states of runs"),
    ],
)
def test_what_a_plan_is_not_run_with_is_refused(options: dict[str, Any], error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        rn.run_study(made_plan(), **options)


@pytest.mark.parametrize("thing", [None, "study", made_study().design])
def test_what_is_no_study_is_not_run_nor_costed(thing: Any) -> None:
    for verb in (rn.run_study, rn.cost):
        with pytest.raises(InvalidInputError, match="A study was expected"):
            verb(thing)


BEAD = Model.from_equations({"x": "m + x - x**3"}, {"m": 0}, name="bead")
BEADS = rn.Design.from_table({"m": np.linspace(-0.3, 0.6, 9), "x": np.where(np.arange(9) % 2, 1.0, -1.0)})
ASKED: dict[str, Any] = {"measure": ("kind", "kinds", "is_complete", "shares"), "half_width": 0.1, "rng": 3}


def analysed(**options: Any) -> DynamicsStudy:
    """A bead in two wells, tilted more and more."""
    return rn.run_dynamics(BEAD, BEADS, rn.Window(x=(-2, 2)), **ASKED, **options)


@pytest.mark.slow
@pytest.mark.parametrize(("storage", "engine"), [("netcdf", "local"), ("zarr", "local"), ("netcdf", "processes")])
def test_dynamics_go_on_where_they_were_stopped_to_the_same_bits(
    storage: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("zarr" if storage == "zarr" else "h5netcdf")
    monkeypatch.setattr(dynamics_run, "LOST", 1e-6)  # a member a block
    whole, folder = analysed(), tmp_path / "study"
    asked: Any = {"store": folder, "storage": storage}
    assert bits(analysed(**asked)) == bits(whole)
    assert status(folder).blocks == len(BEADS)
    lines = (folder / "blocks.jsonl").read_text().splitlines(keepends=True)
    (folder / "blocks.jsonl").write_text("".join(lines[:5]))  # the session and four blocks
    (folder / "manifest.json").unlink()
    assert bits(analysed(**asked, engine=engine, resume=True)) == bits(whole)
    assert bits(open_study(folder).to_dynamics()) == bits(whole)
    again = (folder / "blocks.jsonl").read_text().splitlines(keepends=True)
    assert again[:5] == lines[:5]  # nothing that was finished is computed again
    assert len(again) == len(lines) + 1


@pytest.mark.slow
def test_a_damaged_block_of_dynamics_is_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamics_run, "LOST", 1e-6)
    whole = analysed(store=tmp_path / "study")
    block = sorted((tmp_path / "study").rglob("block-*.nc"))[4]
    content = bytearray(block.read_bytes())
    content[-3] ^= 4
    block.write_bytes(content)
    with pytest.warns(RuntimeWarning, match="block 4, member 4, was changed after it was written"):
        again = analysed(store=tmp_path / "study", resume=True)
    assert bits(again) == bits(whole)


@pytest.mark.slow
def test_an_interruption_leaves_what_was_finished_and_a_store_to_go_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamics_run, "LOST", 1e-6)
    whole, write = analysed(), BlockStore.write

    def interrupted(self: BlockStore, index: int, *arguments: Any) -> None:
        write(self, index, *arguments)
        if index == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(BlockStore, "write", interrupted)
    stopped = analysed(store=tmp_path / "study")
    lost = stopped.count()[rn.Outcome.INTERRUPTED]
    assert 0 < lost < len(BEADS) - 3
    assert stopped["kind"][: len(BEADS) - lost].tolist() == whole["kind"][: len(BEADS) - lost].tolist()
    monkeypatch.setattr(BlockStore, "write", write)
    assert bits(analysed(store=tmp_path / "study", resume=True)) == bits(whole)


@pytest.mark.slow
def test_a_dry_run_of_dynamics_tells_time_within_reason() -> None:
    plan = DynamicsPlan(BEAD, BEADS, rn.Window(x=(-2, 2)), **ASKED)
    told = rn.cost(plan)
    assert (told.members, told.sampled, told.workers, told.failed) == (9, 9, 1, 0)
    assert 0.0 < told.work < 60.0
    assert told.work == told.seconds
