"""Zip files and lists of checksums that are the same bytes for the same contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

SUMS = "SHA256SUMS"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold: the real one would make every run another file
PLAIN_FILE = 0o100644 << 16  # of Unix, in the upper half of a zip's attributes
LEVEL = 9


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip file with these files in the order of their names, all of one date.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by path, with slashes.
    """
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, FIRST_DAY)
            entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, PLAIN_FILE, 3
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path there, with slashes."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def write_sums(folder: Path) -> None:
    """Write the list that ``sha256sum -c`` reads, of every file that is in the folder now."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in contents(folder).items()]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
