"""The progress bar: shown by time and not by number, on terminals only, and alive while nothing ends."""

import io
import sys
import threading
from typing import Any

import pytest

import richardson as rn
from richardson.study import bar


class Terminal(io.StringIO):
    """A terminal that remembers what was written to it, and tells when a text first was."""

    def __init__(self, awaited: str = "") -> None:
        super().__init__()
        self._awaited, self.is_written = awaited, threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._awaited and self._awaited in text:
            self.is_written.set()
        return super().write(text)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until its hand is moved."""
    hand = [0.0]
    monkeypatch.setattr(bar, "monotonic", lambda: hand[0])
    return hand


@pytest.mark.parametrize("count", [2, 10**6])
def test_the_bar_of_any_number_of_members_is_shown_after_a_second(count: int, clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with bar.bar_over(count, None) as shown:
        shown.set_description("compiling")
        shown.begin(count)
        clock[0] = 0.9
        shown.set_description("running")
        assert terminal.getvalue() == ""
        clock[0] = 1.1
        shown.set_description("running")
        assert "running:   0%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_what_ends_within_a_second_leaves_nothing_on_the_terminal(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with bar.bar_over(10**6, None) as shown:
        shown.begin(10**6)
        shown.update(10**6)
    assert terminal.getvalue() == ""


def test_a_bar_is_drawn_while_the_first_member_is_still_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("analysing:   0%")
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(bar, "TICK", 0.001)
    monkeypatch.setattr(bar, "WORTH_SHOWING", 0.05)
    with bar.bar_over(3, None) as shown:
        shown.set_description("analysing")
        assert terminal.getvalue() == ""
        assert terminal.is_written.wait(60.0)
    assert terminal.getvalue().count("\n") == 1


@pytest.mark.parametrize(("done", "elapsed", "told"), [(2, 8.0, "4.00s/member,"), (8, 2.0, "4.00 members/s,"), (1, 1.0, "1.00 members/s,")])
def test_a_rate_is_told_in_members_or_in_seconds_of_one(done: int, elapsed: float, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with bar.bar_over(10, None) as shown:
        shown.begin(10)
        shown.n = done
        shown.set_postfix_str("0 failed", refresh=False)
        shown.start_t -= elapsed
        monkeypatch.setattr(shown, "_time", lambda: shown.start_t + elapsed)
        assert told in str(shown)
        assert f" {done}/10 " in str(shown)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["terminal", "file"])
def test_an_analysis_of_dynamics_has_the_bar_of_runs(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream: Any = Terminal() if where == "terminal" else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(bar, "WORTH_SHOWING", 0.0)
    rn.run_dynamics(rn.models.linear(), rn.Design.grid({"defence": [0.2, 0.4, 1.5]}))
    told = stream.getvalue()
    assert ("running: 100%" in told, "3/3" in told, "0 failed" in told) == (where == "terminal",) * 3
    assert where == "terminal" or told == ""


def test_a_terminal_that_tells_no_width_shows_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty", reason="a system without pseudo-terminals")
    ours, theirs = pty.openpty()  # of width 0
    with open(theirs, "w", encoding="utf-8") as terminal, open(ours, "rb", buffering=0) as screen:
        monkeypatch.setattr(sys, "stderr", terminal)
        with bar.bar_over(10, progress=True) as shown:
            shown.begin(10)
            shown.update(5)
            shown.refresh()
        terminal.flush()
        assert b" 50%" in screen.read(10_000)
