"""What a verb records of its ``rng`` draws the same numbers again."""

from typing import Any

import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.randomness import generator_of
from richardson.study.design import Design

CHILD = np.random.SeedSequence(7).spawn(3)[2]
SEEDS: dict[str, Any] = {
    "a number": 7,
    "a long number": 2**127 + 5,
    "a number of an array": np.int64(7),
    "a list": [1, 2**40, 0],
    "an array": np.array([1, 2, 3]),
    "nothing": None,
    "a seed sequence": np.random.SeedSequence([4, 5]),
    "a spawned one": CHILD,
    "one spawned twice": CHILD.spawn(2)[1],
    "one spawned from many words": np.random.SeedSequence([2**100, 3, 2**70]).spawn(1)[0],
    "a spawned generator": np.random.default_rng(3).spawn(2)[1],
    "another bit generator": np.random.PCG64(11),
}


@pytest.mark.parametrize("rng", SEEDS.values(), ids=SEEDS)
def test_the_entropy_draws_the_same_numbers(rng: Any) -> None:
    generator, entropy = generator_of(rng)
    assert isinstance(entropy, int | tuple)
    assert np.array_equal(np.random.default_rng(entropy).random(5), generator.random(5))


def test_spawned_seeds_have_records_of_their_own() -> None:
    first, second = np.random.SeedSequence(7).spawn(2)
    assert generator_of(first)[1] != generator_of(second)[1]


@pytest.mark.parametrize("rng", [np.array([1, 2]), CHILD], ids=["array", "spawned"])
def test_a_design_is_drawn_again_from_its_record(rng: Any) -> None:
    design = Design.sobol({"a": (0, 1)}, size=8, rng=rng)
    assert np.array_equal(Design.sobol({"a": (0, 1)}, size=8, rng=design.entropy).samples, design.samples)


@pytest.mark.parametrize("rng", [-1, "seven", 1.5, [0.5]])
def test_what_starts_no_numbers_is_refused(rng: Any) -> None:
    with pytest.raises(InvalidInputError, match="cannot start from rng="):
        generator_of(rng)
