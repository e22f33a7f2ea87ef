"""The map of R and the four worlds: cells, curve, hatches, names and places."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes

from richardson import models, plot
from richardson.landscape.stability_map import StabilityMap
from richardson.plot.maps import CURVE, LARGEST
from richardson.plot.panels import bold
from richardson.provenance import record
from richardson.stability.portrait import phase_portrait
from richardson.stability.window import Window
from richardson.theory.worlds import FourWorlds, World

MODEL = models.security_dilemma(alarm=0, strain=0, defence=0.5, fatigue=0.2, reassurance=0.1)
BALANCE = np.linspace(-1.0, 1.0, 21)
SHARE = np.linspace(0.0, 1.0, 11)
NAMES = ("doubly dangerous", "security dilemma", "aggression possible", "doubly stable")
PLACES = ((0.5, 0.2), (-0.5, 0.2), (0.5, 0.8), (-0.5, 0.8))


@pytest.fixture
def chart() -> StabilityMap:
    """The linear, symmetric case, where R = k e^β (1 − δ s)/(a + k ρ) in closed form."""
    number = 0.5 * np.exp(BALANCE[:, None]) * (1 - 0.6 * SHARE) / (0.2 + 0.5 * 0.1)
    kind = np.where(number < 1, "stable node", "escaped")
    count = (number < 1).astype(np.int64)
    one = (*number.shape, 1)
    return StabilityMap(
        parameters=("balance", "distinguishability"),
        grids=(BALANCE, SHARE),
        spiral_number=number,
        kind=kind,
        leading_eigenvalue=number - 1,
        reached=np.zeros((21, 11, 2)),
        states=np.zeros((*one, 2)),
        kind_codes=np.where(count == 1, 0, -1).astype(np.int8).reshape(one),
        spiral_numbers=number.reshape(one),
        leading_eigenvalues=(number - 1).reshape(one),
        count=count,
        disagreements=np.zeros((0, 3), dtype=np.int64),
        model=MODEL,
        provenance=record(MODEL),
    )


@pytest.fixture
def four(chart: StabilityMap) -> FourWorlds:
    curve = np.column_stack([np.log(0.5 / (1 - 0.6 * SHARE)), SHARE])
    worlds = tuple(World(name, *place, 1.0, 0.0, "stable node", True, None, None, MODEL) for name, place in zip(NAMES, PLACES, strict=True))
    return FourWorlds(chart, (curve,), worlds, MODEL, record(MODEL))


def explained(ax: Axes) -> list[str]:
    """Texts of the legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_cells_show_r_with_the_first_parameter_across(chart: StabilityMap) -> None:
    ax = plot.stability_map(chart)
    mesh = ax.collections[0]
    np.testing.assert_array_equal(np.asarray(mesh.get_array()).reshape(11, 21), chart.spiral_number.T)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1.0, 1.0), (0.0, 1.0))
    assert ax.get_xlabel() == r"offence–defence balance, $\beta$"
    assert ax.get_ylabel() == r"distinguishability of defensive arms, $\delta$"


def test_dark_is_dangerous_and_the_scale_stops_where_details_do_not_matter(chart: StabilityMap) -> None:
    mesh = plot.stability_map(chart).collections[0]
    assert (mesh.norm.vmin, mesh.norm.vmax) == (0.0, LARGEST)
    shades = mesh.cmap(np.linspace(0, 1, 20))[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(shades) < 0).all()


def test_the_curve_is_where_r_is_one(chart: StabilityMap) -> None:
    ax = plot.stability_map(chart)
    (curve,) = [line.get_xydata() for line in ax.get_lines() if line.get_label() == CURVE]
    value = 2 * np.exp(curve[:, 0]) * (1 - 0.6 * curve[:, 1])
    assert np.abs(value - 1).max() < 0.005  # linear interpolation over a tenth of β: error (0.1)²/8


def test_a_given_curve_is_drawn_as_it_is(chart: StabilityMap) -> None:
    given = np.array([[-0.5, 0.1], [0.3, 0.9]])
    ax = plot.stability_map(chart, curve=(given,))
    (curve,) = [line.get_xydata() for line in ax.get_lines()]
    np.testing.assert_array_equal(curve, given)


def test_cells_without_an_end_are_hatched_and_explained(chart: StabilityMap) -> None:
    assert explained(plot.stability_map(chart)) == ["no end: the race runs away", CURVE]


def test_undefined_r_is_grey_and_explained(chart: StabilityMap) -> None:
    number = chart.spiral_number.copy()
    number[:3, :3] = np.nan
    kind = chart.kind.astype("U20")
    kind[:3, :3] = "undecided"
    ax = plot.stability_map(replace(chart, spiral_number=number, kind=kind))
    assert explained(ax) == ["$R$ undefined", "no end: the race runs away", "undecided", CURVE]


def test_a_map_without_any_r_is_still_drawn(chart: StabilityMap) -> None:
    number = np.full_like(chart.spiral_number, np.nan)
    ax = plot.stability_map(replace(chart, spiral_number=number, kind=np.full(number.shape, "escaped")))
    assert explained(ax) == ["$R$ undefined", "no end: the race runs away"]


def test_a_single_row_of_cells_is_drawn(chart: StabilityMap) -> None:
    row = replace(
        chart, grids=(BALANCE, SHARE[:1]), spiral_number=chart.spiral_number[:, :1], kind=chart.kind[:, :1], reached=chart.reached[:, :1]
    )
    low, high = plot.stability_map(row).get_ylim()
    assert low < 0.0 < high


def test_a_stable_map_has_no_curve_and_no_hatches(chart: StabilityMap) -> None:
    number = chart.spiral_number / 10
    ax = plot.stability_map(replace(chart, spiral_number=number, kind=np.full(number.shape, "stable node")))
    assert ax.get_legend() is None


def test_counts_are_coloured_from_the_least_that_occurs_to_the_most(chart: StabilityMap) -> None:
    one = replace(chart, kind_codes=np.zeros_like(chart.kind_codes), count=np.ones_like(chart.count))
    two = [np.concatenate([part, part], axis=2) for part in (one.kind_codes, one.states[..., 0], one.spiral_numbers)]
    assert plot.stable_counts(one).collections[0].norm.boundaries.tolist() == [0.5, 1.5]
    ax = plot.stable_counts(replace(one, count=2 * one.count, kind_codes=two[0], states=np.repeat(one.states, 2, axis=2)))
    assert ax.collections[0].norm.boundaries.tolist() == [1.5, 2.5]


def test_the_worlds_are_named_where_they_stand(four: FourWorlds) -> None:
    ax = plot.four_worlds(four)["map"]
    names = {text.get_text().replace("\n", " "): text.xy for text in ax.texts if hasattr(text, "xy")}
    assert names == dict(zip(NAMES, PLACES, strict=True))
    assert [line.get_xydata()[0].tolist() for line in ax.get_lines() if line.get_marker() == "."] == [list(place) for place in PLACES]


def test_the_quadrants_meet_at_balance_zero_and_half_distinguishable(four: FourWorlds) -> None:
    lines = [line.get_xydata().tolist() for line in plot.four_worlds(four)["map"].get_lines()]
    assert [[0.0, 0.0], [0.0, 1.0]] in lines
    assert [[0.0, 0.5], [1.0, 0.5]] in lines


def test_worlds_without_portraits_leave_the_map_alone(four: FourWorlds) -> None:
    figure = plot.figure()
    axes = plot.four_worlds(four, figure=figure)
    assert list(axes) == ["map"]
    assert axes["map"].figure is figure


def test_the_portraits_stand_as_their_quadrants_do(four: FourWorlds) -> None:
    picture = phase_portrait(models.linear(), Window(x=(0, 3), y=(0, 3)))
    axes = plot.four_worlds(replace(four, worlds=tuple(replace(world, portrait=picture) for world in four.worlds)))
    assert list(axes) == ["map", *NAMES]
    assert [axes[name].get_title(loc="left") for name in ("map", *NAMES)] == [bold(letter) for letter in "aedcb"]  # as one reads
    letters = {text.get_text(): text.get_position() for text in axes["map"].texts if not hasattr(text, "xy")}
    assert letters == {bold(letter): place for letter, place in zip("edcb", PLACES, strict=True)}
    corners = [axes[name].get_position() for name in NAMES]
    assert [box.x0 > 0.5 for box in corners] == [balance > 0 for balance, _ in PLACES]  # offence on the right
    assert [box.y0 > 0.4 for box in corners] == [share > 0.5 for _, share in PLACES]  # distinguishable above
