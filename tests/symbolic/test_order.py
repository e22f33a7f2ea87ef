"""Pairs of parameters of which one must not exceed the other: no verb answers for a pair that crosses."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import richardson as rn
from richardson.compiled.field import Field
from richardson.continuation.family import checked_span
from richardson.dynamics.arguments import check_drives
from richardson.errors import InvalidInputError, ModelError, OutOfBoundsError
from richardson.landscape.parameter_box import ParameterBox
from richardson.models.over_nations import family, written_out
from richardson.study.binding import bind
from richardson.symbolic.indexed import ARMS, EACH, Family, OverNations, own
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.quantity import Parameter, State

shares = st.floats(0.0, 1.0)
spans = st.tuples(shares, shares).filter(lambda pair: pair[0] < pair[1])


def made(low: float = 0.2, high: float = 0.6) -> rn.Model:
    """ẋ = low + (high − low) x/(1 + x) − x: one race that settles, its two ends in order."""
    x, floor, roof = sympy.symbols("x floor roof", real=True)
    parameters = (Parameter("floor", lower=0.0, upper=1.0, at_most="roof"), Parameter("roof", lower=0.0, upper=1.0, default=1.0))
    return rn.Model("ends", (State("x", lower=0.0),), parameters, (floor + (roof - floor) * x / (1 + x) - x,), (low, high))


def written(low: float = 0.2, high: float = 0.6) -> rn.Model:
    """The same as text."""
    equations, ends = {"x": "floor + (roof - floor)*x/(1 + x) - x"}, {"floor": 0, "roof": 0}
    upper = dict.fromkeys(ends, 1)
    values = {"floor": low, "roof": high}
    return rn.Model.from_equations(equations, values, lower={"x": 0} | ends, upper=upper, at_most={"floor": "roof"}, name="ends")


RACE = made()
BELIEVING = rn.models.security_dilemma(beliefs=True, exposure_low=0.2, exposure_high=0.6)
WINDOW, WIDE = rn.Window(x=(0, 2)), rn.Window(x=(0, 2), y=(0, 2))
PLANE = rn.Model(
    "plane", (*RACE.states, State("y", lower=0.0)), RACE.parameters, (*RACE.rates, 1 - sympy.Symbol("y", real=True)), (0.2, 0.6)
)
DRIVEN = RACE.with_term("x", "0", {"up": 0.1, "down": 0.0}).with_drive(floor="0.2 + up*t", roof="0.6 + down*t")
SPREAD = rn.Design.for_sensitivity({"floor": (0, 1)}, method="morris", size=4, rng=1)


def answers(ask: Callable[[], Any]) -> bool:
    """Whether there is an answer; a refusal must be of the order, and say of what."""
    try:
        ask()
    except OutOfBoundsError as error:
        assert "must not be above" in str(error)
        assert {"floor", "roof"} <= set(str(error).replace("(", " ").replace(")", " ").split())
        return False
    return True


@given(low=shares, high=shares)
def test_a_model_has_its_parameters_in_order(low: float, high: float) -> None:
    assert answers(lambda: made(low, high)) == answers(lambda: written(low, high)) == (low <= high)
    assert answers(lambda: made(0.0, 1.0).with_values(floor=low, roof=high)) == (low <= high)
    assert answers(lambda: RACE.with_values(floor=low)) == (low <= 0.6)


def test_an_order_given_with_equations_as_text_is_the_parameters_own(tmp_path: Path) -> None:
    assert written() == RACE
    assert [one.at_most for one in written().parameters] == ["roof", ""]
    rn.save(written(), tmp_path / "ends.rn")
    assert not answers(lambda: rn.load(tmp_path / "ends.rn").with_values(floor=0.7))
    assert not answers(lambda: written().with_term("x", "0", {"other": 1.0}).with_values(floor=0.7))


@pytest.mark.parametrize(
    ("at_most", "refusal"),
    [
        ({"floor": "rof"}, "'rof' is none. Did you mean 'roof'"),
        ({"flor": "roof"}, "'flor'"),
        ({"floor": "x"}, "'x' is none"),
        ({"x": "roof"}, "'x' is none"),
        ({"floor": "floor"}, "below itself"),
        ({"floor": None}, "'None' is none"),
        ({"floor": ["roof"]}, "is none"),
        ("roof", "must be a mapping"),
    ],
)
def test_an_order_of_what_are_no_two_parameters_is_refused(at_most: Any, refusal: str) -> None:
    with pytest.raises(rn.errors.RichardsonError, match=refusal):
        rn.Model.from_equations({"x": "floor + roof - x"}, {"floor": 0.2, "roof": 0.6}, at_most=at_most)


@given(low=shares, high=shares)
def test_every_model_made_from_it_keeps_the_order(low: float, high: float) -> None:
    heirs = [
        rn.in_discrete_time(RACE, 0.1),
        RACE.with_term("x", "-tax*x", {"tax": 0.1}),
        RACE.with_equation("x", "floor - roof*x"),
        pickle.loads(pickle.dumps(RACE)),
    ]
    for heir in heirs:
        assert answers(lambda heir=heir: heir.with_values(floor=low, roof=high)) == (low <= high)


def test_the_order_is_saved_and_is_not_of_the_equations(tmp_path: Path) -> None:
    rn.save(RACE, tmp_path / "race.rn")
    back = rn.load(tmp_path / "race.rn")
    assert back == RACE
    assert back.parameters == RACE.parameters
    assert not answers(lambda: back.with_values(floor=0.7))
    free = rn.Model.from_equations({"x": "floor + (roof - floor)*x/(1 + x) - x"}, {"floor": 0.2, "roof": 0.6}, lower={"x": 0})
    assert free.fingerprint == RACE.fingerprint


@given(low=st.lists(shares, min_size=1, max_size=5), high=shares)
def test_a_design_names_the_first_member_that_crosses(low: list[float], high: float) -> None:
    design = rn.Design.from_table({"floor": low, "roof": [high] * len(low)})
    crossed = [member for member, value in enumerate(low) if value > high]
    if not crossed:
        assert len(bind(RACE, design, {"x": 0})) == len(low)
        return
    with pytest.raises(OutOfBoundsError, match=f"in {len(crossed)} of the {len(low)} members .*first in member {crossed[0]} "):
        bind(RACE, design, {"x": 0})


@settings(max_examples=25)  # each that answers proves something
@given(low=spans, high=spans)
def test_a_box_answers_where_no_point_of_it_crosses(low: tuple[float, float], high: tuple[float, float]) -> None:
    apart = low[1] <= high[0]
    if low[0] <= high[1]:
        start = made(low[0], high[1])
        assert answers(lambda: ParameterBox.of(start, ["floor", "roof"], None, {"floor": low, "roof": high})) == apart
    assert answers(lambda: rn.is_stable_for_all(RACE, {"floor": low, "roof": high}, window=WINDOW, budget=1)) == apart


@given(low=shares, high=shares, span=spans)
def test_a_parameter_that_moves_alone_stays_in_order_with_one_that_does_not(low: float, high: float, span: tuple[float, float]) -> None:
    race = made(min(low, high), max(low, high))
    assert answers(lambda: checked_span(race, "floor", span)) == (span[1] <= max(low, high))
    assert answers(lambda: checked_span(race, "roof", span)) == (span[0] >= min(low, high))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: rn.continue_equilibrium(RACE, [0.4], "floor", (0, 0.7)),
        lambda: rn.continue_equilibrium(RACE, [0.4], "roof", (0.1, 0.7)),
        lambda: rn.equilibrium_diagram(RACE, "floor", (0, 0.7), WINDOW),
        lambda: rn.remedy(RACE, ["floor", "roof"]),
        lambda: rn.stability_map(RACE, {"floor": [0.1, 0.7], "roof": [0.6]}),
        lambda: rn.stability_map(RACE, {"floor": [0.1, 0.4], "roof": [0.3, 0.6]}),
        lambda: rn.global_diagram(RACE, "floor", [0.1, 0.7], WINDOW),
        lambda: rn.phase_portraits(PLANE, WIDE, "roof", [0.6, 0.1]),
        lambda: rn.sensitivity(RACE, SPREAD, outcome="x", start={"x": 0}, times=[0, 1]),
        lambda: rn.integrate(DRIVEN, {"x": 0}, [0, 5]),
        lambda: rn.orbit_diagram(rn.in_discrete_time(RACE, 0.1), "roof", [0.1, 0.5], [0.4]),
        lambda: rn.run_ensemble(RACE, rn.Design.grid({"floor": [0.1, 0.7]}), {"x": 0}, 1.0),
        lambda: rn.tipping(RACE, [0.4], "floor", 0.7, 0.1),
    ],
)
def test_what_moves_parameters_refuses_to_let_them_cross(ask: Callable[[], Any]) -> None:
    assert not answers(ask)


@settings(max_examples=25)  # each evaluates 257 moments of a run
@given(up=st.floats(0.0, 0.1), down=st.floats(-0.05, 0.05))
def test_driven_parameters_are_held_to_their_order_along_the_run(up: float, down: float) -> None:
    """0.2 + up · t meets 0.6 + down · t at 0.4/(up − down)."""
    gap = 0.4 - 4.0 * (up - down)
    if abs(gap) > 1e-9:
        assert answers(lambda: check_drives(Field.of(DRIVEN.with_values(up=up, down=down)), np.array([0.0, 4.0]))) == (gap > 0.0)


def test_a_drive_of_one_is_held_against_the_other_of_every_member() -> None:
    driven = RACE.with_drive(floor="0.2 + 0.1*t")
    design = rn.Design.grid({"roof": [0.7, 0.5]})
    with pytest.raises(OutOfBoundsError, match=r"must not be above roof \(roof\), but where a drive moves them they are 0\.5"):
        rn.run_ensemble(driven, design, {"x": 0}, [0.0, 4.0])


def test_a_remedy_goes_no_further_than_the_order_allows() -> None:
    box = ParameterBox.of(RACE, ["floor"], None, None)
    assert box.values(box.upper)[0] == 0.6
    assert ParameterBox.of(RACE, ["roof"], None, {"roof": (0, 1)}).values(np.array([-9.0]))[0] == 0.2


def test_the_least_exposure_is_at_most_that_in_full_distrust_everywhere() -> None:
    lows = [parameter.name for parameter in BELIEVING.parameters if parameter.at_most]
    assert lows == ["exposure_low"]
    for ask in (
        lambda: BELIEVING.with_values(exposure_low=0.7),
        lambda: rn.continue_equilibrium(BELIEVING, [1, 1, -1, -1], "exposure_high", (0.1, 1)),
        lambda: bind(BELIEVING, rn.Design.sobol({"exposure_low": (0, 1)}, size=8, rng=1), [0, 0, -1, -1]),
    ):
        with pytest.raises(OutOfBoundsError, match=r"distrust \(exposure_low\) must not be above exposure in full distrust"):
            ask()
    assert Field.of(BELIEVING.with_values(exposure_low=0.7, exposure_high=0.7)).dimension == 4


def test_scales_that_would_lose_the_order_are_refused() -> None:
    x, least, most = sympy.symbols("x least most", real=True)
    terms = (Parameter("least", unit="arms/yr", default=1.0, at_most="most"), Parameter("most", unit="arms/yr", default=2.0))
    rate = least + most - sympy.Symbol("a", real=True) * x
    race = rn.Model("two", (State("x", unit="arms"),), (*terms, Parameter("a", unit="1/yr", default=1.0)), (rate,), (1.0, 2.0, 1.0))
    with pytest.raises(InvalidInputError, match=r"least \(least\) must not be above most \(most\) in 'two', which could not be held"):
        rn.nondimensional(race, arms="most/a", time="1/a")
    scaled = rn.nondimensional(race, arms=2.0, time=1.0).dimensionless
    with pytest.raises(OutOfBoundsError, match="got 1.5 and 1.0"):
        scaled.with_values(least=1.5)


def test_a_family_keeps_its_order_nation_by_nation_where_it_is_written_out_and_is_refused_where_it_is_not() -> None:
    names = tuple("abcdefgh")
    ends = [family(Parameter("least", at_most="most"), EACH, names), family(Parameter("most"), EACH, names)]
    assert [member.at_most for member in written_out(ends[0])] == [f"most_{nation}" for nation in names]
    equations = OverNations(names, (ARMS,), tuple(ends), (own("least") + own("most") - own(ARMS),))
    states = tuple(State(nation) for nation in names)
    with pytest.raises(ModelError, match="must not exceed others"):
        IndexedModel("ends", states, tuple(ends), (0.0,) * 16, equations=equations)
    mixed = OverNations(names, (ARMS,), (Family("least", at_most="most"), ends[1]), equations.rates)
    with pytest.raises(ModelError, match="must not exceed others"):
        IndexedModel("ends", states, mixed.families, (0.0,) * 9, equations=mixed)
