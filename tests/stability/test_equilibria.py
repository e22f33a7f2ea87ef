import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import fsolve

from richardson.errors import ComputationError, InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.models import security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.finding import order_of
from richardson.stability.window import Window
from richardson.symbolic.model import Model

SQUARE = Window(x=(0, 5), y=(0, 5))
RACE = Model.from_equations({"x": "a*x + b*y + g", "y": "c*x + d*y + h"}, {"a": -2, "b": 1, "c": 1, "d": -2, "g": 1, "h": 1}, name="race")
CUBIC = Model.from_equations({"x": "s*(x - p)*(x - q)*(x - r)"}, {"p": 1, "q": 2, "r": 3, "s": -1})
PARABOLA = Model.from_equations({"x": "m - (x - 1)**2", "y": "x - y"}, {"m": 0.25})
numbers = st.floats(-3, 3).map(lambda value: round(value, 3))


@given(st.tuples(numbers, numbers, numbers, numbers), numbers, numbers)
@settings(max_examples=20)
def test_linear_races_rest_where_the_linear_solve_says(entries: tuple[float, ...], g: float, h: float) -> None:
    a, b, c, d = entries
    matrix = np.array([[a, b], [c, d]])
    assume(abs(np.linalg.det(matrix)) > 1e-2)
    expected = np.linalg.solve(matrix, [-g, -h])
    found = equilibria(RACE.with_values(a=a, b=b, c=c, d=d, g=g, h=h), Window(x=(-2000, 2000), y=(-2000, 2000)))
    assert found.is_complete
    np.testing.assert_allclose([one.state for one in found], [expected], rtol=1e-10, atol=1e-10)
    stable = np.trace(matrix) < 0 < np.linalg.det(matrix)
    assume(abs(np.trace(matrix)) > 1e-9)  # on the axis it is a centre
    assert found[0].is_stable == stable


@given(st.lists(st.integers(-900, 900), min_size=3, max_size=3, unique=True), st.sampled_from(["closed form", "newton"]))
@settings(max_examples=12)
def test_all_known_roots_of_a_cubic_are_found(hundredths: list[int], method: str) -> None:
    p, q, r = (number / 100 for number in hundredths)
    found = equilibria(CUBIC.with_values(p=p, q=q, r=r), Window(x=(-10, 10)), method=method)
    np.testing.assert_allclose([one["x"] for one in found], sorted((p, q, r)), rtol=1e-9, atol=1e-9)
    assert [one.is_stable for one in found] == [True, False, True]


@pytest.mark.parametrize("method", ["auto", "newton"])
@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6])
def test_both_roots_beside_a_fold_survive(gap: float, method: str) -> None:
    found = equilibria(PARABOLA.with_values(m=gap**2), SQUARE, method=method)
    np.testing.assert_allclose([one["x"] for one in found], [1 - gap, 1 + gap], atol=1e-9)
    assert [one.kind for one in found] == ["saddle", "stable node"]


@pytest.mark.parametrize("method", ["auto", "certified", "newton"])
def test_a_double_root_that_rounding_hides_is_degenerate_too(method: str) -> None:
    """1 − cos x is exactly 0 in doubles for |x| < 1e-8, and its slope there has either sign."""
    model = Model.from_equations({"x": "1 - cos(x)", "y": "-y"})
    found = equilibria(model, Window(x=(-2, 2.1), y=(-2, 2.1)), method=method)
    assert [(one.kind, one.is_stable) for one in found] == [("degenerate", False)]


@pytest.mark.parametrize("method", ["auto", "newton"])
def test_a_double_root_is_one_degenerate_equilibrium_that_is_not_called_stable(method: str) -> None:
    found = equilibria(PARABOLA.with_values(m=0), SQUARE, method=method)
    assert [one.kind for one in found] == ["degenerate"]
    assert not found[0].is_stable
    np.testing.assert_allclose(found[0].state, [1, 1], atol=1e-6)  # a double root is known to the root of rounding


def test_no_root_is_reported_just_beyond_a_fold() -> None:
    for method in ("auto", "newton"):
        assert len(equilibria(PARABOLA.with_values(m=-1e-9), SQUARE, method=method)) == 0


def test_edges_of_the_window_belong_to_it_and_what_lies_beyond_does_not() -> None:
    for method in ("closed form", "newton"):
        edge = equilibria(CUBIC, Window(x=(1, 2.5)), method=method)
        assert [one["x"] for one in edge] == pytest.approx([1, 2])
        assert all(1 <= one["x"] <= 2.5 for one in edge)
        assert len(equilibria(CUBIC, Window(x=(1.0001, 1.9999)), method=method)) == 0


def test_states_bounds_cut_the_window() -> None:
    bounded = Model.from_equations({"x": "x**2 - 4"}, lower={"x": 0})
    assert [one["x"] for one in equilibria(bounded, Window(x=(-5, 5)))] == [2.0]


@pytest.mark.parametrize(("a", "b", "c"), [(2.5, 7.5, 0.31), (0.7, 3.3, 1.1)])
def test_a_system_without_closed_form_shows_all_roots_of_an_independent_scan(a: float, b: float, c: float) -> None:
    wave = Model.from_equations({"x": "sin(a*x) - c*y", "y": "y - cos(b*x)"}, {"a": 2, "b": 7, "c": 1})
    scan = np.linspace(-3, 3, 200_001)
    values = np.sin(a * scan) - c * np.cos(b * scan)
    count = np.count_nonzero(values[:-1] * values[1:] < 0)
    found = equilibria(wave.with_values(a=a, b=b, c=c), Window(x=(-3, 3), y=(-2, 2)))
    assert found.is_complete
    assert len(found) == count
    with pytest.raises(InvalidInputError, match="no quick closed form"):
        equilibria(wave, Window(x=(-3, 3), y=(-2, 2)), method="closed form")


def test_roots_that_repeat_like_a_wave_are_all_found() -> None:
    found = equilibria(Model.from_equations({"x": "sin(x)"}), Window(x=(-100, 100)))  # the slope at every other root is the same
    np.testing.assert_allclose([one["x"] for one in found], np.pi * np.arange(-31, 32), atol=1e-12)
    assert [one.is_stable for one in found] == [True, False] * 31 + [True]


def test_renaming_and_reordering_states_changes_nothing_but_the_order() -> None:
    first = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"})
    second = Model.from_equations({"v": "v*(2 - u - v)", "u": "u*(3 - u - 2*v)"})
    states = [one.state for one in equilibria(first, Window(x=(-1, 4), y=(-1, 4)))]
    renamed = equilibria(second, Window(u=(-1, 4), v=(-1, 4)))
    assert sorted((one["u"], one["v"]) for one in renamed) == sorted(map(tuple, states))


@pytest.mark.parametrize("method", ["auto", "newton"])
@pytest.mark.parametrize("unit", [1e-6, 1e9])
def test_units_of_arms_and_time_change_no_verdict(unit: float, method: str) -> None:
    scaled = Model.from_equations({"x": "r*x*(3 - x/c - 2*y/c)", "y": "r*y*(2 - x/c - y/c)"}, {"c": 1, "r": 1})
    window = Window(x=(-unit, 4 * unit), y=(-unit, 4 * unit))
    found = equilibria(scaled.with_values(c=unit, r=1 / unit), window, method=method)
    np.testing.assert_allclose([one.state / unit for one in found], [[0, 0], [0, 2], [1, 1], [3, 0]], atol=1e-9)
    assert [one.kind for one in found] == ["unstable node", "stable node", "saddle", "stable node"]
    np.testing.assert_allclose(found[3].eigenvalues * unit, [-1, -3], rtol=1e-9)


def test_the_same_seed_finds_the_same_and_is_recorded() -> None:
    runs = [equilibria(CUBIC, Window(x=(0, 5)), method="newton", rng=5) for _ in range(2)]
    np.testing.assert_array_equal([one.state for one in runs[0]], [one.state for one in runs[1]])
    assert "5" in repr(runs[0].provenance.entropy)


@given(st.permutations(range(6)), st.lists(st.floats(-1, 1), min_size=18, max_size=18))
@settings(max_examples=50)
def test_rounding_never_decides_the_order_of_equilibria(shuffled: list[int], noise: list[float]) -> None:
    ordered = np.array([[0, 2, 5], [0, 2, 6], [1, 0, 3], [1, 1, 2], [1, 1, 3], [2, 0, 0]], dtype=float)  # many states are shared
    seen = (ordered * (1 + 1e-11 * np.reshape(noise, (6, 3))) + 1e-14 * np.reshape(noise, (6, 3)))[shuffled]
    assert [shuffled[place] for place in order_of(seen, np.full(3, 60.0))] == list(range(6))


def test_equilibria_far_nearer_to_each_other_than_the_window_is_wide_keep_their_order() -> None:
    near = np.array([[3e-3, 1.0], [2e-3, 2.0], [1e-3, 3.0]])
    assert order_of(near, np.full(2, 1e6)).tolist() == [2, 1, 0]


def test_an_equilibrium_that_stays_undecided_is_listed_also_where_its_box_is_narrower_than_rounding() -> None:
    """x sees nobody, so its fear is 0, where the reaction has no second derivative; the numbers are those at which a draw lost it."""
    values = {"exposure_x": 0.0, "exposure_y": 0.237, "defence_x": 1.5, "threshold_y": 2.26, "fatigue_x": 0.33, "strain_x": 0.11}
    values |= {"strain_y": 0.0, "ambition_x": 0.1, "target_x": 3.2, "balance": 0.1, "terrain": 0.8278072798000192, "steepness": 1.53}
    model = security_dilemma(fear="state", fear_time_x=0.81, fear_time_y=0.136, **values)
    found = equilibria(model, Window(x=(0, 40), y=(0, 40), fear_x=(0, 40), fear_y=(0, 40)))

    def rates(arms: np.ndarray) -> list[float]:
        x, y = arms
        fear = 0.237 * np.exp(0.1 - 0.8278072798000192) * x
        power = (fear / 2.26) ** 1.53
        greed = 0.1 * (3.2 * y - x)
        return [0.5 - 0.33 * x * (1 + 0.11 * x) + greed, 0.45 * fear * (1 + 3 * power / (1 + power)) - y + 0.5]

    x, y = fsolve(rates, [1.0, 0.6], xtol=1e-12)
    assert len(found) == 1
    np.testing.assert_allclose(found[0].state, [x, y, 0.0, 0.237 * np.exp(0.1 - 0.8278072798000192) * x], rtol=1e-9, atol=1e-12)
    assert found[0].kind == "stable node"


def test_a_line_of_equilibria_is_refused_and_one_outside_the_window_is_not() -> None:
    singular = RACE.with_values(a=-0.1, b=0.1, c=0.3, d=-0.3, g=0, h=0)  # 0.1·0.3 is singular in decimals, not in binary
    with pytest.raises(ComputationError, match="1-dimensional plane.*meets the window"):
        equilibria(singular, SQUARE)
    far = equilibria(singular, Window(x=(0, 1), y=(3, 4)))
    assert len(far) == 0
    assert far.is_complete


def test_a_curve_of_equilibria_is_refused() -> None:
    ring = Model.from_equations({"x": "-y*(x**2 + y**2 - 1)", "y": "x*(x**2 + y**2 - 1)"})
    with pytest.raises(ComputationError, match="whole curve of them"):
        equilibria(ring, Window(x=(-2, 2), y=(-2, 2)))


def test_a_centre_is_called_a_centre_and_not_stable() -> None:
    found = equilibria(Model.from_equations({"x": "x*(1 - y)", "y": "y*(x - 1)"}), SQUARE)
    assert [(one.kind, one.is_stable) for one in found] == [("saddle", False), ("centre", False)]


def test_bad_questions_are_refused_with_what_to_do() -> None:
    drifting = Model.from_equations({"x": "sin(t) - x"})
    with pytest.raises(NotAutonomousError, match="depend on time"):
        equilibria(drifting, Window(x=(0, 1)))
    with pytest.raises(InvalidInputError, match="window fixes y"):
        equilibria(RACE, Window(x=(0, 1), y=1))
    with pytest.raises(InvalidInputError, match="window was expected"):
        equilibria(RACE, {"x": (0, 1), "y": (0, 1)})  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="Did you mean 'newton'"):
        equilibria(RACE, SQUARE, method="newtn")
    with pytest.raises(UnknownNameError, match="no state of 'race'"):
        equilibria(RACE, Window(x=(0, 1), z=(0, 1)))
    with pytest.raises(OutOfBoundsError, match="holds no value"):
        equilibria(Model.from_equations({"x": "1 - x"}, lower={"x": 0}), Window(x=(-2, -1)))
    with pytest.raises(UnknownNameError, match="no state 'z'"):
        equilibria(RACE, SQUARE)[0]["z"]


def test_a_result_pickles_prints_and_tabulates() -> None:
    found = equilibria(RACE, SQUARE)
    again = pickle.loads(pickle.dumps(found))
    assert again[0]["x"] == found[0]["x"] == pytest.approx(1.0)
    assert repr(found) == "<1 equilibrium of 'race' (complete): <stable node at x = 1, y = 1>>"
    assert found.to_table()["kind"] == ["stable node"]
    assert "<td>stable node</td>" in found._repr_html_()
    assert found.undecided == ()
    assert found[0].certificate is not None
    assert found[0].certificate.method == "closed form"
    assert found[:1][0] is found[0]


@pytest.mark.parametrize(
    ("rate", "root"), [("tanh(x) - x", 0.0), ("tanh(2*x) - 2*x", 0.0), ("sin(x) - x", 0.0), ("tanh(x - 1) - x + 1", 1.0)]
)
def test_a_triple_root_where_terms_cancel_is_listed_once_and_called_degenerate(rate: str, root: float) -> None:
    found = equilibria(Model.from_equations({"x": rate}), Window(x=(root - 3, root + 3)))
    assert [one.kind for one in found] == ["degenerate"] and not found.is_complete
    assert found[0]["x"] == pytest.approx(root, abs=1e-5)  # the third root of rounding
