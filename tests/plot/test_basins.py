"""What a picture of basins shows, and what a portrait shows over them."""

import matplotlib as mpl
import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.landscape.attractors import Attractor
from richardson.landscape.basins import Basins
from richardson.models import linear, security_dilemma
from richardson.plot.basins import SHADES, basins
from richardson.plot.portrait import portrait
from richardson.provenance import record
from richardson.stability.equilibria import equilibria
from richardson.stability.portrait import phase_portrait
from richardson.stability.window import Window

MODEL = security_dilemma(balance=0.05)
WINDOW = Window(x=(0, 30), y=(0, 30))


def part_of(labels: list[list[int]]) -> Basins:
    """Basins of the dilemma with these labels."""
    stable = tuple(Attractor.of(one) for one in equilibria(MODEL, WINDOW) if one.is_stable)
    cycle = Attractor("cycle", np.array([[5.0, 5.0], [9.0, 5.0], [9.0, 9.0]]), None, 3.0, MODEL)
    strange = Attractor("strange attractor", np.array([[20.0, 5.0], [21.0, 5.0]]), None, None, MODEL)
    return Basins(WINDOW, np.array(labels), (*stable, cycle, strange), 0, 0, MODEL, record(MODEL))


def legend_of(axes: mpl.axes.Axes) -> list[str]:
    """Texts of the legend."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_legend_names_every_area_and_every_attractor() -> None:
    axes = basins(part_of([[0, 1, 2], [3, -1, -2], [-3, 0, 0]]))
    assert legend_of(axes) == [
        "to stable node (1.08, 1.08)",
        "to stable node (21.8, 21.8)",
        "to cycle",
        "to strange attractor",
        "undecided",
        "escapes",
        "leaves the domain",
        "stable node",
        "stable cycle",
        "strange attractor",
    ]


def test_an_area_lies_where_its_cells_are() -> None:
    image = basins(part_of([[0, 1], [0, 0]])).images[1].get_array()
    assert image[..., 3].tolist() == [[0.0, 0.0], [1.0, 0.0]]  # the second state runs upwards


def test_the_limits_are_those_of_the_window() -> None:
    axes = basins(part_of([[0, 1], [0, 0]]))
    assert (axes.get_xlim(), axes.get_ylim(), axes.get_aspect()) == ((0, 30), (0, 30), 1.0)


def test_neighbouring_shades_differ_in_grey() -> None:
    greys = [np.dot(mpl.colors.to_rgb(shade), (0.299, 0.587, 0.114)) for shade in SHADES]
    assert min(np.abs(np.diff(greys))) > 0.08  # of the way from black to white: seen side by side


def test_a_portrait_has_the_areas_behind_it() -> None:
    axes = portrait(phase_portrait(MODEL, WINDOW), basins=part_of([[0, 1], [0, 0]]))
    assert (len(axes.images), legend_of(axes)[:2]) == (2, ["to stable node (1.08, 1.08)", "to stable node (21.8, 21.8)"])


def test_basins_of_another_model_are_refused_behind_a_portrait() -> None:
    with pytest.raises(InvalidInputError, match="same model and states"):
        portrait(phase_portrait(linear(), Window(x=(0, 30), y=(0, 30))), basins=part_of([[0, 1], [0, 0]]))
