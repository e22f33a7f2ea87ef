"""Orbits spread over the unit square: on their true courses, evenly, and ended only where they have to end."""

from math import hypot

import numpy as np
import pytest

from richardson import models
from richardson.arrays import FloatArray
from richardson.stability.portrait import phase_portrait
from richardson.stability.streamlines import CLOSER, SHORTEST, SPACINGS, STEP, Heading, Place, evenly_spaced
from richardson.stability.window import Window
from richardson.symbolic.model import Model


def flow(across: float, up: float, twist: float = 0.0) -> Heading:
    """Heading of u' = across·(u − ½) − twist·(v − ½), v' = up·(v − ½) + twist·(u − ½)."""

    def heading(x: float, y: float) -> Place | None:
        u, v = across * (x - 0.5) - twist * (y - 0.5), up * (y - 0.5) + twist * (x - 0.5)
        speed = hypot(u, v)
        return (u / speed, v / speed) if speed > 0 else None

    return heading


FLOWS = {"node": flow(-1, -2), "saddle": flow(1, -1), "focus": flow(-0.3, -0.3, 1), "centre": flow(0, 0, 1)}


def gap(point: FloatArray, curves: list[FloatArray]) -> float:
    """Distance to the nearest of the curves' points."""
    return float(min((np.hypot(*(curve - point).T).min() for curve in curves), default=np.inf))


@pytest.fixture(scope="module", params=FLOWS)
def orbits(request: pytest.FixtureRequest) -> list[tuple[FloatArray, float]]:
    return evenly_spaced(FLOWS[request.param])


def test_no_two_orbits_come_nearer_than_the_finer_one_allows(orbits: list[tuple[FloatArray, float]]) -> None:
    for place, (orbit, spacing) in enumerate(orbits):
        before = [other for other, _ in orbits[:place]]
        if before:
            inner = orbit[1:-1]  # a border's last chord may be cut short of a step
            assert min(gap(point, before) for point in inner) >= CLOSER * spacing - 1e-12


def test_no_gap_is_left_in_which_an_orbit_would_fit(orbits: list[tuple[FloatArray, float]]) -> None:
    ticks = np.linspace(0.02, 0.98, 25)
    curves = [orbit for orbit, _ in orbits]
    far = max(gap(np.array([x, y]), curves) for x in ticks for y in ticks)
    assert far < SHORTEST * SPACINGS[-1] + STEP  # what is left is too short to draw


def test_an_orbit_ends_at_the_border_at_rest_closed_or_beside_another_curve(orbits: list[tuple[FloatArray, float]]) -> None:
    for place, (orbit, spacing) in enumerate(orbits):
        others = [other for other, _ in orbits[:place]]
        for end, onwards in ((orbit[-1], orbit[-1] - orbit[-2]), (orbit[0], orbit[0] - orbit[1])):
            on_border = bool(((end == 0) | (end == 1)).any())
            at_rest = np.hypot(*(end - 0.5)) < 1e-3
            is_closed = bool((orbit[0] == orbit[-1]).all())
            reach = CLOSER * spacing + 2 * STEP + np.hypot(*onwards)
            turns = [orbit[np.abs(np.arange(len(orbit)) - (0 if end is orbit[0] else len(orbit) - 1)) * STEP > 2 * reach]]
            assert on_border or at_rest or is_closed or gap(end, [*others, *(turn for turn in turns if len(turn))]) < 2 * reach


def test_courses_are_those_of_the_closed_form() -> None:
    for orbit, _ in evenly_spaced(FLOWS["saddle"]):  # (u − ½)(v − ½) is kept
        kept = (orbit[:, 0] - 0.5) * (orbit[:, 1] - 0.5)
        np.testing.assert_allclose(kept, kept[0], atol=1e-4)
    for orbit, _ in evenly_spaced(FLOWS["centre"]):
        radius = np.hypot(*(orbit - 0.5).T)
        np.testing.assert_allclose(radius, radius[0], atol=1e-3)


def test_round_a_centre_orbits_close() -> None:
    whole = [orbit for orbit, _ in evenly_spaced(FLOWS["centre"]) if np.hypot(*(orbit - 0.5).T).max() < 0.45]
    assert len(whole) >= 4
    assert all((orbit[0] == orbit[-1]).all() for orbit in whole)


def test_the_curves_given_are_kept_clear_of() -> None:
    across = np.column_stack((np.linspace(0, 1, 400), np.full(400, 0.5)))
    orbits = evenly_spaced(FLOWS["saddle"], [across])
    assert min(np.abs(orbit[:, 1] - 0.5).min() for orbit, _ in orbits) >= CLOSER * SPACINGS[-1] - STEP


def test_nothing_moves_and_nothing_is_drawn() -> None:
    assert evenly_spaced(lambda x, y: None) == []


def test_a_portraits_curves_run_with_the_flow_in_the_order_of_the_windows_states() -> None:
    model = models.linear(defence_x=0.2, defence_y=0.7, fatigue=1.0)
    picture = phase_portrait(model, Window(y=(0, 3), x=(0, 4)))
    assert {curve.spacing for curve in picture.curves} == set(SPACINGS)
    for curve in picture.curves:
        y, x = curve.path[:-1].T
        moves = np.stack([0.7 * x - y + 0.5, 0.2 * y - x + 0.5], axis=1)
        steps = np.diff(curve.path, axis=0)
        assert ((moves * steps).sum(axis=1) > 0).all()


def test_a_map_has_no_curves_and_its_portrait_keeps_its_arrows() -> None:
    picture = phase_portrait(models.saperstein(), Window(x=(0, 1), y=(0, 1)))
    assert picture.curves == ()
    assert len(picture.arrows.positions) > 0


def test_where_the_rates_are_no_numbers_nothing_is_drawn() -> None:
    model = Model.from_equations({"x": "sqrt(x) - y", "y": "x - y"})
    picture = phase_portrait(model, Window(x=(-1, 1), y=(-1, 1)))
    assert picture.curves
    assert all(np.isfinite(curve.path).all() and (curve.path[:, 0] >= -0.03).all() for curve in picture.curves)


def test_an_orbit_into_a_place_of_rest_ends_there_and_does_not_tremble() -> None:
    one = evenly_spaced(FLOWS["node"])[0][0]
    steps = np.hypot(*np.diff(one, axis=0).T)
    assert len(one) < 400
    assert steps.sum() < 3


def test_steep_orbits_of_the_dilemma_take_no_more_points_than_they_need() -> None:
    picture = phase_portrait(models.security_dilemma(balance=-0.3), Window(x=(0, 40), y=(0, 40)))
    assert sum(len(curve.path) for curve in picture.curves) < 6000
