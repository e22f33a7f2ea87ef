from dataclasses import replace

import numpy as np
import pytest

from richardson.errors import InvalidInputError, UnknownNameError
from richardson.landscape.global_diagram import global_diagram as found_along
from richardson.models import security_dilemma
from richardson.plot.global_diagram import global_diagram
from richardson.stability.window import Window

FOUND = []


def found():  # type: ignore[no-untyped-def]
    if not FOUND:
        window = Window(x=(0, 30), y=(0, 30))
        FOUND.append(found_along(security_dilemma(), "balance", [-0.2, 0.0, 0.15], window, half_width=0.05))
    return FOUND[0]


def test_branches_attractors_and_shares_are_drawn_and_named() -> None:
    axes = global_diagram(found(), names={0: "détente"})
    texts = [text.get_text() for text in axes["shares"].figure.legends[0].get_texts()]
    assert texts == ["stable equilibrium", "saddle, one unstable direction", "détente", "attractor 2"]
    assert axes["shares"].get_xlim() == (-0.2, 0.15) and axes["shares"].get_ylim() == (0, 1)
    dots = [line for line in axes["attractors"].get_lines() if line.get_marker() == "o"]
    assert len(dots) == sum(one is not None for along in found().attractors.values() for one in along)


def test_shares_are_stacked_to_one() -> None:
    areas = global_diagram(found())["shares"].collections
    top = max(float(area.get_paths()[0].vertices[:, 1].max()) for area in areas)
    assert top == pytest.approx(1, rel=1e-12)


def test_a_state_or_number_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        global_diagram(found(), state="z")
    with pytest.raises(InvalidInputError, match="no attractor 7"):
        global_diagram(found(), names={7: "war"})


def test_another_state_stands_on_the_upright_axis() -> None:
    axes = global_diagram(found(), state="y")["attractors"]
    np.testing.assert_allclose(
        max(line.get_ydata()[0] for line in axes.get_lines() if line.get_marker() == "o"), found().attractors[1][-1].states[0, 1]
    )


def test_what_runs_away_is_named_and_hatched() -> None:
    alone = replace(found(), shares={0: np.array([0.5, 0.5, 0.0]), 1: np.zeros(3), -2: np.array([0.5, 0.5, 1.0])})
    drawn = global_diagram(alone)["shares"].collections
    assert [(area.get_label(), area.get_hatch() is not None) for area in drawn] == [("attractor 1", False), ("escapes", True)]
