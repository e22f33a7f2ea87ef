"""``richardson replicate-package``: what a package holds, that it runs again to the same bits, and what is refused."""

import csv
import hashlib
import json
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest

from richardson.cli.__main__ import main
from richardson.cli.replication import command
from richardson.cli.replication.archive import zipped
from richardson.outcome import Outcome
from richardson.study.ensemble import Ensemble

DATA = "defence,x\n0.05,1\n0.2,4\n0.5,3\n"
SCENARIO = """
title = "Three cases"
[model]
catalogue = "linear"
[design]
kind = "table"
file = "../cases/three cases.csv" # where the cases lie
[run]
start = { y = 1 }
rng = 1
[record]
end = 20
crossing = ["x - 1000"]
"""
ANALYSED = """
[model]
catalogue = "security_dilemma"
[design]
kind = "sensitivity"
size = 64
rng = 1
ranges = { balance = [-0.3, 0.3], alarm = [0, 6] }
[run]
start = { x = 1, y = 2 }
rng = 2
[record]
end = 300
maximum = ["x"]
[sensitivity]
outcome = ["x at the end", "maximum of x"]
rng = 3
resamples = 50
[discovery]
where = "`x at the end` > 4"
rng = 4
resamples = 10
"""
AGES = """
import pathlib
print("ages", *(file.stat().st_mtime_ns for file in pathlib.Path("work").rglob("*.nc")))
"""  # of the blocks of a study, when it has run

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "study"
    folder.mkdir()
    (folder.parent / "cases").mkdir()
    (folder.parent / "cases" / "three cases.csv").write_text(DATA)
    path = folder / "three.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="module")
def package(scenario: Path) -> Path:
    assert main(["replicate-package", str(scenario)]) == 0
    return scenario.parent / "three-replication"


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(package, tmp_path / "copy"))


def run(arguments: Sequence[object], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def replicated(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "run_all.py", *options], capture_output=True, text=True, check=False, cwd=folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def columns(file: Path) -> dict[str, list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    return {name: [row[place] for row in rows] for place, name in enumerate(head)}


def undescribed(package: Path) -> set[tuple[str, str]]:
    """Files and columns that the codebook leaves out, or has no words for."""
    book = columns(package / "documentation" / "codebook.csv")
    known = {(file, name) for file, name, meaning in zip(book["file"], book["variable"], book["meaning"], strict=True) if meaning}
    files = [*(package / "results").rglob("*.csv"), *(package / "data").glob("*.csv")]
    assert files
    named = {file: str(file.relative_to(package)).replace("results/", "output/") for file in files}
    return {(named[file], column) for file in files for column in columns(file)} - known


def test_a_package_holds_what_journals_ask_for(package: Path) -> None:
    told = {"citations.bib", "codebook.csv", "codebook.md", "provenance.json", "seeds.csv", "tables_and_figures.csv"}
    results = {"runs.csv", "tables/accuracy.csv", "tables/ends.csv", "tables/spread.csv"}
    (wheel,) = (package / "wheels").iterdir()
    top = {"LICENSE.txt", "README.md", "SHA256SUMS", "manifest.json", "requirements.lock", "run_all.py", "scenario.toml"}
    expected = top | {"code/study.py", "data/three_cases.csv", f"wheels/{wheel.name}"}
    expected |= {f"documentation/{name}" for name in told} | {f"results/{name}" for name in results}
    assert set(contents(package)) == expected


def test_every_checksum_is_that_of_its_file(package: Path) -> None:
    lines = dict(line.split("  ", 1)[::-1] for line in (package / "SHA256SUMS").read_text().splitlines())
    files = {name: hashlib.sha256(data).hexdigest() for name, data in contents(package).items()}
    assert lines == {name: digest for name, digest in files.items() if name not in {"SHA256SUMS", "manifest.json"}}


def test_a_package_made_again_is_the_same_to_the_bit_as_folder_and_as_zip(scenario: Path, package: Path, tmp_path: Path) -> None:
    before, file = contents(package), tmp_path / "deposit.zip"
    assert main(["replicate-package", str(scenario)]) == 0
    assert main(["replicate-package", str(scenario), "--out", str(file)]) == 0
    assert contents(package) == before
    assert file.read_bytes() == zipped({f"deposit/{name}": data for name, data in before.items()})


def test_how_fast_the_machine_was_changes_nothing(
    scenario: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = command.cost
    monkeypatch.setattr(command, "cost", lambda *given, **named: replace(slow(*given, **named), seconds=3000.0, work=6000.0, blocks=9))
    _, out, _ = run(["replicate-package", scenario, "--out", tmp_path / "slow"], capsys)
    assert "takes about 50 min" in out
    assert contents(tmp_path / "slow") == contents(package)


def test_a_zip_file_that_is_an_earlier_package_is_replaced(scenario: Path, tmp_path: Path) -> None:
    file = tmp_path / "deposit.zip"
    sizes = []
    for options in ([], ["--without-results"]):
        assert main(["replicate-package", str(scenario), "--out", str(file), *options]) == 0
        sizes.append(file.stat().st_size)
    assert sizes[1] < sizes[0]
    assert list(tmp_path.iterdir()) == [file]


def test_a_zip_file_in_which_authors_filled_something_in_is_left_alone(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deposit.zip"
    assert main(["replicate-package", str(scenario), "--out", str(file), "--without-results"]) == 0
    with ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    for changed in ({"deposit/README.md": b"ours"}, {"deposit/figure.R": b"ours, too"}):
        file.write_bytes(zipped({**held, **changed}))
        before = file.read_bytes()
        status, _, err = run(["replicate-package", scenario, "--out", file, "--without-results"], capsys)
        assert (status, file.read_bytes()) == (2, before)
        assert "left alone" in err


def test_a_package_runs_again_in_a_process_of_its_own_to_the_same_bits(copy: Path) -> None:
    (copy / "work").mkdir()  # what an earlier run left is not taken for a new one
    (copy / "work" / "block").write_text("of an earlier run")
    done = replicated(copy)
    assert (done.returncode, done.stderr, (copy / "work").exists()) == (0, "", False)
    assert done.stdout.splitlines()[-5:] == [
        "output/runs.csv: the same bits",
        "output/tables/accuracy.csv: the same bits",
        "output/tables/ends.csv: the same bits",
        "output/tables/spread.csv: the same bits",
        "Everything agrees.",
    ]


def test_a_file_that_was_changed_or_lost_is_named_and_nothing_is_run(copy: Path) -> None:
    (copy / "data" / "three_cases.csv").write_text(DATA.replace("0.05", "0.06"))
    (copy / "code" / "study.py").unlink()
    done = replicated(copy)
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        "code/study.py is missing.",
        "data/three_cases.csv was changed: it is not the file that SHA256SUMS names.",
    ]
    assert not (copy / "output").exists()


@pytest.mark.parametrize("text", [None, "", "nonsense\n"])
def test_a_list_of_checksums_that_is_none_is_told(text: str | None, copy: Path) -> None:
    sums = copy / "SHA256SUMS"
    sums.unlink() if text is None else sums.write_text(text)
    told = runpy.run_path(str(copy / "run_all.py"))["changed"](copy)
    assert len(told) == 1
    assert "SHA256SUMS" in told[0]


def test_versions_that_differ_from_the_lock_file_are_told(copy: Path) -> None:
    lock = copy / "requirements.lock"
    lock.write_text(re.sub(r"(?m)^numpy==.*$", "numpy==0.1", lock.read_text()) + "no-such-package==1\n")
    told = runpy.run_path(str(copy / "run_all.py"))["_other_versions"]()
    expected = [f"numpy: 0.1 in requirements.lock, {version('numpy')} here", "no-such-package: 1 in requirements.lock, missing here", ""]
    assert told == expected


@pytest.mark.slow
def test_a_run_that_was_cut_off_goes_on_only_when_it_is_asked_to(copy: Path) -> None:
    study = copy / "code" / "study.py"
    study.write_text(study.read_text() + AGES)
    assert replicated(copy, "--renew").returncode == 0
    done = subprocess.run([sys.executable, "code/study.py"], capture_output=True, text=True, check=True, cwd=copy)
    resumed, anew = replicated(copy, "--resume"), replicated(copy)
    assert (done.stdout.startswith("ages "), resumed.returncode, anew.returncode) == (True, 0, 0)
    assert (done.stdout in resumed.stdout, done.stdout in anew.stdout) == (True, False)


def test_authors_fill_in_the_readme_and_renew_the_checksums(copy: Path) -> None:
    readme = copy / "README.md"
    readme.write_text(readme.read_text().replace("**[AUTHOR]** title, authors", "A title", 1))
    assert replicated(copy, "--check").returncode == 2
    assert replicated(copy, "--renew").returncode == 0
    assert replicated(copy, "--check").returncode == 0


def test_what_authors_filled_in_is_not_overwritten(scenario: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "README.md").write_text("ours")
    status, _, err = run(["replicate-package", scenario, "--out", copy, "--without-results"], capsys)
    assert (status, (copy / "README.md").read_text()) == (2, "ours")
    assert "README.md" in err


def test_the_scenario_names_its_files_as_the_package_has_them_and_nothing_tells_of_this_machine(scenario: Path, package: Path) -> None:
    moved = (package / "scenario.toml").read_text()
    assert moved == SCENARIO.replace("../cases/three cases.csv", "data/three_cases.csv")
    assert (package / "data" / "three_cases.csv").read_text() == DATA
    home = str(Path.home()).rstrip("/")
    places = (str(scenario.parent.parent), socket.gethostname() + ".", *([f"{home}/"] if home else []))  # "/" alone is no secret
    texts = [data.decode() for name, data in contents(package).items() if not name.endswith(".whl")]
    assert [place for place in places for text in texts if place in text] == []


def test_every_column_of_every_table_is_in_the_codebook(package: Path) -> None:
    assert undescribed(package) == set()


def test_a_crossing_that_never_came_is_an_empty_cell_as_the_codebook_says(package: Path) -> None:
    book = columns(package / "documentation" / "codebook.csv")
    place = book["variable"].index("first_crossing_of_x_minus_1000")
    assert set(columns(package / "results" / "runs.csv")["first_crossing_of_x_minus_1000"]) == {""}
    assert book["missing"][place].startswith("not defined for this member, as a crossing that never came")


def test_the_list_of_tables_points_to_the_lines_that_write_them(package: Path) -> None:
    listed = columns(package / "documentation" / "tables_and_figures.csv")
    lines = (package / "code" / "study.py").read_text().splitlines()
    rows = zip(listed["line"], listed["output file"], strict=True)
    assert all(file.split()[0] in lines[int(line) - 1] for line, file in rows)
    assert len(listed["line"]) == 4


def test_the_readme_has_the_headings_of_the_template_and_marks_what_only_authors_know(package: Path) -> None:
    text = (package / "README.md").read_text()
    wanted = (
        "Overview",
        "Data Availability and Provenance Statements",
        "Dataset list",
        "Computational requirements",
        "Description of programs/code",
        "Instructions to Replicators",
        "List of tables and programs",
        "References",
    )
    assert tuple(re.findall(r"^## (.*)$", text, re.MULTILINE)) == wanted
    assert "L. F. Richardson (1960)" in text
    ticked = re.findall(r"^- \[x\] (.*)$", text, re.MULTILINE)
    assert ticked == []  # the program makes no statement for the authors
    assert "[AUTHOR]** less than 10 minutes" in text
    assert not re.search(r"[{}]", text)


def test_seeds_are_told_with_what_they_draw(package: Path) -> None:
    planted = columns(package / "documentation" / "seeds.csv")
    assert (planted["place in scenario.toml"], planted["seed"]) == (["run.rng"], ["1"])


def test_provenance_holds_the_configuration_of_the_study_and_no_time(package: Path) -> None:
    told = json.loads((package / "documentation" / "provenance.json").read_text())
    assert {"package", "configuration", "runs"} <= set(told)
    assert all("time" not in each for each in told.values())
    assert told["configuration"]["design"]["members"] == 3


def test_a_package_without_results_says_so_and_makes_them(scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "bare"
    status, out, _ = run(["replicate-package", scenario, "--out", folder, "--without-results"], capsys)
    assert (status, (folder / "results").exists()) == (0, False)
    assert "no results: run_all.py makes them" in out.splitlines()[-1]
    book = columns(folder / "documentation" / "codebook.csv")
    assert {"output/tables/ends.csv", "output/runs.csv"} <= set(book["file"])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("rng = 1", ""), "run.rng"),
        (("rng = 1", 'rng = 1\n[engine]\nname = "dask"\naddress = "tcp://10.0.0.1:8786"'), "engine.address"),
        (("../cases/three cases.csv", "../cases/none.csv"), "none.csv"),
        (("../cases/three cases.csv", ".."), "cannot be read"),
        (("end = 20", "end = -20"), "record.end"),
        (("end = 20", 'end = 20\n[discovery]\nwhere = "x > 1"'), "discovery"),
    ],
)
def test_a_scenario_that_others_could_not_run_is_refused_with_its_place(
    change: tuple[str, str], place: str, scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = scenario.with_name("bad.toml")
    path.write_text(SCENARIO.replace(*change))
    status, _, err = run(["replicate-package", path], capsys)
    assert (status, err.count("\n")) == (2, 1)
    assert place in err
    assert {file.name for file in scenario.parent.iterdir()} <= {"bad.toml", "three.toml", "three-replication"}


def test_a_study_without_any_answer_is_not_packed(scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scenario.with_name("bad.toml")
    path.write_text(SCENARIO.replace("rng = 1", "rng = 1\nstep_limit = 1"))
    status, _, err = run(["replicate-package", path, "--out", tmp_path / "new"], capsys)
    path.unlink()
    assert (status, list(tmp_path.iterdir())) == (1, [])
    assert "No member gave an answer" in err


def test_an_interruption_leaves_nothing_and_says_so(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ensemble, "count", lambda _: {Outcome.INTERRUPTED: 3})  # as a study says that Ctrl-C cut off
    status, _, err = run(["replicate-package", scenario, "--out", tmp_path / "new"], capsys)
    assert (status, err, list(tmp_path.iterdir())) == (130, "richardson: Interrupted; nothing was left half-written.\n", [])


def test_the_page_names_every_file_at_the_top_of_a_package(package: Path, repository: Path) -> None:
    page = (repository / "docs" / "how-to" / "replication-package.md").read_text(encoding="utf-8")
    names = {f"`{file.name}/" if file.is_dir() else f"`{file.name}`" for file in package.iterdir() if file.name != "manifest.json"}
    assert {name for name in names if name not in page} == set()


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "1e-9"])
def test_a_study_may_not_take_longer_than_was_allowed(
    hours: str, scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(["replicate-package", scenario, "--out", tmp_path / "new", "--hours", hours], capsys)
    assert (status, list(tmp_path.iterdir())) == (2, [])
    assert "--hours" in err


def test_a_folder_or_a_file_of_something_else_is_left_alone(scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    (tmp_path / "thesis.zip").write_text("mine")
    for name in ("thesis", "thesis.zip", "absent/deposit", "absent/deposit.zip"):
        status, _, err = run(["replicate-package", scenario, "--out", tmp_path / name], capsys)
        assert (status, err.count("\n")) == (2, 1)
    assert {name: data for name, data in contents(tmp_path).items()} == {"thesis/chapter.txt": b"mine", "thesis.zip": b"mine"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything may be written by this user")
def test_a_folder_that_cannot_be_written_is_refused(scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    status, _, err = run(["replicate-package", scenario, "--out", tmp_path / "new"], capsys)
    tmp_path.chmod(0o700)
    assert status == 2
    assert "cannot be written: permission denied" in err


def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("richardson.cli.replication.package.write_sums", full)
    for name in ("new", "new.zip"):
        status, _, err = run(["replicate-package", scenario, "--out", tmp_path / name, "--without-results"], capsys)
        assert (status, list(tmp_path.iterdir())) == (2, [])
        assert "no space left on device" in err


@pytest.mark.parametrize("arguments", [[], ["none.toml"], ["."], ["none.toml", "--hours", "a"]])
def test_bad_arguments_are_refused_in_a_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(["replicate-package", *arguments], capsys)
    assert (status, "Traceback" in err) == (2, False)


@pytest.mark.slow
def test_analyses_give_their_tables_and_figures(tmp_path: Path) -> None:
    pytest.importorskip("ema_workbench")
    path = tmp_path / "analysed.toml"
    path.write_text(ANALYSED)
    assert main(["replicate-package", str(path)]) == 0
    folder = tmp_path / "analysed-replication"
    figures = ("box_limits", "convergence_1", "convergence_2", "discovery", "peeling", "sensitivity_1", "sensitivity_2")
    assert sorted(file.name for file in (folder / "results" / "figures").iterdir()) == [
        f"{n}{k}" for n in figures for k in (".pdf", ".svg")
    ]
    listed = columns(folder / "documentation" / "tables_and_figures.csv")
    assert listed["table or figure"].count("Figure 7") == 1
    planted = columns(folder / "documentation" / "seeds.csv")
    assert planted["place in scenario.toml"] == ["design.rng", "run.rng", "sensitivity.rng", "discovery.rng"]
    assert undescribed(folder) == set()
    done = replicated(folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Everything agrees.")


@pytest.mark.slow
def test_a_fresh_environment_from_the_lock_file_gives_the_same_bits(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(tmp_path), f"tqdm=={version('tqdm')}"]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("no registry of packages can be reached")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # what stands there must not reach the new environment
    (tmp_path / "numpy.py").write_text("raise ImportError('not the one of the lock file')")
    done = replicated(copy, "--fresh")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Everything agrees.")
    python = copy / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    program = [python, "-c", "import richardson; print(richardson.__file__)"]
    where = subprocess.run(program, capture_output=True, text=True, check=True, cwd=copy, env={})
    assert where.stdout.startswith(str(copy / ".venv"))
