"""Designs in parts: together they are the whole to the bit, and so are the studies of them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import richardson as rn
from richardson.errors import InvalidInputError
from richardson.study.repeats import repeated

RANGES = {"x": (0.0, 4.0), "defence": (0.1, 0.3), "fatigue": (0.5, 0.9)}
AXES = {"x": [0.0, 1.0, 4.0], "defence": np.linspace(0.1, 0.3, 5), "fatigue": [0.5, 0.9]}


def joined(parts: list[rn.Design]) -> bytes:
    return np.concatenate([part.samples for part in parts]).tobytes()


@settings(max_examples=20)
@given(bits=st.integers(0, 12), fewer=st.integers(0, 12), rng=st.integers(0, 2**64))
def test_parts_of_a_sobol_sequence_are_the_sequence(bits: int, fewer: int, rng: int) -> None:
    asked: dict[str, Any] = {"size": 2**bits, "rng": rng}
    count = 2 ** min(bits, fewer)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parts = [rn.Design.sobol(RANGES, **asked, part=(number, count)) for number in range(min(count, 8))]
    assert joined(parts) == rn.Design.sobol(RANGES, **asked).samples[: sum(map(len, parts))].tobytes()


def test_a_late_part_of_a_sobol_sequence_is_that_of_the_whole() -> None:
    whole = rn.Design.sobol(RANGES, size=2**18, rng=3)
    assert rn.Design.sobol(RANGES, size=2**18, rng=3, part=(127, 128)).samples.tobytes() == whole.samples[-(2**11) :].tobytes()


@settings(max_examples=15)
@given(size=st.integers(1, 300), count=st.integers(1, 20), rng=st.integers(0, 2**64))
def test_parts_of_a_halton_sequence_are_the_sequence(size: int, count: int, rng: int) -> None:
    parts = [rn.Design.halton(RANGES, size=size, rng=rng, part=(number, min(count, size))) for number in range(min(count, size))]
    assert joined(parts) == rn.Design.halton(RANGES, size=size, rng=rng).samples.tobytes()


@given(count=st.integers(1, 30))
def test_parts_of_a_grid_are_the_grid(count: int) -> None:
    parts = [rn.Design.grid(AXES, part=(number, count)) for number in range(count)]
    assert joined(parts) == rn.Design.grid(AXES).samples.tobytes()
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_part_of_a_grid_that_no_memory_holds_is_made() -> None:
    axes = {f"k{place}": np.arange(10.0) for place in range(15)}
    part = rn.Design.grid(axes, part=(10**12 - 1, 10**12))
    assert (len(part), part.samples[-1].tolist()) == (1000, [9.0] * 15)


def test_parts_of_the_first_factor_are_parts_of_a_product() -> None:
    other = rn.Design.grid({"grievance": [0.1, 0.2, 0.3]})
    parts = [rn.Design.sobol(RANGES, size=64, rng=1, part=(number, 4)) * other for number in range(4)]
    assert joined(parts) == (rn.Design.sobol(RANGES, size=64, rng=1) * other).samples.tobytes()


def test_repeats_of_a_part_are_parts_of_the_repeats() -> None:
    other = rn.Design.grid({"grievance": [0.1, 0.2, 0.3, 0.4]}, part=(1, 2))
    whole = repeated(rn.Design.sobol(RANGES, size=64, rng=1) * other, 3)
    part = repeated(rn.Design.sobol(RANGES, size=64, rng=1, part=(3, 4)) * other, 3)
    rows = np.arange(96, 128)
    assert part.samples.tobytes() == whole.samples[np.concatenate([rows + repeat * 128 for repeat in range(3)])].tobytes()


@pytest.mark.parametrize("part", [(0, 0), (4, 4), (-1, 4), (0, 64), (0, 2.0), (True, 4), (None, 4), (np.nan, 4), "ab", 5, (), (0, 1, 2)])
@pytest.mark.parametrize("make", [rn.Design.sobol, rn.Design.halton, rn.Design.grid])
def test_what_is_no_part_is_refused(part: Any, make: Any) -> None:
    asked = {"axes": AXES} if make == rn.Design.grid else {"ranges": RANGES, "size": 32, "rng": 1}
    with pytest.raises(InvalidInputError, match=r"part 3 of 16, counted from 0, .* got"):
        make(**asked, part=part)


def test_parts_of_no_one_sequence_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="Give the same whole number to all"):
        rn.Design.halton(RANGES, size=8, part=(0, 2))
    for rng in (np.random.default_rng(1), np.random.PCG64(1)):  # which draw on with every call
        with pytest.raises(InvalidInputError, match="Give the same whole number to all"):
            rn.Design.sobol(RANGES, size=8, rng=rng, part=(0, 2))
    with pytest.raises(InvalidInputError, match="Take a power of two of them"):
        rn.Design.sobol(RANGES, size=8, rng=1, part=(0, 3))
    with pytest.raises(InvalidInputError, match="Take smaller parts"):
        rn.Design.grid({f"k{place}": np.arange(10.0) for place in range(30)}, part=(0, 10**29))


@pytest.mark.slow
@pytest.mark.extra
def test_studies_of_parts_opened_together_are_the_study_of_the_whole(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")

    def study(part: tuple[int, int] | None = None) -> rn.Study:
        design = rn.Design.sobol(RANGES, size=2**10, rng=1, part=part)
        return rn.Study(rn.models.linear(), design, {"y": 1}, [0, 1, 40], record=rn.Maximum("x"), audit=0)

    whole = rn.run_study(study())
    rn.run_study(study(), store=tmp_path / "whole")
    for number in (2, 0, 3, 1):  # in any order
        rn.run_study(study((number, 4)), store=tmp_path / f"part-{number}", keep="end")
    opened = [rn.open_study(tmp_path / f"part-{number}") for number in range(4)]
    together = xarray.concat([each.to_xarray() for each in opened], dim="member", combine_attrs="drop_conflicts")
    expected = rn.open_study(tmp_path / "whole").to_xarray()
    assert all(together[name].values.tobytes() == expected[name].values.tobytes() for name in expected.data_vars)
    assert together["x"].attrs == expected["x"].attrs
    assert together.attrs["equations"] == expected.attrs["equations"]
    for member in (0, 255, 256, 700, 1023):
        number, row = divmod(member, 256)
        assert rn.reproduce(opened[number], row).states[0].tobytes() == whole.states[member].tobytes()
