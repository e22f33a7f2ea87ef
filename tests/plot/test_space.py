"""Three states in a box: which are drawn on which axis, in which look, and what is refused."""

from typing import Any

import numpy as np
import pytest

from richardson import plot
from richardson.continuation.cycles import LimitCycle
from richardson.dynamics.integrate import integrate
from richardson.dynamics.iterate import iterate
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.models import linear
from richardson.plot import key
from richardson.provenance import record
from richardson.stability.equilibria import Equilibria, equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

TURN = Model.from_equations({"x": "-x/2", "y": "-y/2", "z": "2*z", "w": "-w/3"}, kind="map")


@pytest.fixture(scope="module")
def run() -> Trajectory:
    return iterate(TURN, [1.0, 2.0, 0.25, 4.0], 5)


@pytest.fixture(scope="module")
def saddle() -> Equilibria:
    return equilibria(TURN, Window(x=(-1, 1), y=(-1, 1), z=(-1, 1), w=(-1, 1)))


def drawn(line: Any) -> np.ndarray:
    """Places of a line, shape (n, 3)."""
    return np.array(line.get_data_3d()).T


def explained(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_run_is_drawn_in_its_first_three_states_with_its_start(run: Trajectory) -> None:
    path, start = plot.phase_space(run).get_lines()
    assert np.array_equal(drawn(path), run.states[:, :3])
    assert np.array_equal(drawn(start), run.states[:1, :3])


def test_chosen_states_stand_on_the_axes_in_the_order_chosen(run: Trajectory) -> None:
    ax: Any = plot.phase_space(run, states=("w", "x", "z"))
    assert np.array_equal(drawn(ax.get_lines()[0]), run.states[:, [3, 0, 2]])
    assert [ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()] == ["$w$", "$x$", "$z$"]


def test_several_runs_differ_in_colour_and_name(run: Trajectory) -> None:
    ax = plot.phase_space(run, run)
    assert [line.get_color() for line in ax.get_lines()] == [key.colour(0), key.colour(0), key.colour(1), key.colour(1)]
    assert explained(ax) == ["run 1", "start", "run 2"]


def test_equilibria_have_the_marker_of_their_kind(run: Trajectory, saddle: Equilibria) -> None:
    ax = plot.phase_space(saddle, run)
    assert explained(ax) == ["run", "start", saddle[0].kind]
    point = ax.get_lines()[-1]
    assert (point.get_marker(), point.get_fillstyle()) == (key.marker("saddle")["marker"], "left")
    assert np.array_equal(drawn(point), saddle[0].state[np.newaxis, :3])
    assert explained(plot.phase_space(saddle[0])) == [saddle[0].kind]


@pytest.mark.parametrize(("is_stable", "name"), [(True, "stable cycle"), (False, "unstable cycle")])
def test_a_cycle_is_solid_if_stable_else_dashed(is_stable: bool, name: str) -> None:
    angles = np.linspace(0.0, 2 * np.pi, 9)
    states = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(9), np.ones(9)])
    found = LimitCycle(angles, states, 6.28, np.ones(4, dtype=complex), is_stable, 0.0, 0.0, 0.0, TURN, record(TURN))
    ax = plot.phase_space(found)
    assert explained(ax) == [name]
    assert (ax.get_lines()[0].get_linestyle() == "-") == is_stable


def test_given_axes_are_drawn_on_and_flat_ones_refused(run: Trajectory) -> None:
    figure = plot.figure()
    box, flat = figure.add_subplot(1, 2, 1, projection="3d"), figure.add_subplot(1, 2, 2)
    assert plot.phase_space(run, ax=box) is box
    with pytest.raises(InvalidInputError, match="three dimensions"):
        plot.phase_space(run, ax=flat)


def test_what_has_no_three_states_is_refused(run: Trajectory) -> None:
    flat = integrate(linear(), [1.0, 1.0], [0.0, 1.0])
    for things, complaint in (
        ((), "nothing to draw"),
        ((flat,), "has 2 states"),
        ((run, flat), "share no space"),
        ((TURN,), "draws Trajectory or LimitCycle"),
    ):
        with pytest.raises(InvalidInputError, match=complaint):
            plot.phase_space(*things)
    for states in (("x", "y"), ("x", "y", "y")):
        with pytest.raises(InvalidInputError, match="Three different states"):
            plot.phase_space(run, states=states)
    with pytest.raises(UnknownNameError, match="no state 'q'"):
        plot.phase_space(run, states=("x", "y", "q"))
