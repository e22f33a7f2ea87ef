"""One key everywhere: colours, markers, lines and the words that explain them."""

import colorsys
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from richardson import models, plot
from richardson.arrays import FloatArray
from richardson.plot import key
from richardson.symbolic.quantity import State

KINDS = ["stable node", "unstable node", "stable focus", "unstable focus", "saddle", "saddle focus", "centre", "degenerate"]


# What dichromats see, of linear sRGB: G. M. Machado, M. M. Oliveira and L. A. F. Fernandes (2009), severity 1.0, as quoted in public code
VISIONS = {
    "ordinary": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])  # of linear sRGB, IEC 61966-2-1


def lab(colour: str, vision: str = "ordinary") -> FloatArray:
    """L*, a* and b* (CIE 1976, white of sRGB) of a colour as somebody sees it; L* runs from black 0 to white 100."""
    coded = np.array(to_rgb(colour))
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    share = XYZ @ np.clip(VISIONS[vision] @ linear, 0.0, 1.0) / XYZ.sum(axis=1)
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_x_is_blue_and_y_is_orange() -> None:
    hues = [colorsys.rgb_to_hsv(*to_rgb(key.colour(position)))[0] * 360 for position in (0, 1)]
    assert 200 <= hues[0] <= 250
    assert 20 <= hues[1] <= 45


def test_white_black_and_red_have_their_known_places() -> None:
    assert lab("white") == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("black") == pytest.approx([0, 0, 0], abs=0.02)
    assert lab("red") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


def test_x_and_y_are_far_apart_in_grey() -> None:
    assert lab(key.colour(1))[0] - lab(key.colour(0))[0] > 25


def test_any_two_colours_are_apart_in_grey_and_legible_on_white() -> None:
    lights = [lab(colour)[0] for colour in key.NATIONS]
    assert min(abs(one - other) for one, other in combinations(lights, 2)) >= 13
    assert max(lights) <= 80


@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_colours_are_apart_to_every_eye(vision: str) -> None:
    seen = [lab(colour, vision) for colour in key.NATIONS]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) >= 30  # 2.3 is the least that is noticed


def test_colours_that_return_come_with_another_stroke() -> None:
    looks = [(key.colour(position), str(key.stroke(position))) for position in range(15)]
    assert len(set(looks)) == 15


def test_the_style_sheet_has_the_colours_of_the_key() -> None:
    with plot.paper():
        assert [look["color"] for look in mpl.rcParams["axes.prop_cycle"]] == list(key.NATIONS)


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
