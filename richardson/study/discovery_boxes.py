"""What a box holds, which of its limits make a difference, and which box of many is taken."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import NamedTuple

import numpy as np
from scipy.special import betainc

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.landscape import wilson
from richardson.study.discovery_result import BoxLimit, ScenarioBox

CONFIDENCE = 0.95  # of the interval of a density


class Cases(NamedTuple):
    """Members to search: columns (n, p) by name, of which the condition holds (n,), and which no earlier box holds (n,)."""

    names: tuple[str, ...]
    samples: FloatArray
    is_of_interest: BoolArray
    is_left: BoolArray

    def part(self, rows: BoolArray | IntArray) -> Cases:
        """Some of the members."""
        return Cases(self.names, self.samples[rows], self.is_of_interest[rows], self.is_left[rows])


class Ends(NamedTuple):
    """Limits of a box, shape (p,) each, infinite where it is open."""

    lower: FloatArray
    upper: FloatArray

    @property
    def restricted(self) -> BoolArray:
        """Which columns are limited, shape (p,)."""
        return np.isfinite(self.lower) | np.isfinite(self.upper)

    def contain(self, samples: FloatArray) -> BoolArray:
        """Which rows of samples (n, p) lie within."""
        within = np.ones(len(samples), dtype=np.bool_)
        for place in np.flatnonzero(self.restricted):
            within &= (samples[:, place] >= self.lower[place]) & (samples[:, place] <= self.upper[place])
        return within

    def without(self, side: int, place: int) -> Ends:
        """The box with one end opened: side 0 is the lower."""
        ends = self.lower.copy(), self.upper.copy()
        ends[side][place] = -inf if side == 0 else inf
        return Ends(*ends)


def shares(cases: Cases, ends: Ends) -> tuple[float, float, float]:
    """Coverage, density and mass of a box; density 0 where it is empty."""
    within = ends.contain(cases.samples) & cases.is_left
    size, count = np.count_nonzero(within), np.count_nonzero(within & cases.is_of_interest)
    coverage = count / max(int(np.count_nonzero(cases.is_of_interest)), 1)
    return float(coverage), float(count / size) if size else 0.0, float(size / within.size)


def quasi_p_values(cases: Cases, ends: Ends) -> dict[tuple[int, int], float]:
    """Quasi-p-value of every end of a box, by side and position.

    For each end: with it opened, a share of the members is of interest; the value is the probability that as many members as the
    box holds, drawn with that share, would give at least its number of cases of interest (a one-sided binomial test).

    References
    ----------
    .. [1] B. P. Bryant, R. J. Lempert (2010), Thinking inside the box: a participatory, computer-assisted approach to scenario
       discovery, Technological Forecasting and Social Change 77, 34–49 (quoted from memory).
    """
    limits = [(side, place) for side, end in enumerate(ends) for place in np.flatnonzero(np.isfinite(end)).tolist()]
    samples, interest = cases.samples[cases.is_left], cases.is_of_interest[cases.is_left]
    broken = np.zeros((len(limits), len(samples)), dtype=np.bool_)
    for row, (side, place) in zip(broken, limits, strict=True):
        row[:] = samples[:, place] < ends.lower[place] if side == 0 else samples[:, place] > ends.upper[place]
    times = broken.sum(axis=0)
    inside = times == 0
    size, count = int(np.count_nonzero(inside)), int(np.count_nonzero(inside & interest))
    found = {}
    for row, limit in zip(broken, limits, strict=True):
        beyond = row & (times == 1)
        share = (count + np.count_nonzero(beyond & interest)) / max(size + int(np.count_nonzero(beyond)), 1)
        found[limit] = float(betainc(count, size - count + 1, share)) if count else 1.0  # the chance of count or more among size
    return found


def pruned(cases: Cases, ends: Ends, level: float) -> Ends:
    """The box without the ends whose quasi-p-value is above a level, opened one at a time, the least telling first."""
    while values := quasi_p_values(cases, ends):
        worst = max(values, key=values.__getitem__)
        if values[worst] <= level:
            break
        ends = ends.without(*worst)
    return ends


def box_of(cases: Cases, ends: Ends) -> ScenarioBox:
    """The box with all that is known of it."""
    within = ends.contain(cases.samples) & cases.is_left
    size, count = int(np.count_nonzero(within)), int(np.count_nonzero(within & cases.is_of_interest))
    values = quasi_p_values(cases, ends)
    limits = tuple(
        BoxLimit(
            cases.names[place],
            float(ends.lower[place]),
            float(ends.upper[place]),
            values.get((0, place), nan),
            values.get((1, place), nan),
        )
        for place in np.flatnonzero(ends.restricted).tolist()
    )
    coverage, density, mass = shares(cases, ends)
    return ScenarioBox(limits, coverage, density, wilson.interval(count, size, CONFIDENCE) if size else (0.0, 1.0), mass, size, count)


def chosen(cases: Cases, path: list[Ends], density: float, level: float) -> tuple[int, Ends] | None:
    """The best of the boxes that are as dense as asked, once it has lost the ends that make no difference; None if none is.

    The best has the largest harmonic mean of coverage and density: further peels would lose more of the one than they gain of the other.

    Parameters
    ----------
    cases : Cases
    path : list of Ends
    density, level : float
        The least density, and the largest quasi-p-value of an end that is kept.
    """
    known = [shares(cases, ends)[:2] for ends in path]
    merits = [2.0 * coverage * dense / (coverage + dense) if coverage else 0.0 for coverage, dense in known]
    for place in sorted(range(len(path)), key=lambda position: -merits[position]):
        kept = pruned(cases, path[place], level)
        if shares(cases, kept)[1] >= density:
            return place, kept
    return None


def is_open(ends: Ends) -> bool:
    """Whether a box restricts nothing."""
    return not any(isfinite(end) for side in ends for end in side)
