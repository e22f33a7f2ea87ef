"""An output folder is absent, empty or our own; nothing else is touched, and nothing half-written stays."""

import json
from pathlib import Path

import pytest

from richardson.cli.folder import MANIFEST, UNFINISHED, files_in, output_folder
from richardson.errors import OutputError

MAKER = "test"


def write(path: Path, content: dict[str, str]) -> None:
    with output_folder(path, MAKER) as stage:
        for name, text in content.items():
            (stage / name).parent.mkdir(exist_ok=True)
            (stage / name).write_text(text)


def contents(path: Path) -> dict[str, str]:
    return {str(file): (path / file).read_text() for file in files_in(path) if file.name != MANIFEST}


def test_an_absent_folder_is_made(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1", "sub/b": "2"})
    assert contents(tmp_path / "out") == {"a": "1", "sub/b": "2"}
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", {"a": "1"})
    assert contents(tmp_path / "out") == {"a": "1"}


def test_an_earlier_output_is_replaced_without_leftovers(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1", "sub/b": "2"})
    write(tmp_path / "out", {"a": "3"})
    assert contents(tmp_path / "out") == {"a": "3"}
    assert not any(file.name.startswith(UNFINISHED) for file in (tmp_path / "out").iterdir())


def test_the_same_output_twice_is_the_same_folder(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1"})
    before = (tmp_path / "out" / MANIFEST).read_text()
    write(tmp_path / "out", {"a": "1"})
    assert (tmp_path / "out" / MANIFEST).read_text() == before


def refused(path: Path, match: str) -> None:
    """The folder is refused before anything is computed, and every file below is as it was."""
    before = contents(path) if path.is_dir() else None
    with pytest.raises(OutputError, match=match), output_folder(path, MAKER):
        pytest.fail("the work began")
    assert (contents(path) if path.is_dir() else None) == before


def test_a_folder_with_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused(tmp_path, "mine.txt")


def test_an_earlier_output_with_another_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1"})
    (tmp_path / "out" / "sub").mkdir()
    (tmp_path / "out" / "sub" / "mine.txt").write_text("mine")
    refused(tmp_path / "out", "mine.txt")


def test_an_earlier_output_that_was_edited_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1"})
    (tmp_path / "out" / "a").write_text("1, and my notes")
    refused(tmp_path / "out", "changed since")


def test_the_output_of_another_maker_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1"})
    with pytest.raises(OutputError, match="did not write"), output_folder(tmp_path / "out", "another"):
        pytest.fail("the work began")


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"made_by": "test", "files": 3}', '{"made_by": "test", "files": {"mine": 1}}'])
def test_a_manifest_that_is_not_ours_vouches_for_nothing(manifest: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(manifest)
    (tmp_path / "mine").write_text("mine")
    refused(tmp_path, "mine")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    refused(tmp_path / "file", "is a file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("below", ["file/out", "file/a/out", "absent/out"])
def test_a_folder_that_cannot_be_made_is_refused(below: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    refused(tmp_path / below, "cannot be written")


def test_a_failure_leaves_an_absent_folder_absent(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), output_folder(tmp_path / "out", MAKER) as stage:
        (stage / "half").write_text("half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_earlier_output(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1"})
    with pytest.raises(KeyboardInterrupt), output_folder(tmp_path / "out", MAKER) as stage:
        (stage / "a").write_text("half")
        raise KeyboardInterrupt
    assert contents(tmp_path / "out") == {"a": "1"}


def test_a_replacement_that_was_cut_off_is_still_known_as_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    write(tmp_path / "out", {"a": "1", "b": "1", "c": "1"})
    replace = os.replace

    def fail_at_b(source: Path, target: Path) -> None:
        if Path(target).name == "b":
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_at_b)
    with pytest.raises(OutputError, match="input/output error"):
        write(tmp_path / "out", {"a": "2", "b": "2"})
    monkeypatch.undo()
    assert contents(tmp_path / "out") == {"a": "2", "b": "1", "c": "1"}
    write(tmp_path / "out", {"a": "3"})
    assert contents(tmp_path / "out") == {"a": "3"}


def test_the_working_folder_itself_can_be_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(), {"a": "1"})
    write(Path(), {"a": "2"})
    assert contents(tmp_path) == {"a": "2"}


def test_a_link_to_a_folder_is_followed_and_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", {"a": "1"})
    assert contents(tmp_path / "real") == {"a": "1"}
    assert (tmp_path / "link").is_symlink()


def test_the_manifest_names_every_file_and_its_maker(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": "1", "sub/b": "2"})
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert (manifest["made_by"], list(manifest["files"])) == (MAKER, ["a", "sub/b"])
