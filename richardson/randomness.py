"""Where random numbers come from: one reading of ``rng`` for every verb (SPEC 7)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from richardson.errors import InvalidInputError


def generator_of(rng: Any) -> tuple[np.random.Generator, int | Sequence[int] | None]:
    """Generator for a call's ``rng``, and what its numbers come from, for the record.

    Parameters
    ----------
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        As `numpy.random.default_rng` takes it (SPEC 7).

    Raises
    ------
    InvalidInputError
        If it is none of these.
    """
    try:
        generator = np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"Random numbers cannot start from rng={rng!r}: {error}. Give a whole number from 0 up, or a Generator."
        ) from error
    return generator, getattr(generator.bit_generator.seed_seq, "entropy", None)
