"""Every work that the package refers to stands in the bibliography, with a status."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIBLIOGRAPHY = (ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^- \*\*(.+?)\.\*\* (.*?)(?=^- |^## |\Z)", BIBLIOGRAPHY, re.MULTILINE | re.DOTALL)
CITED = re.compile(r"\.\. \[\d+\] (.*?)(?=\n\s*\n|\n\s*\.\. \[|\Z)", re.DOTALL)
YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
INITIALS = r"(?:[A-ZÁ]\.[ -]?)+"
SURNAME = r"(?:van den |van der |van |de |Van )?[A-Z][\w’'-]+"
AUTHOR = re.compile(rf"{INITIALS}({SURNAME})|({SURNAME}), {INITIALS}")
AUTHORS = re.compile(rf"(?:(?:{INITIALS}{SURNAME}|{SURNAME}, {INITIALS})(?:, and | and |, )?)+")


def docstrings() -> Iterator[tuple[str, str]]:
    """Where, and what, of every docstring of the package."""
    for path in sorted((ROOT / "richardson").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
                yield path.relative_to(ROOT).as_posix(), text


def references() -> list[tuple[str, str]]:
    """Every entry of a References section, and every source that a model or series names."""
    found = [(where, entry) for where, text in docstrings() for entry in CITED.findall(text)]
    from richardson import models, theories
    from richardson.symbolic.model import Model

    makers = [(name, getattr(models, name)) for name in models.catalogue()]
    makers += [(name, maker) for name in theories.__all__ if get_type_hints(maker := getattr(theories, name))["return"] is Model]
    for name, maker in makers:
        found += [(name, source) for source in maker().references if not source.startswith("equations:")]
    return found


def surnames(reference: str) -> set[str]:
    """Surnames of the authors, with whom a reference begins, written after or before initials."""
    authors = AUTHORS.match(" ".join(reference.split()))
    return {after or before for after, before in AUTHOR.findall(authors.group())} if authors else set()


def has_entry(reference: str) -> bool:
    names, years = surnames(reference), set(YEAR.findall(reference))
    return any(names and all(name in head for name in names) and years & set(YEAR.findall(head)) for head, _ in ENTRIES)


@pytest.mark.parametrize(("where", "reference"), references())
def test_a_reference_of_the_package_stands_in_the_bibliography(where: str, reference: str) -> None:
    assert has_entry(reference), f"{where}: {surnames(reference)} {reference}"


def test_references_are_found_at_all() -> None:
    assert len(references()) > 15


def test_a_work_that_is_not_listed_is_missed() -> None:
    assert not has_entry("J. Nobody (1978), Cooperation, World Politics 30")


@pytest.mark.parametrize(("head", "entry"), ENTRIES, ids=[head for head, _ in ENTRIES])
def test_an_entry_says_how_far_it_was_read(head: str, entry: str) -> None:
    assert re.search(r"^  Status: \S", entry, re.MULTILINE)
    assert set(YEAR.findall(head)) <= set(YEAR.findall(entry))
