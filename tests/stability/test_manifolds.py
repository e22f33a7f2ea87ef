from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError
from richardson.models.security_dilemma import security_dilemma
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.manifolds import Manifold, manifolds
from richardson.stability.window import Window
from richardson.symbolic.model import Model

LINEAR = Model.from_equations({"x": "a*x + b*y", "y": "c*x + d*y"}, {"a": 1, "b": 2, "c": 1, "d": -1})
SPECIES = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})
BENT = Model.from_equations({"x": "x", "y": "-r*y + c*x**2"}, {"r": 1.0, "c": 1.0})
DOUBLE_WELL = Model.from_equations({"x": "y", "y": "x - x**3 - d*y"}, {"d": 0.0})
SWING = Model.from_equations({"x": "y", "y": "-sin(x) + 0.3*y*(0.5 - x**2)"})
CLOSE = Model.from_equations({"x": "m*x - x**2", "y": "-y"}, {"m": -1e-5})
SQUARE = Window(x=(-1, 1), y=(-1, 1))


def saddle_of(model: Model, window: Window):  # type: ignore[no-untyped-def]
    return next(one for one in equilibria(model, window) if one.kind == "saddle")


@pytest.mark.parametrize(("a", "b", "c", "d"), [(1, 2, 1, -1), (0, 1, 1, 0), (-3, 0.2, 0.5, 0.1)])
def test_manifolds_of_a_linear_saddle_are_its_eigenvectors_from_border_to_border(a: float, b: float, c: float, d: float) -> None:
    model = LINEAR.with_values(a=a, b=b, c=c, d=d)
    values, vectors = np.linalg.eig([[a, b], [c, d]])
    for manifold, which in zip(manifolds(model, saddle_of(model, SQUARE), SQUARE), (np.argmin(values), np.argmax(values)), strict=True):
        along = vectors[:, which]
        across = manifold.path @ np.array([-along[1], along[0]])
        assert np.abs(across).max() < 1e-8  # the integrator's tolerance, shrunk by the attraction of the manifold
        np.testing.assert_allclose(np.abs(manifold.path[[0, -1]]).max(axis=1), 1, rtol=1e-9)
        assert manifold.ends == (Outcome.REACHED_BOUND, Outcome.REACHED_BOUND)


def test_a_bent_manifold_is_its_parabola() -> None:
    stable, unstable = manifolds(BENT, saddle_of(BENT, SQUARE), SQUARE)
    np.testing.assert_allclose(unstable.path[:, 1], unstable.path[:, 0] ** 2 / 3, atol=1e-9)
    np.testing.assert_allclose(stable.path[:, 0], 0, atol=1e-12)


def test_the_separatrix_of_two_species_leaves_the_origin_and_the_unstable_one_joins_the_survivors() -> None:
    window = Window(x=(0, 4), y=(0, 4))
    stable, unstable = manifolds(SPECIES, saddle_of(SPECIES, window), window)
    assert (stable.kind, unstable.kind) == ("stable", "unstable")
    ends = stable.path[[0, -1]]
    origin = ends[np.argmin(np.linalg.norm(ends, axis=1))]
    np.testing.assert_allclose(origin, [0, 0], atol=1e-4)
    np.testing.assert_allclose(sorted(map(tuple, unstable.path[[0, -1]])), [(0, 2), (3, 0)], atol=1e-4)


def test_area_below_the_separatrix_is_the_share_of_the_window_that_one_species_wins() -> None:
    window = Window(x=(0, 4), y=(0, 4))
    path = manifolds(SPECIES, saddle_of(SPECIES, window), window, spacing=4e-4)[0].path
    path = path if path[0, 0] < path[-1, 0] else path[::-1]
    share = np.trapezoid(path[:, 1], path[:, 0]) / 16
    assert share == pytest.approx(0.393708, abs=5e-7)  # printed to six digits; the trapezoid's error is 1e-7


def test_points_are_evenly_spaced_and_pass_through_the_saddle() -> None:
    window = Window(x=(0, 4), y=(0, 4))
    saddle = saddle_of(SPECIES, window)
    for manifold in manifolds(SPECIES, saddle, window, spacing=0.01):
        gaps = np.linalg.norm(np.diff(manifold.path, axis=0) / 4, axis=1)
        assert gaps.max() <= 0.01
        assert gaps.min() > 0.98 * 0.01  # two branches, each of a whole number of gaps
        assert (manifold.path == saddle.state).all(axis=1).any()


def parabola(ratio: float) -> tuple[Model, Callable[[FloatArray], FloatArray]]:
    """A saddle with eigenvalues 1, −ratio, whose unstable manifold is y = x²/(2 + ratio), and the distance from it in widths."""
    model = BENT.with_values(r=ratio)

    def distance(path: FloatArray) -> FloatArray:
        slope = 2 * path[:, 0] / (2 + ratio)
        return np.asarray(np.abs(path[:, 1] - path[:, 0] ** 2 / (2 + ratio)) / np.hypot(1, slope) / 2)

    return model, distance


@pytest.mark.parametrize("ratio", [1e-6, 1.0, 1e6])
def test_the_error_claimed_bounds_the_distance_from_the_curve_however_different_the_eigenvalues(ratio: float) -> None:
    model, distance = parabola(ratio)
    unstable = manifolds(model, saddle_of(model, SQUARE), SQUARE)[1]
    assert distance(unstable.path).max() <= unstable.error + 1e-15  # rounding of the states
    assert unstable.error < 1e-8  # the tolerance


def test_a_curve_that_bends_within_a_ten_thousandth_of_the_window_is_followed_from_nearer_the_saddle() -> None:
    model = BENT.with_values(c=1e4)
    unstable = manifolds(model, saddle_of(model, SQUARE), SQUARE)[1]
    x, y = unstable.path.T
    distance = np.abs(y - 1e4 * x**2 / 3) / np.hypot(1, 2e4 * x / 3) / 2
    assert distance.max() <= unstable.error < 1e-8


@pytest.mark.parametrize("tolerance", [1e-4, 1e-10])
def test_a_finer_tolerance_brings_the_curve_nearer(tolerance: float) -> None:
    model, distance = parabola(1.0)
    unstable = manifolds(model, saddle_of(model, SQUARE), SQUARE, tolerance=tolerance)[1]
    assert distance(unstable.path).max() <= unstable.error <= tolerance


def test_a_homoclinic_loop_comes_back_to_its_saddle_on_the_level_of_its_energy() -> None:
    window = Window(x=(-2, 2), y=(-2, 2))
    for manifold in manifolds(DOUBLE_WELL, saddle_of(DOUBLE_WELL, window), window):
        x, y = manifold.path.T
        assert manifold.ends == (Outcome.REACHED_END, Outcome.REACHED_END)
        np.testing.assert_array_equal(manifold.path[[0, -1]], 0)
        assert np.abs(y**2 - x**2 + x**4 / 2).max() < 1e-7  # of order one; the gradient is 3 at most, the error 1e-8 widths of 4


def test_branches_end_at_nodes_foci_cycles_and_borders_and_say_so() -> None:
    window = Window(x=(-2, 2), y=(-2, 2))
    damped = DOUBLE_WELL.with_values(d=0.25)
    stable, unstable = manifolds(damped, saddle_of(damped, window), window)
    assert stable.ends == (Outcome.REACHED_BOUND, Outcome.REACHED_BOUND)
    assert unstable.ends == (Outcome.REACHED_END, Outcome.REACHED_END)
    np.testing.assert_allclose(np.sort(unstable.path[[0, -1]], axis=0), [[-1, 0], [1, 0]], atol=1e-9)  # foci, by Newton's method


def test_a_branch_that_winds_round_a_cycle_ends_on_it() -> None:
    window = Window(x=(-4, 4), y=(-3, 3))
    unstable = manifolds(SWING, saddle_of(SWING, window), window)[1]
    assert set(unstable.ends) == {Outcome.CLOSED, Outcome.REACHED_BOUND}
    end = unstable.path[0 if unstable.ends[0] is Outcome.CLOSED else -1]

    def rates(_: float, state: FloatArray) -> list[float]:
        return [state[1], -np.sin(state[0]) + 0.3 * state[1] * (0.5 - state[0] ** 2)]

    def passes(_: float, state: FloatArray) -> float:
        return float((state - end) @ rates(0.0, end))

    passes.direction = 1.0  # type: ignore[attr-defined]
    later = solve_ivp(rates, (0, 200), end, rtol=1e-10, atol=1e-12, events=passes).y_events[0][-1]
    assert np.linalg.norm((later - end) / [8, 6]) < 1e-3  # what was left to the cycle


@pytest.mark.slow
def test_a_long_spiral_into_a_weak_focus_is_not_taken_for_a_cycle() -> None:
    window = Window(x=(-2, 2), y=(-2, 2))
    weak = DOUBLE_WELL.with_values(d=0.002)
    unstable = manifolds(weak, saddle_of(weak, window), window, tolerance=1e-3)[1]
    assert unstable.ends == (Outcome.LENGTH_LIMIT, Outcome.LENGTH_LIMIT)


@pytest.mark.parametrize("distance", [1e-2, 1e-5, 1e-7])
def test_a_saddle_that_nearly_meets_a_node_is_joined_to_it(distance: float) -> None:
    model = CLOSE.with_values(m=-distance)  # saddle at x = −distance, node at 0
    unstable = manifolds(model, saddle_of(model, SQUARE), SQUARE)[1]
    assert set(unstable.ends) == {Outcome.REACHED_BOUND, Outcome.REACHED_END}
    node = unstable.path[0 if unstable.ends[0] is Outcome.REACHED_END else -1]
    np.testing.assert_allclose(node, [0, 0], atol=1e-12)


@pytest.mark.slow
def test_a_branch_that_ends_at_a_degenerate_equilibrium_reaches_it() -> None:
    model = Model.from_equations({"x": "x**2*(1 - x)", "y": "y"})  # saddle at x = 1, and at 0 a saddle and a node in one
    window = Window(x=(-0.9, 2.1), y=(-1, 1))
    stable = manifolds(model, saddle_of(model, window), window)[0]
    assert set(stable.ends) == {Outcome.REACHED_BOUND, Outcome.REACHED_END}
    np.testing.assert_allclose(stable.path[:, 0].min(), 0, atol=3e-6)  # a double root is known to a millionth of the width


def test_a_saddle_too_near_another_equilibrium_gives_no_branches_along_it_and_says_so() -> None:
    model = CLOSE.with_values(m=-2e-9)
    unstable = manifolds(model, saddle_of(model, SQUARE), SQUARE)[1]
    assert unstable.ends == (Outcome.STEP_TOO_SMALL, Outcome.STEP_TOO_SMALL)
    assert len(unstable.path) == 1


def ends_from(model: Model, starts: FloatArray, duration: float) -> FloatArray:
    """Where paths end, by scipy at 1e-12, all starts as one system."""
    field = Field.of(model)

    def rates(_: float, states: FloatArray) -> FloatArray:
        return field.rates_over(0.0, states.reshape(-1, 2)).ravel()

    run = solve_ivp(rates, (0, duration), starts.ravel(), method="DOP853", rtol=1e-12, atol=1e-14)
    return np.asarray(run.y[:, -1].reshape(-1, 2))


def beside(manifold: Manifold, window: Window, distance: float, every: int) -> tuple[FloatArray, FloatArray]:
    """Points left and right of a curve, at a distance in widths."""
    lower, upper = window.box(manifold.model)
    places = (manifold.path - lower) / (upper - lower)
    along = np.gradient(places, axis=0)
    across = distance * np.column_stack([-along[:, 1], along[:, 0]]) / np.linalg.norm(along, axis=1)[:, np.newaxis]
    inside = slice(every, -every, every)
    left, right = places[inside] + across[inside], places[inside] - across[inside]
    return lower + left * (upper - lower), lower + right * (upper - lower)


@pytest.mark.parametrize(
    ("model", "window", "duration"),
    [
        pytest.param(SPECIES, Window(x=(0, 4), y=(0, 4)), 60.0, id="two species"),
        pytest.param(DOUBLE_WELL.with_values(d=0.25), Window(x=(-2, 2), y=(-2, 2)), 200.0, id="double well"),
        pytest.param(security_dilemma(), Window(x=(0, 30), y=(0, 30)), 100.0, id="security dilemma"),
        pytest.param(security_dilemma(balance=0.1), Window(x=(0, 30), y=(0, 30)), 150.0, id="near the fold", marks=pytest.mark.slow),
    ],
)
def test_starts_a_hundred_thousandth_of_a_width_off_the_separatrix_end_on_the_side_where_they_are(
    model: Model, window: Window, duration: float
) -> None:
    stable = manifolds(model, saddle_of(model, window), window)[0]
    sides = [ends_from(model, starts, duration) for starts in beside(stable, window, 1e-5, 6)]  # the chords are off by 5e-6 at most
    spread = [np.ptp(ends, axis=0).max() for ends in sides]
    assert max(spread) < 1e-6  # each side ends at one attractor
    assert np.abs(sides[0][0] - sides[1][0]).max() > 0.1  # and they are two


def test_what_is_no_saddle_of_this_plane_is_refused() -> None:
    window = Window(x=(0, 4), y=(0, 4))
    found = equilibria(SPECIES, window)
    with pytest.raises(InvalidInputError, match="Only a saddle"):
        manifolds(SPECIES, found[0], window)
    with pytest.raises(InvalidInputError, match="outside"):
        manifolds(SPECIES, found[2], Window(x=(2, 4), y=(2, 4)))
    with pytest.raises(InvalidInputError, match="at these parameter values"):
        manifolds(LINEAR, found[2], window)
    three = Model.from_equations({"x": "x", "y": "-y", "z": "-z"})
    with pytest.raises(InvalidInputError, match="two states"):
        manifolds(three, found[2], Window(x=(0, 4), y=(0, 4), z=1))
    with pytest.raises(InvalidInputError, match="tolerance of manifolds"):
        manifolds(SPECIES, found[2], window, tolerance=0.0)
    with pytest.raises(InvalidInputError, match="spacing of manifolds"):
        manifolds(SPECIES, found[2], window, spacing=True)
