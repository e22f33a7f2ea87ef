"""The verdict follows the headline and its interval, and says so when the data do not decide."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from richardson.cli import wording
from richardson.cli.verdict import STABLE, UNDECIDED, UNSTABLE, decision, verdict
from richardson.data import rivalry
from richardson.estimation.estimate import estimate
from richardson.estimation.result import Estimate
from richardson.models import linear

NAN = float("nan")


@cache
def greece_and_turkey() -> Estimate:
    return estimate(linear(), rivalry("Greece", "Turkey"), rng=1)


def fitted(
    *, spiral: tuple[float, float, float], leading: tuple[float, float, float], undefined: float = 0.0, probability: float = 0.5
) -> Any:
    """A fit with other numbers: value, lower and upper of R and of max Re λ."""
    fit = greece_and_turkey()
    rows = {
        "spiral_number": dict(zip(("value", "lower", "upper"), spiral, strict=True)) | {"undefined_share": undefined},
        "max_real_eigenvalue": dict(zip(("value", "lower", "upper"), leading, strict=True)),
    }
    derived = fit.derived | {name: replace(fit.derived[name], **values) for name, values in rows.items()}
    return replace(fit, derived=derived, stable_probability=probability)


SETTLES = {"spiral": (0.5, 0.4, 0.6), "leading": (-0.5, -0.6, -0.4)}
RUNS_AWAY = {"spiral": (1.5, 1.4, 1.6), "leading": (0.5, 0.4, 0.6)}

CASES = [
    (SETTLES, STABLE),
    (RUNS_AWAY, UNSTABLE),
    (SETTLES | {"spiral": (0.5, 0.4, 1.0)}, UNDECIDED),
    (SETTLES | {"leading": (-0.5, -0.6, 0.0)}, UNDECIDED),
    (RUNS_AWAY | {"spiral": (1.5, 1.0, 1.6)}, UNDECIDED),
    (RUNS_AWAY | {"leading": (0.5, -0.1, 0.6)}, UNDECIDED),
    (SETTLES | {"spiral": (1.5, 0.4, 0.6)}, UNDECIDED),  # estimate and interval disagree
    (SETTLES | {"leading": (NAN, NAN, NAN)}, UNDECIDED),
    (SETTLES | {"spiral": (NAN, 1.4, 1.6), "undefined": 0.06}, STABLE),  # R is not the headline, so it does not count
    (RUNS_AWAY | {"spiral": (NAN, NAN, NAN), "undefined": 1.0}, UNSTABLE),
    (SETTLES | {"spiral": (0.5, 0.4, 1.2), "undefined": 0.05}, UNDECIDED),  # not more than 5 %: R still counts
]


@pytest.mark.parametrize(("numbers", "expected"), CASES)
def test_a_race_is_judged_by_the_headline_and_by_the_growth_rate(numbers: dict[str, Any], expected: str) -> None:
    assert decision(fitted(**numbers)) == expected


@pytest.mark.parametrize(("numbers", "expected"), CASES)
def test_the_explanation_says_what_the_decision_is(numbers: dict[str, Any], expected: str) -> None:
    text = wording.reading(fitted(**numbers))[0]
    words = {STABLE: "wholly below", UNSTABLE: "wholly above", UNDECIDED: "leave"}
    assert words[expected] in text or (expected == UNDECIDED and "no verdict" in text)


def test_the_spiral_number_is_the_headline_while_it_is_mostly_defined() -> None:
    text = verdict(fitted(**SETTLES, undefined=0.05))
    assert text.index("R = 0.5 [0.4, 0.6]") < text.index("max Re λ = −0.5 [−0.6, −0.4]")
    assert "undefined in 5.0% of the draws" in text


def test_the_growth_rate_is_the_headline_where_the_spiral_number_is_often_undefined() -> None:
    text = verdict(fitted(**SETTLES, undefined=0.051))
    assert "max Re λ = −0.5 [−0.6, −0.4] per year" in text
    assert "R is undefined in 5.1% of the draws and therefore not used" in text
    assert "R = " not in text


def test_a_verdict_is_one_line_that_names_rivals_years_and_probability() -> None:
    text = verdict(fitted(**SETTLES, probability=1.0))
    assert text.startswith("Greece and Turkey 1950–2022: the fitted race is stable")
    assert "P(stable) > 0.999" in text
    assert text.endswith(".")
    assert "\n" not in text


def test_the_data_do_not_decide_on_greece_and_turkey() -> None:
    assert decision(greece_and_turkey()) == UNDECIDED


@pytest.mark.parametrize(
    ("change", "words"), [(0.2, "turn unstable if each side came to see 1.221 times"), (-0.2, "turn stable"), (NAN, "not defined")]
)
def test_the_critical_change_of_the_balance_is_told_as_a_factor_of_threat(change: float, words: str) -> None:
    fit = greece_and_turkey()
    derived = fit.derived | {"critical_balance_change": replace(fit.derived["critical_balance_change"], value=change)}
    assert words in wording.reading(replace(fit, derived=derived))[2]
