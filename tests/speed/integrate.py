"""A hundred years of the flagship: `integrate` beside scipy's `solve_ivp` over a plain Python right-hand side.

Run as a script: ``python tests/speed/integrate.py``. Both sides use LSODA, the same tolerances and dense output; ours also checks
bounds, domain and provenance. The two are timed in turn, in processor time, so that other work on the machine
counts little. The median of the ratios of neighbouring pairs is the number reported.
"""

import math
import time

import numpy as np
from scipy.integrate import solve_ivp

from richardson import integrate
from richardson.models import security_dilemma

REPEATS = 300
MODEL = security_dilemma(balance=0.05)
START = (1.0, 2.0)
VALUES = MODEL.values


def plain(_, state):
    """The same equations as a user would write them."""
    rates = []
    for own, rival, name in ((state[0], state[1], "x"), (state[1], state[0], "y")):
        gain = math.exp(VALUES["balance"] - VALUES["terrain"]) * (1 - VALUES["distinguishability"] * VALUES["defensive_share_x"])
        fear = VALUES["exposure_" + name] * gain * rival - VALUES["reassurance_" + name] * own
        raised = max(fear, 0.0) / VALUES["threshold_" + name]
        alarm = raised ** VALUES["steepness"] / (1 + raised ** VALUES["steepness"])
        rates.append(
            VALUES["defence_" + name] * fear * (1 + VALUES["alarm_" + name] * alarm)
            - VALUES["fatigue_" + name] * own * (1 + VALUES["strain_" + name] * own)
            + VALUES["grievance_" + name]
        )
    return rates


def bare(_, state):
    """The same with every number written in, which is as fast as plain Python gets."""
    x, y = state
    u, v = 1.0512710963760241 * y, 1.0512710963760241 * x
    p, q = (u / 4.0) ** 2, (v / 4.0) ** 2
    return [
        0.45 * u * (1.0 + 3.0 * p / (1.0 + p)) - x * (1.0 + 0.04 * x) + 0.5,
        0.45 * v * (1.0 + 3.0 * q / (1.0 + q)) - y * (1.0 + 0.04 * y) + 0.5,
    ]


def ours():
    return integrate(MODEL, START, (0.0, 100.0), method="LSODA", relative=1e-8, absolute=1e-10).states[-1]


def scipys(rates):
    return solve_ivp(rates, (0.0, 100.0), START, method="LSODA", rtol=1e-8, atol=1e-10, dense_output=True).y[:, -1]


def seconds(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main():
    for name, rates in (("plain", plain), ("bare", bare)):
        if not np.allclose(ours(), scipys(rates), rtol=1e-6):
            raise SystemExit(f"The two sides do not solve the same equations: {ours()} and {scipys(rates)}.")
        pairs = np.array([(seconds(ours), seconds(lambda rates=rates: scipys(rates))) for _ in range(REPEATS)])
        low, middle, high = np.percentile(pairs[:, 1] / pairs[:, 0], [25, 50, 75])
        medians = np.median(pairs, axis=0) * 1e3
        print(
            f"{name} Python: scipy {medians[1]:.2f} ms, ours {medians[0]:.2f} ms, "
            f"ratio {middle:.2f} (quartiles {low:.2f} to {high:.2f}; at least 1.3 is asked for)"
        )


if __name__ == "__main__":
    main()
