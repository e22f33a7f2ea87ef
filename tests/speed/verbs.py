"""What each verb of the analysis costs, warm: the median of a few calls on the flagship and on Greece–Turkey.

Run ``python tests/speed/verbs.py``. Nothing here is a test.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

import richardson as rn

MODEL = rn.models.security_dilemma(balance=0.05)
WINDOW = rn.Window(x=(0, 60), y=(0, 60))
FOUR = rn.models.security_dilemma(fear="state")
FOUR_WINDOW = rn.Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60))
GRIDS = {"balance": np.linspace(-1, 1, 400), "distinguishability": np.linspace(0, 1, 400)}
SERIES = rn.data.rivalry("Greece", "Turkey")

VERBS: dict[str, Callable[[], object]] = {
    "equilibria, proved": lambda: rn.equilibria(MODEL, WINDOW),
    "equilibria of four states, proved": lambda: rn.equilibria(FOUR, FOUR_WINDOW),
    "equilibria, closed form": lambda: rn.equilibria(MODEL, WINDOW, method="closed form"),
    "equilibria, search": lambda: rn.equilibria(MODEL, WINDOW, method="newton"),
    "phase_portrait": lambda: rn.phase_portrait(MODEL, WINDOW),
    "equilibrium_diagram over the balance": lambda: rn.equilibrium_diagram(MODEL, "balance", (-0.5, 0.5), WINDOW),
    "stability_map, 400 × 400": lambda: rn.stability_map(MODEL, GRIDS),
    "four_worlds": lambda: rn.four_worlds(MODEL),
    "estimate, exact transition": lambda: rn.estimate(rn.models.linear(), SERIES, rng=1),
}


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    work()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    for name, work in VERBS.items():
        print(f"{name:40s} {seconds(work):8.3f} s")


if __name__ == "__main__":
    main()
