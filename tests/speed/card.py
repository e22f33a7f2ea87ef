"""The engine "cuda" beside the threads of this machine, on the same members: time, throughput, achieved error, share of the peak.

Run as a script: ``python tests/speed/card.py --counts 100000 1000000``. Members are those of `peer_problem`: the security dilemma
over a hundred years, final states. "call" is `run_ensemble` as a user calls it, "card" the part of it from the samples in the
machine's memory to the results there, "kernel" the part of that on the card, copies apart.
"""

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from flops import step_flops
from peer_problem import ABSOLUTE, PROBLEMS, Problem

from richardson import Design, run_ensemble
from richardson.compiled import card
from richardson.compiled.lanes import empty_members
from richardson.compiled.schemes import STIFF
from richardson.compiled.threads import VARIABLE
from richardson.study import work as verb

METHODS = ("Tsit5", "DOP853")
END = 100.0
TIGHT, COMPARED = 1e-12, 16_384  # relative tolerance of the reference, and members of which errors are taken
PEAK = 33.5e12  # double precision outside tensor cores of an H100 SXM or H200, from NVIDIA's data sheets (from memory)
TRIES = 3
MOST_ON_ONE, MOST = 100_000, 1_000_000  # members on one thread, and on several


def solve(problem: Problem, count: int, tolerance: float, **options: Any) -> Any:
    """The library's own call."""
    starts, balances = problem.draw(count, rng=0)
    columns = {"balance": balances} | {name: starts[:, place] for place, name in enumerate(problem.model().state_names)}
    design = Design.from_table(columns)
    begin = time.perf_counter()
    found = run_ensemble(problem.model(), design, None, END, relative=tolerance, absolute=ABSOLUTE * tolerance, audit=0, **options)
    return time.perf_counter() - begin, found


def captured(problem: Problem, count: int, tolerance: float, method: str) -> tuple[Any, ...]:
    """Field, task and samples as the verb hands them to the card."""
    kept: list[Any] = []
    whole = verb.run_on_card

    def keeping(*arguments: Any, **options: Any) -> Any:
        kept.extend(arguments)
        return whole(*arguments, **options)

    verb.run_on_card = keeping
    try:
        solve(problem, count, tolerance, method=method, engine="cuda")
    finally:
        verb.run_on_card = whole
    return tuple(kept)


def least(work: Callable[[], Any]) -> float:
    """Least time of a few tries."""
    times = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def on_card(problem: Problem, count: int, tolerance: float, method: str) -> tuple[float, float, int]:
    """Seconds with and without the copies, and steps of all members."""
    field, task, samples = captured(problem, count, tolerance, method)
    states = (1, problem.dimension)
    prepared = card.Card(task, field.lane_module(1, with_slopes=method in STIFF))
    there, found = prepared.load(samples, states)
    bare = least(partial(prepared.run, there, found))
    into = empty_members(task, count, states)

    def whole() -> None:
        brought, room = prepared.load(samples, states)
        prepared.run(brought, room)
        card.fetch(room, into)

    return least(whole), bare, int(into.counts.sum())


def print_problem(problem: Problem, counts: list[int], tolerance: float, threads: list[int]) -> None:
    """A table of both engines on one problem."""
    print(f"\n{problem.name}, t = {END:g}, relative tolerance {tolerance:g}")
    for method in METHODS:
        print_errors(problem, min(COMPARED, max(counts)), tolerance, method)
        flops = step_flops(problem.model(), method)
        for count in counts:
            call = min(solve(problem, count, tolerance, method=method, engine="cuda")[0] for _ in range(2))
            whole, bare, steps = on_card(problem, count, tolerance, method)
            print(f"  {method} {count:9} members, card: call {call:7.3f} s, card {whole:7.3f} s, kernel {bare:8.4f} s, ", end="")
            print(
                f"{count / call / 1e6:.3f}, {count / whole / 1e6:.2f}, {count / bare / 1e6:.2f} million/s; {steps / count:.1f} steps of ",
                end="",
            )
            print(f"{flops} flops, {steps * flops / bare / 1e12:.2f} Tflop/s = {steps * flops / bare / PEAK:.1%} of the peak", flush=True)
        for number in threads:
            os.environ[VARIABLE] = str(number)
            count = min(max(counts), MOST_ON_ONE if number == 1 else MOST)
            call = min(solve(problem, count, tolerance, method=method)[0] for _ in range(2))
            print(f"  {method} {count:9} members, {number} threads: call {call:7.3f} s, {count / call / 1e6:.3f} million/s", flush=True)
        os.environ.pop(VARIABLE, None)


def print_errors(problem: Problem, count: int, tolerance: float, method: str) -> None:
    """How far both engines are from a run at far tighter tolerances."""
    _, reference = solve(problem, count, TIGHT, method="DOP853")
    size = 1.0 + np.abs(reference.states).max(axis=(1, 2))
    for engine in ("cuda", "local"):
        _, found = solve(problem, count, tolerance, method=method, engine=engine)
        errors, same = np.abs(found.states - reference.states).max(axis=(1, 2)) / size, np.mean(found.codes == reference.codes)
        print(
            f"  {method} {engine:5}: error {np.max(errors):.1e} at worst, {np.quantile(errors, 0.999):.1e} in 99.9 %; {same:.2%} end alike"
        )


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    options = parser.parse_args()
    print(f"{card.description()}; {os.cpu_count()} processors; {card.THREADS} threads a block")
    for problem in PROBLEMS:
        print_problem(problem, options.counts, options.tolerance, options.threads)


if __name__ == "__main__":
    main()
