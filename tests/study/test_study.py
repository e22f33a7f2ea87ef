"""What a study is made of: its configuration, its fingerprint, repeats, rows run again, and what it would take."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.errors import ComputationError, InvalidInputError, RichardsonError
from richardson.models import collective_security, linear, nations, security_dilemma
from richardson.study.configuration import canonical, study_arguments
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.plan import Study
from richardson.study.repeats import repeated
from richardson.study.reproduce import reproduce
from richardson.symbolic.model import Model
from richardson.symbolic.series import Series
from richardson.symbolic.spec import from_spec, to_spec

RACE = linear()
DESIGN = Design.sobol({"x": (0, 4), "defence": (0.1, 0.3)}, size=64, rng=1)
MODELS = {
    "linear": RACE,
    "dilemma": security_dilemma(balance=0.1),
    "nations": nations(7),
    "pact": collective_security(8, pact=("n1", "n5"), defence_n1_n2=0.3),
    "driven": linear()
    .with_drive(grievance_x=Series([0, 4, 9, 12], [0.1, 0.3, 0.2, 0.2], interpolation="cubic"))
    .with_drive(grievance_y="0.1*t"),
    "own": Model.from_equations({"x": "hill(x, h, 2) - sqrt(x)/3 + exp(-t)*min(x, 1)"}, {"h": 0.1}, lower={"x": 0}),
}


def study(**changes: Any) -> Study:
    """A study of the linear race."""
    options = {"times": 20.0, "record": (), "audit": 0} | changes
    return Study(options.pop("model", RACE), options.pop("design", DESIGN), options.pop("start", {"y": 1}), **options)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back_from_its_specification_as_text(name: str) -> None:
    back = from_spec(json.loads(json.dumps(to_spec(MODELS[name]), allow_nan=False)))
    assert back == MODELS[name]
    assert (back.numbers, back.states, back.parameters) == (MODELS[name].numbers, MODELS[name].states, MODELS[name].parameters)


def test_a_specification_whose_equations_were_changed_is_refused() -> None:
    parts = to_spec(RACE)
    parts["rates"][0] = parts["rates"][1]
    with pytest.raises(InvalidInputError, match="not those that were written"):
        from_spec(parts)


@pytest.mark.parametrize(
    "changes",
    [
        {"model": linear(fatigue=0.6)},
        {"design": Design.sobol({"x": (0, 4), "defence": (0.1, 0.3)}, size=64, rng=2)},
        {"design": Design.from_table({"defence": DESIGN["defence"], "x": DESIGN["x"]})},
        {"start": {"y": np.nextafter(1.0, 2.0)}},
        {"times": 21.0},
        {"times": [0.0, 20.0]},
        {"times": None, "settle": True},
        {"settle": True},
        {"method": "DOP853"},
        {"relative": 1e-9},
        {"absolute": 1e-11},
        {"record": "x"},
        {"record": rn.Maximum("x")},
        {"bound": np.inf},
        {"step_limit": 10},
        {"repeats": 2},
    ],
    ids=str,
)
def test_whatever_decides_the_rows_changes_the_fingerprint(changes: dict[str, Any]) -> None:
    assert study(**changes).fingerprint != study().fingerprint


@pytest.mark.parametrize("changes", [{"audit": 5}, {"rng": 3}, {"start": {"y": 1.0}}, {"start": {"y": np.float64(1)}}, {"record": []}])
def test_what_does_not_decide_the_rows_does_not_change_the_fingerprint(changes: dict[str, Any]) -> None:
    assert study(**changes).fingerprint == study().fingerprint


def test_a_configuration_is_plain_data_from_which_the_study_can_be_made_again() -> None:
    asked = study(times=np.linspace(0, 3, 4), record=[rn.Maximum("x"), rn.FirstCrossing("x - y", 1), "x*y"], bound=np.inf)
    read = json.loads(canonical(asked.configuration()))
    again = Study(from_spec(read["model"]), DESIGN, **study_arguments(read))
    assert again.configuration() == asked.configuration()


def test_a_study_is_pickled_with_its_fingerprint() -> None:
    assert pickle.loads(pickle.dumps(study())).fingerprint == study().fingerprint


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"times": None}, "Runs need an end"),
        ({"times": -1.0}, "must be above it"),
        ({"method": "RK45"}, "no method 'RK45' for ensembles"),
        ({"start": {}}, "Neither the design nor the start gives a value for y"),
        ({"start": {"y": 2e9}}, "already beyond bound"),
        ({"audit": -1}, "audit= must be a whole number"),
        ({"repeats": 0}, "repeats= must be a whole number, 1 or more"),
        ({"record": "z"}, "z"),
        ({"settle": "no"}, "settle= is True or False; got 'no'"),
        ({"settle": True, "record": rn.Integral("x")}, "goes on growing"),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_refused_when_the_study_is_made(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(RichardsonError, match=why):
        study(**changes)


# repeats


def test_the_first_repeat_is_the_design_and_the_others_are_drawn_from_streams_of_their_own() -> None:
    found = repeated(DESIGN, 3).samples.reshape(3, 64, 2)
    assert np.array_equal(found[0], DESIGN.samples)
    assert len({part.tobytes() for part in found}) == 3
    for part in found:  # each is a scrambled Sobol' sequence: as many in each quarter of each range
        assert np.histogram(part[:, 0], 4, (0, 4))[0].tolist() == [16] * 4


def test_more_repeats_go_on_where_fewer_ended() -> None:
    assert np.array_equal(repeated(DESIGN, 3).samples, repeated(DESIGN, 5).samples[: 3 * 64])


def test_in_nested_designs_what_is_drawn_is_drawn_again_and_the_rest_stays() -> None:
    levers = Design.grid({"balance": [-1.0, 0.0, 1.0]})
    worlds = Design.latin_hypercube({"alarm": (0, 1), "x": (0, 4)}, size=5, rng=1)
    table = Design.from_table({"y": [1.0, 2.0]})
    whole = levers * worlds * table
    first, second = repeated(whole, 2).samples.reshape(2, 30, 4)
    assert np.array_equal(first, whole.samples)
    assert np.array_equal(first[:, [0, 3]], second[:, [0, 3]])
    inner = second[:, 1:3].reshape(3, 5, 2, 2)
    assert (inner == inner[:1, :, :1]).all()  # the same worlds under every lever, with every row of the table
    assert not np.isin(inner, first[:, 1:3]).any()


@pytest.mark.parametrize("design", [Design.grid({"x": [0, 1]}), Design.from_table({"x": [0, 1]}) * Design.grid({"y": [0]})])
def test_repeats_of_what_is_not_random_are_refused(design: Design) -> None:
    with pytest.raises(InvalidInputError, match="nothing in a design by .* is random.*would be the same"):
        repeated(design, 2)


def test_repeats_of_a_design_whose_seed_is_not_known_are_refused() -> None:
    generator = np.random.Generator(np.random.PCG64())
    generator.bit_generator.state = np.random.PCG64(5).state
    drawn = replace(Design.sobol({"x": (0, 4)}, size=4, rng=1), entropy=None)
    with pytest.raises(InvalidInputError, match="not known what the design was drawn from"):
        repeated(drawn, 2)


# rows run again, and costs: these run a kernel

RECORDED = {"times": np.linspace(0, 6, 4), "record": [rn.Maximum("x"), rn.FirstCrossing("x - y", 1), "x*y"], "repeats": 2, "bound": np.inf}


@pytest.fixture(scope="module")
def runs() -> Ensemble:
    return rn.run_study(study(**RECORDED))


@pytest.mark.slow
@pytest.mark.parametrize("member", [0, 31, 64, 127])
def test_any_member_runs_again_to_the_bit(member: int, runs: Ensemble, tmp_path: Path) -> None:
    rn.save(runs, tmp_path / "runs.rn")
    for source in (runs, rn.load(tmp_path / "runs.rn"), study(**RECORDED)):
        again = reproduce(source, member)
        assert again.states[0].tobytes() == runs.states[member].tobytes()
        assert again.records[0].tobytes() == runs.records[member].tobytes()


@pytest.mark.slow
def test_a_row_that_does_not_come_out_as_it_stands_is_named(runs: Ensemble) -> None:
    states = runs.states.copy()
    states[5, 2, 1] = np.nextafter(states[5, 2, 1], 9.0)
    with pytest.raises(ComputationError, match="Member 5 does not come out as it stands: its states differ.*with richardson"):
        reproduce(replace(runs, states=states), 5)


def test_there_is_no_row_beyond_the_last() -> None:
    with pytest.raises(InvalidInputError, match="no member 64. Give a whole number from 0 to 63"):
        reproduce(study(), 64)


def test_what_is_no_ensemble_has_no_rows() -> None:
    with pytest.raises(InvalidInputError, match="A member of an ensemble, of analysed dynamics, or of a study"):
        reproduce("runs", 0)  # type: ignore[arg-type]


def test_a_dry_run_counts_what_a_study_takes() -> None:
    dry = rn.cost(study(times=np.linspace(0, 20, 11)), workers=4, sample=40)
    assert (dry.members, dry.sampled, dry.failed, dry.workers, dry.blocks) == (64, 40, 0, 4, 1)
    assert dry.memory == 64 * 8 * (2 + 11 * 2 + 2)
    assert dry.work == pytest.approx(4 * dry.seconds)


def test_a_dry_run_bears_a_clock_too_coarse_for_its_members(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("keeping", "cost"):
        monkeypatch.setattr(f"richardson.study.{module}.thread_time", lambda: 0.0)
    dry = rn.cost(study())
    assert (dry.sampled, dry.seconds) == (64, 0.0)


def test_a_dry_run_tells_of_members_that_fail() -> None:
    dry = rn.cost(study(step_limit=1), sample=40)
    assert dry.failed == 40
    assert "40 of 40 sampled members failed" in repr(dry)


@pytest.mark.parametrize("wrong", [{"sample": 7}, {"sample": True}, {"workers": 0}])
def test_numbers_of_a_dry_run_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="must be a whole number"):
        rn.cost(study(), **wrong)


def test_rows_are_kept_for_a_store_only_where_there_is_one() -> None:
    with pytest.raises(InvalidInputError, match="leaves the other states to a store, and there is none"):
        rn.run_study(study(times=[0.0, 1.0]), keep="end")
    with pytest.raises(InvalidInputError, match="resume=True goes on with a study in a folder, and there is none"):
        rn.run_study(study(), resume=True)
    with pytest.raises(InvalidInputError, match="resume= is True or False; got 'no'"):
        rn.run_study(study(), store="never made", resume="no")  # type: ignore[arg-type]
    with pytest.raises(RichardsonError, match="'states' or the 'end'"):
        rn.run_study(study(), keep="all")


@pytest.mark.extra
@pytest.mark.slow
def test_a_store_holds_all_times_where_the_ensemble_keeps_the_end(tmp_path: Path) -> None:
    pytest.importorskip("h5netcdf")
    asked = study(**RECORDED)
    ends = rn.run_study(asked, store=tmp_path / "store", keep="end")
    whole = rn.run_study(asked)
    stored = rn.open_study(tmp_path / "store").to_ensemble()
    assert ends.states.tobytes() == np.ascontiguousarray(whole.states[:, -1:]).tobytes()
    assert ends.times is not None
    assert ends.times.tolist() == [6.0]
    assert stored.states.tobytes() == whole.states.tobytes()
    assert reproduce(stored, 70).states[0].tobytes() == whole.states[70].tobytes()
    assert reproduce(ends, 70).states[0].tobytes() == whole.states[70].tobytes()


@pytest.mark.parametrize("first", [Design.latin_hypercube({"x": (0, 1)}, size=8, rng=1), Design.grid({"x": [0, 1]})])
def test_repeats_of_blocks_of_a_sensitivity_analysis_are_refused(first: Design) -> None:
    blocks = Design.for_sensitivity({"defence": (0.2, 0.4)}, size=16, rng=1)
    with pytest.raises(InvalidInputError, match="blocks of a sensitivity analysis"):
        repeated(first * blocks, 2)


def test_repeats_of_repeats_are_refused() -> None:
    once = repeated(Design.sobol({"x": (0, 1)}, size=8, rng=1), 2)
    with pytest.raises(InvalidInputError, match="does not say how it was drawn"):
        repeated(once * Design.sobol({"y": (0, 1)}, size=8, rng=1), 2)
