"""States and observations over time: what is drawn, in which colours, with which words."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes

from richardson import models, plot
from richardson.dynamics.integrate import integrate
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.estimation.observations import Observations
from richardson.outcome import Outcome
from richardson.plot import key
from richardson.symbolic.model import Model

TIMES = np.linspace(0.0, 10.0, 21)


@pytest.fixture(scope="module")
def run() -> Trajectory:
    return integrate(models.linear(), {"x": 1, "y": 3}, TIMES)


@pytest.fixture(scope="module")
def runaway() -> Trajectory:
    return integrate(models.linear(defence=2.0), {"x": 1, "y": 3}, TIMES, bound=20)


@pytest.fixture(scope="module")
def observed() -> Observations:
    return Observations([1950, 1951, 1952], {"Greece": [1, 2, 3], "Turkey": [2, np.nan, 5]}, unit="bn USD")


def explained(ax: Axes) -> list[str]:
    """Texts of the legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_state_is_a_line_in_its_colour(run: Trajectory) -> None:
    ax = plot.series(run)
    assert [line.get_color() for line in ax.get_lines()] == [key.colour(0), key.colour(1)]
    for position, line in enumerate(ax.get_lines()):
        np.testing.assert_array_equal(line.get_xdata(), TIMES)
        np.testing.assert_array_equal(line.get_ydata(), run.states[:, position])


def test_labels_come_from_the_states(run: Trajectory) -> None:
    ax = plot.series(run)
    assert explained(ax) == ["arms of x, $x$", "arms of y, $y$"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time, $t$ [yr]", "arms")


def test_a_colour_asked_for_is_that_of_its_state_or_series_alone(run: Trajectory, observed: Observations) -> None:
    ax = plot.series(run, colours={"y": key.colour(3)})
    assert [line.get_color() for line in ax.get_lines()] == [key.colour(0), key.colour(3)]
    ax = plot.series(observed, colours={"Greece": key.colour(4)})
    assert [line.get_color() for line in ax.get_lines()] == [key.colour(4), key.colour(1)]


def test_a_panel_may_leave_its_legend_to_the_figure(run: Trajectory) -> None:
    assert plot.series(run, legend=False).get_legend() is None


def test_of_lines_in_one_place_the_upper_is_dashed_and_lines_apart_are_not() -> None:
    twins = integrate(models.linear(), {"x": 1, "y": 1}, TIMES)
    near = integrate(models.linear(), {"x": 1, "y": 1.1}, TIMES)
    assert [line.is_dashed() for line in plot.series(twins).get_lines()] == [False, True]
    assert [line.is_dashed() for line in plot.series(near).get_lines()] == [False, False]


def test_what_has_no_unit_is_called_by_the_words_that_all_share() -> None:
    model = models.balance_of_power(("x", "y", "z"))
    sides = [name for name in model.state_names if name.startswith("alignment")]
    run = integrate(model, dict.fromkeys(model.state_names, 0.1), TIMES)
    assert plot.series(run, names=sides).get_ylabel() == "alignment"


def test_one_state_alone_labels_the_axis_in_full(run: Trajectory) -> None:
    ax = plot.series(run, names=["y"])
    assert [line.get_color() for line in ax.get_lines()] == [key.colour(1)]
    assert ax.get_ylabel() == "arms of y, $y$ [arms]"


def test_a_run_that_stopped_ends_in_a_cross_that_says_why(runaway: Trajectory) -> None:
    assert runaway.outcome is Outcome.ESCAPED
    ax = plot.series(runaway)
    crosses = [line for line in ax.get_lines() if line.get_marker() == "x"]
    assert [float(line.get_xdata()[0]) for line in crosses] == [runaway.stopped_at] * 2
    assert explained(ax)[-1] == str(Outcome.ESCAPED)


def test_a_second_run_is_dotted(run: Trajectory, runaway: Trajectory) -> None:
    ax = plot.series(run, runaway)
    lines = [line for line in ax.get_lines() if line.get_marker() != "x"]
    assert [line.is_dashed() for line in lines] == [False, False, True, True]
    assert "arms of x, $x$, another run" in explained(ax)


def test_observations_are_dots_and_gaps_stay_gaps(observed: Observations) -> None:
    ax = plot.series(observed)
    assert explained(ax) == ["Greece", "Turkey"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("year", "bn USD")
    assert all(line.get_marker() == "o" for line in ax.get_lines())
    assert np.isnan(ax.get_lines()[1].get_ydata()[1])


def test_observations_say_what_the_arms_of_a_run_are_counted_in(run: Trajectory, observed: Observations) -> None:
    assert plot.series(run, observed).get_ylabel() == "bn USD"


def test_amounts_that_are_never_negative_start_at_zero(run: Trajectory) -> None:
    low, high = plot.series(run).get_ylim()
    assert low == 0.0
    assert high > run.states.max()


def test_given_axes_are_used_and_their_style_left_alone(run: Trajectory) -> None:
    before = dict(mpl.rcParams)
    ax = mpl.figure.Figure().add_subplot()
    assert plot.series(run, ax=ax) is ax
    assert dict(mpl.rcParams) == before


def test_units_that_one_axis_cannot_hold_are_refused() -> None:
    model = Model.from_equations({"x": "-x", "y": "-y"}, units={"x": "arms", "y": "1"})
    run = integrate(model, {"x": 1, "y": 3}, TIMES)
    with pytest.raises(InvalidInputError, match=r"cannot hold the units 1, arms"):
        plot.series(run)
    assert len(plot.series(run, names=["x"]).get_lines()) == 1


def test_nothing_or_something_else_is_refused(run: Trajectory, observed: Observations) -> None:
    with pytest.raises(InvalidInputError, match="nothing to draw"):
        plot.series()
    with pytest.raises(InvalidInputError, match="draws Trajectory or Observations"):
        plot.series(run.states)
    with pytest.raises(UnknownNameError, match="Did you mean 'Greece'"):
        plot.series(observed, names=["Grece"])


@pytest.mark.parametrize("colours", [{"x": "rad"}, {"x": np.nan}, {"x": ""}, {"x": 3}, "red", 3, ["x"]])
def test_colours_that_are_none_are_refused(run: Trajectory, colours: Any) -> None:
    with pytest.raises(InvalidInputError, match="[Cc]olour"):
        plot.series(run, colours=colours)


def test_a_colour_of_what_is_no_state_is_refused(run: Trajectory) -> None:
    with pytest.raises(UnknownNameError, match="no state or series '1'"):
        plot.series(run, colours={1: "red"})  # type: ignore[dict-item] # what a user may give
