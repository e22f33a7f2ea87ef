"""A diagnosis as a table and shares as bars: what is drawn, how long, with which words."""

from dataclasses import replace

import numpy as np
import pytest

from richardson import plot
from richardson.errors import InvalidInputError
from richardson.models import security_dilemma
from richardson.theory.diagnose import Diagnosis, diagnose
from richardson.theory.shares import ArmingShares


@pytest.fixture(scope="module")
def found() -> Diagnosis:
    return diagnose(security_dilemma(ambition_x=1.0))


def bars(shares: ArmingShares) -> list[tuple[float, float]]:
    """Left end and width of each bar, from the top."""
    return [(patch.get_x(), patch.get_width()) for patch in plot.arming_shares(shares).patches]


def test_every_question_stands_with_its_answer_number_and_meaning(found: Diagnosis) -> None:
    axes = plot.diagnosis(found)
    texts = [text.get_text() for text in axes.texts]
    assert texts[0] == "Verdict: aggressor"
    for question, tick in found.ticks.items():
        assert question in texts
        assert tick.answer in texts
        assert tick.number is None or f"{tick.number:.4g}".replace("-", "−") in texts


def test_marks_are_full_half_empty_and_a_dash(found: Diagnosis) -> None:
    looks = [(line.get_marker(), line.get_fillstyle()) for line in plot.diagnosis(found).lines if line.get_marker() not in {"None", None}]
    answers = [tick.answer for tick in found.ticks.values()]
    assert answers == ["yes", "yes", "in part", "yes", "active", "not decidable", "no", "both"]
    assert [marker for marker, _ in looks] == ["o"] * 5 + ["_"] + ["o"] * 2
    assert [fill for _, fill in looks] == ["full", "full", "left", "full", "full", "full", "none", "full"]


def test_bars_stand_end_to_end_and_have_the_length_of_the_arms(found: Diagnosis) -> None:
    drawn = bars(found.shares)
    assert drawn[0] == (0.0, found.shares.maintenance[0, 0])
    assert drawn[2][0] + drawn[2][1] == pytest.approx(found.shares.arms[0])
    assert drawn[6][0] + drawn[6][1] == pytest.approx(found.shares.arms[0])  # made, with history


def test_negative_parts_lie_left_of_zero_and_what_has_no_limit_says_so(found: Diagnosis) -> None:
    negative = np.array([[3.0, 3.0], [-1.0, -1.0], [2.0, 2.0]])
    shares = replace(found.shares, maintenance=negative, origin=np.full((3, 2), np.nan), history=np.full(2, np.nan))
    assert bars(shares)[:3] == [(0.0, 3.0), (0.0, -1.0), (3.0, 2.0)]
    assert [text.get_text().strip() for text in plot.arming_shares(shares).texts] == ["a path has no limit"] * 2


def test_diagnoses_stand_side_by_side_with_every_answer_and_number_under_its_head(found: Diagnosis) -> None:
    other = replace(found, verdict="dilemma")
    axes = plot.diagnoses({"first": found, "second": other})
    texts = [text.get_text() for text in axes.texts]
    questions = texts[1 : 1 + len(found.ticks)]
    assert questions == list(found.ticks)
    assert [texts.count(word) for word in ("first", "second", "aggressor", "dilemma")] == [1, 1, 1, 1]
    for tick in found.ticks.values():
        assert texts.count(tick.answer) % 2 == 0
    marks = [line for line in axes.lines if line.get_marker() in {"o", "_"}]
    assert len(marks) == 2 * len(found.ticks)
    lefts = [min(line.get_xdata()[0] for line in marks[start : start + 8]) for start in (0, 8)]
    assert lefts[0] < lefts[1]


def test_what_the_numbers_are_stands_below_once(found: Diagnosis) -> None:
    notes = " ".join(plot.diagnoses({"first": found, "second": found}).texts[0].get_text().split())
    for question, tick in found.ticks.items():
        assert notes.casefold().count(f"{question}: {tick.meaning}".casefold()) == (tick.number is not None)


def test_diagnoses_of_different_questions_are_refused(found: Diagnosis) -> None:
    fewer = replace(found, ticks=dict(list(found.ticks.items())[:3]))
    for several in ({}, {"a": found, "b": fewer}):
        with pytest.raises(InvalidInputError, match="the same questions"):
            plot.diagnoses(several)


def test_shares_are_explained_in_one_legend_for_several_axes(found: Diagnosis) -> None:
    figure = plot.figure(width=85, height=110)
    for ax in figure.subplots(2, 1):
        plot.arming_shares(found.shares, legend=False, ax=ax)
        assert ax.get_legend() is None
    plot.legend(figure, columns=4)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["fear", "grievance", "ambition"]


def test_a_given_axes_is_drawn_on(found: Diagnosis) -> None:
    axes = plot.figure().add_subplot()
    assert plot.diagnosis(found, ax=axes) is axes
    assert plot.arming_shares(found.shares, ax=axes) is axes


def test_a_border_that_is_not_known_or_not_there_is_said_in_words(found: Diagnosis) -> None:
    for border, words in ((np.nan, "not decidable"), (np.inf, "no border within reach")):
        there = replace(found, border=replace(found.border, border=border))
        assert words in plot.diagnosis(there).texts[1].get_text()
