"""Bars of what an equilibrium withstands: lengths, what is proved, arrows where nothing fatal was found."""

from math import inf

import numpy as np
import pytest
from matplotlib.axes import Axes

from richardson import models, plot
from richardson.errors import InvalidInputError
from richardson.landscape.margin import Margin
from richardson.landscape.resilience import Resilience
from richardson.landscape.shocks import Shock
from richardson.provenance import record
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window

MODEL, WINDOW = models.security_dilemma(), Window(x=(0, 60), y=(0, 60))


@pytest.fixture(scope="module")
def found() -> Resilience:
    shocks = (
        Shock("any", ("x", "y"), 3.0, (3.0, 3.0), np.ones(2), "escapes", 3.0, 2.0),
        Shock("x", ("x",), inf, (inf, inf), np.full(2, np.nan), "", 5.0, 0.0),
    )
    return Resilience(
        equilibrium=equilibria(MODEL, WINDOW)[0],
        window=WINDOW,
        shocks=shocks,
        scales=np.ones(2),
        norm=2.0,
        relaxation_time=2.4,
        reactivity=-0.4,
        amplification=1.0,
        amplification_time=0.0,
        margin=None,
        noise=np.ones(2),
        covariance=np.eye(2),
        autocorrelation=np.full(2, 0.5),
        lag=1.0,
        model=MODEL,
        provenance=record(MODEL),
    )


@pytest.fixture
def drift() -> Margin:
    return Margin(
        distance=0.5,
        changes={"balance": (0.0, 0.3), "alarm": (3.0, 4.2)},
        direction={"balance": 0.6, "alarm": 0.8},
        kind="fold",
        state=np.ones(2),
        residual=0.0,
        alone={"balance": (-inf, 0.9), "alarm": (1.5, 6.0)},
        scales={"balance": 1.0, "alarm": 3.0},
        farthest=10.0,
    )


def bars(axes: Axes) -> list[tuple[float, float]]:
    """Row and length of every bar that has a length."""
    pairs = [(float(bar.get_y() + bar.get_height() / 2), float(bar.get_width())) for bar in axes.patches]  # type: ignore[attr-defined]
    return [(round(row), length) for row, length in pairs if length != 0.0]


def labels(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def test_bars_are_as_long_as_the_shocks_and_the_proved_part_lies_over_them(found: Resilience) -> None:
    assert bars(plot.resilience(found)) == [(0, 3.0), (0, 2.0), (1, 5.0)]


def test_where_no_shock_was_fatal_an_arrow_and_a_bound_stand_for_it(found: Resilience) -> None:
    axes = plot.resilience(found)
    assert [text.get_text() for text in axes.texts] == [" 3", " ≥ 5"]
    assert [line.get_xydata().tolist() for line in axes.get_lines() if len(line.get_xydata())] == [[[5.0, 1.0]]]


def test_the_legend_explains_what_is_drawn(found: Resilience) -> None:
    assert sorted(labels(plot.resilience(found))) == ["none fatal in the window", "returns, by runs", "returns, proved"]


def test_the_first_shock_stands_at_the_top_in_its_unit(found: Resilience) -> None:
    axes = plot.resilience(found)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert axes.get_xlabel() == "size of the smallest fatal shock [arms]"


def test_margins_go_both_ways_from_zero_in_steps_of_the_parameters(drift: Margin) -> None:
    axes = plot.margin(drift)
    assert bars(axes) == [(0, 0.9), (1, -0.5), (1, 1.0)]
    marks = [line.get_xydata().tolist()[0] for line in axes.get_lines() if line.get_marker() == "D"]
    assert marks == [[0.3, 0.0], [0.4, 1.0]]


def test_a_margin_that_was_not_found_is_refused(drift: Margin) -> None:
    nothing = Margin(inf, {}, {}, None, np.full(2, np.nan), np.nan, {"balance": (-inf, inf)}, {"balance": 1.0}, 10.0)
    with pytest.raises(InvalidInputError, match="nothing to draw"):
        plot.margin(nothing)


def test_both_draw_on_axes_that_are_given(found: Resilience, drift: Margin) -> None:
    first, second = plot.figure().subplots(1, 2)
    assert plot.resilience(found, ax=first) is first
    assert plot.margin(drift, ax=second) is second
