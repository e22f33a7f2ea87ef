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
OXIDATION = rn.Model.from_equations(
    {
        "x": "2*2.5*(1 - x - y - s)**2 - 2*x**2 - 10*x*y",
        "y": "q*(1 - x - y - s) - 0.1*y - 10*x*y",
        "s": "0.0675*(1 - x - y - s - k*s)",
    },
    {"q": 0.9, "k": 0.4},
)
UNIT = rn.Window(x=(0, 1), y=(0, 1), s=(0, 1))
MEMBERS = rn.Design.sobol({"balance": (-1, 1), "x": (0, 5), "y": (0, 5)}, size=8192, rng=1)
GRIDS = {"balance": np.linspace(-1, 1, 400), "distinguishability": np.linspace(0, 1, 400)}
SERIES = rn.data.rivalry("Greece", "Turkey")

DETENTE, CALM = rn.models.security_dilemma(), [0.973883964480013] * 2
BLOCKS = rn.Design.for_sensitivity({"balance": (-0.1, 0.1), "alarm": (2.7, 3.3), "fatigue": (0.9, 1.1)}, size=2**12, rng=1)
PULSES = np.geomspace(1e-3, 1, 40), np.geomspace(1, 100, 40)

VERBS: dict[str, Callable[[], object]] = {
    "equilibria, proved": lambda: rn.equilibria(MODEL, WINDOW),
    "equilibria of four states, proved": lambda: rn.equilibria(FOUR, FOUR_WINDOW),
    "equilibria, closed form": lambda: rn.equilibria(MODEL, WINDOW, method="closed form"),
    "equilibria, search": lambda: rn.equilibria(MODEL, WINDOW, method="newton"),
    "phase_portrait": lambda: rn.phase_portrait(MODEL, WINDOW),
    "equilibrium_diagram over the balance": lambda: rn.equilibrium_diagram(MODEL, "balance", (-0.5, 0.5), WINDOW),
    "continue_equilibrium of four states": lambda: rn.continue_equilibrium(FOUR, [1.0, 1.0, 1.0, 1.0], "balance", (-0.5, 0.5)),
    "equilibrium_diagram of oxidation": lambda: rn.equilibrium_diagram(OXIDATION, "q", (0.8, 1.3), UNIT),
    "its four curves over two parameters": lambda: [
        rn.continue_point(OXIDATION, point, ("q", "k"), ((0.5, 2), (0, 2)))
        for point in rn.continue_equilibrium(OXIDATION, [0.146, 0.12, 0.524], "q", (0.8, 1.3)).points
    ],
    "run_ensemble, 8192 members to t = 100": lambda: rn.run_ensemble(MODEL, MEMBERS, times=100.0),
    "the same with a maximum and a first crossing": lambda: rn.run_ensemble(
        MODEL, MEMBERS, times=100.0, record=[rn.Maximum("x"), rn.FirstCrossing("x - 4", 1)]
    ),
    "stability_map, 400 × 400": lambda: rn.stability_map(MODEL, GRIDS),
    "tipping, a ramp of the balance": lambda: rn.tipping(DETENTE, CALM, "balance", 0.3, 0.01),
    "safe_overshoot, 40 × 40": lambda: rn.safe_overshoot(DETENTE, CALM, "balance", *PULSES, towards=0.5),
    "sensitivity of R, 20 480 members": lambda: rn.sensitivity(DETENTE, BLOCKS, outcome="spiral_number", rng=1),
    "elasticities in 26 parameters": lambda: rn.elasticities(DETENTE, CALM),
    "the same along a run of 10 years": lambda: rn.elasticities(DETENTE, [0, 0], 10),
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
        print(f"{name:46s} {seconds(work):8.3f} s")


if __name__ == "__main__":
    main()
