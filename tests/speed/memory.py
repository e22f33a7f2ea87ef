"""How much memory an ensemble takes beside its result: the most a process ever held, less what it held before the call.

Run as a script: ``python tests/speed/memory.py``. Each row is a process of its own, in which a small call has loaded everything before.
"""

import subprocess
import sys

CODE = """
import resource, sys
import numpy as np
import richardson as rn

def held():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

model, count, saved = rn.models.security_dilemma(), int(sys.argv[1]), int(sys.argv[2])
times = 100.0 if saved == 1 else np.linspace(0, 100, saved)
design = lambda size: rn.Design.latin_hypercube({"balance": (-1, 1), "x": (0, 5), "y": (0, 5)}, size=size, rng=1)
rn.run_ensemble(model, design(100), None, times, audit=0)
members = design(count)
before = held()
runs = rn.run_ensemble(model, members, None, times, audit=0)
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
result = runs.states.nbytes + runs.stopped_at.nbytes
print(result, most - before)
"""
ROWS = ((1_000_000, 1), (1_000_000, 11), (100_000, 101), (1_000_000, 101))  # members and times kept


def main() -> None:
    """Print a row for each number of members and times."""
    for members, times in ROWS:
        command = [sys.executable, "-c", CODE, str(members), str(times)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        result, most = (int(number) / 2**20 for number in printed.split())
        print(f"{members} members, {times} times kept: result {result:.0f} MiB, held {most:.0f} MiB, {most / result:.2f} times as much")


if __name__ == "__main__":
    main()
