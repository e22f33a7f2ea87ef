"""The page on scenarios: its examples are scenarios, it names every key, and its first example is the one that is shipped."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from richardson.cli import sections
from richardson.cli.calls import perform, script
from richardson.cli.recipe import run_line, study_lines
from richardson.cli.scenario import read_scenario

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = (DOCS / "how-to" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHIPPED = DOCS / "scenarios" / "cold-war.toml"
ALL_SHIPPED = sorted(SHIPPED.parent.glob("*.toml"))


def keys() -> set[str]:
    """Every key of every table."""
    tables = [each for each in vars(sections).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return {name for table in tables for name in table.__struct_fields__}


def test_the_first_example_is_the_shipped_scenario() -> None:
    assert EXAMPLES[0] == SHIPPED.read_text(encoding="utf-8")


@pytest.mark.parametrize("shipped", ALL_SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_stands_on_the_page(shipped: Path) -> None:
    assert shipped.read_text(encoding="utf-8") in EXAMPLES


@pytest.mark.parametrize("example", range(len(EXAMPLES)))
def test_every_example_is_a_study(example: int, tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(EXAMPLES[example], encoding="utf-8")
    document = read_scenario(path)
    assert len(perform(study_lines(document), document.refusal)["study"]) > 1


def test_the_page_shows_the_script_of_the_shipped_scenario() -> None:
    document = read_scenario(SHIPPED)
    running = run_line(document, Path("cold-war-study"), resume=False)
    assert script([*study_lines(document), running]) in PAGE


def test_the_page_names_every_key() -> None:
    told = set(re.findall(r"[a-z_]+", PAGE)) | set(tomllib.loads(EXAMPLES[0]))
    assert keys() - told == set()
