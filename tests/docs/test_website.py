"""The website is built by one command, warns of nothing, needs no network, and shows every name and figure."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import api_pages
import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("docs", "figures", "richardson")
KEEP_OUT = shutil.ignore_patterns("generated", "__pycache__")

pytestmark = [pytest.mark.slow, pytest.mark.extra]  # draws every figure and reads every docstring


class Links(HTMLParser):
    """What a page loads, where it leads, and its images without a text."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__()
        self.loaded: list[str] = []
        self.followed: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Sort an element into its list."""
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "img", "iframe"} and "src" in given:
            self.loaded.append(given["src"])
        if tag == "link" and given.get("rel") in {"stylesheet", "preload", "icon"}:
            self.loaded.append(given.get("href", ""))
        if tag == "a" and "href" in given:
            self.followed.append(given["href"])
        if tag == "img" and len(given.get("alt", "").split()) < 2:
            self.silent.append(given.get("src", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website: the one in the folder that `RICHARDSON_WEBSITE` names, or one built from a copy of the source."""
    if built := os.environ.get("RICHARDSON_WEBSITE"):
        return Path(built).resolve()
    for module in ("sphinx", "myst_nb", "furo"):
        pytest.importorskip(module)
    tree = tmp_path_factory.mktemp("source")
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=KEEP_OUT)
    settings = {name: value for name, value in os.environ.items() if name not in {"MPLBACKEND", "PYTHONPATH"}}
    command = [sys.executable, "-m", "sphinx", "-W", "-t", "quick", "--keep-going", "-q", "docs", "html"]
    build = subprocess.run(command, cwd=tree, env=settings, capture_output=True, text=True, check=False)
    assert build.returncode == 0, build.stderr
    return tree / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    """What every page loads and where it leads."""
    found = {}
    for page in site.rglob("*.html"):
        found[page] = Links()
        found[page].feed(page.read_text(encoding="utf-8"))
    return found


def test_no_page_loads_anything_from_elsewhere(pages: dict[Path, Links]) -> None:
    assert pages
    away = {f"{page.name}: {target}" for page, links in pages.items() for target in links.loaded if re.match(r"(\w+:)?//", target)}
    assert away == set()


def test_mathematics_comes_along(site: Path) -> None:
    text = (site / "explanation" / "the-dilemma-in-equations.html").read_text(encoding="utf-8")
    (script,) = re.findall(r'src="([^"]*mathjax[^"]*?)(?:\?[^"]*)?"', text)
    assert (site / "explanation" / script).resolve().is_file()
    assert 'class="math' in text


def test_no_link_within_the_website_is_dead(pages: dict[Path, Links]) -> None:
    dead = set()
    for page, links in pages.items():
        for target in (*links.followed, *links.loaded):
            file = unquote(re.split(r"[?#]", target)[0])
            if file and not re.match(r"\w+:", target) and not (page.parent / file).exists():
                dead.add(f"{page.name}: {target}")
    assert dead == set()


def test_every_image_has_a_text(pages: dict[Path, Links]) -> None:
    assert {f"{page.name}: {source}" for page, links in pages.items() for source in links.silent} == set()


def test_every_public_name_has_a_page(site: Path) -> None:
    shown = {page.stem for page in (site / "generated" / "api").glob("*.html")}
    assert api_pages.names() <= shown


def test_the_gallery_shows_every_figure_with_its_script(site: Path) -> None:
    for script in sorted((ROOT / "figures").glob("*.py")):
        text = (site / "generated" / "gallery" / f"{script.stem}.html").read_text(encoding="utf-8")
        assert f"{script.stem}.svg" in text
        assert f"{script.stem}.csv" in text
        assert "def</span> <span" in text or ">main<" in text


def test_the_classroom_shows_its_figures_and_folds_its_solutions(site: Path) -> None:
    text = (site / "tutorials" / "classroom.html").read_text(encoding="utf-8")
    assert text.count("<details>") == 8
    (notebook,) = re.findall(r'href="([^"]*classroom\.ipynb)"', text)
    cells = json.loads((site / "tutorials" / notebook).read_text(encoding="utf-8"))["cells"]
    assert sum(cell["cell_type"] == "code" and bool(cell["outputs"]) for cell in cells) > 15
    assert len(re.findall(r'<img alt="[^"]{20,}"', text)) == 3
