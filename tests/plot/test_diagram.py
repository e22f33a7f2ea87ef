"""Branches over a parameter: stable solid, unstable dashed, points named, no gaps."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes

from richardson import models, plot
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.diagram import Diagram
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.outcome import Outcome
from richardson.plot import key
from richardson.provenance import record
from richardson.stability.window import Window

MODEL = models.security_dilemma()
STATE = np.linspace(-2.0, 2.0, 41)
FOLDS = (2 / (3 * np.sqrt(3)), -2 / (3 * np.sqrt(3)))


@pytest.fixture
def branch() -> Branch:
    """The cubic μ = x³ − x, whose folds are known, in both states of a model."""
    states = np.column_stack([STATE, 2 * STATE])
    return Branch(
        parameter="balance",
        values=STATE**3 - STATE,
        states=states,
        eigenvalues=np.zeros((41, 2), dtype=complex),
        is_stable=3 * STATE**2 > 1,
        points=tuple(SpecialPoint("fold", value, np.array([-value, -2 * value]) * 1.5, (value, value), 0.0) for value in FOLDS),
        outcome=Outcome.REACHED_END,
        model=MODEL,
        provenance=record(MODEL),
    )


@pytest.fixture
def whole(branch: Branch) -> Diagram:
    return Diagram((branch, branch), "balance", (-7.0, 7.0), Window(x=(-3, 3), y=(-6, 6)), MODEL, record(MODEL))


def curves(ax: Axes) -> list[tuple[str, np.ndarray]]:
    """Line style and data of every stretch."""
    return [(line.get_linestyle(), line.get_xydata()) for line in ax.get_lines() if line.get_marker() in ("None", "", None)]


def test_stable_stretches_are_solid_and_unstable_ones_dashed(branch: Branch) -> None:
    drawn = curves(plot.diagram(branch))
    assert [style for style, _ in drawn] == ["-", "--", "-"]


def test_stretches_meet_and_leave_no_equilibrium_out(branch: Branch) -> None:
    drawn = [points for _, points in curves(plot.diagram(branch))]
    for before, after in pairwise(drawn):
        np.testing.assert_array_equal(before[-1], after[0])
    joined = np.concatenate([drawn[0], *(points[1:] for points in drawn[1:])])
    np.testing.assert_array_equal(joined, np.column_stack([branch.values, STATE]))


def test_folds_are_marked_and_named_beside_the_branch(branch: Branch) -> None:
    ax = plot.diagram(branch)
    markers = [line.get_xydata()[0].tolist() for line in ax.get_lines() if line.get_marker() == "D"]
    assert markers == [[value, -1.5 * value] for value in FOLDS]
    assert [text.get_text() for text in ax.texts] == ["fold at 0.385", "fold at −0.385"]


def test_a_point_of_two_branches_is_named_once_and_a_neutral_saddle_never(branch: Branch) -> None:
    saddle = SpecialPoint("neutral saddle", 0.0, np.zeros(2), (0.0, 0.0), 0.0)
    richer = replace(branch, points=(*branch.points, saddle))
    ax = plot.diagram(Diagram((richer, richer), "balance", (-7.0, 7.0), Window(x=(-3, 3), y=(-6, 6)), MODEL, record(MODEL)))
    assert [text.get_text() for text in ax.texts] == ["fold at 0.385", "fold at −0.385"]
    assert sum(line.get_marker() == "D" for line in ax.get_lines()) == 2


def test_values_have_as_many_digits_as_tell_them_apart(branch: Branch) -> None:
    close = [SpecialPoint(kind, value, np.zeros(2), (value, value), 0.0) for kind, value in (("hopf", 1.0410), ("fold", 1.0420))]
    ax = plot.diagram(replace(branch, points=tuple(close)))
    assert [text.get_text() for text in ax.texts] == ["Hopf at 1.041", "fold at 1.042"]


def test_names_keep_clear_of_the_branch(branch: Branch) -> None:
    ax = plot.diagram(branch)
    ax.figure.canvas.draw()
    curve = ax.transData.transform(np.column_stack([branch.values, STATE]))
    for text in ax.texts:
        box = text.get_window_extent()
        assert not box.count_contains(curve)


def test_another_state_can_be_drawn_in_its_colour(branch: Branch) -> None:
    ax = plot.diagram(branch, state="y")
    assert ax.get_ylabel() == "arms of y, $y$ [arms]"
    assert {line.get_color() for line in ax.get_lines() if line.get_marker() != "D"} == {key.colour(1)}
    np.testing.assert_array_equal(curves(ax)[0][1][0], [STATE[0] ** 3 - STATE[0], 2 * STATE[0]])


def test_a_diagram_spans_its_parameter_and_explains_each_look_once(whole: Diagram) -> None:
    ax = plot.diagram(whole)
    assert ax.get_xlim() == (-7.0, 7.0)
    assert ax.get_xlabel() == r"offence–defence balance, $\beta$"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["stable equilibrium", "unstable equilibrium"]
    assert len(curves(ax)) == 6


def test_a_state_that_does_not_exist_is_refused(branch: Branch) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'x'"):
        plot.diagram(branch, state="xx")


def test_a_diagram_without_branches_is_refused(whole: Diagram) -> None:
    empty = Diagram((), whole.parameter, whole.span, whole.window, whole.model, whole.provenance)
    with pytest.raises(InvalidInputError, match="no branch to draw"):
        plot.diagram(empty)
