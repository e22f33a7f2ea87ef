"""What an ensemble offers: columns by name, outcomes, tables, datasets, copies."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import richardson
from richardson.errors import UnknownNameError
from richardson.files import load, save
from richardson.models import linear
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.ensemble import Audit, Ensemble
from richardson.study.recording import Maximum
from richardson.study.run import run_ensemble

RACE = linear()
TIMES = np.array([0.0, 1.0, 40.0])
DESIGN = Design.grid({"defence": [0.2, 1.5], "x": [1, 2, 3]})  # stable, and a race without end


@pytest.fixture(scope="module")
def ends() -> Ensemble:
    return run_ensemble(RACE, DESIGN, {"y": 1}, 40.0, audit=6, bound=1e3)


@pytest.fixture(scope="module")
def kept() -> Ensemble:
    return run_ensemble(RACE, DESIGN, {"y": 1}, TIMES, record=[Maximum("x"), "x + y"], settle=True, bound=1e3)


def same(one: Ensemble, other: Ensemble) -> bool:
    arrays = all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in ("states", "records", "codes", "stopped_at")
    )
    assert one.audit is not None and other.audit is not None
    audits = np.array_equal(one.audit.members, other.audit.members) and np.array_equal(one.audit.errors, other.audit.errors, equal_nan=True)
    return bool(arrays and audits and one.labels == other.labels and one.model == other.model and repr(one) == repr(other))


def test_a_state_a_record_and_a_column_are_had_by_name(kept: Ensemble) -> None:
    assert np.array_equal(kept["y"], kept.states[:, :, 1], equal_nan=True)
    assert np.array_equal(kept["x + y"], kept.records[:, 1])
    assert kept["defence"].tolist() == [0.2] * 3 + [1.5] * 3


def test_a_state_comes_before_the_column_of_its_start(kept: Ensemble) -> None:
    assert kept["x"].shape == (6, 3)


def test_an_unknown_name_is_refused_with_the_nearest(kept: Ensemble) -> None:
    with pytest.raises(UnknownNameError, match="'maximum of z'.*'maximum of x'"):
        _ = kept["maximum of z"]


def test_outcomes_are_counted_by_kind(ends: Ensemble) -> None:
    assert ends.count() == {Outcome.REACHED_END: 3, Outcome.ESCAPED: 3}
    assert list(ends.outcomes) == [Outcome.REACHED_END] * 3 + [Outcome.ESCAPED] * 3
    assert ends.is_answer.tolist() == [True] * 6


def test_a_failed_run_is_a_row_and_no_answer() -> None:
    runs = run_ensemble(RACE, DESIGN, {"y": 1}, 40.0, step_limit=3)
    assert (len(runs), runs.is_answer.tolist(), runs.count()) == (6, [False] * 6, {Outcome.STEP_LIMIT: 6})


def test_its_length_is_that_of_the_design(ends: Ensemble) -> None:
    assert len(ends) == len(DESIGN) == 6


def test_a_line_tells_members_times_and_outcomes(ends: Ensemble, kept: Ensemble) -> None:
    assert repr(ends) == f"Ensemble({RACE.name}, 6 members, the end: 3 REACHED_END, 3 ESCAPED)"
    assert repr(kept) == f"Ensemble({RACE.name}, 6 members, 3 times: 3 SETTLED, 3 ESCAPED)"


def test_a_line_tells_the_error_of_an_audit() -> None:
    audit = Audit(np.array([1, 2, 5]), np.array([1e-9, 3e-9, np.nan]), 1, 2)
    assert repr(audit) == "Audit(3 members run again: largest relative error 3.0e-09, 1 ended otherwise, 2 spent their steps)"


def test_an_audit_without_any_answer_knows_no_error() -> None:
    assert np.isnan(Audit(np.array([1]), np.array([np.nan]), 1, 0).error)


def test_a_table_has_a_row_for_each_member(kept: Ensemble) -> None:
    table = kept.to_table()
    assert list(table) == ["defence", "x", "outcome", "stopped_at", "x at the end", "y at the end", "maximum of x", "x + y"]
    assert {column.shape for column in table.values()} == {(6,)}
    assert table["outcome"].tolist() == ["SETTLED"] * 3 + ["ESCAPED"] * 3
    assert np.array_equal(table["y at the end"], kept["y"][:, -1], equal_nan=True)


@pytest.mark.extra
def test_a_dataset_lies_over_members_and_times_with_units(ends: Ensemble, kept: Ensemble) -> None:
    pytest.importorskip("xarray", reason="xarray comes with the extra data; .ci/run has it")
    of_times, of_ends = kept.to_xarray(), ends.to_xarray()
    assert dict(of_times.sizes) == {"member": 6, "time": 3}
    assert (of_times["x"].attrs["long_name"], of_times["x"].attrs["units"]) == (RACE.states[0].meaning, RACE.states[0].unit)
    assert np.array_equal(of_times["y"], kept["y"], equal_nan=True)
    assert of_times["design_x"].values.tolist() == kept.design["x"].tolist()
    assert np.array_equal(of_ends["x"], ends["x"][:, 0])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda runs: pickle.loads(pickle.dumps(runs))], ids=["copied", "pickled"])
def test_a_copy_is_the_same(duplicate: object, kept: Ensemble) -> None:
    assert same(duplicate(kept), kept)  # type: ignore[operator] # both are functions


def test_what_is_saved_is_loaded_again(kept: Ensemble, tmp_path: Path) -> None:
    save(kept, tmp_path / "runs.rn")
    assert same(load(tmp_path / "runs.rn"), kept)


def test_the_library_offers_it_by_name() -> None:
    assert (richardson.run_ensemble, richardson.Ensemble) == (run_ensemble, Ensemble)
