"""Shares of basins: areas in closed form, published shares, intervals that hold, refusals."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from richardson.arrays import FloatArray, IntArray
from richardson.errors import InvalidInputError, NotAutonomousError, UnknownNameError
from richardson.landscape import wilson
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.landscape.shares import basin_shares
from richardson.landscape.tally import SCRAMBLINGS, Asked, tally
from richardson.stability.window import Window
from richardson.symbolic.model import Model

CUBIC = Model.from_equations({"x": "x - x**3"})
RACE = Model.from_equations({"x": "2*y - x - 1", "y": "2*x - y - 1"}, lower={"x": 0, "y": 0})  # a saddle, with x + y = 2 through it
RIVALS = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})
HENON = Model.from_equations({"x": "1 - 1.4*x**2 + y", "y": "0.3*x"}, kind="map")
TRIANGLE = Model.from_equations(  # z ↦ z² − (1 + ki) z̄: three lines hold chaotic attractors, whose basins are riddled with each other
    {"x": "x**2 - y**2 - x - k*y", "y": "2*x*y - k*x + y"}, {"k": 1.0287137}, kind="map"
)
ASKED = Asked(0.01, 0.95, 2**20)


def disc(points: FloatArray) -> IntArray:
    """1 inside the quarter disc of area π/4, else 0."""
    return ((points**2).sum(axis=1) < 1).astype(np.int64)


def bounded(points: FloatArray) -> IntArray:
    """0 for starts of the Hénon map in [−2, 2]² that stay bounded, else −2, by plain iteration."""
    x, y = (4 * points - 2).T
    escaped = np.zeros(len(x), dtype=bool)
    for _ in range(1000):
        x, y = np.where(escaped, 0.0, 1 - 1.4 * x**2 + y), np.where(escaped, 0.0, 0.3 * x)
        escaped |= np.abs(x) + np.abs(y) > 1e3
    return np.where(escaped, ESCAPED, 0)


def four_errors(share: float, size: int) -> float:
    """Four binomial standard errors."""
    return 4 * np.sqrt(share * (1 - share) / size)


@pytest.mark.parametrize(("count", "size"), [(0, 50), (3, 50), (25, 50), (50, 50)])
def test_the_interval_holds_the_shares_that_the_normal_test_does_not_reject(count: int, size: int) -> None:
    def rejects(share: float) -> float:
        return (count / size - share) ** 2 - norm.ppf(0.95) ** 2 * share * (1 - share) / size

    low, high = wilson.interval(count, size, 0.9)
    inside = np.clip(count / size, 1e-6, 1 - 1e-6)
    assert low == pytest.approx(0.0 if count == 0 else brentq(rejects, 1e-9, inside), abs=1e-9)
    assert high == pytest.approx(1.0 if count == size else brentq(rejects, inside, 1 - 1e-9), abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("half_width", [0.2, 1e-3])
def test_the_size_asked_gives_the_half_width_asked(share: float, half_width: float) -> None:
    size = wilson.size_for(share, half_width, 0.95)
    weight = norm.ppf(0.975) ** 2 / size
    half = np.sqrt(weight * share * (1 - share) + weight**2 / 4) / (1 + weight)
    assert half == pytest.approx(half_width, rel=1e-6)  # a difference of nearly equal squares, at the smaller half-width


def test_an_area_is_found_far_closer_than_its_interval() -> None:
    found = tally(disc, 2, np.random.default_rng(1), ASKED)
    share = found.count(1) / found.size
    assert abs(share - np.pi / 4) < 5 * found.standard_error(1) < 0.01 < four_errors(np.pi / 4, found.size)


def test_errors_told_by_the_scramblings_are_those_that_are_made() -> None:
    pulls = []
    for seed in range(40):
        found = tally(disc, 2, np.random.default_rng(seed), Asked(0.05, 0.95, 2**20))
        pulls.append((found.count(1) / found.size - np.pi / 4) / found.standard_error(1))
    assert 0.7 < np.sqrt(np.mean(np.square(pulls))) < 1.5  # 1.07 for Student's t of 15 degrees of freedom; 40 of them: ± 0.12


def test_the_sample_doubles_until_the_interval_is_narrow_enough() -> None:
    found = tally(disc, 2, np.random.default_rng(1), ASKED)
    needed = wilson.size_for(np.pi / 4, 0.01, 0.95)
    assert found.size / 2 < needed <= found.size


def test_a_longer_sample_begins_with_the_shorter_one() -> None:
    seen: list[FloatArray] = []

    def watched(points: FloatArray) -> IntArray:
        seen.append(points)
        return disc(points)

    tally(watched, 2, np.random.default_rng(1), ASKED)
    whole = np.concatenate(seen)
    assert len(np.unique(whole, axis=0)) == len(whole) and (np.diff([len(part) for part in seen])[1:] > 0).all()


def test_the_points_are_spread_evenly_from_the_first_round_to_the_last() -> None:
    parts: list[FloatArray] = []

    def watched(points: FloatArray) -> IntArray:
        parts.append(points.reshape(SCRAMBLINGS, -1, 2))
        return disc(points)

    tally(watched, 2, np.random.default_rng(1), ASKED)
    whole = np.concatenate(parts, axis=1)
    cells = (whole[..., 0] * whole.shape[1]).astype(int)
    assert (np.sort(cells, axis=1) == np.arange(whole.shape[1])).all()  # one point in every strip of each scrambling


def test_a_share_that_needs_too_many_starts_is_refused_with_an_estimate() -> None:
    with pytest.raises(
        InvalidInputError, match=r"need about .*e\+09 starts, some .* (hours|seconds) at the .* Ask for half_width=0\.0\d+ or more"
    ):
        tally(disc, 2, np.random.default_rng(1), Asked(1e-5, 0.95, 2**20))


def test_half_widths_that_the_refusal_names_are_granted() -> None:
    with pytest.raises(InvalidInputError, match=r"half_width=0\.0094 or more"):
        tally(disc, 2, np.random.default_rng(1), Asked(0.008, 0.95, 10_000))
    assert tally(disc, 2, np.random.default_rng(1), Asked(0.0094, 0.95, 10_000)).size == 2**13


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_the_share_of_bounded_starts_of_henon_is_the_published_one_by_plain_iteration(seed: int) -> None:
    """ACCEPTANCE C3."""
    found = tally(bounded, 2, np.random.default_rng(seed), ASKED)
    share = found.count(0) / found.size
    assert share == pytest.approx(0.43250, abs=four_errors(0.4325, found.size))


def test_shares_of_a_line_are_lengths() -> None:
    found = basin_shares(RIVALS, Window(x=(0, 4), y=1.0))  # through the saddle at (1, 1)
    assert sorted(share for share in found.shares.values() if share) == pytest.approx([0.25, 0.75], abs=1e-3)  # one start in 1024
    assert list(found.shares)[-3:] == [ESCAPED, LEFT_DOMAIN, UNDECIDED]


def test_the_published_share_of_two_rivals_is_found() -> None:
    """ACCEPTANCE A1: the area below the separatrix."""
    found = basin_shares(RIVALS, Window(x=(0, 4), y=(0, 4)))
    at = next(label for label, one in enumerate(found.attractors) if one.states[0, 0] > 1)
    assert found.shares[at] == pytest.approx(0.393708, abs=min(5 * found.standard_errors[at], four_errors(0.393708, found.sample_size)))
    assert found.intervals[at][0] < 0.393708 < found.intervals[at][1]


def test_every_interval_is_as_narrow_as_asked_and_the_shares_add_up() -> None:
    found = basin_shares(RIVALS, Window(x=(0, 4), y=(0, 4)), half_width=0.03, confidence=0.99)
    assert max(high - low for low, high in found.intervals.values()) <= 0.06
    assert sum(found.counts.values()) == found.sample_size and sum(found.shares.values()) == pytest.approx(1.0)


def test_the_same_rng_gives_the_same_shares_for_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def counts(threads: str) -> tuple[dict[int, int], object]:
        monkeypatch.setenv("RICHARDSON_THREADS", threads)
        found = basin_shares(RIVALS, Window(x=(0, 4), y=(0, 4)), half_width=0.03, rng=5)
        return found.counts, found.provenance.entropy

    assert counts("1") == counts("2") and counts("1")[1] == 5


def test_what_runs_away_and_what_leaves_have_shares_of_their_own() -> None:
    found = basin_shares(RACE, Window(x=(0, 2), y=(0, 2)), half_width=0.02)
    assert found.shares == pytest.approx({ESCAPED: 0.5, LEFT_DOMAIN: 0.5, UNDECIDED: 0.0}, abs=5e-3)
    assert [found.name(label) for label in found.shares] == ["escaped", "left domain", "undecided"]


def test_bounds_of_the_states_cut_the_window() -> None:
    found = basin_shares(RACE, Window(x=(-2, 2), y=1.0), half_width=0.02)
    assert found.shares == pytest.approx({ESCAPED: 0.5, LEFT_DOMAIN: 0.5, UNDECIDED: 0.0}, abs=1e-3)
    with pytest.raises(InvalidInputError, match="holds a single one"):
        basin_shares(RACE, Window(x=0.5, y=(-1, 0)))


def test_unseen_outcomes_have_a_bound() -> None:
    found = basin_shares(RIVALS, Window(x=(2, 3), y=0.5), half_width=0.02)
    assert found.unseen == found.intervals[ESCAPED][1] == pytest.approx(1.96**2 / (found.sample_size + 1.96**2), rel=1e-4)


@pytest.mark.parametrize("half_width", [0.0, -0.1, 0.5, float("nan")])
def test_half_widths_that_no_interval_has_are_refused(half_width: float) -> None:
    with pytest.raises(InvalidInputError, match="half-width of a share's interval lies between 0 and 0.5"):
        basin_shares(CUBIC, Window(x=(-1, 3)), half_width=half_width)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, float("nan")])
def test_confidences_that_nobody_has_are_refused(confidence: float) -> None:
    with pytest.raises(InvalidInputError, match="confidence of an interval lies between 0 and 1"):
        basin_shares(CUBIC, Window(x=(-1, 3)), confidence=confidence)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no state"):
        basin_shares(CUBIC, Window(z=(0, 1)))
    with pytest.raises(NotAutonomousError, match="Shares of basins"):
        basin_shares(Model.from_equations({"x": "t - x"}), Window(x=(0, 1)))
    with pytest.raises(InvalidInputError, match="A sample has 1024 starts at least"):
        basin_shares(CUBIC, Window(x=(0, 1)), largest=0)
    with pytest.raises(InvalidInputError, match="window was expected"):
        basin_shares(CUBIC, {"x": (0, 1)})  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_share_of_bounded_starts_of_henon_is_the_published_one() -> None:
    """ACCEPTANCE C3."""
    found = basin_shares(HENON, Window(x=(-2, 2), y=(-2, 2)))
    assert 1 - found.shares[ESCAPED] == pytest.approx(0.43250, abs=four_errors(0.4325, found.sample_size))


@pytest.mark.slow
def test_two_magnets_that_mirror_each_other_have_the_same_share() -> None:
    """A pendulum above three magnets, of fractal basins; it starts at rest in a window that is its own mirror image."""
    places = ((0.0, 1.0), (-np.sqrt(0.75), -0.5), (np.sqrt(0.75), -0.5))
    away = [f"((x - ({a}))**2 + (y - ({b}))**2 + 0.09)**1.5" for a, b in places]
    pull_x, pull_y = (
        " + ".join(f"({place[axis]} - {name})/{distance}" for place, distance in zip(places, away, strict=True))
        for axis, name in enumerate("xy")
    )
    pendulum = Model.from_equations({"x": "u", "y": "v", "u": f"-x - 0.2*u + {pull_x}", "v": f"-y - 0.2*v + {pull_y}"})
    found = basin_shares(pendulum, Window(x=(-2, 2), y=(-2, 2), u=0.0, v=0.0), half_width=0.015)
    left, right = (label for label, one in enumerate(found.attractors) if abs(one.states[0, 0]) > 0.5)
    assert found.attractors[left].states[0, 0] < 0 < found.attractors[right].states[0, 0]
    assert max(found.intervals[left][0], found.intervals[right][0]) < min(found.intervals[left][1], found.intervals[right][1])
    assert found.shares[left] + found.shares[right] == pytest.approx(2 / 3, abs=0.03)  # three alike, but for the corners of a square


@pytest.mark.slow
def test_a_centre_leaves_all_undecided_and_a_cycle_takes_all() -> None:
    window = Window(x=(-1, 1), y=(-1, 1))
    assert basin_shares(Model.from_equations({"x": "y", "y": "-x"}), window, half_width=0.05).shares[UNDECIDED] == 1.0
    oscillator = basin_shares(Model.from_equations({"x": "y", "y": "(1 - x**2)*y - x"}), window, half_width=0.05)
    assert (oscillator.attractors[0].kind, oscillator.shares[0]) == ("cycle", 1.0)


@pytest.mark.slow
def test_starts_in_riddled_basins_are_undecided_and_given_to_no_attractor() -> None:
    """Alexander, Yorke, You and Kan 1992: any start that stays has starts of each of the three basins beside it."""
    found = basin_shares(TRIANGLE, Window(x=(-1, 1), y=(-1, 1)), half_width=0.03, rng=1)
    x, y = (axis.ravel() for axis in np.meshgrid(*2 * [np.arange(-199, 200, 2) / 200], indexing="ij"))
    for _ in range(1000):
        inside = x * x + y * y < 100
        x, y = np.where(inside, x * x - y * y - x - 1.0287137 * y, x), np.where(inside, 2 * x * y - 1.0287137 * x + y, y)
    low, high = found.intervals[ESCAPED]
    assert (len(found.attractors), found.shares[LEFT_DOMAIN]) == (0, 0)
    assert low < (x * x + y * y >= 100).mean() < high
