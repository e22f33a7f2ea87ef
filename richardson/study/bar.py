"""The progress bar of a study: members done, their rate, the time left, and how many failed."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from threading import Event, Thread
from time import monotonic
from typing import Any

from tqdm import tqdm

WORTH_SHOWING = 1.0  # seconds: who waits for longer wants to know for how long
TICK = 1.0  # seconds after which it is drawn again although no block has ended: a member of dynamics may take minutes
MANY = 10_000  # members, which are then counted in thousands
NOUN = "member"
SHAPE = (80, 24)  # letters and lines, of a terminal that tells none, as those of recorders and containers: tqdm would show nothing


class Bar(tqdm):  # type: ignore[type-arg]
    """A progress bar that counts failed members, and is not shown before it is worth it.

    Parameters
    ----------
    count : int
        Members.
    wait : float
        Seconds after which it is shown.
    disable : bool
        Whether it is never shown.
    """

    def __init__(self, count: int, *, wait: float, disable: bool) -> None:
        self.failures = 0
        self._due, self._is_shown = monotonic() + wait, False
        self._ended, self._ticker = Event(), Thread(target=self._tick, daemon=True)
        super().__init__(total=count, unit=f" {NOUN}s", unit_scale=count >= MANY, disable=disable, file=sys.stderr, smoothing=0.1)
        if not disable:
            if self.ncols is not None and self.ncols < 1:
                self.ncols, self.nrows = SHAPE
            self._ticker.start()

    @property
    def format_dict(self) -> MutableMapping[str, Any]:
        """What the line is made of; of less than one a second it tells the seconds of one."""
        told = super().format_dict
        rate = told["rate"] or (told["n"] - told["initial"]) / max(told["elapsed"], 1e-9)
        return {**told, "unit": NOUN} if 0.0 < rate < 1.0 else told

    def begin(self, left: int) -> None:
        """Count time from now on: the rate is that of the runs, not of compiling, nor of members that are there already."""
        self.reset()
        self.initial = self.n = (self.total or left) - left
        self.refresh()

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Draw it, if it is time to."""
        self._is_shown = self._is_shown or monotonic() >= self._due
        if self._is_shown:
            super().display(msg, pos)

    def close(self) -> None:
        """Leave the line as it is in the end, if there is any."""
        self._ended.set()
        if self._ticker.is_alive():
            self._ticker.join()  # or it might draw once more below the line
        self.leave = self._is_shown
        super().close()

    def _tick(self) -> None:
        while not self._ended.wait(TICK):
            self.refresh()


def bar_over(count: int, progress: bool | None) -> Bar:
    """The progress bar of so many members.

    Parameters
    ----------
    count : int
    progress : bool or None
        Whether it is shown; None: on a terminal, once it has taken a second.
    """
    is_hidden = not sys.stderr.isatty() if progress is None else not progress
    return Bar(count, wait=WORTH_SHOWING if progress is None else 0.0, disable=is_hidden)
