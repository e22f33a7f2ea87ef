"""Sobol', Morris, PAWN and δ beside scipy and SALib: the same numbers, and why we do not call them, as in the docs on decisions."""

import warnings
from math import pi
from typing import Any

import numpy as np
import pytest
from scipy import stats

from richardson.study.design import Design
from richardson.study.indices import first_of_data
from richardson.study.sensitivity import _interval, sensitivity

ANGLES = {name: (-pi, pi) for name in ("a", "b", "c")}
PROBLEM = {"num_vars": 3, "names": list(ANGLES), "bounds": [list(span) for span in ANGLES.values()]}

pytestmark = pytest.mark.extra


def ishigami(members: Any) -> Any:
    a, b, c = members.T
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def shared_generator() -> tuple[Any, ...]:
    """State of the generator that all of numpy shares."""
    state: Any = np.random.get_state(legacy=False)
    return tuple(state["state"]["key"]), state["state"]["pos"]


def salib(method: str) -> Any:
    return pytest.importorskip(f"SALib.analyze.{method}")


@pytest.mark.parametrize("size", [16, 256])
def test_every_index_of_sobol_is_that_of_salib(size: int) -> None:
    theirs = salib("sobol")
    design = Design.for_sensitivity(ANGLES, size=size, rng=3, second_order=True)
    rows = ishigami(design.samples).reshape(size, 8)
    rows = rows - rows[:, :2].mean()  # estimates depend on where the outcomes are centred; SALib centres at the mean of all of them
    a, b, ab, ba = rows[:, 0], rows[:, 1], rows[:, 2:5], rows[:, 5:]
    ours = sensitivity(ishigami, design, rng=1, resamples=20)
    for place in range(3):
        assert ours["first"][0, place] == pytest.approx(theirs.first_order(a, ab[:, place], b), abs=1e-12)
        assert ours["total"][0, place] == pytest.approx(theirs.total_order(a, ab[:, place], b), abs=1e-12)
        for other in range(place):
            both = [theirs.second_order(a, ab[:, j], ab[:, k], ba[:, j], b) for j, k in ((place, other), (other, place))]
            assert ours["second"][0, place, other] == pytest.approx(np.mean(both), abs=1e-12)


def test_the_analysis_of_salib_differs_by_its_centre_only() -> None:
    theirs = salib("sobol")
    design = Design.for_sensitivity(ANGLES, size=256, rng=3, second_order=True)
    rows = ishigami(design.samples).reshape(256, 8)
    found = theirs.analyze(PROBLEM, rows[:, [0, 2, 3, 4, 5, 6, 7, 1]].ravel(), num_resamples=2, seed=1)
    ours = sensitivity(ishigami, design, rng=1, resamples=20)
    assert ours["total"][0] == pytest.approx(found["ST"], abs=1e-12)
    assert ours["first"][0] == pytest.approx(found["S1"], abs=1e-3)


EXACT = np.array([0.3139052, 0.4424111, 0.0])  # Ishigami and Homma


@pytest.mark.parametrize(("size", "error", "theirs"), [(100, 0.09, 0.02), (1000, 0.02, 0.31)])
def test_the_first_order_index_of_given_data_is_near_the_closed_form_where_that_of_salib_is_low(
    size: int, error: float, theirs: float
) -> None:
    """The means over forty designs; SALib averages within four and six classes, and the four humps along b are smoothed away."""
    module, ours, low = salib("delta"), [], []
    edges = np.linspace(0, size, int(np.ceil(size ** (2 / (7 + np.tanh((1500 - size) / 500))))) + 1)
    for seed in range(40):
        design = Design.for_sensitivity(ANGLES, method="delta", size=size, rng=seed)
        values = ishigami(design.samples)
        ours.append(first_of_data(np.array(design.samples), values[:, np.newaxis])[0])
        low.append(module.sobol_first(values, design.samples[:, 1], edges))
    assert np.mean(ours, axis=0) == pytest.approx(EXACT, abs=error)
    assert np.mean(low) == pytest.approx(theirs, abs=0.02)


@pytest.mark.parametrize("size", [100, 400])
def test_intervals_of_the_first_order_index_of_given_data_hold_the_closed_form(size: int) -> None:
    held = []
    for seed in range(25):
        design = Design.for_sensitivity(ANGLES, method="delta", size=size, rng=seed)
        members, values, chance = np.array(design.samples), ishigami(design.samples)[:, np.newaxis], np.random.default_rng(seed)
        drawn = [first_of_data(members[rows], values[rows]) for rows in chance.integers(size, size=(60, size))]
        low, high = _interval(first_of_data(members, values), np.array(drawn), 0.95)
        held.append((low[0] <= EXACT) & (high[0] >= EXACT))
    assert np.mean(held) > 0.88


def test_scipy_takes_no_other_number_of_blocks_than_a_power_of_two_and_gives_no_pairs() -> None:
    rows = np.random.default_rng(1).normal(size=(5, 15))
    given: Any = {"f_A": rows[:1], "f_B": rows[1:2], "f_AB": rows[2:, np.newaxis]}
    with pytest.raises(ValueError, match="power of 2"):
        stats.sobol_indices(func=given, n=15)
    fewer: Any = {name: values[..., :8] for name, values in given.items()}
    found = stats.sobol_indices(func=fewer, n=8)
    assert {name for name in vars(found) if not name.startswith("_")} == {"first_order", "total_order"}


def test_salib_gives_an_interval_of_mu_star_alone_and_none_of_pawn() -> None:
    design = Design.for_sensitivity(ANGLES, method="morris", size=20, rng=1)
    found = salib("morris").analyze(PROBLEM, np.array(design.samples), ishigami(design.samples), seed=1)
    assert {name for name in found if name.endswith("conf")} == {"mu_star_conf"}
    single = Design.for_sensitivity(ANGLES, method="pawn", size=200, rng=1)
    assert set(salib("pawn").analyze(PROBLEM, np.array(single.samples), ishigami(single.samples))) == {
        *("minimum", "mean", "median", "maximum", "CV", "stdev", "names")
    }


@pytest.mark.parametrize("method", ["pawn", "delta"])
def test_salib_seeds_the_generator_that_all_of_numpy_shares(method: str) -> None:
    design = Design.for_sensitivity(ANGLES, method="pawn", size=200, rng=1)
    options: dict[str, Any] = {"num_resamples": 2} if method == "delta" else {}
    before, seen = np.random.get_state(), shared_generator()
    try:
        with warnings.catch_warnings():
            told = warnings.formatwarning
            salib(method).analyze(PROBLEM, np.array(design.samples), ishigami(design.samples), seed=7, **options)
            changed = warnings.formatwarning is not told
            warnings.formatwarning = told
        assert shared_generator() != seen
        assert changed == (method == "delta")  # and that one changes how all warnings are shown
    finally:
        np.random.set_state(before)


@pytest.mark.parametrize(("method", "size"), [("sobol", 16), ("morris", 8), ("pawn", 100), ("delta", 150)])
def test_we_leave_that_generator_alone(method: str, size: int) -> None:
    if method == "delta":
        salib("delta")
    before = shared_generator()
    design = Design.for_sensitivity(ANGLES, method=method, size=size, rng=1)
    sensitivity(ishigami, design, rng=1, resamples=20)
    assert shared_generator() == before
