"""The cache of generated modules: shared, read-only, corrupt, or not ours."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from richardson.compiled import store
from richardson.compiled.field import Field
from richardson.symbolic.model import Model

CODE = """
import numpy as np
from richardson.compiled.field import Field
from richardson.symbolic.model import Model
model = Model.from_equations({"x": "k*y - x", "y": "hill(x, 1, 2) - y"}, {"k": 0.5})
print(repr(Field.of(model).rates(0.0, np.array([1.0, 2.0])).tolist()))
"""
EXPECTED = "[0.0, -1.5]"


def start(cache: Path, before: str = "", **extra: str) -> subprocess.Popen[str]:
    environment = os.environ | {"RICHARDSON_CACHE_DIR": str(cache)} | extra
    return subprocess.Popen([sys.executable, "-W", "always", "-c", before + CODE], stdout=-1, stderr=-1, text=True, env=environment)


def run(cache: Path, before: str = "", **extra: str) -> tuple[str, str]:
    out, err = start(cache, before, **extra).communicate(timeout=120)
    return out.strip(), err


def test_whatever_writes_or_runs_a_generated_module_is_part_of_its_key() -> None:
    """What reads or carries a model's content has no part: the fingerprint says it."""
    known = {module.__name__ for module in store.SOURCES}
    content = {"arrays", "errors", "model", "indexed_model", "quantity", "parse", "names", "concepts", "families", "position"}
    used = set()
    for module in store.SOURCES:
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("richardson"):
                inner = {f"{node.module}.{name.name}" for name in node.names} & set(sys.modules)
                used |= inner or {str(node.module)}
    assert {name for name in used - known if name.rpartition(".")[2] not in content} == set()


@pytest.mark.slow
def test_four_processes_may_start_at_once(tmp_path: Path) -> None:
    cache, other = tmp_path / "cache", tmp_path / "numba"
    racing = [start(cache, NUMBA_CACHE_DIR=str(other)) for _ in range(4)]
    finished = [process.communicate(timeout=240) for process in racing]
    assert [(out.strip(), err) for out, err in finished] == [(EXPECTED, "")] * 4
    assert list((cache / "__pycache__").glob("m_*.nbi"))  # machine code lies there too, whatever numba is told
    assert not other.exists() or not list(other.rglob("m_*"))


TOGETHER = """
import sys
from richardson.compiled import store
SOURCE = "def total(x):\\n    return x[0]" + "".join(f" + x[{place}] ** {place}" for place in range(1, 40)) + "\\n"
print("ready", flush=True)
sys.stdin.readline()
compiled = store.function(store.load("f" * 64, lambda: SOURCE), "total", "float64(float64[::1])")
print(sum(compiled.stats.cache_misses.values()), sum(compiled.stats.cache_hits.values()))
"""


@pytest.mark.slow
def test_processes_that_need_a_function_at_the_same_time_compile_it_once(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    environment = os.environ | {"RICHARDSON_CACHE_DIR": str(cache)}
    asked = [sys.executable, "-c", TOGETHER]
    racing = [subprocess.Popen(asked, stdin=-1, stdout=-1, text=True, env=environment) for _ in range(3)]
    for process in racing:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in racing:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    found = sorted(process.communicate(timeout=240)[0].strip() for process in racing)
    assert found == ["0 1", "0 1", "1 0"]
    assert not list(cache.rglob("*.lock"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds one model."""
    cache = tmp_path_factory.mktemp("filled") / "cache"
    assert run(cache) == (EXPECTED, "")
    return cache


def test_a_module_is_written_once_and_readable(filled: Path) -> None:
    sources = list(filled.glob("m_*.py"))
    before = [(file, file.stat().st_mtime_ns) for file in sources]
    assert run(filled) == (EXPECTED, "")
    assert [(file, file.stat().st_mtime_ns) for file in sources] == before
    assert filled.stat().st_mode & 0o777 == 0o700
    assert "def rates(t, x, p, out):" in sources[0].read_text()


@pytest.mark.parametrize(
    ("pattern", "content"),
    [
        ("m_*.py", b"raise SystemExit(3)\n"),
        pytest.param("__pycache__/m_*.nbi", b"\x00garbage", marks=pytest.mark.slow),
        pytest.param("m_*.py", b"\xff\x00", marks=pytest.mark.slow),
        pytest.param("__pycache__/m_*.nbi", b"", marks=pytest.mark.slow),
        pytest.param("__pycache__/m_*.nbc", b"", marks=pytest.mark.slow),
        pytest.param("__pycache__/m_*.nbc", b"\x00garbage", marks=pytest.mark.slow),
    ],
)
def test_a_corrupt_file_is_made_anew(filled: Path, tmp_path: Path, pattern: str, content: bytes) -> None:
    cache = Path(shutil.copytree(filled, tmp_path / "cache"))
    damaged = list(cache.glob(pattern))
    for file in damaged:
        file.write_bytes(content)
    assert damaged
    assert run(cache)[0] == EXPECTED
    assert all(not file.exists() or file.read_bytes() != content for file in damaged)


def rates_of_a_new_model(cache: Path, monkeypatch: pytest.MonkeyPatch, power: int) -> list[float]:
    """Of equations that nothing has compiled before, with another cache folder from now on."""
    monkeypatch.setenv("RICHARDSON_CACHE_DIR", str(cache))
    model = Model.from_equations({"x": f"k*x**{power}"}, {"k": 0.5})
    return Field.of(model).rates(0.0, np.array([2.0])).tolist()


def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    with pytest.warns(RuntimeWarning, match="others can write") as warned:
        assert rates_of_a_new_model(cache, monkeypatch, 11) == [1024.0]
        assert rates_of_a_new_model(cache, monkeypatch, 12) == [2048.0]
    assert (len(warned), list(cache.iterdir())) == (1, [])


def test_a_folder_that_cannot_be_made_costs_only_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.warns(RuntimeWarning, match="compiled anew in each process") as warned:
        assert rates_of_a_new_model(file / "cache", monkeypatch, 13) == [4096.0]
    assert len(warned) == 1


def test_a_folder_that_cannot_be_written_costs_only_a_warning(tmp_path: Path) -> None:
    """Simulated, since root may write anywhere: every attempt to open a file for writing there fails."""
    refuse = "def refuse(*_, **__): raise OSError(30, 'Read-only file system')\n"
    out, err = run(tmp_path, before=f"import tempfile\n{refuse}tempfile.NamedTemporaryFile = tempfile.mkstemp = refuse\n")
    assert (out, err.count("RuntimeWarning"), list(tmp_path.iterdir())) == (EXPECTED, 1, [])
