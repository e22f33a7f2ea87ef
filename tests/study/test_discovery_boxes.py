"""What a box holds, which of its limits count, and what is refused before anything is searched."""

from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from richardson.errors import InvalidInputError, ParseError, UnknownNameError
from richardson.study.design import Design
from richardson.study.discovery import discover
from richardson.study.discovery_boxes import Cases, Ends, box_of, chosen, pruned, quasi_p_values, shares
from tests.study.recorded import ByHand, recorded


def cases(seed: int, count: int = 400, noise: float = 0.1) -> Cases:
    """Three columns; of interest is mostly a < 0.5 and b > 0.25, and c is nothing."""
    generator = np.random.default_rng(seed)
    samples = generator.uniform(size=(count, 3))
    interest = (samples[:, 0] < 0.5) & (samples[:, 1] > 0.25)
    return Cases(("a", "b", "c"), samples, interest ^ (generator.uniform(size=count) < noise), np.ones(count, dtype=np.bool_))


def ends(lower: list[float], upper: list[float]) -> Ends:
    return Ends(np.array(lower), np.array(upper))


BOX = ends([-inf, 0.25, 0.1], [0.5, inf, 0.9])


def test_a_box_holds_what_counting_says() -> None:
    among = cases(1)
    within = (among.samples[:, 0] <= 0.5) & (among.samples[:, 1] >= 0.25) & (among.samples[:, 2] >= 0.1) & (among.samples[:, 2] <= 0.9)
    hits = int((within & among.is_of_interest).sum())
    box = box_of(among, BOX)
    assert (box.size, box.count) == (int(within.sum()), hits)
    assert (box.coverage, box.density) == (hits / among.is_of_interest.sum(), hits / within.sum())
    assert box.mass == within.mean()
    assert box.density_interval[0] < box.density < box.density_interval[1]
    assert (box.contains(dict(zip(among.names, among.samples.T, strict=True))) == within).all()
    assert repr(box.limits) == "(a ≤ 0.5, b ≥ 0.25, 0.1 ≤ c ≤ 0.9)"


@given(st.integers(0, 10_000))
def test_quasi_p_values_are_the_binomial_test_without_one_limit(seed: int) -> None:
    among = cases(seed, count=80)
    x, interest = among.samples, among.is_of_interest
    found = quasi_p_values(among, BOX)
    assert set(found) == {(1, 0), (0, 1), (0, 2), (1, 2)}
    within = BOX.contain(x)
    for (side, place), value in found.items():
        wider = BOX.without(side, place).contain(x)
        if within.sum():
            test = binomtest(int((within & interest).sum()), int(within.sum()), interest[wider].mean(), alternative="greater")
            assert value == pytest.approx(test.pvalue, abs=1e-12, rel=1e-9)


def test_limits_that_make_no_difference_are_dropped_and_the_others_kept() -> None:
    assert repr(box_of(cases(2), pruned(cases(2), BOX, 0.01)).limits) == "(a ≤ 0.5, b ≥ 0.25)"


def test_of_several_boxes_the_one_of_best_coverage_and_density_is_chosen() -> None:
    among = cases(3)
    path = [ends([-inf] * 3, [inf] * 3), ends([-inf] * 3, [0.5, inf, inf]), ends([-inf, 0.25, -inf], [0.5, inf, inf]), BOX]
    best = chosen(among, path, 0.8, 0.05)
    assert best is not None
    assert best[0] == 2
    assert chosen(among, path, 0.999, 0.05) is None


def test_an_empty_box_has_no_density() -> None:
    assert shares(cases(4), ends([2.0, -inf, -inf], [inf, inf, inf])) == (0.0, 0.0, 0.0)


DESIGN = Design.grid({"defence": [0.0, 0.5, 1.0], "fatigue": [1.0, 2.0]})
FEW = {"z": [1, 0, 0, 0, 0, 0]}


@pytest.mark.parametrize(
    ("where", "options", "words"),
    [
        ("z > 2", {}, "none of the 6 members"),
        ("z >= 0", {}, "all of the 6 members"),
        ("z < 1", {}, "as dense as asked"),
        ("z > 0", {"density": 1.0}, "density="),
        ("z > 0", {"least_mass": 0.0}, "least_mass="),
        ("z > 0", {"peel": 0.6}, "peel="),
        ("z > 0", {"peel": 0.001}, "at most 500"),
        ("z > 0", {"leaves": 4}, "no option of method='prim'"),
        ("z > 0", {"method": "cart", "peel": 0.1}, "no option of method='cart'"),
        ("z > 0", {"method": "cart", "leaves": 1}, "leaves="),
        ("z > 0", {"boxes": 0}, "boxes="),
        ("z > 0", {"resamples": 1.5}, "resamples="),
        ("z > 0", {"failed": "ignore"}, "'refuse', 'drop', True or False"),
        ("z > 0", {"names": []}, "one column or more"),
        ("z > 0", {"names": ["fatigue", "fatigue"]}, "names= has 'fatigue' twice"),
    ],
)
def test_what_cannot_be_searched_is_refused(where: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        discover(recorded(DESIGN, **FEW), where, **options)


def test_unknown_methods_columns_and_names_are_refused_with_the_nearest() -> None:
    runs = recorded(DESIGN, **FEW)
    for options, words in (({"method": "primm"}, "prim"), ({"names": ["defense"]}, "defence")):
        with pytest.raises(UnknownNameError, match=words):
            discover(runs, "z > 0", **options)  # type: ignore[arg-type]
    with pytest.raises(ParseError, match="gives numbers"):
        discover(runs, "z")


def test_a_column_with_one_value_is_refused_by_name() -> None:
    runs = recorded(Design.from_table({"defence": [0, 1, 2], "fatigue": [1, 1, 1]}), z=[0, 0, 1])
    with pytest.raises(InvalidInputError, match="'fatigue' has one value"):
        discover(runs, "z > 0")


def test_failed_members_are_refused_unless_it_is_said_what_they_count_as() -> None:
    with pytest.raises(InvalidInputError, match="1 of the 6 members failed"):
        discover(recorded(DESIGN, [True] * 5 + [False], **FEW), "z > 0")


def test_what_is_no_study_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="what a study recorded"):
        discover(ByHand, "z > 0")  # type: ignore[arg-type]
