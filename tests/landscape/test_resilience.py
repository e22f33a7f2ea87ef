"""What equilibria withstand: systems whose basins, folds and Hopf points are known in closed form."""

from math import inf, sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.compiled.field import Field
from richardson.continuation.follow import continue_equilibrium
from richardson.dynamics.integrate import integrate
from richardson.errors import ComputationError, InvalidInputError, NotAutonomousError, NotStableError, UnknownNameError
from richardson.landscape.margin import margin_of
from richardson.landscape.parameter_box import ParameterBox, default_scale
from richardson.landscape.resilience import Resilience, resilience
from richardson.landscape.shocks import shocked_states
from richardson.models import linear, saperstein, security_dilemma
from richardson.stability.equilibria import Equilibrium, equilibria
from richardson.stability.manifolds import manifolds
from richardson.stability.window import Window
from richardson.symbolic.model import Model

BEAD, LINE = Model.from_equations({"x": "m + x - x**3"}, {"m": 0.0}), Window(x=(-2, 2))
FOLD = 2 / (3 * sqrt(3))  # of the bead, on both sides of zero
ROUNDED = 1e-9  # relative: a border bracketed to rounding of the runs' own tolerance, 1e-10
DILEMMA, PLANE = security_dilemma(), Window(x=(0, 60), y=(0, 60))
FOUR = ("defence_x", "defence_y", "fatigue_x", "fatigue_y")


def stable(model: Model, window: Window, place: int) -> Equilibrium:
    return equilibria(model, window)[place]


@pytest.fixture(scope="module")
def bead() -> Resilience:
    return resilience(BEAD, stable(BEAD, LINE, 2), LINE, parameters="m")


def test_a_bead_tips_over_the_barrier_between_its_wells(bead: Resilience) -> None:
    assert bead["any"].distance == pytest.approx(1.0, rel=ROUNDED)
    assert bead["any"].shock[0] == pytest.approx(-1.0, rel=ROUNDED)
    assert bead["any"].leads_to == "<stable node at x = -1>"


def test_what_is_proved_is_no_more_than_what_runs_show(bead: Resilience) -> None:
    assert 0.9 < bead["any"].proved <= bead["any"].bracket[0]


def test_a_bead_relaxes_grows_and_remembers_by_its_one_rate(bead: Resilience) -> None:
    found = (bead.relaxation_time, bead.reactivity, bead.amplification, bead.covariance[0, 0], bead.autocorrelation[0])
    assert found == pytest.approx((0.5, -2.0, 1.0, 0.25, np.exp(-2.0)), rel=1e-12)
    assert bead.recovery_rate == pytest.approx(2.0)


def test_the_fold_of_a_bead_is_as_far_as_the_formula_says(bead: Resilience) -> None:
    assert bead.margin is not None
    assert (bead.margin.kind, bead.margin.distance) == ("fold", pytest.approx(FOLD, rel=1e-12))
    assert bead.margin.alone["m"] == (pytest.approx(-FOLD, rel=1e-12), inf)
    assert bead.margin.state[0] == pytest.approx(1 / sqrt(3), rel=1e-9)


@pytest.mark.parametrize("level", [-0.2, 0.1, 0.3])
def test_a_tilted_bead_has_what_is_left_of_its_margin(level: float) -> None:
    tilted = BEAD.with_values(m=level)
    found = margin_of(ParameterBox.of(tilted, "m", {"m": 1.0}, None), stable(tilted, LINE, 2), 10.0)
    assert found.distance == pytest.approx(level + FOLD, rel=1e-12)


def test_a_window_that_ends_before_the_border_says_at_least() -> None:
    narrow = Window(x=(0.25, 2))
    found = resilience(BEAD, stable(BEAD, narrow, 0), narrow)
    assert (found["any"].distance, found["any"].at_least) == (inf, 0.75)


def test_a_border_farther_than_the_windows_edge_is_sure_only_up_to_the_edge() -> None:
    found = resilience(BEAD, stable(BEAD, LINE, 2), Window(x=(-2, 1.5)))
    assert (found["any"].distance, found["any"].at_least) == (pytest.approx(1.0, rel=ROUNDED), 0.5)


def test_scales_and_names_of_shocks_are_the_callers(bead: Resilience) -> None:
    found = resilience(BEAD, bead.equilibrium, LINE, shocks={"surprise": "x"}, scales={"x": 0.5})
    assert found["surprise"].distance == pytest.approx(2.0, rel=ROUNDED)


def test_a_linear_race_has_no_fatal_shock_and_its_margin_in_closed_form() -> None:
    race = linear()
    found = margin_of(ParameterBox.of(race, FOUR, dict.fromkeys(FOUR, 1.0), None), stable(race, PLANE, 0), 10.0)
    assert [found.changes[name][1] for name in FOUR] == pytest.approx([0.75] * 4, rel=1e-12)  # k = a halfway between 0.5 and 1
    assert found.alone["defence_x"] == (-inf, pytest.approx(2.0, rel=1e-12))  # kl = ab
    assert found.direction == pytest.approx(dict(zip(FOUR, (0.5, 0.5, -0.5, -0.5), strict=True)), rel=1e-9)


@pytest.mark.slow
def test_a_peace_of_believers_falls_into_a_cold_war_that_lies_outside_the_window() -> None:
    """The shock of both nations' arms, by SciPy's runs on both sides of the border."""
    model = security_dilemma(beliefs=True)
    window = Window(x=(0, 30), y=(0, 30), distrust_x=(-5, 30), distrust_y=(-5, 30))
    peace = stable(model, window, 0)
    found = resilience(model, peace, window, shocks={"arms": ["x", "y"]})["arms"]
    assert found.leads_to == "<stable node at x = 19.2527, y = 19.2527, distrust_x = 82.9484, distrust_y = 82.9484>"
    field, ends = Field.of(model), []
    for share in (1 - 1e-4, 1 + 1e-4):
        start = peace.state + share * found.shock
        ends.append(solve_ivp(field.rates, (0, 400), start, method="LSODA", rtol=1e-10, atol=1e-12).y[0, -1])
    assert ends == pytest.approx([peace["x"], 19.2527], rel=1e-4)


@pytest.mark.slow
def test_the_nearest_shock_of_competitors_is_the_nearest_point_of_the_separatrix() -> None:
    rivals = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})  # ACCEPTANCE A1
    window = Window(x=(-0.5, 4), y=(-0.5, 4))
    all_of_them = equilibria(rivals, window)
    calm = next(one for one in all_of_them if np.allclose(one.state, (3, 0)))
    border = manifolds(rivals, next(one for one in all_of_them if one.kind == "saddle"), window)[0].path
    found = resilience(rivals, calm, window)
    near = np.linalg.norm(border - calm.state, axis=1).min()
    assert found["any"].distance == pytest.approx(near, rel=1e-5)  # neighbours on the path are 1/400 of the window apart
    for share, end in ((1 - 1e-6, (3, 0)), (1 + 1e-6, (0, 2))):
        run = integrate(rivals, (calm.state + share * found["any"].shock).tolist(), [0.0, 200.0])
        np.testing.assert_allclose(run.states[-1], end, atol=1e-6)


@pytest.mark.slow
def test_detente_falls_along_the_diagonal_and_the_norm_says_how_far() -> None:
    calm, saddle, _ = equilibria(DILEMMA, PLANE)
    gap = saddle.state[0] - calm.state[0]
    found = {norm: resilience(DILEMMA, calm, PLANE, norm=norm, shocks={"both": ["x", "y"]})["both"].distance for norm in (2.0, inf)}
    assert found[2.0] == pytest.approx(sqrt(2.0) * gap, rel=1e-8)  # the square of the angle between the directions tried
    assert found[inf] == pytest.approx(gap, rel=1e-8)


@pytest.mark.slow
def test_a_shock_in_fear_alone_is_fatal_too() -> None:
    fearful = security_dilemma(fear="state")
    window = Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60))
    calm = stable(fearful, window, 0)
    found = resilience(fearful, calm, window, shocks={"fear": ["fear_x", "fear_y"]})["fear"]
    assert found.shock[:2].tolist() == [0.0, 0.0]
    ends = [integrate(fearful, (calm.state + share * found.shock).tolist(), [0, 400]).states[-1, 0] for share in (0.999, 1.001)]
    assert ends == pytest.approx([calm.state[0], 19.252707940545456], rel=1e-6)


@pytest.mark.slow
def test_by_default_arms_fear_and_distrust_are_shocked_apart() -> None:
    """Distrust follows too, and is no fear: it is a pure number."""
    believing = SimpleNamespace(model=security_dilemma(fear="state", beliefs=True))
    window = Window(x=(0, 9), y=(0, 9), fear_x=(0, 9), fear_y=(0, 9), distrust_x=(-2, 9), distrust_y=(-2, 9))
    groups = shocked_states(believing, window, None)  # type: ignore[arg-type] # only its model is asked for
    assert {name: groups[name].tolist() for name in ("any", "arms", "fear", "distrust")} == {
        "any": [0, 1, 2, 3, 4, 5],
        "arms": [0, 1],
        "fear": [2, 3],
        "distrust": [4, 5],
    }


def test_states_that_the_window_fixes_are_not_shocked() -> None:
    fearful = security_dilemma(fear="state")
    calm = stable(fearful, Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60)), 0)
    flat = Window(x=(0, 60), y=(0, 60), fear_x=1.0, fear_y=1.0)
    found = resilience(fearful, calm, flat, shocks={"arms": ["x", "y"]})["arms"]
    assert found.shock[2:].tolist() == [0.0, 0.0]
    ends = [integrate(fearful, (calm.state + share * found.shock).tolist(), [0, 400]).states[-1, 0] for share in (0.999, 1.001)]
    assert ends == pytest.approx([calm.state[0], 19.252707940545456], rel=1e-6)


def test_a_map_whose_paths_all_come_back_has_no_fatal_shock() -> None:
    model, window = saperstein(reaction=0.7), Window(x=(0, 1), y=(0, 1))
    found = resilience(model, next(one for one in equilibria(model, window) if one.is_stable), window)
    assert repr(found["any"]) == "<shock of any: none is fatal>"
    assert found.relaxation_time == pytest.approx(-1 / np.log(0.8), rel=1e-9)  # multipliers 4a(1 − 2x*) = ∓0.8, x* = 1 − 1/(4a)


@pytest.mark.slow
def test_the_margin_of_the_cold_war_is_its_fold() -> None:
    found = margin_of(ParameterBox.of(DILEMMA, "balance", None, None), stable(DILEMMA, PLANE, 2), 10.0)
    assert found.changes["balance"][1] == pytest.approx(-0.150475309989545, abs=1e-12)


@pytest.mark.slow
def test_several_parameters_meet_the_fold_that_continuation_finds_on_the_way() -> None:
    names = ("balance", "alarm", "grievance")
    calm = stable(DILEMMA, PLANE, 0)
    found = margin_of(ParameterBox.of(DILEMMA, names, None, None), calm, 10.0)
    other = DILEMMA.with_values(**{name: found.changes[name][1] for name in names[1:]})
    start = equilibria(other.with_values(balance=0.0), PLANE)[0]
    path = continue_equilibrium(other.with_values(balance=0.0), start, "balance", (-0.5, 0.5), window=PLANE)
    assert path.points[0].value == pytest.approx(found.changes["balance"][1], rel=1e-9)
    alone = [(found.alone[name][1] - found.changes[name][0]) / found.scales[name] for name in names]
    assert found.distance <= min(alone)


@pytest.mark.slow
def test_the_nearest_hopf_point_is_the_foot_of_the_perpendicular_on_its_line() -> None:
    spiral = Model.from_equations({"x": "a*x - 2*y - x**3", "y": "2*x - b*y"}, {"a": 0.5, "b": 1.0})  # trace a − b, determinant 4 − ab
    box = ParameterBox.of(spiral, ("a", "b"), {"a": 1.0, "b": 1.0}, None)
    found = margin_of(box, stable(spiral, Window(x=(-0.1, 0.1), y=(-0.1, 0.1)), 0), 10.0)
    assert (found.kind, found.distance) == ("hopf", pytest.approx(0.5 / sqrt(2.0), rel=1e-9))
    assert found.changes == {"a": (0.5, pytest.approx(0.75, rel=1e-9)), "b": (1.0, pytest.approx(0.75, rel=1e-9))}


def test_a_narrow_band_of_oscillation_is_not_stepped_over() -> None:
    spiral = Model.from_equations({"x": "(0.01 - (p - 0.5)**2)*x - y", "y": "x + (0.01 - (p - 0.5)**2)*y - x**2*y"}, {"p": 0.0})
    box = ParameterBox.of(spiral, "p", {"p": 1.0}, None)
    found = margin_of(box, stable(spiral, Window(x=(-0.1, 0.1), y=(-0.1, 0.1)), 0), 10.0)
    assert (found.kind, found.distance) == ("hopf", pytest.approx(0.4, rel=1e-9))  # unstable between 0.4 and 0.6


def test_a_critical_point_whose_equations_do_not_hold_is_refused() -> None:
    pitchfork = Model.from_equations({"x": "p*x - x**3", "y": "-5*y"}, {"p": -1.0})  # at zero its equations are dependent
    box = ParameterBox.of(pitchfork, "p", None, None)
    with pytest.raises(ComputationError, match="could not be solved for"):
        margin_of(box, stable(pitchfork, Window(x=(-0.1, 0.1), y=(-0.1, 0.1)), 0), 10.0)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"norm": 3.0}, UnknownNameError),
        ({"scales": {"x": 0.0}}, InvalidInputError),
        ({"scales": {"z": 1.0}}, UnknownNameError),
        ({"shocks": {}}, InvalidInputError),
        ({"shocks": {"one": ["x", "x"]}}, InvalidInputError),
        ({"shocks": {"one": ["z"]}}, UnknownNameError),
        ({"noise": {"z": 1.0}}, UnknownNameError),
        ({"noise": 1.0}, InvalidInputError),
        ({"scales": [1.0]}, InvalidInputError),
        ({"shocks": ["x"]}, InvalidInputError),
        ({"shocks": {"one": 3}}, InvalidInputError),
        ({"lag": 0.0}, InvalidInputError),
        ({"parameters": "no_such"}, UnknownNameError),
        ({"parameters": 5}, InvalidInputError),
        ({"parameters": "m", "farthest": np.nan}, InvalidInputError),
        ({"parameters": "m", "farthest": inf}, InvalidInputError),
        ({"parameters": "m", "farthest": -1.0}, InvalidInputError),
        ({"window": Window(x=(-2, 0.5))}, InvalidInputError),
        ({"window": Window(z=(-2, 2))}, UnknownNameError),
        ({"equilibrium": "x"}, InvalidInputError),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(change: dict[str, object], error: type[Exception], bead: Resilience) -> None:
    arguments = {"model": BEAD, "equilibrium": bead.equilibrium, "window": LINE} | change
    with pytest.raises(error):
        resilience(**arguments)  # type: ignore[arg-type]


def test_an_unstable_equilibrium_withstands_nothing_and_is_refused() -> None:
    with pytest.raises(NotStableError):
        resilience(BEAD, stable(BEAD, LINE, 1), LINE)


def test_a_model_with_time_is_refused() -> None:
    driven = Model.from_equations({"x": "t - x"})
    with pytest.raises(NotAutonomousError):
        resilience(driven, stable(BEAD, LINE, 2), LINE)


def test_the_margin_of_a_map_is_refused() -> None:
    model, window = saperstein(reaction=0.5), Window(x=(0, 1), y=(0, 1))
    calm = next(one for one in equilibria(model, window) if one.is_stable)
    with pytest.raises(InvalidInputError, match="for flows"):
        resilience(model, calm, window, parameters="reaction")


def test_a_step_of_a_parameter_is_its_range_its_size_or_one() -> None:
    assert [default_scale(DILEMMA, name) for name in ("distinguishability", "alarm", "balance")] == [1.0, 3.0, 1.0]


def test_an_unknown_shock_is_refused_with_the_known_ones(bead: Resilience) -> None:
    with pytest.raises(InvalidInputError, match="there are any"):
        _ = bead["all"]


def test_the_table_has_one_row_a_shock(bead: Resilience) -> None:
    assert bead.to_table()["name"] == ["any"]
    assert bead.margin is not None
    assert bead.margin.to_table()["parameter"] == ["m"]
