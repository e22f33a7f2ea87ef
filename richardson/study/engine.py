"""The local engine: members in blocks, on the threads of this machine.

Members do not know of each other, and each is computed by the same operations whatever stands beside it, so results depend neither
on the size of blocks nor on the number of threads.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import numpy as np
from tqdm import tqdm

from richardson.arrays import FloatArray
from richardson.compiled.kernels.lookout import UNDER_WAY
from richardson.compiled.lanes import LANES, Members, Task
from richardson.compiled.threads import thread_count

LARGEST_BLOCK = 4096  # members: some milliseconds, so that an interruption is felt at once and threads end together
BLOCKS_A_THREAD = 8
WORTH_SHOWING = 20_000  # members


def run_locally(task: Task, samples: FloatArray, *, states: tuple[int, int], progress: bool | None) -> Members:
    """Run all members; those not reached when the user interrupts are left `UNDER_WAY`, their states NaN.

    Parameters
    ----------
    task : Task
    samples : FloatArray
        Shape (m, columns).
    states : tuple of int
        Times kept and number of states.
    progress : bool or None
        Whether a bar is shown; None: of many members, on a terminal.
    """
    into = empty_members(task, samples.shape[0], states)
    with bar_over(samples.shape[0], progress) as bar:
        bar.set_description(f"compiling {task.scheme} for {states[1]} states, once")
        _ = task.kernel
        bar.set_description("running")
        _run_blocks(task, samples, into, bar)
    forget_lost(into)
    return into


def empty_members(task: Task, count: int, states: tuple[int, int]) -> Members:
    """Room for what comes out of members, none of which has been reached."""
    return Members(
        np.empty((count, *states)),
        np.empty((count, task.kinds.size)),
        np.full(count, UNDER_WAY, dtype=np.int64),
        np.full(count, task.settings[0]),
        np.zeros(count, dtype=np.int64),
    )


def forget_lost(into: Members) -> None:
    """Leave NaN for members that were not reached."""
    lost = into.codes == UNDER_WAY
    into.states[lost], into.records[lost] = np.nan, np.nan


def bar_over(count: int, progress: bool | None) -> Any:
    """A progress bar over members."""
    is_shown = sys.stderr.isatty() and count >= WORTH_SHOWING if progress is None else progress
    return tqdm(total=count, unit=" members", unit_scale=True, disable=not is_shown, file=sys.stderr)


def _run_blocks(task: Task, samples: FloatArray, into: Members, bar: Any) -> None:
    """Hand the blocks to threads, and stop handing them out on an interruption."""
    workers = thread_count()
    stop = threading.Event()

    def work(rows: slice) -> int:
        if stop.is_set():
            return 0
        task.run(samples[rows].copy(), into.part(rows))  # kernels take writeable arrays only, and a design has none
        return int(rows.stop - rows.start)

    with ThreadPoolExecutor(workers) as pool:
        try:  # an interruption may come while blocks are still handed in
            futures = [pool.submit(work, rows) for rows in blocks(samples.shape[0], workers)]
            for future in as_completed(futures):
                bar.update(future.result())
        except KeyboardInterrupt:
            stop.set()


def blocks(count: int, workers: int) -> list[slice]:
    """Slices of members, whole blocks of lanes but for the last."""
    share = -(-count // (BLOCKS_A_THREAD * workers))
    size = min(LARGEST_BLOCK, max(LANES, -(-share // LANES) * LANES))
    return [slice(low, min(low + size, count)) for low in range(0, count, size)]
