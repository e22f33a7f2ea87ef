"""What a start costs in `basin_shares`, beside one followed by scipy, and what even spreading saves of them.

Run ``python tests/speed/shares.py``. Nothing here is a test. Times are of the processors, all threads together.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

import richardson as rn

RIVALS = rn.Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, name="rivals")
HENON = rn.Model.from_equations({"x": "1 - 1.4*x**2 + y", "y": "0.3*x"}, kind="map", name="Hénon")
MAGNETS = ((0.0, 1.0), (-(0.75**0.5), -0.5), (0.75**0.5, -0.5))
AWAY = [f"((x - ({a}))**2 + (y - ({b}))**2 + 0.09)**1.5" for a, b in MAGNETS]
PULL = [
    " + ".join(f"({place[axis]} - {name})/{distance}" for place, distance in zip(MAGNETS, AWAY, strict=True))
    for axis, name in enumerate("xy")
]
PENDULUM = rn.Model.from_equations(
    {"x": "u", "y": "v", "u": f"-x - 0.2*u + {PULL[0]}", "v": f"-y - 0.2*v + {PULL[1]}"}, name="pendulum over magnets"
)
CASES = {
    "rivals": (RIVALS, rn.Window(x=(0, 4), y=(0, 4)), 1e-3),
    "dilemma": (rn.models.security_dilemma(), rn.Window(x=(0, 4), y=(0, 4)), 1e-3),
    "Hénon": (HENON, rn.Window(x=(-2, 2), y=(-2, 2)), 0.01),
    "pendulum": (PENDULUM, rn.Window(x=(-2, 2), y=(-2, 2), u=0.0, v=0.0), 0.03),
}
PEERS = 200  # starts that scipy follows


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of a second call, and what it gives."""
    work()
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def peer() -> None:
    """The rivals' starts by scipy's DOP853, until they are within 1e-3 of an attractor."""

    def rates(_: float, state: np.ndarray) -> list[float]:
        x, y = state
        return [x * (3 - x - 2 * y), y * (2 - x - y)]

    def near(_: float, state: np.ndarray) -> float:
        return min(abs(state[0] - 3) + abs(state[1]), abs(state[0]) + abs(state[1] - 2)) - 1e-3

    near.terminal = True  # type: ignore[attr-defined]
    for start in np.random.default_rng(1).random((PEERS, 2)) * 4:
        solve_ivp(rates, (0.0, 1000.0), start, method="DOP853", rtol=1e-10, atol=1e-12, events=near)


def main() -> None:
    theirs = spent(peer)[0] / PEERS
    print(f"scipy, rivals: {theirs * 1e6:.1f} µs a start")
    for name, (model, window, half_width) in CASES.items():
        cost, found = spent(lambda model=model, window=window, half_width=half_width: rn.basin_shares(model, window, half_width=half_width))
        label = max(found.shares, key=lambda one, found=found: found.shares[one] * (1 - found.shares[one]))
        share = found.shares[label]
        binomial = np.sqrt(share * (1 - share) / found.sample_size)
        ratio = f", {theirs / (cost / found.sample_size):.0f} times scipy" if name == "rivals" else ""
        print(
            f"{name:10s} {found.sample_size:8d} starts {cost:7.2f} s, {cost / found.sample_size * 1e6:8.2f} µs each{ratio}; "
            f"share {share:.6f} ± {found.standard_errors[label]:.1e}, binomial ± {binomial:.1e}"
        )


if __name__ == "__main__":
    main()
