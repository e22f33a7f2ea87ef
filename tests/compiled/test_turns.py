"""Locks between processes. One process that opens a file twice has two locks, so that threads stand for processes here."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from richardson.compiled import turns
from richardson.compiled.turns import in_turn

pytestmark = pytest.mark.skipif(turns._fcntl is None, reason="no locks on this system")

HOLD = """
import sys, time
from pathlib import Path
from richardson.compiled.turns import in_turn
with in_turn(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "m_0.lock"


@pytest.fixture
def holder(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is killed."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(file)], stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_only_one_goes_on_and_no_file_is_left(file: Path) -> None:
    inside, most = [0], [0]

    def work(_: int) -> None:
        with in_turn(file):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.01)
            inside[0] -= 1

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(6)))
    assert most == [1]
    assert not file.exists()


def test_a_lock_is_let_go_when_what_was_done_failed(file: Path) -> None:
    with pytest.raises(ZeroDivisionError), in_turn(file):
        raise ZeroDivisionError
    assert not file.exists()
    with in_turn(file):
        assert file.exists()


def test_a_lock_is_let_go_when_its_process_is_killed(file: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    with in_turn(file):
        assert file.exists()
    assert file.exists()  # it was not ours to delete: we have lost patience
    holder.kill()
    holder.wait()
    monkeypatch.undo()
    with in_turn(file):
        pass
    assert not file.exists()


def test_two_who_wait_for_each_other_both_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    first, second = tmp_path / "first.lock", tmp_path / "second.lock"
    held = {first: Event(), second: Event()}

    def work(own: Path, other: Path) -> str:
        with in_turn(own):
            held[own].set()
            held[other].wait(60)
            with in_turn(other):
                return "done"

    with ThreadPoolExecutor(2) as pool:
        assert [done.result(60) for done in (pool.submit(work, first, second), pool.submit(work, second, first))] == ["done", "done"]


def test_where_nothing_can_be_locked_all_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = []
    with in_turn(None):
        entered.append("no file")
    with in_turn(tmp_path / "missing" / "m_0.lock"):
        entered.append("no folder")
    monkeypatch.setattr(turns, "_fcntl", None)
    with in_turn(tmp_path / "m_0.lock"):
        entered.append("no locks")
    assert entered == ["no file", "no folder", "no locks"]
    assert not list(tmp_path.iterdir())
