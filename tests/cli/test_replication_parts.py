"""The parts of a replication package: comparison, archives, lock file, wheel, citations, codebook, lines of its script."""

import csv
import json
import re
import runpy
from importlib.metadata import Distribution, distribution, version
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import richardson as rn
from richardson.cli.calls import Call, Line, perform, script, statement
from richardson.cli.recipe import study_lines
from richardson.cli.replication.archive import zipped
from richardson.cli.replication.citations import bibtex
from richardson.cli.replication.codebook import entries_of
from richardson.cli.replication.environment import direct_requirements, library, lock_text, locked
from richardson.cli.replication.package import RUN_ALL
from richardson.cli.replication.script import all_lines, line_numbers, text_of
from richardson.cli.replication.seeds import seeds
from richardson.cli.replication.sources import Source, moved_text, sources_of
from richardson.cli.replication.terms import licence_text, shipped_as
from richardson.cli.replication.wheel import wheel_of
from richardson.cli.scenario import Document, read_scenario
from richardson.errors import InvalidInputError, RichardsonError
from richardson.study.dataset import study_layout

COMPARED = runpy.run_path(str(RUN_ALL))["compared"]
INFO = f"richardson-{rn.__version__}.dist-info"
MATRIX = 'values = { defence = { file = "defence.csv" } }'
NATIONS = f"""
[model]
catalogue = "nations"
options = {{ nations = ["x", "y", "z"] }}
{MATRIX}
[design]
kind = "grid"
axes = {{ grievance = [0.1, 0.2] }}
[run]
start = {{ x = 1, y = 1, z = 1 }}
rng = 1
[record]
end = 10
"""


def document(folder: Path, text: str) -> Document:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path)


def read_study(folder: Path, text: str) -> tuple[Document, Any]:
    read = document(folder, text)
    return read, perform(study_lines(read), refused)["study"]


def refused(error: RichardsonError, *_: str) -> RichardsonError:
    return error


@pytest.mark.parametrize(
    ("deposited", "now", "agrees", "told"),
    [
        ("a,b\n1,x\n", "a,b\n1,x\n", True, "the same bits"),
        ("a,b\n1,x\n", "a,b\n1.0,x\n", True, "largest relative difference is 0.0e+00"),
        ("a,b\n1,x\n", "a,b\n1.0000001,x\n", True, "largest relative difference is 1.0e-07"),
        ("a,b\n1e-12,x\n", "a,b\n3e-11,x\n", True, "largest relative difference is 0.0e+00"),
        ("a,b\n1,x\n", "a,b\n1.01,x\n", False, "DIFFERS in 1 place; first line 2, column 'a': 1 deposited, 1.01 now"),
        ("a,b\n1,x\n", "a,b\n1,y\n", False, "line 2, column 'b': x deposited, y now"),
        ("a,b\n1,x\n", "a,b\n,x\n", False, "column 'a': 1 deposited, nothing now"),
        ("a,b\n1,x\n", "a,b\nnan,x\n", False, "1 deposited, nan now"),
        ("a,b\ninf,x\n", "a,b\n1,x\n", False, "inf deposited, 1 now"),
        ("a,b\n1,x\n", "a,b\n1,x\n2,y\n", False, "line 3 has other columns, or is missing"),
        ("a,b\n1,x\n2,y\n", "a,b\n1,x\n", False, "line 3 has other columns, or is missing"),
        ("a,b\n1,x\n", "a\n1\n", False, "line 1 has other columns"),
    ],
)
def test_tables_are_compared_cell_by_cell(deposited: str, now: str, agrees: bool, told: str, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text(deposited)
    (tmp_path / "new.csv").write_text(now)
    found, words = COMPARED(tmp_path / "old.csv", tmp_path / "new.csv", 1e-6, 1e-9)
    assert found == agrees
    assert told in words


@pytest.mark.parametrize(
    ("now", "agrees", "told"),
    [
        ("member,error\n3,4e-9\n5,\n", True, "errors up to 3.0e-09 deposited, 4.0e-09 now"),
        ("member,error\n3,3.1e-8\n5,\n", False, "DIFFERS: errors up to 3.0e-09 deposited, 3.1e-08 now"),
        ("member,error\n3,4e-9\n6,\n", False, "DIFFERS: other members were run again"),
        ("member,error\n3,4e-9\n5,1e-9\n", False, "DIFFERS: other members were run again"),
        ("member\n3\n5\n", False, "DIFFERS: it is no table"),
        ("member,error\n3,x\n5,\n", False, "DIFFERS: it is no table"),
    ],
)
def test_errors_are_compared_by_how_large_they_are(now: str, agrees: bool, told: str, tmp_path: Path) -> None:
    for folder, text in (("old", "member,error\n3,3e-9\n5,\n"), ("new", now)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "accuracy.csv").write_text(text)
    found, words = COMPARED(tmp_path / "old" / "accuracy.csv", tmp_path / "new" / "accuracy.csv", 1e-6, 1e-9)
    assert found == agrees
    assert told in words


def test_a_missing_output_disagrees_and_a_picture_is_compared_to_the_bit_only(tmp_path: Path) -> None:
    for name, text in (("old.svg", "a"), ("new.svg", "b")):
        (tmp_path / name).write_text(text)
    assert COMPARED(tmp_path / "old.svg", tmp_path / "none.svg", 1e-6, 1e-9) == (False, "MISSING among what came out")
    assert COMPARED(tmp_path / "old.svg", tmp_path / "new.svg", 1e-6, 1e-9)[1].startswith("other bits")


def test_a_zip_file_depends_on_names_and_contents_alone() -> None:
    one, other = zipped({"a": b"1", "b/c": b"2"}), zipped({"b/c": b"2", "a": b"1"})
    assert one == other
    assert ZipFile(BytesIO(one)).read("b/c") == b"2"


def test_the_lock_file_holds_all_that_is_needed_and_what_that_needs_in_turn() -> None:
    pytest.importorskip("xarray")
    found = locked({"data"})
    names = {str(canonicalize_name(each.name)) for each in found}
    requirements = [Requirement(text) for each in found for text in each.requires or ()]
    needed = {str(canonicalize_name(each.name)) for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})}
    assert needed <= names
    assert {"numpy", "numba", "llvmlite", "matplotlib", "h5netcdf", "xarray"} <= names
    assert "pytest" not in names


def test_every_line_of_the_lock_file_pins_what_is_installed() -> None:
    text = lock_text(locked(()), "wheels/own.whl", "SHA256SUMS")
    first, *pins = [line for line in text.splitlines() if not line.startswith("#")]
    assert first == "./wheels/own.whl"
    assert [version(line.split("==")[0]) for line in pins] == [line.split("==")[1] for line in pins]
    assert "There are no hashes" in text


@pytest.mark.parametrize(("key", "told"), [("vcs_info", "a repository"), ("dir_info", "a folder"), ("archive_info", "a file")])
def test_the_lock_file_marks_what_came_from_no_registry(key: str, told: str, tmp_path: Path) -> None:
    info = tmp_path / "own-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    (info / "direct_url.json").write_text(json.dumps({"url": "file:///somewhere", key: {}}))
    text = lock_text([Distribution.at(info)], "wheels/own.whl", "SHA256SUMS")
    assert text.splitlines()[-2:] == [
        f"# own was installed from {told}, not from a registry: whether one has this version is not known",
        "own==1.0",
    ]
    assert "somewhere" not in text


def test_direct_requirements_are_those_that_the_library_names() -> None:
    names = {each.name.lower() for each in direct_requirements(())}
    assert {"numpy", "sympy", "numba"} <= names
    assert "llvmlite" not in names


def test_the_wheel_holds_the_files_that_run_and_what_pip_needs() -> None:
    archive = ZipFile(BytesIO(wheel_of(library())))
    held = {name: archive.read(name) for name in archive.namelist()}
    root = Path(rn.__file__).parent
    assert held["richardson/data/provenance.toml"] == (root / "data" / "provenance.toml").read_bytes()
    assert {f"richardson/{file.relative_to(root).as_posix()}" for file in root.rglob("*.py")} <= set(held)
    assert not [name for name in held if "__pycache__" in name]
    assert {row[0] for row in csv.reader(held[f"{INFO}/RECORD"].decode().splitlines())} == set(held)
    assert f"Version: {rn.__version__}\n".encode() in held[f"{INFO}/METADATA"]


def test_works_become_entries_and_notes_become_comments() -> None:
    references = (
        "equations: proposed by this project",
        "M. D. Intriligator, D. L. Brito (1984), Can Arms Races Lead to War?, Conflict Resolution 28(1), 63–84 (quoted from memory)",
    )
    data = ["Singer, J. D., S. Bremer and J. Stuckey (1972), Power & War, in B. Russett (ed.), 19-48"]
    text = bibtex(references, data, [distribution("numpy")])
    assert "% equations: proposed by this project\n" in text
    assert "author = {M. D. Intriligator and D. L. Brito}" in text
    assert "title = {Can Arms Races Lead to War?, Conflict Resolution 28(1), 63–84}" in text
    assert "note = {quoted from memory}" in text
    assert "author = {{Singer, J. D., S. Bremer and J. Stuckey}}" in text  # whose parts BibTeX would take apart wrongly
    assert r"Power \& War" in text
    assert f"version = {{{version('numpy')}}}" in text


def test_works_of_one_year_by_one_author_have_keys_of_their_own() -> None:
    text = bibtex([f"A. Bee (2000), Work {number}" for number in range(710)], [], [])  # more than letters, and than pairs of letters
    keys = re.findall(r"^@misc\{(\w+),$", text, re.MULTILINE)
    assert (keys[:2], keys[25:28], keys[-1]) == (["bee2000", "bee2000b"], ["bee2000z", "bee2000aa", "bee2000ab"], "bee2000aah")
    assert len(set(keys)) == 710


def test_every_reference_of_the_catalogue_is_read_as_a_work_or_a_note() -> None:
    models = [rn.models.linear(), rn.models.security_dilemma(), rn.models.balance_of_power(), rn.models.rivalry()]
    references = list(dict.fromkeys(reference for model in models for reference in model.references))
    text = bibtex(references, [], [])
    assert text.count("@misc{") + text.count("\n% equations:") == len(references)
    assert text.count("year = {") == text.count("@misc{")


def test_files_of_one_name_and_names_that_lead_outside_get_places_of_their_own(tmp_path: Path) -> None:
    for folder in ("one", "other", "study"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "cases.csv").write_text(f"x\n{len(folder)}\n")
    other = (tmp_path / "other" / "cases.csv").as_posix()
    tables = f"""file = '../one/cases.csv' # file = "../one/cases.csv"\n[[design]]\nkind = "table"\nfile = "{other}"\n"""
    text = f'[[design]]\nkind = "table"\n{tables}[model]\ncatalogue = "linear"\n[record]\nend = 10\n'
    read = document(tmp_path / "study", text)
    sources = sources_of(read)
    found = [(source.place, source.path, source.content) for source in sources]
    assert found == [("design[0].file", "data/cases.csv", b"x\n3\n"), ("design[1].file", "data/2-cases.csv", b"x\n5\n")]
    moved = document(tmp_path, moved_text(read, sources))
    assert [design["file"] for design in moved.data["design"]] == ["data/cases.csv", "data/2-cases.csv"]
    assert str(tmp_path) not in moved_text(read, sources)


def test_a_state_called_file_names_no_file(tmp_path: Path) -> None:
    text = '[model]\nequations = { file = "2 - file" }\n[design]\nkind = "grid"\naxes = { file = [1, 2] }\n[record]\nend = 1\n'
    read = document(tmp_path, text)
    assert sources_of(read) == ()
    assert moved_text(read, ()) == text


def test_a_state_called_rng_is_no_seed(tmp_path: Path) -> None:
    text = '[model]\nequations = { rng = "2 - rng" }\n[design]\nkind = "grid"\naxes = { rng = [1, 2] }\n[run]\nrng = 5\n[record]\nend = 1\n'
    read, study = read_study(tmp_path, text)
    found = seeds(read.data, study)
    assert (found["place in scenario.toml"], found["seed"]) == (["run.rng"], ["5"])


def test_a_name_that_cannot_be_replaced_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("x\n1\n")
    text = '[model]\ncatalogue = "linear"\n[design]\nkind = "table"\nfile = """cases.csv"""\n[record]\nend = 1\n'
    read = document(tmp_path, text)
    with pytest.raises(InvalidInputError, match=r"design\.file: the name cannot be replaced"):
        moved_text(read, sources_of(read))


def test_a_matrix_of_nations_is_copied_and_its_columns_are_told(tmp_path: Path) -> None:
    (tmp_path / "defence.csv").write_text("nation,x,y,z\nx,,0.1,0.2\ny,0.1,,0.2\nz,0.1,0.2,\n")
    read = document(tmp_path, NATIONS)
    study = perform(study_lines(read), refused)["study"]
    _, products = all_lines(read, study)
    entries = entries_of(study.model, study_layout(study), sources_of(read), products, tmp_path / "none")
    told = {(entry.file, entry.variable): (entry.meaning, entry.unit) for entry in entries}
    assert told["data/defence.csv", "y"] == ("defence of the row's nation towards y", "1/yr")
    assert ("output/runs.csv", "z") in told
    assert moved_text(read, sources_of(read)) == NATIONS.replace("defence.csv", "data/defence.csv")


def test_a_crossing_is_a_time_and_an_integral_holds_one_whatever_the_unit_of_their_expressions(tmp_path: Path) -> None:
    records = 'expressions = ["x + y"]\ncrossing = ["x - 2", { expression = "y - 2", direction = -1 }]\nintegral = ["x"]\n'
    read, study = read_study(tmp_path, NATIONS.replace(MATRIX, "") + records)
    _, products = all_lines(read, study)
    entries = entries_of(study.model, study_layout(study), (), products, tmp_path / "none")
    units = {entry.variable: entry.unit for entry in entries if entry.file == "output/runs.csv"}
    assert (units["first_crossing_of_x_minus_2"], units["first_falling_crossing_of_y_minus_2"]) == ("yr", "yr")
    assert (units["integral_of_x"], units["x_plus_y"]) == ("that of the expression, times yr", "that of the expression")
    assert (units["stopped_at"], units["outcome"]) == ("yr", "")


def test_many_nations_are_told_by_families(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(8)]
    text = NATIONS.replace('["x", "y", "z"]', str(names)).replace(MATRIX, "")
    read = document(tmp_path, text.replace("x = 1, y = 1, z = 1", ", ".join(f"{name} = 1" for name in names)))
    study = perform(study_lines(read), refused)["study"]
    entries = entries_of(study.model, study_layout(study), (), (), tmp_path)
    assert next(entry.values for entry in entries if entry.variable == "defence").startswith("64 numbers")


def test_a_series_that_comes_with_the_library_keeps_its_citation_and_terms() -> None:
    content = (Path(rn.data.__file__).parent / "milex_greece_turkey.csv").read_bytes()
    source = Source("design.file", "greece.csv", "data/greece.csv", content)
    found = shipped_as(source)
    assert found is not None
    assert found["title"].startswith("Correlates of War")
    assert "neither known to allow nor to forbid" in licence_text("BSD", (source,)).split("3. The library")[0]
    assert shipped_as(Source("design.file", "own.csv", "data/own.csv", content + b"\n")) is None


def test_with_processes_all_that_follows_the_runs_stands_behind_the_guard(tmp_path: Path) -> None:
    text = NATIONS.replace(MATRIX, "") + '[engine]\nname = "processes"\nworkers = 2\n'
    lines, products = all_lines(*read_study(tmp_path, text))
    made = text_of(lines)
    rows, places = made.splitlines(), line_numbers(products, made)
    assert [rows[place - 1].startswith("    summary.write(") for place in places] == [True, True, True, False]
    assert rows[places[-1] - 1] == '    rn.export(runs, "output/runs.csv")'


def test_a_study_without_an_audit_has_no_table_of_its_errors(tmp_path: Path) -> None:
    text = NATIONS.replace(MATRIX, "")
    found = [
        [product.name for product in all_lines(*read_study(tmp_path, each))[1]] for each in (text, text.replace("rng = 1", "audit = 0"))
    ]
    assert found == [["ends", "spread", "accuracy", "runs"], ["ends", "spread", "runs"]]


def test_a_line_without_a_name_is_called_for_what_it_does(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    line = Line("", Call("summary.write", ({"a": [1, 2]}, file)), ("record",))
    assert perform([line], refused) == {}
    assert file.read_text() == "a\n1\n2\n"
    assert " ".join(statement(line).split()).startswith("summary.write(")
    assert script([line]).startswith("from richardson.cli import summary\n\nsummary.write(")


def test_a_table_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = Line("", Call("summary.write", ({"a": [1]}, tmp_path / "file" / "table.csv")), ("record",))
    with pytest.raises(RichardsonError, match="cannot be written"):
        perform([line], refused)
