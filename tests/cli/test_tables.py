"""Numbers as people read them and as files keep them."""

import numpy as np
import pytest

from richardson.cli.tables import aligned, as_csv, shown, shown_share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.97305903, "0.9731"),
        (-0.0209465, "−0.02095"),
        (np.float64(7.2755), "7.276"),
        (float("nan"), "–"),
        (None, "–"),
        (float("-inf"), "−∞"),
        (True, "yes"),
        (np.bool_(False), "no"),
        (3, "3"),
        (1 - 2j, "1 − 2i"),
        (complex(-0.5, 0), "−0.5"),
        ("saddle", "saddle"),
    ],
)
def test_a_value_is_shown_with_four_figures(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "< 0.001"), (0.0003, "< 0.001"), (0.7734, "= 0.77"), (0.025, "= 0.025"), (1.0, "> 0.999")]
)
def test_a_share_is_never_finer_than_its_draws(share: float, text: str) -> None:
    assert shown_share(share) == text


def test_columns_are_aligned_with_numbers_to_the_right() -> None:
    assert aligned({"name": ["a", "longer"], "value": [1.5, None]}) == "name    value\na         1.5\nlonger      –"


def test_csv_keeps_ten_digits_and_leaves_missing_values_empty() -> None:
    assert as_csv({"a": [1 / 3, None], "b": [float("nan"), True]}) == "a,b\n0.3333333333,\n,True\n"


def test_csv_quotes_what_would_break_a_row() -> None:
    assert as_csv({"name, unit": ['x "y"\n']}) == '"name, unit"\n"x ""y""\n"\n'
