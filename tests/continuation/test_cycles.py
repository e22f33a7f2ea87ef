"""Single limit cycles: published numbers, how they are found, what is refused."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson import models
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles import LimitCycle, limit_cycle
from richardson.dynamics.integrate import integrate
from richardson.errors import ComputationError, InvalidInputError, NotAutonomousError, UnknownNameError
from richardson.symbolic.model import Model


@pytest.fixture(scope="module")
def oscillator() -> Model:
    return Model.from_equations({"x": "y", "y": "mu*(1 - x**2)*y - x"}, {"mu": 1.0}, name="van der Pol")


@pytest.fixture(scope="module")
def predators() -> Model:
    return Model.from_equations({"x": "1.5*x - x*y", "y": "-3*y + x*y"}, name="Lotka–Volterra")


@pytest.fixture(scope="module")
def cycle(oscillator: Model) -> LimitCycle:
    return limit_cycle(oscillator, {"x": 2.0, "y": 0.0})


@pytest.mark.parametrize(("mu", "period"), [(1.0, 6.66328686), (5.0, 11.61223067)])
def test_van_der_pol_has_its_published_periods(oscillator: Model, mu: float, period: float) -> None:
    # values of nine digits given with the task; independently: scipy's DOP853 at 1e-13 closes the orbit
    model = oscillator.with_values(mu=mu)
    found = limit_cycle(model, [2.0, 0.0])
    assert found.period == pytest.approx(period, rel=1e-8)
    run = solve_ivp(
        lambda _, s: (s[1], mu * (1 - s[0] ** 2) * s[1] - s[0]), (0, found.period), found.states[0], method="DOP853", rtol=1e-13, atol=1e-13
    )
    np.testing.assert_allclose(run.y[:, -1], found.states[0], atol=1e-8)  # the phase error 1e-9 times the fastest rate


def test_the_cycle_of_autos_demonstration_is_found() -> None:
    # AUTO's `ab`, p1 = 0.1198815: period 2.72103455, largest u1 0.991911, u2 7.02034 (refined values given with the task)
    equations = {"u": "-u + p*(1 - u)*exp(v)", "v": "-v + 14*p*(1 - u)*exp(v) - 2*v"}
    found = limit_cycle(Model.from_equations(equations, {"p": 0.1198815}), [0.5, 1.0])
    assert found.period == pytest.approx(2.72103455, rel=1e-8)
    assert (found["u"].max(), found["v"].max()) == (pytest.approx(0.991911, abs=1e-5), pytest.approx(7.02034, abs=1e-4))  # at nodes
    assert found.is_stable


def test_a_stiff_cycle_is_resolved(oscillator: Model) -> None:
    # asymptotics for large μ: (3 − 2 ln 2)μ + 7.0143 μ^(−1/3) + … (Dorodnitsyn, quoted from memory); next term of order ln μ / μ
    found = limit_cycle(oscillator.with_values(mu=100.0), [2.0, 0.0])
    assert found.period == pytest.approx((3 - 2 * np.log(2)) * 100 + 7.0143 * 100 ** (-1 / 3), abs=0.1)


def test_a_cycle_says_how_well_it_is_known(cycle: LimitCycle) -> None:
    assert (cycle.times[0], cycle.times[-1]) == (0.0, cycle.period)
    np.testing.assert_array_equal(cycle.states[0], cycle.states[-1])
    assert 0.0 < cycle.period_error < 1e-9 and cycle.residual < 1e-10 and cycle.trivial_error < 1e-9
    assert set(cycle.to_table()) == {"t", "x", "y"} and len(cycle) == cycle["x"].size
    assert repr(cycle) == "<stable cycle of 'van der Pol': period 6.663286859, multipliers 1, 0.000859695>"
    with pytest.raises(UnknownNameError, match="Did you mean 'x'"):
        _ = cycle["xx"]


def test_every_way_to_the_cycle_finds_the_same(oscillator: Model, cycle: LimitCycle) -> None:
    run = integrate(oscillator, [0.1, 0.0], [0.0, 40.0])
    ways: list[dict[str, Any]] = [
        {"start": [0.01, 0.0]},
        {"start": run},
        {"start": run, "period": 6.5},
        {"start": [2.0, 0.0], "period": 6.8},
        {"start": [2.0, 0.0], "period": 2 * cycle.period},  # followed twice
    ]
    np.testing.assert_allclose([limit_cycle(oscillator, **way).period for way in ways], cycle.period, rtol=1e-9)


def test_an_unstable_cycle_is_found_from_a_guess(oscillator: Model, cycle: LimitCycle) -> None:
    # time reversal x(t) → x(−t) turns μ into −μ: the same period, inverse multipliers
    found = limit_cycle(oscillator.with_values(mu=-1.0), [2.0, 0.0], period=6.6)
    assert not found.is_stable
    assert found.period == pytest.approx(cycle.period, rel=1e-9)
    assert abs(found.multipliers[0]) == pytest.approx(1.0 / abs(cycle.multipliers[1]), rel=1e-8)


def test_a_hopf_point_leads_to_the_small_cycle_beside_it() -> None:
    brusselator = Model.from_equations({"x": "1 - (b + 1)*x + x**2*y", "y": "b*x - x**2*y"}, {"b": 2.1})
    hopf = SpecialPoint("hopf", 2.0, np.array([1.0, 2.0]), (2.0, 2.0), 0.0, frequency=1.0)
    found = limit_cycle(brusselator, hopf)
    settled = limit_cycle(brusselator, [1.0, 1.7])
    assert found.period == pytest.approx(settled.period, rel=1e-9)
    with pytest.raises(ComputationError, match="on the side without"):
        limit_cycle(brusselator.with_values(b=1.9), hopf)


def test_a_family_of_closed_orbits_is_no_limit_cycle(predators: Model) -> None:
    with pytest.raises(ComputationError, match="something is conserved"):
        limit_cycle(predators, [1.0, 1.0])


def test_a_run_that_settles_on_no_cycle_says_why(oscillator: Model) -> None:
    with pytest.raises(ComputationError, match="comes to rest at x = 0, y = 0"):
        limit_cycle(oscillator, [0.0, 0.0])
    with pytest.raises(ComputationError, match="comes to rest"):
        limit_cycle(models.linear(), [1.0, 1.0])
    with pytest.raises(ComputationError, match="ran away"):
        limit_cycle(models.linear(defence=2.0), [1.0, 1.0])
    with pytest.raises(ComputationError, match="No cycle of 'van der Pol'"):
        limit_cycle(oscillator, [2.0, 0.0], period=1.0)


@pytest.mark.slow
def test_chaos_is_not_taken_for_a_cycle() -> None:
    lorenz = Model.from_equations({"x": "10*(y - x)", "y": "28*x - y - x*z", "z": "x*y - 8/3*z"})
    with pytest.raises(ComputationError, match="chaotic or quasi-periodic"):
        limit_cycle(lorenz, [1.0, 1.0, 1.0])


def test_bad_input_is_refused(oscillator: Model) -> None:
    for period in (0.0, -1.0, np.inf, np.nan, "long", True):
        with pytest.raises(InvalidInputError, match="must be a positive number"):
            limit_cycle(oscillator, [2.0, 0.0], period=period)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="is at rest"):
        limit_cycle(oscillator, [0.0, 0.0], period=6.0)
    with pytest.raises(NotAutonomousError, match="depend on time"):
        limit_cycle(Model.from_equations({"x": "y", "y": "-x + cos(t)"}), [1.0, 0.0])
    with pytest.raises(InvalidInputError, match="has one state"):
        limit_cycle(Model.from_equations({"x": "-x"}), [1.0])
    with pytest.raises(InvalidInputError, match="is a map"):
        limit_cycle(Model.from_equations({"x": "y", "y": "x"}, kind="map"), [1.0, 0.0])
    with pytest.raises(InvalidInputError, match="of another model"):
        limit_cycle(oscillator.with_values(mu=2.0), integrate(oscillator, [1.0, 0.0], [0.0, 1.0]))
    with pytest.raises(InvalidInputError, match="begin at Hopf points"):
        limit_cycle(oscillator, SpecialPoint("fold", 0.0, np.zeros(2), (0.0, 0.0), 0.0))
