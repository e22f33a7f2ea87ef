"""Points of codimension two: against normal forms whose coefficients are known, and against independent root finding."""

from collections.abc import Mapping, Sequence

import mpmath
import numpy as np
import pytest
import scipy.optimize
import sympy

from richardson.continuation.branch import SpecialPoint
from richardson.continuation.loci import Locus, continue_point
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
Q1, Q3, Q4, Q5, Q6 = 2.5, 10.0, 0.0675, 1.0, 0.1  # of CO oxidation, acceptance list
BENDS = (sympy.Rational(1, 2), sympy.Rational(3, 10), sympy.Rational(-1, 5))  # of coordinates, so that no coefficient can be read off


def special(kind: str, value: float, *state: float, frequency: float | None = None) -> SpecialPoint:
    return SpecialPoint(kind, value, np.array(state, dtype=float), (value, value), 0.0, frequency=frequency)


def sheared(rates: Sequence[str], parameters: Mapping[str, float], *, bends: int = 3) -> Model:
    """The flow of ``rates`` over u0, u1, … in coordinates x0, x1, …, whose linear parts at 0 are those of u0, u1, …

    The first ``bends`` coordinates are bent one after another by the square of the next: x_i = u_i + c_i u_{i+1}², cyclically.
    """
    size = len(rates)
    old, new = sympy.symbols(f"u:{size}", real=True), sympy.symbols(f"x:{size}", real=True)
    known = {symbol.name: symbol for symbol in old} | {name: sympy.Symbol(name, real=True) for name in parameters}
    flow = sympy.Matrix([sympy.sympify(rate, locals=known) for rate in rates])
    image, back = list(old), list(new)
    bent = list(enumerate(BENDS))[: min(bends, size)]
    for i, bend in bent:
        image[i] += bend * image[(i + 1) % size] ** 2
    for i, bend in reversed(bent):
        back[i] -= bend * back[(i + 1) % size] ** 2
    moved = sympy.Matrix(image).jacobian(old) * flow
    undo = dict(zip(old, back, strict=True))
    return Model.from_equations({x.name: rate.subs(undo) for x, rate in zip(new, moved, strict=True)}, parameters)


def kinds(locus: Locus) -> list[str]:
    return [point.kind for point in locus.points]


def oxidation_rates(x, y, s, q2, k):
    z = 1 - x - y - s
    return [2 * Q1 * z**2 - 2 * Q5 * x**2 - Q3 * x * y, q2 * z - Q6 * y - Q3 * x * y, Q4 * (z - k * s)]


def oxidation_jacobian(x, y, s, q2, k):
    z = 1 - x - y - s
    return [
        [-4 * Q1 * z - 4 * Q5 * x - Q3 * y, -4 * Q1 * z - Q3 * x, -4 * Q1 * z],
        [-q2 - Q3 * y, -q2 - Q6 - Q3 * x, -q2],
        [-Q4, -Q4, -Q4 - Q4 * k],
    ]


def oxidation_bilinear(u, v):
    both = u[0] * v[1] + u[1] * v[0]
    return np.array([4 * Q1 * u.sum() * v.sum() - 4 * Q5 * u[0] * v[0] - Q3 * both, -Q3 * both, 0])


def characteristic(matrix):
    """Coefficients a, b, c of λ³ + aλ² + bλ + c."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return -(a + e + i), a * e - b * d + a * i - c * g + e * i - f * h, -(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))


@pytest.fixture(scope="module")
def oxidation() -> Model:
    z = "(1 - x - y - s)"
    equations = {
        "x": f"2*{Q1}*{z}**2 - 2*{Q5}*x**2 - {Q3}*x*y",
        "y": f"q2*{z} - {Q6}*y - {Q3}*x*y",
        "s": f"{Q4}*({z} - k*s)",
    }
    return Model.from_equations(equations, {"q2": 1.0, "k": 0.4}, name="CO oxidation")


@pytest.fixture(scope="module")
def folds(oxidation: Model) -> Locus:
    start = special("fold", 1.04204850538, 0.0247164, 0.4502600, 0.3750168)  # acceptance list, B1
    return continue_point(oxidation, start, ("q2", "k"), ((0.5, 2), (0, 2)))


@pytest.fixture(scope="module")
def oscillations(oxidation: Model) -> Locus:
    start = special("hopf", 1.04099156953, 0.0779277706, 0.2330649301, 0.4921480709, frequency=0.05910614794)  # B3
    return continue_point(oxidation, start, ("q2", "k"), ((0.5, 2), (0, 2)))


def test_the_folds_of_co_oxidation_have_a_cusp_and_two_double_zeros(folds: Locus) -> None:
    assert kinds(folds) == ["bogdanov-takens", "cusp", "bogdanov-takens"]
    assert folds.outcome is Outcome.REACHED_END
    spectra = np.linalg.eigvals([oxidation_jacobian(*state, *pair) for state, pair in zip(folds.states, folds.values, strict=True)])
    assert np.abs(spectra).min(axis=1).max() < 1e-7  # a double zero's eigenvalues are known to the square root of rounding
    np.testing.assert_allclose(oxidation_rates(*folds.states.T, *folds.values.T), 0.0, atol=1e-13)


def test_the_double_zeros_of_co_oxidation_are_where_two_coefficients_vanish(folds: Locus, oscillations: Locus) -> None:
    def defined(*unknown):  # F = 0 and λ³ + aλ² + bλ + c with b = c = 0
        return [*oxidation_rates(*unknown), *characteristic(oxidation_jacobian(*unknown))[1:]]

    places = [point for curve in (folds, oscillations) for point in curve.points if point.kind == "bogdanov-takens"]
    assert len(places) == 4
    for point in places:
        exact = mpmath.findroot(defined, (*point.state, *point.value), tol=1e-25)  # type: ignore[misc]
        np.testing.assert_allclose((*point.state, *point.value), [float(part) for part in exact], rtol=1e-10)  # type: ignore[misc]
    # MatCont's manual and BifurcationKit's documents show these two (quoted from memory, confirmed by the roots above)
    assert sorted(point.value for point in folds.points if point.kind == "bogdanov-takens") == [  # type: ignore[type-var]
        pytest.approx((1.161199, 0.722339), abs=1e-6),
        pytest.approx((1.417628, 0.971398), abs=1e-6),
    ]


def test_the_cusp_of_co_oxidation_is_where_both_parameters_turn(folds: Locus) -> None:
    (cusp,) = (point for point in folds.points if point.kind == "cusp")

    def defined(x, y, s, q2, k):  # F = 0, det J = 0, and det J does not change along the null vector (its cofactors)
        def determinant(move):
            matrix = oxidation_jacobian(x + move * u, y + move * v, s + move * w, q2, k)
            return characteristic(matrix)[2]

        (a, b, c), (d, e, f), _ = oxidation_jacobian(x, y, s, q2, k)
        u, v, w = b * f - c * e, c * d - a * f, a * e - b * d
        return [*oxidation_rates(x, y, s, q2, k), determinant(mpmath.mpf(0)), mpmath.diff(determinant, 0)]

    with mpmath.workdps(30):
        exact = mpmath.findroot(defined, (*cusp.state, *cusp.value), tol=1e-20)  # type: ignore[misc]
    np.testing.assert_allclose((*cusp.state, *cusp.value), [float(part) for part in exact], rtol=1e-9)  # type: ignore[misc]


def test_the_hopf_curve_of_co_oxidation_runs_between_its_double_zeros(oscillations: Locus) -> None:
    assert kinds(oscillations) == ["bogdanov-takens", "generalised hopf", "generalised hopf", "bogdanov-takens"]
    assert oscillations.outcome is Outcome.REACHED_END
    frequencies = oscillations.frequencies
    assert frequencies is not None and frequencies[0] == frequencies[-1] == 0.0
    for state, pair, omega in zip(oscillations.states, oscillations.values, frequencies, strict=True):
        a, b, c = characteristic(oxidation_jacobian(*state, *pair))
        np.testing.assert_allclose((a * b - c, b - omega**2), 0.0, atol=1e-11)  # a pair ±iω, by Hurwitz
        assert b > -1e-11  # and no neutral saddle


def test_generalised_hopf_points_of_co_oxidation_are_where_the_first_coefficient_vanishes(oscillations: Locus) -> None:
    def defined(unknown):
        matrix = np.array(oxidation_jacobian(*unknown))
        a, b, c = characteristic(matrix)
        omega = np.sqrt(b)
        values, right = np.linalg.eig(matrix)
        others, left = np.linalg.eig(matrix.T)
        q, p = right[:, np.argmin(abs(values - 1j * omega))], left[:, np.argmin(abs(others - 1j * omega))]
        still = np.linalg.solve(matrix, oxidation_bilinear(q, q.conj()))
        twice = np.linalg.solve(2j * omega * np.eye(3) - matrix, oxidation_bilinear(q, q))
        first = p @ (-2 * oxidation_bilinear(q, still) + oxidation_bilinear(q.conj(), twice)) / (p @ q)
        return [*oxidation_rates(*unknown), a * b - c, first.real]

    for point in oscillations.points[1:-1]:
        exact = scipy.optimize.fsolve(defined, (*point.state, *point.value), xtol=1e-13)  # type: ignore[misc]
        np.testing.assert_allclose((*point.state, *point.value), exact, rtol=1e-8)  # type: ignore[misc]
    assert sorted(point.value for point in oscillations.points[1:-1]) == [  # type: ignore[type-var]
        pytest.approx((0.891319, 0.232487), abs=1e-6),  # shown by BifurcationKit (quoted from memory, confirmed above)
        pytest.approx((0.924255, 0.305879), abs=1e-6),
    ]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_double_zero_has_the_coefficients_of_its_normal_form(sign: int) -> None:
    # u̇₀ = u₁, u̇₁ = b₁ + b₂u₀ + u₀² ± u₀u₁: folds 4b₁ = b₂², oscillations at u₀ = b₁ = 0, ω² = −b₂
    model = sheared(["u1", "b1 + b2*u0 + u0**2 + s*u0*u1"], {"b1": 0, "b2": -0.5, "s": sign})
    hopf = continue_point(model, special("hopf", 0.0, 0.0, 0.0, frequency=0.5**0.5), ("b1", "b2"), SQUARE)
    fold = continue_point(model.with_values(b1=0, b2=0), special("fold", 0.0, 0.0, 0.0), ("b1", "b2"), SQUARE)
    assert kinds(hopf) == kinds(fold) == ["bogdanov-takens"]
    for curve in (hopf, fold):
        np.testing.assert_allclose(curve.points[0].value, (0.0, 0.0), atol=1e-12)
        np.testing.assert_allclose(curve.points[0].coefficients, (1.0, sign), rtol=1e-9)
    np.testing.assert_allclose(hopf.frequencies, np.sqrt(-hopf["b2"]), rtol=1e-10)
    np.testing.assert_allclose(4 * fold["b1"], fold["b2"] ** 2, atol=1e-12)


@pytest.mark.parametrize("quintic", [-1.0, 2.0])
def test_a_generalised_hopf_point_has_the_second_coefficient_of_its_normal_form(quintic: float) -> None:
    # ṙ = b₁r + b₂r³ + e r⁵, ϑ̇ = 2; with u = wq + w̄q̄, ‖q‖ = 1, r² = 2|w|²: Re c₂ = 4e, l₂ = 4e/2
    radial, square = "(b1 + b2*R + e*R**2)", "(u0**2 + u1**2)"
    terms = [f"{radial}*u0 - 2*u1", f"{radial}*u1 + 2*u0"]
    model = sheared([term.replace("R", square) for term in terms], {"b1": 0, "b2": 0.5, "e": quintic}, bends=1)
    found = continue_point(model, special("hopf", 0.0, 0.0, 0.0, frequency=2.0), ("b1", "b2"), SQUARE)
    assert kinds(found) == ["generalised hopf"]
    np.testing.assert_allclose(found.points[0].value, (0.0, 0.0), atol=1e-12)
    assert found.points[0].coefficient == pytest.approx(2 * quintic, rel=1e-6)  # by differences of the eighth order
    assert found.points[0].frequency == pytest.approx(2.0, rel=1e-12)


def test_a_zero_hopf_point_is_found_on_both_its_curves() -> None:
    # u̇₀ = b₁ + u₀² − r², ṙ = (b₂ + 0.7u₀)r, ϑ̇ = 1.3: folds b₁ = 0, oscillations b₁ = −(b₂/0.7)²; r² = 2|w|²
    rates = ["b1 + u0**2 - u1**2 - u2**2", "(b2 + 0.7*u0)*u1 - 1.3*u2", "1.3*u1 + (b2 + 0.7*u0)*u2"]
    model = sheared(rates, {"b1": 0, "b2": 0.4}, bends=1)
    fold = continue_point(model, special("fold", 0.0, 0.0, 0.0, 0.0), ("b1", "b2"), SQUARE)
    low = -0.4 / 0.7
    hopf = continue_point(model, special("hopf", -(low**2), low, 0.0, 0.0, frequency=1.3), ("b1", "b2"), SQUARE)
    assert kinds(fold) == kinds(hopf) == ["zero-hopf"]
    for curve in (fold, hopf):
        np.testing.assert_allclose(curve.points[0].value, (0.0, 0.0), atol=1e-12)
        np.testing.assert_allclose(curve.points[0].coefficients, (1.0, -2.0, 0.7), rtol=1e-9)
        assert curve.points[0].frequency == pytest.approx(1.3, rel=1e-12)
    np.testing.assert_allclose(hopf["b1"], -((hopf["b2"] / 0.7) ** 2), atol=1e-12)


def test_two_coupled_oscillators_begin_together_in_a_hopf_hopf_point() -> None:
    # ẇ₁ = w₁(b₁ + 2i − r₁² + … ), r² = 2|w|²: coefficients are twice those of r², −1, −2, 3, −½
    one, two = "(u0**2 + u1**2)", "(u2**2 + u3**2)"
    rates = [f"(b1 - {one} - 2*{two})*u0 - 2*u1", f"(b1 - {one} - 2*{two})*u1 + 2*u0"]
    rates += [f"(b2 + 3*{one} - {two}/2)*u2 - 1.3*u3", f"(b2 + 3*{one} - {two}/2)*u3 + 1.3*u2"]
    model = sheared(rates, {"b1": 0, "b2": -0.4}, bends=1)
    found = continue_point(model, special("hopf", 0.0, 0.0, 0.0, 0.0, 0.0, frequency=2.0), ("b1", "b2"), SQUARE)
    assert kinds(found) == ["hopf-hopf"]
    (point,) = found.points
    np.testing.assert_allclose(point.value, (0.0, 0.0), atol=1e-12)
    np.testing.assert_allclose(point.coefficients, (-2.0, -4.0, 6.0, -1.0), rtol=1e-9)
    assert (point.frequency, point.second_frequency) == pytest.approx((2.0, 1.3), rel=1e-12)


def test_a_fold_beside_a_neutral_saddle_is_no_zero_hopf_point() -> None:
    # besides the zero, eigenvalues 1 + b₂ and −1: their sum vanishes at b₂ = 0, and they do not turn
    model = Model.from_equations({"x": "b1 + x**2", "y": "(1 + b2)*y", "z": "-z + x*y"}, {"b1": 0, "b2": 0.4})
    found = continue_point(model, special("fold", 0.0, 0.0, 0.0, 0.0), ("b1", "b2"), ((-1, 1), (-0.9, 1)))
    assert found.points == () and found.outcome is Outcome.REACHED_END


def test_points_closer_together_than_a_step_are_told_apart() -> None:
    # folds l = 3x² of the cubic; the pair's real part l − 1e-5 vanishes at x = ±0.0018 on both sides of the cusp at 0
    rates = {"x": "m + l*x - x**3", "y": "(l - 1e-5)*y - z", "z": "y + (l - 1e-5)*z"}
    found = continue_point(
        Model.from_equations(rates, {"m": 0, "l": 3}), special("fold", 2.0, -1.0, 0.0, 0.0), ("m", "l"), ((-3, 3), (-1, 4))
    )
    assert kinds(found) == ["zero-hopf", "cusp", "zero-hopf"]
    np.testing.assert_allclose([point.state[0] for point in found.points], [(1e-5 / 3) ** 0.5, 0.0, -((1e-5 / 3) ** 0.5)], atol=1e-10)


def test_two_points_of_one_kind_within_a_step_are_found() -> None:
    # folds m = x = 0 for every l, beside a pair with the real part (l − 0.3)² − 1e-6; a step is a hundredth of the span of l
    rates = {"x": "m + x**2", "y": "((l - 0.3)**2 - 1e-6)*y - z", "z": "y + ((l - 0.3)**2 - 1e-6)*z"}
    found = continue_point(Model.from_equations(rates, {"m": 0, "l": 0}), special("fold", 0.0, 0.0, 0.0, 0.0), ("m", "l"), SQUARE)
    assert kinds(found) == ["zero-hopf", "zero-hopf"]
    np.testing.assert_allclose(sorted(point.value[1] for point in found.points), (0.299, 0.301), rtol=1e-9)  # type: ignore[index]


@pytest.mark.slow  # the hill function's derivatives take long to compile
@pytest.mark.parametrize(("arms", "years"), [(1e-6, 1.0), (1e6, 1e-3), (1e3, 1e4)])
def test_curves_do_not_depend_on_units(arms: float, years: float) -> None:
    # s = a H′(x) − 1 (H the hill function) is b at folds and 0.2 at Hopf points, so that both meet at b = 0.2
    rates = {"x": "(c/10 + a*c*hill(x, c, 3) - x - y)/s", "y": "(b*x - y)/(5*s)"}
    model = Model.from_equations(rates, {"a": 4, "b": 0.5, "c": arms, "s": years})
    fold = continue_point(model, special("fold", 2.682684185, 1.2246495 * arms, 0.61232473 * arms), ("a", "b"), ((0.5, 10), (0, 3)))
    hopf = continue_point(model, special("hopf", 2.715008634, 1.3693021 * arms, 0.68465104 * arms), ("a", "b"), ((0.5, 10), (0, 3)))
    for curve in (fold, hopf):
        assert kinds(curve) == ["bogdanov-takens"] and curve.outcome is Outcome.REACHED_END
        x = curve["x"] / arms
        slope = 3 * curve["a"] * x**2 / (1 + x**3) ** 2 - 1
        np.testing.assert_allclose(slope, curve["b"] if curve is fold else 0.2, rtol=1e-9, atol=1e-10)
        assert curve.points[0].value[1] == pytest.approx(0.2, rel=1e-9)  # type: ignore[index]


def test_the_curves_of_the_stirred_reactor_are_those_of_algebra() -> None:
    # AUTO's `ab`, acceptance list, B7: with e^v = u/((1 − u)p₁) and v = p₂u/(1 + p₃), a fold has p₂ = (1 + p₃)/(u(1 − u)), a Hopf
    # point p₂ = (1/(1 − u) + 1 + p₃)/u; both meet at u = 1/(1 + p₃), and folds meet at u = ½
    rates = {"u": "-u + p1*(1 - u)*exp(v)", "v": "-v + p1*p2*(1 - u)*exp(v) - p3*v"}
    reactor = Model.from_equations(rates, {"p1": 0.1, "p2": 14, "p3": 2}, name="ab")
    spans = ((0.01, 0.5), (3.0, 20.0))
    start = 0.5 - np.sqrt(0.25 - 3 / 14)
    fold = continue_point(reactor, special("fold", _of_reactor(start, 14.0), start, 14 * start / 3), ("p1", "p2"), spans)
    np.testing.assert_allclose(fold["p2"], 3 / (fold["u"] * (1 - fold["u"])), rtol=1e-10)
    assert sorted(kinds(fold)) == ["bogdanov-takens", "cusp"]
    exact = {"bogdanov-takens": (np.exp(-1.5) / 2, 13.5), "cusp": (np.exp(-2), 12.0)}
    for point in fold.points:
        np.testing.assert_allclose(point.value, exact[point.kind], rtol=1e-10)
    begin = scipy.optimize.brentq(lambda u: (1 / (1 - u) + 3) / u - 14, 0.6, 0.95)
    hopf = continue_point(reactor, special("hopf", _of_reactor(begin, 14.0), begin, 14 * begin / 3), ("p1", "p2"), spans)
    np.testing.assert_allclose(hopf["p2"], (1 / (1 - hopf["u"]) + 3) / hopf["u"], rtol=1e-10)
    np.testing.assert_allclose(hopf.points[-1].value, exact["bogdanov-takens"], rtol=1e-10)


def _of_reactor(u: float, second: float) -> float:
    """p₁ of `ab` at u with p₂ and p₃ = 2."""
    return u / (1 - u) * float(np.exp(-second * u / 3))
