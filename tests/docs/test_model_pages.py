"""The pages of the catalogue are what their script writes from the models, so that they cannot drift."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from richardson import models

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = DOCS / "reference" / "models"
LARGEST = 80_000  # bytes of a figure; six lines and their legend take 70 000
HINT = "Run: python docs/write_models.py"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_models", DOCS / "write_models.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRITER = script()
CATALOGUE = models.catalogue()


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_page_of_a_model_is_what_the_model_says(name: str) -> None:
    """All of it but the equilibria, which take a proof."""
    written = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert WRITER.page(name, CATALOGUE[name], WRITER.written_rests(name)) == written, HINT


def test_the_index_lists_every_model() -> None:
    assert (PAGES / "README.md").read_text(encoding="utf-8") == WRITER.index(), HINT


def test_no_page_is_left_of_a_model_that_is_gone() -> None:
    assert {path.stem for path in PAGES.iterdir()} == {*CATALOGUE, "README"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_figure_of_a_model_is_small(name: str) -> None:
    assert (PAGES / f"{name}.svg").stat().st_size <= LARGEST


@pytest.mark.slow  # proofs and portraits
@pytest.mark.parametrize("name", CATALOGUE)
def test_equilibria_and_figure_of_a_page_are_what_the_model_gives(name: str) -> None:
    found = WRITER.equilibria_of(CATALOGUE[name])
    assert WRITER.written_rests(name) == WRITER.rests_of(CATALOGUE[name], found), HINT
    assert (PAGES / f"{name}.svg").read_bytes() == WRITER.svg(WRITER.drawing(CATALOGUE[name], found)), HINT


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.4500000001, "0.45"), (-1e-12, "0"), (19.252707940545456, "19.2527"), (-2.0, "−2")],
)
def test_numbers_show_no_rounding(value: float, text: str) -> None:
    assert WRITER.number(value) == text
