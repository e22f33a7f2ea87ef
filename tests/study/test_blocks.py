"""Designs for sensitivity analysis: the blocks are what their methods need, and stay so."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.errors import InvalidInputError, UnknownNameError
from richardson.files import load, save
from richardson.study.design import Design

BOX = {"balance": (-1, 2), "alarm": (0, 5), "x": (10, 10.5)}
METHODS = {"sobol": 16, "morris": 5, "pawn": 100, "delta": 100}


@pytest.fixture(params=METHODS)
def design(request: pytest.FixtureRequest) -> Design:
    return Design.for_sensitivity(BOX, method=request.param, size=METHODS[request.param], rng=1)


def test_members_lie_in_their_ranges_and_are_as_many_as_the_blocks_hold(design: Design) -> None:
    low, high = np.array(list(BOX.values())).T
    assert ((design.samples >= low) & (design.samples <= high)).all()
    assert design.blocks is not None
    assert len(design) == METHODS[design.blocks.method] * design.blocks.length
    assert design.ranges == tuple((name, *map(float, span)) for name, span in BOX.items())


@settings(max_examples=25)
@given(inputs=st.integers(1, 5), pairs=st.booleans(), seed=st.integers(0, 1000))
def test_a_block_of_sobol_swaps_one_coordinate_of_two_points_at_a_time(inputs: int, pairs: bool, seed: int) -> None:
    ranges = {f"x{place}": (-place, 1.0) for place in range(inputs)}
    design = Design.for_sensitivity(ranges, size=16, rng=seed, second_order=pairs and inputs > 1)
    for block in design.samples.reshape(16, -1, inputs):
        for place in range(inputs):
            assert (block[2 + place] != block[0]).tolist() == [column == place for column in range(inputs)]
            assert block[2 + place, place] == block[1, place]
            if pairs and inputs > 1:
                assert (block[2 + inputs + place] != block[1]).tolist() == [column == place for column in range(inputs)]
                assert block[2 + inputs + place, place] == block[0, place]


def test_both_points_of_sobol_fill_their_ranges_evenly() -> None:
    rows = Design.for_sensitivity(BOX, size=64, rng=3).samples.reshape(64, -1, 3)
    for point in (0, 1):
        shares = (rows[:, point] - [-1, 0, 10]) / [3, 5, 0.5]
        assert all((np.histogram(column, bins=64, range=(0, 1))[0] == 1).all() for column in shares.T)


def test_a_smaller_design_of_the_same_seed_is_the_beginning_of_a_larger_one() -> None:
    small, large = (Design.for_sensitivity(BOX, size=size, rng=5) for size in (32, 128))
    assert np.array_equal(small.samples, large.samples[: len(small)])


@settings(max_examples=40)
@given(inputs=st.integers(1, 6), seed=st.integers(0, 1000))
def test_a_trajectory_of_morris_moves_every_input_once_by_two_thirds_of_its_range(inputs: int, seed: int) -> None:
    ranges = {f"x{place}": (0.0, 3.0) for place in range(inputs)}
    rows = Design.for_sensitivity(ranges, method="morris", size=4, rng=seed).samples.reshape(4, inputs + 1, inputs)
    steps = np.diff(rows, axis=1)
    assert np.allclose(np.sort(np.abs(steps), axis=1)[:, -1], 2.0, rtol=0, atol=1e-12)
    assert (np.count_nonzero(steps, axis=2) == 1).all()
    assert set(rows.round(9).ravel()) <= {0.0, 1.0, 2.0, 3.0}


def test_trajectories_meet_every_level_and_every_order_equally_often() -> None:
    rows = Design.for_sensitivity({"a": (0, 3), "b": (0, 3)}, method="morris", size=4000, rng=1).samples.reshape(4000, 3, 2)
    starts = np.unique(rows[:, 0].round(9), axis=0, return_counts=True)[1]
    a_first = np.count_nonzero(rows[:, 1, 0] != rows[:, 0, 0])
    assert starts.size == 16
    assert np.abs(starts - 250).max() < 4 * np.sqrt(250)  # four standard deviations
    assert abs(a_first - 2000) < 4 * np.sqrt(1000)


def test_the_blocks_travel_by_pickle_and_file(design: Design, tmp_path: Path) -> None:
    save(design, tmp_path / "design.rn")
    for back in (pickle.loads(pickle.dumps(design)), load(tmp_path / "design.rn")):
        assert back.blocks == design.blocks
        assert np.array_equal(back.samples, design.samples)


def test_a_product_is_no_design_for_sensitivity_any_more(design: Design) -> None:
    assert (design * Design.grid({"y": [0, 1]})).blocks is None


def changed(design: Design, change: str) -> dict[str, Any]:
    """Fields of a design after a change that leaves every number within its range."""
    samples: Any = design.samples.copy()
    if change == "order":
        samples[[2, 3]] = samples[[3, 2]]
    elif change == "value":
        samples[:, 0] = np.where(np.arange(len(samples)) % 2, samples[:, 0], 0.5)
    elif change == "last bit":
        samples[-1, -1] = np.nextafter(samples[-1, -1], 10.2)
    elif change == "every block the first":
        assert design.blocks is not None
        samples = np.tile(samples[: design.blocks.length], (METHODS[design.blocks.method], 1))
    elif change == "row":
        samples = samples[1:]
    elif change == "range":
        return {"ranges": (("balance", -1.0, 2.5), *design.ranges[1:])}
    elif change == "name":
        return {"names": ("alarm", "balance", "x")}
    return {"samples": samples}


@pytest.mark.parametrize("change", ["order", "value", "last bit", "every block the first", "row", "range", "name"])
def test_members_that_were_changed_are_no_blocks_any_more(design: Design, change: str) -> None:
    assert design.blocks is not None
    with pytest.raises(InvalidInputError, match=f"not the blocks that the method '{design.blocks.method}' compares.*for_sensitivity"):
        replace(design, **changed(design, change))


@pytest.mark.parametrize("method", METHODS)
def test_blocks_of_one_method_are_none_of_another(design: Design, method: str) -> None:
    other = Design.for_sensitivity(BOX, method=method, size=METHODS[method], rng=2)
    with pytest.raises(InvalidInputError, match=f"not the blocks that the method '{method}' compares"):
        replace(design, blocks=other.blocks)


@pytest.mark.parametrize(
    ("asked", "kind", "says"),
    [
        ({"method": "sobl", "size": 64}, UnknownNameError, "no method 'sobl'.*mean 'sobol'"),
        ({"size": 100}, InvalidInputError, "powers of two. Take size=64 or size=128"),
        ({"size": 8}, InvalidInputError, "8 is too small.*'sobol'.*16"),
        ({"method": "delta", "size": 64}, InvalidInputError, "64 is too small.*100"),
        ({"method": "morris", "size": 64, "second_order": True}, InvalidInputError, "second_order= is .* got True for 'morris'"),
        ({"size": 64, "second_order": 1}, InvalidInputError, "second_order= is"),
        ({"size": 64.0}, InvalidInputError, "size of a design must be a whole number"),
        ({"size": 64, "rng": -1}, InvalidInputError, "rng=-1"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_refused(asked: dict[str, Any], kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        Design.for_sensitivity(BOX, **asked)


@pytest.mark.parametrize("ranges", [{}, {"x": (1, 1)}, {"x": (0, float("nan"))}, {"x y": (0, 1)}], ids=str)
def test_ranges_that_are_none_are_refused(ranges: Any) -> None:
    with pytest.raises(InvalidInputError):
        Design.for_sensitivity(ranges, size=64)
