"""Edge states: saddles and cycles on the boundary between two basins, against closed forms and continuation."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles_continue import continue_cycle
from richardson.continuation.follow import continue_equilibrium
from richardson.errors import InvalidInputError
from richardson.landscape.edges import edge_state
from richardson.landscape.labelling import label
from richardson.models import saperstein, security_dilemma
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.manifolds import manifolds
from richardson.stability.window import Window
from richardson.symbolic.model import Model

THRESHOLD = 3.154663275665848  # MODELS.md section 2, 25-digit arithmetic
PLANE = Window(x=(0, 30), y=(0, 30))
LORENZ = Model.from_equations({"x": "10*(y - x)", "y": "x*(r - z) - y", "z": "x*y - 8/3*z"}, {"r": 20.0})
DOUBLE_WELL = Model.from_equations({"x": "y", "y": "x - x**3 - 0.25*y"})
BOX = Window(x=(-30, 30), y=(-30, 30), z=(0, 50))
CUBE = Window(x=(-2, 2), y=(-2, 2), z=(-2, 2))


def test_the_edge_of_the_security_dilemma_is_its_threshold() -> None:
    found = edge_state(security_dilemma(), {"x": 0, "y": 3}, {"x": 25, "y": 8}, PLANE)
    assert found.equilibrium is not None and found.equilibrium.kind == "saddle"
    np.testing.assert_allclose(found.states, [[THRESHOLD, THRESHOLD]], rtol=1e-12)
    sides = [float(side.states[0, 0]) for side in found.sides if not isinstance(side, Outcome)]
    np.testing.assert_allclose(sides, [0.973883964480013, 19.252707940545456], rtol=1e-9)  # détente, cold war


def test_every_bracket_is_as_narrow_as_promised_and_the_path_is_on_the_boundary() -> None:
    model = security_dilemma()
    found = edge_state(model, [0, 3], [25, 8], PLANE)
    assert (found.widths <= 1e-9).all()
    first = found.path[0]

    def ends(offset: float) -> float:
        run = solve_ivp(dilemma, (0, 200), first + offset * 30 * np.array([25.0, 5.0]) / np.hypot(25, 5), rtol=1e-12, atol=1e-14)
        return float(run.y[0, -1])

    def dilemma(_: float, state: np.ndarray) -> list[float]:  # type: ignore[type-arg]
        x, y = state
        return [0.45 * theirs * (1 + 3 * theirs**2 / (16 + theirs**2)) - own * (1 + 0.04 * own) + 0.5 for own, theirs in ((x, y), (y, x))]

    np.testing.assert_allclose([ends(-1e-8), ends(1e-8)], [0.973883964480013, 19.252707940545456], rtol=1e-6)


def test_starts_in_one_basin_a_map_and_misfitting_arguments_are_refused() -> None:
    model = security_dilemma()
    with pytest.raises(InvalidInputError, match="different basins"):
        edge_state(model, [0, 3], [0.5, 0.5], PLANE)
    with pytest.raises(InvalidInputError, match="stages"):
        edge_state(model, [0, 3], [25, 8], PLANE, stages=0)
    with pytest.raises(InvalidInputError, match="is a map"):
        edge_state(saperstein(), [0.1, 0.1], [0.2, 0.2], Window(x=(0, 1), y=(0, 1)))


@pytest.mark.slow
def test_fear_as_a_state_keeps_the_threshold_in_arms_and_in_fear() -> None:
    window = Window(x=(0, 30), y=(0, 30), fear_x=(0, 30), fear_y=(0, 30))
    found = edge_state(security_dilemma(fear="state"), [0, 3, 0, 0], [25, 8, 9, 1], window)
    np.testing.assert_allclose(found.states, np.full((1, 4), THRESHOLD), rtol=1e-12)  # fear equals threat, which is the other's arms


@pytest.mark.slow
def test_three_nations_tip_over_the_one_saddle_between_their_two_outcomes() -> None:
    model, window = security_dilemma(3, balance=-0.3), Window(x=(0, 30), y=(0, 30), z=(0, 30))
    low, saddle, high = equilibria(model, window)
    found = edge_state(model, low, high, window)
    np.testing.assert_allclose(found.states[0], saddle.state, rtol=1e-10)


@pytest.mark.slow
def test_a_run_away_may_lie_on_the_other_side() -> None:
    model = Model.from_equations({"x": "-x + x**2", "y": "-y + x"})
    found = edge_state(model, [0, 0], [3, 0], Window(x=(-2, 4), y=(-2, 2)))
    np.testing.assert_allclose(found.states, [[1, 1]], rtol=1e-12)
    assert found.sides[1] is Outcome.ESCAPED


@pytest.mark.slow
def test_a_slow_way_to_the_saddle_takes_many_brackets() -> None:
    """At the origin the rates are 1 across the edge and −0.05 ± i within it."""
    model = Model.from_equations({"x": "x - x**3 + y*z", "y": "-0.05*y + z", "z": "-0.05*z - y"})
    found = edge_state(model, [-1, 0.2, 0.3], [1, 0.4, -0.3], CUBE)
    np.testing.assert_allclose(found.states, [[0, 0, 0]], atol=1e-12)
    assert len(found.widths) > 5
    turns = np.hypot(found.path[:, 1], found.path[:, 2]) / np.exp(-0.05 * found.times)
    np.testing.assert_allclose(turns, turns[0], rtol=1e-2)  # the path goes on from stage to stage: (y, z) is a linear focus


@pytest.mark.slow
def test_a_cycle_in_the_boundary_is_found_with_its_multipliers() -> None:
    """In x = 0 the unit circle attracts with e^(−4π) a turn, and across it e^(2π)."""
    rates = {"x": "x - x**3", "y": "y*(1 - y**2 - z**2) - z", "z": "z*(1 - y**2 - z**2) + y"}
    found = edge_state(Model.from_equations(rates), [-1, 0.2, 0.3], [1, 0.4, -0.3], CUBE)
    assert found.kind == "cycle" and found.cycle is not None
    assert found.cycle.period == pytest.approx(2 * np.pi, rel=1e-9)
    np.testing.assert_allclose(np.sort(np.abs(found.cycle.multipliers)), [np.exp(-4 * np.pi), 1, np.exp(2 * np.pi)], rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [10.0, 13.5])
def test_below_the_homoclinic_explosion_of_lorenz_the_edge_is_the_origin(ratio: float) -> None:
    """Its stable manifold parts the two foci for ρ < 13.926, and its rates are −8/3 and (−11 ± √(121 + 40(ρ − 1)))/2."""
    side = np.sqrt(8 / 3 * (ratio - 1))
    found = edge_state(LORENZ.with_values(r=ratio), [side + 0.1, side, ratio - 1], [-side, -side, ratio - 1.3], BOX)
    assert found.equilibrium is not None
    np.testing.assert_allclose(found.states, 0, atol=1e-10)
    root = np.sqrt(121 + 40 * (ratio - 1))
    np.testing.assert_allclose(found.equilibrium.eigenvalues, [(root - 11) / 2, -8 / 3, (-root - 11) / 2], rtol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [17.0, 20.0])
def test_above_it_the_edge_of_lorenz_holds_the_unstable_cycle_born_at_the_hopf_point(ratio: float) -> None:
    """Followed by continuation from the subcritical Hopf point at ρ = 24.7368, a way of its own."""
    side = np.sqrt(8 / 3 * (ratio - 1))
    found = edge_state(LORENZ.with_values(r=ratio), [side + 0.1, side, ratio - 1], [-side, -side, ratio - 1.3], BOX)
    start = equilibria(LORENZ, Window(x=(1, 30), y=(1, 30), z=(1, 50)))[0]
    hopf = next(point for point in continue_equilibrium(LORENZ, start, "r", (16, 30)).points if is_hopf(point))
    branch = continue_cycle(LORENZ, hopf, "r", (16, 30))
    expected = np.interp(ratio, branch.values[::-1], branch.periods[::-1]) if branch.values[0] > branch.values[-1] else np.nan
    assert found.cycle is not None
    assert found.cycle.period == pytest.approx(expected, rel=2e-2)  # between the branch's points


def is_hopf(point: SpecialPoint) -> bool:
    return point.kind == "hopf"


@pytest.mark.slow
def test_a_chaotic_edge_is_left_undecided() -> None:
    """In x = 0 the Lorenz attractor; off it, all comes to rest at x = ±1."""
    rates = {"x": "x - x**3", "u": "10*(v - u)", "v": "u*(28*(1 - x**2) - w) - v", "w": "u*v - 8/3*w"}
    window = Window(x=(-2, 2), u=(-30, 30), v=(-30, 30), w=(0, 60))
    found = edge_state(Model.from_equations(rates), [-1, 1, 1, 20], [1, 2, 1, 25], window, stages=6)
    assert (found.kind, found.equilibrium, found.cycle, len(found.widths)) == ("undecided", None, None, 6)
    assert found.path[:, 0] == pytest.approx(0, abs=4e-5)  # parted by 1e-5 of the span


@pytest.mark.parametrize(
    ("model", "window", "wide"),
    [
        pytest.param(security_dilemma(), Window(x=(0, 10), y=(0, 10)), Window(x=(0, 10), y=(0, 10)), id="security dilemma"),
        pytest.param(  # the separatrix leaves the window and comes back
            DOUBLE_WELL, Window(x=(-2, 2), y=(-2, 2)), Window(x=(-9, 9), y=(-30, 30)), id="double well", marks=pytest.mark.slow
        ),
    ],
)
def test_labels_of_neighbouring_cells_differ_only_where_the_separatrix_passes_between_them(
    model: Model, window: Window, wide: Window
) -> None:
    size = 120
    lower, upper = window.box(model)
    ticks = (np.arange(size) + 0.5) / size
    middles = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)
    labels = label(model, lower + middles.reshape(-1, 2) * (upper - lower), window).labels.reshape(size, size)
    saddle = next(one for one in equilibria(model, window) if one.kind == "saddle")
    curve = (manifolds(model, saddle, wide, spacing=1e-4)[0].path - lower) / (upper - lower) * size - 0.5  # in cells
    across = np.unique(np.stack([np.floor(curve[:, 0]), np.round(curve[:, 1])], axis=1), axis=0).astype(int)
    along = np.unique(np.stack([np.round(curve[:, 0]), np.floor(curve[:, 1])], axis=1), axis=0).astype(int)
    changes = {("x", *cell) for cell in np.argwhere(labels[1:] != labels[:-1]).tolist()}
    changes |= {("y", *cell) for cell in np.argwhere(labels[:, 1:] != labels[:, :-1]).tolist()}
    passed = {("x", *cell) for cell in across.tolist()} | {("y", *cell) for cell in along.tolist()}
    assert changes and changes <= passed
