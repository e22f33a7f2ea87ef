"""The demo: what it writes, how it ends, what it leaves alone, and that its page stands alone and tells every number."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from richardson import data
from richardson.cli import demo
from richardson.cli.__main__ import main
from richardson.cli.contents import LONG
from richardson.cli.tables import shown
from richardson.estimation.observations import Observations

ROOT = Path(__file__).resolve().parent.parent.parent
FIGURES = ("estimates", "four_worlds", "hysteresis", "portrait", "series")
TABLES = (
    "coefficients",
    "differences",
    "observations",
    "stability",
    "theory_branches",
    "theory_equilibria",
    "theory_four_worlds",
    "theory_map",
    "theory_special_points",
)
FILES = {
    "manifest.json",
    "provenance.json",
    "report.html",
    *(f"figures/{name}.{kind}" for name in FIGURES for kind in ("pdf", "svg")),
    *(f"tables/{name}.csv" for name in TABLES),
}
VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """Reads a page and notes what is not well-formed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.pictures: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if len(given) != len(attributes):
            self.faults.append(f"attribute twice in <{tag}>")
        if tag not in VOID:
            self.open.append(tag)
        if tag == "img":
            self.pictures.append(given)
        self.links += [str(given[name]) for name in ("href", "src") if name in given]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, text: str) -> None:
        self.text.append(text)


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The demo on a coarse map, run once: its folder and what it printed."""
    import contextlib
    import io

    folder = tmp_path_factory.mktemp("demo") / "out"
    whole, printed = demo.four_worlds, io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(demo, "four_worlds", lambda model, window: whole(model, window=window, resolution=(9, 9)))
        assert main(["demo", "--out", str(folder)]) == 0
    yield folder, printed.getvalue()


def test_the_demo_writes_the_files_that_it_names(written: tuple[Path, str]) -> None:
    folder, printed = written
    present = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert present == FILES
    assert {line.strip() for line in printed.splitlines() if line.startswith("  ")} == FILES


def test_the_verdict_is_the_last_line(written: tuple[Path, str]) -> None:
    folder, printed = written
    verdict = printed.splitlines()[-1]
    assert verdict.startswith("Greece and Turkey 1950–2022: these data do not decide whether the race is stable")
    assert verdict in "".join(read(folder / "report.html").text)


def test_the_page_is_well_formed_and_stands_alone(written: tuple[Path, str]) -> None:
    folder, _ = written
    page = read(folder / "report.html")
    assert (page.faults, page.open) == ([], [])
    assert all(link.startswith("data:image/svg+xml;base64,") or (folder / link).is_file() for link in page.links)


def test_every_figure_is_in_the_page_with_words_for_those_who_cannot_see_it(written: tuple[Path, str]) -> None:
    pictures = read(written[0] / "report.html").pictures
    assert len(pictures) == len(FIGURES)
    assert all(len(str(picture["alt"])) > 40 for picture in pictures)


def test_every_number_of_the_tables_is_in_the_page(written: tuple[Path, str]) -> None:
    folder, _ = written
    cells = set(read(folder / "report.html").text)
    told = [value for name in TABLES if name not in LONG for row in table(folder, name) for value in row.values() if value]
    assert len(told) > 100
    assert {as_shown(value) for value in told} - cells == set()


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def as_shown(cell: str) -> str:
    """A cell of a csv file as the page shows it."""
    if cell in ("True", "False"):
        return shown(cell == "True")
    try:
        return shown(complex(cell) if cell.endswith("j") or cell.endswith("j)") else float(cell))
    except ValueError:
        return cell


def test_long_tables_hold_every_year_and_every_cell(written: tuple[Path, str]) -> None:
    folder, _ = written
    observed = table(folder, "observations")
    assert (observed[0]["year"], observed[-1]["year"], len(observed)) == ("1950", "2022", 73)
    assert len(table(folder, "theory_map")) == 81


def test_the_fitted_numbers_are_those_of_the_exact_transition(written: tuple[Path, str]) -> None:
    # (I + OLS coefficients) is the yearly transition matrix, whose logarithm is A: own computation from the table beside it
    from scipy.linalg import logm

    rows = table(written[0], "differences")
    step = np.array([[float(row["coefficient"]) for row in rows[3 * i : 3 * i + 2]] for i in range(2)]) + np.eye(2)
    found = {row["coefficient"]: float(row["value"]) for row in table(written[0], "coefficients")}
    expected = logm(step)
    assert found["defence coefficient of Greece"] == pytest.approx(expected[0, 1], rel=1e-6)
    assert found["fatigue of Turkey"] == pytest.approx(-expected[1, 1], rel=1e-6)


def test_the_theory_shows_its_published_equilibria_and_folds(written: tuple[Path, str]) -> None:
    # closed forms of the flagship model, twenty-five digits in its specification
    folds = sorted(float(row["balance"]) for row in table(written[0], "theory_special_points") if row["kind"] == "fold")
    assert folds == pytest.approx([-0.150475309989545, 0.109752115988938], rel=1e-6)
    rest = [float(row["x [arms]"]) for row in table(written[0], "theory_equilibria")]
    assert rest == pytest.approx([0.973883964480013, 3.154663275665848, 19.252707940545456], rel=1e-8)


def test_the_theory_is_labelled_as_not_fitted_wherever_it_is_shown(written: tuple[Path, str]) -> None:
    text = "".join(read(written[0] / "report.html").text)
    assert text.lower().count("default parameters, not fitted") >= 4  # heading, box and both figures


def test_provenance_tells_versions_settings_and_seed(written: tuple[Path, str]) -> None:
    told = json.loads((written[0] / "provenance.json").read_text())
    assert set(told) == {"fit", "portrait", "hysteresis", "four worlds"}
    assert told["fit"]["settings"]["series"] == ["Greece", "Turkey"]
    assert told["fit"]["entropy"] == demo.SEED
    assert all(part["versions"]["richardson"] and len(part["fingerprint"]) == 64 for part in told.values())


class WorkBeganError(Exception):
    """Stands for the beginning of the work."""


@pytest.fixture
def halted(monkeypatch: pytest.MonkeyPatch) -> None:
    def halt(*_: Any, **__: Any) -> None:
        raise WorkBeganError

    monkeypatch.setattr(demo, "_find", halt)


@pytest.mark.parametrize("place", ["full", "file", "file/below", "absent/below"])
def test_a_folder_that_may_not_be_written_is_refused_before_the_work_begins(
    place: str, tmp_path: Path, halted: None, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    status = main(["demo", "--out", str(tmp_path / place)])
    captured = capsys.readouterr()
    assert (status, captured.out) == (2, "")
    assert "--out" in captured.err
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["file", "full", "mine.txt"]


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path, halted: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path / "out")]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "--traceback" in capsys.readouterr().err


def swings(*_: str) -> Observations:
    """Rivals whose spending swings from year to year, as no race in continuous time does."""
    rng = np.random.default_rng(3)
    years = np.arange(1950, 1990)
    values = np.empty((years.size, 2))
    values[0] = 11.0, 9.0
    for year in range(1, years.size):
        values[year] = 10.0 + np.array([-0.7, -0.6]) * (values[year - 1] - 10.0) + 0.3 * rng.standard_normal(2)
    return Observations(years, values, unit="bn current USD", names=("A", "B"))


def gaps(*_: str) -> Observations:
    return Observations([1950, 1951, 1952, 1953], {"A": [1, 2, np.nan, 3], "B": [1, 2, 3, 4]}, unit="bn current USD")


@pytest.mark.parametrize(("source", "reason"), [(swings, "logarithm"), (gaps, "missing|gap")], ids=["swings", "gaps"])
def test_data_that_allow_no_verdict_are_the_verdict(
    source: Any, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    monkeypatch.setattr(data, "rivalry", source)
    status = main(["demo", "--out", str(tmp_path / "out")])
    last = capsys.readouterr().out.splitlines()[-1]
    assert status == 1
    assert last.startswith("A and B: no verdict")
    assert re.search(reason, last)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_whole_demo_runs_twice_into_its_own_folder_and_is_the_same_but_for_the_time(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "richardson.cli", "demo", "--out", str(tmp_path / "out")]
    seen = []
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        assert done.stderr == ""  # no terminal, so no progress line
        files = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
        seen.append((done.stdout, {name: content for name, content in files.items() if name.endswith((".csv", ".svg", ".pdf"))}))
    assert seen[0] == seen[1]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
@pytest.mark.parametrize(("rivals", "words"), [(("India", "Pakistan"), "unstable"), (("USSR", "US"), "do not decide")])
def test_the_demo_runs_on_every_other_rivalry(
    rivals: tuple[str, str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--out", str(tmp_path / "out"), "--rivalry", *rivals]) == 0
    assert words in capsys.readouterr().out.splitlines()[-1]
    assert read(tmp_path / "out" / "report.html").faults == []
