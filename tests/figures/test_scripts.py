"""Each figure script: runs in quick mode, writes its three files, the same bytes every time, and can be read in print."""

import importlib.util
import runpy
import sys
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from richardson import plot
from tests.figures.scripts import FOLDER

SCRIPTS = sorted(FOLDER.glob("*.py"))
SHORT = {"linear_race", "work_precision"}  # the others wait for kernels, or for as long as a default run may take
NEEDS = {"discovered_box": "ema_workbench"}


def marks(name: str) -> list[pytest.MarkDecorator]:
    """What a script is marked with: slow, and skipped where the module that it needs is not there."""
    lacks = name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None
    needed = [pytest.mark.extra, pytest.mark.skipif(lacks, reason=f"{NEEDS[name]} is not installed")] if name in NEEDS else []
    return [*[pytest.mark.slow] * (name not in SHORT), *needed]


RUN = [pytest.param(script, marks=marks(script.stem), id=script.stem) for script in SCRIPTS]
LINES = 60
MOST_BYTES = 300_000
SMALLEST = 6.0  # points: smaller letters are not read in print
TOUCH = 1.5  # points by which the boxes of two texts may meet: letters do not fill theirs

Quick = Callable[[str], tuple[Path, Path]]


def by_name(script: Path) -> str:
    """Name of a parametrised test."""
    return script.stem


@pytest.fixture(scope="module")
def quick(drawn: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory) -> Quick:
    """Folders of two quick runs of the script of that name: one imported, one as a program."""

    @cache
    def run(name: str) -> tuple[Path, Path]:
        script, folder = FOLDER / f"{name}.py", tmp_path_factory.mktemp(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", [str(script), "--quick", str(folder)])
            runpy.run_path(str(script), run_name="__main__")
        return drawn(name).folder, folder

    return run


def written(figure: Figure) -> list[tuple[Text, Bbox]]:
    """Every text that a figure shows, with its place in points; labels of ticks beyond the limits are not shown."""
    shown: dict[int, Text] = {}

    def note(text: Text, *_: Any, **__: Any) -> None:
        if text.get_visible() and text.get_text().strip() and mpl.colors.to_rgba(text.get_color())[3] > 0:
            shown[id(text)] = text

    with pytest.MonkeyPatch.context() as patch, plot.paper():
        figure.draw_without_rendering()
        patch.setattr(Text, "draw", note)
        figure.draw_without_rendering()
    scale = 72 / figure.dpi
    return [(text, Bbox(text.get_window_extent().get_points() * scale)) for text in shown.values()]


def overlap(one: Bbox, other: Bbox) -> float:
    """Points by which two boxes lie over each other in both directions."""
    return float(min(min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)))


def faults(figure: Figure) -> list[str]:
    """Texts of a figure that cannot be read in print; slanting ones, whose boxes say little, are not compared with others."""
    texts = written(figure)
    width, height = figure.get_size_inches() * 72
    level = [(text.get_text(), at) for text, at in texts if text.get_rotation() % 90 == 0]
    return [
        *(f"small: {text.get_text()}" for text, _ in texts if text.get_fontsize() < SMALLEST),
        *(f"cut: {text.get_text()}" for text, at in texts if min(at.x0, at.y0, width - at.x1, height - at.y1) < -TOUCH),
        *(f"over each other: {one}, {other}" for (one, box), (other, at) in combinations(level, 2) if overlap(box, at) > TOUCH),
    ]


def test_there_are_figures() -> None:
    assert {"linear_race", "flagship_portrait", "four_worlds"} <= {script.stem for script in SCRIPTS}


@pytest.mark.parametrize("script", SCRIPTS, ids=by_name)
def test_a_script_fits_a_screen(script: Path) -> None:
    assert len(script.read_text(encoding="utf-8").splitlines()) <= LINES


@pytest.mark.parametrize("script", RUN)
def test_a_script_writes_a_figure_twice_and_its_numbers(script: Path, quick: Quick) -> None:
    files = {file.suffix: file.read_bytes() for file in quick(script.stem)[0].iterdir() if file.stem == script.stem}
    assert sorted(files) == [".csv", ".pdf", ".svg"]
    assert files[".pdf"].startswith(b"%PDF")
    assert files[".svg"].startswith(b"<?xml")
    assert files[".csv"].startswith(b"part,")


@pytest.mark.parametrize("script", RUN)
def test_two_runs_write_the_same_bytes_and_nothing_else(script: Path, quick: Quick) -> None:
    first, second = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in quick(script.stem))
    assert len(first) == 3
    assert first == second


@pytest.mark.parametrize("script", RUN)
def test_a_figure_is_a_small_file(script: Path, quick: Quick) -> None:
    sizes = {file.name: file.stat().st_size for file in quick(script.stem)[0].iterdir() if file.suffix != ".csv"}
    assert max(sizes.values()) <= MOST_BYTES, sizes


@pytest.mark.parametrize("script", RUN)
def test_every_text_is_large_enough_whole_and_clear_of_the_others(script: Path, drawn: Callable[[str], Any]) -> None:
    figure = drawn(script.stem).figure
    assert len(written(figure)) > 4
    assert faults(figure) == []


def test_texts_that_are_small_cut_or_over_each_other_are_noticed() -> None:
    figure = Figure(figsize=(2.0, 2.0))
    figure.text(0.1, 0.8, "small", fontsize=5.0)
    figure.text(0.9, 0.5, "cut at the border", fontsize=8.0)
    figure.text(0.1, 0.2, "one", fontsize=8.0)
    figure.text(0.12, 0.22, "other", fontsize=8.0)
    assert faults(figure) == ["small: small", "cut: cut at the border", "over each other: one, other"]


def test_the_readme_figure_is_small_enough_for_a_readme() -> None:
    figure = FOLDER.parent / "docs" / "images" / "portrait.svg"
    assert figure.read_bytes().startswith(b"<?xml")
    assert figure.stat().st_size <= MOST_BYTES
