"""Films: what each frame shows, that nothing jumps, and that the same film is written twice."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from richardson import plot
from richardson.dynamics.integrate import integrate
from richardson.dynamics.iterate import iterate
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.models import linear
from richardson.plot import key
from richardson.stability.portrait import phase_portrait
from richardson.stability.portraits import PhasePortraits, phase_portraits
from richardson.stability.window import Window
from richardson.symbolic.model import Model

RACE = linear(defence=0.5, grievance=1.0)
WINDOW = Window(x=(0, 4), y=(0, 4))


@pytest.fixture(scope="module")
def runs() -> tuple[Trajectory, Trajectory]:
    return integrate(RACE, [0.0, 4.0], np.linspace(0, 8, 9)), integrate(RACE, [4.0, 1.0], np.linspace(0, 4, 5))


@pytest.fixture(scope="module")
def film() -> PhasePortraits:
    return phase_portraits(RACE, WINDOW, "defence", [0.2, 0.5, 2.0])


def frame(animation: Any, number: int) -> Any:
    """The Axes of a film at one of its frames."""
    animation._func(number)
    animation._draw_was_started = True  # it was looked at, so matplotlib need not warn that it was not
    return animation._fig.axes[0]


def test_a_run_is_shown_up_to_the_time_of_the_frame(runs: tuple[Trajectory, Trajectory]) -> None:
    animation = plot.animate_runs(runs[0], frames=17)
    tail, head = frame(animation, 5).get_lines()  # t = 2.5
    assert np.array_equal(tail.get_xydata()[:3], runs[0].states[:3])
    assert head.get_xydata() == pytest.approx((runs[0].states[2:3] + runs[0].states[3:4]) / 2)
    assert frame(animation, 5).get_title(loc="left") == "$t = 2.5$"


def test_a_run_that_ended_stays_where_it_ended(runs: tuple[Trajectory, Trajectory]) -> None:
    heads = [line for line in frame(plot.animate_runs(*runs, frames=9), 8).get_lines() if line.get_marker() == "o"]
    assert [head.get_xydata()[0].tolist() for head in heads] == [run.states[-1].tolist() for run in runs]


def test_a_portrait_behind_gives_window_axes_and_colours_that_runs_then_avoid(runs: tuple[Trajectory, Trajectory]) -> None:
    ax = frame(plot.animate_runs(*runs, behind=phase_portrait(RACE, WINDOW), frames=3), 1)
    shades = {line.get_label(): line.get_color() for line in ax.get_lines()}
    assert (shades["run 1"], shades["run 2"]) == (key.colour(2), key.colour(3))
    assert (ax.get_xlim(), ax.get_ylim()) == ((0.0, 4.0), (0.0, 4.0))


def test_states_stand_on_the_axes_as_asked(runs: tuple[Trajectory, Trajectory]) -> None:
    ax = frame(plot.animate_runs(runs[0], states=("y", "x"), frames=3), 2)
    assert np.array_equal(ax.get_lines()[0].get_xydata()[:-1], runs[0].states[:, ::-1])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("arms of y, $y$ [arms]", "arms of x, $x$ [arms]")


def test_a_portrait_is_shown_at_each_value_under_its_name(film: PhasePortraits) -> None:
    animation = plot.animate_portraits(film)
    for number, picture in enumerate(film):
        ax = frame(animation, number)
        assert ax.get_title(loc="left").endswith(f"= {film.values[number]:.1f}")
        shown = (
            [line.get_xydata()[0].tolist() for line in ax.get_lines() if line.get_label() == picture.equilibria[0].kind]
            if picture.equilibria
            else []
        )
        assert shown == [one.state.tolist() for one in picture.equilibria]


def test_the_legend_explains_what_any_frame_shows(film: PhasePortraits) -> None:
    animation = plot.animate_portraits(film)
    (legend,) = frame(animation, 0).figure.legends
    kinds = {one.kind for picture in film for one in picture.equilibria}
    assert kinds <= {text.get_text() for text in legend.get_texts()}


def test_nothing_jumps_from_frame_to_frame(film: PhasePortraits) -> None:
    animation = plot.animate_portraits(film)
    assert len({tuple(frame(animation, number).get_position().bounds) for number in range(3)}) == 1


def test_a_film_is_written_without_other_programs_to_the_same_bytes(film: PhasePortraits, tmp_path: Path) -> None:
    for name in ("one.gif", "other.gif"):
        plot.animate_portraits(film).save(tmp_path / name, writer="pillow")
    assert (tmp_path / "one.gif").read_bytes() == (tmp_path / "other.gif").read_bytes()
    with Image.open(tmp_path / "one.gif") as written:
        assert written.n_frames == 3


def test_portraits_along_a_parameter_are_those_at_its_values(film: PhasePortraits) -> None:
    lone = phase_portrait(RACE.with_values(defence=0.2), WINDOW)
    assert film[0].equilibria[0].state.tolist() == lone.equilibria[0].state.tolist() == pytest.approx([1.25, 1.25])
    assert (len(film), film.parameter, film[1:][0] is film[1]) == (3, "defence", True)
    table = film.to_table()
    assert table["defence"] == [0.2, 0.5] and table["x"] == pytest.approx([1.25, 2.0])  # the saddle at 2 is out of the window


def test_what_is_no_film_is_refused(runs: tuple[Trajectory, Trajectory], film: PhasePortraits) -> None:
    third = iterate(Model.from_equations({"u": "u/2"}, kind="map"), [1.0], 3)
    refusals: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
        ((), {}, "at least one"),
        ((RACE,), {}, "draws Trajectory"),
        ((), {}, "at least one"),
        ((runs[0], third), {}, "share no plane"),
        ((third,), {}, "two different states"),
        (runs, {"states": ("x", "x")}, "two different states"),
        (runs, {"states": ("y", "x"), "behind": film[0]}, "Leave states= out"),
        (runs, {"frames": 1}, "two frames at least"),
    ]
    for things, options, complaint in refusals:
        with pytest.raises(InvalidInputError, match=complaint):
            plot.animate_runs(*things, **options)
    with pytest.raises(UnknownNameError, match="no state 'q'"):
        plot.animate_runs(*runs, states=("x", "q"))
    with pytest.raises(InvalidInputError, match="draws PhasePortraits"):
        plot.animate_portraits([film[0]])  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="need a sequence of values"):
        phase_portraits(RACE, WINDOW, "defence", [])
