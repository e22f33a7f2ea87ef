"""Letters of panels: one place for all, above legends, level in a row."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from richardson import errors, plot
from richardson.plot.panels import bold


def test_letters_are_bold_in_the_order_of_reading_with_the_titles_after_them() -> None:
    panels = plot.figure().subplots(2, 2)
    plot.name_panels(*panels.flat, titles=["before", "", "after", "later"])
    assert [ax.get_title(loc="left") for ax in panels.flat] == [
        f"{bold('a')}  before",
        bold("b"),
        f"{bold('c')}  after",
        f"{bold('d')}  later",
    ]


@pytest.fixture
def explained() -> Figure:
    """Two rows of two panels, the first panel of the upper row under a legend of two lines."""
    figure = plot.figure(width=175, height=100)
    with plot.paper():
        panels = figure.subplots(2, 2)
        for label in ("arms", "fear", "grievance"):
            panels[0, 0].plot([0, 1], label=label)
        plot.legend(panels[0, 0], columns=2)
        plot.name_panels(*panels.flat)
        figure.draw_without_rendering()
    return figure


def heights(figure: Figure) -> list[float]:
    """Lower edges of the letters, in points above their Axes."""
    return [(ax._left_title.get_window_extent().y0 - ax.get_window_extent().y1) * 72 / figure.dpi for ax in figure.axes]


def test_a_letter_stands_above_the_legend(explained: Figure) -> None:
    legend = explained.axes[0].get_legend()
    assert legend is not None
    top = (legend.get_window_extent().y1 - explained.axes[0].get_window_extent().y1) * 72 / explained.dpi
    assert top < heights(explained)[0] < top + 6


def test_letters_of_one_row_are_level_and_those_of_another_stand_for_themselves(explained: Figure) -> None:
    first, second, third, fourth = heights(explained)
    assert (first, third) == (pytest.approx(second), pytest.approx(fourth))
    assert third < 6 < first


def test_letters_begin_where_their_axes_begin(explained: Figure) -> None:
    starts = [ax._left_title.get_window_extent().x0 - ax.get_window_extent().x0 for ax in explained.axes]
    assert np.abs(starts).max() < 2


@pytest.mark.parametrize("place", [{"loc": "upper right"}, {"loc": "best"}, {"loc": "upper center", "bbox_to_anchor": (0.5, -0.1)}])
def test_a_legend_inside_or_below_lifts_no_letter(place: dict[str, Any]) -> None:
    figure = plot.figure(width=85, height=60)
    with plot.paper():
        panel = figure.subplots()
        for label in ("arms", "fear", "grievance"):
            panel.plot([0, 1], label=label)
        panel.legend(**place)
        plot.name_panels(panel)
        figure.draw_without_rendering()
    assert 0 < heights(figure)[0] < 6


@pytest.mark.parametrize(("count", "titles"), [(27, []), (2, ["one"])])
def test_letters_and_titles_must_suffice(count: int, titles: list[str]) -> None:
    figure = Figure()
    panels: list[Axes] = [figure.add_axes((0.0, 0.0, 1.0, 1.0), label=str(number)) for number in range(count)]
    with pytest.raises(errors.InvalidInputError, match="a title for each or none"):
        plot.name_panels(*panels, titles=titles)
