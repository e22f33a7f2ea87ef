"""Steps of a map, one after the other."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import isfinite

from richardson.arrays import FloatArray, IntArray

REACHED_END, ESCAPED, LEFT_DOMAIN, NOT_FINITE = 0, 1, 2, 3


def iterate(
    rule: Any, parameters: FloatArray, lower: FloatArray, upper: FloatArray, bound: float, states: FloatArray, outcome: IntArray
) -> None:
    """Fill ``states`` (n + 1, d) from its first row on; ``outcome`` is how many steps were taken, and why no more.

    ``lower`` and ``upper`` are (d,) limits with their slack included. The last step taken leads to what ended it.
    """
    for step in range(states.shape[0] - 1):
        rule(float(step), states[step], parameters, states[step + 1])
        code = REACHED_END
        for state in range(states.shape[1]):
            value = states[step + 1, state]
            if not isfinite(value):
                code = NOT_FINITE
            elif code != NOT_FINITE and abs(value) > bound:
                code = ESCAPED
            elif code == REACHED_END and (value < lower[state] or value > upper[state]):
                code = LEFT_DOMAIN
        if code != REACHED_END:
            outcome[0], outcome[1] = step + 1, code
            return
    outcome[0], outcome[1] = states.shape[0] - 1, REACHED_END
