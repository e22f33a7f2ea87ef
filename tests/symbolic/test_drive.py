"""Parameters that follow paths in time: what is accepted, refused, written and kept."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from scipy.interpolate import CubicSpline

from richardson import errors
from richardson.files import load, save
from richardson.models import security_dilemma
from richardson.models.maps import saperstein
from richardson.symbolic.functions import TIME
from richardson.symbolic.model import Model
from richardson.symbolic.series import Series
from richardson.symbolic.transform import switch_times

DILEMMA = security_dilemma()
TIMES, VALUES = np.array([1990.0, 1993.0, 1994.0, 2000.0, 2004.0]), np.array([0.0, 0.3, 0.1, 0.2, -0.1])
INTERPOLATIONS = ("linear", "cubic", "previous")


def series(interpolation: str, **options: Any) -> Series:
    return Series(TIMES, VALUES, interpolation=interpolation, **options)


def test_a_driven_parameter_is_a_parameter_no_longer() -> None:
    driven = DILEMMA.with_drive(balance="0.05 + 0.01*t")
    assert "balance" not in driven.parameter_names and not driven.is_autonomous


def test_a_concept_moves_all_its_members_as_one() -> None:
    driven = DILEMMA.with_drive(alarm="3 + t/10")
    assert [drive.names for drive in driven.drives] == [("alarm_x", "alarm_y")]


def test_a_path_may_use_other_parameters() -> None:
    assert DILEMMA.with_drive(balance="terrain*t").drives[0].formula == DILEMMA.symbol("terrain") * TIME


def test_the_fingerprint_sees_the_path_and_no_values() -> None:
    one, other = DILEMMA.with_drive(balance="t/100"), DILEMMA.with_drive(balance="t/50")
    assert one.fingerprint == one.with_values(terrain=0.1).fingerprint
    assert len({DILEMMA.fingerprint, one.fingerprint, other.fingerprint}) == 3


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_a_driven_model_survives_pickle_and_files(interpolation: str, tmp_path: Path) -> None:
    driven = DILEMMA.with_drive(balance=series(interpolation, beyond="hold"), alarm="3 + t/1000")
    save(driven, tmp_path / "driven.rn")
    back = load(tmp_path / "driven.rn")
    assert back == pickle.loads(pickle.dumps(driven)) == driven
    assert (back.drives[0].series.times == TIMES).all() and back.drives[0].span == driven.drives[0].span


def test_the_letters_of_a_path_are_those_of_its_parameter() -> None:
    text = DILEMMA.with_drive(balance="t/100", terrain=Series([0, 1], [0.0, 0.5], interpolation="linear")).to_latex()
    assert r"e^{\beta - \gamma}" in text and r"\beta &= \frac{t}{100}" in text
    assert r"\gamma &= \text{linear series of 2 values over } [0, 1]" in text


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_a_series_passes_through_its_values(interpolation: str) -> None:
    assert series(interpolation).at(TIMES) == pytest.approx(VALUES, abs=1e-15)


def test_a_cubic_series_is_the_not_a_knot_spline() -> None:
    moments = np.linspace(1990, 2004, 101)
    assert series("cubic").at(moments) == pytest.approx(CubicSpline(TIMES, VALUES)(moments), abs=1e-13)  # rounding at years near 2000


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_the_formula_of_a_series_has_its_values(interpolation: str) -> None:
    moments = np.array([1980.0, 1991.2, 1993.5, 1999.999, 2003.0, 2010.0])
    written = [float(series(interpolation).expression.subs(TIME, sympy.Rational(repr(moment)))) for moment in moments.tolist()]
    assert written == pytest.approx(series(interpolation).at(moments), abs=1e-13)  # rounding of times near 2000


def test_the_range_of_a_cubic_series_has_what_lies_between_its_values() -> None:
    moments = np.linspace(1990, 2004, 200_001)
    inner = series("cubic").at(moments)
    assert series("cubic").range == pytest.approx((inner.min(), inner.max()), abs=1e-9)  # spacing squared
    assert series("cubic").range[1] > VALUES.max()


def test_kinks_and_jumps_that_are_linear_in_time_are_known() -> None:
    model = Model.from_equations({"x": "p + heaviside(t - 4) + abs(2*t - c) - x"}, {"p": 0, "c": 3}, lower={"p": -1}).with_drive(
        p="min(max(t, 1), 7) + max(sin(t), 0)"
    )
    assert switch_times(model, (0.0, 10.0)) == (1.0, 1.5, 4.0, 7.0)


@pytest.mark.parametrize(
    ("drives", "error", "words"),
    [
        ({"balence": "t"}, errors.UnknownNameError, "Did you mean 'balance'"),
        ({"x": "t"}, errors.UnknownNameError, "is a state"),
        ({"balance": "x*t"}, errors.InvalidInputError, "uses the state 'x'"),
        ({"balance": "balance + t"}, errors.ParseError, "no state or parameter"),
        ({"balance": "0.1"}, errors.InvalidInputError, "does not change with t"),
        ({"balance": 0.1}, errors.InvalidInputError, "with_values"),
        ({"balance": "t^2"}, errors.ParseError, r"\*\*"),
        ({"alarm": "t", "alarm_x": "t"}, errors.InvalidInputError, "both drive 'alarm_x'"),
        ({}, errors.InvalidInputError, "Nothing is driven"),
        ({"distinguishability": Series([0, 1], [0.5, 1.5], interpolation="linear")}, errors.OutOfBoundsError, r"must lie in \[0, 1\]"),
        (
            {"distinguishability": Series([0, 1, 2, 3, 4], [0, 0, 1, 1, 0], interpolation="cubic")},  # between its values it is above 1
            errors.OutOfBoundsError,
            "leaves what its parameter may be",
        ),
    ],
    ids=["misspelt", "state", "uses a state", "itself", "constant text", "number", "caret", "twice", "none", "values", "between values"],
)
def test_a_path_that_cannot_be_is_refused(drives: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        DILEMMA.with_drive(**drives)


def test_a_map_cannot_be_driven() -> None:
    with pytest.raises(errors.ModelError, match="knows no time|know no time"):
        saperstein().with_drive(**{saperstein().parameter_names[0]: "t"})


@pytest.mark.parametrize("name", ["balance", "alarm"])
def test_what_is_driven_has_no_value_to_change(name: str) -> None:
    driven = DILEMMA.with_drive(balance="t", alarm_x="3 + t")
    with pytest.raises(errors.UnknownNameError, match="is driven along a path"):
        driven.with_values(**{name: 1.0})


@pytest.mark.parametrize(
    ("times", "values", "options", "error", "words"),
    [
        ([0, 1], [1], {"interpolation": "linear"}, errors.InvalidInputError, "one value a time"),
        ([0, 0], [1, 2], {"interpolation": "linear"}, errors.InvalidInputError, "must increase"),
        ([0, np.nan], [1, 2], {"interpolation": "linear"}, errors.InvalidInputError, "must be finite"),
        ([0, 1], [1, np.inf], {"interpolation": "linear"}, errors.InvalidInputError, "must be finite"),
        ([0, 1, 2], [1, 2, 3], {"interpolation": "cubic"}, errors.InvalidInputError, "needs 4 to"),
        ([0, 1], [1, 2], {"interpolation": "lineer"}, errors.UnknownNameError, "Did you mean 'linear'"),
        ([0, 1], [1, 2], {"interpolation": "linear", "beyond": "extend"}, errors.UnknownNameError, "'refuse' or 'hold'"),
        ([0, 1], [1, 2], {"interpolation": ["linear"]}, errors.UnknownNameError, "Did you mean 'linear'"),
        (np.array(["1990", "1991"], dtype="datetime64[Y]"), [1, 2], {"interpolation": "linear"}, errors.InvalidInputError, "be numbers"),
        ([0, 5e-324], [0, 1], {"interpolation": "linear"}, errors.InvalidInputError, "faster than numbers can say"),
        ([0, 1, 2, 3], [-1e308, 1e308, -1e308, 1e308], {"interpolation": "cubic"}, errors.InvalidInputError, "faster than numbers can say"),
    ],
    ids=["lengths", "order", "nan time", "infinite value", "too few", "interpolation", "beyond", "list", "dates", "steep", "steep spline"],
)
def test_a_series_that_is_none_is_refused(
    times: Any, values: list[float], options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        Series(times, values, **options)
