"""Whether a run passes a limit within a step, and when: on the step's polynomial, one lane at a time.

A state has passed its limit where it is beyond it by more than the slack that the run's tolerances leave: a fixed one, and a share
of its size in the step. The time is that at which the limit itself was crossed, which may lie in an earlier step.
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from numpy import isnan

from richardson.arrays import FloatArray
from richardson.compiled.kernels.control import HIGHEST
from richardson.compiled.kernels.layout import ACCEPTED, HIGH, LANES, LOW, POINT, STEP, TIME, size_of
from richardson.compiled.kernels.scheme import COEFFICIENTS, DEGREE, ROWS

LOOKS = 16  # samples of a step's polynomial: its degree is at most 7
HALVINGS = 54  # of a sixteenth of a step: to rounding


def value_at(b: FloatArray, state: int, lane: int, share: float) -> float:
    """State at a share of the step of a lane."""
    o = state * ROWS * LANES + lane
    rest = 1.0 - share
    value = b[o + (COEFFICIENTS + DEGREE - 1) * LANES]
    for place in range(DEGREE - 1, 0, -1):
        value = b[o + (COEFFICIENTS + place - 1) * LANES] + (rest if place % 2 == 1 else share) * value
    return float(b[o + POINT * LANES] + share * value)


def leaves(b: FloatArray, dimension: int, lane: int, limits: FloatArray, slack: FloatArray, inside: FloatArray, stop: FloatArray) -> bool:
    """Whether a lane passes a limit in its step; ``stop`` then holds time, state and side of the first passage.

    ``inside`` holds for each lane, side and state when the state crossed its limit while it is beyond it within the slack.
    """
    d = size_of(dimension)
    if b[(d * ROWS + ACCEPTED) * LANES + lane] <= 0.0:
        return False
    has_left = False
    for i in range(d):
        for side in (LOW, HIGH):
            sign = 1.0 if side == LOW else -1.0
            if lowest(b, i, lane, sign) - sign * limits[side, i] >= 0.0:
                continue
            size = max(abs(value_at(b, i, lane, 0.0)), abs(value_at(b, i, lane, 1.0)))
            time = passage(b, d, i, lane, sign, limits[side, i], slack[side, i] + slack[2, i] * size, inside, side)
            if not isnan(time) and not (has_left and stop[0] <= time):
                has_left = True
                stop[0], stop[1], stop[2] = time, i, side
    return has_left


def lowest(b: FloatArray, state: int, lane: int, sign: float) -> float:
    """A lower bound of sign · state on the step."""
    o = state * ROWS * LANES + lane
    start = sign * b[o + POINT * LANES]
    bound = start + min(0.0, sign * b[o + COEFFICIENTS * LANES])
    for place in range(1, DEGREE):
        bound += HIGHEST[place] * min(0.0, sign * b[o + (COEFFICIENTS + place) * LANES])
    return float(bound)


def passage(
    b: FloatArray, dimension: int, state: int, lane: int, sign: float, limit: float, slack: float, inside: FloatArray, side: int
) -> float:
    """Time at which a limit was crossed that is passed in this step; NaN if it is not passed."""
    common = size_of(dimension) * ROWS * LANES
    begin, step = b[common + TIME * LANES + lane], b[common + STEP * LANES + lane]
    within = 0.0 if sign * (b[state * ROWS * LANES + lane] - limit) >= 0.0 else -1.0  # last share seen within the limit
    height = 0.0
    for look in range(1, LOOKS + 1):
        share = look / LOOKS
        height = sign * (value_at(b, state, lane, share) - limit)
        if height >= 0.0:
            within = share
        elif within >= 0.0:
            inside[(side * dimension + state) * LANES + lane] = begin + step * crossing(b, state, lane, sign, limit, within, share)
            within = -1.0
        if height < -slack:
            return float(inside[(side * dimension + state) * LANES + lane])
    return float("nan")


def crossing(b: FloatArray, state: int, lane: int, sign: float, limit: float, within: float, beyond: float) -> float:
    """Share of the step at which a limit is crossed, between one where it is kept and one where it is not."""
    for _ in range(HALVINGS):
        middle = 0.5 * (within + beyond)
        if sign * (value_at(b, state, lane, middle) - limit) >= 0.0:
            within = middle
        else:
            beyond = middle
    return within
