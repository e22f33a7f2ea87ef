"""Attractors and shares along a parameter, against closed forms and the area beside a separatrix."""

import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.landscape.global_diagram import GlobalDiagram, global_diagram
from richardson.landscape.labelling import ESCAPED
from richardson.models import security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.manifolds import manifolds
from richardson.stability.window import Window
from richardson.symbolic.model import Model

RACE = security_dilemma()
NEAR = Window(x=(0, 10), y=(0, 10))  # cold war lies outside
WIDE = Window(x=(0, 60), y=(0, 60))
HYSTERESIS = [-0.16, -0.14, 0.0, 0.1, 0.12]  # the folds are at −0.1505 and 0.1098
FOUND: list[GlobalDiagram] = []


def hysteresis() -> GlobalDiagram:
    if not FOUND:
        FOUND.append(global_diagram(RACE, "balance", HYSTERESIS, NEAR, diagram_window=WIDE, rng=1))
    return FOUND[0]


def test_detente_and_cold_war_keep_their_numbers_and_end_at_their_folds() -> None:
    found = hysteresis()
    exist = {number: [one is not None for one in along] for number, along in found.attractors.items()}
    assert exist == {0: [True, True, True, True, False], 1: [False, True, True, True, True]}
    assert [point.kind for branch in found.diagram for point in branch.points] == ["fold", "fold"]


def test_shares_add_up_and_lie_in_their_intervals() -> None:
    found = hysteresis()
    np.testing.assert_allclose(sum(found.shares.values()), 1, rtol=1e-12)
    for number, shares in found.shares.items():
        low, high = found.intervals[number].T
        assert ((low <= shares) & (shares <= high)).all()
    np.testing.assert_array_equal(found.shares[0][[0, -1]], [1, 0])


def test_the_share_of_detente_is_the_area_below_the_separatrix() -> None:
    found, row = hysteresis(), HYSTERESIS.index(-0.14)
    model = RACE.with_values(balance=-0.14)
    saddle = next(one for one in equilibria(model, NEAR) if one.kind == "saddle")
    path = manifolds(model, saddle, NEAR)[0].path
    path = path if path[0, 0] < path[-1, 0] else path[::-1]
    beyond = np.trapezoid(10 - path[:, 1], path[:, 0]) + 10 * (10 - path[-1, 0])  # above and right of the curve
    low, high = found.intervals[0][row]
    assert low <= 1 - beyond / 100 <= high


@pytest.mark.slow
@pytest.mark.parametrize(("diagram_window", "highest"), [(None, 20.0), (NEAR, 0.0)], ids=["branches go there", "matched by distance"])
def test_attractors_outside_the_window_of_the_starts_keep_their_numbers(diagram_window: Window | None, highest: float) -> None:
    found = global_diagram(RACE, "balance", [-0.05, 0.0, 0.05], NEAR, half_width=0.1, diagram_window=diagram_window)
    assert max(branch.states[:, 0].max() for branch in found.diagram) > highest
    assert [len([one for one in along if one is not None]) for along in found.attractors.values()] == [3, 3]
    assert all(one is not None and one.states[0, 0] > 10 for one in found.attractors[1])


def test_the_table_has_a_row_for_every_value_and_outcome() -> None:
    table = hysteresis().to_table()
    assert list(table) == ["balance", "number", "kind", "share", "low", "high", "x", "y"]
    assert len(table["share"]) == 4 + 4 + 3 * len(HYSTERESIS)


@pytest.mark.extra
def test_shares_become_a_dataset() -> None:
    pytest.importorskip("xarray")
    dataset = hysteresis().to_xarray()
    np.testing.assert_array_equal(dataset["share"].sel(number=0), hysteresis().shares[0])


def test_values_and_windows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="increasing values"):
        global_diagram(RACE, "balance", [0.1, 0.0], NEAR)
    with pytest.raises(InvalidInputError, match="2 states must be spanned"):
        global_diagram(RACE, "balance", (0.0, 0.1), NEAR, diagram_window=Window(x=(0, 10), y=1))
    with pytest.raises(InvalidInputError, match="half-width"):
        global_diagram(RACE, "balance", (0.0, 0.1), NEAR, half_width=0.0)


@pytest.mark.slow
def test_what_runs_away_is_a_share_of_its_own() -> None:
    """x' = m + x² runs away from above √−m."""
    model = Model.from_equations({"x": "m + x**2", "y": "-y"}, {"m": -1.0})
    found = global_diagram(model, "m", [-1.0, -0.25, 0.1], Window(x=(-2, 2), y=(-1, 1)))
    low, high = found.intervals[ESCAPED].T
    exact = np.array([0.25, 0.375, 1.0])
    assert ((low <= exact) & (exact <= high)).all()


@pytest.mark.slow
def test_where_an_equilibrium_gives_way_to_a_cycle_a_new_number_begins_and_goes_on() -> None:
    rates = {"x": "m*x - y - x*(x**2 + y**2)", "y": "x + m*y - y*(x**2 + y**2)"}
    model = Model.from_equations(rates, {"m": 0.1})
    found = global_diagram(model, "m", [-0.3, -0.1, 0.1, 0.3, 0.5], Window(x=(-2, 2), y=(-2, 2)), half_width=0.05)
    kinds = {number: [one.kind if one else None for one in along] for number, along in found.attractors.items()}
    assert kinds == {0: ["equilibrium"] * 2 + [None] * 3, 1: [None] * 2 + ["cycle"] * 3}


@pytest.mark.slow
def test_the_two_wells_of_a_bead_share_the_line_as_its_barrier_parts_it() -> None:
    model = Model.from_equations({"x": "m + x - x**3"}, {"m": 0.0})
    values = np.linspace(-0.5, 0.5, 7)
    found = global_diagram(model, "m", values, Window(x=(-2, 2)))
    barrier = [
        next((root.real for root in np.roots([-1, 0, 1, m]) if abs(root) < 1 / np.sqrt(3) and abs(root.imag) < 1e-9), None) for m in values
    ]
    right = next(number for number, along in found.attractors.items() if along[-1] is not None)
    exact = [(2 - at) / 4 if at is not None else float(m > 0) for at, m in zip(barrier, values, strict=True)]
    np.testing.assert_allclose(found.shares[right], exact, atol=2e-3)  # an even sample of a thousand starts
