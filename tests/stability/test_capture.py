"""Captured regions: every path from them goes to the equilibrium, and none is claimed where that is false."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError, NotAutonomousError
from richardson.models import linear, security_dilemma
from richardson.stability.capture import Capture, capture, captures, with_cells
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

SQUARE = Window(x=(0, 60), y=(0, 60))


def border(region: Capture, window: Window, count: int, seed: int) -> FloatArray:
    """States of the window in a region: at random, and the corners and outermost points of it."""
    rng = np.random.default_rng(seed)
    lower, upper = window.box(region.model)
    states = rng.uniform(lower, upper, (50 * count, len(lower)))
    outermost = []
    for centre, form, level in zip(region.centres, region.forms, region.levels, strict=True):
        heading = rng.normal(size=(count, len(centre)))
        size = np.sqrt(np.einsum("ni,ij,nj->n", heading, form, heading) / level)
        outermost.append(centre + 0.999999 * heading / size[:, np.newaxis])
    for low, high in zip(region.lower, region.upper, strict=True):
        outermost.append(np.where(rng.random((count, len(low))) < 0.5, low, high))
    inner = states[region.contains(states)]
    beside = np.array([~region.contains(inner + 0.01 * (upper - lower) * rng.normal(size=inner.shape)) for _ in range(4)]).any(axis=0)
    rows = [inner[:count], inner[beside][:count], *outermost]
    found = np.concatenate(rows)
    return found[region.contains(found)]


def end_of(model: Model, start: FloatArray, horizon: float) -> FloatArray:
    """Where scipy's integrator, or the map, takes a start."""
    rates = model_rates(model)
    if model.kind == "map":
        for _ in range(int(horizon)):
            start = rates(0.0, start)
        return start
    run = solve_ivp(rates, (0, horizon), start, method="LSODA", rtol=1e-10, atol=1e-12)
    return np.asarray(run.y[:, -1])


def model_rates(model: Model) -> Callable[[float, FloatArray], FloatArray]:
    """Rates as a function of time and state."""
    field = Field.of(model)
    return lambda time, state: field.rates(time, np.ascontiguousarray(state))


def wrong(model: Model, window: Window, count: int = 20) -> list[FloatArray]:
    """States in captured regions that do not go where they are said to."""
    missed = []
    for region in captures(equilibria(model, window), cells=256):
        slowest = region.equilibrium.eigenvalues
        rate = -np.log(np.abs(slowest).max()) if model.kind == "map" else -slowest.real.max()
        horizon = 120 / rate  # some start close to a saddle, and stay there for long
        for start in border(region, window, count, seed=7):
            away = np.abs(end_of(model, start, horizon) - region.equilibrium.state).max()
            if not away < 1e-6 * (1 + np.abs(region.equilibrium.state).max()):
                missed.append(start)
    return missed


def test_almost_all_of_the_flagship_window_is_captured_and_rightly_so() -> None:
    """MODELS.md section 2: cooperative without reassurance; the quadrants below and above the threshold are captured."""
    model = security_dilemma()
    detente, cold_war = captures(equilibria(model, SQUARE))
    grid = np.stack(np.meshgrid(np.linspace(0.1, 59.9, 100), np.linspace(0.1, 59.9, 100), indexing="ij"), axis=-1).reshape(-1, 2)
    assert detente.contains(np.array([[0.0, 0.0], [3.154, 3.154]])).all()
    assert cold_war.contains(np.array([[3.155, 3.155], [60.0, 60.0]])).all()
    assert not (detente.contains(grid) & cold_war.contains(grid)).any()
    assert (detente.contains(grid) | cold_war.contains(grid)).mean() > 0.89
    assert wrong(model, SQUARE, count=8) == []


@pytest.mark.slow
def test_a_linear_race_captures_the_whole_window() -> None:
    race = linear(defence=0.5, fatigue=1.0, grievance=1.0)
    window = Window(x=(0, 10), y=(0, 10))
    region = captures(equilibria(race, window))[0]
    assert region.contains(np.random.default_rng(1).uniform(0, 10, (1000, 2))).all()


@pytest.mark.slow
def test_almost_all_of_a_plane_of_competitors_is_captured_by_fronts() -> None:
    """ACCEPTANCE A1: (3, 0) draws 0.393708 of the window, (0, 2) the rest."""
    model = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0})
    found = equilibria(model, Window(x=(0, 4), y=(0, 4)))
    shares = [region.cells.mean() for region in captures(found, cells=512)]
    assert 0.58 < shares[0] < 1 - 0.393708
    assert 0.37 < shares[1] < 0.393708


@pytest.mark.slow
def test_a_shifted_window_captures_what_goes_to_an_equilibrium_outside_of_it() -> None:
    model = security_dilemma()
    cold_war = equilibria(model, SQUARE)[2]
    region = capture(model, cold_war, Window(x=(0, 10), y=(0, 10)), cells=256)
    assert region.contains(np.array([[9.0, 1.0], [1.0, 9.0], [3.2, 3.2]])).all()
    assert not region.contains(np.array([[3.1, 3.1], [0.5, 5.0]])).any()


TERMS = ["1", "x", "y", "x**2", "x*y", "y**2", "x**3", "x**2*y", "x*y**2"]
CUBIC = " + ".join(f"{{0}}{number}*{term}" for number, term in enumerate(TERMS))
NAMES = [f"{letter}{number}" for letter in "ab" for number in range(9)]


@pytest.mark.slow
def test_in_random_planes_every_captured_state_goes_where_it_is_said_to() -> None:
    """Cubic rates and an alarm, with random coefficients: equilibria, saddles and cycles wherever they fall."""
    equations = {"x": CUBIC.format("a") + " + a9*hill(y, 1, 2)", "y": CUBIC.format("b") + " - y**3"}
    model = Model.from_equations(equations, dict.fromkeys([*NAMES, "a9"], 1.0))
    window = Window(x=(-2, 2), y=(-2, 2))
    rng = np.random.default_rng(20)
    proved, missed = 0, []
    for _ in range(12):
        drawn = dict(zip([*NAMES, "a9"], rng.normal(size=19).tolist(), strict=True))
        one = model.with_values(**drawn)
        proved += sum(bool(region.cells.any()) for region in captures(equilibria(one, window), cells=128))
        missed += wrong(one, window, count=5)
    assert missed == []
    assert proved > 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["flow", "map"])
def test_in_random_models_of_three_states_every_captured_state_goes_where_it_is_said_to(kind: str) -> None:
    terms = ["1", "x", "y", "z", "x*y", "y*z", "x*z", "x**2"]
    texts = {state: " + ".join(f"{state}{number}*{term}" for number, term in enumerate(terms)) for state in "xyz"}
    names = [f"{state}{number}" for state in "xyz" for number in range(8)]
    damping = {"flow": " - {0}**3", "map": " - {0}**3/9"}[kind]
    equations = {state: text + damping.format(state) for state, text in texts.items()}
    model = Model.from_equations(equations, dict.fromkeys(names, 1.0), kind=kind)
    rng = np.random.default_rng(4)
    missed, proved = [], 0
    for _ in range(8):
        size = 1.0 if kind == "flow" else 0.4
        one = model.with_values(**dict(zip(names, (size * rng.normal(size=24)).tolist(), strict=True)))
        cube = Window(x=(-2, 2), y=(-2, 2), z=(-2, 2))
        proved += sum(map(bool, captures(equilibria(one, cube))))
        missed += wrong(one, cube, count=3)
    assert missed == []
    assert proved > 1


@pytest.mark.slow
def test_no_region_reaches_beyond_an_unstable_cycle() -> None:
    """Van der Pol with time reversed: all that is inside the cycle, of amplitude about 2, goes to rest, nothing outside does."""
    model = Model.from_equations({"x": "-y", "y": "x - (1 - x**2)*y"})
    window = Window(x=(-4, 4), y=(-4, 4))
    region = captures(equilibria(model, window))[0]
    assert region.contains(np.array([[0.5, 0.5]])).all()
    assert not region.contains(np.array([[2.1, 0.0], [0.0, 2.8], [-2.1, 0.0]])).any()
    assert wrong(model, window) == []


@pytest.mark.parametrize("radius", [1e-3, 0.1])
def test_a_cycle_close_to_the_equilibrium_is_not_captured(radius: float) -> None:
    """r' = r(r² − ϱ²): the cycle of radius ϱ repels, and only within it paths go to rest."""
    model = Model.from_equations({"x": "-y + x*(x**2 + y**2 - r**2)", "y": "x + y*(x**2 + y**2 - r**2)"}, {"r": radius})
    window = Window(x=(-1, 1), y=(-1, 1))
    angle = np.linspace(0, 6, 50)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    region = captures(equilibria(model, window))[0]
    assert region.contains(0.3 * radius * circle).all()
    assert not region.contains(1.0001 * radius * circle).any()


@pytest.mark.slow
def test_a_saddle_just_outside_bounds_the_region() -> None:
    model = Model.from_equations({"x": "x*(x - 0.01)", "y": "-y + x**2"})
    window = Window(x=(-1, 1), y=(-1, 1))
    regions = captures(equilibria(model, window))
    assert [bool(region) for region in regions] == [True]
    assert not regions[0].contains(np.array([[0.0101, 0.0], [0.011, 0.5]])).any()
    assert wrong(model, window) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "rate", ["-x + 0.5*heaviside(x - 0.2)", "-x + 2*sign(x - 0.2) + 2", "-x/(0.2 - x)", "-x - 0.3*sqrt(0.2 - x) + 0.3*sqrt(0.2)"]
)
def test_what_jumps_or_has_a_pole_is_left_outside(rate: str) -> None:
    model = Model.from_equations({"x": rate, "y": "-2*y + x"})
    window = Window(x=(-1, 1), y=(-1, 1))
    states = np.random.default_rng(2).uniform(-1, 1, (4000, 2))
    for region in captures(equilibria(model, window)):
        inside = states[region.contains(states)]
        assert ((inside[:, 0] < 0.2) == (region.equilibrium["x"] < 0.2)).all()


@pytest.mark.slow
def test_paths_that_would_leave_the_domain_are_not_captured() -> None:
    """A focus at (1, 1) round which paths swing through x < 0, where arms may not be."""
    model = Model.from_equations({"x": "-0.1*(x - 1) - (y - 1)", "y": "x - 1 - 0.1*(y - 1)"}, lower={"x": 0})
    window = Window(x=(0, 4), y=(-3, 5))
    region = captures(equilibria(model, window))[0]
    for start in border(region, window, 20, seed=1):
        run = solve_ivp(model_rates(model), (0, 100), start, rtol=1e-9, atol=1e-12, max_step=0.1)
        assert run.y[0].min() >= 0
    assert not region.contains(np.array([[0.5, 3.9]])).any()


def test_a_side_that_no_path_crosses_may_cut_a_region() -> None:
    """ACCEPTANCE A1: (3, 0) and (0, 2) lie on sides of the domain, along which paths stay."""
    model = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0})
    window = Window(x=(0, 4), y=(0, 4))
    regions = captures(equilibria(model, window))
    assert [bool(region) for region in regions] == [True, True]
    assert regions[1].contains(np.array([[3.0, 0.0], [2.5, 0.0], [3.0, 0.1]])).all()
    assert not regions[1].contains(np.array([[3.0, -0.1]])).any()
    assert wrong(model, window) == []


@pytest.mark.slow
def test_the_bound_is_kept() -> None:
    race = linear(defence=0.5, fatigue=1.0, grievance=1.0)
    window = Window(x=(0, 10), y=(0, 10))
    found = equilibria(race, window)
    region = capture(race, found[0], window, known=found, bound=5.0)
    assert region.contains(np.array([[4.0, 4.0]])).all()
    assert not region.contains(np.array([[5.1, 2.0], [2.0, 6.0]])).any()


@pytest.mark.slow
def test_fixed_points_of_maps_capture_too() -> None:
    model = Model.from_equations({"x": "2.5*x*(1 - x) + 0.1*y", "y": "0.3*y + 0.1*x"}, kind="map")
    window = Window(x=(-0.5, 1.5), y=(-1, 1))
    region = captures(equilibria(model, window))[0]
    assert region.contains(region.equilibrium.state[np.newaxis]).all()
    assert with_cells(region, 64) is region
    assert wrong(model, window) == []


@pytest.mark.slow
def test_in_more_states_the_flagship_is_captured_by_order() -> None:
    model = security_dilemma(fear="state")
    window = Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60))
    detente, cold_war = captures(equilibria(model, window))
    assert detente.contains(np.full((1, 4), 3.15)).all()
    assert cold_war.contains(np.array([[60.0, 3.2, 3.2, 60.0]])).all()
    assert wrong(model, window, count=3) == []


def test_a_saddle_captures_nothing_and_the_reason_is_given() -> None:
    saddle = next(one for one in equilibria(security_dilemma(), SQUARE) if not one.is_stable)
    region = capture(security_dilemma(), saddle, SQUARE)
    assert not region
    assert "not proved to be stable" in repr(region)


@pytest.mark.slow
def test_rates_without_bounds_prove_nothing_and_the_reason_is_given() -> None:
    model = Model.from_equations({"x": "-x + hill(1, 2, 1 + x**2)"})
    found = equilibria(model, Window(x=(0, 1)))
    region = capture(model, found[0], found.window, known=found)
    assert not region
    assert "hill with a state in its exponent" in repr(region)


def test_bad_questions_are_refused_with_what_to_do() -> None:
    found = equilibria(security_dilemma(), SQUARE)
    with pytest.raises(InvalidInputError, match="another model"):
        capture(security_dilemma(balance=0.1), found[0], SQUARE)
    with pytest.raises(InvalidInputError, match="spanned"):
        capture(security_dilemma(), found[0], Window(x=(0, 60), y=3))
    with pytest.raises(NotAutonomousError):
        capture(Model.from_equations({"x": "-x + sin(t)"}), found[0], Window(x=(0, 1)))


def test_equilibria_of_another_model_are_no_ground_for_a_proof() -> None:
    line, window = Model.from_equations({"x": "x - x**3"}, name="own"), Window(x=(-2, 2))
    other = equilibria(Model.from_equations({"x": "1 - x"}, name="other"), window)
    found = capture(line, equilibria(line, window)[2], window, known=other)
    assert not found.contains(np.array([[-0.5]]))[0]
