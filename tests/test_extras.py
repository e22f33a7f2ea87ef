"""Optional dependencies: imported on first use, named when missing."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

from richardson.errors import MissingExtraError, RichardsonError
from richardson.extras import require


def test_an_installed_module_is_imported() -> None:
    assert require("json.decoder", "data") is sys.modules["json.decoder"]


def test_a_missing_module_names_the_command_that_installs_it() -> None:
    with pytest.raises(MissingExtraError, match=r"no_such_module.*pip install 'richardson\[scale\]'") as refusal:
        require("no_such_module.part", "scale")
    assert isinstance(refusal.value, RichardsonError)
    assert isinstance(refusal.value, ImportError)
    assert refusal.value.name == "no_such_module.part"


def test_a_dependency_missing_below_an_installed_module_is_the_one_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_installed.py").write_text("import no_such_dependency\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingExtraError, match="This needs no_such_dependency, which is not installed"):
        require("half_installed", "data")


def test_a_broken_module_is_told_apart_from_a_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_extra.py").write_text("raise ImportError('its library is too old')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingExtraError, match="installed but cannot be imported: its library is too old"):
        require("broken_extra", "data")


def test_an_error_that_is_not_about_importing_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "faulty_extra.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ZeroDivisionError):
        require("faulty_extra", "data")


def test_every_extra_that_the_package_asks_for_is_declared(repository: Path) -> None:
    declared = set(_project(repository)["optional-dependencies"])
    asked = {extra for file in (repository / "richardson").rglob("*.py") for extra in _required_extras(file)}
    assert asked <= declared


def test_the_extra_all_holds_every_extra_that_users_need_and_that_asks_no_graphics_card(repository: Path) -> None:
    extras = _project(repository)["optional-dependencies"]
    (everything,) = extras["all"]
    named = everything.removeprefix("richardson[").removesuffix("]").split(",")
    assert set(named) == set(extras) - {"all", "docs", "test", "dev", "cuda"}


def _project(repository: Path) -> dict[str, dict[str, list[str]]]:
    project: dict[str, dict[str, list[str]]] = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    return project


def _required_extras(file: Path) -> list[str]:
    """Second arguments of the calls of ``require`` in a file."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    return [ast.literal_eval(call.args[1]) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "require"]
