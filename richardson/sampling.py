"""Points that fill ranges: random ones and sequences of low discrepancy, scrambled by random numbers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import qmc

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError

SOBOL_BITS = 53  # as many as a float64 holds: every point is exact, and so is the balance
SKIPPED = 2**16  # points of a Sobol' sequence that are drawn at a time to be passed over; scipy's own fast_forward fails at 53 bits
SEED_WORDS = 4  # of 32 bits: as much as a fresh generator takes from the operating system
ENGINES: dict[str, Callable[..., Any]] = {
    "latin_hypercube": qmc.LatinHypercube,
    "sobol": partial(qmc.Sobol, bits=SOBOL_BITS),
    "halton": qmc.Halton,
}


def sample(
    method: str, spans: Mapping[str, tuple[float, float]], size: int, generator: np.random.Generator, rows: range | None = None
) -> FloatArray:
    """Points uniform within the ranges, shape (size or number of rows, number of ranges).

    Parameters
    ----------
    method : str
        A key of `ENGINES`.
    spans : mapping of str to pair of float
        Low and high by name.
    size : int
        Number of points.
    generator : numpy.random.Generator
        Moves on by `SEED_WORDS` draws.
    rows : range, optional
        Which of the points, one after the other, of a "sobol" or "halton" sequence; all by default. No others are held in memory.

    Raises
    ------
    InvalidInputError
        If a Sobol' sequence is asked for other than a power of two of points, or for more dimensions than it has, or the points are
        more than memory holds.
    """
    if method == "sobol":
        _check_sobol(size, len(spans))
    # A seed is drawn because scipy spawns from a generator: that forgets its draws, changes its SeedSequence, and needs one.
    seed = generator.integers(2**32, size=SEED_WORDS, dtype=np.uint32)
    try:
        engine = ENGINES[method](len(spans), rng=np.random.default_rng(seed))
        _pass_over(engine, 0 if rows is None else rows.start)
        points: FloatArray = engine.random(size if rows is None else len(rows))
    except (MemoryError, ValueError) as error:
        count = size if rows is None else len(rows)
        raise InvalidInputError(f"{count} members of {len(spans)} names are more than memory holds. Take a smaller size.") from error
    low, high = np.array(list(spans.values())).T
    inside: FloatArray = np.clip(low * (1.0 - points) + high * points, low, high)  # rounding may step over an end
    return inside


def _pass_over(engine: qmc.QMCEngine, count: int) -> None:
    """Go on to the point of that number."""
    if isinstance(engine, qmc.Halton):
        engine.fast_forward(count)
        return
    while count:
        drawn = min(1 << (count.bit_length() - 1), SKIPPED)  # a power of two, or scipy warns of points that nobody sees
        engine.random(drawn)
        count -= drawn


def _check_sobol(size: int, dimensions: int) -> None:
    below = 1 << (size.bit_length() - 1)
    if size != below:
        raise InvalidInputError(
            f"A Sobol design of {size} members was asked for, but the sequence fills its ranges evenly only at powers of two. "
            f"Take size={below} or size={2 * below}."
        )
    if dimensions > qmc.Sobol.MAXDIM:
        raise InvalidInputError(
            f"A Sobol design of {dimensions} names was asked for, but the sequence has {qmc.Sobol.MAXDIM} dimensions. "
            "Take Design.latin_hypercube."
        )
