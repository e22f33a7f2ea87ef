"""Ensembles of this library beside its peers: time against achieved error on the same members, in one run.

Run as a script: ``python tests/speed/ensembles.py``; `work_precision` writes the curves that a figure draws. Peers that are not
installed are left out with a sentence. What is timed, and how, is said in `peers`; ours are called as a user calls them, with every
check of outcomes, provenance and the design's bookkeeping, on one thread.
"""

import argparse
import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import peers
from flops import step_flops
from peer_peak import clock, peak_flops
from peer_problem import ABSOLUTE, FINAL, PROBLEMS, SAVED, Problem, Run, from_zero
from peers import MICRO, ORDINARY, TARGET, Peer, Point, at_error, sweep

from richardson import Design, run_ensemble
from richardson.compiled import lanes
from richardson.compiled.field import Field
from richardson.compiled.threads import VARIABLE
from richardson.study import task, work

METHODS = ("Tsit5", "DOP853", "Rodas5P")
OUR_MEMBERS = 32_768
TOLERANCES = tuple(10.0**-power for power in range(2, 12))
MANY = 100_000  # members of the runs that compare threads and count operations
TRIES = 5


def ours(problem: Problem, method: str, *, settle: bool = False, lane_count: int = lanes.LANES) -> Run:
    """The library's own call, as one more peer."""

    def run_members(starts: Any, balances: Any, tolerance: float, times: Any) -> Any:
        columns = {"balance": balances} | {name: starts[:, place] for place, name in enumerate(problem.model().state_names)}
        kept = float(times[0]) if times.size == 1 else from_zero(times)
        options = {"relative": tolerance, "absolute": ABSOLUTE * tolerance, "settle": settle, "audit": 0}
        with _Lanes(lane_count):
            found = run_ensemble(problem.model(), Design.from_table(columns), None, kept, method=method, **options)
        return found.states

    return run_members


class _Lanes:
    """The library with another number of lanes, for as long as it lasts."""

    def __init__(self, count: int) -> None:
        self._count, self._task = count, task.Task

    def __enter__(self) -> None:
        task.LANES, task.Task = self._count, partial(self._task, lanes=self._count)

    def __exit__(self, *_: object) -> None:
        task.LANES, task.Task = lanes.LANES, self._task


OURS = tuple(
    Peer(f"richardson {method}{suffix}", "richardson", count, partial(ours, method=method, **options))
    for method in METHODS
    for suffix, count, options in (
        ("", OUR_MEMBERS, {}),
        (", settle", OUR_MEMBERS, {"settle": True}),
        (", scalar", 4096, {"lane_count": 1}),
    )
    if suffix != ", scalar" or method == "Tsit5"
)


def measure(problem: Problem, times: Any, everyone: list[Peer], folder: Path) -> dict[str, list[Point]]:
    """Work and precision of every peer on one problem."""
    problem.check()
    starts, balances = problem.draw(OUR_MEMBERS, rng=0)
    drawn = starts, balances, peers.reference(problem, starts, balances, times, folder)
    found = {}
    for peer in everyone:
        try:
            found[peer.name] = sweep(peer, peer.prepare(problem), drawn, times, TOLERANCES)
        except Exception as failure:  # whatever a package's compiler raises
            print(f"{peer.name} is left out: {str(failure).splitlines()[:1]}")
    return found


def print_table(problem: Problem, times: Any, found: dict[str, list[Point]]) -> None:
    """Least time a member at the target, and how many times as long as the fastest of ours each takes."""
    kept = "final states" if times.size == 1 else f"{times.size} saved times"
    print(f"\n{problem.name}, {kept}, at error {TARGET:g}: by the worst member | by {ORDINARY:.1%} of the members")
    least = {name: [MICRO * at_error(points, TARGET, of=of) for of in ("error", "ordinary")] for name, points in found.items()}
    plain = [name for name in least if name.startswith("richardson") and "," not in name]
    best = [np.nanmin([least[name][which] for name in plain]) for which in (0, 1)]
    for name, (worst, ordinary) in least.items():
        ratios = f"{worst / best[0]:8.2f} | {ordinary:10.3f} µs {ordinary / best[1]:8.2f}"
        print(f"  {name:32}{worst:10.3f} µs {ratios} times the fastest of ours")


def print_threads(problem: Problem) -> None:
    """One thread and more, and the share of the processor's peak."""
    starts, balances = problem.draw(MANY, rng=0)
    print(f"\n{problem.name}, {MANY} members, relative tolerance 1e-6")
    peak = peak_flops()
    for method in METHODS:
        alone = _print_gains(problem, method, starts, balances, settle=False)
        steps, flops = _steps(problem, method, starts, balances), step_flops(problem.model(), method)
        share = flops * steps / peak / alone
        print(f"    {steps / MANY:.1f} steps a member, {flops} operations a step, {share:.0%} of {peak / 1e9:.1f} Gflop/s")
        _print_gains(problem, method, starts, balances, settle=True)


def _print_gains(problem: Problem, method: str, starts: Any, balances: Any, *, settle: bool) -> float:
    """How many times faster than one thread 2, 4, … are; seconds on one."""
    seconds = {}
    for count in (2**power for power in range((os.cpu_count() or 1).bit_length())):
        os.environ[VARIABLE] = str(count)
        _seconds(problem, method, starts[:1000], balances[:1000], settle=settle)
        seconds[count] = min(_seconds(problem, method, starts, balances, settle=settle) for _ in range(TRIES))
    os.environ[VARIABLE] = "1"
    gains = ", ".join(f"{seconds[1] / spent:.2f} on {count}" for count, spent in seconds.items() if count > 1)
    print(f"  {method}{', settle' if settle else ''}: {MICRO * seconds[1] / MANY:.3f} µs a member on one thread; times as fast: {gains}")
    return seconds[1]


def _seconds(problem: Problem, method: str, starts: Any, balances: Any, *, settle: bool) -> float:
    begin = time.perf_counter()
    ours(problem, method, settle=settle)(starts, balances, TARGET, FINAL)
    return time.perf_counter() - begin


def _steps(problem: Problem, method: str, starts: Any, balances: Any) -> int:
    """Steps that all members take, rejected ones included."""
    counts: list[int] = []
    whole = work.run_task

    def counted(*arguments: Any, **options: Any) -> Any:
        found = whole(*arguments, **options)
        counts.append(int(found.counts.sum()))
        return found

    work.run_task = counted
    try:
        ours(problem, method)(starts, balances, TARGET, FINAL)
    finally:
        work.run_task = whole
    return sum(counts)


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where references are kept")
    parser.add_argument("--only", default="", help="run the peers whose names begin so, beside ours")
    parser.add_argument("--threads", action="store_true", help="only compare numbers of threads")
    options = parser.parse_args()
    os.environ[VARIABLE] = "1"
    if options.threads:
        for problem in PROBLEMS:
            print_threads(problem)
        return
    others = [peer for peer in peers.installed() if peer.name.startswith(options.only)]
    print(f"{peers.versions([*OURS, *others])}; numpy {np.__version__}")
    print(f"Peak {peak_flops() / 1e9:.1f} Gflop/s a core, {peak_flops() / clock():.1f} a cycle at {clock() / 1e9:.2f} GHz.")
    for problem in PROBLEMS:
        rates = next(iter(Field.of(problem.model()).over_lanes(lanes.LANES, with_slopes=False).rates.inspect_asm().values()), "")
        print(f"{problem.name}: {rates.count('pd')} packed and {rates.count('sd')} scalar double instructions in the rates over lanes")
    for problem in PROBLEMS:
        for times in (FINAL, SAVED):
            print_table(problem, times, measure(problem, times, [*OURS, *others], options.folder))
    for problem in PROBLEMS:
        print_threads(problem)


if __name__ == "__main__":
    main()
