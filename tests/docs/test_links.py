"""No link of the documents leads nowhere, and the index leads everywhere."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if DOCS / "generated" not in page.parents]
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors(page: Path) -> set[str]:
    """Anchors that a code host makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    lost = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        there = (page.parent / target) if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(f"{target}#{anchor}")
    assert lost == []


def test_the_index_names_every_page() -> None:
    indices = [page for page in PAGES if page.name == "README.md"]  # of the whole, and of a folder of many pages
    by_hand = [page for page in PAGES if page.name not in {"README.md", "index.md"}]  # the website's first page holds that of the whole
    named = {(page.parent / target).resolve() for page in indices for target, _ in LINK.findall(page.read_text(encoding="utf-8"))}
    assert {page.resolve() for page in indices} <= named | {DOCS / "README.md"}
    assert [page.name for page in by_hand if page not in named] == []
