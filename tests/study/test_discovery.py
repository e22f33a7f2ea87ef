"""Boxes that were planted are found again, by ema-workbench's PRIM and by scikit-learn's trees, with nothing said or drawn."""

import subprocess
import sys
import warnings
from math import inf
from typing import Any

import numpy as np
import pytest

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import ComputationError
from richardson.study.design import Design
from richardson.study.discovery import discover
from richardson.study.discovery_boxes import Cases
from richardson.study.discovery_prim import peeled
from tests.study.recorded import ByHand, recorded

pytestmark = [pytest.mark.slow, pytest.mark.extra]  # ema-workbench takes seconds to import
METHODS = [pytest.param("prim", id="PRIM"), pytest.param("cart", id="CART")]
PLANTED = {"a": (-inf, 0.4), "b": (0.3, 0.8)}  # of four columns
SLACK = {"prim": 0.03, "cart": 0.004}  # a peel takes a twentieth of what is left; a tree cuts between two of 4000 members


@pytest.fixture(autouse=True)
def _extras() -> None:
    pytest.importorskip("ema_workbench", exc_type=ImportError)
    pytest.importorskip("sklearn")


def planted(
    *, size: int = 4000, noise: float = 0.03, seed: int = 1, mirror: bool = False, scale: float = 1.0, shift: float = 0.0
) -> ByHand:
    """Members of which mostly those in the planted box are of interest."""
    unit = Design.latin_hypercube({name: (0, 1) for name in "abcd"}, size=size, rng=1)
    truth = (unit["a"] <= 0.4) & (unit["b"] >= 0.3) & (unit["b"] <= 0.8)
    truth ^= np.random.default_rng(1).uniform(size=size) < 0.03
    placed = {name: shift + scale * (1.0 - column if mirror else column) for name, column in unit.to_table().items()}
    return recorded(Design.from_table(placed), z=truth.astype(float))


@pytest.mark.parametrize("method", METHODS)
def test_a_planted_box_is_found_with_its_limits(method: str) -> None:
    found = discover(planted(), "z > 0", method=method, rng=1)
    (box,) = found.boxes
    assert [limit.name for limit in box.limits] == ["a", "b"]
    for limit in box.limits:
        low, high = PLANTED[limit.name]
        assert limit.low == pytest.approx(low, abs=SLACK[method])
        assert limit.high == pytest.approx(high, abs=SLACK[method])
    within = (found.samples[:, 0] <= 0.4) & (found.samples[:, 1] >= 0.3) & (found.samples[:, 1] <= 0.8)
    hits = np.count_nonzero(within & found.is_of_interest)
    assert box.coverage == pytest.approx(hits / np.count_nonzero(found.is_of_interest), abs=0.04)  # the rest is told wrong
    assert box.density > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_the_mirror_image_has_the_mirrored_box(method: str) -> None:
    plain, mirrored = (discover(planted(mirror=mirror), "z > 0", method=method, resamples=0).boxes[0] for mirror in (False, True))
    for one, other in zip(plain.limits, mirrored.limits, strict=True):
        assert (1.0 - other.high, 1.0 - other.low) == pytest.approx((one.low, one.high), abs=SLACK[method])


@pytest.mark.parametrize("method", METHODS)
def test_units_and_offsets_of_columns_make_no_difference(method: str) -> None:
    plain = discover(planted(size=1000), "z > 0", method=method, resamples=0).boxes[0]
    moved = discover(planted(size=1000, scale=1e-3, shift=1e4), "z > 0", method=method, resamples=0).boxes[0]
    assert moved.count == plain.count
    for one, other in zip(plain.limits, moved.limits, strict=True):
        assert ((other.low - 1e4) * 1e3, (other.high - 1e4) * 1e3) == pytest.approx((one.low, one.high), abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_single_column_gives_an_interval(method: str) -> None:
    design = Design.latin_hypercube({"a": (0, 1)}, size=2000, rng=1)
    found = discover(recorded(design, z=(design["a"] > 0.7).astype(float)), "z > 0", method=method, density=0.95, resamples=0)
    assert found.boxes[0].limits[0].low == pytest.approx(0.7, abs=0.01)
    assert found.boxes[0].limits[0].high == inf


@pytest.mark.parametrize("method", METHODS)
def test_without_any_pattern_no_box_is_made_up(method: str) -> None:
    design = Design.latin_hypercube({name: (0, 1) for name in "abcd"}, size=2000, rng=1)
    coins = np.random.default_rng(1).uniform(size=2000) < 0.3
    with pytest.raises(ComputationError, match="No box is as dense as asked"):
        discover(recorded(design, z=coins.astype(float)), "z > 0", method=method)


@pytest.mark.parametrize("method", METHODS)
def test_failed_members_count_as_it_is_said(method: str) -> None:
    runs = planted(size=1000)
    lost = np.arange(1000) % 10 == 0
    failed = ByHand(runs.design, runs.columns, ~lost, runs.model)
    truth = runs.columns["z"] > 0
    counts = {rule: discover(failed, "z > 0", method=method, failed=rule, density=0.7, resamples=0) for rule in ("drop", True, False)}
    assert [found.is_of_interest.size for found in counts.values()] == [900, 1000, 1000]
    assert [int(found.is_of_interest.sum()) for found in counts.values()] == [
        (truth & ~lost).sum(),
        (truth | lost).sum(),
        (truth & ~lost).sum(),
    ]
    assert {found.failed for found in counts.values()} == {100}


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_halves_and_they_find_the_box_again(method: str) -> None:
    one, other = (discover(planted(size=2000), "z > 0", method=method, resamples=4, rng=7) for _ in range(2))
    assert one.reproduction is not None
    assert other.reproduction is not None
    assert one.reproduction.lower.tolist() == other.reproduction.lower.tolist()
    assert one.reproduction.found == 4
    assert one.reproduction.restricted[:2].tolist() == [1.0, 1.0]
    assert np.abs(one.reproduction.density - 0.95).max() < 0.1
    assert "a in 4, b in 4" in one.reproduction.statement


def test_a_second_box_is_sought_among_what_the_first_leaves() -> None:
    design = Design.latin_hypercube({"a": (0, 1), "b": (0, 1)}, size=4000, rng=1)
    a, b = design["a"], design["b"]
    truth = ((a < 0.3) & (b < 0.5)) | ((a > 0.8) & (b > 0.4))
    found = discover(recorded(design, z=truth.astype(float)), "z > 0", boxes=3, resamples=0)
    assert len(found.boxes) == 2
    assert found.coverage > 0.95
    assert sum(box.coverage for box in found.boxes) == pytest.approx(found.coverage, abs=1e-12)
    assert not (found.boxes[0].contains(design) & found.boxes[1].contains(design)).any()


def test_the_leaves_of_a_tree_hold_every_member_once() -> None:
    runs = planted(size=1000)
    found = discover(runs, "z > 0", method="cart", leaves=12, resamples=0)
    assert np.sum([leaf.contains(runs.design) for leaf in found.leaves], axis=0).tolist() == [1] * 1000
    assert sum(leaf.count for leaf in found.leaves) == found.is_of_interest.sum()
    assert [leaf.density for leaf in found.leaves] == sorted((leaf.density for leaf in found.leaves), reverse=True)


def peel_once(samples: FloatArray, interest: BoolArray, share: float) -> BoolArray:
    """One peel, written anew: of all shares at either end of a column the one without which the mean is largest, per member lost."""
    best, kept = -inf, np.ones(len(samples), dtype=bool)
    for column in samples.T:
        for rows in (column >= np.quantile(column, share, method="midpoint"), column <= np.quantile(column, 1 - share, method="midpoint")):
            merit = (interest[rows].mean() - interest.mean()) / (~rows).sum()
            if merit > best:
                best, kept = merit, rows
    return kept


def test_the_first_peels_are_those_of_an_independent_peeling() -> None:
    runs = planted(size=1000)
    samples, interest = runs.design.samples, runs.columns["z"] > 0
    path = peeled(Cases(runs.design.names, samples, interest, np.ones(1000, dtype=bool)), peel=0.1, paste=0.1, least_mass=0.2)
    left = np.ones(1000, dtype=bool)
    for box in path[1:8]:
        left[left] = peel_once(samples[left], interest[left], 0.1)
        within = box.contain(samples)
        assert np.count_nonzero(within ^ left) <= 1  # a member on the quantile itself
        left = within


def test_the_path_of_prim_holds_what_ema_workbench_says() -> None:
    from ema_workbench.analysis.prim import Prim
    from pandas import DataFrame

    runs = planted(size=1000)
    found = discover(runs, "z > 0", resamples=0).peelings[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        box = Prim(DataFrame(runs.design.to_table()), (runs.columns["z"] > 0).astype(int), threshold=0.1).find_box()
    for name in ("coverage", "density", "mass"):
        assert getattr(found, name) == pytest.approx(box.peeling_trajectory[name].to_numpy(dtype=float), abs=1e-12)
    assert found.restricted.tolist() == box.peeling_trajectory["res_dim"].tolist()


SILENT = """
import warnings
warnings.simplefilter("error")
import matplotlib
before = dict(matplotlib.rcParams)
import numpy as np
from tests.study.test_discovery import planted
from richardson.study.discovery import discover
state = np.random.get_state()[1].tolist()
discover(planted(size=500), "z > 0", resamples=2, rng=1)
discover(planted(size=500), "z > 0", method="cart", resamples=2, rng=1)
import matplotlib.pyplot
if dict(matplotlib.rcParams) != before or matplotlib.pyplot.get_fignums() or np.random.get_state()[1].tolist() != state:
    raise SystemExit("something was left changed")
"""


def test_nothing_is_said_drawn_or_left_changed(repository: Any) -> None:
    run = subprocess.run([sys.executable, "-c", SILENT], capture_output=True, text=True, check=False, cwd=repository)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
