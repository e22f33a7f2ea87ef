"""A hundred years of the flagship: `integrate` beside scipy's `solve_ivp` over a plain Python right-hand side.

Run as a script: ``python tests/speed/integrate.py``. First LSODA on both sides, at the same tolerances and with dense output; then our
own kernels beside scipy's method of the same kind, at the same error achieved. Ours also checks bounds, domain and provenance. The two
are timed in turn, in processor time, so that other work on the machine counts little. The median of the ratios is the number reported.
"""

import math
import time
from functools import partial

import numpy as np
from scipy.integrate import solve_ivp

from richardson import integrate
from richardson.models import security_dilemma

REPEATS = 300
MODEL = security_dilemma(balance=0.05)
START = (1.0, 2.0)
SPAN = (0.0, 100.0)
LOOKS = np.linspace(*SPAN, 1001)  # where errors are measured, between the steps too
TOLERANCES = [1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11]
REFERENCE = 1e-13
PAIRS = (("Tsit5", "RK45"), ("DOP853", "DOP853"), ("Rodas5P", "Radau"))  # of the same kind and nearly the same order
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


def ours(method="LSODA", relative=1e-8):
    return integrate(MODEL, START, SPAN, method=method, relative=relative, absolute=0.01 * relative)


def scipys(rates, method="LSODA", relative=1e-8):
    return solve_ivp(rates, SPAN, START, method=method, rtol=relative, atol=0.01 * relative, dense_output=True)


def seconds(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def error(states, reference):
    """Largest error along the run, relative to the largest state."""
    return np.abs(states - reference).max() / np.abs(reference).max()


def same_solver(name, rates):
    """LSODA on both sides."""
    if not np.allclose(ours().states[-1], scipys(rates).y[:, -1], rtol=1e-6):
        raise SystemExit(f"The two sides do not solve the same equations: {ours().states[-1]} and {scipys(rates).y[:, -1]}.")
    pairs = np.array([(seconds(ours), seconds(lambda: scipys(rates))) for _ in range(REPEATS)])
    low, middle, high = np.percentile(pairs[:, 1] / pairs[:, 0], [25, 50, 75])
    medians = np.median(pairs, axis=0) * 1e3
    print(
        f"{name} Python, LSODA: scipy {medians[1]:.2f} ms, ours {medians[0]:.2f} ms, "
        f"ratio {middle:.2f} (quartiles {low:.2f} to {high:.2f}; at least 1.3 is asked for)"
    )


def same_error(name, rates, own, other, reference):
    """One of our methods beside one of scipy's: both over a range of tolerances, and the ratio of times where the errors are equal.

    Between tolerances, the logarithm of the time is taken to be linear in that of the error.
    """
    errors = np.array(
        [
            (error(ours(own, relative).at(LOOKS), reference), error(scipys(rates, other, relative).sol(LOOKS).T, reference))
            for relative in TOLERANCES
        ]
    )
    rounds = np.array(
        [
            [(seconds(partial(ours, own, relative)), seconds(partial(scipys, rates, other, relative))) for relative in TOLERANCES]
            for _ in range(REPEATS // 6)
        ]
    )
    wanted = np.log(errors[TOLERANCES.index(1e-8), 1])
    order = np.argsort(errors, axis=0)
    at_equal = [
        [np.interp(wanted, np.log(errors[order[:, side], side]), np.log(times[order[:, side], side])) for side in (0, 1)]
        for times in rounds
    ]
    low, middle, high = np.percentile(np.exp(np.diff(at_equal, axis=1)), [25, 50, 75])
    print(f"{name} Python, {own} beside scipy's {other}: at the error {np.exp(wanted):.1e} of the latter, at 1e-8,")
    print(f"    the ratio is {middle:.1f} (quartiles {low:.1f} to {high:.1f}; at least 5 is asked for)")
    for relative, (mine, theirs), (short, long) in zip(TOLERANCES, errors, np.median(rounds, axis=0) * 1e3, strict=True):
        print(f"    {relative:.0e}: ours {short:6.2f} ms, error {mine:.1e}; scipy {long:6.2f} ms, error {theirs:.1e}")


def main():
    exact = solve_ivp(bare, SPAN, START, method="DOP853", rtol=REFERENCE, atol=0.01 * REFERENCE, dense_output=True).sol(LOOKS).T
    for name, rates in (("plain", plain), ("bare", bare)):
        same_solver(name, rates)
        for own, other in PAIRS:
            same_error(name, rates, own, other, exact)


if __name__ == "__main__":
    main()
