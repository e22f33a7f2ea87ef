"""Sensitivity analysis against closed forms, scipy and SALib."""

import json
from dataclasses import replace
from importlib.metadata import version
from itertools import pairwise
from math import pi, prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from richardson.errors import InvalidInputError, UnknownNameError
from richardson.models import linear
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.indices import indices_of
from richardson.study.recording import Maximum
from richardson.study.run import run_ensemble
from richardson.study.sensitivity import sensitivity
from tests.study.recorded import dynamics_by_hand

ANGLES = {name: (-pi, pi) for name in ("a", "b", "c")}
UNIT = {name: (0.0, 1.0) for name in ("a", "b", "c", "d")}
G = np.array([0.0, 1.0, 4.5, 9.0])  # of Sobol's function: the larger the less the input matters
SIZES = {"sobol": 256, "morris": 20, "pawn": 200, "delta": 150}


def ishigami(members: Any) -> Any:
    a, b, c = members.T
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def sobol_g(members: Any) -> Any:
    return np.prod((np.abs(4 * members - 2) + G) / (1 + G), axis=1)


def blocks_of(design: Design, values: Any) -> Any:
    assert design.blocks is not None
    return np.asarray(values).reshape(-1, design.blocks.length)


def exact_ishigami() -> tuple[list[float], list[float], float]:
    """First-order and total indices, and that of the pair of the first and the last input, from the integrals of the parts."""
    one, two, pair = 0.5 * (1 + 0.1 * pi**4 / 5) ** 2, 7**2 / 8, 0.1**2 * pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + pair
    return [one / whole, two / whole, 0.0], [(one + pair) / whole, two / whole, pair / whole], pair / whole


def test_the_exact_indices_of_ishigami_are_the_published_ones() -> None:
    first, total, _ = exact_ishigami()
    assert first == pytest.approx([0.3139052, 0.4424111, 0.0], abs=5e-8)
    assert total == pytest.approx([0.5575889, 0.4424111, 0.2436837], abs=5e-8)


def test_sobol_finds_the_indices_of_ishigami() -> None:
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, size=2**12, rng=1, second_order=True), rng=1, resamples=200)
    first, total, pair = exact_ishigami()
    assert found["first"][0] == pytest.approx(first, abs=4e-3)
    assert found["total"][0] == pytest.approx(total, abs=4e-3)
    assert found["second"][0][np.triu_indices(3, 1)] == pytest.approx([0.0, pair, 0.0], abs=4e-3)
    for index, exact in (("first", first), ("total", total)):
        low, high = found.interval(index)
        assert ((low[0] <= exact) & (exact <= high[0])).all()


def test_sobol_finds_the_indices_of_his_own_function() -> None:
    found = sensitivity(sobol_g, Design.for_sensitivity(UNIT, size=2**13, rng=2, second_order=True), rng=1, resamples=20)
    parts = 1 / (3 * (1 + G) ** 2)
    whole = prod(1 + parts) - 1
    assert found["first"][0] == pytest.approx(parts / whole, abs=5e-3)
    assert found["total"][0] == pytest.approx(parts / (1 + parts) * (whole + 1) / whole, abs=5e-3)
    upper = np.triu_indices(4, 1)
    assert found["second"][0][upper] == pytest.approx((np.outer(parts, parts) / whole)[upper], abs=1e-2)


def test_the_estimates_are_those_of_scipy() -> None:
    design = Design.for_sensitivity(ANGLES, size=128, rng=3)
    rows = blocks_of(design, ishigami(design.samples))
    theirs = stats.sobol_indices(func={"f_A": rows[:, 0][None], "f_B": rows[:, 1][None], "f_AB": rows[:, 2:].T[:, None]}, n=128)
    ours = sensitivity(ishigami, design, rng=1)
    assert ours["first"][0] == pytest.approx(theirs.first_order, abs=1e-12)
    assert ours["total"][0] == pytest.approx(theirs.total_order, abs=1e-12)


@settings(max_examples=15)
@given(
    weights=st.lists(st.floats(-3, 3).filter(lambda weight: abs(weight) > 0.1), min_size=2, max_size=4),
    width=st.floats(0.5, 4),
    shift=st.floats(-100, 100),
)
def test_of_a_sum_every_input_explains_its_share_of_the_variance(weights: list[float], width: float, shift: float) -> None:
    names = [f"x{place}" for place in range(len(weights))]
    ranges = {name: (shift, shift + width * (1 + place)) for place, name in enumerate(names)}
    variances = np.array([weight * width * (1 + place) for place, weight in enumerate(weights)]) ** 2
    design = Design.for_sensitivity(ranges, size=2**9, rng=1)
    found = sensitivity(lambda members: members @ np.array(weights), design, rng=1, resamples=20)
    assert found["first"][0] == pytest.approx(variances / variances.sum(), abs=0.02)  # the sequence's error at this size
    assert found["total"][0] == pytest.approx(variances / variances.sum(), abs=0.02)


@settings(max_examples=40)
@given(weights=st.lists(st.floats(-3, 3), min_size=1, max_size=5).filter(any), seed=st.integers(0, 99))
def test_of_a_sum_every_step_of_morris_has_the_same_effect(weights: list[float], seed: int) -> None:
    ranges = {f"x{place}": (-1.0, 1.0 + place) for place in range(len(weights))}
    design = Design.for_sensitivity(ranges, method="morris", size=4, rng=seed)
    found = sensitivity(lambda members: members @ np.array(weights), design, rng=1, resamples=20)
    effects = np.array(weights) * (2 + np.arange(len(weights)))
    assert found["mean_effect"][0] == pytest.approx(effects, abs=1e-12)
    assert found["mean_absolute_effect"][0] == pytest.approx(np.abs(effects), abs=1e-12)
    assert found["spread_of_effects"][0] == pytest.approx(0.0, abs=1e-6)  # a root of what rounding leaves


@pytest.mark.extra
def test_the_effects_of_morris_are_those_of_salib() -> None:
    morris = pytest.importorskip("SALib.analyze.morris")
    design = Design.for_sensitivity(ANGLES, method="morris", size=30, rng=4)
    problem = {"num_vars": 3, "names": list(ANGLES), "bounds": [list(span) for span in ANGLES.values()]}
    theirs = morris.analyze(problem, np.array(design.samples), ishigami(design.samples), num_resamples=2, num_levels=4)
    ours = sensitivity(ishigami, design, rng=1)
    for index, name in (("mean_effect", "mu"), ("mean_absolute_effect", "mu_star"), ("spread_of_effects", "sigma")):
        assert ours[index][0] == pytest.approx(np.array(theirs[name], dtype=float), abs=1e-9)


@pytest.mark.extra
def test_the_distances_of_pawn_are_those_of_salib() -> None:
    pawn = pytest.importorskip("SALib.analyze.pawn")
    design = Design.for_sensitivity(ANGLES, method="pawn", size=2000, rng=5)
    problem = {"num_vars": 3, "names": list(ANGLES), "bounds": [list(span) for span in ANGLES.values()]}
    theirs = pawn.analyze(problem, np.array(design.samples), ishigami(design.samples), S=10)
    ours = sensitivity(ishigami, design, rng=1, resamples=20)
    for index in ours.indices:  # SALib leaves the largest value of an input out of its last tenth: one of 200 members
        assert ours[index][0] == pytest.approx(theirs[index], abs=1 / 200)


def test_pawn_finds_the_distances_of_a_sum_of_two_inputs() -> None:
    """Y = A + B of uniform A and B; F(y) and F(y | A in a tenth) in closed form, their distance looked for on a grid."""
    y = np.linspace(0, 2, 4001)
    whole = np.where(y < 1, y**2 / 2, 1 - (2 - y) ** 2 / 2)
    edges = np.linspace(0, 1, 11)

    def integral(z: Any) -> Any:  # of the distribution function of B
        return np.where(z < 0, 0.0, np.where(z < 1, z**2 / 2, z - 0.5))

    parts = [(integral(y - low) - integral(y - high)) / (high - low) for low, high in pairwise(edges)]
    distances = np.array([np.abs(part - whole).max() for part in parts])
    design = Design.for_sensitivity({"a": (0, 1), "b": (0, 1)}, method="pawn", size=5000, rng=1)
    found = sensitivity(lambda members: members.sum(axis=1), design, rng=1, resamples=20)
    assert found["median"][0] == pytest.approx(np.median(distances), abs=0.03)  # √(1/500), the error of a distribution of 500
    assert found["maximum"][0] == pytest.approx(distances.max(), abs=0.05)  # the largest of ten is rather too large
    assert found.idle is not None
    assert found.idle[0, 0] < 0.06


@pytest.mark.extra
@pytest.mark.slow
def test_delta_of_a_sum_of_two_normal_inputs_is_nearly_the_integral_over_its_densities() -> None:
    """Half the mean of ∫ |f(y) − f(y | a)| dy by quadrature, 0.306; the estimator's classes and kernels make it somewhat less."""
    pytest.importorskip("SALib")
    y, levels = np.linspace(-9, 9, 4001), stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    whole = stats.norm.pdf(y, 0, np.sqrt(2))
    exact = np.mean([0.5 * np.trapezoid(np.abs(whole - stats.norm.pdf(y, level, 1)), y) for level in levels])
    design = Design.for_sensitivity({"a": (0, 1), "b": (0, 1)}, method="delta", size=3000, rng=1)
    found = sensitivity(lambda members: stats.norm.ppf(members).sum(axis=1), design, rng=1, resamples=20)
    assert ((exact - 0.03 < found["delta"][0]) & (found["delta"][0] < exact)).all()
    assert found["first"][0] == pytest.approx(1 / 2, abs=0.03)
    assert found.idle is not None
    assert abs(found.idle[0, 0]) < 0.05


@pytest.mark.extra
def test_delta_is_the_estimate_of_salib_less_its_bias() -> None:
    delta = pytest.importorskip("SALib.analyze.delta")
    design = Design.for_sensitivity(ANGLES, method="delta", size=2000, rng=6)
    values = ishigami(design.samples)
    edges = np.linspace(0, 2000, int(np.ceil(2000 ** (2 / (7 + np.tanh(-500 / 500))))) + 1)
    assert edges.size - 1 == 12  # of fewer than ten classes we take ten
    grid = np.linspace(values.min(), values.max(), 100)
    theirs = [delta.calc_delta(values, grid, column, edges) for column in design.samples.T]
    before = np.random.get_state()[1]
    assert design.blocks is not None
    shares = (design.samples / (2 * pi) + 0.5)[:, np.newaxis]
    estimate, drawn = indices_of(design.blocks, shares, values[:, np.newaxis, np.newaxis], 20, np.random.default_rng(1))
    assert ((estimate + drawn.mean(axis=0)) / 2)[0, 0, :3] == pytest.approx(theirs, abs=1e-12)
    assert np.array_equal(before, np.random.get_state()[1])


@pytest.mark.extra
@pytest.mark.parametrize("size", [100, 200])
@pytest.mark.parametrize("method", ["pawn", "delta"])
def test_an_input_along_which_the_outcome_has_four_humps_is_not_taken_for_one_that_does_nothing(method: str, size: int) -> None:
    """Four classes, as SALib takes of so few members, would each hold one hump, and look alike."""
    pytest.importorskip("SALib")
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, method=method, size=size, rng=1), rng=1, resamples=20)
    assert found.idle is not None
    assert found[found.headline][0].argmax() == 1
    assert found.interval(found.headline)[0, 0, 1] > found.idle[0, 0]


def test_intervals_hold_the_estimate_and_narrow_with_the_size() -> None:
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, size=2**11, rng=1), rng=1)
    assert found.sizes.tolist() == [16 * 2**power for power in range(8)]
    assert ((found.bounds[:, 0] <= found.estimates) & (found.estimates <= found.bounds[:, 1])).all()
    widths = (found.bounds[:, 1] - found.bounds[:, 0]).mean(axis=(1, 2, 3))
    rate = np.polyfit(np.log(found.sizes[2:]), np.log(widths[2:]), 1)[0]
    assert rate == pytest.approx(-0.5, abs=0.1)  # as of averages


def test_a_part_of_the_design_gives_what_a_smaller_design_gives() -> None:
    large = sensitivity(ishigami, Design.for_sensitivity(ANGLES, size=256, rng=7), rng=1)
    small = sensitivity(ishigami, Design.for_sensitivity(ANGLES, size=64, rng=7), rng=1)
    place = large.sizes.tolist().index(64)
    assert large.estimates[place] == pytest.approx(small.estimates[-1], abs=1e-12)


@pytest.mark.slow
def test_intervals_of_morris_hold_the_truth_as_often_as_they_say() -> None:
    """μ and μ* over all 4096 · 6 trajectories of the grid are known; 95 % intervals from 40 hold them in most of 200 designs."""
    whole = sensitivity(ishigami, Design.for_sensitivity(ANGLES, method="morris", size=200_000, rng=0), rng=0, resamples=20)
    held = np.zeros((3, 3))
    for seed in range(200):
        found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, method="morris", size=40, rng=seed + 1), rng=seed, resamples=400)
        low, high = found.bounds[-1, :, :, 0]
        held += (low - 1e-9 <= whole.estimates[-1, :, 0]) & (whole.estimates[-1, :, 0] <= high + 1e-9)
    assert (held[:2] / 200 > 0.88).all()


def test_several_outcomes_are_explained_at_once_as_each_alone() -> None:
    design = Design.for_sensitivity(ANGLES, size=64, rng=1)
    both = sensitivity(lambda members: np.column_stack([ishigami(members), members[:, 1]]), design, outcome=["i", "b"], rng=1)
    alone = sensitivity(ishigami, design, rng=1)
    assert both.outcomes == ("i", "b")
    assert both["total"][0] == pytest.approx(alone["total"][0], abs=1e-12)
    assert both["total"][1] == pytest.approx([0, 1, 0], abs=0.1)


def test_an_outcome_that_does_not_vary_is_nan_beside_others_and_refused_alone() -> None:
    design = Design.for_sensitivity(ANGLES, size=64, rng=1)
    rounding = 0.1 + 1e-16 * np.arange(len(design))
    assert np.ptp(rounding) > 0
    found = sensitivity(lambda members: np.column_stack([np.minimum(rounding, 0.1 + 1e-15), members[:, 0]]), design, rng=1)
    assert np.isnan(found["total"][0]).all()
    assert np.isfinite(found["total"][1]).all()
    with pytest.raises(InvalidInputError, match="No outcome varies over this design: 'outcome' is 3 in all members"):
        sensitivity(lambda members: np.full(len(members), 3.0), design)


@pytest.mark.parametrize("method", ["sobol", "morris", "pawn", pytest.param("delta", marks=pytest.mark.extra)])
def test_members_that_failed_are_refused_or_dropped_with_their_blocks_or_given_a_number(method: str) -> None:
    if method == "delta":
        pytest.importorskip("SALib")
    design = Design.for_sensitivity(ANGLES, method=method, size=SIZES[method], rng=1)
    assert design.blocks is not None

    def failing(members: Any) -> Any:
        return np.where(np.arange(len(members)) % 97 == 50, np.nan, ishigami(members))

    lost = np.arange(len(design)) % 97 == 50
    with pytest.raises(InvalidInputError, match=rf"{lost.sum()} of the {len(design)} members have no outcome.*failed=\"drop\""):
        sensitivity(failing, design)
    dropped = sensitivity(failing, design, failed="drop", rng=1, resamples=20)
    gone = lost.reshape(-1, design.blocks.length).any(axis=1)
    assert (dropped.failed, dropped.dropped, dropped.sizes[-1]) == (lost.sum(), gone.sum(), (~gone).sum())
    assert dropped.failures == {"no finite outcome": int(lost.sum())}
    given_a_number = sensitivity(failing, design, failed=2.5, rng=1, resamples=20)
    same = sensitivity(lambda members: np.nan_to_num(failing(members), nan=2.5), design, rng=1, resamples=20)
    assert np.array_equal(given_a_number.estimates, same.estimates)
    assert (given_a_number.failed, given_a_number.dropped) == (lost.sum(), 0)


def test_too_few_blocks_that_did_not_fail_are_refused() -> None:
    design = Design.for_sensitivity(ANGLES, size=16, rng=1)
    with pytest.raises(InvalidInputError, match="Only 15 of the 16 blocks .*needs 16"):
        sensitivity(lambda members: np.where(np.arange(len(members)) == 3, np.inf, 1.0 + members[:, 0]), design, failed="drop")


@pytest.mark.extra
def test_a_result_by_delta_says_whose_estimator_it_is_and_of_which_version() -> None:
    pytest.importorskip("SALib")
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, method="delta", size=100, rng=1), rng=1, resamples=20)
    assert dict(found.provenance.settings)["SALib"] == version("SALib")
    other = sensitivity(ishigami, Design.for_sensitivity(ANGLES, method="pawn", size=100, rng=1), rng=1, resamples=20)
    assert "SALib" not in dict(other.provenance.settings)


def test_an_outcome_of_few_values_has_no_density() -> None:
    design = Design.for_sensitivity(ANGLES, method="delta", size=100, rng=1)
    with pytest.raises(InvalidInputError, match="98% of the values of 'outcome' repeat another.*'pawn' or 'sobol'"):
        sensitivity(lambda members: np.sign(members[:, 0]), design)


def test_pawn_and_sobol_take_an_outcome_of_two_values() -> None:
    for method, size in (("pawn", 500), ("sobol", 256)):
        design = Design.for_sensitivity(ANGLES, method=method, size=size, rng=1)
        found = sensitivity(lambda members: np.sign(members[:, 0]), design, rng=1, resamples=20)
        assert found[found.headline][0].argmax() == 0


DESIGN = Design.for_sensitivity({"defence": (0.2, 0.5), "fatigue": (1, 2)}, size=16, rng=1)


@pytest.mark.parametrize(
    ("subject", "asked", "kind", "says"),
    [
        (3.0, {}, InvalidInputError, "is of a model, a function .* got 3.0"),
        (ishigami, {"design": None}, InvalidInputError, "needs a design; got None"),
        (ishigami, {"design": Design.sobol(ANGLES, size=16, rng=1)}, InvalidInputError, "was not made for a method of sensitivity"),
        (lambda members: members[:3, 0], {}, InvalidInputError, r"returned shape \(3,\); it must return \(64,\)"),
        (lambda members: "text", {}, InvalidInputError, "must be numbers"),
        (lambda members: members[:, 0] + 1j, {}, InvalidInputError, "must be numbers"),
        (lambda members: members[:, 0], {"outcome": 5}, InvalidInputError, "outcome=5 must name the 1 column"),
        (lambda members: members, {"outcome": "one"}, InvalidInputError, "must name the 2 columns"),
        (lambda members: members[:, 0], {"times": 3.0}, InvalidInputError, "are for runs of a model"),
        (lambda members: members[:, 0], {"failed": "ignore"}, InvalidInputError, "failed= says"),
        (lambda members: members[:, 0], {"failed": float("nan")}, InvalidInputError, "failed= says"),
        (lambda members: members[:, 0], {"confidence": 95}, InvalidInputError, "between 0 and 1; got 95"),
        (lambda members: members[:, 0], {"resamples": 3}, InvalidInputError, "at least 20; got 3"),
        (linear(), {}, InvalidInputError, "outcome= is missing"),
        (linear(), {"outcome": "spiral_numbr", "times": 10, "start": [0, 0]}, Exception, "spiral_numbr"),
        (
            linear(),
            {"outcome": "settling_time"},
            InvalidInputError,
            r"found by run_dynamics.*run_dynamics\(model, design, measure='settling_time'\)",
        ),
        (linear(), {"outcome": ["x", "distance"]}, InvalidInputError, "'distance' is found by run_dynamics"),
        (linear(), {"outcome": "stopped_at"}, InvalidInputError, 'hangs on its tolerances.*measure="settling_time"'),
        (linear(), {"outcome": 3}, InvalidInputError, "text of an expression.*got 3"),
        (linear(), {"outcome": ""}, Exception, "empty"),
        (linear(), {"outcome": "equilibrium z"}, UnknownNameError, "no outcome 'equilibrium z'.*mean 'equilibrium y'"),
        (linear(), {"outcome": "spiral_number", "times": 10}, InvalidInputError, "start=, times= and engine= say nothing"),
        (
            linear(),
            {"outcome": "spiral_number", "design": Design.for_sensitivity({"x": (0, 1), "defence": (0.2, 0.5)}, size=16, rng=1)},
            InvalidInputError,
            "gives start values of x, but 'spiral_number' belongs to the equilibrium",
        ),
        (
            linear(),
            {"outcome": "x", "design": Design.for_sensitivity({"defense": (0, 1)}, size=16, rng=1), "start": [0, 0]},
            UnknownNameError,
            "names 'defense'",
        ),
    ],
    ids=lambda part: getattr(part, "__name__", str(part)[:40]),  # no address: workers compare names
)
def test_what_cannot_be_analysed_is_refused(subject: Any, asked: dict[str, Any], kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        sensitivity(subject, **({"design": DESIGN} | asked))


@pytest.mark.parametrize("method", ["sobol", "morris", "pawn", pytest.param("delta", marks=pytest.mark.extra)])
@pytest.mark.parametrize("scale", [1e-250, 1e6, 1e250])
def test_the_unit_of_an_outcome_makes_no_difference(method: str, scale: float) -> None:
    if method == "delta":
        pytest.importorskip("SALib")
    design = Design.for_sensitivity({"a": (0, 1), "b": (0, 2)}, method=method, size=128, rng=1)
    found, other = (sensitivity(lambda rows, unit=unit: unit * rows.sum(axis=1) ** 2, design, resamples=20, rng=1) for unit in (1.0, scale))  # type: ignore[misc]
    unit = scale if method == "morris" else 1.0
    assert other.estimates / unit == pytest.approx(found.estimates, rel=1e-6, abs=1e-12)
    assert other.bounds / unit == pytest.approx(found.bounds, rel=1e-6, abs=1e-12)


def test_morris_takes_narrow_ranges_far_from_zero() -> None:
    design = Design.for_sensitivity({"year": (2000.0, 2000.00001), "b": (0, 1)}, method="morris", size=16, rng=1)
    found = sensitivity(lambda rows: 1e5 * (rows[:, 0] - 2000.0) + 3.0 * rows[:, 1], design, rng=1)
    assert found["mean_effect"][0] == pytest.approx([1.0, 3.0], rel=1e-6)


def test_more_members_than_memory_holds_are_refused() -> None:
    for method in ("sobol", "pawn"):
        with pytest.raises(InvalidInputError, match="more than memory holds"):
            Design.for_sensitivity(ANGLES, method=method, size=2**60, rng=1)
    with pytest.raises(InvalidInputError, match="wider than numbers go"):
        Design.for_sensitivity({"a": (-1e308, 1e308)}, size=16, rng=1)


@pytest.mark.slow
def test_intervals_of_sobol_hold_the_truth_as_often_as_they_say() -> None:
    held = []
    for seed in range(60):
        design = Design.for_sensitivity({"a": (0, 1), "b": (0, 1)}, size=64, rng=seed)
        found = sensitivity(lambda rows: (rows[:, 0] + 1) * (2 * rows[:, 1] + 1), design, resamples=200, rng=seed)
        low, high = found.interval("total")[:, 0]
        squares = np.array([1 / 12 / 1.5**2, 4 / 12 / 2**2])  # of coefficients of variation; the variance is their product less one
        truth = squares * (1 + squares[::-1]) / ((1 + squares).prod() - 1)
        held.append((low <= truth) & (truth <= high))
    assert np.mean(held) > 0.9  # too wide rather than too narrow, from some 32 blocks on


def test_a_result_names_what_it_has() -> None:
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, size=64, rng=1, second_order=True), rng=1)
    assert repr(found).startswith("<sensitivity of outcome by sobol, 64 blocks: total a 0.")
    assert found.indices == ("first", "total", "second")
    table = found.to_table()
    assert table["input"] == ["a", "b", "c"] * 2 + ["a × b", "a × c", "b × c"]
    assert table["value"][3:6] == found["total"][0].tolist()
    assert table["value"][6:] == found["second"][0][np.triu_indices(3, 1)].tolist()
    assert table["upper"][6:] == found.interval("second")[1, 0][np.triu_indices(3, 1)].tolist()
    with pytest.raises(UnknownNameError, match="has no index 'totl'.*mean 'total'"):
        _ = found["totl"]


def test_pairs_that_the_design_does_not_hold_are_named() -> None:
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, size=16, rng=1), rng=1, resamples=20)
    with pytest.raises(UnknownNameError, match="has no index 'second'; second_order=True adds pairs to a design"):
        found.interval("second")
    other = sensitivity(ishigami, Design.for_sensitivity(ANGLES, method="morris", size=16, rng=1), rng=1, resamples=20)
    with pytest.raises(UnknownNameError, match=r"The method 'morris' has no index 'second'\. "):
        _ = other["second"]


@pytest.mark.parametrize("method", ["pawn", pytest.param("delta", marks=pytest.mark.extra)])
def test_what_an_input_gets_that_does_nothing_stands_in_the_table_with_its_interval(method: str) -> None:
    if method == "delta":
        pytest.importorskip("SALib")
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, method=method, size=150, rng=1), rng=1, resamples=20)
    assert found.idle is not None
    assert found.idle_interval is not None
    assert (found.idle_interval[0] <= found.idle).all()
    assert (found.idle <= found.idle_interval[1]).all()
    table = found.to_table()
    rows = [place for place, name in enumerate(table["input"]) if name == "an input that does nothing"]
    assert [table["index"][place] for place in rows] == list(found.indices)
    for column, numbers in (("value", found.idle), ("lower", found.idle_interval[0]), ("upper", found.idle_interval[1])):
        assert [table[column][place] for place in rows] == numbers[:, 0].tolist()


@pytest.mark.extra
def test_a_result_lies_over_sizes_outcomes_and_inputs() -> None:
    pytest.importorskip("xarray")
    found = sensitivity(ishigami, Design.for_sensitivity(ANGLES, size=64, rng=1, second_order=True), rng=1)
    data = found.to_xarray()
    assert dict(data.sizes) == {"size": 3, "outcome": 1, "input": 3, "other": 3, "member": 512}
    assert float(data["total"].sel(size=64, outcome="outcome", input="b")) == found["total"][0, 1]
    pair = {"size": 64, "outcome": "outcome", "input": "a", "other": "c"}
    assert float(data["second_upper"].sel(pair)) == found.interval("second")[1, 0, 0, 2]
    assert all("long_name" in data[name].attrs for name in data.data_vars)


@pytest.mark.extra
def test_a_dataset_of_a_result_says_what_was_sampled_what_was_lost_and_where_it_comes_from(tmp_path: Path, netcdf: None) -> None:
    xarray = pytest.importorskip("xarray")
    design = Design.for_sensitivity({"defence": (0.2, 0.5), "fatigue": (1, 2)}, method="pawn", size=120, rng=5)
    lost = np.arange(120) % 40 == 3
    codes = np.where(lost, list(Outcome).index(Outcome.ESCAPED), list(Outcome).index(Outcome.SETTLED)).astype(np.int8)
    numbers = {"relaxation_time": np.where(lost, np.nan, 1 / (design["fatigue"] - design["defence"]))}
    study = replace(dynamics_by_hand(), design=design, columns=numbers, codes=codes)
    found = sensitivity(study, outcome="relaxation_time", failed="drop", rng=1, resamples=20)
    found.to_xarray().to_netcdf(tmp_path / "found.nc", engine="h5netcdf")
    with xarray.open_dataset(tmp_path / "found.nc", engine="h5netcdf") as data:
        assert np.array_equal(data["design"], design.samples)
        assert data["low"].values.tolist() == [0.2, 1.0]
        assert data["high"].values.tolist() == [0.5, 2.0]
        assert float(data["median_idle_lower"][-1, 0]) == found.idle_interval[0, 0, 0]  # type: ignore[index]
        told = data.attrs
        assert (told["method"], told["members"], told["members_of_a_block"]) == ("pawn", 120, 1)
        assert (told["failed"], json.loads(told["failures"]), told["dropped_blocks"]) == (3, {"ESCAPED": 3}, 3)
        assert (json.loads(told["design_entropy"]), json.loads(told["entropy"])) == (5, 1)
        assert json.loads(told["design_settings"])["verb"] == "Design.for_sensitivity"
        assert (told["design_sha256"], told["fingerprint"]) == (design.blocks.sha256, linear().fingerprint)  # type: ignore[union-attr]
        assert json.loads(told["settings"])["failed"] == "drop"
        assert "scipy" in json.loads(told["versions"])


@pytest.mark.slow
def test_runs_of_a_model_are_explained_as_their_closed_form_is() -> None:
    """Of the linear race R = k/a and x* = g/(a − k), where both nations are alike."""
    design = Design.for_sensitivity({"defence": (0.2, 0.5), "fatigue": (1, 2)}, size=128, rng=1)
    k, a = design.samples.T
    closed = np.column_stack([k / a, 1 / (a - k), k - a])
    exact = sensitivity(lambda _: closed, design, rng=1)
    rest = sensitivity(linear(), design, outcome=["spiral_number", "equilibrium x", "max_real_eigenvalue"], rng=1)
    assert rest.estimates == pytest.approx(exact.estimates, abs=1e-9)
    run = sensitivity(linear(), design, outcome=["x", Maximum("y")], start=[0, 0], times=200, rng=1)
    assert run.outcomes == ("x", "maximum of y")
    assert run["total"] == pytest.approx(exact["total"][[1, 1]], abs=1e-5)
    settled = sensitivity(linear(), design, outcome=["equilibrium x", "x"], start=[0, 0], rng=1)
    assert settled["total"] == pytest.approx(exact["total"][[1, 1]], abs=1e-8)


@pytest.mark.slow
def test_runs_that_were_made_already_are_explained_and_held_against_the_design() -> None:
    from richardson.study.run import run_ensemble

    design = Design.for_sensitivity({"defence": (0.2, 0.5), "x": (1, 2)}, size=16, rng=1)
    runs = run_ensemble(linear(), design, {"y": 1}, [0, 1, 5], record="x + y")
    found = sensitivity(runs, outcome=["x", "x + y"], rng=1)
    assert found.outcomes == ("x at t = 0", "x at t = 1", "x at t = 5", "x + y")
    assert found["first"][0] == pytest.approx([0, 1], abs=0.2)
    assert found["total"][1:3, 1][1] < found["total"][1:3, 1][0]  # the start is forgotten
    ends = sensitivity(runs, design, outcome="x at the end", rng=1)
    assert ends["total"][0] == pytest.approx(found["total"][2], abs=1e-12)
    with pytest.raises(InvalidInputError, match="not of the design that was given"):
        sensitivity(runs, Design.for_sensitivity({"defence": (0.2, 0.5), "x": (1, 2)}, size=16, rng=2), outcome="x")
    with pytest.raises(UnknownNameError, match="hold no outcome 'z'"):
        sensitivity(runs, outcome="z")
    with pytest.raises(InvalidInputError, match="named twice"):
        sensitivity(runs, outcome=["x at the end", "x at the end"])
    other = replace(runs, design=Design.from_table(design.to_table()))
    with pytest.raises(InvalidInputError, match="was not made for a method"):
        sensitivity(other, outcome="x")


@pytest.mark.slow
def test_runs_that_escape_have_no_end_and_are_counted_by_how_they_ended() -> None:
    design = Design.for_sensitivity({"defence": (0.2, 1.5)}, size=64, rng=1)
    with pytest.raises(InvalidInputError, match=r"\d+ of the 192 members have no outcome \(\d+ ESCAPED\)"):
        sensitivity(linear(), design, outcome="x", start=[0, 1], times=100)
    with pytest.raises(InvalidInputError, match=r"\(\d+ escaped\)"):
        sensitivity(linear(), design, outcome="equilibrium x")
    found = sensitivity(linear(), design, outcome="x", start=[0, 1], times=100, failed="drop", rng=1)
    assert found.failures.keys() == {"ESCAPED"}
    linear_equations = sensitivity(linear(), design, outcome="spiral_number", rng=1)  # R needs no equilibrium where rates are linear
    assert linear_equations["total"][0] == pytest.approx([1.0], abs=0.05)


@pytest.mark.slow
def test_times_that_lie_close_are_told_apart() -> None:
    design = Design.for_sensitivity({"defence": (0.2, 0.4), "x": (0.1, 0.5)}, size=16, rng=1)
    runs = run_ensemble(linear(), design, {"y": 0}, [0.0, 1.0, 1.000001])
    assert sensitivity(runs, outcome="x", rng=1).outcomes == ("x at t = 0", "x at t = 1", "x at t = 1.000001")


@pytest.mark.slow
def test_a_state_of_a_model_is_its_end_however_many_times_are_kept() -> None:
    design = Design.for_sensitivity({"defence": (0.2, 0.4), "grievance": (0.1, 0.5)}, size=16, rng=1)
    ends, kept = (sensitivity(linear(), design, outcome="x", start=[0, 0], times=times, rng=1) for times in (2.0, [0.0, 1.0, 2.0]))
    np.testing.assert_allclose(kept.estimates, ends.estimates, rtol=1e-6)
