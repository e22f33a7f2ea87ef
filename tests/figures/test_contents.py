"""What each figure shows is what it claims: by the numbers beside it, and by what its Axes hold."""

import csv
import importlib.util
import math
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from scipy.linalg import logm

import richardson as rn

Row = dict[str, str]
Rows = Callable[[str], list[Row]]
FOLDS = (-0.150475309989545, 0.109752115988938)  # of the balance, at the defaults: double roots of the rates, by mpmath
CALM, THRESHOLD, COLD_WAR = 0.973883964480013, 3.154663275665848, 19.252707940545456  # arms of each, at the defaults
ALL = rn.Window(x=(0, 60), y=(0, 60))

slow = pytest.mark.slow  # waits for kernels


@pytest.fixture
def table(drawn: Callable[[str], Any]) -> Rows:
    """Lines of the numbers beside a figure."""

    def read(name: str) -> list[Row]:
        file: Path = drawn(name).folder / f"{name}.csv"
        with file.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))

    return read


def of(rows: list[Row], part: str) -> list[Row]:
    """Lines of the parts whose name begins so."""
    return [row for row in rows if row["part"].startswith(part)]


def numbers(rows: list[Row], *names: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Columns as an array of shape (line, column)."""
    return np.array([[float(row[name]) for name in names] for row in rows])


def lines(axes: Axes, label: str) -> list[Any]:
    """Coordinates of the lines that a legend calls so."""
    return [line.get_xydata() for line in axes.get_lines() if line.get_label() == label]


def texts(axes: Axes) -> list[str]:
    """What is written in the Axes."""
    return [text.get_text() for text in axes.texts]


def headings(figure: Any) -> list[str]:
    """Titles of the panels, without their letters."""
    return [title.partition("$  ")[2] for axes in figure.axes if (title := axes.get_title(loc="left"))]


@slow
def test_fear_keeps_the_cold_war_and_ambition_made_the_aggressors_race(table: Rows, drawn: Callable[[str], Any]) -> None:
    found = table("arming_shares")
    arms: dict[tuple[str, str], dict[str, float]] = {}
    for row in found:
        game = arms.setdefault((row["part"].partition(":")[0], row["game"]), {})
        game[row["factor"]] = game.get(row["factor"], 0.0) + float(row["arms"])
    shares = {key: {factor: 100 * part / sum(parts.values()) for factor, part in parts.items() if part} for key, parts in arms.items()}
    assert shares["aggressor", "maintenance"] == pytest.approx({"fear": 86.7, "grievance": 2.3, "ambition": 11.0}, abs=0.05)  # MODELS.md 3
    assert shares["aggressor", "origin"] == pytest.approx({"fear": 32.9, "grievance": 35.0, "ambition": 32.1}, abs=0.05)
    assert arms["spiral", "maintenance"] == pytest.approx({"fear": 2 * 18.62682377, "grievance": 2 * 0.62588417, "ambition": 0}, abs=1e-7)
    assert arms["spiral", "origin"]["history"] == pytest.approx(2 * 18.27882398, abs=1e-7)
    bars = [patch.get_width() for axes in drawn("arming_shares").figure.axes for patch in axes.patches if patch.get_width() > 0]
    assert sorted(bars) == pytest.approx(sorted(float(row["arms"]) for row in found if float(row["arms"]) > 0), rel=1e-6)


@slow
def test_shares_of_basins_hold_what_a_fine_grid_gives(table: Rows) -> None:
    found = {row["outcome"]: row for row in table("basin_shares")}
    calm = next(row for outcome, row in found.items() if outcome.startswith("stable node at x = 0.97"))
    part = rn.basins(rn.models.security_dilemma(), rn.Window(x=(0, 4), y=(0, 4)), resolution=(400, 400))
    assert float(calm["low"]) < part.shares[0] < float(calm["high"])
    assert sum(float(row["share"]) for row in found.values()) == pytest.approx(1.0)


@slow
def test_the_basin_of_calm_is_what_lies_below_the_separatrix(table: Rows) -> None:
    found = table("basins")
    border = numbers(of(found, "manifold 1, stable"), "x", "y")
    border = border[np.argsort(border[:, 0])]
    below = np.trapezoid(border[:, 1], border[:, 0]) / 12**2
    share = {row["label"]: float(row["share"]) for row in of(found, "shares")}
    assert share["0"] == pytest.approx(below, abs=border[:, 0].max() * 0.6 / 12**2)  # a border of cells of 0.6, of which half may be wrong
    assert share["0"] + share["1"] == pytest.approx(1.0)
    assert [row["kind"] for row in of(found, "equilibria")] == ["stable node", "saddle"]  # the cold war lies beyond the window
    arms = numbers(of(found, "equilibria"), "x")[:, 0]
    fear = math.exp(0.05) * arms  # of alike nations; the rate below is the flagship's at its defaults, written out
    np.testing.assert_allclose(0.45 * fear * (1 + 3 * fear**2 / (4**2 + fear**2)) - arms * (1 + 0.04 * arms) + 0.5, 0.0, atol=1e-8)


@slow
def test_the_weak_ally_against_the_hegemon(table: Rows, drawn: Callable[[str], Any]) -> None:
    run = table("coalition")
    sides = [f"alignment_{pair}" for pair in ("x_y", "x_z", "y_z")]
    start, end = numbers(run[:1], *sides)[0], numbers(run[-1:], *sides)[0]
    assert start.tolist() == [0, 0, 0]
    assert np.sign(end).tolist() == [-1, -1, 1]
    assert end == pytest.approx([-0.938807, -0.938807, 0.459408], abs=0.05)  # where it comes to rest, MODELS.md 3
    arms, pacts = drawn("coalition").figure.axes
    for axes, names in ((arms, ["x", "y", "z"]), (pacts, sides)):
        for line, name in zip(axes.get_lines(), names, strict=False):
            np.testing.assert_allclose(line.get_xydata(), numbers(run, "t", name), rtol=1e-9, atol=1e-9)


@slow
def test_the_cusp_table_holds_the_known_folds_of_the_default_alarm(table: Rows) -> None:
    curve = numbers(of(table("cusp"), "fold"), "balance", "alarm")
    assert np.abs(curve - [FOLDS[1], 3.0]).sum(axis=1).min() < 0.1
    assert np.abs(curve - [0.359368017, 0.893973558]).sum(axis=1).min() < 0.02


@slow
def test_the_plane_below_the_cusp_names_how_many_outcomes_there_are(drawn: Callable[[str], Any]) -> None:
    plane = next(axes for axes in drawn("cusp").figure.axes if "one outcome" in texts(axes))
    named = {text.get_text(): text.get_position() for text in plane.texts if text.get_text().endswith(("outcome", "outcomes"))}
    assert set(named) == {"one outcome", "two outcomes"}
    for words, (balance, alarm) in named.items():
        found = rn.equilibria(rn.models.security_dilemma(balance=balance, alarm=alarm), ALL)
        assert sum(each.is_stable for each in found) == {"one outcome": 1, "two outcomes": 2}[words]


@pytest.mark.extra
@pytest.mark.skipif(importlib.util.find_spec("ema_workbench") is None, reason="ema_workbench is not installed")
@slow
def test_the_box_of_cold_wars_asks_for_offence_that_is_hard_to_tell_and_for_alarm(table: Rows) -> None:
    found = table("discovered_box")
    limits = {row["name"]: (float(row["low"]), float(row["high"])) for row in of(found, "limits")}
    is_bounded = {name: (math.isfinite(low), math.isfinite(high)) for name, (low, high) in limits.items()}
    asked = {"balance": (True, False), "distinguishability": (False, True), "alarm": (True, False)}
    assert {name: is_bounded[name] for name in asked} == asked
    assert min(float(row["density"]) for row in of(found, "limits")) >= 0.9  # as the script asks
    density, coverage, mass = numbers(of(found, "path"), "density", "coverage", "mass").T
    np.testing.assert_allclose(density * mass, coverage * density[0], rtol=1e-8)  # Bayes, of a box that begins as the whole


@slow
def test_the_flagship_table_holds_the_three_known_equilibria(table: Rows) -> None:
    found = of(table("flagship_portrait"), "equilibria")
    np.testing.assert_allclose(numbers(found, "x", "y"), [[each] * 2 for each in (CALM, THRESHOLD, COLD_WAR)], rtol=1e-8)
    assert [row["kind"] for row in found] == ["stable node", "saddle", "stable node"]


@slow
def test_the_four_worlds_are_jerviss_and_the_curve_begins_at_the_fold(table: Rows, drawn: Callable[[str], Any]) -> None:
    found = table("four_worlds")
    worlds = {(float(row["balance"]) > 0, float(row["distinguishability"]) > 0.5): row["name"] for row in of(found, "worlds")}
    assert worlds[True, False] == "doubly dangerous"
    assert worlds[False, True] == "doubly stable"
    assert worlds[False, False].startswith("security dilemma")
    assert worlds[True, True].startswith("no security dilemma")
    curve = numbers(of(found, "curve"), "balance", "distinguishability")
    assert curve[0] == pytest.approx([FOLDS[1], 0.0], abs=1e-8)
    written = " ".join(" ".join(texts(axes)) for axes in drawn("four_worlds").figure.axes)
    assert {letter for letter in "bcde" if rf"$\mathbf{{{letter}}}$" in written} == set("bcde")


@slow
def test_starts_part_between_calm_and_cold_war_between_the_folds_only(table: Rows, drawn: Callable[[str], Any]) -> None:
    share = {(float(row["balance"]), row["number"]): float(row["share"]) for row in table("global_diagram")}
    assert share[-0.2, "0"] == share[0.2, "1"] == 1.0
    assert 0.1 < share[0.0, "0"] < 0.3
    assert share[0.0, "0"] + share[0.0, "1"] == pytest.approx(1.0)
    upper, lower = drawn("global_diagram").figure.axes
    assert set(texts(upper)) == {"fold at 0.110", "fold at −0.150"}
    assert {"détente", "cold war"} <= set(lower.get_legend_handles_labels()[1])


@slow
def test_hysteresis_has_its_two_folds_and_one_two_and_one_outcomes(table: Rows, drawn: Callable[[str], Any]) -> None:
    found = table("hysteresis")
    kinds = {letter: [row["kind"] for row in of(found, f"{letter}, equilibria")] for letter in "bcd"}
    assert kinds == {"b": ["stable node"], "c": ["stable node", "saddle", "stable node"], "d": ["stable node"]}
    branch = of(found, "branch")
    low = [float(row["balance"]) for row in branch if row["is_stable"] == "True" and float(row["x"]) < 2]
    high = [float(row["balance"]) for row in branch if row["is_stable"] == "True" and float(row["x"]) > 8]
    assert (min(high), max(low)) == pytest.approx(FOLDS, abs=2e-3)  # by steps of the branch
    figure = drawn("hysteresis").figure
    assert {"fold at −0.150", "fold at 0.110"} <= set(texts(figure.axes[0]))
    assert headings(figure) == ["", r"$\beta = -0.3$", r"$\beta = 0$", r"$\beta = 0.3$"]


def test_the_linear_race_has_its_four_cases(table: Rows) -> None:
    found = [row for row in table("linear_race") if "equilibria" in row["part"]]
    assert [row["kind"] for row in found] == ["stable node", "saddle", "stable node", "saddle"]
    # x* = g/(a − k) with a = 1: grievance over what defence leaves of fatigue
    assert [float(row["x"]) for row in found] == pytest.approx([1 / 0.5, 1 / -0.6, -1 / 0.5, -1 / -0.6], rel=1e-9)


def cycle_of_two(growth: float) -> tuple[float, float]:
    """The two values between which the logistic map z' = r z (1 − z) alternates, 3 < r < 1 + √6."""
    root = math.sqrt((growth - 3) * (growth + 1))
    return (growth + 1 - root) / (2 * growth), (growth + 1 + root) / (2 * growth)


@slow
def test_orbits_of_saperstein_are_those_of_the_logistic_map(table: Rows) -> None:
    orbits = {}
    for row in table("orbit_diagram"):
        orbits.setdefault(float(row["reaction"]), []).append(float(row["x"]))
    steady = {reaction: kept for reaction, kept in orbits.items() if reaction < 0.74}
    double = {reaction: kept for reaction, kept in orbits.items() if 0.76 < reaction < 0.86}
    assert len(steady) > 2
    assert len(double) > 5
    for reaction, kept in steady.items():
        assert kept == pytest.approx([1 - 1 / (4 * reaction)] * len(kept), abs=1e-6)
    for reaction, kept in double.items():
        assert (min(kept), max(kept)) == pytest.approx(cycle_of_two(4 * reaction), abs=1e-6)


@slow
@pytest.mark.parametrize("name", ["resilience", "tipping"])
def test_the_smallest_fatal_shocks_end_at_the_saddle_and_on_the_separatrix(name: str, table: Rows) -> None:
    shock = {row["name"]: float(row["distance"]) for row in of(table(name), "shocks")}
    assert shock["any"] == pytest.approx(math.sqrt(2) * (THRESHOLD - CALM), rel=1e-6)  # nations are alike: the saddle is nearest
    assert shock["x"] == pytest.approx(shock["y"], rel=1e-8)
    border = numbers(of(table("flagship_portrait"), "manifold 1, stable"), "y", "x")
    border = border[np.argsort(border[:, 0])]
    assert shock["x"] + CALM == pytest.approx(np.interp(CALM, *border.T), abs=1e-3)


@slow
def test_richardsons_slope_and_its_continuous_time_value_are_those_of_the_table(table: Rows) -> None:
    found = {row["part"]: float(row["value"]) for row in of(table("richardson_1909"), "estimates") if row["name"] == "growth"}
    # E1 by ordinary least squares, E2 from the exact recursion, both of the same five years
    assert found == pytest.approx({"estimates, midpoint": 0.731015, "estimates, transition": 0.76602}, abs=1e-5)


@slow
@pytest.mark.parametrize(
    ("place", "title", "pair"),
    [
        (0, "India and Pakistan, 1948–2022", ("India", "Pakistan")),
        (1, "United States and Russia (USSR), 1946–1988", ("United States", "USSR")),
    ],
)
def test_rivalries_tell_r_where_it_is_defined_and_how_likely_they_are_stable(
    place: int, title: str, pair: tuple[str, str], table: Rows, drawn: Callable[[str], Any]
) -> None:
    rows = {row["name"]: row["value"] for row in of(table("rivalries"), f"{title}, estimates")}
    names = ("defence_x", "defence_y", "fatigue_x", "fatigue_y")
    defence_x, defence_y, fatigue_x, fatigue_y = (float(rows[name]) for name in names)
    years = tuple(map(int, re.findall(r"\d{4}", title)))
    observed = rn.data.rivalry(*pair).select(years=years)
    before, after = np.column_stack((observed.values[:-1], np.ones(len(observed) - 1))), observed.values[1:]
    race = logm(np.linalg.lstsq(before, after, rcond=None)[0][:2].T)  # whose exponential carries a year into the next, by least squares
    assert [defence_x, defence_y, -fatigue_x, -fatigue_y] == pytest.approx([race[0, 1], race[1, 0], race[0, 0], race[1, 1]], rel=1e-6)
    fastest = max(np.linalg.eigvals(race).real)
    assert float(rows["max_real_eigenvalue"]) == pytest.approx(fastest, rel=1e-8)
    if min(defence_x * defence_y, fatigue_x, fatigue_y) > 0:
        assert float(rows["spiral_number"]) == pytest.approx(math.sqrt(defence_x * defence_y / (fatigue_x * fatigue_y)), rel=1e-8)
    else:
        assert rows["spiral_number"] == ""
    fit = rn.estimate(rn.models.linear(), observed, rng=2)
    draws = np.random.default_rng(3).multivariate_normal([fit[name].value for name in fit.free], fit.covariance, size=20_000)
    k, m, a, b = (draws[:, list(fit.free).index(name)] for name in names)
    stable = float(np.mean((a + b > 0) & (a * b > k * m)))
    told = re.findall(r"P\(stable\) [=<] (\S+)", " ".join(axes.get_xlabel() for axes in drawn("rivalries").figure.axes))[place]
    assert float(told) == pytest.approx(stable, abs=0.01)


@slow
def test_excursions_tip_from_a_height_and_duration_on(table: Rows) -> None:
    cells = {(float(row["height"]), float(row["duration"])): row["answer"] for row in table("safe_overshoot")}
    heights, durations = (sorted({cell[axis] for cell in cells}) for axis in (0, 1))
    tips = np.array([[cells[height, duration] == "tips" for duration in durations] for height in heights])
    assert set(cells.values()) == {"returns", "tips"}
    assert (tips[1:] >= tips[:-1]).all()
    assert (tips[:, 1:] >= tips[:, :-1]).all()
    critical = [
        float(next(row["critical_duration"] for row in table("safe_overshoot") if float(row["height"]) == height)) for height in heights
    ]
    slopes = [
        math.log(after / before) / math.log(high / low)
        for (before, after), (low, high) in zip(pairwise(critical), pairwise(heights), strict=True)
    ]
    assert slopes[:3] == pytest.approx(
        [-0.5] * 3, abs=0.05
    )  # near a fold the time allowed falls with the root of the height (Ritchie et al.)


@slow
def test_exponents_of_saperstein_are_those_of_the_logistic_map(table: Rows) -> None:
    found = of(table("saperstein_chaos"), "exponents")
    steady = [(float(row["reaction"]), float(row["exponent"])) for row in found if float(row["reaction"]) < 0.74]
    assert len(steady) > 1
    for reaction, exponent in steady:
        assert exponent == pytest.approx(math.log(abs(2 - 4 * reaction)), abs=1e-6)
    last = found[-1]
    assert float(last["reaction"]) == 1.0
    assert abs(float(last["exponent"]) - math.log(2)) < max(4 * float(last["standard error"]), 1e-3)
    calm = [float(row["exponent"]) for row in found if float(row["reaction"]) < 0.8925]  # r = 3.57, where doublings end
    assert max(calm) < 1e-3


@slow
def test_the_balance_moves_the_spiral_number_most(table: Rows) -> None:
    found = of(table("sensitivity_of_r"), "indices")
    total = {row["input"]: float(row["value"]) for row in found if row["index"] == "total"}
    assert max(total, key=lambda name: total[name]) == "balance"
    assert min(total, key=lambda name: total[name]) == "alarm"
    assert all(float(row["lower"]) <= float(row["value"]) <= float(row["upper"]) for row in found)


@slow
def test_there_are_two_outcomes_between_the_folds_and_one_outside(table: Rows, drawn: Callable[[str], Any]) -> None:
    found = table("stable_counts")
    starts = sorted(numbers(of(found, f"curve {number}"), "balance", "distinguishability")[0].tolist() for number in (1, 2))
    np.testing.assert_allclose(starts, [[fold, 0.0] for fold in FOLDS], atol=1e-7)
    (mesh,) = (part for part in drawn("stable_counts").figure.axes[0].collections if isinstance(part, QuadMesh))
    counts = np.asarray(mesh.get_array()).reshape(9, 12)[0]  # of distinguishability 0
    balances = np.linspace(-1, 1, 12)
    assert counts.tolist() == [2 if FOLDS[0] < balance < FOLDS[1] else 1 for balance in balances]


@slow
def test_steps_make_the_calm_race_double_where_its_flow_rests(table: Rows, drawn: Callable[[str], Any]) -> None:
    orbits: dict[float, list[float]] = {}
    for row in table("step_not_politics"):
        orbits.setdefault(float(row["step"]), []).append(float(row["x"]))
    for step, kept in orbits.items():  # arms are 7.5 r/(r − 1) times the logistic map's state, r = 1 + 3 step
        growth = 1 + 3 * step
        if step < 0.64:
            assert kept == pytest.approx([7.5] * len(kept), abs=1e-4)
        elif 0.69 < step < 0.8:
            scaled = [7.5 * growth / (growth - 1) * part for part in cycle_of_two(growth)]
            assert (min(kept), max(kept)) == pytest.approx(scaled, abs=1e-4)
    rest = [line for line in drawn("step_not_politics").figure.axes[0].get_lines() if set(np.asarray(line.get_ydata()).tolist()) == {7.5}]
    assert len(rest) == 1


@slow
def test_tangs_verdicts_are_a_dilemma_security_and_an_aggressor(table: Rows, drawn: Callable[[str], Any]) -> None:
    answers = {(row["part"].partition(",")[0], row["question"]): row["answer"] for row in table("tang")}
    assert [answers[part, "no malign intent"] for part in ("security dilemma", "defence ahead", "offensive realism")] == [
        "yes",
        "yes",
        "no",
    ]
    assert [answers[part, "spiral"] for part in ("security dilemma", "defence ahead", "offensive realism")] == ["latent", "none", "active"]
    distance = next(float(row["number"]) for row in table("tang") if row["question"] == "spiral")
    assert distance == pytest.approx(FOLDS[1], rel=1e-8)
    (axes,) = drawn("tang").figure.axes
    last = next(text.get_position()[1] for text in axes.texts if text.get_text() == "verdict")
    verdicts = sorted((text.get_position()[0], text.get_text()) for text in axes.texts if text.get_position()[1] == last)
    assert [text for _, text in verdicts] == ["verdict", "dilemma", "security", "aggressor"]


@slow
def test_three_nations_are_stable_in_pairs_and_not_together(table: Rows, drawn: Callable[[str], Any]) -> None:
    figure = drawn("three_nations").figure
    assert headings(figure) == [
        rf"{group}: max Re $\lambda = {growth}$/yr"
        for group, growth in (("x, y", -0.08), ("y, z", -0.08), ("x, z", -0.08), ("x, y, z", 0.04))
    ]
    # equal nations: the fastest mode is (N − 1) k − a, with k = 0.12 and a = 0.2
    race = table("three_nations")
    for group in ("x and y", "y and z", "x and z", "x and y and z"):
        rows = [row for row in race if row["part"] == group]
        names = group.split(" and ")
        total = numbers(rows, *names).sum(axis=1)
        times = numbers(rows, "t")[:, 0]
        growth, push = (len(names) - 1) * 0.12 - 0.2, sum({"x": 0.25, "y": 0.05, "z": 0.15}[name] for name in names)
        exact = (total[0] + push / growth) * np.exp(growth * times) - push / growth
        np.testing.assert_allclose(total, exact, rtol=1e-6)
    for axes in figure.axes:
        for line in axes.get_lines():
            assert line.get_color() == rn.plot.colour("xyz".index(line.get_label()[8]))  # "arms of x, $x$"


@slow
def test_the_path_that_tips_passes_the_fold_and_ends_in_the_cold_war(table: Rows, drawn: Callable[[str], Any]) -> None:
    found = table("tipping")
    ramp = numbers(of(found, "ramp"), "balance", "x")
    assert ramp[0] == pytest.approx([0.0, CALM])
    assert ramp[ramp[:, 0] < FOLDS[1]][:, 1].max() < THRESHOLD
    end = rn.equilibria(rn.models.security_dilemma(balance=0.2), ALL)[-1]
    assert ramp[-1] == pytest.approx([0.2, end["x"]], rel=1e-4)
    left = drawn("tipping").figure.axes[0]
    assert set(texts(left)) == {"fold at 0.110", "fold at −0.150"}
    shown = np.concatenate(lines(left, "stable equilibrium"))
    assert np.abs(shown - [0.0, COLD_WAR]).max(axis=1).min() < 0.5


def test_work_and_precision_are_drawn_as_they_were_measured(drawn: Callable[[str], Any], repository: Path) -> None:
    with (repository / "figures" / "work_precision_measured.csv").open(encoding="utf-8", newline="") as stream:
        measured = {(float(row["error"]), float(row["time"])) for row in csv.DictReader(stream)}
    panels = drawn("work_precision").figure.axes
    shown = {tuple(point) for axes in panels for line in axes.get_lines() for point in np.asarray(line.get_xydata()).tolist()}
    assert shown == measured
    assert {axes.get_xscale() for axes in panels} == {axes.get_yscale() for axes in panels} == {"log"}
