"""Runs of driven models: closed forms, switches that no step goes over, times and bounds that are refused."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import airy

from richardson.dynamics.arguments import METHODS
from richardson.dynamics.integrate import integrate
from richardson.errors import IntegrationError, InvalidInputError, NotAutonomousError, OutOfBoundsError
from richardson.landscape.lyapunov import lyapunov_spectrum
from richardson.landscape.poincare import poincare_section
from richardson.models import security_dilemma
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.study.design import Design
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model
from richardson.symbolic.series import Series

DECAY = Model.from_equations({"x": "p - x"}, {"p": 0.0})
TIMES, VALUES = [0.0, 2.0, 2.5, 4.0, 6.0], [1.0, 3.0, -1.0, 0.5, 2.0]
AIRY = 2.338107410459767  # smallest zero of Ai(−s), by mpmath.airyaizero


def exact(path: Series, end: float) -> float:
    """Convolution of a path with e^(−t), from x = 0."""
    stretches = pairwise(TIMES)
    parts = [quad(lambda t: float(path.at(t)) * np.exp(t - end), low, high - 1e-15, epsabs=1e-14)[0] for low, high in stretches]
    return float(sum(parts))


QUICK = {("previous", "LSODA"), ("previous", "Tsit5"), ("cubic", "LSODA")}
EVERY = [
    pytest.param(interpolation, method, marks=() if (interpolation, method) in QUICK else pytest.mark.slow)
    for interpolation in ("linear", "cubic", "previous")
    for method in METHODS
]


@pytest.mark.parametrize(("interpolation", "method"), EVERY)
def test_a_driven_run_is_the_convolution_of_its_path(interpolation: str, method: str) -> None:
    path = Series(TIMES, VALUES, interpolation=interpolation)
    run = integrate(DECAY.with_drive(p=path), [0.0], [0, 6], method=method, relative=1e-9, absolute=1e-12)
    assert run.states[-1, 0] == pytest.approx(exact(path, 6.0), abs=2e-7)  # some hundred steps at 1e-9; LSODA and BDF stray most


def test_no_step_goes_over_a_switch() -> None:
    run = integrate(DECAY.with_drive(p=Series(TIMES, VALUES, interpolation="previous")), [0.0], [0, 6])
    assert run.dense is not None
    assert np.abs(run.dense.breakpoints[:, None] - TIMES).min(axis=0).max() < 1e-13  # a few spacings


def test_a_pulse_shorter_than_any_step_is_not_missed() -> None:
    pulse = DECAY.with_drive(p="1e6*(heaviside(t - 500) - heaviside(t - 500.000001))")
    assert integrate(pulse, [0.0], [0, 500.5])["x"][-1] == pytest.approx(np.exp(-0.4999995), rel=1e-6)  # its area is 1


def test_the_steps_of_all_stretches_together_are_limited() -> None:
    path = Series(np.arange(101.0), np.arange(101.0) % 2, interpolation="linear")
    with pytest.raises(IntegrationError) as failure:
        integrate(DECAY.with_drive(p=path), [0.0], [0, 100], step_limit=150)
    assert failure.value.trajectory.outcome is Outcome.STEP_LIMIT


def test_events_may_speak_of_what_is_driven() -> None:
    run = integrate(DECAY.with_drive(p="t/10"), [0.0], [0, 10], events="p - 0.25")
    assert [crossing.time for crossing in run.crossings] == pytest.approx([2.5], rel=1e-12)  # exact but for rounding


@pytest.mark.slow
def test_a_slow_passage_through_a_fold_is_late_by_the_airy_zero() -> None:
    """x' = p + x², p = εt, from the far past: x = ε^(1/3) Ai'(−s)/Ai(−s) with s = ε^(1/3) t escapes at p = 2.338… ε^(2/3)."""
    fold, rate = Model.from_equations({"x": "p + x**2"}, {"p": 0.0}), 1e-3
    value, slope, _, _ = airy(10.0)
    run = integrate(fold.with_drive(p="0.001*t"), [0.1 * slope / value], [-100, 100], method="DOP853", relative=1e-11, absolute=1e-13)
    assert run.stopped_at is not None
    assert rate * run.stopped_at == pytest.approx(AIRY * rate ** (2 / 3), rel=1e-8)  # tolerance; at x = 1e9 the pole is 1e-9 away


def test_an_ensemble_sees_the_same_path_as_a_run() -> None:
    pair = Model.from_equations({"x": "p - x", "y": "x - y"}, {"p": 0.0})
    driven = pair.with_drive(p=Series(TIMES, VALUES, interpolation="cubic"))
    runs = run_ensemble(driven, Design.from_table({"x": [0.0, 1.0]}), {"y": 0.0}, [0.0, 3.0, 6.0], relative=1e-9)
    alone = [integrate(driven, [x, 0.0], [0.0, 3.0, 6.0], relative=1e-9).states for x in (0.0, 1.0)]
    assert np.abs(runs.states - alone).max() < 1e-7  # some hundred steps at 1e-9


def test_no_run_goes_beyond_its_series_unless_it_holds() -> None:
    path: dict[str, Any] = {"times": TIMES, "values": VALUES, "interpolation": "linear"}
    with pytest.raises(OutOfBoundsError, match="is known from t = 0 to 6"):
        integrate(DECAY.with_drive(p=Series(**path)), [0.0], [0, 7])
    held = integrate(DECAY.with_drive(p=Series(**path, beyond="hold")), [0.0], [0, 60])
    assert held["x"][-1] == pytest.approx(2.0, abs=1e-7)  # tolerance


def test_a_path_that_leaves_the_bounds_of_its_parameter_is_refused_when_it_is_run() -> None:
    driven = Model.from_equations({"x": "share - x"}, {"share": 0.5}, lower={"share": 0}, upper={"share": 1}).with_drive(share="t/10")
    assert integrate(driven, [1], [0, 10]).outcome is Outcome.REACHED_END
    with pytest.raises(OutOfBoundsError, match=r"share \(share\) is 1\.\d+ at t = 1\d"):
        integrate(driven, [1], [0, 11])


def test_long_runs_refuse_a_path_that_leaves_the_bounds_too() -> None:
    driven = Model.from_equations({"x": "share - x"}, {"share": 0.5}, upper={"share": 1}).with_drive(share="t/10")
    with pytest.raises(OutOfBoundsError, match=r"share \(share\) is 1\.\d+ at t = 1\d"):
        lyapunov_spectrum(driven, [1.0], horizon=20.0)
    with pytest.raises(OutOfBoundsError, match=r"share \(share\) is 1\.\d+ at t = 1\d"):
        poincare_section(driven, [1.0], "x - 9", count=1, longest=0.1)


@pytest.mark.slow
def test_the_path_of_every_member_of_an_ensemble_stays_within_its_bounds() -> None:
    """The model's own amplitude keeps it there, that of one member does not."""
    driven = Model.from_equations({"x": "share - x"}, {"share": 0.5, "swing": 0.1}, lower={"share": 0}).with_drive(
        share="0.5 + swing*sin(t)"
    )
    assert set(run_ensemble(driven, Design.from_table({"swing": [0.2, 0.4]}), [1], 10.0, audit=0).outcomes) == {Outcome.REACHED_END}
    with pytest.raises(OutOfBoundsError, match=r"share \(share\) is -0\.\d+ at t = "):
        run_ensemble(driven, Design.from_table({"swing": [0.2, 0.6]}), [1], 10.0)


def test_what_needs_a_state_of_rest_refuses_a_drive() -> None:
    with pytest.raises(NotAutonomousError, match="depend on time"):
        equilibria(security_dilemma().with_drive(balance="t/100"), Window(x=(0, 60), y=(0, 60)))


@pytest.mark.parametrize(
    "verb",
    [
        lambda model: lyapunov_spectrum(model, [0.0], horizon=20.0),
        lambda model: poincare_section(model, [0.0], "x - 1", count=1, longest=0.1, horizon=20.0),
    ],
    ids=["exponents", "section"],
)
def test_long_runs_do_not_go_beyond_a_series_either(verb: Callable[[Model], Any]) -> None:
    with pytest.raises(OutOfBoundsError, match="is known from t = 0 to 6"):
        verb(DECAY.with_drive(p=Series(TIMES, VALUES, interpolation="linear")))


def test_an_ensemble_of_a_drive_that_switches_too_often_is_refused() -> None:
    pulse = DECAY.with_drive(p="heaviside(t - 5) - heaviside(t - 5.0001)")
    with pytest.raises(InvalidInputError, match=r"switches twice within 0\.0001"):
        run_ensemble(pulse, Design.from_table({"x": [0.0]}), None, 10.0)
