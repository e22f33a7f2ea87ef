"""A study of made-up numbers to fill stores with: what is stored does not matter to a store, only that it comes back."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from richardson.study.layout import Arrays, Coordinate, Layout, Variable
from richardson.study.store.block_store import BlockStore

CONFIGURATION: dict[str, Any] = {"method": "Tsit5", "relative": 1e-8, "model": {"name": "made up", "numbers": [0.1, 2.5]}}
FLAGS = {"flag_values": [0, 1], "flag_meanings": "REACHED_END ESCAPED"}


def layout(count: int = 25, block: int = 10) -> Layout:
    """Numbers at two times, a number and a code of each member."""
    variables = (
        Variable("x", ("member", "time"), "<f8", {"long_name": "arms", "units": "arms"}),
        Variable("rise", ("member",), "<f8", {"long_name": "rise of arms"}),
        Variable("outcome", ("member",), "|i1", {"long_name": "how it ended", **FLAGS}),
    )
    times = Coordinate("time", np.array([0.0, 0.1]), {"units": "yr"})
    return Layout(count, block, variables, (times,), {"title": "made up"})


def rows(members: slice) -> Arrays:
    """What the members give, each from its own number."""
    number = np.arange(members.start, members.stop)
    x = np.sin(number)[:, np.newaxis] * np.array([1.0, np.nan])
    return {"x": x, "rise": np.sqrt(number), "outcome": (number % 3 == 0).astype(np.int8)}


def fill(store: BlockStore, indices: Any = None) -> None:
    """Write blocks that are not finished; all of them by default."""
    for index in range(store.layout.block_count) if indices is None else indices:
        if index not in store.finished:
            members = store.layout.rows(index)
            store.write(index, members, rows(members))


def filled(folder: Path, indices: Any = None, **sizes: int) -> Path:
    """A folder with blocks."""
    with BlockStore.open(folder, CONFIGURATION, layout(**sizes)) as store:
        fill(store, indices)
    return folder


def block_file(folder: Path, index: int) -> Path:
    """Where a block lies."""
    return folder / "blocks" / "000000" / f"block-{index:09d}.nc"


def is_whole(store: BlockStore) -> bool:
    """Whether every block holds what its members give, bit by bit."""
    return store.is_complete and all(
        np.array_equal(found, rows(store.layout.rows(index))[name], equal_nan=True)
        for index in range(store.layout.block_count)
        for name, found in store.read(index).items()
    )


def check_limited(folder: Path, storage: str, most: int) -> None:
    """Write blocks in a process whose files may have ``most`` bytes, that one after the first is larger; then go on without the limit."""
    program = (
        "import resource, sys; sys.path.insert(0, '.')\n"
        "from tests.study.stores import *\n"
        f"with BlockStore.open(sys.argv[1], CONFIGURATION, layout(25000, 10000), storage={storage!r}) as store:\n"
        "    fill(store, [2])\n"
        f"    resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))\n"
        "    try:\n        fill(store)\n"
        "    except Exception as error:\n        print(type(error).__name__, error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    ).stdout
    assert told.startswith("OutputError Block 0 cannot be written to ")
    assert "a file would be larger than allowed" in told
    assert "Finished blocks stay (1 of 3)" in told
    with BlockStore.open(folder, CONFIGURATION, layout(25000, 10000), storage=storage, resume=True) as store:
        assert store.finished == {2}
        fill(store)
        assert is_whole(store)
