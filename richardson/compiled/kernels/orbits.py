"""Orbits of a map at many parameter values, of which the last states are kept."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import empty, isfinite, nan

from richardson.arrays import FloatArray, IntArray

REACHED_END, ESCAPED, LEFT_DOMAIN, NOT_FINITE = 0, 1, 2, 3
LOWER, UPPER = 0, 1  # rows of limits, their slack included


def orbits(
    rule: Any,
    parameters: FloatArray,
    start: FloatArray,
    limits: FloatArray,
    bound: float,
    transient: int,
    states: FloatArray,
    codes: IntArray,
) -> None:
    """Fill ``states`` (n, keep, d) with what follows ``transient`` steps from ``start`` (d,), for each row of ``parameters`` (n, p).

    Where an orbit ends, ``codes`` (n,) says why, and the states that it did not reach are NaN.
    """
    count, keep, d = states.shape
    now, image = empty(d), empty(d)
    for row in range(count):
        for state in range(d):
            now[state] = start[state]
        codes[row] = REACHED_END
        for step in range(transient + keep):
            rule(float(step), now, parameters[row], image)
            for state in range(d):
                now[state] = image[state]
            if codes[row] == REACHED_END:
                codes[row] = fate(now, limits, bound)
            if step >= transient:
                for state in range(d):
                    states[row, step - transient, state] = now[state] if codes[row] == REACHED_END else nan
            elif codes[row] != REACHED_END:
                for place in range(keep):
                    for state in range(d):
                        states[row, place, state] = nan
                break


def fate(now: FloatArray, limits: FloatArray, bound: float) -> int:
    """Whether an orbit may go on, or why not."""
    code = REACHED_END
    for state in range(now.size):
        if not isfinite(now[state]):
            return NOT_FINITE
        if abs(now[state]) > bound:
            code = ESCAPED
        elif code == REACHED_END and (now[state] < limits[LOWER, state] or now[state] > limits[UPPER, state]):
            code = LEFT_DOMAIN
    return code
