"""Curves known in closed form, given as systems that have nothing to do with models."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from richardson.arrays import FloatArray
from richardson.continuation.arclength import corrected, tangent, walk
from richardson.outcome import Outcome


@dataclass(frozen=True, eq=False)
class Curve:
    function: Callable[[FloatArray], FloatArray]
    gradient: Callable[[FloatArray], FloatArray]
    lower: FloatArray
    upper: FloatArray
    parameter_count: int = 1

    def values_and_matrix(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.atleast_1d(self.function(point)), np.atleast_2d(self.gradient(point))


def plane_curve(function: Callable[..., float], gradient: Callable[..., tuple[float, float]], half: float, count: int = 1) -> Curve:
    return Curve(lambda u: np.array(function(*u)), lambda u: np.array(gradient(*u)), np.full(2, -half), np.full(2, half), count)


CIRCLE = plane_curve(lambda x, p: x * x + p * p - 1, lambda x, p: (2 * x, 2 * p), 2.0)


def test_a_circle_closes_and_stays_on_itself() -> None:
    found = walk(CIRCLE, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert found.outcome is Outcome.CLOSED
    np.testing.assert_allclose(np.hypot(*found.points.T), 1.0, rtol=1e-12)
    assert np.linalg.norm(np.diff(found.points, axis=0), axis=1).sum() == pytest.approx(2 * np.pi, rel=1e-4)  # chords of 0.01: 1e-5


def test_tangents_are_unit_and_along_the_curve() -> None:
    found = walk(CIRCLE, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    turned = np.column_stack((-found.points[:, 1], found.points[:, 0]))
    np.testing.assert_allclose(found.tangents, turned, atol=1e-12)


def test_a_tangent_is_found_where_the_side_asked_for_is_orthogonal_to_the_curve() -> None:
    found = tangent(CIRCLE, np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(np.abs(found), [0.0, 1.0], atol=1e-12)


@pytest.mark.parametrize(("count", "outcome"), [(1, Outcome.REACHED_BOUND), (2, Outcome.REACHED_END)])
def test_a_walk_ends_exactly_on_a_border_and_says_which(count: int, outcome: Outcome) -> None:
    parabola = plane_curve(lambda x, p: x - 3 * p * p, lambda x, p: (1.0, -6 * p), 1.5, count)
    found = walk(parabola, np.zeros(2), np.array([0.0, 1.0]))
    assert found.outcome is outcome
    assert found.points[-1, 0] == 1.5
    assert found.points[-1, 1] == pytest.approx(0.5**0.5, rel=1e-12)


def test_a_pole_runs_away_where_there_is_no_border() -> None:
    pole = Curve(lambda u: u[0] * (1 - u[1]) - 1, lambda u: np.array([1 - u[1], -u[0]]), np.full(2, -np.inf), np.array([np.inf, 2.0]))
    found = walk(pole, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert found.outcome is Outcome.RAN_AWAY
    np.testing.assert_allclose(found.points[:, 0] * (1 - found.points[:, 1]), 1.0, rtol=1e-9)  # 1 − p loses six digits at 1e6


def test_a_curve_that_ends_where_its_equation_does_is_stuck() -> None:
    root = plane_curve(lambda x, p: x - np.sqrt(0.5 - p), lambda x, p: (1.0, 0.5 / np.sqrt(0.5 - p)), 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = walk(root, np.array([0.5**0.5, 0.0]), np.array([0.0, 1.0]))
    assert found.outcome is Outcome.STEP_TOO_SMALL
    assert found.points[-1] == pytest.approx([0.0, 0.5], abs=2e-3)


def test_the_number_of_steps_has_a_limit() -> None:
    found = walk(CIRCLE, np.array([1.0, 0.0]), np.array([0.0, 1.0]), step_limit=7)
    assert (found.outcome, len(found.points)) == (Outcome.STEP_LIMIT, 8)


def test_steps_keep_to_their_longest() -> None:
    found = walk(CIRCLE, np.array([1.0, 0.0]), np.array([0.0, 1.0]), longest_step=1e-3, first_step=1e-2)
    assert np.linalg.norm(np.diff(found.points, axis=0), axis=1).max() < 1.05e-3


def test_rows_in_any_unit_weigh_alike() -> None:
    unit = 2.0**-600  # a power of two changes no digit
    tiny = plane_curve(lambda x, p: unit * (x * x + p * p - 1), lambda x, p: (2 * unit * x, 2 * unit * p), 2.0)
    found = walk(tiny, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    np.testing.assert_array_equal(found.points, walk(CIRCLE, np.array([1.0, 0.0]), np.array([0.0, 1.0])).points)


def test_a_correction_holds_what_it_is_told_to() -> None:
    found = corrected(CIRCLE, np.array([0.9, 0.5]), np.array([0.0, 1.0]))
    assert found == pytest.approx([0.75**0.5, 0.5], rel=1e-14)


def test_a_correction_that_has_no_solution_is_none() -> None:
    assert corrected(CIRCLE, np.array([0.9, 1.5]), np.array([0.0, 1.0])) is None
