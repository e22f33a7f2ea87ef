"""What a store takes on disk is told before it is written, of small studies too, in which names outweigh numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.study.plan import Study
from richardson.study.shelves import shelf_of
from richardson.study.store.size import block_size, store_size
from tests.study.made_dynamics import made_folder, made_plan
from tests.study.made_runs import made_store, made_study

pytestmark = [pytest.mark.extra, pytest.mark.usefixtures("netcdf")]

WITHIN = 0.05  # of what is written: names and attributes are told closely, not exactly
FEW = made_study()
PATHS = made_study(16, np.linspace(0, 40, 200))
MANY = made_study(256)


def written(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("study", "block"), [(FEW, 8), (FEW, 3), (PATHS, 16), (MANY, 256), (MANY, 8)], ids=["few", "three", "paths", "many", "blocks"]
)
def test_the_size_of_a_store_of_runs_is_that_of_its_files(study: Study, block: int, tmp_path: Path) -> None:
    told = store_size(study.configuration(), shelf_of(study).layout.in_blocks(block))
    assert told == pytest.approx(written(made_store(study, tmp_path / "study", block=block)), rel=WITHIN)


def test_the_size_of_a_store_of_dynamics_is_that_of_its_files(tmp_path: Path) -> None:
    plan = made_plan()
    told = store_size(plan.configuration(), shelf_of(plan).layout.in_blocks(3))
    assert told == pytest.approx(written(made_folder(plan, tmp_path / "study")), rel=WITHIN)


def test_a_block_adds_its_file_and_its_lines(tmp_path: Path) -> None:
    layout = shelf_of(MANY).layout.in_blocks(8)
    one, two = (written(made_store(MANY, tmp_path / name, block=8, blocks=blocks)) for name, blocks in (("a", [0]), ("b", [0, 1])))
    assert block_size(layout) == pytest.approx(two - one, rel=WITHIN)


@pytest.mark.slow
@pytest.mark.parametrize("times", [40.0, np.linspace(0, 40, 30)], ids=["ends", "paths"])
def test_a_dry_run_tells_the_disk_that_a_study_takes(times: Any, tmp_path: Path) -> None:
    study = rn.Study(rn.models.linear(), rn.Design.sobol({"x": (0, 4), "y": (0, 4)}, size=256, rng=1), None, times)
    rn.run_study(study, store=tmp_path / "study")
    assert rn.cost(study).disk == pytest.approx(written(tmp_path / "study"), rel=WITHIN)
