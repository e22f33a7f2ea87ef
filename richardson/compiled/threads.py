"""How many threads kernels may use."""

import os

from richardson.errors import InvalidInputError

VARIABLE = "RICHARDSON_THREADS"


def thread_count() -> int:
    """``RICHARDSON_THREADS``, else the number of processors that this process may use.

    Raises
    ------
    InvalidInputError
        If the variable is not a whole number above 0.
    """
    asked = os.environ.get(VARIABLE, "")
    if asked and not (asked.isdigit() and int(asked) > 0):
        raise InvalidInputError(f"{VARIABLE} must be a whole number above 0; got {asked!r}. Unset it to use all processors.")
    return int(asked) if asked else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
