"""Where random numbers come from: one reading of ``rng`` for every verb (SPEC 7)."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from richardson.errors import InvalidInputError

WORD = 2**32  # numpy's SeedSequence works on words of 32 bits

Entropy: TypeAlias = int | tuple[int, ...] | None


def generator_of(rng: Any) -> tuple[np.random.Generator, Entropy]:
    """Generator for a call's ``rng``, and what its numbers come from, for the record.

    Parameters
    ----------
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        As `numpy.random.default_rng` takes it (SPEC 7).

    Returns
    -------
    generator : Generator
    entropy : int, tuple of int or None
        ``numpy.random.default_rng`` of it draws the same numbers as a fresh generator of ``rng``, one that was spawned included.
        None where no seed is known that would, as of a generator that was set to a state.

    Raises
    ------
    InvalidInputError
        If it is none of these.
    """
    try:
        generator = np.random.default_rng(rng)
        return generator, _entropy_of(generator.bit_generator.seed_seq)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"Random numbers cannot start from rng={rng!r}: {error}. Give a whole number from 0 up, or a Generator."
        ) from error


def joined(first: Entropy, second: Entropy) -> Entropy:
    """What two sets of random numbers came from, one after the other."""
    if first is None or second is None:
        return second if first is None else first
    return sum(((entropy,) if isinstance(entropy, int) else entropy for entropy in (first, second)), ())


def _entropy_of(seed: Any) -> Entropy:
    """Entropy of a seed sequence as plain whole numbers; that of a spawned one goes on with its spawn key, as numpy joins them."""
    if not isinstance(seed, np.random.SeedSequence) or seed.entropy is None:
        return None
    if not seed.spawn_key:
        return tuple(map(int, seed.entropy)) if isinstance(seed.entropy, Iterable) else int(seed.entropy)
    own, key = _words(seed.entropy), _words(seed.spawn_key)
    return (*own, *[0] * (seed.pool_size - len(own)), *key)


def _words(numbers: Any) -> list[int]:
    """The words of whole numbers, lowest first."""
    words = []
    for number in numbers if isinstance(numbers, Iterable) else [numbers]:
        rest = int(number)
        words.append(rest % WORD)
        while rest := rest // WORD:
            words.append(rest % WORD)
    return words
