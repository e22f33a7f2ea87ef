"""What an integration scheme must offer, shown by the simplest one: Heun's method with Euler's as comparison.

Kernels are made with a scheme of higher order in the place of this module (`richardson.compiled.lanes`). The interface:

- ``ROWS``: rows of each state, `POINT` and `RATE` first; the scheme may use the others as it likes.
- ``ORDER``: a step's error estimate shrinks with this power of the step.
- ``DEGREE``, ``COEFFICIENTS``: degree of the polynomial of a step, and the row of its first coefficient c₁, written by ``interpolate``:
  x(θ) = x₀ + θ(c₁ + φ(c₂ + θ(c₃ + φ(c₄ + …)))), φ = 1 − θ.
- ``attempt``: a step of each lane from `POINT` and `RATE`; the new state and its rates come to stand in the model's region, the sum of
  squares of the relative errors in `ERROR`. It returns how many times a state may have passed a limit on the way; 0 only if none has.
- ``interpolate``: the coefficients; new state and rates are left in place.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray
from richardson.compiled.kernels.layout import COMMON, ERROR, LANES, POINT, RATE, STEP, TIME, size_of

ROWS = 4
ORDER = 2
COEFFICIENTS, DEGREE = 2, 2


def attempt(rates: Any, slopes: Any, b: FloatArray, dimension: int, absolute: FloatArray, relative: float, limits: FloatArray) -> int:
    """Take a step in every lane."""
    d = size_of(dimension)
    common = d * ROWS
    base = common + COMMON
    for i in range(d):
        for lane in range(LANES):
            o = i * ROWS * LANES + lane
            b[(base + 1 + i) * LANES + lane] = b[o] + b[(common + STEP) * LANES + lane] * b[o + RATE * LANES]
    for lane in range(LANES):
        b[base * LANES + lane] = b[(common + TIME) * LANES + lane] + b[(common + STEP) * LANES + lane]
        b[(common + ERROR) * LANES + lane] = 0.0
    rates(b[base * LANES :])
    for i in range(d):
        for lane in range(LANES):
            o = i * ROWS * LANES + lane
            half = 0.5 * b[(common + STEP) * LANES + lane] * (b[(base + 1 + d + i) * LANES + lane] - b[o + RATE * LANES])
            new = b[(base + 1 + i) * LANES + lane] + half
            error = half / (absolute[i] + relative * max(abs(b[o + POINT * LANES]), abs(new)))
            b[(base + 1 + i) * LANES + lane] = new
            b[(common + ERROR) * LANES + lane] += error * error
    rates(b[base * LANES :])
    return LANES * limits.size  # a closer look is never wrong


def interpolate(rates: Any, b: FloatArray, dimension: int) -> None:
    """Write the coefficients of every lane's polynomial."""
    d = size_of(dimension)
    base = d * ROWS + COMMON
    for i in range(d):
        for lane in range(LANES):
            o = i * ROWS * LANES + lane
            rise = b[(base + 1 + i) * LANES + lane] - b[o]
            b[o + COEFFICIENTS * LANES] = rise
            b[o + (COEFFICIENTS + 1) * LANES] = b[(d * ROWS + STEP) * LANES + lane] * b[o + RATE * LANES] - rise
