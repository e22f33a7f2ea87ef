"""How often each outcome is met by points spread evenly over a cube, until every share is known as narrowly as asked."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
import numpy.typing as npt

from richardson.arrays import IntArray
from richardson.errors import InvalidInputError
from richardson.landscape import wilson
from richardson.landscape.outcomes import Labeller
from richardson.sampling import SEED_WORDS, sample

SCRAMBLINGS = 16  # independent: enough to see the error, few enough that each is long and so evenly spread
FIRST = 64  # starts of each in the first round; a share of a per cent or two is then met in one round with certainty
BLOCK = 2**18  # starts followed at once: some ten megabytes a state
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class Asked:
    """How sure the shares must be.

    Attributes
    ----------
    half_width : float
        Of every interval, at most.
    confidence : float
    largest : int
        Starts, at most; those of the first round or more.
    """

    half_width: float
    confidence: float
    largest: int


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts of labels.

    Attributes
    ----------
    counts : dict of int to IntArray
        Shape (r,) each: how many starts of each scrambling had that label.
    size : int
        Starts of all scramblings together.
    """

    counts: dict[int, IntArray]
    size: int

    def count(self, label: int) -> int:
        """Starts of that label; none if it was not met."""
        return int(self.counts[label].sum()) if label in self.counts else 0

    def standard_error(self, label: int) -> float:
        """Of the share of a label, from how the scramblings differ."""
        if label not in self.counts:
            return 0.0
        shares = self.counts[label] / (self.size // SCRAMBLINGS)
        return float(shares.std(ddof=1) / np.sqrt(SCRAMBLINGS))


def tally(labeller: Labeller, dimension: int, generator: np.random.Generator, asked: Asked) -> Tally:
    """Labels of a sample that doubles until Wilson's interval of every share is as narrow as asked.

    Parameters
    ----------
    labeller : callable
        Points (m, k) of the unit cube to labels (m,).
    dimension : int
        Of the cube, k.
    generator : numpy.random.Generator
        Seeds the scramblings.
    asked : Asked

    Raises
    ------
    InvalidInputError
        If a round shows that more starts than the largest number would be needed.
    """
    seeds = generator.integers(2**32, size=(SCRAMBLINGS, SEED_WORDS), dtype=np.uint32)
    spans = {f"axis {axis}": (0.0, 1.0) for axis in range(dimension)}
    counts: dict[int, IntArray] = {}
    done, length, begun = 0, FIRST, perf_counter()
    while True:
        _count(labeller, spans, seeds, slice(done, length), counts)
        size = length * SCRAMBLINGS
        needed = max(wilson.size_for(number.sum() / size, asked.half_width, asked.confidence) for number in counts.values())
        if needed <= size:
            return Tally(counts, size)
        if max(needed, 2 * size) > asked.largest:
            raise _too_many(asked, needed, (perf_counter() - begun) / size)
        done, length = length, 2 * length


def _count(
    labeller: Labeller, spans: dict[str, tuple[float, float]], seeds: npt.NDArray[np.uint32], part: slice, counts: dict[int, IntArray]
) -> None:
    """Add the labels of a part of every scrambling to the counts."""
    group = max(1, BLOCK // (part.stop - part.start))
    for first in range(0, SCRAMBLINGS, group):
        members = range(first, min(first + group, SCRAMBLINGS))
        points = [sample("sobol", spans, part.stop, np.random.default_rng(seeds[member]))[part] for member in members]
        labels = labeller(np.concatenate(points)).reshape(len(members), -1)
        for label in np.unique(labels).tolist():
            row = counts.setdefault(label, np.zeros(SCRAMBLINGS, dtype=np.int64))
            row[members.start : members.stop] += (labels == label).sum(axis=1)


def _too_many(asked: Asked, needed: float, seconds: float) -> InvalidInputError:
    """The refusal of a sample that would be too large, with how long it would take and what can be had."""
    sample_size = FIRST * SCRAMBLINGS * 2.0 ** np.floor(np.log2(asked.largest / (FIRST * SCRAMBLINGS)))
    reachable = 1.05 * asked.half_width * np.sqrt(needed / sample_size)  # a little more, so that its two digits are enough
    long = needed * seconds
    duration = f"{long:.2g} seconds" if long < SECONDS_PER_HOUR else f"{long / SECONDS_PER_HOUR:.2g} hours"
    return InvalidInputError(
        f"Intervals of half-width {asked.half_width:g} need about {needed:.1e} starts, some {duration} "
        f"at the {seconds * 1e6:.2g} µs that each took so far; "
        f"at most {asked.largest} were allowed. Ask for half_width={reachable:.2g} or more, or raise largest=."
    )
