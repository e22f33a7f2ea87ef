"""Lyapunov exponents: published and closed-form values, error bars, and what becomes of orbits that end."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.continuation.cycles import limit_cycle
from richardson.errors import ComputationError, IntegrationError, InvalidInputError
from richardson.landscape.cycles import cycles
from richardson.landscape.lyapunov import LyapunovSpectrum, lyapunov_spectrum
from richardson.models import saperstein
from richardson.outcome import Outcome
from richardson.stability.window import Window
from richardson.symbolic.model import Model

LORENZ = Model.from_equations({"x": "s*(y - x)", "y": "x*(r - z) - y", "z": "x*y - b*z"}, {"s": 10, "r": 28, "b": 8 / 3}, name="Lorenz")
HENON = Model.from_equations({"x": "1 - a*x**2 + y", "y": "b*x"}, {"a": 1.4, "b": 0.3}, kind="map", name="Hénon")
TENT = Model.from_equations({"x": "min(2*x, 2 - 2*x)"}, kind="map", name="tent")
OSCILLATOR = Model.from_equations({"x": "y", "y": "mu*(1 - x**2)*y - x"}, {"mu": 1.0}, name="van der Pol")


@pytest.fixture(scope="module")
def chaos() -> LyapunovSpectrum:
    return lyapunov_spectrum(LORENZ, [1, 1, 1], horizon=1000)


def test_the_exponents_of_lorenz_sum_to_the_divergence(chaos: LyapunovSpectrum) -> None:
    assert chaos.exponents.sum() == pytest.approx(-41 / 3, abs=1e-8)  # constant divergence; ten times what steps of 1e-9 leave


def test_lorenz_has_its_published_leading_exponent_and_a_zero(chaos: LyapunovSpectrum) -> None:
    # λ₁ ≈ 0.906 and λ₂ = 0 as given with the task; four standard errors, which are below 0.02
    assert (np.abs(chaos.exponents[:2] - [0.906, 0.0]) < 4 * chaos.standard_errors[:2]).all()
    assert chaos.standard_errors.max() < 0.02


def test_a_chaotic_orbit_has_the_dimension_of_its_exponents(chaos: LyapunovSpectrum) -> None:
    first, second, third = chaos.exponents
    assert chaos.kaplan_yorke_dimension == pytest.approx(2 + (first + second) / -third)


def test_an_orbit_that_comes_to_rest_has_the_real_parts_of_the_eigenvalues() -> None:
    # an explicit integrator alone shows a zero here; −0.15479177 as given with the task
    found = lyapunov_spectrum(LORENZ.with_values(r=20), [10, 10, 10], horizon=300)
    np.testing.assert_allclose(found.exponents[:2], -0.15479177, atol=1e-8)
    assert found.outcome is Outcome.SETTLED
    assert found.equilibrium is not None and found.equilibrium.kind == "stable focus"


def test_averages_over_an_orbit_that_is_still_on_its_way_to_rest_are_no_zero_either() -> None:
    found = lyapunov_spectrum(LORENZ.with_values(r=20), [7, 7, 19], horizon=30, transient=5)
    assert found.equilibrium is None
    assert found.exponents[:2].mean() == pytest.approx(-0.15479177, abs=1e-3)  # the spiral's phase over 30 units parts the two


def test_an_orbit_that_starts_at_an_unstable_equilibrium_has_its_eigenvalues() -> None:
    found = lyapunov_spectrum(LORENZ, [0, 0, 0], horizon=10)
    roots = np.roots([1, 11, 10 * (1 - 28)])  # of the plane of x and y; z alone decays at 8/3
    np.testing.assert_allclose(found.exponents, sorted([*roots, -8 / 3], reverse=True), rtol=1e-12)
    assert found.outcome is Outcome.REACHED_END


@pytest.mark.slow
def test_exponents_agree_with_those_of_scipys_integrator_and_numpys_factors() -> None:
    def rates(_: float, point: Any) -> Any:
        x, y, z = point[:3]
        jacobian = np.array([[-10, 10, 0], [28 - z, -1, -x], [y, x, -8 / 3]]) * start / start[:, None]  # of scaled states
        return np.concatenate(((10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z), (jacobian @ point[3:].reshape(3, 3)).ravel()))

    start = np.array([1.0, 2.0, 20.0])
    found = lyapunov_spectrum(LORENZ, start, horizon=8, transient=0)
    point, total = np.concatenate((start, np.eye(3).ravel())), np.zeros(3)
    for _ in range(80):
        point = solve_ivp(rates, (0, 0.1), point, method="DOP853", rtol=1e-12, atol=1e-12).y[:, -1]
        basis, triangle = np.linalg.qr(point[3:].reshape(3, 3))
        total += np.log(np.abs(np.diag(triangle)))
        point[3:] = basis.ravel()
    np.testing.assert_allclose(found.exponents, total / 8, atol=1e-5)  # errors of 1e-9 have grown by exp(0.9·8)


@pytest.mark.slow
def test_the_exponents_of_a_limit_cycle_are_those_of_its_multipliers() -> None:
    cycle = limit_cycle(OSCILLATOR, [2.0, 0.0])
    found = lyapunov_spectrum(OSCILLATOR, [2.0, 0.0], horizon=300 * cycle.period)
    assert found.exponents[0] == pytest.approx(0.0, abs=1e-6)  # over whole turns
    assert found.exponents[1] == pytest.approx(np.log(abs(cycle.multipliers[1])) / cycle.period, abs=1e-6)


@pytest.mark.parametrize(
    ("reaction", "exponent"),
    [(0.7, np.log(0.8)), (0.8, np.log(0.16) / 2), (0.9, 0.1833), (1.0, np.log(2))],
    ids=["fixed point", "period two", "chaos", "full chaos"],
)
def test_saperstein_has_its_published_exponents_twice(reaction: float, exponent: float) -> None:
    # |2 − 4a| and, on the cycle of period two, |4 + 2r − r²|, r = 4a; 0.1833 as given with the task; ln 2 is exact
    found = lyapunov_spectrum(saperstein(reaction=reaction), [0.3, 0.3], horizon=100_000)
    np.testing.assert_allclose(found.exponents, exponent, atol=0.005)


def test_error_bars_of_chaos_hold_the_exact_exponent() -> None:
    found = [lyapunov_spectrum(saperstein(reaction=1), [start, start], horizon=4096) for start in np.linspace(0.11, 0.43, 12)]
    off = [(each.exponents[0] - np.log(2)) / each.standard_errors[0] for each in found]
    assert 0.1 < np.std(off) < 2.0  # twelve of Student's distribution with some ten degrees of freedom, errors rather too large


def test_exponents_of_a_map_sum_to_its_constant_contraction() -> None:
    found = lyapunov_spectrum(HENON, [0.1, 0.1], horizon=20_000)
    assert found.exponents.sum() == pytest.approx(np.log(0.3), abs=1e-12)
    assert found.exponents[0] == pytest.approx(0.419, abs=0.01)  # a well-known value, from memory; 4 standard errors


def test_a_superstable_orbit_has_no_finite_exponent() -> None:
    found = lyapunov_spectrum(saperstein(reaction=0.5), [0.3, 0.4], horizon=1000)
    assert (found.exponents == -np.inf).all()
    assert np.isnan(found.standard_errors).all()


def test_an_orbit_that_rounding_puts_on_an_unstable_fixed_point_is_refused() -> None:
    with pytest.raises(ComputationError, match="repeats itself after 1 steps"):
        lyapunov_spectrum(TENT, [0.3], horizon=1000)


def test_chaos_on_the_way_to_a_stable_cycle_is_left_out_of_its_exponents() -> None:
    # a window of period three, entered after some time; its multiplier from the cycle itself
    window = Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 3.8285}, kind="map")
    found = lyapunov_spectrum(window, [0.3], horizon=2000, transient=0)
    cycle = cycles(window, Window(x=(0, 1)), 3)
    stable = next(each for each in cycle if each.is_stable)
    assert found.exponents[0] == pytest.approx(np.log(abs(stable.multipliers[0])) / 3, abs=1e-3)  # a round or two, cut off


def test_an_unstable_fixed_point_that_is_asked_for_has_its_multiplier() -> None:
    assert lyapunov_spectrum(TENT, [0.0], horizon=1000).exponents == pytest.approx(np.log(2), rel=1e-12)


def test_a_direction_that_a_map_forgets_is_minus_infinity_and_leaves_the_other_alone() -> None:
    flat = Model.from_equations({"x": "4*x*(1 - x)", "y": "x"}, kind="map")
    found = lyapunov_spectrum(flat, [0.3, 0.1], horizon=20_000)
    assert found.exponents[0] == pytest.approx(np.log(2), abs=0.005)
    assert found.exponents[1] == -np.inf


def test_exponents_do_not_depend_on_units() -> None:
    scaled = Model.from_equations({"x": "1 - a*x**2 + y/1000000", "y": "1000000*b*x"}, {"a": 1.4, "b": 0.3}, kind="map")
    one, other = lyapunov_spectrum(HENON, [0.1, 0.1], horizon=64), lyapunov_spectrum(scaled, [0.1, 1e5], horizon=64)
    np.testing.assert_allclose(one.exponents, other.exponents, atol=0.05)  # the first steps turn the vectors otherwise


@pytest.mark.parametrize(
    ("equations", "upper", "outcome"),
    [
        ({"x": "x", "y": "-y"}, {}, Outcome.ESCAPED),
        ({"x": "x", "y": "-y"}, {"x": 100}, Outcome.LEFT_DOMAIN),
    ],
    ids=["escaped", "left the domain"],
)
def test_an_orbit_that_ends_has_an_outcome_and_no_exponents(equations: Any, upper: Any, outcome: Outcome) -> None:
    found = lyapunov_spectrum(Model.from_equations(equations, upper=upper), [1, 1], horizon=100, transient=1)
    assert found.outcome is outcome
    assert np.isnan(found.exponents).all()
    assert found.horizon == pytest.approx(np.log(1e9) - 1 if outcome is Outcome.ESCAPED else np.log(100) - 1, abs=0.2)  # a stretch


def test_an_orbit_beside_a_bound_is_not_lost_by_long_steps() -> None:
    decay = Model.from_equations({"x": "-x", "y": "x - y"}, lower={"x": 0, "y": 0})
    assert lyapunov_spectrum(decay, [1, 1], horizon=200).outcome is Outcome.SETTLED


def test_an_orbit_that_grows_out_of_all_proportion_has_exponents() -> None:
    """From 1e-9, in which it is measured, to 3e7: its scale is less than the spacing of numbers at its end."""
    growing = Model.from_equations({"x": "x + y", "y": "y/2"}, {})
    found = lyapunov_spectrum(growing, [1e-9, 1e-9], horizon=37.0, transient=1.0)
    assert found.exponents == pytest.approx([1.0, 0.5], abs=1e-8)  # tolerances of 1e-9 a step


def test_rates_that_cease_to_be_numbers_are_a_failure() -> None:
    with pytest.raises(IntegrationError, match="cannot be measured"):
        lyapunov_spectrum(Model.from_equations({"x": "-1", "y": "sqrt(x)"}), [1, 1], horizon=100)


def test_a_model_that_takes_too_many_steps_is_refused_with_what_to_do() -> None:
    with pytest.raises(IntegrationError, match="Lower horizon=.*stiff"):
        lyapunov_spectrum(LORENZ, [1, 1, 1], horizon=1000, step_limit=1000)


@pytest.mark.slow
def test_a_driven_pendulum_keeps_the_sum_of_its_friction() -> None:
    driven = Model.from_equations({"x": "y", "y": "x - x**3 - 0.3*y + 0.5*cos(1.2*t)"}, name="Duffing")
    found = lyapunov_spectrum(driven, [1, 1], horizon=1000)
    assert found.exponents.sum() == pytest.approx(-0.3, abs=1e-8)
    assert found.exponents[0] > 4 * found.standard_errors[0]


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (LORENZ, {"horizon": 0}, "must be positive"),
        (LORENZ, {"horizon": "long"}, "must be a number"),
        (LORENZ, {"horizon": np.inf}, "must be finite"),
        (HENON, {"horizon": 10}, "32 or more"),
        (HENON, {"horizon": 99.5}, "whole numbers"),
        ("Lorenz", {"horizon": 10}, "A model was expected"),
    ],
    ids=["no horizon", "text", "endless", "few steps", "half steps", "no model"],
)
def test_what_makes_no_sense_is_refused(model: Any, options: Any, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        lyapunov_spectrum(model, [0.1] * (3 if model is LORENZ else 2), **options)


def test_a_result_says_its_exponents_with_their_errors(chaos: LyapunovSpectrum) -> None:
    assert repr(chaos).startswith("<Lyapunov exponents of 'Lorenz': 0.9")
    assert chaos.to_table()["exponent"] == chaos.exponents.tolist()
