"""Equilibria that are proved, against closed forms, published values and mpmath."""

import pickle
from fractions import Fraction
from math import sqrt

import mpmath
import numpy as np
import pytest
from flint import ctx

from richardson.compiled.field import Field
from richardson.errors import InvalidInputError
from richardson.models import security_dilemma
from richardson.stability.equilibria import Equilibria, equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

SQUARE = Window(x=(0, 60), y=(0, 60))
PARABOLA = Model.from_equations({"x": "m - (x - 1)**2", "y": "x - y"}, {"m": 0.25})


def certified(model: Model, window: Window, **options: int) -> Equilibria:
    return equilibria(model, window, method="certified", **options)


def test_the_flagship_has_exactly_three_equilibria_in_its_window() -> None:
    """MODELS.md section 2: computed there with 25 digits."""
    found = certified(security_dilemma(), SQUARE)
    assert found.is_complete
    np.testing.assert_allclose(
        [one.state for one in found],
        np.repeat([[0.973883964480013], [3.154663275665848], [19.252707940545456]], 2, axis=1),
        rtol=1e-15,
    )
    assert [one.certificate is not None and one.certificate.is_stable for one in found] == [True, False, True]


def test_with_fear_as_a_state_there_are_the_same_three() -> None:
    window = Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60))
    found = certified(security_dilemma(fear="state"), window)
    assert found.is_complete
    np.testing.assert_allclose(
        [one.state for one in found],
        np.repeat([[0.973883964480013], [3.154663275665848], [19.252707940545456]], 4, axis=1),
        rtol=1e-15,
    )


def test_each_box_holds_the_root_to_fifty_digits_and_no_other_box_of_it() -> None:
    found = certified(Model.from_equations({"x": "exp(-x) - y", "y": "x - y**2"}), Window(x=(0, 3), y=(0, 3)))
    with mpmath.workdps(50):
        x = mpmath.findroot(lambda x: mpmath.exp(-2 * x) - x, 0.5)
        y = mpmath.sqrt(x)
    (only,) = found
    proof = only.certificate
    assert proof is not None
    assert all(low <= value <= high for low, value, high in zip(proof.lower, (x, y), proof.upper, strict=True))
    assert (proof.upper - proof.lower).max() < 1e-15
    assert ((proof.alone_lower < proof.lower) & (proof.upper < proof.alone_upper)).all()


def test_both_equilibria_beside_a_fold_are_proved_and_at_the_fold_a_box_stays_undecided() -> None:
    apart = certified(PARABOLA.with_values(m=1e-10), Window(x=(0, 5), y=(0, 5)))
    assert apart.is_complete
    np.testing.assert_allclose([one["x"] for one in apart], [1 - 1e-5, 1 + 1e-5], rtol=1e-12)
    touching = certified(PARABOLA.with_values(m=0), Window(x=(0, 5), y=(0, 5)))
    assert not touching.is_complete
    (box,) = touching.undecided
    assert "singular" in box.reason
    assert ((box.lower <= 1) & (box.upper >= 1)).all()
    assert (box.upper - box.lower).max() < 1e-4
    assert [(one.kind, one.certificate) for one in touching] == [("degenerate", None)]
    assert len(certified(PARABOLA.with_values(m=-1e-9), Window(x=(0, 5), y=(0, 5)))) == 0


def test_auto_takes_the_closed_form_where_a_proof_on_boxes_leaves_a_double_root_open() -> None:
    found = equilibria(PARABOLA.with_values(m=0), Window(x=(0, 5), y=(0, 5)))
    assert found.is_complete
    assert found[0].certificate is not None
    assert found[0].certificate.method == "closed form"


@pytest.mark.parametrize(
    ("equation", "window", "roots"),
    [
        ("tanh(2*x) - x", (-3, 3), [-0.9575040240772687, 0, 0.9575040240772687]),
        ("softplus(x) - 2*x", (-5, 5), [float(mpmath.findroot(lambda x: mpmath.log(1 + mpmath.exp(x)) - 2 * x, 0.5))]),
        ("abs(x - 1) - 0.5", (-5, 5), [0.5, 1.5]),
        ("max(x, 2*x) - min(1, 3 - x)", (-5, 5), [0.5]),
        ("sign(x - 1) + 3 - x", (-5, 5), [4]),
        ("heaviside(x) + 1 - x/2", (-5, 5), [4]),
        ("sigmoid(4*x) - 0.5 - x/2", (-5, 5), [-0.9575040240772687, 0, 0.9575040240772687]),
        ("log(x) - 1", (0.5, 5), [float(mpmath.e)]),
        ("x**1.5 - 8", (0, 10), [4]),
        ("sqrt(x) - x/2", (0.1, 10), [4]),
        ("hill(x, 1, 4) - 0.4*x", (-1, 4), None),
        ("atan(x) - x/2", (-5, 5), None),
        ("sinh(x) - 2*x", (-3, 3), None),
    ],
)
def test_every_function_of_the_grammar_has_bounds_that_prove_its_roots(
    equation: str, window: tuple[float, float], roots: list[float] | None
) -> None:
    """Roots in closed form or from mpmath; where none is given, changes of sign on a grid of 2001 points."""
    model = Model.from_equations({"x": equation})
    found = certified(model, Window(x=window))
    assert found.is_complete
    if roots is None:
        grid = np.linspace(*window, 2001) + 1e-7
        signs = np.sign(Field.of(model).rates_over(0.0, grid[:, np.newaxis])[:, 0])
        assert len(found) == np.count_nonzero(signs[:-1] * signs[1:] < 0)
    else:
        np.testing.assert_allclose([one["x"] for one in found], roots, rtol=1e-14, atol=1e-14)


def test_a_jump_through_zero_is_left_undecided() -> None:
    """sign(0) = 0, so x = 1 rests, but no interval around it shows that."""
    found = certified(Model.from_equations({"x": "-sign(x - 1)"}), Window(x=(0, 3)))
    assert not found.is_complete
    (box,) = found.undecided
    assert box.lower[0] <= 1 <= box.upper[0]
    assert "jump" in box.reason


def test_zeros_on_the_border_of_the_window_and_in_its_corners_count() -> None:
    """ACCEPTANCE A1 within the window that has three of its four equilibria on the border."""
    species = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0})
    found = certified(species, Window(x=(0, 4), y=(0, 4)))
    assert found.is_complete
    assert [one.state.tolist() for one in found] == [[0, 0], [0, 2], [1, 1], [3, 0]]


def test_fixed_points_of_maps_are_proved_with_their_multipliers_inside_or_outside_the_circle() -> None:
    """ACCEPTANCE A4, and the logistic map at r = 2.5 with fixed points 0 and 0.6."""
    henon = Model.from_equations({"x": "1 - 1.4*x**2 + y", "y": "0.3*x"}, kind="map")
    found = certified(henon, Window(x=(-2, 2), y=(-2, 2)))
    expected = [(-0.7 + sign * sqrt(0.49 + 5.6)) / 2.8 for sign in (-1, 1)]
    np.testing.assert_allclose([one["x"] for one in found], expected, rtol=1e-15)
    assert [one.certificate is not None and one.certificate.is_stable for one in found] == [False, False]
    logistic = certified(Model.from_equations({"x": "2.5*x*(1 - x)"}, kind="map"), Window(x=(-1, 2)))
    assert [(one["x"], one.certificate is not None and one.certificate.is_stable) for one in logistic] == [(0, False), (0.6, True)]


@pytest.mark.parametrize(
    ("equations", "places"),
    [
        ({"x": "x - x**3", "y": "-y"}, [-1.0, 0.0, 1.0]),
        ({"x": "sin(x)", "y": "0.5 - y"}, [0.0]),
        ({"x": "2*max(min(x, 1), -1) - x", "y": "-y"}, [-2.0, 0.0, 2.0]),
    ],
    ids=["cubic", "sine", "clipped"],
)
def test_a_state_that_exact_arithmetic_knows_to_the_last_digit_leaves_nothing_undecided(
    equations: dict[str, str], places: list[float]
) -> None:
    """One image of the box shrinks the linear state to a point, which has no interior for later images to lie in."""
    found = certified(Model.from_equations(equations), Window(x=(-3, 3), y=(-3, 3)))
    assert (found.is_complete, found.undecided) == (True, ())
    np.testing.assert_allclose([one["x"] for one in found], places, atol=1e-15)


def test_a_spent_budget_leaves_boxes_undecided_and_says_so() -> None:
    found = certified(security_dilemma(), SQUARE, budget=5)
    assert not found.is_complete
    assert {box.reason for box in found.undecided} == {"the budget of 5 boxes was spent"}
    assert len(found) == 3  # what a search finds there is listed, without certificate
    assert [one.certificate for one in found] == [None, None, None]


def test_a_zero_in_a_box_that_hardly_contracts_is_located_and_not_put_in_its_middle() -> None:
    """Images of the first box that proves this zero shrink by a few parts in ten thousand; here by bisection in mpmath."""
    model = Model.from_equations({"x": "0.09 - 0.1*x", "y": "1/(1 + (2*y**3)**2) - 0.1*y + 0.68"}, kind="map")
    found = certified(model, Window(x=(-3, 3), y=(-3, 3)))
    root = mpmath.findroot(lambda y: 1 / (1 + 4 * y**6) - 1.1 * y + mpmath.mpf("0.68"), (0.5, 1.5), solver="anderson")
    assert found.is_complete
    assert found[0]["y"] == pytest.approx(float(root), rel=1e-14)


@pytest.mark.slow
def test_five_and_six_states_are_proved_and_eight_are_refused() -> None:
    for count in (5, 6):
        window = Window(**{f"n{place}": (0.0, 60.0) for place in range(1, count + 1)})
        found = certified(security_dilemma(count, balance=-0.3), window)
        assert found.is_complete
        assert len(found) >= 1
    model = security_dilemma(4, fear="state")
    with pytest.raises(InvalidInputError, match="proofs are for 6 at most"):
        certified(model, Window(**dict.fromkeys(model.state_names, (0.0, 60.0))))


def test_a_state_in_the_exponent_of_hill_is_refused_and_auto_searches() -> None:
    model = Model.from_equations({"x": "hill(1 + x, 2, 1 + x) - x/2"})
    with pytest.raises(InvalidInputError, match="exponent of hill"):
        certified(model, Window(x=(0, 4)))
    found = equilibria(model, Window(x=(0, 4)))
    assert not found.is_complete
    assert len(found) == 1


@pytest.mark.parametrize("budget", [0, -3, 2.5, True, "many"])
def test_a_budget_that_is_no_positive_whole_number_is_refused(budget: object) -> None:
    with pytest.raises(InvalidInputError, match="number of boxes"):
        equilibria(PARABOLA, Window(x=(0, 5), y=(0, 5)), budget=budget)  # type: ignore[arg-type]


def test_certificates_and_undecided_boxes_pickle() -> None:
    found = certified(PARABOLA.with_values(m=0), Window(x=(0, 5), y=(0, 5)))
    again = pickle.loads(pickle.dumps(found))
    assert again.undecided[0].reason == found.undecided[0].reason


def test_no_zero_is_lost_beyond_a_pole_that_the_derivative_does_not_show() -> None:
    """atan(tan(x)) = x less a multiple of π, with jumps at odd multiples of π/2, and the derivative 1 that sympy gives it everywhere."""
    found = certified(Model.from_equations({"x": "atan(tan(x)) - 0.5"}), Window(x=(-1.3, 5)))
    np.testing.assert_allclose([one["x"] for one in found], [0.5, 0.5 + np.pi], rtol=1e-15)


def test_a_certificate_holds_its_zero_at_any_precision_that_flint_is_set_to() -> None:
    with ctx.workprec(200):
        (only,) = equilibria(Model.from_equations({"x": "x**2 - 2"}), Window(x=(0, 5)), method="closed form")
    assert only.certificate is not None
    low, high = Fraction(only.certificate.lower[0]), Fraction(only.certificate.upper[0])
    assert low**2 < 2 < high**2


def test_zeros_of_a_closed_form_closer_than_doubles_have_no_box_of_their_own() -> None:
    found = equilibria(Model.from_equations({"x": "(x - 1)*(x - 1 - g)"}, {"g": 1e-17}), Window(x=(-1, 5)))
    assert [one.certificate for one in found] == [None, None]


def test_stability_at_a_kink_of_several_states_is_not_claimed() -> None:
    """Two stable linear flows joined along a plane can be unstable (Carmona et al. 2006, quoted from memory)."""
    model = Model.from_equations({"x": "-x + abs(y)", "y": "-2*y + z", "z": "-z + 0.5*x"})
    (only,) = certified(model, Window(x=(-1, 1), y=(-1, 1), z=(-1, 1)))
    assert only.certificate is not None
    assert only.certificate.is_stable is None


def test_a_zero_whose_first_images_hardly_shrink_is_enclosed_to_rounding_all_the_same() -> None:
    """The first image of the window has 98 % of its width; the zero by mpmath."""
    (only,) = certified(Model.from_equations({"x": "tanh(x/10) + x**3 - 0.137"}), Window(x=(-1, 2)))
    root = mpmath.findroot(lambda x: mpmath.tanh(x / 10) + x**3 - mpmath.mpf("0.137"), 0.45)
    np.testing.assert_allclose(only.state, [float(root)], rtol=1e-15)
