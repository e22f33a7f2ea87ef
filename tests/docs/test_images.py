"""Every image of the documents can be read by those who do not see it."""

import re
from pathlib import Path

import gallery
import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "docs" / "generated"
PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").rglob("*.md")) if GENERATED not in page.parents)]
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
DRAWN = re.compile(r"^```\{code-cell\} python\n(---\n.*?^---\n)?([^`]*?\.figure)\n```$", re.MULTILINE | re.DOTALL)
WORDS = 4  # fewer say what it is, not what is to be seen


def says_something(alternative: str) -> bool:
    """Whether a text stands in for an image."""
    return len(alternative.split()) >= WORDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_image_of_a_page_exists_and_says_what_it_shows(page: Path) -> None:
    images = IMAGE.findall(page.read_text(encoding="utf-8"))
    assert [target for _, target in images if not (page.parent / target).is_file()] == []
    assert [target for alternative, target in images if not says_something(alternative)] == []


def test_every_image_of_the_classroom_says_what_it_shows() -> None:
    cells = DRAWN.findall((ROOT / "docs" / "tutorials" / "classroom.md").read_text(encoding="utf-8"))
    texts = [re.search(r"^    alt: (.+)$", settings, re.MULTILINE) for settings, _ in cells]
    assert len(texts) == 3
    assert all(text is not None and says_something(text[1]) for text in texts)


@pytest.mark.parametrize("script", sorted(gallery.SCRIPTS.glob("*.py")), ids=lambda script: script.stem)
def test_a_figure_of_the_gallery_says_what_it_shows(script: Path) -> None:
    assert says_something(gallery.alternative(script))
    assert gallery.alternative(script) in gallery.page(script, quick=False)


def test_a_figure_that_was_drawn_coarsely_says_so_on_its_page_and_one_in_full_does_not() -> None:
    script = gallery.SCRIPTS / "basins.py"
    assert gallery.QUICK in gallery.page(script, quick=True)
    assert "quick" not in gallery.page(script, quick=False)


def test_there_are_images_at_all() -> None:
    assert sum(len(IMAGE.findall(page.read_text(encoding="utf-8"))) for page in PAGES) > 20
    assert not says_something("portrait")
