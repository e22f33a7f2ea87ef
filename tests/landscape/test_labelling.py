"""Where each start ends: labels against separatrices and cycles that are known in closed form."""

import numpy as np
import pytest

from richardson.errors import InvalidInputError, NotAutonomousError
from richardson.landscape.attractors import Attractor
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED, Labelled, label
from richardson.stability.window import Window
from richardson.symbolic.model import Model

COMPETITION = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0}, name="competition")
DOUBLE_WELL = Model.from_equations({"x": "x - x**3", "y": "-y"}, name="double well")
RINGS = Model.from_equations(
    {"x": "-y + x*(x**2 + y**2 - 1)*(4 - x**2 - y**2)", "y": "x + y*(x**2 + y**2 - 1)*(4 - x**2 - y**2)"}, name="rings"
)
SQUARE = Window(x=(-3, 3), y=(-3, 3))


def ends(found: Labelled) -> list[list[float]]:
    """The first state of each start's attractor, rounded."""
    return [(found.attractors[place].states[0].round(9) + 0.0).tolist() for place in found.labels]


def test_starts_go_to_the_attractor_on_their_side() -> None:
    starts = np.array([[3.0, 0.1], [0.1, 2.0], [1.0, 1.2], [1.2, 1.0]])
    assert ends(label(COMPETITION, starts, Window(x=(0, 4), y=(0, 4)))) == [[3, 0], [0, 2], [0, 2], [3, 0]]


def test_attractors_outside_the_window_are_found_from_where_paths_end() -> None:
    starts = np.array([[1.0, 1.1], [1.1, 1.0]])
    assert ends(label(COMPETITION, starts, Window(x=(0.5, 1.2), y=(0.5, 1.2)))) == [[0, 2], [3, 0]]


@pytest.mark.parametrize("rates", [{"x": "-x", "y": "-y"}, {"x": "-x + 0.1*y", "y": "-2*y - x*y"}], ids=["linear", "bent"])
def test_an_attractor_outside_the_window_may_be_at_zero(rates: dict[str, str]) -> None:
    """Which has no size of its own by which to say how near a path is."""
    starts = np.array([[1.5, 1.0], [1.1, 2.0]])
    assert ends(label(Model.from_equations(rates), starts, Window(x=(1, 2), y=(0, 2)))) == [[0, 0], [0, 0]]


@pytest.mark.parametrize("horizon", [100.0, 1e5])
def test_attractors_outside_the_window_are_found_before_a_horizon(horizon: float) -> None:
    starts = np.array([[1.0, 1.1], [1.1, 1.0]])
    assert ends(label(COMPETITION, starts, Window(x=(0.5, 1.2), y=(0.5, 1.2)), horizon=horizon)) == [[0, 2], [3, 0]]


def test_a_path_that_is_still_under_way_at_its_horizon_is_undecided() -> None:
    starts = np.array([[1.0, 1.1], [1.1, 1.0]])
    assert label(COMPETITION, starts, Window(x=(0.5, 1.2), y=(0.5, 1.2)), horizon=1.0).labels.tolist() == [UNDECIDED] * 2


def test_a_start_on_the_stable_manifold_of_a_saddle_is_undecided() -> None:
    found = label(DOUBLE_WELL, np.array([[0.0, 0.5], [1e-9, 0.5], [-1e-9, 0.5]]), Window(x=(-2, 2), y=(-1, 1)))
    assert found.labels.tolist() == [UNDECIDED, 1, 0]


def test_a_slow_passage_is_not_taken_for_an_attractor() -> None:
    ghost = Model.from_equations({"x": "1e-6 + x**2 - x**3/100", "y": "-y"}, name="past a fold")  # passes zero in π/0.001 = 3142
    assert ends(label(ghost, np.array([[-1.0, 0.5]]), Window(x=(-2, 2), y=(-1, 1)))) == [[100.00000001, 0]]  # 100 + 1e-6/100


def test_known_attractors_keep_their_places() -> None:
    window, starts = Window(x=(0, 4), y=(0, 4)), np.array([[3.0, 0.1]])
    first = label(COMPETITION, starts, window).attractors
    again = label(COMPETITION, starts, window, known=first[::-1])
    assert (again.labels.tolist(), again.attractors[0] is first[1]) == ([0], True)


def test_running_away_leaving_and_staying_are_told_apart() -> None:
    line = Model.from_equations({"x": "x", "y": "0.5*y*(1 - y)"}, lower={"x": -5}, kind="flow")
    found = label(line, np.array([[1.0, 0.5], [-1.0, 0.5], [-6.0, 0.5], [2e9, 0.5]]), Window(x=(-2, 2), y=(0, 2)))
    assert found.labels.tolist() == [ESCAPED, LEFT_DOMAIN, LEFT_DOMAIN, ESCAPED]


@pytest.mark.parametrize("shape", [(3, 3), (2,)], ids=["three states", "one start"])
def test_starts_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInputError, match="have the shape"):
        label(COMPETITION, np.zeros(shape), Window(x=(0, 4), y=(0, 4)))


def test_rates_with_time_are_refused() -> None:
    with pytest.raises(NotAutonomousError, match="depend on time"):
        label(Model.from_equations({"x": "-x + t"}), np.zeros((1, 1)), Window(x=(0, 4)))


@pytest.mark.parametrize("horizon", [0.0, -1.0, True, "long", np.nan], ids=str)
def test_a_horizon_that_is_no_time_is_refused(horizon: object) -> None:
    with pytest.raises(InvalidInputError, match="horizon"):
        label(COMPETITION, np.ones((1, 2)), Window(x=(0, 4), y=(0, 4)), horizon=horizon)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        Model.from_equations({"x": "y", "y": "-x"}, name="oscillator"),
        Model.from_equations({"x": "x*(1.5 - y)", "y": "y*(x - 3)"}, lower={"x": 0, "y": 0}, name="prey and predators"),
    ],
    ids=["oscillator", "prey"],
)
def test_orbits_round_a_centre_go_to_no_attractor(model: Model) -> None:
    found = label(model, np.array([[1.0, 0.5], [0.5, 2.0]]), Window(x=(0, 4), y=(0, 4)))
    assert (found.labels.tolist(), found.attractors) == ([UNDECIDED, UNDECIDED], ())


@pytest.mark.slow
def test_a_cycle_is_parted_from_an_equilibrium_by_the_unstable_cycle_between_them() -> None:
    radii = np.array([0.2, 0.999, 1.001, 1.9, 2.5])
    found = label(RINGS, np.column_stack([radii, 0 * radii]), SQUARE)
    kinds = [found.attractors[place].kind for place in found.labels]
    assert kinds == ["equilibrium", "equilibrium", "cycle", "cycle", "cycle"]  # the unstable cycle has radius 1


@pytest.mark.slow
def test_a_cycle_has_its_period_and_its_points() -> None:
    cycle = label(RINGS, np.array([[1.5, 0.0]]), SQUARE).attractors[-1]
    radii = np.hypot(*cycle.states.T)
    assert (cycle.period, float(radii.min()), float(radii.max())) == pytest.approx((2 * np.pi, 2.0, 2.0), rel=1e-8)  # of collocation


@pytest.mark.slow
def test_lorenz_paths_go_to_its_strange_attractor() -> None:
    lorenz = Model.from_equations({"x": "10*(y - x)", "y": "x*(28 - z) - y", "z": "x*y - 8/3*z"}, name="lorenz")
    found = label(lorenz, np.array([[1.0, 2.0, 20.0], [-8.0, 3.0, 30.0]]), Window(x=(-20, 20), y=(-30, 30), z=(0, 50)))
    assert (found.labels.tolist(), [one.kind for one in found.attractors]) == ([0, 0], ["strange attractor"])


@pytest.mark.slow
def test_stiff_paths_are_followed_to_their_end() -> None:
    stiff = Model.from_equations({"x": "x - x**3 + 0.1*y", "y": "1e6*(x - y)"}, name="stiff")
    assert ends(label(stiff, np.array([[0.1, 0.0], [-0.1, 0.0]]), Window(x=(-2, 2), y=(-2, 2)))) == [
        [round(np.sqrt(1.1), 9)] * 2,
        [round(-np.sqrt(1.1), 9)] * 2,
    ]


def henon() -> Model:
    """Hénon's map with its usual numbers."""
    return Model.from_equations({"x": "1 - 1.4*x**2 + y", "y": "0.3*x"}, kind="map", name="Hénon")


def test_paths_of_a_map_go_to_its_cycle() -> None:
    logistic = Model.from_equations({"x": "3.2*x*(1 - x)", "y": "0.5*y"}, lower={"x": 0}, upper={"x": 1}, kind="map")
    cycle = label(logistic, np.array([[0.3, 0.7]]), Window(x=(0, 1), y=(-1, 1))).attractors[0]
    root = np.sqrt((3.2 + 1) * (3.2 - 3))
    expected = sorted(((3.2 + 1 + root) / 6.4, (3.2 + 1 - root) / 6.4))  # the closed form of the cycle of period 2
    assert (cycle.kind, cycle.period, sorted(cycle.states[:, 0])) == ("cycle", 2.0, pytest.approx(expected, rel=1e-12))


def test_paths_of_a_map_go_to_its_strange_attractor_or_escape() -> None:
    found = label(henon(), np.array([[0.0, 0.0], [2.0, 0.0]]), Window(x=(-2, 2), y=(-2, 2)))
    assert (found.labels.tolist(), found.attractors[0].kind) == ([0, ESCAPED], "strange attractor")


def test_a_map_that_keeps_areas_has_no_strange_attractor() -> None:
    turned = Model.from_equations({"x": "x*c - (y - x**2)*s", "y": "x*s + (y - x**2)*c"}, {"c": np.cos(1.3), "s": np.sin(1.3)}, kind="map")
    found = label(turned, np.array([[0.1, 0.0]]), Window(x=(-1, 1), y=(-1, 1)))
    assert (found.labels.tolist(), found.attractors) == ([UNDECIDED], ())


def test_an_attractor_says_what_it_is() -> None:
    cycle = Attractor("cycle", np.array([[1.0, 0.0]]), None, 2.0, DOUBLE_WELL)
    assert repr(cycle) == "<cycle of period 2 through x = 1, y = 0>"
