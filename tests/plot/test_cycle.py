"""Cycles drawn: stable solid, unstable dashed, points named, what does not fit refused."""

import numpy as np
import pytest

from richardson import plot
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles import LimitCycle
from richardson.continuation.cycles_branch import CycleBranch
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.outcome import Outcome
from richardson.plot import key
from richardson.provenance import record
from richardson.symbolic.model import Model

MODEL = Model.from_equations({"x": "y", "y": "m*(1 - x**2)*y - x", "z": "-z"}, {"m": 1.0})
RADII = np.array([0.0, 0.5, 1.0, 1.5, 2.0])


def circle(radius: float, *, is_stable: bool = True) -> LimitCycle:
    times = np.linspace(0.0, 2 * np.pi, 41)
    states = radius * np.column_stack([np.cos(times), -np.sin(times), 0 * times])
    return LimitCycle(times, states, 2 * np.pi, np.array([1.0 + 0j, 0, 0]), is_stable, 0.0, 0.0, 0.0, MODEL, record(MODEL))


@pytest.fixture
def branch() -> CycleBranch:
    stable = np.array([False, False, False, True, True])
    hopf = SpecialPoint("hopf", 0.0, np.zeros(3), (0.0, 0.0), 0.0)
    fold = SpecialPoint("fold of cycles", -1.0, np.array([1.0, 0, 0]), (-1.0, -1.0), 0.0)
    return CycleBranch(
        parameter="m",
        values=RADII**2 * (RADII**2 - 2),
        periods=np.full(5, 2 * np.pi),
        multipliers=np.ones((5, 3), dtype=complex),
        is_stable=stable,
        points=(hopf, fold),
        outcome=Outcome.REACHED_END,
        cycles=tuple(circle(radius) for radius in RADII),
        model=MODEL,
        provenance=record(MODEL),
    )


def test_a_stable_cycle_is_solid_and_an_unstable_one_dashed() -> None:
    looks = [plot.cycle(circle(1.0, is_stable=stable)).get_lines()[0].get_linestyle() for stable in (True, False)]
    assert looks == ["-", "--"]


def test_a_cycle_is_drawn_in_the_states_asked_for() -> None:
    found = circle(2.0)
    ax = plot.cycle(found, states=("y", "x"))
    np.testing.assert_array_equal(ax.get_lines()[0].get_xydata(), found.states[:, [1, 0]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == (MODEL.states[1].label, MODEL.states[0].label)


def test_a_branch_shows_both_extremes_and_leaves_no_gap(branch: CycleBranch) -> None:
    lines = [line for line in plot.cycle(branch).get_lines() if line.get_marker() != "D"]
    assert [line.get_linestyle() for line in lines] == ["--", "--", "-", "-"]
    np.testing.assert_array_equal(lines[0].get_xydata()[-1], lines[2].get_xydata()[0])
    np.testing.assert_allclose([line.get_ydata()[-1] for line in lines[2:]], [-2.0, 2.0])
    assert {line.get_color() for line in lines} == {key.colour(0)}


def test_points_stand_on_the_branch_with_their_names(branch: CycleBranch) -> None:
    ax = plot.cycle(branch)
    markers = [line.get_xydata()[0].tolist() for line in ax.get_lines() if line.get_marker() == "D"]
    assert markers == [[0.0, 0.0], [-1.0, 1.0]]
    assert {text.get_text() for text in ax.texts} == {"Hopf at 0.00", "fold of cycles at −1.00"}


def test_the_period_is_drawn_over_the_parameter(branch: CycleBranch) -> None:
    ax = plot.cycle(branch, state="period")
    assert ax.get_ylabel() == "period"
    assert all((line.get_ydata() == 2 * np.pi).all() for line in ax.get_lines())


def test_what_does_not_fit_is_refused(branch: CycleBranch) -> None:
    with pytest.raises(InvalidInputError, match="give state="):
        plot.cycle(branch, states=("x", "y"))
    with pytest.raises(InvalidInputError, match="give states="):
        plot.cycle(circle(1.0), state="x")
    with pytest.raises(UnknownNameError, match="Did you mean 'x'"):
        plot.cycle(branch, state="xx")
    with pytest.raises(InvalidInputError, match="in two states"):
        plot.cycle(circle(1.0), states=("x", "y", "z"))  # type: ignore[arg-type]
