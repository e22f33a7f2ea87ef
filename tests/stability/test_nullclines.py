import numpy as np
import pytest

from richardson.compiled.field import Field
from richardson.errors import ComputationError, InvalidInputError, NotAutonomousError
from richardson.models.security_dilemma import security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.nullclines import nullclines
from richardson.stability.window import Window
from richardson.symbolic.model import Model

SPECIES = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})
WAVE = Model.from_equations({"x": "x*(exp(-y) - x)", "y": "y - sin(3*x)*exp(x - 1)"})
CURVED = Model.from_equations({"x": "x**2 + y**2 - r**2", "y": "y**2 - x**2*(x + 1)"}, {"r": 1})


def distance(points: np.ndarray, lines: tuple[np.ndarray, ...]) -> np.ndarray:
    """Distance of each point from the nearest chord."""
    best = np.full(len(points), np.inf)
    for line in lines:
        start, step = line[:-1], np.diff(line, axis=0)
        share = np.clip(((points[:, None] - start) * step).sum(-1) / (step**2).sum(-1), 0, 1)
        best = np.minimum(best, np.linalg.norm(points[:, None] - start - share[..., None] * step, axis=-1).min(axis=1))
    return best


@pytest.mark.parametrize(
    ("model", "window"),
    [
        (SPECIES, Window(x=(0, 4), y=(0, 4))),
        (SPECIES, Window(x=(-1, 4), y=(-1, 4))),
        (WAVE, Window(x=(0, 2), y=(-2, 2))),
        (security_dilemma(), Window(x=(0, 60), y=(0, 60))),
        (CURVED, Window(x=(-2, 2), y=(-2, 2))),
    ],
)
def test_points_satisfy_their_equation_lie_in_the_window_and_pass_every_equilibrium(model: Model, window: Window) -> None:
    field = Field.of(model)
    lower, upper = window.box(model)
    grid = np.random.default_rng(1).uniform(lower, upper, (500, 2))
    size = np.median(np.abs(field.rates_over(0.0, grid)), axis=0)
    curves = nullclines(model, window)
    rest = np.array([one.state for one in equilibria(model, window)])
    for position, name in enumerate(model.state_names):
        assert curves[name]
        for line in curves[name]:
            assert np.abs(field.rates_over(0.0, line)[:, position]).max() <= 1e-10 * size[position]  # bisected to the last digit
            assert ((line >= lower) & (line <= upper)).all()
        assert distance(rest, curves[name]).max() < 1e-3 * (upper - lower).max()


def test_every_branch_of_a_product_is_a_curve_of_its_own_edges_included() -> None:
    curves = nullclines(SPECIES, Window(x=(0, 4), y=(0, 4)))
    axis = np.column_stack([np.zeros(50), np.linspace(0, 4, 50)])
    line = np.column_stack([np.linspace(0, 3, 50), np.linspace(1.5, 0, 50)])
    assert len(curves["x"]) == len(curves["y"]) == 2
    assert distance(axis, curves["x"]).max() < 1e-12
    assert distance(line, curves["x"]).max() < 1e-12
    assert distance(axis[:, ::-1], curves["y"]).max() < 1e-12


def test_an_edge_where_the_rate_ends_is_found_without_a_change_of_sign() -> None:
    root = Model.from_equations({"x": "sqrt(x)*(exp(y) - 2*x)", "y": "-y"}, lower={"x": 0})
    axis = np.column_stack([np.zeros(50), np.linspace(-1, 1, 50)])
    assert distance(axis, nullclines(root, Window(x=(0, 2), y=(-1, 1)))["x"]).max() < 1e-12


def test_a_circle_is_closed_and_a_curve_that_crosses_itself_is_whole() -> None:
    curves = nullclines(CURVED, Window(x=(-2, 2), y=(-2, 2)))
    (circle,) = curves["x"]
    np.testing.assert_array_equal(circle[0], circle[-1])
    turn = np.linspace(0, 2 * np.pi, 400)
    assert distance(np.column_stack([np.cos(turn), np.sin(turn)]), curves["x"]).max() < 1e-4
    t = np.linspace(-1.5, 1.5, 400)  # the nodal cubic x = t² − 1, y = t(t² − 1), node at the origin
    cubic = np.column_stack([t**2 - 1, t * (t**2 - 1)])
    assert distance(cubic[np.abs(cubic).max(axis=1) < 2], curves["y"]).max() < 2e-3


def test_a_curve_touched_without_a_change_of_sign_is_found_where_rates_are_polynomial() -> None:
    touched = Model.from_equations({"x": "(x - y)**2", "y": "x + y"})
    diagonal = np.column_stack([np.linspace(-1, 1, 50)] * 2)
    assert distance(diagonal, nullclines(touched, Window(x=(-1, 1), y=(-1, 1)))["x"]).max() < 1e-12


def test_a_pole_and_a_jump_are_no_nullclines() -> None:
    broken = Model.from_equations({"x": "1/(x - 1)", "y": "heaviside(y - x) - 0.3"})
    curves = nullclines(broken, Window(x=(0, 2.1), y=(0, 2.3)))
    assert curves == {"x": (), "y": ()}
    signed = Model.from_equations({"x": "sign(y - x)", "y": "-y"})
    assert nullclines(signed, Window(x=(0, 1), y=(0, 1)))["x"] == ()


def test_columns_follow_the_windows_order_and_fixed_states_are_put_in() -> None:
    three = Model.from_equations({"x": "y - x + f", "y": "x - 3*y", "f": "x - f"})
    curves = nullclines(three, Window(y=(0, 5), x=(0, 5), f=1.0))
    assert list(curves) == ["y", "x"]
    line = np.vstack(curves["x"])
    np.testing.assert_allclose(line[:, 1], line[:, 0] + 1, atol=1e-12)


def test_bad_questions_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="Exactly 2 states"):
        nullclines(SPECIES, Window(x=(0, 1), y=1))
    with pytest.raises(NotAutonomousError):
        nullclines(Model.from_equations({"x": "t - x", "y": "-y"}), Window(x=(0, 1), y=(0, 1)))
    with pytest.raises(ComputationError, match="zero on the whole"):
        nullclines(Model.from_equations({"x": "0*x", "y": "-y"}), Window(x=(0, 1), y=(0, 1)))
