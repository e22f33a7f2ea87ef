"""Whether what is asked for fits into the memory that is free now."""

from __future__ import annotations

import os

from richardson.errors import InvalidInputError

SHARE = 0.9  # of the memory that is free now


def check_memory(needed: int, what: str, remedy: str) -> None:
    """Refuse what would not fit, before anything is computed or read; where free memory cannot be told, nothing.

    Parameters
    ----------
    needed : int
        Bytes.
    what : str
        What takes them, in the plural.
    remedy : str
        What to do instead.

    Raises
    ------
    InvalidInputError
        If they are more than the memory has free.
    """
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return
    if needed > SHARE * free:
        raise InvalidInputError(f"{what} need {needed / 2**30:.1f} GiB; {free / 2**30:.1f} GiB are free. {remedy}")
