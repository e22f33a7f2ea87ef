"""Scenarios of dynamics: what they may say, the same bits as the script they show, what is asked of them, and how they go on."""

import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import richardson as rn
from richardson.cli.found import tables_of
from richardson.errors import InvalidInputError
from tests.cli.test_run import fresh, run, stop_after_a_block
from tests.cli.test_scenario import read
from tests.study.made_dynamics import made_dynamics, made_plan

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "docs" / "scenarios" / "two-equilibria.toml"
WHOLE = """
[model]
catalogue = "linear"

[design]
kind = "grid"
axes = { defence = [0.25, 0.5], x = [0, 4] }

[run]
start = { y = 1 }
bound = 1e6

[dynamics]
measure = ["kind", "distance", "count", "shares", "settling_time"]
window = { x = [0, 10], y = [0, 10] }
parameters = ["defence"]
parameter_scales = { defence = 0.1 }
farthest = 5
half_width = 0.1
settled_within = 0.05
horizon = 500
rng = 1
"""
SMALL = """
[model]
catalogue = "linear"
[design]
kind = "grid"
axes = { defence = [0.25, 0.5, 1.5], fatigue = [1.0, 2.0] }
[dynamics]
"""

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def test_a_scenario_can_say_all_that_a_plan_takes(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    expected = rn.DynamicsPlan(
        rn.models.linear(),
        rn.Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}),
        rn.Window(x=(0, 10), y=(0, 10)),
        {"y": 1},
        measure=("kind", "distance", "count", "shares", "settling_time"),
        parameters="defence",
        parameter_scales={"defence": 0.1},
        farthest=5,
        half_width=0.1,
        settled_within=0.05,
        horizon=500,
        bound=1e6,
        rng=1,
    )
    assert found.fingerprint == expected.fingerprint
    assert all(value is not None for value in expected.configuration().values())  # so that nothing was left out


@pytest.mark.parametrize(
    ("change", "place", "word"),
    [
        (("measure = [", "measures = ["), "dynamics.measures", "Did you mean 'measure'"),
        (('"count"', '"counts"'), "dynamics.measure[2]", "Did you mean 'count'"),
        (('["kind", "distance", "count", "shares", "settling_time"]', "3"), "dynamics.measure", "a text in quotes or a list"),
        (('["kind", "distance", "count", "shares", "settling_time"]', "[]"), "dynamics.measure", "Nothing is asked for"),
        (("{ x = [0, 10], y = [0, 10] }", "{ x = [0, 10] }"), "dynamics.window", "y"),
        (("x = [0, 10]", "x = [10, 0]"), "dynamics.window", "low to high"),
        (("x = [0, 10]", "x = [0, 1, 2]"), "dynamics.window.x", "list"),
        (("x = [0, 10]", "x = 3"), "dynamics.measure[2]", "free to move"),
        (("x = [0, 10]", "z = [0, 10]"), "dynamics.window.z", "z"),
        (("x = [0, 10]", '"x y" = [0, 10]'), "dynamics.window.x y", "no state is called so"),
        (("x = [0, 10]", "lambda = [0, 10]"), "dynamics.window.lambda", "no state is called so"),
        (("window = { x = [0, 10], y = [0, 10] }\n", ""), "dynamics.measure[2]", "measured in a window"),
        (('parameters = ["defence"]\nparameter_scales = { defence = 0.1 }\n', ""), "dynamics.measure[1]", "Name them"),
        (('["defence"]', '["defense"]'), "dynamics.parameters[0]", "defence"),
        (("{ defence = 0.1 }", "{ fatigue = 0.1 }"), "dynamics.parameter_scales.fatigue", "none of the parameters"),
        (("{ defence = 0.1 }", "{ defence = 0 }"), "dynamics.parameter_scales", "above 0"),
        (("farthest = 5", "farthest = inf"), "dynamics.farthest", "finite number of scales"),
        (("half_width = 0.1", "half_width = 0.7"), "dynamics.half_width", "half-width"),
        (("half_width = 0.1", 'half_width = "small"'), "dynamics.half_width", "a number"),
        (('"shares", ', ""), "dynamics.half_width", "not asked for"),
        (("settled_within = 0.05", "settled_within = 2"), "dynamics.settled_within", "below 1"),
        (("horizon = 500", "horizon = -1"), "dynamics.horizon", "horizon"),
        (("horizon = 500", "horizon = nan"), "dynamics.horizon", "horizon"),
        (("rng = 1", "rng = -1"), "dynamics.rng", "rng"),
        (("rng = 1", 'rng = "one"'), "dynamics.rng", "whole number"),
        (("bound = 1e6", 'method = "Tsit5"'), "run.method", "for runs that are recorded"),
        (("bound = 1e6", "rng = 1"), "run.rng", "Give rng in [dynamics]"),
        (("bound = 1e6", "repeats = 2"), "run.repeats", "one scenario for each design.rng"),
        (("bound = 1e6", "bound = -1"), "run.bound", "bound"),
        (("start = { y = 1 }", "start = { z = 1 }"), "run.start.z", "z"),
        (("[dynamics]", "[record]\nend = 5\n[dynamics]"), "record", "this has both"),
        (('catalogue = "linear"', 'catalogue = "linear"\ndrives = { fatigue_x = "1 + 0.01*t" }'), "", "changes with time"),
    ],
)
def test_what_cannot_be_analysed_is_refused_with_the_path_of_the_key(
    change: tuple[str, str], place: str, word: str, tmp_path: Path
) -> None:
    assert change[0] in WHOLE
    with pytest.raises(InvalidInputError) as refused:
        read(tmp_path, WHOLE.replace(*change, 1))
    assert str(refused.value).startswith(f"{tmp_path / 'scenario.toml'}: {place}")
    assert word in str(refused.value)


def test_a_scenario_asks_for_runs_or_for_dynamics(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"toml: record: a study has one of the tables \[record\].* this has none. Give one"):
        read(tmp_path, SMALL.replace("[dynamics]", ""))


def test_numbers_are_told_by_their_spread_and_words_by_how_often_they_occur() -> None:
    found = made_dynamics(made_plan())
    found.columns["spiral_number"][1:3] = [float("inf"), 0.5]
    spread, kind, kinds, complete, attractors = tables_of(found)
    place = list(spread["quantity"]).index("spiral_number")
    assert (spread["greatest"][place], spread["undefined"][place]) == (float("inf"), 3)
    assert dict(zip(kind["kind"], kind["members"], strict=True))["stable node"] == 2
    assert sum(kind["members"]) == sum(kinds["members"]) == len(found)
    assert (complete["is_complete"], complete["members"], complete["share"]) == (["no", "yes"], [4, 4], [0.5, 0.5])
    assert (attractors["attractors"], attractors["members"]) == (["none"], [8])


@pytest.mark.parametrize(("rare", "told"), [(1, "1 other"), (2, "2 others")])
def test_words_that_are_rare_are_counted_together(rare: int, told: str) -> None:
    plan = made_plan()
    words = np.array(["stable node"] * 3 + [f"saddle; kind {place}" for place in range(7 + rare)])
    design = rn.Design.grid({"defence": np.linspace(0.1, 0.9, words.size)})
    found = replace(made_dynamics(plan), design=design, columns={"kinds": words}, codes=np.zeros(words.size, dtype=np.int8))
    table = tables_of(found)[1]
    assert (table["kinds"][0], table["kinds"][-1]) == ("stable node", told)
    assert (table["members"][0], table["members"][-1], sum(table["members"])) == (3, rare, words.size)


@pytest.mark.slow
def test_a_scenario_of_dynamics_is_run_kept_and_shown_as_a_script(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    status, out, err = run(["run", "small.toml"], capsys)
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "6 members, 0 failed; kept in small-study"
    assert any(line.split() == ["stable", "node", "5", "0.8333"] for line in out.splitlines())  # the sixth escapes
    kept = rn.open_study("small-study").to_dynamics()
    shutil.rmtree("small-study")
    status, out, _ = run(["run", "small.toml", "--show-script"], capsys)
    variables: dict[str, object] = {}
    exec(out, variables)
    found = variables["runs"]
    assert isinstance(found, rn.DynamicsStudy)
    assert all(kept[name].tobytes() == found[name].tobytes() for name in kept.columns)
    assert run(["run", "small.toml"], capsys)[0] == 2  # it is there already
    assert run(["run", "small.toml", "--resume"], capsys)[0] == 0
    small.write_text(SMALL + "horizon = 5\n")
    status, _, err = run(["run", "small.toml", "--resume"], capsys)
    assert (status, "horizon is null there and 5.0 here" in err) == (2, True)
    assert run(["study", "export", "small-study", "found.csv"], capsys)[0] == 0
    assert "Complete: 6 members" in run(["study", "status", "small-study"], capsys)[1]


@pytest.mark.slow
def test_a_dry_run_of_dynamics_writes_nothing(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(["run", small, "--dry-run"], capsys)
    assert (status, "time on 1 worker " in out) == (0, True)
    small.write_text(SMALL + '[engine]\nname = "processes"\nworkers = 3\n')
    assert "time on 3 workers" in run(["run", small, "--dry-run"], capsys)[1]
    assert [path.name for path in small.parent.iterdir()] == ["small.toml"]


ANALYSED = """
[model]
catalogue = "linear"
[design]
kind = "sensitivity"
method = "sobol"
ranges = { defence_x = [0.2, 1.8], fatigue_x = [1.0, 2.0] }
size = 64
rng = 1
[dynamics]
measure = ["spiral_number", "kind", "relaxation_time"]
[sensitivity]
outcome = "spiral_number"
resamples = 20
rng = 1
[discovery]
where = "kind == 'stable node' and spiral_number > 0.6"
method = "cart"
density = 0.7
resamples = 0
"""


@pytest.mark.slow
def test_a_scenario_asks_what_decides_the_dynamics_and_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    path = tmp_path / "analysed.toml"
    path.write_text(ANALYSED)
    status, out, err = run(["run", path], capsys)
    assert (status, err) == (0, "")
    found = rn.open_study(tmp_path / "analysed-study").to_dynamics()
    assert f"{rn.sensitivity(found, outcome='spiral_number', resamples=20, rng=1)}\n" in out
    where = "kind == 'stable node' and spiral_number > 0.6"
    assert f"{rn.discover(found, where, method='cart', density=0.7, resamples=0)}\n" in out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('outcome = "spiral_number"', 'outcome = "kind"'), "sensitivity.outcome: "),
        (('outcome = "spiral_number"', 'outcome = "distance"'), "sensitivity.outcome: "),
        (("kind == 'stable node' and spiral_number > 0.6", "kinds == 'saddle'"), "discovery.where: "),
        (("spiral_number > 0.6", "spiral_number >"), "discovery.where: "),
        (("kind == 'stable node' and spiral_number > 0.6", "spiral_number"), "discovery.where: "),
    ],
)
def test_a_question_that_no_dynamics_could_answer_is_refused_before_anything_is_computed(
    change: tuple[str, str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sklearn")
    path = tmp_path / "analysed.toml"
    assert change[0] in ANALYSED
    path.write_text(ANALYSED.replace(*change))
    status, out, err = run(["run", path], capsys)
    assert (status, out) == (2, "")
    assert f"{path}: {told}" in err
    assert [each.name for each in tmp_path.iterdir()] == ["analysed.toml"]


@pytest.mark.slow
def test_members_without_a_number_are_refused_until_the_scenario_says_what_becomes_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "analysed.toml"
    text = ANALYSED[: ANALYSED.index("[discovery]")].replace('outcome = "spiral_number"', 'outcome = "relaxation_time"')
    text = text.replace("[0.2, 1.8]", "[0.2, 2.6]")  # beyond R = 1 races escape, and nothing is at rest
    path.write_text(text)
    status, out, err = run(["run", path], capsys)
    assert (status, "256 members, 0 failed" in out.splitlines()[-1]) == (2, True)
    assert f"{path}: sensitivity" in err
    path.write_text(f'{text}failed = "drop"\n')
    status, out, err = run(["run", path, "--resume"], capsys)
    assert (status, err) == (0, "")
    assert "sensitivity of relaxation_time by sobol" in out


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_dynamics_that_were_stopped_go_on_to_the_same_bits(ending: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace("size = 64", "size = 512"))
    folder = tmp_path / "two-study"
    stop_after_a_block(path, folder, ending)
    assert rn.open_study(folder).status().missing > 0
    again = fresh("run", path, "--resume")
    assert again.communicate()[0].splitlines()[-1] == f"512 members, 0 failed; kept in {folder}"
    whole = fresh("run", path, "--out", tmp_path / "whole")
    assert whole.communicate()[1] == ""
    first, second = (rn.open_study(tmp_path / name).to_dynamics() for name in ("whole", "two-study"))
    assert all(first[name].tobytes() == second[name].tobytes() for name in first.columns)
    assert first.codes.tobytes() == second.codes.tobytes()
