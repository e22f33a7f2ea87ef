"""One key everywhere: colours, markers, lines and the words that explain them."""

import colorsys

import pytest
from matplotlib.colors import to_rgb

from richardson import models, plot
from richardson.plot import key
from richardson.symbolic.quantity import State

KINDS = ["stable node", "unstable node", "stable focus", "unstable focus", "saddle", "saddle focus", "centre", "degenerate"]


def lightness(colour: str) -> float:
    """How light a colour is when printed in grey, 0 to 1 (Rec. 709 luma)."""
    red, green, blue = to_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_x_is_blue_and_y_is_orange() -> None:
    hues = [colorsys.rgb_to_hsv(*to_rgb(key.colour(position)))[0] * 360 for position in (0, 1)]
    assert 200 <= hues[0] <= 250
    assert 20 <= hues[1] <= 45


def test_x_and_y_are_apart_in_grey() -> None:
    assert lightness(key.colour(1)) - lightness(key.colour(0)) > 0.25


def test_stable_is_solid_and_unstable_dashed() -> None:
    assert key.line(True) == "-"
    assert key.line(False)[1]


@pytest.mark.parametrize("kind", KINDS)
def test_stable_is_filled_unstable_hollow_and_saddles_half_filled(kind: str) -> None:
    look = key.marker(kind)
    if kind.startswith("saddle"):
        assert (look["fillstyle"], look["markerfacecolor"], look["markerfacecoloralt"]) == ("left", key.INK, "white")
    else:
        assert look["fillstyle"] == "full"
        assert look["markerfacecolor"] == (key.INK if kind.startswith("stable") else "white")


def test_every_kind_has_a_marker_of_its_own() -> None:
    looks = {kind: key.marker(kind) for kind in KINDS}
    assert len({(look["marker"], look["markerfacecolor"], look["fillstyle"]) for look in looks.values()}) == len(KINDS)


@pytest.mark.parametrize(
    ("symbol", "kind", "label"),
    [
        ("x", "flow", r"$\dot{x} = 0$"),
        (r"x_{\mathrm{us}}", "flow", r"$\dot{x}_{\mathrm{us}} = 0$"),
        (r"\theta", "flow", r"$\dot{\theta} = 0$"),
        (r"x^2", "flow", r"$\mathrm{d}x^2/\mathrm{d}t = 0$"),
        ("x", "map", "$x' = x$"),
    ],
)
def test_a_nullcline_is_named_by_what_rests_on_it(symbol: str, kind: str, label: str) -> None:
    assert key.rest_label(State("x", symbol), kind) == label


def test_a_parameter_is_labelled_by_meaning_letter_and_unit() -> None:
    model = models.security_dilemma()
    assert key.parameter_label(model, "balance") == r"offence–defence balance, $\beta$"
    assert key.parameter_label(model, "fatigue_x") == "fatigue of x, $a_{x}$ [1/yr]"


def test_a_concept_is_labelled_with_all_that_move() -> None:
    assert key.parameter_label(models.security_dilemma(), "alarm") == r"alarm ($\varphi_{x}$, $\varphi_{y}$)"


def test_equal_labels_are_one_entry_of_the_legend() -> None:
    figure = plot.figure()
    axes = figure.subplots(1, 2)
    for ax in axes:
        ax.plot([0, 1], label="line")
    axes[1].plot([0, 1], label="other")
    plot.legend(figure)
    plot.legend(axes[1])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["line", "other"]
    assert [text.get_text() for text in axes[1].get_legend().get_texts()] == ["line", "other"]


def test_what_has_no_label_gets_no_legend() -> None:
    ax = plot.figure().add_subplot()
    plot.legend(ax)
    assert ax.get_legend() is None
