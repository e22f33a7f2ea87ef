"""The audit of a study, kept beside its blocks in a file with a checksum of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from richardson.errors import DataError
from richardson.study.ensemble import Audit
from richardson.study.store.files import write_whole
from richardson.study.store.journal import sealed, unsealed

AUDIT = "audit.json"
STUDY = "study"


def write_audit(folder: Path, key: str, audit: Audit) -> None:
    """Keep what an audit found, in the place of what an earlier one did.

    Parameters
    ----------
    folder : Path
    key : str
        Hash of the study's configuration.
    audit : Audit

    Raises
    ------
    OSError
        If it cannot be written; what was there stays then.
    """
    errors = [error if np.isfinite(error) else None for error in audit.errors.tolist()]
    found = {"members": audit.members.tolist(), "errors": errors, "disagreements": audit.disagreements, "unfinished": audit.unfinished}
    write_whole(folder / AUDIT, sealed({STUDY: key, **found}))


def read_audit(folder: Path, key: str) -> Audit | None:
    """What the last audit of a study found; None where none was made.

    Raises
    ------
    DataError
        If the file is not as it was written, or is of another study.
    OSError
        If it cannot be read.
    """
    try:
        found: Mapping[str, Any] | None = unsealed((folder / AUDIT).read_bytes())
    except FileNotFoundError:
        return None
    if found is None or found.get(STUDY) != key:
        raise DataError(
            f"{folder / AUDIT} was edited or damaged after it was written, or is of another study. Delete it; running the study with "
            "resume=True makes it anew, and computes no finished block again."
        )
    errors = np.array([np.nan if error is None else error for error in found["errors"]], dtype=np.float64)
    return Audit(np.array(found["members"], dtype=np.int64), errors, found["disagreements"], found["unfinished"])
