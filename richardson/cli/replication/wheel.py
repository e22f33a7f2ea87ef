"""The library as a wheel, of the very files that are running: what is deposited is what computed."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from importlib.metadata import Distribution
from pathlib import Path

import richardson
from richardson import __version__
from richardson.cli.replication.archive import zipped
from richardson.cli.replication.environment import OURS

FOLDER = "wheels"
NAME = f"{OURS}-{__version__}-py3-none-any.whl"
INFO = f"{OURS}-{__version__}.dist-info"
LEFT_OUT = {"__pycache__"}
KIND = "Wheel-Version: 1.0\nGenerator: richardson\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
COPIED = ("entry_points.txt", "licenses/LICENSE")  # of what the installation knows


def wheel_of(installed: Distribution) -> bytes:
    """The wheel: the files of the running library with what its installation says of it.

    Parameters
    ----------
    installed : Distribution
        Of the library; its description of dependencies goes along, with the version of the code that runs.
    """
    root = Path(richardson.__file__).parent
    files = {f"{OURS}/{file.relative_to(root).as_posix()}": file.read_bytes() for file in sorted(root.rglob("*")) if _belongs(file, root)}
    about = re.sub(r"(?m)^Version: .*$", f"Version: {__version__}", installed.read_text("METADATA") or "", count=1)
    files |= {f"{INFO}/METADATA": about.encode(), f"{INFO}/WHEEL": KIND.encode()}
    files |= {f"{INFO}/{name}": text.encode() for name in COPIED if (text := installed.read_text(name))}
    record = f"{INFO}/RECORD"
    lines = [f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in sorted(files.items())]
    return zipped({**files, record: f"{''.join(lines)}{record},,\n".encode()})


def licence_of(installed: Distribution) -> str:
    """The library's licence, as it was installed."""
    return installed.read_text("licenses/LICENSE") or "BSD 3-Clause; its text was not installed, and stands in the library's source."


def _belongs(file: Path, root: Path) -> bool:
    parts = file.relative_to(root).parts
    return file.is_file() and not LEFT_OUT & {*parts} and not any(part.startswith(".") for part in parts)


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
