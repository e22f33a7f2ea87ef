import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.manifolds import SPACING, manifolds
from richardson.stability.window import Window
from richardson.symbolic.model import Model

LINEAR = Model.from_equations({"x": "a*x + b*y", "y": "c*x + d*y"}, {"a": 1, "b": 2, "c": 1, "d": -1})
SPECIES = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})
BENT = Model.from_equations({"x": "x", "y": "-y + x**2"})
DOUBLE_WELL = Model.from_equations({"x": "y", "y": "x - x**3"})
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
    path = manifolds(SPECIES, saddle_of(SPECIES, window), window)[0].path
    path = path if path[0, 0] < path[-1, 0] else path[::-1]
    share = np.trapezoid(path[:, 1], path[:, 0]) / 16
    assert share == pytest.approx(0.393708, abs=2e-6)  # printed to six digits; the trapezoid's error is below that


def test_points_are_evenly_spaced_and_pass_through_the_saddle() -> None:
    window = Window(x=(0, 4), y=(0, 4))
    saddle = saddle_of(SPECIES, window)
    for manifold in manifolds(SPECIES, saddle, window):
        gaps = np.linalg.norm(np.diff(manifold.path, axis=0) / 4, axis=1)
        assert gaps.max() <= SPACING * 1.01
        assert np.sort(gaps)[3:].min() > 0.9 * SPACING  # but for the two beside the saddle
        assert (manifold.path == saddle.state).all(axis=1).any()


@pytest.mark.slow
def test_a_homoclinic_loop_keeps_its_energy() -> None:
    window = Window(x=(-2, 2), y=(-2, 2))
    for manifold in manifolds(DOUBLE_WELL, saddle_of(DOUBLE_WELL, window), window):
        x, y = manifold.path.T
        once = np.cumsum(np.linalg.norm(np.diff(manifold.path, axis=0), axis=1)) < 3  # before it comes back to the saddle
        energy = y**2 / 2 - x**2 / 2 + x**4 / 4
        assert np.abs(energy[1:][once]).max() < 1e-6


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
