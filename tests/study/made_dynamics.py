"""Analyses with made-up numbers and words, in memory and in a folder, to be written out and read again without computing anything."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.models import linear
from richardson.provenance import record
from richardson.stability.window import Window
from richardson.study.collect import CODES
from richardson.study.dynamics_layout import in_codes, in_words, is_coded, room_for
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.dynamics_run import dynamics_shelf
from richardson.study.store.block_store import BlockStore
from tests.study.made_runs import made_study

WINDOW = Window(x=(0, 60), y=(0, 60))
MEASURE = ("kind", "spiral_number", "kinds", "is_complete", "shares")


def made_plan(**changes: Any) -> DynamicsPlan:
    """A race at several defence coefficients, from several starts."""
    options = {"window": WINDOW, "measure": MEASURE, "half_width": 0.1} | changes
    return DynamicsPlan(linear(), made_study().members, start={"y": 1.0}, **options)


def made_found(plan: DynamicsPlan) -> dict[str, npt.NDArray[Any]]:
    """Numbers and codes in the place of what would be found; some are missing."""
    chance, count = np.random.default_rng(5), len(plan)
    found = dict(room_for(plan.columns, count))
    for name, column in found.items():
        found[name] = chance.normal(size=count) if not is_coded(name) else column
    found["spiral_number"][::3] = np.nan
    found["kind"] = np.array([1, 5, 0, 8, 1, 2, 3, 4], dtype=np.int8)
    for row, codes in enumerate(([1, 5, 1], [], [3], [1], [6] * 16, [9], [10, 9], [1, 2])):
        found["kinds"][row, : len(codes)] = codes
    found["is_complete"] = (np.arange(count) % 2).astype(np.int8)
    return {**found, CODES: (np.arange(count) % 4).astype(np.int8)}


def made_dynamics(plan: DynamicsPlan) -> DynamicsStudy:
    """They in memory."""
    found = made_found(plan)
    columns = {name: in_words(name, found[name]) for name in plan.columns}
    provenance = record(plan.model, entropy=0, verb="run_dynamics")
    return DynamicsStudy(plan.design, plan.window, tuple(plan.measure), columns, found[CODES], plan.model, provenance)


def made_folder(
    plan: DynamicsPlan, folder: Path, *, blocks: Any = None, storage: str = "netcdf", study: DynamicsStudy | None = None
) -> Path:
    """They, or a study in their place, in a folder, in blocks of three, all or some of them."""
    found = made_found(plan) if study is None else {**{name: in_codes(name, study[name]) for name in plan.columns}, CODES: study.codes}
    shelf = dynamics_shelf(plan)
    with BlockStore.open(folder, plan.configuration(), shelf.layout.in_blocks(3), storage=storage) as store:
        for index in range(store.layout.block_count) if blocks is None else blocks:
            part = store.layout.rows(index)
            arrays = {name: array[part] for name, array in found.items()}
            store.write(index, part, shelf.pack(store.layout, plan.members.samples[part], arrays))
    return folder
