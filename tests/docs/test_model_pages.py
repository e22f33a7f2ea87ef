"""The pages of the catalogue are what their script writes from the models, so that they cannot drift."""

from pathlib import Path

import pytest
import write_models
from model_claims import CLAIMS

from richardson import models

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = DOCS / "reference" / "models"
LARGEST = 80_000  # bytes of a figure; six lines and their legend take 70 000
HINT = "Run: python docs/write_models.py"
CATALOGUE = models.catalogue()


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_page_of_a_model_is_what_the_model_says(name: str) -> None:
    """All of it but the equilibria, which take a proof."""
    written = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert write_models.page(name, CATALOGUE[name], write_models.written_rests(name)) == written, HINT


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_claim_that_a_page_calls_tested_is_the_name_of_a_test(name: str) -> None:
    assert CLAIMS[name], "a model without a tested claim"
    for file, claims in CLAIMS[name].items():
        text = (DOCS.parent / "tests" / file).read_text(encoding="utf-8")
        missing = [claim for claim in claims if f"\ndef test_{claim}(" not in text]
        assert missing == []


def test_the_index_lists_every_model() -> None:
    assert (PAGES / "README.md").read_text(encoding="utf-8") == write_models.index(), HINT


def test_no_page_is_left_of_a_model_that_is_gone() -> None:
    assert {path.stem for path in PAGES.iterdir()} == {*CATALOGUE, "README"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_figure_of_a_model_is_small(name: str) -> None:
    assert (PAGES / f"{name}.svg").stat().st_size <= LARGEST


@pytest.mark.slow  # proofs and portraits
@pytest.mark.parametrize("name", CATALOGUE)
def test_equilibria_and_figure_of_a_page_are_what_the_model_gives(name: str) -> None:
    found = write_models.equilibria_of(CATALOGUE[name])
    assert write_models.written_rests(name) == write_models.rests_of(CATALOGUE[name], found), HINT
    assert (PAGES / f"{name}.svg").read_bytes() == write_models.svg(write_models.drawing(CATALOGUE[name], found)), HINT


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4500000001, "0.45"),
        (-1e-12, "0"),
        (19.252707940545456, "19.2527"),
        (-2.0, "−2"),
        (2.69306500000001, "2.69307"),
        (9.9999996, "10"),
        (123456.7, "123457"),
    ],
)
def test_numbers_show_no_rounding(value: float, text: str) -> None:
    assert write_models.number(value) == text
