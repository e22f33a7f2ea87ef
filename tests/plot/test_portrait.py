"""The phase plane: what is drawn where, in which look, with which words; data laid over it."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver

from richardson import models, plot
from richardson.errors import DataError, InvalidInputError
from richardson.estimation.observations import Observations
from richardson.plot import key
from richardson.stability.portrait import PhasePortrait, phase_portrait
from richardson.stability.streamlines import SPACINGS
from richardson.stability.window import Window
from richardson.symbolic.model import Model

LARGEST_FILE = 300_000  # bytes
KEY = [
    "flow",
    r"$\dot{x} = 0$",
    r"$\dot{y} = 0$",
    "separatrix (stable manifold)",
    "unstable manifold",
    "saddle",
]


@pytest.fixture(scope="module")
def saddle() -> PhasePortrait:
    """ẋ = 2y − x − 1 and its mirror: a saddle at (1, 1) with manifolds along the diagonals, all in closed form."""
    return phase_portrait(models.linear(defence=2.0, fatigue=1.0, grievance=-1.0), Window(x=(0, 4), y=(0, 4)))


@pytest.fixture(scope="module")
def turned() -> PhasePortrait:
    """The same with y across."""
    return phase_portrait(models.linear(defence_x=2.0, defence_y=0.1, fatigue=1.0, grievance=0.5), Window(y=(0, 3), x=(0, 4)))


@pytest.fixture
def data() -> Observations:
    return Observations([1950, 1951, 1952, 1953], {"Greece": [9.0, 1.0, np.nan, 3.5], "Turkey": [1.0, 2.0, 2.5, 3.0]}, unit="bn USD")


def lines(ax: Axes, label: str) -> list[Line2D]:
    """Lines of that label."""
    return [line for line in ax.get_lines() if line.get_label() == label]


def orbits(ax: Axes) -> list[Line2D]:
    """Lines of the flow, without the sample in the legend."""
    return [line for line in ax.get_lines() if line.get_color() == key.FLOW and len(line.get_xdata())]


def explained(ax: Axes) -> list[str]:
    """Texts of the legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_legend_explains_everything_drawn(saddle: PhasePortrait) -> None:
    assert explained(plot.portrait(saddle)) == KEY


def test_nullclines_are_where_the_rates_vanish_in_the_colour_of_their_nation(saddle: PhasePortrait) -> None:
    ax = plot.portrait(saddle)
    (across,), (up,) = lines(ax, KEY[1]), lines(ax, KEY[2])
    assert (across.get_color(), up.get_color()) == (key.colour(0), key.colour(1))
    assert np.abs(2 * across.get_ydata() - across.get_xdata() - 1).max() < 1e-9
    assert np.abs(2 * up.get_xdata() - up.get_ydata() - 1).max() < 1e-9


def test_the_stable_manifold_is_solid_and_the_unstable_one_dashed(saddle: PhasePortrait) -> None:
    ax = plot.portrait(saddle)
    (stable,), (unstable,) = lines(ax, KEY[3]), lines(ax, KEY[4])
    assert not stable.is_dashed()
    assert unstable.is_dashed()
    assert np.abs(stable.get_xdata() + stable.get_ydata() - 2).max() < 1e-6
    assert np.abs(unstable.get_xdata() - unstable.get_ydata()).max() < 1e-6


def test_a_saddle_is_half_filled_at_its_place(saddle: PhasePortrait) -> None:
    (point,) = lines(plot.portrait(saddle), "saddle")
    np.testing.assert_allclose(point.get_xydata(), [[1.0, 1.0]], atol=1e-12)
    assert point.get_fillstyle() == "left"


def test_limits_are_the_windows_and_like_quantities_have_equal_units(saddle: PhasePortrait) -> None:
    ax = plot.portrait(saddle)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0.0, 4.0), (0.0, 4.0))
    assert ax.get_aspect() == 1.0
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("arms of x, $x$ [arms]", "arms of y, $y$ [arms]")


def test_unlike_quantities_need_not_have_equal_units() -> None:
    model = Model.from_equations({"x": "1 - x", "y": "2 - y"}, units={"x": "arms", "y": "count"})
    assert plot.portrait(phase_portrait(model, Window(x=(0, 2), y=(0, 200)))).get_aspect() == "auto"


def test_heads_point_along_the_flow_and_stand_on_orbits(saddle: PhasePortrait) -> None:
    ax = plot.portrait(saddle)
    (heads,) = [part for part in ax.collections if isinstance(part, Quiver)]
    x, y = heads.X, heads.Y
    rates = np.stack([2 * y - x - 1, 2 * x - y - 1])
    drawn = np.stack([heads.U, heads.V])
    cosine = (rates * drawn).sum(axis=0) / np.hypot(*rates) / np.hypot(*drawn)
    assert len(x) >= len(orbits(ax)) > 20
    assert cosine.min() > 1 - 1e-4  # a head lies along its chord
    points = np.concatenate([line.get_xydata() for line in orbits(ax)])
    assert max(np.hypot(*(points - place).T).min() for place in np.column_stack((x, y))) < 4 / 80


def test_the_flow_is_drawn_as_the_whole_orbits_of_the_portrait(saddle: PhasePortrait) -> None:
    drawn = orbits(plot.portrait(saddle))
    assert len(drawn) == len(saddle.curves)
    for line, curve in zip(drawn, saddle.curves, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), curve.path)


def test_small_axes_show_the_orbits_of_wide_spacing_alone(saddle: PhasePortrait) -> None:
    ax = plot.figure(width=40, height=40).add_subplot()
    wide = [curve for curve in saddle.curves if curve.spacing == max(SPACINGS)]
    assert len(orbits(plot.portrait(saddle, ax=ax))) == len(wide) < len(saddle.curves)


def test_a_map_has_arrows_towards_the_image_of_each_place() -> None:
    ax = plot.portrait(phase_portrait(models.saperstein(), Window(x=(0, 1), y=(0, 1))))
    (arrows,) = [part for part in ax.collections if isinstance(part, Quiver)]
    a = models.saperstein().values["reaction_x"]
    moves = np.stack([4 * a * arrows.Y * (1 - arrows.Y) - arrows.X, 4 * a * arrows.X * (1 - arrows.X) - arrows.Y])
    drawn = np.stack([arrows.U, arrows.V])
    assert ((moves * drawn).sum(axis=0) / np.hypot(*moves) / np.hypot(*drawn)).min() > 1 - 1e-9
    assert orbits(ax) == []


def test_a_portrait_is_a_small_file(saddle: PhasePortrait, tmp_path: Path) -> None:
    for file in plot.save(plot.portrait(saddle), tmp_path, "portrait"):
        assert file.stat().st_size <= LARGEST_FILE


def test_a_window_with_y_across_turns_every_part(turned: PhasePortrait) -> None:
    ax = plot.portrait(turned)
    assert ax.get_xlabel() == "arms of y, $y$ [arms]"
    assert (ax.get_xlim(), ax.get_ylim()) == ((0.0, 3.0), (0.0, 4.0))
    (rest,) = lines(ax, KEY[1])
    assert rest.get_color() == key.colour(0)
    assert np.abs(2 * rest.get_xdata() - rest.get_ydata() + 0.5).max() < 1e-9
    (point,) = lines(ax, "stable node")
    np.testing.assert_allclose(point.get_xydata(), [[turned.equilibria[0]["y"], turned.equilibria[0]["x"]]])


def test_data_are_a_path_with_its_first_and_last_complete_year_in_the_window(saddle: PhasePortrait, data: Observations) -> None:
    ax = plot.portrait(saddle, data=data)
    (path,) = lines(ax, "observations")
    np.testing.assert_array_equal(path.get_xdata(), data["Greece"])
    np.testing.assert_array_equal(path.get_ydata(), data["Turkey"])
    assert {text.get_text(): tuple(text.xy) for text in ax.texts} == {"1951": (1.0, 2.0), "1953": (3.5, 3.0)}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Greece, $x$ [bn USD]", "Turkey, $y$ [bn USD]")


def test_data_follow_the_order_of_the_states_not_of_the_axes(turned: PhasePortrait, data: Observations) -> None:
    (path,) = lines(plot.portrait(turned, data=data), "observations")
    np.testing.assert_array_equal(path.get_xdata(), data["Turkey"])


def test_data_named_like_the_states_are_taken_by_name(saddle: PhasePortrait) -> None:
    named = Observations([1, 2], {"y": [1, 2], "z": [9, 9], "x": [3, 3.5]}, unit="arms")
    (path,) = lines(plot.portrait(saddle, data=named), "observations")
    np.testing.assert_array_equal(path.get_xydata(), [[3.0, 1.0], [3.5, 2.0]])


def test_data_outside_the_window_or_of_one_nation_are_refused(saddle: PhasePortrait, data: Observations) -> None:
    with pytest.raises(DataError, match="fewer than two complete times inside"):
        plot.portrait(saddle, data=data.select(years=(1950, 1951)))
    with pytest.raises(DataError, match="a series for each of the states x, y"):
        plot.portrait(saddle, data=data.select(names=["Greece"]))
    with pytest.raises(InvalidInputError, match="Data in a portrait are observations"):
        plot.portrait(saddle, data=data.values)


def test_given_axes_are_drawn_on_and_no_setting_is_changed(saddle: PhasePortrait) -> None:
    before = dict(mpl.rcParams)
    ax = Figure().add_subplot()
    assert plot.portrait(saddle, legend=False, ax=ax) is ax
    assert ax.get_legend() is None
    plot.portrait(saddle)
    assert dict(mpl.rcParams) == before


def test_the_tables_hold_what_is_drawn(saddle: PhasePortrait) -> None:
    tables = plot.portrait_tables(saddle)
    assert list(tables) == ["equilibria", "nullcline 1 of x", "nullcline 1 of y", "manifold 1, stable", "manifold 2, unstable"] or list(
        tables
    )[3:] == ["manifold 1, unstable", "manifold 2, stable"]
    ax = plot.portrait(saddle)
    np.testing.assert_array_equal(np.column_stack(list(tables["nullcline 1 of x"].values())), lines(ax, KEY[1])[0].get_xydata())
