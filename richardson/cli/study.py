"""``richardson study``: how far a kept study is, and the whole of it as one file."""

import argparse
from pathlib import Path

from richardson.cli.tables import SIZES, Table, aligned, scaled
from richardson.errors import counted
from richardson.files import export as write_file
from richardson.study.store.opened import open_study
from richardson.study.store.status import StoreStatus
from richardson.study.store.status import status as status_of

SHOWN = 5  # numbers of blocks


def status(asked: argparse.Namespace) -> None:
    """Print how far a study is, how its members ended, and what is damaged.

    Raises
    ------
    OutputError
        If there is no study in the folder, or it cannot be read.
    """
    found = status_of(Path(asked.folder), check=asked.check)
    model, design = found.configuration["model"], found.configuration["design"]
    print(f"{model['name']} over {', '.join(design['names'])}; begun {found.created}, last block {found.changed}")
    print(aligned(_progress(found)))
    if found.outcomes:
        shares = [number / found.finished_members for number in found.outcomes.values()]
        print(aligned({"outcome": list(found.outcomes), "members": list(found.outcomes.values()), "share": shares}))
    for sentence in _faults(found):
        print(sentence)
    print(_summary(found))


def export(asked: argparse.Namespace) -> None:
    """Write the members of a study that are there to one file.

    Raises
    ------
    OutputError, InvalidInputError, DataError
        If there is no study, a block was changed, or the file cannot be written.
    """
    runs = open_study(Path(asked.folder))
    write_file(runs, Path(asked.file))
    print(f"Wrote {asked.file}: {len(runs)} of {counted(runs.layout.count, 'member')}")


def _progress(found: StoreStatus) -> Table:
    return {
        "": ["blocks", "members"],
        "finished": [found.finished, found.finished_members],
        "missing": [found.missing, found.members - found.finished_members],
        "share": [found.finished / found.blocks, found.finished_members / found.members],
    }


def _faults(found: StoreStatus) -> list[str]:
    """A sentence for each kind of damage."""
    faults = [("blocks", "missing, torn or changed", found.torn), ("lines of the list of blocks", "damaged", found.damaged_lines)]
    return [
        f"{len(numbers)} {what} are {amiss}: {', '.join(map(str, numbers[:SHOWN]))}{', …' if len(numbers) > SHOWN else ''}"
        for what, amiss, numbers in faults
        if numbers
    ]


def _summary(found: StoreStatus) -> str:
    size = scaled(found.size, SIZES)
    if found.is_complete:
        return f"Complete: {counted(found.members, 'member')}, {size}"
    return f"Not complete: {found.finished_members} of {counted(found.members, 'member')}, {size}; go on with --resume"
