"""Nearest points along rays: spheres, planes and ellipsoids whose nearest point is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.arrays import FloatArray
from richardson.landscape.directions import nearest_of, spread


@pytest.mark.parametrize("dimension", [1, 2, 3, 5])
def test_directions_are_units_and_hold_the_axes(dimension: int) -> None:
    directions = spread(24, dimension)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0, rtol=1e-12)
    for axis in (*np.eye(dimension), *-np.eye(dimension)):
        assert np.abs(directions - axis).max(axis=1).min() < 1e-12


@settings(max_examples=30)
@given(st.lists(st.floats(-1.0, 1.0), min_size=3, max_size=4), st.floats(0.1, 5.0))
def test_the_nearest_point_of_a_plane_is_the_foot_of_the_perpendicular(normal: list[float], distance: float) -> None:
    unit = np.array([*normal[:-1], 1.5])
    unit /= np.linalg.norm(unit)

    def radii(directions: FloatArray) -> FloatArray:
        towards = directions @ unit
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(distance / np.where(towards > 1e-9, towards, 0.0))

    direction, found = nearest_of(radii, spread(24, len(unit)))
    assert found == pytest.approx(distance, rel=1e-9)  # the square of the narrowest step between directions
    np.testing.assert_allclose(direction, unit, atol=1e-4)


@settings(max_examples=15)
@given(st.lists(st.floats(1.1, 3.0), min_size=1, max_size=3))
def test_the_nearest_point_of_an_ellipsoid_is_the_end_of_its_shortest_axis(others: list[float]) -> None:
    axes = np.array([1.0, *others])

    def radii(directions: FloatArray) -> FloatArray:
        return np.asarray(1.0 / np.sqrt(((directions / axes) ** 2).sum(axis=1)))

    turn = np.linalg.qr(np.arange(1.0, len(axes) ** 2 + 1).reshape(len(axes), -1) + np.eye(len(axes)))[0]
    _, found = nearest_of(lambda directions: radii(directions @ turn), spread(24, len(axes)))
    assert found == pytest.approx(1.0, rel=1e-8)


def test_where_no_ray_meets_anything_the_distance_is_infinite() -> None:
    assert nearest_of(lambda directions: np.full(len(directions), np.inf), spread(8, 3))[1] == np.inf


@pytest.mark.parametrize("norm", [1.0, np.inf])
@pytest.mark.parametrize("normal", [(-0.9, 1.2, -0.55), (0.3, -1.0, 0.05, 2.0)], ids=["three states", "four states"])
def test_the_nearest_point_of_a_plane_lies_on_an_edge_of_a_norm_that_has_edges(normal: tuple[float, ...], norm: float) -> None:
    unit = np.array(normal)

    def radii(directions: FloatArray) -> FloatArray:
        towards = directions @ unit
        with np.errstate(divide="ignore"):
            return np.asarray(np.linalg.norm(directions, norm, axis=1) / np.where(towards > 1e-9, towards, 0.0))

    _, found = nearest_of(radii, spread(24, len(unit)), norm)
    assert found == pytest.approx(1.0 / np.linalg.norm(unit, np.inf if norm == 1.0 else 1.0), rel=1e-9)  # Hölder's inequality
