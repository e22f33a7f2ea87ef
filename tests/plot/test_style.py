"""The paper style: sizes, files that repeat byte for byte, nothing of matplotlib's own state changed."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from richardson import plot
from richardson.errors import InvalidInputError, OutputError, UnknownNameError
from richardson.plot import style

AGAIN = "import runpy, sys; runpy.run_path(sys.argv[1])['draw'](sys.argv[2]); print('matplotlib.pyplot' in sys.modules)"


def draw(folder: str | Path) -> None:
    """Everything that has an identifier of its own in a file: text, mathematics, an image, a hatch, a clip."""
    made = plot.figure(height=40)
    with plot.paper():
        ax = made.add_subplot()
        ax.plot([0, 1, 2], [0, 1, 4], label=r"$\dot{x} = 0$")
        ax.pcolormesh([[1.0, 2.0], [3.0, 4.0]], rasterized=True)
        ax.contourf([[1.0, 2.0], [3.0, 4.0]], hatches=["//", ".."], colors="none")
        ax.set_xlabel(r"offence–defence balance, $\beta$")
        ax.legend()
    plot.save(made, folder, "drawn")


@pytest.fixture
def drawn() -> Figure:
    made = plot.figure(width=60, height=40)
    with plot.paper():
        made.add_subplot().plot([0.0, 1.0], [0.0, 1.0])
    return made


def test_a_figure_has_the_printed_size_it_was_asked_for() -> None:
    assert plot.figure(width=85, height=60).get_size_inches() * style.MILLIMETRES_PER_INCH == pytest.approx((85, 60))


@pytest.mark.parametrize(("size", "wanted"), [("one-column", (85, 85)), ("two-column", (175, 85)), ("slide", (127, 71.4))])
def test_each_size_has_its_millimetres(size: str, wanted: tuple[float, float]) -> None:
    with plot.paper(size):
        assert plot.figure().get_size_inches() * style.MILLIMETRES_PER_INCH == pytest.approx(wanted, abs=0.05)


def test_what_is_drawn_without_axes_takes_the_size_around_it_and_fits_a_slide() -> None:
    with plot.paper("slide"), style.drawing(None, height=102) as ax:
        assert ax.figure.get_size_inches() * style.MILLIMETRES_PER_INCH == pytest.approx((127, 71.4), abs=0.05)
    with plot.paper("two-column"), style.drawing(None, height=60) as ax:
        assert ax.figure.get_size_inches() * style.MILLIMETRES_PER_INCH == pytest.approx((175, 60))
    assert plot.figure().get_size_inches() * style.MILLIMETRES_PER_INCH == pytest.approx((85, 85))


def test_fonts_are_stix_or_computer_modern_and_inner_contexts_keep_what_is_chosen() -> None:
    with plot.paper(font="Computer Modern"):
        with plot.paper("slide"):
            assert (mpl.rcParams["font.family"][0], mpl.rcParams["mathtext.fontset"]) == ("cmr10", "cm")
        with plot.paper(font="STIX"):
            assert (mpl.rcParams["font.family"], mpl.rcParams["mathtext.fontset"]) == (["STIXGeneral"], "stix")
        assert mpl.rcParams["mathtext.fontset"] == "cm"


def test_an_unknown_size_or_font_is_refused_with_the_nearest() -> None:
    for wrong, match in (({"size": "one column"}, "one-column"), ({"font": "Computer modern"}, "Computer Modern")):
        with pytest.raises(UnknownNameError, match=match), plot.paper(**wrong):
            pass


@pytest.mark.parametrize("font", ["STIX", "Computer Modern"])
def test_each_font_gives_the_same_bytes_twice_with_truetype_embedded(font: str, tmp_path: Path) -> None:
    written = []
    for run in "12":
        with plot.paper(font=font):
            draw(tmp_path / run)
        written.append({file.name: file.read_bytes() for file in (tmp_path / run).iterdir()})
    assert written[0] == written[1]
    assert b"/Type3" not in written[0]["drawn.pdf"]
    assert (b"Cmr10" in written[0]["drawn.pdf"]) == (font == "Computer Modern")


@pytest.mark.parametrize("size", [{"width": 0}, {"height": -1}, {"width": float("nan")}, {"height": float("inf")}])
def test_a_figure_without_extent_is_refused(size: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError, match="above 0 mm"):
        plot.figure(**size)


def test_the_style_ends_with_its_context() -> None:
    before = dict(mpl.rcParams)
    with plot.paper():
        assert mpl.rcParams["font.family"] == ["STIXGeneral"]
        assert mpl.rcParams["pdf.fonttype"] == 42
    assert dict(mpl.rcParams) == before


def test_the_style_does_not_depend_on_the_settings_around_it(tmp_path: Path, drawn: Figure) -> None:
    first = plot.save(drawn, tmp_path / "first", "drawn")
    with mpl.rc_context({"text.color": "red", "xtick.direction": "out", "svg.hashsalt": "other", "pdf.compression": 0}):
        second = plot.save(drawn, tmp_path / "second", "drawn")
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


def test_files_are_the_same_bytes_in_another_process_and_pyplot_stays_unloaded(tmp_path: Path) -> None:
    draw(tmp_path / "here")
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    assert _python(AGAIN, __file__, str(tmp_path / "there"), PYTHONHASHSEED=seed) == "False"
    here, there = ({file.name: file.read_bytes() for file in (tmp_path / place).iterdir()} for place in ("here", "there"))
    assert sorted(here) == ["drawn.pdf", "drawn.svg"]
    assert here == there


def test_the_last_bits_of_a_layout_do_not_show(tmp_path: Path) -> None:
    written = []
    for shift in (0.0, 2e-16):
        made = plot.figure()
        made.set_layout_engine("none")
        made.add_axes((0.2 + shift, 0.2, 0.7, 0.7)).plot([0, 1, 2], [0, 1, 4], marker="o")
        written.append([file.read_bytes() for file in plot.save(made, tmp_path / str(shift), "drawn")])
    assert written[0] == written[1]


def test_pdf_embeds_truetype_and_svg_needs_no_font(tmp_path: Path, drawn: Figure) -> None:
    pdf, svg = plot.save(drawn, tmp_path, "drawn")
    assert b"/CIDFontType2" in pdf.read_bytes() or b"/TrueType" in pdf.read_bytes()
    assert b"/Type3" not in pdf.read_bytes()
    assert b"<text" not in svg.read_bytes()


def test_files_carry_no_date(tmp_path: Path, drawn: Figure) -> None:
    pdf, svg = plot.save(drawn, tmp_path, "drawn")
    assert b"CreationDate" not in pdf.read_bytes()
    assert b"<dc:date>" not in svg.read_bytes()


def test_axes_and_mappings_of_axes_are_saved_with_their_whole_figure(tmp_path: Path) -> None:
    whole = plot.figure()
    inner = whole.subfigures(1, 2)[0].add_subplot()
    wanted = [file.read_bytes() for file in plot.save(whole, tmp_path, "whole")]
    assert [file.read_bytes() for file in plot.save(inner, tmp_path, "axes")] == wanted
    assert [file.read_bytes() for file in plot.save({"map": inner}, tmp_path, "mapping")] == wanted


@pytest.mark.parametrize("thing", [None, {}, "figure", 3])
def test_what_is_no_figure_cannot_be_saved(tmp_path: Path, thing: object) -> None:
    with pytest.raises(InvalidInputError, match="Draw it first"):
        plot.save(thing, tmp_path, "thing")
    assert list(tmp_path.iterdir()) == []


def test_tables_are_stacked_with_their_part_and_missing_columns_stay_empty(tmp_path: Path, drawn: Figure) -> None:
    tables = {
        "line": {"x": np.array([0.1, 1 / 3]), "y": [1, 2]},
        "point": {"x": [np.nan], "kind": ["saddle"], "is_stable": [np.False_], "spiral_number": [None], "eigenvalue": [complex(1, -2)]},
    }
    *_, table = plot.save(drawn, tmp_path, "drawn", tables=tables)
    with table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[1] == {"part": "line", "x": "0.3333333333", "y": "2", "kind": "", "is_stable": "", "spiral_number": "", "eigenvalue": ""}
    assert rows[2] == {
        "part": "point",
        "x": "",
        "y": "",
        "kind": "saddle",
        "is_stable": "False",
        "spiral_number": "",
        "eigenvalue": "1-2j",
    }
    assert b"\r" not in table.read_bytes()


def test_a_ragged_table_is_refused_before_anything_is_written(tmp_path: Path, drawn: Figure) -> None:
    with pytest.raises(InvalidInputError, match="'line' differ in length"):
        plot.save(drawn, tmp_path / "new", "drawn", tables={"line": {"x": [1, 2], "y": [1]}})
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "/a"])
def test_a_name_with_a_folder_is_refused(tmp_path: Path, drawn: Figure, name: str) -> None:
    with pytest.raises(InvalidInputError, match="plain file name"):
        plot.save(drawn, tmp_path, name)


def test_a_folder_that_cannot_be_made_is_refused_with_its_name(tmp_path: Path, drawn: Figure) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(OutputError, match="cannot be written"):
        plot.save(drawn, tmp_path / "file" / "below", "drawn")
    assert (tmp_path / "file").read_text() == "kept"


def test_a_failure_on_the_way_leaves_the_earlier_files(tmp_path: Path, drawn: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {file.name: file.read_bytes() for file in plot.save(drawn, tmp_path, "drawn")}

    def full(path: Path, target: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="no space left"):
        plot.save(plot.figure(), tmp_path, "drawn")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == kept


def _python(program: str, *arguments: str, **environment: str) -> str:
    """What a fresh interpreter prints."""
    fresh = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
    )
    return fresh.stdout.strip()
