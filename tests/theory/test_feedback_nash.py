"""Nations that look ahead: the equations by symbols, the root by other methods, and the refusals."""

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import solve_continuous_are

from richardson.errors import NotStableError, OutOfBoundsError
from richardson.theory.feedback_nash import FeedbackNash, feedback_nash

WANTED = {"discount": 0.05, "depreciation": 0.1, "weight": 1.0, "margin": 1.0, "ratio": 0.5}


@pytest.fixture(scope="module")
def game() -> FeedbackNash:
    return feedback_nash(**WANTED)


def remainders(P: Any, p: Any, wanted: dict[str, Any]) -> list[Any]:
    """The five equations as the docstring states them, right side less left."""
    (P1, P2, P3), (p1, p2) = P, p
    i, D, Q, M, b = (wanted[name] for name in ("discount", "depreciation", "weight", "margin", "ratio"))
    return [
        Q - P1**2 - 2 * D * P1 - 2 * P2**2 - i * P1,
        -Q * b - 2 * P1 * P2 - 2 * D * P2 - P2 * P3 - i * P2,
        Q * b**2 - P2**2 - 2 * D * P3 - 2 * P1 * P3 - i * P3,
        -Q * M - (P1 + P2 + D) * p1 - P2 * p2 - i * p1,
        Q * b * M - (P2 + P3) * p1 - (D + P1) * p2 - i * p2,
    ]


def test_the_race_has_the_known_coefficients(game: FeedbackNash) -> None:
    # roots of the equations, printed with ten decimals
    assert (game.fatigue, game.defence, game.grievance) == pytest.approx((0.9176747533, 0.2519814571, 1.2869972017), abs=5e-11)
    assert game.model.values == {
        **dict.fromkeys(("defence_x", "defence_y"), game.defence),
        **dict.fromkeys(("fatigue_x", "fatigue_y"), game.fatigue),
        **dict.fromkeys(("grievance_x", "grievance_y"), game.grievance),
    }
    assert game.residual < 1e-14


def test_the_equations_are_those_of_dynamic_programming() -> None:
    # ι V = min over u of [cost + V_x (−Δ x + u) + V_y (−Δ y + w)], V quadratic, w the rival's rule
    x, y, u = sympy.symbols("x y u")
    P, p, rest = sympy.symbols("P1:4"), sympy.symbols("p1:3"), sympy.Symbol("c")
    wanted = {name: sympy.Symbol(name) for name in WANTED}
    value = P[0] * x**2 + 2 * P[1] * x * y + P[2] * y**2 + 2 * p[0] * x + 2 * p[1] * y + rest
    rival = -(P[0] * y + P[1] * x + p[0])
    cost = wanted["weight"] * (x - wanted["ratio"] * y - wanted["margin"]) ** 2 + u**2
    moves = sympy.diff(value, x) * (u - wanted["depreciation"] * x) + sympy.diff(value, y) * (rival - wanted["depreciation"] * y)
    (best,) = sympy.solve(sympy.diff(cost + moves, u), u)
    assert sympy.expand(best + P[0] * x + P[1] * y + p[0]) == 0
    balance = sympy.Poly(sympy.expand((cost + moves).subs(u, best) - wanted["discount"] * value), x, y)
    factors = {x**2: 1, x * y: 2, y**2: 1, x: 2, y: 2}
    for (monomial, factor), equation in zip(factors.items(), remainders(P, p, wanted), strict=True):
        assert sympy.expand(balance.coeff_monomial(monomial) - factor * equation) == 0


def test_a_long_finite_game_played_backwards_ends_at_the_same_rule(game: FeedbackNash) -> None:
    flow = solve_ivp(lambda _, z: remainders(z[:3], z[3:], WANTED), (0, 60), np.zeros(5), rtol=1e-11, atol=1e-13, method="DOP853")
    np.testing.assert_allclose(flow.y[:, -1], [*game.quadratic, *game.linear], rtol=1e-8)


def test_mpmath_finds_the_same_root(game: FeedbackNash) -> None:
    with mpmath.workdps(30):
        exact = {name: mpmath.mpf(str(value)) for name, value in WANTED.items()}
        found = mpmath.findroot(lambda *z: remainders(z[:3], z[3:], exact), (0.8, -0.25, 0.1, -1.3, 0.7))
        np.testing.assert_allclose([*game.quadratic, *game.linear], [float(part) for part in found], rtol=1e-13)


RANGES = {"discount": (0, 0.2), "depreciation": (0.05, 2), "weight": (0.1, 10), "margin": (-2, 2), "ratio": (0.05, 0.9)}


@settings(max_examples=40, deadline=None)
@given(**{name: st.floats(*span) for name, span in RANGES.items()})
def test_the_rule_is_each_nations_best_answer_to_it(**wanted: float) -> None:
    # one player's own problem, the rival's rule given, solved by scipy: discounted, so the drift is less ι/2
    game = feedback_nash(**wanted)
    P1, P2, _ = game.quadratic
    drift = np.diag([-wanted["depreciation"], -wanted["depreciation"] - P1]) - np.array([[0, 0], [P2, 0]])
    aims = np.array([[1.0], [-wanted["ratio"]]])
    drift -= 0.5 * wanted["discount"] * np.eye(2)
    best = solve_continuous_are(drift, np.array([[1.0], [0.0]]), wanted["weight"] * aims @ aims.T, 1.0)
    np.testing.assert_allclose([best[0, 0], best[0, 1], best[1, 1]], game.quadratic, rtol=1e-7, atol=1e-9)
    assert game.fatigue > game.defence > 0


def test_without_a_rival_to_match_it_is_the_ordinary_regulator() -> None:
    game = feedback_nash(**{**WANTED, "ratio": 0.0})
    h = 0.1 + 0.05 / 2
    assert game.defence == pytest.approx(0.0, abs=1e-15)
    assert game.fatigue == pytest.approx(0.1 - h + np.sqrt(h**2 + 1.0), rel=1e-14)


def test_a_rival_to_be_undercut_mirrors_one_to_be_matched(game: FeedbackNash) -> None:
    friend = feedback_nash(**{**WANTED, "ratio": -0.5})
    assert (friend.fatigue, friend.defence) == pytest.approx((game.fatigue, -game.defence), rel=1e-13)


@pytest.mark.parametrize("scale", [0.1, 7.0])
def test_time_and_arms_rescale(game: FeedbackNash, scale: float) -> None:
    faster = feedback_nash(discount=0.05 * scale, depreciation=0.1 * scale, weight=scale**2, margin=3.0, ratio=0.5)
    assert (faster.fatigue, faster.defence) == pytest.approx((scale * game.fatigue, scale * game.defence), rel=1e-12)
    assert faster.arms == pytest.approx(3 * game.arms, rel=1e-12)


def test_nations_that_want_to_match_each_other_and_never_scrap_do_not_settle() -> None:
    # b = 1: P₁ = −P₂ solves the equations, so arms settle by depreciation alone
    assert feedback_nash(**{**WANTED, "ratio": 1.0}).fatigue - feedback_nash(**{**WANTED, "ratio": 1.0}).defence == pytest.approx(0.1)
    for depreciation, ratio in ((0.0, 1.0), (0.0, 1.01)):
        with pytest.raises(NotStableError, match="no equilibrium in linear rules lets arms settle"):
            feedback_nash(**{**WANTED, "depreciation": depreciation, "ratio": ratio})


def test_arms_settle_at_no_more_than_one_root_of_the_cubic() -> None:
    # settling needs T > A/3; there (A − T)(2B − A + 9T)²/(32 QB T) falls from 1 or more to 0 at A, after it has risen at most
    T, A, B = sympy.symbols("T A B", positive=True)
    left = (A - T) * (2 * B - A + 9 * T) ** 2
    assert sympy.expand(left.subs(T, A / 3) - (32 * B * A / 3) * (A + B) ** 2 / (4 * B)) == 0  # (A + B)² ≥ 4AB, and A ≥ Q
    slope = sympy.simplify(sympy.diff(sympy.log(left) - sympy.log(T), T) * T * (A - T) * (2 * B - A + 9 * T))
    square = 18 * T**2 - 9 * A * T + A * (2 * B - A)
    assert sympy.expand(slope + square) == 0
    assert sympy.expand(square.subs(T, A / 3) - 2 * A * (B - A)) == 0  # below zero for B < A, and then one root beyond, as it is
    assert sympy.expand(square.subs(T, A) - 2 * A * (4 * A + B)) == 0  # above zero at A; else its vertex A/4 lies before A/3


def test_every_drawn_game_is_at_the_largest_root_of_the_cubic_to_rounding() -> None:
    rng = np.random.default_rng(5)
    settled = 0
    for _ in range(40):
        discount, depreciation, weight = 10 ** rng.uniform(-3, 3, 3)
        ratio = rng.uniform(-4, 4)
        try:
            game = feedback_nash(discount=discount, depreciation=depreciation, weight=weight, margin=1.0, ratio=ratio)
        except NotStableError:
            continue
        with mpmath.workdps(60):  # A − T is a small difference where arms wear out fast
            Q, b, h = mpmath.mpf(weight), mpmath.mpf(ratio), mpmath.mpf(depreciation) + mpmath.mpf(discount) / 2
            A, B = Q + h**2, Q * b**2
            c = 2 * B - A
            roots = mpmath.polyroots([-81, 81 * A - 18 * c, 18 * A * c - c**2 - 32 * Q * B, A * c**2], maxsteps=200, extraprec=200)
            T = max(mpmath.re(root) for root in roots if abs(mpmath.im(root)) < 1e-30 * abs(root))
            P2 = -mpmath.sign(b) * mpmath.sqrt((A - T) / 2)
            exact = [float(part) for part in (mpmath.sqrt(T) - h, P2, (B - P2**2) / (2 * mpmath.sqrt(T)))]
        np.testing.assert_allclose(game.quadratic, exact, rtol=1e-14)
        settled += 1
    assert settled > 20


WRONG = (
    {"weight": 0},
    {"weight": -1},
    {"discount": -0.1},
    {"depreciation": float("nan")},
    {"depreciation": 1e160},
    {"margin": float("inf")},
    {"ratio": [1, 2]},
)


@pytest.mark.parametrize("wrong", WRONG)
def test_numbers_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OutOfBoundsError, match=f"The {next(iter(wrong))} must be one number"):
        feedback_nash(**{**WANTED, **wrong})


def test_the_table_has_one_row(game: FeedbackNash) -> None:
    assert game.to_table()["defence"] == [game.defence]
    assert repr(game).startswith("<feedback Nash equilibrium: defence 0.251981")
