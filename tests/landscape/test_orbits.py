"""Orbit diagrams: where doublings lie, what becomes of orbits that end, flows through a surface."""

from typing import Any

import numpy as np
import pytest

from richardson.dynamics.iterate import iterate
from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.landscape.lyapunov import lyapunov_spectrum
from richardson.landscape.orbits import orbit_diagram
from richardson.models import saperstein, saturating_reaction
from richardson.outcome import Outcome
from richardson.symbolic.discrete_time import in_discrete_time
from richardson.symbolic.model import Model

HENON = Model.from_equations({"x": "1 - a*x**2 + y", "y": "b*x"}, {"a": 1.4, "b": 0.3}, kind="map", name="Hénon")
RACE = saperstein()
ROESSLER = Model.from_equations({"x": "-y - z", "y": "x + a*y", "z": "b + z*(x - c)"}, {"a": 0.2, "b": 0.2, "c": 5.7}, name="Rössler")


@pytest.mark.parametrize(("doubling", "period"), [(0.75, 1), ((1 + np.sqrt(6)) / 4, 2), (0.8860225, 4)], ids=["first", "second", "third"])
def test_saperstein_doubles_where_the_logistic_map_does(doubling: float, period: int) -> None:
    # r = 4a: 3, 1 + √6 (0.86237…) and 3.544090 (a well-known value, from memory)
    found = orbit_diagram(RACE, "reaction", [doubling - 1e-4, doubling + 1e-4], [0.3, 0.3], transient=100_000, keep=32)
    assert found.periods().tolist() == [period, 2 * period]


def test_saperstein_is_chaotic_from_its_published_value_on() -> None:
    # 0.8924864: cycles of a long period just below, a positive exponent just above
    below, above = (lyapunov_spectrum(saperstein(reaction=0.8924864 + off), [0.3, 0.3], horizon=200_000) for off in (-2e-4, 2e-4))
    assert below.exponents[0] < 0 < above.exponents[0] - 4 * above.standard_errors[0]


def test_states_are_those_of_the_iterated_map() -> None:
    found = orbit_diagram(RACE, "reaction_x", [0.7, 0.95], {"x": 0.3, "y": 0.4}, transient=5, keep=3)
    np.testing.assert_array_equal(found.states[1], iterate(saperstein(reaction_x=0.95), [0.3, 0.4], 8).states[-3:])


def test_orbits_do_not_depend_on_their_neighbours() -> None:
    values = np.linspace(0.8, 1, 37)
    one, other = (orbit_diagram(RACE, "reaction", chosen, [0.3, 0.4], keep=8).states for chosen in (values, values[::-1]))
    np.testing.assert_array_equal(one, other[::-1])


def test_orbits_that_run_away_are_recorded_and_leave_no_states() -> None:
    found = orbit_diagram(HENON, "a", [1.0, 1.4, 2.0], [0, 0])
    assert found.outcomes == (Outcome.REACHED_END, Outcome.REACHED_END, Outcome.ESCAPED)
    assert np.isnan(found.states).all(axis=(1, 2)).tolist() == [False, False, True]


def test_an_orbit_that_ends_while_it_is_kept_has_the_states_until_then() -> None:
    growing = Model.from_equations({"x": "a*x"}, {"a": 2}, kind="map", upper={"x": 100})
    found = orbit_diagram(growing, "a", [1, 2], [1], transient=3, keep=5)
    assert found.outcomes == (Outcome.REACHED_END, Outcome.LEFT_DOMAIN)
    np.testing.assert_array_equal(found["x"][1], [16, 32, 64, np.nan, np.nan])


@pytest.mark.slow
def test_the_maxima_of_a_flow_double_as_published() -> None:
    # Rössler's a = b = 0.2: cycles of one, two and four turns at c = 2.5, 3.5, 4, chaos at 5.7 (well known, from memory)
    found = orbit_diagram(ROESSLER, "c", [2.5, 3.5, 4, 5.7], [1, 1, 0], maximum="x", transient=500, keep=40)
    assert found.periods(tolerance=1e-5).tolist() == [1, 2, 4, 0]


@pytest.mark.slow
def test_a_section_through_a_maximum_shows_the_same_states() -> None:
    options: dict[str, Any] = {"transient": 100, "keep": 5}
    one = orbit_diagram(ROESSLER, "c", [3.5], [1, 1, 0], maximum="x", **options)
    other = orbit_diagram(ROESSLER, "c", [3.5], [1, 1, 0], section="y + z", **options)  # −dx/dt, which rises where dx/dt falls
    np.testing.assert_allclose(one.states, other.states, atol=1e-8)


@pytest.mark.parametrize(
    ("model", "parameter", "values", "options", "error"),
    [
        (RACE, "action", [0.7], {}, UnknownNameError),
        (RACE, "reaction", [0.7, 1.2], {}, OutOfBoundsError),
        (RACE, "reaction", 0.7, {}, InvalidInputError),
        (RACE, "reaction", [0.7], {"keep": 0}, InvalidInputError),
        (RACE, "reaction", [0.7], {"transient": 1.5}, InvalidInputError),
        (RACE, "reaction", [0.7], {"section": "x"}, InvalidInputError),
        (ROESSLER, "c", [4], {}, InvalidInputError),
        (ROESSLER, "c", [4], {"section": "y", "maximum": "x"}, InvalidInputError),
        (Model.from_equations({"x": "-x + c*sin(t)"}, {"c": 1}), "c", [1], {"section": "x"}, NotAutonomousError),
        ("race", "c", [1], {}, InvalidInputError),
    ],
    ids=["name", "bound", "no sequence", "keep", "transient", "surface of a map", "no surface", "two surfaces", "driven", "no model"],
)
def test_what_makes_no_sense_is_refused(model: Any, parameter: str, values: Any, options: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        orbit_diagram(model, parameter, values, [0.3] * (len(model.states) if isinstance(model, Model) else 1), **options)


def test_a_result_reads_as_a_table() -> None:
    found = orbit_diagram(RACE, "reaction", [0.7, 0.8], [0.3, 0.3], keep=2)
    assert found.to_table()["reaction"] == [0.7, 0.7, 0.8, 0.8]
    assert "2 values, 2 states each; 2 REACHED_END" in repr(found)


@pytest.mark.parametrize("options", [{"keep": float("nan")}, {"transient": float("inf")}, {"keep": 2 + 0j}])
def test_numbers_of_steps_that_are_none_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="must be a whole number"):
        orbit_diagram(RACE, "reaction", [0.7], [0.3, 0.3], **options)


def test_the_column_that_counts_takes_the_name_of_nothing_else() -> None:
    stepped = in_discrete_time(saturating_reaction(defence=4, grievance=0), 0.5)
    table = orbit_diagram(stepped, "step", [0.5, 0.75], [3, 3], keep=2).to_table()
    assert (table["step"], table["iteration"]) == ([0.5, 0.5, 0.75, 0.75], [0, 1, 0, 1])
    shrinking = Model.from_equations({"x": "x/iteration"}, {"iteration": 2.0}, kind="map")
    table = orbit_diagram(shrinking, "iteration", [2.0, 3.0], [1.0], keep=2).to_table()
    assert (table["iteration"], table["iteration_"]) == ([2.0, 2.0, 3.0, 3.0], [0, 1, 0, 1])
