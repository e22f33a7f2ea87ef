"""What each figure script draws in quick mode: its files, and the figure itself."""

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from richardson import plot
from richardson.plot import style

FOLDER = Path(__file__).parents[2] / "figures"


class Drawn(NamedTuple):
    """What a script left."""

    folder: Path
    figure: Figure


def load(name: str) -> ModuleType:
    """A script as a module, as the command line imports it."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Drawn]:
    """A quick run of the script of that name, once a session."""

    @cache
    def run(name: str) -> Drawn:
        folder, kept = tmp_path_factory.mktemp(name), list[Figure]()

        def save(drawn: Any, folder: Path, name: str, **tables: Any) -> tuple[Path, ...]:
            kept.append(style._figure_of(drawn))
            return style.save(drawn, folder, name, **tables)

        before = dict(mpl.rcParams)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plot, "save", save)
            load(name).main(folder, quick=True)
        assert dict(mpl.rcParams) == before
        (figure,) = kept
        return Drawn(folder, figure)

    return run
