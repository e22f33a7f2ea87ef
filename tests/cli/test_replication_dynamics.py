"""Packages of scenarios of dynamics: the same files, told as truly as those of runs."""

from pathlib import Path

import pytest

from richardson.cli.__main__ import main
from richardson.cli.replication.seeds import seeds
from tests.cli.test_replication import columns, replicated, undescribed
from tests.cli.test_replication_parts import read_study

SCENARIO = """
[model]
catalogue = "linear"
[design]
kind = "grid"
axes = { defence = [0.25, 0.5, 1.5] }
[dynamics]
measure = ["kind", "spiral_number", "kinds", "is_complete"]
window = { x = [0, 60], y = [0, 60] }
"""
SHARES = SCENARIO.replace('"is_complete"', '"shares"')

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dynamics") / "rest.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="module")
def package(scenario: Path) -> Path:
    assert main(["replicate-package", str(scenario)]) == 0
    return scenario.with_name("rest-replication")


@pytest.fixture(scope="module")
def bare(scenario: Path) -> Path:
    folder = scenario.with_name("bare")
    assert main(["replicate-package", str(scenario), "--out", str(folder), "--without-results"]) == 0
    return folder


def test_numbers_have_a_table_of_their_spread_and_words_one_of_how_often_they_occur(package: Path) -> None:
    spread, words = (columns(package / "results" / "tables" / f"{name}.csv") for name in ("spread", "words"))
    rows = list(zip(words["measure"], words["word"], words["members"], strict=True))
    assert spread["quantity"] == ["equilibrium x", "equilibrium y", "spiral_number"]
    assert (spread["least"][2], spread["greatest"][2], spread["undefined"]) == (
        "0.25",
        "1.5",
        ["1", "1", "0"],
    )  # R = k/a; where k > a it escapes
    assert ("kind", "stable node", "2") in rows
    assert ("kind", "none", "1") in rows
    assert ("is_complete", "yes", "3") in rows


def test_the_codebook_tells_every_column_and_why_a_cell_is_empty(package: Path) -> None:
    assert undescribed(package) == set()
    book, runs = columns(package / "documentation" / "codebook.csv"), columns(package / "results" / "runs.csv")
    rows = zip(book["file"], book["variable"], book["missing"], strict=True)
    told = {variable: missing for file, variable, missing in rows if file == "output/runs.csv"}
    assert {name for name, cells in runs.items() if "" in cells} == {"equilibrium_x", "equilibrium_y", "kinds"}
    assert [name for name, cells in runs.items() if "" in cells and told[name] == "none"] == []
    assert "crossing" not in " ".join(told.values())


def test_a_package_without_results_tells_of_the_same_columns(package: Path, bare: Path) -> None:
    books = [columns(folder / "documentation" / "codebook.csv") for folder in (package, bare)]
    assert books[0] == books[1]


def test_a_package_without_results_claims_no_run(package: Path, bare: Path) -> None:
    text, other = ((folder / "README.md").read_text() for folder in (bare, package))
    for claim in ("compares them", "study was run on", "computed the results", "deposited files", "results/runs.csv"):
        assert (claim in text, claim in other) == (False, True)
    assert "was not run" in text


def test_the_time_is_that_on_all_the_processes_of_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("richardson.cli.run.thread_count", lambda: 3)
    (tmp_path / "rest.toml").write_text(f'{SCENARIO}[engine]\nname = "processes"\n')
    assert main(["replicate-package", str(tmp_path / "rest.toml"), "--without-results"]) == 0
    assert "; 3 workers." in (tmp_path / "rest-replication" / "README.md").read_text()


def test_the_readme_counts_analyses_and_knows_no_times(package: Path) -> None:
    text = (package / "README.md").read_text()
    assert '3 analyses of the model "linear"' in text
    assert "one row a member; made by" in text
    assert "Nothing in this study is random." in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [(SCENARIO, []), (SHARES, ["0"]), (f"{SHARES}rng = 3\n", ["3"]), (f"{SCENARIO}rng = 3\n", []), (f"{SHARES}rng = [3, 4]\n", ["[3, 4]"])],
)
def test_the_seed_of_shares_is_told_also_where_it_is_left_out(text: str, expected: list[str], tmp_path: Path) -> None:
    read, plan = read_study(tmp_path, text)
    found = seeds(read.data, plan)
    assert (found["place in scenario.toml"], found["seed"]) == (["dynamics.rng"] * len(expected), expected)


@pytest.mark.slow
def test_a_package_of_dynamics_runs_again_to_the_same_bits(package: Path) -> None:
    done = replicated(package)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": the same bits\n") == 4
