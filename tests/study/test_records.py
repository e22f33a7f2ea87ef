"""What is recorded on the way, against closed forms: extremes and crossings within steps, integrals, values at the end."""

import numpy as np
import pytest

from richardson.dynamics.integrate import integrate
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.recording import FirstCrossing, Integral, Maximum, Minimum, Record
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model

pytestmark = pytest.mark.slow  # its kernels take half a minute to compile

SPRING = Model.from_equations({"x": "y", "y": "-w**2*x"}, {"w": 1}, name="spring")
LINE = Model.from_equations({"x": "a + b*x", "y": "c*(3*x**2 + 12*x - 4)"}, {"a": 1, "b": 0, "c": 1, "p": 1, "q": 2}, name="line")
TWICE = "(x - p)*(x - q)"  # crosses zero at p and q
ACROSS = [FirstCrossing(TWICE), FirstCrossing(TWICE, 1), FirstCrossing(TWICE, -1)]
CUBIC = [FirstCrossing("y"), FirstCrossing("y", 1), FirstCrossing("y", -1)]
EVERYTHING = [*ACROSS, *CUBIC, Maximum("x"), Minimum("x"), Maximum("-x"), "x + q", FirstCrossing("x - 50")]


def recorded(
    model: Model, start: dict[str, float], end: float, record: list[str | Record], *, bound: float = 1e9, **columns: list[float]
) -> Ensemble:
    """Runs with records in the kernel that may settle too, which no spring and no line does."""
    columns = {name: np.asarray(column, dtype=float).tolist() for name, column in columns.items()}
    return run_ensemble(model, Design.from_table(columns), start, end, record=record, settle=True, audit=0, bound=bound)


def test_extremes_of_a_spring_are_its_amplitude_and_lie_between_steps() -> None:
    """x = A cos(w t + φ) with A² = x₀² + (y₀/w)²; 200 springs meet every place within a step."""
    rates = np.linspace(1, 4, 200)
    runs = recorded(SPRING, {"x": 3, "y": 4}, 8.0, [Maximum("x"), Minimum("x"), Maximum("x*y/w")], w=rates)
    size = np.hypot(3, 4 / rates)
    expected = np.stack([size, -size, size**2 / 2], axis=1)
    assert runs.records == pytest.approx(expected, rel=3e-7)  # thirty tolerances: errors of five periods add up


def test_first_crossings_of_a_spring_are_those_of_the_cosine() -> None:
    """Zero at w t + φ = π/2, rising at 3π/2."""
    rates = np.linspace(1, 4, 200)
    runs = recorded(SPRING, {"x": 3, "y": 4}, 8.0, [FirstCrossing("x"), FirstCrossing("x", 1), FirstCrossing("x", -1)], w=rates)
    phase = np.arctan2(-4 / rates, 3)
    falls, rises = (np.pi / 2 - phase) / rates, (3 * np.pi / 2 - phase) / rates
    assert runs.records == pytest.approx(np.stack([falls, rises, falls], axis=1), rel=3e-7)  # as above


def test_two_crossings_within_one_step_are_both_met_whatever_the_neighbours_do() -> None:
    """(t − p)(t − q) falls through zero at p and rises at q; steps of a straight line grow fivefold."""
    p = np.linspace(0.3, 9, 100)
    q = p + np.geomspace(1e-6, 0.9, 100)
    runs = recorded(LINE, {"x": 0, "y": 0}, 10.0, EVERYTHING, p=p, q=q)
    assert np.stack([runs[each.label] for each in ACROSS], axis=1) == pytest.approx(np.stack([p, q, p], axis=1), abs=1e-9)


def test_crossings_of_a_cubic_are_met_by_their_direction() -> None:
    """D2 of the list of numbers to reproduce: y' = 3x² + 12x − 4, y(−8) = −120 is zero at −6 (up), −2 (down), 2 (up).

    x = begin + t; all three zeros of the first members fall within one step, which no error makes shorter.
    """
    begin = np.array([-8.0, -9.3, -30, -4.2, -1.0])
    runs = recorded(LINE, {}, 40.0, EVERYTHING, x=begin, y=begin**3 + 6 * begin**2 - 4 * begin - 24)
    expected = np.array([[-6, -6, -2], [-6, -6, -2], [-6, -6, -2], [-2, 2, -2], [2, 2, np.nan]]) - begin[:, None]
    assert np.stack([runs[each.label] for each in CUBIC], axis=1) == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_what_swings_faster_than_the_states_is_followed() -> None:
    """On x = a + t, where steps grow fivefold: highest of sin 40x + x/100, lowest of a kink, first crossings of a narrow bump.

    The first from its turning points, cos 40x = −1/4000, and the end; the last at the roots c ± √(ln 2/400) of exp(−400 (x − c)²) = ½.
    """
    begin = np.linspace(-9, -8, 40)
    bump = "exp(-400*(x - 1.2345)**2) - 0.5"
    record = [Maximum("sin(40*x) + x/100"), Minimum("abs(x - 1.1) + x/9"), FirstCrossing(bump, 1), FirstCrossing(bump, -1)]
    runs = recorded(LINE, {"y": 0}, 12.0, record, x=begin)
    turns = (np.arccos(-1 / 4000) + 2 * np.pi * np.arange(-60, 40)) / 40
    places = [np.append(turns[(turns > a) & (turns < a + 12)], a + 12) for a in begin]
    highest = [np.max(np.sin(40 * own) + own / 100) for own in places]
    half = np.sqrt(np.log(2) / 400)
    expected = np.stack([highest, np.full(40, 1.1 / 9), 1.2345 - half - begin, 1.2345 + half - begin], axis=1)
    assert runs.records == pytest.approx(expected, abs=1e-6)  # the first and last change forty times as fast as x, which errs by 1e-8


def test_what_time_does_is_met_while_the_states_rest() -> None:
    """A bell of time, 1/60 of the run wide, anywhere in it while a spring hangs still and steps are long, is ½ at 10w − √(ln 2/4).

    A crossing alone: for an extreme the bell's tails are followed anyway.
    """
    bell, places = "exp(-4*(t - 10*w)**2)", np.linspace(1.0, 9.0, 33)
    runs = recorded(SPRING, {"x": 0, "y": 0}, 100.0, [FirstCrossing(f"{bell} - 0.5")], w=places)
    assert runs.records[:, 0] == pytest.approx(
        10 * places - np.sqrt(np.log(2) / 4), rel=1e-9
    )  # no state errs: only the search does, and rounding of times


def test_extremes_of_what_is_steep_are_met_in_every_phase() -> None:
    """x = A cos(w t + φ) passes every value up to A: the highest of the peak is its top, the lowest of the step is at −A."""
    rates = np.linspace(1, 9, 100)
    runs = recorded(SPRING, {"x": 3, "y": 4}, 8.0, [Maximum("1/(1 + 1e4*(x - 1)**2)"), Minimum("tanh(30*(x + 2.9))")], w=rates)
    expected = np.stack([np.ones(100), np.tanh(30 * (2.9 - np.hypot(3, 4 / rates)))], axis=1)
    assert runs.records == pytest.approx(expected, abs=1e-5)  # a thousand tolerances: x errs by thirty, and these are thirty times as steep


def test_first_crossings_are_those_of_the_events_of_single_runs() -> None:
    """Random springs, and a record with many crossings, some of them a graze."""
    rng = np.random.default_rng(5)
    text, size = "cos(3*x)*y - 0.2*x - 1", 24
    columns = {"w": rng.uniform(1, 4, size), "x": rng.uniform(-3, 3, size), "y": rng.uniform(-3, 3, size)}
    runs = recorded(SPRING, {}, 8.0, [FirstCrossing(text), FirstCrossing(text, 1), FirstCrossing(text, -1)], **columns)
    for row in range(size):
        single = SPRING.with_values(w=columns["w"][row])
        start = [columns["x"][row], columns["y"][row]]
        met = integrate(single, start, [0, 8.0], method="Tsit5", events=[text]).crossings
        firsts = [next((each.time for each in met if way in {0, each.direction}), np.nan) for way in (0, 1, -1)]
        assert runs.records[row] == pytest.approx(firsts, abs=1e-6, nan_ok=True)  # a hundred tolerances


def test_what_swings_too_fast_to_be_followed_ends_the_run_and_says_so() -> None:
    runs = recorded(LINE, {"x": 0, "y": 0}, 10.0, [Maximum("sin(1e7*x)")], b=[0.0, 0.1])
    assert set(runs.outcomes) == {Outcome.STEP_LIMIT}


def test_a_touch_is_no_crossing() -> None:
    runs = recorded(LINE, {"x": 0, "y": 0}, 10.0, EVERYTHING, p=[4.0, 2.5], q=[4.0, 2.5])
    assert np.isnan(runs.records[:, :3]).all()


def test_a_zero_that_lasts_is_crossed_where_it_ends() -> None:
    """max(x − 4, 0) − max(1 − x, 0) is zero from 1 to 4."""
    runs = recorded(LINE, {"x": 0, "y": 0}, 10.0, [FirstCrossing("max(x - 4, 0) - max(1 - x, 0)")], a=[1.0, 0.5])
    assert runs.records[:, 0] == pytest.approx([4.0, 8.0], rel=1e-3)  # a smallest piece of the step


def test_an_extreme_of_what_is_not_defined_everywhere_is_not_known() -> None:
    runs = recorded(LINE, {"x": 3, "y": 0}, 10.0, [Minimum("log(x)")], a=[-1.0, 1.0])
    assert runs.records[:, 0] == pytest.approx([np.nan, np.log(3)], nan_ok=True)


def test_what_is_never_crossed_is_nan() -> None:
    assert np.isnan(recorded(LINE, {"x": 0, "y": 0}, 10.0, EVERYTHING, p=[20.0, -3.0], q=[21.0, -2.0]).records[:, :3]).all()


def test_a_zero_at_the_very_start_is_no_crossing() -> None:
    runs = recorded(LINE, {"x": 0, "y": 0}, 10.0, EVERYTHING, p=[0.0, 0.0], q=[4.0, -1.0])
    assert runs.records[:, :3] == pytest.approx(np.array([[4.0, 4.0, np.nan], [np.nan] * 3]), abs=1e-9, nan_ok=True)


def test_records_of_a_run_that_escapes_stop_where_it_does() -> None:
    """x = eᵗ until 1000."""
    columns = {"a": [0.0] * 3, "b": [1.0] * 3, "c": [0.0] * 3, "p": [999.999, 1000.001, 900], "q": [-1.0, -1.0, 5e3]}
    runs = recorded(LINE, {"x": 1, "y": 0}, 100.0, EVERYTHING, bound=1e3, **columns)
    assert set(runs.outcomes) == {Outcome.ESCAPED}
    assert runs["maximum of x"] == pytest.approx([1000.0] * 3, rel=1e-12)  # a polynomial at its own root
    assert runs["x + q"] == pytest.approx(1000 + runs.design["q"], rel=1e-12)
    expected = [np.log(999.999), np.nan, np.log(900)]
    assert runs[ACROSS[0].label] == pytest.approx(expected, abs=1e-6, nan_ok=True)  # a hundred tolerances


def test_records_are_bit_for_bit_the_same_alone_and_among_others() -> None:
    p = np.linspace(0.3, 9, 50)
    columns = {"p": p, "q": p + np.geomspace(1e-6, 0.9, 50), "b": np.linspace(-0.3, 0.4, 50)}
    whole = recorded(LINE, {"x": 0, "y": -9}, 10.0, EVERYTHING, **columns)
    alone = [
        recorded(LINE, {"x": 0, "y": -9}, 10.0, EVERYTHING, **{name: column[[row]] for name, column in columns.items()})
        for row in (0, 17, 49)
    ]
    assert np.array_equal(np.concatenate([each.records for each in alone]), whole.records[[0, 17, 49]], equal_nan=True)


def test_a_maximum_is_the_negative_of_the_minimum_of_the_negative() -> None:
    runs = recorded(LINE, {"x": 0, "y": 0}, 10.0, EVERYTHING, b=[-0.5, 0.1])
    assert np.array_equal(runs["maximum of -x"], -runs["minimum of x"])


def test_a_text_is_the_value_at_the_end() -> None:
    runs = recorded(LINE, {"x": 0, "y": 0}, 10.0, EVERYTHING, b=[-0.5, 0.1], q=[3, 4])
    assert np.array_equal(runs["x + q"], runs["x"][:, 0] + runs.design["q"])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["Tsit5", "DOP853"])
def test_integrals_are_those_of_the_closed_form(method: str) -> None:
    """∫ x and ∫ x² of x = x₀ e⁻ᵃᵗ, beside a crossing at ln 2."""
    decay = Model.from_equations({"x": "-a*x"}, {"a": 1}, name="decay")
    design = Design.from_table({"a": np.linspace(0.1, 2, 50)})
    record = [Integral("x"), FirstCrossing("x - 1"), Integral("x**2"), "t"]
    runs = run_ensemble(decay, design, [2.0], 5.0, method=method, record=record)
    a = design["a"]
    crossing = np.where(np.log(2) / a < 5, np.log(2) / a, np.nan)
    expected = np.stack([2 * (1 - np.exp(-5 * a)) / a, crossing, 4 * (1 - np.exp(-10 * a)) / (2 * a), np.full(50, 5.0)], axis=1)
    assert runs.states.shape == (50, 1, 1)
    assert runs.records == pytest.approx(expected, rel=1e-7, nan_ok=True)  # ten tolerances


@pytest.mark.slow
def test_an_integral_of_a_run_that_escapes_stops_where_it_does() -> None:
    grow = Model.from_equations({"x": "a*x"}, {"a": 1}, name="growth")
    runs = run_ensemble(grow, Design.from_table({"a": [1.0, 2.0]}), [1.0], 100.0, bound=1e3, record=Integral("x"))
    assert runs.records[:, 0] == pytest.approx([999.0, 499.5], rel=1e-7)  # ten tolerances
    assert set(runs.outcomes) == {Outcome.ESCAPED}


@pytest.mark.slow
def test_what_depends_on_time_is_recorded_of_a_driven_run() -> None:
    drive = Model.from_equations({"x": "cos(w*t)", "y": "2*t"}, {"w": 1}, name="driven")
    runs = run_ensemble(
        drive, Design.from_table({"w": [1.0, 3.0]}), [0, 0], 6.0, record=[Maximum("x - t/10"), "y - t**2", FirstCrossing("t - 2", 1)]
    )
    w = runs.design["w"]
    turn = np.arccos(0.1) / w  # cos(w t) = 1/10: the first turning point is the highest
    assert runs.records == pytest.approx(np.stack([np.sin(w * turn) / w - turn / 10, [0, 0], [2, 2]], axis=1), abs=1e-7)
