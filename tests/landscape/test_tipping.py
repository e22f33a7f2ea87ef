"""Ramps: rates at which they tip in closed form, what they tip by, and where they end."""

from math import atan, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from richardson import errors
from richardson.dynamics.integrate import integrate
from richardson.landscape.tipping import Tipping, tipping
from richardson.models import security_dilemma
from richardson.models.maps import saperstein
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

FOLD = 0.109752115988938  # of détente along the balance, MODELS.md

# The saddle-node normal form whose equilibria −√μ − shift and √μ − shift move with the shift; y only follows, so that there are two states
PURSUIT = Model.from_equations({"x": "(x + shift)**2 - mu", "y": "-y"}, {"shift": 0.0, "mu": 1.0}, lower={"mu": 0.0})
DILEMMA = security_dilemma()
HOPF = Model.from_equations({"x": "p*x - y - x*(x**2 + y**2)", "y": "x + p*y - y*(x**2 + y**2)"}, {"p": -1.0})  # at p = 0


def pursued(to: float, rate: float, *, mu: float = 1.0, **options: Any) -> Tipping:
    return tipping(PURSUIT.with_values(mu=mu), [-sqrt(mu), 0.0], "shift", to, rate, **options)


def linear_threshold(length: float, mu: float) -> float:
    """Rate r at which y' = y² − μ + r takes y from −√μ to √μ in the time length/r; it tends to μ for long ramps."""

    def lateness(rate: float) -> float:
        root = sqrt(rate - mu)
        return length / rate - 2.0 * atan(sqrt(mu) / root) / root

    return float(brentq(lateness, mu * (1.0 + 1e-12), 100.0 * mu, xtol=1e-15, rtol=1e-14))


@pytest.mark.parametrize(("to", "mu"), [(4.0, 1.0), (3.0, 0.25), (1e4, 1.0)])
def test_the_critical_rate_of_a_linear_ramp_is_the_closed_form(to: float, mu: float) -> None:
    found = pursued(to, 1.0, mu=mu)
    assert found.critical_rate == pytest.approx(linear_threshold(to, mu), rel=2e-9)  # the bracket's width, and tolerances of 1e-11


def test_the_critical_rate_of_an_endless_linear_ramp_is_mu() -> None:
    """Ashwin, Wieczorek, Vitolo and Cox 2012: x + rt = ±√(μ − r). A ramp of length L tips π²μ²/L² above."""
    assert pursued(1e4, 1.0).critical_rate == pytest.approx(1.0, rel=1.1e-7)


@pytest.mark.parametrize(("to", "mu"), [(4.0, 1.0), (2.5, 1.0), (10.0, 1.0), (2.0, 0.49)])
def test_the_critical_rate_of_a_tanh_ramp_is_the_closed_form(to: float, mu: float) -> None:
    """With shift' = ε shift (λ − shift) the straight line y = −√μ + 2√μ shift/λ is an orbit where ε λ²/4 = μλ/(λ − 2√μ)."""
    found = pursued(to, 1.0, mu=mu, shape="tanh")
    assert found.critical_rate == pytest.approx(mu * to / (to - 2.0 * sqrt(mu)), rel=2e-9)  # as above


@pytest.mark.parametrize("shape", ["linear", "tanh"])
def test_no_rate_tips_a_ramp_that_ends_before_the_moving_threshold(shape: str) -> None:
    """Even a jump by less than 2√μ leaves the start below the unstable equilibrium."""
    found = pursued(1.99, 50.0, shape=shape)
    assert (found.verdict, found.critical_rate, set(found.answers)) == ("tracks", None, {"tracks"})


def test_the_bracket_holds_the_critical_rate_and_both_sides_of_it_differ() -> None:
    found = pursued(4.0, 1.0, shape="tanh")
    assert found.bracket is not None
    either = (found.bracket[0] * (1 - 1e-8), found.bracket[1] * (1 + 1e-8))
    assert [pursued(4.0, rate, shape="tanh").verdict for rate in either] == ["tracks", "rate-induced tipping"]


@pytest.mark.slow
def test_a_ramp_down_tips_by_its_speed_too() -> None:
    mirror = Model.from_equations({"x": "mu - (x + shift)**2", "y": "-y"}, {"shift": 0.0, "mu": 1.0})
    found = tipping(mirror, [1.0, 0.0], "shift", -4.0, 1.0, shape="tanh")
    assert found.critical_rate == pytest.approx(2.0, rel=2e-9)


def test_a_path_that_tips_by_its_speed_runs_away() -> None:
    found = pursued(4.0, 2.5, shape="tanh")
    assert (found.verdict, found.outcome, found.end, found.point) == ("rate-induced tipping", Outcome.ESCAPED, None, None)


def test_a_balance_beyond_its_fold_tips_detente_into_cold_war() -> None:
    calm = equilibria(DILEMMA, Window(x=(0, 60), y=(0, 60)))[0]
    found = tipping(DILEMMA, calm, "balance", 0.3, 0.01)
    war = equilibria(DILEMMA.with_values(balance=0.3), Window(x=(0, 60), y=(0, 60)))[-1]
    assert found.verdict == "bifurcation-induced tipping"
    assert found.point is not None and found.point.value == pytest.approx(FOLD, abs=1e-12)
    assert found.end is not None and found.end.state == pytest.approx(war.state, rel=1e-10)


def test_a_balance_short_of_its_fold_is_followed_at_any_rate() -> None:
    """Arms rise from détente towards détente, and never reach the threshold: the model is cooperative."""
    found = tipping(DILEMMA, [0.973883964480013] * 2, "balance", 0.109, 0.01)
    assert (found.verdict, found.critical_rate) == ("tracks", None)


def test_the_path_ends_where_the_ramp_is_judged_to_end() -> None:
    found = pursued(4.0, 1.5, shape="tanh")
    assert found.path.states[-1] == pytest.approx([-5.0, 0.0], abs=1e-6)
    assert (found.values[0], found.values[-1]) == pytest.approx((0.0, 4.0), abs=1e-10)  # tanh 14


@pytest.mark.slow
def test_the_path_is_a_run_of_the_driven_model() -> None:
    found = tipping(DILEMMA, [0.973883964480013] * 2, "balance", 0.3, 0.05)
    again = integrate(DILEMMA.with_drive(balance="min(0.05*t, 0.3)"), found.path.states[0], found.path.times, relative=1e-10)
    assert found.path.states == pytest.approx(again.states, rel=1e-5)  # tolerances, through the steep rise


def test_a_ramp_gives_the_same_bits_again() -> None:
    one, other = (pursued(4.0, 1.0) for _ in range(2))
    assert one.bracket == other.bracket
    assert (one.path.states.tobytes(), one.values.tobytes()) == (other.path.states.tobytes(), other.values.tobytes())


@pytest.mark.slow
def test_a_hopf_point_on_the_way_is_told() -> None:
    found = tipping(HOPF, [0.0, 0.0], "p", 0.5, 0.1)
    assert found.point is not None and (found.point.kind, found.verdict) == ("hopf", "bifurcation-induced tipping")


@pytest.mark.parametrize("short", [1e-3, 1e-6, 1e-8])
def test_a_ramp_that_ends_just_short_of_a_fold_tracks(short: float) -> None:
    """m + x − x³ has its fold at m = 2/(3√3); a ramp that ends before it leaves a stable equilibrium, to which the path comes late."""
    bead, last = Model.from_equations({"x": "m + x - x**3"}, {"m": 0.0}), 2 / (3 * sqrt(3)) - short
    found = tipping(bead, [-1.0], "m", last, 0.01)
    assert (found.point, found.verdict) == (None, "tracks")
    assert found.end is not None and found.end["x"] == pytest.approx(brentq(lambda x: last + x - x**3, -1.0, -1 / sqrt(3)), abs=1e-9)


def test_a_ramp_that_ends_just_short_of_a_hopf_point_tracks() -> None:
    """−1 + 0.99 is not −0.01 in floats."""
    assert tipping(HOPF, [0.0, 0.0], "p", -0.01, 0.1).verdict == "tracks"


@pytest.mark.parametrize(
    ("model", "start", "name", "last"), [(HOPF, [0.0, 0.0], "p", 0.0), (DILEMMA, [0.974, 0.974], "balance", FOLD)], ids=["hopf", "fold"]
)
def test_a_ramp_that_ends_at_the_critical_value_itself_is_refused(model: Model, start: list[float], name: str, last: float) -> None:
    with pytest.raises(errors.ComputationError, match="End on one side of that value"):
        tipping(model, start, name, last, 0.1)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        (([-1.0, 0.0], "shift", 0.0, 1.0), {}, errors.InvalidInputError, "is 0 already"),
        (([1.0, 0.0], "shift", 4.0, 1.0), {}, errors.NotStableError, "not stable"),
        (([-1.0, 0.0], "shift", 4.0, 0.0), {}, errors.InvalidInputError, "must be positive"),
        (([-1.0, 0.0], "shift", 4.0, "fast"), {}, errors.InvalidInputError, "must be a number"),
        (([-1.0, 0.0], "shift", "far", 1.0), {}, errors.InvalidInputError, "must be a number"),
        (([-1.0, 0.0], "shift", 4.0, float("nan")), {}, errors.InvalidInputError, "must be positive"),
        (([-1.0, 0.0], "shift", float("nan"), 1.0), {}, errors.InvalidInputError, "must be finite"),
        (([-1.0, 0.0], "shaft", 4.0, 1.0), {}, errors.UnknownNameError, "Did you mean 'shift'"),
        (([-1.0, 0.0], "mu", -1.0, 1.0), {}, errors.OutOfBoundsError, "must lie in"),
        (([-1.0, 0.0], "shift", 4.0, 1.0), {"shape": "tan"}, errors.UnknownNameError, "Did you mean 'tanh'"),
        (([3.0, 0.0], "shift", 4.0, 1.0), {}, errors.InvalidInputError, "equilibrium"),
    ],
    ids=["there", "unstable", "still", "text rate", "text value", "nan", "nan value", "misspelt", "bounds", "shape", "elsewhere"],
)
def test_a_ramp_that_cannot_be_is_refused(arguments: tuple[Any, ...], options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        tipping(PURSUIT, *arguments, **options)


@pytest.mark.parametrize("model", [saperstein(), PURSUIT.with_drive(mu="1 + t/100")], ids=["map", "driven"])
def test_what_has_no_equilibria_in_time_is_refused(model: Model) -> None:
    with pytest.raises((errors.InvalidInputError, errors.NotAutonomousError)):
        tipping(model, [0.0] * len(model.states), model.parameter_names[0], 0.5, 1.0)


def test_rates_and_answers_make_a_table() -> None:
    found = pursued(4.0, 1.0)
    table = found.to_table()
    assert list(table) == ["rate", "answer"]
    assert max(rate for rate, answer in zip(*table.values(), strict=True) if answer == "tracks") < found.critical_rate  # type: ignore[operator]


def test_the_scan_holds_what_was_asked() -> None:
    found = pursued(4.0, 1e5)
    assert found.rates[-1] == pytest.approx(1e5) and np.all(np.diff(found.rates) > 0)


def test_a_bound_that_the_equilibrium_itself_passes_is_refused() -> None:
    with pytest.raises(errors.OutOfBoundsError, match="ends at x = -5, beyond bound = 2"):
        pursued(4.0, 1.0, bound=2.0)


def test_rates_are_looked_at_as_closely_where_the_one_asked_for_is_far_away() -> None:
    rates = pursued(4.0, 1e12).rates
    assert (rates[1:] / rates[:-1]).max() < 1.16  # as documented


@pytest.mark.slow
def test_what_tips_by_its_rate_does_so_although_stability_is_lost_and_regained() -> None:
    """The pursuit, and a state apart from it that parts from zero for shifts between 1.3 and 2.7: slow ramps pass both ends of that."""
    model = Model.from_equations({"x": "(x + shift)**2 - 1", "z": "(1/2 - (shift - 2)**2)*z - z**3"}, {"shift": 0.0})
    found = tipping(model, [-1.0, 0.0], "shift", 4.0, 2.5)
    assert (found.verdict, found.point and found.point.kind) == ("rate-induced tipping", "pitchfork")
