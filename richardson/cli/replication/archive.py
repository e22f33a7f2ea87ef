"""Zip files and lists of checksums that are the same bytes for the same contents."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

SUMS = "SHA256SUMS"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold: the real one would make every run another file
PLAIN_FILE = 0o100644 << 16  # of Unix, in the upper half of a zip's attributes
UNIX = 3  # the system that wrote a zip file, as its format numbers them


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip file with these files in the order of their names, all of one date.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by path, with slashes.
    """
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            with archive.open(_entry(name, len(files[name])), "w") as target:
                target.write(files[name])
    return buffer.getvalue()


def zip_folder(folder: Path, path: Path) -> None:
    """Write the same of a folder, under its name, which may be larger than the memory.

    Parameters
    ----------
    folder : Path
    path : Path
        Of the zip file.
    """
    with ZipFile(path, "w") as archive:
        for name in names_in(folder):
            with (
                archive.open(_entry(f"{folder.name}/{name}", (folder / name).stat().st_size), "w") as target,
                (folder / name).open("rb") as file,
            ):
                shutil.copyfileobj(file, target)


def names_in(folder: Path) -> list[str]:
    """Every file below a folder by its path there, with slashes, in order."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _entry(name: str, size: int) -> ZipInfo:
    """What a zip file says of one file; its size decides whether it is one of the large ones."""
    entry = ZipInfo(name, FIRST_DAY)
    entry.compress_type, entry.external_attr, entry.create_system, entry.file_size = ZIP_DEFLATED, PLAIN_FILE, UNIX, size
    return entry


def write_sums(folder: Path) -> None:
    """Write the list that ``sha256sum -c`` reads, of every file that is in the folder now."""
    lines = []
    for name in names_in(folder):
        with (folder / name).open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n")
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
