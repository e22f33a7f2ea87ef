"""What each figure script draws in quick mode: its files, and the figure itself."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from richardson import plot
from richardson.plot import style
from tests.figures.scripts import load


class Drawn(NamedTuple):
    """What a script left."""

    folder: Path
    figure: Figure


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
