"""The shape of the code: layers, sizes, what is loaded, what may not be written."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import richardson

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "richardson").rglob("*.py"))
FILE_LINES = 300
BODY_LINES = 50  # a function fits a screen
POSITIONAL_PARAMETERS = 6  # more means a missing noun
IMPORT_SECONDS = 0.5
UNLOADED = {"sympy", "numba", "matplotlib", "scipy"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def by_file(file: Path) -> str:
    """Name of a parametrised test."""
    return file.relative_to(ROOT / "richardson").as_posix()


def functions(file: Path) -> Iterator[FunctionNode]:
    """Every function and method of a file, inner ones too."""
    return (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, FunctionNode))


def body_lines(function: FunctionNode) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return 0 if not body else (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_imports_keep_the_layers_of_the_contract() -> None:
    pytest.importorskip("importlinter", reason="import-linter comes with the extra dev; .ci/run always has it")
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    linter = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert linter.returncode == 0, linter.stdout + linter.stderr


@pytest.mark.parametrize("file", FILES, ids=by_file)
def test_a_file_holds_one_idea(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= FILE_LINES


@pytest.mark.parametrize("file", FILES, ids=by_file)
def test_a_function_fits_a_screen(file: Path) -> None:
    long = {function.name: body_lines(function) for function in functions(file) if body_lines(function) > BODY_LINES}
    assert long == {}


@pytest.mark.parametrize("file", FILES, ids=by_file)
def test_a_function_takes_few_positional_parameters(file: Path) -> None:
    wide = {
        function.name
        for function in functions(file)
        if len([name for name in (*function.args.posonlyargs, *function.args.args) if name.arg not in {"self", "cls"}])
        > POSITIONAL_PARAMETERS
        and "kernels" not in file.parts  # compiled kernels take bare arrays, and have no keywords
    }
    assert wide == set()


@pytest.mark.parametrize("file", FILES, ids=by_file)
def test_input_is_checked_by_refusals_and_nothing_is_printed(file: Path) -> None:
    found = [f"{what} in line {line}" for what, line in forbidden(file)]
    assert found == []


def forbidden(file: Path) -> Iterator[tuple[str, int]]:
    """Asserts, bare excepts, star imports, and prints outside the command line."""
    may_print = "cli" in file.parts
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Assert):
            yield "assert", node.lineno
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield "bare except", node.lineno
        elif isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names):
            yield "star import", node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print" and not may_print:
            yield "print", node.lineno


def test_the_checks_of_this_file_see_what_they_look_for(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("from os import *\ndef long():\n    '''Text.'''\n    assert 1\n    try:\n        print(1)\n    except:\n        pass\n")
    assert {what for what, _ in forbidden(bad)} == {"assert", "bare except", "star import", "print"}
    assert [body_lines(function) for function in functions(bad)] == [5]


def test_importing_the_library_loads_no_heavy_dependency() -> None:
    program = f"import richardson, sys; print(sorted({UNLOADED!r} & {{*sys.modules}}))"
    assert _python(program) == "[]"


def test_importing_the_library_takes_no_time() -> None:
    program = "import time; start = time.perf_counter(); import richardson; print(time.perf_counter() - start)"
    assert min(float(_python(program)) for _ in range(5)) <= IMPORT_SECONDS


def test_listing_the_names_loads_nothing() -> None:
    program = f"import richardson, sys; dir(richardson); print(sorted({UNLOADED!r} & {{*sys.modules}}))"
    assert _python(program) == "[]"


def test_no_public_verb_has_the_name_of_a_module() -> None:
    modules = {file.stem for file in (ROOT / "richardson").iterdir() if file.suffix == ".py" or (file / "__init__.py").exists()}
    assert set(richardson._HOMES) & modules == set()


@pytest.mark.parametrize("file", FILES, ids=by_file)
def test_every_module_can_be_imported_and_says_what_it_is(file: Path) -> None:
    parts = file.relative_to(ROOT).with_suffix("").parts
    module = importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    assert module.__doc__


def _python(program: str) -> str:
    """What a fresh interpreter prints."""
    fresh = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return fresh.stdout.strip()
