"""How long a new user waits: the import, and a new model from text to its first trajectory.

Run ``python tests/speed/start.py``. Each figure is the median of several fresh processes; nothing here is a test.
"""

import os
import statistics
import subprocess
import sys
import tempfile

REPEATS = 7
IMPORT = """
import time
begin = time.perf_counter()
import richardson
print(time.perf_counter() - begin)
"""
FIRST_TRAJECTORY = """
import time
import numpy as np
import richardson as rn
rn.Model, rn.integrate
begin = time.perf_counter()
model = rn.Model.from_equations(
    {"x": "k*y*(1 + 3*hill(y, 4, 2)) - a*x + g", "y": "k*x*(1 + 3*hill(x, 4, 2)) - a*y + g"}, {"k": 0.45, "a": 1, "g": 0.5}
)
rn.integrate(model, {"x": 1, "y": 2}, np.linspace(0, 100, 101))
print(time.perf_counter() - begin)
"""


def seconds(code: str, cache: str) -> float:
    environment = os.environ | {"RICHARDSON_CACHE_DIR": cache}
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout
    return float(printed)


def main() -> None:
    with tempfile.TemporaryDirectory() as filled:
        seconds(FIRST_TRAJECTORY, filled)
        rows = {
            "import richardson": [seconds(IMPORT, filled) for _ in range(REPEATS)],
            "text to first trajectory, filled cache": [seconds(FIRST_TRAJECTORY, filled) for _ in range(REPEATS)],
            "text to first trajectory, empty cache": [empty() for _ in range(REPEATS)],
        }
    for what, times in rows.items():
        print(f"{what:40s} median {statistics.median(times):.3f} s, range {min(times):.3f} to {max(times):.3f} s of {REPEATS} processes")


def empty() -> float:
    with tempfile.TemporaryDirectory() as cache:
        return seconds(FIRST_TRAJECTORY, cache)


if __name__ == "__main__":
    main()
