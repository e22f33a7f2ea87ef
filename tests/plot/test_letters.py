"""Computer Modern without LaTeX: no letter is drawn in another's place, none is missing."""

import logging

import pytest
from matplotlib.text import Text

from richardson import plot
from richardson.plot.letters import spelt


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("arms of x, $x$ [arms]", "arms of x, $x$ [arms]"),
        ("offence–defence balance, $\\beta$", "offence|defence balance, $\\beta$"),
        ("détente", r"d$\acute{\mathrm{e}}$tente"),
        ("P(stable) > 0.999", "P(stable) $>$ 0.999"),
        ("$x < 3$ < 4", "$x < 3$ $<$ 4"),
        ("−0.3", "$-$0.3"),
        ("5 $", "5 $"),
    ],
)
def test_letters_are_spelt_for_the_font_and_formulas_left_alone(text: str, wanted: str) -> None:
    assert spelt(text) == wanted


def test_texts_are_spelt_once_whatever_is_asked_of_the_figure(caplog: pytest.LogCaptureFixture) -> None:
    with plot.paper(font="Computer Modern"), caplog.at_level(logging.WARNING, logger="matplotlib"):
        figure = plot.figure(height=40)
        ax = figure.add_subplot()
        ax.set_xlabel("offence–defence balance, $\\beta$ | détente < cold war")
        for _ in range(3):
            figure.draw_without_rendering()
    assert ax.get_xlabel() == r"offence|defence balance, $\beta$ $|$ d$\acute{\mathrm{e}}$tente $<$ cold war"
    assert not caplog.records  # matplotlib logs each glyph that a font lacks


def test_stix_needs_no_spelling() -> None:
    figure = plot.figure(height=40)
    ax = figure.add_subplot()
    ax.set_xlabel("offence–defence balance < 1")
    figure.draw_without_rendering()
    assert ax.get_xlabel() == "offence–defence balance < 1"


def test_bold_letters_are_of_the_bold_font() -> None:
    with plot.paper(font="Computer Modern"):
        figure = plot.figure(height=40)
        title = figure.add_subplot().set_title("a", fontweight="bold")
        figure.draw_without_rendering()
    assert isinstance(title, Text)
    assert (title.get_fontfamily()[0], title.get_fontweight()) == ("cmb10", "normal")
