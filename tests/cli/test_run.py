"""``richardson run`` and ``richardson study``: what they print, keep, refuse, and go on with."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import richardson as rn
from richardson.cli.__main__ import main

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "docs" / "scenarios" / "cold-war.toml"
ARMS = SHIPPED.with_name("distinguishable-arms.toml")
SMALL = """
title = "two worlds"
[model]
catalogue = "linear"
[design]
kind = "grid"
axes = { defence = [0.25, 0.5], x = [0, 4] }
[run]
start = { y = 1 }
[record]
end = 50
"""
LONGER = """
[model]
catalogue = "security_dilemma"
[design]
kind = "halton"
size = 32768
rng = 1
ranges = { balance = [-0.3, 0.3], x = [0, 30], y = [0, 30] }
[record]
times = { low = 0, high = 500, count = 100 }
"""  # half a dozen blocks

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def run(arguments: Sequence[object], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def shrunk(folder: Path) -> Path:
    """The shipped scenario with fewer members."""
    path = folder / "cold-war.toml"
    text = SHIPPED.read_text(encoding="utf-8")
    path.write_text(text.replace("size = 4096", "size = 64").replace('maximum = ["x"]', "#"))
    return path


def test_a_scenario_is_run_kept_and_summed_up_in_the_last_line(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(["run", small], capsys)
    folder = small.parent / "small-study"
    kept = rn.open_study(folder)
    expected = rn.run_ensemble(rn.models.linear(), rn.Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}), {"y": 1}, 50)
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "two worlds"
    assert out.splitlines()[-1].startswith("4 members, 0 failed; 4 run again: largest relative error ")
    assert out.splitlines()[-1].endswith(f"0 ended otherwise; kept in {folder}")
    assert (kept["x"] == expected["x"][:, 0]).all()


@pytest.mark.slow
def test_the_shipped_scenario_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(["run", shrunk(tmp_path)], capsys)
    assert (status, out.splitlines()[0]) == (0, "Which worlds end in cold war?")
    assert "64 members, 0 failed" in out.splitlines()[-1]


@pytest.mark.slow
def test_the_shipped_levers_rank_as_the_page_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(["run", ARMS, "--out", tmp_path / "study"], capsys)
    told = next(line for line in out.splitlines() if line.startswith("<4 policies"))
    assert status == 0
    assert told in (SHIPPED.parents[1] / "how-to" / "scenarios.md").read_text(encoding="utf-8")


def test_a_study_is_not_run_twice_without_being_asked(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", small], capsys)
    status, _, err = run(["run", small], capsys)
    assert status == 2
    assert "--resume" in err
    assert run(["run", small, "--resume"], capsys)[0] == 0


def test_a_folder_of_another_study_is_refused(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", small], capsys)
    small.write_text(SMALL.replace("end = 50", "end = 60"))
    status, _, err = run(["run", small, "--resume"], capsys)
    assert status == 2
    assert "small-study" in err


def test_out_comes_before_the_folder_of_the_scenario_whose_paths_start_from_it(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small.write_text(f'{SMALL}\n[store]\nfolder = "kept"\n')
    assert run(["run", small], capsys)[0] == 0
    assert run(["run", small, "--out", small.parent / "elsewhere"], capsys)[0] == 0
    assert {path.name for path in small.parent.iterdir()} == {"small.toml", "kept", "elsewhere"}


def test_a_dry_run_estimates_and_writes_nothing(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(["run", small, "--dry-run"], capsys)
    assert status == 0
    assert all(word in out for word in ("work of one processor", "memory", "disk"))
    assert out.splitlines()[-1].split() == ["failed,", "of", "4", "tried", "0"]
    assert [path.name for path in small.parent.iterdir()] == ["small.toml"]


def test_a_scenario_shows_the_script_that_does_the_same(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    status, out, _ = run(["run", "small.toml", "--show-script"], capsys)
    variables: dict[str, object] = {}
    exec(out, variables)
    assert status == 0
    assert len(rn.open_study(small.parent / "small-study")) == len(variables["runs"]) == 4  # type: ignore[arg-type]


def test_a_script_with_processes_is_guarded(small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    small.write_text(f'{SMALL}\n[engine]\nname = "dask"\naddress = "tcp://10.0.0.1:8786"\n')
    _, out, _ = run(["run", "small.toml", "--show-script"], capsys)
    last = 'runs = rn.run_study(study, engine=rn.Dask("tcp://10.0.0.1:8786"), store="small-study")'
    assert out.endswith(f'\n\nif __name__ == "__main__":\n    {last}\n')


@pytest.mark.parametrize(
    ("engine", "place"),
    [
        ('name = "locl"', "engine.name"),
        ('name = "local"\nworkers = 2', "engine.workers"),
        ('name = "local"\naddress = "tcp://10.0.0.1:8786"', "engine.address"),
        ('name = "processes"\nworkers = 0', "engine.workers"),
        ('name = "dask"\naddress = "10.0.0.1"', "engine.address"),
        ('name = "dask"\naddress = "tcp://10.0.0.1:8786"\nworkers = 2', "engine.workers"),
        ('name = "cuda"\nworkers = 2', "engine.workers"),
        ('name = "processes"\npatience = 5', "engine.patience"),
        ('name = "dask"\npatience = 0', "engine.patience"),
        ('name = "dask"\npatience = nan', "engine.patience"),
        ('name = "dask"\npatience = "long"', "engine.patience"),
        ('[store]\nstorage = "netcdff"', "store.storage"),
        ('[store]\nfolder = "absent/kept"', ""),
    ],
)
def test_where_a_study_runs_is_refused_with_the_path(engine: str, place: str, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small.write_text(f"{SMALL}\n{'' if engine[0] == '[' else '[engine]'}\n{engine}\n")
    status, _, err = run(["run", small], capsys)
    assert status == 2
    assert f"{small}: {place}: " in err if place else "absent" in err
    assert [path.name for path in small.parent.iterdir()] == ["small.toml"]


def test_a_study_in_which_nothing_succeeds_ends_with_1(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small.write_text(SMALL.replace("[run]", "[run]\nstep_limit = 1"))
    status, out, err = run(["run", small], capsys)
    assert (status, "4 members, 4 failed" in out.splitlines()[-1]) == (1, True)
    assert "No member gave an answer" in err


ANALYSED = """
[model]
catalogue = "linear"
[design]
kind = "sensitivity"
method = "sobol"
ranges = { defence = [0.2, 0.9], x = [0, 5] }
size = 64
rng = 1
[run]
start = { y = 1 }
[record]
end = 5
expressions = ["x + y"]
"""
SENSITIVITY = '[sensitivity]\noutcome = "x + y"\nresamples = 20\nrng = 1\n'
DISCOVERY = '[discovery]\nwhere = "`x at the end` > 2"\ndensity = 0.7\nresamples = 0\n'


@pytest.mark.slow
def test_a_scenario_asks_what_matters_and_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ema_workbench")
    path = tmp_path / "analysed.toml"
    path.write_text(ANALYSED + SENSITIVITY + DISCOVERY)
    status, out, _ = run(["run", path], capsys)
    runs = rn.open_study(tmp_path / "analysed-study").to_ensemble()
    assert status == 0
    assert "256 members, 0 failed" in out.splitlines()[-1]
    design = rn.Design.for_sensitivity({"defence": (0.2, 0.9), "x": (0, 5)}, method="sobol", size=64, rng=1)
    index = rn.sensitivity(rn.run_ensemble(rn.models.linear(), design, {"y": 1}, 5, record="x + y"), outcome="x + y", resamples=20, rng=1)
    boxes = rn.discover(runs, "`x at the end` > 2", density=0.7, resamples=0)
    assert f"{index}\n" in out
    assert f"{boxes}\n" in out


@pytest.mark.parametrize("instead", [[], ["--dry-run"], ["--show-script"]])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('outcome = "x + y"', 'outcome = "x - y"'), "sensitivity.outcome: "),
        (("resamples = 20", "resamples = 2"), "sensitivity.resamples: "),
        (("resamples = 20", 'failed = "keep"'), "sensitivity.failed: "),
        (("resamples = 20", "confidence = 1.5"), "sensitivity.confidence: "),
        (('kind = "sensitivity"\nmethod = "sobol"', 'kind = "halton"'), "sensitivity: "),
        (("x at the end", "q at the end"), "discovery.where: "),
        ((" > 2", " >"), "discovery.where: "),
        (("density = 0.7", "density = 7"), "discovery.density: "),
        (("density = 0.7", "leaves = 3"), "discovery.leaves: "),
        (("density = 0.7", 'method = "prism"'), "discovery.method: "),
        (("density = 0.7", 'names = ["fear"]'), "discovery.names[0]: "),
    ],
)
def test_an_analysis_that_no_run_could_answer_is_refused_before_anything_is_computed(
    change: tuple[str, str], told: str, instead: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ema_workbench")
    path = tmp_path / "analysed.toml"
    text = ANALYSED + SENSITIVITY + DISCOVERY
    assert change[0] in text
    path.write_text(text.replace(*change))
    status, out, err = run(["run", path, *instead], capsys)
    assert (status, out) == (2, "")
    assert f"{path}: {told}" in err
    assert [each.name for each in tmp_path.iterdir()] == ["analysed.toml"]


def test_a_library_that_an_analysis_needs_is_missed_before_anything_is_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    path = tmp_path / "analysed.toml"
    path.write_text(ANALYSED + DISCOVERY.replace("density = 0.7", 'method = "cart"'))
    status, out, err = run(["run", path], capsys)
    assert (status, out) == (2, "")
    assert "richardson[discovery]" in err
    assert [each.name for each in tmp_path.iterdir()] == ["analysed.toml"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("> 2", "> 1e6"), "discovery"),
        (('outcome = "x + y"', 'outcome = "0*x"'), "sensitivity"),
    ],
)
def test_an_analysis_that_the_runs_do_not_answer_loses_no_study(
    change: tuple[str, str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ema_workbench")
    path = tmp_path / "analysed.toml"
    path.write_text((ANALYSED + SENSITIVITY + DISCOVERY).replace(*change).replace('["x + y"]', '["x + y", "0*x"]'))
    status, out, err = run(["run", path], capsys)
    assert f"{path}: {told}" in err
    assert status == 2
    assert "256 members, 0 failed" in out.splitlines()[-1]


POLICIES = """
[model]
catalogue = "linear"
[[design]]
kind = "grid"
axes = { defence = [0.3, 0.5] }
[[design]]
kind = "grid"
axes = { grievance = [0.1, 0.4], x = [0, 5] }
[run]
start = { y = 1 }
[record]
end = 5
expressions = ["x + y"]
[robustness]
levers = ["defence"]
measure = "`x + y`"
satisfies = "`x + y` < 3"
better = "less"
rule = "regret"
quantile = 1
confidence = 0.9
"""


def test_a_scenario_asks_which_levers_withstand_what_is_uncertain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("policies.toml").write_text(POLICIES)
    status, out, _ = run(["run", "policies.toml"], capsys)
    design = rn.Design.grid({"defence": [0.3, 0.5]}) * rn.Design.grid({"grievance": [0.1, 0.4], "x": [0, 5]})
    runs = rn.run_ensemble(rn.models.linear(), design, {"y": 1}, 5, record="x + y")
    expected = rn.robustness(runs, "defence", "`x + y`", satisfies="`x + y` < 3", confidence=0.9)
    assert status == 0
    assert f"{expected}\n" in out
    variables: dict[str, object] = {}
    exec(run(["run", "policies.toml", "--out", "again", "--show-script"], capsys)[1], variables)
    assert variables["ranking"].regret.tobytes() == expected.regret.tobytes()  # type: ignore[attr-defined]


@pytest.mark.parametrize("instead", [[], ["--dry-run"], ["--show-script"]])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('levers = ["defence"]', 'levers = ["defense"]'), ".levers[0]: "),
        (('levers = ["defence"]', 'levers = ["defence", "grievance", "x"]'), ".levers: "),
        (('levers = ["defence"]', "levers = []"), ".levers: "),
        (('levers = ["defence"]', 'levers = "defence"'), ".levers: this must be a list"),
        (('levers = ["defence"]\n', ""), ".levers: this is missing"),
        (('measure = "`x + y`"', 'measure = "x - q"'), ".measure: "),
        (('measure = "`x + y`"', 'measure = "x >"'), ".measure: "),
        (('measure = "`x + y`"', "measure = nan"), ".measure: this must be a text"),
        (("< 3", "<"), ".satisfies: "),
        (("< 3", "+ 3"), ".satisfies: "),
        (("`x + y` < 3", ""), ": '' is not a condition"),
        (('better = "less"', 'better = "lower"'), ".better: "),
        (('rule = "regret"', 'rule = "regrets"'), ".rule: "),
        (("quantile = 1\n", "quantile = 0\n"), ".quantile: "),
        (("quantile = 1\n", "quantile = nan\n"), ".quantile: "),
        (("quantile = 1\n", 'failed = "keep"\n'), ".failed: "),
        (("quantile = 1\n", "failed = inf\n"), ".failed: "),
        (("confidence = 0.9", "confidence = 90"), ".confidence: "),
        (("confidence = 0.9", "confidance = 0.9"), ".confidance: there is no such key. Did you mean 'confidence'?"),
        (("axes = { defence = [0.3, 0.5] }", "axes = { defence = [0.3] }"), ".levers"),
        (("axes = { defence = [0.3, 0.5] }", "axes = { defence = [0.3, 0.5, 0.5] }"), ".levers"),
        (('satisfies = "`x + y` < 3"\nbetter = "less"\nrule = "regret"', 'rule = "satisficing"'), ": Satisficing needs to know"),
    ],
)
def test_a_robustness_that_no_run_could_tell_is_refused_before_anything_is_computed(
    change: tuple[str, str], told: str, instead: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policies.toml"
    assert change[0] in POLICIES
    path.write_text(POLICIES.replace(*change))
    status, out, err = run(["run", path, *instead], capsys)
    assert (status, out) == (2, "")
    assert f"{path}: robustness{told}" in err
    assert [each.name for each in tmp_path.iterdir()] == ["policies.toml"]


def test_the_status_tells_how_far_a_study_is_and_what_is_damaged(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", small], capsys)
    folder = small.parent / "small-study"
    assert run(["study", "status", folder], capsys)[1].splitlines()[-1].startswith("Complete: 4 members, ")
    next(folder.rglob("block-*.nc")).write_bytes(b"torn")
    status, out, _ = run(["study", "status", folder], capsys)
    assert status == 0
    assert "1 blocks are missing, torn or changed: 0" in out
    assert out.splitlines()[-1].startswith("Not complete: 0 of 4 members")


def test_a_bit_that_changed_is_found_when_every_bit_is_checked(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", small], capsys)
    block = next((small.parent / "small-study").rglob("block-*.nc"))
    content = bytearray(block.read_bytes())
    content[-1] ^= 1
    block.write_bytes(content)
    assert "Complete" in run(["study", "status", block.parents[2]], capsys)[1]
    assert "1 blocks are missing, torn or changed" in run(["study", "status", block.parents[2], "--check"], capsys)[1]


def test_a_study_is_exported(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", small], capsys)
    file = small.parent / "runs.csv"
    status, out, _ = run(["study", "export", small.parent / "small-study", file], capsys)
    assert (status, out) == (0, f"Wrote {file}: 4 of 4 members\n")
    assert len(file.read_text().splitlines()) == 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "absent.toml"], "no such file"),
        (["run", "small.toml", "--dry-run", "--show-script"], "not allowed with"),
        (["study"], "required"),
        (["study", "stats", "."], "invalid choice"),
        (["study", "status", "absent"], "absent"),
        (["study", "status", "."], "no study"),
        (["study", "export", ".", "runs.csv"], "no study"),
        (["export"], "invalid choice"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(
    arguments: Sequence[str], told: str, small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    status, out, err = run(arguments, capsys)
    assert (status, out) == (2, "")
    assert told in err
    assert [path.name for path in small.parent.iterdir()] == ["small.toml"]


def fresh(*arguments: object) -> "subprocess.Popen[str]":
    """A process of its own."""
    command = [sys.executable, "-m", "richardson.cli", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ))


def stop_after_a_block(scenario: Path, folder: Path, ending: signal.Signals) -> None:
    """Run a scenario, and end it by a signal when the first block of its study is in the folder."""
    stopped = fresh("run", scenario)
    for _ in range(100_000):
        if list(folder.glob("blocks/*/*.nc")) or stopped.poll() is not None:
            break
        time.sleep(0.001)
    stopped.send_signal(ending)
    stopped.communicate()
    assert stopped.returncode == (130 if ending is signal.SIGINT else -signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_study_that_was_stopped_goes_on_to_the_same_bits(ending: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "cold-war.toml"
    path.write_text(LONGER)
    whole = fresh("run", path, "--out", tmp_path / "whole")
    assert whole.communicate()[1] == ""
    stop_after_a_block(path, tmp_path / "cold-war-study", ending)
    status = fresh("study", "status", tmp_path / "cold-war-study")
    assert "Not complete" in status.communicate()[0]
    again = fresh("run", path, "--resume")
    assert "32768 members, 0 failed" in again.communicate()[0].splitlines()[-1]
    first, second = (rn.open_study(tmp_path / name) for name in ("whole", "cold-war-study"))
    assert all(first[name].tobytes() == second[name].tobytes() for name in first.layout.names)
    shutil.rmtree(tmp_path)
