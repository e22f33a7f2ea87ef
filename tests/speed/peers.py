"""Peers on one and the same ensemble: time against achieved error, for final states and for 101 saved times.

Run as a script: ``python tests/speed/peers.py``. Each peer is run at a series of tolerances on the first of the drawn members,
as many as its speed allows. Times are of the processor, a member, on one core (of the clock where a peer has several threads),
the best of a few; errors are |y − reference|/(1 + |reference|), the largest over times and states. Compilation comes before.
"""

import argparse
import hashlib
import importlib.metadata
import importlib.util
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import peer_heyoka
import peer_solvers
from peer_peak import clock, peak_flops
from peer_problem import FINAL, PROBLEMS, SAVED, FloatArray, Problem, Run

TOLERANCES = tuple(10.0**-power for power in range(2, 13))  # at 0.1 some peers leave the domain and do not come back
TARGET = 1e-6  # the achieved error at which peers are compared
ORDINARY = 0.999  # share of members whose error is given beside the largest
REFERENCE_TOLERANCE = 1e-13  # of the reference where heyoka is missing
REPEATS = 3
ENOUGH = 1.0  # seconds after which a point is not timed again
MICRO = 1e6


@dataclass(frozen=True)
class Peer:
    """A way to run an ensemble: its name, its package, the members it is timed on, how it is prepared, its threads."""

    name: str
    package: str
    member_count: int
    prepare: Callable[[Problem], Run]
    thread_count: int = 1


@dataclass(frozen=True)
class Point:
    """What one tolerance cost and gave: seconds a member, the largest error, and the error that `ORDINARY` of members keep to."""

    tolerance: float
    seconds: float
    error: float
    ordinary: float


PEERS = (
    Peer("heyoka batch of 4", "heyoka", 4096, partial(peer_heyoka.batch, size=4)),
    Peer("heyoka batch of 8", "heyoka", 4096, partial(peer_heyoka.batch, size=8)),
    Peer("heyoka batch of 4, sorted", "heyoka", 4096, partial(peer_heyoka.by_balance, size=4)),
    Peer("heyoka ensemble", "heyoka", 2048, partial(peer_heyoka.ensemble, size=32, thread_count=1)),
    Peer("heyoka ensemble, 2 threads", "heyoka", 2048, partial(peer_heyoka.ensemble, size=32, thread_count=2), thread_count=2),
    Peer("numbalsoda lsoda", "numbalsoda", 2048, partial(peer_solvers.numbalsoda, method="lsoda")),
    Peer("numbalsoda dop853", "numbalsoda", 2048, partial(peer_solvers.numbalsoda, method="dop853")),
    Peer("diffrax Tsit5", "diffrax", 1024, partial(peer_solvers.diffrax, chunk_size=256)),
    Peer("JiTCODE dopri5", "jitcode", 200, partial(peer_solvers.jitcode, method="dopri5")),
    Peer("JiTCODE dop853", "jitcode", 200, partial(peer_solvers.jitcode, method="dop853")),
    Peer("scipy LSODA", "scipy", 40, partial(peer_solvers.scipy, method="LSODA")),
    Peer("scipy DOP853", "scipy", 20, partial(peer_solvers.scipy, method="DOP853")),
)


def installed(peers: Sequence[Peer] = PEERS) -> list[Peer]:
    """The peers whose packages are here; of each other a sentence is printed."""
    for name in sorted({peer.package for peer in peers if importlib.util.find_spec(peer.package) is None}):
        print(f"{name} is not installed, so it is left out.")
    return [peer for peer in peers if importlib.util.find_spec(peer.package) is not None]


def versions(peers: Sequence[Peer]) -> str:
    """The peers' packages with their versions."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in dict.fromkeys(peer.package for peer in peers))


def reference(problem: Problem, starts: FloatArray, balances: FloatArray, times: FloatArray, folder: Path) -> FloatArray:
    """States of every member, shape (m, t, d), to rounding, by heyoka if it is here; a file in ``folder`` keeps them."""
    is_extended = importlib.util.find_spec("heyoka") is not None
    drawn = b"|".join(array.tobytes() for array in (starts, balances, times))
    file = folder / f"reference-{problem.fear}-{is_extended}-{hashlib.sha256(drawn).hexdigest()[:16]}.npy"
    if not file.exists():
        if is_extended:
            states = peer_heyoka.reference(problem, starts, balances, times)
        else:
            states = peer_solvers.scipy(problem, "DOP853")(starts, balances, REFERENCE_TOLERANCE, times)
        np.save(file, states)
    return np.load(file)


def errors(states: FloatArray, truth: FloatArray) -> FloatArray:
    """Largest error over times and states of each member of the truth, the first ones, shape (m,); infinite where a state is no number."""
    error = np.max(np.abs(states[: len(truth)] - truth) / (1.0 + np.abs(truth)), axis=(1, 2))
    return np.where(np.isnan(error), np.inf, error)


def sweep(
    peer: Peer, run: Run, drawn: tuple[FloatArray, FloatArray, FloatArray], times: FloatArray, tolerances: Sequence[float] = TOLERANCES
) -> list[Point]:
    """One point for each tolerance, from the first members of ``drawn``, which is starts, balances and reference, of as many or of fewer.

    The series is gone through several times and the best time kept, so that a busy minute of the machine spoils no point alone.
    """
    starts, balances, truth = (array[: peer.member_count] for array in drawn)
    watch = time.process_time if peer.thread_count == 1 else time.perf_counter
    taken: dict[float, list[float]] = {tolerance: [] for tolerance in tolerances}
    error: dict[float, FloatArray] = {}
    for _ in range(REPEATS):
        for tolerance in tolerances:
            if not taken[tolerance]:
                run(starts[:1], balances[:1], tolerance, times)  # compiles what is not yet compiled
            if sum(taken[tolerance]) < ENOUGH:
                begin = watch()
                states = run(starts, balances, tolerance, times)
                taken[tolerance].append(watch() - begin)
                error[tolerance] = errors(states, truth)
    return [
        Point(tolerance, min(taken[tolerance]) / balances.size, float(each.max()), float(np.quantile(each, ORDINARY, method="lower")))
        for tolerance, each in error.items()
    ]


def at_error(points: Sequence[Point], error: float, *, of: str = "error") -> float:
    """Least time a member at which the achieved error is at most ``error``; not a number unless errors lie on both sides of it.

    Between the points of neighbouring tolerances, log time is linear in log error. ``of`` is "error" for the largest error or
    "ordinary" for that which most members keep to.
    """
    reached = [(getattr(point, of), point.seconds) for point in points if 0.0 < getattr(point, of) < np.inf]
    within = [seconds for achieved, seconds in reached if achieved <= error]
    if not within or len(within) == len(reached):
        return float("nan")
    crossings = [
        float(np.exp(np.interp(np.log(error), *np.log(sorted((loose, tight))).T)))
        for loose, tight in pairwise(reached)
        if min(loose, tight)[0] <= error <= max(loose, tight)[0]
    ]
    return min(within + crossings)


def report(peer: Peer, points: Sequence[Point]) -> None:
    """Print a peer's least time at the target, by the largest and by the ordinary error, and its points."""
    least, ordinary = (MICRO * at_error(points, TARGET, of=of) for of in ("error", "ordinary"))
    print(f"  {peer.name:28}{peer.member_count:6} members {least:10.1f} µs {ordinary:10.1f} µs by {ORDINARY:.1%} of members")
    for point in points:
        print(f"    {point.tolerance:8.0e} {MICRO * point.seconds:10.1f} µs  error {point.error:.1e}, {ORDINARY:.1%}: {point.ordinary:.1e}")


def main() -> None:
    """Print the table of all peers that are installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="run the peers whose names begin so")
    parser.add_argument("--members", type=int, default=max(peer.member_count for peer in PEERS), help="how many members to draw")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where references are kept")
    parser.add_argument("--rng", type=int, default=0)
    options = parser.parse_args()
    peers = installed([peer for peer in PEERS if peer.name.startswith(options.only)])
    print(f"{versions(peers)}; numpy {np.__version__}")
    print(f"Peak {peak_flops() / 1e9:.1f} Gflop/s a core, {peak_flops() / clock():.1f} a cycle at {clock() / 1e9:.2f} GHz.")
    for problem in PROBLEMS:
        problem.check()
        starts, balances = problem.draw(options.members, options.rng)
        for times in (FINAL, SAVED):
            print(f"{problem.name}, {times.size} saved: time a member at error {TARGET:g}")
            drawn = starts, balances, reference(problem, starts, balances, times, options.folder)
            for peer in peers:
                try:
                    run = peer.prepare(problem)
                except Exception as failure:  # whatever a package's compiler raises
                    print(f"  {peer.name} could not be prepared, so it is left out: {str(failure).splitlines()[:1]}")
                    continue
                report(peer, sweep(peer, run, drawn, times))


if __name__ == "__main__":
    main()
