"""Ramps and overshoots drawn: what lines there are, where they lie, and that the key names them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from richardson import plot
from richardson.continuation.diagram import equilibrium_diagram
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.landscape.overshoot import SafeOvershoot, safe_overshoot
from richardson.landscape.tipping import Tipping, tipping
from richardson.models import security_dilemma
from richardson.plot import key
from richardson.plot.tipping import HEADS
from richardson.stability.window import Window
from richardson.symbolic.model import Model

DILEMMA, CALM = security_dilemma(), [0.973883964480013] * 2
WINDOW = Window(x=(0, 60), y=(0, 60))
MADE: dict[str, Tipping | SafeOvershoot] = {}


def ramp() -> Tipping:
    if "ramp" not in MADE:
        MADE["ramp"] = tipping(DILEMMA, CALM, "balance", 0.3, 0.02)
    found = MADE["ramp"]
    assert isinstance(found, Tipping)
    return found


def chart(kind: str = "geometric") -> SafeOvershoot:
    if kind not in MADE:
        spaced = np.geomspace if kind == "geometric" else np.linspace
        MADE[kind] = safe_overshoot(DILEMMA, CALM, "balance", spaced(0.01, 0.4, 6), spaced(1.0, 40.0, 7), towards=0.5)
    found = MADE[kind]
    assert isinstance(found, SafeOvershoot)
    return found


def texts(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def test_a_ramp_is_drawn_over_the_branch_that_it_leaves() -> None:
    axes = plot.tipping(ramp())
    assert texts(axes) == ["stable equilibrium", "unstable equilibrium", "path, ramp at 0.02/yr", "start", "end, a stable node"]


def test_the_path_is_in_ink_over_its_parameter() -> None:
    axes = plot.tipping(ramp(), state="y")
    path = next(line for line in axes.get_lines() if str(line.get_label()).startswith("path"))
    assert to_hex(path.get_color()) == key.INK
    assert np.array_equal(path.get_xydata(), np.column_stack((ramp().values, ramp().path["y"])))


def test_the_end_of_the_path_is_marked_by_its_kind() -> None:
    found = ramp()
    assert found.end is not None
    axes = plot.tipping(found)
    ends = [line for line in axes.get_lines() if np.array_equal(line.get_xydata(), [[0.3, found.end["x"]]])]
    assert [line.get_fillstyle() for line in ends] == ["full"]


def test_heads_along_the_path_tell_it_from_the_branch_without_colours() -> None:
    axes = plot.tipping(ramp())
    assert len(axes.patches) == HEADS
    heads = [handle.get_marker() for handle, text in zip(axes.get_legend().legend_handles, texts(axes), strict=True) if "path" in text]
    assert heads == [">"]


def test_all_equilibria_may_stand_behind_the_path() -> None:
    found = equilibrium_diagram(DILEMMA, "balance", (-0.2, 0.32), WINDOW)
    axes = plot.tipping(ramp(), diagram=found)
    places = np.concatenate([line.get_xydata() for line in axes.get_lines() if str(line.get_label()).endswith("stable equilibrium")])
    assert np.abs(places - [0.0, 19.252707940545456]).max(axis=1).min() < 0.5  # the cold war, which the path's own branch does not reach
    assert [text.get_text() for text in axes.texts] == ["fold at 0.110", "fold at −0.150"]
    assert axes.get_xlim()[0] < -0.2 and axes.get_xlim()[1] > 0.32


@pytest.mark.parametrize(
    "other",
    [
        lambda: equilibrium_diagram(security_dilemma(alarm=2.9), "balance", (-0.2, 0.3), WINDOW),
        lambda: equilibrium_diagram(DILEMMA, "alarm", (2.0, 3.0), WINDOW),
        lambda: "balance",
    ],
)
def test_equilibria_of_another_model_or_parameter_are_refused(other: Callable[[], Any]) -> None:
    with pytest.raises(InvalidInputError, match="equilibrium_diagram"):
        plot.tipping(ramp(), diagram=other())


def test_the_point_at_which_stability_is_lost_is_named() -> None:
    axes = plot.tipping(ramp())
    assert [text.get_text() for text in axes.texts] == ["fold at 0.110"]


def test_a_path_that_runs_away_leaves_the_frame_and_the_branch_legible() -> None:
    pursuit = Model.from_equations({"x": "(x + shift)**2 - mu", "y": "-y"}, {"shift": 0.0, "mu": 1.0})
    axes = plot.tipping(tipping(pursuit, [-1.0, 0.0], "shift", 4.0, 2.5, shape="tanh"))
    assert -12 < axes.get_ylim()[0] < -5 and -1 < axes.get_ylim()[1] < 10


def test_a_path_that_tips_and_runs_away_names_its_fold() -> None:
    pushed = Model.from_equations({"x": "mu - 0.3 + x**2", "y": "-y"}, {"mu": -0.7})
    found = tipping(pushed, [-1.0, 0.0], "mu", 0.8, 0.1)
    axes = plot.tipping(found)
    assert found.path.states[-1, 0] > 1e6
    assert [text.get_text() for text in axes.texts] == ["fold at 0.300"]


def test_a_state_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no state 'z'"):
        plot.tipping(ramp(), state="z")


def test_an_overshoot_names_its_answers_its_border_and_the_law() -> None:
    axes = plot.safe_overshoot(chart())
    assert texts(axes) == ["returns", "tips", "critical duration", r"near the fold, $d\,t^2 = 8.81$"]
    assert axes.get_ylabel() == r"height beyond the fold at $\beta$ = 0.11, $d$"
    assert axes.get_xlabel() == "time beyond the fold, $t$ [yr]"


@pytest.mark.parametrize(("kind", "scale"), [("geometric", "log"), ("even", "linear")])
def test_axes_are_logarithmic_where_the_steps_grow(kind: str, scale: str) -> None:
    axes = plot.safe_overshoot(chart(kind))
    assert (axes.get_xscale(), axes.get_yscale()) == (scale, scale)


@pytest.mark.parametrize("kind", ["geometric", "even"])
def test_the_frame_holds_every_cell(kind: str) -> None:
    axes = plot.safe_overshoot(chart(kind))
    assert axes.get_xlim()[0] <= chart(kind).durations[0] and axes.get_xlim()[1] >= chart(kind).durations[-1]
    assert axes.get_ylim()[0] <= chart(kind).heights[0] and axes.get_ylim()[1] >= chart(kind).heights[-1]


def test_the_border_is_the_critical_duration_of_each_height() -> None:
    axes = plot.safe_overshoot(chart())
    border = next(line for line in axes.get_lines() if line.get_label() == "critical duration")
    assert np.array_equal(border.get_xydata(), np.column_stack((chart().critical_durations, chart().heights)))
