"""Curves over two parameters: a look for each kind, each point named once, nothing outside."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from richardson import models, plot
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.loci import Locus
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.plot import key
from richardson.provenance import record

MODEL = models.security_dilemma()
SIDE = np.linspace(-1.0, 1.0, 81)


def special(kind: str, first: float, second: float) -> SpecialPoint:
    return SpecialPoint(kind, (first, second), np.zeros(2), ((first, first), (second, second)), 0.0)


def curve(kind: str, values: np.ndarray, *points: SpecialPoint, parameters: tuple[str, str] = ("balance", "alarm")) -> Locus:
    return Locus(kind, parameters, values, np.zeros((len(values), 2)), None, points, Outcome.REACHED_END, MODEL, record(MODEL))


@pytest.fixture
def wedge() -> Locus:
    """Folds of the cubic normal form, with a cusp at 0 and a double zero."""
    values = np.column_stack([-2 * SIDE**3, 3 * SIDE**2])
    return curve("fold", values, special("cusp", 0.0, 0.0), special("bogdanov-takens", 2 * 0.5**3, 3 * 0.5**2))


@pytest.fixture
def oscillations() -> Locus:
    """A Hopf curve that ends in the same double zero."""
    values = np.column_stack([np.linspace(2 * 0.5**3, 2.0, 30), np.full(30, 3 * 0.5**2)])
    return curve("hopf", values, special("bogdanov-takens", 2 * 0.5**3, 3 * 0.5**2), special("generalised hopf", 1.5, 0.75))


def curves(ax: Axes) -> dict[str, tuple[str, np.ndarray]]:
    """Line style and data of every curve, by its label."""
    return {str(line.get_label()): (line.get_linestyle(), line.get_xydata()) for line in ax.get_lines() if line.get_marker() == "None"}


def names(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_folds_are_solid_and_hopf_curves_are_not(wedge: Locus, oscillations: Locus) -> None:
    drawn = curves(plot.locus([wedge, oscillations]))
    assert set(drawn) == {"fold", "Hopf"}
    assert drawn["fold"][0] == "-" and drawn["Hopf"][0] != "-"
    np.testing.assert_array_equal(drawn["fold"][1], wedge.values)
    np.testing.assert_array_equal(drawn["Hopf"][1], oscillations.values)


def test_a_point_in_which_two_curves_meet_is_named_once(wedge: Locus, oscillations: Locus) -> None:
    ax = plot.locus([wedge, oscillations])
    assert names(ax) == ["cusp", "Bogdanov–Takens", "generalised Hopf"]
    assert sum(line.get_marker() not in ("None", "", None) for line in ax.get_lines()) == 3


def test_names_stand_within_the_axes_and_clear_of_the_curves(wedge: Locus) -> None:
    ax = plot.locus(wedge)
    ax.figure.draw_without_rendering()  # type: ignore[union-attr]
    frame = ax.get_window_extent()
    for text in ax.texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        inside = [box.contains(x, y) for x, y in ax.transData.transform(wedge.values)]
        assert not any(inside)


def test_one_curve_is_enough_and_given_axes_are_used(wedge: Locus) -> None:
    ax = plot.figure().add_subplot()
    assert plot.locus(wedge, ax=ax) is ax
    assert ax.get_xlabel() == r"offence–defence balance, $\beta$"
    assert ax.get_ylabel() == key.parameter_label(MODEL, "alarm")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["fold"]


def test_the_axes_hold_every_curve(wedge: Locus, oscillations: Locus) -> None:
    ax = plot.locus([wedge, oscillations])
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    everything = np.concatenate([wedge.values, oscillations.values])
    assert left < everything[:, 0].min() and everything[:, 0].max() < right
    assert bottom < everything[:, 1].min() and everything[:, 1].max() < top


def test_a_vertical_line_has_a_width_to_be_drawn_in() -> None:
    ax = plot.locus(curve("fold", np.column_stack([np.zeros(5), np.linspace(0, 1, 5)]), special("zero-hopf", 0.0, 0.5)))
    assert ax.get_xlim()[0] < 0.0 < ax.get_xlim()[1]
    assert names(ax) == ["zero–Hopf"]


def test_curves_over_different_planes_are_refused(wedge: Locus) -> None:
    other = curve("fold", wedge.values, parameters=("alarm", "balance"))
    with pytest.raises(InvalidInputError, match="share no plane: balance and alarm; alarm and balance"):
        plot.locus([wedge, other])


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="There is no curve to draw"):
        plot.locus([])
