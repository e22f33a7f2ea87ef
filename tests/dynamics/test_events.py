"""Events: none missed, none doubled, none invented."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from richardson.dynamics.arguments import METHODS
from richardson.dynamics.events import Crossing, Event
from richardson.dynamics.integrate import integrate
from richardson.errors import IntegrationError, InvalidInputError
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

STIFF = ["BDF", "LSODA", "Radau", "Rodas5P"]
CLOCK = Model.from_equations({"x": "1"}, {"a": 1, "b": 2, "c": 3}, name="clock")  # x = t: events of x have known roots
STILL = Model.from_equations({"x": "-x"}, {}, name="still")  # x = 0 throughout: steps become as long as they can
SPRING = Model.from_equations({"x": "v", "v": "-x"}, {}, name="spring")


def times_of(run):
    return [crossing.time for crossing in run.crossings]


@pytest.mark.parametrize("method", METHODS)
def test_three_crossings_of_a_cubic_are_found_with_default_settings(method):
    """All three roots of x³ + 6x² − 4x − 24, by default settings; scipy's own search finds one."""
    cubic = Model.from_equations({"y": "3*t**2 + 12*t - 4"}, {}, name="cubic")
    run = integrate(cubic, {"y": -120}, [-8, 4], events="y", method=method)
    assert times_of(run) == pytest.approx([-6, -2, 2], abs=2e-7)  # the tolerance of y, 1e-8 of 120, over its slope
    assert [crossing.direction for crossing in run.crossings] == [1, -1, 1]
    assert [crossing.event for crossing in run.crossings] == ["y"] * 3


@pytest.mark.parametrize("method", METHODS)
def test_every_turn_of_a_spring_is_found_once(method):
    run = integrate(SPRING, [1, 0], [0, 40], events=[Event("x", name="middle"), Event("v", name="turn")], method=method)
    middles = [crossing.time for crossing in run.crossings if crossing.event == "middle"]
    turns = [crossing.time for crossing in run.crossings if crossing.event == "turn"]
    assert middles == pytest.approx((np.arange(13) + 0.5) * np.pi, abs=1e-4)
    assert turns == pytest.approx(np.arange(1, 13) * np.pi, abs=1e-4)  # not the start, where v is 0
    assert times_of(run) == sorted(times_of(run))


@pytest.mark.parametrize("method", METHODS)
def test_an_event_much_faster_than_the_steps_loses_no_crossing(method):
    run = integrate(STILL, [0], [0, 6], events="sin(50*t + 0.5)", method=method)
    expected = (np.arange(1, 100) * np.pi - 0.5) / 50
    assert times_of(run) == pytest.approx(expected[expected < 6], rel=1e-12)


def test_two_close_crossings_within_a_step_are_both_found():
    gaps = (1e-1, 1e-3, 1e-5)
    run = integrate(STILL, [0], [0, 10], events=[Event(f"(t - 4)**2 - {gap}**2", name=str(gap)) for gap in gaps])
    for gap in gaps:
        found = [crossing for crossing in run.crossings if crossing.event == str(gap)]
        assert [crossing.time for crossing in found] == pytest.approx([4 - gap, 4 + gap], rel=1e-9)
        assert [crossing.direction for crossing in found] == [-1, 1]


def test_a_touch_is_no_crossing():
    touching = ["(t - 4)**2", "t**2 - 8*t + 16", "-(t - 4)**4", "abs(t - 4)", "(x - 4)**2"]
    assert integrate(CLOCK, [0], [0, 10], events=touching).crossings == ()


def test_an_event_that_stays_where_it_is_has_no_crossing():
    assert integrate(CLOCK, [0], [0, 10], events=["0", "x - t", "0*x", "3"]).crossings == ()


@pytest.mark.parametrize("method", METHODS)
def test_an_event_that_only_tends_to_zero_has_no_crossing(method):
    race = Model.from_equations({"x": "0.15*y - 0.2*x + 20", "y": "0.1*x - 0.2*y + 40"}, {}, name="race")
    run = integrate(race, [1, 2], [0, 1000], events=["x - 400", "y - 400"], method=method)
    assert run.crossings == ()


@pytest.mark.parametrize("method", METHODS)
def test_zeros_at_the_ends_of_steps_are_neither_doubled_nor_lost(method):
    ends = integrate(CLOCK, [0], [0, 10], method=method).dense.breakpoints[1:-1]
    a, b, c = ends[-3:]
    run = integrate(CLOCK.with_values(a=a, b=b, c=c), [0], [0, 10], events="(t - a)*(t - b)*(t - c)", method=method)
    assert times_of(run) == pytest.approx(ends[-3:], rel=1e-12)


def test_a_zero_at_the_start_or_the_end_is_no_crossing():
    assert integrate(CLOCK, [0], [0, 1], events=["x", "t - 1", "x*(x - 1)"]).crossings == ()


def test_a_run_taken_up_at_a_crossing_does_not_cross_again():
    first = integrate(SPRING, [1, 0], [0, 10], events=Event("x", is_terminal=True))
    second = integrate(SPRING, first.states[-1], [first.stopped_at, first.stopped_at + 3], events="x")
    assert second.crossings == ()


@pytest.mark.parametrize(("direction", "expected"), [(1, [2.0]), (-1, [1.0, 3.0]), (0, [1.0, 2.0, 3.0])])
def test_direction_selects_crossings(direction, expected):
    run = integrate(STILL, [0], [0, 5], events=Event("-(t - 1)*(t - 2)*(t - 3)", direction=direction))
    assert times_of(run) == pytest.approx(expected)


def test_events_with_kinks_and_jumps_are_located():
    expected = {
        "abs(t - 4) - 1": [3, 5],
        "max(t - 4, 2 - t) + 1.5": [],
        "max(t - 4, 2 - t) + 0.5": [2.5, 3.5],
        "heaviside(t - 3.3) - 0.5": [3.3],
        "sign(t - 7.1)": [7.1],
        "min(abs(t - 2), abs(t - 6)) - 0.001": [1.999, 2.001, 5.999, 6.001],
    }
    run = integrate(STILL, [0], [0, 10], events=list(expected))
    for text, times in expected.items():
        assert [crossing.time for crossing in run.crossings if crossing.event == text] == pytest.approx(times, abs=1e-9)


def test_a_pole_is_no_crossing():
    assert times_of(integrate(CLOCK, [0.1], [0.1, 6], events="tan(t)")) == pytest.approx([np.pi], rel=1e-9)


CUBIC = Model.from_equations({"x": "v", "v": "-x"}, {"a": 1, "b": 2, "c": 3}, name="spring with three roots")
WAVE = Model.from_equations({"x": "v", "v": "-x"}, {"rate": 1, "phase": 1, "level": 0}, name="spring with a wave")


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=3)
@given(roots=st.lists(st.floats(0.05, 9.95), min_size=3, max_size=3))
def test_roots_of_a_polynomial_are_found_exactly(method, roots):
    a, b, c = sorted(roots)
    assume(min(b - a, c - b) > 1e-4)
    run = integrate(CUBIC.with_values(a=a, b=b, c=c), [1, 0], [0, 10], events="(t - a)*(t - b)*(t - c)", method=method)
    assert times_of(run) == pytest.approx([a, b, c], rel=1e-10)
    assert [crossing.direction for crossing in run.crossings] == [1, -1, 1]


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=3)
@given(rate=st.floats(0.2, 60.0), phase=st.floats(0.1, 3.0), level=st.floats(-0.9, 0.9))
def test_crossings_of_a_wave_are_those_of_its_formula(method, rate, phase, level):
    wave = WAVE.with_values(rate=rate, phase=phase, level=level)
    run = integrate(wave, [1, 0], [0, 5], events="sin(rate*t + phase) - level", method=method)
    rises = np.arcsin(level) + 2 * np.pi * np.arange(-1, 60)
    expected = np.sort((np.concatenate([rises, np.pi - 2 * np.arcsin(level) + rises]) - phase) / rate)
    expected = expected[(expected > 0) & (expected < 5)]
    assume(expected.size == 0 or (expected[0] > 1e-6 and expected[-1] < 5 - 1e-6))
    assert times_of(run) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_a_spike_that_lasts_a_fraction_of_the_gap_between_times_is_seen(method):
    run = integrate(CLOCK, [0], np.linspace(0, 10, 101), events="exp(-((x - 5.03)/0.01)**2) - 0.5", method=method)
    half = 0.01 * np.sqrt(np.log(2.0))
    assert times_of(run) == pytest.approx([5.03 - half, 5.03 + half], rel=1e-9)


@pytest.mark.parametrize("method", STIFF)
def test_events_are_followed_through_steps_that_are_short_beside_the_time(method):
    """A relaxation oscillator jumps within microseconds after hundreds of time units; the extremes of x are zeros of y."""
    relaxation = Model.from_equations({"x": "y", "y": "1000*(1 - x**2)*y - x"}, {}, name="relaxation")
    run = integrate(relaxation, [2, 0], [0, 2000], events=["x", "y"], method=method)
    assert [(crossing.event, crossing.direction) for crossing in run.crossings] == [("x", -1), ("y", 1), ("x", 1), ("y", -1)]
    period = (3 - 2 * np.log(2)) * 1000 + 7.0143 * 1000 ** (-1 / 3)  # leading terms of the expansion for strong relaxation
    assert times_of(run)[2] - times_of(run)[0] == pytest.approx(period / 2, rel=1e-4)


def test_an_excursion_just_larger_than_ten_tolerances_is_found_and_a_smaller_one_is_not():
    wave = Model.from_equations({"x": "1e-5*cos(t)"}, {}, name="wave")  # x = 1e-5 (sin t − 1/2) rises to 5e-6
    assert len(integrate(wave, [-5e-6], [0, 4], events="x", absolute=4e-7).crossings) == 2
    assert len(integrate(wave, [-5e-6], [0, 4], events="x", absolute=6e-7).crossings) == 0


def test_states_of_crossings_lie_on_the_run():
    run = integrate(SPRING, [1, 0], [0, 10], events="x - v")
    for crossing in run.crossings:
        assert crossing.state[0] == pytest.approx(crossing.state[1], abs=1e-12)
        assert (crossing.state == run.at(crossing.time)).all()


def test_parameters_and_time_may_occur_in_events():
    race = Model.from_equations({"x": "a"}, {"a": 2.0}, name="race")
    assert times_of(integrate(race, [0], [0, 10], events="x - a*t**2/4")) == pytest.approx([4.0])


def test_an_event_that_ceases_to_be_a_number_fails_with_the_run_up_to_there():
    with pytest.raises(IntegrationError, match=r"'log\(4 - x\)' is .* at t = ") as caught:
        integrate(CLOCK, [0], [0, 1, 10], events=["log(4 - x)", "x - 2"])
    run = caught.value.trajectory
    assert run.outcome is Outcome.NOT_FINITE
    assert [crossing.event for crossing in run.crossings] == ["x - 2", "log(4 - x)"]
    assert 3.0 < run.stopped_at <= 4.0


def test_a_terminal_event_before_another_ceases_to_be_a_number_is_an_answer():
    run = integrate(CLOCK, [0], [0, 10], events=["log(4 - x)", Event("x - 2", is_terminal=True)])
    assert run.outcome is Outcome.STOPPED_BY_EVENT and run.stopped_at == pytest.approx(2.0)


def test_an_event_too_fast_to_follow_is_refused_and_does_not_hang():
    with pytest.raises(IntegrationError, match="too fast"):
        integrate(STILL, [0], [0, 1000], events="sin(1e7*t)")


def test_events_are_values_with_readable_names():
    assert Event("x - 1") == Event("x - 1") and Event("x", name="zero").label == "zero"
    assert repr(Crossing("x", 1.5, np.zeros(1), -1)) == "Crossing('x' falls through 0 at t = 1.5)"
    with pytest.raises(InvalidInputError, match="−1, 0 or 1"):
        Event("x", direction=2)


def test_an_event_that_is_zero_but_for_rounding_has_no_crossing():
    run = integrate(CLOCK, [1], [1, 10], events=["sin(x)**2 + cos(x)**2 - 1", "(x + 1)**2 - x**2 - 2*x - 1"])
    assert run.crossings == ()


@pytest.mark.parametrize("method", METHODS)
def test_a_state_that_just_passes_a_level_at_every_turn_is_seen_twice_each_time(method):
    """cos t exceeds 0.9999 for 0.0283 around every turn, a fraction of most methods' steps."""
    run = integrate(SPRING, [0, 1], [0, 40], events="x - 0.9999", method=method, relative=1e-9, absolute=1e-9)
    tops = np.pi / 2 + 2 * np.pi * np.arange(7)
    half = np.arccos(0.9999)
    expected = np.sort(np.concatenate([tops - half, tops + half]))
    assert times_of(run) == pytest.approx(expected[expected < 40], abs=2e-4)  # BDF's phase drifts most
