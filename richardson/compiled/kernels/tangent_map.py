"""An orbit of a map with its tangent vectors, by exact products of Jacobians."""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import empty

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.basis import (
    AGE,
    BOUND,
    CODE,
    DONE,
    LAP,
    PERIOD,
    REACHED_END,
    carry,
    copy,
    orthonormalise,
    pack,
    standing,
    unpack,
)

ENTRIES = ("along_map",)


def along_map(
    rule: Any,
    parameters: FloatArray,
    limits: FloatArray,
    scale: FloatArray,
    settings: FloatArray,
    counts: IntArray,
    state: FloatArray,
    basis: FloatArray,
    moments: IntArray,
    growth: FloatArray,
    states: FloatArray,
    mark: FloatArray,
) -> None:
    """Follow ``state`` (d,) and ``basis`` (d, d) over the steps between ``moments`` (n + 1,).

    ``growth`` (n, d) becomes the logarithm of what each stretch multiplied each direction by, ``states`` (n, d) where it ended;
    ``counts[DONE]`` how many stretches were finished, ``counts[CODE]`` why not all.

    ``counts[PERIOD]`` becomes the number of steps after which the orbit is exactly where it was at ``mark`` (d,), which moves on to
    every state whose number is twice that of the last one.
    """
    d = state.size
    now, image, jacobian = empty(d + d * d), empty(d + d * d), empty((d, d))
    counts[DONE], counts[CODE] = 0, REACHED_END
    pack(state, basis, now)
    for stretch in range(moments.size - 1):
        for i in range(d):
            growth[stretch, i] = 0.0
        for step in range(moments[stretch], moments[stretch + 1]):
            rule(float(step), now[:d], parameters, image[:d], jacobian)
            carry(jacobian, scale, now, image, d)
            counts[CODE] = standing(image, limits, settings[BOUND], d)
            if counts[CODE] != REACHED_END:
                return
            copy(image, now, now.size)
            orthonormalise(now, d, growth[stretch])
            look_for_return(now, mark, counts, d)
        unpack(now, state, basis)
        copy(state, states[stretch], d)
        counts[DONE] += 1


def look_for_return(now: FloatArray, mark: FloatArray, counts: IntArray, d: int) -> None:
    """Brent's way to see that states repeat, without keeping them."""
    counts[AGE] += 1
    is_back = True
    for i in range(d):
        is_back = is_back and now[i] == mark[i]
    if is_back and counts[PERIOD] == 0:
        counts[PERIOD] = counts[AGE]
    if counts[AGE] >= counts[LAP]:
        counts[AGE], counts[LAP] = 0, 2 * counts[LAP]
        for i in range(d):
            mark[i] = now[i]
