"""Figures as they are printed, not the quick ones: small files, and those that the documents show are what the scripts draw."""

import base64
import importlib.util
import os
import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from tests.figures.scripts import FOLDER, load
from tests.images.pinned import with_pinned

MOST_BYTES = 300_000
SCRIPTS = sorted(script.stem for script in FOLDER.glob("*.py"))
NEEDS_EMA = pytest.mark.skipif(importlib.util.find_spec("ema_workbench") is None, reason="ema_workbench is not installed")
IMAGES = Path(__file__).parents[2] / "docs" / "images"
DRAWN_BY = {image.stem: {"portrait": "flagship_portrait"}.get(image.stem, image.stem) for image in sorted(IMAGES.glob("*.svg"))}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
PICTURE = re.compile(r"data:image/png;base64,\s*([^\"]*)\"")
CLOSE = 0.05  # points: another processor rounds otherwise, and nobody sees it
SHADES = 2.0  # of 255, on average over a raster: what chaos draws differs in single dots

Full = Callable[[str], Path]
pytestmark = pytest.mark.slow  # the largest takes a minute or two


def needing(names: list[str]) -> list[object]:
    """Names of scripts as parameters, those that need an extra marked."""
    return [pytest.param(name, marks=[pytest.mark.extra, NEEDS_EMA] if name == "discovered_box" else []) for name in names]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Full:
    """Folder of a script's files in full: those of the website that `RICHARDSON_WEBSITE` names, or drawn now."""

    @cache
    def run(name: str) -> Path:
        if built := os.environ.get("RICHARDSON_WEBSITE"):
            return collected(Path(built), name, tmp_path_factory.mktemp(name))
        folder = tmp_path_factory.mktemp(name)
        load(name).main(folder)
        return folder

    return run


def collected(site: Path, name: str, folder: Path) -> Path:
    """What a page of the gallery offers for download, each file of which lies in a folder of its own."""
    for kind in ("svg", "pdf", "csv"):
        (file,) = (site / "_downloads").glob(f"*/{name}.{kind}")
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.mark.parametrize("name", needing(SCRIPTS))
def test_a_figure_in_full_is_a_small_file(name: str, full: Full) -> None:
    sizes = {kind: (full(name) / f"{name}.{kind}").stat().st_size for kind in ("svg", "pdf")}
    assert max(sizes.values()) <= MOST_BYTES, sizes


def faults(one: str, other: str) -> list[str]:
    """Where two drawings differ by more than rounding."""
    rasters = [[raster(found) for found in PICTURE.findall(text)] for text in (one, other)]
    plain = [PICTURE.sub('"', text) for text in (one, other)]
    if NUMBER.split(plain[0]) != NUMBER.split(plain[1]):
        return ["other elements or texts"]
    places = [np.array(NUMBER.findall(text), dtype=np.float64) for text in plain]
    off = float(np.abs(places[0] - places[1]).max(initial=0.0))
    if [part.shape for part in rasters[0]] != [part.shape for part in rasters[1]]:
        return ["rasters of other sizes"]
    shades = [float(np.abs(before - after).mean()) for before, after in zip(*rasters, strict=True)]
    return [*([f"numbers by {off:g}"] if off > CLOSE else []), *(f"shades by {shade:g}" for shade in shades if shade > SHADES)]


def raster(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A picture within a drawing, as shades of 255."""
    return np.asarray(255.0 * mpl.image.imread(BytesIO(base64.b64decode(text)), format="png"), dtype=np.float64)


@with_pinned
@pytest.mark.parametrize("image", needing(list(DRAWN_BY)))
def test_an_image_of_the_documents_is_what_its_script_draws(image: str, full: Full) -> None:
    shown, drawn = IMAGES / f"{image}.svg", full(DRAWN_BY[image]) / f"{DRAWN_BY[image]}.svg"
    assert faults(shown.read_text(encoding="utf-8"), drawn.read_text(encoding="utf-8")) == []


def test_what_moved_was_lost_or_was_painted_over_is_noticed() -> None:
    text = (IMAGES / "safe_overshoot.svg").read_text(encoding="utf-8")
    line = next(found for found in re.findall(r"L [\d.]+ [\d.]+", text))
    assert faults(text, text) == []
    assert faults(text, text.replace(line, "L 0.0 0.0", 1))[0].startswith("numbers by")
    assert faults(text, re.sub(r"<use [^>]*/>", "", text, count=1)) == ["other elements or texts"]
    white = BytesIO()
    picture = raster(PICTURE.findall(text)[0])
    mpl.image.imsave(white, np.ones_like(picture), format="png")
    painted = PICTURE.sub(f'data:image/png;base64,{base64.b64encode(white.getvalue()).decode()}"', text, count=1)
    assert faults(text, painted)[0].startswith("shades by")
