"""``richardson study``: how far a kept study is, and one file of it."""

import argparse
from pathlib import Path

from richardson.cli.tables import Table, aligned
from richardson.files import export as write_export
from richardson.study.store_status import StoreStatus
from richardson.study.store_status import status as status_of
from richardson.study.stored import open_study

SHOWN = 5  # numbers of torn blocks
MEBIBYTE = 2**20


def status(asked: argparse.Namespace) -> None:
    """Print how far a study is, how its members ended, and what is damaged.

    Raises
    ------
    OutputError
        If there is no study in the folder, or it cannot be read.
    """
    found = status_of(Path(asked.folder), check=asked.check)
    print(aligned(_progress(found)))
    if found.outcomes:
        shares = [number / found.finished_members for number in found.outcomes.values()]
        print(aligned({"outcome": list(found.outcomes), "members": list(found.outcomes.values()), "share": shares}))
    print(_summary(found))


def export(asked: argparse.Namespace) -> None:
    """Write a study to one file.

    Raises
    ------
    OutputError, InvalidInputError
        If there is no study, or the file cannot be written.
    """
    runs = open_study(Path(asked.folder))
    write_export(runs, Path(asked.file))
    print(f"{len(runs)} members in {asked.file}")
