"""What the analysis of chaos costs, warm, beside scipy's DOP853 on the variational equations with numpy's QR factors.

Run ``python tests/speed/chaos.py``. Nothing here is a test. The peer's rates are compiled by numba, so that only the integrators differ;
its tolerance is the same, and as there the tangent vectors take part in it. It factors once every half unit of time.
"""

import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from scipy.integrate import DOP853

import richardson as rn

LORENZ = rn.Model.from_equations({"x": "s*(y - x)", "y": "x*(r - z) - y", "z": "x*y - b*z"}, {"s": 10, "r": 28, "b": 8 / 3}, name="Lorenz")
HENON = rn.Model.from_equations({"x": "1 - a*x**2 + y", "y": "b*x"}, {"a": 1.4, "b": 0.3}, kind="map", name="Hénon")
HORIZON, PEER_HORIZON, GAP = 1000.0, 50.0, 0.5
TOLERANCE = 1e-9


@numba.njit
def variational(t: float, point: Any) -> Any:
    """Rates of Lorenz's state and of three tangent vectors."""
    out = np.empty(12)
    x, y, z = point[0], point[1], point[2]
    out[0], out[1], out[2] = 10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z
    for column in range(3):
        u, v, w = point[3 + column], point[6 + column], point[9 + column]
        out[3 + column] = 10.0 * (v - u)
        out[6 + column] = (28.0 - z) * u - v - x * w
        out[9 + column] = y * u + x * v - 8.0 / 3.0 * w
    return out


def peer() -> Any:
    """Exponents by scipy and numpy over a shorter horizon."""
    point, total = np.concatenate((np.ones(3), np.eye(3).ravel())), np.zeros(3)
    for _ in range(int(PEER_HORIZON / GAP)):
        solver = DOP853(variational, 0.0, point, GAP, rtol=TOLERANCE, atol=TOLERANCE * 1e-3)
        while solver.status == "running":
            solver.step()
        basis, triangle = np.linalg.qr(solver.y[3:].reshape(3, 3))
        total += np.log(np.abs(np.diag(triangle)))
        point = np.concatenate((solver.y[:3], basis.ravel()))
    return total / PEER_HORIZON


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Least processor and wall time of three calls, after one that compiles."""
    work()
    found = []
    for _ in range(3):
        begin = time.process_time(), time.perf_counter()
        work()
        found.append((time.process_time() - begin[0], time.perf_counter() - begin[1]))
    return min(found)


WORK: dict[str, Callable[[], object]] = {
    "lyapunov_spectrum of Lorenz, 1000 units": lambda: rn.lyapunov_spectrum(LORENZ, [1, 1, 1], horizon=HORIZON, transient=10),
    "lyapunov_spectrum of Hénon, 10^6 steps": lambda: rn.lyapunov_spectrum(HENON, [0.1, 0.1], horizon=1_000_000),
    "zero_one_test of 5000 values": lambda: rn.zero_one_test(rn.iterate(HENON, [0.1, 0.1], 5000)),
    "poincare_section of Lorenz, 200 crossings": lambda: rn.poincare_section(LORENZ, [1, 1, 1], "z - 27", count=200),
    "orbit_diagram of Hénon, 1000 values × 1100 steps": lambda: rn.orbit_diagram(HENON, "a", np.linspace(0, 1.4, 1000), [0, 0]),
    "cycles of Hénon of period 6, proved": lambda: rn.cycles(HENON, rn.Window(x=(-2, 2), y=(-1, 1)), 6),
}


def main() -> None:
    """Print a table."""
    own = {name: seconds(work) for name, work in WORK.items()}
    for name, (processor, wall) in own.items():
        print(f"{name:50s} {processor:8.3f} s of processor, {wall:8.3f} s")
    theirs = seconds(peer)[0] * HORIZON / PEER_HORIZON
    print(f"{'scipy DOP853 with numpy QR, scaled to 1000 units':50s} {theirs:8.3f} s of processor")
    print(f"ratio: {theirs / own['lyapunov_spectrum of Lorenz, 1000 units'][0]:.0f}")


if __name__ == "__main__":
    main()
