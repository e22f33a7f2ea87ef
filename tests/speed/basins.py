"""Basins of the flagship over a million cells: time, labels against a reference at 1e-12, and a peer on a sample of the starts.

Run ``python tests/speed/basins.py``. The reference follows every cell's path by our own kernel at a tolerance of 1e-12 to within a
thousandth of an equilibrium, without any region that catches it before; the peer is scipy's DOP853 at 1e-8, one start at a time, over
plain numpy. Nothing here is a test.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

import richardson as rn
from richardson.compiled.chase import chase
from richardson.landscape.basins import Cells
from richardson.landscape.catching import Ball, traps_of
from richardson.landscape.labelling import Labeller

MODEL = rn.models.security_dilemma(balance=0.05)
WINDOWS = (rn.Window(x=(0, 30), y=(0, 30)), rn.Window(x=(0, 60), y=(0, 60)), rn.Window(x=(0, 10), y=(0, 10)))
SIZE = 1000
SAMPLE = 200
REPEATS = 3
NEAR = 1e-3  # arms from the equilibrium at which the reference stops: far within what attracts


def clocked(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float, float]:
    """What the work returns, and seconds: on the clock, of the processor."""
    begin, busy = time.perf_counter(), time.process_time()
    result = work(*arguments)
    return result, time.perf_counter() - begin, time.process_time() - busy


def ours(window: rn.Window) -> rn.Basins:
    """Basins over a million cells, as a user calls it."""
    return rn.basins(MODEL, window, resolution=(SIZE, SIZE))


def reference(part: rn.Basins) -> np.ndarray:
    """Labels of all cells at 1e-12."""
    cells = Cells(MODEL, part.window, part.labels.shape)
    labeller = Labeller(MODEL, part.window, part.attractors, bound=1e9, horizon=None)
    balls = [[Ball(one.states[0], np.eye(2) / NEAR**2)] for one in part.attractors]
    ends = chase(labeller.field, cells.starts(np.arange(cells.count)), traps_of(balls, 2), labeller.care(1e-12, 100_000))
    return ends.owners.reshape(part.labels.shape)


def peer(starts: np.ndarray) -> list[np.ndarray]:
    """Where scipy's paths from these starts are after a hundred years."""

    def rates(_: float, state: np.ndarray) -> np.ndarray:
        fear = np.exp(0.05) * state[::-1]
        return 0.45 * fear * (1 + 3 * fear**2 / (16 + fear**2)) - state * (1 + 0.04 * state) + 0.5

    return [solve_ivp(rates, (0, 100), start, method="DOP853", rtol=1e-8, atol=1e-10).y[:, -1] for start in starts]


def main() -> None:
    for window in WINDOWS:
        first, *others = [clocked(ours, window) for _ in range(REPEATS + 1)]
        part, wall, busy = min(others, key=lambda one: one[2])
        labels, _, tight = clocked(reference, part)
        starts = Cells(MODEL, window, part.labels.shape).starts(np.random.default_rng(1).integers(0, SIZE**2, SAMPLE))
        ends, _, peer_busy = clocked(peer, starts)
        each = peer_busy / SAMPLE * SIZE**2
        print(f"{window!r}: {part!r}")
        print(f"  first {first[1]:.2f} s; then {wall:.3f} s on the clock, {busy:.3f} s of processors")
        print(
            f"  labels unlike the reference's: {int((labels != part.labels).sum())} of {labels.size}; it takes {tight:.2f} s of processors"
        )
        print(f"  scipy: {each:.0f} s for as many starts, {each / busy:.0f} times as long; {len(ends)} of them taken")


if __name__ == "__main__":
    main()
