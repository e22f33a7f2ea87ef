"""The cache of generated modules: shared, read-only, corrupt, or not ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_a_module_is_written_once_and_readable(tmp_path: Path) -> None:
    cache, other = tmp_path / "cache", tmp_path / "numba"
    assert run(cache, NUMBA_CACHE_DIR=str(other)) == (EXPECTED, "")
    sources = list(cache.glob("m_*.py"))
    before = [(file, file.stat().st_mtime_ns) for file in sources]
    assert run(cache) == (EXPECTED, "")
    assert [(file, file.stat().st_mtime_ns) for file in sources] == before
    assert cache.stat().st_mode & 0o777 == 0o700
    assert "def rates(t, x, p, out):" in sources[0].read_text()
    assert list((cache / "__pycache__").glob("m_*.nbi"))  # machine code lies there too, whatever numba is told
    assert not other.exists() or not list(other.rglob("m_*"))


def test_four_processes_may_start_at_once(tmp_path: Path) -> None:
    racing = [start(tmp_path / "cache") for _ in range(4)]
    finished = [process.communicate(timeout=240) for process in racing]
    assert [(out.strip(), err) for out, err in finished] == [(EXPECTED, "")] * 4


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
def test_a_corrupt_file_is_made_anew(tmp_path: Path, pattern: str, content: bytes) -> None:
    cache = tmp_path / "cache"
    run(cache)
    damaged = list(cache.glob(pattern))
    for file in damaged:
        file.write_bytes(content)
    assert damaged
    assert run(cache)[0] == EXPECTED
    assert run(cache) == (EXPECTED, "")


def test_a_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    out, err = run(cache)
    assert (out, err.count("RuntimeWarning"), list(cache.iterdir())) == (EXPECTED, 1, [])
    assert "others can write" in err


def test_a_folder_that_cannot_be_made_costs_only_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    out, err = run(file / "cache")
    assert (out, err.count("RuntimeWarning")) == (EXPECTED, 1)


def test_a_folder_that_cannot_be_written_costs_only_a_warning(tmp_path: Path) -> None:
    """Simulated, since root may write anywhere: every attempt to open a file for writing there fails."""
    refuse = "def refuse(*_, **__): raise OSError(30, 'Read-only file system')\n"
    out, err = run(tmp_path, before=f"import tempfile\n{refuse}tempfile.NamedTemporaryFile = tempfile.mkstemp = refuse\n")
    assert (out, err.count("RuntimeWarning"), list(tmp_path.iterdir())) == (EXPECTED, 1, [])
