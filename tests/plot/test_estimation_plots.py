"""Estimates with their intervals, and fits beside the data."""

from dataclasses import replace

import numpy as np
import pytest

from richardson import data, models, plot
from richardson.errors import InvalidInputError
from richardson.estimation.estimate import Estimate, EstimateRow, estimate
from richardson.plot import key


@pytest.fixture(scope="module")
def fitted() -> Estimate:
    return estimate(models.linear(), data.rivalry("Greece", "Turkey"), rng=1)


def test_an_interval_is_a_whisker_with_a_dot_and_the_first_is_on_top() -> None:
    rows = [EstimateRow("one", 1.0, 0.5, 0.0, 2.0), EstimateRow("two", 3.0, 0.5, 2.0, 5.0)]
    ax = plot.interval(rows, labels={"two": "second"}, mark=1.5)
    mark, *drawn = (line.get_xydata().tolist() for line in ax.get_lines())
    assert drawn == [[[0.0, 0.0], [2.0, 0.0]], [[1.0, 0.0]], [[2.0, 1.0], [5.0, 1.0]], [[3.0, 1.0]]]
    assert mark[0][0] == mark[1][0] == 1.5
    assert [text.get_text() for text in ax.get_yticklabels()] == ["one", "second"]
    assert ax.yaxis_inverted()


def test_a_value_at_its_bound_is_a_cross() -> None:
    row = EstimateRow("one", 1.0, np.nan, np.nan, np.nan, at_bound=True)
    assert plot.interval([row]).get_lines()[-1].get_marker() == "x"


def test_no_rows_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="no estimate to draw"):
        plot.interval([])


def test_an_estimate_has_axes_for_each_unit_and_for_both_verdicts(fitted: Estimate) -> None:
    axes = plot.estimate(fitted)
    assert list(axes) == ["1/yr", "arms/yr", "max_real_eigenvalue", "spiral_number"]
    assert axes["arms/yr"].get_xlabel() == "95 % interval [bn current USD/yr]"
    assert len({ax.figure for ax in axes.values()}) == 1


def test_the_verdicts_stand_against_their_thresholds(fitted: Estimate) -> None:
    axes = plot.estimate(fitted)
    for name, threshold in (("max_real_eigenvalue", 0.0), ("spiral_number", 1.0)):
        row = fitted.derived[name]
        mark, whisker, dot = (line.get_xdata() for line in axes[name].get_lines())
        assert list(mark) == [threshold, threshold]
        assert [*whisker, *dot] == [row.lower, row.upper, row.value]
    assert f"P(stable) = {fitted.stable_probability:.2f}" in axes["max_real_eigenvalue"].get_xlabel()
    assert "undefined in" in axes["spiral_number"].get_xlabel()


@pytest.mark.parametrize(("share", "said"), [(1.0, "> 0.999"), (0.9995, "> 0.999"), (0.0, "< 0.001"), (0.95, "= 0.95")])
def test_a_share_of_stable_draws_is_never_called_certain(fitted: Estimate, share: float, said: str) -> None:
    axes = plot.estimate(replace(fitted, stable_probability=share))
    assert axes["max_real_eigenvalue"].get_xlabel().endswith(f"P(stable) {said}")


def test_parameters_have_the_colour_of_their_nation_and_the_label_of_their_quantity(fitted: Estimate) -> None:
    ax = plot.estimate(fitted)["1/yr"]
    colours = [line.get_color() for line in ax.get_lines()[1::2]]
    assert colours == [key.colour(0), key.colour(1), key.colour(0), key.colour(1)]
    assert ax.get_yticklabels()[0].get_text() == "defence coefficient of x, $k$"


def test_a_fit_shows_each_year_from_the_year_before(fitted: Estimate) -> None:
    ax = plot.fit(fitted)
    drawn = {line.get_label(): line for line in ax.get_lines()}
    assert list(drawn) == ["Greece", "Turkey", "Greece, from the year before", "Turkey, from the year before"]
    assert drawn["Greece"].get_linestyle() == "None"
    predicted = drawn["Turkey, from the year before"]
    np.testing.assert_array_equal(predicted.get_xdata(), fitted.observations.times[1:])
    np.testing.assert_allclose(predicted.get_ydata() + fitted.residuals[:, 1], fitted.observations["Turkey"][1:])
